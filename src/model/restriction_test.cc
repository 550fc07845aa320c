// SPDX-License-Identifier: Apache-2.0
#include "model/restriction.h"

#include <gtest/gtest.h>

namespace mapiary::model {
namespace {

constexpr PropTag kSubject(0x0037001Fu);

std::vector<Restriction> different_ones() {
  const PropValue text = PropValue::text(kSubject, "a");
  return {
      Restriction::all_of({}),
      Restriction::any_of({}),
      Restriction::any_of({Restriction::exist(kSubject)}),
      Restriction::negate(Restriction::exist(kSubject)),
      Restriction::content(kSubject, {FuzzyLevel::kPrefix}, text),
      Restriction::content(kSubject, {FuzzyLevel::kPrefix | FuzzyLevel::kIgnoreCase}, text),
      Restriction::property(kSubject, RelOp::kEq, text),
      Restriction::property(kSubject, RelOp::kNe, text),
      Restriction::property(kSubject, RelOp::kEq, PropValue::text(kSubject, "b")),
      Restriction::compare_props(kSubject, RelOp::kEq, PropTag(0x0E1D001Fu)),
      Restriction::bit_mask(PropTag(0x0E070003u), 1, true),
      Restriction::bit_mask(PropTag(0x0E070003u), 1, false),
      Restriction::size(kSubject, RelOp::kGt, 10),
      Restriction::exist(kSubject),
      Restriction::sub_object(PropTag(0x0E12000Du), Restriction::exist(kSubject)),
      Restriction::comment({text}),
      Restriction::comment({text}, Restriction::exist(kSubject)),
      Restriction::count(3, Restriction::exist(kSubject)),
      Restriction::count(4, Restriction::exist(kSubject)),
  };
}

TEST(Restriction, EqualityTellsEveryPartApart) {
  const auto all = different_ones();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) EXPECT_EQ(all[i] == all[j], i == j) << i << " " << j;
  }
}

TEST(Restriction, DepthCountsLevels) {
  Restriction r = Restriction::exist(kSubject);
  EXPECT_EQ(r.depth(), 1);
  for (int i = 0; i < 9; ++i) r = Restriction::negate(std::move(r));
  EXPECT_EQ(r.depth(), 10);
  EXPECT_EQ(Restriction::all_of({Restriction::exist(kSubject), std::move(r)}).depth(), 11);
}

}  // namespace
}  // namespace mapiary::model
