// SPDX-License-Identifier: Apache-2.0
// Random bytes from the system's own source: good enough for GUIDs and keys. Safe from any thread and across fork.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mapiary {

// Fills `out`. A system without a random source is a broken invariant: throws std::system_error.
void random_bytes(std::span<std::byte> out);
std::uint64_t random_u64();

}  // namespace mapiary
