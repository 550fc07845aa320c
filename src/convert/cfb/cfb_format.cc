// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/cfb_format.h"

#include <algorithm>
#include <cstring>

#include "base/unicode.h"

namespace mapiary::cfb {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};

// Simple upper case of Unicode 3.0.1, as [MS-CFB] 2.6.4 wants: pairs that came later do not count, or old files would
// be out of order.
char16_t upper(char16_t unit) {
  if (unit < 0x80) return unit >= u'a' && unit <= u'z' ? static_cast<char16_t>(unit - 32) : unit;
  if ((unit & 0xF800) == 0xD800) return unit;
  const char32_t up = simple_upper(unit);
  if (up == unit || up > 0xFFFF) return unit;
  constexpr std::uint16_t kLast = 0x0300;
  return age_of(up) > kLast || age_of(unit) > kLast ? unit : static_cast<char16_t>(up);
}

Status check_header(const Header& h, std::uint16_t byte_order, std::uint16_t mini_shift, std::uint32_t cutoff) {
  if (h.version != 3 && h.version != 4)
    return fail(Code::kVersion, kLayer, "compound file of version " + std::to_string(h.version), 26);
  if (byte_order != 0xFFFE)
    return fail(Code::kCorrupt, kLayer, "compound file has a wrong byte order mark at offset 28", 28);
  if (h.sector_shift != (h.version == 3 ? 9 : 12))
    return fail(Code::kCorrupt, kLayer, "compound file has a wrong sector size at offset 30", 30);
  if (mini_shift != 6)
    return fail(Code::kCorrupt, kLayer, "compound file has a wrong mini sector size at offset 32", 32);
  if (cutoff != kMiniCutoff)
    return fail(Code::kCorrupt, kLayer, "compound file has a wrong mini stream cutoff at offset 56", 56);
  return {};
}

}  // namespace

bool has_signature(ByteSpan bytes) {
  return bytes.size() >= kSignature.size() && std::memcmp(bytes.data(), kSignature.data(), kSignature.size()) == 0;
}

Result<Header> parse_header(ByteSpan bytes) {
  if (bytes.size() < kHeaderBytes)
    return fail(Code::kTruncated, kLayer, "compound file is shorter than its header", bytes.size());
  if (!has_signature(bytes)) return fail(Code::kCorrupt, kLayer, "not a compound file: wrong signature at offset 0", 0);
  const std::byte* p = bytes.data();
  const auto u16 = [p](std::size_t at) { return load_le<std::uint16_t>(p + at); };
  const auto u32 = [p](std::size_t at) { return load_le<std::uint32_t>(p + at); };
  Header h;
  h.version = u16(26);
  h.sector_shift = u16(30);
  TRY(check_header(h, u16(28), u16(32), u32(56)));
  h.directory_sectors = u32(40);
  h.fat_sectors = u32(44);
  h.first_directory = u32(48);
  h.first_mini_fat = u32(60);
  h.mini_fat_sectors = u32(64);
  h.first_difat = u32(68);
  h.difat_sectors = u32(72);
  for (std::size_t i = 0; i < kHeaderDifat; ++i) h.difat[i] = u32(76 + 4 * i);
  return h;
}

std::array<std::byte, kHeaderBytes> format_header(const Header& h) {
  std::array<std::byte, kHeaderBytes> out{};
  std::byte* p = out.data();
  std::memcpy(p, kSignature.data(), kSignature.size());
  store_le<std::uint16_t>(p + 24, 0x003E);
  store_le(p + 26, h.version);
  store_le<std::uint16_t>(p + 28, 0xFFFE);
  store_le(p + 30, h.sector_shift);
  store_le<std::uint16_t>(p + 32, 6);
  store_le(p + 40, h.directory_sectors);
  store_le(p + 44, h.fat_sectors);
  store_le(p + 48, h.first_directory);
  store_le(p + 56, kMiniCutoff);
  store_le(p + 60, h.first_mini_fat);
  store_le(p + 64, h.mini_fat_sectors);
  store_le(p + 68, h.first_difat);
  store_le(p + 72, h.difat_sectors);
  for (std::size_t i = 0; i < kHeaderDifat; ++i) store_le(p + 76 + 4 * i, h.difat[i]);
  return out;
}

DirectoryEntry parse_entry(ByteSpan bytes, std::uint16_t version) {
  const std::byte* p = bytes.data();
  DirectoryEntry e;
  const auto length = load_le<std::uint16_t>(p + 64);
  if (length >= 2 && length <= 2 * (kMaxName + 1) && length % 2 == 0) {
    for (std::size_t i = 0; i < length / 2u - 1u; ++i)
      e.name += static_cast<char16_t>(load_le<std::uint16_t>(p + 2 * i));
  }
  e.type = static_cast<EntryType>(load_le<std::uint8_t>(p + 66));
  e.black = load_le<std::uint8_t>(p + 67) != 0;
  e.left = load_le<std::uint32_t>(p + 68);
  e.right = load_le<std::uint32_t>(p + 72);
  e.child = load_le<std::uint32_t>(p + 76);
  std::memcpy(e.class_id.bytes.data(), p + 80, 16);
  e.state_bits = load_le<std::uint32_t>(p + 96);
  e.created = load_le<std::uint64_t>(p + 100);
  e.modified = load_le<std::uint64_t>(p + 108);
  e.start = load_le<std::uint32_t>(p + 116);
  e.size = load_le<std::uint64_t>(p + 120);
  if (version == 3) e.size &= 0xFFFFFFFF;  // old writers leave rubbish in the high half [MS-CFB] 2.6.1
  return e;
}

std::array<std::byte, kEntryBytes> format_entry(const DirectoryEntry& e) {
  std::array<std::byte, kEntryBytes> out{};
  std::byte* p = out.data();
  for (std::size_t i = 0; i < e.name.size(); ++i) store_le<std::uint16_t>(p + 2 * i, e.name[i]);
  store_le(p + 64, static_cast<std::uint16_t>(e.type == EntryType::kUnused ? 0 : 2 * (e.name.size() + 1)));
  store_le(p + 66, static_cast<std::uint8_t>(e.type));
  store_le(p + 67, static_cast<std::uint8_t>(e.black && e.type != EntryType::kUnused ? 1 : 0));
  store_le(p + 68, e.left);
  store_le(p + 72, e.right);
  store_le(p + 76, e.child);
  std::memcpy(p + 80, e.class_id.bytes.data(), 16);
  store_le(p + 96, e.state_bits);
  store_le(p + 100, e.created);
  store_le(p + 108, e.modified);
  store_le(p + 116, e.start);
  store_le(p + 120, e.size);
  return out;
}

int compare_names(std::u16string_view a, std::u16string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char16_t x = upper(a[i]), y = upper(b[i]);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

Status check_name(std::u16string_view name) {
  if (name.empty() || name.size() > kMaxName)
    return fail(Code::kStringTooLong, kLayer,
                "name of a stream or storage has " + std::to_string(name.size()) + " characters", name.size());
  if (name.find_first_of(std::u16string_view(u"/\\:!\0", 5)) != std::u16string_view::npos)
    return fail(Code::kInvalidArgument, kLayer, "name of a stream or storage has a character it may not have");
  return {};
}

}  // namespace mapiary::cfb
