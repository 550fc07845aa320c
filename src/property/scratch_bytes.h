// SPDX-License-Identifier: Apache-2.0
// RandomBytes of any size of which at most kInMemory bytes are in memory: the working copy behind a property stream.
// And the steps that bring such bytes from one form to another without ever holding them whole.
//
// commit() hands the content to `save` if something changed; revert() fetches it anew with `load`. Not synchronised, as
// RandomBytes.
#pragma once

#include "base/scratch.h"
#include "property/random_bytes.h"

namespace mapiary::property {

// From here on a value does not stay in memory.
inline constexpr std::uint64_t kInMemory = std::uint64_t{1} << 20;

class ScratchBytes final : public RandomBytes {
 public:
  using Load = std::function<Status(ScratchBytes& into)>;
  using Save = std::function<Status(ScratchBytes& content)>;

  ScratchBytes() = default;
  ScratchBytes(Load load, Save save) : load_(std::move(load)), save_(std::move(save)) {}
  // Call once, before the first use, when there is something to load.
  Status load();

  Result<std::uint64_t> size() override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    return bytes_.read_at(offset, out);
  }
  Status write(std::uint64_t offset, ByteSpan data) override;
  Status resize(std::uint64_t size) override;
  Status commit() override;
  Status revert() override;
  // Makes commit() save even if nothing is written: a value just created has to come into being.
  void touch() { changed_ = true; }
  std::uint64_t in_memory() const { return area_.memory_used(); }

 private:
  ScratchArea area_{kInMemory};
  Scratch bytes_{area_};
  Load load_;
  Save save_;
  bool changed_ = false;
};

// All of `from` to the end of `to`.
Status append_all(RandomBytes& from, RandomBytes& to);
Status append(RandomBytes& to, std::string_view bytes);

// Text in UTF-8, UTF-16LE, or WCHAR units as a program's memory has them. What is broken becomes U+FFFD; a last unit
// that is not whole is dropped.
enum class TextForm : std::uint8_t { kUtf8, kUtf16, kWide };
Status append_text(RandomBytes& from, TextForm from_form, RandomBytes& to, TextForm to_form);

}  // namespace mapiary::property
