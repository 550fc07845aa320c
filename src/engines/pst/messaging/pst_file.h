// SPDX-License-Identifier: Apache-2.0
// An open PST or OST as a message store: what is known of it as a whole, and the caches that all its transactions
// share. [MS-PST] 2.4.3 (message store). Safe from any thread.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backend/object.h"
#include "base/guid.h"
#include "engines/pst/ltp/table_context.h"
#include "engines/pst/messaging/object_ids.h"
#include "engines/pst/messaging/recovered.h"
#include "model/named_property.h"

namespace mapiary::engines::pst {

struct PstOptions {
  std::uint32_t code_page = 0;  // of all 8-bit text, whatever properties say; 0: as they say
  std::string expert_node;      // the node that an expert asks about (expert_view.h)
  DatabaseOptions database;
};

class ExpertView;

class PstFile {
 public:
  static Result<std::shared_ptr<PstFile>> open(const std::string& path, const PstOptions& options);
  // `path` is a name only.
  static Result<std::shared_ptr<PstFile>> open(File file, const std::string& path, const PstOptions& options);

  const std::shared_ptr<Database>& database() const { return database_; }
  // PR_RECORD_KEY of the store; for a store without one a number made of its path.
  const Guid& uid() const { return uid_; }
  // PidTagPstPassword: the CRC of the store's password, 0 if it has none. Reading needs no password.
  std::uint32_t password_crc() const { return password_crc_; }
  const PstOptions& options() const { return options_; }
  const std::string& path() const { return path_; }
  Ways& ways() { return ways_; }

  // Of 8-bit text in what is no message: the option, what the store's properties say, else what the first messages of
  // an ANSI file say, else 1252.
  std::uint32_t code_page();
  // Read when they are first asked for.
  Result<std::shared_ptr<const model::NamedPropertyMap>> names();
  // Whether the map of names was damaged.
  Result<bool> has_names_damage();
  // Why the name of an id is lost, or may be another one, if so.
  Result<std::optional<Error>> doubt_of_name(std::uint16_t id);

  // Attachments of a message in the order of their numbers, as they were found (objects.h).
  using NidList = std::vector<Nid>;
  LruCache<ObjectId, NidList>& attachments() { return attachments_; }
  // Where each piece of a large text begins when it is UTF-8 (blob.h); by blob key.
  using TextIndex = std::vector<std::uint64_t>;
  LruCache<std::uint64_t, TextIndex>& text_indexes() { return text_indexes_; }
  // Of the table of a folder that was once gone through.
  struct TableFacts {
    std::uint64_t rows = 0;  // that are listed
    bool in_order = true;    // ids ascend, and all of the index could be read
  };
  LruCache<std::uint32_t, TableFacts>& table_facts() { return table_facts_; }
  // Folders' tables as they are when just opened, by node; only of files that no damage was met in.
  LruCache<std::uint32_t, TableContext>& tables() { return tables_; }
  // Without the sizes; only of files that no damage was met in.
  LruCache<std::uint32_t, backend::FolderCounts>& folder_counts() { return folder_counts_; }
  // What was found in no folder and is shown in one; null: nobody asked. Set before other threads have the file.
  const std::shared_ptr<const Recovered>& recovered() const { return recovered_; }
  void set_recovered(std::shared_ptr<const Recovered> found) { recovered_ = std::move(found); }
  // What the file is made of, as text (expert_view.h). `which`: 0 nodes, 1 blocks, 2 the node of the options. Made when
  // it is first asked for.
  Result<std::shared_ptr<ExpertView>> expert_view(std::size_t which);
  // Nodes of folders and messages by the parent they name, for folders whose tables are damaged. Made when it is first
  // asked for; 8 bytes each.
  struct Child {
    Nid parent, nid;
    auto operator<=>(const Child&) const = default;
  };
  Result<std::shared_ptr<const std::vector<Child>>> children();
  // Whether the name of a folder is as it was; of files in which damage was met.
  LruCache<std::uint32_t, bool>& certain_names() { return certain_names_; }
  // Bytes of all messages of a folder, once they were added up.
  std::optional<std::int64_t> folder_size(Nid folder) const;
  void keep_folder_size(Nid folder, std::int64_t size);

 private:
  PstFile() = default;
  Status read_store();
  std::uint32_t guess_code_page();

  std::string path_;
  PstOptions options_;
  std::shared_ptr<Database> database_;
  Guid uid_;
  std::uint32_t password_crc_ = 0;
  std::uint32_t store_code_page_ = 0;
  Ways ways_;
  LruCache<ObjectId, NidList> attachments_{std::size_t{32} << 10};
  LruCache<std::uint64_t, TextIndex> text_indexes_{std::size_t{512} << 10};
  LruCache<std::uint32_t, TableFacts> table_facts_{std::size_t{64} << 10};
  LruCache<std::uint32_t, backend::FolderCounts> folder_counts_{std::size_t{64} << 10};
  LruCache<std::uint32_t, TableContext> tables_{std::size_t{256} << 10};
  LruCache<std::uint32_t, bool> certain_names_{std::size_t{64} << 10};
  std::shared_ptr<const Recovered> recovered_;
  std::mutex expert_mutex_;
  std::array<std::shared_ptr<ExpertView>, 3> expert_views_;
  mutable std::mutex mutex_;
  std::optional<std::uint32_t> code_page_;
  std::shared_ptr<const model::NamedPropertyMap> names_;
  std::optional<Error> names_damage_;
  std::set<std::uint16_t> doubtful_names_;
  std::map<Nid, std::int64_t> folder_sizes_;
  std::shared_ptr<const std::vector<Child>> children_;
};

}  // namespace mapiary::engines::pst
