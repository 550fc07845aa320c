// SPDX-License-Identifier: Apache-2.0
// The pieces a message file is made of. [MS-OXMSG] 2.1 to 2.4
//
//   __properties_version1.0     header, then 16 bytes a property: u32 tag, u32 flags, 8 bytes value (or u32 size, u32
//   reserved)
//   __substg1.0_<tag>           value of a variable or multivalued property; <tag>-<index> its single values
//   __recip_version1.0_#<n>     storage of a recipient; __attach_version1.0_#<n> of an attachment
//   __substg1.0_3701000D        storage inside an attachment: embedded message, or OLE data
//   __nameid_version1.0         names of properties from 0x8000, in the outermost message only
//
// Pure functions: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/prop_value.h"

namespace mapiary::imessage {

enum class Place : std::uint8_t { kTopLevel, kEmbedded, kPart };  // kPart: a recipient or an attachment

inline constexpr wchar_t kProperties[] = L"__properties_version1.0";
inline constexpr wchar_t kNameId[] = L"__nameid_version1.0";
inline constexpr wchar_t kDataObject[] = L"__substg1.0_3701000D";
inline constexpr std::uint32_t kDataObjectTag = 0x3701000D;
inline constexpr std::uint32_t kReadWrite = 6;           // PROPATTR_READABLE | PROPATTR_WRITEABLE
inline constexpr std::uint64_t kMaxTable = 16u << 20;    // bytes of streams that hold tables
inline constexpr std::uint64_t kLargeValue = 32u << 10;  // over this a value stays in its stream

std::size_t header_size(Place place);
std::wstring value_name(std::uint32_t tag);
std::wstring value_name(std::uint32_t tag, std::uint32_t index);
std::wstring recipient_name(std::uint32_t number);
std::wstring attachment_name(std::uint32_t number);
// The number behind `prefix` ("__recip_version1.0_#"), if the name is one.
std::optional<std::uint32_t> number_of(std::wstring_view name, std::wstring_view prefix);

struct Entry {
  std::uint32_t tag = 0;
  std::uint32_t flags = 0;
  std::uint64_t value = 0;
};

struct Counts {
  std::uint32_t next_recipient = 0, next_attachment = 0, recipients = 0, attachments = 0;
};

// As many whole entries as there are.
std::vector<Entry> parse_entries(ByteSpan stream, Place place);
std::string format_entries(const std::vector<Entry>& entries, Place place, const Counts& counts);

// Values that stand in the entry itself.
bool is_inline(model::PropTag tag);
model::PropValue inline_value(model::PropTag tag, std::uint64_t raw);
std::uint64_t raw_of(const model::PropValue& value);
// One value from its stream. Bytes that are too few become what there is, as readers of such files do.
Result<model::PropValue> value_from(model::PropTag tag, std::string bytes, std::uint32_t code_page);
std::string bytes_from(const model::PropValue& value);
// What the entry of a value says its size is: text counts its terminator.
std::uint32_t entry_size(model::PropTag tag, std::uint64_t stream_size);
// Multivalued properties whose values have streams of their own.
bool has_value_streams(model::PropTag tag);
Result<model::PropValue> fixed_multi(model::PropTag tag, std::string_view bytes);
std::string fixed_multi_bytes(const model::PropValue& value);

}  // namespace mapiary::imessage
