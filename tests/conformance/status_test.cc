// SPDX-License-Identifier: Apache-2.0
// The status table of a session with a store: the store's status object and MAPI's own. Pages: imapistatusimapiprop,
// imapistatus-*, status-object-implementation, required-and-optional-interfaces-for-message-store-providers.
#include <dlfcn.h>

#include <map>

#include "tests/conformance/testing/more_values.h"

namespace conformance {
namespace {

class StatusObjects : public StoreTest {
 protected:
  // Entry ids of the rows by PR_RESOURCE_TYPE.
  std::map<LONG, std::string> rows() {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session_->GetStatusTable(0, table.put()));
    const Rows rows(table.get(), {PR_RESOURCE_TYPE, PR_ENTRYID});
    std::map<LONG, std::string> found;
    for (ULONG i = 0; i < rows.size(); ++i) found[rows.at(i, 0).Value.l] = Values::binary(rows.at(i, 1));
    return found;
  }
  Ptr<IMAPIStatus> open_status(const std::string& id, ULONG flags = 0) {
    Ptr<IUnknown> out;
    ULONG type = 0;
    EXPECT_EQ(S_OK, session_->OpenEntry(size_of(id), entry(id), nullptr, flags, &type, out.put()));
    EXPECT_EQ(ULONG{MAPI_STATUS}, type);
    return Ptr<IMAPIStatus>::adopt(static_cast<IMAPIStatus*>(out.detach()));
  }
  Ptr<IMAPIStatus> of_store(ULONG flags = 0) { return open_status(rows()[MAPI_STORE_PROVIDER], flags); }
  // A column of the store's row.
  std::wstring column(ULONG tag) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session_->GetStatusTable(MAPI_UNICODE, table.put()));
    Compare store(RELOP_EQ, long_prop(PR_RESOURCE_TYPE, MAPI_STORE_PROVIDER));
    EXPECT_EQ(S_OK, table->Restrict(store.get(), 0));
    const Rows rows(table.get(), {tag});
    return rows.size() == 1 ? rows.text(0, 0) : L"no row";
  }
};

// spec: ST-387
TEST_P(StatusObjects, HasItsRequiredProperties) {
  const auto status = of_store(MAPI_MODIFY);
  const Values values(status.get(), {PR_DISPLAY_NAME_W, PR_PROVIDER_DISPLAY_W, PR_PROVIDER_DLL_NAME_A,
                                     PR_RESOURCE_FLAGS, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE, PR_STATUS_CODE});
  ASSERT_EQ(S_OK, values.hr);
  EXPECT_STREQ(L"store.db", values[0].Value.lpszW);
  EXPECT_EQ(LONG{STATUS_VALIDATE_STATE}, values[4].Value.l);
  EXPECT_EQ(LONG{MAPI_STORE_PROVIDER}, values[5].Value.l);
  EXPECT_EQ(LONG{STATUS_AVAILABLE}, values[6].Value.l);
  // The names are read/write ...
  EXPECT_EQ(S_OK, set_text(status.get(), PR_DISPLAY_NAME_W, L"Letters"));
  EXPECT_EQ(S_OK, set_text(status.get(), PR_PROVIDER_DISPLAY_W, L"Chest"));
  EXPECT_EQ(L"Letters", get_text(status.get(), PR_DISPLAY_NAME_W));
  EXPECT_EQ(L"Letters", column(PR_DISPLAY_NAME_W));
  EXPECT_EQ(L"Chest", column(PR_PROVIDER_DISPLAY_W));
  EXPECT_EQ(L"Letters", get_text(of_store().get(), PR_DISPLAY_NAME_W));
  // ... what the provider computes is not.
  for (const ULONG tag : {PR_RESOURCE_FLAGS, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE, PR_STATUS_CODE}) {
    const LONG before = get_long(status.get(), tag);
    EXPECT_EQ(MAPI_E_NO_ACCESS, set_long(status.get(), tag, before + 1)) << std::hex << tag;
    EXPECT_EQ(MAPI_E_NO_ACCESS, delete_prop(status.get(), tag)) << std::hex << tag;
    EXPECT_EQ(before, get_long(status.get(), tag));
  }
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(status.get(), PR_PROVIDER_DLL_NAME_W, L"x"));
  // Without MAPI_MODIFY nothing is written.
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(of_store().get(), PR_DISPLAY_NAME_W, L"x"));
}

// The methods by their slots: three of IUnknown, eleven of IMAPIProp, then these four. Only the spooler's object has
// FlushQueues and only ValidateState takes SUPPRESS_UI, so each slot shows which method it is.
// spec: ST-388
TEST_P(StatusObjects, MethodsStandInTheirSlots) {
  struct Slots {
    void* before[14];
    HRESULT(STDMETHODCALLTYPE* validate_state)(IMAPIStatus*, ULONG_PTR, ULONG);
    HRESULT(STDMETHODCALLTYPE* settings_dialog)(IMAPIStatus*, ULONG_PTR, ULONG);
    HRESULT(STDMETHODCALLTYPE* change_password)(IMAPIStatus*, LPTSTR, LPTSTR, ULONG);
    HRESULT(STDMETHODCALLTYPE* flush_queues)(IMAPIStatus*, ULONG_PTR, ULONG, LPENTRYID, ULONG);
  };
  const auto ids = rows();
  for (const LONG type : {LONG{MAPI_STORE_PROVIDER}, LONG{MAPI_SUBSYSTEM}, LONG{MAPI_AB}}) {
    const auto status = open_status(ids.at(type));
    const Slots& slots = **reinterpret_cast<Slots**>(status.get());
    EXPECT_EQ(S_OK, slots.validate_state(status.get(), 0, SUPPRESS_UI));
    EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, slots.validate_state(status.get(), 0, 0x40000000));
    EXPECT_EQ(MAPI_E_NO_SUPPORT, slots.settings_dialog(status.get(), 0, UI_READONLY));
    EXPECT_EQ(MAPI_E_NO_SUPPORT, slots.change_password(status.get(), nullptr, nullptr, 0));
    EXPECT_EQ(MAPI_E_NO_SUPPORT, slots.flush_queues(status.get(), 0, 0, nullptr, FLUSH_UPLOAD));
    EXPECT_EQ(slots.validate_state(status.get(), 0, 0), status->ValidateState(0, 0));
  }
}

// spec: ST-389
TEST_P(StatusObjects, MapisOwnAreReadOnly) {
  const auto ids = rows();
  for (const LONG type : {LONG{MAPI_SUBSYSTEM}, LONG{MAPI_AB}}) {
    const auto status = open_status(ids.at(type));
    const auto tags = tags_of(status.get());
    for (const ULONG tag : {PR_DISPLAY_NAME_W, PR_PROVIDER_DISPLAY_W, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE}) {
      EXPECT_EQ(1u, tags.count(tag)) << std::hex << tag;
      EXPECT_EQ(S_OK, get_error(status.get(), tag)) << std::hex << tag;
      EXPECT_EQ(MAPI_E_NO_ACCESS, delete_prop(status.get(), tag)) << std::hex << tag;
    }
    EXPECT_EQ(type, get_long(status.get(), PR_RESOURCE_TYPE));
    EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(status.get(), PR_DISPLAY_NAME_W, L"x"));
    EXPECT_EQ(MAPI_E_NO_ACCESS, set_long(status.get(), PR_STATUS_CODE, 0));
  }
}

// With SUPPRESS_UI the call is the same with a window that does not exist: nothing is shown in it. UI_READONLY changes
// nothing, as a hint may.
// spec: ST-392 ST-394
TEST_P(StatusObjects, ShowNothing) {
  for (const auto& [type, id] : rows()) {
    const auto status = open_status(id);
    EXPECT_EQ(S_OK, status->ValidateState(0, SUPPRESS_UI)) << type;
    EXPECT_EQ(S_OK, status->ValidateState(0xDEAD, SUPPRESS_UI)) << type;
    EXPECT_EQ(status->SettingsDialog(0, 0), status->SettingsDialog(0, UI_READONLY)) << type;
    const bool offered = get_long(status.get(), PR_RESOURCE_METHODS) & STATUS_SETTINGS_DIALOG;
    EXPECT_EQ(offered ? S_OK : MAPI_E_NO_SUPPORT, status->SettingsDialog(0, UI_READONLY)) << type;
  }
}

// The object outlives its logon, and says so.
TEST_P(StatusObjects, AreHarmlessAfterTheLogoff) {
  const auto status = of_store();
  ASSERT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, status->ValidateState(0, 0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, Values(status.get(), {PR_DISPLAY_NAME_W}).hr);
}

template <class I>
bool offers(IUnknown* object, REFIID iid) {
  Ptr<I> found;
  return object->QueryInterface(iid, reinterpret_cast<LPVOID*>(found.put())) == S_OK && found;
}

// The required ones, then those that attachments need. IMSProvider and IMSLogon have no other way to them than the
// provider's own entry point and the session's calls, which StoreTest makes.
// spec: ST-424 ST-425
TEST_P(StatusObjects, EveryInterfaceOfAStoreProviderIsThere) {
  EXPECT_TRUE(offers<IMsgStore>(store_.get(), IID_IMsgStore));
  EXPECT_TRUE(offers<IMAPIFolder>(root_.get(), IID_IMAPIFolder));
  const auto message = create_message(root_.get(), L"m");
  EXPECT_TRUE(offers<IMessage>(message.get(), IID_IMessage));
  EXPECT_TRUE(offers<IMAPITable>(contents(root_.get()).get(), IID_IMAPITable));
  EXPECT_TRUE(offers<IMAPIStatus>(of_store().get(), IID_IMAPIStatus));
  void* library = ::dlopen(STORE_PROVIDER, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(nullptr, library);
  auto* init = reinterpret_cast<MSPROVIDERINIT*>(::dlsym(library, "MSProviderInit"));
  ASSERT_NE(nullptr, init);
  ::dlclose(library);
  ULONG number = 0;
  Ptr<IAttach> attachment;
  ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
  EXPECT_TRUE(offers<IAttach>(attachment.get(), IID_IAttachment));
  {
    const auto stream = open_property<IStream>(attachment.get(), PR_ATTACH_DATA_BIN, IID_IStream, STGM_READWRITE,
                                               MAPI_CREATE | MAPI_MODIFY);
    EXPECT_TRUE(offers<IStream>(stream.get(), IID_IStream));
  }
  const auto storage = open_property<IStorage>(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStorage, STGM_READWRITE,
                                               MAPI_CREATE | MAPI_MODIFY);
  EXPECT_TRUE(offers<IStorage>(storage.get(), IID_IStorage));
  ASSERT_EQ(S_OK, storage->Commit(STGC_DEFAULT));
  const auto bytes = open_property<IStream>(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IStreamDocfile, 0, 0);
  EXPECT_TRUE(bytes);
}

CONFORMANCE_SUITE(StatusObjects);

}  // namespace
}  // namespace conformance
