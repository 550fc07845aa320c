// SPDX-License-Identifier: Apache-2.0
#include "session/subsystem/subsystem.h"

#include <mapiaux.h>
#include <mapiutil.h>

#include <algorithm>

#include "base/log.h"
#include "com/border.h"
#include "com/notifier.h"
#include "com/thread_inbox.h"
#include "session/guard/workers.h"
#include "session/logoff/leaks.h"
#include "session/state/session_state.h"

namespace mapiary::session {
namespace {

constexpr ULONG kInitFlags = MAPI_MULTITHREAD_NOTIFICATIONS | MAPI_NT_SERVICE | MAPI_NO_COINIT;

constexpr std::size_t kUsualSessions = 16;

// One step of MAPIInitialize: any failure of `body`, exceptions too, is `code`.
template <class Body>
Status step(Code code, const char* what, Body&& body) {
  const Result<HRESULT> result = com::detail::run(std::forward<Body>(body));
  if (result && SUCCEEDED(*result)) return {};
  return fail(code, "session", what + (result ? std::string() : ": " + result.error().message));
}

void release_notifier(ULONG flags) {
  com::Notifier::get().bind(nullptr);
  if ((flags & MAPI_MULTITHREAD_NOTIFICATIONS) != 0) com::Notifier::get().hold_thread(false);
}

}  // namespace

Subsystem& Subsystem::get() {
  static Subsystem* const subsystem = new Subsystem;  // never destroyed: providers may outlive static objects
  return *subsystem;
}

Status Subsystem::initialize(const MAPIINIT_0* init) {
  if (init && init->ulVersion != MAPI_INIT_VERSION) {
    return fail(Code::kInvalidArgument, "session", "MAPIINIT_0 has an unknown version", init->ulVersion);
  }
  if (init && (init->ulFlags & ~kInitFlags) != 0) {
    return fail(Code::kUnknownFlags, "session", "MAPIINIT_0 has unknown flags", init->ulFlags);
  }
  std::lock_guard lock(mutex_);
  if (count_ == 0) TRY(start(init ? init->ulFlags : 0));
  ++count_;
  changed_.notify_all();
  return {};
}

// The page gives each step one code, whatever the reason. There is no registry, no COM and nothing that processes
// share: steps 2, 3 and 5 cannot fail here.
Status Subsystem::start(ULONG flags) {
  TRY(step(Code::kSessionLimit, "the process cannot be prepared", [&]() -> Result<HRESULT> {
    sessions_.reserve(kUsualSessions);
    return ScInitMapiUtil(0);
  }));
  const bool own_thread = (flags & MAPI_MULTITHREAD_NOTIFICATIONS) != 0;
  auto notices = step(Code::kInvalidObject, "the notification engine does not start", [&]() -> Result<HRESULT> {
    if (own_thread) com::Notifier::get().hold_thread(true);
    com::Notifier::get().bind(own_thread ? nullptr : com::ThreadInbox::mine());
    return S_OK;
  });
  if (notices) {
    notices = step(Code::kNotInitialized, "the profile store cannot be used", [&]() -> Result<HRESULT> {
      profiles_ = std::make_shared<profile::ProfileStore>(TRY(profile::ProfileStore::open({})));
      return S_OK;
    });
    if (!notices) release_notifier(flags);
  }
  if (!notices) {
    DeinitMapiUtil();
    return notices;
  }
  flags_ = flags;
  Workers::get().keep();
  return {};
}

void Subsystem::uninitialize() {
  std::vector<std::shared_ptr<SessionState>> open;
  std::shared_ptr<profile::ProfileStore> profiles;
  {
    std::lock_guard lock(mutex_);
    if (count_ == 0) return;  // R11
    if (--count_ > 0) return;
    open.swap(sessions_);
    profiles.swap(profiles_);
    release_notifier(std::exchange(flags_, 0));
    changed_.notify_all();
  }
  for (const auto& session : open) session->close("MAPIUninitialize");
  open.clear();
  profiles.reset();
  report_process_leaks();
  Workers::get().let_go(bounds().logoff);  // what a provider keeps for each thread holds its library
  report_modules(modules_.unload_idle());
  DeinitMapiUtil();
}

bool Subsystem::is_initialized() const {
  std::lock_guard lock(mutex_);
  return count_ > 0;
}

bool Subsystem::wait_initialized(std::optional<std::chrono::milliseconds> limit) {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return count_ > 0; };
  if (limit) return changed_.wait_for(lock, *limit, ready);
  changed_.wait(lock, ready);
  return true;
}

Status Subsystem::check() const {
  if (is_initialized()) return {};
  return fail(Code::kNotInitialized, "session", "MAPIInitialize has not been called");
}

Result<std::shared_ptr<profile::ProfileStore>> Subsystem::profiles() {
  std::lock_guard lock(mutex_);
  if (!profiles_) return fail(Code::kNotInitialized, "session", "MAPIInitialize has not been called");
  return profiles_;
}

Result<std::shared_ptr<const mapisvc::Catalog>> Subsystem::catalog() {
  const std::string file = TRY(profiles())->path();
  auto answer =
      catalog_.get(system_files(), mapisvc::search_places(file.substr(0, file.rfind('/')), install_folders()));
  if (answer.is_new) {
    for (const auto& problem : answer.catalog->problems()) {
      log(LogLevel::kWarning, "mapisvc", problem.text());
    }
  }
  return std::move(answer.catalog);
}

Result<ModulePtr> Subsystem::load_module(std::string_view dll_name, std::string_view service) {
  return modules_.load(dll_name, libraries_of(*TRY(catalog()), dll_name, service));
}

Result<ModulePtr> Subsystem::load_module_beside(std::string_view dll_name, const std::string& inf_folder) {
  TRY(check());
  return modules_.load(dll_name, {inf_folder.empty() ? std::vector<std::string>() : std::vector{inf_folder}, {}});
}

ULONG Subsystem::flags() const {
  std::lock_guard lock(mutex_);
  return flags_;
}

void Subsystem::add_session(const std::shared_ptr<SessionState>& session) {
  std::lock_guard lock(mutex_);
  sessions_.push_back(session);
}

void Subsystem::remove_session(const SessionState* session) {
  std::shared_ptr<SessionState> kept;  // the last reference may go here, and not under the lock
  std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& s) { return s.get() == session; });
  if (found == sessions_.end()) return;
  kept = std::move(*found);
  sessions_.erase(found);
}

std::vector<std::shared_ptr<SessionState>> Subsystem::sessions() const {
  std::lock_guard lock(mutex_);
  return sessions_;
}

std::shared_ptr<SessionState> Subsystem::shared_session() const {
  for (const auto& session : sessions()) {
    if (session->is_shared() && session->is_open()) return session;
  }
  return nullptr;
}

}  // namespace mapiary::session
