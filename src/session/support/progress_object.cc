// SPDX-License-Identifier: Apache-2.0
#include "session/support/progress_object.h"

#include <mapicode.h>

#include <mutex>

#include "com/border.h"
#include "com/object.h"

namespace mapiary::session {
namespace {

class ProgressObject final : public com::Object<IMAPIProgress> {
 public:
  explicit ProgressObject(ULONG flags) : flags_(flags) {}

  STDMETHODIMP Progress(ULONG value, ULONG count, ULONG total) override {
    const std::lock_guard lock(mutex_);
    // Limits of a part may have been left in place while the whole goes on, so the value is not checked against them.
    if (total != 0 && count > total) return MAPI_E_INVALID_PARAMETER;
    value_ = value;
    return S_OK;
  }
  STDMETHODIMP GetFlags(ULONG* flags) override { return give(flags, flags_); }
  STDMETHODIMP GetMax(ULONG* max) override { return give(max, max_); }
  STDMETHODIMP GetMin(ULONG* min) override { return give(min, min_); }

  // What is NULL stays; all or nothing.
  STDMETHODIMP SetLimits(LPULONG min, LPULONG max, LPULONG flags) override {
    const std::lock_guard lock(mutex_);
    if (flags && (*flags & ~MAPI_TOP_LEVEL)) return MAPI_E_UNKNOWN_FLAGS;
    const ULONG new_min = min ? *min : min_;
    const ULONG new_max = max ? *max : max_;
    if (new_min > new_max) return MAPI_E_INVALID_PARAMETER;
    min_ = new_min;
    max_ = new_max;
    if (flags) flags_ = *flags;
    return S_OK;
  }

 private:
  HRESULT give(ULONG* out, const ULONG& from) {
    if (!out) return MAPI_E_INVALID_PARAMETER;
    const std::lock_guard lock(mutex_);
    *out = from;
    return S_OK;
  }

  std::mutex mutex_;
  // As imapiprogress-setlimits and imapiprogress-getmax have it.
  ULONG min_ = 1, max_ = 1000;
  ULONG flags_;
  ULONG value_ = 0;
};

}  // namespace

com::Ref<IMAPIProgress> make_progress(ULONG flags) {
  return com::make<ProgressObject>(flags);
}

}  // namespace mapiary::session
