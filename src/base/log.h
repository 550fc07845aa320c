// SPDX-License-Identifier: Apache-2.0
// Messages for people who look for a fault: lines on stderr, off (errors only in a debug build) unless MAPIARY_LOG is
// error, warning, info, debug or trace. Never a person's mail text, never a password. Safe from any thread; a line is
// written whole.
//
//   if (log_enabled(LogLevel::kDebug)) log(LogLevel::kDebug, "session", "opened " + name);
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/error.h"

namespace mapiary {

enum class LogLevel : std::uint8_t { kOff, kError, kWarning, kInfo, kDebug, kTrace };

LogLevel log_level();
// Overrides MAPIARY_LOG.
void set_log_level(LogLevel level);
inline bool log_enabled(LogLevel level) {
  return level <= log_level() && level != LogLevel::kOff;
}

// `component` names the part that speaks ("pst/ndb"). Line ends and other controls in `text` are made visible, so that
// a hostile name cannot forge a line.
void log(LogLevel level, std::string_view component, std::string_view text);
// As log(), with the error's own layer, its code and where it arose.
void log_error(LogLevel level, const Error& error, std::string_view doing);

// Where lines go instead of stderr; for tests and programs with their own log. Threads call it at once if they log at
// once. An empty function: back to stderr.
void set_log_sink(std::function<void(LogLevel, std::string_view line)> sink);

}  // namespace mapiary
