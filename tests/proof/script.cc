// SPDX-License-Identifier: Apache-2.0
#include "tests/proof/script.h"

namespace proof {
namespace {

constexpr ULONG kNumber = PROP_TAG(PT_LONG, 0x6680);

HRESULT new_message(IMAPIFolder* folder, const wchar_t* subject, Ptr<IMessage>& out) {
  HRESULT hr = folder->CreateMessage(nullptr, 0, out.put());
  if (hr == S_OK) hr = set_text(out.get(), PR_SUBJECT_W, subject);
  if (hr == S_OK) hr = set_text(out.get(), PR_MESSAGE_CLASS_W, L"IPM.Note");
  return hr;
}

HRESULT folder_in(IMAPIFolder* parent, const wchar_t* name, Ptr<IMAPIFolder>& out, ULONG type = FOLDER_GENERIC) {
  return parent->CreateFolder(type, text(name), nullptr, nullptr, MAPI_UNICODE | OPEN_IF_EXISTS, out.put());
}

HRESULT id_of(IMAPIProp* object, std::string& id) {
  LPSPropValue value = nullptr;
  const HRESULT hr = HrGetOneProp(object, PR_ENTRYID, &value);
  if (hr == S_OK) id = Values::binary(*value);
  MAPIFreeBuffer(value);
  return hr;
}

// The ids of a folder's messages with that subject.
HRESULT find(IMAPIFolder* folder, const wchar_t* subject, std::vector<std::string>& ids) {
  ids.clear();
  Ptr<IMAPITable> table;
  HRESULT hr = folder->GetContentsTable(MAPI_UNICODE, table.put());
  if (hr != S_OK) return hr;
  const Rows rows(table.get(), {PR_SUBJECT_W, PR_ENTRYID});
  for (ULONG i = 0; i < rows.size(); ++i) {
    if (rows.text(i, 0) == subject) ids.push_back(Values::binary(rows.at(i, 1)));
  }
  if (rows.hr != S_OK) return rows.hr;
  return ids.empty() ? MAPI_E_NOT_FOUND : S_OK;
}

HRESULT name_property(Stage& s) {
  GUID set = {0x12345678, 0x1234, 0x1234, {1, 2, 3, 4, 5, 6, 7, 8}};
  MAPINAMEID name{};
  name.lpguid = &set;
  name.ulKind = MNID_STRING;
  name.Kind.lpwstrName = const_cast<wchar_t*>(L"proof");
  LPMAPINAMEID names = &name;
  LPSPropTagArray tags = nullptr;
  const HRESULT hr = s.message->GetIDsFromNames(1, &names, MAPI_CREATE, &tags);
  if (hr == S_OK) s.named = CHANGE_PROP_TYPE(tags->aulPropTag[0], PT_UNICODE);
  MAPIFreeBuffer(tags);
  return hr;
}

HRESULT sort_and_restrict(Stage& s) {
  SizedSPropTagArray(3, columns) = {3, {PR_SUBJECT_W, PR_MESSAGE_FLAGS, PR_ENTRYID}};
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_DESCEND}}};
  SPropValue low{};
  low.ulPropTag = PR_MESSAGE_SIZE;
  low.Value.l = 1;
  SRestriction filter{};
  filter.rt = RES_PROPERTY;
  filter.res.resProperty = {RELOP_GE, PR_MESSAGE_SIZE, &low};
  HRESULT hr = s.contents->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0);
  if (hr == S_OK) hr = s.contents->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0);
  if (hr == S_OK) hr = s.contents->Restrict(&filter, 0);
  return hr;
}

HRESULT read_rows(Stage& s) {
  LPSRowSet rows = nullptr;
  HRESULT hr = s.contents->SeekRow(BOOKMARK_BEGINNING, 0, nullptr);
  if (hr == S_OK) hr = s.contents->QueryRows(20, 0, &rows);
  if (rows) FreeProws(rows);
  ULONG count = 0;
  if (hr == S_OK) hr = s.contents->GetRowCount(0, &count);
  return hr;
}

HRESULT find_row(Stage& s) {
  SPropValue wanted{};
  wanted.ulPropTag = PR_SUBJECT_W;
  wanted.Value.lpszW = const_cast<wchar_t*>(L"one");
  SRestriction filter{};
  filter.rt = RES_CONTENT;
  filter.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &wanted};
  return s.contents->FindRow(&filter, BOOKMARK_BEGINNING, 0);
}

HRESULT search_for(Stage& s) {
  std::string id;
  if (const HRESULT hr = id_of(s.a.get(), id); hr != S_OK) return hr;
  SPropValue wanted{};
  wanted.ulPropTag = PR_SUBJECT_W;
  wanted.Value.lpszW = const_cast<wchar_t*>(L"o");
  SRestriction filter{};
  filter.rt = RES_CONTENT;
  filter.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &wanted};
  return s.search->SetSearchCriteria(&filter, Entries({id}).get(), RESTART_SEARCH | RECURSIVE_SEARCH);
}

HRESULT copy_all(IMAPIFolder* from, const wchar_t* subject, IMAPIFolder* to, ULONG flags) {
  std::vector<std::string> ids;
  const HRESULT hr = find(from, subject, ids);
  return hr == S_OK ? from->CopyMessages(Entries(ids).get(), nullptr, to, 0, nullptr, flags) : hr;
}

HRESULT mark_read(Stage& s) {
  std::vector<std::string> ids;
  const HRESULT hr = find(s.b.get(), L"one", ids);
  return hr == S_OK ? s.b->SetReadFlags(Entries(ids).get(), 0, nullptr, SUPPRESS_RECEIPT) : hr;
}

HRESULT delete_two(Stage& s) {
  std::vector<std::string> ids;
  const HRESULT hr = find(s.b.get(), L"two", ids);
  return hr == S_OK ? s.b->DeleteMessages(Entries(ids).get(), 0, nullptr, 0) : hr;
}

HRESULT copy_folder(Stage& s, IMAPIFolder* from, ULONG flags, const wchar_t* name) {
  std::string id;
  if (const HRESULT hr = id_of(from, id); hr != S_OK) return hr;
  return s.base->CopyFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, s.b.get(),
                            text(name), 0, nullptr, flags | MAPI_UNICODE);
}

HRESULT copy_to(Stage& s) {
  HRESULT hr = s.a->CreateMessage(nullptr, 0, s.other.put());
  if (hr != S_OK) return hr;
  hr = s.message->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, s.other.get(), 0, nullptr);
  return hr == S_OK ? s.other->SaveChanges(0) : hr;
}

HRESULT read_back(Stage& s) {
  std::vector<std::string> ids;
  HRESULT hr = find(s.a.get(), L"one", ids);
  if (hr != S_OK) return hr;
  if ((hr = open_entry(s.store, ids[0], IID_IMessage, 0, s.other)) != S_OK) return hr;
  std::string bytes;
  if ((hr = read_stream(s.other.get(), PR_BODY_W, bytes)) != S_OK) return hr;
  Ptr<IAttach> attach;
  if ((hr = s.other->OpenAttach(0, nullptr, 0, attach.put())) != S_OK) return hr;
  if ((hr = read_stream(attach.get(), PR_ATTACH_DATA_BIN, bytes)) != S_OK) return hr;
  if (bytes != noise(90'000, 1)) return MAPI_E_CORRUPT_DATA;
  Ptr<IMAPITable> recipients;
  return s.other->GetRecipientTable(0, recipients.put());
}

HRESULT delete_folder(IMAPIFolder* parent, const wchar_t* name) {
  Ptr<IMAPITable> table;
  HRESULT hr = parent->GetHierarchyTable(MAPI_UNICODE, table.put());
  if (hr != S_OK) return hr;
  const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_ENTRYID});
  for (ULONG i = 0; i < rows.size(); ++i) {
    if (rows.text(i, 0) != name) continue;
    std::string id = Values::binary(rows.at(i, 1));
    return parent->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, nullptr,
                                DEL_MESSAGES | DEL_FOLDERS);
  }
  return rows.hr == S_OK ? MAPI_E_NOT_FOUND : rows.hr;
}

HRESULT attach_value(Stage& s) {
  HRESULT hr = s.message->CreateAttach(nullptr, 0, &s.attachment, s.attach.put());
  if (hr == S_OK) hr = set_long(s.attach.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE);
  if (hr == S_OK) hr = write_stream(s.attach.get(), PR_ATTACH_DATA_BIN, noise(90'000, 1));
  if (hr == S_OK) hr = s.attach->SaveChanges(0);
  s.attach.reset();
  return hr;
}

HRESULT attach_message(Stage& s) {
  HRESULT hr = s.message->CreateAttach(nullptr, 0, &s.attachment, s.attach.put());
  if (hr == S_OK) hr = set_long(s.attach.get(), PR_ATTACH_METHOD, ATTACH_EMBEDDED_MSG);
  if (hr == S_OK) {
    hr = s.attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY,
                                reinterpret_cast<LPUNKNOWN*>(s.inner.put()));
  }
  if (hr == S_OK) hr = set_text(s.inner.get(), PR_SUBJECT_W, L"inner");
  if (hr == S_OK) hr = add_recipient(s.inner.get(), L"bob@example.org");
  if (hr == S_OK) hr = s.inner->SaveChanges(0);
  if (hr == S_OK) hr = s.attach->SaveChanges(0);
  s.inner.reset();
  s.attach.reset();
  return hr;
}

using Steps = std::vector<Step>;

void add_first_half(Steps& steps) {
  const auto add = [&](const char* name, std::function<HRESULT(Stage&)> run, bool whole = true) {
    steps.emplace_back(name, std::move(run), whole);
  };
  add("create A", [](Stage& s) { return folder_in(s.base.get(), L"A", s.a); });
  add("create B", [](Stage& s) { return folder_in(s.base.get(), L"B", s.b); });
  add("folder property", [](Stage& s) { return set_text(s.a.get(), PR_COMMENT_W, L"a comment"); });
  add("folder stream", [](Stage& s) { return write_stream(s.a.get(), PROP_TAG(PT_BINARY, 0x6681), noise(40'000, 9)); });
  add("advise", [](Stage& s) {
    if (s.connection != 0) return S_OK;
    return s.store->Advise(0, nullptr, fnevObjectCreated | fnevObjectModified | fnevObjectDeleted, s.sink,
                           &s.connection);
  });
  add("contents table", [](Stage& s) { return s.a->GetContentsTable(MAPI_UNICODE, s.contents.put()); });
  add("hierarchy table", [](Stage& s) { return s.base->GetHierarchyTable(CONVENIENT_DEPTH, s.hierarchy.put()); });
  add("columns, sort, restriction", sort_and_restrict);
  add("new message", [](Stage& s) { return new_message(s.a.get(), L"one", s.message); });
  add("body", [](Stage& s) { return write_stream(s.message.get(), PR_BODY_A, noise(60'000, 2)); });
  add("recipient", [](Stage& s) { return add_recipient(s.message.get(), L"ada@example.org"); });
  add("save", [](Stage& s) { return s.message->SaveChanges(KEEP_OPEN_READWRITE); });
  add("attachment", attach_value, false);
  add("save attachment", [](Stage& s) { return s.message->SaveChanges(KEEP_OPEN_READWRITE); });
  add("embedded message", attach_message, false);
  add("save embedded", [](Stage& s) { return s.message->SaveChanges(KEEP_OPEN_READWRITE); });
  add("named property", name_property);
  add("set it", [](Stage& s) { return set_text(s.message.get(), s.named, L"named"); });
  add("save it", [](Stage& s) { return s.message->SaveChanges(KEEP_OPEN_READWRITE); });
  add("rows", read_rows);
  add("find row", find_row);
}

void add_second_half(Steps& steps) {
  const auto add = [&](const char* name, std::function<HRESULT(Stage&)> run, bool whole = true) {
    steps.emplace_back(name, std::move(run), whole);
  };
  add("second message", [](Stage& s) { return new_message(s.a.get(), L"two", s.other); });
  add("save second", [](Stage& s) { return s.other->SaveChanges(FORCE_SAVE); });
  add("search folder", [](Stage& s) { return folder_in(s.base.get(), L"S", s.search, FOLDER_SEARCH); });
  add("search", search_for);
  add(
      "copy messages", [](Stage& s) { return copy_all(s.a.get(), L"one", s.b.get(), 0); }, false);
  add("move messages", [](Stage& s) { return copy_all(s.a.get(), L"two", s.b.get(), MESSAGE_MOVE); });
  add("mark read", mark_read);
  add("change found message", [](Stage& s) { return set_long(s.message.get(), kNumber, 7); });
  add("save found message", [](Stage& s) { return s.message->SaveChanges(KEEP_OPEN_READWRITE); });
  add("copy to", copy_to, false);
  add("delete messages", delete_two);
  add("subfolder", [](Stage& s) {
    Ptr<IMAPIFolder> deep;
    return folder_in(s.a.get(), L"Deep", deep);
  });
  add(
      "copy folder", [](Stage& s) { return copy_folder(s, s.a.get(), COPY_SUBFOLDERS, L"A copy"); }, false);
  add(
      "move folder", [](Stage& s) { return copy_folder(s, s.a.get(), FOLDER_MOVE, L"A moved"); }, false);
  add("read back", read_back);
  add("rename", [](Stage& s) { return set_text(s.b.get(), PR_DISPLAY_NAME_W, L"B again"); });
  add("delete property", [](Stage& s) {
    SizedSPropTagArray(1, tags) = {1, {PR_COMMENT_W}};
    return s.a->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr);
  });
  add("stop search", [](Stage& s) { return s.search->SetSearchCriteria(nullptr, nullptr, STOP_SEARCH); });
  add(
      "delete attachment", [](Stage& s) { return s.message->DeleteAttach(0, 0, nullptr, 0); }, false);
  add("save without it", [](Stage& s) { return s.message->SaveChanges(KEEP_OPEN_READWRITE); });
  add(
      "delete folder", [](Stage& s) { return delete_folder(s.b.get(), L"A copy"); }, false);
  add("let go", [](Stage& s) {
    s.message.reset();
    s.other.reset();
    s.a.reset();
    return S_OK;
  });
  add(
      "empty folder", [](Stage& s) { return s.b->EmptyFolder(0, nullptr, 0); }, false);
}

Steps make_script() {
  Steps steps;
  add_first_half(steps);
  add_second_half(steps);
  return steps;
}

}  // namespace

const std::vector<Step>& script() {
  static const std::vector<Step> steps = make_script();
  return steps;
}

}  // namespace proof
