// SPDX-License-Identifier: Apache-2.0
// A profile "Mail" with the mail store and the transports A and B of the recording transport, and the control by which
// a test drives them.
#pragma once

#include <dlfcn.h>

#include <chrono>
#include <functional>
#include <thread>

#include "session_fixture.h"
#include "tests/providers/recording_transport/control.h"

namespace session_test {

using Calls = std::vector<std::string>;

class SpoolerFixture : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    for (const char* name :
         {"MAPIARY_POLL_INTERVAL", "MAPIARY_RETRY_INTERVAL", "MAPIARY_SEND_BOUND", "MAPIARY_ABORT_BOUND"}) {
      ::unsetenv(name);
    }
    library_ = ::dlopen(RECORDING_TRANSPORT, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(nullptr, library_) << ::dlerror();
    auto* get = reinterpret_cast<RecordingControl* (*)()>(::dlsym(library_, "GetRecordingControl"));
    ASSERT_NE(nullptr, get);
    control_ = get();
    control_->reset();
    write_mail_inf();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_mail_profile("Mail", {"MAIL", "XPA", "XPB"});
    control_->clear_lines();
  }
  void TearDown() override {
    control_->release();
    store_.reset();
    session_.reset();
    EXPECT_TRUE(control_->wait_quiet());
    MAPIUninitialize();
    control_->reset();
    ::dlclose(library_);
    SessionTest::TearDown();
  }

  // `first`: more properties of transport A.
  void write_mail_inf(const std::string& first = {}) const {
    std::ofstream inf(folder_ / "test.inf");
    inf << "[Services]\nMAIL=Mail store\nXPA=Transport A\nXPB=Transport B\n"
        << "[MAIL]\nPR_DISPLAY_NAME=Mail store\nProviders=MAIL_STORE\nPR_SERVICE_DLL_NAME=" << RECORDING_TRANSPORT
        << "\nPR_SERVICE_ENTRY_NAME=MailServiceEntry\n"
        << "[MAIL_STORE]\nPR_PROVIDER_DLL_NAME=" << RECORDING_TRANSPORT << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
        << "PR_RESOURCE_FLAGS=STATUS_DEFAULT_STORE\nPR_DISPLAY_NAME=Mail store\nPR_PROVIDER_DISPLAY=Mail store\n";
    for (const std::string name : {"A", "B"}) {
      inf << "[XP" << name << "]\nPR_DISPLAY_NAME=Transport " << name << "\nProviders=XP" << name << "_TRANSPORT\n"
          << "[XP" << name << "_TRANSPORT]\nPR_PROVIDER_DLL_NAME=" << RECORDING_TRANSPORT
          << "\nPR_RESOURCE_TYPE=MAPI_TRANSPORT_PROVIDER\nPR_DISPLAY_NAME=Transport " << name
          << "\nPR_PROVIDER_DISPLAY=Transport " << name << "\n6600001E=" << name << "\n"
          << (name == "A" ? first : std::string());
    }
  }
  static void make_mail_profile(const char* name, const std::vector<std::string>& services) {
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(text(name), nullptr, 0, 0));
    Ptr<IMsgServiceAdmin> admin;
    ASSERT_EQ(S_OK, profiles->AdminServices(text(name), nullptr, 0, 0, admin.put()));
    for (const std::string& service : services) {
      ASSERT_EQ(S_OK, admin->CreateMsgService(text(service.c_str()), text(service.c_str()), 0, 0)) << service;
    }
  }

  void tell(const std::string& key, const std::string& value) { control_->set(key.c_str(), value.c_str()); }
  void log_on(ULONG flags = 0, const char* profile = "Mail") {
    ASSERT_EQ(S_OK, SessionTest::log_on(profile, MAPI_EXTENDED | MAPI_NEW_SESSION | flags, session_));
  }
  void open_mail(ULONG flags = 0) {
    ASSERT_EQ(S_OK, open_first(session_.get(), store_, MDB_WRITE | MDB_NO_DIALOG | flags));
  }
  // Logged on, the store open, the spooler at work with both transports.
  void start(const char* profile = "Mail") {
    log_on(0, profile);
    open_mail();
    ASSERT_TRUE(wait("A:TransportNotify 3"));
    ASSERT_TRUE(wait("B:TransportNotify 3"));
  }
  bool wait(const std::string& prefix, int times = 1) {
    if (control_->wait_for(prefix.c_str(), times)) return true;
    for (const std::string& line : seen()) ADD_FAILURE() << line;
    return false;
  }
  Calls seen() {
    Calls result;
    control_->lines([](void* to, const char* line) { static_cast<Calls*>(to)->emplace_back(line); }, &result);
    return result;
  }
  // Those of the lines that begin with one of the prefixes, in their order.
  Calls seen_of(std::initializer_list<std::string> prefixes) {
    Calls result;
    for (const std::string& line : seen()) {
      for (const std::string& prefix : prefixes) {
        if (line.rfind(prefix, 0) == 0) {
          result.push_back(line);
          break;
        }
      }
    }
    return result;
  }
  static std::string mail_id(char kind, int number = 0) {
    std::string id(4, '\0');
    id += std::string("MAILSTOR\x01\x02\x03\x04\x05\x06\x07\x08", 16);
    return id + kind + std::to_string(number);
  }
  static LPENTRYID entry(const std::string& id) { return id_of(id); }

  // A message in the outbox to these, "TYPE:address" each; not submitted.
  Ptr<IMessage> compose(const std::vector<std::string>& to) {
    Ptr<IMAPIFolder> outbox;
    ULONG type = 0;
    const std::string id = mail_id('o');
    EXPECT_EQ(S_OK, store_->OpenEntry(static_cast<ULONG>(id.size()), entry(id), nullptr, MAPI_MODIFY, &type,
                                      outbox.put_unknown()));
    return compose(outbox.get(), to);
  }
  static Ptr<IMessage> compose(IMAPIFolder* outbox, const std::vector<std::string>& to) {
    Ptr<IMessage> message;
    EXPECT_EQ(S_OK, outbox->CreateMessage(nullptr, 0, message.put()));
    for (const std::string& each : to) {
      const auto colon = each.find(':');
      std::wstring kind(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(colon));
      std::wstring address(each.begin() + static_cast<std::ptrdiff_t>(colon) + 1, each.end());
      SPropValue values[4]{};
      values[0].ulPropTag = PR_RECIPIENT_TYPE;
      values[0].Value.l = MAPI_TO;
      values[1].ulPropTag = PR_ADDRTYPE_W;
      values[1].Value.lpszW = kind.data();
      values[2].ulPropTag = PR_EMAIL_ADDRESS_W;
      values[2].Value.lpszW = address.data();
      values[3].ulPropTag = PR_DISPLAY_NAME_W;
      values[3].Value.lpszW = address.data();
      SizedADRLIST(1, list) = {1, {{0, 4, values}}};
      EXPECT_EQ(S_OK, message->ModifyRecipients(MODRECIP_ADD, reinterpret_cast<LPADRLIST>(&list)));
    }
    return message;
  }
  void submit(const std::vector<std::string>& to) {
    const Ptr<IMessage> message = compose(to);
    ASSERT_EQ(S_OK, message->SubmitMessage(0));
  }
  // The spooler's status object.
  Ptr<IMAPIStatus> spooler_status() {
    Ptr<IMAPIStatus> object;
    for (const auto& row : status(session_.get())) {
      if (row.type != MAPI_SPOOLER) continue;
      ULONG type = 0;
      EXPECT_EQ(S_OK, session_->OpenEntry(static_cast<ULONG>(row.id.size()), id_of(row.id), nullptr, 0, &type,
                                          object.put_unknown()));
    }
    return object;
  }

  void* library_ = nullptr;
  RecordingControl* control_ = nullptr;
  Ptr<IMAPISession> session_;
  Ptr<IMsgStore> store_;
};

}  // namespace session_test
