// SPDX-License-Identifier: Apache-2.0
#include "session/loader/module.h"

#include <mapidefs.h>
#include <mapitags.h>

#include <algorithm>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/unicode.h"

namespace mapiary::session {
namespace {

#ifndef MAPIARY_PROVIDER_FOLDER
#define MAPIARY_PROVIDER_FOLDER ""
#endif
constexpr std::string_view kProviderFolder = MAPIARY_PROVIDER_FOLDER;

typedef HRESULT(STDAPICALLTYPE CanUnload)(void);

bool ends_with_dll(std::string_view name) {
  if (name.size() < 4) return false;
  std::string end(name.substr(name.size() - 4));
  std::transform(end.begin(), end.end(), end.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return end == ".dll";
}

// "x.dll" and "x": libx.so, x.so; "libx.so", "x.so.1": itself.
std::vector<std::string> file_names(std::string_view name) {
  const bool dll = ends_with_dll(name);
  if (!dll && name.find(".so") != std::string_view::npos) return {std::string(name)};
  const std::string stem(dll ? name.substr(0, name.size() - 4) : name);
  return {"lib" + stem + ".so", stem + ".so"};
}

}  // namespace

Module::~Module() {
  if (!may_unload()) (void)new DynLib(std::move(library_));  // stays loaded for ever
}

void Module::pin(std::string what) {
  std::lock_guard lock(mutex_);
  pins_.push_back(std::move(what));
}

void Module::doubt(std::string what) {
  std::lock_guard lock(mutex_);
  if (std::find(doubts_.begin(), doubts_.end(), what) == doubts_.end()) doubts_.push_back(std::move(what));
}

std::shared_ptr<void> Module::hold(std::string call) {
  std::lock_guard lock(mutex_);
  const std::uint64_t id = ++last_hold_;
  const auto self = shared_from_this();
  std::shared_ptr<void> result(nullptr, [self, id](void*) {
    std::lock_guard held(self->mutex_);
    self->holds_.erase(id);
  });
  holds_.emplace(id, std::move(call));
  return result;
}

std::vector<std::string> Module::pinned_by() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> result = pins_;
  if (!library_.function<CanUnload>("DllCanUnloadNow")) result.insert(result.end(), doubts_.begin(), doubts_.end());
  for (const auto& [id, call] : holds_) result.push_back(call + " has not returned");
  return result;
}

bool Module::may_unload() const {
  {
    std::lock_guard lock(mutex_);
    if (!pins_.empty() || !holds_.empty()) return false;
  }
  auto ask = library_.function<CanUnload>("DllCanUnloadNow");
  if (!ask) {
    std::lock_guard lock(mutex_);
    return doubts_.empty();
  }
  const CallResult result = guarded([&] { return (*ask)(); });
  return result.outcome == Outcome::kReturned && result.hr == S_OK;
}

namespace {

// The steps of one flight: the thread that makes them and the caller, who may leave it behind, both know how far it is.
class Steps {
 public:
  Steps(ModulePtr module, std::vector<Step> steps)
      : module_(std::move(module)), steps_(std::move(steps)), hold_(module_->hold(steps_.front().name)) {
    results_.reserve(steps_.size());
  }

  void run() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (i > 0) begin(steps_[i].name);
      const CallResult result = guarded(steps_[i].call);
      (void)guarded([&] {
        steps_[i].call = {};  // its last references may be into the provider too
        return S_OK;
      });
      if (result.outcome == Outcome::kThrew) module_->pin(steps_[i].name + " threw an exception");
      const std::lock_guard lock(mutex_);
      results_.push_back(result);
    }
  }

  // For the caller: the results so far. The first that is not there yet did not come in time.
  std::vector<CallResult> left_behind() {
    const std::lock_guard lock(mutex_);
    late_ = std::min(results_.size(), steps_.size() - 1);
    std::vector<CallResult> results(results_.begin(), results_.begin() + static_cast<std::ptrdiff_t>(late_));
    results.push_back({Outcome::kTimedOut, MAPI_E_TIMEOUT});
    return results;
  }
  // `failed`: of a step that could not even be made.
  std::vector<CallResult> results(const CallResult& failed) {
    const std::lock_guard lock(mutex_);
    if (results_.size() < steps_.size()) results_.push_back(failed);
    return results_;
  }

  // On the thread that was left behind.
  void tell_late() {
    const auto gone = std::chrono::duration_cast<std::chrono::milliseconds>(steady_now() - begun_);
    const std::lock_guard lock(mutex_);
    log(LogLevel::kWarning, "session",
        steps_[late_].name + " of " + module_->path() + " returned after " + std::to_string(gone.count()) + " ms");
  }
  // The last: the library may go.
  void let_go() { hold_.reset(); }

 private:
  void begin(const std::string& name) {
    auto held = module_->hold(name);
    hold_.swap(held);  // the one before goes after this one is there
  }

  const ModulePtr module_;
  std::vector<Step> steps_;
  std::shared_ptr<void> hold_;
  const std::chrono::steady_clock::time_point begun_ = steady_now();
  std::mutex mutex_;  // of these two
  std::vector<CallResult> results_;
  std::size_t late_ = 0;  // the step that was being waited for
};

}  // namespace

std::vector<CallResult> bounded_in(const ModulePtr& module, std::vector<Step> steps, std::chrono::milliseconds limit,
                                   std::function<void()> late) {
  const auto flight = std::make_shared<Steps>(module, std::move(steps));
  const CallResult result = bounded(
      [flight] {
        flight->run();
        return S_OK;
      },
      limit,
      [flight, late = std::move(late)]() mutable {
        flight->tell_late();
        if (late) late();
        late = {};
        flight->let_go();
      });
  return result.outcome == Outcome::kTimedOut ? flight->left_behind() : flight->results(result);
}

CallResult bounded_in(const ModulePtr& module, const std::string& name, std::function<HRESULT()> call,
                      std::chrono::milliseconds limit, std::function<void()> late) {
  std::vector<Step> one(1);
  one.front() = {name, std::move(call)};
  return bounded_in(module, std::move(one), limit, std::move(late)).back();
}

const std::vector<std::string>& install_folders() {
  static const auto folders = [] {
    static const char anchor = 0;
    std::vector<std::string> result;
    // Linked into a program this code lies beside other programs, where a file may have the folder's name.
    if (const auto own = DynLib::folder_of(&anchor)) {
      std::string folder = join_path(*own, "mapiary");
      const auto info = system_files().info(folder);
      if (info && info->kind == FileKind::kFolder) result.push_back(std::move(folder));
    }
    if (!kProviderFolder.empty() && (result.empty() || result.front() != kProviderFolder))
      result.emplace_back(kProviderFolder);
    return result;
  }();
  return folders;
}

std::vector<std::string> module_candidates(std::string_view dll_name, const std::vector<std::string>& folders) {
  if (dll_name.empty()) return {};
  if (dll_name.front() == '/') return {std::string(dll_name)};
  // A path of another system or a relative one says only what the file is called.
  if (const auto slash = dll_name.find_last_of("/\\"); slash != std::string_view::npos)
    dll_name.remove_prefix(slash + 1);
  const std::vector<std::string> names = file_names(dll_name);
  std::vector<std::string> result;
  const auto add_folder = [&](const std::string& folder) {
    for (const std::string& name : names) {
      std::string path = join_path(folder, name);
      if (std::find(result.begin(), result.end(), path) == result.end()) result.push_back(std::move(path));
    }
  };
  for (const std::string& folder : install_folders()) add_folder(folder);
  for (const std::string& folder : folders) add_folder(folder);
  result.insert(result.end(), names.begin(), names.end());
  return result;
}

namespace {

// Every property of an .inf that names a library.
bool names_library(const mapisvc::ServiceEntry& service, std::string_view dll_name) {
  const auto is_it = [&](const model::PropBag& bag, std::uint16_t id) {
    const model::PropValue* value = bag.find(id);
    return value && value->is_bytes() && equals_ascii_nocase(value->as_bytes(), dll_name);
  };
  return is_it(service.properties, PROP_ID(PR_SERVICE_DLL_NAME)) ||
         std::any_of(service.providers.begin(), service.providers.end(), [&](const mapisvc::ProviderEntry& provider) {
           return is_it(provider.properties, PROP_ID(PR_PROVIDER_DLL_NAME));
         });
}

std::string inf_folder_of(const mapisvc::ServiceEntry& service) {
  const auto slash = service.file.find_last_of('/');
  return slash == std::string::npos ? "." : service.file.substr(0, slash);
}

bool has_library(const std::string& folder, std::string_view dll_name) {
  const auto names = file_names(dll_name);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return system_files().exists(join_path(folder, name)).value_or(false);
  });
}

}  // namespace

LibraryPlaces libraries_of(const mapisvc::Catalog& installed, std::string_view dll_name, std::string_view service) {
  if (const mapisvc::ServiceEntry* entry = installed.find(service)) return {{inf_folder_of(*entry)}, {}};
  LibraryPlaces places;
  std::string whose;
  for (const mapisvc::ServiceEntry& entry : installed.services()) {
    std::string folder = inf_folder_of(entry);
    if (!names_library(entry, dll_name) || !has_library(folder, dll_name)) continue;
    if (std::find(places.folders.begin(), places.folders.end(), folder) != places.folders.end()) continue;
    whose += (whose.empty() ? "'" : " and '") + entry.name + "' in " + folder;
    places.folders.push_back(std::move(folder));
  }
  if (places.folders.size() > 1) return {{}, "libraries of message service " + whose + " have this name"};
  return places;
}

Result<ModulePtr> ModuleTable::load(std::string_view dll_name, const LibraryPlaces& places) {
  std::lock_guard lock(mutex_);
  std::string tried;
  for (const std::string& path : module_candidates(dll_name, places.folders)) {
    if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    auto library = DynLib::open(path);
    if (library) {
      auto module = std::make_shared<Module>(std::move(*library), std::string(dll_name));
      by_path_.emplace(path, module);
      return module;
    }
    if (library.error().code != Code::kNotFound) return tl::unexpected(std::move(library).error());
    tried += (tried.empty() ? "" : ", ") + path;
  }
  return fail(Code::kNotFound, "session",
              "provider library '" + std::string(dll_name) + "' was not found; looked for " + tried +
                  (places.why_not.empty() ? "" : "; " + places.why_not));
}

std::vector<ModulePtr> ModuleTable::unload_idle() {
  std::lock_guard lock(mutex_);
  std::vector<ModulePtr> staying;
  for (auto it = by_path_.begin(); it != by_path_.end();) {
    if (it->second.use_count() == 1 && it->second->may_unload()) {
      it = by_path_.erase(it);
    } else {
      staying.push_back(it->second);
      ++it;
    }
  }
  return staying;
}

}  // namespace mapiary::session
