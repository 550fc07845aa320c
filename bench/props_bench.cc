// SPDX-License-Identifier: Apache-2.0
// Linked buffers and copies of property arrays against the plain memory functions they stand on. A copy has to measure
// text, to lay out, to set pointers; the reference moves the same number of bytes in one piece into a block it
// allocates. How far the two are apart depends on what the properties are, so there is a line for each mix.
#include <mapiutil.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "bench/ratio.h"

namespace {

constexpr ULONG kCount = 45;

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

// An array of properties and all it points to, each piece an allocation of its own as in a program.
class Mix {
 public:
  void number(ULONG type) { next(type).Value.li.QuadPart = 42; }
  void wide(std::size_t length) { next(PT_UNICODE).Value.lpszW = wide_text(length); }
  void narrow(std::size_t length) { next(PT_STRING8).Value.lpszA = narrow_.emplace_back(length, 'n').data(); }
  void binary(std::size_t size) { next(PT_BINARY).Value.bin = bytes(size); }
  void guid() { next(PT_CLSID).Value.lpguid = &guid_; }
  void longs(ULONG count) {
    next(PT_MV_LONG).Value.MVl = {count, reinterpret_cast<LONG*>(bytes(count * sizeof(LONG)).lpb)};
  }
  void wides(ULONG count, std::size_t length) {
    std::vector<LPWSTR>& all = pointers_.emplace_back();
    for (ULONG i = 0; i < count; ++i) all.push_back(wide_text(length + i));
    next(PT_MV_UNICODE).Value.MVszW = {count, all.data()};
  }
  void binaries(ULONG count, std::size_t size) {
    std::vector<SBinary>& all = binaries_.emplace_back();
    for (ULONG i = 0; i < count; ++i) all.push_back(bytes(size));
    next(PT_MV_BINARY).Value.MVbin = {count, all.data()};
  }

  std::vector<SPropValue> values;

 private:
  SPropValue& next(ULONG type) {
    SPropValue& value = values.emplace_back();
    value = {};
    value.ulPropTag = PROP_TAG(type, 0x6700 + static_cast<ULONG>(values.size()));
    return value;
  }
  LPWSTR wide_text(std::size_t length) { return wide_.emplace_back(length, L'w').data(); }
  SBinary bytes(std::size_t size) {
    return {static_cast<ULONG>(size), reinterpret_cast<LPBYTE>(narrow_.emplace_back(size, 'b').data())};
  }

  std::deque<std::wstring> wide_;
  std::deque<std::string> narrow_;
  std::deque<std::vector<LPWSTR>> pointers_;
  std::deque<std::vector<SBinary>> binaries_;
  GUID guid_{};
};

// What GetProps on a message of a store answers: numbers and times, entry ids and keys, names and addresses, a body.
// `multivalued` of them are lists: keywords, the people of a conversation, reminders.
Mix message(std::size_t body, ULONG multivalued = 0) {
  Mix mix;
  mix.wide(body);
  for (ULONG i = 0; i < multivalued; ++i)
    i % 3 == 0 ? mix.wides(3, 10) : i % 3 == 1 ? mix.binaries(2, 46) : mix.longs(6);
  for (ULONG i = 1 + multivalued; i < kCount; ++i) {
    switch (i % 9) {
      case 1:
        mix.number(PT_SYSTIME);
        break;
      case 3:
        mix.number(PT_BOOLEAN);
        break;
      case 5:
        mix.binary(i % 2 ? 70 : 24);
        break;
      case 7:
        mix.wide(i % 2 ? 40 : 24);
        break;
      default:
        mix.number(PT_LONG);
    }
  }
  return mix;
}

Mix fixed_size() {
  constexpr ULONG kTypes[] = {PT_LONG, PT_SYSTIME, PT_BOOLEAN, PT_I8, PT_SHORT, PT_DOUBLE};
  Mix mix;
  for (ULONG i = 0; i < kCount; ++i) mix.number(kTypes[i % 6]);
  return mix;
}

// A recipient or a member of a list: every third property is an entry id, a search key, a record key.
Mix recipient() {
  constexpr std::size_t kSizes[] = {24, 46, 70, 16};
  Mix mix;
  for (ULONG i = 0; i < kCount; ++i) {
    if (i % 3 == 1) {
      mix.binary(kSizes[i % 4]);
    } else {
      i % 9 == 5 ? mix.wide(24) : mix.number(PT_LONG);
    }
  }
  return mix;
}

// The worst there is: nothing but small pieces, of sizes that change all the time. Without a bar.
Mix binaries() {
  constexpr std::size_t kSizes[] = {16, 24, 46, 70, 22, 120};  // keys, entry ids short and long
  Mix mix;
  for (ULONG i = 0; i < kCount; ++i) mix.binary(kSizes[i % 6]);
  return mix;
}

Mix texts() {
  constexpr std::size_t kLengths[] = {4, 12, 24, 40, 8, 17};
  Mix mix;
  for (ULONG i = 0; i < kCount; ++i) i % 5 ? mix.wide(kLengths[i % 6]) : mix.narrow(kLengths[i % 6]);
  return mix;
}

Mix lists() {
  Mix mix;
  for (ULONG i = 0; i < kCount; ++i) {
    switch (i % 5) {
      case 0:
        mix.longs(6);
        break;
      case 1:
        mix.wides(4, 10);
        break;
      case 2:
        mix.binaries(3, 40);
        break;
      case 3:
        mix.guid();
        break;
      default:
        mix.number(PT_LONG);
    }
  }
  return mix;
}

bench::Pair copying(Mix mix) {
  ULONG size = 0;
  if (mix.values.size() != kCount || ScCountProps(kCount, mix.values.data(), &size) != S_OK) std::abort();
  std::vector<std::uint64_t> target(size / 8 + 1);
  std::vector<std::uint64_t> source(target);
  return bench::compare(
      [&] {
        ULONG copied = 0;
        ScCopyProps(kCount, mix.values.data(), target.data(), &copied);
        bench::keep(copied);
      },
      [&] {
        void* block = std::malloc(size);
        bench::keep(block);
        std::memcpy(block, source.data(), size);
        bench::keep(block);
        std::free(block);
      });
}

void copy_bar(bench::Report& report, const char* name, Mix mix) {
  report.at_most(std::string("ScCopyProps, 45 ") + name + " / malloc + memcpy", 2.0, copying(std::move(mix)));
}
void copy_note(bench::Report& report, const char* name, Mix mix) {
  const bench::Pair times = copying(std::move(mix));
  report.note(std::string("ScCopyProps, 45 ") + name + " / malloc + memcpy", times.ours / times.reference, "x");
}

}  // namespace

int main() {
  bench::Report report;
  report.at_most("MAPIAllocateBuffer + 3 More + Free / 4 malloc pairs", 2.0,
                 bench::compare(linked_buffers, four_mallocs));
  copy_bar(report, "numbers", fixed_size());
  copy_bar(report, "of a message, body of 20", message(20));
  copy_bar(report, "of a message, body of 2000", message(2000));
  copy_bar(report, "of a message, body of 2000, 3 lists", message(2000, 3));
  copy_bar(report, "of a recipient, 15 binary", recipient());
  copy_note(report, "of a message, body of 20, 6 lists", message(20, 6));
  copy_note(report, "small binaries only", binaries());
  copy_note(report, "short texts only", texts());
  copy_note(report, "lists of short texts and binaries", lists());
  return report.exit_code();
}
