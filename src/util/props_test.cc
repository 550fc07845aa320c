// SPDX-License-Identifier: Apache-2.0
// Contradictions of the pages are settled in docs/adr/0011.
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <rapidcheck/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <vector>

#include "util/testing/sample_props.h"

namespace mapiary::util {
namespace {

using testing::SampleProps;

using Block = std::vector<std::uint64_t>;

void expect_equal(const SPropValue* a, const SPropValue* b, int count) {
  for (int i = 0; i < count; ++i) {
    auto* left = const_cast<LPSPropValue>(a + i);
    auto* right = const_cast<LPSPropValue>(b + i);
    EXPECT_EQ(left->ulPropTag, right->ulPropTag);
    EXPECT_EQ(UlPropSize(left), UlPropSize(right));
    if (PROP_TYPE(left->ulPropTag) != PT_OBJECT) {
      EXPECT_EQ(LPropCompareProp(left, right), 0) << std::hex << left->ulPropTag;
    }
  }
}

SPropValue number(LONG value) {
  SPropValue v = {};
  v.ulPropTag = PROP_TAG(PT_LONG, 0x6700);
  v.Value.l = value;
  return v;
}

SPropValue text8(const char* value) {
  SPropValue v = {};
  v.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
  v.Value.lpszA = const_cast<LPSTR>(value);
  return v;
}

SPropValue wide(const wchar_t* value) {
  SPropValue v = {};
  v.ulPropTag = PROP_TAG(PT_UNICODE, 0x6700);
  v.Value.lpszW = const_cast<LPWSTR>(value);
  return v;
}

TEST(ScCopyProps, CopiesEveryTypeIntoOneBlock) {
  SampleProps props(1);
  props.add_each_type();
  ULONG counted = 0;
  ASSERT_EQ(ScCountProps(props.size(), props.data(), &counted), S_OK);
  Block block(counted / 8 + 1, 0xEEEEEEEEEEEEEEEE);
  ULONG copied = 0;
  ASSERT_EQ(ScCopyProps(props.size(), props.data(), block.data(), &copied), S_OK);
  EXPECT_EQ(copied, counted);
  EXPECT_EQ(block.back(), 0xEEEEEEEEEEEEEEEE);  // nothing behind the end
  const auto* copy = reinterpret_cast<SPropValue*>(block.data());
  expect_equal(props.data(), copy, props.size());
  for (int i = 0; i < props.size(); ++i) {  // no pointer leads out
    const auto type = PROP_TYPE(copy[i].ulPropTag);
    if (type != PT_STRING8 && type != PT_UNICODE && type != PT_CLSID) continue;
    const auto at =
        reinterpret_cast<std::uintptr_t>(copy[i].Value.lpszA) - reinterpret_cast<std::uintptr_t>(block.data());
    EXPECT_LT(at, copied);
    EXPECT_EQ(at % 8, 0u);
  }
  EXPECT_EQ(ScCopyProps(props.size(), props.data(), block.data(), nullptr), S_OK);
}

RC_GTEST_PROP(ScCopyProps, CountIsTheSizeOfTheCopyAndTheCopyIsEqual, (unsigned seed)) {
  SampleProps props(seed);
  const int count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    if (*rc::gen::arbitrary<bool>()) {
      props.add(*rc::gen::elementOf(testing::kSingleTypes), 1);
    } else {
      props.add(*rc::gen::elementOf(testing::kMultiTypes), static_cast<ULONG>(*rc::gen::inRange(1, 5)));
    }
  }
  ULONG counted = 0;
  RC_ASSERT(ScCountProps(props.size(), props.data(), &counted) == S_OK);
  Block block(counted / 8 + 1);
  ULONG copied = 99;
  RC_ASSERT(ScCopyProps(props.size(), props.data(), block.data(), &copied) == S_OK);
  RC_ASSERT(copied == counted);
  expect_equal(props.data(), reinterpret_cast<SPropValue*>(block.data()), props.size());

  // There: the block moves to another place. And back: as a file has it, with base 0.
  ULONG moved = 0;
  Block other(block);
  auto* values = reinterpret_cast<SPropValue*>(other.data());
  RC_ASSERT(ScRelocProps(count, values, block.data(), other.data(), &moved) == S_OK);
  RC_ASSERT(moved == counted);
  expect_equal(props.data(), values, count);
  RC_ASSERT(ScRelocProps(count, values, other.data(), nullptr, &moved) == S_OK);
  RC_ASSERT(moved == counted);
  Block read_back(other);
  values = reinterpret_cast<SPropValue*>(read_back.data());
  std::fill(other.begin(), other.end(), 0xDDDDDDDDDDDDDDDD);
  RC_ASSERT(ScRelocProps(count, values, nullptr, values, nullptr) == S_OK);
  expect_equal(props.data(), values, count);
}

// Two pages, the second of which cannot be touched.
class LastPage {
 public:
  LastPage() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    base_ =
        static_cast<std::byte*>(mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_EQ(mprotect(base_ + size_, size_, PROT_NONE), 0);
  }
  ~LastPage() { munmap(base_, 2 * size_); }
  LastPage(const LastPage&) = delete;
  LastPage& operator=(const LastPage&) = delete;
  std::byte* last(std::size_t bytes) const { return base_ + size_ - bytes; }

 private:
  std::size_t size_;
  std::byte* base_;
};

template <class Char>
Char* text_before_end(const LastPage& page, std::size_t length, std::size_t behind) {
  auto* text = reinterpret_cast<Char*>(page.last((length + 1 + behind) * sizeof(Char)));
  for (std::size_t i = 0; i < length; ++i) text[i] = static_cast<Char>('a' + i % 26);
  text[length] = 0;
  for (std::size_t i = 0; i < behind; ++i) text[length + 1 + i] = 'X';
  return text;
}

// Text and bytes of each short length, at the very end of what may be read and some way before it, into a block that
// ends where memory ends.
TEST(ScCopyProps, ReadsAndWritesNothingBehindShortValues) {
  const LastPage from;
  const LastPage bytes;
  const LastPage to;
  for (std::size_t length = 0; length <= 300; ++length) {
    for (const std::size_t behind : {std::size_t{0}, std::size_t{1}, std::size_t{310}}) {
      for (const ULONG type : {PT_UNICODE, PT_STRING8, PT_BINARY}) {
        SPropValue value{};
        value.ulPropTag = PROP_TAG(type, 0x6700);
        if (type == PT_UNICODE) value.Value.lpszW = text_before_end<wchar_t>(from, length, behind);
        if (type == PT_STRING8) value.Value.lpszA = text_before_end<char>(from, length, behind);
        if (type == PT_BINARY) {
          text_before_end<char>(bytes, length, behind);
          value.Value.bin = {static_cast<ULONG>(length), reinterpret_cast<LPBYTE>(bytes.last(length + 1 + behind))};
        }
        ULONG size = 0;
        ASSERT_EQ(ScCountProps(1, &value, &size), S_OK);
        auto* block = to.last(size);
        std::memset(block, 0xEE, size);
        ASSERT_EQ(ScCopyProps(1, &value, block, nullptr), S_OK);
        auto* copy = reinterpret_cast<LPSPropValue>(block);
        ASSERT_EQ(LPropCompareProp(copy, &value), 0) << length << " " << behind << std::hex << " " << type;
        // The padding is not written, least of all with what stood behind the value.
        for (const std::byte* at = block + sizeof(SPropValue) + UlPropSize(&value); at < block + size; ++at) {
          ASSERT_EQ(*at, std::byte{0xEE}) << length;
        }
      }
    }
  }
}

TEST(ScCopyProps, ZeroValuesAndBadArguments) {
  SPropValue value = {};
  value.ulPropTag = PROP_TAG(PT_LONG, 0x6700);
  ULONG size = 77;
  EXPECT_EQ(ScCopyProps(0, nullptr, nullptr, &size), S_OK);
  EXPECT_EQ(size, 0u);
  SPropValue to[2];
  EXPECT_EQ(ScCopyProps(-1, &value, to, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCopyProps(1, nullptr, to, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCopyProps(1, &value, nullptr, &size), MAPI_E_INVALID_PARAMETER);
  value.ulPropTag = PROP_TAG(0x0099, 0x6700);
  EXPECT_EQ(ScCopyProps(1, &value, to, &size), MAPI_E_INVALID_PARAMETER);
  value.ulPropTag = PROP_TAG(PT_UNSPECIFIED, 0x6700);
  EXPECT_EQ(ScCopyProps(1, &value, to, &size), MAPI_E_INVALID_PARAMETER);
  for (const ULONG type : {PT_STRING8, PT_UNICODE, PT_CLSID}) {
    value.ulPropTag = PROP_TAG(type, 0x6700);
    EXPECT_EQ(ScCopyProps(1, &value, to, &size), MAPI_E_INVALID_PARAMETER);
    EXPECT_EQ(ScCountProps(1, &value, &size), MAPI_E_INVALID_PARAMETER);
  }
  value.ulPropTag = PROP_TAG(PT_BINARY, 0x6700);
  value.Value.bin = {4, nullptr};
  EXPECT_EQ(ScCopyProps(1, &value, to, &size), MAPI_E_INVALID_PARAMETER);
}

TEST(ScCopyProps, KeepsRowsOfTablesWithNullAndEmptyValues) {
  SPropValue from[3] = {};
  from[0].ulPropTag = PR_NULL;
  from[1].ulPropTag = PROP_TAG(PT_MV_LONG, 0x6700);
  from[2].ulPropTag = PROP_TAG(PT_BINARY, 0x6701);
  SPropValue to[3];
  ULONG size = 0;
  ASSERT_EQ(ScCopyProps(3, from, to, &size), S_OK);
  EXPECT_EQ(size, sizeof(to));
  EXPECT_EQ(to[1].Value.MVl.cValues, 0u);
  EXPECT_EQ(to[2].Value.bin.lpb, nullptr);
}

TEST(ScCountProps, RefusesWhatItsPageNames) {
  SPropValue value = {};
  value.ulPropTag = PROP_TAG(PT_LONG, PROP_ID_NULL);
  EXPECT_EQ(ScCountProps(1, &value, nullptr), MAPI_E_INVALID_PARAMETER);
  value.ulPropTag = PROP_TAG(PT_LONG, PROP_ID_INVALID);
  EXPECT_EQ(ScCountProps(1, &value, nullptr), MAPI_E_INVALID_PARAMETER);
  for (const ULONG type : testing::kMultiTypes) {
    value = {};
    value.ulPropTag = PROP_TAG(type, 0x6700);
    EXPECT_EQ(ScCountProps(1, &value, nullptr), MAPI_E_INVALID_PARAMETER);
    value.Value.MVl.cValues = 3;  // a count without an array
    EXPECT_EQ(ScCountProps(1, &value, nullptr), MAPI_E_INVALID_PARAMETER);
    value.Value.MVl.lpl = reinterpret_cast<LONG*>(0x1000);  // an array nobody can read
    EXPECT_EQ(ScCountProps(1, &value, nullptr), MAPI_E_INVALID_PARAMETER);
  }
  ULONG size = 1;
  EXPECT_EQ(ScCountProps(0, nullptr, &size), S_OK);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(ScCountProps(-1, &value, &size), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCountProps(1, nullptr, &size), MAPI_E_INVALID_PARAMETER);
}

TEST(ScCountProps, RefusesMemoryThatCannotBeReadAndSizesOver4GB) {
  SPropValue values[2] = {};
  values[0].ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
  values[0].Value.lpszA = reinterpret_cast<LPSTR>(0x1000);
  EXPECT_EQ(ScCountProps(1, values, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCountProps(5, reinterpret_cast<LPSPropValue>(0x1000), nullptr), MAPI_E_INVALID_PARAMETER);
  // Two that share readable memory, each below 4 GB, both above it; counted without touching it by ScDupPropset.
  BYTE byte = 0;
  for (SPropValue& value : values) {
    value.ulPropTag = PROP_TAG(PT_BINARY, 0x6700);
    value.Value.bin = {0xFFFFFFF0, &byte};
  }
  LPSPropValue out = values;
  EXPECT_EQ(ScDupPropset(2, values, MAPIAllocateBuffer, &out), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(out, nullptr);
}

TEST(ScRelocProps, ChangesNothingOnAnUnknownType) {
  char text[] = "text";
  SPropValue values[2] = {};
  values[0].ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
  values[0].Value.lpszA = text;
  values[1].ulPropTag = PROP_TAG(0x0777, 0x6701);
  EXPECT_EQ(ScRelocProps(2, values, values, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(values[0].Value.lpszA, text);
  EXPECT_EQ(ScRelocProps(-2, values, values, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScRelocProps(1, nullptr, values, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
}

TEST(ScDupPropset, IsOneBlockOfMapiMemory) {
  SampleProps props(7);
  props.add_each_type();
  LPSPropValue copy = nullptr;
  ASSERT_EQ(ScDupPropset(props.size(), props.data(), MAPIAllocateBuffer, &copy), S_OK);
  expect_equal(props.data(), copy, props.size());
  EXPECT_EQ(MAPIFreeBuffer(copy), static_cast<ULONG>(S_OK));
  EXPECT_EQ(ScDupPropset(1, props.data(), nullptr, &copy), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScDupPropset(1, props.data(), MAPIAllocateBuffer, nullptr), MAPI_E_INVALID_PARAMETER);
  const auto no_memory = [](ULONG, LPVOID*) -> SCODE { return MAPI_E_NOT_ENOUGH_MEMORY; };
  EXPECT_EQ(ScDupPropset(1, props.data(), +no_memory, &copy), MAPI_E_NOT_ENOUGH_MEMORY);
  const auto liar = [](ULONG, LPVOID* out) -> SCODE { return *out = nullptr, S_OK; };
  EXPECT_EQ(ScDupPropset(props.size(), props.data(), +liar, &copy), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(copy, nullptr);
}

TEST(PropCopyMore, CopiesEveryTypeAndLinksItsMemory) {
  SampleProps props(3);
  props.add_each_type();
  LPVOID root = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(8, &root), S_OK);
  for (SPropValue& value : props.values()) {
    SPropValue copy = {};
    ASSERT_EQ(PropCopyMore(&copy, &value, MAPIAllocateMore, root), S_OK);
    expect_equal(&value, &copy, 1);
  }
  SPropValue bad = text8("text");
  SPropValue copy = {};
  const auto liar = [](ULONG, LPVOID, LPVOID* out) -> SCODE { return *out = nullptr, S_OK; };
  EXPECT_EQ(PropCopyMore(&copy, &bad, +liar, root), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(copy.ulPropTag, 0u);
  bad = {};
  bad.ulPropTag = PROP_TAG(0x0777, 1);
  EXPECT_EQ(PropCopyMore(&copy, &bad, MAPIAllocateMore, root), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(PropCopyMore(nullptr, &bad, MAPIAllocateMore, root), MAPI_E_INVALID_PARAMETER);
  bad.ulPropTag = PROP_TAG(PT_UNICODE, 1);
  EXPECT_EQ(PropCopyMore(&copy, &bad, MAPIAllocateMore, root), MAPI_E_INVALID_PARAMETER);
  // Values that fit the structure need no memory.
  bad.ulPropTag = PROP_TAG(PT_LONG, 1);
  EXPECT_EQ(PropCopyMore(&copy, &bad, nullptr, nullptr), S_OK);
  MAPIFreeBuffer(root);
}

TEST(UlPropSize, IsTheSizeOfTheValueAlone) {
  SPropValue value = {};
  value.ulPropTag = PROP_TAG(PT_I2, 1);
  EXPECT_EQ(UlPropSize(&value), 2u);
  value.ulPropTag = PROP_TAG(PT_BOOLEAN, 1);
  EXPECT_EQ(UlPropSize(&value), 2u);
  value.ulPropTag = PROP_TAG(PT_LONG, 1);
  EXPECT_EQ(UlPropSize(&value), 4u);
  value.ulPropTag = PROP_TAG(PT_SYSTIME, 1);
  EXPECT_EQ(UlPropSize(&value), 8u);
  value.ulPropTag = PROP_TAG(PT_CLSID, 1);
  EXPECT_EQ(UlPropSize(&value), 16u);
  char text[] = "four";
  value.ulPropTag = PROP_TAG(PT_STRING8, 1);
  value.Value.lpszA = text;
  EXPECT_EQ(UlPropSize(&value), 5u);
  wchar_t wide[] = L"four";
  value.ulPropTag = PROP_TAG(PT_UNICODE, 1);
  value.Value.lpszW = wide;
  EXPECT_EQ(UlPropSize(&value), 5 * sizeof(WCHAR));
  LPSTR texts[] = {text, text};
  value.ulPropTag = PROP_TAG(PT_MV_STRING8, 1);
  value.Value.MVszA = {2, texts};
  EXPECT_EQ(UlPropSize(&value), 10u);
  SBinary bins[] = {{3, nullptr}, {4, nullptr}};
  value.ulPropTag = PROP_TAG(PT_MV_BINARY, 1);
  value.Value.MVbin = {2, bins};
  EXPECT_EQ(UlPropSize(&value), 7u);
  value.ulPropTag = PROP_TAG(PT_MV_DOUBLE, 1);
  EXPECT_EQ(UlPropSize(&value), 16u);
  value.ulPropTag = PROP_TAG(0x0777, 1);
  EXPECT_EQ(UlPropSize(&value), 0u);
  EXPECT_EQ(UlPropSize(nullptr), 0u);
}

TEST(FindProp, MatchesTheTagOrTheIdentifier) {
  SPropValue values[2] = {};
  values[0].ulPropTag = PROP_TAG(PT_ERROR, 0x6700);
  values[1].ulPropTag = PROP_TAG(PT_LONG, 0x6701);
  EXPECT_EQ(PpropFindProp(values, 2, PROP_TAG(PT_LONG, 0x6701)), values + 1);
  EXPECT_EQ(PpropFindProp(values, 2, PROP_TAG(PT_LONG, 0x6700)), nullptr);
  EXPECT_EQ(PpropFindProp(values, 2, PROP_TAG(PT_UNSPECIFIED, 0x6700)), values);
  EXPECT_EQ(PpropFindProp(values, 0, PROP_TAG(PT_LONG, 0x6701)), nullptr);
  EXPECT_EQ(PpropFindProp(nullptr, 2, PROP_TAG(PT_LONG, 0x6701)), nullptr);
  EXPECT_EQ(LpValFindProp(PROP_TAG(PT_LONG, 0x6701), 2, values), values + 1);
  EXPECT_EQ(LpValFindProp(PROP_TAG(PT_UNSPECIFIED, 0x6702), 2, values), nullptr);
}

TEST(GetInstance, TakesOneValueOfEachMultivaluedType) {
  SampleProps props(5);
  for (const ULONG type : testing::kMultiTypes) props.add(type, 3);
  for (SPropValue& mv : props.values()) {
    SPropValue sv = {};
    GetInstance(&mv, &sv, 2);
    EXPECT_EQ(sv.ulPropTag, mv.ulPropTag & ~static_cast<ULONG>(MV_FLAG));
    GetInstance(&mv, &sv, 3);
    EXPECT_EQ(PROP_TYPE(sv.ulPropTag), static_cast<ULONG>(PT_ERROR));
    EXPECT_EQ(sv.Value.err, static_cast<SCODE>(MAPI_E_NOT_FOUND));
  }
  LONG numbers[] = {5, 6};
  SPropValue mv = {};
  mv.ulPropTag = PROP_TAG(PT_MV_LONG, 0x6700);
  mv.Value.MVl = {2, numbers};
  SPropValue sv = {};
  GetInstance(&mv, &sv, 1);
  EXPECT_EQ(sv.Value.l, 6);
  char one[] = "one";
  LPSTR texts[] = {one};
  mv.ulPropTag = PROP_TAG(PT_MV_STRING8, 0x6700);
  mv.Value.MVszA = {1, texts};
  GetInstance(&mv, &sv, 0);
  EXPECT_EQ(sv.Value.lpszA, one);  // pointers are copied, not what they lead to
  GetInstance(nullptr, &sv, 0);
  GetInstance(&mv, nullptr, 0);
}

TEST(FEqualNames, LooksThroughThePointers) {
  GUID set1 = PS_PUBLIC_STRINGS;
  GUID set2 = PS_PUBLIC_STRINGS;
  GUID other = PS_MAPI;
  wchar_t name1[] = L"Keywords";
  wchar_t name2[] = L"Keywords";
  wchar_t name3[] = L"keywords";
  MAPINAMEID a = {&set1, MNID_STRING, {}};
  MAPINAMEID b = {&set2, MNID_STRING, {}};
  a.Kind.lpwstrName = name1;
  b.Kind.lpwstrName = name2;
  EXPECT_TRUE(FEqualNames(&a, &b));
  b.Kind.lpwstrName = name3;
  EXPECT_FALSE(FEqualNames(&a, &b));  // case matters
  b.Kind.lpwstrName = name2;
  b.lpguid = &other;
  EXPECT_FALSE(FEqualNames(&a, &b));
  b.lpguid = nullptr;
  EXPECT_FALSE(FEqualNames(&a, &b));
  MAPINAMEID c = {&set1, MNID_ID, {}};
  MAPINAMEID d = {&set2, MNID_ID, {}};
  c.Kind.lID = d.Kind.lID = 0x8005;
  EXPECT_TRUE(FEqualNames(&c, &d));
  d.Kind.lID = 0x8006;
  EXPECT_FALSE(FEqualNames(&c, &d));
  EXPECT_FALSE(FEqualNames(&a, &c));
  EXPECT_FALSE(FEqualNames(&a, nullptr));
}

TEST(ScDupPropset, RefusesSizesThatLie) {
  BYTE bytes[8]{};
  SPropValue lie{};
  lie.ulPropTag = PR_ENTRYID;
  lie.Value.bin = {0x7FFFFFF0, bytes};
  LPSPropValue copy = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, ScDupPropset(1, &lie, MAPIAllocateBuffer, &copy));
  EXPECT_EQ(nullptr, copy);
  SPropValue to{};
  void* root = nullptr;
  ASSERT_EQ(S_OK, MAPIAllocateBuffer(8, &root));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, PropCopyMore(&to, &lie, MAPIAllocateMore, root));
  MAPIFreeBuffer(root);
}

TEST(PropCompare, SizesThatLieCompareAsNothing) {
  BYTE bytes[8]{};
  SPropValue whole{}, lie{};
  whole.ulPropTag = lie.ulPropTag = PR_ENTRYID;
  whole.Value.bin = {8, bytes};
  lie.Value.bin = {0x7FFFFFF0, bytes};
  EXPECT_FALSE(FPropCompareProp(&lie, RELOP_EQ, &lie));
  EXPECT_FALSE(FPropContainsProp(&lie, &whole, FL_SUBSTRING));
  LONG numbers[2]{};
  lie.ulPropTag = PROP_TAG(PT_MV_LONG, 0x6701);
  lie.Value.MVl = {0x1FFFFFF0, numbers};
  EXPECT_FALSE(FPropCompareProp(&lie, RELOP_EQ, &lie));
  EXPECT_EQ(0, LPropCompareProp(&lie, &lie));
}

TEST(FPropCompareProp, AppliesTheOperatorFromLeftToRight) {
  SPropValue one = number(1);
  SPropValue two = number(2);
  EXPECT_TRUE(FPropCompareProp(&one, RELOP_LT, &two));
  EXPECT_TRUE(FPropCompareProp(&one, RELOP_LE, &one));
  EXPECT_TRUE(FPropCompareProp(&two, RELOP_GT, &one));
  EXPECT_TRUE(FPropCompareProp(&two, RELOP_GE, &one));
  EXPECT_TRUE(FPropCompareProp(&one, RELOP_NE, &two));
  EXPECT_FALSE(FPropCompareProp(&one, RELOP_EQ, &two));
  EXPECT_FALSE(FPropCompareProp(&one, 77, &one));
  EXPECT_FALSE(FPropCompareProp(nullptr, RELOP_EQ, &one));
  SPropValue text = text8("1");
  for (const ULONG op : {RELOP_LT, RELOP_LE, RELOP_GT, RELOP_GE, RELOP_EQ, RELOP_NE, RELOP_RE})
    EXPECT_FALSE(FPropCompareProp(&one, op, &text));  // types that differ
  SPropValue wide_text = wide(L"1");                  // two widths are two types
  EXPECT_FALSE(FPropCompareProp(&text, RELOP_EQ, &wide_text));
  EXPECT_FALSE(FPropCompareProp(&text, RELOP_NE, &wide_text));
  EXPECT_FALSE(FPropContainsProp(&text, &wide_text, FL_SUBSTRING));
  SPropValue word = wide(L"colour");
  SPropValue pattern = wide(L"^colou?r$");
  EXPECT_TRUE(FPropCompareProp(&word, RELOP_RE, &pattern));
}

TEST(FPropContainsProp, FollowsTheFuzzyLevel) {
  SPropValue target = text8("Hello World");
  SPropValue hello = text8("Hello");
  SPropValue world = text8("world");
  EXPECT_TRUE(FPropContainsProp(&target, &hello, FL_PREFIX));
  EXPECT_FALSE(FPropContainsProp(&target, &hello, FL_FULLSTRING));
  EXPECT_FALSE(FPropContainsProp(&target, &world, FL_SUBSTRING));
  EXPECT_TRUE(FPropContainsProp(&target, &world, FL_SUBSTRING | FL_IGNORECASE));
  EXPECT_TRUE(FPropContainsProp(&target, &world, FL_SUBSTRING | FL_LOOSE));
  EXPECT_TRUE(FPropContainsProp(&target, &target, 9));  // an invalid level is a full-string match
  EXPECT_FALSE(FPropContainsProp(&target, &hello, 9));
  SPropValue accented = wide(L"r\u00E9sum\u00E9");
  SPropValue plain = wide(L"resume");
  EXPECT_TRUE(FPropContainsProp(&accented, &plain, FL_FULLSTRING | FL_IGNORENONSPACE));
  BYTE bytes[] = {1, 2, 3};
  SPropValue bin = {};
  bin.ulPropTag = PROP_TAG(PT_BINARY, 0x6700);
  bin.Value.bin = {3, bytes};
  SPropValue part = bin;
  part.Value.bin = {2, bytes + 1};
  EXPECT_TRUE(FPropContainsProp(&bin, &part, FL_SUBSTRING));
  EXPECT_FALSE(FPropContainsProp(&bin, &part, FL_PREFIX));
  EXPECT_FALSE(FPropContainsProp(&bin, &hello, FL_SUBSTRING));
  SPropValue one = number(1);
  EXPECT_FALSE(FPropContainsProp(&one, &one, FL_FULLSTRING));
  EXPECT_FALSE(FPropContainsProp(nullptr, &one, FL_FULLSTRING));
}

TEST(LPropCompareProp, HasASign) {
  SPropValue a = number(-1);
  SPropValue b = number(1);
  EXPECT_LT(LPropCompareProp(&a, &b), 0);
  EXPECT_GT(LPropCompareProp(&b, &a), 0);
  EXPECT_EQ(LPropCompareProp(&a, &a), 0);
  SPropValue time1 = {};
  time1.ulPropTag = PROP_TAG(PT_SYSTIME, 1);
  SPropValue time2 = time1;
  time1.Value.ft = {0, 2};
  time2.Value.ft = {9, 1};
  EXPECT_GT(LPropCompareProp(&time1, &time2), 0);
  SPropValue text = wide(L"A");
  EXPECT_NE(LPropCompareProp(&a, &text), 0);
  EXPECT_EQ(LPropCompareProp(&a, &text), -LPropCompareProp(&text, &a));
  SPropValue yes = {};
  yes.ulPropTag = PROP_TAG(PT_BOOLEAN, 1);
  SPropValue no = yes;
  yes.Value.b = 1;
  EXPECT_NE(LPropCompareProp(&yes, &no), 0);
  EXPECT_EQ(LPropCompareProp(&yes, &no), LPropCompareProp(&yes, &no));
  EXPECT_LT(LPropCompareProp(nullptr, &a), 0);
}

RC_GTEST_PROP(LPropCompareProp, AgreesWithFPropCompareProp, (unsigned seed)) {
  SampleProps props(seed);
  const ULONG type = *rc::gen::elementOf(testing::kSingleTypes);
  RC_PRE(type != static_cast<ULONG>(PT_OBJECT));
  props.add(type, 1);
  props.add(type, 1);
  const LONG order = LPropCompareProp(props.data(), props.data() + 1);
  RC_ASSERT(FPropCompareProp(props.data(), RELOP_LT, props.data() + 1) == (order < 0));
  RC_ASSERT(FPropCompareProp(props.data(), RELOP_EQ, props.data() + 1) == (order == 0));
  RC_ASSERT(FPropCompareProp(props.data(), RELOP_GT, props.data() + 1) == (order > 0));
}

}  // namespace
}  // namespace mapiary::util
