// SPDX-License-Identifier: Apache-2.0
// What is the same on every FileSystem: whole reads and writes out of partial ones, and the compound operations.
#include "base/file.h"

#include "base/random.h"

namespace mapiary {

Status File::check(bool for_writing) const {
  if (!handle_) return fail(Code::kInvalidObject, "base", "the file is closed: '" + path_ + "'");
  if (for_writing && !writable_) return fail(Code::kReadOnly, "base", "'" + path_ + "' was opened for reading only");
  return {};
}

Result<std::size_t> File::read_some_at(std::uint64_t offset, std::span<std::byte> out) {
  TRY(check(false));
  std::size_t done = 0;
  while (done < out.size()) {
    std::size_t got = TRY(handle_->read(offset + done, out.subspan(done)));
    if (got == 0) break;
    done += got;
  }
  return done;
}

Status File::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t got = TRY(read_some_at(offset, out));
  if (got == out.size()) return {};
  return fail(Code::kTruncated, "base",
              "'" + path_ + "' ends early: " + std::to_string(out.size()) + " bytes wanted at offset " +
                  std::to_string(offset) + ", " + std::to_string(got) + " there",
              offset);
}

Result<std::string> File::read_at(std::uint64_t offset, std::uint64_t length) {
  std::uint64_t end = TRY(size());
  if (offset > end || length > end - offset) {
    return fail(Code::kTruncated, "base",
                "'" + path_ + "' has " + std::to_string(end) + " bytes; " + std::to_string(length) +
                    " were wanted at offset " + std::to_string(offset),
                offset);
  }
  std::string bytes(static_cast<std::size_t>(length), '\0');
  TRY(read_at(offset, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  return bytes;
}

Status File::write_at(std::uint64_t offset, ByteSpan bytes) {
  TRY(check(true));
  while (!bytes.empty()) {
    std::size_t put = TRY(handle_->write(offset, bytes));
    if (put == 0) return fail(Code::kDiskError, "base", "nothing more can be written to '" + path_ + "'", offset);
    offset += put;
    bytes = bytes.subspan(put);
  }
  return {};
}

Result<std::uint64_t> File::size() {
  TRY(check(false));
  return handle_->size();
}

Status File::truncate(std::uint64_t size) {
  TRY(check(true));
  return handle_->truncate(size);
}

Status File::sync() {
  TRY(check(false));
  return handle_->sync();
}

Status File::lock(LockMode mode) {
  TRY(check(false));
  return handle_->lock(mode);
}

Status File::unlock() {
  TRY(check(false));
  return handle_->unlock();
}

Status File::lock_at(std::uint64_t offset, LockMode mode) {
  TRY(check(mode == LockMode::kExclusive));
  return handle_->lock_at(offset, mode);
}

Result<bool> File::is_locked(std::uint64_t offset, std::uint64_t count) {
  TRY(check(false));
  if (count == 0) return false;
  if (count > UINT64_MAX - offset) return fail(Code::kTooBig, "base", "places beyond what a file can have", offset);
  return handle_->is_locked(offset, count);
}

Result<std::unique_ptr<FileHandle>> FileSystem::open_nameless_handle(const std::string& folder) {
  return fail(Code::kNotSupported, "base", "no files without a name in '" + folder + "'");
}

Result<File> FileSystem::open_nameless(const std::string& folder) {
  if (auto handle = open_nameless_handle(folder))
    return File(std::move(*handle), join_path(folder, "(no name)"), OpenMode::kCreateNew);
  const std::string own = TRY(make_temp_folder(join_path(folder, "mapiary-")));
  const std::string path = join_path(own, "scratch");
  auto file = open(path, OpenMode::kCreateNew);
  if (file) TRY(remove_file(path));
  TRY(remove_folder(own));
  return file;
}

Result<File> FileSystem::open(const std::string& path, OpenMode mode) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return fail(Code::kInvalidArgument, "base", "a path is empty or has a zero byte in it");
  }
  auto handle = TRY(open_handle(path, mode));
  return File(std::move(handle), path, mode);
}

Result<bool> FileSystem::exists(const std::string& path) {
  auto found = info(path);
  if (found) return true;
  if (found.error().code == Code::kNotFound) return false;
  return tl::unexpected<Error>(std::move(found).error());
}

Status FileSystem::create_folders(const std::string& path) {
  auto made = create_folder(path);
  if (made) return made;
  if (made.error().code == Code::kNotFound) {
    std::string parent = parent_path(path);
    if (parent == path) return made;
    TRY(create_folders(parent));
    made = create_folder(path);
  }
  if (made || made.error().code != Code::kCollision) return made;
  FileInfo there = TRY(info(path));
  if (there.kind == FileKind::kFolder) return {};
  return made;
}

Result<std::string> FileSystem::read_file(const std::string& path, std::uint64_t limit) {
  File file = TRY(open(path, OpenMode::kRead));
  std::uint64_t size = TRY(file.size());
  if (size > limit) return fail(Code::kTooBig, "base", "'" + path + "' is longer than allowed", size);
  return file.read_at(0, size);
}

Status FileSystem::replace_file(const std::string& path, ByteSpan bytes) {
  std::string temporary = path + ".new-" + std::to_string(random_u64());
  auto write = [&]() -> Status {
    File file = TRY(open(temporary, OpenMode::kCreateNew));
    TRY(file.write_at(0, bytes));
    TRY(file.sync());
    file.close();
    return rename(temporary, path);
  };
  Status written = write();
  if (!written) {
    // The first error is the one to tell; that the leftover cannot be removed is only untidy.
    static_cast<void>(remove_file(temporary));
    return written;
  }
  return sync_folder(parent_path(path));
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || name.starts_with('/')) return std::string(name);
  std::string path(folder);
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

std::string parent_path(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  while (slash > 0 && path[slash - 1] == '/') --slash;
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

}  // namespace mapiary
