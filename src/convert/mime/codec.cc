// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/codec.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/unicode.h"
#include "convert/mime/fields.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace mapiary::mime {
namespace {

constexpr std::uint8_t kSkip = 64;
constexpr std::uint8_t kPad = 65;

constexpr std::array<std::uint8_t, 256> base64_values() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kSkip);
  for (int i = 0; i < 26; ++i) {
    table[static_cast<std::size_t>('A' + i)] = static_cast<std::uint8_t>(i);
    table[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = static_cast<std::uint8_t>(52 + i);
  table['+'] = 62;
  table['/'] = 63;
  table['='] = kPad;
  return table;
}
constexpr auto kBase64 = base64_values();

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The two digits of twelve bits.
constexpr std::array<std::array<char, 2>, 4096> digit_pairs() {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t bits = 0; bits < pairs.size(); ++bits) pairs[bits] = {kDigits[bits >> 6], kDigits[bits & 63]};
  return pairs;
}
constexpr auto kDigitPairs = digit_pairs();

// What stands for itself in quoted-printable, blanks included, unless it begins or ends a line.
constexpr std::array<bool, 256> quoted_plain() {
  std::array<bool, 256> table{};
  for (std::size_t c = 33; c < 127; ++c) table[c] = c != '=';
  table[' '] = table['\t'] = true;
  return table;
}
constexpr auto kQuotedPlain = quoted_plain();
bool is_quoted_plain(char c) {
  return kQuotedPlain[static_cast<unsigned char>(c)];
}

// What each of four digits is in three bytes; kNoDigits where one is none.
constexpr std::uint32_t kNoDigits = 0xFF000000;
constexpr std::array<std::array<std::uint32_t, 256>, 4> shifted_digits() {
  std::array<std::array<std::uint32_t, 256>, 4> table{};
  for (std::size_t place = 0; place < 4; ++place) {
    for (std::size_t c = 0; c < 256; ++c) {
      table[place][c] = kBase64[c] < kSkip ? std::uint32_t{kBase64[c]} << (18 - 6 * place) : kNoDigits;
    }
  }
  return table;
}
constexpr auto kShifted = shifted_digits();

std::uint8_t value_of(char c) {
  return kBase64[static_cast<unsigned char>(c)];
}

// Where a run of quoted_plain() ends.
std::size_t plain_end(std::string_view text, std::size_t at) {
#ifdef __x86_64__
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Compared with their signs: all beyond ASCII is below the blank.
    const __m128i low =
        _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')), _mm_cmpgt_epi8(_mm_set1_epi8(' '), bytes));
    const __m128i other =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('=')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(127)));
    const int found = _mm_movemask_epi8(_mm_or_si128(low, other));
    if (found != 0) return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(found)));
  }
#endif
  while (at < text.size() && is_quoted_plain(text[at])) ++at;
  return at;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

int hex_pair(std::string_view text) {
  if (text.size() < 2) return -1;
  const int high = hex_digit(text[0]);
  const int low = hex_digit(text[1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Encoding encoding_of_name(std::string_view name, bool* known) {
  struct Named {
    std::string_view name;
    Encoding encoding;
  };
  static constexpr Named kNames[] = {
      {"base64", Encoding::kBase64},     {"quoted-printable", Encoding::kQuotedPrintable},
      {"7bit", Encoding::kIdentity},     {"8bit", Encoding::kIdentity},
      {"binary", Encoding::kIdentity},   {"x-uuencode", Encoding::kUuencode},
      {"uuencode", Encoding::kUuencode}, {"x-uue", Encoding::kUuencode},
      {"uue", Encoding::kUuencode},      {"", Encoding::kIdentity}};
  name = trim(name.substr(0, name.find(';')));
  for (const Named& each : kNames) {
    if (equals_ascii_nocase(each.name, name)) {
      if (known) *known = true;
      return each.encoding;
    }
  }
  if (known) *known = false;
  return Encoding::kIdentity;
}

void Decoder::flush_quantum(std::string& out) {
  if (digits_ >= 2) out += static_cast<char>(quantum_ >> (digits_ * 6 - 8));
  if (digits_ == 3) out += static_cast<char>(quantum_ >> 2);
  quantum_ = 0;
  digits_ = 0;
}

void Decoder::feed_base64(std::string_view in, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + in.size() / 4 * 3 + 4);
  char* to = out.data() + before;
  std::size_t at = 0;
  while (at < in.size() && !done_) {
    // Four digits at once while nothing is in between.
    while (digits_ == 0 && at + 4 <= in.size()) {
      const auto digit = [&](std::size_t place) { return kShifted[place][static_cast<unsigned char>(in[at + place])]; };
      const std::uint32_t bits = digit(0) | digit(1) | digit(2) | digit(3);
      if (bits >= kNoDigits) break;
      const std::uint32_t bytes = __builtin_bswap32(bits << 8);
      std::memcpy(to, &bytes, 4);  // the fourth is written again, or cut off
      to += 3;
      at += 4;
    }
    if (at == in.size()) break;
    const std::uint8_t value = value_of(in[at++]);
    if (value < kSkip) {
      quantum_ = quantum_ << 6 | value;
      if (++digits_ < 4) continue;
      to[0] = static_cast<char>(quantum_ >> 16);
      to[1] = static_cast<char>(quantum_ >> 8);
      to[2] = static_cast<char>(quantum_);
      to += 3;
      quantum_ = 0;
      digits_ = 0;
    } else if (value == kPad && digits_ >= 2) {
      done_ = true;
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  if (!done_) return;
  flush_quantum(out);
  for (; at < in.size(); ++at) ignored_ += value_of(in[at]) != kPad && !trim(in.substr(at, 1)).empty() ? 1 : 0;
}

// In held_ waits an '=' with what may still become a soft line break or a byte.
void Decoder::feed_quoted(std::string_view in, std::string& out) {
  std::string joined;
  if (!held_.empty()) {
    joined = std::move(held_) + std::string(in);
    held_.clear();
    in = joined;
  }
  std::size_t at = 0;
  while (at < in.size()) {
    const std::size_t equals = in.find('=', at);
    out += in.substr(at, equals - at);
    if (equals == std::string_view::npos) return;
    std::string_view rest = in.substr(equals + 1);
    std::size_t blanks = 0;
    while (blanks < rest.size() && is_blank(rest[blanks])) ++blanks;
    const bool undecided =
        rest.size() < 2 || blanks == rest.size() || (rest[blanks] == '\r' && blanks + 1 == rest.size());
    if (undecided && !done_ && rest.size() < 1000) {
      held_ = in.substr(equals);
      return;
    }
    if (const int value = hex_pair(rest); value >= 0) {
      out += static_cast<char>(value);
      at = equals + 3;
    } else if (blanks < rest.size() && rest[blanks] == '\n') {
      at = equals + 1 + blanks + 1;
    } else if (blanks + 1 < rest.size() && rest[blanks] == '\r' && rest[blanks + 1] == '\n') {
      at = equals + 1 + blanks + 2;
    } else if (done_ && trim(rest).empty()) {
      at = in.size();
    } else {
      out += '=';
      at = equals + 1;
    }
  }
}

void Decoder::uu_line(std::string_view line, std::string& out) {
  if (!began_) {
    began_ = line.substr(0, 6) == "begin ";
    return;
  }
  if (done_ || line.empty()) return;
  if (line == "end") {
    done_ = true;
    return;
  }
  const auto digit = [](char c) { return static_cast<std::uint32_t>((c - ' ') & 63); };
  std::size_t length = digit(line.front());
  line.remove_prefix(1);
  while (length > 0 && !line.empty()) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) bits = bits << 6 | (i < line.size() ? digit(line[i]) : 0);
    const std::size_t count = std::min<std::size_t>(length, 3);
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(bits >> (16 - 8 * i));
    length -= count;
    line.remove_prefix(std::min<std::size_t>(4, line.size()));
  }
}

void Decoder::feed_uu(std::string_view in, std::string& out) {
  while (!in.empty()) {
    const std::size_t end = in.find('\n');
    if (end == std::string_view::npos) {
      if (held_.size() < 4096) held_ += in.substr(0, 4096);
      return;
    }
    std::string line = std::move(held_) + std::string(in.substr(0, std::min<std::size_t>(end, 4096)));
    held_.clear();
    if (!line.empty() && line.back() == '\r') line.pop_back();
    uu_line(line, out);
    in.remove_prefix(end + 1);
  }
}

void Decoder::feed(std::string_view in, std::string& out) {
  switch (encoding_) {
    case Encoding::kIdentity:
      out += in;
      break;
    case Encoding::kBase64:
      feed_base64(in, out);
      break;
    case Encoding::kQuotedPrintable:
      feed_quoted(in, out);
      break;
    case Encoding::kUuencode:
      feed_uu(in, out);
      break;
  }
}

void Decoder::finish(std::string& out) {
  if (encoding_ == Encoding::kBase64 && !done_) flush_quantum(out);
  const bool was_done = done_;
  done_ = true;
  if (encoding_ == Encoding::kQuotedPrintable && !held_.empty()) feed_quoted("", out);
  if (encoding_ == Encoding::kUuencode && !held_.empty() && !was_done) {
    done_ = false;
    uu_line(std::move(held_), out);
  }
}

std::string decode(Encoding encoding, std::string_view bytes) {
  std::string out;
  if (encoding == Encoding::kQuotedPrintable) out.reserve(bytes.size());
  Decoder decoder(encoding);
  decoder.feed(bytes, out);
  decoder.finish(out);
  return out;
}

std::string decode_base64(std::string_view text) {
  return decode(Encoding::kBase64, text);
}

namespace {

#ifdef __x86_64__

bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}

// 24 bytes as 32 digits of six bits. It reads 28 of them.
__attribute__((target("avx2"), always_inline)) inline void put_base64_block(char* to, const unsigned char* from) {
  // Of each three bytes a b c the four b a c b, from which two multiplications cut the digits.
  const __m256i spread = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4, 3, 5, 4, 7,
                                          6, 8, 7, 10, 9, 11, 10);
  // What is added to a digit: by where it lies among A-Z, a-z, 0-9, + and /.
  const __m256i shift = _mm256_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                         '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0, 'a' - 26,
                                         '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                         '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 12));
  const __m256i bytes = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), spread);
  const __m256i odd =
      _mm256_mulhi_epu16(_mm256_and_si256(bytes, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
  const __m256i even =
      _mm256_mullo_epi16(_mm256_and_si256(bytes, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
  const __m256i digits = _mm256_or_si256(odd, even);
  const __m256i beyond = _mm256_subs_epu8(digits, _mm256_set1_epi8(51));
  const __m256i upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), digits);
  const __m256i kind = _mm256_or_si256(beyond, _mm256_and_si256(upper, _mm256_set1_epi8(13)));
  const __m256i text = _mm256_add_epi8(_mm256_shuffle_epi8(shift, kind), digits);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), text);
}

// How many bytes were done.
__attribute__((target("avx2"))) std::size_t put_base64_wide(char* to, const unsigned char* from, std::size_t size) {
  std::size_t done = 0;
  for (; size - done >= 28; done += 24, to += 32) put_base64_block(to, from + done);
  return done;
}

// Whole lines, as long as the blocks of the last one neither read behind the input nor write behind the output, which
// has room for all lines. The third block of a line writes too much, which its end and the next line cover.
__attribute__((target("avx2"))) std::size_t put_base64_lines_wide(char* to, const unsigned char* from,
                                                                  std::size_t size) {
  static_assert(kBase64Line == 57);
  constexpr std::size_t kEncoded = 78;
  std::size_t done = 0;
  for (; size - done >= kBase64Line + 24; done += kBase64Line, to += kEncoded) {
    put_base64_block(to, from + done);
    put_base64_block(to + 32, from + done + 24);
    put_base64_block(to + 64, from + done + 48);
    to[76] = '\r';
    to[77] = '\n';
  }
  return done;
}

#else

bool has_avx2() {
  return false;
}
std::size_t put_base64_wide(char*, const unsigned char*, std::size_t) {
  return 0;
}
std::size_t put_base64_lines_wide(char*, const unsigned char*, std::size_t) {
  return 0;
}

#endif

char* put_base64(char* to, std::string_view bytes) {
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  if (left >= 28 && has_avx2()) {
    const std::size_t done = put_base64_wide(to, from, left);
    from += done, left -= done, to += done / 3 * 4;
  }
  for (; left >= 8; left -= 6, from += 6, to += 8) {
    std::uint64_t bits;
    std::memcpy(&bits, from, sizeof bits);  // the last two bytes come again
    bits = __builtin_bswap64(bits);
    for (int i = 0; i < 4; ++i) std::memcpy(to + i * 2, kDigitPairs[bits >> (52 - 12 * i) & 4095].data(), 2);
  }
  for (; left >= 3; left -= 3, from += 3, to += 4) {
    const unsigned bits = static_cast<unsigned>(from[0]) << 16 | static_cast<unsigned>(from[1]) << 8 | from[2];
    std::memcpy(to, kDigitPairs[bits >> 12].data(), 2);
    std::memcpy(to + 2, kDigitPairs[bits & 4095].data(), 2);
  }
  if (left == 0) return to;
  const unsigned second = left == 2 ? from[1] : 0;
  to[0] = kDigits[from[0] >> 2];
  to[1] = kDigits[(from[0] & 3) << 4 | second >> 4];
  to[2] = left == 2 ? kDigits[(second & 15) << 2] : '=';
  to[3] = '=';
  return to + 4;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  const std::size_t before = out.size();
  out.resize(before + (bytes.size() + 2) / 3 * 4);
  put_base64(out.data() + before, bytes);
}

namespace {

constexpr std::size_t kEncodedLine = kBase64Line / 3 * 4 + 2;

// Room for all lines of `bytes` is behind `to`.
char* put_base64_lines(char* to, std::string_view bytes) {
  const std::size_t done =
      bytes.size() > kBase64Line && has_avx2()
          ? put_base64_lines_wide(to, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size())
          : 0;
  to += done / kBase64Line * kEncodedLine;
  for (std::size_t at = done; at < bytes.size(); at += kBase64Line) {
    to = put_base64(to, bytes.substr(at, kBase64Line));
    *to++ = '\r';
    *to++ = '\n';
  }
  return to;
}

}  // namespace

// A string grows by zeros only; so pieces are made elsewhere, where they stay in the nearest cache.
void append_base64_lines(std::string& out, std::string_view bytes) {
  constexpr std::size_t kLines = 100;
  char piece[kLines * kEncodedLine];
  const std::size_t lines = (bytes.size() + kBase64Line - 1) / kBase64Line;
  out.reserve(out.size() + lines * kEncodedLine);
  for (std::size_t at = 0; at < bytes.size(); at += kLines * kBase64Line) {
    const char* const end = put_base64_lines(piece, bytes.substr(at, kLines * kBase64Line));
    out.append(piece, static_cast<std::size_t>(end - piece));
  }
}

void append_quoted_printable(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  constexpr std::size_t kMost = 75;     // and one more at the end of a line of text
  constexpr std::size_t kPiece = 2048;  // each character takes three bytes at most, and a line end for 25 of them
  char piece[kPiece * 4 + 8];
  std::size_t column = 0;
  out.reserve(out.size() + text.size() + text.size() / 8);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t piece_end = std::min(at + kPiece, text.size());
    char* to = piece;
    const auto soft_break = [&] {
      std::memcpy(to, "=\r\n", 3);
      to += 3;
      column = 0;
    };
    for (; at < piece_end; ++at) {
      // "From " is quoted by mailboxes, and a dot alone ends SMTP data.
      const bool risky = column == 0 && (text[at] == 'F' || text[at] == '.' || text[at] == '-');
      if (!risky && is_quoted_plain(text[at])) {
        // Most text, up to the last character of the run: what follows that decides what it is.
        const std::size_t end = plain_end(text.substr(0, piece_end), at + 1);
        while (at + 1 < end) {
          if (column == kMost) soft_break();
          const std::size_t count = std::min(kMost - column, end - 1 - at);
          std::memcpy(to, text.data() + at, count);
          to += count;
          at += count;
          column += count;
        }
      } else if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
        *to++ = '\r';
        *to++ = '\n';
        column = 0;
        ++at;
        continue;
      }
      const char c = text[at];
      const bool at_line_end =
          at + 1 == text.size() || (text[at + 1] == '\r' && at + 2 < text.size() && text[at + 2] == '\n');
      const bool plain = is_quoted_plain(c) && !risky && !(at_line_end && is_blank(c));
      const std::size_t width = plain ? 1 : 3;
      if (column + width > (at_line_end ? kMost + 1 : kMost)) soft_break();
      if (plain) {
        *to++ = c;
      } else {
        const auto byte = static_cast<unsigned char>(c);
        *to++ = '=';
        *to++ = kHex[byte >> 4];
        *to++ = kHex[byte & 15];
      }
      column += width;
    }
    out.append(piece, static_cast<std::size_t>(to - piece));
  }
}

void append_uu_lines(std::string& out, std::string_view bytes) {
  const auto digit = [](unsigned bits) { return static_cast<char>((bits & 63) == 0 ? '`' : (bits & 63) + ' '); };
  for (std::size_t at = 0; at < bytes.size(); at += kUuLine) {
    const std::string_view line = bytes.substr(at, kUuLine);
    out += digit(static_cast<unsigned>(line.size()));
    for (std::size_t i = 0; i < line.size(); i += 3) {
      const auto byte = [&](std::size_t j) { return j < line.size() ? static_cast<unsigned char>(line[j]) : 0u; };
      const unsigned bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
      out += {digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)};
    }
    out += "\r\n";
  }
}

}  // namespace mapiary::mime
