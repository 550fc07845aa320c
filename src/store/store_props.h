// SPDX-License-Identifier: Apache-2.0
// Properties of the store object, and the special folders and receive folders among them. They are properties of the
// mailbox object; folders are kept by number and shown as entry ids. Nontransacted. Under the gate. Pages:
// imsgstoreimapiprop, special-folders-in-message-stores, pidtagvalidfoldermask-canonical-property.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "store/staged_backing.h"
#include "store/values.h"

namespace mapiary::store {

// PT_BOOLEAN of the open store, of this logon and not kept: TRUE groups the saves of new messages
// (docs/message-stores.md).
inline constexpr std::uint16_t kBulkId = 0x6704;

class StoreBacking final : public CoreBacking {
 public:
  explicit StoreBacking(CorePtr core) : CoreBacking(core, core->writable()) {}

  std::shared_ptr<void> begin_reading(std::span<const ULONG> tags) override;

  Result<std::vector<model::PropTag>> list() override;
  Result<model::PropValue> get(model::PropTag tag) override;
  Status set(model::PropValue value) override;
  Status remove(model::PropTag tag) override;
  Status check_write(model::PropTag tag) override;
  Result<std::shared_ptr<property::RandomBytes>> open_bytes(model::PropTag tag, property::OpenMode mode) override;

 private:
  // What was read since begin_reading().
  struct Reading {
    std::shared_ptr<const model::PropBag> mailbox;
    std::map<ULONG, ObjectId> folders;  // by the property that names them; 0: there is none
    std::optional<std::optional<ULONG>> mask;
  };

  Result<std::shared_ptr<const model::PropBag>> mailbox();
  Result<ObjectId> folder(ULONG tag);
  std::optional<ULONG> valid_mask();
  std::optional<model::PropValue> computed(model::PropTag tag);

  std::optional<Reading> reading_;
};

// The folder that one of the store's PR_..._ENTRYID properties names; 0 if there is none, or it was deleted.
Result<ObjectId> special_folder(StoreCore& core, ULONG tag);

struct ReceiveFolder {
  std::string message_class;  // "" for the default
  ObjectId folder = 0;
};
// As they were set; the default one is always there (the root if nothing else was said).
Result<std::vector<ReceiveFolder>> receive_folders(StoreCore& core);
// The one for a class: the longest prefix of it that ends where a part of the class ends.
Result<ReceiveFolder> receive_folder_for(StoreCore& core, std::string_view message_class);
// `folder` 0 drops the setting.
Status set_receive_folder(StoreCore& core, const std::string& message_class, ObjectId folder);

// Sets, or with `value` empty erases, one property of the mailbox object.
Status write_mailbox(StoreCore& core, const model::PropValue& value);
Status erase_mailbox(StoreCore& core, std::uint16_t id);
Result<model::PropBag> read_mailbox(StoreCore& core);

}  // namespace mapiary::store
