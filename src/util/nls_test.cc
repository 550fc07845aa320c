// SPDX-License-Identifier: Apache-2.0
#define MAPI_NOWIDECHAR
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapinls.h>
#include <mapiutil.h>

#include <cstring>
#include <string>

namespace {

constexpr LCID kGerman = 0x0407;
constexpr LCID kSwedish = 0x041D;
constexpr LCID kEnglish = 0x0409;
constexpr int kLess = 1;
constexpr int kEqual = 2;
constexpr int kGreater = 3;

int compare(LCID lcid, DWORD flags, const wchar_t* a, const wchar_t* b) {
  return MNLS_CompareStringW(lcid, flags, a, -1, b, -1);
}

TEST(CompareString, FollowsTheLocale) {
  EXPECT_EQ(compare(kEnglish, 0, L"a", L"b"), kLess);
  EXPECT_EQ(compare(kEnglish, 0, L"b", L"a"), kGreater);
  EXPECT_EQ(compare(kEnglish, 0, L"a", L"a"), kEqual);
  EXPECT_EQ(compare(kGerman, 0, L"\u00E4", L"z"), kLess);
  EXPECT_EQ(compare(kSwedish, 0, L"\u00E4", L"z"), kGreater);
  EXPECT_EQ(MNLS_CompareStringW(kEnglish, 0, L"abX", 2, L"abY", 2), kEqual);
  EXPECT_EQ(MNLS_CompareStringW(kEnglish, 0, L"", 0, L"a", 1), kLess);
  EXPECT_EQ(MNLS_CompareStringA(kEnglish, NORM_IGNORECASE, "ABC", -1, "abc", 3), kEqual);
}

TEST(CompareString, IgnoresWhatTheFlagsSay) {
  EXPECT_NE(compare(kEnglish, 0, L"A", L"a"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNORECASE, L"A", L"a"), kEqual);
  EXPECT_NE(compare(kEnglish, NORM_IGNORECASE, L"\u00E9", L"e"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNORENONSPACE, L"\u00E9", L"e"), kEqual);
  EXPECT_NE(compare(kEnglish, NORM_IGNORENONSPACE, L"\u00C9", L"e"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNORENONSPACE | NORM_IGNORECASE, L"\u00C9", L"e"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNORESYMBOLS, L"co-op!", L"coop"), kEqual);
  EXPECT_NE(compare(kEnglish, 0, L"co-op", L"coop"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNOREKANATYPE, L"\u304B", L"\u30AB"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNOREWIDTH, L"\uFF21", L"A"), kEqual);
  EXPECT_EQ(compare(kEnglish, NORM_IGNOREWIDTH, L"\uFF76\uFF9E", L"\u30AC"), kEqual);
}

TEST(CompareString, BadArgumentsAnswerZero) {
  EXPECT_EQ(compare(kEnglish, 0x80000000, L"a", L"a"), 0);
  EXPECT_EQ(compare(0xFFFF, 0, L"a", L"a"), 0);
  EXPECT_EQ(MNLS_CompareStringW(kEnglish, 0, nullptr, -1, L"a", -1), 0);
  EXPECT_EQ(MNLS_CompareStringA(kEnglish, 0, "a", -1, nullptr, -1), 0);
  for (const LCID lcid : {0u, 0x007Fu, 0x0400u, 0x0800u}) EXPECT_EQ(compare(lcid, 0, L"a", L"b"), kLess) << lcid;
}

TEST(Lstr, WorksOnWideText) {
  EXPECT_EQ(MNLS_lstrlenW(L"four"), 4);
  EXPECT_EQ(MNLS_lstrlenW(nullptr), 0);
  EXPECT_LT(MNLS_lstrcmpW(L"a", L"b"), 0);
  EXPECT_GT(MNLS_lstrcmpW(L"b", L"a"), 0);
  EXPECT_EQ(MNLS_lstrcmpW(L"a", L"a"), 0);
  EXPECT_LT(MNLS_lstrcmpW(nullptr, L"a"), 0);
  EXPECT_EQ(MNLS_lstrcmpW(nullptr, nullptr), 0);
  wchar_t buffer[8];
  EXPECT_EQ(MNLS_lstrcpyW(buffer, L"four"), buffer);
  EXPECT_STREQ(buffer, L"four");
  EXPECT_EQ(MNLS_lstrcpyW(nullptr, L"four"), nullptr);
  EXPECT_NE(MNLS_GetUserDefaultLCID(), 0u);
  EXPECT_NE(MNLS_GetACP(), 0u);
}

TEST(MultiByteToWideChar, CountsAndConverts) {
  wchar_t buffer[16] = {};
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "\xE9t\xE9", -1, nullptr, 0), 4);  // with the terminator
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "\xE9t\xE9", 3, nullptr, 0), 3);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "\xE9t\xE9", -1, buffer, 16), 4);
  EXPECT_STREQ(buffer, L"\u00E9t\u00E9");
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 2, "\xE9", 1, buffer, 16), 2);  // MB_COMPOSITE
  EXPECT_EQ(buffer[1], L'\u0301');
  EXPECT_EQ(MNLS_MultiByteToWideChar(CP_UTF8, 0, "\xC3\xA9", 2, buffer, 16), 1);
  EXPECT_EQ(buffer[0], L'\u00E9');
  EXPECT_EQ(MNLS_MultiByteToWideChar(CP_UTF8, 0, "a\0b", 3, buffer, 16), 3);
  EXPECT_EQ(MNLS_MultiByteToWideChar(932, 0, "\x83\x41", 2, buffer, 16), 1);
  EXPECT_EQ(buffer[0], L'\u30A2');
}

TEST(MultiByteToWideChar, FailuresAnswerZero) {
  wchar_t buffer[2] = {};
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "abc", 3, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "abc", 0, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, nullptr, 3, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "a", 1, nullptr, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0, "a", 1, buffer, -1), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 3, "a", 1, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(1252, 0x100, "a", 1, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(CP_UTF8, 1, "a", 1, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(99999, 0, "a", 1, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(CP_UTF8, 8, "\xFF", 1, buffer, 2), 0);
  EXPECT_EQ(MNLS_MultiByteToWideChar(CP_UTF8, 0, "\xFF", 1, buffer, 2), 1);
  EXPECT_EQ(buffer[0], L'\uFFFD');
}

TEST(WideCharToMultiByte, CountsConvertsAndTellsOfTheDefaultCharacter) {
  char buffer[16] = {};
  BOOL used = 7;
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0, L"\u00E9t\u00E9", -1, nullptr, 0, nullptr, nullptr), 4);
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0, L"\u00E9t\u00E9", -1, buffer, 16, nullptr, &used), 4);
  EXPECT_STREQ(buffer, "\xE9t\xE9");
  EXPECT_EQ(used, FALSE);
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0, L"a\u30A2b", -1, buffer, 16, "_", &used), 4);
  EXPECT_STREQ(buffer, "a_b");
  EXPECT_EQ(used, TRUE);
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0, L"\u30A2", -1, buffer, 16, nullptr, nullptr), 2);
  EXPECT_STREQ(buffer, "?");
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0x200, L"e\u0301", -1, buffer, 16, nullptr, &used), 2);  // WC_COMPOSITECHECK
  EXPECT_STREQ(buffer, "\xE9");
  EXPECT_EQ(MNLS_WideCharToMultiByte(CP_UTF8, 0, L"\U0001F600", -1, buffer, 16, nullptr, nullptr), 5);
  EXPECT_STREQ(buffer, "\xF0\x9F\x98\x80");
}

TEST(WideCharToMultiByte, FailuresAnswerZero) {
  char buffer[4] = {};
  BOOL used = FALSE;
  const wchar_t lone[] = {static_cast<wchar_t>(0xD800), 0};
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0, L"abcdef", 6, buffer, 4, nullptr, nullptr), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0, nullptr, 6, buffer, 4, nullptr, nullptr), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0x8000, L"a", 1, buffer, 4, nullptr, nullptr), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(99999, 0, L"a", 1, buffer, 4, nullptr, nullptr), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(CP_UTF8, 0, L"a", 1, buffer, 4, "?", nullptr), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(CP_UTF8, 0, L"a", 1, buffer, 4, nullptr, &used), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(CP_UTF8, 0x80, lone, 1, buffer, 4, nullptr, nullptr), 0);
  EXPECT_EQ(MNLS_WideCharToMultiByte(CP_UTF8, 0, lone, 1, buffer, 4, nullptr, nullptr), 3);
  EXPECT_EQ(MNLS_WideCharToMultiByte(1252, 0x80, L"a", 1, buffer, 4, nullptr, nullptr), 0);
}

TEST(Paths, WhatIsOfTheWantedKindIsCopied) {
  char out[32];
  char local[] = "/home/x";
  char unc[] = "\\\\nowhere.invalid\\share\\x";
  EXPECT_EQ(ScLocalPathFromUNC(local, out, sizeof(out)), S_FALSE);
  EXPECT_STREQ(out, "/home/x");
  EXPECT_EQ(ScUNCFromLocalPath(unc, out, sizeof(out)), S_FALSE);
  EXPECT_STREQ(out, unc);
  EXPECT_EQ(ScLocalPathFromUNC(local, out, 7), MAPI_E_TOO_BIG);
  EXPECT_EQ(ScUNCFromLocalPath(unc, out, 5), MAPI_E_TOO_BIG);
  EXPECT_EQ(ScLocalPathFromUNC(unc, out, sizeof(out)), MAPI_E_NOT_FOUND);  // mounted shares: base/share_mounts_test.cc
  EXPECT_EQ(ScUNCFromLocalPath(local, out, sizeof(out)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScLocalPathFromUNC(nullptr, out, sizeof(out)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScUNCFromLocalPath(local, nullptr, 5), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScUNCFromLocalPath(local, out, 0), MAPI_E_INVALID_PARAMETER);
}

TEST(FGetComponentPath, NamesTheFileOfThisLibrary) {
  char path[4096] = {};
  EXPECT_TRUE(FGetComponentPath("{473FF9A0-D659-11D1-A4B2-006008AF820E}", nullptr, path, sizeof(path), FALSE));
  EXPECT_EQ(path[0], '/');
  EXPECT_FALSE(FGetComponentPath("x", nullptr, path, 3, FALSE));
  EXPECT_FALSE(FGetComponentPath(nullptr, nullptr, path, sizeof(path), FALSE));
  EXPECT_FALSE(FGetComponentPath("x", nullptr, nullptr, 100, FALSE));
}

}  // namespace
