// SPDX-License-Identifier: Apache-2.0
#include "cli/file_hash.h"

#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // takes the widest registers there are
#endif

#include <new>

#include "mapiary/client/text.h"

namespace cli {

namespace {

constexpr std::size_t kXxhDigits = 32, kShaDigits = 64;

XXH3_state_t* state_of(void* state) {
  return static_cast<XXH3_state_t*>(state);
}

}  // namespace

const char* name_of(HashKind kind) {
  return kind == HashKind::kSha256 ? "sha256" : "xxh128";
}

HashKind other(HashKind kind) {
  return kind == HashKind::kSha256 ? HashKind::kXxh128 : HashKind::kSha256;
}

std::string small_hex(std::string_view bytes) {
  std::string text = mapiary::client::to_hex(bytes);
  for (char& c : text) {
    if (c >= 'A') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

FileHash::Xxh128::Xxh128() : state(XXH3_createState()) {
  if (!state) throw std::bad_alloc();
  XXH3_128bits_reset(state_of(state.get()));
}

void FileHash::Xxh128::Free::operator()(void* state) const noexcept {
  XXH3_freeState(state_of(state));
}

FileHash::FileHash(HashKind kind) {
  if (kind == HashKind::kSha256) sha256_.emplace();
  if (kind == HashKind::kXxh128) xxh128_.emplace();
}

void FileHash::add(std::string_view bytes) {
  if (sha256_) sha256_->add(bytes);
  if (xxh128_) XXH3_128bits_update(state_of(xxh128_->state.get()), bytes.data(), bytes.size());
}

std::string FileHash::hex() {
  if (sha256_) return sha256_->hex();
  if (!xxh128_) return "";
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_of(xxh128_->state.get())));
  XXH3_128bits_reset(state_of(xxh128_->state.get()));
  return small_hex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

bool FileHash::may_be(std::string_view text) const {
  return text.size() == (sha256_ ? kShaDigits : kXxhDigits);
}

}  // namespace cli
