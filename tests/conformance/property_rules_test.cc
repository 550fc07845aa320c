// SPDX-License-Identifier: Apache-2.0
// Properties of a store's objects: flags, keys, identifiers, names, types, problems, error texts. Pages:
// pidtagmessageflags-canonical-property, mapi-record-and-search-keys, entryid, property-identifier-ranges,
// property-types, mapinameid, handling-*-errors, mapierror, spropvalue, srowset.
#include <edkmdb.h>
#include <mapiguid.h>

#include <cstring>

#include "tests/conformance/testing/more_values.h"

namespace conformance {
namespace {

using Texts = std::vector<std::wstring>;

class PropertyRules : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
  }
  void TearDown() override {
    folder_.reset();
    StoreTest::TearDown();
  }
  static LONG flags_of(IMAPIProp* message) { return get_long(message, PR_MESSAGE_FLAGS); }
  Ptr<IMAPIFolder> folder_;
};

// spec: ST-454
TEST_P(PropertyRules, EveryFolderMethodWorks) {
  const auto other = create_folder(root_.get(), L"Other");
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, folder_->CreateMessage(nullptr, 0, message.put()));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  message.reset();
  EXPECT_EQ(S_OK, folder_->CopyMessages(Entries({id}).get(), nullptr, other.get(), 0, nullptr, 0));
  Ptr<IMAPIFolder> child;
  ASSERT_EQ(S_OK,
            folder_->CreateFolder(FOLDER_GENERIC, text(L"c"), text(L"comment"), nullptr, MAPI_UNICODE, child.put()));
  const std::string child_id = get_binary(child.get(), PR_ENTRYID);
  EXPECT_EQ(S_OK, folder_->CopyFolder(size_of(child_id), entry(child_id), nullptr, other.get(), text(L"d"), 0, nullptr,
                                      MAPI_UNICODE));
  ULONG status = 0;
  EXPECT_EQ(S_OK, folder_->SetMessageStatus(size_of(id), entry(id), MSGSTATUS_TAGGED, MSGSTATUS_TAGGED, &status));
  EXPECT_EQ(S_OK, folder_->GetMessageStatus(size_of(id), entry(id), 0, &status));
  EXPECT_EQ(MSGSTATUS_TAGGED, status);
  EXPECT_EQ(S_OK, folder_->SetReadFlags(nullptr, 0, nullptr, 0));
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  EXPECT_EQ(S_OK, folder_->SaveContentsSort(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  child.reset();
  EXPECT_EQ(S_OK, folder_->DeleteFolder(size_of(child_id), entry(child_id), 0, nullptr, 0));
  EXPECT_EQ(S_OK, folder_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(S_OK, other->EmptyFolder(0, nullptr, 0));
  EXPECT_EQ(0, get_long(other.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(0u, row_count(hierarchy(other.get()).get()));
}

// spec: ST-459
TEST_P(PropertyRules, ReadIsSetBeforeTheFirstSave) {
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, flags_of(message.get()) | MSGFLAG_READ));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_NE(0, flags_of(message.get()) & LONG{MSGFLAG_READ});
  EXPECT_EQ(MAPI_E_COMPUTED, set_long(message.get(), PR_MESSAGE_FLAGS, 0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_NE(0, flags_of(message.get()) & LONG{MSGFLAG_READ});
  ASSERT_EQ(S_OK, message->SetReadFlag(CLEAR_READ_FLAG));
  EXPECT_EQ(0, flags_of(message.get()) & LONG{MSGFLAG_READ});
  EXPECT_EQ(1, get_long(folder_.get(), PR_CONTENT_UNREAD));
}

// spec: ST-460
TEST_P(PropertyRules, AssociatedMessagesAreNeitherReadNorUnread) {
  const auto message = create_message(folder_.get(), L"form", MAPI_ASSOCIATED);
  ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, MSGFLAG_READ));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const LONG before = flags_of(message.get());
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_UNREAD));
  (void)message->SetReadFlag(0);
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  (void)folder_->SetReadFlags(Entries({id}).get(), 0, nullptr, 0);
  EXPECT_EQ(before, flags_of(open_message(id, 0).get()));
  (void)folder_->SetReadFlags(Entries({id}).get(), 0, nullptr, CLEAR_READ_FLAG);
  EXPECT_EQ(before, flags_of(open_message(id, 0).get()));
  EXPECT_EQ(0, get_long(folder_.get(), PR_CONTENT_UNREAD));
}

// Ruling R20: taken back, a message is what it was before.
// spec: ST-462 ST-007 ST-009
TEST_P(PropertyRules, UnsentIsSetAtTheSubmissionAndTakenBack) {
  for (const bool draft : {false, true}) {
    const auto message = create_message(folder_.get(), L"m");
    ASSERT_EQ(S_OK, set_long(message.get(), PR_MESSAGE_FLAGS, draft ? MSGFLAG_UNSENT : 0));
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(draft, (flags_of(message.get()) & LONG{MSGFLAG_UNSENT}) != 0);
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    ASSERT_EQ(S_OK, message->SubmitMessage(0));
    EXPECT_EQ(LONG{MSGFLAG_SUBMIT | MSGFLAG_UNSENT},
              flags_of(open_message(id, 0).get()) & LONG{MSGFLAG_SUBMIT | MSGFLAG_UNSENT});
    ASSERT_EQ(S_OK, store_->AbortSubmit(size_of(id), entry(id), 0));
    EXPECT_EQ(draft ? LONG{MSGFLAG_UNSENT} : 0,
              flags_of(open_message(id, 0).get()) & LONG{MSGFLAG_SUBMIT | MSGFLAG_UNSENT});
    EXPECT_EQ(MAPI_E_NOT_IN_QUEUE, store_->AbortSubmit(size_of(id), entry(id), 0));
  }
}

// spec: ST-464
TEST_P(PropertyRules, SomeFlagsAreNeverTheClients) {
  constexpr LONG kStores = MSGFLAG_RN_PENDING | MSGFLAG_NRN_PENDING | MSGFLAG_ASSOCIATED;
  const auto message = create_message(folder_.get(), L"m");
  const auto associated = create_message(folder_.get(), L"a", MAPI_ASSOCIATED);
  (void)set_long(message.get(), PR_MESSAGE_FLAGS, MSGFLAG_UNSENT | kStores);
  (void)set_long(associated.get(), PR_MESSAGE_FLAGS, 0);
  EXPECT_EQ(0, flags_of(message.get()) & kStores);
  EXPECT_EQ(LONG{MSGFLAG_ASSOCIATED}, flags_of(associated.get()) & kStores);
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, associated->SaveChanges(KEEP_OPEN_READWRITE));
  (void)set_long(message.get(), PR_MESSAGE_FLAGS, kStores);
  EXPECT_EQ(0, flags_of(message.get()) & kStores);
}

// spec: ST-465
TEST_P(PropertyRules, FlagsAreThereAllTheTime) {
  EXPECT_FALSE(FIsTransmittable(PR_MESSAGE_FLAGS));
  const auto other = create_folder(root_.get(), L"Other");
  const auto message = create_message(folder_.get(), L"m");
  EXPECT_EQ(1u, tags_of(message.get()).count(PR_MESSAGE_FLAGS));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  EXPECT_EQ(1u, tags_of(open_message(id, 0).get()).count(PR_MESSAGE_FLAGS));
  ASSERT_EQ(S_OK, folder_->CopyMessages(Entries({id}).get(), nullptr, other.get(), 0, nullptr, 0));
  const auto table = contents(other.get());
  const Rows rows(table.get(), {PR_MESSAGE_FLAGS, PR_ENTRYID});
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(PR_MESSAGE_FLAGS, rows.at(0, 0).ulPropTag);
  EXPECT_EQ(1u, tags_of(open_message(Values::binary(rows.at(0, 1)), 0).get()).count(PR_MESSAGE_FLAGS));
}

// spec: ST-467 ST-475
TEST_P(PropertyRules, RecordKeysAreUniqueBytes) {
  std::set<std::string> known = {get_binary(root_.get(), PR_RECORD_KEY), get_binary(folder_.get(), PR_RECORD_KEY),
                                 get_binary(store_.get(), PR_RECORD_KEY)};
  EXPECT_EQ(3u, known.size());
  for (int i = 0; i < 5; ++i) {
    const auto message = create_message(folder_.get(), L"m");
    ULONG number = 0;
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    ASSERT_EQ(S_OK, attachment->SaveChanges(KEEP_OPEN_READWRITE));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string key = get_binary(message.get(), PR_RECORD_KEY);
    EXPECT_TRUE(known.insert(key).second);
    EXPECT_TRUE(known.insert(get_binary(attachment.get(), PR_RECORD_KEY)).second);
    // The same bytes for the same object, opened again or seen in a table.
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    EXPECT_EQ(key, get_binary(open_message(id, 0).get(), PR_RECORD_KEY));
    SPropValue value{};
    value.ulPropTag = PR_RECORD_KEY;
    value.Value.bin = {size_of(key), reinterpret_cast<LPBYTE>(const_cast<char*>(key.data()))};
    Compare same(RELOP_EQ, value);
    const auto table = contents(folder_.get());
    ASSERT_EQ(S_OK, table->Restrict(same.get(), 0));
    EXPECT_EQ(id, Values::binary(Rows(table.get(), {PR_ENTRYID}).at(0, 0)));
  }
}

// spec: ST-474
TEST_P(PropertyRules, SearchKeysOfRecipients) {
  const auto message = create_message(folder_.get(), L"m");
  SPropValue values[4]{};
  values[0] = text_prop(PR_DISPLAY_NAME_W, L"Ada");
  values[1] = long_prop(PR_RECIPIENT_TYPE, MAPI_TO);
  values[2] = text_prop(PR_ADDRTYPE_W, L"smtp");
  values[3] = text_prop(PR_EMAIL_ADDRESS_W, L"Ada@Example.org");
  ADRLIST list{};
  list.cEntries = 1;
  list.aEntries[0].cValues = 4;
  list.aEntries[0].rgPropVals = values;
  ASSERT_EQ(S_OK, message->ModifyRecipients(MODRECIP_ADD, &list));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, message->GetRecipientTable(MAPI_UNICODE, table.put()));
  EXPECT_EQ(std::string("SMTP:ADA@EXAMPLE.ORG\0", 21), Values::binary(Rows(table.get(), {PR_SEARCH_KEY}).at(0, 0)));
}

// Given out long-term; with flags set by whoever wants a short-term form they name the same object.
// spec: ST-480 ST-484 ST-485 ST-486 ST-487
TEST_P(PropertyRules, EntryIdsAndTheirFlags) {
  const std::string id = add_message(folder_.get(), L"m");
  for (const std::string& one : {id, get_binary(folder_.get(), PR_ENTRYID), get_binary(store_.get(), PR_ENTRYID),
                                 get_binary(root_.get(), PR_ENTRYID)}) {
    EXPECT_EQ(std::string(4, '\0'), one.substr(0, 4));  // long-term, and what is reserved is zero
  }
  const auto table = contents(folder_.get());
  const Rows rows(table.get(), {PR_ENTRYID});
  const std::string of_row = Values::binary(rows.at(0, 0));
  EXPECT_EQ('\0', of_row[1] | of_row[2] | of_row[3]);
  constexpr unsigned kAll = MAPI_SHORTTERM | MAPI_NOTRECIP | MAPI_THISSESSION | MAPI_NOW | MAPI_NOTRESERVED;
  EXPECT_EQ(0xF8u, kAll);
  for (const unsigned flags : {kAll, kAll & ~unsigned{MAPI_NOW}, kAll & ~unsigned{MAPI_THISSESSION}, 0xFFu}) {
    std::string short_term = of_row;
    short_term[0] = static_cast<char>(flags);
    ULONG type = 0, same = 0;
    Ptr<IUnknown> out;
    ASSERT_EQ(S_OK, folder_->OpenEntry(size_of(short_term), entry(short_term), nullptr, 0, &type, out.put()))
        << std::hex << flags;
    EXPECT_EQ(id, get_binary(static_cast<IMessage*>(out.get()), PR_ENTRYID));  // GetProps: the long-term form
    ASSERT_EQ(S_OK, store_->CompareEntryIDs(size_of(id), entry(id), size_of(short_term), entry(short_term), 0, &same));
    EXPECT_TRUE(same);
  }
}

// spec: ST-490 ST-491
TEST_P(PropertyRules, MovesAndRenamesTellTheId) {
  const auto other = create_folder(root_.get(), L"Other"), child = create_folder(folder_.get(), L"Child");
  const std::string message = add_message(folder_.get(), L"m"), folder = get_binary(child.get(), PR_ENTRYID);
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevObjectMoved, &sink, &connection));
  ASSERT_EQ(S_OK, folder_->CopyMessages(Entries({message}).get(), nullptr, other.get(), 0, nullptr, MESSAGE_MOVE));
  const auto moved = sink.wait_for(fnevObjectMoved);
  EXPECT_EQ(message, moved.old_object);
  // Whatever id the move gave it: the one that was told opens it where it is now.
  EXPECT_EQ(get_binary(other.get(), PR_ENTRYID), get_binary(open_message(moved.object, 0).get(), PR_PARENT_ENTRYID));
  sink.clear();
  ASSERT_EQ(S_OK, folder_->CopyFolder(size_of(folder), entry(folder), nullptr, other.get(), nullptr, 0, nullptr,
                                      FOLDER_MOVE));
  const auto folder_moved = sink.wait_for(fnevObjectMoved);
  EXPECT_EQ(folder, folder_moved.old_object);
  const auto again = open<IMAPIFolder>(folder_moved.object, IID_IMAPIFolder);
  EXPECT_EQ(get_binary(other.get(), PR_ENTRYID), get_binary(again.get(), PR_PARENT_ENTRYID));
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
  ASSERT_EQ(S_OK, set_text(again.get(), PR_DISPLAY_NAME_W, L"New name"));
  EXPECT_EQ(folder_moved.object, get_binary(again.get(), PR_ENTRYID));
}

// Nobody is asked; the save says what happened.
// spec: ST-495 ST-496
TEST_P(PropertyRules, AnOpenMessageIsASnapshot) {
  const std::string id = add_message(folder_.get(), L"old");
  const auto first = open_message(id), second = open_message(id);
  ASSERT_EQ(S_OK, set_text(first.get(), PR_SUBJECT_W, L"new"));
  ASSERT_EQ(S_OK, set_text(first.get(), PR_BODY_W, L"body"));
  ASSERT_EQ(S_OK, first->SaveChanges(0));
  EXPECT_EQ(L"old", get_text(second.get(), PR_SUBJECT_W));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(second.get(), PR_BODY_W));
  ASSERT_EQ(S_OK, set_text(second.get(), PR_SENDER_NAME_W, L"x"));
  EXPECT_EQ(MAPI_E_OBJECT_CHANGED, second->SaveChanges(0));
  EXPECT_EQ(L"new", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
}

// spec: ST-500 ST-503
TEST_P(PropertyRules, NamesOnEveryKindOfObjectAndClass) {
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, set_text(message.get(), PR_MESSAGE_CLASS_W, L"IPM.Of.My.Own"));
  for (IMAPIProp* object : std::initializer_list<IMAPIProp*>{message.get(), folder_.get(), store_.get()}) {
    const ULONG tag = named_tag(object, PS_PUBLIC_STRINGS, L"Mine", PT_UNICODE);
    EXPECT_GE(PROP_ID(tag), 0x8000u);
    ASSERT_EQ(S_OK, set_text(object, tag, L"value"));
    EXPECT_EQ(L"value", get_text(object, tag));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  Ptr<IMessage>(message).reset();
  folder_.reset();
  restart();
  const auto again = open_message(id, 0);
  const ULONG tag = named_tag(again.get(), PS_PUBLIC_STRINGS, L"Mine", PT_UNICODE, 0);
  EXPECT_EQ(L"value", get_text(again.get(), tag));
  EXPECT_EQ(L"value", get_text(store_.get(), tag));
}

// The store's status object is a provider's object without names.
// spec: ST-502
TEST_P(PropertyRules, WithoutNamesTheIdsAreRefused) {
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, table.put()));
  Compare of_store(RELOP_EQ, long_prop(PR_RESOURCE_TYPE, MAPI_STORE_PROVIDER));
  ASSERT_EQ(S_OK, table->Restrict(of_store.get(), 0));
  const std::string id = Values::binary(Rows(table.get(), {PR_ENTRYID}).at(0, 0));
  Ptr<IUnknown> out;
  ULONG type = 0;
  ASSERT_EQ(S_OK, session_->OpenEntry(size_of(id), entry(id), nullptr, MAPI_MODIFY, &type, out.put()));
  auto* status = static_cast<IMAPIStatus*>(out.get());
  const SetResult set = try_set(status, long_prop(PROP_TAG(PT_LONG, 0x8001), 1));
  EXPECT_EQ(S_OK, set.hr);
  EXPECT_EQ(MAPI_E_UNEXPECTED_ID, set.problem);
  SizedSPropTagArray(1, tags) = {1, {PROP_TAG(PT_LONG, 0x8001)}};
  LPSPropTagArray given = reinterpret_cast<LPSPropTagArray>(&tags), made = nullptr;
  ULONG count = 0;
  LPMAPINAMEID* names = nullptr;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, status->GetNamesFromIDs(&given, nullptr, 0, &count, &names));
  MAPINAMEID name{};
  name.lpguid = const_cast<GUID*>(&PS_PUBLIC_STRINGS);
  name.ulKind = MNID_ID;
  LPMAPINAMEID asked = &name;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, status->GetIDsFromNames(1, &asked, MAPI_CREATE, &made));
}

// An object of IPropData has no mapping signature, so names are carried over, there and back.
// spec: ST-506 ST-507
TEST_P(PropertyRules, CopiesBetweenMappingsKeepTheName) {
  const auto from = create_message(folder_.get(), L"m"), back = create_message(folder_.get());
  // Ids of the store and of the other object are given in another order.
  (void)named_tag(from.get(), PS_PUBLIC_STRINGS, L"First", PT_UNICODE);
  const ULONG tag = named_tag(from.get(), PS_PUBLIC_STRINGS, L"Second", PT_UNICODE);
  ASSERT_EQ(S_OK, set_text(from.get(), tag, L"value"));
  IPropData* made = nullptr;
  ASSERT_EQ(S_OK,
            CreateIProp(&IID_IMAPIPropData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, &made));
  const auto other = Ptr<IPropData>::adopt(made);
  EXPECT_EQ(0u, tags_of(other.get()).count(PR_MAPPING_SIGNATURE));
  (void)named_tag(other.get(), PS_PUBLIC_STRINGS, L"Third", PT_UNICODE);
  (void)named_tag(other.get(), PS_PUBLIC_STRINGS, L"Fourth", PT_UNICODE);
  const auto copy = [](IMAPIProp* source, IMAPIProp* target, ULONG wanted) {
    SizedSPropTagArray(1, tags) = {1, {wanted}};
    LPSPropProblemArray problems = nullptr;
    ASSERT_EQ(S_OK, source->CopyProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, nullptr, &IID_IMAPIProp, target, 0,
                                      &problems));
    EXPECT_EQ(nullptr, problems);
    MAPIFreeBuffer(problems);
  };
  copy(from.get(), other.get(), tag);
  const ULONG there = named_tag(other.get(), PS_PUBLIC_STRINGS, L"Second", PT_UNICODE, 0);
  EXPECT_NE(PROP_ID(tag), PROP_ID(there));
  EXPECT_EQ(L"value", get_text(other.get(), there));
  copy(other.get(), back.get(), there);
  EXPECT_EQ(L"value", get_text(back.get(), tag));
}

// spec: ST-509
TEST_P(PropertyRules, NamesHaveASetAndAKind) {
  MAPINAMEID name{};
  LPMAPINAMEID asked = &name;
  LPSPropTagArray tags = nullptr;
  const auto ask = [&] { return root_->GetIDsFromNames(1, &asked, MAPI_CREATE, &tags); };
  name.ulKind = MNID_ID;
  name.Kind.lID = 7;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, ask());  // no set
  name.lpguid = const_cast<GUID*>(&PS_PUBLIC_STRINGS);
  name.ulKind = 2;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, ask());
  const wchar_t* words = L"\u0416\u4E2D";
  const ULONG text_id = named_tag(root_.get(), PS_PUBLIC_STRINGS, words, PT_LONG);
  name.ulKind = MNID_ID;
  ASSERT_EQ(S_OK, ask());
  SPropTagArray ids[1] = {{1, {PROP_TAG(PT_UNSPECIFIED, PROP_ID(text_id))}}};
  EXPECT_NE(PROP_ID(text_id), PROP_ID(tags->aulPropTag[0]));
  ULONG count = 0;
  LPMAPINAMEID* names = nullptr;
  LPSPropTagArray given = tags;
  ASSERT_EQ(S_OK, root_->GetNamesFromIDs(&given, nullptr, 0, &count, &names));
  EXPECT_EQ(ULONG{MNID_ID}, names[0]->ulKind);
  EXPECT_EQ(7, names[0]->Kind.lID);
  EXPECT_TRUE(names[0]->lpguid && IsEqualGUID(PS_PUBLIC_STRINGS, *names[0]->lpguid));
  MAPIFreeBuffer(names);
  MAPIFreeBuffer(tags);
  given = ids;
  ASSERT_EQ(S_OK, root_->GetNamesFromIDs(&given, nullptr, 0, &count, &names));
  EXPECT_EQ(ULONG{MNID_STRING}, names[0]->ulKind);
  EXPECT_STREQ(words, names[0]->Kind.lpwstrName);
  EXPECT_TRUE(names[0]->lpguid);
  MAPIFreeBuffer(names);
}

// spec: ST-510
TEST_P(PropertyRules, TooManyNamesAreAskedInParts) {
  std::vector<MAPINAMEID> names(0x10010);
  std::vector<LPMAPINAMEID> list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i].lpguid = const_cast<GUID*>(&PS_PUBLIC_STRINGS);
    names[i].ulKind = MNID_ID;
    names[i].Kind.lID = static_cast<LONG>(i);
    list.push_back(&names[i]);
  }
  LPSPropTagArray tags = nullptr;
  EXPECT_EQ(MAPI_E_TOO_BIG, root_->GetIDsFromNames(static_cast<ULONG>(list.size()), list.data(), 0, &tags));
  // The same names in parts work; that nobody has made them yet is another matter.
  for (std::size_t at = 0; at < list.size(); at += 0x8000) {
    const auto count = static_cast<ULONG>(std::min<std::size_t>(0x8000, list.size() - at));
    ASSERT_EQ(MAPI_W_ERRORS_RETURNED, root_->GetIDsFromNames(count, list.data() + at, 0, &tags));
    EXPECT_EQ(count, tags->cValues);
    MAPIFreeBuffer(tags);
  }
}

// spec: ST-511
TEST_P(PropertyRules, PropertySetsOfMapi) {
  SizedSPropTagArray(2, tags) = {2, {PR_SUBJECT_W, PR_BODY_W}};
  LPSPropTagArray given = reinterpret_cast<LPSPropTagArray>(&tags), made = nullptr;
  ULONG count = 0;
  LPMAPINAMEID* names = nullptr;
  ASSERT_EQ(S_OK, root_->GetNamesFromIDs(&given, nullptr, 0, &count, &names));
  ASSERT_EQ(2u, count);
  EXPECT_TRUE(IsEqualGUID(PS_MAPI, *names[0]->lpguid));
  EXPECT_EQ(ULONG{MNID_ID}, names[0]->ulKind);
  EXPECT_EQ(LONG{PROP_ID(PR_SUBJECT_W)}, names[0]->Kind.lID);
  ASSERT_EQ(S_OK, root_->GetIDsFromNames(2, names, 0, &made));
  EXPECT_EQ(PROP_ID(PR_BODY_W), PROP_ID(made->aulPropTag[1]));
  MAPIFreeBuffer(made);
  MAPIFreeBuffer(names);
  // Client names of IPM messages; what other messages need has ids of its own class.
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, set_text(message.get(), PR_MESSAGE_CLASS_W, L"IPM.Note"));
  EXPECT_GE(PROP_ID(named_tag(message.get(), PS_PUBLIC_STRINGS, L"Keywords", PT_MV_UNICODE)), 0x8000u);
  ASSERT_EQ(S_OK, set_text(message.get(), PROP_TAG(PT_UNICODE, 0x6800), L"of the class"));
}

// spec: ST-512 ST-513
TEST_P(PropertyRules, RangesOfIds) {
  for (const ULONG id : {0x0E00u, 0x0FFFu, 0x6000u, 0x65FFu, 0x6600u, 0x67FFu, 0x7C00u, 0x7FFFu}) {
    EXPECT_FALSE(FIsTransmittable(PROP_TAG(PT_LONG, id))) << std::hex << id;
  }
  for (const ULONG id : {0x0001u, 0x0DFFu, 0x1000u, 0x3001u, 0x5FFFu, 0x6800u, 0x7BFFu, 0x8000u, 0xFFFEu}) {
    EXPECT_TRUE(FIsTransmittable(PROP_TAG(PT_LONG, id))) << std::hex << id;
  }
  // Whatever is sent of them, a store keeps them all.
  const auto message = create_message(folder_.get(), L"m");
  for (const ULONG id : {0x6000u, 0x65FFu, 0x6600u, 0x6800u, 0x7BFFu, 0x7C00u, 0x7FFFu}) {
    EXPECT_EQ(S_OK, set_long(message.get(), PROP_TAG(PT_LONG, id), static_cast<LONG>(id)));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto again = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  for (const ULONG id : {0x6000u, 0x65FFu, 0x6600u, 0x6800u, 0x7BFFu, 0x7C00u, 0x7FFFu}) {
    EXPECT_EQ(static_cast<LONG>(id), get_long(again.get(), PROP_TAG(PT_LONG, id)));
  }
  // The two ids that name nothing.
  EXPECT_EQ(0u, ULONG{PROP_ID_NULL});
  EXPECT_EQ(0xFFFFu, ULONG{PROP_ID_INVALID});
  EXPECT_EQ(PROP_TAG(PT_NULL, PROP_ID_NULL), ULONG{PR_NULL});
  EXPECT_NE(S_OK, try_set(message.get(), long_prop(PROP_TAG(PT_LONG, PROP_ID_INVALID), 1)).problem);
  const std::size_t before = tags_of(message.get()).size();
  EXPECT_EQ(S_OK, try_set(message.get(), long_prop(PR_NULL, 1)).hr);  // a place in an array that is passed over
  EXPECT_EQ(before, tags_of(message.get()).size());
}

// spec: ST-514 ST-516 ST-727
TEST_P(PropertyRules, TypesAndTheirMembers) {
  static_assert(PROP_TAG(PT_UNICODE, 0x6801) == 0x6801001F && PROP_ID(0x6801001F) == 0x6801 &&
                PROP_TYPE(0x6801001F) == PT_UNICODE && MV_FLAG == 0x1000);
  const auto message = create_message(folder_.get(), L"m");
  GUID guid = PS_MAPI;
  BYTE bytes[] = {1, 0, 2};
  SPropValue values[13]{};
  const auto put = [&](int i, ULONG type) -> SPropValue& {
    values[i].ulPropTag = PROP_TAG(type, 0x6810u + static_cast<ULONG>(i));
    return values[i];
  };
  put(0, 0x0002).Value.i = -2;
  put(1, 0x0003).Value.l = -3;
  put(2, 0x0004).Value.flt = 1.5F;
  put(3, 0x0005).Value.dbl = -2.25;
  put(4, 0x0006).Value.cur.int64 = 77;
  put(5, 0x0007).Value.at = 3.5;
  put(6, 0x000B).Value.b = TRUE;
  put(7, 0x0014).Value.li.QuadPart = -9'000'000'000;
  put(8, 0x001E).Value.lpszA = const_cast<char*>("narrow");
  put(9, 0x001F).Value.lpszW = const_cast<wchar_t*>(L"wide");
  put(10, 0x0040).Value.ft = {11, 22};
  put(11, 0x0048).Value.lpguid = &guid;
  put(12, 0x0102).Value.bin = {3, bytes};
  LONG list[] = {4, 5};
  for (SPropValue& value : values) ASSERT_EQ(S_OK, set_value(message.get(), value)) << std::hex << value.ulPropTag;
  SPropValue multi{};
  multi.ulPropTag = PROP_TAG(0x1003, 0x6830);
  multi.Value.MVl = {2, list};
  ASSERT_EQ(S_OK, set_value(message.get(), multi));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto again = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  // Asked for without a type each comes with its own.
  std::vector<ULONG> unspecified;
  for (const SPropValue& value : values) unspecified.push_back(PROP_TAG(PT_UNSPECIFIED, PROP_ID(value.ulPropTag)));
  unspecified.push_back(PROP_TAG(PT_UNSPECIFIED, 0x6830));
  unspecified.push_back(PROP_TAG(PT_UNSPECIFIED, 0x6831));
  const Values read(again.get(), unspecified, MAPI_UNICODE);
  EXPECT_EQ(MAPI_W_ERRORS_RETURNED, read.hr);
  for (std::size_t i = 0; i < 13; ++i) {
    const ULONG expected = i == 8 ? PROP_TAG(PT_UNICODE, 0x6818) : values[i].ulPropTag;
    EXPECT_EQ(expected, read[i].ulPropTag);
  }
  EXPECT_EQ(-2, read[0].Value.i);
  EXPECT_EQ(-3, read[1].Value.l);
  EXPECT_EQ(1.5F, read[2].Value.flt);
  EXPECT_EQ(-2.25, read[3].Value.dbl);
  EXPECT_EQ(77, read[4].Value.cur.int64);
  EXPECT_EQ(3.5, read[5].Value.at);
  EXPECT_TRUE(read[6].Value.b);
  EXPECT_EQ(-9'000'000'000, read[7].Value.li.QuadPart);
  EXPECT_STREQ(L"narrow", read[8].Value.lpszW);
  EXPECT_STREQ(L"wide", read[9].Value.lpszW);
  EXPECT_EQ(11u, read[10].Value.ft.dwLowDateTime);
  EXPECT_EQ(22u, read[10].Value.ft.dwHighDateTime);
  EXPECT_TRUE(IsEqualGUID(PS_MAPI, *read[11].Value.lpguid));
  EXPECT_EQ(std::string("\1\0\2", 3), read.bytes(12));
  EXPECT_EQ(multi.ulPropTag, read[13].ulPropTag);
  EXPECT_EQ(5, read[13].Value.MVl.lpl[1]);
  EXPECT_EQ(PROP_TAG(PT_ERROR, 0x6831), read[14].ulPropTag);
  EXPECT_EQ(MAPI_E_NOT_FOUND, read[14].Value.err);
}

// spec: ST-716
TEST_P(PropertyRules, ProblemsComeWithSuccessToThoseWhoAsk) {
  const auto message = create_message(folder_.get(), L"m");
  SPropValue values[] = {text_prop(PR_BODY_W, L"b"), long_prop(PR_MESSAGE_SIZE, 1)};
  EXPECT_EQ(S_OK, message->SetProps(2, values, nullptr));
  LPSPropProblemArray problems = reinterpret_cast<LPSPropProblemArray>(0x10);
  ASSERT_EQ(S_OK, message->SetProps(2, values, &problems));
  ASSERT_EQ(1u, problems->cProblem);
  EXPECT_EQ(1u, problems->aProblem[0].ulIndex);
  EXPECT_EQ(MAPI_E_COMPUTED, problems->aProblem[0].scode);
  MAPIFreeBuffer(problems);
  problems = reinterpret_cast<LPSPropProblemArray>(0x10);
  ASSERT_EQ(S_OK, message->SetProps(1, values, &problems));
  EXPECT_EQ(nullptr, problems);
  SizedSPropTagArray(1, tags) = {1, {PR_MESSAGE_SIZE}};
  EXPECT_EQ(S_OK, message->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr));
  ASSERT_EQ(S_OK, message->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), &problems));
  ASSERT_NE(nullptr, problems);
  MAPIFreeBuffer(problems);
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  // A failure leaves none, in none of the four methods.
  const auto reader = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  problems = nullptr;
  EXPECT_TRUE(FAILED(reader->SetProps(1, values, &problems)));
  EXPECT_EQ(nullptr, problems);
  EXPECT_TRUE(FAILED(reader->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), &problems)));
  EXPECT_EQ(nullptr, problems);
  EXPECT_TRUE(FAILED(reader->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, nullptr, 0, &problems)));
  EXPECT_EQ(nullptr, problems);
  EXPECT_TRUE(FAILED(reader->CopyProps(nullptr, 0, nullptr, &IID_IMessage, message.get(), 0, &problems)));
  EXPECT_EQ(nullptr, problems);
}

// spec: ST-728 ST-729
TEST_P(PropertyRules, ErrorTexts) {
  const auto check = [](auto* object, HRESULT failed) {
    ASSERT_TRUE(FAILED(failed));
    for (const ULONG flags : {ULONG{0}, ULONG{MAPI_UNICODE}}) {
      LPMAPIERROR error = nullptr;
      ASSERT_EQ(S_OK, object->GetLastError(failed, flags, &error));
      ASSERT_NE(nullptr, error);
      EXPECT_EQ(ULONG{MAPI_ERROR_VERSION}, error->ulVersion);
      ASSERT_NE(nullptr, error->lpszError);
      ASSERT_NE(nullptr, error->lpszComponent);
      const auto length = [&](LPTSTR words) {
        return flags ? std::wcslen(reinterpret_cast<wchar_t*>(words)) : std::strlen(reinterpret_cast<char*>(words));
      };
      EXPECT_LT(1u, length(error->lpszError));  // one character is what wide text looks like to strlen
      EXPECT_LT(1u, length(error->lpszComponent));
      EXPECT_GE(30u, length(error->lpszComponent));
      MAPIFreeBuffer(error);
    }
  };
  EXPECT_EQ(0, MAPI_ERROR_VERSION);
  Ptr<IMessage> none;
  check(folder_.get(), folder_->CreateMessage(nullptr, 0x40000000, none.put()));
  check(store_.get(), store_->DeleteProps(nullptr, nullptr));
  const auto table = contents(folder_.get());
  check(table.get(), table->SetColumns(nullptr, 0));
  const auto message = create_message(folder_.get(), L"m");
  check(message.get(), message->SubmitMessage(0));
}

// The rows of a recipient table go into ModifyRecipients as they are.
// spec: ST-730
TEST_P(PropertyRules, RowsAreAnAddressList) {
  static_assert(sizeof(SRow) == sizeof(ADRENTRY) && offsetof(SRow, cValues) == offsetof(ADRENTRY, cValues) &&
                offsetof(SRow, lpProps) == offsetof(ADRENTRY, rgPropVals) &&
                offsetof(SRowSet, aRow) == offsetof(ADRLIST, aEntries) &&
                offsetof(SRowSet, cRows) == offsetof(ADRLIST, cEntries));
  const auto from = create_message(folder_.get()), to = create_message(folder_.get());
  ASSERT_EQ(S_OK, add_recipient(from.get(), L"ada@x"));
  ASSERT_EQ(S_OK, add_recipient(from.get(), L"bob@x", MAPI_CC));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, from->GetRecipientTable(MAPI_UNICODE, table.put()));
  {
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE, PR_ADDRTYPE_W, PR_EMAIL_ADDRESS_W});
    ASSERT_EQ(S_OK, to->ModifyRecipients(MODRECIP_ADD, reinterpret_cast<LPADRLIST>(rows.set)));
  }
  EXPECT_EQ(L"ada@x", get_text(to.get(), PR_DISPLAY_TO_W));
  EXPECT_EQ(L"bob@x", get_text(to.get(), PR_DISPLAY_CC_W));
}

// spec: ST-701
TEST_P(PropertyRules, AMessageWithoutAClassGetsIpm) {
  const auto message = create_message(folder_.get());
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(message.get(), PR_MESSAGE_CLASS_W));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  EXPECT_EQ(L"IPM", get_text(open_message(id, 0).get(), PR_MESSAGE_CLASS_W));
  const auto empty = create_message(folder_.get());
  ASSERT_EQ(S_OK, set_text(empty.get(), PR_MESSAGE_CLASS_W, L""));
  ASSERT_EQ(S_OK, empty->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"IPM", get_text(empty.get(), PR_MESSAGE_CLASS_W));
}

// A message without RTF: who changes the plain text alone leaves no word of RTF in step with it.
// spec: ST-675 ST-676
TEST_P(PropertyRules, RtfInSyncGoesWhenTheBodyChanges) {
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, set_text(message.get(), PR_BODY_W, L"one"));
  ASSERT_EQ(S_OK, set_bool(message.get(), PR_RTF_IN_SYNC, true));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(S_OK, get_error(message.get(), PR_RTF_IN_SYNC));  // changed with it: the client's word counts
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"n"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(S_OK, get_error(message.get(), PR_RTF_IN_SYNC));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_BODY_W, L"two"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(message.get(), PR_RTF_IN_SYNC));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(open_message(get_binary(message.get(), PR_ENTRYID), 0).get(), PR_RTF_IN_SYNC));
}

// A client that calls RTFSync itself saves when it is told that the message changed.
// spec: ST-682
TEST_P(PropertyRules, WhatRtfSyncChangedIsSaved) {
  const std::string id = [&] {
    const auto message = create_message(folder_.get(), L"m");
    EXPECT_EQ(S_OK, set_text(message.get(), PR_BODY_W, L"plain"));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    BOOL updated = FALSE;
    EXPECT_EQ(S_OK, RTFSync(message.get(), RTF_SYNC_BODY_CHANGED, &updated));
    EXPECT_TRUE(updated);
    EXPECT_EQ(0u, tags_of(open_message(get_binary(message.get(), PR_ENTRYID), 0).get()).count(PR_RTF_COMPRESSED));
    EXPECT_EQ(S_OK, message->SaveChanges(0));
    return get_binary(message.get(), PR_ENTRYID);
  }();
  const auto again = open_message(id, 0);
  const auto compressed = open_property<IStream>(again.get(), PR_RTF_COMPRESSED, IID_IStream, 0, 0);
  Ptr<IStream> plain;
  ASSERT_EQ(S_OK, WrapCompressedRTFStream(compressed.get(), 0, plain.put()));
  EXPECT_NE(std::string::npos, read_stream(plain.get()).find("plain"));
  EXPECT_EQ(L"plain", get_text(again.get(), PR_BODY_W));
}

CONFORMANCE_SUITE(PropertyRules);

}  // namespace
}  // namespace conformance
