// SPDX-License-Identifier: Apache-2.0
// Messages made, saved and opened again; copying; sessions; attributes.
#include <mapiaux.h>
#include <mapinamed.h>

#include "imessage/testing/message_files.h"
#include "property/testing/indicator.h"
#include "property/testing/prop_values.h"

namespace mapiary::imessage::testing {
namespace {

using namespace property::testing;

struct File {
  com::Ref<IStream> stream = memory_stream();
  com::Ref<IStorage> storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  com::Ref<IMessage> message = message_on(storage.get(), MAPI_UNICODE);

  void reopen(ULONG flags = STGSTRM_MODIFY) {
    message.reset();
    storage.reset();
    storage = storage_on(stream.get(), flags);
    message = message_on(storage.get());
  }
};

// Recipients by hand, freed with the object.
struct People {
  std::vector<std::vector<SPropValue>> values;
  std::vector<std::byte> bytes;
  ADRLIST* list() {
    bytes.assign(CbNewADRLIST(values.size()), std::byte{});
    auto* out = reinterpret_cast<ADRLIST*>(bytes.data());
    out->cEntries = static_cast<ULONG>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      out->aEntries[i] = {0, static_cast<ULONG>(values[i].size()), values[i].empty() ? nullptr : values[i].data()};
    }
    return out;
  }
};

std::vector<SPropValue> person(const wchar_t* name, LONG type) {
  return {wide_value(PR_DISPLAY_NAME_W, name), long_value(PR_RECIPIENT_TYPE, type), wide_value(PR_ADDRTYPE_W, L"SMTP")};
}

std::vector<std::wstring> names_in(IMessage* message) {
  com::Ref<IMAPITable> table;
  EXPECT_EQ(message->GetRecipientTable(MAPI_UNICODE, table.put()), S_OK);
  std::vector<std::wstring> names;
  LPSRowSet rows = all_rows(table.get());
  for (ULONG i = 0; rows && i < rows->cRows; ++i) {
    for (ULONG j = 0; j < rows->aRow[i].cValues; ++j) {
      const SPropValue& v = rows->aRow[i].lpProps[j];
      if (v.ulPropTag == PR_DISPLAY_NAME_W) names.push_back(v.Value.lpszW);
    }
  }
  free_rows(rows);
  return names;
}

// A value of every type, single and multiple.
struct EveryType {
  std::string bytes{"\0\x01\xFF", 3};
  GUID guid{1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
  short shorts[2] = {1, -2};
  LONG longs[2] = {70000, -70000};
  float floats[1] = {1.5f};
  double doubles[2] = {0.25, -1e300};
  CURRENCY money[1];
  FILETIME times[1] = {{5, 6}};
  LARGE_INTEGER bigs[1];
  SBinary bins[2];
  wchar_t* texts[2] = {const_cast<wchar_t*>(L"one"), const_cast<wchar_t*>(L"zw\u00f6lf")};
  std::vector<SPropValue> values;

  template <class Set>
  void add(ULONG type, Set&& set) {
    SPropValue value{};
    value.ulPropTag = PROP_TAG(type, 0x6600 + values.size());
    set(value.Value);
    values.push_back(value);
  }
  EveryType() {
    bins[0] = {3, reinterpret_cast<LPBYTE>(bytes.data())};
    bins[1] = {0, reinterpret_cast<LPBYTE>(bytes.data())};
    bigs[0].QuadPart = INT64_MIN;
    money[0].int64 = -5;
    add(PT_I2, [](auto& v) { v.i = -7; });
    add(PT_LONG, [](auto& v) { v.l = -70000; });
    add(PT_R4, [](auto& v) { v.flt = 1.5f; });
    add(PT_DOUBLE, [](auto& v) { v.dbl = -2.25; });
    add(PT_APPTIME, [](auto& v) { v.at = 36526.5; });
    add(PT_CURRENCY, [](auto& v) { v.cur.int64 = -123456789012345; });
    add(PT_BOOLEAN, [](auto& v) { v.b = 1; });
    add(PT_I8, [](auto& v) { v.li.QuadPart = INT64_MIN; });
    add(PT_SYSTIME, [](auto& v) { v.ft = {1, 2}; });
    add(PT_UNICODE, [](auto& v) { v.lpszW = const_cast<wchar_t*>(L"Gr\u00fc\u00dfe \U0001F600"); });
    add(PT_BINARY, [&](auto& v) { v.bin = bins[0]; });
    add(PT_CLSID, [&](auto& v) { v.lpguid = &guid; });
    add(PT_MV_I2, [&](auto& v) { v.MVi = {2, shorts}; });
    add(PT_MV_LONG, [&](auto& v) { v.MVl = {2, longs}; });
    add(PT_MV_R4, [&](auto& v) { v.MVflt = {1, floats}; });
    add(PT_MV_DOUBLE, [&](auto& v) { v.MVdbl = {2, doubles}; });
    add(PT_MV_CURRENCY, [&](auto& v) { v.MVcur = {1, money}; });
    add(PT_MV_SYSTIME, [&](auto& v) { v.MVft = {1, times}; });
    add(PT_MV_I8, [&](auto& v) { v.MVli = {1, bigs}; });
    add(PT_MV_BINARY, [&](auto& v) { v.MVbin = {2, bins}; });
    add(PT_MV_CLSID, [&](auto& v) { v.MVguid = {1, &guid}; });
    add(PT_MV_UNICODE, [&](auto& v) { v.MVszW = {2, texts}; });
  }
};

void expect_every_type(IMAPIProp* object) {
  EveryType every;
  for (const SPropValue& wanted : every.values) {
    OneProp got(object, wanted.ulPropTag, MAPI_UNICODE);
    ASSERT_EQ(got.tag(), wanted.ulPropTag) << std::hex << wanted.ulPropTag;
    SPropValue copy = wanted;
    EXPECT_EQ(got->ulPropTag, copy.ulPropTag);
    switch (PROP_TYPE(wanted.ulPropTag)) {
      case PT_I2:
        EXPECT_EQ(got->Value.i, copy.Value.i);
        break;
      case PT_LONG:
        EXPECT_EQ(got->Value.l, copy.Value.l);
        break;
      case PT_R4:
        EXPECT_EQ(got->Value.flt, copy.Value.flt);
        break;
      case PT_BOOLEAN:
        EXPECT_EQ(got->Value.b, copy.Value.b);
        break;
      case PT_DOUBLE:
      case PT_APPTIME:
      case PT_CURRENCY:
      case PT_I8:
      case PT_SYSTIME:
        EXPECT_EQ(got->Value.li.QuadPart, copy.Value.li.QuadPart);
        break;
      case PT_UNICODE:
        EXPECT_STREQ(got->Value.lpszW, copy.Value.lpszW);
        break;
      case PT_BINARY:
        EXPECT_EQ(memcmp(got->Value.bin.lpb, copy.Value.bin.lpb, 3), 0);
        break;
      case PT_CLSID:
        EXPECT_TRUE(IsEqualGUID(*got->Value.lpguid, *copy.Value.lpguid));
        break;
      case PT_MV_I2:
        EXPECT_EQ(got->Value.MVi.lpi[1], -2);
        break;
      case PT_MV_LONG:
        EXPECT_EQ(got->Value.MVl.lpl[1], -70000);
        break;
      case PT_MV_R4:
        EXPECT_EQ(got->Value.MVflt.lpflt[0], 1.5f);
        break;
      case PT_MV_DOUBLE:
        EXPECT_EQ(got->Value.MVdbl.lpdbl[1], -1e300);
        break;
      case PT_MV_CURRENCY:
        EXPECT_EQ(got->Value.MVcur.lpcur[0].int64, -5);
        break;
      case PT_MV_SYSTIME:
        EXPECT_EQ(got->Value.MVft.lpft[0].dwHighDateTime, 6u);
        break;
      case PT_MV_I8:
        EXPECT_EQ(got->Value.MVli.lpli[0].QuadPart, INT64_MIN);
        break;
      case PT_MV_BINARY:
        ASSERT_EQ(got->Value.MVbin.cValues, 2u);
        EXPECT_EQ(got->Value.MVbin.lpbin[0].cb, 3u);
        EXPECT_EQ(got->Value.MVbin.lpbin[1].cb, 0u);
        break;
      case PT_MV_CLSID:
        EXPECT_TRUE(IsEqualGUID(got->Value.MVguid.lpguid[0], *copy.Value.MVguid.lpguid));
        break;
      case PT_MV_UNICODE:
        EXPECT_STREQ(got->Value.MVszW.lppszW[1], L"zw\u00f6lf");
        break;
      default:
        FAIL();
    }
  }
}

// spec: ST-266 ST-269
TEST(Message, KeepsEveryTypeThroughSaving) {
  File file;
  ASSERT_TRUE(file.message);
  EveryType every;
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(file.message->SetProps(static_cast<ULONG>(every.values.size()), every.values.data(), &problems), S_OK);
  EXPECT_EQ(problems, nullptr);
  const std::string large(100000, 'x');
  auto stream = open_stream(file.message.get(), PR_HTML, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), large), S_OK);
  stream.reset();
  const std::wstring body(60000, L'\u20ac');
  ASSERT_EQ(set_one(file.message.get(), wide_value(PR_BODY_W, body.c_str())), S_OK);
  ASSERT_EQ(file.message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  expect_every_type(file.message.get());

  file.reopen(0);
  ASSERT_TRUE(file.message);
  expect_every_type(file.message.get());
  EXPECT_EQ(OneProp(file.message.get(), PR_HTML).error(), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(stream_bytes(open_stream(file.message.get(), PR_HTML, 0, 0).get()), large);
  EXPECT_EQ(stream_bytes(open_stream(file.message.get(), PR_BODY_W, 0, 0).get()).size(), body.size() * sizeof(WCHAR));
  EXPECT_NE(OneProp(file.message.get(), PR_STORE_SUPPORT_MASK)->Value.l & static_cast<LONG>(STORE_UNICODE_OK), 0);
  EXPECT_STREQ(OneProp(file.message.get(), PR_MESSAGE_CLASS_W)->Value.lpszW, L"IPM");
  EXPECT_EQ(set_one(file.message.get(), long_value(PR_IMPORTANCE, 2)), MAPI_E_NO_ACCESS);
  EXPECT_EQ(file.message->SaveChanges(KEEP_OPEN_READWRITE), MAPI_E_NO_ACCESS);

  // A deleted property's streams go too, a large value not touched stays.
  file.reopen();
  ASSERT_EQ(file.message->DeleteProps(Tags{PROP_TAG(PT_MV_UNICODE, every.values.back().ulPropTag >> 16)}, nullptr),
            S_OK);
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen(0);
  EXPECT_EQ(OneProp(file.message.get(), every.values.back().ulPropTag).error(), MAPI_E_NOT_FOUND);
  EXPECT_EQ(stream_bytes(open_stream(file.message.get(), PR_HTML, 0, 0).get()), large);
}

TEST(Message, WithoutSaveChangesNothingIsWritten) {
  File file;
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen();
  ASSERT_EQ(set_one(file.message.get(), wide_value(PR_SUBJECT_W, L"lost")), S_OK);
  file.reopen(0);
  EXPECT_EQ(OneProp(file.message.get(), PR_SUBJECT_W).error(), MAPI_E_NOT_FOUND);
}

TEST(Message, EightBitFilesKeepTheirBytes) {
  auto stream = memory_stream();
  auto storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto message = message_on(storage.get(), 0);
  ASSERT_EQ(set_one(message.get(), long_value(PROP_TAG(PT_LONG, 0x3FFD), 1252)), S_OK);
  ASSERT_EQ(set_one(message.get(), wide_value(PR_SUBJECT_W, L"\u00e9t\u00e9")), S_OK);
  ASSERT_EQ(message->SaveChanges(0), S_OK);
  EXPECT_EQ(OneProp(message.get(), PR_STORE_SUPPORT_MASK)->Value.l & static_cast<LONG>(STORE_UNICODE_OK), 0);
  message.reset();
  storage.reset();
  storage = storage_on(stream.get(), 0);
  com::Ref<IStream> raw;
  ASSERT_EQ(storage->OpenStream(L"__substg1.0_0037001E", nullptr, STGM_READ | STGM_SHARE_EXCLUSIVE, 0, raw.put()),
            S_OK);
  EXPECT_EQ(stream_bytes(raw.get()), "\xE9t\xE9");
  message = message_on(storage.get());
  EXPECT_STREQ(OneProp(message.get(), PR_SUBJECT_W)->Value.lpszW, L"\u00e9t\u00e9");
}

// spec: IMAPIProp::GetIDsFromNames IMAPIProp::GetNamesFromIDs ST-257 ST-258 ST-259 ST-260 ST-261 ST-263 ST-250
// spec: ST-251 ST-254
TEST(Message, KeepsNames) {
  File file;
  GUID set{0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
  GUID strings = PS_PUBLIC_STRINGS;
  GUID mapi = PS_MAPI;
  MAPINAMEID number{&set, MNID_ID, {}}, text{&strings, MNID_STRING, {}}, itself{&mapi, MNID_ID, {}};
  number.Kind.lID = 0x8501;
  wchar_t word[] = L"Keyw\u00f6rds";
  text.Kind.lpwstrName = word;
  itself.Kind.lID = 0x37;
  LPMAPINAMEID names[3] = {&number, &text, &itself};
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(file.message->GetIDsFromNames(3, names, 0, &tags), MAPI_W_ERRORS_RETURNED);
  EXPECT_EQ(tags->aulPropTag[0], PROP_TAG(PT_ERROR, 0));
  EXPECT_EQ(tags->aulPropTag[2], PROP_TAG(PT_UNSPECIFIED, 0x37));
  MAPIFreeBuffer(tags);
  ASSERT_EQ(file.message->GetIDsFromNames(3, names, MAPI_CREATE, &tags), S_OK);
  const ULONG first = tags->aulPropTag[0], second = tags->aulPropTag[1];
  MAPIFreeBuffer(tags);
  EXPECT_GE(PROP_ID(first), 0x8000u);
  EXPECT_EQ(PROP_TYPE(first), PT_UNSPECIFIED);
  ASSERT_EQ(set_one(file.message.get(), long_value(CHANGE_PROP_TYPE(first, PT_LONG), 5)), S_OK);
  ASSERT_EQ(set_one(file.message.get(), wide_value(CHANGE_PROP_TYPE(second, PT_UNICODE), L"v")), S_OK);
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen(0);
  ASSERT_EQ(file.message->GetIDsFromNames(2, names, 0, &tags), S_OK);
  EXPECT_EQ(OneProp(file.message.get(), CHANGE_PROP_TYPE(tags->aulPropTag[0], PT_LONG))->Value.l, 5);
  EXPECT_STREQ(OneProp(file.message.get(), CHANGE_PROP_TYPE(tags->aulPropTag[1], PT_UNICODE))->Value.lpszW, L"v");
  MAPIFreeBuffer(tags);

  LPMAPINAMEID* found = nullptr;
  ULONG count = 0;
  Tags asked{second, PROP_TAG(PT_LONG, 0x9999)};
  LPSPropTagArray given = asked;
  ASSERT_EQ(file.message->GetNamesFromIDs(&given, nullptr, 0, &count, &found), MAPI_W_ERRORS_RETURNED);
  EXPECT_STREQ(found[0]->Kind.lpwstrName, L"Keyw\u00f6rds");
  EXPECT_EQ(found[1], nullptr);
  EXPECT_EQ(PROP_TYPE(given->aulPropTag[1]), PT_ERROR);
  MAPIFreeBuffer(found);
  given = nullptr;
  ASSERT_EQ(file.message->GetNamesFromIDs(&given, nullptr, MAPI_NO_STRINGS, &count, &found), S_OK);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(found[0]->Kind.lID, 0x8501);
  MAPIFreeBuffer(found);
  MAPIFreeBuffer(given);
  given = nullptr;
  ASSERT_EQ(file.message->GetNamesFromIDs(&given, nullptr, MAPI_NO_STRINGS | MAPI_NO_IDS, &count, &found), S_OK);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(found, nullptr);
  EXPECT_EQ(given->cValues, 0u);
  MAPIFreeBuffer(given);
  EXPECT_EQ(file.message->GetIDsFromNames(0, nullptr, MAPI_CREATE, &tags), MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(file.message->GetIDsFromNames(0, nullptr, 0, &tags), S_OK);
  EXPECT_EQ(tags->cValues, 2u);
  MAPIFreeBuffer(tags);
}

// spec: IMessage::ModifyRecipients ST-280 ST-281 ST-282 ST-283 ST-284 ST-285 ST-286 ST-287 ST-288 ST-268
TEST(Message, ModifiesRecipients) {
  File file;
  People people{{person(L"Ann", MAPI_TO), person(L"Bob", MAPI_CC), {}}, {}};
  ASSERT_EQ(file.message->ModifyRecipients(0, people.list()), S_OK);
  People more{{person(L"Cyd", MAPI_TO)}, {}};
  ASSERT_EQ(file.message->ModifyRecipients(MODRECIP_ADD, more.list()), S_OK);
  EXPECT_EQ(names_in(file.message.get()), (std::vector<std::wstring>{L"Ann", L"Bob", L"Cyd"}));
  EXPECT_STREQ(OneProp(file.message.get(), PR_DISPLAY_TO_W)->Value.lpszW, L"Ann; Cyd");
  EXPECT_STREQ(OneProp(file.message.get(), PR_DISPLAY_CC_W)->Value.lpszW, L"Bob");

  People changed{{person(L"Bea", MAPI_CC)}, {}};
  EXPECT_EQ(file.message->ModifyRecipients(MODRECIP_MODIFY, changed.list()), MAPI_E_INVALID_PARAMETER) << "no PR_ROWID";
  changed.values[0].push_back(long_value(PR_ROWID, 1));
  EXPECT_EQ(file.message->ModifyRecipients(MODRECIP_ADD, changed.list()), MAPI_E_INVALID_PARAMETER) << "a PR_ROWID";
  ASSERT_EQ(file.message->ModifyRecipients(MODRECIP_MODIFY, changed.list()), S_OK);
  People gone{{{long_value(PR_ROWID, 0)}}, {}};
  ASSERT_EQ(file.message->ModifyRecipients(MODRECIP_REMOVE, gone.list()), S_OK);
  EXPECT_EQ(file.message->ModifyRecipients(MODRECIP_REMOVE, gone.list()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(names_in(file.message.get()), (std::vector<std::wstring>{L"Bea", L"Cyd"}));
  People null_type{{{long_value(PROP_TAG(PT_NULL, 0x6600), 0)}}, {}};
  EXPECT_EQ(file.message->ModifyRecipients(MODRECIP_ADD, null_type.list()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(file.message->ModifyRecipients(MODRECIP_ADD | MODRECIP_REMOVE, gone.list()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(file.message->ModifyRecipients(0x100, gone.list()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(file.message->ModifyRecipients(0, nullptr), MAPI_E_INVALID_PARAMETER);

  EXPECT_EQ(file.message->SubmitMessage(0), MAPI_E_NO_SUPPORT);
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen();
  EXPECT_EQ(names_in(file.message.get()), (std::vector<std::wstring>{L"Bea", L"Cyd"}));
  People none{{}, {}};
  ASSERT_EQ(file.message->ModifyRecipients(0, none.list()), S_OK);
  EXPECT_TRUE(names_in(file.message.get()).empty());
  EXPECT_EQ(file.message->SubmitMessage(0), MAPI_E_NO_RECIPIENTS);  // spec: ST-295
}

com::Ref<IAttach> add_attachment(IMessage* message, const wchar_t* name, ULONG method) {
  com::Ref<IAttach> attach;
  ULONG number = 0;
  EXPECT_EQ(message->CreateAttach(nullptr, 0, &number, attach.put()), S_OK);
  EXPECT_EQ(set_one(attach.get(), wide_value(PR_ATTACH_LONG_FILENAME_W, name)), S_OK);
  EXPECT_EQ(set_one(attach.get(), long_value(PR_ATTACH_METHOD, static_cast<LONG>(method))), S_OK);
  return attach;
}

void fill_with_attachments(IMessage* message) {
  auto data = add_attachment(message, L"data.bin", ATTACH_BY_VALUE);
  auto stream = open_stream(data.get(), PR_ATTACH_DATA_BIN, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), std::string(50000, 'd')), S_OK);
  stream.reset();
  ASSERT_EQ(data->SaveChanges(0), S_OK);

  auto inner_attach = add_attachment(message, L"inner.msg", ATTACH_EMBEDDED_MSG);
  com::Ref<IMessage> inner;
  ASSERT_EQ(inner_attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY,
                                       reinterpret_cast<LPUNKNOWN*>(inner.put())),
            S_OK);
  ASSERT_EQ(set_one(inner.get(), wide_value(PR_SUBJECT_W, L"inside")), S_OK);
  People people{{person(L"Dan", MAPI_TO)}, {}};
  ASSERT_EQ(inner->ModifyRecipients(0, people.list()), S_OK);
  ASSERT_EQ(inner->SaveChanges(0), S_OK);
  ASSERT_EQ(inner_attach->SaveChanges(0), S_OK);

  auto ole = add_attachment(message, L"ole", ATTACH_OLE);
  com::Ref<IStorage> object;
  ASSERT_EQ(ole->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IStorage, 0, MAPI_CREATE | MAPI_MODIFY,
                              reinterpret_cast<LPUNKNOWN*>(object.put())),
            S_OK);
  com::Ref<IStream> contents;
  ASSERT_EQ(object->CreateStream(L"CONTENTS", STGM_READWRITE | STGM_SHARE_EXCLUSIVE, 0, 0, contents.put()), S_OK);
  ASSERT_EQ(write_all(contents.get(), "ole data"), S_OK);
  ASSERT_EQ(object->Commit(0), S_OK);
  ASSERT_EQ(ole->SaveChanges(0), S_OK);
}

void expect_attachments(IMessage* message, ULONG first) {
  com::Ref<IAttach> attach;
  ASSERT_EQ(message->OpenAttach(first, nullptr, 0, attach.put()), S_OK);
  EXPECT_EQ(stream_bytes(open_stream(attach.get(), PR_ATTACH_DATA_BIN, 0, 0).get()), std::string(50000, 'd'));
  EXPECT_EQ(OneProp(attach.get(), PR_ATTACH_NUM)->Value.l, static_cast<LONG>(first));
  ASSERT_EQ(message->OpenAttach(first + 1, nullptr, 0, attach.put()), S_OK);
  com::Ref<IMessage> inner;
  ASSERT_EQ(attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, 0, reinterpret_cast<LPUNKNOWN*>(inner.put())),
            S_OK);
  EXPECT_STREQ(OneProp(inner.get(), PR_SUBJECT_W)->Value.lpszW, L"inside");
  EXPECT_EQ(names_in(inner.get()), std::vector<std::wstring>{L"Dan"});
  ASSERT_EQ(message->OpenAttach(first + 2, nullptr, 0, attach.put()), S_OK);
  com::Ref<IStorage> object;
  ASSERT_EQ(attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IStorage, 0, 0, reinterpret_cast<LPUNKNOWN*>(object.put())),
            S_OK);
  com::Ref<IStream> contents;
  ASSERT_EQ(object->OpenStream(L"CONTENTS", nullptr, STGM_READ | STGM_SHARE_EXCLUSIVE, 0, contents.put()), S_OK);
  EXPECT_EQ(stream_bytes(contents.get()), "ole data");
}

// spec: IMessage::OpenAttach IMessage::DeleteAttach ST-270 ST-272 ST-273 ST-274 ST-276 ST-302 ST-303
TEST(Message, KeepsAttachmentsOfEveryKind) {
  File file;
  fill_with_attachments(file.message.get());
  auto forgotten = add_attachment(file.message.get(), L"never saved", ATTACH_BY_VALUE);
  forgotten.reset();
  expect_attachments(file.message.get(), 0);
  ASSERT_EQ(file.message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  file.reopen();
  expect_attachments(file.message.get(), 0);
  com::Ref<IAttach> attach;
  EXPECT_EQ(file.message->OpenAttach(3, nullptr, 0, attach.put()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(file.message->OpenAttach(0, &IID_IMessage, 0, attach.put()), MAPI_E_INTERFACE_NOT_SUPPORTED);
  ASSERT_EQ(file.message->DeleteAttach(1, 0, nullptr, 0), S_OK);
  EXPECT_EQ(file.message->DeleteAttach(1, 0, nullptr, 0), MAPI_E_NOT_FOUND);
  Walk walk;
  walk_message(file.message.get(), walk);
  EXPECT_EQ(walk.attachments, 2);
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen(0);
  walk = {};
  walk_message(file.message.get(), walk);
  EXPECT_EQ(walk.attachments, 2);
  EXPECT_EQ(walk.embedded, 0);
}

// spec: IMAPIProp::CopyTo ST-206 ST-208 ST-211 ST-212 ST-214 ST-215 ST-217
TEST(CopyTo, TakesAMessageWhole) {
  File from, to;
  EveryType every;
  ASSERT_EQ(from.message->SetProps(static_cast<ULONG>(every.values.size()), every.values.data(), nullptr), S_OK);
  ASSERT_EQ(set_one(from.message.get(), wide_value(PR_SUBJECT_W, L"copied")), S_OK);
  People people{{person(L"Ann", MAPI_TO)}, {}};
  ASSERT_EQ(from.message->ModifyRecipients(0, people.list()), S_OK);
  fill_with_attachments(from.message.get());
  ASSERT_EQ(from.message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  ASSERT_EQ(set_one(to.message.get(), long_value(PR_IMPORTANCE, 2)), S_OK);

  Tags exclude{PROP_TAG(PT_LONG, PROP_ID(PR_SUBJECT_W))}, none{}, null_tag{PR_NULL};
  auto copy = [&](IMAPIProp* target, LPCIID iid, SPropTagArray* tags, ULONG flags) {
    LPSPropProblemArray problems = nullptr;
    const HRESULT hr = from.message->CopyTo(0, nullptr, tags, 0, nullptr, iid, target, flags, &problems);
    for (ULONG i = 0; problems && i < problems->cProblem; ++i) {
      EXPECT_EQ(problems->aProblem[i].scode, MAPI_E_COMPUTED) << std::hex << problems->aProblem[i].ulPropTag;
    }
    MAPIFreeBuffer(problems);
    return hr;
  };
  EXPECT_EQ(copy(from.message.get(), &IID_IMessage, nullptr, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(copy(to.message.get(), nullptr, nullptr, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(copy(to.message.get(), &IID_IMAPIFolder, nullptr, 0), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(copy(to.message.get(), &IID_IMessage, none, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(copy(to.message.get(), &IID_IMessage, null_tag, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(copy(to.message.get(), &IID_IMessage, nullptr, 0x100), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(copy(to.message.get(), &IID_IMessage, nullptr, MAPI_DECLINE_OK), MAPI_E_DECLINE_COPY);
  IID everything = IID_IMAPIProp;  // spec: ST-209 ST-210
  EXPECT_EQ(from.message->CopyTo(1, &everything, nullptr, 0, nullptr, &IID_IMessage, to.message.get(), 0, nullptr),
            MAPI_E_INTERFACE_NOT_SUPPORTED);

  ASSERT_EQ(copy(to.message.get(), &IID_IMessage, exclude, 0), S_OK);
  EXPECT_EQ(OneProp(to.message.get(), PR_SUBJECT_W).error(), MAPI_E_NOT_FOUND);
  ASSERT_EQ(copy(to.message.get(), &IID_IMessage, nullptr, 0), S_OK);
  ASSERT_EQ(to.message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  to.reopen();
  expect_every_type(to.message.get());
  EXPECT_STREQ(OneProp(to.message.get(), PR_SUBJECT_W)->Value.lpszW, L"copied");
  EXPECT_EQ(OneProp(to.message.get(), PR_IMPORTANCE)->Value.l, 2);
  EXPECT_EQ(names_in(to.message.get()), std::vector<std::wstring>{L"Ann"});
  expect_attachments(to.message.get(), 3);

  // Nothing is replaced that is there; MAPI_MOVE takes it from the source.
  ASSERT_EQ(set_one(from.message.get(), wide_value(PR_SUBJECT_W, L"other")), S_OK);
  ASSERT_EQ(copy(to.message.get(), &IID_IMessage, nullptr, MAPI_NOREPLACE), S_OK);
  EXPECT_STREQ(OneProp(to.message.get(), PR_SUBJECT_W)->Value.lpszW, L"copied");
  ASSERT_EQ(copy(to.message.get(), &IID_IMessage, nullptr, MAPI_MOVE), S_OK);
  EXPECT_STREQ(OneProp(to.message.get(), PR_SUBJECT_W)->Value.lpszW, L"other");
  EXPECT_EQ(OneProp(from.message.get(), PR_SUBJECT_W).error(), MAPI_E_NOT_FOUND);
  EXPECT_TRUE(names_in(from.message.get()).empty());
}

// spec: IMAPIProp::CopyProps ST-194 ST-196 ST-202 ST-213
TEST(CopyProps, TakesWhatIsNamed) {
  File from, to;
  ASSERT_EQ(set_one(from.message.get(), wide_value(PR_SUBJECT_W, L"s")), S_OK);
  ASSERT_EQ(set_one(from.message.get(), long_value(PR_IMPORTANCE, 1)), S_OK);
  People people{{person(L"Ann", MAPI_TO)}, {}};
  ASSERT_EQ(from.message->ModifyRecipients(0, people.list()), S_OK);
  auto copy = [&](SPropTagArray* tags, LPSPropProblemArray* problems = nullptr) {
    return from.message->CopyProps(tags, 0, nullptr, &IID_IMessage, to.message.get(), 0, problems);
  };
  EXPECT_EQ(copy(nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(copy(Tags{PR_NULL}), MAPI_E_INVALID_PARAMETER);
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(copy(Tags{PR_SUBJECT_W, PROP_TAG(PT_LONG, 0x6699)}, &problems), S_OK);
  ASSERT_NE(problems, nullptr);
  EXPECT_EQ(problems->aProblem[0].ulIndex, 1u);
  EXPECT_EQ(problems->aProblem[0].scode, MAPI_E_NOT_FOUND);
  MAPIFreeBuffer(problems);
  EXPECT_STREQ(OneProp(to.message.get(), PR_SUBJECT_W)->Value.lpszW, L"s");
  EXPECT_EQ(OneProp(to.message.get(), PR_IMPORTANCE).error(), MAPI_E_NOT_FOUND);
  EXPECT_TRUE(names_in(to.message.get()).empty());
  ASSERT_EQ(copy(Tags{PR_MESSAGE_RECIPIENTS}), S_OK);
  EXPECT_EQ(names_in(to.message.get()), std::vector<std::wstring>{L"Ann"});

  // The source contains the target.
  auto attach = add_attachment(from.message.get(), L"inner.msg", ATTACH_EMBEDDED_MSG);
  com::Ref<IMessage> inner;
  ASSERT_EQ(attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY,
                                 reinterpret_cast<LPUNKNOWN*>(inner.put())),
            S_OK);
  ASSERT_EQ(inner->SaveChanges(0), S_OK);
  ASSERT_EQ(attach->SaveChanges(0), S_OK);
  EXPECT_EQ(from.message->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, inner.get(), 0, nullptr),
            MAPI_E_FOLDER_CYCLE);
}

TEST(CopyTo, TellsItsProgress) {
  File from, to;
  EveryType every;
  ASSERT_EQ(from.message->SetProps(static_cast<ULONG>(every.values.size()), every.values.data(), nullptr), S_OK);
  auto progress = com::make<property::testing::Indicator>(1000, 100, 500);
  const auto copy = [&](ULONG flags) {
    return from.message->CopyTo(0, nullptr, nullptr, 0, progress.get(), &IID_IMessage, to.message.get(), flags,
                                nullptr);
  };
  ASSERT_EQ(copy(0), S_OK);
  EXPECT_EQ(progress->calls, 0) << "only with MAPI_DIALOG";
  ASSERT_EQ(copy(MAPI_DIALOG), S_OK);
  EXPECT_GT(progress->calls, 1);
  EXPECT_EQ(progress->last, 500u);
  progress->last = 0;
  progress->calls = 0;
  progress->patience = 0;
  EXPECT_EQ(copy(MAPI_DIALOG), MAPI_E_USER_CANCEL);
}

TEST(Message, ChangesALargeValueInItsStream) {
  File file;
  auto stream = open_stream(file.message.get(), PR_HTML, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), std::string(90000, 'x')), S_OK);
  stream.reset();
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen();
  stream = open_stream(file.message.get(), PR_HTML, STGM_WRITE, MAPI_MODIFY | STREAM_APPEND);
  ASSERT_EQ(write_all(stream.get(), "tail"), S_OK);
  stream.reset();
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen(0);
  EXPECT_EQ(stream_bytes(open_stream(file.message.get(), PR_HTML, 0, 0).get()), std::string(90000, 'x') + "tail");
}

TEST(CopyTo, GoesBetweenMessagesAndPropData) {
  File file;
  auto data = make_prop_data();
  EveryType every;
  ASSERT_EQ(data->SetProps(static_cast<ULONG>(every.values.size()), every.values.data(), nullptr), S_OK);
  GUID set{9, 9, 9, {}};
  MAPINAMEID name{&set, MNID_ID, {}};
  name.Kind.lID = 77;
  LPMAPINAMEID names[1] = {&name};
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(data->GetIDsFromNames(1, names, MAPI_CREATE, &tags), S_OK);
  ASSERT_EQ(set_one(data.get(), long_value(CHANGE_PROP_TYPE(tags->aulPropTag[0], PT_LONG), 42)), S_OK);
  MAPIFreeBuffer(tags);
  // The message has a name under that id already.
  name.Kind.lID = 78;
  ASSERT_EQ(file.message->GetIDsFromNames(1, names, MAPI_CREATE, &tags), S_OK);
  MAPIFreeBuffer(tags);
  ASSERT_EQ(data->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, file.message.get(), 0, nullptr), S_OK);
  expect_every_type(file.message.get());
  name.Kind.lID = 77;
  ASSERT_EQ(file.message->GetIDsFromNames(1, names, 0, &tags), S_OK);
  EXPECT_EQ(OneProp(file.message.get(), CHANGE_PROP_TYPE(tags->aulPropTag[0], PT_LONG))->Value.l, 42);
  MAPIFreeBuffer(tags);

  People people{{person(L"Ann", MAPI_TO)}, {}};
  ASSERT_EQ(file.message->ModifyRecipients(0, people.list()), S_OK);
  auto back = make_prop_data();
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(file.message->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMAPIProp, back.get(), 0, &problems), S_OK);
  expect_every_type(back.get());
  ASSERT_NE(problems, nullptr) << "recipients that could not be copied must be named";
  EXPECT_EQ(problems->aProblem[0].ulPropTag, PR_MESSAGE_RECIPIENTS);
  EXPECT_EQ(problems->aProblem[0].scode, MAPI_E_INTERFACE_NOT_SUPPORTED);
  MAPIFreeBuffer(problems);
}

// spec: IMessage::SetReadFlag ST-291 ST-293
TEST(Message, SetsItsReadFlag) {
  File file;
  EXPECT_EQ(file.message->SetReadFlag(CLEAR_READ_FLAG | SUPPRESS_RECEIPT), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(file.message->SetReadFlag(0x100), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(file.message->SetReadFlag(0), S_OK);
  file.reopen();
  EXPECT_EQ(OneProp(file.message.get(), PR_MESSAGE_FLAGS)->Value.l & 1, 1);
  ASSERT_EQ(file.message->SetReadFlag(CLEAR_READ_FLAG), S_OK);
  EXPECT_EQ(OneProp(file.message.get(), PR_MESSAGE_FLAGS)->Value.l & 1, 0);
}

// An allocator that nobody needs to call.
class NoMalloc final : public com::Object<IMalloc> {
 public:
  STDMETHODIMP_(void*) Alloc(SIZE_T) override { return nullptr; }
  STDMETHODIMP_(void*) Realloc(void*, SIZE_T) override { return nullptr; }
  STDMETHODIMP_(void) Free(void*) override {}
  STDMETHODIMP_(SIZE_T) GetSize(void*) override { return 0; }
  STDMETHODIMP_(int) DidAlloc(void*) override { return 0; }
  STDMETHODIMP_(void) HeapMinimize() override {}
};

int released_with = 0;
void STDAPICALLTYPE on_release(ULONG data, LPMESSAGE) {
  released_with = static_cast<int>(data);
}

TEST(Session, ClosesWhatWasOpenedInIt) {
  auto allocator = com::make<NoMalloc>();
  LPMSGSESS session = nullptr;
  EXPECT_EQ(OpenIMsgSession(nullptr, 0, &session), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(OpenIMsgSession(allocator.get(), 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(OpenIMsgSession(allocator.get(), 1, &session), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(OpenIMsgSession(allocator.get(), MAPI_UNICODE, &session), S_OK);
  auto stream = memory_stream();
  auto storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto message = message_on(storage.get(), 0, session);
  ASSERT_TRUE(message);
  auto attach = add_attachment(message.get(), L"a", ATTACH_BY_VALUE);
  auto property = open_stream(attach.get(), PR_ATTACH_DATA_BIN, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  CloseIMsgSession(session);
  CloseIMsgSession(session);
  CloseIMsgSession(nullptr);
  EXPECT_EQ(set_one(message.get(), wide_value(PR_SUBJECT_W, L"x")), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(message->SaveChanges(0), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(attach->SaveChanges(0), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(write_all(property.get(), "x"), STG_E_REVERTED);
  SCODE code = S_OK;
  EXPECT_FALSE(message_on(storage.get(), 0, session, &code));
  EXPECT_EQ(code, MAPI_E_INVALID_PARAMETER);
}

TEST(OpenIMsgOnIStg, ChecksItsArgumentsAndCallsBack) {
  auto stream = memory_stream();
  auto storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  SCODE code = S_OK;
  EXPECT_FALSE(message_on(nullptr, 0, nullptr, &code));
  EXPECT_EQ(code, MAPI_E_INVALID_PARAMETER);
  EXPECT_FALSE(message_on(storage.get(), 0x10, nullptr, &code));
  EXPECT_EQ(code, MAPI_E_UNKNOWN_FLAGS);
  LPMESSAGE message = nullptr;
  EXPECT_EQ(
      OpenIMsgOnIStg(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, storage.get(), nullptr, 0, 0, &message),
      MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(OpenIMsgOnIStg(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, nullptr,
                           storage.get(), on_release, 42, IMSG_NO_ISTG_COMMIT, &message),
            S_OK);
  auto attach = add_attachment(message, L"a", ATTACH_BY_VALUE);
  ASSERT_EQ(message->SaveChanges(0), S_OK);
  released_with = 0;
  message->Release();
  EXPECT_EQ(released_with, 0) << "an attachment is still there";
  attach.reset();
  EXPECT_EQ(released_with, 42);
  // Not committed: the caller's bytes are untouched until he does it himself.
  STATSTG stat{};
  ASSERT_EQ(stream->Stat(&stat, STATFLAG_NONAME), S_OK);
  EXPECT_EQ(stat.cbSize.QuadPart, 0u);
  ASSERT_EQ(storage->Commit(0), S_OK);
  ASSERT_EQ(stream->Stat(&stat, STATFLAG_NONAME), S_OK);
  EXPECT_GT(stat.cbSize.QuadPart, 0u);
}

TEST(Attributes, MakePropertiesReadOnly) {
  File file;
  ASSERT_EQ(set_one(file.message.get(), wide_value(PR_SUBJECT_W, L"x")), S_OK);
  Tags tags{PR_SUBJECT_W, PR_BODY_W};
  LPSPropAttrArray attributes = nullptr;
  ASSERT_EQ(GetAttribIMsgOnIStg(file.message.get(), tags, &attributes), MAPI_W_ERRORS_RETURNED);
  EXPECT_EQ(attributes->aPropAttr[0], PROPATTR_READABLE | PROPATTR_WRITEABLE);
  EXPECT_EQ(attributes->aPropAttr[1], PROPATTR_NOT_PRESENT);
  attributes->aPropAttr[0] = PROPATTR_READABLE | PROPATTR_MANDATORY;
  attributes->aPropAttr[1] = PROPATTR_READABLE;
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(SetAttribIMsgOnIStg(file.message.get(), tags, attributes, &problems), MAPI_W_ERRORS_RETURNED);
  ASSERT_NE(problems, nullptr);
  EXPECT_EQ(problems->aProblem[0].ulIndex, 1u);
  MAPIFreeBuffer(problems);
  attributes->aPropAttr[0] = 0x100;
  EXPECT_EQ(SetAttribIMsgOnIStg(file.message.get(), tags, attributes, nullptr), MAPI_E_INVALID_PARAMETER);
  MAPIFreeBuffer(attributes);
  EXPECT_EQ(set_one(file.message.get(), wide_value(PR_SUBJECT_W, L"y")), MAPI_E_NO_ACCESS);
  ASSERT_EQ(file.message->SaveChanges(0), S_OK);
  file.reopen();
  ASSERT_EQ(GetAttribIMsgOnIStg(file.message.get(), Tags{PR_SUBJECT_W}, &attributes), S_OK);
  EXPECT_EQ(attributes->aPropAttr[0], PROPATTR_READABLE | PROPATTR_MANDATORY);
  MAPIFreeBuffer(attributes);
  auto other = make_prop_data();
  EXPECT_EQ(GetAttribIMsgOnIStg(other.get(), tags, &attributes), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(GetAttribIMsgOnIStg(nullptr, tags, &attributes), MAPI_E_INVALID_PARAMETER);
}

}  // namespace
}  // namespace mapiary::imessage::testing
