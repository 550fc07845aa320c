// SPDX-License-Identifier: Apache-2.0
// A session over folder stores: the first provider of the service is the store "one", the default store; "two",
// "readonly" and "quiet" are there too. tests/providers/folder_store says what they can do.
#pragma once

#include "session_fixture.h"

namespace session_test {

constexpr const char* kStoreNames[] = {"one", "two", "readonly", "quiet"};

class FolderTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    write_stores("STATUS_DEFAULT_STORE");
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    ASSERT_EQ(S_OK, log_on("Test", MAPI_EXTENDED | MAPI_NEW_SESSION, session_));
  }
  void TearDown() override {
    session_.reset();
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  // `more`: further lines for the section of a store, by its name.
  void write_stores(const std::string& flags_of_one, const std::map<std::string, std::string>& more = {}) const {
    std::ofstream inf(folder_ / "test.inf");
    inf << "[Services]\nRECORD=Folder stores\n[RECORD]\nPR_DISPLAY_NAME=Folder "
           "stores\nProviders=ONE,TWO,READONLY,QUIET\n";
    for (const std::string name : kStoreNames) {
      std::string section = name;
      for (char& c : section) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const std::string lines = more.count(name) ? more.at(name) : "";
      inf << "[" << section << "]\nPR_PROVIDER_DLL_NAME=" FOLDER_STORE "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
          << "PR_DISPLAY_NAME=" << name << "\nPR_PROVIDER_DISPLAY=Folder store\n6600001E=" << name << "\n"
          << lines;
      if (lines.find("PR_RESOURCE_FLAGS") != std::string::npos) continue;
      inf << "PR_RESOURCE_FLAGS=" << (name == "one" ? flags_of_one : "0") << "\n";
    }
  }
  void log_on_to(const char* profile) {
    session_.reset();
    make_profile(profile);
    ASSERT_EQ(S_OK, log_on(profile, MAPI_EXTENDED | MAPI_NEW_SESSION, session_));
  }
  std::size_t index_of(const std::string& name) const {
    return static_cast<std::size_t>(std::find(std::begin(kStoreNames), std::end(kStoreNames), name) - kStoreNames);
  }
  std::string table_id(const std::string& name) const { return stores(session_.get()).at(index_of(name)).id; }
  HRESULT open_store(const std::string& name, ULONG flags, Ptr<IMsgStore>& store) const {
    return open(session_.get(), table_id(name), flags, store);
  }
  static std::string get_id(IMAPIProp* object, ULONG tag = PR_ENTRYID) {
    LPSPropValue value = nullptr;
    if (FAILED(HrGetOneProp(object, tag, &value))) return {};
    std::string id = binary(*value);
    MAPIFreeBuffer(value);
    return id;
  }
  static LONG get_long(IMAPIProp* object, ULONG tag) {
    LPSPropValue value = nullptr;
    if (FAILED(HrGetOneProp(object, tag, &value))) return -1;
    const LONG number = value->Value.l;
    MAPIFreeBuffer(value);
    return number;
  }
  static std::string get_text(IMAPIProp* object, ULONG tag) {
    LPSPropValue value = nullptr;
    if (FAILED(HrGetOneProp(object, CHANGE_PROP_TYPE(tag, PT_STRING8), &value))) return {};
    std::string text = value->Value.lpszA;
    MAPIFreeBuffer(value);
    return text;
  }
  template <class T>
  static HRESULT open_entry(T* from, const std::string& id, ULONG flags, LPUNKNOWN* out, ULONG* type = nullptr) {
    ULONG ignored = 0;
    return from->OpenEntry(static_cast<ULONG>(id.size()), id.empty() ? nullptr : id_of(id), nullptr, flags,
                           type ? type : &ignored, out);
  }
  static HRESULT root_of(IMsgStore* store, ULONG flags, Ptr<IMAPIFolder>& root) {
    return open_entry(store, {}, flags, root.put_unknown());
  }
  Ptr<IMAPISession> session_;
};

}  // namespace session_test
