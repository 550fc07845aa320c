// SPDX-License-Identifier: Apache-2.0
#include "session/logoff/leaks.h"

#include "com/border.h"
#include "com/ref.h"
#include "session/guard/bounded.h"
#include "session/guard/journal.h"
#include "session/state/session_state.h"
#include "session/subsystem/subsystem.h"
#include "session/support/invalid_object.h"

namespace mapiary::session {
namespace {

std::string line_of(const com::LiveObject& object) {
  return object.title() + " not released" + object.details();
}

// The client's, then those of its stores; a store that is open stands before what is open in it.
std::vector<com::LiveObject> objects_of_session(SessionState& session) {
  std::vector<com::LiveObject> all = session.gate()->live_objects();
  const auto add = [&](std::vector<com::LiveObject> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  add(session.advises().list(0));
  for (const LogonRecordPtr& record : session.records()) {
    com::Ref<IUnknown> logon;
    {
      std::lock_guard lock(session.mutex());
      if (record->phase != Phase::kLive) continue;
      if (record->store) add({record->store_words()});
      logon = record->logon_object();
    }
    if (!logon) continue;
    const auto found = std::make_shared<std::vector<com::LiveObject>>();
    const CallResult asked = record->provider->call(
        "ListObjects",
        [logon, found] {
          *found = objects_of_logon(logon.get());
          return S_OK;
        },
        session.bounds().logoff);
    if (asked.ok()) add(std::move(*found));
  }
  return all;
}

}  // namespace

const std::shared_ptr<com::LiveObjects>& process_objects() {
  static const auto* const objects = new std::shared_ptr<com::LiveObjects>(std::make_shared<com::LiveObjects>());
  return *objects;
}

void report_leak(std::string line) {
  leak_journal().add(std::move(line));
}

void report_leaks(const SessionState& session, std::string_view why, const std::vector<com::LiveObject>& objects) {
  for (const com::LiveObject& object : objects) {
    report_leak("session of profile '" + session.profile_name() + "' (" + std::string(why) + "): " + line_of(object));
  }
}

void report_process_leaks() {
  for (const com::LiveObject& object : process_objects()->list()) report_leak("MAPIUninitialize: " + line_of(object));
  if (const std::size_t count = invalid_object_count(); count != 0) {
    report_leak("MAPIUninitialize: objects that providers made invalid and clients have not released: " +
                std::to_string(count));
  }
}

void report_modules(const std::vector<ModulePtr>& modules) {
  for (const auto& module : modules) {
    std::string reasons;
    for (const std::string& pin : module->pinned_by()) reasons += (reasons.empty() ? "" : "; ") + pin;
    if (reasons.empty()) reasons = "it says that objects of it are alive";
    report_leak("library " + module->path() + " stays loaded: " + reasons);
  }
}

std::vector<com::LiveObject> objects_of_logon(IUnknown* logon) {
  std::vector<com::LiveObject> found;
  com::Ref<IMapiaryObjects> objects;
  if (FAILED(logon->QueryInterface(IID_IMapiaryObjects, reinterpret_cast<LPVOID*>(objects.put())))) return found;
  const auto take = [](LPVOID to, const MAPIARYOBJECT* object) {
    com::LiveObject one;
    one.kind = object->lpszKind ? object->lpszKind : "object";
    one.name = object->lpszName ? object->lpszName : "";
    one.origin = object->lpszOrigin ? object->lpszOrigin : "";
    if (object->lpEntryID) one.entry_id.assign(reinterpret_cast<const char*>(object->lpEntryID), object->cbEntryID);
    one.thread = object->ullThread;
    static_cast<std::vector<com::LiveObject>*>(to)->push_back(std::move(one));
  };
  (void)objects->ListObjects(take, &found);
  return found;
}

}  // namespace mapiary::session

using namespace mapiary::session;

STDAPI_(ULONG) MapiaryWaitForProviders(ULONG ulMilliseconds) {
  return static_cast<ULONG>(wait_for_abandoned(std::chrono::milliseconds(ulMilliseconds)));
}

STDAPI_(ULONG) MapiaryListObjects(LPMAPIARYOBJECTFN lpfnObject, LPVOID lpvContext) {
  ULONG count = 0;
  (void)mapiary::com::border([&]() -> mapiary::Status {
    std::vector<mapiary::com::LiveObject> all;
    for (const auto& session : Subsystem::get().sessions()) {
      for (auto& object : objects_of_session(*session)) all.push_back(std::move(object));
    }
    for (auto& object : process_objects()->list()) all.push_back(std::move(object));
    count = mapiary::com::give_objects(all, lpfnObject, lpvContext);
    return {};
  });
  return count;
}
