// SPDX-License-Identifier: Apache-2.0
// The properties of one message, recipient or attachment as its storage has them: small values in memory, large ones in
// their streams until they change. Loading forgives what damaged files lack (a value without its stream is not there);
// saving writes the properties stream and the values, and takes away streams of values that are gone. Not synchronised:
// the message's gate.
#pragma once

#include <map>
#include <memory>

#include "com/ref.h"
#include "imessage/msg_format.h"
#include "imessage/stg_io.h"
#include "model/prop_bag.h"
#include "property/backing.h"

namespace mapiary::imessage {

class PropSet {
 public:
  explicit PropSet(Place place) : place_(place) {}

  // `storage` stays in use for large values.
  Status load(com::Ref<IStorage> storage, std::uint32_t code_page = 0);
  // Into `storage`, which may be another one than the one loaded from. Nothing here changes before settle().
  Status save(IStorage& storage, const Counts& counts) const;
  // What save() wrote is permanent: `storage` is what is read from now on.
  void settle(com::Ref<IStorage> storage);
  // The storage that was loaded from is open anew, as another object; copies of this set learn of it too.
  void reopened(com::Ref<IStorage> storage) { *storage_ = std::move(storage); }
  void set_place(Place place) { place_ = place; }

  const model::PropBag& bag() const { return bag_; }
  model::PropBag& bag() { return bag_; }
  void drop_storage() { storage_->reset(); }
  // A large value in its stored form: UTF-8 for PT_UNICODE.
  Result<std::shared_ptr<property::RandomBytes>> open(model::PropTag tag) const;
  // A value too large for memory, as its stream is to be: UTF-16 for PT_UNICODE. In use until the property is set anew.
  Status set_large(model::PropTag tag, std::shared_ptr<property::RandomBytes> stream_form, std::uint32_t code_page);
  void forget_large(std::uint16_t id) { fresh_.erase(id); }
  // Large values too are brought into memory.
  Result<model::PropValue> whole(const model::PropValue& value) const;
  bool changed() const { return changed_; }
  void set_changed() { changed_ = true; }

  std::uint32_t attributes(std::uint16_t id) const;
  void set_attributes(std::uint16_t id, std::uint32_t flags) { attributes_[id] = flags; }

 private:
  Result<std::shared_ptr<property::RandomBytes>> open_raw(model::PropTag tag) const;
  Result<model::PropValue> load_value(const Entry& entry, std::uint32_t code_page) const;
  Result<model::PropValue> load_multi(model::PropTag tag, std::uint32_t code_page) const;
  Result<Entry> save_value(IStorage& to, const model::PropValue& value) const;
  Result<std::uint64_t> save_multi(IStorage& to, const model::PropValue& value) const;
  std::uint32_t find_code_page(const std::vector<Entry>& entries, std::uint32_t outer) const;

  Place place_;
  model::PropBag bag_;
  // Shared with copies of the set: after a failed save the storage is another object.
  std::shared_ptr<com::Ref<IStorage>> storage_ = std::make_shared<com::Ref<IStorage>>();
  std::map<std::uint16_t, std::shared_ptr<property::RandomBytes>> fresh_;  // large values that are in no storage yet
  std::map<std::uint16_t, std::uint32_t> attributes_;
  bool changed_ = false;
};

}  // namespace mapiary::imessage
