// SPDX-License-Identifier: Apache-2.0
// PropertyBacking over Props: what messages and attachments have in common. Values are held here until they are saved.
#pragma once

#include "property/backing.h"
#include "store/engine_bytes.h"

namespace mapiary::store {

// What every object of a store has in common.
class CoreBacking : public property::PropertyBacking, public std::enable_shared_from_this<CoreBacking> {
 public:
  explicit CoreBacking(CorePtr core, bool writable) : core_(std::move(core)), writable_(writable) {}

  StoreCore& core() const { return *core_; }
  const CorePtr& shared_core() const { return core_; }
  bool writable() const override { return writable_; }
  property::NameMapping* names() override { return &core_->names(); }
  com::Ref<IMAPIProgress> progress_dialog(ULONG_PTR ui) override { return core_->progress_dialog(ui); }

 protected:
  CorePtr core_;
  bool writable_;
};

class StagedBacking : public CoreBacking {
 public:
  using CoreBacking::CoreBacking;

  Result<std::vector<model::PropTag>> list() override;
  Result<model::PropValue> get(model::PropTag tag) override;
  const model::PropValue* peek(model::PropTag tag) override;
  Status set(model::PropValue value) override;
  Status remove(model::PropTag tag) override;
  Status check_write(model::PropTag tag) override;
  Result<std::shared_ptr<property::RandomBytes>> open_bytes(model::PropTag tag, property::OpenMode mode) override;
  Status set_bytes(model::PropTag tag, property::RandomBytes& stored, std::uint32_t code_page) override;

  virtual Props& props() = 0;
  // Where the engine has the large values of props(); 0: nowhere yet.
  virtual ObjectId object() const = 0;

 protected:
  virtual std::span<const ULONG> computed_tags() const = 0;
  virtual std::optional<model::PropValue> computed(model::PropTag tag) = 0;
  // Whether it has a value now; `tag` is one of computed_tags().
  virtual bool has_computed(model::PropTag tag) { return computed(tag).has_value(); }
  // Stored properties that clients may not write now (kComputed, kNoAccess).
  virtual Status allow(model::PropTag tag) = 0;
  // Called with a value that may be set; gives what is set instead.
  virtual Result<model::PropValue> admit(model::PropValue value) { return value; }
};

}  // namespace mapiary::store
