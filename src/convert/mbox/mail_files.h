// SPDX-License-Identifier: Apache-2.0
// What all forms of mail files have in common: items that come out of a source, and a sink that takes them in.
//
// A folder is the list of its names from the top, UTF-8. Its text form joins them with '/'; in a name '/' is %2F, '%'
// is %25 and control characters are %XX, so any name has one and no name leaves its folder. A source and a sink belong
// to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/byte_stream.h"

namespace mapiary::mailfiles {

using FolderPath = std::vector<std::string>;

std::string folder_text(const FolderPath& path);
FolderPath parse_folder_text(std::string_view text);
// A name as one that every file system takes: what it can not hold is %XX. And back.
std::string safe_file_name(std::string_view name);
std::string unsafe_file_name(std::string_view file);

namespace flag {
inline constexpr std::uint32_t kSeen = 0x01, kAnswered = 0x02, kFlagged = 0x04, kDraft = 0x08, kDeleted = 0x10,
                               kForwarded = 0x20, kRecent = 0x40;  // recent: nobody has listed it yet
}  // namespace flag

struct Item {
  bool is_folder = false;
  FolderPath folder;
  std::uint32_t flags = 0;
  std::string file;
  std::uint64_t offset = 0;  // of the item in the file, From_ line included
  std::uint64_t size = 0;
  std::string envelope;  // sender of the From_ line
  std::optional<FileTime> received;
  std::string name;  // Maildir: without flags
  std::vector<std::string> keywords;
  std::string letters;  // Maildir: of keywords whose names are not known
};

class Source {
 public:
  virtual ~Source() = default;
  // The next item, or nullptr at the end; good until the next call. An error belongs to the item current() then is, and
  // the next call goes on.
  virtual Result<const Item*> next() = 0;
  virtual const Item& current() const = 0;
  // The current message as it was before it was put into the file.
  virtual Result<std::shared_ptr<const model::ByteSource>> open() = 0;
  // Bytes of files gone through, and of all that are known.
  virtual std::pair<std::uint64_t, std::uint64_t> progress() const = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual Status create_folder(const FolderPath& folder) = 0;
  // Of `item`: folder, flags, envelope, received, name. Then write(), then commit() or discard().
  virtual Status begin(const Item& item) = 0;
  virtual Status write(ByteSpan bytes) = 0;
  virtual Result<Item> commit() = 0;
  virtual Status discard() = 0;
  virtual Status resume(const FolderPath& folder, std::uint64_t size) = 0;
  virtual Status flush() = 0;
};

}  // namespace mapiary::mailfiles
