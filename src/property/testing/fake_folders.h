// SPDX-License-Identifier: Apache-2.0
// Message stores of a few folders, as some other provider might write them: they know nothing of this project's
// classes. Each open gives a new object. Two stores with their own entry ids and text widths stand for two providers.
// Faults are set in the store. One thread.
#pragma once

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "com/object.h"
#include "com/text.h"
#include "property/testing/prop_values.h"

namespace mapiary::property::testing {

struct FakeNode;

struct FakeMail {
  std::string id;
  com::Ref<IPropData> props = make_prop_data();
};

struct FakeNode {
  std::string id;
  com::Ref<IPropData> props = make_prop_data();
  std::vector<std::shared_ptr<FakeNode>> folders;
  std::vector<FakeMail> mails, associated;
};

struct FakeStore {
  explicit FakeStore(std::string store_prefix, bool without_unicode = false)
      : prefix(std::move(store_prefix)), narrow(without_unicode), root(make_node(L"root")) {}

  std::string prefix;
  bool narrow;
  int next = 0;
  std::set<std::string> unreadable;  // entry ids that OpenEntry refuses
  HRESULT on_create = S_OK, on_save = S_OK, on_contents = S_OK, on_delete = S_OK;
  int created = 0, receipts = 0;
  std::shared_ptr<FakeNode> root;

  std::string new_id() { return prefix + std::to_string(next++); }
  std::shared_ptr<FakeNode> make_node(const wchar_t* name) {
    auto node = std::make_shared<FakeNode>();
    node->id = new_id();
    EXPECT_EQ(set_one(node->props.get(), wide_value(PR_DISPLAY_NAME_W, name)), S_OK);
    EXPECT_EQ(set_one(node->props.get(), binary_value(PR_ENTRYID, node->id)), S_OK);
    return node;
  }
  FakeNode& add_folder(FakeNode& parent, const wchar_t* name) {
    parent.folders.push_back(make_node(name));
    return *parent.folders.back();
  }
  std::string add_mail(std::vector<FakeMail>& to, const wchar_t* subject) {
    to.push_back({new_id()});
    EXPECT_EQ(set_one(to.back().props.get(), wide_value(PR_SUBJECT_W, subject)), S_OK);
    return to.back().id;
  }
};

inline std::wstring text_of(IMAPIProp* object, ULONG tag) {
  OneProp value(object, tag, MAPI_UNICODE);
  return value.tag() == tag ? value->Value.lpszW : L"";
}
// "name[subject,subject|associated](folder,folder)"
inline std::wstring tree_of(const FakeNode& node) {
  std::wstring out = text_of(node.props.get(), PR_DISPLAY_NAME_W);
  const auto list = [&](const std::vector<FakeMail>& mails) {
    for (std::size_t i = 0; i < mails.size(); ++i)
      out += (i ? L"," : L"") + text_of(mails[i].props.get(), PR_SUBJECT_W);
  };
  out += L"[";
  list(node.mails);
  if (!node.associated.empty()) out += L"|";
  list(node.associated);
  out += L"]";
  if (node.folders.empty()) return out;
  out += L"(";
  for (std::size_t i = 0; i < node.folders.size(); ++i) out += (i ? L"," : L"") + tree_of(*node.folders[i]);
  return out + L")";
}

// Properties of one object, by way of an IPropData.
template <class Interface>
class FakeProps : public com::Object<Interface> {
 public:
  explicit FakeProps(com::Ref<IPropData> props) : props_(std::move(props)) {}
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SaveChanges(ULONG) override { return S_OK; }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* out) override {
    return props_->GetProps(tags, flags, count, out);
  }
  STDMETHODIMP GetPropList(ULONG flags, LPSPropTagArray* out) override { return props_->GetPropList(flags, out); }
  STDMETHODIMP OpenProperty(ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out) override {
    return props_->OpenProperty(tag, iid, options, flags, out);
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    return props_->SetProps(count, values, problems);
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override {
    return props_->DeleteProps(tags, problems);
  }
  STDMETHODIMP CopyTo(ULONG, LPCIID, LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                      LPSPropProblemArray*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP CopyProps(LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                         LPSPropProblemArray*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP GetNamesFromIDs(LPSPropTagArray* tags, LPGUID set, ULONG flags, ULONG* count,
                               LPMAPINAMEID** names) override {
    return props_->GetNamesFromIDs(tags, set, flags, count, names);
  }
  STDMETHODIMP GetIDsFromNames(ULONG count, LPMAPINAMEID* names, ULONG flags, LPSPropTagArray* tags) override {
    return props_->GetIDsFromNames(count, names, flags, tags);
  }

 protected:
  com::Ref<IPropData> props_;
};

class FakeTableDefaults : public com::Object<IMAPITable> {
 public:
  MAPI_IMAPITABLE_METHODS({ return MAPI_E_NO_SUPPORT; })
};

// Rows of entry ids.
class FakeTable final : public FakeTableDefaults {
 public:
  explicit FakeTable(std::vector<std::string> ids) : ids_(std::move(ids)) {}
  STDMETHODIMP QueryColumns(ULONG, LPSPropTagArray* out) override {
    if (const SCODE sc = MAPIAllocateBuffer(CbNewSPropTagArray(1), reinterpret_cast<void**>(out))) return sc;
    (*out)->cValues = 1;
    (*out)->aulPropTag[0] = PR_ENTRYID;
    return S_OK;
  }
  STDMETHODIMP SetColumns(LPSPropTagArray, ULONG) override { return S_OK; }
  STDMETHODIMP GetRowCount(ULONG, ULONG* out) override {
    *out = static_cast<ULONG>(ids_.size());
    return S_OK;
  }
  STDMETHODIMP QueryRows(LONG wanted, ULONG, LPSRowSet* out) override {
    const std::size_t count = std::min(ids_.size() - at_, static_cast<std::size_t>(wanted));
    if (const SCODE sc = MAPIAllocateBuffer(static_cast<ULONG>(CbNewSRowSet(count)), reinterpret_cast<void**>(out)))
      return sc;
    (*out)->cRows = static_cast<ULONG>(count);
    for (std::size_t i = 0; i < count; ++i) fill((*out)->aRow[i], ids_[at_ + i]);
    at_ += count;
    return S_OK;
  }

 private:
  static void fill(SRow& row, const std::string& id) {
    (void)MAPIAllocateBuffer(sizeof(SPropValue) + 64, reinterpret_cast<void**>(&row.lpProps));
    row.ulAdrEntryPad = 0;
    row.cValues = 1;
    auto* bytes = reinterpret_cast<LPBYTE>(row.lpProps + 1);
    std::memcpy(bytes, id.data(), id.size());
    row.lpProps->ulPropTag = PR_ENTRYID;
    row.lpProps->Value.bin = {static_cast<ULONG>(id.size()), bytes};
  }
  std::vector<std::string> ids_;
  std::size_t at_ = 0;
};

class FakeMailDefaults : public FakeProps<IMessage> {
 public:
  using FakeProps::FakeProps;
  MAPI_IMESSAGE_METHODS({ return MAPI_E_NO_SUPPORT; })
};

// A message; a new one is in its folder once it is saved.
class FakeMailObject final : public FakeMailDefaults {
 public:
  FakeMailObject(FakeStore& store, com::Ref<IPropData> props, std::shared_ptr<FakeNode> into = nullptr,
                 bool associated = false)
      : FakeMailDefaults(std::move(props)), store_(store), into_(std::move(into)), associated_(associated) {}
  STDMETHODIMP GetRecipientTable(ULONG, LPMAPITABLE* out) override { return no_rows(out); }
  STDMETHODIMP GetAttachmentTable(ULONG, LPMAPITABLE* out) override { return no_rows(out); }
  STDMETHODIMP SaveChanges(ULONG) override {
    if (store_.on_save != S_OK) return store_.on_save;
    if (into_) (associated_ ? into_->associated : into_->mails).push_back({store_.new_id(), props_});
    into_ = nullptr;
    return S_OK;
  }

 private:
  static HRESULT no_rows(LPMAPITABLE* out) {
    *out = com::make<FakeTable>(std::vector<std::string>()).detach();
    return S_OK;
  }
  FakeStore& store_;
  std::shared_ptr<FakeNode> into_;
  bool associated_;
};

class FakeFolderDefaults : public FakeProps<IMAPIFolder> {
 public:
  using FakeProps::FakeProps;
  MAPI_IMAPICONTAINER_METHODS({ return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPIFOLDER_METHODS({ return MAPI_E_NO_SUPPORT; })
};

class FakeFolder final : public FakeFolderDefaults {
 public:
  FakeFolder(FakeStore& store, std::shared_ptr<FakeNode> node)
      : FakeFolderDefaults(node->props), store_(store), node_(std::move(node)) {}

  STDMETHODIMP GetContentsTable(ULONG flags, LPMAPITABLE* out) override {
    if (store_.on_contents != S_OK) return store_.on_contents;
    std::vector<std::string> ids;
    for (const FakeMail& mail : flags& MAPI_ASSOCIATED ? node_->associated : node_->mails) ids.push_back(mail.id);
    return table(flags, std::move(ids), out);
  }
  STDMETHODIMP GetHierarchyTable(ULONG flags, LPMAPITABLE* out) override {
    std::vector<std::string> ids;
    for (const auto& folder : node_->folders) ids.push_back(folder->id);
    return table(flags, std::move(ids), out);
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID entry, LPCIID, ULONG, ULONG* type, LPUNKNOWN* out) override {
    const std::string id(reinterpret_cast<const char*>(entry), size);
    if (store_.unreadable.contains(id)) return MAPI_E_NO_ACCESS;
    for (const auto& folder : node_->folders) {
      if (folder->id != id) continue;
      *type = MAPI_FOLDER;
      *out = com::make<FakeFolder>(store_, folder).detach();
      return S_OK;
    }
    for (const auto* mails : {&node_->mails, &node_->associated}) {
      for (const FakeMail& mail : *mails) {
        if (mail.id != id) continue;
        *type = MAPI_MESSAGE;
        *out = com::make<FakeMailObject>(store_, mail.props).detach();
        return S_OK;
      }
    }
    return MAPI_E_NOT_FOUND;
  }
  STDMETHODIMP CreateMessage(LPCIID, ULONG flags, LPMESSAGE* out) override {
    ++store_.created;
    if (store_.on_create != S_OK) return store_.on_create;
    *out = com::make<FakeMailObject>(store_, make_prop_data(), node_, (flags & MAPI_ASSOCIATED) != 0).detach();
    return S_OK;
  }
  STDMETHODIMP CreateFolder(ULONG, LPTSTR name, LPTSTR, LPCIID, ULONG flags, LPMAPIFOLDER* out) override {
    if (!(flags & MAPI_UNICODE) != store_.narrow) return MAPI_E_BAD_CHARWIDTH;
    std::wstring wide;
    if (store_.narrow) {
      wide = com::to_wide(reinterpret_cast<const char*>(name));  // the process code page is UTF-8
    } else {
      wide = reinterpret_cast<const wchar_t*>(name);
    }
    for (const auto& folder : node_->folders) {
      if (text_of(folder->props.get(), PR_DISPLAY_NAME_W) == wide) return MAPI_E_COLLISION;
    }
    node_->folders.push_back(store_.make_node(wide.c_str()));
    *out = com::make<FakeFolder>(store_, node_->folders.back()).detach();
    return S_OK;
  }
  STDMETHODIMP DeleteMessages(LPENTRYLIST list, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
    if (store_.on_delete != S_OK) return store_.on_delete;
    for (ULONG i = 0; i < list->cValues; ++i) {
      const std::string id(reinterpret_cast<const char*>(list->lpbin[i].lpb), list->lpbin[i].cb);
      for (auto* mails : {&node_->mails, &node_->associated})
        std::erase_if(*mails, [&](const FakeMail& mail) { return mail.id == id; });
    }
    return S_OK;
  }
  STDMETHODIMP DeleteFolder(ULONG size, LPENTRYID entry, ULONG_PTR, LPMAPIPROGRESS, ULONG flags) override {
    EXPECT_EQ(flags, ULONG{DEL_MESSAGES | DEL_FOLDERS});
    if (store_.on_delete != S_OK) return store_.on_delete;
    const std::string id(reinterpret_cast<const char*>(entry), size);
    std::erase_if(node_->folders, [&](const auto& folder) { return folder->id == id; });
    return S_OK;
  }
  STDMETHODIMP SetReadFlags(LPENTRYLIST list, ULONG_PTR, LPMAPIPROGRESS, ULONG flags) override {
    EXPECT_EQ(flags, ULONG{GENERATE_RECEIPT_ONLY});
    store_.receipts += static_cast<int>(list->cValues);
    return S_OK;
  }

 private:
  HRESULT table(ULONG flags, std::vector<std::string> ids, LPMAPITABLE* out) {
    if ((flags & MAPI_UNICODE) && store_.narrow) return MAPI_E_BAD_CHARWIDTH;
    *out = com::make<FakeTable>(std::move(ids)).detach();
    return S_OK;
  }
  FakeStore& store_;
  std::shared_ptr<FakeNode> node_;
};

}  // namespace mapiary::property::testing
