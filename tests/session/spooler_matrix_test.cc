// SPDX-License-Identifier: Apache-2.0
// The logoff matrix with mail: StoreLogoff with each flag or not at all, the order of final Release and session Logoff,
// which threads do it, and what the transports are at: nothing, a message they stop when told to, a message they do not
// come back from. In each case every logon ends once and in order, within the bounds, and no message is lost. What the
// client has open changes from case to case; all of it with all else, but the transports, is in logoff_matrix_test.cc.
// It runs on the mail store and on the installed store, whose calls the wrapping example traces. Rulings R1-R5.
#include "spooler_fixture.h"

namespace session_test {
namespace {

enum class Order { kReleaseFirst, kLogoffFirst, kBothTwice };
enum class Who { kSame, kOther, kTwoAtOnce };
enum class At { kIdle, kSending, kStuck };
enum class Open { kNothing, kFolder, kMessage, kTable, kStream };

constexpr ULONG kLogoffFlags[] = {0, LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET};

class SpoolerMatrix : public SpoolerFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  bool is_installed() const { return std::string(GetParam()) == "Installed"; }
  void SetUp() override {
    SpoolerFixture::SetUp();
    // Not so long as to make the test slow, not so short that a busy machine cannot keep to it.
    set("MAPIARY_ABORT_BOUND", "60");
    set("MAPIARY_LOGOFF_BOUND", "250");
    set("MAPIARY_RELEASE_BOUND", "2000");
    set("MAPIARY_MAPISVC", (folder_ / "test.inf").string() + ":" + (folder_ / "installed.inf").string());
    set("WRAPPED_STORE_LIBRARY", STORE_PROVIDER);
    set("WRAPPING_STORE_TRACE", log_.string());
  }
  void TearDown() override {
    drop_children();
    SpoolerFixture::TearDown();
    ::unsetenv("WRAPPING_STORE_TRACE");
  }
  // A profile with a new store in memory, and the two transports.
  void make_installed_profile(const std::string& name) {
    std::ofstream(folder_ / "installed.inf")
        << "[Services]\nOURS=Installed\n[OURS]\nPR_DISPLAY_NAME=Installed\nProviders=OURS_STORE\n[OURS_STORE]\n"
        << "PR_PROVIDER_DLL_NAME=" WRAPPING_STORE "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
        << "PR_RESOURCE_FLAGS=STATUS_DEFAULT_STORE\nPR_DISPLAY_NAME=Installed\nPR_PROVIDER_DISPLAY=Installed\n"
        << "6700001F=" << (folder_ / name).string() << "\n6701001F=memory\n";
    make_mail_profile(name.c_str(), {"OURS", "XPA", "XPB"});
  }
  Ptr<IMAPIFolder> open_outbox();
  void send();
  void open_children(Open what);
  void check_orphans();
  void drop_children() {
    stream_.reset();
    table_.reset();
    message_.reset();
    outbox_.reset();
  }
  void expect_calls(Who who, At at);
  void expect_queued(const std::string& profile, LONG messages);
  void end(Order order, Who who);
  void run_case(ULONG flags, Order order, Who who, At at);

  int case_ = 0;
  Ptr<IMAPIFolder> outbox_;
  Ptr<IMessage> message_;
  Ptr<IMAPITable> table_;
  Ptr<IStream> stream_;
  Sink sink_;
};

Ptr<IMAPIFolder> SpoolerMatrix::open_outbox() {
  std::string id = mail_id('o');
  if (is_installed()) {
    LPSPropValue value = nullptr;
    EXPECT_EQ(S_OK, HrGetOneProp(store_.get(), PR_IPM_OUTBOX_ENTRYID, &value));
    id = binary(*value);
    MAPIFreeBuffer(value);
  }
  Ptr<IMAPIFolder> outbox;
  ULONG type = 0;
  EXPECT_EQ(S_OK, store_->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, MAPI_MODIFY, &type,
                                    outbox.put_unknown()));
  return outbox;
}

void SpoolerMatrix::send() {
  const Ptr<IMAPIFolder> outbox = open_outbox();
  const Ptr<IMessage> message = compose(outbox.get(), {"SMTP:a@x"});
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
}

// The mail store has neither contents tables nor streams.
void SpoolerMatrix::open_children(Open what) {
  if (what == Open::kNothing) return;
  outbox_ = open_outbox();
  if (what == Open::kTable && is_installed()) {
    ULONG_PTR connection = 0;
    ASSERT_EQ(S_OK, outbox_->GetContentsTable(0, table_.put()));
    ASSERT_EQ(S_OK, table_->Advise(fnevTableModified, &sink_, &connection));
  }
  if (what == Open::kMessage || what == Open::kStream) message_ = compose(outbox_.get(), {"SMTP:unsaved@x"});
  if (what == Open::kStream && is_installed()) {
    ASSERT_EQ(S_OK,
              message_->OpenProperty(PR_BODY_A, &IID_IStream, 0, MAPI_CREATE | MAPI_MODIFY, stream_.put_unknown()));
  }
}

void SpoolerMatrix::check_orphans() {
  ULONG count = 0;
  Ptr<IMessage> made;
  if (outbox_) {
    EXPECT_EQ(MAPI_E_INVALID_OBJECT, outbox_->CreateMessage(nullptr, 0, made.put()));
  }
  if (message_) {
    EXPECT_EQ(MAPI_E_INVALID_OBJECT, message_->SaveChanges(0));
  }
  if (table_) {
    EXPECT_EQ(MAPI_E_INVALID_OBJECT, table_->GetRowCount(0, &count));
  }
  if (stream_) {
    EXPECT_EQ(STG_E_REVERTED, stream_->Read(&count, 1, nullptr));
  }
}

// Whatever the transport does: these once each, and in order.
void SpoolerMatrix::expect_calls(Who who, At) {
  const Calls of_transports = seen();
  const auto in_order = [who](const Calls& calls, const std::string& first, const std::string& then) {
    if (who == Who::kTwoAtOnce) return;
    EXPECT_LT(std::find(calls.begin(), calls.end(), first), std::find(calls.begin(), calls.end(), then)) << first;
  };
  const auto times = [](const Calls& calls, int count, const std::string& call) {
    EXPECT_EQ(count, std::count(calls.begin(), calls.end(), call)) << call;
  };
  for (const char* once : {"A:TransportLogoff 0", "B:TransportLogoff 0", "B:IXPLogon::Release 0"}) {
    times(of_transports, 1, once);
  }
  in_order(of_transports, "B:TransportLogoff 0", "A:TransportLogoff 0");
  if (is_installed()) {  // the client's and the spooler's
    const Calls calls = take_calls();
    for (const char* twice : {"IMsgStore::Release 0", "IMSLogon::Logoff 0", "IMSLogon::Release 0"}) {
      times(calls, 2, twice);
    }
    for (const char* once : {"IMSProvider::Shutdown 0", "IMSProvider::Release 0"}) times(calls, 1, once);
    in_order(calls, "IMSLogon::Logoff 0", "IMSProvider::Shutdown 0");
    return;
  }
  for (const char* once :
       {"IMsgStore::Release 0", "IMSLogon::Logoff 0", "IMSLogon::Release 0", "spooler IMSLogon::Logoff 0"}) {
    times(of_transports, 1, once);
  }
  in_order(of_transports, "spooler IMSLogon::Logoff 0", "IMSLogon::Logoff 0");
}

// Nothing was lost: it is there to be sent in a later session.
void SpoolerMatrix::expect_queued(const std::string& profile, LONG messages) {
  if (!is_installed()) {
    EXPECT_EQ(messages, control_->count('o'));
    return;
  }
  Ptr<IMAPITable> table;
  ULONG count = 77;
  log_on(MAPI_NO_MAIL, profile.c_str());
  open_mail();
  ASSERT_EQ(S_OK, open_outbox()->GetContentsTable(0, table.put()));
  EXPECT_EQ(S_OK, table->GetRowCount(0, &count));
  EXPECT_EQ(messages, static_cast<LONG>(count));
  table.reset();
  store_.reset();
  session_.reset();
  (void)take_calls();
}

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
  const std::string profile = is_installed() ? "Case " + std::to_string(case_) : "Mail";
  if (is_installed()) {
    ASSERT_NO_FATAL_FAILURE(make_installed_profile(profile));
  }
  if (at != At::kIdle) tell("A.submit", at == At::kStuck ? "stuck" : "block");
  ASSERT_NO_FATAL_FAILURE(start(profile.c_str()));
  if (at != At::kIdle) {
    ASSERT_NO_FATAL_FAILURE(send());
    ASSERT_TRUE(wait("A:SubmitMessage 0"));
  }
  ASSERT_NO_FATAL_FAILURE(open_children(static_cast<Open>(case_++ % 5)));
  (void)take_calls();
  (void)leaks();
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
  check_orphans();
  drop_children();
  EXPECT_EQ(1u, sink_.references);
  if (who != Who::kTwoAtOnce) {
    EXPECT_EQ(order == Order::kLogoffFirst, has(leaks(), "message store")) << "only what was left open";
  }
  if (!is_installed()) expect_queued(profile, at == At::kIdle ? 0 : 1);
  control_->release();
  ASSERT_TRUE(control_->wait_quiet());
  EXPECT_TRUE(wait("A:IXPLogon::Release 0"));  // the late one too
  EXPECT_TRUE(wait("IXPProvider::Release 0"));
  EXPECT_TRUE(seen_of({"FinishedMsg"}).empty());
  session_.reset();
  expect_calls(who, at);
  if (is_installed()) expect_queued(profile, at == At::kIdle ? 0 : 1);
}

// spec: LC-087 LC-091 LC-106 LC-114 LC-119 LC-120 R1 R2 R3 R4
TEST_P(SpoolerMatrix, EveryCase) {
  // Stores have to be made for the installed one: a quarter of the cases, with each two values of two axes together
  // among them, unless all are asked for (`./dev test --long`).
  const int step = is_installed() && !std::getenv("MAPIARY_WHOLE_MATRIX") ? 4 : 1;
  int number = 0;
  for (const ULONG flags : kLogoffFlags) {
    for (const Order order : {Order::kReleaseFirst, Order::kLogoffFirst, Order::kBothTwice}) {
      for (const Who who : {Who::kSame, Who::kOther, Who::kTwoAtOnce}) {
        if (order == Order::kBothTwice && who != Who::kSame) continue;  // the second time is nobody else's
        for (const At at : {At::kIdle, At::kSending, At::kStuck}) {
          if (number++ % step != 0) continue;
          SCOPED_TRACE("flags " + std::to_string(flags) + " order " + std::to_string(static_cast<int>(order)) +
                       " who " + std::to_string(static_cast<int>(who)) + " at " + std::to_string(static_cast<int>(at)));
          run_case(flags, order, who, at);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, SpoolerMatrix, ::testing::Values("Mail", "Installed"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace session_test
