// SPDX-License-Identifier: Apache-2.0
#include "cli/sha256.h"

#include <dlfcn.h>
#include <openssl/evp.h>

#include <array>
#include <new>
#include <stdexcept>
#include <string>

#include "cli/file_hash.h"

namespace cli {

namespace {

// libcrypto costs a start of the program more than all else, and only who asks for SHA-256 needs it
// (docs/adr/0079-late-libraries.md).
class Libcrypto {
 public:
  static const Libcrypto& get() {
    static const Libcrypto one;
    return one;
  }

 private:
  template <class Function>  // a pointer to one
  Function find(const char* name) const {
    void* const found = library_ != nullptr ? ::dlsym(library_, name) : nullptr;
    const char* const why = found == nullptr ? ::dlerror() : nullptr;
    if (found == nullptr) throw std::runtime_error(std::string("--sha256 needs libcrypto: ") + (why ? why : name));
    return reinterpret_cast<Function>(found);
  }

  void* const library_ = ::dlopen(MAPIARY_CRYPTO, RTLD_LAZY | RTLD_LOCAL);  // stays

 public:
  decltype(&::EVP_MD_CTX_new) const make = find<decltype(&::EVP_MD_CTX_new)>("EVP_MD_CTX_new");
  decltype(&::EVP_MD_CTX_free) const free = find<decltype(&::EVP_MD_CTX_free)>("EVP_MD_CTX_free");
  decltype(&::EVP_sha256) const sha256 = find<decltype(&::EVP_sha256)>("EVP_sha256");
  decltype(&::EVP_DigestInit_ex) const begin = find<decltype(&::EVP_DigestInit_ex)>("EVP_DigestInit_ex");
  decltype(&::EVP_DigestUpdate) const update = find<decltype(&::EVP_DigestUpdate)>("EVP_DigestUpdate");
  decltype(&::EVP_DigestFinal_ex) const finish = find<decltype(&::EVP_DigestFinal_ex)>("EVP_DigestFinal_ex");
};

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
  Libcrypto::get().free(context);
}

Sha256::Sha256() : context_(Libcrypto::get().make()) {
  if (!context_) throw std::bad_alloc();
  begin();
}

void Sha256::begin() {
  const Libcrypto& crypto = Libcrypto::get();
  if (crypto.begin(context_.get(), crypto.sha256(), nullptr) != 1) {
    throw std::runtime_error("libcrypto offers no SHA-256 here; --sha256 cannot be");
  }
}

Sha256& Sha256::add(std::string_view bytes) {
  Libcrypto::get().update(context_.get(), bytes.data(), bytes.size());
  return *this;
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  Libcrypto::get().finish(context_.get(), digest.data(), &size);
  begin();
  return small_hex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace cli
