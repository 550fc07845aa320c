// SPDX-License-Identifier: Apache-2.0
#include "cli/markers.h"

#include "cli/folders.h"

namespace cli {

namespace client = mapiary::client;

namespace {

const GUID kSet = {0x0E7A9C1B, 0x6D4F, 0x4E7B, {0x9A, 0x53, 0x6D, 0x61, 0x70, 0x69, 0x61, 0x72}};

client::PropertyName named(const char* text) {
  client::PropertyName name;
  name.set = kSet;
  name.text = text;
  return name;
}

ULONG make_tag(const client::Store& store) {
  return CHANGE_PROP_TYPE(store.ids_of({named("origin")}, true).at(0), PT_BINARY);
}

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

OriginHash& OriginHash::add(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    a_ = (a_ ^ byte) * 0x100000001B3;
    b_ = (b_ + byte) * 0x9FB21C651E98DF25 + (b_ >> 47);
  }
  return add(std::uint64_t{bytes.size()});
}

OriginHash& OriginHash::add(std::uint64_t number) {
  a_ = mixed(a_ ^ number);
  b_ = mixed(b_ + number);
  return *this;
}

std::string OriginHash::key() const {
  std::string key;
  for (const std::uint64_t part : {mixed(a_), mixed(b_)}) {
    for (int shift = 0; shift < 64; shift += 8) key.push_back(static_cast<char>(part >> shift));
  }
  return key;
}

Markers::Markers(const client::Store& store) : store_(store), tag_(make_tag(store)) {}

Markers::Recovered Markers::recovered_tags() const {
  const auto ids = store_.ids_of({named("recovered"), named("recovered-from")}, true);
  return {CHANGE_PROP_TYPE(ids.at(0), PT_UNICODE), CHANGE_PROP_TYPE(ids.at(1), PT_UNICODE)};
}

void Markers::load() {
  walk_folders(
      store_, root_folder(store_),
      [&](const FolderInfo& folder) {
        if (folder.is_search) return true;
        for (const bool associated : {false, true}) {
          client::Table table = store_.folder(folder.entry_id).messages(associated);
          table.columns({tag_});
          for (const client::Row& row : table) {
            if (row.at(0)) ++there_[std::string(row.at(0).bytes())];
          }
        }
        return true;
      },
      [](const FolderFailure& failure) {
        throw client::Error(failure.code, "the folder " + failure.path, failure.message);
      });
}

bool Markers::take(const std::string& key) {
  const auto found = there_.find(key);
  if (found == there_.end()) return false;
  if (--found->second == 0) there_.erase(found);
  return true;
}

}  // namespace cli
