// SPDX-License-Identifier: Apache-2.0
#include "base/call_trace.h"

#include <gtest/gtest.h>

#include <thread>

namespace mapiary {
namespace {

TEST(CallTrace, NamesTheProgram) {
  EXPECT_TRUE(CallTrace().empty());
  EXPECT_EQ("", CallTrace().text());
  const CallTrace here = CallTrace::here();
  ASSERT_FALSE(here.empty());
  EXPECT_NE(std::string::npos, here.text().find("base_test+0x")) << here.text();
}

TEST(CallTrace, ThreadsHaveNumbersOfTheirOwn) {
  std::uint64_t other = 0;
  std::thread([&] { other = thread_number(); }).join();
  EXPECT_NE(0u, other);
  EXPECT_NE(other, thread_number());
  EXPECT_EQ(thread_number(), thread_number());
}

}  // namespace
}  // namespace mapiary
