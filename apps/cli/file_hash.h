// SPDX-License-Identifier: Apache-2.0
// Hashes of the files that an export writes (docs/adr/0073): XXH128, which finds every accident and costs next to
// nothing, or SHA-256, which nobody can make another file for. Not synchronised; one object hashes file after file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/sha256.h"

namespace cli {

enum class HashKind { kNone, kXxh128, kSha256 };

/// "xxh128" or "sha256", as the programs are called that check lists of them, without "sum".
const char* name_of(HashKind kind);
/// Of the two that are one.
HashKind other(HashKind kind);
/// Small hexadecimal digits, as those programs write them.
std::string small_hex(std::string_view bytes);

class FileHash {
 public:
  explicit FileHash(HashKind kind);
  void add(std::string_view bytes);
  /// Of all that was added, empty for kNone. What is added afterwards begins anew.
  std::string hex();
  /// Whether `text` has the length of such a hash.
  bool may_be(std::string_view text) const;

 private:
  struct Xxh128 {
    Xxh128();
    struct Free {
      void operator()(void* state) const noexcept;
    };
    std::unique_ptr<void, Free> state;
  };
  std::optional<Sha256> sha256_;
  std::optional<Xxh128> xxh128_;
};

}  // namespace cli
