// SPDX-License-Identifier: Apache-2.0
#include "convert/mbox/mail_files.h"

#include <algorithm>

#include "base/unicode.h"

namespace mapiary::mailfiles {
namespace {

void append_percent(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += {'%', kHex[byte >> 4], kHex[byte & 15]};
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = high >= 0 ? digit(text[i + 2]) : -1;
    out += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
    if (low >= 0) i += 2;
  }
  return out;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 32 || c == 127;
}

// Names Windows keeps for devices, with any extension.
bool is_device_name(std::string_view name) {
  static constexpr std::string_view kDevices[] = {"con", "prn", "aux", "nul"};
  const std::string stem = ascii_lower(name.substr(0, name.find('.')));
  if (std::find(std::begin(kDevices), std::end(kDevices), stem) != std::end(kDevices)) return true;
  return stem.size() == 4 && (stem.substr(0, 3) == "com" || stem.substr(0, 3) == "lpt") && stem[3] >= '0' &&
         stem[3] <= '9';
}

// What an export has beside the mail, and what that is called while it is written.
bool is_of_export(std::string_view name) {
  static constexpr std::string_view kFiles[] = {"manifest.json", "manifest-items.tsv", "manifest-xxh128.txt",
                                                "manifest-sha256.txt"};
  std::string lower = ascii_lower(name);
  constexpr std::string_view kPartial = ".partial";
  if (lower.size() > kPartial.size() && lower.substr(lower.size() - kPartial.size()) == kPartial) {
    lower.resize(lower.size() - kPartial.size());
  }
  return std::find(std::begin(kFiles), std::end(kFiles), lower) != std::end(kFiles);
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equals_ascii_nocase(text.substr(text.size() - end.size()), end);
}

}  // namespace

std::string folder_text(const FolderPath& path) {
  std::string out;
  for (const std::string& name : path) {
    if (&name != &path.front()) out += '/';
    for (const char c : name) {
      if (c == '/' || c == '%' || is_control(c)) {
        append_percent(out, c);
      } else {
        out += c;
      }
    }
  }
  return out;
}

FolderPath parse_folder_text(std::string_view text) {
  FolderPath path;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('/'), text.size());
    if (end != 0) path.push_back(decode_percent(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return path;
}

std::string safe_file_name(std::string_view name) {
  std::string out;
  const std::string clean = to_strict_utf8(name);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const char c = clean[i];
    const bool at_end = i + 1 == clean.size();
    const bool bad = is_control(c) || std::string_view("/\\:*?\"<>|%").find(c) != std::string_view::npos ||
                     (i == 0 && (c == '.' || c == ' ')) || (at_end && (c == '.' || c == ' '));
    if (bad) {
      append_percent(out, c);
    } else {
      out += c;
    }
  }
  const bool reserved = ends_with(out, ".sbd") || ends_with(out, ".msf") || ends_with(out, ".eml");
  if (reserved) out = out.substr(0, out.size() - 4) + "%2E" + out.substr(out.size() - 3);
  if (is_device_name(out) || is_of_export(out)) {
    std::string first;
    append_percent(first, out.front());
    out = first + out.substr(1);
  }
  if (out.empty()) return "%";  // no other name becomes that
  // 255 bytes are what file systems allow; a cut name is told apart by what was cut.
  if (out.size() > 200) {
    std::uint32_t sum = 2166136261u;
    for (const char c : out) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619u;
    out = std::string(utf8_prefix(out, 190)) + '~' + std::to_string(sum % 100000000);
  }
  return out;
}

std::string unsafe_file_name(std::string_view file) {
  if (file == "%") return {};
  return decode_percent(file);
}

}  // namespace mapiary::mailfiles
