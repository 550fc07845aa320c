// SPDX-License-Identifier: Apache-2.0
#include "tests/proof/model.h"

namespace proof {
namespace {

constexpr ULONG kModelNumber = PROP_TAG(PT_LONG, 0x6680), kModelNames = PROP_TAG(PT_MV_UNICODE, 0x6682);
constexpr std::size_t kMostFolders = 40, kMostMessages = 250;

ENTRYLIST* list_of(std::vector<std::string>& ids, std::vector<SBinary>& bins, ENTRYLIST& list) {
  for (std::string& id : ids) bins.push_back({static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())});
  list = {static_cast<ULONG>(bins.size()), bins.data()};
  return &list;
}

ULONG size_of(const std::string& id) {
  return static_cast<ULONG>(id.size());
}
LPENTRYID entry(const std::string& id) {
  return reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
}

HRESULT columns_of(IMAPITable* table) {
  SizedSPropTagArray(8, tags) = {8,
                                 {PR_SUBJECT_W, PR_MESSAGE_FLAGS, PR_IMPORTANCE, PR_MESSAGE_SIZE, PR_HASATTACH,
                                  PR_DISPLAY_TO_W, PR_MESSAGE_CLASS_W, kModelNumber}};
  return table->SetColumns(reinterpret_cast<LPSPropTagArray>(&tags), 0);
}

}  // namespace

void Model::open() {
  clients_[0] = log_on("memory");
  clients_[1] = log_on("file");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(clients_[i].root);
  rescan();
}

void Model::close() {
  for (auto& view : views_) close_view(*view);
  views_.clear();
  for (Client& client : clients_) proof::close(client);
}

bool Model::both(const char* what, const std::function<HRESULT(int)>& act) {
  const HRESULT first = act(0), second = act(1);
  EXPECT_EQ(first, second) << where() << what << std::hex << ": " << first << ", " << second;
  successes_[what] += first == S_OK && second == S_OK;
  return first == S_OK && second == S_OK;
}

std::vector<Model::Id> Model::some_messages() {
  std::vector<Id> some;
  if (messages_.empty()) return some;
  some.push_back(any_of(messages_));
  const std::uint64_t wanted = 1 + below(3);
  for (int tries = 0; tries < 20 && some.size() < wanted; ++tries) {
    const Id& one = any_of(messages_);
    if (below(10) == 0 || homes_[one[0]] == homes_[some[0][0]]) some.push_back(one);
  }
  return some;
}

Model::Id Model::home(const Id& of) {
  const auto known = homes_.find(of[0]);
  return known == homes_.end() || below(6) == 0 ? any_of(folders_) : known->second;
}

std::wstring Model::any_name() {
  static const wchar_t* const kWords[] = {L"alpha", L"Beta", L"gamma", L"RE: alpha", L"ünï", L"delta", L"epsilon"};
  return kWords[below(7)] + (below(3) == 0 ? std::wstring() : L" " + std::to_wstring(below(12)));
}

// ---- Folders

void Model::create_folder() {
  if (folders_.size() > kMostFolders) return;
  const Id parent = any_of(folders_);
  const std::wstring name = any_name();
  const ULONG type = below(5) == 0 ? FOLDER_SEARCH : FOLDER_GENERIC, flags = below(3) == 0 ? OPEN_IF_EXISTS : 0;
  Id made;
  const bool done = both("CreateFolder", [&](int i) {
    Ptr<IMAPIFolder> in, out;
    HRESULT hr = folder(i, parent, in);
    if (hr != S_OK) return hr;
    hr = in->CreateFolder(type, text(name.c_str()), nullptr, nullptr, MAPI_UNICODE | flags, out.put());
    if (hr == S_OK) made[static_cast<std::size_t>(i)] = get_binary(out.get(), PR_ENTRYID);
    return hr;
  });
  if (done) know(type == FOLDER_SEARCH ? searches_ : folders_, made, parent);
}

void Model::change_folder() {
  const Id id = any_of(folders_);
  const std::wstring name = any_name();
  const std::uint64_t what = below(4);
  both("a folder's property", [&](int i) {
    Ptr<IMAPIFolder> at;
    HRESULT hr = folder(i, id, at);
    if (hr != S_OK) return hr;
    if (what == 0) return set_text(at.get(), PR_DISPLAY_NAME_W, name);
    if (what == 1) return set_text(at.get(), PR_COMMENT_W, name);
    if (what == 2) return write_stream(at.get(), PROP_TAG(PT_BINARY, 0x6681), noise(3'000, name.size()));
    SizedSPropTagArray(1, tags) = {1, {PR_COMMENT_W}};
    return at->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr);
  });
}

void Model::move_folder() {
  const Id what = any_of(folders_), to = any_of(folders_), from = home(what);
  const std::wstring name = any_name();
  if (folders_.size() > kMostFolders) return;
  const ULONG flags = below(2) == 0 ? FOLDER_MOVE : COPY_SUBFOLDERS;
  both("CopyFolder", [&](int i) {
    const auto side = static_cast<std::size_t>(i);
    Ptr<IMAPIFolder> source, target;
    HRESULT hr = folder(i, from, source);
    if (hr == S_OK) hr = folder(i, to, target);
    if (hr != S_OK) return hr;
    return source->CopyFolder(size_of(what[side]), entry(what[side]), nullptr, target.get(), text(name.c_str()), 0,
                              nullptr, flags | MAPI_UNICODE);
  });
  rescan();
}

void Model::delete_folder() {
  const Id what = below(3) == 0 && !searches_.empty() ? any_of(searches_) : any_of(folders_), from = home(what);
  const ULONG flags = static_cast<ULONG>((below(2) == 0 ? DEL_MESSAGES : 0) | (below(2) == 0 ? DEL_FOLDERS : 0));
  const bool whole = below(4) == 0;
  both("DeleteFolder", [&](int i) {
    const auto side = static_cast<std::size_t>(i);
    Ptr<IMAPIFolder> source;
    if (whole) {
      const HRESULT opened = folder(i, what, source);
      return opened == S_OK ? source->EmptyFolder(0, nullptr, 0) : opened;
    }
    const HRESULT hr = folder(i, from, source);
    if (hr != S_OK) return hr;
    return source->DeleteFolder(size_of(what[side]), entry(what[side]), 0, nullptr, flags);
  });
  rescan();
}

void Model::search() {
  if (searches_.empty()) return;
  const Id id = any_of(searches_), in = any_of(folders_);
  const std::wstring word = any_name();
  const bool stop = below(4) == 0;
  const ULONG flags = RESTART_SEARCH | (below(2) == 0 ? RECURSIVE_SEARCH : SHALLOW_SEARCH);
  both("SetSearchCriteria", [&](int i) {
    Ptr<IMAPIFolder> at;
    const HRESULT hr = folder(i, id, at);
    if (hr != S_OK) return hr;
    if (stop) return at->SetSearchCriteria(nullptr, nullptr, STOP_SEARCH);
    SPropValue wanted{};
    wanted.ulPropTag = PR_SUBJECT_W;
    wanted.Value.lpszW = const_cast<wchar_t*>(word.c_str());
    SRestriction filter{};
    filter.rt = RES_CONTENT;
    filter.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &wanted};
    return at->SetSearchCriteria(&filter, Entries({in[static_cast<std::size_t>(i)]}).get(), flags);
  });
}

// ---- Messages

std::vector<std::function<HRESULT(IMessage*)>> Model::any_changes() {
  std::vector<std::function<HRESULT(IMessage*)>> changes;
  for (std::uint64_t n = 1 + below(4); n > 0; --n) {
    const std::wstring name = any_name();
    const auto value = static_cast<LONG>(below(6));
    const std::uint64_t seed = below(1000);
    switch (below(9)) {
      case 0:
        changes.emplace_back([=](IMessage* m) { return set_text(m, PR_SUBJECT_W, name); });
        break;
      case 1:
        changes.emplace_back([=](IMessage* m) { return set_long(m, PR_IMPORTANCE, value % 3); });
        break;
      case 2:
        changes.emplace_back([=](IMessage* m) { return set_long(m, kModelNumber, value); });
        break;
      case 3:
        changes.emplace_back([=](IMessage* m) { return write_stream(m, PR_BODY_A, noise(10 + seed * 40, seed)); });
        break;
      case 4:
        changes.emplace_back([=](IMessage* m) { return add_recipient(m, name, value % 4); });
        break;
      case 5:
        changes.emplace_back([=](IMessage* m) {
          Ptr<IAttach> attach;
          ULONG place = 0;
          HRESULT hr = m->CreateAttach(nullptr, 0, &place, attach.put());
          if (hr == S_OK) hr = set_long(attach.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE);
          if (hr == S_OK) hr = set_text(attach.get(), PR_ATTACH_LONG_FILENAME_W, name);
          if (hr == S_OK) hr = write_stream(attach.get(), PR_ATTACH_DATA_BIN, noise(seed * 30, seed));
          return hr == S_OK ? attach->SaveChanges(0) : hr;
        });
        break;
      case 6:
        changes.emplace_back(
            [=](IMessage* m) { return m->DeleteAttach(static_cast<ULONG>(value % 2), 0, nullptr, 0); });
        break;
      case 7:
        changes.emplace_back([=](IMessage* m) {
          std::wstring one = name, two = L"two";
          LPWSTR both_names[] = {one.data(), two.data()};
          SPropValue many{};
          many.ulPropTag = kModelNames;
          many.Value.MVszW = {2, both_names};
          return conformance::set_value(m, many);
        });
        break;
      default:
        changes.emplace_back([=](IMessage* m) {
          SizedSPropTagArray(2, tags) = {2, {value == 0 ? PR_SUBJECT_W : kModelNumber, PR_IMPORTANCE}};
          return m->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr);
        });
        break;
    }
  }
  return changes;
}

void Model::create_message() {
  if (messages_.size() > kMostMessages) return delete_messages();
  const Id in = any_of(folders_);
  const ULONG flags = below(10) == 0 ? MAPI_ASSOCIATED : 0;
  const auto changes = any_changes();
  const std::wstring subject = any_name();
  Id made;
  const bool done = both("CreateMessage", [&](int i) {
    Ptr<IMAPIFolder> at;
    Ptr<IMessage> message;
    HRESULT hr = folder(i, in, at);
    if (hr == S_OK) hr = at->CreateMessage(nullptr, flags, message.put());
    if (hr == S_OK) hr = set_text(message.get(), PR_SUBJECT_W, subject);
    if (hr != S_OK) return hr;
    for (const auto& change : changes) (void)change(message.get());
    hr = message->SaveChanges(KEEP_OPEN_READONLY);
    if (hr == S_OK) made[static_cast<std::size_t>(i)] = get_binary(message.get(), PR_ENTRYID);
    return hr;
  });
  if (done) know(messages_, made, in);
}

void Model::change_message() {
  if (messages_.empty()) return;
  const Id id = any_of(messages_);
  const auto changes = any_changes();
  const bool keep = below(6) != 0;
  Ptr<IMessage> opened[2];
  if (!both("OpenEntry", [&](int i) { return message(i, id, opened[i]); })) return;
  for (const auto& change : changes) both("a change", [&](int i) { return change(opened[i].get()); });
  const std::string first = picture(opened[0].get()), second = picture(opened[1].get());
  EXPECT_EQ(first, second) << where() << "an open message";
  if (keep) both("SaveChanges", [&](int i) { return opened[i]->SaveChanges(0); });
}

void Model::copy_messages() {
  const auto some = some_messages();
  if (some.empty()) return;
  const Id from = home(some[0]), to = any_of(folders_);
  const ULONG flags = below(2) == 0 && messages_.size() < kMostMessages ? 0 : MESSAGE_MOVE;
  both("CopyMessages", [&](int i) {
    std::vector<std::string> ids;
    for (const Id& id : some) ids.push_back(id[static_cast<std::size_t>(i)]);
    Ptr<IMAPIFolder> source, target;
    HRESULT hr = folder(i, from, source);
    if (hr == S_OK) hr = folder(i, to, target);
    if (hr != S_OK) return hr;
    std::vector<SBinary> bins;
    ENTRYLIST list{};
    return source->CopyMessages(list_of(ids, bins, list), nullptr, target.get(), 0, nullptr, flags);
  });
  if (flags == 0 || below(4) == 0) rescan();
}

void Model::delete_messages() {
  const auto some = some_messages();
  if (some.empty()) return;
  const Id from = home(some[0]);
  both("DeleteMessages", [&](int i) {
    std::vector<std::string> ids;
    for (const Id& id : some) ids.push_back(id[static_cast<std::size_t>(i)]);
    Ptr<IMAPIFolder> source;
    const HRESULT hr = folder(i, from, source);
    if (hr != S_OK) return hr;
    std::vector<SBinary> bins;
    ENTRYLIST list{};
    return source->DeleteMessages(list_of(ids, bins, list), 0, nullptr, 0);
  });
}

void Model::mark_messages() {
  const auto some = some_messages();
  if (some.empty()) return;
  const Id in = home(some[0]);
  const ULONG flags = below(2) == 0 ? SUPPRESS_RECEIPT : CLEAR_READ_FLAG;
  const bool all = below(3) == 0;
  both("SetReadFlags", [&](int i) {
    std::vector<std::string> ids;
    for (const Id& id : some) ids.push_back(id[static_cast<std::size_t>(i)]);
    Ptr<IMAPIFolder> at;
    const HRESULT hr = folder(i, in, at);
    if (hr != S_OK) return hr;
    std::vector<SBinary> bins;
    ENTRYLIST list{};
    return at->SetReadFlags(all ? nullptr : list_of(ids, bins, list), 0, nullptr, flags);
  });
}

// ---- Tables

void Model::open_view() {
  auto view = std::make_unique<View>();
  view->folder = below(4) == 0 && !searches_.empty() ? any_of(searches_) : any_of(folders_);
  const bool opened = both("GetContentsTable", [&](int i) {
    Ptr<IMAPIFolder> at;
    HRESULT hr = folder(i, view->folder, at);
    if (hr == S_OK) hr = at->GetContentsTable(MAPI_UNICODE, view->tables[i].put());
    if (hr == S_OK) hr = columns_of(view->tables[i].get());
    if (hr == S_OK) hr = view->tables[i]->Advise(fnevTableModified, &view->sinks[i], &view->connections[i]);
    return hr;
  });
  if (opened) {
    views_.push_back(std::move(view));
  } else {
    close_view(*view);
  }
}

void Model::close_view(View& view) {
  for (int i = 0; i < 2; ++i) {
    if (view.connections[i] != 0) {
      EXPECT_EQ(S_OK, view.tables[i]->Unadvise(view.connections[i]));
    }
    view.tables[i].reset();
    view.sinks[i].wait_until_released();
  }
}

void Model::arrange_table() {
  if (views_.empty()) return;
  View& view = *views_[static_cast<std::size_t>(below(views_.size()))];
  const std::uint64_t what = below(4);
  const ULONG keys[] = {PR_SUBJECT_W, PR_IMPORTANCE, PR_MESSAGE_SIZE, PR_MESSAGE_FLAGS, kModelNumber, PR_DISPLAY_TO_W};
  const ULONG key = keys[below(6)], second = keys[below(6)];
  const ULONG order = below(2) == 0 ? TABLE_SORT_ASCEND : TABLE_SORT_DESCEND;
  const std::wstring word = any_name();
  const bool all = below(2) == 0;
  both("SortTable or Restrict", [&](int i) {
    IMAPITable* table = view.tables[i].get();
    if (what == 0) {
      SizedSSortOrderSet(2, set) = {key == second ? 1u : 2u, 0, 0, {{key, order}, {second, TABLE_SORT_ASCEND}}};
      return table->SortTable(reinterpret_cast<LPSSortOrderSet>(&set), 0);
    }
    if (what == 1) {
      SizedSSortOrderSet(2, set) = {
          key == second ? 1u : 2u, 1, all ? 1u : 0u, {{key, order}, {second, TABLE_SORT_ASCEND}}};
      return table->SortTable(reinterpret_cast<LPSSortOrderSet>(&set), 0);
    }
    if (all) return table->Restrict(nullptr, 0);
    SPropValue wanted{};
    SRestriction filter{};
    if (what == 2) {
      wanted.ulPropTag = PR_SUBJECT_W;
      wanted.Value.lpszW = const_cast<wchar_t*>(word.c_str());
      filter.rt = RES_CONTENT;
      filter.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &wanted};
    } else {
      filter.rt = RES_BITMASK;
      filter.res.resBitMask = {BMR_EQZ, PR_MESSAGE_FLAGS, MSGFLAG_READ};
    }
    return table->Restrict(&filter, 0);
  });
}

void Model::use_table() {
  if (views_.empty()) return;
  View& view = *views_[static_cast<std::size_t>(below(views_.size()))];
  const std::uint64_t what = below(4);
  const auto place = static_cast<LONG>(below(20)) - 5;
  const std::wstring word = any_name();
  LONG sought[2] = {0, 0};
  ULONG row[2] = {0, 0}, numerator[2] = {0, 0}, denominator[2] = {0, 0};
  both("a table's cursor", [&](int i) {
    IMAPITable* table = view.tables[i].get();
    if (what == 0) return table->SeekRow(BOOKMARK_CURRENT, place, &sought[i]);
    if (what == 1) return table->SeekRowApprox(static_cast<ULONG>(place + 5), 20);
    if (what == 2) return table->QueryPosition(&row[i], &numerator[i], &denominator[i]);
    SPropValue wanted{};
    wanted.ulPropTag = PR_SUBJECT_W;
    wanted.Value.lpszW = const_cast<wchar_t*>(word.c_str());
    SRestriction filter{};
    filter.rt = RES_PROPERTY;
    filter.res.resProperty = {RELOP_GE, PR_SUBJECT_W, &wanted};
    return table->FindRow(&filter, BOOKMARK_CURRENT, place < 0 ? DIR_BACKWARD : 0);
  });
  EXPECT_EQ(sought[0], sought[1]) << where();
  EXPECT_EQ(row[0], row[1]) << where();
  EXPECT_EQ(numerator[0], numerator[1]) << where();
  EXPECT_EQ(denominator[0], denominator[1]) << where();
}

void Model::compare_views() {
  for (const auto& view : views_) {
    std::vector<std::string> lines[2];
    ULONG counts[2] = {0, 0};
    both("GetRowCount", [&](int i) { return view->tables[i]->GetRowCount(0, &counts[i]); });
    EXPECT_EQ(counts[0], counts[1]) << where();
    both("QueryRows", [&](int i) {
      const Rows rows(view->tables[i].get());
      lines[i] = row_lines(rows);
      return rows.hr;
    });
    EXPECT_EQ(joined(lines[0]), joined(lines[1])) << where() << "an open table";
  }
}

// What the tables' sinks were told, once both have been told all of it.
void Model::compare_told(View& view) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (view.sinks[0].events().size() != view.sinks[1].events().size() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::string told[2];
  for (int i = 0; i < 2; ++i) {
    for (const auto& event : view.sinks[i].events()) told[i] += std::to_string(event.table_event) + " ";
  }
  EXPECT_EQ(told[0], told[1]) << where() << "a table's notifications";
}

// ---- All of it

void Model::rescan_folder(const Id& id, int depth) {
  Ptr<IMAPIFolder> at[2];
  if (depth > 30 || !both("open a folder", [&](int i) { return folder(i, id, at[i]); })) return;
  for (const ULONG flags : {0u, static_cast<unsigned>(MAPI_ASSOCIATED)}) {
    std::vector<std::string> found[2];
    both("the contents", [&](int i) {
      Ptr<IMAPITable> table;
      const HRESULT hr = at[i]->GetContentsTable(MAPI_UNICODE | flags, table.put());
      if (hr != S_OK) return hr;
      const Rows rows(table.get(), {PR_ENTRYID});
      for (ULONG n = 0; n < rows.size(); ++n) found[i].push_back(Values::binary(rows.at(n, 0)));
      return rows.hr;
    });
    ASSERT_EQ(found[0].size(), found[1].size()) << where();
    for (std::size_t n = 0; n < found[0].size(); ++n) know(messages_, {found[0][n], found[1][n]}, id);
  }
  std::map<std::wstring, Id> below_it;
  std::map<std::wstring, LONG> types;
  both("the hierarchy", [&](int i) {
    Ptr<IMAPITable> table;
    const HRESULT hr = at[i]->GetHierarchyTable(MAPI_UNICODE, table.put());
    if (hr != S_OK) return hr;
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_ENTRYID, PR_FOLDER_TYPE});
    for (ULONG n = 0; n < rows.size(); ++n) {
      below_it[rows.text(n, 0)][static_cast<std::size_t>(i)] = Values::binary(rows.at(n, 1));
      types[rows.text(n, 0)] = rows.at(n, 2).Value.l;
    }
    return rows.hr;
  });
  for (const auto& [name, child] : below_it) {
    ASSERT_TRUE(!child[0].empty() && !child[1].empty()) << where() << "a folder of one store only";
    know(types[name] == LONG{FOLDER_SEARCH} ? searches_ : folders_, child, id);
    if (types[name] != LONG{FOLDER_SEARCH}) rescan_folder(child, depth + 1);
  }
}

void Model::rescan() {
  folders_.clear();
  searches_.clear();
  messages_.clear();
  homes_.clear();
  Id root;
  for (int i = 0; i < 2; ++i) root[static_cast<std::size_t>(i)] = get_binary(clients_[i].root.get(), PR_ENTRYID);
  know(folders_, root, root);
  rescan_folder(root, 0);
}

void Model::compare_all() {
  compare_views();
  for (auto& view : views_) compare_told(*view);
  EXPECT_EQ(joined(picture(store(0), clients_[0].root.get())), joined(picture(store(1), clients_[1].root.get())))
      << where();
  for (int i = 0; i < 2; ++i) {
    std::vector<Finding> findings;
    EXPECT_EQ(S_OK, check(store(i), findings)) << where();
    for (const Finding& one : findings) ADD_FAILURE() << where() << std::string(one.text.begin(), one.text.end());
  }
}

void Model::step() {
  ++steps_;
  void (Model::*const kSteps[])() = {
      &Model::create_folder,  &Model::change_folder,  &Model::move_folder,     &Model::delete_folder,
      &Model::search,         &Model::create_message, &Model::create_message,  &Model::create_message,
      &Model::create_message, &Model::change_message, &Model::change_message,  &Model::change_message,
      &Model::copy_messages,  &Model::copy_messages,  &Model::delete_messages, &Model::mark_messages,
      &Model::mark_messages,  &Model::arrange_table,  &Model::use_table,       &Model::use_table,
  };
  // Folders go seldom, or there would be none.
  const std::uint64_t which = below(std::size(kSteps));
  if (which == 3 && below(4) != 0) return create_message();
  (this->*kSteps[which])();
  if (views_.size() < 4 && below(5) == 0) open_view();
  if (steps_ % 10 == 0) compare_views();
  if (steps_ % 250 != 0) return;
  compare_all();
  // What was kept is what is there after a restart.
  close();
  open();
  EXPECT_EQ(joined(picture(store(0), clients_[0].root.get())), joined(picture(store(1), clients_[1].root.get())))
      << where() << "after a restart";
}

}  // namespace proof
