// SPDX-License-Identifier: Apache-2.0
// Every call of the engine fails in turn, with every kind of error, while a script of MAPI calls runs: the documented
// HRESULT, a store that is whole and as before the failing step or after it, and the step works when done again.
#include "tests/proof/control.h"
#include "tests/proof/script.h"

namespace proof {
namespace {

using mapiary::Code;

struct Kind {
  Code code;
  HRESULT hr;
  HRESULT of_stream;  // what IStream says instead
};
constexpr Kind kKinds[] = {
    {Code::kDiskError, MAPI_E_DISK_ERROR, STG_E_WRITEFAULT},
    {Code::kNoDiskSpace, MAPI_E_NOT_ENOUGH_DISK, STG_E_MEDIUMFULL},
    {Code::kNoMemory, MAPI_E_NOT_ENOUGH_MEMORY, STG_E_INSUFFICIENTMEMORY},
    {Code::kBusy, MAPI_E_BUSY, STG_E_INUSE},
    {Code::kReadOnly, MAPI_E_NO_ACCESS, STG_E_ACCESSDENIED},
    {Code::kCorruptStore, MAPI_E_CORRUPT_STORE, STG_E_DOCFILECORRUPT},
};

class Faults : public ::testing::TestWithParam<const char*> {
 protected:
  static constexpr std::size_t kNone = SIZE_MAX;
  void SetUp() override {
    world_.add_profile("faulty", GetParam());
    client_ = log_on("faulty");
    ASSERT_TRUE(client_.root);
  }
  void TearDown() override {
    control().clear();
    close(client_);
  }
  std::string engine() const { return GetParam() == std::string("FAULTY_MEMORY") ? "faulty-memory" : "faulty-sqlite"; }
  void begin(Stage& stage, Sink& sink) {
    stage.store = client_.store.get();
    stage.sink = &sink;
    stage.base = make_folder(client_.root.get(), L"Base " + std::to_wstring(++rounds_));
    ASSERT_TRUE(stage.base);
  }
  void end(Stage& stage, Sink& sink) {
    if (stage.connection != 0) {
      EXPECT_EQ(S_OK, client_.store->Unadvise(stage.connection));
    }
    std::string id = get_binary(stage.base.get(), PR_ENTRYID);
    stage = Stage();
    sink.wait_until_released();
    EXPECT_EQ(S_OK, client_.root->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0,
                                               nullptr, DEL_MESSAGES | DEL_FOLDERS));
  }
  std::string show(const Stage& stage) const {
    auto lines = picture(client_.store.get(), stage.base.get());
    if (!lines.empty()) lines.front() = "base";
    return joined(lines);
  }
  void learn();
  // False: no call failed, there are none left.
  bool fail_once(std::uint64_t n, const Kind& kind);
  void expect_whole(const std::string& where) {
    for (const std::string& found : control().check(engine(), world_.path("faulty"))) ADD_FAILURE() << where << found;
  }

  World world_;
  Client client_;
  int rounds_ = 0;
  std::vector<std::string> states_;  // before each step, and after the last
};

// The script without a fault.
void Faults::learn() {
  Stage stage;
  Sink sink;
  begin(stage, sink);
  states_.push_back(show(stage));
  for (const Step& step : script()) {
    const HRESULT hr = step.run(stage);
    EXPECT_EQ(S_OK, hr) << step.name << std::hex << hr;
    if (hr != S_OK) break;
    states_.push_back(show(stage));
  }
  end(stage, sink);
  ASSERT_EQ(states_.size(), script().size() + 1);
}

bool Faults::fail_once(std::uint64_t n, const Kind& kind) {
  Stage stage;
  Sink sink;
  begin(stage, sink);
  control().fail_at(n, kind.code);
  bool was_told = false, in_part = false;
  for (std::size_t i = 0; i < script().size() && !HasFatalFailure(); ++i) {
    const Step& step = script()[i];
    const std::string where = std::string(step.name) + ", call " + std::to_string(n) + ", code " +
                              std::to_string(static_cast<int>(kind.code)) + ": ";
    HRESULT hr = step.run(stage);
    if (hr == S_OK) continue;
    EXPECT_FALSE(was_told) << where << "fails without a fault: " << std::hex << hr;
    EXPECT_TRUE(control().failed()) << where << std::hex << hr;
    EXPECT_TRUE(hr == kind.hr || hr == kind.of_stream || (hr == STG_E_READFAULT && kind.code == Code::kDiskError) ||
                hr == MAPI_W_PARTIAL_COMPLETION || hr == MAPI_W_ERRORS_RETURNED ||
                (hr == MAPI_E_NOT_FOUND && (!step.whole || kind.code == Code::kCorruptStore)))
        << where << std::hex << hr;
    if (was_told || HasFailure()) break;
    was_told = true;
    control().clear();
    const std::string now = show(stage);
    if (step.whole) {
      EXPECT_TRUE(now == states_[i] || now == states_[i + 1]) << where << "\n" << now << "\nbefore:\n" << states_[i];
    }
    // What is begun in part need not go on from there.
    in_part = !step.whole;
    if (in_part) break;
    hr = step.run(stage);
    EXPECT_EQ(S_OK, hr) << where << "when done again: " << std::hex << hr;
    EXPECT_EQ(states_[i + 1], show(stage)) << where << "when done again";
    if (HasFailure()) break;
  }
  const bool failed = control().failed();
  control().clear();
  if (!in_part && !HasFailure()) {
    EXPECT_EQ(states_.back(), show(stage)) << "call " << n << ", code " << static_cast<int>(kind.code);
  }
  end(stage, sink);
  return failed;
}

TEST_P(Faults, OfEveryCallLeaveTheStoreWhole) {
  ASSERT_NO_FATAL_FAILURE(learn());
  const bool all = std::getenv("MAPIARY_FAULTS") != nullptr;
  // In the short form each call fails with one kind of error, the next one with the next.
  std::uint64_t n = 0;
  bool more = true;
#if defined(MAPIARY_SANITIZE)
  const std::uint64_t slow = 3;
#else
  const std::uint64_t slow = 1;
#endif
  const std::uint64_t stride = all ? 1 : engine() == "faulty-sqlite" ? 23 * slow : slow;
  for (; more && !HasFailure(); n += stride) {
    ASSERT_LT(n, 5000u);
    if (all) {
      for (const Kind& kind : kKinds) more = fail_once(n, kind);
    } else {
      more = fail_once(n, kKinds[n % std::size(kKinds)]);
    }
    if (n % 50 == 0 || !more) expect_whole("call " + std::to_string(n) + ": ");
  }
  EXPECT_GT(n, 100u);
  // Nothing of it is left over, and a new session sees the same.
  const std::string before = joined(picture(client_.store.get(), client_.root.get()));
  close(client_);
  client_ = log_on("faulty");
  EXPECT_EQ(before, joined(picture(client_.store.get(), client_.root.get())));
}

// Logon: nothing is opened by half, and the next one works.
TEST_P(Faults, OfALogonAreItsErrorAndTheNextOneWorks) {
  close(client_);
  for (const Kind& kind : kKinds) {
    for (std::uint64_t n = 0;; ++n) {
      ASSERT_LT(n, 500u);
      Client client;
      control().fail_at(n, kind.code);
      const HRESULT hr = log_on("faulty", MDB_WRITE, client);
      const bool failed = control().failed();
      control().clear();
      close(client);
      if (!failed) break;
      EXPECT_TRUE(hr == S_OK || hr == kind.hr || hr == MAPI_E_LOGON_FAILED) << n << " " << std::hex << hr;
      ASSERT_EQ(S_OK, log_on("faulty", MDB_WRITE, client)) << n;
      close(client);
    }
  }
  client_ = log_on("faulty");
  expect_whole("after logons: ");
}

INSTANTIATE_TEST_SUITE_P(All, Faults, ::testing::Values("FAULTY_MEMORY", "FAULTY_SQLITE"), conformance::service_name);

}  // namespace
}  // namespace proof
