// SPDX-License-Identifier: Apache-2.0
#include "property/scratch_bytes.h"

#include <algorithm>
#include <cstring>

#include "base/unicode.h"

namespace mapiary::property {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 62;

// How many bytes at the end of `piece` belong to a character that goes on in the next piece.
std::size_t unfinished_utf8(std::string_view piece) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, piece.size()); ++back) {
    const auto byte = static_cast<unsigned char>(piece[piece.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

std::size_t unfinished_utf16(std::string_view piece) {
  const std::size_t odd = piece.size() % 2;
  if (piece.size() < odd + 2) return odd;
  const auto high = static_cast<unsigned char>(piece[piece.size() - odd - 1]);
  return (high & 0xFC) == 0xD8 ? odd + 2 : odd;
}

std::size_t unfinished(TextForm form, std::string_view piece) {
  switch (form) {
    case TextForm::kUtf8:
      return unfinished_utf8(piece);
    case TextForm::kUtf16:
      return unfinished_utf16(piece);
    default:
      return piece.size() % sizeof(wchar_t);
  }
}

std::string to_utf8(TextForm form, std::string_view piece) {
  if (form == TextForm::kUtf8) return std::string(piece);
  if (form == TextForm::kUtf16) return utf16le_to_utf8(bytes_of(piece.substr(0, piece.size() / 2 * 2)));
  std::wstring wide(piece.size() / sizeof(wchar_t), L'\0');
  std::memcpy(wide.data(), piece.data(), wide.size() * sizeof(wchar_t));
  return wide_to_utf8(wide);
}

std::string from_utf8(TextForm form, std::string utf8) {
  if (form == TextForm::kUtf8) return utf8;
  if (form == TextForm::kUtf16) return utf8_to_utf16le(utf8);
  const std::wstring wide = utf8_to_wide(utf8);
  return {reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(wchar_t)};
}

}  // namespace

Status ScratchBytes::load() {
  if (load_) TRY(load_(*this));
  changed_ = false;
  return {};
}

Status ScratchBytes::write(std::uint64_t offset, ByteSpan data) {
  if (data.empty()) return {};
  if (offset > kMaxSize || data.size() > kMaxSize - offset)
    return fail(Code::kTooBig, "property", "no value has so many bytes", offset);
  changed_ = true;
  return bytes_.write_at(offset, data);
}

Status ScratchBytes::resize(std::uint64_t size) {
  if (size > kMaxSize) return fail(Code::kTooBig, "property", "no value has so many bytes", size);
  if (size == bytes_.size()) return {};
  changed_ = true;
  return bytes_.resize(size);
}

Status ScratchBytes::commit() {
  if (!changed_) return {};
  if (save_) TRY(save_(*this));
  changed_ = false;
  return {};
}

Status ScratchBytes::revert() {
  if (!changed_) return {};
  TRY(bytes_.resize(0));
  return load();
}

Status append(RandomBytes& to, std::string_view bytes) {
  return to.write(TRY(to.size()), bytes_of(bytes));
}

Status append_all(RandomBytes& from, RandomBytes& to) {
  std::vector<std::byte> buffer(kPiece);
  std::uint64_t out = TRY(to.size());
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(from.read(at, buffer));
    if (got == 0) return {};
    TRY(to.write(out, ByteSpan(buffer).first(got)));
    at += got;
    out += got;
  }
}

Status append_text(RandomBytes& from, TextForm from_form, RandomBytes& to, TextForm to_form) {
  std::string piece(kPiece, '\0');
  std::size_t kept = 0;
  std::uint64_t out = TRY(to.size());
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(from.read(at, std::as_writable_bytes(std::span(piece)).subspan(kept)));
    const std::string_view whole = std::string_view(piece).substr(0, kept + got);
    const std::size_t rest = got == 0 ? 0 : unfinished(from_form, whole);
    const std::string done = from_utf8(to_form, to_utf8(from_form, whole.substr(0, whole.size() - rest)));
    TRY(to.write(out, bytes_of(done)));
    out += done.size();
    if (got == 0) return {};
    at += got;
    std::memmove(piece.data(), piece.data() + whole.size() - rest, rest);
    kept = rest;
  }
}

}  // namespace mapiary::property
