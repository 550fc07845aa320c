// SPDX-License-Identifier: Apache-2.0
// Messages opened with a support object: indicators, entry ids, memory routines. Page openimsgonistg.
#include <mapiaux.h>

#include <cstring>

#include "imessage/testing/message_files.h"
#include "property/testing/indicator.h"
#include "property/testing/prop_values.h"

namespace mapiary::imessage::testing {
namespace {

using namespace property::testing;

class BookDefaults : public com::Object<IAddrBook> {
 public:
  MAPI_IMAPIPROP_METHODS({ return MAPI_E_NO_SUPPORT; })
  MAPI_IADDRBOOK_METHODS({ return MAPI_E_NO_SUPPORT; })
};

// Makes entry ids long-term: clears the flag and adds a byte. Exchanges the values of each entry, as it may.
class Book final : public BookDefaults {
 public:
  STDMETHODIMP PrepareRecips(ULONG flags, LPSPropTagArray tags, LPADRLIST list) override {
    ++calls;
    EXPECT_EQ(flags, 0u);
    EXPECT_EQ(tags, nullptr);
    shown += static_cast<int>(list->cEntries);
    if (answer != S_OK) return answer;
    for (ULONG i = 0; i < list->cEntries; ++i) exchange(list->aEntries[i]);
    return S_OK;
  }
  int calls = 0, shown = 0;
  HRESULT answer = S_OK;

 private:
  static void exchange(ADRENTRY& entry) {
    SPropValue* fresh = nullptr;
    ASSERT_EQ(MAPIAllocateBuffer(sizeof(SPropValue) * entry.cValues, reinterpret_cast<void**>(&fresh)), S_OK);
    for (ULONG i = 0; i < entry.cValues; ++i) {
      const SPropValue& from = entry.rgPropVals[i];
      fresh[i] = from;
      BYTE* bytes = nullptr;
      if (from.ulPropTag == PR_DISPLAY_NAME_W) {
        const std::size_t size = (std::wcslen(from.Value.lpszW) + 1) * sizeof(WCHAR);
        ASSERT_EQ(MAPIAllocateMore(static_cast<ULONG>(size), fresh, reinterpret_cast<void**>(&bytes)), S_OK);
        std::memcpy(bytes, from.Value.lpszW, size);
        fresh[i].Value.lpszW = reinterpret_cast<LPWSTR>(bytes);
      } else if (from.ulPropTag == PR_ENTRYID) {
        ASSERT_EQ(MAPIAllocateMore(from.Value.bin.cb + 1, fresh, reinterpret_cast<void**>(&bytes)), S_OK);
        std::memcpy(bytes, from.Value.bin.lpb, from.Value.bin.cb);
        bytes[0] = 0;
        bytes[from.Value.bin.cb] = 'L';
        fresh[i].Value.bin = {from.Value.bin.cb + 1, bytes};
      }
    }
    MAPIFreeBuffer(entry.rgPropVals);
    entry.rgPropVals = fresh;
  }
};

class SupportDefaults : public com::Object<IMAPISupport> {
 public:
  MAPI_IMAPISUPPORT_METHODS1({ return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPISUPPORT_METHODS2({ return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPISUPPORT_METHODS3({ return MAPI_E_NO_SUPPORT; })
};

class Support final : public SupportDefaults {
 public:
  STDMETHODIMP GetMemAllocRoutines(LPALLOCATEBUFFER* allocate, LPALLOCATEMORE* more, LPFREEBUFFER* release) override {
    ++routines;
    *allocate = MAPIAllocateBuffer;
    *more = MAPIAllocateMore;
    *release = MAPIFreeBuffer;
    return S_OK;
  }
  STDMETHODIMP DoProgressDialog(ULONG_PTR ui, ULONG flags, LPMAPIPROGRESS* out) override {
    ++dialogs;
    EXPECT_EQ(ui, 42u);
    EXPECT_EQ(flags, ULONG{MAPI_TOP_LEVEL});
    if (!indicator) return MAPI_E_NO_SUPPORT;
    *out = com::Ref<IMAPIProgress>(indicator).detach();
    return S_OK;
  }
  STDMETHODIMP OpenAddressBook(LPCIID iid, ULONG flags, LPADRBOOK* out) override {
    ++books;
    EXPECT_EQ(iid, nullptr);
    EXPECT_EQ(flags, 0u);
    if (!book) return MAPI_E_NO_SUPPORT;
    *out = com::Ref<IAddrBook>(book).detach();
    return MAPI_W_ERRORS_RETURNED;  // some provider did not load; the address book is there all the same
  }
  int routines = 0, dialogs = 0, books = 0;
  com::Ref<Indicator> indicator = com::make<Indicator>();
  com::Ref<Book> book = com::make<Book>();
};

struct Supported {
  com::Ref<Support> support = com::make<Support>();
  com::Ref<IStream> stream = memory_stream();
  com::Ref<IStorage> storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  com::Ref<IMessage> message;

  explicit Supported(bool supported = true) {
    EXPECT_EQ(
        OpenIMsgOnIStg(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                       supported ? support.get() : nullptr, storage.get(), nullptr, 0, MAPI_UNICODE, message.put()),
        S_OK);
  }
  ULONG add_attachment() {
    com::Ref<IAttach> attach;
    ULONG number = 0;
    EXPECT_EQ(message->CreateAttach(nullptr, 0, &number, attach.put()), S_OK);
    EXPECT_EQ(attach->SaveChanges(0), S_OK);
    return number;
  }
  HRESULT copy(ULONG flags, LPMAPIPROGRESS progress = nullptr) {
    auto target = make_prop_data();
    return message->CopyTo(0, nullptr, nullptr, 42, progress, &IID_IMAPIProp, target.get(), flags, nullptr);
  }
};

TEST(Support, GivesTheMemoryRoutinesAndIsLetGo) {
  Supported file;
  com::Ref<IMessage> other;
  ASSERT_EQ(OpenIMsgOnIStg(nullptr, nullptr, nullptr, nullptr, nullptr, file.support.get(), file.storage.get(), nullptr,
                           0, 0, other.put()),
            S_OK);
  EXPECT_EQ(file.support->routines, 1);
  other.reset();
  file.message.reset();
  file.support->AddRef();
  EXPECT_EQ(file.support->Release(), 1u) << "nobody but the test holds it";
}

TEST(Support, ShowsTheProgressOfCopyTo) {
  Supported file;
  ASSERT_EQ(set_one(file.message.get(), wide_value(PR_SUBJECT_W, L"x")), S_OK);
  ASSERT_EQ(file.copy(0), S_OK);
  EXPECT_EQ(file.support->dialogs, 0) << "only with MAPI_DIALOG";
  ASSERT_EQ(file.copy(MAPI_DIALOG), S_OK);
  EXPECT_EQ(file.support->dialogs, 1);
  EXPECT_EQ(file.support->indicator->last, 1000u);
  auto own = com::make<Indicator>();
  ASSERT_EQ(file.copy(MAPI_DIALOG, own.get()), S_OK);
  EXPECT_EQ(file.support->dialogs, 1) << "the caller's own comes first";
  EXPECT_EQ(own->last, 1000u);
  file.support->indicator->last = 0;
  Tags tags{PR_SUBJECT_W};
  auto target = make_prop_data();
  ASSERT_EQ(file.message->CopyProps(tags, 42, nullptr, &IID_IMAPIProp, target.get(), MAPI_DIALOG, nullptr), S_OK);
  EXPECT_EQ(file.support->dialogs, 2);
  file.support->indicator->last = 0;
  file.support->indicator->patience = 0;
  EXPECT_EQ(file.copy(MAPI_DIALOG), MAPI_E_USER_CANCEL);
  file.support->indicator.reset();
  EXPECT_EQ(file.copy(MAPI_DIALOG), S_OK) << "without an indicator it goes on";
  Supported without(false);
  EXPECT_EQ(without.copy(MAPI_DIALOG), S_OK);
}

TEST(Support, ShowsTheProgressOfDeleteAttach) {
  Supported file;
  EXPECT_EQ(file.message->DeleteAttach(77, 42, nullptr, ATTACH_DIALOG), MAPI_E_NOT_FOUND);
  EXPECT_EQ(file.message->DeleteAttach(file.add_attachment(), 42, nullptr, 0), S_OK);
  EXPECT_EQ(file.support->dialogs, 0);
  EXPECT_EQ(file.message->DeleteAttach(file.add_attachment(), 42, nullptr, ATTACH_DIALOG), S_OK);
  EXPECT_EQ(file.support->dialogs, 1);
  EXPECT_EQ(file.support->indicator->last, 1000u);
  auto own = com::make<Indicator>();
  EXPECT_EQ(file.message->DeleteAttach(file.add_attachment(), 42, own.get(), ATTACH_DIALOG), S_OK);
  EXPECT_EQ(own->calls, 1);
  EXPECT_EQ(file.message->DeleteAttach(file.add_attachment(), 42, own.get(), 0), S_OK);
  EXPECT_EQ(own->calls, 1) << "ignored without ATTACH_DIALOG";
  EXPECT_EQ(file.support->dialogs, 1);
  Supported without(false);
  EXPECT_EQ(without.message->DeleteAttach(without.add_attachment(), 42, nullptr, ATTACH_DIALOG), S_OK);
}

// Three recipients: a short-term entry id, a long-term one, none.
struct Recipients {
  std::string short_id{"\x80\0\0\0short", 9}, long_id{"\0\0\0\0long", 8};
  SPropValue one[2], two[2], three[1];
  std::vector<std::byte> bytes = std::vector<std::byte>(CbNewADRLIST(3));

  LPADRLIST list() {
    one[0] = wide_value(PR_DISPLAY_NAME_W, L"Ann");
    one[1] = binary_value(PR_ENTRYID, short_id);
    two[0] = wide_value(PR_DISPLAY_NAME_W, L"Bob");
    two[1] = binary_value(PR_ENTRYID, long_id);
    three[0] = wide_value(PR_DISPLAY_NAME_W, L"Cid");
    auto* out = reinterpret_cast<LPADRLIST>(bytes.data());
    out->cEntries = 3;
    out->aEntries[0] = {0, 2, one};
    out->aEntries[1] = {0, 2, two};
    out->aEntries[2] = {0, 1, three};
    return out;
  }
};

std::vector<std::string> ids_in(IMessage* message) {
  com::Ref<IMAPITable> table;
  EXPECT_EQ(message->GetRecipientTable(MAPI_UNICODE, table.put()), S_OK);
  Tags columns{PR_DISPLAY_NAME_W, PR_ENTRYID};
  EXPECT_EQ(table->SetColumns(columns, 0), S_OK);
  LPSRowSet rows = all_rows(table.get());
  std::vector<std::string> ids;
  for (ULONG i = 0; rows && i < rows->cRows; ++i) {
    const SPropValue& id = rows->aRow[i].lpProps[1];
    ids.push_back(id.ulPropTag == PR_ENTRYID
                      ? std::string(reinterpret_cast<const char*>(id.Value.bin.lpb), id.Value.bin.cb)
                      : "none");
  }
  free_rows(rows);
  return ids;
}

TEST(Support, MakesShortTermEntryIdsLongTerm) {
  Supported file;
  Recipients people;
  ASSERT_EQ(file.message->ModifyRecipients(0, people.list()), S_OK);
  EXPECT_EQ(file.support->books, 1);
  EXPECT_EQ(file.support->book->shown, 1) << "only those that need it";
  const std::vector<std::string> wanted{std::string("\0\0\0\0shortL", 10), people.long_id, "none"};
  EXPECT_EQ(ids_in(file.message.get()), wanted);
  EXPECT_EQ(people.one[1].Value.bin.lpb[0], 0x80) << "the caller's list is not touched";
  // None that is short-term: nobody is asked.
  people.short_id[0] = 0;
  ASSERT_EQ(file.message->ModifyRecipients(MODRECIP_ADD, people.list()), S_OK);
  EXPECT_EQ(file.support->books, 1);
}

TEST(Support, StoresShortTermEntryIdsWhenNobodyHelps) {
  Recipients people;
  const std::vector<std::string> wanted{people.short_id, people.long_id, "none"};
  Supported without(false);
  ASSERT_EQ(without.message->ModifyRecipients(0, people.list()), S_OK);
  EXPECT_EQ(ids_in(without.message.get()), wanted);
  Supported refusing;
  refusing.support->book->answer = MAPI_E_NOT_FOUND;
  ASSERT_EQ(refusing.message->ModifyRecipients(0, people.list()), S_OK);
  EXPECT_EQ(refusing.support->book->calls, 1);
  EXPECT_EQ(ids_in(refusing.message.get()), wanted);
  Supported bookless;
  bookless.support->book.reset();
  ASSERT_EQ(bookless.message->ModifyRecipients(0, people.list()), S_OK);
  EXPECT_EQ(ids_in(bookless.message.get()), wanted);
  EXPECT_EQ(bookless.message->ModifyRecipients(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

}  // namespace
}  // namespace mapiary::imessage::testing
