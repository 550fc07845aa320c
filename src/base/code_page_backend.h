// SPDX-License-Identifier: Apache-2.0
// The seam to ICU and iconv; only code_page*.cc include it. Conversions are lossy and counted, as code_page.h says.
// nullopt: no such converter. Safe from any thread (converters are kept per thread).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mapiary::code_page {

struct Decoded {
  std::u16string units;
  std::size_t replaced = 0;
};
struct Encoded {
  std::string bytes;
  std::size_t replaced = 0;
};

std::optional<Decoded> icu_decode(const std::string& name, std::string_view bytes);
std::optional<Encoded> icu_encode(const std::string& name, std::u16string_view units);
bool icu_knows(const std::string& name);

std::optional<Decoded> iconv_decode(const std::string& name, std::string_view bytes);
std::optional<Encoded> iconv_encode(const std::string& name, std::u16string_view units);
bool iconv_knows(const std::string& name);

}  // namespace mapiary::code_page
