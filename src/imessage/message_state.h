// SPDX-License-Identifier: Apache-2.0
// What a message in a storage is, below its COM objects: properties, recipients, attachments, and how they go back into
// the storage. The outermost message and all inside it share a Root: gate, names, memory routines, what to do when all
// is released. Objects hold shared pointers to states, never to one another's COM objects. Under the gate.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <functional>
#include <memory>
#include <vector>

#include "com/border.h"
#include "com/memory.h"
#include "imessage/name_table.h"
#include "imessage/prop_set.h"

namespace mapiary::imessage {

// Shared by a top-level message and everything inside it.
struct Root {
  std::shared_ptr<com::Gate> gate = std::make_shared<com::Gate>();
  com::AllocRoutines routines;
  com::Ref<IMAPISupport> support;  // the caller's, if there is one
  NameTable names;
  bool unicode = true;
  bool commit = true;  // SaveChanges of the top-level message commits the caller's storage
  // Storages in use; taken from their holders when the session closes.
  std::vector<std::weak_ptr<struct MessageState>> messages;
  std::function<void()> released;
  ~Root();
  // From the support object; null if there is none or it has none.
  com::Ref<IMAPIProgress> progress_dialog(ULONG_PTR ui) const;
};

struct Recipient {
  std::uint32_t row = 0;
  model::PropBag props;
};

struct Attachment {
  std::uint32_t number = 0;
  std::shared_ptr<PropSet> props;
  com::Ref<IStorage> storage;      // where it is; null before the message is saved
  com::Ref<IStorage> data_object;  // PR_ATTACH_DATA_OBJ that is not in the storage yet
  bool stored = false;             // the message's storage has it
  bool visible = false;            // SaveChanges was called on it
  bool changed = false;
  bool deleted = false;  // DeleteAttach; objects may still be open on it
};

struct MessageState {
  static constexpr int kMaxDepth = 64;

  std::shared_ptr<Root> root;
  com::Ref<IStorage> storage;
  Place place = Place::kTopLevel;
  int depth = 0;
  bool writable = false;
  PropSet props{Place::kTopLevel};
  std::vector<Recipient> recipients;
  std::vector<std::shared_ptr<Attachment>> attachments;
  std::vector<std::uint32_t> deleted;  // numbers of attachments that are still in the storage
  std::uint32_t next_row = 0, next_attachment = 0;
  bool recipients_changed = false;
  std::function<void(IMessage*)> closed;  // the message's COM object goes
  // For a message inside that is read where it lies: its storage, after a failed save made the old object useless.
  std::function<Result<com::Ref<IStorage>>()> reopen;
  const MessageState* inside = nullptr;  // that storage belongs to this message; compared only

  Status load();
  // All or nothing: after an error the storage is reverted to what it was, everything that was changed here is still
  // here, and the next save writes it. With IMSG_NO_ISTG_COMMIT the storage is the caller's to revert.
  Status save();
  std::uint32_t code_page() const;
  std::shared_ptr<Attachment> find_attachment(std::uint32_t number) const;
  void drop();

 private:
  Status load_recipients(const std::vector<Element>& elements);
  Status load_attachments(const std::vector<Element>& elements);
  bool commits() const { return place == Place::kEmbedded || root->commit; }
  void set_own_properties();
  Status write();
  Status write_recipients();
  Status write_attachments();
  Status write_attachment(Attachment& attachment);
  void settle();
  void take_back();
  void reopen_parts();
};

Result<std::shared_ptr<MessageState>> open_message(std::shared_ptr<Root> root, com::Ref<IStorage> storage, Place place,
                                                   int depth, bool writable);

// One more reference, unless the last one is just being given back (its destructor waits for the gate, which is held
// here).
template <class I>
com::Ref<I> share_living(I* object) {
  return object->AddRef() == 1 ? com::Ref<I>() : com::Ref<I>::adopt(object);
}

}  // namespace mapiary::imessage
