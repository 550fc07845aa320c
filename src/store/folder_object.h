// SPDX-License-Identifier: Apache-2.0
// IMAPIFolder of a store. Folders are nontransacted: what is set is there at once. The work is in folder_hierarchy.cc
// (subfolders), folder_messages.cc (messages) and folder_search.cc. Pages: imapifolderimapicontainer, imapifolder-*,
// imapicontainer-*.
#pragma once

#include <mutex>
#include <optional>

#include "property/prop_object.h"
#include "store/staged_backing.h"

namespace mapiary::store {

// GetContentsTable: one row a conversation. Of later Outlook versions; the public headers have no name for it.
inline constexpr ULONG kShowConversations = 0x00000100;

class FolderBacking final : public CoreBacking {
 public:
  FolderBacking(CorePtr core, ObjectId id, ObjectKind kind, bool writable)
      : CoreBacking(std::move(core), writable), id_(id), kind_(kind) {}

  ObjectId id() const { return id_; }
  bool is_search() const { return kind_ == ObjectKind::kSearchFolder; }
  bool is_root() const { return id_ == core_->info().root; }

  Result<std::vector<model::PropTag>> list() override;
  Result<model::PropValue> get(model::PropTag tag) override;
  Status set(model::PropValue value) override;
  Status remove(model::PropTag tag) override;
  Status check_write(model::PropTag tag) override;
  Result<std::shared_ptr<property::RandomBytes>> open_bytes(model::PropTag tag, property::OpenMode mode) override;
  Result<com::Ref<IUnknown>> open_object(model::PropTag tag, REFIID iid, ULONG options, ULONG flags) override;
  Status save(ULONG flags) override;
  void describe(com::LiveObject& out) const override { out.entry_id = core_->ids().folder(id_); }

  Result<com::Ref<IMAPITable>> contents(ULONG flags);
  Result<com::Ref<IMAPITable>> hierarchy(ULONG flags);
  // kObjectDeleted if it is there no longer.
  Result<backend::ObjectData> read(const backend::ReadRequest& request) const;

  // While one lives, get() reads the folder once for all properties. Made and ended in one call, under the gate.
  class OneRead {
   public:
    explicit OneRead(FolderBacking& folder) : folder_(folder) { folder_.reads_once_ = true; }
    ~OneRead() {
      folder_.reads_once_ = false;
      folder_.once_.reset();
    }
    OneRead(const OneRead&) = delete;
    OneRead& operator=(const OneRead&) = delete;

   private:
    FolderBacking& folder_;
  };

 private:
  Status rename(const model::PropValue& name);
  Result<model::PropValue> value_of(const backend::ObjectData& folder, model::PropTag tag) const;

  ObjectId id_;
  ObjectKind kind_;
  bool reads_once_ = false;
  std::optional<backend::ObjectData> once_;
};

class FolderObject final : public property::PropObject<IMAPIFolder> {
 public:
  explicit FolderObject(std::shared_ptr<FolderBacking> backing)
      : PropObject(backing->core().gate(), backing, backing->core().routines()), backing_(std::move(backing)) {}

  // All of them from one look at the folder.
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    const std::lock_guard lock(core().gate()->mutex());
    const FolderBacking::OneRead once(*backing_);
    return PropObject::GetProps(tags, flags, count, values);
  }
  MAPI_IMAPICONTAINER_METHODS(override)
  MAPI_IMAPIFOLDER_METHODS(override)

 protected:
  void* find_interface(REFIID iid) override;

 private:
  StoreCore& core() const { return backing_->core(); }
  const CorePtr& shared_core() const { return backing_->shared_core(); }
  Status check_writable() const;
  // A folder of this store behind a caller's object, by whichever logon it was opened; null: another store's.
  FolderBacking* same_store(void* folder) const;
  // The message's number, if the id is one of this store.
  Result<ObjectId> message_id(ULONG size, const ENTRYID* id) const;
  Result<ObjectId> folder_id(ULONG size, const ENTRYID* id) const;

  Result<bool> is_here(backend::Transaction& transaction, ObjectId message) const;
  Status check_copy_target(const FolderBacking& to) const;
  Result<std::vector<ObjectId>> message_ids(const ENTRYLIST& list, bool& complete) const;

  std::shared_ptr<FolderBacking> backing_;
};

com::Ref<IMAPIFolder> make_folder(const CorePtr& core, const ObjectInfo& info, bool writable);

// IMsgStore::OpenEntry, IMAPIContainer::OpenEntry and IMSLogon::OpenEntry. No id: the root folder.
Result<com::Ref<IUnknown>> open_entry(const CorePtr& core, ULONG size, const ENTRYID* id, LPCIID iid, ULONG flags,
                                      ULONG* type);
// IMsgStore::CompareEntryIDs and IMSLogon::CompareEntryIDs (ruling R13).
Result<bool> compare_entry_ids(const StoreCore& core, std::string_view a, std::string_view b);
std::string_view entry_bytes(ULONG size, const ENTRYID* id);

}  // namespace mapiary::store
