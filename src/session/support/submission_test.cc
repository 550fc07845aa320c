// SPDX-License-Identifier: Apache-2.0
// PrepareSubmit, ExpandRecips, DoSentMail, ReadReceipt, StatusRecips. Pages: imapisupport-preparesubmit,
// imapisupport-expandrecips, imapisupport-dosentmail, imapisupport-readreceipt, imapisupport-statusrecips.
#include "session/support/submission.h"

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include "session/support/testing/fake_host.h"
#include "session/support/testing/fake_mail.h"

namespace mapiary::session {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;
using testing::BagBacking;
using testing::BagPtr;
using testing::MemoryFolder;
using testing::MemoryMessage;
using testing::Support;

void put_text(PropBag& bag, ULONG tag, std::string text) {
  bag.set(PropValue::text(PropTag(tag), std::move(text)));
}
void put_bytes(PropBag& bag, ULONG tag, std::string bytes) {
  bag.set(PropValue::binary(PropTag(tag), std::move(bytes)));
}
std::string get_text(const PropBag& bag, ULONG tag) {
  const PropValue* value = bag.find(PropTag(tag));
  return value ? std::string(value->as_bytes()) : "(none)";
}

PropBag recipient(int row, ULONG type, std::string address) {
  PropBag bag;
  bag.set(PropValue::int32(PropTag(PR_ROWID), row));
  bag.set(PropValue::int32(PropTag(PR_RECIPIENT_TYPE), static_cast<std::int32_t>(type)));
  put_text(bag, PR_DISPLAY_NAME_W, address);
  put_text(bag, PR_ADDRTYPE_W, "SMTP");
  put_text(bag, PR_EMAIL_ADDRESS_W, std::move(address));
  return bag;
}

ULONG type_of(const PropBag& bag) {
  return static_cast<ULONG>(bag.find(PropTag(PR_RECIPIENT_TYPE))->as_int32());
}
bool is_served(const PropBag& bag) {
  const PropValue* value = bag.find(PropTag(PR_RESPONSIBILITY));
  return value && value->as_bool();
}

class Submission : public ::testing::Test {
 protected:
  Support store{SupportKind::kMessageStore};
  BagPtr bag = std::make_shared<BagBacking>();
  com::Ref<IMessage> message = com::make<MemoryMessage>(bag);
};

// spec: ST-659 ST-660 IMAPISupport::PrepareSubmit
TEST_F(Submission, ResentMessageGoesToThoseWhoNeedIt) {
  bag->recipients = {recipient(0, MAPI_TO | MAPI_SUBMITTED, "has@it"), recipient(1, MAPI_P1, "needs@it")};
  ULONG flags = 0;
  EXPECT_EQ(store->PrepareSubmit(message.get(), &flags), S_OK);
  EXPECT_EQ(type_of(bag->recipients[0]), ULONG{MAPI_TO | MAPI_SUBMITTED}) << "no MSGFLAG_RESEND";
  bag->bag.set(PropValue::int32(PropTag(PR_MESSAGE_FLAGS), MSGFLAG_RESEND));
  flags = 1;
  EXPECT_EQ(store->PrepareSubmit(message.get(), &flags), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(store->PrepareSubmit(message.get(), nullptr), S_OK);
  EXPECT_EQ(type_of(bag->recipients[0]), ULONG{MAPI_TO});
  EXPECT_TRUE(is_served(bag->recipients[0]));
  EXPECT_EQ(type_of(bag->recipients[1]), ULONG{MAPI_P1});
  EXPECT_FALSE(is_served(bag->recipients[1]));
}

// spec: ST-661
TEST_F(Submission, ExpandResolvesOneOffsAndMarksDuplicates) {
  bag->recipients = {recipient(0, MAPI_TO, "ann@example.com"), recipient(1, MAPI_CC, "bob@example.com"),
                     recipient(2, MAPI_BCC, "ANN@example.com")};
  put_text(bag->recipients[1], PR_ORIGINAL_DISPLAY_NAME_W, "Bob Builder");
  ULONG flags = 99;
  ASSERT_EQ(store->ExpandRecips(message.get(), &flags), S_OK);
  EXPECT_EQ(flags, NEEDS_SPOOLER);
  ASSERT_EQ(bag->recipients.size(), 3u);
  const auto id = model::EntryId::parse(bag->recipients[0].find(PropTag(PR_ENTRYID))->as_bytes());
  ASSERT_TRUE(id);
  EXPECT_EQ(model::parse_one_off(*id, 1252)->address, "ann@example.com");
  EXPECT_EQ(get_text(bag->recipients[0], PR_SEARCH_KEY), std::string("SMTP:ANN@EXAMPLE.COM\0", 21));
  EXPECT_EQ(get_text(bag->recipients[1], PR_DISPLAY_NAME_W), "Bob Builder");
  EXPECT_FALSE(is_served(bag->recipients[0]));
  EXPECT_FALSE(is_served(bag->recipients[1]));
  EXPECT_TRUE(is_served(bag->recipients[2])) << "named twice";
}

TEST_F(Submission, ExpandReadsTheAddressOfAOneOffId) {
  PropBag row;
  row.set(PropValue::int32(PropTag(PR_ROWID), 0));
  row.set(PropValue::int32(PropTag(PR_RECIPIENT_TYPE), MAPI_TO));
  put_bytes(row, PR_ENTRYID, std::string(model::build_one_off({"Ann", "FAX", "123", 0})->bytes()));
  bag->recipients = {row};
  store.host->port->preprocessed_type = "FAX";
  ULONG flags = 0;
  ASSERT_EQ(store->ExpandRecips(message.get(), &flags), S_OK);
  EXPECT_EQ(flags, NEEDS_SPOOLER | NEEDS_PREPROCESSING);
  EXPECT_EQ(get_text(bag->recipients[0], PR_EMAIL_ADDRESS_W), "123");
  EXPECT_EQ(get_text(bag->recipients[0], PR_DISPLAY_NAME_W), "Ann");
}

// A personal distribution list as an address book would open it.
class List final : public com::Object<IMAPIContainer> {
 public:
  explicit List(std::vector<PropBag> rows) : rows_(std::move(rows)) {}
  MAPI_IMAPIPROP_METHODS({ return MAPI_E_NO_SUPPORT; })
  STDMETHODIMP GetContentsTable(ULONG, LPMAPITABLE* out) override {
    *out = testing::table_of(rows_, PR_ENTRYID, {}).detach();
    return S_OK;
  }
  STDMETHODIMP GetHierarchyTable(ULONG, LPMAPITABLE*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP OpenEntry(ULONG, LPENTRYID, LPCIID, ULONG, ULONG*, LPUNKNOWN*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SetSearchCriteria(LPSRestriction, LPENTRYLIST, ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetSearchCriteria(ULONG, LPSRestriction*, LPENTRYLIST*, ULONG*) override { return MAPI_E_NO_SUPPORT; }

 private:
  std::vector<PropBag> rows_;
};

PropBag member(std::string id, std::string type, std::string address) {
  PropBag row;
  put_bytes(row, PR_ENTRYID, std::move(id));
  put_text(row, PR_ADDRTYPE_W, std::move(type));
  put_text(row, PR_EMAIL_ADDRESS_W, std::move(address));
  return row;
}

// spec: ST-661 IMAPISupport::ExpandRecips
TEST_F(Submission, ExpandPersonalLists) {
  const std::string outer = testing::entry_id("outer"), inner = testing::entry_id("inner");
  bag->recipients = {recipient(0, MAPI_CC, "the list"), recipient(1, MAPI_TO, "ann@example.com")};
  put_text(bag->recipients[0], PR_ADDRTYPE_W, "MAPIPDL");
  put_bytes(bag->recipients[0], PR_ENTRYID, outer);
  // Without an address book the list stays as it is.
  ULONG flags = 0;
  ASSERT_EQ(store->ExpandRecips(message.get(), &flags), S_OK);
  EXPECT_EQ(bag->recipients.size(), 2u);
  // The inner list names the outer one again.
  store.host->opens = [&](const model::EntryId& id) -> Result<OpenedObject> {
    std::vector<PropBag> rows = {member(testing::entry_id("x"), "SMTP", "x@example.com"), member(inner, "MAPIPDL", "")};
    if (id.bytes() == inner)
      rows = {member(testing::entry_id("y"), "SMTP", "y@example.com"), member(outer, "MAPIPDL", "")};
    return OpenedObject{com::make<List>(rows), MAPI_DISTLIST};
  };
  ASSERT_EQ(store->ExpandRecips(message.get(), &flags), S_OK);
  ASSERT_EQ(bag->recipients.size(), 3u);
  EXPECT_EQ(get_text(bag->recipients[0], PR_EMAIL_ADDRESS_W), "ann@example.com");
  EXPECT_EQ(get_text(bag->recipients[1], PR_EMAIL_ADDRESS_W), "x@example.com");
  EXPECT_EQ(get_text(bag->recipients[2], PR_EMAIL_ADDRESS_W), "y@example.com");
  EXPECT_EQ(type_of(bag->recipients[2]), ULONG{MAPI_CC});
}

// spec: ST-662 ST-663 IMAPISupport::DoSentMail
TEST_F(Submission, SentMailMovesDeletesOrStays) {
  const auto outbox = testing::make_folder("Outbox"), sent = testing::make_folder("Sent");
  store.host->opens = [&](const model::EntryId& id) -> Result<OpenedObject> {
    return OpenedObject{com::make<MemoryFolder>(id.bytes() == outbox->id ? outbox : sent), MAPI_FOLDER};
  };
  const auto send = [&](bool target, bool erase) {
    outbox->calls.clear();
    const BagPtr mail = testing::add_message(outbox, "hello");
    if (target) put_bytes(mail->bag, PR_SENTMAIL_ENTRYID, sent->id);
    if (erase) mail->bag.set(PropValue::boolean(PropTag(PR_DELETE_AFTER_SUBMIT), true));
    auto object = com::make<MemoryMessage>(mail);
    MemoryMessage* raw = object.get();
    raw->AddRef();
    EXPECT_EQ(store->DoSentMail(0, object.detach()), S_OK);
    EXPECT_EQ(raw->Release(), 0u) << "DoSentMail releases the message";
    return outbox->calls;
  };
  EXPECT_EQ(send(false, false), "");
  EXPECT_EQ(send(true, false), "copy 1 " + std::to_string(MESSAGE_MOVE) + ";");
  EXPECT_EQ(send(false, true), "delete 1;");
  EXPECT_EQ(send(true, true), "delete 1;");
  EXPECT_EQ(store->DoSentMail(1, message.get()), MAPI_E_UNKNOWN_FLAGS);
  message->AddRef();
  EXPECT_EQ(message->Release(), 1u) << "kept after a refusal";
}

// spec: ST-670 ST-671 IMAPISupport::ReadReceipt
TEST_F(Submission, ReadReceiptGoesToWhoAsked) {
  const BagPtr report_bag = std::make_shared<BagBacking>();
  const com::Ref<IMessage> report = com::make<MemoryMessage>(report_bag);
  LPMESSAGE out = report.get();
  put_text(bag->bag, PR_SUBJECT_W, "Lunch");
  put_text(bag->bag, PR_MESSAGE_CLASS_W, "IPM.Note");
  EXPECT_EQ(store->ReadReceipt(0, message.get(), &out), MAPI_E_NO_RECIPIENTS);
  put_text(bag->bag, PR_SENDER_NAME_W, "Ann");
  put_text(bag->bag, PR_SENDER_ADDRTYPE_W, "SMTP");
  put_text(bag->bag, PR_SENDER_EMAIL_ADDRESS_W, "ann@example.com");
  put_text(bag->bag, PR_RECEIVED_BY_NAME_W, "Bob");
  ASSERT_EQ(store->ReadReceipt(0, message.get(), &out), S_OK);
  EXPECT_EQ(out, report.get());
  EXPECT_EQ(get_text(report_bag->bag, PR_MESSAGE_CLASS_W), "REPORT.IPM.Note.IPNRN");
  EXPECT_EQ(get_text(report_bag->bag, PR_ORIGINAL_SUBJECT_W), "Lunch");
  EXPECT_EQ(get_text(report_bag->bag, PR_SENDER_NAME_W), "Bob");
  ASSERT_EQ(report_bag->recipients.size(), 1u);
  EXPECT_EQ(get_text(report_bag->recipients[0], PR_EMAIL_ADDRESS_W), "ann@example.com");
  // PR_REPORT_ENTRYID comes before the sender.
  put_bytes(bag->bag, PR_REPORT_ENTRYID, "report");
  report_bag->recipients.clear();
  ASSERT_EQ(store->ReadReceipt(MAPI_NON_READ, message.get(), &out), S_OK);
  EXPECT_EQ(get_text(report_bag->bag, PR_MESSAGE_CLASS_W), "REPORT.IPM.Note.IPNNRN");
  EXPECT_EQ(get_text(report_bag->recipients[0], PR_ENTRYID), "report");
  EXPECT_EQ(store->ReadReceipt(2, message.get(), &out), MAPI_E_UNKNOWN_FLAGS);
  out = nullptr;
  EXPECT_EQ(store->ReadReceipt(0, message.get(), &out), MAPI_E_INVALID_PARAMETER);
}

LPADRLIST list_of(const std::vector<PropBag>& rows) {
  LPADRLIST list = nullptr;
  MAPIAllocateBuffer(static_cast<ULONG>(CbNewADRLIST(rows.size())), reinterpret_cast<LPVOID*>(&list));
  list->cEntries = static_cast<ULONG>(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    list->aEntries[i] = {0, static_cast<ULONG>(rows[i].size()), com::to_border(rows[i].values()).value()};
  }
  return list;
}

// spec: IMAPISupport::StatusRecips
TEST_F(Submission, StatusRecipsMakesTheReportsThatAreWanted) {
  const Support transport(SupportKind::kTransport);
  std::vector<BagPtr> reports;
  int saved = 0;
  transport.host->new_report = [&] {
    reports.push_back(std::make_shared<BagBacking>());
    reports.back()->on_save = [&]() -> Status { return ++saved, Status(); };
    return com::Ref<IMessage>(com::make<MemoryMessage>(reports.back()));
  };
  put_text(bag->bag, PR_MESSAGE_CLASS_W, "IPM.Note");
  put_text(bag->bag, PR_SUBJECT_W, "Lunch");
  PropBag arrived = recipient(0, MAPI_TO, "ann@example.com"), lost = recipient(1, MAPI_TO, "bob@example.com"),
          quiet = recipient(2, MAPI_TO, "eve@example.com");
  arrived.set(PropValue::int64(PropTag(PR_DELIVER_TIME), 1));
  lost.set(PropValue::int32(PropTag(PR_NDR_REASON_CODE), 1));
  quiet.set(PropValue::int32(PropTag(PR_NDR_REASON_CODE), 1));
  quiet.set(PropValue::boolean(PropTag(PR_ORIGINATOR_NON_DELIVERY_REPORT_REQUESTED), false));
  ASSERT_EQ(transport->StatusRecips(message.get(), list_of({arrived, lost, quiet})), S_OK);
  ASSERT_EQ(reports.size(), 1u) << "nobody asked for a delivery report";
  EXPECT_EQ(saved, 1);
  EXPECT_EQ(get_text(reports[0]->bag, PR_MESSAGE_CLASS_W), "REPORT.IPM.Note.NDR");
  ASSERT_EQ(reports[0]->recipients.size(), 1u);
  EXPECT_EQ(get_text(reports[0]->recipients[0], PR_EMAIL_ADDRESS_W), "bob@example.com");
  ASSERT_EQ(reports[0]->attachments.size(), 1u);
  ASSERT_TRUE(reports[0]->attachments[0]->embedded);
  EXPECT_EQ(get_text(reports[0]->attachments[0]->embedded->bag, PR_SUBJECT_W), "Lunch");
  arrived.set(PropValue::boolean(PropTag(PR_ORIGINATOR_DELIVERY_REPORT_REQUESTED), true));
  ASSERT_EQ(transport->StatusRecips(message.get(), list_of({arrived})), S_OK);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(get_text(reports[1]->bag, PR_MESSAGE_CLASS_W), "REPORT.IPM.Note.DR");
  EXPECT_TRUE(reports[1]->attachments.empty());
}

TEST_F(Submission, StatusRecipsKeepsTheListWhenItFails) {
  const Support transport(SupportKind::kTransport);
  transport.host->new_report = []() -> com::Ref<IMessage> { throw std::bad_alloc(); };
  const LPADRLIST list = list_of({recipient(0, MAPI_TO, "ann@example.com")});
  EXPECT_EQ(transport->StatusRecips(message.get(), list), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(list->cEntries, 1u);
  FreePadrlist(list);
}

}  // namespace
}  // namespace mapiary::session
