// SPDX-License-Identifier: Apache-2.0
// The actions of a rule from wire bytes: what decodes comes back the same. The first byte chooses the form.
#include <cstdlib>

#include "model/rule_actions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mapiary::model;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const WireForm form{(data[0] & 1) != 0 ? WireForm::Counts::k32 : WireForm::Counts::k16, 1252};
  const auto actions = decode_rule_actions(bytes, form);
  if (!actions) return 0;
  const auto encoded = encode_rule_actions(*actions, form);
  if (!encoded || !(*decode_rule_actions(*encoded, form) == *actions)) std::abort();
  return 0;
}
