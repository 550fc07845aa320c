// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/object_ids.h"

#include <algorithm>
#include <array>

namespace mapiary::engines::pst {
namespace {

constexpr ObjectId kCoded = ObjectId{2} << 46;
constexpr ObjectId kGiven = ObjectId{3} << 46;
constexpr ObjectId kLow46 = (ObjectId{1} << 46) - 1;
constexpr std::uint32_t kWayBits = 18;

// Bits of each level, last level first; below them one bit for `is_message`, above them the prefix.
struct Form {
  std::uint32_t prefix;  // in the top bits of the 18
  std::uint32_t prefix_bits;
  std::array<std::uint32_t, 3> bits;  // first level first
  std::size_t levels;
};
constexpr std::array<Form, 3> kForms = {Form{0, 1, {16, 0, 0}, 1}, Form{2, 2, {8, 7, 0}, 2}, Form{6, 3, {5, 5, 4}, 3}};
static_assert(1 + 16 + 1 == kWayBits && 2 + 8 + 7 + 1 == kWayBits && 3 + 5 + 5 + 4 + 1 == kWayBits);

std::optional<ObjectId> coded(const Way& way) {
  if (way.attachments.empty() || way.attachments.size() > kForms.size()) return std::nullopt;
  const Form& form = kForms[way.attachments.size() - 1];
  ObjectId code = form.prefix;
  for (std::size_t i = 0; i < form.levels; ++i) {
    if (way.attachments[i] >> form.bits[i]) return std::nullopt;
    code = (code << form.bits[i]) | way.attachments[i];
  }
  code = (code << 1) | (way.is_message ? 1u : 0u);
  const ObjectId message =
      (ObjectId{way.message.index()} << 1) | (way.message.type() == NidType::kAssocMessage ? 1u : 0u);
  return kCoded | (message << kWayBits) | code;
}

}  // namespace

ObjectId Ways::number_of(const Way& way) {
  if (const auto id = coded(way)) return *id;
  const std::lock_guard lock(mutex_);
  const auto [at, fresh] = numbers_.try_emplace(way, kGiven | given_.size());
  if (fresh) given_.push_back(way);
  return at->second;
}

std::optional<Way> Ways::way_of(ObjectId id) const {
  if (id >> 48 || !is_nested(id)) return std::nullopt;
  if ((id & kGiven) == kGiven) {
    const std::lock_guard lock(mutex_);
    const ObjectId at = id & kLow46;
    if (at >= given_.size()) return std::nullopt;
    return given_[static_cast<std::size_t>(at)];
  }
  const auto message = static_cast<std::uint32_t>((id >> kWayBits) & ((ObjectId{1} << 28) - 1));
  auto code = static_cast<std::uint32_t>(id & ((1u << kWayBits) - 1));
  const auto* form = std::find_if(kForms.begin(), kForms.end(), [code](const Form& one) {
    return code >> (kWayBits - one.prefix_bits) == one.prefix;
  });
  if (form == kForms.end()) return std::nullopt;
  Way way;
  way.message = Nid::of((message & 1) != 0 ? NidType::kAssocMessage : NidType::kNormalMessage, message >> 1);
  way.is_message = (code & 1) != 0;
  code >>= 1;
  way.attachments.resize(form->levels);
  for (std::size_t i = form->levels; i-- > 0; code >>= form->bits[i]) {
    way.attachments[i] = code & ((1u << form->bits[i]) - 1);
  }
  return way;
}

}  // namespace mapiary::engines::pst
