// SPDX-License-Identifier: Apache-2.0
// The store of StoreTest in a session with mail: beside it in the profile are transport A of the recording transport,
// which a test drives by control_, and, where a test asks for it, the mail store of that library. Public MAPI only.
#pragma once

#include <dlfcn.h>

#include "tests/conformance/testing/more_values.h"
#include "tests/providers/recording_transport/control.h"

namespace conformance {

class MailTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    leave();
    for (const char* name : {"MAPIARY_POLL_INTERVAL", "MAPIARY_RETRY_INTERVAL", "MAPIARY_SEND_BOUND"}) ::unsetenv(name);
    library_ = ::dlopen(RECORDING_TRANSPORT, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(nullptr, library_) << ::dlerror();
    auto* get = reinterpret_cast<RecordingControl* (*)()>(::dlsym(library_, "GetRecordingControl"));
    ASSERT_NE(nullptr, get);
    control_ = get();
    control_->reset();
    add_to_inf();
    add_service("XPA");
    control_->clear_lines();
  }
  void TearDown() override {
    control_->release();
    leave();
    EXPECT_TRUE(control_->wait_quiet());
    StoreTest::TearDown();
    control_->reset();
    ::dlclose(library_);
  }

  static LPTSTR narrow_text(const char* words) { return reinterpret_cast<LPTSTR>(const_cast<char*>(words)); }

  void leave() {
    root_.reset();
    store_.reset();
    if (session_) {
      EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    }
    session_.reset();
  }
  void add_service(const char* name) {
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    Ptr<IMsgServiceAdmin> admin;
    ASSERT_EQ(S_OK, profiles->AdminServices(narrow_text("Test"), nullptr, 0, 0, admin.put()));
    ASSERT_EQ(S_OK, admin->CreateMsgService(narrow_text(name), narrow_text(name), 0, 0));
  }
  // Logged on; with `mail` the spooler is at work and the transport has started.
  void start(bool mail = true) {
    const ULONG flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_EXPLICIT_PROFILE | (mail ? 0 : MAPI_NO_MAIL);
    ASSERT_EQ(S_OK, MAPILogonEx(0, narrow_text("Test"), nullptr, flags, session_.put()));
    open_default();
    if (mail) {
      ASSERT_TRUE(wait("A:TransportNotify 3"));
    }
  }
  void open_default() {
    open_store_of_profile(true, store_);
    ASSERT_TRUE(store_);
    root_ = open_root(store_.get(), MAPI_MODIFY);
  }
  bool wait(const std::string& prefix, int times = 1) {
    if (control_->wait_for(prefix.c_str(), times)) return true;
    for (const std::string& line : lines("")) ADD_FAILURE() << line;
    return false;
  }
  // What the transport saw, of lines with this beginning.
  std::vector<std::string> lines(const std::string& prefix) {
    struct All {
      std::string prefix;
      std::vector<std::string> found;
    } all{prefix, {}};
    control_->lines(
        [](void* to, const char* line) {
          auto* out = static_cast<All*>(to);
          if (std::string(line).rfind(out->prefix, 0) == 0) out->found.emplace_back(line);
        },
        &all);
    return all.found;
  }
  Ptr<IMAPIFolder> special(ULONG tag) { return open<IMAPIFolder>(get_binary(store_.get(), tag), IID_IMAPIFolder); }
  Ptr<IMAPIFolder> outbox() { return special(PR_IPM_OUTBOX_ENTRYID); }
  std::string inbox_id(const char* message_class = "IPM.Note") {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, store_->GetReceiveFolder(narrow_text(message_class), 0, &size, &id, nullptr));
    std::string bytes(reinterpret_cast<const char*>(id), id ? size : 0);
    MAPIFreeBuffer(id);
    return bytes;
  }
  Ptr<IMAPIFolder> inbox() { return open<IMAPIFolder>(inbox_id(), IID_IMAPIFolder); }
  // Submits a message of the Outbox; its entry id.
  std::string send(std::vector<const wchar_t*> addresses, bool erase = true) {
    const auto message = create_message(outbox().get(), L"m");
    for (const wchar_t* address : addresses) EXPECT_EQ(S_OK, add_recipient(message.get(), address));
    if (erase) {
      EXPECT_EQ(S_OK, set_bool(message.get(), PR_DELETE_AFTER_SUBMIT, true));
    }
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    EXPECT_EQ(S_OK, message->SubmitMessage(0));
    return id;
  }
  static bool has_messages(IMAPIFolder* folder, ULONG count) {
    for (int i = 0; i < 8000; ++i) {
      if (row_count(contents(folder).get()) == count) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  void* library_ = nullptr;
  RecordingControl* control_ = nullptr;

 protected:
  // The default store of the profile, or the other one.
  void open_store_of_profile(bool is_default, Ptr<IMsgStore>& store) {
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table.put()));
    const Rows rows(table.get(), {PR_ENTRYID, PR_DEFAULT_STORE});
    for (ULONG i = 0; i < rows.size(); ++i) {
      if ((rows.at(i, 1).Value.b != FALSE) != is_default) continue;
      const std::string id = Values::binary(rows.at(i, 0));
      ASSERT_EQ(S_OK,
                session_->OpenMsgStore(0, size_of(id), entry(id), nullptr, MDB_WRITE | MDB_NO_DIALOG, store.put()));
    }
  }

 private:
  void add_to_inf() const {
    const auto file = place_ / "mail.inf";
    ::setenv("MAPIARY_MAPISVC", (file.string() + ":" INSTALLED_INF).c_str(), 1);
    std::ofstream(file)
        << "[Services]\nXPA=Transport A\nMAIL=Mail store\n[XPA]\nPR_DISPLAY_NAME=Transport "
           "A\nProviders=XPA_XP\n[XPA_XP]\nPR_PROVIDER_DLL_NAME="
        << RECORDING_TRANSPORT << "\nPR_RESOURCE_TYPE=MAPI_TRANSPORT_PROVIDER\nPR_DISPLAY_NAME=Transport A\n"
        << "PR_PROVIDER_DISPLAY=Recording transport\n6600001E=A\n"
        << "[MAIL]\nPR_DISPLAY_NAME=Mail store\nProviders=MAIL_STORE\n[MAIL_STORE]\nPR_PROVIDER_DLL_NAME="
        << RECORDING_TRANSPORT << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_DISPLAY_NAME=Mail store\n"
        << "PR_PROVIDER_DISPLAY=Mail store\n";
  }
};

// With the support object that the provider of the mail store got: what any store provider can ask of MAPI.
class SupportTest : public MailTest {
 protected:
  void SetUp() override {
    MailTest::SetUp();
    add_service("MAIL");
    start();
    open_store_of_profile(false, mail_store_);
    support_ = control_->support("store");
    ASSERT_NE(nullptr, support_);
  }
  void TearDown() override {
    mail_store_.reset();
    MailTest::TearDown();
  }

  Ptr<IMsgStore> mail_store_;
  IMAPISupport* support_ = nullptr;
};

}  // namespace conformance
