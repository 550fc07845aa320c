// SPDX-License-Identifier: Apache-2.0
// One function for each structure of a PST: what the program pst_<structure>_fuzz runs. The first byte of an input is
// the variant, the second chooses among things of one kind.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mapiary::engines::pst::fuzzing {

void header(const std::uint8_t* data, std::size_t size);
void page(const std::uint8_t* data, std::size_t size);
void block(const std::uint8_t* data, std::size_t size);
// On a node of any bytes in a file that is whole otherwise; the third byte: how long the node's first block is.
void heap(const std::uint8_t* data, std::size_t size);
void bth(const std::uint8_t* data, std::size_t size);
void pc(const std::uint8_t* data, std::size_t size);
void tc(const std::uint8_t* data, std::size_t size);
void names(const std::uint8_t* data, std::size_t size);

}  // namespace mapiary::engines::pst::fuzzing
