// SPDX-License-Identifier: Apache-2.0
#include "profile/crypto.h"

#include <sodium.h>

#include <algorithm>

#include "base/late_library.h"

namespace mapiary::profile {
namespace {

// Most runs have no password and no secure property, and libsodium measures the processor when it comes in.
namespace late {

constinit LateLibrary sodium{MAPIARY_SODIUM, ""};  // the file name, of CMake
constinit LateFunction sodium_init{sodium, "sodium_init", &::sodium_init};
constinit LateFunction crypto_pwhash_str_alg{sodium, "crypto_pwhash_str_alg", &::crypto_pwhash_str_alg};
constinit LateFunction crypto_pwhash_str_verify{sodium, "crypto_pwhash_str_verify", &::crypto_pwhash_str_verify};
constinit LateFunction sodium_memzero{sodium, "sodium_memzero", &::sodium_memzero};
constinit LateFunction crypto_aead_xchacha20poly1305_ietf_keygen{sodium, "crypto_aead_xchacha20poly1305_ietf_keygen",
                                                                 &::crypto_aead_xchacha20poly1305_ietf_keygen};
constinit LateFunction crypto_generichash{sodium, "crypto_generichash", &::crypto_generichash};
constinit LateFunction randombytes_buf{sodium, "randombytes_buf", &::randombytes_buf};
constinit LateFunction crypto_aead_xchacha20poly1305_ietf_encrypt{sodium, "crypto_aead_xchacha20poly1305_ietf_encrypt",
                                                                  &::crypto_aead_xchacha20poly1305_ietf_encrypt};
constinit LateFunction crypto_aead_xchacha20poly1305_ietf_decrypt{sodium, "crypto_aead_xchacha20poly1305_ietf_decrypt",
                                                                  &::crypto_aead_xchacha20poly1305_ietf_decrypt};

}  // namespace late

constexpr std::string_view kMagic = "MPRYKEY1";
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Status ready() {
  static const int state = late::sodium_init();
  if (state < 0) return fail(Code::kNoResources, "profile", "libsodium cannot be used on this machine");
  return {};
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  TRY(ready());
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (late::crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                  crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Code::kNoMemory, "profile", "there is no memory to hash a password");
  }
  hash.resize(hash.find('\0'));
  return hash;
}

bool verify_password(std::string_view password, const std::string& hash) {
  return ready() && hash.size() < crypto_pwhash_STRBYTES &&
         late::crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

Key::Key(Key&& other) noexcept : bytes_(other.bytes_) {
  late::sodium_memzero(other.bytes_.data(), kSize);
}
Key::~Key() {
  late::sodium_memzero(bytes_.data(), kSize);
}

Result<Key> Key::random() {
  TRY(ready());
  Key key;
  late::crypto_aead_xchacha20poly1305_ietf_keygen(key.bytes_.data());
  return key;
}

Result<Key> Key::read(FileSystem& files, const std::string& path) {
  TRY(ready());
  auto content = files.read_file(path, kMagic.size() + kSize);
  if (!content && content.error().code == Code::kNotFound) {
    return fail(Code::kEncrypted, "profile", "the key file '" + path + "' is missing");
  }
  if (!content && content.error().code != Code::kTooBig) return tl::unexpected<Error>(content.error());
  if (!content || content->size() != kMagic.size() + kSize || !content->starts_with(kMagic)) {
    return fail(Code::kEncrypted, "profile", "'" + path + "' is not a key file");
  }
  Key key;
  std::copy_n(raw(std::string_view(*content)) + kMagic.size(), kSize, key.bytes_.begin());
  late::sodium_memzero(content->data(), content->size());
  return key;
}

Status Key::write(FileSystem& files, const std::string& path) const {
  std::string content(kMagic);
  content.append(reinterpret_cast<const char*>(bytes_.data()), kSize);
  const Status done = files.replace_file(path, bytes_of(content));
  late::sodium_memzero(content.data(), content.size());
  return done;
}

std::string Key::id() const {
  std::string id(crypto_generichash_BYTES_MIN, '\0');
  constexpr std::string_view kPurpose = "mapiary profile key id";
  late::crypto_generichash(raw(id), id.size(), raw(kPurpose), kPurpose.size(), bytes_.data(), kSize);
  return id;
}

std::string Key::seal(std::string_view plain, std::string_view context) const {
  std::string sealed(kNonce + plain.size() + kTag, '\0');
  late::randombytes_buf(sealed.data(), kNonce);
  late::crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + kNonce, nullptr, raw(plain), plain.size(),
                                                   raw(context), context.size(), nullptr, raw(sealed), bytes_.data());
  return sealed;
}

Result<std::string> Key::open(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kNonce + kTag) return fail(Code::kCorrupt, "profile", "a sealed value is too short");
  std::string plain(sealed.size() - kNonce - kTag, '\0');
  if (late::crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), nullptr, nullptr, raw(sealed) + kNonce,
                                                       sealed.size() - kNonce, raw(context), context.size(),
                                                       raw(sealed), bytes_.data()) != 0) {
    return fail(Code::kCorrupt, "profile", "a sealed value does not open with this key");
  }
  return plain;
}

}  // namespace mapiary::profile
