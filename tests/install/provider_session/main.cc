// SPDX-License-Identifier: Apache-2.0
// A client's whole session with a store provider, the same for any: provider_session <service> <store> [<id>]. The
// profile is made new; <id> (hexadecimal, 6600) is the service's property that says which store. Prints what it read,
// or the step that failed; then the provider's library if SHOW_LIBRARY says how its name begins.
#define USES_ALL_MAPI_GUIDS
#define INITGUID
#include <initguid.h>
#include <mapiary/leaks.h>
#include <mapiguid.h>
#include <mapiutil.h>
#include <mapix.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

LPTSTR text(const char* value) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(value));
}

void need(HRESULT hr, const char* step) {
  if (SUCCEEDED(hr)) return;
  std::printf("%s: 0x%08X\n", step, static_cast<unsigned>(hr));
  std::exit(1);
}

void make_profile(const char* service, std::wstring store, ULONG id) {
  LPPROFADMIN profiles = nullptr;
  LPSERVICEADMIN services = nullptr;
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
  need(MAPIAdminProfiles(0, &profiles), "MAPIAdminProfiles");
  need(profiles->CreateProfile(text("Example"), nullptr, 0, 0), "CreateProfile");
  need(profiles->AdminServices(text("Example"), nullptr, 0, 0, &services), "AdminServices");
  need(services->CreateMsgService(text(service), text("Example"), 0, 0), "CreateMsgService");
  need(services->GetMsgServiceTable(0, &table), "GetMsgServiceTable");
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "its rows");
  SPropValue name{};
  name.ulPropTag = PROP_TAG(PT_UNICODE, id);
  name.Value.lpszW = store.data();
  need(services->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(rows->aRow[0].lpProps[0].Value.bin.lpb), 0, 0, 1,
                                     &name),
       "ConfigureMsgService");
  FreeProws(rows);
  table->Release();
  services->Release();
  profiles->Release();
}

LPMDB open_store(LPMAPISESSION session) {
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  LPMDB store = nullptr;
  SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
  need(session->GetMsgStoresTable(0, &table), "GetMsgStoresTable");
  need(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows), "its rows");
  const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
  need(session->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, MDB_WRITE | MDB_NO_DIALOG, &store),
       "OpenMsgStore");
  FreeProws(rows);
  table->Release();
  return store;
}

LPMAPIFOLDER open_subtree(LPMDB store) {
  LPSPropValue id = nullptr;
  LPUNKNOWN folder = nullptr;
  ULONG type = 0;
  need(HrGetOneProp(store, PR_IPM_SUBTREE_ENTRYID, &id), "PR_IPM_SUBTREE_ENTRYID");
  need(store->OpenEntry(id->Value.bin.cb, reinterpret_cast<LPENTRYID>(id->Value.bin.lpb), nullptr, MAPI_MODIFY, &type,
                        &folder),
       "OpenEntry");
  MAPIFreeBuffer(id);
  return static_cast<LPMAPIFOLDER>(folder);
}

void write(LPMAPIFOLDER parent) {
  LPMAPIFOLDER folder = nullptr;
  LPMESSAGE message = nullptr;
  std::wstring name = L"Letters", subject = L"Hello \x263A";
  need(parent->CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(name.data()), nullptr, nullptr, MAPI_UNICODE,
                            &folder),
       "CreateFolder");
  need(folder->CreateMessage(nullptr, 0, &message), "CreateMessage");
  SPropValue values[2]{};
  values[0].ulPropTag = PR_SUBJECT_W;
  values[0].Value.lpszW = subject.data();
  values[1].ulPropTag = PR_IMPORTANCE;
  values[1].Value.l = IMPORTANCE_HIGH;
  need(message->SetProps(2, values, nullptr), "SetProps");
  need(message->SaveChanges(0), "SaveChanges");
  message->Release();
  folder->Release();
}

// From the tables down, through the session's own OpenEntry.
void read(LPMAPISESSION session, LPMAPIFOLDER parent) {
  LPMAPITABLE folders = nullptr, messages = nullptr;
  LPSRowSet rows = nullptr;
  LPUNKNOWN object = nullptr;
  ULONG type = 0;
  SizedSPropTagArray(2, columns) = {2, {PR_ENTRYID, PR_DISPLAY_NAME_W}};
  SizedSPropTagArray(2, of_message) = {2, {PR_SUBJECT_W, PR_IMPORTANCE}};
  need(parent->GetHierarchyTable(0, &folders), "GetHierarchyTable");
  need(folders->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), "SetColumns");
  need(folders->QueryRows(100, 0, &rows), "QueryRows");
  // Beside the standard folders of a default store.
  ULONG row = 0;
  while (row < rows->cRows && std::wstring(rows->aRow[row].lpProps[1].Value.lpszW) != L"Letters") ++row;
  need(row < rows->cRows ? S_OK : MAPI_E_NOT_FOUND, "the folder");
  std::printf("folder %ls\n", rows->aRow[row].lpProps[1].Value.lpszW);
  SBinary id = rows->aRow[row].lpProps[0].Value.bin;
  need(session->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, 0, &type, &object),
       "OpenEntry of a folder");
  FreeProws(rows);
  folders->Release();
  auto* folder = static_cast<LPMAPIFOLDER>(object);
  need(folder->GetContentsTable(0, &messages), "GetContentsTable");
  need(messages->QueryRows(10, 0, &rows), "QueryRows");
  need(rows->cRows == 1 ? S_OK : MAPI_E_NOT_FOUND, "one message");
  const SPropValue* found = nullptr;
  for (ULONG i = 0; i < rows->aRow[0].cValues; ++i)
    if (rows->aRow[0].lpProps[i].ulPropTag == PR_ENTRYID) found = &rows->aRow[0].lpProps[i];
  need(found ? S_OK : MAPI_E_NOT_FOUND, "PR_ENTRYID of a message");
  id = found->Value.bin;
  need(session->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, 0, &type, &object),
       "OpenEntry of a message");
  FreeProws(rows);
  messages->Release();
  auto* message = static_cast<LPMESSAGE>(object);
  ULONG count = 0;
  LPSPropValue values = nullptr;
  need(message->GetProps(reinterpret_cast<LPSPropTagArray>(&of_message), MAPI_UNICODE, &count, &values), "GetProps");
  const bool is_right = std::wstring(values[0].Value.lpszW) == L"Hello \x263A";
  std::printf("message %s importance %d\n", is_right ? "as written" : "DIFFERENT", static_cast<int>(values[1].Value.l));
  MAPIFreeBuffer(values);
  message->Release();
  folder->Release();
}

// The path of a library of this process.
void show_library(const char* begin) {
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  need(maps ? S_OK : MAPI_E_NOT_FOUND, "/proc/self/maps");
  char line[4352];  // a path and what stands before it
  while (std::fgets(line, sizeof(line), maps)) {
    const char* name = std::strrchr(line, '/');
    if (!name || std::strncmp(name + 1, begin, std::strlen(begin)) != 0) continue;
    std::printf("library %s", std::strchr(line, '/'));
    break;
  }
  std::fclose(maps);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3 && count != 4) return 2;
  const std::string store_name = arguments[2];
  const auto id = static_cast<ULONG>(std::strtoul(count == 4 ? arguments[3] : "6600", nullptr, 16));
  LPMAPISESSION session = nullptr;
  need(MAPIInitialize(nullptr), "MAPIInitialize");
  make_profile(arguments[1], std::wstring(store_name.begin(), store_name.end()), id);
  need(MAPILogonEx(0, text("Example"), nullptr, MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, &session),
       "MAPILogonEx");
  LPMDB store = open_store(session);
  LPMAPIFOLDER subtree = open_subtree(store);
  write(subtree);
  read(session, subtree);
  if (const char* library = std::getenv("SHOW_LIBRARY")) show_library(library);
  subtree->Release();
  ULONG flags = LOGOFF_NO_WAIT;
  need(store->StoreLogoff(&flags), "StoreLogoff");
  store->Release();
  need(session->Logoff(0, 0, 0), "Logoff");
  session->Release();
  MAPIUninitialize();
  std::printf("leaks %u\n", static_cast<unsigned>(MapiaryListLeaks(nullptr, nullptr, 0)));
  return 0;
}
