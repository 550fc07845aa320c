// SPDX-License-Identifier: Apache-2.0
// The properties of a message, its tables, and the attachment objects that are open. Under the gate.
#pragma once

#include <map>

#include "imessage/part_table.h"
#include "imessage/set_backing.h"

namespace mapiary::imessage {

class MessageBacking final : public SetBacking {
 public:
  explicit MessageBacking(std::shared_ptr<MessageState> state);

  const std::shared_ptr<MessageState>& state() const { return message_; }
  PropSet& props() override { return message_->props; }
  std::optional<model::PropValue> computed(std::uint16_t id) override;
  std::vector<std::uint16_t> computed_ids() const override;
  Status save(ULONG flags) override;
  Result<com::Ref<IUnknown>> open_object(model::PropTag tag, REFIID iid, ULONG options, ULONG flags) override;

  Result<com::Ref<IMAPITable>> recipient_table(bool unicode);
  Result<com::Ref<IMAPITable>> attachment_table(bool unicode);
  // The object that is open already, or a new one.
  Result<com::Ref<IAttach>> open_attachment(std::shared_ptr<Attachment> attachment, bool writable);
  Status attachment_saved(const Attachment& attachment) { return attachments_.put(row_of(attachment)); }
  Status attachment_gone(const Attachment& attachment);
  Status recipients_replaced() { return recipients_.replace({}); }
  Status recipient_changed(const Recipient& recipient) { return recipients_.put({recipient.row, recipient.props}); }
  Status recipient_gone(std::uint32_t row) { return recipients_.remove(row); }
  void compute_display_lists();
  // An attachment object goes; it is not counted here.
  void closed(std::uint32_t number, const IAttach* object) {
    if (const auto open = open_.find(number); open != open_.end() && open->second == object) open_.erase(open);
  }

 private:
  PartTable::Row row_of(const Attachment& attachment) const { return {attachment.number, attachment.props->bag()}; }

  PartTable recipients_, attachments_;
  std::map<std::uint32_t, IAttach*> open_;
};

}  // namespace mapiary::imessage
