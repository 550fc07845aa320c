// SPDX-License-Identifier: Apache-2.0
// Another process on the profiles of a test: it does what its arguments say through the public API, says so line by
// line on its output, and ends with its input. A call that fails is said too, and ends it with exit code 1.
//
//   churn <who> <first> <count> <with default>  the changes of churn.h from number <first>: their numbers
//   section <profile> <uid in hex> <flags>      opens a profile section: "ok"
//   store <profile>                             logs on and opens the first message store: "ok"
//   fast <profile>                              the same, then fast shutdown and the end: "ok"
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiaux.h>
#include <mapiutil.h>
#include <mapix.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "churn.h"

namespace {

void say(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

void need(HRESULT hr, const char* call) {
  if (SUCCEEDED(hr)) return;
  char code[16];
  std::snprintf(code, sizeof(code), "%08X", static_cast<unsigned>(hr));
  say(std::string(call) + " " + code);
  ::_exit(1);
}

LPTSTR text(const std::string& value) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(value.c_str()));
}

void wait_for_end() {
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

LPSERVICEADMIN services_of(LPPROFADMIN admin, const std::string& profile) {
  LPSERVICEADMIN services = nullptr;
  need(admin->AdminServices(text(profile), nullptr, 0, 0, &services), "AdminServices");
  return services;
}

MAPIUID service_of(LPSERVICEADMIN services) {
  LPMAPITABLE table = nullptr;
  need(services->GetMsgServiceTable(0, &table), "GetMsgServiceTable");
  SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
  LPSRowSet rows = nullptr;
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "QueryRows");
  MAPIUID uid{};
  if (rows->cRows != 1) need(MAPI_E_NOT_FOUND, "one message service");
  std::memcpy(&uid, rows->aRow[0].lpProps[0].Value.bin.lpb, sizeof(uid));
  FreeProws(rows);
  table->Release();
  return uid;
}

void set_both(SPropValue (&values)[2], unsigned first, unsigned second, int value) {
  values[0].ulPropTag = PROP_TAG(PT_LONG, first);
  values[1].ulPropTag = PROP_TAG(PT_LONG, second);
  values[0].Value.l = values[1].Value.l = value;
}

void change_service(LPPROFADMIN admin, const std::string& profile, int number) {
  LPSERVICEADMIN services = services_of(admin, profile);
  SPropValue values[2]{};
  MAPIUID uid = churn::step_of(number) == churn::Step::kAddService ? MAPIUID{} : service_of(services);
  switch (churn::step_of(number)) {
    case churn::Step::kAddService:
      need(services->CreateMsgService(text("REAL"), nullptr, 0, 0), "CreateMsgService");
      break;
    case churn::Step::kConfigure:
      set_both(values, churn::kFirstId, churn::kSecondId, number);
      need(services->ConfigureMsgService(&uid, 0, 0, 2, values), "ConfigureMsgService");
      break;
    default: {
      LPPROFSECT section = nullptr;
      need(services->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, &section), "OpenProfileSection");
      set_both(values, churn::kSecretId, churn::kWithSecretId, number);
      need(section->SetProps(2, values, nullptr), "SetProps");
      section->Release();
    }
  }
  services->Release();
}

void change(LPPROFADMIN admin, const std::string& who, int number, bool with_default) {
  const churn::Names names(who);
  switch (churn::step_of(number)) {
    case churn::Step::kCreate:
      return need(admin->CreateProfile(text(names.first), nullptr, 0, 0), "CreateProfile");
    case churn::Step::kAddService:
    case churn::Step::kConfigure:
    case churn::Step::kKeepSecret:
      return change_service(admin, names.first, number);
    case churn::Step::kCopy:
      return need(admin->CopyProfile(text(names.first), nullptr, text(names.copy), 0, 0), "CopyProfile");
    case churn::Step::kSetDefault:
      if (!with_default) return;
      return need(admin->SetDefaultProfile(text(names.copy), 0), "SetDefaultProfile");
    case churn::Step::kRename:
      return need(admin->RenameProfile(text(names.copy), nullptr, text(names.last), 0, 0), "RenameProfile");
    case churn::Step::kDelete:
      return need(admin->DeleteProfile(text(names.first), 0), "DeleteProfile");
    case churn::Step::kDeleteCopy:
      return need(admin->DeleteProfile(text(names.last), 0), "DeleteProfile");
  }
}

void run_churn(LPPROFADMIN admin, char** arguments) {
  const int first = std::atoi(arguments[1]), count = std::atoi(arguments[2]);
  for (int i = first; i < first + count; ++i) {
    change(admin, arguments[0], i, std::atoi(arguments[3]) != 0);
    say(std::to_string(i));
  }
}

void hold_section(LPPROFADMIN admin, char** arguments) {
  MAPIUID uid{};
  for (int i = 0; i < 16; ++i) {
    unsigned byte = 0;
    std::sscanf(arguments[1] + 2 * i, "%2x", &byte);
    uid.ab[i] = static_cast<BYTE>(byte);
  }
  LPSERVICEADMIN services = services_of(admin, arguments[0]);
  LPPROFSECT section = nullptr;
  need(services->OpenProfileSection(&uid, nullptr, static_cast<ULONG>(std::atoi(arguments[2])), &section),
       "OpenProfileSection");
  say("ok");
  wait_for_end();
  section->Release();
  services->Release();
}

struct OpenStore {
  LPMAPISESSION session = nullptr;
  LPMDB store = nullptr;
};

OpenStore open_store(char* profile) {
  LPMAPISESSION session = nullptr;
  need(MAPILogonEx(0, text(profile), nullptr, MAPI_EXTENDED | MAPI_NEW_SESSION, &session), "MAPILogonEx");
  LPMAPITABLE table = nullptr;
  need(session->GetMsgStoresTable(0, &table), "GetMsgStoresTable");
  SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
  LPSRowSet rows = nullptr;
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "QueryRows");
  table->Release();
  if (rows->cRows == 0) need(MAPI_E_NOT_FOUND, "a message store");
  const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
  LPMDB store = nullptr;
  need(session->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, MDB_WRITE, &store),
       "OpenMsgStore");
  FreeProws(rows);
  return {session, store};
}

void hold_store(char** arguments, bool is_fast) {
  const auto [session, store] = open_store(arguments[0]);
  if (is_fast) {
    IMAPIClientShutdown* shutdown = nullptr;
    need(session->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(&shutdown)), "QueryInterface");
    need(shutdown->QueryFastShutdown(), "QueryFastShutdown");
    need(shutdown->NotifyProcessShutdown(), "NotifyProcessShutdown");
    need(shutdown->DoFastShutdown(), "DoFastShutdown");
    say("ok");
    std::exit(0);  // with everything open, and MAPI not told any more
  }
  say("ok");
  wait_for_end();
  store->Release();
  need(session->Logoff(0, 0, 0), "Logoff");
  session->Release();
}

// Logons to one profile, one after another, while others do the same.
void log_on_often(char** arguments) {
  for (int i = std::atoi(arguments[1]); i > 0; --i) {
    const OpenStore open = open_store(arguments[0]);
    open.store->Release();
    need(open.session->Logoff(0, 0, 0), "Logoff");
    open.session->Release();
  }
  say("ok");
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 2 ? arguments[1] : "";
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  LPPROFADMIN admin = nullptr;
  need(MAPIAdminProfiles(0, &admin), "MAPIAdminProfiles");
  if (what == "churn" && count == 6) run_churn(admin, arguments + 2);
  if (what == "section" && count == 5) hold_section(admin, arguments + 2);
  if (what == "store" && count == 3) hold_store(arguments + 2, false);
  if (what == "fast" && count == 3) hold_store(arguments + 2, true);
  if (what == "logons" && count == 4) log_on_often(arguments + 2);
  admin->Release();
  MAPIUninitialize();
  return 0;
}
