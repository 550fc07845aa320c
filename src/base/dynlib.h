// SPDX-License-Identifier: Apache-2.0
// Shared libraries opened at run time: how providers come in. The library stays loaded while the DynLib lives; what was
// found in it must not be used after. Safe from any thread, but one DynLib belongs to one thread at a time.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace mapiary {

class DynLib {
 public:
  DynLib() = default;
  ~DynLib() { close(); }
  DynLib(DynLib&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}
  DynLib& operator=(DynLib&& other) noexcept;

  // A name without a slash is searched as the system's loader does. All of the library's undefined symbols are resolved
  // at once, so that a missing one is an error here and not a crash later. kNotFound: no such file; kCorrupt: not a
  // library for this machine, or a symbol or a library it needs is missing. The message is the loader's.
  static Result<DynLib> open(const std::string& path);

  // The address of an exported symbol; kNotFound if there is none.
  Result<void*> symbol(const std::string& name) const;
  template <class Function>
  Result<Function*> function(const std::string& name) const {
    void* address = TRY(symbol(name));
    return reinterpret_cast<Function*>(address);
  }
  // The folder of the file that holds this code or data of the process, without symbolic links on the way: the
  // program's for what is linked into it, else the library's. kNotFound: no file the loader knows.
  static Result<std::string> folder_of(const void* address);
  void close();
  bool is_open() const { return handle_ != nullptr; }
  const std::string& path() const { return path_; }
  // The loader's own, for callers that hand it on (an HINSTANCE).
  void* handle() const { return handle_; }

 private:
  DynLib(void* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

  void* handle_ = nullptr;
  std::string path_;
};

}  // namespace mapiary
