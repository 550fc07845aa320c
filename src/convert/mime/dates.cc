// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/dates.h"

#include <array>
#include <cstdio>
#include <vector>

#include "base/unicode.h"
#include "convert/mime/fields.h"

namespace mapiary::mime {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Zone {
  std::string_view name;
  int hours;
};
constexpr Zone kZones[] = {{"edt", -4}, {"est", -5}, {"cdt", -5}, {"cst", -6},  {"mdt", -6},  {"mst", -7},
                           {"pdt", -7}, {"pst", -8}, {"cet", 1},  {"cest", 2},  {"met", 1},   {"mest", 2},
                           {"jst", 9},  {"bst", 1},  {"msk", 3},  {"akst", -9}, {"akdt", -8}, {"hst", -10}};

int number_of(std::string_view digits) {
  if (digits.empty() || digits.size() > 6) return -1;
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

int month_of(std::string_view word) {
  if (word.size() < 3) return 0;
  const std::string lower = ascii_lower(word.substr(0, 3));
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == lower) return static_cast<int>(i) + 1;
  }
  return 0;
}

// Words, comments left out.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at <= text.size() && words.size() < 16; ++at) {
    const char c = at < text.size() ? text[at] : ' ';
    const bool separator = is_blank(c) || c == ',' || c == '(' || c == ')' || depth > 0;
    if (separator) {
      if (at > begin) words.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
    depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
  }
  return words;
}

struct Parsed {
  int year = -1, month = 0, day = -1, hour = 0, minute = 0, second = 0;
  int offset_minutes = 0;
  bool has_time = false;
};

bool take_time(std::string_view word, Parsed& to) {
  const std::size_t first = word.find_first_of(":.");
  if (first == std::string_view::npos || to.has_time) return false;
  const std::size_t second = word.find_first_of(":.", first + 1);
  const int hour = number_of(word.substr(0, first));
  const int minute = number_of(word.substr(first + 1, second == std::string_view::npos ? second : second - first - 1));
  int seconds = 0;
  if (second != std::string_view::npos) {
    const std::string_view rest = word.substr(second + 1);
    seconds = number_of(rest.substr(0, rest.find_first_of(".:")));
  }
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || seconds < 0 || seconds > 61) return false;
  to.hour = hour % 24;
  to.minute = minute;
  to.second = std::min(seconds, 59);
  to.has_time = true;
  return true;
}

bool take_zone(std::string_view word, Parsed& to) {
  if (word.size() >= 3 && word.size() <= 6 && (word[0] == '+' || word[0] == '-')) {
    std::string digits;
    for (const char c : word.substr(1)) {
      if (c != ':') digits += c;
    }
    const int value = number_of(digits);
    if (value < 0) return false;
    const int minutes = digits.size() <= 2 ? value * 60 : value / 100 * 60 + value % 100;
    to.offset_minutes = word[0] == '-' ? -minutes : minutes;
    return true;
  }
  for (const Zone& zone : kZones) {
    if (equals_ascii_nocase(zone.name, word)) {
      to.offset_minutes = zone.hours * 60;
      return true;
    }
  }
  return false;
}

void take_number(std::string_view word, Parsed& to) {
  const int value = number_of(word);
  if (value < 0) return;
  if (to.day < 0 && value >= 1 && value <= 31 && word.size() <= 2) {
    to.day = value;
  } else if (to.year < 0) {
    // Two digits: RFC 5322 4.3. Three: years since 1900.
    to.year = word.size() >= 4 ? value : word.size() == 3 ? 1900 + value : value < 50 ? 2000 + value : 1900 + value;
  }
}

// 12-Mar-2003
void take_joined(std::string_view word, Parsed& to) {
  std::size_t begin = 0;
  while (begin <= word.size()) {
    const std::size_t end = std::min(word.find('-', begin), word.size());
    const std::string_view piece = word.substr(begin, end - begin);
    if (const int month = month_of(piece); month != 0) {
      to.month = month;
    } else {
      take_number(piece, to);
    }
    begin = end + 1;
  }
}

}  // namespace

std::optional<FileTime> parse_date(std::string_view text) {
  text = trim(text);
  Parsed date;
  bool zoned = false;
  for (const std::string_view word : split(text)) {
    const int month = month_of(word);
    if (month != 0 && date.month == 0 && word.find('-') == std::string_view::npos) {
      date.month = month;
    } else if (take_time(word, date)) {
      continue;
    } else if (date.has_time && !zoned && take_zone(word, date)) {
      zoned = true;
    } else if (word.find('-') != std::string_view::npos && word.front() != '-') {
      take_joined(word, date);
    } else {
      take_number(word, date);
    }
  }
  if (date.month == 0 || date.day < 0 || date.year < 1601 || date.year > 9999) return FileTime::parse_iso8601(text);
  CivilTime civil;
  civil.year = static_cast<std::uint16_t>(date.year);
  civil.month = static_cast<std::uint16_t>(date.month);
  civil.day = static_cast<std::uint16_t>(date.day);
  civil.hour = static_cast<std::uint16_t>(date.hour);
  civil.minute = static_cast<std::uint16_t>(date.minute);
  civil.second = static_cast<std::uint16_t>(date.second);
  const auto time = FileTime::from_civil(civil);
  if (!time) return {};
  return time->plus_seconds(-std::int64_t{60} * date.offset_minutes);
}

std::string format_date(FileTime time) {
  const auto civil = time.to_civil().value_or(CivilTime{});
  const std::string month(kMonths[static_cast<std::size_t>(civil.month - 1)]);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %c%s %04u %02u:%02u:%02u +0000", kDays[civil.weekday % 7].data(),
                unsigned{civil.day}, static_cast<char>(month[0] - 'a' + 'A'), month.c_str() + 1, unsigned{civil.year},
                unsigned{civil.hour}, unsigned{civil.minute}, unsigned{civil.second});
  return text;
}

}  // namespace mapiary::mime
