// SPDX-License-Identifier: Apache-2.0
// What a support object hands on to the address book and to a template's owner. Pages: imapisupport-address, -details,
// -newentry, -opentemplateid.
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>

#include "property/testing/prop_values.h"
#include "session/support/testing/fake_host.h"

namespace mapiary::session {
namespace {

using testing::as_entry;
using testing::entry_id;
using testing::Support;

class BookDefaults : public com::Object<IAddrBook> {
 public:
  MAPI_IMAPIPROP_METHODS({ return MAPI_E_NO_SUPPORT; })
  MAPI_IADDRBOOK_METHODS({ return MAPI_E_NO_SUPPORT; })
};

// An address book with a user interface: the user takes what is offered.
class Book final : public BookDefaults {
 public:
  STDMETHODIMP Address(ULONG_PTR* ui, LPADRPARM parameters, LPADRLIST* list) override {
    asked = "address";
    window = *ui;
    title = reinterpret_cast<const char*>(parameters->lpszCaption);
    *list = nullptr;
    return answer;
  }
  STDMETHODIMP Details(ULONG_PTR* ui, LPFNDISMISS, LPVOID, ULONG size, LPENTRYID id, LPFNBUTTON, LPVOID, LPTSTR,
                       ULONG of_call) override {
    asked = "details";
    window = *ui;
    entry.assign(reinterpret_cast<const char*>(id), size);
    flags = of_call;
    return answer;
  }
  STDMETHODIMP NewEntry(ULONG_PTR ui, ULONG of_call, ULONG size, LPENTRYID container, ULONG, LPENTRYID, ULONG* new_size,
                        LPENTRYID* made) override {
    asked = "new entry";
    window = ui;
    flags = of_call;
    entry.assign(reinterpret_cast<const char*>(container), size);
    if (FAILED(answer)) return answer;
    *new_size = 4;
    return MAPIAllocateBuffer(4, reinterpret_cast<void**>(made)) == S_OK ? S_OK : MAPI_E_NOT_ENOUGH_MEMORY;
  }

  HRESULT answer = S_OK;
  std::string asked, entry, title;
  ULONG_PTR window = 0;
  ULONG flags = 77;
};

class LogonDefaults : public com::Object<IABLogon> {
 public:
  MAPI_IABLOGON_METHODS({ return MAPI_E_NO_SUPPORT; })
};

// Binds an entry by giving back what it got, or wrapped.
class TemplateOwner final : public LogonDefaults {
 public:
  STDMETHODIMP OpenTemplateID(ULONG size, LPENTRYID id, ULONG of_call, LPMAPIPROP data, LPCIID iid, LPMAPIPROP* out,
                              LPMAPIPROP sibling) override {
    entry.assign(reinterpret_cast<const char*>(id), size);
    flags = of_call;
    interface = *iid;
    EXPECT_EQ(sibling, nullptr);
    if (FAILED(answer)) return answer;
    *out = com::Ref<IMAPIProp>::share(data).detach();
    return answer;
  }

  HRESULT answer = S_OK;
  std::string entry;
  ULONG flags = 77;
  IID interface {};
};

// spec: IMAPISupport::Address IMAPISupport::Details IMAPISupport::NewEntry
TEST(SupportAddress, DialogsAreTheAddressBooks) {
  const Support support(SupportKind::kAddressBook);
  const auto book = com::make<Book>();
  support.host->book = book;
  ULONG_PTR ui = 42;
  ADRPARM parameters{};
  std::string title = "Whom?";
  parameters.lpszCaption = reinterpret_cast<LPTSTR>(title.data());
  auto* list = reinterpret_cast<LPADRLIST>(&parameters);
  EXPECT_EQ(support->Address(nullptr, &parameters, &list), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->Address(&ui, nullptr, &list), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->Address(&ui, &parameters, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(book->asked, "");
  EXPECT_EQ(support->Address(&ui, &parameters, &list), S_OK);
  EXPECT_EQ(book->asked + ", " + book->title, "address, Whom?");
  EXPECT_EQ(book->window, 42u);
  EXPECT_EQ(list, nullptr);

  std::string id = entry_id("somebody");
  const auto size = static_cast<ULONG>(id.size());
  EXPECT_EQ(support->Details(&ui, nullptr, nullptr, size, as_entry(id), nullptr, nullptr, nullptr, DIALOG_MODAL), S_OK);
  EXPECT_EQ(book->asked, "details");
  EXPECT_EQ(book->entry, id);
  EXPECT_EQ(book->flags, ULONG{DIALOG_MODAL});

  ULONG new_size = 9;
  LPENTRYID made = nullptr;
  EXPECT_EQ(support->NewEntry(42, 1, 0, nullptr, 0, nullptr, &new_size, &made), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(support->NewEntry(42, 0, 0, nullptr, 0, nullptr, &new_size, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->NewEntry(42, 0, size, as_entry(id), 0, nullptr, &new_size, &made), S_OK);
  EXPECT_EQ(book->asked, "new entry");
  EXPECT_EQ(book->entry, id);
  EXPECT_EQ(new_size, 4u);
  EXPECT_EQ(MAPIFreeBuffer(made), S_OK);

  // A user who closes the dialog.
  book->answer = MAPI_E_USER_CANCEL;
  EXPECT_EQ(support->Address(&ui, &parameters, &list), MAPI_E_USER_CANCEL);
  EXPECT_EQ(support->Details(&ui, nullptr, nullptr, size, as_entry(id), nullptr, nullptr, nullptr, DIALOG_MODAL),
            MAPI_E_USER_CANCEL);
  EXPECT_EQ(support->NewEntry(42, 0, size, as_entry(id), 0, nullptr, &new_size, &made), MAPI_E_USER_CANCEL);
  EXPECT_EQ(new_size, 0u);
  EXPECT_EQ(made, nullptr);
}

// spec: IMAPISupport::OpenTemplateID
TEST(SupportAddress, TemplatesGoToTheirOwner) {
  const Support support(SupportKind::kAddressBook);
  std::string id = entry_id("template");
  const auto size = static_cast<ULONG>(id.size());
  const auto data = property::testing::make_prop_data();
  LPMAPIPROP out = data.get();
  const auto open = [&](ULONG flags, LPCIID iid, LPMAPIPROP sibling = nullptr) {
    return support->OpenTemplateID(size, as_entry(id), flags, data.get(), iid, &out, sibling);
  };
  EXPECT_EQ(open(0, nullptr), MAPI_E_UNKNOWN_ENTRYID) << "the foreign provider does not exist";
  EXPECT_EQ(out, nullptr);
  const auto owner = com::make<TemplateOwner>();
  support.host->owner = owner;
  EXPECT_EQ(open(2, nullptr), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(open(0, nullptr, data.get()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->OpenTemplateID(size, as_entry(id), 0, nullptr, nullptr, &out, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(owner->entry, "");

  ASSERT_EQ(open(FILL_ENTRY, nullptr), S_OK);
  EXPECT_EQ(owner->entry, id);
  EXPECT_EQ(owner->flags, ULONG{FILL_ENTRY});
  EXPECT_TRUE(IsEqualGUID(owner->interface, IID_IMailUser)) << "no interface: that of a messaging user";
  EXPECT_EQ(out, data.get());
  out->Release();
  ASSERT_EQ(open(0, &IID_IMAPIProp), S_OK);
  EXPECT_TRUE(IsEqualGUID(owner->interface, IID_IMAPIProp));
  out->Release();
  owner->answer = MAPI_E_NO_ACCESS;
  EXPECT_EQ(open(0, nullptr), MAPI_E_NO_ACCESS);
  EXPECT_EQ(out, nullptr);
}

}  // namespace
}  // namespace mapiary::session
