// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/file_charset.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/plan.h"

namespace mapiary::mime {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::uint64_t kLooked = std::uint64_t{64} << 20;
constexpr std::string_view kAnyBytes = "iso-8859-1";

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// Code pages of Windows have more characters than the standards whose names mail gives them. Whether a pair of bytes is
// of the standard; `name` has to be said where one is not.
struct Wider {
  std::uint32_t page;
  const char* name;
  bool (*is_standard)(unsigned lead, unsigned trail);
};

bool in_shift_jis(unsigned lead, unsigned) {
  return lead != 0x87 && lead < 0xED;  // without NEC's row 13 and IBM's characters
}
bool in_gb2312(unsigned lead, unsigned trail) {
  const bool marks = lead == 0xA1 || lead == 0xA3;
  return trail >= 0xA1 && (marks || (lead >= 0xB0 && lead <= 0xF7));
}
bool in_euc_kr(unsigned lead, unsigned trail) {
  return lead >= 0xA1 && trail >= 0xA1;
}
bool in_big5(unsigned lead, unsigned trail) {
  const unsigned pair = lead << 8 | trail;
  return (pair >= 0xA440 && pair <= 0xC67E) || (pair >= 0xC940 && pair <= 0xF9D5) || (pair >= 0xA140 && pair <= 0xA3BF);
}

constexpr std::array kWider = {Wider{932, "windows-31j", in_shift_jis}, Wider{936, "gbk", in_gb2312},
                               Wider{949, "cp949", in_euc_kr}, Wider{950, "big5-hkscs", in_big5}};

const Wider* wider_of(std::uint32_t page) {
  const auto found = std::find_if(kWider.begin(), kWider.end(), [page](const Wider& one) { return one.page == page; });
  return found == kWider.end() ? nullptr : &*found;
}

bool is_standard(const Wider& wider, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const unsigned lead = byte_at(bytes, at);
    const bool kana = wider.page == 932 && lead >= 0xA1 && lead <= 0xDF;
    if (lead < 0x81 || kana) continue;
    if (!wider.is_standard(lead, byte_at(bytes, ++at))) return false;
  }
  return true;
}

// ASCII bytes that are other characters: ISO-2022, HZ, UTF-7, UTF-16.
bool is_stateful(std::uint32_t page) {
  return (page >= 50220 && page <= 50229) || page == 52936 || page == 65000 || page == 1200 || page == 1201 ||
         page == 12000 || page == 12001;
}

bool has_c1_byte(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<signed char>(c) < -96; });
}

// What is known of a file after a look at each of its bytes.
class Look {
 public:
  explicit Look(std::uint32_t page) : page_(page), wider_(wider_of(page)) {}

  // Whole lines, but for the last.
  void add(std::string_view bytes) {
    const bool plain = is_ascii(bytes);
    ascii_ = ascii_ && plain;
    utf8_ = utf8_ && (plain || is_valid_utf8(bytes));
    if (page_ == 0 || !fits_ || (plain && !is_stateful(page_))) return;
    const auto text = decode_text(page_, bytes, Conversion::kStrict);
    fits_ = text.has_value();
    encoded_ = encoded_ || (text && text->text != bytes);
    one_byte_fits_ = one_byte_fits_ && !has_c1_byte(bytes);
    standard_ = standard_ && (wider_ == nullptr || is_standard(*wider_, bytes));
  }

  std::string charset(std::string_view stated) const {
    if (is_stateful(page_) && fits_ && encoded_) return std::string(stated);
    if (ascii_) {
      const bool keep = !stated.empty() && (page_ == code_page::kUtf8 || is_safe_page(page_));
      return keep ? std::string(charset_of_code_page(page_)) : stated.empty() ? "" : "us-ascii";
    }
    if (stated.empty() && utf8_) return "utf-8";
    if (page_ != 0 && page_ != code_page::kUtf8 && page_ != code_page::kAscii && fits_) {
      if (is_one_byte_page(page_)) {
        if (one_byte_fits_) return std::string(charset_of_code_page(page_));
      } else if (!standard_) {
        return wider_->name;
      } else if (wider_ != nullptr || !stated.empty()) {
        return stated.empty() ? std::string(charset_of_code_page(page_)) : std::string(stated);
      }
    }
    return utf8_ ? "utf-8" : std::string(kAnyBytes);
  }

 private:
  const std::uint32_t page_;
  const Wider* const wider_;
  bool ascii_ = true, utf8_ = true, fits_ = true, one_byte_fits_ = true, standard_ = true, encoded_ = false;
};

// Where a piece can end so that no character is cut: behind a line, or before a character of UTF-8. 0: nowhere.
std::size_t end_of_whole(std::string_view piece, bool multi_byte) {
  if (const std::size_t line = piece.rfind('\n'); line != std::string_view::npos) return line + 1;
  if (multi_byte) return 0;
  for (std::size_t back = 1; back <= 3 && back < piece.size(); ++back) {
    const unsigned byte = byte_at(piece, piece.size() - back);
    if (byte >= 0xC0) return piece.size() - back;
    if (byte < 0x80) break;
  }
  return piece.size();
}

bool look_at(model::ByteStream& stream, Look& look, std::uint32_t page) {
  const bool multi_byte = page != 0 && page != code_page::kUtf8 && !is_one_byte_page(page);
  std::string piece;
  for (std::uint64_t left = stream.size();;) {
    const std::size_t held = piece.size();
    const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece));
    piece.resize(held + more);
    const auto got = stream.read(std::as_writable_bytes(std::span(piece)).subspan(held));
    if (!got || *got != more) return false;
    left -= more;
    if (left == 0) {
      look.add(piece);
      return true;
    }
    const std::size_t end = end_of_whole(piece, multi_byte);
    if (is_stateful(page) || end == 0) return false;
    look.add(std::string_view(piece).substr(0, end));
    piece.erase(0, end);
  }
}

}  // namespace

std::string file_charset(const model::Attachment& attachment, std::string_view stated, std::uint32_t of_message) {
  // The page of a message in the Latin alphabet says nothing of a file.
  const bool is_hint = of_message != code_page::kWestern && of_message != 28591;
  const std::uint32_t page = !stated.empty() ? code_page_of_charset(stated).value_or(0) : is_hint ? of_message : 0;
  auto stream = attachment.open();
  if (!stream || (*stream)->size() > kLooked) return std::string(kAnyBytes);
  Look look(page);
  return look_at(**stream, look, page) ? look.charset(stated) : std::string(kAnyBytes);
}

}  // namespace mapiary::mime
