// SPDX-License-Identifier: Apache-2.0
// RTF text: every extraction ends within its limits; what is wrapped comes back the same the second time.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "convert/rtf/rtf_sync.h"
#include "convert/rtf/rtf_text.h"
#include "convert/rtf/rtf_wrap.h"

using namespace mapiary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const rtf::TextLimits limits{.max_depth = 1000, .max_output = 1 << 22};
  (void)rtf::to_text(input, limits);
  (void)rtf::extract_html(input, limits);
  (void)rtf::extract_text(input, limits);
  (void)rtf::compute_sync(input);
  const auto text = rtf::extract_text(rtf::wrap_text(input));
  if (!text || rtf::extract_text(rtf::wrap_text(text->text))->text != text->text) std::abort();
  const auto html = rtf::extract_html(rtf::wrap_html(input));
  if (!html || rtf::extract_html(rtf::wrap_html(html->text))->text != html->text) std::abort();
  return 0;
}
