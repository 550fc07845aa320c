// SPDX-License-Identifier: Apache-2.0
// What an object with properties has to know so that PropCore can be its IMAPIProp: values by tag, which of them may
// change, large values as bytes, objects behind PT_OBJECT, names, and how a save goes. A store, an address book, a
// message file each write one.
//
// Everything in it speaks model types and Result; a Code becomes the HRESULT of com/error_map. Called under the gate of
// the object's store only. An object is found by its whole tag where one id serves two (PR_ATTACH_DATA_BIN and
// PR_ATTACH_DATA_OBJ), else by id.
#pragma once

#include <mapix.h>

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "com/live_objects.h"
#include "com/ref.h"
#include "model/named_property.h"
#include "model/prop_value.h"
#include "property/random_bytes.h"

namespace mapiary::property {

// Names and ids of the store an object is in; all objects of one store share it.
class NameMapping {
 public:
  virtual ~NameMapping() = default;
  // nullopt: the name has no id (and none was to be made).
  virtual Result<std::optional<std::uint16_t>> id_of(const model::NamedProperty& name, bool create) = 0;
  // Of many at once, in their order. An error with `create`: none of them was made.
  virtual Result<std::vector<std::optional<std::uint16_t>>> ids_of(std::span<const model::NamedProperty> names,
                                                                   bool create);
  virtual Result<std::optional<model::NamedProperty>> name_of(std::uint16_t id) = 0;
  virtual Result<std::vector<std::pair<std::uint16_t, model::NamedProperty>>> all() = 0;
};

// A mapping in memory.
class LocalNames final : public NameMapping {
 public:
  explicit LocalNames(std::shared_ptr<model::NamedPropertyMap> map = std::make_shared<model::NamedPropertyMap>())
      : map_(std::move(map)) {}
  Result<std::optional<std::uint16_t>> id_of(const model::NamedProperty& name, bool create) override;
  Result<std::vector<std::optional<std::uint16_t>>> ids_of(std::span<const model::NamedProperty> names,
                                                           bool create) override;
  Result<std::optional<model::NamedProperty>> name_of(std::uint16_t id) override { return map_->name_of(id); }
  Result<std::vector<std::pair<std::uint16_t, model::NamedProperty>>> all() override;
  model::NamedPropertyMap& map() { return *map_; }

 private:
  std::shared_ptr<model::NamedPropertyMap> map_;
};

struct OpenMode {
  bool write = false;
  bool create = false;  // make it if it is missing, empty it if it is there
};

class PropertyBacking : public com::Described {
 public:
  virtual ~PropertyBacking() = default;

  // Every property there is now, computed and PT_OBJECT ones too, with its stored type.
  virtual Result<std::vector<model::PropTag>> list() = 0;
  // The value stored under the id of `tag`, in its stored type; a blob if it is too large to hand out. kNotFound.
  virtual Result<model::PropValue> get(model::PropTag tag) = 0;
  // What get() would give, where the object has it in memory as it is; nullptr: ask get(). Good until the object is
  // called again.
  virtual const model::PropValue* peek(model::PropTag tag) {
    (void)tag;
    return nullptr;
  }
  // Many values are about to be asked for, those of `tags` or, if it is empty, all: while what this gives lives, they
  // may be of one reading. Null: each is read for itself.
  virtual std::shared_ptr<void> begin_reading(std::span<const ULONG> tags) {
    (void)tags;
    return nullptr;
  }
  // Replaces what is under the same id. kComputed, kNoAccess, kInvalidType, kUnexpectedType ... are problems of this
  // one property.
  virtual Status set(model::PropValue value) = 0;
  // kNotFound is no problem for the caller of DeleteProps.
  virtual Status remove(model::PropTag tag) = 0;

  // False: no property may change, and SetProps and DeleteProps answer MAPI_E_NO_ACCESS as a whole.
  virtual bool writable() const = 0;
  // May the property be written (kComputed, kNoAccess)? Asked before a stream on it is opened for writing.
  virtual Status check_write(model::PropTag tag) {
    (void)tag;
    return {};
  }
  virtual bool supports_unicode() const { return true; }
  // Of PT_STRING8 values that come in and of those made from PT_UNICODE (ruling R15); 0 for the process default.
  virtual std::uint32_t code_page() { return 0; }
  // nullptr: no named properties, MAPI_E_NO_SUPPORT.
  virtual NameMapping* names() { return nullptr; }

  // A PT_BINARY, or for reading the stored form of a text blob, as bytes that need not be in memory. nullptr where
  // values have no bytes of their own: then get() and set() serve. Called for existing properties or with mode.create.
  virtual Result<std::shared_ptr<RandomBytes>> open_bytes(model::PropTag tag, OpenMode mode) {
    (void)tag, (void)mode;
    return std::shared_ptr<RandomBytes>();
  }
  // Sets a text or binary property to `stored`, in the form open_bytes gives it; `code_page` is that of PT_STRING8.
  // What is large need not come into memory; by default it does.
  virtual Status set_bytes(model::PropTag tag, RandomBytes& stored, std::uint32_t code_page);
  // The indicator for a copy with MAPI_DIALOG to which the caller gave none; null if there is none. Called without the
  // gate.
  virtual com::Ref<IMAPIProgress> progress_dialog(ULONG_PTR ui) {
    (void)ui;
    return {};
  }
  // Everything OpenProperty offers beyond IStream on text and binary. `flags` are OpenProperty's, checked.
  virtual Result<com::Ref<IUnknown>> open_object(model::PropTag tag, REFIID iid, ULONG options, ULONG flags);

  // SaveChanges; `flags` are checked. Objects without transactions have nothing to do.
  virtual Status save(ULONG flags) {
    (void)flags;
    return {};
  }
};

}  // namespace mapiary::property
