// SPDX-License-Identifier: Apache-2.0
// ValidateParameters, CheckParameters and their relatives (macro rows of api.tsv): what reaches the runtime's
// validation, and what the calling method returns. The runtime's side is replaced here by a recorder.

// clang-format off
#define DEBUG  // CheckParameters and CheckParms act in debug builds only
#include <mapix.h>
#include <mapiutil.h>
#include <mapival.h>
// clang-format on

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace {

HRESULT answer = S_OK;
METHODS seen_method;
std::vector<LPVOID> seen;

void expect(HRESULT next) {
  answer = next;
  seen.clear();
}

}  // namespace

// The recorder stands where libmapi exports the real one.
extern "C" HRESULT STDAPICALLTYPE MapiaryValidateArguments(METHODS method, ULONG count, LPVOID* arguments) {
  seen_method = method;
  seen.assign(arguments, arguments + count);
  return answer;
}

namespace {

SPropTagArray tags = {1, {PR_ENTRYID}};
ULONG count_of_values;

HRESULT validate_parameters(ULONG flags, ULONG* count) {
  ValidateParameters(IMAPIProp_GetProps, &tags, flags, count);
  return S_OK;
}
HRESULT validate_parms(ULONG flags, ULONG* count) {
  ValidateParms(IMAPIProp_GetProps, &tags, flags, count);
  return S_OK;
}
ULONG ul_validate_parameters(ULONG flags) {
  UlValidateParameters(IMAPIProp_GetProps, &tags, flags);
  return 7;
}
ULONG ul_validate_parms(ULONG flags) {
  UlValidateParms(IMAPIProp_GetProps, &tags, flags);
  return 7;
}

void expect_arguments(ULONG flags) {
  EXPECT_EQ(IMAPIProp_GetProps, seen_method);
  ASSERT_LE(2u, seen.size());
  EXPECT_EQ(&tags, seen[0]);
  EXPECT_EQ(flags, static_cast<ULONG>(reinterpret_cast<std::uintptr_t>(seen[1])));
}

TEST(ValidationMacros, ValidateParametersReturnsTheFailure) {
  expect(MAPI_E_CALL_FAILED);
  EXPECT_EQ(MAPI_E_CALL_FAILED, validate_parameters(5, &count_of_values));
  expect_arguments(5);
  ASSERT_EQ(3u, seen.size());
  EXPECT_EQ(&count_of_values, seen[2]);
  expect(S_OK);
  EXPECT_EQ(S_OK, validate_parameters(6, &count_of_values));
  expect_arguments(6);
}

TEST(ValidationMacros, ValidateParmsReturnsTheFailure) {
  expect(MAPI_E_CALL_FAILED);
  EXPECT_EQ(MAPI_E_CALL_FAILED, validate_parms(5, &count_of_values));
  expect_arguments(5);
  expect(S_OK);
  EXPECT_EQ(S_OK, validate_parms(6, &count_of_values));
  expect_arguments(6);
}

TEST(ValidationMacros, UlFormsReturnTheCodeAsUlong) {
  expect(MAPI_E_CALL_FAILED);
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_CALL_FAILED), ul_validate_parameters(5));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_CALL_FAILED), ul_validate_parms(5));
  expect_arguments(5);
  expect(S_OK);
  EXPECT_EQ(7u, ul_validate_parameters(5));
  EXPECT_EQ(7u, ul_validate_parms(5));
  expect_arguments(5);
}

TEST(ValidationMacros, CheckFormsAssert) {
  expect(S_OK);
  CheckParameters(IMAPIProp_GetProps, &tags, 5u);
  expect_arguments(5);
  seen.clear();
  CheckParms(IMAPIProp_GetProps, &tags, 6u);
  expect_arguments(6);
#ifndef NDEBUG
  answer = MAPI_E_CALL_FAILED;
  EXPECT_DEATH(CheckParameters(IMAPIProp_GetProps, &tags, 5u), "");
  EXPECT_DEATH(CheckParms(IMAPIProp_GetProps, &tags, 5u), "");
#endif
}

}  // namespace
