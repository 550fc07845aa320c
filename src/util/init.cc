// SPDX-License-Identifier: Apache-2.0
// Initialisation and reference counts of foreign objects.
#include "util/init.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <atomic>

#include "com/border.h"

namespace mapiary::util {
namespace {

std::atomic<long> initializations{0};

}  // namespace

bool is_initialized() {
  return initializations.load(std::memory_order_acquire) > 0;
}

}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(SCODE) ScInitMapiUtil(ULONG ulFlags) {
  if (ulFlags != 0) return MAPI_E_UNKNOWN_FLAGS;
  initializations.fetch_add(1, std::memory_order_acq_rel);
  return S_OK;
}

// One call too many does nothing.
STDAPI_(VOID) DeinitMapiUtil(VOID) {
  long count = initializations.load(std::memory_order_acquire);
  while (count > 0 && !initializations.compare_exchange_weak(count, count - 1, std::memory_order_acq_rel)) {
  }
}

STDAPI_(ULONG) UlAddRef(LPVOID lpunk) {
  return lpunk ? static_cast<LPUNKNOWN>(lpunk)->AddRef() : 0;
}

STDAPI_(ULONG) UlRelease(LPVOID lpunk) {
  return lpunk ? static_cast<LPUNKNOWN>(lpunk)->Release() : 0;
}
