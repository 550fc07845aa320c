// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "base/clock.h"

namespace mapiary {
namespace {

constexpr std::uint64_t kUnixEpoch = 116'444'736'000'000'000;

TEST(FileTime, KnownMoments) {
  EXPECT_EQ(FileTime::from_unix(0).ticks, kUnixEpoch);
  EXPECT_EQ(FileTime(0).to_unix(), -11'644'473'600);
  EXPECT_EQ(FileTime(kUnixEpoch - 1).to_unix(), -1);
  EXPECT_EQ(FileTime(0).to_iso8601(), "1601-01-01T00:00:00Z");
  EXPECT_EQ(FileTime(0x0CB34557A3DD4000).to_iso8601(), "4501-01-01T00:00:00Z");  // "no date" of Outlook
  EXPECT_EQ(FileTime(FileTime::kMaxCivil).to_iso8601(), "30828-09-14T02:48:05.4775807Z");
  EXPECT_EQ(FileTime(FileTime::kMaxCivil + 1).to_iso8601(), "9223372036854775808");
  EXPECT_EQ(FileTime::from_unix(1'709'210'096, 123'456'789).to_iso8601(), "2024-02-29T12:34:56.1234567Z");
  EXPECT_EQ(FileTime::from_unix(1'709'210'096).ticks, 133'536'836'960'000'000u);
}

TEST(FileTime, Saturates) {
  EXPECT_EQ(FileTime::from_unix(std::numeric_limits<std::int64_t>::min()).ticks, 0u);
  EXPECT_EQ(FileTime::from_unix(std::numeric_limits<std::int64_t>::max(), 999'999'999).ticks, UINT64_MAX);
  EXPECT_EQ(FileTime::from_unix(-11'644'473'601).ticks, 0u);
  EXPECT_EQ(FileTime(5).plus_ticks(-6).ticks, 0u);
  EXPECT_EQ(FileTime(5).plus_ticks(std::numeric_limits<std::int64_t>::min()).ticks, 0u);
  EXPECT_EQ(FileTime(UINT64_MAX - 1).plus_ticks(2).ticks, UINT64_MAX);
  EXPECT_EQ(FileTime(7).plus_seconds(std::numeric_limits<std::int64_t>::max()).ticks, UINT64_MAX);
  EXPECT_EQ(FileTime(7).plus_seconds(std::numeric_limits<std::int64_t>::min()).ticks, 0u);
  EXPECT_EQ(FileTime(7).plus_seconds(2).plus_seconds(-2).ticks, 7u);
  EXPECT_EQ(FileTime(UINT64_MAX).minus(FileTime(0)), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(FileTime(0).minus(FileTime(UINT64_MAX)), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(FileTime(3).minus(FileTime(5)), -2);
  using Clock = std::chrono::system_clock;
  EXPECT_EQ(FileTime(UINT64_MAX).to_system(), Clock::time_point::max());
  EXPECT_EQ(FileTime(0).to_system(), Clock::time_point::min());
}

TEST(FileTime, CivilFieldsAreChecked) {
  CivilTime leap;
  leap.year = 2024;
  leap.month = 2;
  leap.day = 29;
  ASSERT_TRUE(FileTime::from_civil(leap));
  EXPECT_EQ(FileTime::from_civil(leap)->to_civil()->weekday, 4);  // a Thursday
  leap.year = 2023;
  EXPECT_FALSE(FileTime::from_civil(leap));
  auto with = [](auto member, int value) {
    CivilTime civil;
    civil.*member = static_cast<std::uint16_t>(value);
    return FileTime::from_civil(civil).has_value();
  };
  EXPECT_FALSE(with(&CivilTime::year, 1600));
  EXPECT_FALSE(with(&CivilTime::year, 30828));
  EXPECT_TRUE(with(&CivilTime::year, 30827));
  EXPECT_FALSE(with(&CivilTime::month, 0));
  EXPECT_FALSE(with(&CivilTime::month, 13));
  EXPECT_FALSE(with(&CivilTime::day, 0));
  EXPECT_FALSE(with(&CivilTime::day, 32));
  EXPECT_FALSE(with(&CivilTime::hour, 24));
  EXPECT_FALSE(with(&CivilTime::minute, 60));
  EXPECT_FALSE(with(&CivilTime::second, 60));
  EXPECT_FALSE(with(&CivilTime::millisecond, 1000));
  EXPECT_TRUE(with(&CivilTime::weekday, 99));
  EXPECT_FALSE(FileTime(UINT64_MAX).to_civil());
}

TEST(FileTime, ParsesIso8601) {
  auto parse = [](std::string_view text) {
    auto time = FileTime::parse_iso8601(text);
    return time ? time->to_iso8601() : "no";
  };
  EXPECT_EQ(parse("2024-02-29"), "2024-02-29T00:00:00Z");
  EXPECT_EQ(parse("2024-02-29T12:34"), "2024-02-29T12:34:00Z");
  EXPECT_EQ(parse("2024-02-29 12:34:56,5"), "2024-02-29T12:34:56.5Z");
  EXPECT_EQ(parse("2024-02-29T12:34:56.12345678Z"), "2024-02-29T12:34:56.1234567Z");
  EXPECT_EQ(parse("2024-03-01T00:30:00+01:00"), "2024-02-29T23:30:00Z");
  EXPECT_EQ(parse("2024-02-29T23:30:00-0530"), "2024-03-01T05:00:00Z");
  EXPECT_EQ(parse("2024-02-29T23:30:00+01"), "2024-02-29T22:30:00Z");
  EXPECT_EQ(parse("30827-12-31T00:00:00Z"), "30827-12-31T00:00:00Z");
  for (std::string_view bad :
       {"", "2024", "2024-02-30", "2024-02-29T", "2024-02-29T25:00", "2024-02-29T12:34:56.", "1600-12-31",
        "2024-02-29T12:34Zx", "2024-02-29T12:34+1", "2024-02-29T12:34+99:00", "2024-02-29x12:34", "99999-01-01",
        "-024-01-01", "2024-02-29T12:34+01:", "2024-02-29T1x:00"}) {
    EXPECT_EQ(parse(bad), "no") << bad;
  }
}

TEST(FileTime, AppTime) {
  auto text = [](double days) {
    auto time = FileTime::from_app_time(days);
    return time ? time->to_iso8601() : "no";
  };
  EXPECT_EQ(text(0.0), "1899-12-30T00:00:00Z");
  EXPECT_EQ(text(25569.0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text(2.25), "1900-01-01T06:00:00Z");
  EXPECT_EQ(text(-1.25), "1899-12-29T06:00:00Z");  // the fraction counts forward
  EXPECT_EQ(text(-109205.0), "1601-01-01T00:00:00Z");
  EXPECT_EQ(text(2958465.99999999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(text(-109206.0), "no");
  EXPECT_EQ(text(2958466.0), "no");
  EXPECT_EQ(text(std::nan("")), "no");
  EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "no");
  EXPECT_DOUBLE_EQ(FileTime::parse_iso8601("1899-12-29T06:00")->to_app_time(), -1.25);
  EXPECT_LT(FileTime(UINT64_MAX).to_app_time(), 2958466.0);
}

RC_GTEST_PROP(FileTime, RoundTrips, ()) {
  FileTime time(*rc::gen::inRange<std::uint64_t>(0, 2'600'000'000'000'000'000));
  RC_ASSERT(FileTime::parse_iso8601(time.to_iso8601()) == time);
  FileTime to_ms(time.ticks / 10'000 * 10'000);
  RC_ASSERT(FileTime::from_civil(*to_ms.to_civil()) == to_ms);
  RC_ASSERT(FileTime::from_app_time(to_ms.to_app_time()) == to_ms);
  RC_ASSERT(FileTime::from_unix(time.to_unix()).ticks == time.ticks / 10'000'000 * 10'000'000);
  FileTime modern(kUnixEpoch - 1'000'000'000'000'000 + time.ticks / 100);
  RC_ASSERT(FileTime::from_system(modern.to_system()) == modern);
}

TEST(Clock, CanBeSetByTests) {
  FileTime before = now();
  EXPECT_GT(before.to_unix(), 1'600'000'000);
  {
    ClockOverride frozen(FileTime(42));
    EXPECT_EQ(now().ticks, 42u);
    {
      std::uint64_t ticks = 100;
      ClockOverride moving([&] { return FileTime(ticks++); });
      EXPECT_EQ(now().ticks, 100u);
      EXPECT_EQ(now().ticks, 101u);
    }
    std::thread([] { EXPECT_EQ(now().ticks, 42u); }).join();
  }
  EXPECT_GE(now(), before);
  auto earlier = steady_now();
  EXPECT_LE(earlier, steady_now());
}

}  // namespace
}  // namespace mapiary
