// SPDX-License-Identifier: Apache-2.0
// Plain text and one write per line: a logging library would bring more than it saves here.
#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/env.h"

namespace mapiary {
namespace {

constexpr std::array<std::string_view, 6> kNames{"off", "error", "warning", "info", "debug", "trace"};

LogLevel level_from_environment() {
  auto value = env("MAPIARY_LOG");
  for (std::size_t i = 0; value && i < kNames.size(); ++i) {
    if (*value == kNames[i]) return static_cast<LogLevel>(i);
  }
#ifdef NDEBUG
  return LogLevel::kOff;
#else
  return LogLevel::kError;  // a debug build reports misuse unasked (docs/rulings.md R10)
#endif
}

struct State {
  std::atomic<LogLevel> level{level_from_environment()};
  std::mutex mutex;
  std::function<void(LogLevel, std::string_view)> sink;
};
State& state() {
  static auto& instance = *new State;
  return instance;
}

void append_visible(std::string& line, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      line += c;
    } else {
      line.append("\\x") += kHex[byte >> 4];
      line += kHex[byte & 15];
    }
  }
}

void write_stderr(std::string_view line) {
  int saved = errno;
  while (!line.empty()) {
    ssize_t put = ::write(STDERR_FILENO, line.data(), line.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) break;  // nobody is left to be told
    line.remove_prefix(static_cast<std::size_t>(put));
  }
  errno = saved;
}

}  // namespace

LogLevel log_level() {
  return state().level.load(std::memory_order_relaxed);
}

void set_log_level(LogLevel level) {
  state().level.store(level, std::memory_order_relaxed);
}

void log(LogLevel level, std::string_view component, std::string_view text) {
  if (!log_enabled(level)) return;
  std::string line = now().to_iso8601();
  line.append(" ").append(kNames[static_cast<std::size_t>(level)]).append(" ").append(component).append(": ");
  append_visible(line, text);
  State& s = state();
  std::unique_lock lock(s.mutex);
  if (!s.sink) return write_stderr(line + '\n');
  const auto sink = s.sink;
  lock.unlock();  // a sink may log
  sink(level, line);
}

void log_error(LogLevel level, const Error& error, std::string_view doing) {
  if (!log_enabled(level)) return;
  std::string text(doing);
  text.append(": ").append(error.message).append(" [").append(code_name(error.code)).append(" ");
  std::string_view file = error.where.file_name();
  file.remove_prefix(file.rfind('/') == std::string_view::npos ? 0 : file.rfind('/') + 1);
  text.append(file).append(":").append(std::to_string(error.where.line())).append("]");
  log(level, error.layer, text);
}

void set_log_sink(std::function<void(LogLevel, std::string_view)> sink) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.sink = std::move(sink);
}

}  // namespace mapiary
