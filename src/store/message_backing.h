// SPDX-License-Identifier: Apache-2.0
// The properties of an open message, its tables, and the attachment objects that are open on it. Under the gate.
#pragma once

#include <functional>

#include "store/list_table.h"
#include "store/message_data.h"
#include "store/staged_backing.h"

namespace mapiary::store {

class MessageBacking final : public StagedBacking {
 public:
  // Where the SaveChanges of a message inside an attachment goes; empty for one in a folder.
  using Keep = std::function<Status(const MessageData& message)>;

  MessageBacking(CorePtr core, MessageData message, bool writable, int depth = 1, Keep keep = nullptr);
  ~MessageBacking() override;

  MessageData& data() { return data_; }
  const MessageData& data() const { return data_; }
  int depth() const { return depth_; }
  bool is_embedded() const { return keep_ != nullptr; }
  // After SubmitMessage nothing is left to do with it but Release.
  void end();
  Status check_alive() const;

  Props& props() override { return data_.props; }
  ObjectId object() const override { return data_.id; }
  std::uint32_t code_page() override;
  Result<std::vector<model::PropTag>> list() override;
  Result<model::PropValue> get(model::PropTag tag) override;
  const model::PropValue* peek(model::PropTag tag) override;
  Status save(ULONG flags) override;
  Result<com::Ref<IUnknown>> open_object(model::PropTag tag, REFIID iid, ULONG options, ULONG flags) override;
  void describe(com::LiveObject& out) const override;
  // The COM object, for body synchronisation; while it lives.
  void set_object(IMessage* object) { object_ = object; }
  IMessage* object_now() const { return object_; }

  // ---- Recipients
  Result<com::Ref<IMAPITable>> recipient_table(bool unicode);
  Status replace_recipients(std::vector<model::PropBag> all);

  // ---- Attachments
  Result<com::Ref<IMAPITable>> attachment_table(bool unicode);
  std::shared_ptr<AttachData> find_attachment(std::uint32_t number) const;
  // From the attachment's SaveChanges; nobody changes it from here on but for what MessageData says.
  Status keep_attachment(std::shared_ptr<AttachData> attachment);
  Status remove_attachment(std::uint32_t number);
  std::uint32_t take_attachment_number() { return data_.next_attachment++; }
  IAttach* open_attachment(std::uint32_t number) const;
  void attachment_opened(std::uint32_t number, IAttach* object) { open_[number] = object; }
  void attachment_closed(std::uint32_t number, const IAttach* object);

  // Flags of the message as the engine has them after SetReadFlag.
  void set_flags(ULONG flags);
  Status save_now(const SaveOptions& options);
  void note_submit_flags(ULONG flags);

 protected:
  std::span<const ULONG> computed_tags() const override;
  std::optional<model::PropValue> computed(model::PropTag tag) override;
  bool has_computed(model::PropTag tag) override;
  Status allow(model::PropTag tag) override;
  Result<model::PropValue> admit(model::PropValue value) override;

 private:
  Result<model::PropValue> parent_display();
  Status load_attachment_rows();
  // In data_.attachments; their count if there is none.
  std::size_t place_of(std::uint32_t number) const;
  void note(ULONG tag, ULONG value);

  MessageData data_;
  int depth_;
  Keep keep_;
  bool ended_ = false;
  bool in_order_ = true;  // attachments, by their numbers
  bool counted_ = false;  // among the core's messages open for writing
  IMessage* object_ = nullptr;
  ListTable recipients_, attachments_;
  std::map<std::uint32_t, IAttach*> open_;
};

}  // namespace mapiary::store
