// SPDX-License-Identifier: Apache-2.0
// Linked buffers and copies of property arrays against the plain memory functions they stand on.
#include <mapiutil.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bench/ratio.h"

namespace {

// What GetProps on a message of a store answers: numbers and times, entry ids and keys, names and addresses, a body of
// 2000 characters.
std::vector<SPropValue> message_props() {
  static BYTE bytes[128] = {};
  static std::wstring subject(40, L's');
  static std::wstring name(24, L'n');
  static std::wstring body(2000, L'b');
  std::vector<SPropValue> values(45);
  for (std::size_t i = 0; i < values.size(); ++i) {
    SPropValue& value = values[i];
    value = {};
    ULONG type = PT_LONG;
    if (i % 9 == 1) type = PT_SYSTIME;
    if (i % 9 == 3) type = PT_BOOLEAN;
    if (i % 9 == 5) type = PT_BINARY;
    if (i % 9 == 7 || i == 0) type = PT_UNICODE;
    value.ulPropTag = PROP_TAG(type, 0x6700 + static_cast<ULONG>(i));
    if (type == PT_BINARY) value.Value.bin = {i % 2 ? 70u : 24u, bytes};
    if (type == PT_UNICODE) value.Value.lpszW = i == 0 ? body.data() : (i % 2 ? subject.data() : name.data());
  }
  return values;
}

void four_mallocs() {
  void* blocks[4];
  const std::size_t sizes[4] = {1080, 64, 128, 256};
  for (int i = 0; i < 4; ++i) {
    blocks[i] = std::malloc(sizes[i]);
    bench::keep(blocks[i]);
  }
  for (void* block : blocks) std::free(block);
}

void linked_buffers() {
  void* root = nullptr;
  void* more = nullptr;
  MAPIAllocateBuffer(1080, &root);
  for (const ULONG size : {64u, 128u, 256u}) {
    MAPIAllocateMore(size, root, &more);
    bench::keep(more);
  }
  MAPIFreeBuffer(root);
}

}  // namespace

int main() {
  bench::Report report;
  report.at_most("MAPIAllocateBuffer + 3 More + Free / 4 malloc pairs", 2.0, bench::seconds(linked_buffers),
                 bench::seconds(four_mallocs));

  std::vector<SPropValue> values = message_props();
  const int count = static_cast<int>(values.size());
  ULONG size = 0;
  if (ScCountProps(count, values.data(), &size) != S_OK) return 2;
  std::vector<std::uint64_t> target(size / 8 + 1);
  std::vector<std::uint64_t> source(target);
  const double copy = bench::seconds([&] {
    ULONG copied = 0;
    ScCopyProps(count, values.data(), target.data(), &copied);
    bench::keep(copied);
  });
  const double plain = bench::seconds([&] {
    void* block = std::malloc(size);
    bench::keep(block);
    std::memcpy(block, source.data(), size);
    bench::keep(block);
    std::free(block);
  });
  report.at_most("ScCopyProps of 45 properties / malloc + memcpy", 2.0, copy, plain);
  return report.exit_code();
}
