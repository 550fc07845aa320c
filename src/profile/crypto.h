// SPDX-License-Identifier: Apache-2.0
// The secrets of profiles: hashes of passwords (Argon2id) and sealed property values (XChaCha20-Poly1305), and the key
// file of the latter. The only door to libsodium. Safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace mapiary::profile {

// A printable hash with its own salt and costs, for verify_password().
Result<std::string> hash_password(std::string_view password);
bool verify_password(std::string_view password, const std::string& hash);

// 256 bits; wiped when destroyed.
class Key {
 public:
  static constexpr std::size_t kSize = 32;

  static Result<Key> random();
  // kEncrypted: the file is missing or not a key file; `path` and the reason are in the message.
  static Result<Key> read(FileSystem& files, const std::string& path);
  // With mode 0600, whole or not at all.
  Status write(FileSystem& files, const std::string& path) const;
  // 16 bytes that tell keys apart and tell nothing else.
  std::string id() const;

  // `context` is authenticated, not stored: a value opens only where it was sealed.
  std::string seal(std::string_view plain, std::string_view context) const;
  // kCorrupt: changed, cut, of another key or context.
  Result<std::string> open(std::string_view sealed, std::string_view context) const;

  Key(Key&& other) noexcept;
  Key& operator=(Key&&) = delete;
  ~Key();

 private:
  Key() = default;
  std::array<unsigned char, kSize> bytes_{};
};

}  // namespace mapiary::profile
