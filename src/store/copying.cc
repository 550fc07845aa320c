// SPDX-License-Identifier: Apache-2.0
#include "store/copying.h"

#include <mapitags.h>

#include "base/clock.h"
#include "model/text.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kCopyPiece = 256 * 1024;

Status copy_blob(backend::Transaction& transaction, ObjectId from, ObjectId to, const PropValue& value) {
  const auto source = TRY(transaction.open_blob(from, value.tag(), backend::BlobMode::kRead));
  const auto target = TRY(transaction.open_blob(to, value.tag(), backend::BlobMode::kReplace, value.code_page()));
  std::vector<std::byte> piece(kCopyPiece);
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(source->read_at(at, piece));
    if (got == 0) return {};
    TRY(target->write_at(at, ByteSpan(piece).first(got)));
    at += got;
  }
}

// The transaction may go on without the copy: no half of it stays. One that is broken does not go on, and the reason is
// what broke it.
tl::unexpected<Error> drop(backend::Transaction& transaction, ObjectId copy, Error why) {
  Status removed = transaction.remove(copy);
  if (!removed && removed.error().code != Code::kInvalidObject) return tl::unexpected(std::move(removed).error());
  return tl::unexpected(std::move(why));
}

// An object with its values; not what is below it.
Result<ObjectId> copy_object(backend::Transaction& transaction, const backend::ObjectData& from, ObjectId parent) {
  std::vector<PropValue> set;
  for (const PropValue& value : from.props) {
    if (!value.is_blob() && !value.is_error()) set.push_back(value);
  }
  backend::Update content;
  content.set = set;
  content.copy_of = from.info.id;
  content.copy_of_parent = from.info.parent;
  const bool has_recipients = from.info.kind == ObjectKind::kMessage || from.info.kind == ObjectKind::kAssociated;
  if (has_recipients) content.recipients = &from.recipients;
  const ObjectId copy = TRY(transaction.create(parent, from.info.kind, content));
  for (const PropValue& value : from.props) {
    if (!value.is_blob()) continue;
    const Status copied = copy_blob(transaction, from.info.id, copy, value);
    if (!copied) return drop(transaction, copy, copied.error());
  }
  return copy;
}

Result<backend::ObjectData> read_all(backend::Transaction& transaction, ObjectId id) {
  backend::ReadRequest request;
  request.all = true;
  request.recipients = true;
  return transaction.read(id, request);
}

Status copy_parts(backend::Transaction& transaction, ObjectId from, ObjectId to) {
  for (const ObjectId attachment : TRY(children(transaction, from, ObjectKind::kAttachment))) {
    const ObjectId copy = TRY(copy_object(transaction, TRY(read_all(transaction, attachment)), to));
    for (const ObjectId inner : TRY(children(transaction, attachment, ObjectKind::kMessage))) {
      const ObjectId inner_copy = TRY(copy_object(transaction, TRY(read_all(transaction, inner)), copy));
      TRY(copy_parts(transaction, inner, inner_copy));
    }
  }
  return {};
}

}  // namespace

Result<ObjectId> copy_message(Writer& writer, ObjectId message, ObjectId folder) {
  auto from = TRY(read_all(writer.get(), message));
  if (from.info.kind != ObjectKind::kMessage && from.info.kind != ObjectKind::kAssociated) {
    return fail(Code::kNotFound, "store", "the object is no message", message);
  }
  ULONG flags = long_of(from.props, PR_MESSAGE_FLAGS);
  flags &= ~(MSGFLAG_RN_PENDING | MSGFLAG_NRN_PENDING | MSGFLAG_SUBMIT);
  from.props.set(long_value(PR_MESSAGE_FLAGS, flags));
  from.props.erase(id_of(PR_MSG_STATUS));
  from.props.erase(private_tag::kRowStatus.id());
  from.props.erase(id_of(PR_SUBMIT_FLAGS));
  // An unread copy causes no reports.
  if (from.props.find(PropTag(PR_READ_RECEIPT_REQUESTED)) && !(flags & MSGFLAG_READ)) {
    from.props.set(PropValue::boolean(PropTag(PR_READ_RECEIPT_REQUESTED), false));
  }
  const ObjectId copy = TRY(copy_object(writer.get(), from, folder));
  const Status parts = copy_parts(writer.get(), message, copy);
  if (!parts) return drop(writer.get(), copy, parts.error());
  writer.touched(copy);
  return copy;
}

Result<ObjectId> copy_folder_object(Writer& writer, ObjectId folder, ObjectId parent, const std::string& name) {
  auto from = TRY(read_all(writer.get(), folder));
  const auto time = static_cast<std::int64_t>(now().ticks);
  from.props.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), name));
  from.props.set(PropValue::int64(PropTag(PR_CREATION_TIME), time));
  from.props.set(PropValue::int64(PropTag(PR_LAST_MODIFICATION_TIME), time));
  return copy_object(writer.get(), from, parent);
}

Result<ObjectId> find_folder(backend::Transaction& transaction, ObjectId parent, std::string_view name) {
  const std::string wanted = model::fold_text(name, {true, false});
  const PropTag tag(PR_DISPLAY_NAME_W);
  backend::RowQuery query;
  query.columns = std::span(&tag, 1);
  ObjectId found = 0;
  TRY(visit(transaction, parent, ObjectKind::kFolder, query, [&](const backend::Row& row) -> Result<bool> {
    model::PropBag bag;
    if (!row.values[0].is_empty()) bag.set(row.values[0]);
    if (model::fold_text(text_of(bag, PR_DISPLAY_NAME_W), {true, false}) == wanted) found = row.info.id;
    return found == 0;
  }));
  return found;
}

Result<bool> is_inside(backend::Transaction& transaction, ObjectId folder, ObjectId above) {
  for (int depth = 0; depth < kMaxFolderDepth; ++depth) {
    if (folder == above) return true;
    const auto info = TRY(transaction.read(folder, {})).info;
    if (info.parent == 0 || info.parent == folder) return false;
    folder = info.parent;
  }
  return false;
}

}  // namespace mapiary::store
