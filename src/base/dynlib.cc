// SPDX-License-Identifier: Apache-2.0
#include "base/dynlib.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/file.h"

namespace mapiary {
namespace {

std::string loader_message() {
  const char* text = ::dlerror();
  return text != nullptr ? text : "the loader gives no reason";
}

}  // namespace

DynLib& DynLib::operator=(DynLib&& other) noexcept {
  if (this == &other) return *this;
  close();
  handle_ = std::exchange(other.handle_, nullptr);
  path_ = std::move(other.path_);
  return *this;
}

Result<DynLib> DynLib::open(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return fail(Code::kInvalidArgument, "base", "a library's path is empty or has a zero byte in it");
  }
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return DynLib(handle, path);
  std::string message = loader_message();
  bool searched = path.find('/') == std::string::npos;
  // A searched name gives its own name at the front of the loader's message only when the library itself was not found.
  auto there = system_files().exists(path);
  bool missing = searched ? message.starts_with(path + ":") : there && !*there;
  return fail(missing ? Code::kNotFound : Code::kCorrupt, "base", "cannot load '" + path + "': " + message);
}

Result<void*> DynLib::symbol(const std::string& name) const {
  if (handle_ == nullptr) return fail(Code::kInvalidObject, "base", "no library is open to find '" + name + "' in");
  ::dlerror();
  void* address = ::dlsym(handle_, name.c_str());
  if (address == nullptr) {
    return fail(Code::kNotFound, "base", "'" + path_ + "' does not export '" + name + "'");
  }
  return address;
}

Result<std::string> DynLib::folder_of(const void* address) {
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    return fail(Code::kNotFound, "base", "no loaded file holds the address");
  }
  const std::unique_ptr<char, decltype(&std::free)> path(::realpath(info.dli_fname, nullptr), &std::free);
  if (!path) return fail(Code::kNotFound, "base", std::string("'") + info.dli_fname + "' is no longer there");
  const std::string found = path.get();
  return found.substr(0, std::max<std::size_t>(found.find_last_of('/'), 1));
}

void DynLib::close() {
  if (handle_ != nullptr) ::dlclose(handle_);
  handle_ = nullptr;
}

}  // namespace mapiary
