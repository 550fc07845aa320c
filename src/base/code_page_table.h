// SPDX-License-Identifier: Apache-2.0
// The list of pages: number, how it is converted, under which name ICU or iconv has it, and the MIME name. Only
// code_page*.cc include it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mapiary::code_page {

enum class Kind : std::uint8_t { kSingleByte, kIcu, kIconv, kUtf8Text, kUtf16LeText, kUtf16BeText, kJis };

struct Page {
  std::uint16_t number;
  Kind kind;
  const char* converter;  // the backend's name; empty where own code converts
  std::string_view mime;  // preferred MIME name; empty: none
};

std::span<const Page> pages();
const Page* find_page(std::uint32_t number);
// The index of a page in pages().
std::size_t index_of(const Page& page);
// `name` in lower case, trimmed. 0: a name that stands for no charset. nullopt: not in the table.
std::optional<std::uint32_t> find_alias(std::string_view name);

}  // namespace mapiary::code_page
