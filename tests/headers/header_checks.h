// SPDX-License-Identifier: Apache-2.0
// What the generated header tests share: rows of numbers, layouts and bytes, and the loops that compare them. All
// mismatches of a table are reported in one run, each with its name. Included after the MAPI headers.

#ifndef MAPIARY_TESTS_HEADERS_HEADER_CHECKS_H
#define MAPIARY_TESTS_HEADERS_HEADER_CHECKS_H

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ios>
#include <span>
#include <type_traits>

#ifdef UNICODE
#define MAPIARY_TEST_BY_BUILD(unicode, ansi) unicode
#else
#define MAPIARY_TEST_BY_BUILD(unicode, ansi) ansi
#endif

// The low 32 bits: MAPI constants are 32 bit wide, some of them signed, a few of them handles.
template <class T>
inline std::uint32_t number(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(value));
  } else {
    return static_cast<std::uint32_t>(value);
  }
}

inline std::uint32_t number(std::nullptr_t) {
  return 0;
}

struct NumberRow {
  const char* name;
  std::uint32_t actual;
  std::uint32_t expected;
};

inline void check_numbers(std::span<const NumberRow> rows) {
  for (const NumberRow& row : rows) {
    EXPECT_EQ(row.expected, row.actual) << row.name << " is 0x" << std::hex << row.actual;
  }
}

struct LayoutRow {
  const char* name;
  std::size_t offset;
  std::size_t size;
  std::size_t expected_offset;
  std::size_t expected_size;
};

inline void check_layout(std::span<const LayoutRow> rows) {
  for (const LayoutRow& row : rows) {
    EXPECT_EQ(row.expected_offset, row.offset) << "offset of " << row.name;
    EXPECT_EQ(row.expected_size, row.size) << "size of " << row.name;
  }
}

template <std::size_t N>
inline void check_bytes(const char* name, std::span<const unsigned char> actual, const unsigned char (&expected)[N]) {
  ASSERT_GE(actual.size(), N) << name;
  EXPECT_EQ(0, std::memcmp(actual.data(), expected, N)) << name;
}

inline void check_guid(const char* name, const GUID& actual, const unsigned char (&expected)[16]) {
  static_assert(sizeof(GUID) == 16);
  EXPECT_EQ(0, std::memcmp(&actual, expected, sizeof(GUID))) << name;
}

#endif  // MAPIARY_TESTS_HEADERS_HEADER_CHECKS_H
