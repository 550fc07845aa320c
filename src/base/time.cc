// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace mapiary {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::uint64_t kTicksPerDay = 86'400 * FileTime::kTicksPerSecond;
constexpr std::uint64_t kTicksPerMs = FileTime::kTicksPerSecond / 1000;
constexpr std::int64_t kDaysTo1970 = 134'774;   // from 1601-01-01
constexpr std::int64_t kDaysToOle = 109'205;    // from 1601-01-01 to 1899-12-30
constexpr std::int64_t kMaxOleDay = 2'958'465;  // 9999-12-31
constexpr std::int64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinInt64 = std::numeric_limits<std::int64_t>::min();

// Reads decimal digits off the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : rest_(text) {}
  bool number(std::size_t count, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }
  bool literal(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // The fraction of a second in ticks; digits below a tick are read over.
  bool fraction(std::uint64_t& ticks) {
    std::uint64_t unit = FileTime::kTicksPerSecond;
    std::size_t count = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; ++count) {
      unit /= 10;
      ticks += unit * static_cast<std::uint64_t>(rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return count != 0;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Minutes east of UTC; false if the text is no zone.
bool read_zone(Digits& digits, int& minutes) {
  minutes = 0;
  if (digits.at_end() || digits.literal('Z') || digits.literal('z')) return true;
  int sign = digits.literal('+') ? 1 : digits.literal('-') ? -1 : 0;
  int hour = 0;
  int minute = 0;
  if (sign == 0 || !digits.number(2, hour)) return false;
  bool colon = digits.literal(':');
  if ((colon || !digits.at_end()) && !digits.number(2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  minutes = sign * (hour * 60 + minute);
  return true;
}

bool read_clock(Digits& digits, CivilTime& civil, std::uint64_t& fraction, int& zone) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!digits.number(2, hour) || !digits.literal(':') || !digits.number(2, minute)) return false;
  if (digits.literal(':')) {
    if (!digits.number(2, second)) return false;
    if ((digits.literal('.') || digits.literal(',')) && !digits.fraction(fraction)) return false;
  }
  civil.hour = static_cast<std::uint16_t>(hour);
  civil.minute = static_cast<std::uint16_t>(minute);
  civil.second = static_cast<std::uint16_t>(second);
  return read_zone(digits, zone);
}

}  // namespace

FileTime FileTime::from_system(std::chrono::system_clock::time_point time) {
  auto since = time.time_since_epoch();
  auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
  return from_unix(seconds.count(), static_cast<std::uint32_t>(rest.count()));
}

std::chrono::system_clock::time_point FileTime::to_system() const {
  using Clock = std::chrono::system_clock;
  std::int64_t seconds = to_unix();
  auto fraction = std::chrono::nanoseconds(ticks % kTicksPerSecond * 100);
  // One second of margin keeps the fraction inside.
  if (seconds >= std::chrono::floor<std::chrono::seconds>(Clock::duration::max()).count())
    return Clock::time_point::max();
  if (seconds <= std::chrono::ceil<std::chrono::seconds>(Clock::duration::min()).count())
    return Clock::time_point::min();
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::seconds(seconds) + fraction));
}

FileTime FileTime::from_unix(std::int64_t seconds, std::uint32_t nanoseconds) {
  if (seconds < -kUnixEpochSeconds) return FileTime(0);
  std::uint64_t whole = static_cast<std::uint64_t>(seconds) + static_cast<std::uint64_t>(kUnixEpochSeconds);
  std::uint64_t fraction = nanoseconds / 100;
  if (whole > (UINT64_MAX - fraction) / kTicksPerSecond) return FileTime(UINT64_MAX);
  return FileTime(whole * kTicksPerSecond + fraction);
}

std::int64_t FileTime::to_unix() const {
  return static_cast<std::int64_t>(ticks / kTicksPerSecond) - kUnixEpochSeconds;
}

std::optional<FileTime> FileTime::from_civil(const CivilTime& civil) {
  if (civil.year < 1601 || civil.year > 30827 || civil.month < 1 || civil.month > 12) return std::nullopt;
  if (civil.hour > 23 || civil.minute > 59 || civil.second > 59 || civil.millisecond > 999) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(civil.year), std::chrono::month(civil.month),
                                   std::chrono::day(civil.day)};
  if (!date.ok()) return std::nullopt;
  auto day = static_cast<std::uint64_t>(sys_days(date).time_since_epoch().count() + kDaysTo1970);
  std::uint64_t seconds = std::uint64_t{civil.hour} * 3600 + std::uint64_t{civil.minute} * 60 + civil.second;
  return FileTime(day * kTicksPerDay + seconds * kTicksPerSecond + civil.millisecond * kTicksPerMs);
}

std::optional<CivilTime> FileTime::to_civil() const {
  if (ticks > kMaxCivil) return std::nullopt;
  sys_days day{days(static_cast<std::int64_t>(ticks / kTicksPerDay) - kDaysTo1970)};
  std::chrono::year_month_day date(day);
  std::uint64_t ms = ticks % kTicksPerDay / kTicksPerMs;
  CivilTime civil;
  civil.year = static_cast<std::uint16_t>(static_cast<int>(date.year()));
  civil.month = static_cast<std::uint16_t>(static_cast<unsigned>(date.month()));
  civil.day = static_cast<std::uint16_t>(static_cast<unsigned>(date.day()));
  civil.weekday = static_cast<std::uint16_t>(std::chrono::weekday(day).c_encoding());
  civil.hour = static_cast<std::uint16_t>(ms / 3'600'000);
  civil.minute = static_cast<std::uint16_t>(ms / 60'000 % 60);
  civil.second = static_cast<std::uint16_t>(ms / 1000 % 60);
  civil.millisecond = static_cast<std::uint16_t>(ms % 1000);
  return civil;
}

std::string FileTime::to_iso8601() const {
  auto civil = to_civil();
  if (!civil) return std::to_string(ticks);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%07d", civil->year, civil->month, civil->day,
                civil->hour, civil->minute, civil->second, static_cast<int>(ticks % kTicksPerSecond));
  std::string result = text;
  result.erase(result.find_last_not_of('0') + 1);
  if (result.back() == '.') result.pop_back();
  return result + 'Z';
}

std::optional<FileTime> FileTime::parse_iso8601(std::string_view text) {
  Digits digits(text);
  int year = 0;
  int month = 0;
  int day = 0;
  bool dated = digits.number(4, year) && digits.literal('-') && digits.number(2, month) && digits.literal('-') &&
               digits.number(2, day);
  // A year above 9999 has five digits.
  if (!dated) {
    digits = Digits(text);
    dated = digits.number(5, year) && digits.literal('-') && digits.number(2, month) && digits.literal('-') &&
            digits.number(2, day);
  }
  if (!dated) return std::nullopt;
  CivilTime civil;
  civil.year = static_cast<std::uint16_t>(year);
  civil.month = static_cast<std::uint16_t>(month);
  civil.day = static_cast<std::uint16_t>(day);
  std::uint64_t fraction = 0;
  int zone = 0;
  if (!digits.at_end()) {
    if (!digits.literal('T') && !digits.literal('t') && !digits.literal(' ')) return std::nullopt;
    if (!read_clock(digits, civil, fraction, zone) || !digits.at_end()) return std::nullopt;
  }
  auto time = from_civil(civil);
  if (!time) return std::nullopt;
  return FileTime(time->ticks + fraction).plus_seconds(-60 * std::int64_t{zone});
}

std::optional<FileTime> FileTime::from_app_time(double app_days) {
  if (!std::isfinite(app_days)) return std::nullopt;
  double whole = std::trunc(app_days);
  // Below zero the day counts down while its fraction still counts up: -1.25 is 06:00 on 1899-12-29.
  double fraction = std::fabs(app_days - whole);
  if (whole < static_cast<double>(-kDaysToOle) || whole > static_cast<double>(kMaxOleDay)) return std::nullopt;
  auto day = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole) + kDaysToOle);
  // Milliseconds: a double near today's dates resolves about a microsecond, and its noise must not show.
  auto ms = static_cast<std::uint64_t>(std::llround(fraction * 86'400'000.0));
  return FileTime(day * kTicksPerDay + ms * kTicksPerMs);
}

double FileTime::to_app_time() const {
  constexpr std::uint64_t kLast = static_cast<std::uint64_t>(kMaxOleDay + kDaysToOle + 1) * kTicksPerDay - kTicksPerMs;
  std::uint64_t ms = (std::min(ticks, kLast) + kTicksPerMs / 2) / kTicksPerMs;
  auto day = static_cast<std::int64_t>(ms / 86'400'000) - kDaysToOle;
  double fraction = static_cast<double>(ms % 86'400'000) / 86'400'000.0;
  return day < 0 ? static_cast<double>(day) - fraction : static_cast<double>(day) + fraction;
}

FileTime FileTime::plus_ticks(std::int64_t delta) const {
  if (delta >= 0) {
    auto up = static_cast<std::uint64_t>(delta);
    return FileTime(ticks > UINT64_MAX - up ? UINT64_MAX : ticks + up);
  }
  std::uint64_t down = 0 - static_cast<std::uint64_t>(delta);
  return FileTime(ticks < down ? 0 : ticks - down);
}

FileTime FileTime::plus_seconds(std::int64_t seconds) const {
  bool back = seconds < 0;
  std::uint64_t amount = back ? 0 - static_cast<std::uint64_t>(seconds) : static_cast<std::uint64_t>(seconds);
  if (amount > UINT64_MAX / kTicksPerSecond) return FileTime(back ? 0 : UINT64_MAX);
  amount *= kTicksPerSecond;
  if (back) return FileTime(ticks < amount ? 0 : ticks - amount);
  return FileTime(ticks > UINT64_MAX - amount ? UINT64_MAX : ticks + amount);
}

std::int64_t FileTime::minus(FileTime other) const {
  if (ticks >= other.ticks) {
    std::uint64_t difference = ticks - other.ticks;
    return difference > static_cast<std::uint64_t>(kMaxInt64) ? kMaxInt64 : static_cast<std::int64_t>(difference);
  }
  std::uint64_t difference = other.ticks - ticks;
  if (difference > static_cast<std::uint64_t>(kMaxInt64)) return kMinInt64;
  return -static_cast<std::int64_t>(difference);
}

}  // namespace mapiary
