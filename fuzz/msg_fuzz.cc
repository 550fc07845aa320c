// SPDX-License-Identifier: Apache-2.0
// A message file: everything in it is read through the exported functions, at every depth.
#include <cstddef>
#include <cstdint>

#include "imessage/testing/message_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mapiary::imessage::testing;
  auto stream = memory_stream(std::string(reinterpret_cast<const char*>(data), size));
  auto storage = storage_on(stream.get(), 0);
  if (!storage) return 0;
  Walk walk;
  if (auto message = message_on(storage.get())) walk_message(message.get(), walk);
  return 0;
}
