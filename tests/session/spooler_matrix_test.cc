// SPDX-License-Identifier: Apache-2.0
// The logoff matrix with mail: StoreLogoff with each flag or not at all, the order of final Release and session Logoff,
// which threads do it, and what the transports are at: nothing, a message they stop when told to, a message they do not
// come back from. In each case every logon ends once and in order, within the bounds, and no message is lost. The other
// axes are in logoff_matrix_test.cc. Rulings R1-R5.
#include "spooler_fixture.h"

namespace session_test {
namespace {

enum class Order { kReleaseFirst, kLogoffFirst, kBothTwice };
enum class Who { kSame, kOther, kTwoAtOnce };
enum class At { kIdle, kSending, kStuck };

constexpr ULONG kLogoffFlags[] = {0, LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET};

class SpoolerMatrix : public SpoolerFixture {
 protected:
  void SetUp() override {
    SpoolerFixture::SetUp();
    // Not so long as to make the test slow, not so short that a busy machine cannot keep to it.
    set("MAPIARY_ABORT_BOUND", "60");
    set("MAPIARY_LOGOFF_BOUND", "250");
    set("MAPIARY_RELEASE_BOUND", "2000");
  }
  void end(Order order, Who who);
  void run_case(ULONG flags, Order order, Who who, At at);
};

void SpoolerMatrix::end(Order order, Who who) {
  const auto log_off = [&] { return session_->Logoff(0, 0, 0); };
  if (who == Who::kTwoAtOnce) {
    std::thread other([&] { (void)log_off(); });
    store_.reset();
    (void)log_off();
    other.join();
    return;
  }
  if (order == Order::kLogoffFirst) {
    EXPECT_EQ(S_OK, log_off());
    store_.reset();
    return;
  }
  store_.reset();
  EXPECT_EQ(S_OK, log_off());
  if (order == Order::kBothTwice) {
    EXPECT_EQ(MAPI_E_NOT_INITIALIZED, log_off());
  }
}

void SpoolerMatrix::run_case(ULONG flags, Order order, Who who, At at) {
  control_->reset();
  control_->block();
  if (at != At::kIdle) tell("A.submit", at == At::kStuck ? "stuck" : "block");
  start();
  if (at != At::kIdle) {
    submit({"SMTP:a@x"});
    ASSERT_TRUE(wait("A:SubmitMessage 0"));
  }
  if (flags) {
    ULONG in_out = flags;
    ASSERT_EQ(S_OK, store_->StoreLogoff(&in_out));
  }
  const auto before = std::chrono::steady_clock::now();
  if (who == Who::kOther) {
    std::thread([&] { end(order, who); }).join();
  } else {
    end(order, who);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(8));
  // Whatever the transport does: these once each.
  const Calls calls = seen();
  for (const std::string once :
       {"IMsgStore::Release 0", "IMSLogon::Logoff 0", "IMSLogon::Release 0", "spooler IMSLogon::Logoff 0",
        "A:TransportLogoff 0", "B:TransportLogoff 0", "B:IXPLogon::Release 0"}) {
    EXPECT_EQ(1, std::count(calls.begin(), calls.end(), once)) << once;
  }
  const auto place = [&](const char* call) { return std::find(calls.begin(), calls.end(), call) - calls.begin(); };
  if (who != Who::kTwoAtOnce) {
    EXPECT_LT(place("spooler IMSLogon::Logoff 0"), place("IMSLogon::Logoff 0"));
    EXPECT_LT(place("B:TransportLogoff 0"), place("A:TransportLogoff 0"));
  }
  EXPECT_EQ(at == At::kIdle ? 0 : 1, control_->count('o'));  // it is sent in a later session
  control_->release();
  ASSERT_TRUE(control_->wait_quiet());
  EXPECT_TRUE(wait("A:IXPLogon::Release 0"));  // the late one too
  EXPECT_TRUE(wait("IXPProvider::Release 0"));
  EXPECT_TRUE(seen_of({"FinishedMsg"}).empty());
  session_.reset();
}

// spec: LC-087 LC-091 LC-106 LC-114 LC-119 LC-120 R1 R2 R3 R4
TEST_F(SpoolerMatrix, EveryCase) {
  for (const ULONG flags : kLogoffFlags) {
    for (const Order order : {Order::kReleaseFirst, Order::kLogoffFirst, Order::kBothTwice}) {
      for (const Who who : {Who::kSame, Who::kOther, Who::kTwoAtOnce}) {
        if (order == Order::kBothTwice && who != Who::kSame) continue;  // the second time is nobody else's
        for (const At at : {At::kIdle, At::kSending, At::kStuck}) {
          SCOPED_TRACE("flags " + std::to_string(flags) + " order " + std::to_string(static_cast<int>(order)) +
                       " who " + std::to_string(static_cast<int>(who)) + " at " + std::to_string(static_cast<int>(at)));
          run_case(flags, order, who, at);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

}  // namespace
}  // namespace session_test
