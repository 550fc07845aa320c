// SPDX-License-Identifier: Apache-2.0
// The program's one door to the operating system: files, environment, terminal, signals (docs/adr/0051). Paths are
// UTF-8. A failure is a FileError, which knows the exit code it stands for.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"

namespace cli::system {

class FileError : public std::runtime_error {
 public:
  FileError(const std::string& path, const char* doing, int error);
  ExitCode exit_code() const { return code_; }
  /// What it would be in MAPI.
  std::string code_name() const;

 private:
  ExitCode code_;
  int error_;
};

enum class PathKind { kNone, kFile, kFolder, kOther };
/// FileError only where it cannot be told, as without permission.
PathKind kind_of(const std::string& path);
/// As kind_of(), but what cannot be looked at counts as not there: for places that are only looked into if they are.
PathKind kind_if_visible(const std::string& path);
bool is_link(const std::string& path);
/// The same for two paths of one file or folder, whatever links lead there.
std::string identity(const std::string& path);
std::uint64_t file_size(const std::string& path);
/// Of a file its size; of a folder those of all files in it.
std::uint64_t total_size(const std::string& path);
/// The first bytes; fewer if there are fewer.
std::string read_head(const std::string& path, std::size_t most);
std::string read_file(const std::string& path);
/// The file in pieces, until `take` answers false; whether it was read to its end.
bool read_pieces(const std::string& path, const std::function<bool(std::string_view)>& take);
/// FileError if the file or folder cannot be read.
void read_access(const std::string& path);
void write_access(const std::string& path);
std::string absolute(const std::string& path);
std::string parent_of(const std::string& path);
std::string base_name(const std::string& path);
/// Names in it, sorted by their bytes.
std::vector<std::string> list(const std::string& folder);
void make_folders(const std::string& path);
void remove_file(const std::string& path);
void remove_tree(const std::string& path);
/// Takes the place of what is there, at once.
void rename_file(const std::string& from, const std::string& to);

/// A folder that many files are made in: found once, not for each of them.
class FolderHandle {
 public:
  explicit FolderHandle(const std::string& path);
  ~FolderHandle();
  FolderHandle(const FolderHandle&) = delete;
  FolderHandle& operator=(const FolderHandle&) = delete;
  int number() const { return number_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int number_;
};

/// A file being written; its name appears when it is whole. Discarded unless commit() was called.
class NewFile {
 public:
  /// Written as `partial`, in the same file system.
  NewFile(std::string partial, std::string path);
  /// Both are names in `folder`, which stays open as long as this. Up to 1 MB is kept in memory, in `room`, and becomes
  /// a file with one write under its name: a small file costs three calls of the system, and is only then torn when the
  /// process is killed in the middle of that one.
  NewFile(const FolderHandle& folder, std::string partial, std::string name, std::string room = {});
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void write(std::string_view bytes);
  /// Everything written is in the file and the file has its name.
  void commit();
  std::uint64_t size() const { return size_; }
  /// For the next file, after commit().
  std::string take_room() { return std::move(waiting_); }

 private:
  void open(const std::string& name);
  int place() const;
  std::string full(const std::string& name) const;
  void put(std::string_view bytes);
  void remove();
  const FolderHandle* folder_ = nullptr;
  std::string partial_, path_, waiting_;
  const std::string* name_ = nullptr;  // of the file as it is now
  int file_ = -1;
  std::uint64_t size_ = 0;
};

/// A file that only grows, line by line; a line is in it when append() returns.
class Journal {
 public:
  explicit Journal(std::string path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  void append(std::string line);

 private:
  std::string path_;
  int file_;
};

/// Reads lines, without their ends. A last line without an end is none: who wrote it was cut off.
class LineReader {
 public:
  explicit LineReader(const std::string& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  bool next(std::string& line);

 private:
  std::FILE* file_;
  char* room_ = nullptr;  // of getline()
  std::size_t size_ = 0;
};
/// Cuts off a last line without an end.
void cut_torn_line(const std::string& path);

std::optional<std::string> environment(const char* name);
void set_environment(const char* name, const std::string& value);
/// Of the running program; empty if unknown.
std::string program_path();
/// Where this user's profiles are, whether it is there or not.
std::string config_folder();
enum class Scratch { kSmall, kLarge };
/// A new folder that only this user can read; folders of this kind whose process has died are removed. Small things go
/// into memory where there is such a place: XDG_RUNTIME_DIR, /dev/shm; others to TMPDIR, /tmp.
std::string make_scratch_folder(Scratch scratch);
bool is_terminal(std::FILE* stream);
/// Columns of the terminal behind stderr; 80 if unknown.
std::size_t terminal_width();
/// SIGINT and SIGTERM are then told by interrupted() and end nothing; a second one ends the process.
void catch_interrupts();
bool interrupted();
std::uint64_t steady_milliseconds();
std::uint64_t process_id();

}  // namespace cli::system
