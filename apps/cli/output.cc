// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/arguments.h"
#include "cli/system.h"
#include "mapiary/client/text.h"

namespace cli {

using mapiary::client::append_utf8;
using mapiary::client::next_utf8;

namespace {

constexpr std::uint64_t kTicksPerSecond = 10'000'000;
constexpr std::uint64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kDays1601To1970 = 134'774;

struct Date {
  std::int64_t year;
  unsigned month, day;
};

// Proleptic Gregorian calendar; days since 1970-01-01. The usual count of eras of 400 years that begin in March.
std::int64_t days_of(Date date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto of_era = static_cast<unsigned>(year - era * 400);
  const unsigned of_year = (153 * (date.month + (date.month > 2 ? -3u : 9u)) + 2) / 5 + date.day - 1;
  return era * 146'097 + static_cast<std::int64_t>(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719'468;
}

Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  const unsigned shifted = (5 * of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(year) + era * 400 + (month <= 2 ? 1 : 0), month,
          of_year - (153 * shifted + 2) / 5 + 1};
}

int output_error = 0;  // of the first write that failed

bool is_control(std::uint32_t c) {
  // Also the bidirectional overrides: they make a line read as something else.
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool is_wide(std::uint32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}
bool has_no_width(std::uint32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
}

std::string cleaned(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_utf8(text, at);
    if (keep_lines && (c == '\n' || c == '\t')) {
      out.push_back(static_cast<char>(c));
    } else if (keep_lines && c == '\r') {
      continue;  // MAPI's lines end with both
    } else if (is_control(c)) {
      out.push_back(c == '\t' || c == '\n' || c == '\r' ? ' ' : '?');
    } else {
      append_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
  }
  return out;
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && output_error == 0) output_error = errno;
}

void flush_output() {
  if (std::fflush(stdout) != 0 && output_error == 0) output_error = errno;
}

bool finish_output() {
  flush_output();
  if (std::ferror(stdout) != 0 && output_error == 0) output_error = EIO;
  if (output_error == 0) return true;
  if (output_error == EPIPE) return false;  // who reads has seen enough
  complain("standard output can not be written, what is there is not all: " + std::string(std::strerror(output_error)));
  return false;
}

void print_line(std::string_view line) {
  print(line);
  print("\n");
}

void complain(std::string_view words) {
  flush_output();
  const std::string line = "mapiary: " + one_line(words) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void tell(const Arguments& arguments, std::string_view words) {
  if (!arguments.has("quiet")) complain(words);
}

std::string one_line(std::string_view text) {
  return cleaned(text, false);
}

std::string many_lines(std::string_view text) {
  return cleaned(text, true);
}

std::string fit(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t before = at;
    const std::uint32_t c = next_utf8(text, at);
    const std::size_t size = has_no_width(c) ? 0 : is_wide(c) ? 2 : 1;
    if (used + size > width) break;
    out.append(text.substr(before, at - before));
    used += size;
  }
  if (used < width) out.append(width - used, ' ');
  return out;
}

std::string iso_time(std::uint64_t ticks) {
  if (ticks == 0) return {};
  const std::uint64_t seconds = ticks / kTicksPerSecond;
  const Date date = date_of(static_cast<std::int64_t>(seconds / kSecondsPerDay) - kDays1601To1970);
  if (date.year > 9999) return {};
  const auto rest = static_cast<unsigned>(seconds % kSecondsPerDay);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02u:%02u:%02uZ", static_cast<int>(date.year), date.month, date.day,
                rest / 3600, rest / 60 % 60, rest % 60);
  return text;
}

std::uint64_t parse_time(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int used = 0;
  bool good = std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) == 3;
  std::string rest = good ? text.substr(static_cast<std::size_t>(used)) : std::string();
  if (!rest.empty()) {
    int first = 0, full = 0;
    const int fields = std::sscanf(rest.c_str(), "%*1[T ]%2u:%2u%n:%2u%n", &hour, &minute, &first, &second, &full);
    const int end = fields == 3 ? full : first;
    good = good && fields >= 2 &&
           (rest.substr(static_cast<std::size_t>(end)) == "Z" || end == static_cast<int>(rest.size()));
  }
  good = good && year >= 1601 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 &&
         second < 60;
  const std::int64_t days = days_of({year, month, day});
  const Date check = date_of(days);
  if (!good || check.day != day || check.month != month) {
    throw UsageError("'" + text + "' is no date like 2026-11-22 or 2026-11-22T14:40:15Z");
  }
  const std::uint64_t seconds =
      static_cast<std::uint64_t>(days + kDays1601To1970) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  return seconds * kTicksPerSecond;
}

std::string readable_size(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  for (; value >= 1000 && unit < 4; ++unit) value /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

Progress::Progress(const Arguments& arguments, std::string what)
    : what_(std::move(what)), shown_(!arguments.has("quiet") && system::is_terminal(stderr)) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void Progress::step(std::uint64_t done) {
  if (!shown_) return;
  const std::uint64_t now = system::steady_milliseconds();
  if (drawn_ && now - last_ < 100) return;
  last_ = now;
  drawn_ = true;
  std::string line = std::to_string(done);
  if (total_ != 0) line += " of " + std::to_string(total_);
  line += " " + what_;
  if (total_ != 0) line += ", " + std::to_string(done >= total_ ? 100 : done * 100 / total_) + " %";
  std::fprintf(stderr, "\r\033[K%s",
               fit(line, std::min<std::size_t>(line.size(), system::terminal_width() - 1)).c_str());
  std::fflush(stderr);
}

}  // namespace cli
