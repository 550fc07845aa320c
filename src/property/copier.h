// SPDX-License-Identifier: Apache-2.0
// Inside of copy_engine: one object being copied to another. A Copier makes further ones for the objects inside. One
// thread.
#pragma once

#include <mapix.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "com/error_map.h"
#include "com/interfaces.h"
#include "com/ref.h"
#include "model/prop_tag.h"
#include "property/copy_engine.h"
#include "property/problems.h"

namespace mapiary::property::copying {

// Memory that another object handed out.
struct Freer {
  void operator()(void* block) const { (void)MAPIFreeBuffer(block); }
};
template <class T>
using Owned = std::unique_ptr<T, Freer>;

// What FreeProws does, for rows of a foreign table.
struct RowsFreer {
  void operator()(SRowSet* rows) const;
};
using OwnedRows = std::unique_ptr<SRowSet, RowsFreer>;

tl::unexpected<Error> outside(HRESULT hr, std::string_view call);

template <class I>
com::Ref<I> as(IUnknown* object, REFIID iid) {
  com::Ref<I> out;
  if (!object || FAILED(object->QueryInterface(iid, reinterpret_cast<void**>(out.put())))) return {};
  return out;
}
bool is_same_object(IUnknown* a, IUnknown* b);

// The caller's indicator, told of whole steps of the outermost object.
class Meter {
 public:
  Meter(IMAPIProgress* progress, std::size_t steps);
  // One step more. The error of an indicator that was told to stop (MAPI_E_USER_CANCEL).
  Status step();
  // Inside of a step: tells the indicator nothing new, so that it can say stop.
  Status poll();

 private:
  ULONG value() const;

  IMAPIProgress* progress_;
  ULONG steps_;
  ULONG done_ = 0;
  ULONG low_ = 0, high_ = 1000;
  bool top_level_ = false;
};

struct Selection {
  bool all = true;                       // CopyTo; else the tags named
  std::vector<model::PropTag> tags;      // CopyProps: wanted, in the caller's order
  std::set<std::uint16_t> excluded_ids;  // CopyTo
  std::vector<IID> excluded_interfaces;  // CopyTo
};

class Copier {
 public:
  static constexpr int kMaxDepth = 64;  // messages in attachments, folders in folders
  static constexpr std::size_t kBatch = 32;

  Copier(com::Ref<IMAPIProp> source, com::Ref<IMAPIProp> target, ULONG flags, Selection selection, int depth = 0);

  Status run(IMAPIProgress* progress, ULONG_PTR ui);
  // Single messages or one folder inside the source, to the target, which both are folders.
  Status run_messages(const ENTRYLIST& messages, IMAPIProgress* progress);
  Status run_folder(const SBinary& folder, const std::wstring* new_name, IMAPIProgress* progress, ULONG_PTR ui);
  void with_subfolders(bool with) { with_subfolders_ = with; }
  bool is_complete() const { return problems_.empty(); }
  const Problems& problems() const { return problems_; }

 private:
  struct Item {
    model::PropTag tag;  // as the source names it
    ULONG index;         // in the caller's array
  };

  // copy_engine.cc
  Status select();
  bool wants_object(ULONG tag) const;
  bool has_target(std::uint16_t id) const { return target_ids_.contains(id); }
  template <class I>
  bool is_excluded() const {
    for (const IID& iid : selection_.excluded_interfaces) {
      if (com::InterfaceChain<I>::contains(iid)) return true;
    }
    return false;
  }
  bool is_move() const { return (flags_ & MAPI_MOVE) != 0; }
  bool keeps_existing() const { return (flags_ & MAPI_NOREPLACE) != 0; }
  ULONG index_of(ULONG tag) const;
  Status descend(com::Ref<IMAPIProp> source, com::Ref<IMAPIProp> target, std::vector<ULONG> excluded);
  Status check_cycle(IUnknown* inner) const;

  // copy_values.cc
  Status map_names();
  std::uint32_t target_tag(model::PropTag tag) const;
  Status copy_values(std::span<const Item> batch);
  Status set_values(std::vector<SPropValue>& values, const std::vector<Item>& items);
  Status copy_stream(const Item& item, model::PropTag real);
  model::PropTag real_tag(model::PropTag tag) const;
  void copied(model::PropTag tag) { moved_.push_back(tag.value); }
  Status delete_moved();

  // copy_message.cc
  Status copy_message(ULONG_PTR ui);
  Status copy_recipients(IMessage& from, IMessage* to);
  Status copy_attachments(IMessage& from, IMessage* to, ULONG_PTR ui);
  Status copy_attachment(IMessage& from, IMessage& to, ULONG number);
  Status copy_attach_object(const Item& item);
  Status copy_embedded(const Item& item);
  Result<bool> copy_as_storage(const Item& item);
  Result<bool> copy_as_stream(const Item& item, REFIID iid);

  // copy_folder.cc
  struct Folders {
    com::Ref<IMAPIFolder> from, to;
  };
  Folders folders() const;
  Status learn_target();
  Status check_circle(IMAPIFolder& parent, SBinary id, int depth) const;
  Status goes_on(Status done, ULONG tag);
  Status copy_folder(ULONG_PTR ui);
  Status copy_contents(const Folders& folders, bool associated);
  Status copy_all(const Folders& folders, std::vector<std::string>& ids, bool associated);
  Status copy_one_message(const Folders& folders, const SBinary& id, bool associated);
  Status copy_subfolders(const Folders& folders, ULONG_PTR ui);
  Status copy_subfolder(const Folders& folders, const SBinary& id, const std::wstring* new_name, ULONG_PTR ui);
  Status move_subfolder(const Folders& folders, const SBinary& id, const std::wstring* new_name, ULONG_PTR ui);

  com::Ref<IMAPIProp> source_, target_;
  com::Ref<IMAPIProp> outermost_;  // target of the caller's copy, inside of which this one is; null in that one itself
  std::string outermost_id_;       // its entry id, where it is a folder
  Meter* meter_ = nullptr;         // of the caller's copy
  bool counts_messages_ = false;   // each message is a step of the meter
  bool with_subfolders_ = true;    // of a folder that is copied
  ULONG flags_;
  Selection selection_;
  int depth_;
  std::vector<model::PropTag> source_tags_;
  std::set<std::uint16_t> target_ids_;
  std::vector<Item> values_, objects_;
  std::map<std::uint16_t, std::uint16_t> names_;  // ids from 0x8000: source's to target's
  std::vector<ULONG> moved_;
  Problems problems_;
};

// All rows of a table with all its columns, in pieces of `piece` rows.
Status for_each_rows(IMAPITable& table, LONG piece, const std::function<Status(SRowSet&)>& body);
Result<std::vector<model::PropTag>> list_of(IMAPIProp& object);
const SPropValue* find_value(const SRow& row, ULONG tag);

}  // namespace mapiary::property::copying
