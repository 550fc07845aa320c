// SPDX-License-Identifier: Apache-2.0
// Compound files: any bytes open or fail; all that opens is read, changed and committed, and what was written is there
// after.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "convert/cfb/compound_file.h"

using namespace mapiary;

namespace {

void walk(cfb::CompoundFile& file, cfb::EntryId storage) {
  const auto entries = file.list(storage);
  if (!entries) std::abort();
  for (const auto& e : *entries) {
    if (e.type == cfb::EntryType::kStream) {
      (void)file.read_all(e.id, 1 << 20);
    } else {
      walk(file, e.id);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  auto store = std::make_shared<cfb::MemoryStore>(std::vector<std::byte>(bytes.begin(), bytes.end()));
  auto file = cfb::CompoundFile::open(store, {.scratch_memory = 4096});
  if (!file) return 0;
  walk(**file, cfb::kRoot);
  const auto made = (*file)->create_stream(cfb::kRoot, u"fuzz");
  if (!made) return 0;
  const std::string content(6000, 'f');
  if (!(*file)->write(*made, 0, bytes_of(content))) std::abort();
  if (!(*file)->commit()) return 0;  // a stream that cannot be kept
  auto again = cfb::CompoundFile::open(store);
  if (!again || !(*again)->problems().empty()) std::abort();
  const auto found = (*again)->find(cfb::kRoot, u"fuzz");
  if (!found || (*again)->read_all(*found).value() != content) std::abort();
  walk(**again, cfb::kRoot);
  return 0;
}
