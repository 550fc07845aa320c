// SPDX-License-Identifier: Apache-2.0
// What went wrong, as a value. Layers below the border know nothing of HRESULT: they name a Code, and com/error_map.cc
// holds the one table from Code to HRESULT. Every MAPI_E_* and MAPI_W_* has its Code, so nothing is lost on the way up.
// Immutable once made; may be handed between threads.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace mapiary {

// std::source_location where the compiler has it; clang before 16 does not with libstdc++.
#if defined(__cpp_lib_source_location)
using SourceLocation = std::source_location;
#else
class SourceLocation {
 public:
  static constexpr SourceLocation current(const char* file = __builtin_FILE(),
                                          const char* function = __builtin_FUNCTION(),
                                          std::uint_least32_t line = __builtin_LINE()) noexcept {
    SourceLocation here;
    here.file_ = file;
    here.function_ = function;
    here.line_ = line;
    return here;
  }
  constexpr const char* file_name() const noexcept { return file_; }
  constexpr const char* function_name() const noexcept { return function_; }
  constexpr std::uint_least32_t line() const noexcept { return line_; }

 private:
  const char* file_ = "";
  const char* function_ = "";
  std::uint_least32_t line_ = 0;
};
#endif

enum class Code : std::uint16_t {
  // Arguments and objects
  kInvalidArgument,  // a value outside what the call allows
  kUnknownFlags,
  kInvalidObject,  // used after logoff or release of what it belonged to
  kInvalidEntryId,
  kUnknownEntryId,
  kInvalidBookmark,
  kInvalidType,
  kUnexpectedType,
  kUnexpectedId,
  kBadValue,
  kBadColumn,
  kBadCharWidth,
  kStringTooLong,
  kTypeNotSupported,
  kInterfaceNotSupported,
  kNotSupported,
  kVersion,
  kUnknownCodePage,
  kUnknownLocale,
  kMissingColumn,
  // State
  kNotInitialized,
  kNotFound,
  kCollision,
  kObjectChanged,
  kObjectDeleted,
  kBusy,
  kWait,
  kSubmitted,
  kNotInQueue,
  kNotMe,
  kNoSuppress,
  kNonStandard,
  kNoRecipients,
  kHasFolders,
  kHasMessages,
  kFolderCycle,
  kComputed,
  kTableEmpty,
  kTableTooBig,
  kUnableToAbort,
  kUnableToComplete,
  kAmbiguousRecipient,
  kDeclineCopy,
  kReconnected,
  kOffline,
  // Access
  kNoAccess,
  kReadOnly,
  kLocked,
  kEncrypted,
  kLogonFailed,
  kSessionLimit,
  kPasswordChangeRequired,
  kPasswordExpired,
  kInvalidWorkstation,
  kInvalidAccessTime,
  kAccountDisabled,
  kEndOfSession,
  kUnconfigured,
  kFailOneProvider,
  // Resources
  kNoMemory,
  kNoResources,
  kNoDiskSpace,
  kDiskError,
  kNetworkError,
  kTooBig,
  kTooComplex,
  kTooDeep,
  kTimeout,
  kCancelled,
  kUserCancelled,
  // Data
  kCorrupt,
  kCorruptStore,
  kTruncated,
  kExtendedError,
  kInternal,  // a broken invariant of ours
};

struct Error {
  Code code = Code::kInternal;
  std::string_view layer;   // static text: "base", "pst/ndb" ...
  std::uint64_t value = 0;  // the offending value: an offset, a tag, an errno
  std::string message;      // what happened, to what; one sentence without a full stop
  SourceLocation where;

  Error() = default;
  Error(Code c, std::string_view layer_name, std::string text, std::uint64_t offending = 0,
        SourceLocation at = SourceLocation::current())
      : code(c), layer(layer_name), value(offending), message(std::move(text)), where(at) {}
};

// The enumerator's name without the k ("NotFound"), for messages and logs.
std::string_view code_name(Code code);

}  // namespace mapiary
