// SPDX-License-Identifier: Apache-2.0
// Header fields as they stand in a message. RFC 5322 2.2: name ':' value, folded lines begin with a blank.
// Anything is read: blanks before the colon, 8-bit text, NULs, bare line feeds. Views are of the block. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mapiary::mime {

struct Field {
  std::string_view name;
  std::string_view raw;   // behind the colon, folds inside, without the last line end
  std::string_view line;  // the whole field, without the last line end
};

// Whether a line can be the beginning of a field.
bool begins_field(std::string_view line);
// Lines that belong to no field (the From_ line of an mbox) are left out.
std::vector<Field> split_fields(std::string_view block);
// Without regard to case; nullptr if there is none.
const Field* find_field(const std::vector<Field>& fields, std::string_view name);
// The first one of a block.
std::optional<Field> find_field(std::string_view block, std::string_view name);

// The value on one line, without blanks at its ends. NULs are left out.
std::string unfold(std::string_view raw);
// A header whose 8-bit fields are those of `page`, as UTF-8: field by field, what is UTF-8 already and what is not of
// that page stay as they are.
std::string header_to_utf8(std::string_view block, std::uint32_t page);
// 8-bit text that says no charset: UTF-8 if it is that, else windows-1252.
std::string decode_raw(std::string_view bytes);

bool is_blank(char c);
std::string_view trim(std::string_view text);

}  // namespace mapiary::mime
