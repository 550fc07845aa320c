// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) of bytes that come in pieces, for the lists of hashes beside an export: libcrypto's, which uses
// the processor's own instructions. Not synchronised.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace cli {

class Sha256 {
 public:
  /// Throws std::bad_alloc when libcrypto has no memory, std::runtime_error when it is set up without SHA-256.
  Sha256();
  Sha256& add(std::string_view bytes);
  /// Of all that was added, 64 small hexadecimal digits. What is added afterwards begins anew.
  std::string hex();

 private:
  void begin();

  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace cli
