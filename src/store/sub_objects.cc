// SPDX-License-Identifier: Apache-2.0
#include "store/sub_objects.h"

#include <mapitags.h>

#include "model/prop_bag.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::uint64_t kMostLoaded = std::uint64_t{64} << 20;

class Bag final : public model::RestrictionTarget {
 public:
  Bag(backend::Transaction& transaction, backend::ObjectId object, const model::PropBag& bag)
      : transaction_(transaction), object_(object), bag_(bag) {}
  const PropValue* property(PropTag tag) override { return bag_.find(tag.id()); }
  Result<PropValue> load(const PropValue& blob) override { return load_whole(transaction_, object_, blob); }

 private:
  backend::Transaction& transaction_;
  backend::ObjectId object_;
  const model::PropBag& bag_;
};

class AttachmentIds final : public backend::RowVisitor {
 public:
  Result<bool> row(const backend::Row& row) override {
    ids.push_back(row.info.id);
    return true;
  }
  std::vector<backend::ObjectId> ids;
};

}  // namespace

Result<bool> any_part(backend::Transaction& transaction, backend::ObjectId message, PropTag table,
                      const model::RestrictionTarget::SubObjectTest& test) {
  if (table.value == PR_MESSAGE_RECIPIENTS) {
    backend::ReadRequest request;
    request.recipients = true;
    const auto read = TRY(transaction.read(message, request));
    for (const model::PropBag& recipient : read.recipients) {
      Bag target(transaction, message, recipient);
      if (TRY(test(target))) return true;
    }
    return false;
  }
  if (table.value != PR_MESSAGE_ATTACHMENTS) {
    return fail(Code::kTooComplex, "store", "a message has no such parts", table.value);
  }
  AttachmentIds attachments;
  TRY(transaction.rows(message, backend::ObjectKind::kAttachment, {}, attachments));
  for (const backend::ObjectId id : attachments.ids) {
    backend::ReadRequest request;
    request.all = true;
    const auto read = TRY(transaction.read(id, request));
    Bag target(transaction, id, read.props);
    if (TRY(test(target))) return true;
  }
  return false;
}

Result<PropValue> load_whole(backend::Transaction& transaction, backend::ObjectId object, const PropValue& blob) {
  if (!blob.is_blob()) return blob;
  if (blob.as_blob().size > kMostLoaded) {
    return fail(Code::kTooComplex, "store", "a value is too large to be searched", blob.tag().value);
  }
  const auto bytes = TRY(transaction.open_blob(object, blob.tag(), backend::BlobMode::kRead));
  std::string text(static_cast<std::size_t>(bytes->size()), '\0');
  const std::size_t got = TRY(bytes->read_at(0, std::as_writable_bytes(std::span(text.data(), text.size()))));
  text.resize(got);
  const PropTag tag = blob.tag();
  if (tag.base_type() == model::PropType::kUnicode) return PropValue::text(tag, std::move(text));
  if (tag.base_type() == model::PropType::kString8) return PropValue::text8(tag, std::move(text), blob.code_page());
  return PropValue::binary(tag, std::move(text));
}

}  // namespace mapiary::store
