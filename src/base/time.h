// SPDX-License-Identifier: Apache-2.0
// Times. A FileTime counts 100 ns ticks since 1601-01-01T00:00:00Z (Gregorian, no leap seconds), as PT_SYSTIME does.
// [MS-DTYP] 2.3.3 Conversions into a narrower range saturate: they give the nearest end instead of wrapping. All
// functions are pure.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mapiary {

// The fields of SYSTEMTIME, UTC. [MS-DTYP] 2.3.13
struct CivilTime {
  std::uint16_t year = 1601;  // 1601..30827
  std::uint16_t month = 1;    // 1..12
  std::uint16_t weekday = 1;  // 0 is Sunday; ignored on the way in
  std::uint16_t day = 1;      // 1..31
  std::uint16_t hour = 0;
  std::uint16_t minute = 0;
  std::uint16_t second = 0;
  std::uint16_t millisecond = 0;
  bool operator==(const CivilTime&) const = default;
};

struct FileTime {
  static constexpr std::uint64_t kTicksPerSecond = 10'000'000;
  static constexpr std::int64_t kUnixEpochSeconds = 11'644'473'600;  // from 1601 to 1970
  // The last tick Windows converts to civil time (30828-09-14T02:48:05.4775807Z); times beyond it are kept but have no
  // fields.
  static constexpr std::uint64_t kMaxCivil = 0x7FFF'FFFF'FFFF'FFFF;

  std::uint64_t ticks = 0;

  constexpr FileTime() = default;
  constexpr explicit FileTime(std::uint64_t t) : ticks(t) {}
  auto operator<=>(const FileTime&) const = default;

  static FileTime from_system(std::chrono::system_clock::time_point time);
  // Saturates at the clock's range (1677..2262).
  std::chrono::system_clock::time_point to_system() const;

  // `nanoseconds` (0..999999999) count forward from `seconds`; below a tick they are cut.
  static FileTime from_unix(std::int64_t seconds, std::uint32_t nanoseconds = 0);
  // Whole seconds, rounded down.
  std::int64_t to_unix() const;

  // nullopt: a field out of its range, or a day the month does not have.
  static std::optional<FileTime> from_civil(const CivilTime& civil);
  // nullopt beyond kMaxCivil.
  std::optional<CivilTime> to_civil() const;

  // "2024-02-29T12:34:56.1234567Z"; the fraction is left out when zero and has no trailing zeros. Beyond kMaxCivil: the
  // tick count.
  std::string to_iso8601() const;
  // Date, or date and time ('T' or a blank between) with optional seconds, fraction, and zone (Z or +hh:mm, +hhmm, +hh;
  // none is UTC).
  static std::optional<FileTime> parse_iso8601(std::string_view text);

  // An OLE date (PT_APPTIME): days since 1899-12-30, the fraction always counting forward from midnight. nullopt if it
  // is not finite or outside the years 1601..9999 of FILETIME and OLE dates together.
  static std::optional<FileTime> from_app_time(double days);
  // To the nearest millisecond OLE dates can tell; saturates at 9999-12-31T23:59:59.999.
  double to_app_time() const;

  // Saturating.
  FileTime plus_ticks(std::int64_t delta) const;
  FileTime plus_seconds(std::int64_t seconds) const;
  // this - other in ticks, saturating.
  std::int64_t minus(FileTime other) const;
};

}  // namespace mapiary
