// SPDX-License-Identifier: Apache-2.0
// 64-bit unsigned arithmetic on FILETIME, modulo 2^64. Pages: ftaddft, ftadcft, ftsubft, ftnegft, ftmuldw, ftmuldwdw.
#include <mapiutil.h>

#include <cstdint>

namespace {

std::uint64_t joined(FILETIME ft) {
  return (std::uint64_t{ft.dwHighDateTime} << 32) | ft.dwLowDateTime;
}

FILETIME split(std::uint64_t value) {
  FILETIME ft;
  ft.dwLowDateTime = static_cast<DWORD>(value);
  ft.dwHighDateTime = static_cast<DWORD>(value >> 32);
  return ft;
}

}  // namespace

STDAPI_(FILETIME) FtAddFt(FILETIME ftAddend1, FILETIME ftAddend2) {
  return split(joined(ftAddend1) + joined(ftAddend2));
}

// Any carry but 0 counts as 1.
STDAPI_(FILETIME) FtAdcFt(FILETIME ftAddend1, FILETIME ftAddend2, WORD* pwCarry) {
  const std::uint64_t a = joined(ftAddend1);
  const std::uint64_t partial = a + joined(ftAddend2);
  const std::uint64_t sum = partial + (pwCarry && *pwCarry ? 1 : 0);
  if (pwCarry) *pwCarry = partial < a || sum < partial ? 1 : 0;
  return split(sum);
}

STDAPI_(FILETIME) FtSubFt(FILETIME ftMinuend, FILETIME ftSubtrahend) {
  return split(joined(ftMinuend) - joined(ftSubtrahend));
}

STDAPI_(FILETIME) FtNegFt(FILETIME ft) {
  return split(0 - joined(ft));
}

STDAPI_(FILETIME) FtMulDw(DWORD ftMultiplier, FILETIME ftMultiplicand) {
  return split(std::uint64_t{ftMultiplier} * joined(ftMultiplicand));
}

STDAPI_(FILETIME) FtMulDwDw(DWORD ftMultiplicand, DWORD ftMultiplier) {
  return split(std::uint64_t{ftMultiplicand} * ftMultiplier);
}
