// SPDX-License-Identifier: Apache-2.0
#include "base/call_trace.h"
#include "base/hex.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace mapiary {
namespace {

constexpr int kMostShown = 6;

std::string readable(const char* symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free);
  return status == 0 && name ? name.get() : symbol;
}

std::string text_of(const void* address) {
  Dl_info info{};
  // The call lies before the address it returns to.
  const auto place = reinterpret_cast<std::uintptr_t>(address) - 1;
  if (::dladdr(address, &info) == 0 || !info.dli_fname) return hex(place);
  std::string_view file = info.dli_fname;
  if (const auto slash = file.rfind('/'); slash != file.npos) file.remove_prefix(slash + 1);
  std::string text(file);
  text += "+" + hex(place - reinterpret_cast<std::uintptr_t>(info.dli_fbase));
  if (info.dli_sname) text += " (" + readable(info.dli_sname) + ")";
  return text;
}

const void* library_of(const void* address) {
  Dl_info info{};
  return ::dladdr(address, &info) == 0 ? nullptr : info.dli_fbase;
}

// Sanitizers put their own backtrace() before ours.
bool is_sanitizer(const void* address) {
  Dl_info info{};
  return ::dladdr(address, &info) != 0 && info.dli_fname &&
         std::string_view(info.dli_fname).find("san.so") != std::string_view::npos;
}

}  // namespace

CallTrace CallTrace::here() {
  CallTrace trace;
  trace.count_ = ::backtrace(trace.frames_.data(), kDepth);
  return trace;
}

std::string CallTrace::text() const {
  // What took the trace, and the rest of its library up to whoever called that.
  int first = count_ > 1 && is_sanitizer(frames_[0]) ? 1 : 0;
  const void* const ours = count_ == 0 ? nullptr : library_of(frames_[static_cast<std::size_t>(first)]);
  while (first < count_ && library_of(frames_[static_cast<std::size_t>(first)]) == ours) ++first;
  if (first == count_) first = count_ > 1 ? 1 : 0;  // everything is one program
  std::string text;
  for (int i = first; i < count_ && i < first + kMostShown; ++i) {
    text += (text.empty() ? "" : " < ") + text_of(frames_[static_cast<std::size_t>(i)]);
  }
  return text;
}

std::uint64_t thread_number() {
  thread_local const auto number = static_cast<std::uint64_t>(::syscall(SYS_gettid));
  return number;
}

}  // namespace mapiary
