// SPDX-License-Identifier: Apache-2.0
// One case at work: an ITableData with the file's rows, a view of it, and the steps applied to them. Not synchronised.
#pragma once

#include <mapiutil.h>

#include <map>
#include <string>
#include <vector>

#include "tests/cases/case_script.h"

namespace cases {

struct Step {
  std::string file;
  int line = 0;
  std::vector<std::string> words;
};

struct Case {
  std::string name;
  std::vector<Step> steps;
};

struct CaseFile {
  Vocabulary names;
  std::vector<std::string> columns;
  std::vector<Step> rows;
  std::vector<Case> all;
};

// Throws Wrong, with file and line.
CaseFile read_case_file(const std::string& path);

class CaseTable {
 public:
  explicit CaseTable(const CaseFile& file);
  CaseTable(const CaseTable&) = delete;
  CaseTable& operator=(const CaseTable&) = delete;
  ~CaseTable();

  // "" or what is not as the step says.
  std::string run(const Step& step);

 private:
  using Words = std::vector<std::string>;

  HRESULT act(const Words& w);
  HRESULT act_on_view(const Words& w);
  HRESULT act_on_data(const Words& w);
  HRESULT set_columns(const Words& w);
  HRESULT check_rows(const Words& w);
  HRESULT read(const Words& w, ULONG flags);
  HRESULT seek(const Words& w);
  HRESULT find(const Words& w, ULONG flags);
  HRESULT expand(const Words& w);
  HRESULT collapse(const Words& w);
  HRESULT save(const Words& w);
  void show_columns(const std::vector<std::string>& names);
  std::string print_row(const SRow& row) const;
  SRow row_of(const Words& w, std::size_t from, Arena& arena) const;
  BOOKMARK origin(const std::string& name) const;
  std::string instance_key(const std::string& number);
  void expect(const std::string& what, const std::string& wanted, const std::string& got);

  const CaseFile& file_;
  ITableData* data_ = nullptr;
  IMAPITable* view_ = nullptr;
  std::vector<std::string> shown_;
  std::map<std::string, BOOKMARK> bookmarks_;
  std::string state_;
  std::string problem_;
};

}  // namespace cases
