// SPDX-License-Identifier: Apache-2.0
// One output format of export: gets one message after another, folder by folder, and puts each into files. An item is
// there whole when write() returns, or not at all; writing one again gives the same bytes in the same place.
#pragma once

#include <memory>
#include <string>

#include "cli/file_hash.h"
#include "cli/folders.h"
#include "mapiary/client/store.h"

namespace cli {

struct ExportItem {
  std::string folder;     // path in the target as mail formats have it: "Inbox/Old"; names as in folder paths
  std::string directory;  // the same in safe file names; "" for the top
  std::string entry_id, id, subject;
  std::uint64_t number = 0;  // within the folder, from 1
  bool associated = false;
};

struct ExportResult {
  std::string file;         // relative to the export's folder
  std::uint64_t bytes = 0;  // of the file; of an mbox where the message ends
  std::string missing;      // what could not be brought over; empty if nothing
  std::string hash;         // of the file, where it is known
};

class Exporter {
 public:
  virtual ~Exporter() = default;
  /// A folder that is there even if it stays empty.
  virtual void make_folder(const ExportItem& folder) = 0;
  /// Before the first item that is written anew: of this folder everything before `bytes` is whole (mbox).
  virtual void resume(const ExportItem& item, std::uint64_t bytes);
  /// client::Error: this item failed. system::FileError: nothing can be written any more.
  virtual ExportResult write(const mapiary::client::Message& message, const ExportItem& item) = 0;
  /// Whether what an earlier run wrote is still as it was.
  virtual bool is_there(const std::string& file, std::uint64_t bytes) = 0;
  virtual void finish() {}
};

std::unique_ptr<Exporter> make_json_exporter(const std::string& directory);
std::unique_ptr<Exporter> make_eml_exporter(const std::string& directory, HashKind hashes);
/// "mbox" or "maildir". `earlier`: the list of a run that is resumed, or "". `inbox`: the path of that folder, if
/// known.
std::unique_ptr<Exporter> make_mail_exporter(const std::string& directory, const std::string& format,
                                             const std::string& earlier, const std::string& inbox);

}  // namespace cli
