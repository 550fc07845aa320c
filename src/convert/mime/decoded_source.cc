// SPDX-License-Identifier: Apache-2.0
// A decoded view of encoded bytes that stay where they are. Reading on costs what decoding costs; reading back begins
// anew, so a reader that jumps about wants a copy.
#include <algorithm>
#include <cstring>
#include <mutex>

#include "convert/mime/codec.h"

namespace mapiary::mime {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

class DecodedSource final : public model::ByteSource {
 public:
  DecodedSource(std::shared_ptr<const model::ByteSource> encoded, Encoding encoding)
      : encoded_(std::move(encoded)), encoding_(encoding), decoder_(encoding) {}

  // Decodes all once. The bytes that were appended behind the end.
  Result<std::uint64_t> measure() {
    for (;;) {
      const bool more = TRY(step());
      size_ += out_.size();
      if (!more) break;
    }
    const std::uint64_t ignored = decoder_.ignored();
    restart();
    return ignored;
  }

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::lock_guard lock(mutex_);
    if (offset >= size_ || into.empty()) return 0;
    if (offset < out_begin_) restart();
    std::size_t filled = 0;
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
    while (filled < wanted) {
      const std::uint64_t at = offset + filled;
      if (at >= out_begin_ + out_.size()) {
        out_begin_ += out_.size();
        if (!TRY(step()) && out_.empty()) break;
        continue;
      }
      const auto skip = static_cast<std::size_t>(at - out_begin_);
      const std::size_t count = std::min(wanted - filled, out_.size() - skip);
      std::memcpy(into.data() + filled, out_.data() + skip, count);
      filled += count;
    }
    return filled;
  }

 private:
  void restart() const {
    decoder_ = Decoder(encoding_);
    in_ = std::string();  // its memory too: many of these may wait to be read
    out_ = std::string();
    out_begin_ = 0;
    in_at_ = 0;
  }

  // The next piece into out_. False when it is the last.
  Result<bool> step() const {
    out_.clear();
    in_.resize(kChunk);
    const std::size_t got = TRY(encoded_->read_at(in_at_, std::as_writable_bytes(std::span(in_))));
    in_at_ += got;
    if (got == 0) {
      decoder_.finish(out_);
      in_ = std::string();
      return false;
    }
    decoder_.feed(std::string_view(in_).substr(0, got), out_);
    return true;
  }

  std::shared_ptr<const model::ByteSource> encoded_;
  Encoding encoding_;
  std::uint64_t size_ = 0;
  mutable std::mutex mutex_;
  mutable Decoder decoder_;
  mutable std::string in_;
  mutable std::string out_;
  mutable std::uint64_t out_begin_ = 0;
  mutable std::uint64_t in_at_ = 0;
};

}  // namespace

Result<std::shared_ptr<const model::ByteSource>> decoded_source(std::shared_ptr<const model::ByteSource> encoded,
                                                                Encoding encoding, std::uint64_t* ignored) {
  if (ignored) *ignored = 0;
  if (encoding == Encoding::kIdentity) return encoded;
  auto source = std::make_shared<DecodedSource>(std::move(encoded), encoding);
  const std::uint64_t count = TRY(source->measure());
  if (ignored) *ignored = count;
  return std::shared_ptr<const model::ByteSource>(std::move(source));
}

}  // namespace mapiary::mime
