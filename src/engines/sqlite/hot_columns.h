// SPDX-License-Identifier: Apache-2.0
// The properties that stand in columns of msg_hot instead of the bag: those that tables sort by, filter by and show.
// A value of another type, or a long text, stays in the bag, and the bit of its column is set in `spill`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "model/prop_bag.h"
#include "sqlite/database.h"

namespace mapiary::engines::sqlite {

struct HotColumn {
  model::PropTag tag;
  const char* name;
};

inline constexpr std::array<HotColumn, 12> kHotColumns = {{
    {model::PropTag(0x0E060040), "delivered"},   // PR_MESSAGE_DELIVERY_TIME
    {model::PropTag(0x00390040), "submitted"},   // PR_CLIENT_SUBMIT_TIME
    {model::PropTag(0x30080040), "modified"},    // PR_LAST_MODIFICATION_TIME
    {model::PropTag(0x0E080014), "size"},        // PR_MESSAGE_SIZE_EXTENDED
    {model::PropTag(0x0E070003), "flags"},       // PR_MESSAGE_FLAGS
    {model::PropTag(0x00170003), "importance"},  // PR_IMPORTANCE
    {model::PropTag(0x0E1B000B), "has_attach"},  // PR_HASATTACH
    {model::PropTag(0x001A001F), "class"},       // PR_MESSAGE_CLASS
    {model::PropTag(0x00710102), "conv_index"},  // PR_CONVERSATION_INDEX
    {model::PropTag(0x0037001F), "subject"},     // PR_SUBJECT
    {model::PropTag(0x0C1A001F), "sender"},      // PR_SENDER_NAME
    {model::PropTag(0x0070001F), "topic"},       // PR_CONVERSATION_TOPIC
}};
inline constexpr std::size_t kHotCount = kHotColumns.size();
inline constexpr std::size_t kHotDelivered = 0, kHotSize = 3, kHotFlags = 4;
inline constexpr std::size_t kHotText = 255;  // bytes of a text or binary in a column
// Set in `spill` where the bag has no PR_READ_RECEIPT_REQUESTED, as nearly all have none: who marks messages read need
// not look into their bags.
inline constexpr std::int64_t kNoReceipt = 1 << kHotCount;
inline constexpr std::uint16_t kReceiptId = 0x0029;

// The column of a property id.
std::optional<std::size_t> hot_column(std::uint16_t property);
// Whether this value goes into that column.
bool fits_column(std::size_t column, const model::PropValue& value);
Status bind_hot(mapiary::sqlite::Statement& statement, int place, const model::PropValue& value);
// The value in column `at` of a row; empty if it is NULL.
model::PropValue hot_value(const mapiary::sqlite::Statement& row, int at, std::size_t column);

}  // namespace mapiary::engines::sqlite
