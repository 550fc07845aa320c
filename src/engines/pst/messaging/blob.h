// SPDX-License-Identifier: Apache-2.0
// Large values read in parts, in the form that the engine interface wants: text as UTF-8. Which byte of UTF-8 belongs
// to which of the UTF-16 in the file is known piece by piece; the list of the pieces is made at the first reading and
// kept in the file's cache, so that a reader who opens the value for each part does not begin anew. One thread.
#pragma once

#include <memory>

#include "engines/pst/ltp/value.h"
#include "engines/pst/messaging/pst_file.h"

namespace mapiary::engines::pst {

class Utf16Text {
 public:
  static constexpr std::size_t kPieceUnits = 16 * 1024;

  // `key`: of the cache.
  static Result<Utf16Text> open(ValueBytes bytes, std::uint64_t key, PstFile& file);

  std::uint64_t size() const { return index_->back(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);

 private:
  Result<std::string> piece(std::size_t number);

  ValueBytes bytes_;
  std::shared_ptr<const PstFile::TextIndex> index_;  // where each piece begins, and at last the end
  std::size_t last_ = SIZE_MAX;
  std::string last_piece_;
};

}  // namespace mapiary::engines::pst
