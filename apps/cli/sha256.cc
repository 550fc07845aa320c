// SPDX-License-Identifier: Apache-2.0
#include "cli/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <new>
#include <stdexcept>

#include "cli/file_hash.h"

namespace cli {

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  begin();
}

void Sha256::begin() {
  if (EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("libcrypto offers no SHA-256 here; --no-hashes does without");
  }
}

Sha256& Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  return *this;
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
  begin();
  return small_hex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace cli
