// SPDX-License-Identifier: Apache-2.0
// A hash of text that is the same on every machine and in every run: boundaries, thread ids. No defence against
// anybody. Pure functions.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mapiary::mime {

// FNV-1a with a final mix.
inline std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ (seed * 0x9E3779B97F4A7C15u);
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDu;
  hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53u;
  return hash ^ (hash >> 33);
}

// Another one, of eight bytes at a time: for much text.
inline std::uint64_t hash64_fast(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ bytes.size();
  const auto add = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9FB21C651E98DF25u;
    hash ^= hash >> 29;
  };
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    add(word);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, bytes.data(), bytes.size());
  add(rest);
  return hash64({}, hash);
}

// `size` bytes.
inline std::string hash_bytes(std::string_view bytes, std::size_t size = 16) {
  std::string out;
  for (std::uint64_t seed = 1; out.size() < size; ++seed) {
    const std::uint64_t hash = hash64(bytes, seed);
    for (int shift = 56; shift >= 0 && out.size() < size; shift -= 8) out += static_cast<char>(hash >> shift);
  }
  return out;
}

}  // namespace mapiary::mime
