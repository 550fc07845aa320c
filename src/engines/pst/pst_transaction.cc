// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/pst_transaction.h"

#include <algorithm>

#include "backend/rules.h"
#include "engines/pst/check/check.h"
#include "engines/pst/messaging/blob.h"
#include "engines/pst/messaging/expert_view.h"
#include "engines/pst/messaging/names.h"
#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {

using backend::ObjectData;
using backend::ObjectInfo;
using backend::Row;
using backend::RowPlan;
using backend::RowQuery;
using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

tl::unexpected<Error> read_only() {
  return fail(Code::kReadOnly, "pst", "PST and OST files are opened for reading only");
}

Listing listing_of(ObjectKind kind) {
  if (kind == ObjectKind::kMessage) return Listing::kMessages;
  return kind == ObjectKind::kAssociated ? Listing::kAssociated : Listing::kFolders;
}

class RawBlob final : public backend::Blob {
 public:
  RawBlob(ValueBytes bytes, std::shared_ptr<backend::OpenBlob> open)
      : bytes_(std::move(bytes)), open_(std::move(open)) {}
  std::uint64_t size() const override { return open_->alive ? bytes_.size() : 0; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    TRY(open_->check(false));
    return bytes_.read_at(offset, out);
  }
  Status write_at(std::uint64_t, ByteSpan) override { return open_->check(true); }
  Status resize(std::uint64_t) override { return open_->check(true); }

 private:
  ValueBytes bytes_;
  std::shared_ptr<backend::OpenBlob> open_;
};

class TextBlob final : public backend::Blob {
 public:
  TextBlob(Utf16Text text, std::shared_ptr<backend::OpenBlob> open) : text_(std::move(text)), open_(std::move(open)) {}
  std::uint64_t size() const override { return open_->alive ? text_.size() : 0; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    TRY(open_->check(false));
    return text_.read_at(offset, out);
  }
  Status write_at(std::uint64_t, ByteSpan) override { return open_->check(true); }
  Status resize(std::uint64_t) override { return open_->check(true); }

 private:
  Utf16Text text_;
  std::shared_ptr<backend::OpenBlob> open_;
};

class ExpertBlob final : public backend::Blob {
 public:
  ExpertBlob(std::shared_ptr<ExpertView> view, std::shared_ptr<backend::OpenBlob> open)
      : view_(std::move(view)), open_(std::move(open)) {}
  std::uint64_t size() const override { return open_->alive ? view_->size() : 0; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    TRY(open_->check(false));
    return view_->read_at(offset, out);
  }
  Status write_at(std::uint64_t, ByteSpan) override { return open_->check(true); }
  Status resize(std::uint64_t) override { return open_->check(true); }

 private:
  std::shared_ptr<ExpertView> view_;
  std::shared_ptr<backend::OpenBlob> open_;
};

}  // namespace

Status PstTransaction::need_open() const {
  if (!open_) return fail(Code::kInvalidObject, "pst", "the transaction has ended");
  return {};
}

Result<ObjectInfo> PstTransaction::info(const Place& place, bool with_counts, bool with_size) {
  ObjectInfo out;
  out.id = place.id;
  out.kind = place.kind;
  out.parent = place.parent;
  // Nothing changes while the file is open; attachments and what is in them have no version of their own.
  out.version = is_nested(place.id) ? 0 : 1;
  if (with_counts && (place.is_folder() || place.kind == ObjectKind::kMailbox)) {
    out.counts = TRY(objects_.counts(place, with_size));
  }
  return out;
}

Result<ObjectData> PstTransaction::read(ObjectId id, const backend::ReadRequest& request) {
  TRY(need_open());
  const Place place = TRY(objects_.locate(id));
  const bool with_size = request.all || std::any_of(request.tags.begin(), request.tags.end(),
                                                    [](PropTag tag) { return tag.id() == property_id::kMessageSize; });
  ObjectData data;
  data.info = TRY(info(place, true, with_size));
  data.props = TRY(props_.read(place, request));
  const bool checked = place.kind == ObjectKind::kMailbox &&
                       std::any_of(request.tags.begin(), request.tags.end(),
                                   [](PropTag tag) { return tag.id() == info_tag::kProblems.id(); });
  if (checked) data.props.set(problems());
  if (!request.recipients || !place.is_message()) return data;
  auto recipients = props_.recipients(place);
  if (!recipients && !is_damage(recipients.error())) return tl::unexpected(std::move(recipients).error());
  // Damage of the recipients costs the recipients; the properties still name them (PR_DISPLAY_TO).
  if (recipients) data.recipients = std::move(*recipients);
  return data;
}

// What the check finds, a line each: severity, structure, offset, object, text, with tabs between.
PropValue PstTransaction::problems() {
  static constexpr std::string_view kSeverities[] = {"error", "warning", "note"};
  std::vector<std::string> lines;
  const auto report = check_path(objects_.file().path());
  if (!report) {
    lines.push_back("error\t\t0\t0\t" + report.error().message);
    return PropValue::multi(info_tag::kProblems, std::move(lines));
  }
  for (const backend::Damage& one : report->damages) {
    std::string line(kSeverities[static_cast<std::size_t>(one.severity)]);
    line.append("\t").append(one.structure).append("\t").append(std::to_string(one.offset));
    line.append("\t").append(std::to_string(one.object)).append("\t").append(one.message);
    lines.push_back(std::move(line));
  }
  return PropValue::multi(info_tag::kProblems, std::move(lines));
}

// ---- Rows

Status PstTransaction::children(const Place& parent, ObjectKind kind, const Visit& visit, ObjectId after) {
  if (parent.kind == ObjectKind::kMailbox) {
    if (kind == ObjectKind::kFolder) TRY(visit(nid::kRootFolder.value));
    return {};
  }
  if (parent.is_folder()) {
    const bool has_any = kind == ObjectKind::kMessage || parent.kind == ObjectKind::kFolder;
    if (!has_any || kind == ObjectKind::kAttachment) return {};
    return objects_.list(
        parent.nid, listing_of(kind), [&](Nid nid) { return visit(nid.value); },
        Nid(static_cast<std::uint32_t>(std::min<ObjectId>(after, UINT32_MAX))));
  }
  if (parent.is_message() && kind == ObjectKind::kAttachment) {
    const auto list = TRY(objects_.attachments(parent));
    for (std::uint32_t i = 0; i < list->size(); ++i) {
      if (!TRY(visit(objects_.attachment_id(parent, i)))) break;
    }
  }
  if (parent.kind == ObjectKind::kAttachment && kind == ObjectKind::kMessage) {
    const auto inside = TRY(objects_.embedded(parent));
    if (inside) TRY(visit(inside->id));
  }
  return {};
}

Result<bool> PstTransaction::contains(const Place& parent, ObjectKind kind, ObjectId child) {
  if (parent.is_folder() && child <= UINT32_MAX) {
    const auto own = kind_of(Nid(static_cast<std::uint32_t>(child)));
    const bool fits = own && (*own == kind || (kind == ObjectKind::kFolder && *own == ObjectKind::kSearchFolder));
    return fits ? objects_.lists(parent.nid, listing_of(kind), Nid(static_cast<std::uint32_t>(child)))
                : Result<bool>(false);
  }
  bool found = false;
  TRY(children(parent, kind, [&](ObjectId id) -> Result<bool> {
    found = id == child;
    return !found;
  }));
  return found;
}

// From the row of the folder's table where it has the value, else from the object itself.
Status PstTransaction::fill_columns(const Place& parent, const Place& child, const RowQuery& query, Row& row) {
  std::optional<TableContext::Row> cells;
  TableContext* table = nullptr;
  if (parent.is_folder() && child.is_message()) {
    const auto opened = objects_.table(parent.nid, listing_of(child.kind));
    if (opened && *opened) {
      auto found = (*opened)->find(child.nid.value);
      if (found && *found) {
        table = *opened;
        cells = std::move(**found);
      }
    }
  }
  std::vector<PropTag> missing;
  for (std::size_t i = 0; i < query.columns.size(); ++i) {
    if (cells) row.values[i] = TRY(props_.cell(*table, *cells, query.columns[i].id(), child));
    if (row.values[i].is_empty()) missing.push_back(query.columns[i]);
  }
  if (missing.empty()) return {};
  backend::ReadRequest request;
  request.tags = missing;
  request.inline_limit = query.inline_limit;
  const auto bag = props_.read(child, request);
  if (!bag && !is_damage(bag.error()) && bag.error().code != Code::kNotFound) return tl::unexpected(bag.error());
  for (std::size_t i = 0; i < query.columns.size(); ++i) {
    if (!row.values[i].is_empty()) continue;
    const std::uint16_t id = query.columns[i].id();
    if (!bag) {
      row.values[i] = PropValue::error(id, Code::kCorruptStore);
    } else if (const PropValue* value = bag->find(id)) {
      row.values[i] = *value;
    }
  }
  return {};
}

Status PstTransaction::fill_row(const Place& parent, ObjectId id, ObjectKind kind, const RowQuery& query, Row& row) {
  Place child;
  child.id = id;
  child.kind = kind;
  child.parent = parent.id;
  const bool is_nested_child = is_nested(id);
  if (!is_nested_child) {
    child.nid = Nid(static_cast<std::uint32_t>(id));
    child.kind = *kind_of(child.nid);
  }
  const bool full = child.is_folder() && query.full_info;
  // A message that a search found lies elsewhere.
  const bool linked = parent.kind == ObjectKind::kSearchFolder;
  const bool must_open = full || linked || !query.columns.empty();
  row.values.assign(query.columns.size(), PropValue());
  bool lost = false;
  if (must_open) {
    auto place = objects_.locate(id);
    if (place) {
      child = *place;
    } else if (is_damage(place.error()) || place.error().code == Code::kNotFound) {
      lost = true;
    } else {
      return tl::unexpected(std::move(place).error());
    }
  }
  auto filled = info(child, full && !lost, false);
  if (!filled && !is_damage(filled.error())) return tl::unexpected(std::move(filled).error());
  row.info = filled ? *filled : TRY(info(child, false, false));
  if (query.columns.empty()) return {};
  const Status columns = fill_columns(parent, child, query, row);
  if (columns || !is_damage(columns.error())) return columns;
  for (std::size_t i = 0; i < query.columns.size(); ++i) {
    row.values[i] = PropValue::error(query.columns[i].id(), Code::kCorruptStore);
  }
  return {};
}

Result<RowPlan> PstTransaction::rows(ObjectId parent, ObjectKind kind, const RowQuery& query,
                                     backend::RowVisitor& visitor) {
  TRY(need_open());
  const Place place = TRY(objects_.locate(parent));
  RowPlan plan;
  plan.filtered = query.filter == nullptr;
  plan.sorted = query.order == nullptr;
  if (!query.ids.empty() && (!plan.filtered || !plan.sorted)) {
    return fail(Code::kInvalidArgument, "pst", "rows by number have neither filter nor order");
  }
  if (kind == ObjectKind::kSearchFolder) kind = ObjectKind::kFolder;
  visitor.begin(plan);
  Row row;
  std::uint64_t left = query.limit != 0 && plan.filtered && plan.sorted ? query.limit : UINT64_MAX;
  const auto give = [&](ObjectId id) -> Result<bool> {
    if (left == 0) return false;
    --left;
    TRY(fill_row(place, id, kind, query, row));
    return visitor.row(row);
  };
  if (query.ids.empty()) {
    TRY(children(place, kind, give, query.after));
    return plan;
  }
  left = UINT64_MAX;
  for (const ObjectId id : query.ids) {
    if (TRY(contains(place, kind, id)) && !TRY(give(id))) break;
  }
  return plan;
}

// ---- Blobs and names

Result<std::unique_ptr<backend::Blob>> PstTransaction::open_blob(ObjectId id, PropTag tag, backend::BlobMode mode,
                                                                 std::uint32_t) {
  TRY(need_open());
  if (mode != backend::BlobMode::kRead) return read_only();
  const Place place = TRY(objects_.locate(id));
  if (!backend::may_open_blob(tag)) {
    return fail(Code::kTypeNotSupported, "pst", "only text and binary values are read in parts", tag.value);
  }
  if (const auto which = props_.expert_view_of(place, tag)) {
    auto open = TRY(blobs_.open(id, tag.id(), false));
    return std::make_unique<ExpertBlob>(TRY(objects_.file().expert_view(*which)), std::move(open));
  }
  auto source = TRY(props_.open(place, tag.id()));
  if (source.tag != tag) return fail(Code::kUnexpectedType, "pst", "the value is of another type", tag.value);
  auto open = TRY(blobs_.open(id, tag.id(), false));
  if (tag.base_type() != PropType::kUnicode) return std::make_unique<RawBlob>(std::move(source.bytes), std::move(open));
  const std::uint64_t key = backend::blob_ref(id, tag.id(), 0).key;
  auto text = TRY(Utf16Text::open(std::move(source.bytes), key, objects_.file()));
  return std::make_unique<TextBlob>(std::move(text), std::move(open));
}

Result<std::shared_ptr<const model::NamedPropertyMap>> PstTransaction::names(
    std::span<const model::NamedProperty> wanted) {
  TRY(need_open());
  auto map = TRY(objects_.file().names());
  const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const auto& name) { return map->find(name); });
  if (!all) return read_only();
  return map;
}

Result<std::size_t> PstTransaction::name_count() {
  TRY(need_open());
  const auto count = count_names(objects_.database());
  const bool is_lost = !count && (is_damage(count.error()) || count.error().code == Code::kNotFound);
  return is_lost ? Result<std::size_t>(0) : count;
}

// ---- Writing

Result<ObjectId> PstTransaction::create(ObjectId, ObjectKind, const backend::Update&) {
  TRY(need_open());
  return read_only();
}

Status PstTransaction::update(ObjectId, const backend::Update&) {
  TRY(need_open());
  return read_only();
}

Status PstTransaction::remove(ObjectId) {
  TRY(need_open());
  return read_only();
}

Status PstTransaction::move(ObjectId, ObjectId) {
  TRY(need_open());
  return read_only();
}

Status PstTransaction::link(ObjectId, std::span<const ObjectId>, bool) {
  TRY(need_open());
  return read_only();
}

Status PstTransaction::commit() {
  TRY(need_open());
  open_ = false;
  blobs_.end();
  return {};
}

}  // namespace mapiary::engines::pst
