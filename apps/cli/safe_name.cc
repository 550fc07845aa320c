// SPDX-License-Identifier: Apache-2.0
#include "cli/safe_name.h"

#include <algorithm>
#include <iterator>

#include "mapiary/client/text.h"

namespace cli {

using mapiary::client::append_utf8;
using mapiary::client::next_utf8;

namespace {

bool is_refused(std::uint32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFD || (c >= 0xD800 && c < 0xE000)) return true;
  // Marks of direction and width zero: two names that look alike must be alike.
  if ((c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF)
    return true;
  if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) return true;
  return c < 0x80 && std::string_view("<>:\"/\\|?*").find(static_cast<char>(c)) != std::string_view::npos;
}

// Good enough to keep names apart on systems that ignore letter case: ASCII, Latin-1, Greek, Cyrillic.
std::uint32_t folded(std::uint32_t c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
      (c >= 0x410 && c <= 0x42F))
    return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if (c >= 0x100 && c <= 0x17F && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149 && c != 0x178 && c != 0x17F) {
    const bool odd_is_small = (c < 0x139 || c > 0x148) && (c < 0x179 || c > 0x17E);
    return odd_is_small ? c | 1 : c + (c & 1);
  }
  return c;
}

std::string folded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) append_utf8(out, folded(next_utf8(text, at)));
  return out;
}

bool is_device(std::string_view name) {
  static constexpr std::string_view kDevices[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
  const std::string stem = folded(name.substr(0, name.find('.')));
  if (std::find(std::begin(kDevices), std::end(kDevices), stem) != std::end(kDevices)) return true;
  const bool port = stem.compare(0, 3, "com") == 0 || stem.compare(0, 3, "lpt") == 0;
  if (!port) return false;
  const std::string rest = stem.substr(3);
  return rest == "\xC2\xB9" || rest == "\xC2\xB2" || rest == "\xC2\xB3" ||
         (rest.size() == 1 && rest[0] >= '0' && rest[0] <= '9');
}

void strip_ends(std::string& name) {
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
  std::size_t front = 0;
  while (front < name.size() && name[front] == ' ') ++front;
  name.erase(0, front);
}

}  // namespace

std::string safe_name(std::string_view text, std::string_view otherwise, std::size_t most) {
  std::string name;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_utf8(text, at);
    const std::size_t before = name.size();
    append_utf8(name, is_refused(c) ? '_' : c == 0xA0 ? ' ' : c);
    if (name.size() > most) {
      name.resize(before);
      break;
    }
  }
  strip_ends(name);
  // Hidden files are overlooked.
  if (!name.empty() && name.front() == '.') name.front() = '_';
  if (name.empty()) name = std::string(otherwise);
  if (is_device(name)) {
    if (name.size() + 1 > most) name.resize(most - 1);
    name.insert(std::min(name.find('.'), name.size()), "_");
  }
  return name;
}

std::string numbered_name(std::uint64_t number, std::string_view text) {
  std::string name = std::to_string(number);
  if (name.size() < 6) name.insert(0, 6 - name.size(), '0');
  const std::string rest = safe_name(text, "", kNameBytes);
  return rest.empty() ? name : name + "-" + rest;
}

std::string NameSet::take(std::string_view text, std::string_view otherwise) {
  const std::string name = safe_name(text, otherwise);
  std::string unique = name;
  for (int number = 2; !taken_.insert(folded(unique)).second; ++number) unique = name + "~" + std::to_string(number);
  return unique;
}

}  // namespace cli
