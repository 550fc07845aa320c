// SPDX-License-Identifier: Apache-2.0
// HrValidateIPMSubtree: the standard folders of a store, checked and made where missing, through public MAPI only.
// Page: hrvalidateipmsubtree.
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <array>
#include <string>
#include <vector>

#include "com/border.h"
#include "com/convert.h"
#include "com/memory.h"
#include "com/ref.h"

namespace mapiary::util {
namespace {

using com::Ref;
using model::PropTag;
using model::PropValue;

constexpr ULONG kInboxTag =
    PROP_TAG(PT_BINARY, PROP_ID_NULL);  // the page's placeholder: no property of the store holds the Inbox

struct StandardFolder {
  const wchar_t* name;
  ULONG tag;        // the store's property with its entry id
  ULONG valid_bit;  // in PR_VALID_FOLDER_MASK
  bool in_subtree;  // below the IPM subtree, else below the root
  bool minimum;     // made even without MAPI_FULL_IPM_TREE
};

// A parent comes before its children.
constexpr std::array<StandardFolder, 8> kFolders = {{
    {L"IPM Subtree", PR_IPM_SUBTREE_ENTRYID, FOLDER_IPM_SUBTREE_VALID, false, true},
    {L"Search Root", PR_FINDER_ENTRYID, FOLDER_FINDER_VALID, false, true},
    {L"Deleted Items", PR_IPM_WASTEBASKET_ENTRYID, FOLDER_IPM_WASTEBASKET_VALID, true, true},
    {L"Inbox", kInboxTag, FOLDER_IPM_INBOX_VALID, true, false},
    {L"Outbox", PR_IPM_OUTBOX_ENTRYID, FOLDER_IPM_OUTBOX_VALID, true, false},
    {L"Sent Items", PR_IPM_SENTMAIL_ENTRYID, FOLDER_IPM_SENTMAIL_VALID, true, false},
    {L"Folder Views", PR_VIEWS_ENTRYID, FOLDER_VIEWS_VALID, false, false},
    {L"Common Views", PR_COMMON_VIEWS_ENTRYID, FOLDER_COMMON_VIEWS_VALID, false, false},
}};

struct Freed {  // a MAPI buffer of an out-parameter
  void* buffer = nullptr;
  ~Freed() { MAPIFreeBuffer(buffer); }
};

std::string bytes_of_binary(const SBinary& b) {
  return {reinterpret_cast<const char*>(b.lpb), b.cb};
}

// One run over a store. `ids_` and `mask_` follow what is known to be right.
class Validator {
 public:
  Validator(LPMDB store, ULONG flags)
      : store_(store), force_((flags & MAPI_FORCE_CREATE) != 0), full_((flags & MAPI_FULL_IPM_TREE) != 0) {}

  Status run() {
    TRY(read_state());
    for (std::size_t i = 0; i < kFolders.size(); ++i) {
      if (!kFolders[i].minimum && !full_) continue;
      if (!TRY(is_good(i))) TRY(make(i));
    }
    return changed_ ? write_state() : Status{};
  }

  // PR_VALID_FOLDER_MASK, the entry ids that are known, and the Inbox if it was made now.
  std::vector<PropValue> properties() const {
    std::vector<PropValue> values{PropValue::int32(PropTag(PR_VALID_FOLDER_MASK), static_cast<std::int32_t>(mask_))};
    for (std::size_t i = 0; i < kFolders.size(); ++i) {
      const bool told = kFolders[i].tag == kInboxTag ? inbox_made_ : !ids_[i].empty();
      if (told) values.push_back(PropValue::binary(PropTag(kFolders[i].tag), ids_[i]));
    }
    return values;
  }

 private:
  Status read_state() {
    SizedSPropTagArray(kFolders.size() + 1, tags) = {kFolders.size() + 1, {PR_VALID_FOLDER_MASK}};
    for (std::size_t i = 0; i < kFolders.size(); ++i)
      tags.aulPropTag[i + 1] = kFolders[i].tag == kInboxTag ? PR_NULL : kFolders[i].tag;
    ULONG count = 0;
    LPSPropValue values = nullptr;
    const HRESULT hr = store_->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values);
    const Freed owner{values};
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMsgStore::GetProps"));
    if (count != kFolders.size() + 1)
      return fail(Code::kInternal, "util", "the store gave another number of properties", count);
    if (values[0].ulPropTag == PR_VALID_FOLDER_MASK) mask_ = static_cast<ULONG>(values[0].Value.l);
    for (std::size_t i = 0; i < kFolders.size(); ++i) {
      const SPropValue& v = values[i + 1];
      if (PROP_TYPE(v.ulPropTag) == PT_BINARY && v.Value.bin.cb) ids_[i] = bytes_of_binary(v.Value.bin);
    }
    return read_inbox();
  }

  Status read_inbox() {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    const HRESULT hr =
        store_->GetReceiveFolder(reinterpret_cast<LPTSTR>(const_cast<char*>("IPM")), 0, &size, &id, nullptr);
    const Freed owner{id};
    // A store without an Inbox answers its root folder or an error; the mask tells which it is.
    if (SUCCEEDED(hr) && id && (mask_ & FOLDER_IPM_INBOX_VALID))
      ids_[kInbox].assign(reinterpret_cast<const char*>(id), size);
    return {};
  }

  Result<bool> is_good(std::size_t i) {
    if (!(mask_ & kFolders[i].valid_bit) || ids_[i].empty()) return false;
    if (!force_) return true;
    auto folder = open(ids_[i]);
    if (!folder && com::to_hresult(folder.error()) == MAPI_E_NOT_ENOUGH_MEMORY) return tl::unexpected(folder.error());
    return folder.has_value();
  }

  // NULL id: the root folder.
  Result<Ref<IMAPIFolder>> open(const std::string& id) {
    ULONG type = 0;
    Ref<IUnknown> object;
    auto* entry = id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
    const HRESULT hr =
        store_->OpenEntry(static_cast<ULONG>(id.size()), entry, &IID_IMAPIFolder, MAPI_MODIFY, &type, object.put());
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMsgStore::OpenEntry"));
    if (type != MAPI_FOLDER)
      return fail(Code::kNotFound, "util", "the entry id of a standard folder opens something else", type);
    return Ref<IMAPIFolder>::adopt(static_cast<IMAPIFolder*>(object.detach()));
  }

  Status make(std::size_t i) {
    const StandardFolder& wanted = kFolders[i];
    Ref<IMAPIFolder> parent = TRY(open(wanted.in_subtree ? ids_[kSubtree] : std::string()));
    Ref<IMAPIFolder> folder;
    const HRESULT hr = parent->CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(wanted.name)),
                                            nullptr, nullptr, MAPI_UNICODE | OPEN_IF_EXISTS, folder.put());
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPIFolder::CreateFolder"));
    LPSPropValue id = nullptr;
    const HRESULT got = HrGetOneProp(folder.get(), PR_ENTRYID, &id);
    const Freed owner{id};
    if (FAILED(got)) return tl::unexpected(com::outside_error(got, "reading the new folder's PR_ENTRYID"));
    ids_[i] = bytes_of_binary(id->Value.bin);
    mask_ |= wanted.valid_bit;
    changed_ = true;
    return wanted.tag == kInboxTag ? receive_into_inbox() : Status{};
  }

  HRESULT receive(const char* message_class, std::string& id) {
    return store_->SetReceiveFolder(reinterpret_cast<LPTSTR>(const_cast<char*>(message_class)), 0,
                                    static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()));
  }

  // The Inbox is the store's receive folder, or it is only a folder of that name: for interpersonal messages, for
  // reports, and for what has no class; messages between programs go to the root (mapi-receive-folders). A store
  // without receive folders says so and that is fine, and so is one that has them for single classes only. That for IPM
  // comes last: by it others see that there is an Inbox, and that nothing of it is left to be done.
  Status receive_into_inbox() {
    inbox_made_ = true;
    std::string& id = ids_[kInbox];
    const auto root = TRY(open(std::string()));
    LPSPropValue root_id = nullptr;
    const HRESULT got = HrGetOneProp(root.get(), PR_ENTRYID, &root_id);
    const Freed owner{root_id};
    if (SUCCEEDED(got)) {
      std::string bytes = bytes_of_binary(root_id->Value.bin);
      (void)receive("IPC", bytes);
    }
    for (const char* message_class : {"REPORT", ""}) (void)receive(message_class, id);
    const HRESULT hr = receive("IPM", id);
    if (FAILED(hr) && hr != MAPI_E_NO_SUPPORT) {
      return tl::unexpected(com::outside_error(hr, "IMsgStore::SetReceiveFolder"));
    }
    return {};
  }

  Status write_state() {
    std::vector<PropValue> values = properties();
    std::erase_if(values, [](const PropValue& v) { return v.tag().value == kInboxTag; });
    LPSPropValue array = TRY(com::to_border(std::span<const PropValue>(values)));
    const Freed owner{array};
    // Problems with single properties are the store's choice: it may compute them.
    const HRESULT hr = store_->SetProps(static_cast<ULONG>(values.size()), array, nullptr);
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMsgStore::SetProps"));
    return {};
  }

  static constexpr std::size_t kSubtree = 0, kInbox = 3;

  LPMDB store_;
  bool force_, full_;
  bool changed_ = false, inbox_made_ = false;
  ULONG mask_ = 0;
  std::array<std::string, kFolders.size()> ids_;
};

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;

STDAPI HrValidateIPMSubtree(LPMDB lpMDB, ULONG ulFlags, ULONG* lpcValues, LPSPropValue* lppProps,
                            LPMAPIERROR* lppMapiError) {
  HRESULT hr = com::border([&]() -> Status {
    if (lpcValues) *lpcValues = 0;
    if (lppProps) *lppProps = nullptr;
    if (lppMapiError) *lppMapiError = nullptr;
    if (!lpMDB || (lppProps && !lpcValues))
      return fail(Code::kInvalidArgument, "util", "the store or lpcValues is NULL");
    if (ulFlags & ~static_cast<ULONG>(MAPI_FORCE_CREATE | MAPI_FULL_IPM_TREE))
      return fail(Code::kUnknownFlags, "util", "flags other than MAPI_FORCE_CREATE and MAPI_FULL_IPM_TREE", ulFlags);
    util::Validator validator(lpMDB, ulFlags);
    TRY(validator.run());
    if (!lppProps) return {};
    const auto values = validator.properties();
    *lppProps = TRY(com::to_border(std::span<const model::PropValue>(values)));
    *lpcValues = static_cast<ULONG>(values.size());
    return {};
  });
  if (FAILED(hr) && lpMDB && lppMapiError) lpMDB->GetLastError(hr, 0, lppMapiError);
  return hr;
}
