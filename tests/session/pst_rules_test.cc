// SPDX-License-Identifier: Apache-2.0
// What message stores do holds for PST and OST files too: tables, restrictions, sort orders, categories, bookmarks and
// streams of a file answer as those of a store with a copy of its messages (whose answers the conformance suite has
// proven), and each call that writes is refused. The files are those of tests/pst/make_fixtures.py.
#include <cwchar>
#include <deque>

#include "tests/session/pst_store_fixture.h"

namespace pst_test {
namespace {

using conformance::Entries;

// What is the same in a copy.
SizedSPropTagArray(8, kColumns) = {8,
                                   {PR_SUBJECT_W, PR_SENDER_NAME_W, PR_MESSAGE_DELIVERY_TIME, PR_IMPORTANCE,
                                    PR_MESSAGE_CLASS_W, PR_NORMALIZED_SUBJECT_W, PR_DISPLAY_TO_W, PR_ROW_TYPE}};

struct Order {
  const char* name;
  ULONG categories, expanded;
  std::vector<SSortOrder> keys;
};
const Order kOrders[] = {
    {"subject", 0, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}},
    {"subject, downward", 0, 0, {{PR_SUBJECT_W, TABLE_SORT_DESCEND}}},
    {"time", 0, 0, {{PR_MESSAGE_DELIVERY_TIME, TABLE_SORT_DESCEND}}},
    {"importance and subject", 0, 0, {{PR_IMPORTANCE, TABLE_SORT_ASCEND}, {PR_SUBJECT_W, TABLE_SORT_DESCEND}}},
    {"by sender", 1, 1, {{PR_SENDER_NAME_W, TABLE_SORT_ASCEND}, {PR_SUBJECT_W, TABLE_SORT_ASCEND}}},
    {"by topic, collapsed", 1, 0, {{PR_CONVERSATION_TOPIC_W, TABLE_SORT_DESCEND}, {PR_SUBJECT_W, TABLE_SORT_ASCEND}}},
    {"a type without an order", 0, 0, {{PROP_TAG(PT_OBJECT, 0x3701), TABLE_SORT_ASCEND}}}};

// Restrictions that live as long as this.
class Restrictions {
 public:
  Restrictions() {
    value(PR_SUBJECT_W).Value.lpszW = const_cast<LPWSTR>(L"sUBJECT 1");
    content(FL_SUBSTRING | FL_IGNORECASE);
    content(FL_SUBSTRING);
    content(FL_PREFIX | FL_IGNORECASE);
    value(PR_SUBJECT_W).Value.lpszW = const_cast<LPWSTR>(L"Re: Subject 7");
    content(FL_FULLSTRING);
    for (const ULONG op : {RELOP_LT, RELOP_LE, RELOP_GT, RELOP_GE, RELOP_EQ, RELOP_NE, RELOP_RE}) property(op);
    value(PR_MESSAGE_DELIVERY_TIME).Value.ft = {0xAAAAAAAA, 0x01DA9F80};
    property(RELOP_GT);
    value(PR_BODY_W).Value.lpszW = const_cast<LPWSTR>(L"1.0");
    content(FL_SUBSTRING);
    SRestriction& bits = next();
    bits.rt = RES_BITMASK;
    bits.res.resBitMask = {BMR_NEZ, PR_MESSAGE_FLAGS, MSGFLAG_READ};
    SRestriction& exist = next();
    exist.rt = RES_EXIST;
    exist.res.resExist.ulPropTag = PR_CONVERSATION_TOPIC_W;
    SRestriction& size = next();
    size.rt = RES_SIZE;
    size.res.resSize = {RELOP_GT, PR_SUBJECT_W, 26};
    SRestriction& two = next();
    two.rt = RES_COMPAREPROPS;
    two.res.resCompareProps = {RELOP_EQ, PR_NORMALIZED_SUBJECT_W, PR_CONVERSATION_TOPIC_W};
    for (const ULONG part : {PR_MESSAGE_RECIPIENTS, PR_MESSAGE_ATTACHMENTS}) {
      SRestriction& inner = next(false);
      inner.rt = RES_EXIST;
      inner.res.resExist.ulPropTag = part == PR_MESSAGE_RECIPIENTS ? PR_DISPLAY_NAME_W : PR_ATTACH_LONG_FILENAME_W;
      SRestriction& outer = next();
      outer.rt = RES_SUBRESTRICTION;
      outer.res.resSub = {part, &inner};
    }
    for (const ULONG kind : {RES_AND, RES_OR}) {
      SRestriction& both = next();
      both.rt = kind;
      pairs_.push_back({*all_[0], bits});
      both.res.resAnd = {2, pairs_.back().data()};
    }
    SRestriction& no = next();
    no.rt = RES_NOT;
    no.res.resNot = {0, all_[0]};
    SRestriction& wrong = next();
    wrong.rt = RES_PROPERTY;
    wrong.res.resProperty = {99, PR_SUBJECT_W, &values_.back()};
  }
  std::vector<LPSRestriction>& all() { return all_; }

 private:
  SPropValue& value(ULONG tag) {
    values_.emplace_back();
    values_.back().ulPropTag = tag;
    return values_.back();
  }
  SRestriction& next(bool listed = true) {
    made_.emplace_back();
    if (listed) all_.push_back(&made_.back());
    return made_.back();
  }
  void content(ULONG fuzzy) {
    SRestriction& one = next();
    one.rt = RES_CONTENT;
    one.res.resContent = {fuzzy, values_.back().ulPropTag, &values_.back()};
  }
  void property(ULONG op) {
    SRestriction& one = next();
    one.rt = RES_PROPERTY;
    one.res.resProperty = {op, values_.back().ulPropTag, &values_.back()};
  }

  std::deque<SPropValue> values_;
  std::deque<SRestriction> made_;
  std::deque<std::vector<SRestriction>> pairs_;
  std::vector<LPSRestriction> all_;
};

// What a client sees of a table, call after call.
class Transcript {
 public:
  explicit Transcript(IMAPITable* table) : table_(table) {
    told("SetColumns", table->SetColumns(reinterpret_cast<LPSPropTagArray>(const_cast<void*>(columns())), 0));
  }
  std::vector<std::wstring> run() {
    page(7);
    for (const Order& order : kOrders) {
      sort(order);
      look_around();
    }
    Restrictions restrictions;
    sort(kOrders[0]);
    for (LPSRestriction one : restrictions.all()) {
      told("Restrict", table_->Restrict(one, 0));
      page(1000);
      told("Restrict", table_->Restrict(nullptr, 0));
      told("SeekRow", table_->SeekRow(BOOKMARK_BEGINNING, 3, nullptr));
      told("FindRow", table_->FindRow(one, BOOKMARK_CURRENT, 0));
      page(1);
      told("FindRow", table_->FindRow(one, BOOKMARK_END, DIR_BACKWARD));
      page(1);
    }
    return std::move(lines_);
  }

 private:
  static const void* columns() { return &kColumns; }
  void told(const char* call, HRESULT hr) {
    wchar_t text[80];
    std::swprintf(text, std::size(text), L"%hs: %08x", call, static_cast<unsigned>(hr));
    lines_.emplace_back(text);
  }
  void sort(const Order& order) {
    std::vector<ULONG> words{static_cast<ULONG>(order.keys.size()), order.categories, order.expanded};
    for (const SSortOrder& key : order.keys) words.insert(words.end(), {key.ulPropTag, key.ulOrder});
    lines_.emplace_back(order.name, order.name + std::char_traits<char>::length(order.name));
    told("SortTable", table_->SortTable(reinterpret_cast<LPSSortOrderSet>(words.data()), 0));
  }
  void page(LONG count, ULONG flags = 0) {
    LPSRowSet set = nullptr;
    const HRESULT hr = table_->QueryRows(count, flags, &set);
    told("QueryRows", hr);
    for (ULONG i = 0; SUCCEEDED(hr) && i < set->cRows; ++i) {
      std::wstring line;
      for (ULONG k = 0; k < set->aRow[i].cValues; ++k) line += shown(set->aRow[i].lpProps[k]) + L"|";
      lines_.push_back(line);
    }
    if (set) FreeProws(set);
  }
  static std::wstring shown(const SPropValue& value) {
    switch (PROP_TYPE(value.ulPropTag)) {
      case PT_UNICODE:
        return value.Value.lpszW;
      case PT_LONG:
        return std::to_wstring(value.Value.l);
      case PT_SYSTIME:
        return std::to_wstring(value.Value.ft.dwHighDateTime) + L"." + std::to_wstring(value.Value.ft.dwLowDateTime);
      default:
        return L"error " + std::to_wstring(value.Value.err);
    }
  }
  void look_around() {
    ULONG count = 0, row = 0, numerator = 0, denominator = 0;
    LONG sought = 0;
    told("GetRowCount", table_->GetRowCount(0, &count));
    lines_.push_back(std::to_wstring(count));
    page(5);
    BOOKMARK mark = 0;
    told("CreateBookmark", table_->CreateBookmark(&mark));
    told("SeekRowApprox", table_->SeekRowApprox(1, 2));
    told("QueryPosition", table_->QueryPosition(&row, &numerator, &denominator));
    lines_.push_back(std::to_wstring(row) + L" " + std::to_wstring(denominator));
    page(3, TBL_NOADVANCE);
    page(-3);
    told("SeekRow", table_->SeekRow(mark, -2, &sought));
    lines_.push_back(std::to_wstring(sought));
    page(2);
    told("FreeBookmark", table_->FreeBookmark(mark));
    told("SeekRow", table_->SeekRow(mark, 0, nullptr));
    told("SeekRow", table_->SeekRow(BOOKMARK_END, -4, &sought));
    page(100);
    told("SeekRow", table_->SeekRow(BOOKMARK_BEGINNING, 0, nullptr));
  }

  IMAPITable* table_;
  std::vector<std::wstring> lines_;
};

class PstRules : public PstStore {
 protected:
  void TearDown() override {
    copy_.reset();
    own_.reset();
    if (other_) other_->Logoff(0, 0, 0);
    other_.reset();
    PstStore::TearDown();
  }
  static fs::path fixture(const char* name) {
    const char* folder = std::getenv("MAPIARY_PST_FIXTURES");
    EXPECT_NE(nullptr, folder) << "run it by ctest, which makes the fixtures";
    return fs::path(folder ? folder : "") / name;
  }
  // The folder of a name, of the open file.
  Ptr<IMAPIFolder> folder(const wchar_t* name) {
    auto root = open<IMAPIFolder>("", IID_IMAPIFolder, 0);
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, root->GetHierarchyTable(CONVENIENT_DEPTH | MAPI_UNICODE, table.put()));
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_ENTRYID});
    for (ULONG i = 0; i < rows.size(); ++i) {
      if (rows.text(i, 0) == name) return open<IMAPIFolder>(Values::binary(rows.at(i, 1)), IID_IMAPIFolder, 0);
    }
    ADD_FAILURE() << "no such folder";
    return {};
  }
  // The same in a store of our own.
  IMAPIFolder* copy_of(IMAPIFolder* folder) {
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> admin;
    EXPECT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    EXPECT_EQ(S_OK, profiles->CreateProfile(narrow("Other"), nullptr, 0, 0));
    EXPECT_EQ(S_OK, profiles->AdminServices(narrow("Other"), nullptr, 0, 0, admin.put()));
    EXPECT_EQ(S_OK, admin->CreateMsgService(narrow("MAPIARY_SQLITE"), narrow("Other"), 0, 0));
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    std::string uid = Values::binary(Rows(table.get(), {PR_SERVICE_UID}).at(0, 0)),
                path = (place_ / (std::to_string(++copies_) + ".mapiary")).string();
    SPropValue where{};
    where.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
    where.Value.lpszA = path.data();
    EXPECT_EQ(S_OK, admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(uid.data()), 0, 0, 1, &where));
    EXPECT_EQ(S_OK, MAPILogonEx(0, narrow("Other"), nullptr,
                                MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE, other_.put()));
    EXPECT_EQ(S_OK, other_->GetMsgStoresTable(0, table.put()));
    std::string id = Values::binary(Rows(table.get(), {PR_ENTRYID}).at(0, 0));
    EXPECT_EQ(S_OK, other_->OpenMsgStore(0, static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                         nullptr, MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL, own_.put()));
    ULONG type = 0;
    Ptr<IMAPIFolder> root;
    EXPECT_EQ(S_OK, own_->OpenEntry(0, nullptr, &IID_IMAPIFolder, MAPI_MODIFY, &type,
                                    reinterpret_cast<LPUNKNOWN*>(root.put())));
    EXPECT_EQ(S_OK, root->CreateFolder(FOLDER_GENERIC, narrow("Copy"), nullptr, nullptr, 0, copy_.put()));
    LPSPropProblemArray problems = nullptr;
    EXPECT_EQ(S_OK, folder->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMAPIFolder, copy_.get(), 0, &problems));
    MAPIFreeBuffer(problems);
    return copy_.get();
  }
  static std::string narrow_of(const std::wstring& text) { return std::string(text.begin(), text.end()); }
  static Ptr<IMAPITable> table_of(IMAPIFolder* folder) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, folder->GetContentsTable(MAPI_UNICODE, table.put()));
    return table;
  }

  Ptr<IMAPISession> other_;
  Ptr<IMsgStore> own_;
  Ptr<IMAPIFolder> copy_;
  int copies_ = 0;
};

TEST_F(PstRules, TablesAnswerAsThoseOfAnyStore) {
  for (const char* name : {"deep-v14.pst", "deep-v23.pst", "deep-v36.pst"}) {
    SCOPED_TRACE(name);
    ASSERT_EQ(S_OK, open_file(fixture(name)));
    auto many = folder(L"Many");
    auto* copy = copy_of(many.get());
    const auto ours = Transcript(table_of(many.get()).get()).run();
    const auto theirs = Transcript(table_of(copy).get()).run();
    ASSERT_GT(ours.size(), 1000u);
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
      ASSERT_EQ(theirs[i], ours[i]) << "line " << i << " after " << narrow_of(ours[i == 0 ? 0 : i - 1]);
    }
    ASSERT_EQ(theirs.size(), ours.size());
    many.reset();
    copy_.reset();
    own_.reset();
    if (other_) other_->Logoff(0, 0, 0);
    other_.reset();
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->DeleteProfile(narrow("Other"), 0));
    close();
  }
}

// Every value by a stream, in pieces of odd sizes and from any place, is the value.
TEST_F(PstRules, StreamsGiveTheBytesOfTheValue) {
  for (const char* name : {"v14-crypt2.pst", "v23-crypt1.pst", "v36-deflate.ost"}) {
    SCOPED_TRACE(name);
    ASSERT_EQ(S_OK, open_file(fixture(name)));
    auto inbox = folder(L"Inbox");
    const Rows rows(table_of(inbox.get()).get(), {PR_ENTRYID, PR_SUBJECT_W});
    ASSERT_GE(rows.size(), 6u);
    std::size_t longest = 0;
    for (ULONG i = 0; i < rows.size(); ++i) {
      auto message = open<IMessage>(Values::binary(rows.at(i, 0)), IID_IMessage, 0);
      Ptr<IStream> stream, clone;
      ASSERT_EQ(S_OK, message->OpenProperty(PR_BODY_W, &IID_IStream, 0, 0, reinterpret_cast<LPUNKNOWN*>(stream.put())));
      STATSTG stat{};
      ASSERT_EQ(S_OK, stream->Stat(&stat, STATFLAG_NONAME));
      std::string whole, pieces(static_cast<std::size_t>(stat.cbSize.QuadPart), '\0');
      char piece[1237];
      for (ULONG got = 1; got != 0;) {
        ASSERT_EQ(S_OK, stream->Read(piece, sizeof piece, &got));
        whole.append(piece, got);
      }
      ASSERT_EQ(pieces.size(), whole.size());
      longest = std::max(longest, whole.size());
      ASSERT_EQ(S_OK, stream->Clone(clone.put()));
      // From the end to the begin.
      for (std::size_t end = pieces.size(); end > 0;) {
        const std::size_t size = std::min<std::size_t>(end, 4099);
        end -= size;
        LARGE_INTEGER at{};
        at.QuadPart = static_cast<LONGLONG>(end);
        ULONG got = 0;
        ASSERT_EQ(S_OK, clone->Seek(at, STREAM_SEEK_SET, nullptr));
        ASSERT_EQ(S_OK, clone->Read(pieces.data() + end, static_cast<ULONG>(size), &got));
        ASSERT_EQ(size, got);
      }
      EXPECT_EQ(whole, pieces);
      ULONG put = 0;
      EXPECT_EQ(STG_E_ACCESSDENIED, stream->Write("x", 1, &put));
      EXPECT_EQ(STG_E_ACCESSDENIED, stream->SetSize({}));
    }
    EXPECT_GT(longest, 100'000u);
    inbox.reset();
    close();
  }
}

LPENTRYID entry_of(std::string& bytes) {
  return reinterpret_cast<LPENTRYID>(bytes.data());
}
ULONG size_of(const std::string& bytes) {
  return static_cast<ULONG>(bytes.size());
}
void refuses(const char* call, HRESULT hr) {
  EXPECT_EQ(MAPI_E_NO_ACCESS, hr) << call << ": " << std::hex << static_cast<unsigned>(hr);
}

// Whatever changes a store is MAPI_E_NO_ACCESS, and the file keeps its bytes.
TEST_F(PstRules, EveryCallThatWritesIsRefused) {
  const std::string before = content_of(fixture("v23-crypt1.pst"));
  const fs::path file = put("rules.pst", before);
  fs::permissions(file, fs::perms::owner_read);
  ASSERT_EQ(S_OK, open_file(file, MDB_WRITE));
  auto inbox = folder(L"Inbox");
  const Rows rows(table_of(inbox.get()).get(), {PR_ENTRYID, PR_SUBJECT_W});
  std::string id = Values::binary(rows.at(4, 0)), folder_id = get_binary(inbox.get(), PR_ENTRYID);
  auto message = open<IMessage>(id, IID_IMessage, 0);
  Ptr<IAttach> attachment;
  ASSERT_EQ(S_OK, message->OpenAttach(0, nullptr, 0, attachment.put()));
  ULONG type = 0, number = 0;
  Ptr<IUnknown> any;
  Ptr<IMessage> made;
  Ptr<IAttach> made_attachment;
  LPSPropProblemArray problems = nullptr;
  SizedSPropTagArray(1, subject) = {1, {PR_SUBJECT_W}};
  auto* tags = reinterpret_cast<LPSPropTagArray>(&subject);
  // ---- Opening for writing
  refuses("OpenEntry of a message",
          store_->OpenEntry(size_of(id), entry_of(id), nullptr, MAPI_MODIFY, &type, any.put()));
  refuses("OpenEntry of a folder",
          store_->OpenEntry(size_of(folder_id), entry_of(folder_id), nullptr, MAPI_MODIFY, &type, any.put()));
  refuses("OpenAttach", message->OpenAttach(0, nullptr, MAPI_MODIFY, made_attachment.put()));
  refuses("OpenProperty", message->OpenProperty(PR_BODY_W, &IID_IStream, STGM_READWRITE, MAPI_MODIFY, any.put()));
  EXPECT_EQ(S_OK, store_->OpenEntry(size_of(id), entry_of(id), nullptr, MAPI_BEST_ACCESS, &type, any.put()));
  EXPECT_EQ(0, get_long(static_cast<IMessage*>(any.get()), PR_ACCESS_LEVEL));
  EXPECT_EQ(MAPI_ACCESS_READ, get_long(static_cast<IMessage*>(any.get()), PR_ACCESS));
  // ---- Properties
  for (IMAPIProp* object :
       std::initializer_list<IMAPIProp*>{store_.get(), inbox.get(), message.get(), attachment.get()}) {
    refuses("SetProps", conformance::set_text(object, PR_COMMENT_W, L"other"));
    const HRESULT deleted = object->DeleteProps(tags, &problems);
    refuses("DeleteProps", deleted == S_OK && problems ? problems->aProblem[0].scode : deleted);
    MAPIFreeBuffer(std::exchange(problems, nullptr));
  }
  EXPECT_EQ(S_OK, message->SaveChanges(0)) << "nothing was changed";
  refuses("SaveChanges", message->SaveChanges(KEEP_OPEN_READWRITE));
  auto other = open<IMessage>(Values::binary(rows.at(3, 0)), IID_IMessage, 0);
  refuses("CopyTo", other->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, message.get(), 0, nullptr));
  refuses("CopyProps", other->CopyProps(tags, 0, nullptr, &IID_IMessage, message.get(), 0, nullptr));
  // ---- Messages
  refuses("CreateMessage", inbox->CreateMessage(nullptr, 0, made.put()));
  refuses("CreateAttach", message->CreateAttach(nullptr, 0, &number, made_attachment.put()));
  refuses("DeleteAttach", message->DeleteAttach(0, 0, nullptr, 0));
  refuses("ModifyRecipients", add_recipient(message.get(), L"ada@example.org"));
  refuses("SubmitMessage", message->SubmitMessage(0));
  refuses("SetReadFlag", message->SetReadFlag(CLEAR_READ_FLAG));
  refuses("SetReadFlags", inbox->SetReadFlags(Entries({id}).get(), 0, nullptr, SUPPRESS_RECEIPT));
  refuses("SetMessageStatus",
          inbox->SetMessageStatus(size_of(id), entry_of(id), MSGSTATUS_TAGGED, MSGSTATUS_TAGGED, &number));
  refuses("DeleteMessages", inbox->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  refuses("CopyMessages", inbox->CopyMessages(Entries({id}).get(), nullptr, inbox.get(), 0, nullptr, 0));
  refuses("CopyMessages, moving",
          inbox->CopyMessages(Entries({id}).get(), nullptr, inbox.get(), 0, nullptr, MESSAGE_MOVE));
  MAPINAMEID name{};
  GUID set = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
  name.lpguid = &set;
  name.ulKind = MNID_ID;
  name.Kind.lID = 99;
  LPMAPINAMEID names = &name;
  LPSPropTagArray ids = nullptr;
  EXPECT_EQ(MAPI_W_ERRORS_RETURNED, message->GetIDsFromNames(1, &names, MAPI_CREATE, &ids)) << "as its page says";
  EXPECT_EQ(static_cast<ULONG>(PT_ERROR), ids->aulPropTag[0]);
  MAPIFreeBuffer(ids);
  EXPECT_EQ(0, get_long(store_.get(), PR_STORE_SUPPORT_MASK) & (STORE_CREATE_OK | STORE_MODIFY_OK | STORE_SUBMIT_OK));
  any.reset();
  other.reset();
  attachment.reset();
  message.reset();
  inbox.reset();
  close();
  EXPECT_EQ(before, content_of(file));
  EXPECT_EQ(1, std::distance(fs::directory_iterator(place_ / "files"), fs::directory_iterator()));
}

TEST_F(PstRules, FoldersAreNotChanged) {
  const std::string before = content_of(fixture("v23-crypt1.pst"));
  const fs::path file = put("rules.pst", before);
  fs::permissions(file, fs::perms::owner_read);
  ASSERT_EQ(S_OK, open_file(file, MDB_WRITE));
  auto inbox = folder(L"Inbox");
  std::string folder_id = get_binary(inbox.get(), PR_ENTRYID);
  std::string below = Values::binary(Rows(hierarchy(inbox.get()).get(), {PR_ENTRYID}).at(0, 0));
  Ptr<IMAPIFolder> made_folder;
  // ---- Folders
  refuses("CreateFolder", inbox->CreateFolder(FOLDER_GENERIC, narrow("new"), nullptr, nullptr, 0, made_folder.put()));
  refuses("DeleteFolder", inbox->DeleteFolder(size_of(below), entry_of(below), 0, nullptr, DEL_FOLDERS | DEL_MESSAGES));
  refuses("CopyFolder",
          inbox->CopyFolder(size_of(below), entry_of(below), nullptr, inbox.get(), narrow("new"), 0, nullptr, 0));
  refuses("EmptyFolder", inbox->EmptyFolder(0, nullptr, 0));
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  refuses("SaveContentsSort", inbox->SaveContentsSort(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  // ---- The store
  refuses("SetReceiveFolder",
          store_->SetReceiveFolder(narrow("IPM.Other"), 0, size_of(folder_id), entry_of(folder_id)));
  inbox.reset();
  close();
  EXPECT_EQ(before, content_of(file));
}

}  // namespace
}  // namespace pst_test
