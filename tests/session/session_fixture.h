// SPDX-License-Identifier: Apache-2.0
// A process with a profile "Test" that has the recording store, in folders of its own, and what the provider wrote
// down.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <mapiary/leaks.h>
#include <mapiaux.h>
#include <mapispi.h>
#include <mapiutil.h>
#include <mapix.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/counted_sink.h"
#include "tests/temp_folder.h"

namespace session_test {

inline constexpr ULONG kNew = MAPI_EXTENDED | MAPI_NEW_SESSION;

// Owns one reference.
template <class T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(const Ptr&) = delete;
  Ptr& operator=(const Ptr&) = delete;
  Ptr(Ptr&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ptr& operator=(Ptr&& other) noexcept {
    if (this != &other) {
      reset();
      p_ = std::exchange(other.p_, nullptr);
    }
    return *this;
  }
  ~Ptr() { reset(); }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  T** put() {
    reset();
    return &p_;
  }
  LPUNKNOWN* put_unknown() { return reinterpret_cast<LPUNKNOWN*>(put()); }
  ULONG reset() {
    T* old = std::exchange(p_, nullptr);
    return old ? old->Release() : 0;
  }

 private:
  T* p_ = nullptr;
};

struct Sink final : test_sink::CountedSink {
  ~Sink() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    for (ULONG i = 0; i < count; ++i) {
      if (items[i].ulEventType == fnevExtended) ++extended;
      if (items[i].ulEventType == fnevCriticalError) ++errors;
      if (items[i].ulEventType == fnevTableModified) ++table;
    }
    return 0;
  }
  std::atomic<int> extended{0}, errors{0}, table{0};
};

inline std::string binary(const SPropValue& value) {
  if (PROP_TYPE(value.ulPropTag) != PT_BINARY) return {};
  return {reinterpret_cast<const char*>(value.Value.bin.lpb), value.Value.bin.cb};
}

struct TableRow {
  std::string key, id, name;
  LONG flags = 0, type = 0, code = 0;
};
inline std::vector<TableRow> rows_of(IMAPITable* table) {
  SizedSPropTagArray(6, columns) = {
      6, {PR_INSTANCE_KEY, PR_ENTRYID, PR_DISPLAY_NAME_A, PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_STATUS_CODE}};
  std::vector<TableRow> result;
  LPSRowSet rows = nullptr;
  if (FAILED(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows)))
    return result;
  for (ULONG i = 0; i < rows->cRows; ++i) {
    const LPSPropValue values = rows->aRow[i].lpProps;
    TableRow row{binary(values[0]), binary(values[1]), {}};
    if (PROP_TYPE(values[2].ulPropTag) == PT_STRING8) row.name = values[2].Value.lpszA;
    if (PROP_TYPE(values[3].ulPropTag) == PT_LONG) row.flags = values[3].Value.l;
    if (PROP_TYPE(values[4].ulPropTag) == PT_LONG) row.type = values[4].Value.l;
    if (PROP_TYPE(values[5].ulPropTag) == PT_LONG) row.code = values[5].Value.l;
    result.push_back(std::move(row));
  }
  FreeProws(rows);
  return result;
}

// Providers that are asked to hang do so while there is one.
class Gate {
 public:
  explicit Gate(const std::filesystem::path& file) {
    file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    EXPECT_GE(file_, 0);
    EXPECT_EQ(0, ::flock(file_, LOCK_EX));
    ::setenv("MAPIARY_RECORDING_GATE", file.c_str(), 1);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { open(); }
  // And waits until the session has cleaned up behind every call that returns too late.
  void open() {
    if (file_ < 0) return;
    ::close(std::exchange(file_, -1));
    EXPECT_EQ(0u, MapiaryWaitForProviders(60'000));
  }

 private:
  int file_ = -1;
};

class SessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_files::new_temp_folder("session-test");
    log_ = folder_ / "calls.log";
    set("MAPIARY_CONFIG_HOME", (folder_ / "config").string());
    set("MAPIARY_MAPISVC", (folder_ / "test.inf").string());
    set("MAPIARY_RECORDING_LOG", log_.string());
    for (const char* name : {"MAPIARY_RECORDING_MODE", "MAPIARY_RECORDING_GATE", "MAPIARY_LOGOFF_BOUND",
                             "MAPIARY_LOGON_BOUND", "MAPIARY_RELEASE_BOUND", "MAPIARY_FAST_SHUTDOWN"}) {
      ::unsetenv(name);
    }
    // A library of its own for each test: one that threw stays loaded for ever.
    library_ = (folder_ / "librecording_store.so").string();
    std::filesystem::copy_file(RECORDING_STORE, library_);
    write_inf(library_);
    MapiaryListLeaks(nullptr, nullptr, MAPIARY_LEAKS_CLEAR);
  }
  void TearDown() override {
    EXPECT_EQ(0u, MapiaryWaitForProviders(0)) << "a call into a provider outlasts the test";
    std::filesystem::remove_all(folder_);
  }

  static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
  static void mode(const std::string& modes) { set("MAPIARY_RECORDING_MODE", modes); }

  void write_inf(const std::string& library, bool with_entry = true) const {
    std::ofstream(folder_ / "test.inf") << "[Services]\nRECORD=Recording store\n"
                                        << "[RECORD]\nPR_DISPLAY_NAME=Recording store\nProviders=RECORD_STORE\n"
                                        << (with_entry ? "PR_SERVICE_DLL_NAME=" + library +
                                                             "\nPR_SERVICE_ENTRY_NAME=RecordingServiceEntry\n"
                                                       : std::string())
                                        << "[RECORD_STORE]\nPR_PROVIDER_DLL_NAME=" << library << "\n"
                                        << "PR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
                                        << "PR_RESOURCE_FLAGS=STATUS_DEFAULT_STORE\n"
                                        << "PR_DISPLAY_NAME=Recording store\nPR_PROVIDER_DISPLAY=Recording store\n";
  }
  static LPTSTR text(const char* value) { return reinterpret_cast<LPTSTR>(const_cast<char*>(value)); }

  // A profile with the recording store's service. MAPI is initialised by the caller.
  static void make_profile(const char* name, int services = 1) {
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(text(name), nullptr, 0, 0));
    Ptr<IMsgServiceAdmin> admin;
    ASSERT_EQ(S_OK, profiles->AdminServices(text(name), nullptr, 0, 0, admin.put()));
    for (int i = 0; i < services; ++i) ASSERT_EQ(S_OK, admin->CreateMsgService(text("RECORD"), text("Store"), 0, 0));
  }
  static HRESULT log_on(const char* profile, ULONG flags, Ptr<IMAPISession>& session) {
    return MAPILogonEx(0, profile ? text(profile) : nullptr, nullptr, flags, session.put());
  }
  static std::vector<TableRow> stores(IMAPISession* session) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session->GetMsgStoresTable(0, table.put()));
    return rows_of(table.get());
  }
  static std::vector<TableRow> status(IMAPISession* session) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session->GetStatusTable(0, table.put()));
    return rows_of(table.get());
  }
  static LPENTRYID id_of(const std::string& id) { return reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data())); }
  static HRESULT open(IMAPISession* session, const std::string& id, ULONG flags, Ptr<IMsgStore>& store) {
    return session->OpenMsgStore(0, static_cast<ULONG>(id.size()), id_of(id), nullptr, flags, store.put());
  }
  // Opens the first store of the table.
  static HRESULT open_first(IMAPISession* session, Ptr<IMsgStore>& store, ULONG flags = MDB_WRITE | MDB_NO_DIALOG) {
    return open(session, stores(session).at(0).id, flags, store);
  }
  static std::string object_id(char kind, const std::string& name = "box") {
    std::string id(4, '\0');
    id += std::string("RECORD\x11\x22\x01\x02\x03\x04\x05\x06\x07\x08", 16);
    return id + kind + name;
  }

  std::vector<std::string> calls() const {
    std::vector<std::string> result;
    std::ifstream file(log_);
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }
  std::vector<std::string> take_calls() const {
    auto result = calls();
    std::ofstream(log_, std::ios::trunc);
    return result;
  }
  static std::vector<std::string> leaks() {
    std::vector<std::string> lines;
    MapiaryListLeaks(
        [](LPVOID context, LPCSTR line) { static_cast<std::vector<std::string>*>(context)->emplace_back(line); },
        &lines, MAPIARY_LEAKS_CLEAR);
    return lines;
  }
  static bool has(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return line.find(part) != std::string::npos; });
  }

  std::filesystem::path folder_, log_;
  std::string library_;
};

}  // namespace session_test
