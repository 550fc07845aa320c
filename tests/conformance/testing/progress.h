// SPDX-License-Identifier: Apache-2.0
// A progress indicator that notes what it is told, and may say stop. Public MAPI only; one thread.
#pragma once

#include <functional>
#include <vector>

#include "tests/conformance/testing/mapi_values.h"

namespace conformance {

class Indicator final : public IMAPIProgress {
 public:
  // With the `stop_at`th report it answers MAPI_E_USER_CANCEL; 0: never.
  explicit Indicator(std::size_t stop_at = 0) : stop_at_(stop_at) {}

  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
    *out = nullptr;
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references; }
  STDMETHODIMP_(ULONG) Release() override { return --references; }
  STDMETHODIMP Progress(ULONG value, ULONG count, ULONG total) override {
    values.push_back(value);
    last_count = count;
    last_total = total;
    if (on_report) on_report();
    return values.size() == stop_at_ ? MAPI_E_USER_CANCEL : S_OK;
  }
  STDMETHODIMP GetFlags(ULONG* flags) override {
    *flags = MAPI_TOP_LEVEL;
    return S_OK;
  }
  STDMETHODIMP GetMax(ULONG* most) override {
    *most = most_;
    return S_OK;
  }
  STDMETHODIMP GetMin(ULONG* least) override {
    *least = least_;
    return S_OK;
  }
  STDMETHODIMP SetLimits(LPULONG least, LPULONG most, LPULONG) override {
    if (least) least_ = *least;
    if (most) most_ = *most;
    return S_OK;
  }
  bool rises() const { return std::is_sorted(values.begin(), values.end()); }

  std::vector<ULONG> values;
  ULONG last_count = 0, last_total = 0;
  ULONG references = 1;
  std::function<void()> on_report;

 private:
  std::size_t stop_at_;
  ULONG least_ = 1, most_ = 1000;
};

}  // namespace conformance
