// SPDX-License-Identifier: Apache-2.0
#include "mapisvc/catalog_cache.h"

#include <algorithm>

#include "base/clock.h"

namespace mapiary::mapisvc {
namespace {

constexpr std::uint64_t kYoung = 2 * 10'000'000;  // two seconds of FILETIME: coarser clocks of file systems

struct State {
  std::string text;
  std::uint64_t newest = 0;
};

void note(FileSystem& files, const std::string& path, State& state) {
  const auto info = files.info(path);
  state.text += path;
  state.text += '\0';
  if (!info) {
    state.text += "-\n";
    return;
  }
  const auto time = static_cast<std::uint64_t>(info->modified.ticks);
  state.newest = std::max(state.newest, time);
  state.text += std::to_string(info->size) + " " + std::to_string(time) + "\n";
  if (info->kind != FileKind::kFolder) return;
  const auto entries = files.list(path);
  if (!entries) return;
  for (const FolderEntry& entry : *entries) {
    if (entry.kind == FileKind::kFile) note(files, join_path(path, entry.name), state);
  }
}

State state_of(FileSystem& files, const std::vector<Place>& places) {
  State state;
  for (const Place& place : places) note(files, place.path, state);
  return state;
}

}  // namespace

CatalogCache::Answer CatalogCache::get(FileSystem& files, const std::vector<Place>& places) {
  const std::lock_guard lock(mutex_);
  // The clock is read first: what changes from here on is younger than that.
  const auto begun = static_cast<std::uint64_t>(now().ticks);
  State state = state_of(files, places);
  if (catalog_ && !state_.empty() && state.text == state_) return {catalog_, false};
  catalog_ = std::make_shared<const Catalog>(Catalog::load(files, places));
  const bool is_settled = state.newest + kYoung < begun;
  state_ = is_settled ? std::move(state.text) : std::string();
  return {catalog_, true};
}

}  // namespace mapiary::mapisvc
