// SPDX-License-Identifier: Apache-2.0
// Whole sessions: MAPIInitialize, MAPILogonEx, OpenMsgStore, Release, Logoff, MAPIUninitialize. How many a second of
// processor time, whether memory grows over 10,000 of them, and whether 64 threads with a session each get as many
// done; with the installed store in memory and in a file, and with the sample store. Names of stores as arguments: of
// these only.
#include <mapiary/leaks.h>
#include <mapiutil.h>
#include <mapix.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/ratio.h"

namespace {

constexpr unsigned kCycles = 10'000, kThreads = 64, kCyclesOfThread = 20;

struct Store {
  const char* service;
  ULONG place;  // the property that says which store a profile means
};
constexpr Store kStores[] = {{"MAPIARY_MEMORY", PROP_TAG(PT_UNICODE, 0x6700)},
                             {"MAPIARY_SQLITE", PROP_TAG(PT_UNICODE, 0x6700)},
                             {"SAMPLE", PROP_TAG(PT_UNICODE, 0x6600)}};
constexpr double kBar = 300;  // sessions a second of processor time, alone or among others

void need(HRESULT hr, const char* what) {
  if (hr == S_OK) return;
  std::printf("%s: 0x%08X\n", what, static_cast<unsigned>(hr));
  std::exit(2);
}

LPTSTR text(const std::string& value) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(value.c_str()));
}

std::string profile_of(const Store& kind, unsigned thread) {
  return kind.service + std::to_string(thread);
}

void make_profile(LPPROFADMIN profiles, const Store& kind, const std::filesystem::path& folder, unsigned thread) {
  const std::string name = profile_of(kind, thread);
  std::wstring store = (folder / name).wstring();
  LPSERVICEADMIN services = nullptr;
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
  need(profiles->CreateProfile(text(name), nullptr, 0, 0), "CreateProfile");
  need(profiles->AdminServices(text(name), nullptr, 0, 0, &services), "AdminServices");
  need(services->CreateMsgService(text(kind.service), text(kind.service), 0, 0), "CreateMsgService");
  need(services->GetMsgServiceTable(0, &table), "GetMsgServiceTable");
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "the services");
  SPropValue value{};
  value.ulPropTag = kind.place;
  value.Value.lpszW = store.data();
  auto* uid = reinterpret_cast<LPMAPIUID>(rows->aRow[0].lpProps[0].Value.bin.lpb);
  need(services->ConfigureMsgService(uid, 0, 0, 1, &value), "ConfigureMsgService");
  FreeProws(rows);
  table->Release();
  services->Release();
}

// One session. MAPI is initialised by the caller.
void session(const Store& kind, unsigned thread) {
  const std::string name = profile_of(kind, thread);
  LPMAPISESSION opened = nullptr;
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  LPMDB store = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
  need(MAPILogonEx(0, text(name), nullptr, MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, &opened), "MAPILogonEx");
  need(opened->GetMsgStoresTable(0, &table), "GetMsgStoresTable");
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "the stores");
  const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
  need(opened->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, MDB_WRITE | MDB_NO_DIALOG, &store),
       "OpenMsgStore");
  FreeProws(rows);
  table->Release();
  store->Release();
  need(opened->Logoff(0, 0, 0), "Logoff");
  opened->Release();
}

void cycle(const Store& kind) {
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  session(kind, 0);
  MAPIUninitialize();
}

// Bytes of this process in memory.
double resident() {
  std::ifstream file("/proc/self/statm");
  double all = 0, here = 0;
  file >> all >> here;
  return here * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void growth(bench::Report& report, const Store& kind) {
  for (unsigned i = 0; i < kCycles / 10; ++i) cycle(kind);
  const double before = resident();
  for (unsigned i = 0; i < kCycles; ++i) cycle(kind);
  const std::string count = std::to_string(kCycles);
  report.at_most(std::string(kind.service) + ": memory after " + count + " sessions / before", 1.02, resident(), before,
                 "bytes");
}

void threads(bench::Report& report, const Store& kind) {
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  const auto begun = std::chrono::steady_clock::now();
  const double spent = bench::once([&] {
    std::vector<std::thread> all;
    for (unsigned i = 0; i < kThreads; ++i) {
      all.emplace_back([&kind, i] {
        for (unsigned round = 0; round < kCyclesOfThread; ++round) session(kind, i);
      });
    }
    for (std::thread& each : all) each.join();
  });
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
  MAPIUninitialize();
  const std::string what = std::string(kind.service) + ": 64 threads, a session each";
  report.at_least(what, kBar, kThreads * kCyclesOfThread / spent, "sessions/CPU s");
  report.note(what + ", by the clock", kThreads * kCyclesOfThread / wall.count(), "sessions/s");
}

}  // namespace

int main(int count, char** names) {
  const auto folder = std::filesystem::temp_directory_path() / ("session-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  ::setenv("MAPIARY_CONFIG_HOME", folder.c_str(), 1);
  ::setenv("MAPIARY_MAPISVC", SAMPLE_INF ":" INSTALLED_INF, 1);
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  LPPROFADMIN profiles = nullptr;
  need(MAPIAdminProfiles(0, &profiles), "MAPIAdminProfiles");
  for (const Store& kind : kStores) {
    for (unsigned i = 0; i < kThreads; ++i) make_profile(profiles, kind, folder, i);
  }
  profiles->Release();
  MAPIUninitialize();

  bench::Report report;
  for (const Store& kind : kStores) {
    const auto is_it = [&](const char* name) { return kind.service == std::string(name); };
    if (count > 1 && std::none_of(names + 1, names + count, is_it)) continue;
    const std::string what = std::string(kind.service) + ": logon, open store, logoff, uninitialise";
    cycle(kind);  // makes and furnishes the store
    const double rate = 1 / bench::seconds([&] { cycle(kind); });
    report.at_least(what, kBar, rate, "cycles/CPU s");
    growth(report, kind);
    threads(report, kind);
  }
  std::filesystem::remove_all(folder);
  return MapiaryListLeaks(nullptr, nullptr, 0) != 0 ? 2 : report.exit_code();
}
