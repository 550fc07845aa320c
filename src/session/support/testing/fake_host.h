// SPDX-License-Identifier: Apache-2.0
// A session and a spooler that write down what a support object asks of them. Fields are set before the call; calls are
// read after it. Counters are safe from any thread, the rest is not synchronised.
#pragma once

#include <gtest/gtest.h>
#include <mapicode.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "session/support/support_object.h"

namespace mapiary::session::testing {

inline const Guid kUid = Guid::make(0x01020304, 0x0506, 0x0708, {9, 10, 11, 12, 13, 14, 15, 16});

class FakeSpooler final : public SpoolerPort {
 public:
  std::string calls;
  ULONG active = 0;
  bool stops = true;       // the transports obey stop()
  bool elsewhere = false;  // another process has the store
  HRESULT yields = S_OK;
  SpoolerNotice last;
  Preprocessor registered;
  std::string preprocessed_type;  // wants_preprocessing answers true for it

  ULONG activity(std::uint64_t) override { return active; }
  bool stop(std::uint64_t, std::chrono::milliseconds limit) override {
    calls += "stop " + std::to_string(limit.count()) + ";";
    if (stops) active &= LOGOFF_OUTBOUND_QUEUE;
    return stops;
  }
  Status drain(std::uint64_t) override { return note("drain"); }
  Status finish(std::uint64_t) override { return note("finish"); }
  Status flush(std::uint64_t) override { return note("flush"); }
  Status release_store(std::uint64_t logon) override { return note("release " + std::to_string(logon)); }
  bool is_open_elsewhere(std::uint64_t) override { return elsewhere; }
  Result<HRESULT> yield(std::uint64_t) override { return yields; }
  Status notify(std::uint64_t, SpoolerNotice notice) override {
    last = std::move(notice);
    return note("notify");
  }
  Status register_preprocessor(std::uint64_t, Preprocessor preprocessor) override {
    registered = std::move(preprocessor);
    return note("preprocessor");
  }
  bool wants_preprocessing(std::string_view type, std::string_view) override { return type == preprocessed_type; }
  Status preprocess(std::uint64_t, const model::EntryId&) override { return note("preprocess"); }
  Status complete(std::uint64_t, const model::EntryId&) override { return note("complete"); }

 private:
  Status note(const std::string& call) {
    calls += call + ";";
    return {};
  }
};

class FakeHost final : public SupportHost {
 public:
  std::string calls;
  std::shared_ptr<FakeSpooler> port = std::make_shared<FakeSpooler>();
  com::Ref<IUnknown> the_session;
  std::vector<Guid> uids;
  ULONG section_flags = 0;
  std::optional<Guid> section_uid;
  std::function<Result<OpenedObject>(const model::EntryId&)> opens;
  std::vector<com::Ref<IABLogon>> books;
  com::Ref<IABLogon> owner;
  com::Ref<IAddrBook> book;
  std::function<com::Ref<IMessage>()> new_report;
  com::Ref<IMsgStore> store;
  std::atomic<int> released{0};
  std::atomic<std::uint64_t> released_logon{99};
  std::atomic<int> reports{0};
  std::function<void()> on_release;

  com::Ref<IUnknown> session() override { return the_session; }
  std::shared_ptr<SpoolerPort> spooler() override { return port; }
  std::chrono::milliseconds abort_limit() override { return std::chrono::milliseconds(2000); }
  Status add_provider_uid(const SupportSeat&, const Guid& uid) override {
    uids.push_back(uid);
    return {};
  }
  Status modify_status_row(const SupportSeat&, std::span<const SPropValue> values, bool update) override {
    return note((update ? "update " : "row ") + std::to_string(values.size()));
  }
  Result<com::Ref<IProfSect>> open_profile_section(const SupportSeat&, std::optional<Guid> uid, ULONG flags) override {
    section_uid = uid;
    section_flags = flags;
    return fail(Code::kNotFound, "test", "no such section");
  }
  Status make_store_permanent(const SupportSeat&) override { return note("permanent"); }
  Result<OpenedObject> open_entry(const SupportSeat&, const model::EntryId& id, LPCIID, ULONG flags) override {
    calls += "open " + std::to_string(flags) + ";";
    if (opens) return opens(id);
    return fail(Code::kUnknownEntryId, "test", "nobody's");
  }
  Result<bool> compare_entry_ids(const SupportSeat&, const model::EntryId& a, const model::EntryId& b) override {
    calls += "compare;";
    return a.body() == b.body();
  }
  Result<com::Ref<IABLogon>> template_owner(const SupportSeat&, const model::EntryId&) override {
    if (!owner) return fail(Code::kUnknownEntryId, "test", "no such provider");
    return owner;
  }
  std::vector<com::Ref<IABLogon>> address_books() override { return books; }
  Result<OpenedAddressBook> open_address_book(const SupportSeat&) override {
    calls += "book;";
    if (book) return OpenedAddressBook{book, S_OK, std::nullopt};
    return fail(Code::kNotSupported, "test", "no address book");
  }
  Result<com::Ref<IMessage>> create_report(const SupportSeat&, IMessage&) override { return new_report(); }
  void report_saved(const SupportSeat&, com::Ref<IMessage>) override { ++reports_saved; }
  int reports_saved = 0;
  com::Ref<IMsgStore> store_object(const SupportSeat&) override { return store; }
  void report(const SupportSeat&, const Error&) override { ++reports; }
  void support_released(const SupportSeat& seat) override {
    ++released;
    released_logon = seat.logon;
    if (on_release) on_release();
  }

 private:
  Status note(const std::string& call) {
    calls += call + ";";
    return {};
  }
};

inline SupportSeat seat_of(SupportKind kind) {
  SupportSeat seat;
  seat.kind = kind;
  seat.logon = 7;
  seat.section = kUid;
  seat.dll_name = "sample.dll";
  return seat;
}

struct Support {
  std::shared_ptr<FakeHost> host = std::make_shared<FakeHost>();
  com::Ref<IMAPISupport> object;
  explicit Support(SupportKind kind) : object(make_support_object(host, seat_of(kind))) {}
  IMAPISupport* operator->() const { return object.get(); }
};

inline std::string entry_id(std::string_view body, const Guid& provider = kUid) {
  return std::string(model::EntryId::make(provider, body).bytes());
}
inline LPENTRYID as_entry(std::string& id) {
  return reinterpret_cast<LPENTRYID>(id.data());
}

// Counts and remembers; answers what it is told to.
class Sink final : public com::Object<IMAPIAdviseSink> {
 public:
  std::atomic<int> calls{0};
  std::atomic<int>* alive = nullptr;
  ULONG answer = 0;
  std::function<void(ULONG, LPNOTIFICATION)> seen;

  explicit Sink(std::atomic<int>* living = nullptr) : alive(living) {
    if (alive) ++*alive;
  }
  ~Sink() {
    if (alive) --*alive;
  }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION events) override {
    if (seen) seen(count, events);
    ++calls;
    return answer;
  }
};

}  // namespace mapiary::session::testing
