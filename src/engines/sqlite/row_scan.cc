// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/row_scan.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "engines/sqlite/schema.h"

namespace mapiary::engines::sqlite {

using backend::is_message;
using backend::RowPlan;
using model::PropTag;
using model::PropValue;

// A row of msg_hot as a filter sees it: values are made when asked for.
class HotTarget final : public model::RestrictionTarget {
 public:
  HotTarget(RowScan& scan, const mapiary::sqlite::Statement& row, std::int64_t spill, ObjectId id)
      : scan_(scan), row_(row), spill_(spill), id_(id) {}

  const PropValue* property(PropTag tag) override {
    const auto column = hot_column(tag.id());
    if (!column) return nullptr;
    PropValue& value = values_[*column];
    if (value.is_empty()) {
      value = (spill_ >> *column & 1) != 0 ? scan_.bag_value(id_, tag.id())
                                           : hot_value(row_, scan_.place_[*column], *column);
    }
    return value.is_empty() ? nullptr : &value;
  }

 private:
  RowScan& scan_;
  const mapiary::sqlite::Statement& row_;
  std::int64_t spill_;
  ObjectId id_;
  std::array<PropValue, kHotCount> values_;
};

namespace {

constexpr std::size_t kManyRows = 200;

bool has_kind(const model::Restriction& restriction, model::RestrictionKind kind) {
  return restriction.kind == kind || std::ranges::any_of(restriction.children, [&](const model::Restriction& child) {
           return has_kind(child, kind);
         });
}

// PR_MESSAGE_FLAGS without MSGFLAG_READ is what every row that passes must have.
bool lets_unread_only(const model::Restriction& filter) {
  if (filter.kind == model::RestrictionKind::kAnd) return std::ranges::any_of(filter.children, lets_unread_only);
  return filter.kind == model::RestrictionKind::kBitMask && filter.tag == backend::engine_tag::kMessageFlags &&
         filter.op == model::RelOp::kEq && filter.number == backend::engine_tag::kReadBit;
}

bool is_damage(const Error& error) {
  return error.code == Code::kCorruptStore;
}

tl::unexpected<Error> out_of_order() {
  return fail(Code::kCorruptStore, "sqlite", "rows of a folder are not in the order of their index");
}

}  // namespace

RowScan::RowScan(SqliteTransaction& transaction, ObjectId parent, ObjectKind kind, const backend::RowQuery& query,
                 backend::RowVisitor& visitor)
    : transaction_(transaction), parent_(parent), kind_(kind), query_(query), visitor_(visitor) {
  place_.fill(-1);
}

Result<RowPlan> SqliteTransaction::rows(ObjectId parent, ObjectKind kind, const backend::RowQuery& query,
                                        backend::RowVisitor& visitor) {
  TRY(need_open());
  TRY(settle());
  // Many rows that are read to be changed: they should still be in memory then, and when listeners look at them.
  if (writing() && query.ids.size() >= kManyRows) TRY(connection_->set_wide(true));
  return RowScan(*this, parent, kind, query, visitor).run();
}

Result<RowPlan> RowScan::run() {
  const Head container = TRY(transaction_.need(parent_));
  if (!query_.ids.empty() && (query_.filter != nullptr || query_.order != nullptr)) {
    return fail(Code::kInvalidArgument, "sqlite", "rows by number have neither filter nor order");
  }
  TRY(plan(container));
  visitor_.begin(plan_);
  if (container.info.kind == ObjectKind::kFolder && is_message(kind_) && query_.ids.empty()) {
    const Status done = hot_rows();
    if (!done && !is_damage(done.error())) return tl::unexpected<Error>(done.error());
    if (!done || lacks_rows(container)) TRY(rest_of_damaged(container));
  } else {
    TRY(rows_by_id(container));
  }
  return plan_;
}

Status RowScan::plan(const Head& container) {
  linked_ = container.info.kind == ObjectKind::kSearchFolder && kind_ == ObjectKind::kMessage;
  const bool hot = is_message(kind_) && (linked_ || container.info.kind == ObjectKind::kFolder);
  plan_.filtered = query_.filter == nullptr;
  plan_.sorted = query_.order == nullptr;
  needs_version_ = query_.full_info;
  for (const PropTag tag : query_.columns) {
    columns_.push_back(hot ? hot_column(tag.id()) : std::nullopt);
    if (columns_.back()) place_[*columns_.back()] = 0;
  }
  if (container.info.kind == ObjectKind::kFolder && hot && query_.ids.empty()) {
    if (query_.filter != nullptr) TRY(plan_filter());
    if (query_.order != nullptr) plan_.sorted = by_time_ = TRY(plan_order());
    if (by_time_) place_[kHotDelivered] = 0;
    if (plan_.filtered && query_.filter != nullptr) TRY(plan_unread(container));
  }
  int next = 3;  // after id, spill, version
  for (int& place : place_) {
    if (place == 0) place = next++;
  }
  return {};
}

Status RowScan::plan_filter() {
  // A count depends on the order in which rows come to it.
  if (has_kind(*query_.filter, model::RestrictionKind::kCount) ||
      has_kind(*query_.filter, model::RestrictionKind::kSubObject)) {
    return {};
  }
  auto compiled = model::CompiledRestriction::compile(*query_.filter);
  if (!compiled) return {};
  for (const PropTag tag : compiled->tags()) {
    if (!hot_column(tag.id())) return {};
  }
  for (const PropTag tag : compiled->tags()) place_[*hot_column(tag.id())] = 0;
  filter_.emplace(std::make_shared<model::CompiledRestriction>(std::move(*compiled)));
  plan_.filtered = true;
  plan_needle(*query_.filter);
  return {};
}

Status RowScan::plan_unread(const Head& container) {
  if (kind_ != ObjectKind::kMessage || !lets_unread_only(*query_.filter)) return {};
  // The index has flags, delivery time and number. For all else each row is looked up, which a scan does for less where
  // many are unread.
  const bool covered = !needs_version_ && std::ranges::all_of(query_.columns, [](PropTag tag) {
    return tag.id() == kHotColumns[kHotDelivered].tag.id() || tag.id() == kHotColumns[kHotFlags].tag.id();
  });
  const auto& counts = container.info.counts;
  if (!covered && counts.unread > counts.messages / 32) return {};
  // Flags that are no number stand in the bag, and only `spill` says so.
  auto& odd =
      *TRY(transaction_.sql("SELECT EXISTS(SELECT 1 FROM msg_hot INDEXED BY hot_unread WHERE folder = ?1 AND assoc = 0 "
                            "AND coalesce(flags, 0) & 1 = 0 AND flags IS NULL)"));
  TRY(odd.bind(1, static_cast<std::int64_t>(parent_)));
  const auto any = odd.step();
  if (!any && !is_damage(any.error())) return tl::unexpected<Error>(any.error());
  unread_ = any && *any && odd.integer(0) == 0;
  odd.reset();
  return {};
}

void RowScan::plan_needle(const model::Restriction& filter) {
  if (filter.kind == model::RestrictionKind::kAnd) {
    for (const model::Restriction& child : filter.children) {
      if (!needle_) plan_needle(child);
    }
    return;
  }
  if (filter.kind != model::RestrictionKind::kContent || filter.tag.base_type() != model::PropType::kUnicode) return;
  const auto column = hot_column(filter.tag.id());
  if (!column || kHotColumns[*column].tag != filter.tag) return;
  auto matcher = model::ContentMatcher::compile(filter.value, filter.fuzzy);
  if (!matcher || !matcher->is_text()) return;
  needle_ = std::move(*matcher);
  needle_column_ = *column;
}

std::string RowScan::with_needle(std::string text) const {
  if (!needle_) return text;
  const std::string column(kHotColumns[needle_column_].name);
  return std::move(text) + " AND (" + column + " IS NULL OR found(" + column + "))";
}

// Delivery time alone has an index, as long as every such value of the folder is a time.
Result<bool> RowScan::plan_order() {
  const auto& keys = query_.order->keys;
  using Order = model::SortKey::Order;
  if (keys.size() != 1 || keys[0].tag != kHotColumns[kHotDelivered].tag) return false;
  if (keys[0].order != Order::kAscending && keys[0].order != Order::kDescending) return false;
  descending_ = keys[0].order == Order::kDescending;
  auto& odd =
      *TRY(transaction_.sql("SELECT EXISTS(SELECT 1 FROM msg_hot INDEXED BY hot_odd WHERE folder = ?1 AND "
                            "spill & 1 <> 0)"));
  TRY(odd.bind(1, static_cast<std::int64_t>(parent_)));
  const auto any = odd.step();
  if (!any && !is_damage(any.error())) return tl::unexpected<Error>(any.error());
  const bool none = any && *any && odd.integer(0) == 0;
  odd.reset();
  return none;
}

std::string RowScan::select(bool indexed) const {
  const bool any_hot = std::ranges::any_of(place_, [](int place) { return place >= 0; });
  const bool time_alone =
      any_hot && std::ranges::count_if(place_, [](int place) { return place >= 0; }) == 1 && place_[kHotDelivered] >= 0;
  // An index alone is read if nothing else is asked for; `spill` of such a row was seen to be 0 by plan_order().
  // Nor is it looked at where plan_unread() saw that the flags are numbers, if nothing but these and times are read.
  const bool in_unread = unread_ && std::ranges::count_if(place_, [](int place) { return place >= 0; }) ==
                                        (place_[kHotFlags] >= 0 ? 1 : 0) + (place_[kHotDelivered] >= 0 ? 1 : 0);
  const bool needs_spill =
      any_hot && !(by_time_ && time_alone) && !(in_unread && (by_time_ || place_[kHotDelivered] < 0));
  std::string text =
      std::string("SELECT id, ") + (needs_spill ? "spill" : "0") + ", " + (needs_version_ ? "version" : "0");
  for (std::size_t i = 0; i < kHotCount; ++i) {
    if (place_[i] >= 0) text.append(", ").append(kHotColumns[i].name);
  }
  if (unread_) {
    return with_needle(text +
                       " FROM msg_hot INDEXED BY hot_unread WHERE folder = ?1 AND assoc = 0 AND "
                       "coalesce(flags, 0) & 1 = 0 AND ?2 = 0");
  }
  text += indexed ? " FROM msg_hot INDEXED BY hot_time" : " FROM msg_hot NOT INDEXED";
  return with_needle(text + " WHERE folder = ?1 AND assoc = ?2");
}

Status RowScan::hot_rows() {
  const std::uint64_t limit = plan_.filtered && plan_.sorted ? query_.limit : 0;
  if (!by_time_) return run_hot(select(false) + " ORDER BY id", limit);
  // Rows without a time come last, whatever the direction.
  const std::string timed = select(true) + " AND delivered IS NOT NULL ORDER BY delivered ";
  const bool numbers_alone = !filter_ && !needs_version_ && std::ranges::all_of(query_.columns, [](PropTag tag) {
    return tag.id() == kHotColumns[kHotDelivered].tag.id();
  });
  if (descending_ && numbers_alone) {
    TRY(newest_numbers(limit));
  } else {
    TRY(run_hot(timed + (descending_ ? "DESC, id" : "ASC, id"), limit));
  }
  if (stopped_) return {};
  return run_hot(select(true) + " AND delivered IS NULL ORDER BY id", limit);
}

Status RowScan::newest_numbers(std::uint64_t limit) {
  constexpr const char* text =
      "SELECT id, delivered FROM msg_hot INDEXED BY hot_time WHERE folder = ?1 AND assoc = ?2 "
      "AND delivered IS NOT NULL ORDER BY delivered DESC, id DESC";
  Statement& rows = *TRY(transaction_.sql(text));
  TRY(rows.bind(1, static_cast<std::int64_t>(parent_)));
  TRY(rows.bind(2, std::int64_t{kind_ == ObjectKind::kAssociated}));
  ran_.push_back(text);
  row_ = {};
  row_.info.kind = kind_;
  row_.info.parent = parent_;
  std::vector<ObjectId> equal;
  std::int64_t time = 0;
  const auto give = [&]() -> Result<bool> {
    row_.values.assign(equal.empty() ? 0 : columns_.size(), PropValue::int64(kHotColumns[kHotDelivered].tag, time));
    for (; !equal.empty(); equal.pop_back(), ++seen_) {
      row_.info.id = equal.back();
      if (!TRY(emit()) || (limit != 0 && emitted_ >= limit)) return false;
    }
    return true;
  };
  while (TRY(rows.step())) {
    const std::int64_t now = rows.integer(1);
    if (now != time && !TRY(give())) {
      rows.reset();
      stopped_ = true;
      return {};
    }
    const auto id = static_cast<ObjectId>(rows.integer(0));
    if (equal.empty() ? seen_ != 0 && now >= time : id >= equal.back()) {
      rows.reset();
      if (TRY(give())) return out_of_order();
      stopped_ = true;
      return {};
    }
    time = now;
    equal.push_back(id);
  }
  stopped_ = !TRY(give());
  return {};
}

Status RowScan::run_hot(const std::string& text, std::uint64_t limit) {
  std::optional<Connection::Needle> needle;
  if (needle_) {
    TRY(transaction_.connection_->allow_needle());
    needle.emplace(*transaction_.connection_, *needle_);
  }
  // The limit is a part of the text, so that SQLite can plan with it; a filter of ours counts itself.
  const bool limited = limit != 0 && !filter_;
  Statement& rows = *TRY(transaction_.connection_->statement_of(limited ? text + " LIMIT ?3" : text));
  TRY(rows.bind(1, static_cast<std::int64_t>(parent_)));
  TRY(rows.bind(2, std::int64_t{kind_ == ObjectKind::kAssociated}));
  if (limited) TRY(rows.bind(3, static_cast<std::int64_t>(std::min<std::uint64_t>(limit - emitted_, INT64_MAX))));
  ran_.push_back(text);
  before_.reset();
  for (;;) {
    if (!TRY(rows.step())) return {};
    TRY(in_order(rows));
    ++seen_;
    if (filter_) {
      bag_.reset();
      HotTarget target(*this, rows, rows.integer(1), static_cast<ObjectId>(rows.integer(0)));
      if (!TRY(filter_->matches(target))) continue;
    }
    const bool more = TRY(hot_row(rows, parent_, kind_));
    if (more && (limit == 0 || emitted_ < limit)) continue;
    rows.reset();
    stopped_ = true;
    return {};
  }
}

Status RowScan::in_order(const Statement& row) {
  const std::int64_t time = by_time_ ? row.integer(place_[kHotDelivered]) : 0;
  const auto id = static_cast<ObjectId>(row.integer(0));
  const bool after =
      !before_ || (before_->first == time ? id > before_->second : (time > before_->first) != descending_);
  if (!after) return out_of_order();
  before_.emplace(time, id);
  return {};
}

bool RowScan::lacks_rows(const Head& container) const {
  // What a needle passed over was not seen.
  if (stopped_ || needle_) return false;
  const auto& counts = container.info.counts;
  const auto all = kind_ == ObjectKind::kAssociated ? counts.associated : unread_ ? counts.unread : counts.messages;
  return seen_ < all;
}

Status RowScan::rest_of_damaged(const Head& container) {
  transaction_.met_damage(parent_, "the list of its messages is damaged");
  std::vector<ObjectId> all = TRY(gather({"SELECT id FROM msg_cold WHERE owner = ?1 AND embedded = 0 ORDER BY id",
                                          "SELECT id FROM msg_cold WHERE owner = ?1 AND embedded = 0 ORDER BY id DESC",
                                          "SELECT id FROM msg_hot NOT INDEXED WHERE folder = ?1 ORDER BY id DESC"}));
  TRY(remove_seen(all));
  if (by_time_) TRY(put_in_order(all));
  // From here on row by row, as the table has them; the filter is asked in row_at().
  by_time_ = unread_ = false;
  needle_.reset();
  rest_limit_ = plan_.filtered && plan_.sorted ? query_.limit : 0;
  if (rest_limit_ != 0 && emitted_ >= rest_limit_) return {};
  return rows_of(all, container);
}

// The same statements give the same rows once more.
Status RowScan::remove_seen(std::vector<ObjectId>& all) {
  std::unordered_set<ObjectId> seen;
  std::uint64_t left = seen_;
  for (const std::string& text : ran_) {
    std::optional<Connection::Needle> needle;
    if (needle_) needle.emplace(*transaction_.connection_, *needle_);
    Statement& rows = *TRY(transaction_.connection_->statement_of(text));
    TRY(rows.bind(1, static_cast<std::int64_t>(parent_)));
    TRY(rows.bind(2, std::int64_t{kind_ == ObjectKind::kAssociated}));
    for (; left != 0; --left) {
      const auto more = rows.step();
      if (!more && !is_damage(more.error())) return tl::unexpected<Error>(more.error());
      if (!more || !*more) break;
      seen.insert(static_cast<ObjectId>(rows.integer(0)));
    }
    rows.reset();
  }
  std::erase_if(all, [&](ObjectId id) { return seen.contains(id); });
  return {};
}

// As hot_rows() would have had them: by time, equal ones by number, at last those without a time, and those that are
// damaged.
Status RowScan::put_in_order(std::vector<ObjectId>& all) {
  std::vector<std::pair<std::optional<std::int64_t>, ObjectId>> timed;
  for (const ObjectId id : all) timed.emplace_back(TRY(time_of(id)), id);
  std::ranges::sort(timed, [&](const auto& a, const auto& b) {
    if (a.first.has_value() != b.first.has_value()) return a.first.has_value();
    if (a.first == b.first) return a.second < b.second;
    return descending_ ? a.first > b.first : a.first < b.first;
  });
  all.clear();
  for (const auto& [time, id] : timed) all.push_back(id);
  return {};
}

// As far as its row can be read.
Result<std::optional<std::int64_t>> RowScan::time_of(ObjectId id) {
  Statement& row =
      *TRY(transaction_.sql("SELECT delivered FROM msg_hot NOT INDEXED WHERE folder = ?1 AND assoc = ?2 AND id = ?3"));
  TRY(row.bind(1, static_cast<std::int64_t>(parent_)));
  TRY(row.bind(2, std::int64_t{kind_ == ObjectKind::kAssociated}));
  TRY(row.bind(3, static_cast<std::int64_t>(id)));
  std::optional<std::int64_t> time;
  const auto there = row.step();
  if (!there && !is_damage(there.error())) return tl::unexpected<Error>(there.error());
  if (there && *there && !row.is_null(0)) time = row.integer(0);
  row.reset();
  return time;
}

PropValue RowScan::bag_value(ObjectId id, std::uint16_t property) {
  if (!bag_ || head_.info.id != id) {
    head_.info.id = id;
    head_.info.kind = kind_ == ObjectKind::kFolder ? row_.info.kind : kind_;
    bag_ = transaction_.load_bag(head_);
  }
  if (!*bag_) return PropValue::error(property, bag_->error().code);
  const PropValue* value = (*bag_)->find(property);
  return value == nullptr ? PropValue() : transaction_.show(id, *value, query_.inline_limit);
}

Result<bool> RowScan::hot_row(Statement& row, ObjectId folder, ObjectKind kind) {
  row_.info = {};
  row_.info.id = static_cast<ObjectId>(row.integer(0));
  row_.info.kind = kind;
  row_.info.parent = folder;
  const std::int64_t spill = row.integer(1);
  if (needs_version_) row_.info.version = static_cast<backend::ChangeNumber>(row.integer(2));
  if (!filter_) bag_.reset();
  if (needs_version_ && !query_.ids.empty()) transaction_.remember(row_.info);
  row_.values.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto column = columns_[i];
    if (query_.columns[i].id() == kReceiptId && (spill & kNoReceipt) != 0) {
      row_.values[i] = {};
      continue;
    }
    if (!column || (spill >> *column & 1) != 0) {
      row_.values[i] = bag_value(row_.info.id, query_.columns[i].id());
      continue;
    }
    row_.values[i] = hot_value(row, place_[*column], *column);
    if (backend::is_over(row_.values[i], query_.inline_limit)) {
      row_.values[i] = backend::as_reference(row_.info.id, row_.values[i], row_.values[i].as_bytes().size());
    }
  }
  return emit();
}

Result<bool> RowScan::emit() {
  ++emitted_;
  return TRY(visitor_.row(row_)) && (rest_limit_ == 0 || emitted_ < rest_limit_);
}

// ---- Rows whose numbers are known first

// Where the index is damaged the table has them; where both are, folders that have messages are shown below the root.
Result<std::vector<ObjectId>> RowScan::list(const char* text) {
  const auto ids = transaction_.ids(text, parent_);
  if (ids || !is_damage(ids.error()) || transaction_.writing()) return ids;
  if (kind_ == ObjectKind::kAttachment) {
    transaction_.met_damage(parent_, "the list of its attachments is damaged");
    return gather({text, "SELECT id FROM attach NOT INDEXED WHERE msg = ?1 ORDER BY id",
                   "SELECT id FROM attach NOT INDEXED WHERE msg = ?1 ORDER BY id DESC"});
  }
  if (!backend::is_folder(kind_)) return ids;
  transaction_.met_damage(parent_, "the list of its folders is damaged");
  auto found = TRY(gather({text, "SELECT id FROM folder NOT INDEXED WHERE parent = ?1 AND id <> ?1 ORDER BY id",
                           "SELECT id FROM folder NOT INDEXED WHERE parent = ?1 AND id <> ?1 ORDER BY id DESC"}));
  if (!found.empty() || parent_ != kRootId) return found;
  return gather({"SELECT DISTINCT folder FROM msg_hot WHERE folder <> ?1"});
}

// What each list has before it breaks off.
Result<std::vector<ObjectId>> RowScan::gather(std::initializer_list<const char*> texts) {
  std::vector<ObjectId> all;
  for (const char* text : texts) {
    Statement& rows = *TRY(transaction_.sql(text));
    TRY(rows.bind(1, static_cast<std::int64_t>(parent_)));
    for (;;) {
      const auto more = rows.step();
      if (!more && !is_damage(more.error())) return tl::unexpected<Error>(more.error());
      if (!more || !*more) break;
      all.push_back(static_cast<ObjectId>(rows.integer(0)));
    }
    rows.reset();
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Status RowScan::rows_by_id(const Head& container) {
  std::vector<ObjectId> ids;
  const char* text = nullptr;
  if (linked_) {
    text = "SELECT msg FROM link WHERE folder = ?1 ORDER BY place";
  } else if (backend::is_folder(kind_)) {
    text = "SELECT id FROM folder WHERE parent = ?1 AND id <> ?1 ORDER BY id";
  } else if (kind_ == ObjectKind::kAttachment) {
    text = "SELECT id FROM attach WHERE msg = ?1 ORDER BY id";
  } else if (container.info.kind == ObjectKind::kAttachment && kind_ == ObjectKind::kMessage) {
    text = "SELECT embedded FROM attach WHERE id = ?1 AND embedded IS NOT NULL";
  }
  if (query_.ids.empty()) {
    if (text != nullptr) ids = TRY(list(text));
    if (query_.limit != 0 && plan_.filtered && plan_.sorted && ids.size() > query_.limit) {
      ids.resize(static_cast<std::size_t>(query_.limit));
    }
    return rows_of(ids, container);
  }
  ids.assign(query_.ids.begin(), query_.ids.end());
  return rows_of(ids, container);
}

Status RowScan::rows_of(const std::vector<ObjectId>& ids, const Head& container) {
  const std::string text = select(false) + " AND id = ?3";
  const bool hot_of_folder = container.info.kind == ObjectKind::kFolder && is_message(kind_);
  for (const ObjectId id : ids) {
    if (hot_of_folder && id <= INT64_MAX) {
      const auto given = TRY(row_at(text, parent_, id));
      if (given == Given::kStop) return {};
      if (given == Given::kYes) continue;
    }
    const auto found = transaction_.find(id);
    if (!found && !is_damage(found.error())) return tl::unexpected<Error>(found.error());
    Head head;
    if (!found) {
      head.info.id = id;
      head.info.kind = kind_;
      head.info.parent = parent_;
      if (!TRY(damaged_row(head))) return {};
      continue;
    }
    if (!*found) continue;
    head = **found;
    if (head.hot_damaged) head.info.kind = kind_;
    const bool same_kind = backend::is_folder(kind_) ? backend::is_folder(head.info.kind) : head.info.kind == kind_;
    if (!same_kind) continue;
    if (linked_) {
      Statement& link = *TRY(transaction_.sql("SELECT 1 FROM link WHERE msg = ?1 AND folder = ?2"));
      TRY(link.bind(1, static_cast<std::int64_t>(id)));
      TRY(link.bind(2, static_cast<std::int64_t>(parent_)));
      const bool there = TRY(link.step());
      link.reset();
      if (!there) continue;
    } else if (head.info.parent != container.info.id || head.info.id == container.info.id) {
      continue;
    }
    if (!head.in_folder || head.hot_damaged) {
      if (!TRY(head.hot_damaged ? damaged_row(head) : other_row(head))) return {};
      continue;
    }
    if (TRY(row_at(text, head.info.parent, id)) == Given::kStop) return {};
  }
  return {};
}

// One row of msg_hot. What is damaged there is not given: find() tells of it.
Result<RowScan::Given> RowScan::row_at(const std::string& text, ObjectId folder, ObjectId id) {
  Statement& row = *TRY(transaction_.connection_->statement_of(text));
  TRY(row.bind(1, static_cast<std::int64_t>(folder)));
  TRY(row.bind(2, std::int64_t{kind_ == ObjectKind::kAssociated}));
  TRY(row.bind(3, static_cast<std::int64_t>(id)));
  const auto stepped = row.step();
  if (!stepped && !is_damage(stepped.error())) return tl::unexpected<Error>(stepped.error());
  if (!stepped || !*stepped) return Given::kNo;
  if (filter_) {
    bag_.reset();
    HotTarget target(*this, row, row.integer(1), id);
    if (!TRY(filter_->matches(target))) {
      row.reset();
      return Given::kYes;
    }
  }
  const bool more = TRY(hot_row(row, folder, kind_));
  row.reset();
  return more ? Given::kYes : Given::kStop;
}

Result<bool> RowScan::other_row(const Head& head) {
  row_.info = head.info;
  row_.values.resize(columns_.size());
  if (!columns_.empty()) {
    head_ = head;
    bag_ = transaction_.load_bag(head);
    if (!*bag_ && !is_damage(bag_->error())) return tl::unexpected<Error>(bag_->error());
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    row_.values[i] = bag_value(head.info.id, query_.columns[i].id());
  }
  return emit();
}

Result<bool> RowScan::damaged_row(const Head& head) {
  if (filter_) return true;  // what it cannot judge it does not let through
  row_.info = head.info;
  row_.values.resize(columns_.size());
  bag_.reset();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::uint16_t property = query_.columns[i].id();
    row_.values[i] = columns_[i] ? PropValue::error(property, Code::kCorruptStore) : bag_value(head.info.id, property);
  }
  return emit();
}

}  // namespace mapiary::engines::sqlite
