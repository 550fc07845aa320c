// SPDX-License-Identifier: Apache-2.0
#include "session/state/advises.h"

#include <utility>

namespace mapiary::session {
namespace {

com::NoticePtr make_notice(ULONG event, ULONG extended, SCODE code) {
  com::OutBlock block;
  auto item = block.root<NOTIFICATION>();
  if (!item) return nullptr;
  (*item)->ulEventType = event;
  if (event == fnevExtended) {
    (*item)->info.ext.ulEvent = extended;
  } else {
    (*item)->info.err.scode = code;
  }
  LPNOTIFICATION root = *item;
  return std::make_shared<com::Notice>(std::move(block), root, 1);
}

}  // namespace

ULONG_PTR Advises::add(std::uint64_t member, IMAPIAdviseSink* sink) {
  Entry entry;
  entry.member = member;
  entry.subscription = com::Notifier::get().subscribe(sink);
  return keep(std::move(entry), {});
}

ULONG_PTR Advises::add(std::uint64_t member, AtProvider made) {
  Entry entry;
  entry.member = member;
  entry.record = std::move(made.record);
  entry.connection = made.connection;
  return keep(std::move(entry), std::move(made.entry_id));
}

ULONG_PTR Advises::keep(Entry entry, std::string entry_id) {
  com::LiveObject words;
  words.kind = "advise connection";
  words.entry_id = std::move(entry_id);
  words.owner = entry.member;
  std::lock_guard lock(mutex_);
  words.name = std::to_string(++last_);
  entry.mark = std::make_unique<com::NamedMark>(live_, std::move(words));
  entries_.emplace(last_, std::move(entry));
  return last_;
}

std::vector<com::LiveObject> Advises::list(std::uint64_t member) const {
  std::vector<com::LiveObject> all = live_->list();
  if (member != 0) std::erase_if(all, [&](const com::LiveObject& each) { return each.owner != member; });
  return all;
}

Status Advises::remove(std::uint64_t member, ULONG_PTR number, std::chrono::milliseconds limit) {
  Entry entry;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(number);
    if (found == entries_.end() || found->second.member != member) {
      return fail(Code::kInvalidArgument, "session", "no advise has this connection number", number);
    }
    entry = std::move(found->second);
    entries_.erase(found);
  }
  close(entry, limit);
  return {};
}

void Advises::cancel(std::uint64_t member, std::chrono::milliseconds limit) {
  std::vector<Entry> gone;
  {
    std::lock_guard lock(mutex_);
    for (auto it = entries_.begin(); it != entries_.end();) {
      if (member != 0 && it->second.member != member) {
        ++it;
        continue;
      }
      gone.push_back(std::move(it->second));
      it = entries_.erase(it);
    }
  }
  for (Entry& entry : gone) close(entry, limit);
}

void Advises::close(Entry& entry, std::chrono::milliseconds limit) {
  if (entry.subscription) entry.subscription->close();
  if (!entry.record) return;
  com::Ref<IMSLogon> store;
  com::Ref<IABLogon> book;
  {
    std::lock_guard lock(gate_->mutex());
    store = entry.record->store_logon;
    book = entry.record->book_logon;
  }
  if (!store && !book) return;
  (void)entry.record->provider->call(
      store ? "IMSLogon::Unadvise" : "IABLogon::Unadvise",
      [store, book, connection = entry.connection] {
        return store ? store->Unadvise(connection) : book->Unadvise(connection);
      },
      limit);
}

bool Advises::tell_extended(std::uint64_t but, ULONG event) {
  const auto notice = make_notice(fnevExtended, event, 0);
  return notice && tell(but, notice);
}

void Advises::tell_error(std::uint64_t but, SCODE code) {
  if (const auto notice = make_notice(fnevCriticalError, 0, code)) (void)tell(but, notice);
}

bool Advises::tell(std::uint64_t but, const com::NoticePtr& notice) {
  bool told = false;
  std::lock_guard lock(mutex_);
  for (const auto& [number, entry] : entries_) {
    if (!entry.subscription || (but != 0 && entry.member == but)) continue;
    com::Notifier::get().post(entry.subscription, notice);
    told = true;
  }
  return told;
}

}  // namespace mapiary::session
