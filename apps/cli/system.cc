// SPDX-License-Identifier: Apache-2.0
#include "cli/system.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace cli::system {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kScratchName = "mapiary-run-";
constexpr std::size_t kWritten = 16 * 1024;  // a new file is written in pieces that are not smaller
constexpr std::size_t kHeld = 1024 * 1024;   // ... or at once, one of many

volatile std::sig_atomic_t interrupt_count = 0;

extern "C" void on_interrupt(int number) {
  if (interrupt_count != 0) {
    ::signal(number, SIG_DFL);
    ::raise(number);
  }
  interrupt_count = 1;
}

ExitCode code_of(int error) {
  const bool closed = error == EACCES || error == EPERM || error == EROFS || error == EBUSY || error == EWOULDBLOCK;
  return closed ? ExitCode::kAccess : ExitCode::kNothing;
}

// Files are opened without waiting.
std::string words_of(int error) {
  if (error == EWOULDBLOCK) return "another program holds a lease of it; close that program, or read a copy";
  return std::strerror(error);
}

void need(const std::error_code& error, const std::string& path, const char* doing) {
  if (error) throw FileError(path, doing, error.value());
}

// What a process that was killed has left.
void sweep_scratch(const std::string& below) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(below, error)) {
    const std::string name = entry.path().filename().string();
    if (name.compare(0, kScratchName.size(), kScratchName) != 0) continue;
    const long process = std::strtol(name.c_str() + kScratchName.size(), nullptr, 10);
    struct stat info {};
    if (process <= 0 || ::lstat(entry.path().c_str(), &info) != 0) continue;
    if (info.st_uid != ::geteuid() || !S_ISDIR(info.st_mode)) continue;
    if (::kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH) continue;
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

FileError::FileError(const std::string& path, const char* doing, int error)
    : std::runtime_error(std::string(doing) + " '" + path + "': " + words_of(error)),
      code_(code_of(error)),
      error_(error) {}

std::string FileError::code_name() const {
  if (error_ == ENOSPC || error_ == EDQUOT || error_ == EFBIG) return "MAPI_E_NOT_ENOUGH_DISK";
  return code_ == ExitCode::kAccess ? "MAPI_E_NO_ACCESS" : "MAPI_E_DISK_ERROR";
}

PathKind kind_of(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  switch (status.type()) {
    case fs::file_type::not_found:
      return PathKind::kNone;
    case fs::file_type::regular:
      return PathKind::kFile;
    case fs::file_type::directory:
      return PathKind::kFolder;
    case fs::file_type::none:
      if (error.value() == ENAMETOOLONG || error.value() == ENOTDIR) return PathKind::kNone;
      throw FileError(path, "look at", error.value());
    default:
      return PathKind::kOther;
  }
}

PathKind kind_if_visible(const std::string& path) {
  try {
    return kind_of(path);
  } catch (const FileError&) {
    return PathKind::kNone;
  }
}

bool is_link(const std::string& path) {
  std::error_code error;
  return fs::is_symlink(path, error);
}

std::string identity(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw FileError(path, "look at", errno);
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
}

std::uint64_t file_size(const std::string& path) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  need(error, path, "look at");
  return size;
}

std::uint64_t total_size(const std::string& path) {
  if (kind_of(path) != PathKind::kFolder) return file_size(path);
  std::uint64_t total = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
    std::error_code ignored;
    if (entry.is_regular_file(ignored)) total += entry.file_size(ignored);
  }
  need(error, path, "list");
  return total;
}

std::string read_head(const std::string& path, std::size_t most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) throw FileError(path, "open", errno);
  std::string head(most, '\0');
  std::size_t have = 0;
  ssize_t got = 0;
  while (have < most && (got = ::read(file, head.data() + have, most - have)) > 0)
    have += static_cast<std::size_t>(got);
  const int error = errno;
  ::close(file);
  if (got < 0) throw FileError(path, "read", error);
  head.resize(have);
  return head;
}

std::string read_file(const std::string& path) {
  return read_head(path, static_cast<std::size_t>(file_size(path)));
}

bool read_pieces(const std::string& path, const std::function<bool(std::string_view)>& take) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw FileError(path, "open", errno);
  std::string piece(std::size_t{256} * 1024, '\0');
  ssize_t got = 0;
  bool going = true;
  while (going && (got = ::read(file, piece.data(), piece.size())) > 0)
    going = take(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
  const int error = errno;
  ::close(file);
  if (got < 0) throw FileError(path, "read", error);
  return going;
}

void read_access(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) throw FileError(path, "read", errno);
}

void write_access(const std::string& path) {
  if (::access(path.c_str(), W_OK) != 0) throw FileError(path, "write", errno);
}

std::string absolute(const std::string& path) {
  std::error_code error;
  std::string full = fs::absolute(path, error).lexically_normal().string();
  need(error, path, "find");
  while (full.size() > 1 && full.back() == '/') full.pop_back();
  return full;
}

std::string parent_of(const std::string& path) {
  return fs::path(absolute(path)).parent_path().string();
}

std::string base_name(const std::string& path) {
  return fs::path(absolute(path)).filename().string();
}

std::vector<std::string> list(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) names.push_back(entry.path().filename().string());
  need(error, folder, "list");
  std::sort(names.begin(), names.end());
  return names;
}

void make_folders(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  need(error, path, "make");
  if (kind_of(path) != PathKind::kFolder) throw FileError(path, "make", ENOTDIR);
}

void remove_file(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
  need(error, path, "remove");
}

void remove_tree(const std::string& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

void rename_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) throw FileError(to, "name", errno);
}

FolderHandle::FolderHandle(const std::string& path)
    : path_(path), number_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (number_ < 0) throw FileError(path, "open", errno);
}

FolderHandle::~FolderHandle() {
  ::close(number_);
}

NewFile::NewFile(std::string partial, std::string path) : partial_(std::move(partial)), path_(std::move(path)) {
  open(partial_);
}

NewFile::NewFile(const FolderHandle& folder, std::string partial, std::string name, std::string room)
    : folder_(&folder), partial_(std::move(partial)), path_(std::move(name)), waiting_(std::move(room)) {
  waiting_.clear();
}

void NewFile::open(const std::string& name) {
  file_ = ::openat(place(), name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) throw FileError(full(name), "write", errno);
  name_ = &name;
}

int NewFile::place() const {
  return folder_ == nullptr ? AT_FDCWD : folder_->number();
}

std::string NewFile::full(const std::string& name) const {
  return folder_ == nullptr ? name : folder_->path() + "/" + name;
}

NewFile::~NewFile() {
  if (file_ >= 0) ::close(file_);
  remove();
}

// Unless it is whole.
void NewFile::remove() {
  if (name_ != nullptr) ::unlinkat(place(), name_->c_str(), 0);
  name_ = nullptr;
}

// Large pieces come as they are; small ones are collected.
void NewFile::write(std::string_view bytes) {
  size_ += bytes.size();
  if (waiting_.size() + bytes.size() < (file_ < 0 ? kHeld : kWritten)) {
    waiting_ += bytes;
    return;
  }
  if (file_ < 0) open(partial_);
  put(waiting_);
  waiting_.clear();
  put(bytes);
}

void NewFile::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) throw FileError(full(*name_), "write", done == 0 ? ENOSPC : errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

void NewFile::commit() {
  if (file_ < 0) open(path_);
  put(waiting_);
  if (::close(std::exchange(file_, -1)) != 0) throw FileError(full(*name_), "write", errno);
  if (name_ == &partial_ && ::renameat(place(), partial_.c_str(), place(), path_.c_str()) != 0)
    throw FileError(full(path_), "name", errno);
  name_ = nullptr;
}

Journal::Journal(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (file_ < 0) throw FileError(path_, "write", errno);
}

Journal::~Journal() {
  ::close(file_);
}

void Journal::append(std::string line) {
  line += '\n';
  if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    throw FileError(path_, "write", errno == 0 ? ENOSPC : errno);
  }
}

LineReader::LineReader(const std::string& path) : file_(std::fopen(path.c_str(), "rbe")) {
  if (file_ == nullptr) throw FileError(path, "open", errno);
}

LineReader::~LineReader() {
  std::free(room_);
  std::fclose(file_);
}

bool LineReader::next(std::string& line) {
  const ssize_t size = ::getline(&room_, &size_, file_);
  const bool whole = size > 0 && room_[size - 1] == '\n';
  line.assign(size > 0 ? room_ : "", static_cast<std::size_t>(whole ? size - 1 : 0));
  return whole;
}

void cut_torn_line(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) throw FileError(path, "open", errno);
  off_t end = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  while (end > 0 && ::pread(file, &last, 1, end - 1) == 1 && last != '\n') --end;
  const bool cut = ::ftruncate(file, end) == 0;
  const int error = errno;
  ::close(file);
  if (!cut) throw FileError(path, "write", error);
}

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

void set_environment(const char* name, const std::string& value) {
  ::setenv(name, value.c_str(), 1);
}

std::string program_path() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? std::string() : path.string();
}

std::string config_folder() {
  const auto absolute_one = [](const char* name) {
    const auto value = environment(name);
    return value && !value->empty() && value->front() == '/' ? *value : std::string();
  };
  if (const std::string own = absolute_one("MAPIARY_CONFIG_HOME"); !own.empty()) return own;
  if (const std::string xdg = absolute_one("XDG_CONFIG_HOME"); !xdg.empty()) return xdg + "/mapiary";
  return absolute_one("HOME") + "/.config/mapiary";
}

namespace {

std::string new_scratch(const std::string& below) {
  sweep_scratch(below);
  std::string path = below + "/" + std::string(kScratchName) + std::to_string(::getpid()) + "-XXXXXX";
  return ::mkdtemp(path.data()) == nullptr ? std::string() : path;
}

}  // namespace

std::string make_scratch_folder(Scratch scratch) {
  std::vector<std::string> places;
  if (scratch == Scratch::kSmall) places = {environment("XDG_RUNTIME_DIR").value_or(""), "/dev/shm"};
  places.push_back(environment("TMPDIR").value_or(""));
  places.push_back("/tmp");
  for (const std::string& below : places) {
    if (below.empty() || below.front() != '/') continue;
    if (std::string path = new_scratch(below); !path.empty()) return path;
  }
  throw FileError("/tmp/" + std::string(kScratchName), "make", errno);
}

bool is_terminal(std::FILE* stream) {
  return ::isatty(::fileno(stream)) != 0;
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() {
  return interrupt_count != 0;
}

std::uint64_t steady_milliseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::uint64_t process_id() {
  return static_cast<std::uint64_t>(::getpid());
}

}  // namespace cli::system
