// SPDX-License-Identifier: Apache-2.0
// The logoff matrix, the whole product: StoreLogoff with each flag or not at all, the order of final Release and
// session Logoff, each of them twice too, what the client has open, which threads do it, and what the transports are
// at: nothing, a message they stop when told to, a message they do not come back from. It runs on the mail store and on
// the installed store, whose calls the wrapping example traces; the transports write into the same record.
//
// expected() says what must be in the record, call by call, from rulings R1-R5. Two things have no place of their own:
// that a transport is told of the end of sending and receiving (it comes from the spooler's thread), and what the calls
// that were left behind do when the test lets them go. Where two threads end the session at once the record is one of
// those that allowed() takes: each party's row whole and in its order, and what must not be before what.
//
// Sanitizer builds run a sample in which each two values of two axes meet; all of it with MAPIARY_WHOLE_MATRIX
// (the tests logoff_matrix_* of the plain build, and of the others with --long).
#include <mapiary/incidents.h>

#include <barrier>
#include <mutex>
#include <set>
#include <tuple>

#include "spooler_fixture.h"

namespace session_test {
namespace {

enum class Order { kReleaseFirst, kLogoffFirst, kReleaseThenTwice, kTwiceThenRelease };
enum class Open { kNothing, kFolder, kMessage, kTable, kStream };
enum class Who { kSame, kOther, kTwoAtOnce };
enum class At { kIdle, kSending, kStuck };

constexpr ULONG kFlags[] = {0, LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET};
constexpr int kOrders = 4, kOpens = 5, kWhos = 3, kAts = 3;

struct MatrixCase {
  ULONG flags = 0;
  Order order = Order::kReleaseFirst;
  Open open = Open::kNothing;
  Who who = Who::kSame;
  At at = At::kIdle;

  bool is_twice() const { return order == Order::kReleaseThenTwice || order == Order::kTwiceThenRelease; }
  bool is_logoff_first() const { return order == Order::kLogoffFirst || order == Order::kTwiceThenRelease; }
  std::string text() const {
    return "flags " + std::to_string(flags) + " order " + std::to_string(static_cast<int>(order)) + " open " +
           std::to_string(static_cast<int>(open)) + " who " + std::to_string(static_cast<int>(who)) + " at " +
           std::to_string(static_cast<int>(at));
  }
};

// The whole product.
std::vector<MatrixCase> all_cases() {
  std::vector<MatrixCase> all;
  for (const ULONG flags : kFlags) {
    for (int order = 0; order < kOrders; ++order) {
      for (int open = 0; open < kOpens; ++open) {
        for (int who = 0; who < kWhos; ++who) {
          for (int at = 0; at < kAts; ++at) {
            all.push_back({flags, static_cast<Order>(order), static_cast<Open>(open), static_cast<Who>(who),
                           static_cast<At>(at)});
          }
        }
      }
    }
  }
  return all;
}

// Every 11th of the product, by a rule that lets each two values of two axes meet.
std::vector<MatrixCase> sample() {
  std::vector<MatrixCase> chosen;
  int number = 0;
  for (const MatrixCase& one : all_cases()) {
    const int flag = number++ / (kOrders * kOpens * kWhos * kAts);
    const int sum = flag + 3 * static_cast<int>(one.order) + 4 * static_cast<int>(one.open) +
                    5 * static_cast<int>(one.who) + 9 * static_cast<int>(one.at);
    if (sum % 11 == 0) chosen.push_back(one);
  }
  return chosen;
}

// What was seen of a case.
struct Seen {
  Calls calls;
  ULONG store_logoff = 0;        // what StoreLogoff gave back
  std::vector<HRESULT> logoffs;  // sorted
  std::size_t status_rows = 0;   // after a final Release that came first
  HRESULT of_entry = S_OK;       // OpenEntry at the session of a folder of the store then
  Calls leaks;                   // what the lines name
  bool is_late = false;          // somebody the case does not mean to be slow was too slow for the bounds
  LONG queued = 0;               // for a later session
};

const Calls kClientEnd = {"IMSLogon::Logoff 0", "IMSLogon::Release 0"};
const Calls kSpoolerEnd = {"spooler IMsgStore::Release 0", "spooler IMSLogon::Logoff 0", "spooler IMSLogon::Release 0"};
const Calls kEndOfA = {"A:TransportLogoff 0", "A:IXPLogon::Release 0"};
const Calls kEndOfB = {"B:TransportLogoff 0", "B:IXPLogon::Release 0"};
const Calls kTransportsEnd = {"IXPProvider::Shutdown 0", "IXPProvider::Release 0"};
const Calls kStoresEnd = {"IMSProvider::Shutdown 0", "IMSProvider::Release 0"};
const Calls kFlush = {"A:FlushQueues 0 0 NULL 1A", "B:FlushQueues 0 0 NULL 1A"};
const std::string kReleased = "IMsgStore::Release 0";
const std::string kTold = "StoreLogoffTransports ";
const std::string kCancel = "A:TransportNotify 80000000 message 101";
const std::string kCancelled = "A:SubmitMessage ends 80040113";
const std::string kUnlocked = "SetLockState unlocked";
// Of the transport that was left behind. Its TransportLogoff was the last call of its logon: no EndMessage.
const Calls kLate = {"A:SubmitMessage ends 0", "A:IXPLogon::Release 0", "IXPProvider::Shutdown 0",
                     "IXPProvider::Release 0"};
constexpr ULONG kQueue = LOGOFF_COMPLETE | LOGOFF_OUTBOUND_QUEUE, kBusy = LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE;

void add(Calls& to, const Calls& more) {
  to.insert(to.end(), more.begin(), more.end());
}
std::string hex(ULONG value) {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "%X", static_cast<unsigned>(value));
  return digits;
}
// R1: without StoreLogoff as if that had been called with LOGOFF_ABORT.
ULONG asked(const MatrixCase& one) {
  return one.flags ? one.flags : ULONG{LOGOFF_ABORT};
}
// Only LOGOFF_ABORT interrupts what is under way (R4); what does not end in time keeps the store (R5).
bool is_stopped(const MatrixCase& one) {
  return one.at == At::kSending && (one.is_logoff_first() || asked(one) == LOGOFF_ABORT);
}
bool is_left_behind(const MatrixCase& one) {
  return one.at == At::kStuck || (one.at == At::kSending && !is_stopped(one));
}

// ---- What must be in the record.

Calls logoff_first(const MatrixCase& one, bool is_installed) {
  Calls all;
  if (one.at != At::kIdle) all.push_back(kCancel);  // R3: the spooler stops first
  if (one.at == At::kSending) all.push_back(kCancelled);
  if (one.at != At::kIdle && !is_installed) all.push_back(kUnlocked);
  add(all, kSpoolerEnd);
  add(all, kEndOfB);
  all.push_back(kEndOfA[0]);
  if (one.at != At::kStuck) all.push_back(kEndOfA[1]);
  add(all, kClientEnd);
  if (one.at != At::kStuck) add(all, kTransportsEnd);
  add(all, kStoresEnd);
  all.push_back(kReleased);
  // After its Logoff a store may have let go of the session (the mail store) or tell it even then (R1).
  if (is_installed) all.push_back(kTold + hex(asked(one)) + " -> " + hex(LOGOFF_COMPLETE));
  if (one.at == At::kStuck) add(all, kLate);
  return all;
}

Calls release_first(const MatrixCase& one, bool is_installed) {
  Calls all{kReleased};
  const std::string told = kTold + hex(asked(one)) + " -> ";
  const auto let_go = [&] {  // by the spooler, with the message back in the queue
    if (one.at != At::kIdle && !is_installed) all.push_back(kUnlocked);
    add(all, kSpoolerEnd);
  };
  if (one.at == At::kIdle) {
    if (one.flags == LOGOFF_PURGE) add(all, kFlush);
    let_go();
    all.push_back(told + hex(LOGOFF_COMPLETE));
  } else if (is_stopped(one)) {
    add(all, {kCancel, kCancelled});
    let_go();
    all.push_back(told + hex(kQueue));
  } else {
    if (asked(one) == LOGOFF_ABORT) all.push_back(kCancel);
    all.push_back(told + hex(kBusy));
    let_go();  // the Release goes on whatever the answer (R4)
  }
  add(all, kClientEnd);
  add(all, kEndOfB);
  all.push_back(kEndOfA[0]);
  if (is_left_behind(one)) {
    add(all, kStoresEnd);
    add(all, kLate);
    return all;
  }
  all.push_back(kEndOfA[1]);
  add(all, kTransportsEnd);
  add(all, kStoresEnd);
  return all;
}

Calls expected(const MatrixCase& one, bool is_installed) {
  Calls all;
  if (one.flags) all.push_back("IMsgStore::StoreLogoff " + hex(one.flags));
  add(all, one.is_logoff_first() ? logoff_first(one, is_installed) : release_first(one, is_installed));
  return all;
}

// Takes the notices of the end of sending and receiving out of the record. Each is told once, to a transport that can
// still be called, and before its TransportLogoff. "": all is well.
std::string take_notices(Calls& calls, bool a_is_left_behind) {
  for (const char* name : {"A", "B"}) {
    const std::string notify = std::string(name) + ":TransportNotify ";
    ULONG told = 0;
    bool has_ended = false;
    for (auto call = calls.begin(); call != calls.end();) {
      has_ended = has_ended || *call == std::string(name) + ":TransportLogoff 0";
      const ULONG flags = call->rfind(notify, 0) == 0
                              ? static_cast<ULONG>(std::strtoul(call->c_str() + notify.size(), nullptr, 16))
                              : 0;
      if (flags == 0 || (flags & ~ULONG{NOTIFY_END_INBOUND | NOTIFY_END_OUTBOUND}) != 0) {
        ++call;
        continue;
      }
      if (has_ended || (told & flags) != 0) return *call + " too late or again";
      told |= flags;
      call = calls.erase(call);
    }
    const bool is_callable = *name == 'B' || !a_is_left_behind;
    if (told != (is_callable ? ULONG{NOTIFY_END_INBOUND | NOTIFY_END_OUTBOUND} : 0)) {
      return std::string(name) + " was told " + hex(told);
    }
  }
  return {};
}

// ---- Where two threads end it at once.

class Record {
 public:
  explicit Record(Calls calls) : calls_(std::move(calls)) {}

  // Takes this row out: whole, once, in its order.
  bool take(const Calls& row) {
    std::ptrdiff_t last = -1;
    for (const std::string& call : row) {
      const auto found = place(call);
      if (found < 0 || found <= last || is_taken(found)) return wrong(call);
      last = found;
      taken_.push_back(found);
    }
    return true;
  }
  // One call that begins so, if it is there; what follows in it.
  std::string take_one(const std::string& begin) {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const auto at = static_cast<std::ptrdiff_t>(i);
      if (calls_[i].rfind(begin, 0) != 0 || is_taken(at)) continue;
      taken_.push_back(at);
      return calls_[i].substr(begin.size());
    }
    return {};
  }
  bool before(const std::string& first, const std::string& then) {
    const auto a = place(first), b = place(then);
    return a >= 0 && b >= 0 && a < b ? true : wrong(first + " before " + then);
  }
  bool has(const std::string& call) const { return place(call) >= 0; }
  bool is_all() { return taken_.size() == calls_.size() ? true : wrong("more than that"); }
  const std::string& what() const { return what_; }

 private:
  std::ptrdiff_t place(const std::string& call) const {
    const auto found = std::find(calls_.begin(), calls_.end(), call);
    return found == calls_.end() ? -1 : found - calls_.begin();
  }
  bool is_taken(std::ptrdiff_t at) const { return std::find(taken_.begin(), taken_.end(), at) != taken_.end(); }
  bool wrong(const std::string& what) {
    what_ = what;
    return false;
  }

  const Calls calls_;
  std::vector<std::ptrdiff_t> taken_;
  std::string what_;
};

// What StoreLogoffTransports may answer: as without a race; or the session's Logoff came first, or in between, and the
// spooler has stopped with everything, done or left behind, and lets go of the store.
bool is_answer(const MatrixCase& one, const std::string& flags) {
  const std::string answer = flags.substr(flags.find(" -> ") + 4);
  if (answer == hex(LOGOFF_COMPLETE)) return true;
  if (one.at == At::kIdle) return false;
  // LOGOFF_QUIET asks and never waits: it may look between the end of the sending and the Logoff.
  if (asked(one) == LOGOFF_QUIET && answer == hex(LOGOFF_OUTBOUND_QUEUE)) return true;
  return answer == hex(kQueue) || answer == hex(kBusy);
}

// "": the record is one of those that may be.
std::string allowed(const MatrixCase& one, bool is_installed, const Calls& calls) {
  const bool left_behind = std::find(calls.begin(), calls.end(), kLate[0]) != calls.end();
  if (one.at == At::kIdle ? left_behind : one.at == At::kStuck && !left_behind) return "the message of the transport";
  Calls rest = calls;
  std::string wrong = take_notices(rest, left_behind);
  if (!wrong.empty() && one.at == At::kSending) {  // given up by the Release, it stopped before the Logoff came to it
    rest = calls;
    wrong = take_notices(rest, true);
  }
  if (!wrong.empty()) return wrong;
  Record record(std::move(rest));
  const auto all = [&]() -> bool {
    if (one.flags && !record.take({"IMsgStore::StoreLogoff " + hex(one.flags)})) return false;
    const auto rows_of_stores = record.take({kReleased}) && record.take(kClientEnd) && record.take(kSpoolerEnd) &&
                                record.take(kEndOfB) && record.take({kEndOfA[0]}) && record.take(kStoresEnd);
    if (!rows_of_stores ||
        !record.take(left_behind ? kLate : Calls{kEndOfA[1], kTransportsEnd[0], kTransportsEnd[1]})) {
      return false;
    }
    if (one.at != At::kIdle && !is_installed && !record.take({kUnlocked})) return false;
    if (one.at == At::kSending && !left_behind && !record.take({kCancelled})) return false;
    // By the Release and by the Logoff.
    for (int i = 0; one.at != At::kIdle && i < 2; ++i) (void)record.take_one(kCancel);
    if (one.flags == LOGOFF_PURGE && one.at != At::kStuck && record.has(kFlush[0])) {
      if (!record.take({kFlush[0]})) return false;
      if (record.has(kFlush[1]) && !record.take({kFlush[1]})) return false;
      // The Logoff did not find the flush over.
      for (const char* name : {"A", "B"}) (void)record.take_one(std::string(name) + ":TransportNotify C0000");
    }
    const std::string told = record.take_one(kTold);
    // The mail store gives back its support object in Logoff: it cannot tell any more.
    if (told.empty() ? is_installed : told.rfind(hex(asked(one)) + " -> ", 0) != 0 || !is_answer(one, told))
      return false;
    if (!told.empty() && !record.before(kReleased, kTold + told)) return false;
    return record.is_all() && record.before(kEndOfB[1], kEndOfA[0]) && record.before(kClientEnd[1], kStoresEnd[0]) &&
           record.before(kSpoolerEnd[2], kStoresEnd[0]) && record.before(kEndOfA[0], kStoresEnd[0]) &&
           (left_behind || record.before(kEndOfA[1], kTransportsEnd[0]));
  };
  if (all()) return {};
  return record.what().empty() ? "the answer of StoreLogoffTransports" : record.what();
}

// What the lines name, without the libraries.
Calls leaked(const Calls& lines) {
  Calls names;
  for (const std::string& line : lines) {
    const auto from = line.find("): ");
    if (from == line.npos) continue;
    names.push_back(line.substr(from + 3, line.find(" not released") - from - 3));
  }
  return names;
}

class SpoolerMatrix : public SpoolerFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  bool is_installed() const { return std::string(GetParam()) == "Installed"; }
  const char* profile() const { return is_installed() ? "Installed" : "Mail"; }
  void SetUp() override {
    SpoolerFixture::SetUp();
    set("MAPIARY_MAPISVC", (folder_ / "test.inf").string() + ":" + (folder_ / "installed.inf").string());
    set("WRAPPED_STORE_LIBRARY", STORE_PROVIDER);
    if (is_installed()) make_installed_profile();
    set("WRAPPING_STORE_TRACE", log_.string());
  }
  void TearDown() override {
    drop_children();
    SpoolerFixture::TearDown();
    ::unsetenv("WRAPPING_STORE_TRACE");
  }
  // A store in memory, and the two transports.
  void make_installed_profile() {
    std::ofstream(folder_ / "installed.inf")
        << "[Services]\nOURS=Installed\n[OURS]\nPR_DISPLAY_NAME=Installed\nProviders=OURS_STORE\n[OURS_STORE]\n"
        << "PR_PROVIDER_DLL_NAME=" WRAPPING_STORE "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
        << "PR_RESOURCE_FLAGS=STATUS_DEFAULT_STORE\nPR_DISPLAY_NAME=Installed\nPR_PROVIDER_DISPLAY=Installed\n"
        << "6700001F=" << (folder_ / "store").string() << "\n6701001F=memory\n";
    make_mail_profile(profile(), {"OURS", "XPA", "XPB"});
  }
  static void set_bounds(int scale) {
    set("MAPIARY_ABORT_BOUND", std::to_string(20 * scale));
    set("MAPIARY_LOGOFF_BOUND", std::to_string(50 * scale));
    set("MAPIARY_RELEASE_BOUND", "20000");
  }
  std::string outbox_id() {
    if (!is_installed()) return mail_id('o');
    LPSPropValue value = nullptr;
    EXPECT_EQ(S_OK, HrGetOneProp(store_.get(), PR_IPM_OUTBOX_ENTRYID, &value));
    std::string id = binary(*value);
    MAPIFreeBuffer(value);
    return id;
  }
  Ptr<IMAPIFolder> open_outbox() {
    const std::string id = outbox_id();
    Ptr<IMAPIFolder> outbox;
    ULONG type = 0;
    EXPECT_EQ(S_OK, store_->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, MAPI_MODIFY, &type,
                                      outbox.put_unknown()));
    return outbox;
  }
  void send() {
    const Ptr<IMAPIFolder> outbox = open_outbox();
    const Ptr<IMessage> message = compose(outbox.get(), {"SMTP:a@x"});
    ASSERT_EQ(S_OK, message->SubmitMessage(0));
  }
  void open_children(Open what);
  void check_orphans();
  void drop_children() {
    stream_.reset();
    table_.reset();
    message_.reset();
    outbox_.reset();
  }
  LONG count_and_clear();
  void end(const MatrixCase& one, Seen& seen);
  void look_between(Seen& seen);
  Seen run(const MatrixCase& one);
  static bool was_late(const MatrixCase& one, const Calls& calls);
  void check(const MatrixCase& one, Seen seen);

  std::string id_;  // of the outbox
  Ptr<IMAPIFolder> outbox_;
  Ptr<IMessage> message_;
  Ptr<IMAPITable> table_;
  Ptr<IStream> stream_;
  Sink sink_;
};

void SpoolerMatrix::open_children(Open what) {
  if (what == Open::kNothing) return;
  outbox_ = open_outbox();
  if (what == Open::kTable) {
    ULONG_PTR connection = 0;
    ASSERT_EQ(S_OK, outbox_->GetContentsTable(0, table_.put()));
    ASSERT_EQ(S_OK, table_->Advise(fnevTableModified, &sink_, &connection));
  }
  if (what == Open::kMessage || what == Open::kStream) message_ = compose(outbox_.get(), {"SMTP:unsaved@x"});
  if (what == Open::kStream) {
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

// Of the outbox in a later session; they go, so that the next case begins like this one.
LONG SpoolerMatrix::count_and_clear() {
  if (!is_installed()) return control_->count('o');
  LPSRowSet rows = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
  log_on(MAPI_NO_MAIL, profile());
  open_mail();
  const Ptr<IMAPIFolder> outbox = open_outbox();
  Ptr<IMAPITable> table;
  EXPECT_EQ(S_OK, outbox->GetContentsTable(0, table.put()));
  EXPECT_EQ(S_OK, HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
  const auto count = static_cast<LONG>(rows->cRows);
  for (ULONG i = 0; i < rows->cRows; ++i) {
    SBinary id = rows->aRow[i].lpProps[0].Value.bin;
    ENTRYLIST list{1, &id};
    (void)store_->AbortSubmit(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), 0);
    EXPECT_EQ(S_OK, outbox->DeleteMessages(&list, 0, nullptr, 0));
  }
  FreeProws(rows);
  table.reset();
  return count;
}

// After the final Release and before the Logoff.
void SpoolerMatrix::look_between(Seen& seen) {
  ULONG type = 0;
  Ptr<IMAPIFolder> folder;
  seen.of_entry =
      session_->OpenEntry(static_cast<ULONG>(id_.size()), id_of(id_), nullptr, 0, &type, folder.put_unknown());
  seen.status_rows = status(session_.get()).size();
}

void SpoolerMatrix::end(const MatrixCase& one, Seen& seen) {
  std::mutex mutex;
  const auto log_off = [&] {
    const HRESULT hr = session_->Logoff(0, 0, 0);
    const std::lock_guard lock(mutex);
    seen.logoffs.push_back(hr);
  };
  const auto in_order = [&] {
    if (!one.is_logoff_first()) {
      store_->AddRef();
      store_->Release();
      store_.reset();
      if (one.who == Who::kSame) look_between(seen);
    }
    log_off();
    if (one.is_twice()) log_off();
    if (one.is_logoff_first()) store_.reset();
  };
  if (one.who != Who::kTwoAtOnce) {
    if (one.who == Who::kSame) {
      in_order();
    } else {
      std::thread(in_order).join();
    }
    std::sort(seen.logoffs.begin(), seen.logoffs.end());
    return;
  }
  // One of two Logoffs does it. The Release comes first, last, or at the time of the other.
  std::barrier start(2);
  std::thread other([&] {
    start.arrive_and_wait();
    log_off();
  });
  start.arrive_and_wait();
  if (one.is_logoff_first()) log_off();
  store_.reset();
  if (!one.is_logoff_first()) log_off();
  other.join();
  std::sort(seen.logoffs.begin(), seen.logoffs.end());
}

Seen SpoolerMatrix::run(const MatrixCase& one) {
  Seen seen;
  control_->reset();
  control_->block();
  if (one.at != At::kIdle) tell("A.submit", one.at == At::kStuck ? "stuck" : "block");
  start(profile());
  if (one.at != At::kIdle) {
    send();
    EXPECT_TRUE(wait("A:SubmitMessage 0"));
  }
  id_ = outbox_id();
  open_children(one.open);
  (void)take_calls();
  (void)leaks();
  (void)MapiaryListIncidents(nullptr, nullptr, MAPIARY_INCIDENTS_CLEAR);
  if (one.flags) {
    seen.store_logoff = one.flags;
    EXPECT_EQ(S_OK, store_->StoreLogoff(&seen.store_logoff));
  }
  end(one, seen);
  seen.leaks = leaked(leaks());
  check_orphans();
  drop_children();
  EXPECT_EQ(1u, sink_.references);
  control_->release();
  EXPECT_TRUE(control_->wait_quiet());
  EXPECT_EQ(0u, MapiaryWaitForProviders(20'000));
  EXPECT_TRUE(wait("IXPProvider::Release 0"));
  session_.reset();
  seen.calls = take_calls();
  seen.is_late = was_late(one, seen.calls);
  EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr));
  seen.queued = count_and_clear();
  store_.reset();
  session_.reset();
  (void)leaks();
  (void)take_calls();
  return seen;
}

// A busy machine may be slower than the bounds: then the case says nothing. A transport that is stuck is meant to be.
bool SpoolerMatrix::was_late(const MatrixCase& one, const Calls& calls) {
  struct Look {
    const MatrixCase& one;
    bool is_late = false;
  } look{one};
  (void)MapiaryListIncidents(
      [](LPVOID context, LPCSTR line) {
        auto& to = *static_cast<Look*>(context);
        const std::string text = line;
        const bool is_meant = to.one.at != At::kIdle && text.find("Transport A") != text.npos;
        if (!is_meant && text.find("did not return in time") != text.npos) to.is_late = true;
      },
      &look, MAPIARY_INCIDENTS_CLEAR);
  if (look.is_late || one.at == At::kIdle || one.who == Who::kTwoAtOnce) return look.is_late;
  // Transport A itself: it did not hear in time that it was to stop, or was given up before it could.
  const auto place = [&](const std::string& call) { return std::find(calls.begin(), calls.end(), call); };
  if (is_stopped(one) && place(kLate[0]) != calls.end()) return true;
  const auto goes_on = std::find_if(calls.begin(), calls.end(), [](const std::string& call) {
    return call == kSpoolerEnd[0] || call.rfind(kTold, 0) == 0;
  });
  const bool is_cancelled = one.is_logoff_first() || asked(one) == LOGOFF_ABORT;
  return is_cancelled && place(kCancel) > goes_on;
}

void SpoolerMatrix::check(const MatrixCase& one, Seen seen) {
  Calls names;
  switch (one.open) {
    case Open::kNothing:
      break;
    case Open::kFolder:
      names = {"folder"};
      break;
    case Open::kMessage:
      names = {"folder", "message"};
      break;
    case Open::kTable:
      names = {"folder", "contents table 'advise connections: 1'"};
      break;
    case Open::kStream:
      names = {"folder", "message", "stream 'property 1000001E'"};
      break;
  }
  if (!is_installed()) names.clear();  // the mail store does not say
  const std::string store = "message store '" + std::string(is_installed() ? "Installed" : "Mail store") + "'";
  std::vector<HRESULT> answers = {S_OK};
  if (one.who == Who::kTwoAtOnce || one.is_twice()) answers.insert(answers.begin(), MAPI_E_NOT_INITIALIZED);
  if (one.who == Who::kTwoAtOnce) {
    EXPECT_EQ("", allowed(one, is_installed(), seen.calls)) << ::testing::PrintToString(seen.calls);
    if (!seen.leaks.empty() && seen.leaks[0] == store) seen.leaks.erase(seen.leaks.begin());  // Logoff came first
  } else {
    EXPECT_EQ("", take_notices(seen.calls, is_left_behind(one)));
    EXPECT_EQ(expected(one, is_installed()), seen.calls);
    if (one.is_logoff_first()) names.insert(names.begin(), store);
  }
  EXPECT_EQ(names, seen.leaks);
  EXPECT_EQ(answers, seen.logoffs);
  // The installed store tells what it has: the mail store has nothing to say (R1).
  EXPECT_EQ(is_installed() && one.flags && one.at != At::kIdle ? kBusy : 0, seen.store_logoff);
  if (!one.is_logoff_first() && one.who == Who::kSame) {
    EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, seen.of_entry) << "its MAPIUIDs are gone";
    EXPECT_EQ(5u, seen.status_rows)
        << "its row is gone, those of the subsystem, the spooler and the transports are not";
  }
  EXPECT_EQ(one.at == At::kIdle ? 0 : 1, seen.queued) << "nothing was lost";
}

// spec: LC-087 LC-091 LC-106 LC-114 LC-119 LC-120 R1 R2 R3 R4 R5
TEST_P(SpoolerMatrix, EveryCase) {
  const bool is_whole = std::getenv("MAPIARY_WHOLE_MATRIX") != nullptr;
  for (const MatrixCase& one : is_whole ? all_cases() : sample()) {
    SCOPED_TRACE(one.text());
    int scale = 2;
    set_bounds(scale);
    Seen seen = run(one);
    while (seen.is_late && scale < 100 && !HasFailure()) {
      set_bounds(scale *= 4);
      seen = run(one);
    }
    check(one, std::move(seen));
    if (HasFailure()) return;
  }
}

TEST(MatrixSample, EachTwoValuesOfTwoAxesMeet) {
  const auto values = [](const MatrixCase& one) {
    return std::vector<int>{static_cast<int>(one.flags), static_cast<int>(one.order), static_cast<int>(one.open),
                            static_cast<int>(one.who), static_cast<int>(one.at)};
  };
  std::set<std::tuple<std::size_t, int, std::size_t, int>> all, met;
  const auto collect = [&](const std::vector<MatrixCase>& cases, auto& into) {
    for (const MatrixCase& one : cases) {
      const auto v = values(one);
      for (std::size_t a = 0; a < v.size(); ++a) {
        for (std::size_t b = a + 1; b < v.size(); ++b) into.emplace(a, v[a], b, v[b]);
      }
    }
  };
  collect(all_cases(), all);
  collect(sample(), met);
  EXPECT_EQ(all, met);
  EXPECT_EQ(1080u, all_cases().size());
  EXPECT_GT(110u, sample().size());
}

INSTANTIATE_TEST_SUITE_P(Stores, SpoolerMatrix, ::testing::Values("Mail", "Installed"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace session_test
