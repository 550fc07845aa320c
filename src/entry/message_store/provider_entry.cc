// SPDX-License-Identifier: Apache-2.0
// MSProviderInit. Page: msproviderinit.
#include <mapicode.h>
#include <mapispi.h>

#include "com/border.h"
#include "entry/message_store/registry.h"

HRESULT STDMAPIINITCALLTYPE MSProviderInit(HINSTANCE, LPMALLOC, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
                                           LPFREEBUFFER release, ULONG flags, ULONG version, ULONG* provider_version,
                                           LPMSPROVIDER* provider) {
  using namespace mapiary;
  if (provider) *provider = nullptr;
  return com::border([&]() -> Status {
    if (!allocate || !more || !release || !provider_version || !provider) {
      return fail(Code::kInvalidArgument, "store", "MSProviderInit got a NULL pointer");
    }
    if (flags != 0) return fail(Code::kUnknownFlags, "store", "MSProviderInit defines no flags", flags);
    *provider_version = CURRENT_SPI_VERSION;
    // The major version says whether the two can speak at all.
    if ((version & 0xFFFF0000u) < (CURRENT_SPI_VERSION & 0xFFFF0000u)) {
      return fail(Code::kVersion, "store", "MAPI is too old for this provider", version);
    }
    *provider = store::make_provider(entry::engines(), {allocate, more, release}).detach();
    return {};
  });
}
