// SPDX-License-Identifier: Apache-2.0
// How long a commit of one process takes to reach an advise sink of another one, through public MAPI: from the moment
// SaveChanges returns to OnNotify. Two processes with a session each on one store of MAPIARY_SQLITE; the writer pauses
// between commits, as people do, so that the sleeping listener is what is measured, and then commits without pause.
// Every commit must be heard of, in order. 5,000 commits; with --long 100,000.
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "bench/ratio.h"

namespace {

void need(HRESULT hr, const char* what) {
  if (hr == S_OK) return;
  std::printf("%s: 0x%08X\n", what, static_cast<unsigned>(hr));
  std::exit(2);
}

LPTSTR text(const char* value) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(value));
}

std::int64_t clock_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

// What the two processes share: when each commit was told to its writer, and how far the listener is.
struct Shared {
  static constexpr std::size_t kMost = 100'000;
  std::atomic<bool> listening{false};
  std::atomic<std::uint32_t> heard{0};
  std::atomic<std::uint32_t> written{0};
  std::int64_t called[kMost];     // SaveChanges; ns, clock_ns() of this machine
  std::int64_t committed[kMost];  // ... returned
  std::int64_t notified[kMost];
  std::size_t saved_id[kMost], heard_id[kMost];  // hashes of entry ids
};

std::size_t hash_of(const void* id, ULONG size) {
  return std::hash<std::string_view>()({static_cast<const char*>(id), size});
}

class Sink final : public IMAPIAdviseSink {
 public:
  explicit Sink(Shared& shared) : shared_(shared) {}
  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
    *out = nullptr;
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return 2; }
  STDMETHODIMP_(ULONG) Release() override { return 1; }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    for (ULONG i = 0; i < count; ++i) {
      if (items[i].ulEventType != fnevObjectCreated || items[i].info.obj.ulObjType != MAPI_MESSAGE) continue;
      const std::uint32_t place = shared_.heard.load();
      if (place < Shared::kMost) {
        shared_.notified[place] = clock_ns();
        shared_.heard_id[place] = hash_of(items[i].info.obj.lpEntryID, items[i].info.obj.cbEntryID);
      }
      shared_.heard = place + 1;
    }
    return 0;
  }

 private:
  Shared& shared_;
};

struct Client {
  LPMAPISESSION session = nullptr;
  LPMDB store = nullptr;
};

Client log_on() {
  Client client;
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
  need(MAPILogonEx(0, text("Bench"), nullptr, MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, &client.session),
       "MAPILogonEx");
  need(client.session->GetMsgStoresTable(0, &table), "GetMsgStoresTable");
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "the stores");
  const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
  need(client.session->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr,
                                    MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL, &client.store),
       "OpenMsgStore");
  FreeProws(rows);
  table->Release();
  return client;
}

void log_off(Client& client) {
  client.store->Release();
  client.session->Logoff(0, 0, 0);
  client.session->Release();
}

void make_profile(const std::filesystem::path& place) {
  LPPROFADMIN profiles = nullptr;
  LPSERVICEADMIN services = nullptr;
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
  need(MAPIAdminProfiles(0, &profiles), "MAPIAdminProfiles");
  need(profiles->CreateProfile(text("Bench"), nullptr, 0, 0), "CreateProfile");
  need(profiles->AdminServices(text("Bench"), nullptr, 0, 0, &services), "AdminServices");
  need(services->CreateMsgService(text("MAPIARY_SQLITE"), text("Bench"), 0, 0), "CreateMsgService");
  need(services->GetMsgServiceTable(0, &table), "GetMsgServiceTable");
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "the services");
  std::string path = (place / "mail.mapiary").string();
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
  value.Value.lpszA = path.data();
  auto* uid = reinterpret_cast<LPMAPIUID>(rows->aRow[0].lpProps[0].Value.bin.lpb);
  need(services->ConfigureMsgService(uid, 0, 0, 1, &value), "ConfigureMsgService");
  FreeProws(rows);
  table->Release();
  services->Release();
  profiles->Release();
}

// The other process: commits, the first half one by one with a pause before each, the rest as fast as it can.
int write_all(Shared& shared, std::uint32_t paused, std::uint32_t count) {
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  Client client = log_on();
  LPMAPIFOLDER root = nullptr;
  ULONG type = 0;
  need(client.store->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, reinterpret_cast<LPUNKNOWN*>(&root)), "root");
  while (!shared.listening) std::this_thread::yield();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i < paused) {
      while (shared.heard < i) std::this_thread::sleep_for(std::chrono::microseconds(50));
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    LPMESSAGE message = nullptr;
    need(root->CreateMessage(nullptr, 0, &message), "CreateMessage");
    shared.called[i] = clock_ns();
    need(message->SaveChanges(KEEP_OPEN_READONLY), "SaveChanges");
    shared.committed[i] = clock_ns();
    LPSPropValue id = nullptr;
    need(HrGetOneProp(message, PR_ENTRYID, &id), "PR_ENTRYID");
    shared.saved_id[i] = hash_of(id->Value.bin.lpb, id->Value.bin.cb);
    MAPIFreeBuffer(id);
    message->Release();
    shared.written = i + 1;
  }
  root->Release();
  log_off(client);
  MAPIUninitialize();
  return 0;
}

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * part)];
}

}  // namespace

int main(int arguments, char** words) {
  const bool is_long = arguments > 1 && std::strcmp(words[1], "--long") == 0;
  const std::uint32_t count = is_long ? Shared::kMost : 5'000, paused = is_long ? 10'000 : 1'000;
  void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  auto& shared = *new (memory) Shared;
  const auto place = std::filesystem::temp_directory_path() / ("notify-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(place);
  ::setenv("MAPIARY_CONFIG_HOME", (place / "config").c_str(), 1);
  ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
  // Before MAPI runs here: a process with threads cannot be forked whole. It waits for the profile.
  const pid_t writer = ::fork();
  if (writer == 0) {
    while (!shared.listening) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::_exit(write_all(shared, paused, count));
  }
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  make_profile(place);
  Client client = log_on();
  Sink sink(shared);
  ULONG_PTR connection = 0;
  need(client.store->Advise(0, nullptr, fnevObjectCreated, &sink, &connection), "Advise");
  shared.listening = true;
  int status = 1;
  ::waitpid(writer, &status, 0);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (shared.heard < count && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  need(client.store->Unadvise(connection), "Unadvise");
  log_off(client);
  MAPIUninitialize();
  std::filesystem::remove_all(place);

  bench::Report report;
  const std::uint32_t heard = shared.heard;
  std::vector<double> slow, fast, whole;
  for (std::uint32_t i = 0; i < std::min(heard, count); ++i) {
    // A listener may be quicker than the writer is with its call.
    const double late = std::max<double>(0, static_cast<double>(shared.notified[i] - shared.committed[i]) / 1e9);
    (i < paused ? slow : fast).push_back(late);
    if (i < paused) whole.push_back(static_cast<double>(shared.notified[i] - shared.called[i]) / 1e9);
  }
  report.at_most_us("commit to OnNotify of another process, p50", 200, percentile(slow, 0.5));
  report.note("commit to OnNotify of another process, p99", percentile(slow, 0.99) * 1e6, "us");
  report.note("... from the call of SaveChanges, its commit included, p50", percentile(whole, 0.5) * 1e6, "us");
  report.note("... while the writer commits without pause, p50", percentile(fast, 0.5) * 1e6, "us");
  std::uint32_t wrong = heard > count ? heard - count : count - heard;
  for (std::uint32_t i = 0; i < std::min(heard, count); ++i) wrong += shared.saved_id[i] != shared.heard_id[i];
  report.at_most("commits not heard of, or not in their order", 0, wrong, count, "commits");
  return status == 0 ? report.exit_code() : 2;
}
