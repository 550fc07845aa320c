// SPDX-License-Identifier: Apache-2.0
#include "session/client/routing.h"

#include <mapiaux.h>
#include <mapiutil.h>

#include "address_book/one_off.h"
#include "com/error_map.h"
#include "session/client/open_store.h"
#include "session/client/status_object.h"

namespace mapiary::session {
namespace {

struct Logon {
  LogonRecordPtr record;
  com::Ref<IMSLogon> store;
  com::Ref<IABLogon> book;
  std::shared_ptr<ProviderHandle::Visit> visit;
};

// The live logons for an id, in the order in which they are asked.
std::vector<Logon> logons_of(const SessionStatePtr& state, const Guid& uid) {
  std::vector<Logon> result;
  std::lock_guard lock(state->mutex());
  for (auto& record : state->records_of_uid(uid)) {
    Logon logon{record, record->store_logon, record->book_logon, record->provider->visit()};
    if (logon.store || logon.book) result.push_back(std::move(logon));
  }
  return result;
}

LPENTRYID as_id(const std::string& bytes) {
  return reinterpret_cast<LPENTRYID>(const_cast<char*>(bytes.data()));
}
ULONG size_of(const std::string& bytes) {
  return static_cast<ULONG>(bytes.size());
}

tl::unexpected<Error> unknown() {
  return fail(Code::kUnknownEntryId, "session", "no provider that is open knows this entry id");
}

CallResult open_at(const Logon& logon, const OpenRequest& request, OpenedEntry& out) {
  return guarded([&] {
    return logon.store ? logon.store->OpenEntry(size_of(request.id), as_id(request.id), request.iid, request.flags,
                                                &out.type, out.object.put())
                       : logon.book->OpenEntry(size_of(request.id), as_id(request.id), request.iid, request.flags,
                                               &out.type, out.object.put());
  });
}

Result<OpenedEntry> open_status(const SessionStatePtr& state, std::string_view key, const OpenRequest& request) {
  OpenedEntry out;
  out.type = MAPI_STATUS;
  if (auto own = make_status_object(state, key)) {
    const IID iid = request.iid ? *request.iid : IID_IMAPIStatus;
    const HRESULT hr = (*own)->QueryInterface(iid, reinterpret_cast<void**>(out.object.put()));
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "QueryInterface of the status object"));
    return out;
  }
  for (const auto& record : state->records()) {
    if (bytes_of(record->section) != key) continue;
    com::Ref<IMSLogon> store;
    com::Ref<IABLogon> book;
    com::Ref<IXPLogon> transport;
    {
      std::lock_guard lock(state->mutex());
      if (record->phase != Phase::kLive) continue;
      store = record->store_logon;
      book = record->book_logon;
      transport = record->transport_logon;
    }
    const auto visit = record->provider->visit();
    const ULONG flags = request.flags & MAPI_MODIFY;
    void* entry = nullptr;
    const CallResult result = guarded([&]() -> HRESULT {
      if (store) return store->OpenStatusEntry(request.iid, flags, &out.type, &entry);
      auto** status = reinterpret_cast<LPMAPISTATUS*>(&entry);
      if (book) return book->OpenStatusEntry(request.iid, flags, &out.type, status);
      return transport ? transport->OpenStatusEntry(request.iid, flags, &out.type, status) : MAPI_E_UNKNOWN_ENTRYID;
    });
    out.object = com::Ref<IUnknown>::adopt(static_cast<IUnknown*>(entry));
    if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "OpenStatusEntry"));
    return out;
  }
  return unknown();
}

// As OpenMsgStore with MDB_NO_DIALOG, MAPI_MODIFY for MDB_WRITE (LC-313).
Result<OpenedEntry> open_as_store(const SessionStatePtr& state, const OpenRequest& request) {
  StoreRequest store{request.id, 0, request.iid, MDB_NO_DIALOG};
  store.flags |= request.flags & (MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS);
  if ((request.flags & MAPI_MODIFY) != 0) store.flags |= MDB_WRITE;
  OpenedStore opened = TRY(open_store(state, store));
  return OpenedEntry{std::move(opened.store), MAPI_STORE, opened.hr};
}

}  // namespace

Result<OpenedEntry> open_entry(const SessionStatePtr& state, const OpenRequest& request) {
  const auto id = model::EntryId::parse(request.id);
  if (!id) return unknown();
  if (id->provider() == kStatusProvider) return open_status(state, id->body(), request);
  if (model::is_wrapped_store(*id)) return open_as_store(state, request);
  if (model::is_one_off(*id)) {  // nobody's: the session itself knows what it says
    if ((request.flags & MAPI_MODIFY) != 0) return fail(Code::kNoAccess, "session", "a one-off recipient is read-only");
    OpenedEntry opened;
    opened.object = TRY(address_book::open_one_off(state->gate(), *id, request.iid));
    opened.type = MAPI_MAILUSER;
    return opened;
  }
  const auto logons = logons_of(state, id->provider());
  for (const Logon& logon : logons) {
    OpenedEntry out;
    const CallResult result = open_at(logon, request, out);
    if (result.ok()) {
      out.hr = result.hr;
      return out;
    }
    // Another logon of the provider may have it (LC-363).
    if (result.hr == MAPI_E_UNKNOWN_ENTRYID && &logon != &logons.back()) continue;
    return tl::unexpected(com::outside_error(result.hr, "OpenEntry of '" + logon.record->display_name + "'"));
  }
  if (TRY(find_store_section(state, request.id, false))) return open_as_store(state, request);
  return unknown();
}

Result<bool> compare_entry_ids(const SessionStatePtr& state, const std::string& first, const std::string& second) {
  const auto a = model::EntryId::parse(first);
  const auto b = model::EntryId::parse(second);
  if (!a || !b) return unknown();
  if (a->provider() == kStatusProvider && b->provider() == kStatusProvider) return first == second;
  if (model::is_one_off(*a) && model::is_one_off(*b)) return address_book::is_same_one_off(*a, *b);
  if (model::is_wrapped_store(*a) && model::is_wrapped_store(*b)) {
    const auto x = TRY(find_store_section(state, first, true));
    const auto y = TRY(find_store_section(state, second, true));
    if (!x || !y) return unknown();
    return x->uid == y->uid;
  }
  const auto owners = logons_of(state, a->provider());
  const auto others = logons_of(state, b->provider());
  if (owners.empty() || others.empty()) return unknown();
  const auto& logon = owners.front();
  const bool one_provider = others.front().record->provider == logon.record->provider;
  if (!one_provider) return false;  // both known, of two providers: two objects
  ULONG same = 0;
  const CallResult result = guarded([&] {
    return logon.store
               ? logon.store->CompareEntryIDs(size_of(first), as_id(first), size_of(second), as_id(second), 0, &same)
               : logon.book->CompareEntryIDs(size_of(first), as_id(first), size_of(second), as_id(second), 0, &same);
  });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "CompareEntryIDs"));
  return same != 0;
}

Result<ProviderAdvise> advise_provider(const SessionStatePtr& state, const std::string& id, ULONG events,
                                       IMAPIAdviseSink* sink) {
  const auto entry = model::EntryId::parse(id);
  if (!entry) return fail(Code::kInvalidEntryId, "session", "the entry id is not well formed", id.size());
  const auto logons = logons_of(state, entry->provider());
  if (logons.empty()) return unknown();
  const Logon& logon = logons.front();
  ProviderAdvise out{logon.record, 0};
  const CallResult result = guarded([&] {
    return logon.store ? logon.store->Advise(size_of(id), as_id(id), events, sink, &out.connection)
                       : logon.book->Advise(size_of(id), as_id(id), events, sink, &out.connection);
  });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "Advise"));
  return out;
}

}  // namespace mapiary::session
