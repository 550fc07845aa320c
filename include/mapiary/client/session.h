// SPDX-License-Identifier: Apache-2.0
//
// Where a client begins: Library (MAPIInitialize), Profiles and their services, Session. Everything that was opened
// through a session is of no use once it is logged off, and harmless.
// Thread rule: any thread; the Library must outlive everything else.
#ifndef MAPIARY_CLIENT_SESSION_H
#define MAPIARY_CLIENT_SESSION_H

#include <mapitags.h>
#include <mapix.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapiary/client/store.h"

namespace mapiary {
namespace client {

/// MAPIInitialize and MAPIUninitialize.
class Library {
 public:
  Library() {
    MAPIINIT_0 init = {MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
    check(MAPIInitialize(&init), "MAPIInitialize");
  }
  ~Library() { MAPIUninitialize(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

/// A message service of a profile.
struct Service {
  std::string uid;                     // the bytes of its MAPIUID
  std::string name;                    // for people
  std::string service;                 // its name in mapisvc.inf: "MAPIARY_SQLITE"
  std::vector<std::string> providers;  // what its stores and other providers are called
};

/// The services of one profile, to look at and to change.
class Profile {
 public:
  explicit Profile(Pointer<IMsgServiceAdmin> admin) : admin_(std::move(admin)) {}

  std::vector<Service> services() const {
    Pointer<IMAPITable> table;
    check(admin_->GetMsgServiceTable(0, table.put()), "IMsgServiceAdmin::GetMsgServiceTable", admin_.get());
    std::vector<Service> found;
    Table rows(std::move(table));
    rows.columns({PR_SERVICE_UID, PR_DISPLAY_NAME_W, PR_SERVICE_NAME_W});
    for (const Row& row : rows) {
      found.push_back({std::string(row.at(0).bytes()), row.at(1).text(), row.at(2).text(), {}});
    }
    add_providers(found);
    return found;
  }
  /// Adds a service and configures it; it goes again if it cannot be configured.
  Service add(const std::string& service, const std::string& name, const PropertyList& configuration) {
    std::string before;
    for (const Service& one : services()) before += one.uid;
    check(admin_->CreateMsgService(narrow(service), narrow(name), 0, 0), "IMsgServiceAdmin::CreateMsgService",
          admin_.get());
    for (Service& one : services()) {
      if (before.find(one.uid) != std::string::npos) continue;
      const HRESULT hr = admin_->ConfigureMsgService(uid(one), 0, 0, static_cast<ULONG>(configuration.size()),
                                                     const_cast<SPropValue*>(configuration.get()));
      if (FAILED(hr)) {
        (void)admin_->DeleteMsgService(uid(one));
        check(hr, "IMsgServiceAdmin::ConfigureMsgService", admin_.get());
      }
      return std::move(one);
    }
    throw Error(MAPI_E_NOT_FOUND, "IMsgServiceAdmin::GetMsgServiceTable", "the new service is not there");
  }
  void remove(const Service& service) {
    check(admin_->DeleteMsgService(uid(service)), "IMsgServiceAdmin::DeleteMsgService", admin_.get());
  }
  IMsgServiceAdmin* get() const { return admin_.get(); }

 private:
  void add_providers(std::vector<Service>& services) const {
    Pointer<IMAPITable> table;
    check(admin_->GetProviderTable(0, table.put()), "IMsgServiceAdmin::GetProviderTable", admin_.get());
    Table rows(std::move(table));
    rows.columns({PR_SERVICE_UID, PR_DISPLAY_NAME_W});
    for (const Row& row : rows) {
      for (Service& service : services) {
        if (service.uid == row.at(0).bytes()) service.providers.push_back(row.at(1).text());
      }
    }
  }
  static MAPIUID* uid(const Service& service) {
    return reinterpret_cast<MAPIUID*>(const_cast<char*>(service.uid.data()));
  }
  static LPTSTR narrow(const std::string& text) { return reinterpret_cast<LPTSTR>(const_cast<char*>(text.c_str())); }

  Pointer<IMsgServiceAdmin> admin_;
};

/// The profiles of this user.
class Profiles {
 public:
  Profiles() { check(MAPIAdminProfiles(0, admin_.put()), "MAPIAdminProfiles"); }

  struct Entry {
    std::string name;
    bool is_default = false;
  };
  std::vector<Entry> list() const {
    Pointer<IMAPITable> table;
    check(admin_->GetProfileTable(0, table.put()), "IProfAdmin::GetProfileTable", admin_.get());
    std::vector<Entry> found;
    Table rows(std::move(table));
    rows.columns({PR_DISPLAY_NAME_W, PR_DEFAULT_PROFILE});
    for (const Row& row : rows) found.push_back({row[PR_DISPLAY_NAME].text(), row.at(1).boolean()});
    return found;
  }
  void create(const std::string& name) {
    check(admin_->CreateProfile(narrow(name), nullptr, 0, 0), "IProfAdmin::CreateProfile", admin_.get());
  }
  void remove(const std::string& name) {
    check(admin_->DeleteProfile(narrow(name), 0), "IProfAdmin::DeleteProfile", admin_.get());
  }
  void make_default(const std::string& name) {
    check(admin_->SetDefaultProfile(narrow(name), 0), "IProfAdmin::SetDefaultProfile", admin_.get());
  }
  Profile open(const std::string& name) const {
    Pointer<IMsgServiceAdmin> services;
    check(admin_->AdminServices(narrow(name), nullptr, 0, 0, services.put()), "IProfAdmin::AdminServices",
          admin_.get());
    return Profile(std::move(services));
  }

 private:
  static LPTSTR narrow(const std::string& text) { return reinterpret_cast<LPTSTR>(const_cast<char*>(text.c_str())); }

  Pointer<IProfAdmin> admin_;
};

/// A logon. Its end logs off; what was opened through it must not be used any more.
class Session {
 public:
  Session() = default;
  /// No dialog, no mail traffic. `profile` is in UTF-8.
  static Session log_on(const std::string& profile) {
    Session made;
    std::wstring name = to_wide(profile);
    check(MAPILogonEx(0, reinterpret_cast<LPTSTR>(&name[0]), nullptr,
                      MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_EXPLICIT_PROFILE | MAPI_NO_MAIL | MAPI_UNICODE,
                      made.session_.put()),
          "MAPILogonEx");
    return made;
  }
  Session(Session&&) = default;
  Session& operator=(Session&& other) {
    log_off();
    session_ = std::move(other.session_);
    return *this;
  }
  ~Session() { log_off(); }
  explicit operator bool() const { return static_cast<bool>(session_); }
  IMAPISession* get() const { return session_.get(); }
  void log_off() {
    if (session_) (void)session_->Logoff(0, 0, 0);
    session_.reset();
  }

  struct StoreEntry {
    std::string entry_id, name;
    bool is_default = false;
  };
  /// The profile's stores.
  std::vector<StoreEntry> stores() const {
    Pointer<IMAPITable> table;
    check(session_->GetMsgStoresTable(MAPI_UNICODE, table.put()), "IMAPISession::GetMsgStoresTable", session_.get());
    std::vector<StoreEntry> found;
    Table rows(std::move(table));
    rows.columns({PR_ENTRYID, PR_DISPLAY_NAME_W, PR_DEFAULT_STORE});
    for (const Row& row : rows) {
      found.push_back({std::string(row.at(0).bytes()), row.at(1).text(), row.at(2).boolean()});
    }
    return found;
  }
  Store open_store(const std::string& entry_id, Access access = Access::kRead) const {
    Pointer<IMsgStore> store;
    const ULONG flags = MDB_NO_DIALOG | MDB_NO_MAIL | (access == Access::kWrite ? MDB_WRITE : 0);
    check(session_->OpenMsgStore(0, static_cast<ULONG>(entry_id.size()),
                                 reinterpret_cast<LPENTRYID>(const_cast<char*>(entry_id.data())), nullptr, flags,
                                 store.put()),
          "IMAPISession::OpenMsgStore", session_.get());
    return Store(std::move(store));
  }

 private:
  Pointer<IMAPISession> session_;
};

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_SESSION_H
