// SPDX-License-Identifier: Apache-2.0
// Size and copy of an array of notifications as one block. Pure functions. The exported functions over them:
// ScCountNotifications and so on.
#pragma once

#include <mapix.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mapiary::util {

// Bytes of the block, a multiple of 8. nullopt: an unknown event, a NULL pointer with a count, memory that cannot be
// read, over 4 GB.
std::optional<std::uint64_t> notifications_size(const NOTIFICATION* list, std::size_t count);
// `block` is large enough (notifications_size). nullopt as above, with the block half filled.
std::optional<std::uint64_t> copy_notifications(const NOTIFICATION* list, std::size_t count, void* block);

}  // namespace mapiary::util
