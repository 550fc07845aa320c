// SPDX-License-Identifier: Apache-2.0
// Folders, messages and attachments in memory with real IMAPIProp behaviour (property's PropObject over a bag), as far
// as submission, reports and copies use them. Messages come into their folder with SaveChanges. Not synchronised.
#pragma once

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "com/convert.h"
#include "com/text.h"
#include "model/entry_id.h"
#include "property/backing.h"
#include "property/prop_object.h"

namespace mapiary::session::testing {

class BagBacking final : public property::PropertyBacking {
 public:
  model::PropBag bag;
  std::vector<model::PropBag> recipients;
  std::vector<std::shared_ptr<BagBacking>> attachments;
  std::shared_ptr<BagBacking> embedded;
  std::function<Status()> on_save;
  std::function<Result<com::Ref<IUnknown>>()> open_embedded;

  Result<std::vector<model::PropTag>> list() override {
    std::vector<model::PropTag> tags;
    for (const auto& value : bag) tags.push_back(value.tag());
    return tags;
  }
  Result<model::PropValue> get(model::PropTag tag) override {
    const auto* value = bag.find(tag.id());
    if (!value) return fail(Code::kNotFound, "test", "no such property");
    return *value;
  }
  Status set(model::PropValue value) override {
    bag.set(std::move(value));
    return {};
  }
  Status remove(model::PropTag tag) override {
    bag.erase(tag.id());
    return {};
  }
  bool writable() const override { return true; }
  property::NameMapping* names() override { return &names_; }
  Status save(ULONG) override {
    const auto action = on_save;  // it may take itself away
    return action ? action() : Status();
  }
  Result<com::Ref<IUnknown>> open_object(model::PropTag, REFIID, ULONG, ULONG) override {
    if (!open_embedded) return fail(Code::kInterfaceNotSupported, "test", "nothing to open");
    return open_embedded();
  }

 private:
  property::LocalNames names_;
};
using BagPtr = std::shared_ptr<BagBacking>;

inline com::Ref<IMAPITable> table_of(std::vector<model::PropBag> rows, ULONG index, std::vector<ULONG> columns) {
  columns.push_back(index);
  for (const auto& row : rows) {
    for (const auto& value : row) columns.push_back(value.tag().value);
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  columns.insert(columns.begin(), static_cast<ULONG>(columns.size()));
  com::Ref<ITableData> data;
  CreateTable(&IID_IMAPITableData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_DYNAMIC,
              index, reinterpret_cast<SPropTagArray*>(columns.data()), data.put());
  for (const auto& row : rows) {
    const LPSPropValue values = com::to_border(row.values()).value();
    SRow one{0, static_cast<ULONG>(row.size()), values};
    data->HrModifyRow(&one);
    MAPIFreeBuffer(values);
  }
  com::Ref<IMAPITable> view;
  data->HrGetView(nullptr, nullptr, 0, view.put());
  return view;
}

class FakeAttach final : public property::PropObject<IAttach> {
 public:
  explicit FakeAttach(BagPtr bag) : PropObject(std::make_shared<com::Gate>(), std::move(bag)) {}
};

class FakeMessageDefaults : public property::PropObject<IMessage> {
 public:
  explicit FakeMessageDefaults(BagPtr bag) : PropObject(std::make_shared<com::Gate>(), std::move(bag)) {}
  MAPI_IMESSAGE_METHODS({ return MAPI_E_NO_SUPPORT; })
};

class MemoryMessage final : public FakeMessageDefaults {
 public:
  explicit MemoryMessage(BagPtr bag) : FakeMessageDefaults(bag), bag_(std::move(bag)) {}

  STDMETHODIMP GetRecipientTable(ULONG, LPMAPITABLE* out) override {
    *out = table_of(bag_->recipients, PR_ROWID, {PR_RECIPIENT_TYPE}).detach();
    return S_OK;
  }
  STDMETHODIMP GetAttachmentTable(ULONG, LPMAPITABLE* out) override {
    std::vector<model::PropBag> rows;
    for (std::size_t i = 0; i < bag_->attachments.size(); ++i) {
      rows.emplace_back().set(model::PropValue::int32(model::PropTag(PR_ATTACH_NUM), static_cast<std::int32_t>(i)));
    }
    *out = table_of(rows, PR_ATTACH_NUM, {}).detach();
    return S_OK;
  }
  STDMETHODIMP CreateAttach(LPCIID, ULONG, ULONG* number, LPATTACH* out) override {
    *number = static_cast<ULONG>(bag_->attachments.size());
    auto attachment = std::make_shared<BagBacking>();
    attachment->open_embedded = [weak = std::weak_ptr(attachment)]() -> Result<com::Ref<IUnknown>> {
      const auto self = weak.lock();
      self->embedded = std::make_shared<BagBacking>();
      return com::Ref<IUnknown>(com::make<MemoryMessage>(self->embedded));
    };
    bag_->attachments.push_back(attachment);
    *out = com::make<FakeAttach>(attachment).detach();
    return S_OK;
  }
  STDMETHODIMP ModifyRecipients(ULONG mode, LPADRLIST list) override {
    if (mode == 0) bag_->recipients.clear();
    for (ULONG i = 0; i < list->cEntries; ++i) {
      auto row = com::to_model_bag({list->aEntries[i].rgPropVals, list->aEntries[i].cValues}).value();
      const auto* id = row.find(model::PropTag(PR_ROWID));
      if (mode == MODRECIP_MODIFY || mode == MODRECIP_REMOVE) {
        if (!id) return MAPI_E_INVALID_PARAMETER;
        const auto same = [&](const model::PropBag& r) { return *r.find(model::PropTag(PR_ROWID)) == *id; };
        const auto at = std::find_if(bag_->recipients.begin(), bag_->recipients.end(), same);
        if (at == bag_->recipients.end()) return MAPI_E_NOT_FOUND;
        if (mode == MODRECIP_MODIFY) {
          *at = row;
        } else {
          bag_->recipients.erase(at);
        }
        continue;
      }
      row.set(model::PropValue::int32(model::PropTag(PR_ROWID), next_row_++));
      bag_->recipients.push_back(std::move(row));
    }
    return S_OK;
  }

 private:
  BagPtr bag_;
  std::int32_t next_row_ = 1000;
};

struct Folder {
  std::string id, name;
  std::vector<std::pair<std::string, BagPtr>> messages;
  std::vector<std::shared_ptr<Folder>> folders;
  BagPtr props = std::make_shared<BagBacking>();
  int fail_creates = 0;  // the next so many CreateMessage answer create_error
  HRESULT create_error = MAPI_E_NOT_ENOUGH_DISK;
  std::string calls;
};
using FolderPtr = std::shared_ptr<Folder>;

inline std::string new_id() {
  static int last = 0;
  return std::string(model::EntryId::make(Guid::random(), "n" + std::to_string(++last)).bytes());
}
inline FolderPtr make_folder(std::string name) {
  auto folder = std::make_shared<Folder>();
  folder->id = new_id();
  folder->name = std::move(name);
  folder->props->bag.set(model::PropValue::binary(model::PropTag(PR_ENTRYID), folder->id));
  folder->props->bag.set(model::PropValue::text(model::PropTag(PR_DISPLAY_NAME_W), folder->name));
  return folder;
}
inline BagPtr add_message(const FolderPtr& folder, std::string subject) {
  auto bag = std::make_shared<BagBacking>();
  const std::string id = new_id();
  bag->bag.set(model::PropValue::text(model::PropTag(PR_SUBJECT_W), std::move(subject)));
  bag->bag.set(model::PropValue::binary(model::PropTag(PR_ENTRYID), id));
  bag->bag.set(model::PropValue::binary(model::PropTag(PR_PARENT_ENTRYID), folder->id));
  folder->messages.emplace_back(id, bag);
  return bag;
}

class FakeFolderDefaults : public property::PropObject<IMAPIFolder> {
 public:
  explicit FakeFolderDefaults(BagPtr bag) : PropObject(std::make_shared<com::Gate>(), std::move(bag)) {}
  MAPI_IMAPICONTAINER_METHODS({ return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPIFOLDER_METHODS({ return MAPI_E_NO_SUPPORT; })
};

class MemoryFolder final : public FakeFolderDefaults {
 public:
  explicit MemoryFolder(FolderPtr node) : FakeFolderDefaults(node->props), node_(std::move(node)) {}

  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID, ULONG, ULONG* type, LPUNKNOWN* out) override {
    const std::string key(reinterpret_cast<const char*>(id), size);
    for (const auto& [name, bag] : node_->messages) {
      if (name != key) continue;
      *type = MAPI_MESSAGE;
      *out = com::make<MemoryMessage>(bag).detach();
      return S_OK;
    }
    for (const auto& child : node_->folders) {
      if (child->id != key) continue;
      *type = MAPI_FOLDER;
      *out = com::make<MemoryFolder>(child).detach();
      return S_OK;
    }
    return MAPI_E_NOT_FOUND;
  }
  STDMETHODIMP GetContentsTable(ULONG flags, LPMAPITABLE* out) override {
    std::vector<std::string> ids;
    for (const auto& [id, bag] : node_->messages) ids.push_back(id);
    if (flags & MAPI_ASSOCIATED) ids.clear();
    return id_table(ids, out);
  }
  STDMETHODIMP GetHierarchyTable(ULONG, LPMAPITABLE* out) override {
    std::vector<std::string> ids;
    for (const auto& child : node_->folders) ids.push_back(child->id);
    return id_table(ids, out);
  }
  STDMETHODIMP CreateMessage(LPCIID, ULONG, LPMESSAGE* out) override {
    if (node_->fail_creates > 0) return --node_->fail_creates, node_->create_error;
    auto bag = std::make_shared<BagBacking>();
    bag->on_save = [weak = std::weak_ptr(bag), node = node_]() -> Status {
      const auto self = weak.lock();
      const std::string id = new_id();
      self->on_save = nullptr;
      self->bag.set(model::PropValue::binary(model::PropTag(PR_ENTRYID), id));
      node->messages.emplace_back(id, self);
      return {};
    };
    *out = com::make<MemoryMessage>(bag).detach();
    return S_OK;
  }
  STDMETHODIMP DeleteMessages(LPENTRYLIST list, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
    node_->calls += "delete " + std::to_string(list->cValues) + ";";
    for (ULONG i = 0; i < list->cValues; ++i) {
      const std::string id(reinterpret_cast<const char*>(list->lpbin[i].lpb), list->lpbin[i].cb);
      std::erase_if(node_->messages, [&](const auto& each) { return each.first == id; });
    }
    return S_OK;
  }
  STDMETHODIMP CopyMessages(LPENTRYLIST list, LPCIID, LPVOID, ULONG_PTR, LPMAPIPROGRESS, ULONG flags) override {
    node_->calls += "copy " + std::to_string(list->cValues) + " " + std::to_string(flags) + ";";
    return S_OK;
  }
  STDMETHODIMP CreateFolder(ULONG, LPTSTR name, LPTSTR, LPCIID, ULONG flags, LPMAPIFOLDER* out) override {
    const std::string text = com::from_tstr(name, (flags & MAPI_UNICODE) != 0);
    for (const auto& child : node_->folders) {
      if (child->name == text) return MAPI_E_COLLISION;
    }
    node_->folders.push_back(make_folder(text));
    *out = com::make<MemoryFolder>(node_->folders.back()).detach();
    return S_OK;
  }
  STDMETHODIMP DeleteFolder(ULONG size, LPENTRYID id, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
    const std::string key(reinterpret_cast<const char*>(id), size);
    std::erase_if(node_->folders, [&](const auto& child) { return child->id == key; });
    return S_OK;
  }

 private:
  static HRESULT id_table(const std::vector<std::string>& ids, LPMAPITABLE* out) {
    std::vector<model::PropBag> rows;
    for (const auto& id : ids) rows.emplace_back().set(model::PropValue::binary(model::PropTag(PR_ENTRYID), id));
    *out = table_of(rows, PR_ENTRYID, {}).detach();
    return S_OK;
  }

  FolderPtr node_;
};

}  // namespace mapiary::session::testing
