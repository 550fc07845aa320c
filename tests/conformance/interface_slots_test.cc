// SPDX-License-Identifier: Apache-2.0
// Methods reached by their places in the tables of functions, as a client does that was compiled from other headers:
// each slot is called with the arguments of the method that has to be there, and must answer as that method does.
// Pages: imapipropiunknown, imapicontainerimapiprop, imapifolderimapicontainer, imsgstoreimapiprop, imessageimapiprop.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

// Calls the function in a slot. Only the table is looked at, not what the compiler knows of the interface.
template <class Result = HRESULT, class... Arguments>
__attribute__((no_sanitize("undefined"))) Result call(IUnknown* object, std::size_t slot, Arguments... arguments) {
  using Function = Result (*)(void*, Arguments...);
  void** table = *reinterpret_cast<void***>(object);
  return reinterpret_cast<Function>(table[slot])(object, arguments...);
}

constexpr std::size_t kProp = 3;            // after IUnknown
constexpr std::size_t kAfterProp = 3 + 11;  // what derives from IMAPIProp

class Slots : public StoreTest {
 protected:
  static ULONG size_of(const std::string& id) { return static_cast<ULONG>(id.size()); }
  static LPENTRYID entry_of(std::string& id) { return reinterpret_cast<LPENTRYID>(id.data()); }
};

// spec: ST-162
TEST_P(Slots, OfImapiProp) {
  const auto message = create_message(root_.get(), L"m"), other = create_message(root_.get(), L"other");
  IUnknown* const object = message.get();
  LPMAPIERROR error = nullptr;
  EXPECT_EQ(S_OK, (call(object, kProp + 0, HRESULT{S_OK}, ULONG{0}, &error)));
  EXPECT_EQ(nullptr, error);
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(message.get(), PR_ENTRYID));
  EXPECT_EQ(S_OK, (call(object, kProp + 1, KEEP_OPEN_READWRITE)));
  EXPECT_EQ(S_OK, get_error(message.get(), PR_ENTRYID));
  SizedSPropTagArray(1, subject) = {1, {PR_SUBJECT_W}};
  auto* tags = reinterpret_cast<LPSPropTagArray>(&subject);
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(S_OK, (call(object, kProp + 2, tags, ULONG{0}, &count, &values)));
  EXPECT_STREQ(L"m", values->Value.lpszW);
  LPSPropTagArray list = nullptr;
  ASSERT_EQ(S_OK, (call(object, kProp + 3, MAPI_UNICODE, &list)));
  EXPECT_GT(list->cValues, 10u);
  MAPIFreeBuffer(list);
  Ptr<IUnknown> stream;
  ASSERT_EQ(S_OK, (call(object, kProp + 4, PR_SUBJECT_W, &IID_IStream, ULONG{0}, ULONG{0}, stream.put())));
  wchar_t letter = 0;
  EXPECT_EQ(S_OK, static_cast<IStream*>(stream.get())->Read(&letter, sizeof letter, nullptr));
  EXPECT_EQ(L'm', letter);
  stream.reset();
  values->Value.lpszW = const_cast<wchar_t*>(L"new");
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(S_OK, (call(object, kProp + 5, ULONG{1}, values, &problems)));
  EXPECT_EQ(L"new", get_text(message.get(), PR_SUBJECT_W));
  MAPIFreeBuffer(values);
  void* const target = other.get();
  EXPECT_EQ(S_OK, (call(object, kProp + 8, tags, ULONG_PTR{0}, LPMAPIPROGRESS{nullptr}, &IID_IMessage, target, ULONG{0},
                        &problems)));
  EXPECT_EQ(L"new", get_text(other.get(), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_COMMENT_W, L"comment"));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"left out"));
  EXPECT_EQ(S_OK, (call(object, kProp + 7, ULONG{0}, LPCIID{nullptr}, tags, ULONG_PTR{0}, LPMAPIPROGRESS{nullptr},
                        &IID_IMessage, target, ULONG{0}, static_cast<LPSPropProblemArray*>(nullptr))));
  EXPECT_EQ(L"comment", get_text(other.get(), PR_COMMENT_W));
  EXPECT_EQ(L"new", get_text(other.get(), PR_SUBJECT_W));
  EXPECT_EQ(S_OK, (call(object, kProp + 6, tags, &problems)));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(message.get(), PR_SUBJECT_W));
  GUID set = PS_PUBLIC_STRINGS;
  MAPINAMEID name{&set, MNID_STRING, {}};
  name.Kind.lpwstrName = const_cast<wchar_t*>(L"Keywords");
  LPMAPINAMEID wanted = &name;
  LPMAPINAMEID* names = nullptr;
  ASSERT_EQ(S_OK, (call(object, kProp + 10, ULONG{1}, &wanted, ULONG{MAPI_CREATE}, &list)));
  ASSERT_EQ(S_OK, (call(object, kProp + 9, &list, LPGUID{nullptr}, ULONG{0}, &count, &names)));
  EXPECT_STREQ(L"Keywords", names[0]->Kind.lpwstrName);
  MAPIFreeBuffer(list);
  MAPIFreeBuffer(names);
}

// spec: ST-133
TEST_P(Slots, OfImapiContainer) {
  Ptr<IMAPITable> table;
  std::string id = get_binary(create_folder(root_.get(), L"Child").get(), PR_ENTRYID);
  add_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, (call(root_.get(), kAfterProp + 0, ULONG{0}, table.put())));
  EXPECT_EQ(MAPI_MESSAGE, Rows(table.get(), {PR_OBJECT_TYPE}).at(0, 0).Value.l);
  ASSERT_EQ(S_OK, (call(root_.get(), kAfterProp + 1, ULONG{0}, table.put())));
  EXPECT_EQ(MAPI_FOLDER, Rows(table.get(), {PR_OBJECT_TYPE}).at(0, 0).Value.l);
  Ptr<IUnknown> out;
  ULONG type = 0;
  ASSERT_EQ(S_OK, (call(root_.get(), kAfterProp + 2, size_of(id), entry_of(id), LPCIID{nullptr}, ULONG{0}, &type,
                        out.put())));
  EXPECT_EQ(L"Child", get_text(static_cast<IMAPIFolder*>(out.get()), PR_DISPLAY_NAME_W));
  const auto search = create_folder(root_.get(), L"Search", FOLDER_SEARCH);
  LPSRestriction criteria = nullptr;
  LPENTRYLIST containers = nullptr;
  ULONG state = 0;
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, (call(search.get(), kAfterProp + 4, ULONG{0}, &criteria, &containers, &state)));
  SRestriction exists{};
  exists.rt = RES_EXIST;
  exists.res.resExist = {0, PR_SUBJECT_W, 0};
  Entries where({id});
  EXPECT_EQ(S_OK, (call(search.get(), kAfterProp + 3, &exists, where.get(), ULONG{0})));
  EXPECT_EQ(S_OK, (call(search.get(), kAfterProp + 4, ULONG{0}, &criteria, &containers, &state)));
  EXPECT_EQ(ULONG{SEARCH_RUNNING}, state);
  MAPIFreeBuffer(criteria);
  MAPIFreeBuffer(containers);
}

// spec: ST-060
TEST_P(Slots, OfImapiFolder) {
  constexpr std::size_t kFolder = kAfterProp + 5;
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, (call(root_.get(), kFolder + 0, LPCIID{nullptr}, ULONG{0}, message.put())));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  std::string id = get_binary(message.get(), PR_ENTRYID);
  message.reset();
  Ptr<IMAPIFolder> child;
  ASSERT_EQ(S_OK, (call(root_.get(), kFolder + 3, ULONG{FOLDER_GENERIC}, text(L"Child"), LPTSTR{nullptr},
                        LPCIID{nullptr}, MAPI_UNICODE, child.put())));
  void* const target = child.get();
  Entries list({id});
  const LPMAPIPROGRESS none = nullptr;
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 1, list.get(), LPCIID{nullptr}, target, ULONG_PTR{0}, none, ULONG{0})));
  EXPECT_EQ(1, get_long(child.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 6, list.get(), ULONG_PTR{0}, none, ULONG{0})));
  EXPECT_EQ(0, get_long(root_.get(), PR_CONTENT_UNREAD));
  ULONG status = 9;
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 8, size_of(id), entry_of(id), ULONG{MSGSTATUS_TAGGED},
                        ULONG{MSGSTATUS_TAGGED}, &status)));
  EXPECT_EQ(0u, status);
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 7, size_of(id), entry_of(id), ULONG{0}, &status)));
  EXPECT_EQ(ULONG{MSGSTATUS_TAGGED}, status);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, (call(root_.get(), kFolder + 9, LPSSortOrderSet{nullptr}, ULONG{0})));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, (call(root_.get(), kFolder + 9, LPSSortOrderSet{nullptr}, ULONG{0x8000})));
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 2, list.get(), ULONG_PTR{0}, none, ULONG{0})));
  EXPECT_EQ(0, get_long(root_.get(), PR_CONTENT_COUNT));
  std::string child_id = get_binary(child.get(), PR_ENTRYID);
  const auto other = create_folder(root_.get(), L"Other");
  void* const into = other.get();
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 4, size_of(child_id), entry_of(child_id), LPCIID{nullptr}, into,
                        LPTSTR{nullptr}, ULONG_PTR{0}, none, ULONG{0})));
  EXPECT_TRUE(Values(other.get(), {PR_SUBFOLDERS})[0].Value.b);
  EXPECT_EQ(S_OK, (call(other.get(), kFolder + 10, ULONG_PTR{0}, none, ULONG{0})));
  EXPECT_FALSE(Values(other.get(), {PR_SUBFOLDERS})[0].Value.b);
  EXPECT_EQ(S_OK, (call(root_.get(), kFolder + 5, size_of(child_id), entry_of(child_id), ULONG_PTR{0}, none,
                        ULONG{DEL_MESSAGES})));
  EXPECT_EQ(MAPI_E_OBJECT_DELETED, get_error(child.get(), PR_DISPLAY_NAME_W));
}

// spec: ST-001
TEST_P(Slots, OfImsgStore) {
  std::string id = add_message(root_.get(), L"m"), root = get_binary(root_.get(), PR_ENTRYID);
  IUnknown* const store = store_.get();
  Sink sink;
  const LPMAPIADVISESINK to = &sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK,
            (call(store, kAfterProp + 0, ULONG{0}, LPENTRYID{nullptr}, ULONG{fnevObjectCreated}, to, &connection)));
  EXPECT_NE(0u, connection);
  EXPECT_EQ(S_OK, (call(store, kAfterProp + 1, connection)));
  ULONG same = 0;
  EXPECT_EQ(S_OK, (call(store, kAfterProp + 2, size_of(id), entry_of(id), size_of(id), entry_of(id), ULONG{0}, &same)));
  EXPECT_TRUE(same);
  Ptr<IUnknown> out;
  ULONG type = 0;
  EXPECT_EQ(S_OK,
            (call(store, kAfterProp + 3, size_of(id), entry_of(id), LPCIID{nullptr}, ULONG{0}, &type, out.put())));
  EXPECT_EQ(ULONG{MAPI_MESSAGE}, type);
  out.reset();
  const LPTSTR message_class = text(L"IPM.Slot");
  EXPECT_EQ(S_OK, (call(store, kAfterProp + 4, message_class, MAPI_UNICODE, size_of(root), entry_of(root))));
  ULONG size = 0;
  LPENTRYID found = nullptr;
  LPTSTR given = nullptr;
  EXPECT_EQ(S_OK, (call(store, kAfterProp + 5, message_class, MAPI_UNICODE, &size, &found, &given)));
  EXPECT_EQ(root, std::string(reinterpret_cast<char*>(found), size));
  EXPECT_STREQ(L"IPM.Slot", reinterpret_cast<wchar_t*>(given));
  MAPIFreeBuffer(found);
  MAPIFreeBuffer(given);
  Ptr<IMAPITable> table;
  EXPECT_EQ(S_OK, (call(store, kAfterProp + 6, MAPI_UNICODE, table.put())));
  EXPECT_NE(0u, Rows(table.get(), {PR_MESSAGE_CLASS_W}).size());
  ULONG flags = LOGOFF_ORDERLY;
  EXPECT_EQ(S_OK, (call(store, kAfterProp + 7, &flags)));
  EXPECT_EQ(MAPI_E_NOT_IN_QUEUE, (call(store, kAfterProp + 8, size_of(id), entry_of(id), ULONG{0})));
  // The rest is the spooler's; each checks its arguments before it says so.
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, (call(store, kAfterProp + 9, ULONG{0}, static_cast<LPMAPITABLE*>(nullptr))));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, (call(store, kAfterProp + 9, ULONG{0}, table.put())));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, (call(store, kAfterProp + 10, LPMESSAGE{nullptr}, ULONG{MSG_LOCKED})));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, (call(store, kAfterProp + 11, ULONG{0}, size_of(id), entry_of(id))));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, (call(store, kAfterProp + 12, LPNOTIFICATION{nullptr})));
}

// spec: ST-265
TEST_P(Slots, OfImessage) {
  const auto message = create_message(root_.get(), L"m");
  IUnknown* const object = message.get();
  ULONG number = 0;
  Ptr<IAttach> attachment;
  ASSERT_EQ(S_OK, (call(object, kAfterProp + 2, LPCIID{nullptr}, ULONG{0}, &number, attachment.put())));
  ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  attachment.reset();
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, (call(object, kAfterProp + 0, ULONG{0}, table.put())));
  EXPECT_EQ(1u, Rows(table.get(), {PR_ATTACH_NUM}).size());
  ASSERT_EQ(S_OK, (call(object, kAfterProp + 1, number, LPCIID{nullptr}, ULONG{0}, attachment.put())));
  EXPECT_EQ(static_cast<LONG>(number), get_long(attachment.get(), PR_ATTACH_NUM));
  attachment.reset();
  EXPECT_EQ(S_OK, (call(object, kAfterProp + 3, number, ULONG_PTR{0}, LPMAPIPROGRESS{nullptr}, ULONG{0})));
  EXPECT_FALSE(Values(message.get(), {PR_HASATTACH})[0].Value.b);
  SPropValue values[2]{};
  values[0].ulPropTag = PR_DISPLAY_NAME_W;
  values[0].Value.lpszW = const_cast<wchar_t*>(L"Ada");
  values[1].ulPropTag = PR_RECIPIENT_TYPE;
  values[1].Value.l = MAPI_TO;
  ADRLIST list{};
  list.cEntries = 1;
  list.aEntries[0].cValues = 2;
  list.aEntries[0].rgPropVals = values;
  EXPECT_EQ(MAPI_E_NO_RECIPIENTS, (call(object, kAfterProp + 6, ULONG{0})));
  EXPECT_EQ(S_OK, (call(object, kAfterProp + 5, ULONG{MODRECIP_ADD}, &list)));
  ASSERT_EQ(S_OK, (call(object, kAfterProp + 4, MAPI_UNICODE, table.put())));
  EXPECT_EQ(L"Ada", Rows(table.get(), {PR_DISPLAY_NAME_W}).text(0, 0));
  EXPECT_EQ(S_OK, (call(object, kAfterProp + 7, ULONG{0})));
  EXPECT_NE(0, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
}

CONFORMANCE_SUITE(Slots);

}  // namespace
}  // namespace conformance
