// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "base/unicode.h"
#include "convert/maildir/maildir.h"

namespace mapiary::maildir {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr std::size_t kMaxName = 120;    // bytes of one folder's name
constexpr std::size_t kMaxFolder = 240;  // of all of them: file systems allow 255

// '~' and '.' have a meaning here; the others are what some file system refuses.
bool is_direct(std::u16string_view units, std::size_t at) {
  const char16_t unit = units[at];
  if (unit == u' ') return at != 0 && at + 1 != units.size();
  return unit > 0x20 && unit < 0x7F && std::u16string_view(u"&./\\~:*?\"<>|").find(unit) == std::u16string_view::npos;
}

std::string cut_mark(std::string_view text) {
  std::uint32_t sum = 2166136261u;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619u;
  char mark[16];
  std::snprintf(mark, sizeof mark, "~%08x", sum);
  return mark;
}

void append_shifted(std::string& out, std::u16string_view units) {
  out += '&';
  std::uint32_t bits = 0;
  int count = 0;
  for (const char16_t unit : units) {
    bits = bits << 16 | unit;
    count += 16;
    while (count >= 6) {
      count -= 6;
      out += kDigits[(bits >> count) & 63];
    }
    bits &= (1u << count) - 1;
  }
  if (count > 0) out += kDigits[(bits << (6 - count)) & 63];
  out += '-';
}

}  // namespace

std::string encode_utf7(std::string_view utf8) {
  const std::u16string units = utf8_to_utf16(utf8);
  std::string out;
  std::size_t at = 0;
  while (at < units.size()) {
    if (is_direct(units, at)) {
      out += static_cast<char>(units[at++]);
    } else if (units[at] == u'&') {
      out += "&-";
      ++at;
    } else {
      std::size_t end = at;
      while (end < units.size() && !is_direct(units, end) && units[end] != u'&') ++end;
      append_shifted(out, std::u16string_view(units).substr(at, end - at));
      at = end;
    }
  }
  return out;
}

std::string decode_utf7(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text[at] == '&' ? text.find('-', at) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[at++];
      continue;
    }
    const std::string_view shifted = text.substr(at + 1, end - at - 1);
    std::u16string units;
    std::uint32_t bits = 0;
    int count = 0;
    bool good = true;
    for (const char c : shifted) {
      const std::string_view digits(kDigits, 64);
      const std::size_t value = digits.find(c);
      good = good && value != std::string_view::npos;
      bits = bits << 6 | static_cast<std::uint32_t>(value & 63);
      count += 6;
      if (count < 16) continue;
      count -= 16;
      units += static_cast<char16_t>(bits >> count);
      bits &= (1u << count) - 1;
    }
    if (shifted.empty()) {
      out += '&';
    } else {
      out += good ? utf16_to_utf8(units) : std::string(text.substr(at, end - at + 1));
    }
    at = end + 1;
  }
  // Dovecot may be told to name folders in UTF-8.
  return is_valid_utf8(out) ? out : repair_utf8(out);
}

namespace {

// A name that is too long is told apart by what was cut.
std::string fitting_name(const std::string& name) {
  if (name.empty()) return "&AAA-";
  std::string out = encode_utf7(name);
  if (out.size() <= kMaxName) return out;
  for (std::size_t most = kMaxName; out.size() > kMaxName; --most) {
    out = encode_utf7(std::string(utf8_prefix(name, most)) + cut_mark(name));
  }
  return out;
}

}  // namespace

std::string encode_folder(const mailfiles::FolderPath& folder) {
  std::string out;
  for (const std::string& name : folder) {
    const std::string next = '.' + fitting_name(name);
    // What lies deeper than there is room for becomes one folder, in the last one that fits.
    if (out.size() + next.size() > kMaxFolder) return out + '.' + encode_utf7(cut_mark(mailfiles::folder_text(folder)));
    out += next;
  }
  return out;
}

mailfiles::FolderPath decode_folder(std::string_view name) {
  mailfiles::FolderPath folder;
  while (!name.empty()) {
    name.remove_prefix(1);
    const std::size_t end = std::min(name.find('.'), name.size());
    folder.push_back(decode_utf7(name.substr(0, end)));
    name.remove_prefix(end);
  }
  // The top is the Inbox; ".INBOX.x" lies in it.
  if (!folder.empty() && equals_ascii_nocase(folder.front(), "INBOX")) folder.front() = "Inbox";
  return folder;
}

}  // namespace mapiary::maildir
