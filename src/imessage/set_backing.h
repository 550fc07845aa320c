// SPDX-License-Identifier: Apache-2.0
// PropertyBacking over a PropSet: what messages and attachments have in common.
#pragma once

#include "imessage/message_state.h"
#include "property/backing.h"

namespace mapiary::imessage {

class SetBacking : public property::PropertyBacking, public std::enable_shared_from_this<SetBacking> {
 public:
  SetBacking(std::shared_ptr<Root> root, std::shared_ptr<MessageState> message)
      : root_(std::move(root)), message_(std::move(message)) {}

  Result<std::vector<model::PropTag>> list() override;
  Result<model::PropValue> get(model::PropTag tag) override;
  Status set(model::PropValue value) override;
  Status remove(model::PropTag tag) override;
  bool writable() const override { return writable_; }
  Status check_write(model::PropTag tag) override;
  std::uint32_t code_page() override { return message_->code_page(); }
  property::NameMapping* names() override { return &root_->names; }
  Result<std::shared_ptr<property::RandomBytes>> open_bytes(model::PropTag tag, property::OpenMode mode) override;
  Status set_bytes(model::PropTag tag, property::RandomBytes& stored, std::uint32_t code_page) override;
  com::Ref<IMAPIProgress> progress_dialog(ULONG_PTR ui) override { return root_->progress_dialog(ui); }

  virtual PropSet& props() = 0;
  // Properties that are not stored: nullopt for all others.
  virtual std::optional<model::PropValue> computed(std::uint16_t id) = 0;
  virtual std::vector<std::uint16_t> computed_ids() const = 0;
  virtual void changed() { props().set_changed(); }

 protected:
  Status check_set(model::PropTag tag);
  bool is_computed(std::uint16_t id) const;

  std::shared_ptr<Root> root_;
  std::shared_ptr<MessageState> message_;
  bool writable_ = false;
};

// As the message stores text: PT_UNICODE, or PT_STRING8 in a message that was made without MAPI_UNICODE.
model::PropValue stored_text(const model::PropValue& value, const MessageState& message);

}  // namespace mapiary::imessage
