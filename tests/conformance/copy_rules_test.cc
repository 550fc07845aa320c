// SPDX-License-Identifier: Apache-2.0
// The copy methods of a store provider's support object on objects of our store, and indicators of progress. The
// support object is that of the mail store, which stands for any provider. Pages: imapisupport-copyfolder,
// imapisupport-copymessages, imapisupport-docopyto, imapisupport-docopyprops, imapisupport-completemsg,
// imapiprogress-*.
#include "tests/conformance/testing/mail_fixture.h"

namespace conformance {
namespace {

// What a provider tells of its progress.
class Watcher final : public IMAPIProgress {
 public:
  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
    *out = nullptr;
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references; }
  STDMETHODIMP_(ULONG) Release() override { return --references; }
  STDMETHODIMP Progress(ULONG value, ULONG count, ULONG total) override {
    values.push_back(value);
    EXPECT_TRUE(total == 0 || count <= total);
    return cancel_after != 0 && values.size() >= cancel_after ? MAPI_E_USER_CANCEL : S_OK;
  }
  STDMETHODIMP GetFlags(ULONG* out) override {
    if (values.empty()) ++asked_first;
    *out = flags;
    return S_OK;
  }
  STDMETHODIMP GetMax(ULONG* out) override {
    *out = max;
    return S_OK;
  }
  STDMETHODIMP GetMin(ULONG* out) override {
    *out = min;
    return S_OK;
  }
  STDMETHODIMP SetLimits(LPULONG new_min, LPULONG new_max, LPULONG new_flags) override {
    if (new_min) min = *new_min;
    if (new_max) max = *new_max;
    if (new_flags) flags = *new_flags;
    return S_OK;
  }
  ULONG references = 1, min = 1, max = 1000, flags = MAPI_TOP_LEVEL;
  int asked_first = 0;
  std::size_t cancel_after = 0;
  std::vector<ULONG> values;
};

class CopyRules : public SupportTest {
 protected:
  void SetUp() override {
    SupportTest::SetUp();
    from_ = create_folder(root_.get(), L"From");
    to_ = create_folder(root_.get(), L"To");
  }
  void TearDown() override {
    from_.reset();
    to_.reset();
    SupportTest::TearDown();
  }
  HRESULT copy_folder(const std::string& id, const wchar_t* name, ULONG flags) {
    return support_->CopyFolder(&IID_IMAPIFolder, from_.get(), size_of(id), entry(id), nullptr, to_.get(),
                                name ? text(name) : nullptr, 0, nullptr, flags | MAPI_UNICODE);
  }
  std::vector<std::wstring> below(IMAPIFolder* folder) {
    const auto table = hierarchy(folder, MAPI_UNICODE | CONVENIENT_DEPTH);
    auto names = Rows(table.get(), {PR_DISPLAY_NAME_W}).texts(0);
    std::sort(names.begin(), names.end());
    return names;
  }
  using Texts = std::vector<std::wstring>;

  Ptr<IMAPIFolder> from_, to_;
};

// spec: ST-720
TEST_P(CopyRules, CopyFolder) {
  const auto box = create_folder(from_.get(), L"Box");
  create_folder(box.get(), L"Inner");
  add_message(box.get(), L"m");
  const std::string id = get_binary(box.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, copy_folder(id, nullptr, 0));
  EXPECT_EQ((Texts{L"Box"}), below(to_.get()));
  EXPECT_EQ(MAPI_E_COLLISION, copy_folder(id, nullptr, 0));
  EXPECT_EQ(MAPI_E_COLLISION, copy_folder(id, L"BOX", FOLDER_MOVE));
  ASSERT_EQ(S_OK, copy_folder(id, L"Second", COPY_SUBFOLDERS));
  EXPECT_EQ((Texts{L"Box", L"Inner", L"Second"}), below(to_.get()));
  // A move takes all that is below, flag or no flag.
  ASSERT_EQ(S_OK, copy_folder(id, L"Third", FOLDER_MOVE));
  EXPECT_EQ((Texts{L"Box", L"Inner", L"Inner", L"Second", L"Third"}), below(to_.get()));
  EXPECT_TRUE(below(from_.get()).empty());
  // Something in it that cannot be moved: it is partly done.
  const auto busy = create_folder(from_.get(), L"Busy");
  const auto message = create_message(busy.get(), L"waiting");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  control_->set("A.submit", "8004010B");  // MAPI_E_BUSY: it stays in the queue
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  add_message(busy.get(), L"free");
  const HRESULT hr = copy_folder(get_binary(busy.get(), PR_ENTRYID), nullptr, FOLDER_MOVE);
  EXPECT_TRUE(hr == MAPI_W_PARTIAL_COMPLETION || hr == S_OK) << std::hex << hr;
  const bool is_left = row_count(contents(busy.get()).get()) != 0;
  EXPECT_EQ(is_left, hr == MAPI_W_PARTIAL_COMPLETION);
}

// spec: ST-721 IMAPISupport::CopyMessages
TEST_P(CopyRules, CopyMessages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(add_message(from_.get(), L"m"));
  Entries all(ids);
  const auto copy = [&](IMAPIProgress* progress, ULONG flags) {
    return support_->CopyMessages(&IID_IMAPIFolder, from_.get(), all.get(), &IID_IMAPIFolder, to_.get(), 0, progress,
                                  flags);
  };
  ASSERT_EQ(S_OK, copy(nullptr, 0));
  EXPECT_EQ(6, get_long(from_.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(6, get_long(to_.get(), PR_CONTENT_COUNT));
  Watcher cancelling;
  cancelling.cancel_after = 3;
  EXPECT_EQ(MAPI_E_USER_CANCEL, copy(&cancelling, MESSAGE_DIALOG));
  EXPECT_GT(12, get_long(to_.get(), PR_CONTENT_COUNT));
  const LONG before = get_long(to_.get(), PR_CONTENT_COUNT);
  ASSERT_EQ(S_OK, copy(nullptr, MESSAGE_MOVE));
  EXPECT_EQ(0, get_long(from_.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(before + 6, get_long(to_.get(), PR_CONTENT_COUNT));
}

// With MAPI_NOREPLACE what is there stays, as ruling R12 has it.
// spec: ST-722 ST-723 R12 IMAPISupport::DoCopyTo
TEST_P(CopyRules, DoCopyTo) {
  const auto source = create_message(from_.get(), L"source"), target = create_message(to_.get(), L"target");
  ASSERT_EQ(S_OK, set_text(source.get(), PR_BODY_W, L"body"));
  LPSPropProblemArray problems = nullptr;
  const auto copy = [&](LPCIID iid, IMessage* to, LPSPropTagArray exclude, ULONG count, LPCIID excluded, ULONG flags) {
    return support_->DoCopyTo(iid, source.get(), count, excluded, exclude, 0, nullptr, &IID_IMessage, to, flags,
                              &problems);
  };
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, copy(nullptr, target.get(), nullptr, 0, nullptr, 0));
  SizedSPropTagArray(1, nothing) = {0, {PR_NULL}};
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            copy(&IID_IMessage, target.get(), reinterpret_cast<LPSPropTagArray>(&nothing), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, copy(&IID_IMessage, source.get(), nullptr, 0, nullptr, 0));
  // A folder does not go into itself.
  const auto inner = create_folder(from_.get(), L"Inner");
  EXPECT_EQ(MAPI_E_FOLDER_CYCLE, support_->DoCopyTo(&IID_IMAPIFolder, from_.get(), 0, nullptr, nullptr, 0, nullptr,
                                                    &IID_IMAPIFolder, inner.get(), 0, nullptr));
  // Interfaces it does not know are no reason to fail.
  const IID unknown = {0x11112222, 0x3333, 0x4444, {1, 2, 3, 4, 5, 6, 7, 8}};
  ASSERT_EQ(S_OK, copy(&IID_IMessage, target.get(), nullptr, 1, &unknown, MAPI_NOREPLACE));
  MAPIFreeBuffer(problems);
  EXPECT_EQ(L"target", get_text(target.get(), PR_SUBJECT_W));
  EXPECT_EQ(L"body", get_text(target.get(), PR_BODY_W));
  ASSERT_EQ(S_OK, copy(&IID_IMessage, target.get(), nullptr, 0, nullptr, 0));
  MAPIFreeBuffer(problems);
  EXPECT_EQ(L"source", get_text(target.get(), PR_SUBJECT_W));
}

// spec: ST-724 IMAPISupport::DoCopyProps
TEST_P(CopyRules, DoCopyProps) {
  const auto source = create_message(from_.get(), L"source"), target = create_message(to_.get(), L"target");
  SizedSPropTagArray(1, subject) = {1, {PR_SUBJECT_W}};
  const auto include = reinterpret_cast<LPSPropTagArray>(&subject);
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, support_->DoCopyProps(&IID_IMessage, source.get(), include, 0, nullptr, nullptr,
                                                            target.get(), 0, &problems));
  EXPECT_TRUE(FAILED(support_->DoCopyProps(&IID_IMessage, source.get(), nullptr, 0, nullptr, &IID_IMessage,
                                           target.get(), 0, &problems)));
  EXPECT_EQ(L"target", get_text(target.get(), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, support_->DoCopyProps(&IID_IMessage, source.get(), include, 0, nullptr, &IID_IMessage, target.get(),
                                        0, &problems));
  EXPECT_EQ(nullptr, problems);
  EXPECT_EQ(L"source", get_text(target.get(), PR_SUBJECT_W));
}

// A store of the profile that waits for a transport asks the spooler to complete a message itself.
// spec: ST-664 IMAPISupport::CompleteMsg
TEST_P(CopyRules, CompleteMsgHasNoFlags) {
  control_->set("A.submit", "8004010B");
  std::string outbox(4, '\0');
  outbox += std::string("MAILSTOR\x01\x02\x03\x04\x05\x06\x07\x08", 16) + "o0";
  ULONG type = 0;
  Ptr<IUnknown> out;
  ASSERT_EQ(S_OK, mail_store_->OpenEntry(size_of(outbox), entry(outbox), nullptr, MAPI_MODIFY, &type, out.put()));
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, static_cast<IMAPIFolder*>(out.get())->CreateMessage(nullptr, 0, message.put()));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  ASSERT_TRUE(wait("SetLockState unlocked"));
  std::string id = outbox.substr(0, 20) + "m1";
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, support_->CompleteMsg(1, size_of(id), entry(id)));
  EXPECT_TRUE(lines("FinishedMsg").empty());
  EXPECT_EQ(S_OK, support_->CompleteMsg(0, size_of(id), entry(id)));
  ASSERT_TRUE(wait("FinishedMsg"));
}

// spec: ST-731 ST-733
TEST_P(CopyRules, MapisIndicator) {
  Ptr<IMAPIProgress> progress;
  ASSERT_EQ(S_OK, support_->DoProgressDialog(0, MAPI_TOP_LEVEL, progress.put()));
  ULONG flags = 0, min = 0, max = 0;
  ASSERT_EQ(S_OK, progress->GetFlags(&flags));
  EXPECT_EQ(ULONG{MAPI_TOP_LEVEL}, flags);
  ASSERT_EQ(S_OK, progress->GetMin(&min));
  ASSERT_EQ(S_OK, progress->GetMax(&max));
  EXPECT_EQ(1u, min);
  EXPECT_EQ(1000u, max);
  for (const ULONG level : {ULONG{0}, ULONG{MAPI_TOP_LEVEL}}) {
    ULONG low = 20 + level, high = 400 + level, top = level;
    ASSERT_EQ(S_OK, progress->SetLimits(&low, &high, &top));
    ASSERT_EQ(S_OK, progress->GetMin(&min));
    ASSERT_EQ(S_OK, progress->GetMax(&max));
    ASSERT_EQ(S_OK, progress->GetFlags(&flags));
    EXPECT_EQ(low, min);
    EXPECT_EQ(high, max);
    EXPECT_EQ(level, flags);
  }
  EXPECT_EQ(S_OK, progress->Progress(400, 0, 0));
}

// Between the limits the value only grows; the greatest comes with the end, the least at most with the beginning. A
// provider that finds local limits keeps to them.
// spec: ST-732
TEST_P(CopyRules, ProgressOfACopy) {
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(add_message(from_.get(), L"m"));
  Entries all(ids);
  for (const bool top : {true, false}) {
    Watcher watcher;
    if (!top) {
      watcher.flags = 0;
      watcher.min = 200;
      watcher.max = 300;
    }
    ASSERT_EQ(S_OK, from_->CopyMessages(all.get(), nullptr, to_.get(), 0, &watcher, MESSAGE_DIALOG));
    ASSERT_LT(1u, watcher.values.size());
    EXPECT_TRUE(std::is_sorted(watcher.values.begin(), watcher.values.end()));
    EXPECT_EQ(watcher.max, watcher.values.back());
    for (std::size_t i = 0; i + 1 < watcher.values.size(); ++i) {
      EXPECT_GT(watcher.max, watcher.values[i]);
      EXPECT_TRUE(i == 0 ? watcher.values[i] >= watcher.min : watcher.values[i] > watcher.min);
    }
    EXPECT_EQ(1u, watcher.references);
  }
}

CONFORMANCE_SUITE(CopyRules);

}  // namespace
}  // namespace conformance
