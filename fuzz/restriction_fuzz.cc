// SPDX-License-Identifier: Apache-2.0
// Restrictions and sort orders from wire bytes: round trip, compile, evaluate. The first byte chooses the width of
// counts.
#include <cstdlib>
#include <memory>

#include "model/prop_bag.h"
#include "model/restriction_codec.h"
#include "model/restriction_evaluator.h"

namespace {

using namespace mapiary::model;

class Row : public RestrictionTarget {
 public:
  Row() {
    bag_.set(PropValue::text(PropTag(0x0037001Fu), "Subject of a message"));
    bag_.set(PropValue::int32(PropTag(0x0E070003u), 1));
  }
  const PropValue* property(PropTag tag) override { return bag_.find(tag.id()); }
  mapiary::Result<bool> any_sub_object(PropTag, const SubObjectTest& test) override { return test(*this); }

 private:
  PropBag bag_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const WireForm form{(data[0] & 1) != 0 ? WireForm::Counts::k32 : WireForm::Counts::k16, 1252};
  if (const auto order = decode_sort_order(bytes)) {
    if (*encode_sort_order(*order) != bytes) std::abort();
  }
  const auto restriction = decode_restriction(bytes, form);
  if (!restriction) return 0;
  const auto encoded = encode_restriction(*restriction, form);
  if (!encoded || !(*decode_restriction(*encoded, form) == *restriction)) std::abort();
  auto compiled = CompiledRestriction::compile(*restriction);
  if (!compiled) return 0;
  Row row;
  (void)RestrictionEvaluator(std::make_shared<CompiledRestriction>(std::move(*compiled))).matches(row);
  return 0;
}
