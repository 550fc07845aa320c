// SPDX-License-Identifier: Apache-2.0
#include "cli/folders.h"

#include <cstdio>

#include "cli/arguments.h"
#include "cli/stores.h"

namespace cli {

namespace client = mapiary::client;
using client::Folder;
using client::Row;
using client::Store;
using client::Value;

namespace {

// An entry id begins with 4 bytes of flags and the 16 of a MAPIUID.
constexpr std::size_t kFront = 20;

const client::Tags kFolderColumns = {PR_ENTRYID,       PR_DISPLAY_NAME_W, PR_FOLDER_TYPE,
                                     PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_ASSOC_CONTENT_COUNT};

FolderInfo info_of(const FolderInfo& parent, const Row& row) {
  FolderInfo info;
  info.entry_id = std::string(row.at(0).bytes());
  info.name = row.at(1).text();
  info.path = (parent.path == "/" ? "" : parent.path) + "/" + escape_name(info.name);
  info.depth = parent.depth + 1;
  info.is_search = row.at(2).integer() == FOLDER_SEARCH;
  info.messages = static_cast<std::uint64_t>(row.at(3).integer());
  info.unread = static_cast<std::uint64_t>(row.at(4).integer());
  info.associated = static_cast<std::uint64_t>(row.at(5).integer());
  return info;
}

std::vector<FolderInfo> children(const Store& store, const FolderInfo& parent) {
  std::vector<FolderInfo> found;
  client::Table table = store.folder(parent.entry_id).folders();
  table.columns(kFolderColumns);
  for (const Row& row : table) found.push_back(info_of(parent, row));
  for (std::size_t i = 0; i + 1 < found.size(); ++i) found[i].has_next = true;
  return found;
}

std::string lowered(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::optional<FolderInfo> child(const Store& store, const FolderInfo& parent, const std::string& name) {
  std::optional<FolderInfo> similar;
  for (FolderInfo& one : children(store, parent)) {
    if (one.name == name) return std::move(one);
    if (!similar && lowered(one.name) == lowered(name)) similar = std::move(one);
  }
  return similar;
}

std::optional<FolderInfo> descend(const Store& store, FolderInfo at, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    auto next = child(store, at, name == "%" ? std::string() : unescape_name(name));
    if (!next) return std::nullopt;
    at = std::move(*next);
  }
  return at;
}

// The visible folders' top, with its path.
std::optional<FolderInfo> subtree(const Store& store, const FolderInfo& root) {
  const auto id = store.special_folder(PR_IPM_SUBTREE_ENTRYID);
  if (!id) return std::nullopt;
  const Folder folder = store.folder(*id);
  for (FolderInfo& one : children(store, root)) {
    ULONG same = FALSE;
    const HRESULT hr = store.store()->CompareEntryIDs(
        static_cast<ULONG>(id->size()), reinterpret_cast<LPENTRYID>(const_cast<char*>(id->data())),
        static_cast<ULONG>(one.entry_id.size()), reinterpret_cast<LPENTRYID>(one.entry_id.data()), 0, &same);
    if (hr == S_OK && same) return std::move(one);
  }
  return std::nullopt;
}

}  // namespace

std::string escape_name(std::string_view name) {
  if (name.empty()) return "%";
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '%' || byte < 0x20 || byte == 0x7F) {
      char escape[4];
      std::snprintf(escape, sizeof escape, "%%%02X", byte);
      out.append(escape);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string unescape_name(std::string_view name) {
  std::string out, byte;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') {
      out.push_back(name[i]);
    } else if (i + 2 < name.size() && client::from_hex(name.substr(i + 1, 2), byte)) {
      out += byte;
      i += 2;
    } else {
      throw UsageError("in the folder '" + std::string(name) +
                       "' a % stands without two hexadecimal digits (it is %25)");
    }
  }
  return out;
}

FolderInfo root_folder(const Store& store) {
  const Folder root = store.root();
  const auto values =
      root.read({PR_ENTRYID, PR_DISPLAY_NAME_W, PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PR_ASSOC_CONTENT_COUNT});
  FolderInfo info;
  info.entry_id = std::string(values.at(0).bytes());
  info.path = "/";
  info.name = values.at(1).text();
  info.messages = static_cast<std::uint64_t>(values.at(2).integer());
  info.unread = static_cast<std::uint64_t>(values.at(3).integer());
  info.associated = static_cast<std::uint64_t>(values.at(4).integer());
  return info;
}

void walk_folders(const Store& store, const FolderInfo& start, const std::function<bool(const FolderInfo&)>& visit,
                  const std::function<void(const FolderFailure&)>& failed) {
  std::vector<FolderInfo> waiting = {start};
  waiting.back().depth = 0;
  while (!waiting.empty()) {
    const FolderInfo folder = std::move(waiting.back());
    waiting.pop_back();
    if (!visit(folder)) return;
    if (folder.is_search) continue;
    try {
      auto below = children(store, folder);
      while (!below.empty()) {
        waiting.push_back(std::move(below.back()));
        below.pop_back();
      }
    } catch (const client::Error& error) {
      failed({folder.path, error.what(), error.code()});
    }
  }
}

void walk_children(const Store& store, const FolderInfo& parent, const std::function<bool(const FolderInfo&)>& visit,
                   const std::function<void(const FolderFailure&)>& failed) {
  try {
    for (FolderInfo& one : children(store, parent)) {
      one.depth = 1;
      if (!visit(one)) return;
    }
  } catch (const client::Error& error) {
    failed({parent.path, error.what(), error.code()});
  }
}

FolderInfo find_folder(const Store& store, const std::string& path) {
  std::vector<std::string> names;
  for (std::string& name : split(path, '/')) {
    if (!name.empty()) names.push_back(std::move(name));
  }
  const FolderInfo root = root_folder(store);
  if (auto found = descend(store, root, names)) return std::move(*found);
  if (const auto top = subtree(store, root)) {
    if (auto found = descend(store, *top, names)) return std::move(*found);
  }
  throw CannotOpen("the store has no folder '" + path + "'", ExitCode::kNothing);
}

namespace {

// A folder of a store needs a name, and MAPI's texts end at a NUL.
std::string storable(std::string name) {
  for (std::size_t at = name.find('\0'); at != std::string::npos; at = name.find('\0', at))
    name.replace(at, 1, "\xEF\xBF\xBD");
  return name.empty() ? "_" : name;
}

}  // namespace

void check_path(const std::string& path) {
  if (client::valid_utf8(path) != path) throw UsageError("the folder '" + client::valid_utf8(path) + "' is no UTF-8");
  for (const std::string& name : split(path, '/')) {
    if (name != "%") (void)unescape_name(name);
  }
}

FolderInfo FolderMaker::make(const std::string& path) {
  check_path(path);
  if (!root_) root_ = root_folder(store_);
  if (!top_) top_ = subtree(store_, *root_).value_or(*root_);
  FolderInfo at = path.empty() || path.front() != '/' ? *top_ : *root_;
  for (const std::string& name : split(path, '/')) {
    if (!name.empty()) at = step(at, storable(name == "%" ? std::string() : unescape_name(name)));
  }
  return at;
}

FolderMaker::Names& FolderMaker::names_in(const FolderInfo& parent) {
  const auto [names, fresh] = known_.try_emplace(parent.entry_id);
  if (fresh) {
    for (FolderInfo& one : children(store_, parent)) names->second.emplace(lowered(one.name), std::move(one));
  }
  return names->second;
}

// One of the same name, else one that differs in the case of ASCII alone, else a new one.
FolderInfo FolderMaker::step(const FolderInfo& parent, const std::string& name) {
  Names& names = names_in(parent);
  const auto [begin, end] = names.equal_range(lowered(name));
  for (auto one = begin; one != end; ++one) {
    if (one->second.name == name) return one->second;
  }
  if (begin != end) return begin->second;
  Folder made = store_.folder(parent.entry_id, client::Access::kWrite).create_folder(name, true);
  FolderInfo info;
  info.entry_id = made.bytes(PR_ENTRYID).value_or("");
  info.name = made.text(PR_DISPLAY_NAME_W).value_or(name);
  info.path = (parent.path == "/" ? "" : parent.path) + "/" + escape_name(info.name);
  info.depth = parent.depth + 1;
  names.emplace(lowered(name), info);
  return info;
}

Ids::Ids(const Store& store) {
  std::string root;
  try {
    root = store.root().entry_id();
  } catch (const client::Error&) {
    return;  // a damaged store: its ids are shown as they are
  }
  if (root.size() <= kFront) return;
  front_ = root.substr(0, kFront);
  size_ = root.size();
}

std::string Ids::brief(std::string_view entry_id) const {
  if (front_.empty() || entry_id.size() != size_ || entry_id.substr(0, kFront) != front_) {
    return client::to_hex(entry_id);
  }
  while (entry_id.size() > kFront + 1 && entry_id.back() == '\0') entry_id.remove_suffix(1);
  return client::to_hex(entry_id.substr(kFront));
}

std::string Ids::whole(const std::string& text) const {
  std::string bytes;
  if (text.empty() || !client::from_hex(text, bytes)) {
    throw CannotOpen("'" + text + "' is no id of a message: ls and search print them", ExitCode::kNothing);
  }
  if (front_.empty() || bytes.size() > size_ - kFront) return bytes;
  bytes.resize(size_ - kFront, '\0');
  return front_ + bytes;
}

}  // namespace cli
