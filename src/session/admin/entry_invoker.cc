// SPDX-License-Identifier: Apache-2.0
#include "session/admin/entry_invoker.h"

#include <dlfcn.h>
#include <mapicode.h>
#include <mapiutil.h>

#include "com/convert.h"
#include "com/text.h"
#include "session/guard/bounded.h"

namespace mapiary::session::admin {
namespace {

// All that the function sees, for as long as it runs.
struct Job {
  std::shared_ptr<void> hold;  // goes last
  EntryCall call;
  LPMSGSERVICEENTRY function = nullptr;
  com::Ref<IMalloc> malloc;
  LPSPropValue properties = nullptr;
  LPMAPIERROR error = nullptr;

  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() {
    (void)MAPIFreeBuffer(properties);
    (void)MAPIFreeBuffer(error);
  }

  HRESULT run() {
    return function(call.instance, malloc.get(), call.support.get(), call.ui_param, call.flags, call.context,
                    static_cast<ULONG>(call.properties.size()), properties, call.providers.get(), &error);
  }
};

// The image the function is in: what a Windows library would get as its instance.
HINSTANCE instance_of(LPMSGSERVICEENTRY function) {
  Dl_info info{};
  if (!dladdr(reinterpret_cast<void*>(function), &info)) return nullptr;
  return static_cast<HINSTANCE>(info.dli_fbase);
}

EntryAnswer answer_of(const Job& job, HRESULT hr) {
  EntryAnswer answer;
  answer.hr = hr;
  if (!job.error) return answer;
  const bool unicode = (job.call.flags & MAPI_UNICODE) != 0;
  answer.text = com::from_tstr(job.error->lpszError, unicode);
  answer.component = com::from_tstr(job.error->lpszComponent, unicode);
  answer.low_level = job.error->ulLowLevelError;
  return answer;
}

}  // namespace

Result<EntryAnswer> invoke_entry(LPMSGSERVICEENTRY function, EntryCall call, std::chrono::milliseconds limit,
                                 std::shared_ptr<void> hold) {
  auto job = std::make_shared<Job>();
  job->hold = std::move(hold);
  job->call = std::move(call);
  job->function = function;
  if (!job->call.instance) job->call.instance = instance_of(function);
  job->malloc = com::Ref<IMalloc>::adopt(MAPIGetDefaultMalloc());
  if (!job->call.properties.empty()) job->properties = TRY(com::to_border(job->call.properties));
  const bool dialog = (job->call.flags & (SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS)) != 0;
  const CallResult result = dialog ? guarded([&] { return job->run(); }) : bounded([job] { return job->run(); }, limit);
  switch (result.outcome) {
    case Outcome::kReturned:
      return answer_of(*job, result.hr);
    case Outcome::kThrew:
      return fail(Code::kInternal, "session", "it threw an exception");
    case Outcome::kTimedOut:
      break;
  }
  return fail(Code::kTimeout, "session", "it did not return within " + std::to_string(limit.count()) + " ms",
              static_cast<std::uint64_t>(limit.count()));
}

}  // namespace mapiary::session::admin
