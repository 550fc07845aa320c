// SPDX-License-Identifier: Apache-2.0
#include "address_book/address_book.h"

#include <emsabtag.h>
#include <mapiaux.h>
#include <mapitags.h>

#include <cstring>

#include "address_book/containers.h"
#include "address_book/name_resolver.h"
#include "address_book/one_off.h"
#include "address_book/prepare_recipients.h"
#include "address_book/root_container.h"
#include "com/convert.h"
#include "com/text.h"
#include "property/prop_object.h"

namespace mapiary::address_book {
namespace {

using model::PropTag;
using model::PropValue;

constexpr ULONG kGalOnly = 0x00000080;  // MAPI_GAL_ONLY of the page; no header has it
constexpr ULONG kLookupFlags = MAPI_NO_CACHE | MAPI_CACHE_ONLY | kGalOnly;

tl::unexpected<Error> bad(const char* what) {
  return fail(Code::kInvalidArgument, "address_book", what);
}
Status check_flags(ULONG flags, ULONG known, const char* method) {
  if ((flags & ~known) == 0) return {};
  return fail(Code::kUnknownFlags, "address_book", std::string(method) + " got unknown flags", flags);
}
// There is nobody to show it to.
tl::unexpected<Error> no_dialog() {
  return fail(Code::kUserCancelled, "address_book", "there is no user interface to show a dialog in");
}
Result<std::string> id_bytes(ULONG size, const ENTRYID* id) {
  if (!id && size != 0) return bad("an entry identifier is NULL and has a size");
  return id ? std::string(reinterpret_cast<const char*>(id), size) : std::string();
}
Status give_id(std::string_view id, ULONG* size, LPENTRYID* out) {
  *size = 0;
  *out = nullptr;
  if (id.empty()) return {};
  com::OutBlock block;
  void* bytes = TRY(block.root_bytes(id.size()));
  std::memcpy(bytes, id.data(), id.size());
  *size = static_cast<ULONG>(id.size());
  *out = block.detach<ENTRYID>();
  return {};
}

// PR_OBJECT_TYPE and the three choices, as they are now.
class BookBacking final : public property::PropertyBacking {
 public:
  explicit BookBacking(BookHostPtr host) : host_(std::move(host)) {}

  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags;
    for (const ULONG tag :
         {PR_OBJECT_TYPE, PR_DISPLAY_NAME_W, PR_AB_DEFAULT_DIR, PR_AB_DEFAULT_PAB, PR_AB_SEARCH_PATH}) {
      if (get(PropTag(tag))) tags.emplace_back(tag);
    }
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    switch (tag.id()) {
      case PROP_ID(PR_OBJECT_TYPE):
        return PropValue::int32(PropTag(PR_OBJECT_TYPE), MAPI_ADDRBOOK);
      case PROP_ID(PR_DISPLAY_NAME):
        return PropValue::text(PropTag(PR_DISPLAY_NAME_W), "Address Book");
      case PROP_ID(PR_AB_DEFAULT_DIR):
        return one(PR_AB_DEFAULT_DIR, TRY(default_container(*host_)));
      case PROP_ID(PR_AB_DEFAULT_PAB):
        return one(PR_AB_DEFAULT_PAB, TRY(personal_book(*host_)));
      case PROP_ID(PR_AB_SEARCH_PATH): {
        std::vector<std::string> ids;
        for (Container& container : TRY(search_path(*host_))) ids.push_back(std::move(container.id));
        return PropValue::multi(PropTag(PR_AB_SEARCH_PATH), std::move(ids));
      }
      default:
        return fail(Code::kNotFound, "address_book", "the address book has no such property", tag.value);
    }
  }
  Status set(PropValue value) override { return refuse(value.tag()); }
  Status remove(PropTag tag) override { return refuse(tag); }
  bool writable() const override { return false; }

 private:
  static Result<PropValue> one(ULONG tag, std::string id) {
    if (id.empty()) return fail(Code::kNotFound, "address_book", "there is no such container", tag);
    return PropValue::binary(PropTag(tag), std::move(id));
  }
  static Status refuse(PropTag tag) {
    return fail(Code::kNoAccess, "address_book", "the address book is changed by its own methods", tag.value);
  }
  BookHostPtr host_;
};

class AddressBook final : public property::PropObject<IAddrBook> {
 public:
  explicit AddressBook(const BookHostPtr& host)
      : PropObject(host->gate(), std::make_shared<BookBacking>(host)), host_(host) {}

  MAPI_IADDRBOOK_METHODS(override)

 private:
  template <class Body>
  HRESULT call(Body&& body) noexcept {
    return core_.call_unlocked(std::forward<Body>(body));
  }
  BookHostPtr host_;
};

STDMETHODIMP AddressBook::OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  return call([&]() -> Result<HRESULT> {
    if (!type || !out) return bad("OpenEntry got a NULL pointer");
    *out = nullptr;
    TRY(check_flags(flags, MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS | MAPI_MODIFY | kLookupFlags, "OpenEntry"));
    OpenedEntry opened = TRY(open_entry(host_, TRY(id_bytes(size, id)), iid, flags));
    *type = opened.type;
    *out = opened.object.detach();
    return S_OK;
  });
}

STDMETHODIMP AddressBook::CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                          ULONG* result) {
  return call([&]() -> Result<HRESULT> {
    if (!id1 || !id2 || !result) return bad("CompareEntryIDs got a NULL pointer");
    TRY(check_flags(flags, 0, "CompareEntryIDs"));
    const auto a = model::EntryId::parse({reinterpret_cast<const char*>(id1), size1});
    const auto b = model::EntryId::parse({reinterpret_cast<const char*>(id2), size2});
    if (!a || !b) return fail(Code::kUnknownEntryId, "address_book", "this is no entry identifier");
    if (model::is_one_off(*a) && model::is_one_off(*b)) {
      *result = TRY(is_same_one_off(*a, *b)) ? 1 : 0;
      return S_OK;
    }
    // Of two who know them, they are two; nobody's are nobody's.
    const bool both = !model::is_one_off(*a) && !model::is_one_off(*b);
    BookProvider owner, other;
    if (!model::is_one_off(*a)) owner = TRY(host_->owner(std::string(a->bytes())));
    if (!model::is_one_off(*b)) other = TRY(host_->owner(std::string(b->bytes())));
    if (!both || owner.logon.get() != other.logon.get()) {
      *result = 0;
      return S_OK;
    }
    ULONG same = 0;
    TRY(ask("IABLogon::CompareEntryIDs", owner,
            [&] { return owner.logon->CompareEntryIDs(size1, id1, size2, id2, 0, &same); }));
    *result = same ? 1 : 0;
    return S_OK;
  });
}

STDMETHODIMP AddressBook::Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) {
  return call([&]() -> Result<HRESULT> {
    if (!id || size == 0 || !sink || !connection) return bad("Advise got a NULL pointer");
    *connection = 0;
    *connection = TRY(host_->advise(TRY(id_bytes(size, id)), events, sink));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::Unadvise(ULONG_PTR connection) {
  return call([&]() -> Result<HRESULT> {
    TRY(host_->unadvise(connection));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::CreateOneOff(LPTSTR name, LPTSTR type, LPTSTR address, ULONG flags, ULONG* size,
                                       LPENTRYID* out) {
  return call([&]() -> Result<HRESULT> {
    if (!type || !address || !size || !out) return bad("CreateOneOff got a NULL pointer");
    TRY(check_flags(flags, MAPI_SEND_NO_RICH_INFO | MAPI_UNICODE, "CreateOneOff"));
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    model::OneOff one_off;
    one_off.display_name = com::from_tstr(name, unicode);
    one_off.address_type = com::from_tstr(type, unicode);
    one_off.address = com::from_tstr(address, unicode);
    TRY(give_id(TRY(make_one_off(std::move(one_off), (flags & MAPI_SEND_NO_RICH_INFO) != 0)), size, out));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::NewEntry(ULONG_PTR, ULONG flags, ULONG container_size, LPENTRYID container,
                                   ULONG template_size, LPENTRYID new_template, ULONG* size, LPENTRYID* out) {
  return call([&]() -> Result<HRESULT> {
    TRY(check_flags(flags, MAPI_UNICODE | CREATE_CHECK_DUP_STRICT | CREATE_CHECK_DUP_LOOSE, "NewEntry"));
    if ((size == nullptr) != (out == nullptr)) return bad("NewEntry got one half of its result");
    if (size) TRY(give_id({}, size, out));
    (void)TRY(id_bytes(container_size, container));
    (void)TRY(id_bytes(template_size, new_template));
    return no_dialog();
  });
}

STDMETHODIMP AddressBook::ResolveName(ULONG_PTR, ULONG flags, LPTSTR, LPADRLIST list) {
  return call([&]() -> Result<HRESULT> {
    if (!list) return bad("ResolveName got a NULL pointer");
    TRY(check_flags(flags, AB_UNICODEUI | MAPI_DIALOG | MAPI_UNICODE | EMS_AB_ADDRESS_LOOKUP | kLookupFlags,
                    "ResolveName"));
    const HRESULT hr = TRY(resolve_names(host_, flags, *list));
    if (hr == MAPI_E_AMBIGUOUS_RECIP) {
      return fail(Code::kAmbiguousRecipient, "address_book", "a name fits several entries");
    }
    if (FAILED(hr)) return fail(Code::kNotFound, "address_book", "a name fits no entry");
    return hr;
  });
}

STDMETHODIMP AddressBook::Address(ULONG_PTR* ui, LPADRPARM parameters, LPADRLIST* list) {
  return call([&]() -> Result<HRESULT> {
    if (!ui || !parameters || !list) return bad("Address got a NULL pointer");
    return no_dialog();
  });
}

STDMETHODIMP AddressBook::Details(ULONG_PTR* ui, LPFNDISMISS, LPVOID, ULONG size, LPENTRYID id, LPFNBUTTON, LPVOID,
                                  LPTSTR, ULONG flags) {
  return call([&]() -> Result<HRESULT> {
    if (!ui) return bad("Details got a NULL pointer");
    TRY(check_flags(flags, DIALOG_MODAL | DIALOG_SDI | MAPI_UNICODE, "Details"));
    const auto entry = model::EntryId::parse(TRY(id_bytes(size, id)));
    if (!entry) return fail(Code::kUnknownEntryId, "address_book", "this is no entry identifier");
    if (!model::is_one_off(*entry)) (void)TRY(host_->owner(std::string(entry->bytes())));
    return no_dialog();
  });
}

STDMETHODIMP AddressBook::RecipOptions(ULONG_PTR, ULONG flags, LPADRENTRY recipient) {
  return call([&]() -> Result<HRESULT> {
    if (!recipient) return bad("RecipOptions got a NULL pointer");
    TRY(check_flags(flags, MAPI_UNICODE, "RecipOptions"));
    return no_dialog();
  });
}

STDMETHODIMP AddressBook::QueryDefaultRecipOpt(LPTSTR type, ULONG flags, ULONG* count, LPSPropValue* options) {
  return call([&]() -> Result<HRESULT> {
    if (!type || !count || !options) return bad("QueryDefaultRecipOpt got a NULL pointer");
    TRY(check_flags(flags, MAPI_UNICODE, "QueryDefaultRecipOpt"));
    *count = 0;
    *options = nullptr;
    return fail(Code::kNotFound, "address_book", "no transport has registered options for this address type");
  });
}

STDMETHODIMP AddressBook::GetPAB(ULONG* size, LPENTRYID* out) {
  return call([&]() -> Result<HRESULT> {
    if (!size || !out) return bad("GetPAB got a NULL pointer");
    TRY(give_id(TRY(personal_book(*host_)), size, out));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::SetPAB(ULONG size, LPENTRYID id) {
  return call([&]() -> Result<HRESULT> {
    if (!id || size == 0) return bad("SetPAB got no entry identifier");
    const std::vector<std::string> ids(1, TRY(id_bytes(size, id)));
    TRY(host_->set_setting(PropTag(PR_AB_DEFAULT_PAB), ids));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::GetDefaultDir(ULONG* size, LPENTRYID* out) {
  return call([&]() -> Result<HRESULT> {
    if (!size || !out) return bad("GetDefaultDir got a NULL pointer");
    TRY(give_id(TRY(default_container(*host_)), size, out));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::SetDefaultDir(ULONG size, LPENTRYID id) {
  return call([&]() -> Result<HRESULT> {
    if (!id || size == 0) return bad("SetDefaultDir got no entry identifier");
    const std::vector<std::string> ids(1, TRY(id_bytes(size, id)));
    TRY(host_->set_setting(PropTag(PR_AB_DEFAULT_DIR), ids));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::GetSearchPath(ULONG flags, LPSRowSet* path) {
  return call([&]() -> Result<HRESULT> {
    if (!path) return bad("GetSearchPath got a NULL pointer");
    *path = nullptr;
    TRY(check_flags(flags, MAPI_UNICODE, "GetSearchPath"));
    const auto type = (flags & MAPI_UNICODE) != 0 ? model::PropType::kUnicode : model::PropType::kString8;
    std::vector<std::vector<PropValue>> rows;
    for (const Container& container : TRY(search_path(*host_))) {
      // PR_ENTRYID comes first: so SetSearchPath wants the rows back.
      std::vector<PropValue> row{PropValue::binary(PropTag(PR_ENTRYID), container.id)};
      for (const PropValue& value : container.row) {
        if (value.tag().value != PR_ENTRYID) row.push_back(com::with_text_type(value, type));
      }
      rows.push_back(std::move(row));
    }
    *path = TRY(com::to_row_set(rows));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::SetSearchPath(ULONG flags, LPSRowSet path) {
  return call([&]() -> Result<HRESULT> {
    if (!path) return bad("SetSearchPath got a NULL pointer");
    TRY(check_flags(flags, 0, "SetSearchPath"));
    std::vector<std::string> ids;
    for (ULONG i = 0; i < path->cRows; ++i) {
      const SRow& row = path->aRow[i];
      if (row.cValues == 0 || !row.lpProps || row.lpProps[0].ulPropTag != PR_ENTRYID) {
        return tl::unexpected(com::outside_error(MAPI_E_MISSING_REQUIRED_COLUMN, "SetSearchPath"));
      }
      const SBinary& id = row.lpProps[0].Value.bin;
      ids.emplace_back(reinterpret_cast<const char*>(id.lpb), id.cb);
    }
    TRY(host_->set_setting(PropTag(PR_AB_SEARCH_PATH), ids));
    return S_OK;
  });
}

STDMETHODIMP AddressBook::PrepareRecips(ULONG flags, LPSPropTagArray tags, LPADRLIST list) {
  return call([&]() -> Result<HRESULT> {
    if (!list) return bad("PrepareRecips got a NULL pointer");
    TRY(check_flags(flags, kLookupFlags, "PrepareRecips"));
    TRY(prepare_recipients(host_, flags, tags, *list));
    return S_OK;
  });
}

}  // namespace

com::Ref<IAddrBook> make_address_book(BookHostPtr host) {
  return com::make<AddressBook>(host);
}

}  // namespace mapiary::address_book
