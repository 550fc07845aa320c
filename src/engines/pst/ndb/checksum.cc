// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/checksum.h"

#include <zlib.h>

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mapiary::engines::pst {
namespace {

// crc32() inverts what it is given and what it returns.
std::uint32_t zlib_crc(std::uint32_t before, ByteSpan bytes) {
  const auto crc = crc32_z(~before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return ~static_cast<std::uint32_t>(crc);
}

#if defined(__x86_64__)

// What is less is not worth the preparation.
constexpr std::size_t kLeastForFolding = 128;

bool can_fold() {
  static const bool can = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
  return can;
}

// `x` moved on over as many bits as the two numbers of `by` stand for, onto `next`.
__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i x, __m128i by, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(x, by, 0x00), high = _mm_clmulepi64_si128(x, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// 16 bytes, the `i`th of `at`. No lambda: clang 14 takes no target for one.
__attribute__((target("pclmul,sse4.1"))) inline __m128i load_16(const std::byte* at, std::size_t i) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
}

// Bytes are a polynomial, of which the CRC is the rest of a division; so it is the same for a shorter one that has the
// same rest. 64 bytes at a time are folded onto those that follow, until 16 and what is less than 16 are left. The
// numbers are powers of x, divided by the CRC's polynomial: V. Gopal and others, "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction", 2009.
__attribute__((target("pclmul,sse4.1"))) std::uint32_t folded_crc(ByteSpan bytes) {
  const __m128i over_64 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i over_16 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size() - 64;
  __m128i x0 = load_16(at, 0), x1 = load_16(at, 1), x2 = load_16(at, 2), x3 = load_16(at, 3);
  for (at += 64; left >= 64; at += 64, left -= 64) {
    x0 = fold(x0, over_64, load_16(at, 0));
    x1 = fold(x1, over_64, load_16(at, 1));
    x2 = fold(x2, over_64, load_16(at, 2));
    x3 = fold(x3, over_64, load_16(at, 3));
  }
  x0 = fold(fold(fold(x0, over_16, x1), over_16, x2), over_16, x3);
  for (; left >= 16; at += 16, left -= 16) x0 = fold(x0, over_16, load_16(at, 0));
  std::byte rest[32];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(rest), x0);
  std::memcpy(rest + 16, at, left);
  return zlib_crc(0, ByteSpan(rest, 16 + left));
}

#endif

}  // namespace

std::uint32_t crc_of(ByteSpan bytes) {
  if (bytes.empty()) return 0;  // zlib takes a null pointer for the begin of a sum
#if defined(__x86_64__)
  if (bytes.size() >= kLeastForFolding && can_fold()) return folded_crc(bytes);
#endif
  return zlib_crc(0, bytes);
}

}  // namespace mapiary::engines::pst
