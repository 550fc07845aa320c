// SPDX-License-Identifier: Apache-2.0
// What the view shows: columns, restriction, sort order, rows.
#include "view/table_view.h"

#include <algorithm>
#include <atomic>
#include <bit>

#include "view/table_view_impl.h"

namespace mapiary::view {
namespace {

using model::PropTag;
using model::PropValue;

// What every view can show besides what its source has: the key of a row and what headings are made of
// (sorting-and-categorization).
constexpr PropTag kComputedColumns[] = {PropTag(0x0FF60102u), PropTag(0x0FF50003u), PropTag(0x30050003u),
                                        PropTag(0x36020003u), PropTag(0x36030003u)};

constexpr std::uint32_t kAll = 0xFFFFFFFFu;
constexpr std::uint32_t kFew = 64, kMany = 4096;  // more rows than that are as good as all

std::uint32_t next_view_number() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

bool counts_rows(const model::Restriction& restriction) {
  if (restriction.kind == model::RestrictionKind::kCount) return true;
  return std::any_of(restriction.children.begin(), restriction.children.end(), counts_rows);
}

}  // namespace

TableView::Impl::Impl(std::shared_ptr<RowSource> from, ViewLimits with)
    : source(std::move(from)), limits(with), view_number(next_view_number()), bookmarks(with.bookmarks) {}

Result<std::unique_ptr<ViewRows>> TableView::Impl::build(const std::vector<PropTag>& table_columns,
                                                         const model::SortOrder& by,
                                                         const std::optional<model::Restriction>& filter,
                                                         const ViewRows* previous,
                                                         std::optional<std::uint32_t> first_rows,
                                                         std::optional<RowKey> after) const {
  RowsSpec spec;
  spec.first_rows = first_rows;
  spec.after = after;
  spec.source = source.get();
  spec.plan = TRY(OrderPlan::make(by, table_columns, limits));
  spec.order = &by;
  spec.limits = limits;
  spec.view_number = view_number;
  if (filter) {
    spec.compiled =
        std::make_shared<const model::CompiledRestriction>(TRY(model::CompiledRestriction::compile(*filter)));
    spec.counting = counts_rows(*filter);
    spec.filter = &*filter;
  }
  return ViewRows::build(std::move(spec), previous, rows ? rows->next_serial() : 1);
}

Result<std::unique_ptr<ViewRows>> TableView::Impl::prepare(const model::SortOrder& by,
                                                           const std::optional<model::Restriction>& filter,
                                                           const ViewRows* previous) const {
  const OrderPlan plan = TRY(OrderPlan::make(by, columns, limits));
  const bool later =
      source->gives_first_rows() && !follows && !filter && plan.levels.empty() && plan.instance_tags.empty();
  return build(columns, by, filter, previous, later ? std::optional<std::uint32_t>(0) : std::nullopt);
}

Status TableView::Impl::need(std::uint32_t wanted, bool ahead) {
  if (!is_partial() || (!stale && wanted != kAll && (count() >= wanted || rows->complete()))) return {};
  if (ahead && can_slide(wanted)) return slide(wanted);
  const std::uint32_t few = std::max({wanted, count(), kFew});
  std::optional<std::uint32_t> limit;
  if (!follows && base == 0 && few <= kMany) limit = std::bit_ceil(few);
  auto made = TRY(build(columns, order, std::nullopt, rows.get(), limit));
  const bool none = count() == 0;
  // Where cursor and bookmarks are among rows that changed, only all rows may tell.
  if (!none && !made->complete() && !keeps_anchors(*made)) {
    made = TRY(build(columns, order, std::nullopt, rows.get()));
  }
  none ? start_over(std::move(made)) : carry_over(std::move(made));
  stale = false;
  return {};
}

bool TableView::Impl::can_slide(std::uint32_t wanted) {
  if (!source->gives_next_rows() || follows || stale || wanted == kAll || !order.keys.empty() || bookmarks.any_made()) {
    return false;
  }
  return (base > 0 || wanted > kMany) && wanted - resolve(bookmarks.cursor(), false).row <= kMany;
}

Status TableView::Impl::slide(std::uint32_t wanted) {
  constexpr std::uint32_t kAtOnce = 1024;
  const std::uint32_t at = resolve(bookmarks.cursor(), false).row;
  const std::optional<RowKey> last = at > 0 ? std::optional<RowKey>(rows->row(rows->list().at(at - 1))) : behind;
  rows = TRY(build(columns, order, std::nullopt, rows.get(), std::max(kAtOnce, wanted - at), last));
  base += at;
  behind = last;
  set_cursor(0);
  return {};
}

Status TableView::Impl::go_to_start() {
  if (base > 0) start_over(TRY(prepare(order, std::nullopt, rows.get())));
  return need(1);
}

Status TableView::Impl::need_before(std::uint32_t from, std::int64_t wanted) {
  return base > 0 && wanted > from ? need_all() : Status();
}

bool TableView::Impl::keeps_anchors(const ViewRows& made) {
  bool kept = true;
  bookmarks.map_all(
      [&](Anchor& anchor) { kept = kept && anchor.id != kNone && made.find(rows->row(anchor.id)) != kNone; });
  return kept;
}

// The row after the nearest one before it that is left.
Id TableView::Impl::after_what_is_left(Id id, const ViewRows& made) const {
  for (std::uint32_t n = rows->list().rank(id); n-- > 0;) {
    const Id found = made.find(rows->row(rows->list().at(n)));
    if (found != kNone) return made.list().next_visible(found);
  }
  return made.list().front();
}

std::uint32_t TableView::Impl::total() {
  if (!is_partial()) return count();
  if (const auto known = source->row_count()) return *known;
  (void)need_all();
  return count();
}

void TableView::Impl::start_over(std::unique_ptr<ViewRows> made) {
  rows = std::move(made);
  stale = false;
  base = 0;
  behind.reset();
  bookmarks.clear();
  set_cursor(0);
}

void TableView::Impl::carry_over(std::unique_ptr<ViewRows> made) {
  bookmarks.map_all([&](Anchor& anchor) {
    const Id stood = anchor.id;
    for (Id id = anchor.id; id != kNone; id = rows->list().next(id)) {
      const Id found = rows->is_heading(id) ? made->find_heading(rows->heading(id).level, rows->path(rows->heading(id)))
                                            : made->find(rows->row(id), rows->instance(id));
      if (found != kNone) {
        anchor.id = found;
        return;
      }
      anchor.changed = true;
    }
    // Of the first rows alone, what followed them is not known.
    anchor.id = is_partial() && stood != kNone ? after_what_is_left(stood, *made) : kNone;
  });
  rows = std::move(made);
  base = 0;
  behind.reset();
}

Row TableView::Impl::make_row(Id id) {
  Row row;
  row.reserve(columns.size());
  PropValue scratch;
  for (const PropTag tag : columns) {
    if (tag.base_type() == model::PropType::kNull) {
      row.push_back(PropValue::object(tag));
      continue;
    }
    const PropValue* value = rows->value(id, tag, scratch);
    if (value != nullptr && (value->is_error() || fits_column(*value, tag))) {
      row.push_back(*value);
    } else {
      row.push_back(PropValue::error(tag.id(), Code::kNotFound));
    }
  }
  return row;
}

TableView::TableView(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TableView::~TableView() = default;

Result<std::unique_ptr<TableView>> TableView::open(std::shared_ptr<RowSource> source, ViewLimits limits) {
  auto impl = std::make_unique<Impl>(std::move(source), limits);
  impl->columns = impl->source->default_columns();
  impl->start_over(TRY(impl->prepare({}, std::nullopt, nullptr)));
  return std::unique_ptr<TableView>(new TableView(std::move(impl)));
}

Status TableView::set_columns(std::vector<PropTag> columns) {
  if (columns.empty()) return fail(Code::kInvalidArgument, "view", "A table shows one column at least");
  OrderPlan plan = TRY(OrderPlan::make(impl_->order, columns, impl_->limits));
  if (plan.instance_tags != impl_->rows->plan().instance_tags) {
    TRY(impl_->need_all());
    auto made = TRY(impl_->build(columns, impl_->order, impl_->restriction, impl_->rows.get()));
    const bool same = made->list().size() == impl_->rows->list().size();
    same ? impl_->carry_over(std::move(made)) : impl_->start_over(std::move(made));
  }
  impl_->columns = std::move(columns);
  return {};
}

const std::vector<PropTag>& TableView::columns() const {
  return impl_->columns;
}
std::vector<PropTag> TableView::all_columns() const {
  std::vector<PropTag> columns = impl_->source->all_columns();
  for (const PropTag tag : kComputedColumns) {
    const bool has = std::any_of(columns.begin(), columns.end(), [=](PropTag other) { return other.id() == tag.id(); });
    if (!has) columns.push_back(tag);
  }
  return columns;
}

Status TableView::restrict(std::optional<model::Restriction> restriction) {
  impl_->start_over(TRY(impl_->prepare(impl_->order, restriction, impl_->rows.get())));
  impl_->restriction = std::move(restriction);
  return {};
}

const std::optional<model::Restriction>& TableView::restriction() const {
  return impl_->restriction;
}

Status TableView::sort(model::SortOrder order) {
  impl_->start_over(TRY(impl_->prepare(order, impl_->restriction, nullptr)));
  impl_->order = std::move(order);
  return {};
}

const model::SortOrder& TableView::sort_order() const {
  return impl_->order;
}

Status TableView::follow() {
  impl_->follows = true;
  return impl_->need_all();
}

void TableView::expect(RowRange range) {
  std::vector<RowKey> keys;
  for (std::uint32_t n = range.begin; n < range.end; ++n) {
    if (const auto key = key_at(n)) keys.push_back(*key);
  }
  impl_->source->expect(keys, impl_->columns);
}

Row TableView::row_at(std::uint32_t n) {
  return impl_->make_row(impl_->rows->list().at(n));
}

std::string TableView::instance_key_at(std::uint32_t n) {
  return impl_->rows->instance_key(impl_->rows->list().at(n));
}

std::optional<RowKey> TableView::key_at(std::uint32_t n) {
  const Id id = impl_->rows->list().at(n);
  if (impl_->rows->is_heading(id)) return std::nullopt;
  return impl_->rows->row(id);
}

std::optional<std::uint32_t> TableView::row_of_key(RowKey key) {
  if (!impl_->need_all()) return std::nullopt;
  Id id = impl_->rows->find(key);
  if (id == kNone) id = impl_->rows->find_any(key);
  if (id == kNone || !impl_->rows->list().is_visible(id)) return std::nullopt;
  return impl_->rows->list().rank(id);
}

std::optional<std::uint32_t> TableView::row_of_instance_key(std::string_view instance_key) {
  if (!impl_->need_all()) return std::nullopt;
  const Id id = impl_->rows->find_instance_key(instance_key);
  if (id == kNone || !impl_->rows->list().is_visible(id)) return std::nullopt;
  return impl_->rows->list().rank(id);
}

}  // namespace mapiary::view
