// SPDX-License-Identifier: Apache-2.0
#include "model/message_tree.h"

#include <string>

#include "base/code_page.h"

namespace mapiary::model {
namespace {

constexpr PropTag kAttachDataBinary(0x37010102u);

std::uint64_t streams_size(const PropStreams& streams) {
  std::uint64_t sum = 0;
  for (const auto& [tag, source] : streams) sum += source->size();
  return sum;
}

// Each message with its level, outermost first.
template <class Visit>
void for_each_message(const MessageTree& root, Visit&& visit) {
  std::vector<std::pair<const MessageTree*, int>> open{{&root, 1}};
  while (!open.empty()) {
    const auto [message, level] = open.back();
    open.pop_back();
    visit(*message, level);
    for (const Attachment& attachment : message->attachments) {
      if (attachment.embedded) open.emplace_back(attachment.embedded.get(), level + 1);
    }
  }
}

}  // namespace

Attachment::Attachment() = default;
Attachment::Attachment(Attachment&&) noexcept = default;
Attachment& Attachment::operator=(Attachment&&) noexcept = default;
Attachment::~Attachment() = default;

Result<std::unique_ptr<ByteStream>> Attachment::open() const {
  std::shared_ptr<const ByteSource> source = data;
  if (!source) {
    const PropValue* value = props.find(kAttachDataBinary);
    if (value != nullptr && value->is_bytes()) source = std::make_shared<MemorySource>(std::string(value->as_bytes()));
  }
  if (!source) return fail(Code::kNotFound, "model", "An attachment has no data to read");
  return std::make_unique<SourceStream>(std::move(source));
}

int MessageTree::depth() const {
  int deepest = 0;
  for_each_message(*this, [&](const MessageTree&, int level) { deepest = level > deepest ? level : deepest; });
  return deepest;
}

std::uint64_t MessageTree::stored_size() const {
  std::uint64_t sum = 0;
  for_each_message(*this, [&](const MessageTree& message, int) {
    sum += message.props.stored_size() + streams_size(message.streams);
    for (const PropBag& recipient : message.recipients) sum += recipient.stored_size();
    for (const Attachment& attachment : message.attachments) {
      sum += attachment.props.stored_size() + streams_size(attachment.streams);
      if (attachment.data) sum += attachment.data->size();
    }
  });
  return sum;
}

Status check_message_depth(int depth) {
  if (depth <= MessageTree::kMaxDepth) return {};
  return fail(Code::kTooDeep, "model", "Messages are nested too deeply", static_cast<std::uint64_t>(depth));
}

Result<PropValue> load_property(const PropBag& props, const PropStreams& streams, PropTag tag, std::uint64_t limit) {
  if (const PropValue* value = props.find(tag); value != nullptr && !value->is_blob()) return *value;
  const auto at = streams.find(tag);
  if (at == streams.end()) return fail(Code::kNotFound, "model", "A message lacks a property", tag.value);
  std::string bytes = TRY(read_all(*at->second, limit));
  if (tag.is_multivalued())
    return fail(Code::kTypeNotSupported, "model", "A multivalued property is no stream", tag.value);
  switch (tag.base_type()) {
    case PropType::kUnicode:
      return PropValue::text(tag, std::move(bytes));
    case PropType::kString8: {
      const PropValue* page = props.find(PropTag(0x3FFD0003u));      // PR_MESSAGE_CODEPAGE
      if (page == nullptr) page = props.find(PropTag(0x3FDE0003u));  // PR_INTERNET_CPID
      const std::int32_t number = page != nullptr ? page->as_int32() : 0;
      const bool sane = number > 0 && number <= 0xFFFF;
      return PropValue::text8(tag, std::move(bytes), sane ? static_cast<std::uint32_t>(number) : ansi_code_page());
    }
    case PropType::kBinary:
      return PropValue::binary(tag, std::move(bytes));
    default:
      return fail(Code::kTypeNotSupported, "model", "A property of this type is no stream", tag.value);
  }
}

}  // namespace mapiary::model
