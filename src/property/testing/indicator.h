// SPDX-License-Identifier: Apache-2.0
// A progress indicator that counts what it is told and may say stop. One thread.
#pragma once

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapix.h>

#include <limits>

#include "com/object.h"

namespace mapiary::property::testing {

class Indicator final : public com::Object<IMAPIProgress> {
 public:
  // Reports after the first `patience` of an object's life are answered with MAPI_E_USER_CANCEL.
  explicit Indicator(int patience_at_first = std::numeric_limits<int>::max(), ULONG least = 0, ULONG most = 1000)
      : patience(patience_at_first), least_(least), most_(most) {}
  STDMETHODIMP Progress(ULONG value, ULONG count, ULONG total) override {
    EXPECT_GE(value, last);
    EXPECT_LE(count, total);
    last = value;
    return calls++ < patience ? S_OK : MAPI_E_USER_CANCEL;
  }
  STDMETHODIMP GetFlags(ULONG* flags) override { return *flags = MAPI_TOP_LEVEL, S_OK; }
  STDMETHODIMP GetMax(ULONG* most) override { return *most = most_, S_OK; }
  STDMETHODIMP GetMin(ULONG* least) override { return *least = least_, S_OK; }
  STDMETHODIMP SetLimits(LPULONG, LPULONG, LPULONG) override { return S_OK; }

  int patience;
  int calls = 0;
  ULONG last = 0;  // to be made 0 before the next run with the same one

 private:
  const ULONG least_, most_;
};

}  // namespace mapiary::property::testing
