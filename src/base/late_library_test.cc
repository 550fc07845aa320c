// SPDX-License-Identifier: Apache-2.0
#include "base/late_library.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mapiary {
namespace {

constinit LateLibrary math{"libm.so.6", ""};
constinit LateFunction late_cbrt{math, "cbrt", static_cast<double (*)(double)>(&::cbrt)};
constinit LateFunction late_unknown{math, "no such function", static_cast<double (*)(double)>(&::cbrt)};
constinit LateLibrary versioned{"libm.so.6", "_72"};
constinit LateFunction late_versioned{versioned, "cbrt", static_cast<double (*)(double)>(&::cbrt)};
constinit LateLibrary missing{"libnosuchlibrary.so.9", ""};
constinit LateFunction late_missing{missing, "cbrt", static_cast<double (*)(double)>(&::cbrt)};

std::string words_of(const LateFunction<double(double)>& function) {
  try {
    function(1);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(LateLibrary, IsLoadedByTheFirstCallOfWhicheverThread) {
  EXPECT_FALSE(math.is_loaded());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] { EXPECT_DOUBLE_EQ(late_cbrt(27), 3); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(math.is_loaded());
}

TEST(LateLibrary, SaysWhatIsMissingEachTime) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_NE(words_of(late_missing).find("libnosuchlibrary.so.9"), std::string::npos) << words_of(late_missing);
    EXPECT_FALSE(missing.is_loaded());
    EXPECT_NE(words_of(late_unknown).find("'libm.so.6' has no 'no such function'"), std::string::npos)
        << words_of(late_unknown);
    EXPECT_NE(words_of(late_versioned).find("cbrt_72"), std::string::npos) << words_of(late_versioned);
  }
}

}  // namespace
}  // namespace mapiary
