// SPDX-License-Identifier: Apache-2.0
// Arguments, what is selected, and the order of the work.
#include "property/copy_engine.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "com/convert.h"
#include "property/copier.h"

namespace mapiary::property {
namespace copying {

using model::PropTag;
using model::PropType;

void RowsFreer::operator()(SRowSet* rows) const {
  for (ULONG i = 0; i < rows->cRows; ++i) (void)MAPIFreeBuffer(rows->aRow[i].lpProps);
  (void)MAPIFreeBuffer(rows);
}

tl::unexpected<Error> outside(HRESULT hr, std::string_view call) {
  return tl::unexpected(com::outside_error(hr, call));
}

bool is_same_object(IUnknown* a, IUnknown* b) {
  return as<IUnknown>(a, IID_IUnknown).get() == as<IUnknown>(b, IID_IUnknown).get();
}

Meter::Meter(IMAPIProgress* progress, std::size_t steps) : progress_(progress), steps_(static_cast<ULONG>(steps)) {
  if (!progress_) return;
  ULONG flags = 0;
  if (SUCCEEDED(progress_->GetFlags(&flags))) top_level_ = (flags & MAPI_TOP_LEVEL) != 0;
  if (FAILED(progress_->GetMin(&low_)) || FAILED(progress_->GetMax(&high_)) || high_ < low_) low_ = 0, high_ = 1000;
}

ULONG Meter::value() const {
  return steps_ == 0 ? low_ : static_cast<ULONG>(low_ + std::uint64_t{high_ - low_} * done_ / steps_);
}

Status Meter::step() {
  done_ = std::min(done_ + 1, steps_);
  return poll();
}

Status Meter::poll() {
  if (!progress_ || steps_ == 0) return {};
  const HRESULT hr = progress_->Progress(value(), top_level_ ? done_ : 0, top_level_ ? steps_ : 0);
  if (FAILED(hr)) return outside(hr, "IMAPIProgress::Progress");
  return {};
}

Result<std::vector<PropTag>> list_of(IMAPIProp& object) {
  Owned<SPropTagArray> list;
  SPropTagArray* raw = nullptr;
  HRESULT hr = object.GetPropList(MAPI_UNICODE, &raw);
  if (hr == MAPI_E_BAD_CHARWIDTH) hr = object.GetPropList(0, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetPropList");
  list.reset(raw);
  std::vector<PropTag> tags;
  for (ULONG i = 0; list && i < list->cValues; ++i) tags.push_back(PropTag(list->aulPropTag[i]));
  return tags;
}

const SPropValue* find_value(const SRow& row, ULONG tag) {
  for (ULONG i = 0; i < row.cValues; ++i) {
    if (row.lpProps[i].ulPropTag == tag) return &row.lpProps[i];
  }
  return nullptr;
}

Status for_each_rows(IMAPITable& table, LONG piece, const std::function<Status(SRowSet&)>& body) {
  Owned<SPropTagArray> columns;
  SPropTagArray* raw_columns = nullptr;
  HRESULT hr = table.QueryColumns(TBL_ALL_COLUMNS, &raw_columns);
  if (SUCCEEDED(hr)) {
    columns.reset(raw_columns);
    hr = table.SetColumns(columns.get(), TBL_BATCH);
  }
  if (FAILED(hr)) return outside(hr, "IMAPITable::SetColumns");
  for (;;) {
    SRowSet* raw = nullptr;
    hr = table.QueryRows(piece, 0, &raw);
    if (FAILED(hr)) return outside(hr, "IMAPITable::QueryRows");
    OwnedRows rows(raw);
    if (!rows || rows->cRows == 0) return {};
    TRY(body(*rows));
  }
}

Copier::Copier(com::Ref<IMAPIProp> source, com::Ref<IMAPIProp> target, ULONG flags, Selection selection, int depth)
    : source_(std::move(source)),
      target_(std::move(target)),
      flags_(flags),
      selection_(std::move(selection)),
      depth_(depth) {}

ULONG Copier::index_of(ULONG tag) const {
  for (const Item& item : objects_) {
    if (item.tag.id() == PROP_ID(tag)) return item.index;
  }
  return 0;
}

// Sub-objects go along with CopyTo unless excluded, with CopyProps when named.
bool Copier::wants_object(ULONG tag) const {
  const auto id = static_cast<std::uint16_t>(PROP_ID(tag));
  if (selection_.all) return !selection_.excluded_ids.contains(id);
  return std::any_of(selection_.tags.begin(), selection_.tags.end(), [&](PropTag t) { return t.id() == id; });
}

Status Copier::select() {
  source_tags_ = TRY(list_of(*source_));
  for (const PropTag tag : TRY(list_of(*target_))) target_ids_.insert(tag.id());
  const std::vector<PropTag>& wanted = selection_.all ? source_tags_ : selection_.tags;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Item item{wanted[i], static_cast<ULONG>(i)};
    const std::uint16_t id = item.tag.id();
    if (selection_.excluded_ids.contains(id) || item.tag.base_type() == PropType::kError) continue;
    const PropTag real = real_tag(item.tag);
    if (real.raw_type() == PT_OBJECT) {
      objects_.push_back({real, item.index});
    } else if (!(keeps_existing() && !real.is_named() && has_target(id))) {
      values_.push_back(item);
    }
  }
  return {};
}

Status Copier::run(IMAPIProgress* progress, ULONG_PTR ui) {
  TRY(select());
  TRY(map_names());
  const std::size_t batches = (values_.size() + kBatch - 1) / kBatch;
  Meter meter(progress, batches + objects_.size() + 1);
  if (!meter_) meter_ = &meter;
  for (std::size_t i = 0; i < batches; ++i) {
    const std::size_t from = i * kBatch;
    TRY(copy_values(std::span(values_).subspan(from, std::min(kBatch, values_.size() - from))));
    TRY(meter.step());
  }
  TRY(copy_message(ui));
  TRY(copy_folder(ui));
  for (const Item& item : objects_) {
    TRY(copy_attach_object(item));
    TRY(meter.step());
  }
  if (is_move()) TRY(delete_moved());
  return meter.step();
}

Status Copier::check_cycle(IUnknown* inner) const {
  if (!is_same_object(inner, outermost_ ? outermost_.get() : target_.get())) return {};
  return fail(Code::kFolderCycle, "property", "the target of the copy is inside its source");
}

Status Copier::descend(com::Ref<IMAPIProp> source, com::Ref<IMAPIProp> target, std::vector<ULONG> excluded) {
  if (depth_ >= kMaxDepth)
    return fail(Code::kTooDeep, "property", "objects are nested too deeply to be copied", kMaxDepth);
  Selection selection;
  for (const ULONG tag : excluded) selection.excluded_ids.insert(static_cast<std::uint16_t>(PROP_ID(tag)));
  selection.excluded_interfaces = selection_.excluded_interfaces;
  // Inside an object that is new in the target there is nothing to keep, and the outer object is what moves.
  Copier inner(std::move(source), std::move(target), flags_ & ~(MAPI_MOVE | MAPI_NOREPLACE), std::move(selection),
               depth_ + 1);
  inner.outermost_ = outermost_ ? outermost_ : target_;
  inner.outermost_id_ = outermost_id_;
  inner.meter_ = meter_;
  TRY(inner.run(nullptr, 0));
  for (const SPropProblem& problem : inner.problems().list()) {
    // A property that the inner object computes is no loss.
    if (problem.scode != MAPI_E_COMPUTED) problems_.add(problem.ulIndex, problem.ulPropTag, problem.scode);
  }
  return {};
}

}  // namespace copying

namespace {

using copying::Copier;
using copying::Selection;

constexpr ULONG kKnownFlags = MAPI_MOVE | MAPI_NOREPLACE | MAPI_DECLINE_OK | MAPI_DIALOG;

Result<HRESULT> start(const CopyJob& job, Selection selection, LPSPropProblemArray* problems) {
  auto* target = static_cast<IUnknown*>(job.target);
  const auto reached = copying::as<IUnknown>(target, *job.iid);
  auto target_props = copying::as<IMAPIProp>(target, IID_IMAPIProp);
  if (!reached || !target_props) {
    return fail(Code::kInterfaceNotSupported, "property",
                "the target does not have the interface it is to be reached by");
  }
  if (copying::is_same_object(job.source, target)) {
    return fail(Code::kNoAccess, "property", "source and target of the copy are the same object");
  }
  Copier copier(com::Ref<IMAPIProp>::share(job.source), std::move(target_props), job.flags, std::move(selection));
  TRY(copier.run(job.flags & MAPI_DIALOG ? job.progress : nullptr, job.ui));
  TRY(copier.problems().give(problems, job.routines));
  return S_OK;
}

Status check(const CopyJob& job, const SPropTagArray* tags, LPSPropProblemArray* problems) {
  if (problems) *problems = nullptr;
  if (!job.iid || !job.target || !job.source)
    return fail(Code::kInvalidArgument, "property", "a copy needs an interface and a target");
  if (job.flags & ~kKnownFlags)
    return fail(Code::kUnknownFlags, "property", "copying does not define a flag it got", job.flags);
  if (job.flags & MAPI_DECLINE_OK) return fail(Code::kDeclineCopy, "property", "the copy is left to MAPI");
  if (!tags) return {};
  if (tags->cValues == 0) return fail(Code::kInvalidArgument, "property", "the tag array is empty");
  TRY(com::check_count(*tags));
  for (ULONG i = 0; i < tags->cValues; ++i) {
    if (tags->aulPropTag[i] == PR_NULL) return fail(Code::kInvalidArgument, "property", "PR_NULL cannot be named", i);
  }
  return {};
}

}  // namespace

Result<HRESULT> copy_to(const CopyJob& job, ExcludedInterfaces excluded, const SPropTagArray* exclude,
                        LPSPropProblemArray* problems) {
  TRY(check(job, exclude, problems));
  if (excluded.count && !excluded.list)
    return fail(Code::kInvalidArgument, "property", "excluded interfaces are a NULL pointer");
  Selection selection;
  for (ULONG i = 0; exclude && i < exclude->cValues; ++i) {
    selection.excluded_ids.insert(static_cast<std::uint16_t>(PROP_ID(exclude->aulPropTag[i])));
  }
  selection.excluded_interfaces.assign(excluded.list, excluded.list + excluded.count);
  // Excluding an interface excludes those derived from it; without IMAPIProp none is left.
  for (const IID& iid : selection.excluded_interfaces) {
    if (com::InterfaceChain<IMAPIProp>::contains(iid)) {
      return fail(Code::kInterfaceNotSupported, "property", "every known interface is excluded from the copy");
    }
  }
  return start(job, std::move(selection), problems);
}

Result<HRESULT> copy_props(const CopyJob& job, const SPropTagArray* include, LPSPropProblemArray* problems) {
  if (problems) *problems = nullptr;
  if (!include) return fail(Code::kInvalidArgument, "property", "CopyProps needs the tags to copy");
  TRY(check(job, include, problems));
  Selection selection;
  selection.all = false;
  for (ULONG i = 0; i < include->cValues; ++i) selection.tags.push_back(model::PropTag(include->aulPropTag[i]));
  return start(job, std::move(selection), problems);
}

}  // namespace mapiary::property
