// SPDX-License-Identifier: Apache-2.0
// The inline helpers of include/mapi/win and the debug macros: what client code may rely on without any library.
// Expected values come from the platform SDK's documentation and, for dates, from the C library.
#include <gtest/gtest.h>

#include <ctime>
#include <cwchar>

#include "mapidbg.h"
#include "mapidefs.h"
#include "win/ole2.h"
#include "win/tchar.h"
#include "win/windows.h"

namespace {

constexpr ULONGLONG kUnitsPerSecond = 10000000;
constexpr ULONGLONG kEpochSeconds = 11644473600ULL;

FILETIME file_time(ULONGLONG units) {
  return {static_cast<DWORD>(units & 0xFFFFFFFFu), static_cast<DWORD>(units >> 32)};
}

TEST(WinTime, AgreesWithTheCLibraryAndRoundTrips) {
  // A step of an odd number of seconds visits every month, weekday and leap rule between 1601 and 9999.
  for (ULONGLONG seconds = 0; seconds < 265046774400ULL; seconds += 1234577) {
    const FILETIME time = file_time(seconds * kUnitsPerSecond + 1230000);
    SYSTEMTIME parts{};
    ASSERT_TRUE(FileTimeToSystemTime(&time, &parts));
    const time_t unix_time = static_cast<time_t>(seconds) - static_cast<time_t>(kEpochSeconds);
    tm expected{};
    gmtime_r(&unix_time, &expected);
    ASSERT_EQ(parts.wYear, expected.tm_year + 1900);
    ASSERT_EQ(parts.wMonth, expected.tm_mon + 1);
    ASSERT_EQ(parts.wDay, expected.tm_mday);
    ASSERT_EQ(parts.wDayOfWeek, expected.tm_wday);
    ASSERT_EQ(parts.wHour, expected.tm_hour);
    ASSERT_EQ(parts.wMinute, expected.tm_min);
    ASSERT_EQ(parts.wSecond, expected.tm_sec);
    ASSERT_EQ(parts.wMilliseconds, 123);
    FILETIME back{};
    ASSERT_TRUE(SystemTimeToFileTime(&parts, &back));
    ASSERT_EQ(CompareFileTime(&time, &back), 0);
  }
}

TEST(WinTime, RefusesWhatIsNoDate) {
  FILETIME out{};
  SYSTEMTIME parts{2023, 2, 0, 29, 0, 0, 0, 0};
  EXPECT_FALSE(SystemTimeToFileTime(&parts, &out));
  parts.wYear = 2024;
  EXPECT_TRUE(SystemTimeToFileTime(&parts, &out));
  parts.wYear = 1900;
  EXPECT_FALSE(SystemTimeToFileTime(&parts, &out));
  for (SYSTEMTIME bad : {SYSTEMTIME{1600, 1, 0, 1, 0, 0, 0, 0}, SYSTEMTIME{2024, 0, 0, 1, 0, 0, 0, 0},
                         SYSTEMTIME{2024, 13, 0, 1, 0, 0, 0, 0}, SYSTEMTIME{2024, 1, 0, 0, 0, 0, 0, 0},
                         SYSTEMTIME{2024, 4, 0, 31, 0, 0, 0, 0}, SYSTEMTIME{2024, 1, 0, 1, 24, 0, 0, 0},
                         SYSTEMTIME{2024, 1, 0, 1, 0, 60, 0, 0}, SYSTEMTIME{2024, 1, 0, 1, 0, 0, 60, 0},
                         SYSTEMTIME{2024, 1, 0, 1, 0, 0, 0, 1000}, SYSTEMTIME{30828, 1, 0, 1, 0, 0, 0, 0}}) {
    EXPECT_FALSE(SystemTimeToFileTime(&bad, &out)) << bad.wYear << '-' << bad.wMonth << '-' << bad.wDay;
  }
  const FILETIME negative = file_time(1ULL << 63);
  EXPECT_FALSE(FileTimeToSystemTime(&negative, &parts));
  const FILETIME last = file_time((1ULL << 63) - 1);
  EXPECT_TRUE(FileTimeToSystemTime(&last, &parts));
}

TEST(WinTime, ComparesAndReadsTheClock) {
  const FILETIME early = file_time(0xFFFFFFFFu);
  const FILETIME late = file_time(0x100000000ULL);
  EXPECT_EQ(CompareFileTime(&early, &late), -1);
  EXPECT_EQ(CompareFileTime(&late, &early), 1);
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  const auto seconds = mapi_win_filetime_units(&now) / kUnitsPerSecond - kEpochSeconds;
  EXPECT_NEAR(static_cast<double>(seconds), static_cast<double>(std::time(nullptr)), 2);
}

TEST(WinStrings, TreatNullAsTheSdkDoes) {
  EXPECT_EQ(lstrlenA(nullptr), 0);
  EXPECT_EQ(lstrlenW(nullptr), 0);
  EXPECT_LT(lstrcmpA(nullptr, ""), 0);
  EXPECT_GT(lstrcmpW(L"", nullptr), 0);
  EXPECT_EQ(lstrcmpiW(nullptr, nullptr), 0);
  EXPECT_EQ(lstrcpyA(nullptr, "x"), nullptr);
  WCHAR buffer[4] = L"abc";
  EXPECT_EQ(lstrcpynW(buffer, nullptr, 4), nullptr);
  EXPECT_STREQ(buffer, L"abc");
}

TEST(WinStrings, CompareAndCopyWithinBounds) {
  EXPECT_EQ(lstrcmpiA("Inbox", "INBOX"), 0);
  EXPECT_LT(lstrcmpiA("Inbox", "INBOXES"), 0);
  EXPECT_GT(lstrcmpiW(L"b", L"A"), 0);
  char buffer[4] = {'#', '#', '#', '#'};
  EXPECT_EQ(lstrcpynA(buffer, "abcdef", 3), buffer);
  EXPECT_STREQ(buffer, "ab");
  EXPECT_EQ(buffer[3], '#');
  EXPECT_EQ(lstrcpynA(buffer, "abc", 0), nullptr);
  TCHAR text[8];
  lstrcpy(text, _T("ab"));
  lstrcat(text, TEXT("cd"));
  EXPECT_EQ(_tcscmp(text, _T("abcd")), 0);
  EXPECT_EQ(lstrlen(text), 4);
}

TEST(WinMath, MulDivRoundsAndReportsOverflow) {
  EXPECT_EQ(MulDiv(7, 1, 2), 4);
  EXPECT_EQ(MulDiv(-7, 1, 2), -4);
  EXPECT_EQ(MulDiv(7, 1, -2), -4);
  EXPECT_EQ(MulDiv(0x40000000, 4, 8), 0x20000000);
  EXPECT_EQ(MulDiv(1, 1, 0), -1);
  EXPECT_EQ(MulDiv(0x7FFFFFFF, 2, 1), -1);
}

TEST(WinInterlocked, ReturnsWhatTheSdkReturns) {
  LONG value = 1;
  EXPECT_EQ(InterlockedIncrement(&value), 2);
  EXPECT_EQ(InterlockedDecrement(&value), 1);
  EXPECT_EQ(InterlockedExchangeAdd(&value, 5), 1);
  EXPECT_EQ(InterlockedCompareExchange(&value, 9, 7), 6);
  EXPECT_EQ(value, 6);
  EXPECT_EQ(InterlockedCompareExchange(&value, 9, 6), 6);
  EXPECT_EQ(InterlockedExchange(&value, 3), 9);
  EXPECT_EQ(value, 3);
}

TEST(WinTypes, LargeIntegersTakeTheSignOfTheirKind) {
  LARGE_INTEGER offset{};
  LISet32(offset, -2);
  EXPECT_EQ(offset.QuadPart, -2);
  ULARGE_INTEGER size{};
  ULISet32(size, -2);
  EXPECT_EQ(size.QuadPart, 0xFFFFFFFEu);
}

// This source defines no INITGUID: what names them links all the same, as with the platform's own library.
TEST(WinTypes, IdsOfComNeedNoInitguid) {
  const GUID stream = {0x0000000C, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
  EXPECT_TRUE(IsEqualIID(IID_IStream, stream));
  EXPECT_EQ(IID_IUnknown.Data1 + IID_IMalloc.Data1 + IID_ILockBytes.Data1 + IID_IStorage.Data1, 2u + 10 + 11);
  EXPECT_TRUE(GUID_NULL == GUID{});
}

TEST(WinTypes, LockTypeWinsOverTheFileFlag) {
  EXPECT_EQ(static_cast<int>(LOCK_WRITE), 1);
}

TEST(MapiDebug, NamesGoBothWays) {
  EXPECT_STREQ(SzDecodeScode(MAPI_E_NOT_FOUND), "MAPI_E_NOT_FOUND");
  EXPECT_STREQ(SzDecodeScode(STG_E_MEDIUMFULL), "STG_E_MEDIUMFULL");
  EXPECT_STREQ(SzDecodeScode(MAKE_MAPI_E(0xFFFF)), "");
  EXPECT_EQ(ScodeFromSz("MAPI_W_ERRORS_RETURNED"), MAPI_W_ERRORS_RETURNED);
  EXPECT_STREQ(SzDecodeUlPropType(PT_MV_UNICODE), "PT_MV_UNICODE");
  EXPECT_STREQ(SzDecodeUlPropType(0xFFFF), "");
  EXPECT_EQ(UlPropTagFromSz(SzDecodeUlPropTag(0x0037001F)), 0x0037001Fu);
}

#if !defined(DEBUG) && !defined(MAPIARY_DEBUG)
TEST(MapiDebug, CostsNothingUnlessAsked) {
  int evaluated = 0;
  Assert(++evaluated == 0);
  AssertSz1(++evaluated == 0, "%d", evaluated);
  DebugTrace("%d", ++evaluated);
  TraceSz1("%d", ++evaluated);
  EXPECT_EQ(evaluated, 0);
  SideAssert(++evaluated == 0);
  NFSideAssertSz(++evaluated == 0, "never shown");
  EXPECT_EQ(evaluated, 2);
}
#endif

}  // namespace
