// SPDX-License-Identifier: Apache-2.0
#include "table/table_state.h"

#include <mapitags.h>

#include <algorithm>

#include "com/error_map.h"

namespace mapiary::table {
namespace {

using view::Change;
using view::ViewEvent;

ULONG event_number(ViewEvent::Kind kind) {
  switch (kind) {
    case ViewEvent::Kind::kRowAdded:
      return TABLE_ROW_ADDED;
    case ViewEvent::Kind::kRowDeleted:
      return TABLE_ROW_DELETED;
    case ViewEvent::Kind::kRowModified:
      return TABLE_ROW_MODIFIED;
    case ViewEvent::Kind::kChanged:
      return TABLE_CHANGED;
    case ViewEvent::Kind::kReload:
      return TABLE_RELOAD;
  }
  return TABLE_CHANGED;
}

Status put_key(std::string_view key, SPropValue& out, com::OutBlock& block) {
  out.ulPropTag = PR_INSTANCE_KEY;
  out.Value.bin.lpb = static_cast<LPBYTE>(TRY(block.copy(key.data(), key.size())));
  out.Value.bin.cb = static_cast<ULONG>(key.size());
  return {};
}

// The array is zeroed: what is not set here is zero.
Result<LPNOTIFICATION> begin_notice(com::OutBlock& block, std::size_t count) {
  auto* items = TRY(block.root<NOTIFICATION>(sizeof(NOTIFICATION) * count));
  for (std::size_t i = 0; i < count; ++i) {
    items[i].ulEventType = fnevTableModified;
    items[i].info.tab.propIndex.ulPropTag = PR_NULL;  // zero is no property tag (table_notification)
    items[i].info.tab.propPrior.ulPropTag = PR_NULL;
  }
  return items;
}

}  // namespace

Status TableState::put_event(const ViewEvent& event, TABLE_NOTIFICATION& out, com::OutBlock& block) {
  out.ulTableEvent = event_number(event.kind);
  if (event.kind == ViewEvent::Kind::kChanged || event.kind == ViewEvent::Kind::kReload) return {};
  TRY(put_key(event.instance_key, out.propIndex, block));
  if (event.prior_key) TRY(put_key(*event.prior_key, out.propPrior, block));
  if (event.row.empty()) return {};
  auto* values = TRY(block.more<SPropValue>(event.row.size()));
  TRY(put_row(event.row, view_->columns(), outlet_.code_page, values, block));
  out.row.lpProps = values;
  out.row.cValues = static_cast<ULONG>(event.row.size());
  return {};
}

Result<com::NoticePtr> TableState::make_notice(std::span<const ViewEvent> events) {
  com::OutBlock block;
  LPNOTIFICATION items = TRY(begin_notice(block, events.size()));
  for (std::size_t i = 0; i < events.size(); ++i) TRY(put_event(events[i], items[i].info.tab, block));
  return std::make_shared<com::Notice>(std::move(block), items, static_cast<ULONG>(events.size()));
}

void TableState::announce(const ViewEvent& event) {
  if (connections_.empty()) return;
  auto notice = make_notice({&event, 1});
  notice ? post(*notice) : post_event(TABLE_CHANGED);
}

void TableState::on_change(std::span<const Change> changes) {
  auto events = view_->on_change(changes, !connections_.empty());
  if (const Status read = read_error(); !read) events = tl::unexpected<Error>(read.error());
  if (!events) return post_event(TABLE_ERROR, com::to_hresult(events.error()));
  if (events->empty()) return;
  if (changes.size() > kMaxRowEvents && events->front().kind != ViewEvent::Kind::kReload)
    return post_event(TABLE_CHANGED);
  auto notice = make_notice(*events);
  notice ? post(*notice) : post_event(TABLE_CHANGED);
}

Status TableState::read_error() {
  Status read = hooks_->take_error();
  if (!read) stale_ = true;
  return read;
}

Status TableState::refresh() {
  if (!stale_) return {};
  const Change all{Change::Kind::kReloaded, 0};
  auto made = view_->on_change({&all, 1}, false);
  TRY(hooks_->take_error());
  if (!made) return tl::unexpected<Error>(std::move(made).error());
  stale_ = false;
  return {};
}

void TableState::post_event(ULONG table_event, HRESULT hr) {
  if (connections_.empty()) return;
  com::OutBlock block;
  auto items = begin_notice(block, 1);
  if (!items) return;  // no memory for an event of one structure: nothing could be told of that either
  (*items)->info.tab.ulTableEvent = table_event;
  (*items)->info.tab.hResult = hr;
  post(std::make_shared<com::Notice>(std::move(block), *items, 1));
}

void TableState::post(const com::NoticePtr& notice) {
  for (Connection& connection : connections_) {
    const std::uint32_t pending = connection.to->pending();
    if (connection.outrun && pending > 0) continue;
    connection.outrun = pending >= kMaxPending;
    if (!connection.outrun) {
      com::Notifier::get().post(connection.to, notice);
      continue;
    }
    com::OutBlock block;
    auto items = begin_notice(block, 1);
    if (!items) continue;
    (*items)->info.tab.ulTableEvent = TABLE_CHANGED;
    com::Notifier::get().post(connection.to, std::make_shared<com::Notice>(std::move(block), *items, 1));
  }
}

void TableState::describe(com::LiveObject& out) const {
  hooks_->describe(out);
  if (connections_.empty()) return;
  out.name +=
      (out.name.empty() ? "" : ", ") + std::string("advise connections: ") + std::to_string(connections_.size());
}

Result<ULONG_PTR> TableState::advise(LPMAPIADVISESINK sink) {
  connections_.push_back({++last_number_, com::Notifier::get().subscribe(sink)});
  return last_number_;
}

Result<com::SubscriptionPtr> TableState::take_connection(ULONG_PTR number) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const Connection& connection) { return connection.number == number; });
  if (found == connections_.end()) return fail(Code::kInvalidArgument, "table", "There is no such connection", number);
  com::SubscriptionPtr taken = std::move(found->to);
  connections_.erase(found);
  return taken;
}

std::vector<com::SubscriptionPtr> TableState::take_connections() {
  std::vector<com::SubscriptionPtr> all;
  for (Connection& connection : connections_) all.push_back(std::move(connection.to));
  connections_.clear();
  return all;
}

ULONG TableState::status() {
  const ULONG status = hooks_->status();
  return status == TBLSTAT_COMPLETE ? failure_ : status;
}

}  // namespace mapiary::table
