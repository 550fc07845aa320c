// SPDX-License-Identifier: Apache-2.0
// ScCreateConversationIndex. Pages: sccreateconversationindex, tracking-conversations.
#include "model/conversation_index.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <cstring>

#include "base/clock.h"
#include "base/random.h"
#include "com/border.h"
#include "com/memory.h"

using namespace mapiary;

// A parent of no bytes starts a thread. A parent that is not a conversation index is MAPI_E_INVALID_PARAMETER: a reply
// must not pretend to belong to a thread that cannot be read.
STDAPI_(SCODE) ScCreateConversationIndex(ULONG cbParent, LPBYTE lpbParent, ULONG* lpcbIndex, LPBYTE* lppbIndex) {
  return com::border([&]() -> Status {
    if (!lpcbIndex || !lppbIndex) return fail(Code::kInvalidArgument, "util", "lpcbIndex or lppbIndex is NULL");
    *lpcbIndex = 0;
    *lppbIndex = nullptr;
    if (cbParent && !lpbParent) return fail(Code::kInvalidArgument, "util", "the parent index has bytes but is NULL");
    const std::uint64_t now = mapiary::now().ticks;
    std::string index;
    if (cbParent == 0) {
      index = model::create_conversation_index(now, Guid::random());
    } else {
      const std::string_view parent(reinterpret_cast<const char*>(lpbParent), cbParent);
      std::uint8_t random = 0;
      random_bytes(std::as_writable_bytes(std::span(&random, 1)));
      index = TRY(model::append_conversation_level(parent, now, random));
    }
    com::OutBlock block;
    std::memcpy(TRY(block.root_bytes(index.size())), index.data(), index.size());
    *lpcbIndex = static_cast<ULONG>(index.size());
    *lppbIndex = block.detach<BYTE>();
    return {};
  });
}
