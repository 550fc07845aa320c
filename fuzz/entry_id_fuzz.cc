// SPDX-License-Identifier: Apache-2.0
// Entry identifiers and conversation indexes from hostile bytes.
#include <cstdlib>

#include "model/conversation_index.h"
#include "model/entry_id.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mapiary::model;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (ConversationIndex::parse(bytes)) {
    const auto longer = append_conversation_level(bytes, 0x01DC000000000000, 1);
    if (longer && !ConversationIndex::parse(*longer)) std::abort();
  }
  const auto id = EntryId::parse(bytes);
  if (!id) return 0;
  if (const auto one_off = parse_one_off(*id, 1252);
      one_off && !one_off->address.empty() && !one_off->address_type.empty()) {
    const auto built = build_one_off(*one_off);
    if (built && !(*parse_one_off(*built, 1252) == *one_off)) std::abort();
  }
  if (const auto store = unwrap_store_entry_id(*id)) {
    const auto wrapped = wrap_store_entry_id(*store);
    if (!wrapped || unwrap_store_entry_id(*wrapped)->entry_id != store->entry_id) std::abort();
  }
  return 0;
}
