// SPDX-License-Identifier: Apache-2.0
// A provider's shared object. One Module a file in the process, however many sessions and logons use it; it stays
// loaded until the last MAPIUninitialize, and longer while anything of it runs (hold()) or may be alive (pin(),
// DllCanUnloadNow). Safe from any thread. Pages: starting-a-service-provider,
// registering-services-and-service-providers-in-mapisvc-inf.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/dynlib.h"
#include "base/result.h"
#include "mapisvc/catalog.h"
#include "session/guard/bounded.h"

namespace mapiary::session {

class Module : public std::enable_shared_from_this<Module> {
 public:
  explicit Module(DynLib library, std::string name) : library_(std::move(library)), name_(std::move(name)) {}
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const std::string& name() const { return name_; }  // PR_PROVIDER_DLL_NAME it was asked for by, first
  const std::string& path() const { return library_.path(); }
  void* instance() const { return library_.handle(); }  // HINSTANCE
  // kNotFound names the file and the symbol.
  template <class Function>
  Result<Function*> function(const std::string& symbol) const {
    auto found = library_.function<Function>(symbol);
    if (!found) return fail(Code::kNotFound, "session", "provider library " + path() + " has no symbol " + symbol);
    return *found;
  }
  // Something of it is known or feared to be alive for ever (`what` goes into the leak report): never unloaded.
  void pin(std::string what);
  // Something of it was in a client's hands when its session ended, and may still be: the library stays if it has no
  // DllCanUnloadNow to ask (R11).
  void doubt(std::string what);
  // A call into it, by name: the library stays while the result lives.
  std::shared_ptr<void> hold(std::string call);
  // For what reasons of ours it stays: pins, doubts, and calls that have not returned.
  std::vector<std::string> pinned_by() const;
  // False: pinned or held, or its DllCanUnloadNow says no.
  bool may_unload() const;

 private:
  DynLib library_;
  std::string name_;
  mutable std::mutex mutex_;
  std::vector<std::string> pins_, doubts_;
  std::uint64_t last_hold_ = 0;
  std::map<std::uint64_t, std::string> holds_;
};
using ModulePtr = std::shared_ptr<Module>;

// bounded() into a library: it stays until the call and `late` are over, and for ever if the call throws.
CallResult bounded_in(const ModulePtr& module, const std::string& name, std::function<HRESULT()> call,
                      std::chrono::milliseconds limit, std::function<void()> late = {});

// Calls that follow one another on one thread and share one limit. Each is made whatever became of the one before,
// unless that has not returned: then those behind it are made when it does, with nobody waiting, and then `late`. The
// results are as many as calls had begun; only the last may say kTimedOut. Decision 76.
struct Step {
  std::string name;
  std::function<HRESULT()> call;
};
std::vector<CallResult> bounded_in(const ModulePtr& module, std::vector<Step> steps, std::chrono::milliseconds limit,
                                   std::function<void()> late = {});

// Where installed providers and their mapisvc.inf lie: the folder "mapiary" beside the library this code is in, if
// there is one, so that an installation may be moved; then the one the build was configured for. Found out once.
const std::vector<std::string>& install_folders();

// Beside which .inf files a library may lie.
struct LibraryPlaces {
  std::vector<std::string> folders;
  std::string why_not;  // why some were left out; empty: none was
};
// Of a provider of this message service: the folder of the .inf that lists it, and no other, as two vendors may give
// two libraries one name. Service not known (a store opened by its entry id): of the services that name the library; if
// that is still more than one file, none of them.
LibraryPlaces libraries_of(const mapisvc::Catalog& installed, std::string_view dll_name, std::string_view service);

// The files a name may mean, in order of preference. An absolute path is itself; "x.dll" and "x" are libx.so and x.so;
// "libx.so" is itself; each in the install folders, then beside the .inf, then on the loader's
// path.
std::vector<std::string> module_candidates(std::string_view dll_name, const std::vector<std::string>& folders);

// The modules of the process.
class ModuleTable {
 public:
  // kNotFound names what was asked for and every place; kCorrupt tells the loader's reason.
  Result<ModulePtr> load(std::string_view dll_name, const LibraryPlaces& places);
  // At the last MAPIUninitialize: closes those nobody uses. Returns the others, which stay.
  std::vector<ModulePtr> unload_idle();

 private:
  std::mutex mutex_;
  std::map<std::string, ModulePtr> by_path_;
};

}  // namespace mapiary::session
