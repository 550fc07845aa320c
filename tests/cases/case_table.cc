// SPDX-License-Identifier: Apache-2.0
#include "tests/cases/case_table.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace cases {
namespace {

ULONG count_of(const std::string& word) { return static_cast<ULONG>(std::stoul(word)); }

// FreeProws is util's; rows come one block each.
void free_rows(LPSRowSet rows) {
  for (ULONG i = 0; rows && i < rows->cRows; ++i) MAPIFreeBuffer(rows->aRow[i].lpProps);
  MAPIFreeBuffer(rows);
}

std::string joined(const std::vector<std::string>& words, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < words.size(); ++i) out += (i > from ? " " : "") + words[i];
  return out;
}

}  // namespace

CaseFile read_case_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw Wrong("cannot read " + path);
  CaseFile file;
  const std::string name = path.substr(path.rfind('/') + 1);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      Step step{name, number, words(line)};
      if (step.words.empty()) continue;
      const std::string& first = step.words[0];
      if (first == "case") {
        file.all.push_back({joined(step.words, 1), {}});
      } else if (!file.all.empty()) {
        file.all.back().steps.push_back(std::move(step));
      } else if (first == "tag") {
        file.names.define(step.words.at(1), static_cast<ULONG>(std::stoul(step.words.at(2), nullptr, 16)));
      } else if (first == "columns") {
        file.columns.assign(step.words.begin() + 1, step.words.end());
      } else if (first == "row") {
        file.rows.push_back(std::move(step));
      } else {
        throw Wrong("no such line: " + first);
      }
    } catch (const std::exception& wrong) {
      throw Wrong(name + ":" + std::to_string(number) + ": " + wrong.what());
    }
  }
  return file;
}

CaseTable::CaseTable(const CaseFile& file) : file_(file) {
  Arena arena;
  auto* columns = static_cast<LPSPropTagArray>(arena.bytes(CbNewSPropTagArray(file.columns.size())));
  for (const std::string& name : file.columns) columns->aulPropTag[columns->cValues++] = file.names.tag(name);
  if (FAILED(CreateTable(&IID_IMAPITableData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                         TBLTYPE_DYNAMIC, columns->aulPropTag[0], columns, &data_))) {
    throw Wrong("CreateTable failed");
  }
  for (const Step& row : file.rows) {
    SRow values = row_of(row.words, 1, arena);
    if (FAILED(data_->HrModifyRow(&values))) throw Wrong("HrModifyRow failed, line " + std::to_string(row.line));
  }
  if (FAILED(data_->HrGetView(nullptr, nullptr, 0, &view_))) throw Wrong("HrGetView failed");
  shown_ = {file.columns[0]};
}

CaseTable::~CaseTable() {
  if (view_) view_->Release();
  if (data_) data_->Release();
}

std::string CaseTable::run(const Step& step) {
  Words w = step.words;
  HRESULT wanted = S_OK;
  if (w.size() > 2 && w[w.size() - 2] == "->") {
    wanted = code(w.back());
    w.resize(w.size() - 2);
  }
  problem_.clear();
  const HRESULT hr = act(w);
  char text[64];
  std::snprintf(text, sizeof text, "%08X, not %08X", static_cast<unsigned>(hr), static_cast<unsigned>(wanted));
  if (hr != wanted) expect("answer", "", text);
  return problem_.empty() ? "" : step.file + ":" + std::to_string(step.line) + ": " + joined(w, 0) + ": " + problem_;
}

void CaseTable::expect(const std::string& what, const std::string& wanted, const std::string& got) {
  if (wanted != got) problem_ += what + ": wanted " + wanted + ", got " + got + "; ";
}

SRow CaseTable::row_of(const Words& w, std::size_t from, Arena& arena) const {
  SRow row{0, 0, arena.make<SPropValue>(file_.columns.size())};
  if (w.size() - from > file_.columns.size()) throw Wrong("a row has more values than columns");
  for (std::size_t i = from; i < w.size(); ++i) {
    if (w[i] == "-") continue;
    row.lpProps[row.cValues++] = file_.names.value(file_.names.tag(file_.columns[i - from]), w[i], arena);
  }
  return row;
}

BOOKMARK CaseTable::origin(const std::string& name) const {
  if (name == "first") return BOOKMARK_BEGINNING;
  if (name == "here") return BOOKMARK_CURRENT;
  if (name == "last") return BOOKMARK_END;
  const auto found = bookmarks_.find(name);
  if (found == bookmarks_.end()) throw Wrong("no bookmark of this name: " + name);
  return found->second;
}

HRESULT CaseTable::act(const Words& w) {
  static const std::vector<std::string> data_steps{"add", "change", "insert", "delete"};
  const bool on_data = std::find(data_steps.begin(), data_steps.end(), w[0]) != data_steps.end();
  return on_data ? act_on_data(w) : act_on_view(w);
}

HRESULT CaseTable::act_on_data(const Words& w) {
  Arena arena;
  if (w[0] == "delete") {
    SPropValue index = file_.names.value(file_.names.tag(file_.columns[0]), w.at(1), arena);
    return data_->HrDeleteRow(&index);
  }
  if (w[0] == "insert") {
    SRow row = row_of(w, 2, arena);
    return data_->HrInsertRow(count_of(w.at(1)), &row);
  }
  SRow row = row_of(w, 1, arena);
  return data_->HrModifyRow(&row);
}

HRESULT CaseTable::act_on_view(const Words& w) {
  Arena arena;
  const std::string& verb = w[0];
  if (verb == "set") return set_columns(w);
  if (verb == "show") {
    shown_.assign(w.begin() + 1, w.end());
    return S_OK;
  }
  if (verb == "restrict") {
    if (w.at(1) == "none") return view_->Restrict(nullptr, 0);
    SRestriction restriction = file_.names.restriction(w.at(1), arena);
    return view_->Restrict(&restriction, 0);
  }
  if (verb == "sort") return view_->SortTable(file_.names.sort_order(w, arena), 0);
  if (verb == "rows") return check_rows(w);
  if (verb == "read" || verb == "peek") return read(w, verb == "peek" ? TBL_NOADVANCE : 0);
  if (verb == "seek") return seek(w);
  if (verb == "approx") return view_->SeekRowApprox(count_of(w.at(1)), count_of(w.at(2)));
  if (verb == "find" || verb == "findback") return find(w, verb == "find" ? 0 : DIR_BACKWARD);
  if (verb == "bookmark") return view_->CreateBookmark(&bookmarks_[w.at(1)]);
  if (verb == "free") return view_->FreeBookmark(origin(w.at(1)));
  if (verb == "expand") return expand(w);
  if (verb == "collapse") return collapse(w);
  if (verb == "save") return save(w);
  if (verb == "restore") {
    return view_->SetCollapseState(0, static_cast<ULONG>(state_.size()), reinterpret_cast<LPBYTE>(state_.data()),
                                   &bookmarks_["restored"]);
  }
  ULONG got = 0, numerator = 0, denominator = 0;
  HRESULT hr = S_OK;
  if (verb == "count") {
    hr = view_->GetRowCount(0, &got);
  } else if (verb == "position") {
    hr = view_->QueryPosition(&got, &numerator, &denominator);
    if (hr == S_OK && denominator == 0) expect("denominator", "not 0", "0");
  } else {
    throw Wrong("no such step: " + verb);
  }
  expect(verb, w.at(1), std::to_string(got));
  return hr;
}

HRESULT CaseTable::set_columns(const Words& w) {
  Arena arena;
  auto* columns = static_cast<LPSPropTagArray>(arena.bytes(CbNewSPropTagArray(w.size())));
  for (std::size_t i = 1; i < w.size(); ++i) columns->aulPropTag[columns->cValues++] = file_.names.tag(w[i]);
  const HRESULT hr = view_->SetColumns(columns, 0);
  if (SUCCEEDED(hr)) shown_.assign(w.begin() + 1, w.end());
  return hr;
}

// The view's columns become those shown, with what tells headings from leaves before them.
void CaseTable::show_columns(const std::vector<std::string>& names) {
  Arena arena;
  auto* columns = static_cast<LPSPropTagArray>(arena.bytes(CbNewSPropTagArray(names.size() + 3)));
  columns->aulPropTag[columns->cValues++] = PR_ROW_TYPE;
  columns->aulPropTag[columns->cValues++] = PR_DEPTH;
  columns->aulPropTag[columns->cValues++] = PR_INSTANCE_KEY;
  for (const std::string& name : names) columns->aulPropTag[columns->cValues++] = file_.names.tag(name);
  if (FAILED(view_->SetColumns(columns, TBL_BATCH))) throw Wrong("SetColumns failed");
}

std::string CaseTable::print_row(const SRow& row) const {
  std::string out;
  const bool heading = row.lpProps[0].Value.l == TBL_EXPANDED_CATEGORY || row.lpProps[0].Value.l == TBL_COLLAPSED_CATEGORY;
  if (heading) out = (row.lpProps[0].Value.l == TBL_EXPANDED_CATEGORY ? "+" : "-") + std::to_string(row.lpProps[1].Value.l);
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const std::string value = print(row.lpProps[3 + i]);
    if (heading && value == "-") continue;
    out += (out.empty() ? "" : "|") + value;
  }
  return out;
}

HRESULT CaseTable::check_rows(const Words& w) {
  const HRESULT hr = view_->SeekRow(BOOKMARK_BEGINNING, 0, nullptr);
  if (FAILED(hr)) return hr;
  Words all{"read", "1000000"};
  all.insert(all.end(), w.begin() + 1, w.end());
  return read(all, 0);
}

HRESULT CaseTable::read(const Words& w, ULONG flags) {
  show_columns(shown_);
  LPSRowSet rows = nullptr;
  const HRESULT hr = view_->QueryRows(static_cast<LONG>(std::stol(w.at(1))), flags, &rows);
  if (FAILED(hr)) return hr;
  std::string got;
  for (ULONG i = 0; i < rows->cRows; ++i) got += (i ? " " : "") + print_row(rows->aRow[i]);
  free_rows(rows);
  expect("rows", joined(w, 2), got);
  return hr;
}

HRESULT CaseTable::seek(const Words& w) {
  LONG sought = 0;
  const HRESULT hr = view_->SeekRow(origin(w.at(1)), static_cast<LONG>(std::stol(w.at(2))), &sought);
  if (SUCCEEDED(hr) && w.size() > 4) expect("sought", w[4], std::to_string(sought));
  return hr;
}

HRESULT CaseTable::find(const Words& w, ULONG flags) {
  Arena arena;
  SRestriction restriction = file_.names.restriction(w.at(2), arena);
  return view_->FindRow(&restriction, origin(w.at(1)), flags);
}

// Of visible row `number`; the cursor stays.
std::string CaseTable::instance_key(const std::string& number) {
  BOOKMARK here = 0;
  if (FAILED(view_->CreateBookmark(&here))) throw Wrong("CreateBookmark failed");
  show_columns(shown_);
  LPSRowSet rows = nullptr;
  if (FAILED(view_->SeekRow(BOOKMARK_BEGINNING, std::stoi(number), nullptr)) || FAILED(view_->QueryRows(1, 0, &rows))) {
    throw Wrong("reading a row failed");
  }
  std::string key;
  if (rows->cRows == 1) {
    const SBinary& bin = rows->aRow[0].lpProps[2].Value.bin;
    key.assign(reinterpret_cast<const char*>(bin.lpb), bin.cb);
  }
  free_rows(rows);
  view_->SeekRow(here, 0, nullptr);
  view_->FreeBookmark(here);
  return key;
}

HRESULT CaseTable::expand(const Words& w) {
  std::string key = instance_key(w.at(1));
  ULONG more = 0;
  const HRESULT hr =
      view_->ExpandRow(static_cast<ULONG>(key.size()), reinterpret_cast<LPBYTE>(key.data()), 0, 0, nullptr, &more);
  if (SUCCEEDED(hr)) expect("appeared", w.at(2), std::to_string(more));
  return hr;
}

HRESULT CaseTable::collapse(const Words& w) {
  std::string key = instance_key(w.at(1));
  ULONG gone = 0;
  const HRESULT hr =
      view_->CollapseRow(static_cast<ULONG>(key.size()), reinterpret_cast<LPBYTE>(key.data()), 0, &gone);
  if (SUCCEEDED(hr)) expect("went", w.at(2), std::to_string(gone));
  return hr;
}

HRESULT CaseTable::save(const Words& w) {
  std::string key = instance_key(w.at(1));
  ULONG size = 0;
  LPBYTE state = nullptr;
  const HRESULT hr = view_->GetCollapseState(0, static_cast<ULONG>(key.size()), reinterpret_cast<LPBYTE>(key.data()),
                                             &size, &state);
  if (FAILED(hr)) return hr;
  state_.assign(reinterpret_cast<const char*>(state), size);
  MAPIFreeBuffer(state);
  return hr;
}

}  // namespace cases
