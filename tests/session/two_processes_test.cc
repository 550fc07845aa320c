// SPDX-License-Identifier: Apache-2.0
// Two processes at work on one profile store, and processes that are killed there.
#define USES_ALL_MAPI_GUIDS
#include <extraconstants.h>
#include <initguid.h>

#include <random>
#include <thread>

#include "churn.h"
#include "process.h"
#include "profile/store.h"
#include "session_fixture.h"

namespace session_test {
namespace {

using mapiary::profile::ProfileStore;

int kills() {
  const char* asked = std::getenv("MAPIARY_KILLS");
  return asked ? std::atoi(asked) : MAPIARY_USUAL_KILLS;
}

class TwoProcesses : public SessionTest {
 protected:
  // The service of test_service.c instead of the recording store's.
  void write_real_service() const {
    std::ofstream(folder_ / "test.inf") << "[Services]\nREAL=Real service\n[REAL]\nPR_DISPLAY_NAME=Real service\n"
                                        << "PR_SERVICE_DLL_NAME=" << TEST_SERVICE << "\n"
                                        << "PR_SERVICE_ENTRY_NAME=ServiceEntry\nProviders=REAL_MS\n[REAL_MS]\n"
                                        << "PR_DISPLAY_NAME=Store\nPR_PROVIDER_DLL_NAME=" << TEST_SERVICE << "\n"
                                        << "PR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_RESOURCE_FLAGS=0\n";
  }
  ProfileStore store() const {
    mapiary::profile::Options options;
    options.folder = (folder_ / "config").string();
    auto opened = ProfileStore::open(options);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }
  static int value_of(const mapiary::profile::Profile& profile, const mapiary::Guid& section, unsigned id) {
    const auto value = profile.property(section, static_cast<std::uint16_t>(id));
    if (!value && value.error().code == mapiary::Code::kNotFound) return 0;
    EXPECT_TRUE(value) << value.error().message;
    return value ? value->as_int32() : -1;
  }
  // What is in the store, and that all of it is whole.
  churn::World world() const {
    ProfileStore all = store();
    const auto checked = all.check();
    EXPECT_TRUE(checked) << checked.error().message;
    churn::World result;
    const auto profiles = all.profiles();
    for (const auto& info : profiles.value()) {
      churn::Profile& seen = result[info.name];
      seen.is_default = info.is_default;
      const auto profile = all.profile(info.name).value();
      const auto services = profile.services();
      seen.services = static_cast<int>(services->size());
      for (const auto& service : *services) {
        seen.configured = value_of(profile, service.uid, churn::kFirstId);
        seen.secret = value_of(profile, service.uid, churn::kSecretId);
        EXPECT_EQ(seen.configured, value_of(profile, service.uid, churn::kSecondId)) << "one call is one change";
        EXPECT_EQ(seen.secret, value_of(profile, service.uid, churn::kWithSecretId)) << "one call is one change";
      }
    }
    return result;
  }
  static Process churning(const std::string& who, int first, int count, bool with_default) {
    return Process({"churn", who, std::to_string(first), std::to_string(count), with_default ? "1" : "0"});
  }
};

class KillProcess : public TwoProcesses {};

// At any moment of any change: afterwards the profiles are as before it or as after it.
TEST_F(KillProcess, LeavesTheOldOrTheNew) {
  write_real_service();
  std::mt19937 random(20260101);
  int done = 0;
  for (int round = 0; round < kills(); ++round) {
    Process process = churning("K", done, 1'000'000, true);
    const std::string first = process.line();
    ASSERT_EQ(std::to_string(done), first);
    ++done;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
    for (const std::string& line : process.kill_and_read()) {
      ASSERT_EQ(std::to_string(done), line);
      ++done;
    }
    const churn::World seen = world();
    const bool is_new = seen == churn::after("K", done + 1, true);
    EXPECT_TRUE(is_new || seen == churn::after("K", done, true)) << "round " << round << ", " << done << " changes";
    if (is_new) ++done;
    if (HasFailure()) return;
  }
}

// A running session lists the stores that another process has added to its profile, or taken from it, when it is asked.
// spec: LC-287 IMAPISession::GetMsgStoresTable
TEST_F(TwoProcesses, StoresOfAnotherProcessAreListed) {
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  make_profile("Test");
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  Ptr<IMAPITable> table;
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, session->GetMsgStoresTable(0, table.put()));
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  // A second connection of ours to the file is what another process has; it tells this one nothing.
  ProfileStore all = store();
  auto profile = all.profile("Test").value();
  const auto added = profile.copy_service(profile.services()->at(0).uid, profile);
  ASSERT_TRUE(added);
  const auto rows = stores(session.get());
  ASSERT_EQ(2u, rows.size());
  HrDispatchNotifications(0);
  EXPECT_EQ(1, sink.table);
  Ptr<IMsgStore> opened;
  EXPECT_EQ(S_OK, open(session.get(), rows[1].id, MDB_WRITE | MDB_NO_DIALOG, opened));
  opened.reset();
  ASSERT_TRUE(profile.delete_service(*added));
  EXPECT_EQ(1u, stores(session.get()).size());
  EXPECT_EQ(S_OK, table->Unadvise(connection));
  table.reset();
  session.reset();
  MAPIUninitialize();
}

// Nobody disturbs the others, not by its death either.
TEST_F(TwoProcesses, WorkOnOneStoreAtOnce) {
  write_real_service();
  constexpr int kChanges = 2 * churn::kSteps + 7;
  Process a = churning("A", 0, kChanges, false), b = churning("B", 0, kChanges, false);
  int done = 0;
  {
    Process c = churning("C", 0, 1'000'000, false);
    for (; done < churn::kSteps; ++done) ASSERT_EQ(std::to_string(done), c.line());
    done += static_cast<int>(c.kill_and_read().size());
  }
  EXPECT_EQ(0, a.end());
  EXPECT_EQ(0, b.end());
  churn::World seen = world(), of_c;
  for (const std::string& name : {churn::Names("C").first, churn::Names("C").copy, churn::Names("C").last}) {
    if (auto node = seen.extract(name)) of_c.insert(std::move(node));
  }
  churn::World expected = churn::after("A", kChanges, false);
  expected.merge(churn::after("B", kChanges, false));
  EXPECT_TRUE(seen == expected);
  EXPECT_TRUE(of_c == churn::after("C", done, false) || of_c == churn::after("C", done + 1, false));
}

class Neighbours : public TwoProcesses {
 protected:
  void SetUp() override {
    TwoProcesses::SetUp();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, admin_.put()));
    ASSERT_EQ(S_OK, admin_->AdminServices(text("Test"), nullptr, 0, 0, services_.put()));
  }
  void TearDown() override {
    services_.reset();
    admin_.reset();
    MAPIUninitialize();
    TwoProcesses::TearDown();
  }
  HRESULT open_section(ULONG flags, Ptr<IProfSect>& section) {
    MAPIUID uid = uid_;
    return services_->OpenProfileSection(&uid, nullptr, flags, section.put());
  }
  static std::string hex(const MAPIUID& uid) {
    std::string result;
    char byte[3];
    for (const BYTE b : uid.ab) {
      std::snprintf(byte, sizeof(byte), "%02X", unsigned{b});
      result += byte;
    }
    return result;
  }
  MAPIUID uid_of(IMAPITable* table, ULONG tag) {
    SizedSPropTagArray(1, columns) = {1, {tag}};
    LPSRowSet rows = nullptr;
    MAPIUID uid{};
    EXPECT_EQ(S_OK, HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    found_ = rows ? rows->cRows : 0;
    if (found_ > 0) std::memcpy(&uid, rows->aRow[0].lpProps[0].Value.bin.lpb, sizeof(uid));
    FreeProws(rows);
    return uid;
  }
  bool has_profile(const std::string& name) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, admin_->GetProfileTable(0, table.put()));
    const auto rows = rows_of(table.get());
    return std::any_of(rows.begin(), rows.end(), [&](const TableRow& row) { return row.name == name; });
  }

  Ptr<IProfAdmin> admin_;
  Ptr<IMsgServiceAdmin> services_;
  const MAPIUID uid_ = {{7, 7, 7, 1}};
  std::size_t found_ = 0;  // rows of the last uid_of()
};

// spec: LC-338 LC-339 LC-340 LC-527
TEST_F(Neighbours, ASectionHasManyReadersOrOneWriter) {
  Ptr<IProfSect> mine;
  ASSERT_EQ(S_OK, open_section(MAPI_MODIFY, mine));
  {
    Process other({"section", "Test", hex(uid_), "0"});
    EXPECT_EQ("OpenProfileSection 80070005", other.line());
  }
  mine.reset();
  for (const bool is_killed : {false, true}) {
    SCOPED_TRACE(is_killed);
    {
      Process writer({"section", "Test", hex(uid_), std::to_string(MAPI_MODIFY)});
      ASSERT_EQ("ok", writer.line());
      EXPECT_EQ(MAPI_E_NO_ACCESS, open_section(0, mine));
      EXPECT_EQ(MAPI_E_NO_ACCESS, open_section(MAPI_MODIFY, mine));
      if (is_killed) {
        writer.kill();
      } else {
        EXPECT_EQ(0, writer.end());
      }
    }
    EXPECT_EQ(S_OK, open_section(MAPI_MODIFY, mine)) << "the dead hold nothing";
    mine.reset();
    Process reader({"section", "Test", hex(uid_), "0"});
    ASSERT_EQ("ok", reader.line());
    EXPECT_EQ(S_OK, open_section(0, mine));
    mine.reset();
    EXPECT_EQ(MAPI_E_NO_ACCESS, open_section(MAPI_MODIFY, mine));
  }
}

// spec: LC-534
TEST_F(Neighbours, AProviderInUseElsewhereGoesWithItsLastUser) {
  for (const bool is_killed : {false, true}) {
    SCOPED_TRACE(is_killed);
    Ptr<IMAPITable> services, providers;
    ASSERT_EQ(S_OK, services_->GetMsgServiceTable(0, services.put()));
    MAPIUID service = uid_of(services.get(), PR_SERVICE_UID);
    Ptr<IProviderAdmin> admin;
    ASSERT_EQ(S_OK, services_->AdminProviders(&service, 0, admin.put()));
    ASSERT_EQ(S_OK, admin->GetProviderTable(0, providers.put()));
    MAPIUID provider = uid_of(providers.get(), PR_PROVIDER_UID);
    ASSERT_EQ(1u, found_);
    mapiary::Guid uid;
    std::copy(std::begin(provider.ab), std::end(provider.ab), uid.bytes.begin());
    Process user({"store", "Test"});
    ASSERT_EQ("ok", user.line());
    EXPECT_EQ(S_OK, admin->DeleteProvider(&provider));
    EXPECT_EQ(MAPI_E_NOT_FOUND, admin->DeleteProvider(&provider));
    ASSERT_EQ(S_OK, admin->GetProviderTable(0, providers.put()));
    (void)uid_of(providers.get(), PR_PROVIDER_UID);
    EXPECT_EQ(0u, found_) << "it is in no table";
    EXPECT_TRUE(store().profile("Test")->section(uid)) << "its user still has it";
    {
      Process late({"store", "Test"});
      EXPECT_EQ("a message store 8004010F", late.line()) << "nobody new gets it";
    }
    if (is_killed) {
      user.kill();
      EXPECT_TRUE(has_profile("Test"));  // a look at the profiles is enough
    } else {
      EXPECT_EQ(0, user.end());
    }
    EXPECT_EQ(mapiary::Code::kNotFound, store().profile("Test")->section(uid).error().code);
    ASSERT_EQ(S_OK, services_->DeleteMsgService(&service));
    ASSERT_EQ(S_OK, services_->CreateMsgService(text("RECORD"), text("Store"), 0, 0));
  }
}

// spec: LC-461 LC-468
TEST_F(Neighbours, AProfileInUseElsewhereChangesWithItsLastUser) {
  services_.reset();
  for (const bool is_killed : {false, true}) {
    SCOPED_TRACE(is_killed);
    Process user({"store", "Test"});
    ASSERT_EQ("ok", user.line());
    EXPECT_EQ(S_OK, admin_->RenameProfile(text("Test"), nullptr, text("Later"), 0, 0));
    EXPECT_TRUE(has_profile("Test"));
    is_killed ? user.kill() : void(user.end());
    EXPECT_TRUE(has_profile("Later"));
    Process other({"store", "Later"});
    ASSERT_EQ("ok", other.line());
    EXPECT_EQ(S_OK, admin_->DeleteProfile(text("Later"), 0));
    EXPECT_FALSE(has_profile("Later"));
    make_profile("Test");  // the next round's, and the name of neither is in the way
    is_killed ? other.kill() : void(other.end());
    EXPECT_TRUE(has_profile("Test"));
    EXPECT_EQ(1u, store().profiles()->size());
  }
}

// Providers read and write their sections in Logon (the recording store takes the first answer it gets). Whoever comes
// second waits; nobody learns of it.
TEST_F(Neighbours, LogonsToOneProfileAtOnce) {
  services_.reset();
  constexpr int kLogons = 25;
  Process a({"logons", "Test", std::to_string(kLogons)}), b({"logons", "Test", std::to_string(kLogons)});
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      MAPIInitialize(nullptr);
      for (int round = 0; round < kLogons; ++round) {
        Ptr<IMAPISession> session;
        Ptr<IMsgStore> store;
        if (log_on("Test", kNew, session) == S_OK && open_first(session.get(), store) == S_OK) ++good;
      }
      MAPIUninitialize();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(2 * kLogons, good);
  EXPECT_EQ("ok", a.line());
  EXPECT_EQ("ok", b.line());
  EXPECT_EQ(0, a.end());
  EXPECT_EQ(0, b.end());
}

// It waits for as long as its bound, and not for ever.
TEST_F(Neighbours, AProvidersWaitForItsSectionIsBounded) {
  Ptr<IMAPITable> services, providers;
  ASSERT_EQ(S_OK, services_->GetMsgServiceTable(0, services.put()));
  MAPIUID service = uid_of(services.get(), PR_SERVICE_UID);
  Ptr<IProviderAdmin> admin;
  ASSERT_EQ(S_OK, services_->AdminProviders(&service, 0, admin.put()));
  ASSERT_EQ(S_OK, admin->GetProviderTable(0, providers.put()));
  MAPIUID provider = uid_of(providers.get(), PR_PROVIDER_UID);
  set("MAPIARY_SECTION_BOUND", "50");
  Ptr<IMAPISession> session;
  ASSERT_EQ(S_OK, log_on("Test", kNew, session));
  Ptr<IProfSect> mine;
  ASSERT_EQ(S_OK, services_->OpenProfileSection(&provider, nullptr, MAPI_MODIFY | MAPI_FORCE_ACCESS, mine.put()));
  Ptr<IMsgStore> store;
  EXPECT_EQ(MAPI_E_NO_ACCESS, open_first(session.get(), store));
  mine.reset();
  EXPECT_EQ(S_OK, open_first(session.get(), store));
  ::unsetenv("MAPIARY_SECTION_BOUND");
}

// A client that calls nothing after DoFastShutdown ends at once and well, and leaves nothing locked behind.
// spec: LC-430
TEST_F(Neighbours, TheEndAfterFastShutdown) {
  services_.reset();
  (void)take_calls();
  Process client({"fast", "Test"});
  EXPECT_EQ("ok", client.line());
  EXPECT_EQ(0, client.end());
  const auto seen = take_calls();
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ("IMAPIProviderShutdown::DoFastShutdown", seen.back());
  EXPECT_EQ(S_OK, admin_->DeleteProfile(text("Test"), 0));
  EXPECT_FALSE(has_profile("Test"));
}

}  // namespace
}  // namespace session_test
