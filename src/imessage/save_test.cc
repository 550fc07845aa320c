// SPDX-License-Identifier: Apache-2.0
// SaveChanges: its flags, and failures at every point of it.
#include <mapiaux.h>

#include "imessage/testing/failing_storage.h"
#include "imessage/testing/message_files.h"
#include "property/testing/prop_values.h"

namespace mapiary::imessage::testing {
namespace {

using namespace property::testing;

constexpr ULONG kObject = PROP_TAG(PT_OBJECT, 0x3701);

void set_people(IMessage* message, std::initializer_list<const wchar_t*> names) {
  std::vector<SPropValue> values;
  for (const wchar_t* name : names) values.push_back(wide_value(PR_DISPLAY_NAME_W, name));
  std::vector<std::byte> bytes(CbNewADRLIST(values.size()));
  auto* list = reinterpret_cast<ADRLIST*>(bytes.data());
  list->cEntries = static_cast<ULONG>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) list->aEntries[i] = {0, 1, &values[i]};
  ASSERT_EQ(message->ModifyRecipients(0, list), S_OK);
}

std::string html_of(IMAPIProp* object) {
  return stream_bytes(open_stream(object, PR_HTML, 0, 0).get());
}
void set_html(IMAPIProp* object, const std::string& bytes) {
  ASSERT_EQ(write_all(open_stream(object, PR_HTML, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY).get(), bytes), S_OK);
}
std::wstring subject_of(IMAPIProp* object) {
  OneProp subject(object, PR_SUBJECT_W, MAPI_UNICODE);
  return subject.tag() == PR_SUBJECT_W ? subject->Value.lpszW : L"";
}

com::Ref<IAttach> add_file(IMessage* message, const wchar_t* name, const std::string& bytes, ULONG* number = nullptr) {
  com::Ref<IAttach> attach;
  ULONG own = 0;
  EXPECT_EQ(message->CreateAttach(nullptr, 0, number ? number : &own, attach.put()), S_OK);
  EXPECT_EQ(set_one(attach.get(), wide_value(PR_ATTACH_LONG_FILENAME_W, name)), S_OK);
  auto stream = open_stream(attach.get(), PR_ATTACH_DATA_BIN, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  EXPECT_EQ(write_all(stream.get(), bytes), S_OK);
  stream.reset();
  EXPECT_EQ(attach->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  return attach;
}

// An attachment that is a message with a large value and an attachment of its own.
void add_message(IMessage* message, const wchar_t* subject) {
  com::Ref<IAttach> attach;
  com::Ref<IMessage> inner;
  ULONG number = 0;
  ASSERT_EQ(message->CreateAttach(nullptr, 0, &number, attach.put()), S_OK);
  ASSERT_EQ(set_one(attach.get(), long_value(PR_ATTACH_METHOD, ATTACH_EMBEDDED_MSG)), S_OK);
  ASSERT_EQ(attach->OpenProperty(kObject, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY,
                                 reinterpret_cast<LPUNKNOWN*>(inner.put())),
            S_OK);
  ASSERT_EQ(set_one(inner.get(), wide_value(PR_SUBJECT_W, subject)), S_OK);
  set_html(inner.get(), std::string(50000, 'i'));
  add_file(inner.get(), L"deep", std::string(40000, 'd'));
  ASSERT_EQ(inner->SaveChanges(0), S_OK);
  ASSERT_EQ(attach->SaveChanges(0), S_OK);
}

com::Ref<IMessage> open_inner(IMessage* message, ULONG number) {
  com::Ref<IAttach> attach;
  com::Ref<IMessage> inner;
  EXPECT_EQ(message->OpenAttach(number, nullptr, 0, attach.put()), S_OK);
  EXPECT_EQ(attach->OpenProperty(kObject, &IID_IMessage, 0, 0, reinterpret_cast<LPUNKNOWN*>(inner.put())), S_OK);
  return inner;
}

Walk walk_of(IStream* stream) {
  Walk walk;
  auto storage = storage_on(stream, 0);
  if (auto message = message_on(storage.get())) walk_message(message.get(), walk);
  return walk;
}

std::string bytes_on(IStream* stream) {
  EXPECT_EQ(stream->Seek({}, STREAM_SEEK_SET, nullptr), S_OK);
  return stream_bytes(stream);
}

// A saved message with everything in it: recipients, a file (0), a message (1), a file to be deleted (2).
std::string old_message() {
  auto stream = memory_stream();
  auto storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto message = message_on(storage.get(), MAPI_UNICODE);
  EXPECT_EQ(set_one(message.get(), wide_value(PR_SUBJECT_W, L"old")), S_OK);
  set_html(message.get(), std::string(70000, 'o'));
  set_people(message.get(), {L"Ann", L"Bob"});
  add_file(message.get(), L"file", std::string(60000, 'f'));
  add_message(message.get(), L"inside");
  add_file(message.get(), L"gone", "gone");
  EXPECT_EQ(message->SaveChanges(0), S_OK);
  return bytes_on(stream.get());
}

struct Opened {
  com::Ref<IStream> stream;
  std::shared_ptr<Faults> faults = std::make_shared<Faults>();
  com::Ref<IStorage> storage;
  com::Ref<IMessage> message, inside;
  com::Ref<IAttach> file;

  explicit Opened(const std::string& bytes, ULONG flags = 0)
      : stream(memory_stream(bytes)),
        storage(com::make<FailingStorage>(storage_on(stream.get(), STGSTRM_MODIFY), faults)),
        message(message_on(storage.get(), flags)),
        inside(open_inner(message.get(), 1)) {
    EXPECT_EQ(message->OpenAttach(0, nullptr, MAPI_MODIFY, file.put()), S_OK);
  }
  void change() {
    ASSERT_EQ(set_one(message.get(), wide_value(PR_SUBJECT_W, L"new")), S_OK);
    ASSERT_EQ(set_one(message.get(), wide_value(PR_BODY_W, std::wstring(20000, L'b').c_str())), S_OK);
    set_people(message.get(), {L"Cid"});
    ASSERT_EQ(message->DeleteAttach(2, 0, nullptr, 0), S_OK);
    ASSERT_EQ(set_one(file.get(), wide_value(PR_ATTACH_LONG_FILENAME_W, L"renamed")), S_OK);
    ASSERT_EQ(file->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
    add_file(message.get(), L"added", std::string(2 << 20, 'a'));
  }
  void expect_usable() {
    EXPECT_EQ(subject_of(message.get()), L"new");
    EXPECT_EQ(html_of(message.get()), std::string(70000, 'o'));
    EXPECT_EQ(stream_bytes(open_stream(file.get(), PR_ATTACH_DATA_BIN, 0, 0).get()), std::string(60000, 'f'));
    EXPECT_EQ(subject_of(inside.get()), L"inside");
    EXPECT_EQ(html_of(inside.get()), std::string(50000, 'i'));
    com::Ref<IAttach> deep;
    ASSERT_EQ(inside->OpenAttach(0, nullptr, 0, deep.put()), S_OK);
    EXPECT_EQ(stream_bytes(open_stream(deep.get(), PR_ATTACH_DATA_BIN, 0, 0).get()), std::string(40000, 'd'));
  }
};

void expect_new(IStream* stream) {
  auto storage = storage_on(stream, 0);
  auto message = message_on(storage.get());
  ASSERT_TRUE(message);
  EXPECT_EQ(subject_of(message.get()), L"new");
  EXPECT_EQ(html_of(message.get()), std::string(70000, 'o'));
  const Walk walk = walk_of(stream);
  EXPECT_EQ(walk.recipients, 1);
  EXPECT_EQ(walk.attachments, 4) << "one of them inside";
  EXPECT_EQ(walk.embedded, 1);
  com::Ref<IAttach> added;
  ASSERT_EQ(message->OpenAttach(3, nullptr, 0, added.put()), S_OK);
  EXPECT_EQ(stream_bytes(open_stream(added.get(), PR_ATTACH_DATA_BIN, 0, 0).get()), std::string(2 << 20, 'a'));
  EXPECT_EQ(subject_of(open_inner(message.get(), 1).get()), L"inside");
}

// spec: ST-239 ST-274
TEST(SaveChanges, FailsWholeAtEveryPoint) {
  const std::string old = old_message();
  int failures = 0;
  for (int n = 0; n < 1000; n += n < 10 ? 1 : 5) {
    SCOPED_TRACE(n);
    Opened opened(old);
    opened.change();
    opened.faults->arm(n);
    const HRESULT hr = opened.message->SaveChanges(KEEP_OPEN_READWRITE);
    if (!opened.faults->happened()) {
      EXPECT_EQ(hr, S_OK);
      break;
    }
    ++failures;
    ASSERT_EQ(hr, MAPI_E_NOT_ENOUGH_DISK);
    EXPECT_EQ(opened.faults->reverts, 1);
    LPMAPIERROR error = nullptr;
    EXPECT_EQ(opened.message->GetLastError(hr, 0, &error), S_OK);
    MAPIFreeBuffer(error);
    ASSERT_EQ(bytes_on(opened.stream.get()), old) << "nothing was committed";
    opened.expect_usable();
    // What is left uncommitted by a mistake would be committed by this.
    if (n % 2) {
      ASSERT_EQ(opened.storage->Commit(STGC_DEFAULT), S_OK);
      const Walk walk = walk_of(opened.stream.get());
      EXPECT_EQ(walk.recipients, 2);
      EXPECT_EQ(walk.attachments, 4);
    }
    ASSERT_EQ(opened.message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
    opened.expect_usable();
    expect_new(opened.stream.get());
  }
  EXPECT_GT(failures, 15);
}

TEST(SaveChanges, WithoutCommitLeavesRevertingToTheCaller) {
  const std::string old = old_message();
  Opened opened(old, IMSG_NO_ISTG_COMMIT);
  opened.change();
  opened.faults->arm(8);
  ASSERT_EQ(opened.message->SaveChanges(KEEP_OPEN_READWRITE), MAPI_E_NOT_ENOUGH_DISK);
  EXPECT_EQ(opened.faults->reverts, 0) << "what else is in the storage is the caller's";
  opened.faults->arm(-1);
  ASSERT_EQ(opened.message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  EXPECT_EQ(opened.faults->commits, 0);
  EXPECT_EQ(bytes_on(opened.stream.get()), old);
  ASSERT_EQ(opened.storage->Commit(STGC_DEFAULT), S_OK);
  expect_new(opened.stream.get());
}

// spec: IMAPIProp::SaveChanges ST-232 ST-233 ST-234 ST-242
TEST(SaveChanges, KnowsItsFlags) {
  const std::string old = old_message();
  {
    Opened opened(old);
    EXPECT_EQ(opened.message->SaveChanges(0x100000), MAPI_E_UNKNOWN_FLAGS);
    for (const ULONG flags : {ULONG{0}, ULONG{KEEP_OPEN_READONLY}, ULONG{KEEP_OPEN_READWRITE}, ULONG{FORCE_SAVE},
                              KEEP_OPEN_READWRITE | FORCE_SAVE, KEEP_OPEN_READWRITE | MAPI_DEFERRED_ERRORS,
                              ULONG{NON_EMS_XP_SAVE}, ULONG{SPAMFILTER_ONSAVE}}) {
      SCOPED_TRACE(flags);
      // Whatever was asked for before, the object stays writable: the page leaves that to the provider.
      const std::wstring subject = L"s" + std::to_wstring(flags);
      ASSERT_EQ(set_one(opened.message.get(), wide_value(PR_SUBJECT_W, subject.c_str())), S_OK);
      ASSERT_EQ(opened.message->SaveChanges(flags), S_OK);
      auto storage = storage_on(opened.stream.get(), 0);
      EXPECT_EQ(subject_of(message_on(storage.get()).get()), subject);
    }
  }
  auto stream = memory_stream(old);
  auto storage = storage_on(stream.get(), 0);
  auto message = message_on(storage.get());
  EXPECT_EQ(message->SaveChanges(KEEP_OPEN_READWRITE), MAPI_E_NO_ACCESS);
  EXPECT_EQ(message->SaveChanges(FORCE_SAVE), MAPI_E_NO_ACCESS);
  EXPECT_EQ(message->SaveChanges(KEEP_OPEN_READONLY), S_OK);
  EXPECT_EQ(message->SaveChanges(0), S_OK);
  EXPECT_EQ(subject_of(message.get()), L"old");
  com::Ref<IAttach> attach;
  ASSERT_EQ(message->OpenAttach(0, nullptr, 0, attach.put()), S_OK);
  EXPECT_EQ(attach->SaveChanges(KEEP_OPEN_READWRITE), MAPI_E_NO_ACCESS);
  EXPECT_EQ(attach->SaveChanges(KEEP_OPEN_READONLY), S_OK);
}

// spec: ST-236 ST-238
TEST(SaveChanges, OfADeletedAttachmentSaysSo) {
  Opened opened(old_message());
  ASSERT_EQ(opened.message->DeleteAttach(0, 0, nullptr, 0), S_OK);
  ASSERT_EQ(set_one(opened.file.get(), wide_value(PR_ATTACH_LONG_FILENAME_W, L"late")), S_OK);
  EXPECT_EQ(opened.file->SaveChanges(0), MAPI_E_OBJECT_DELETED);
  EXPECT_EQ(opened.file->SaveChanges(FORCE_SAVE), MAPI_E_OBJECT_DELETED);
  com::Ref<IMAPITable> table;
  ASSERT_EQ(opened.message->GetAttachmentTable(0, table.put()), S_OK);
  ULONG rows = 0;
  ASSERT_EQ(table->GetRowCount(0, &rows), S_OK);
  EXPECT_EQ(rows, 2u) << "it does not come back";
}

// Large values of every kind: more than a value may have in memory.
TEST(LargeValues, GoThroughStreamsAndStorage) {
  constexpr std::size_t kUnits = 1500000;
  auto stream = memory_stream();
  auto storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto message = message_on(storage.get(), MAPI_UNICODE);
  std::wstring text(kUnits, L'x');
  for (std::size_t i = 0; i < kUnits; i += 7) text[i] = i % 2 ? L'\u20ac' : L'\U0001F600';
  const std::string text_bytes(reinterpret_cast<const char*>(text.data()), text.size() * sizeof(WCHAR));
  std::string binary(5000000, '\0');
  for (std::size_t i = 0; i < binary.size(); ++i) binary[i] = static_cast<char>(i * 2654435761u >> 13);
  ASSERT_EQ(write_all(open_stream(message.get(), PR_BODY_W, 0, MAPI_CREATE | MAPI_MODIFY).get(), text_bytes), S_OK);
  set_html(message.get(), binary);
  const auto check = [&] {
    EXPECT_TRUE(stream_bytes(open_stream(message.get(), PR_BODY_W, 0, 0).get()) == text_bytes);
    EXPECT_TRUE(html_of(message.get()) == binary);
    EXPECT_EQ(OneProp(message.get(), PR_HTML).error(), MAPI_E_NOT_ENOUGH_MEMORY) << "too large for GetProps";
  };
  check();  // before it is in the file
  ASSERT_EQ(message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  check();
  {
    // A transacted stream takes its changes back; an uncommitted one loses them at its release.
    auto change = open_stream(message.get(), PR_HTML, STGM_TRANSACTED, MAPI_MODIFY);
    ASSERT_EQ(write_all(change.get(), "changed"), S_OK);
    ASSERT_EQ(change->Revert(), S_OK);
    EXPECT_TRUE(stream_bytes(change.get()) == binary.substr(7));
    ASSERT_EQ(write_all(change.get(), "more"), S_OK);
  }
  check();
  message.reset();
  storage = storage_on(stream.get(), STGSTRM_MODIFY);
  message = message_on(storage.get());
  check();
  ASSERT_EQ(write_all(open_stream(message.get(), PR_HTML, 0, MAPI_MODIFY | STREAM_APPEND).get(), "end"), S_OK);
  binary += "end";
  check();
  // A small value in its place, and none.
  std::string small = "small";
  ASSERT_EQ(set_one(message.get(), binary_value(PR_HTML, small)), S_OK);
  EXPECT_EQ(html_of(message.get()), small);
  ASSERT_EQ(message->SaveChanges(0), S_OK);
  EXPECT_EQ(html_of(message.get()), small);
}

}  // namespace
}  // namespace mapiary::imessage::testing
