// SPDX-License-Identifier: Apache-2.0
// Counts what is in a store, by public MAPI, one object at a time: memory does not grow with the store. Folders: normal
// folders, the root included, search folders not. Messages: normal messages of any folder; embedded ones at any depth
// are counted apart, their attachments and recipients with the others. Associated messages and what is in them are
// counted apart.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mapiary/client/store.h"

namespace cli {

struct Problem {
  std::string where;  // folder path, with the id of a message behind '#'
  std::string what;
  HRESULT code = S_OK;
};

struct Census {
  std::uint64_t folders = 0, search_folders = 0, messages = 0, associated = 0, embedded = 0, attachments = 0,
                recipients = 0;
  std::vector<Problem> problems;  // at most kMostProblems
  std::uint64_t more_problems = 0;
};
inline constexpr std::size_t kMostProblems = 1000;

/// `step` hears of every message.
Census take_census(const mapiary::client::Store& store, const std::function<void(const Census&)>& step);

}  // namespace cli
