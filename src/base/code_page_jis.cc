// SPDX-License-Identifier: Apache-2.0
#include "base/code_page_jis.h"

namespace mapiary::code_page {
namespace {

enum class Set : std::uint8_t { kAscii, kKana, kKanji, kSupplementary };  // ASCII also stands for JIS-Roman

struct Escape {
  std::string_view bytes;
  Set set;
};
constexpr Escape kEscapes[] = {
    {"\x1B(B", Set::kAscii}, {"\x1B(J", Set::kAscii},          {"\x1B(H", Set::kAscii},  {"\x1B(I", Set::kKana},
    {"\x1B$@", Set::kKanji}, {"\x1B$B", Set::kKanji},          {"\x1B$(@", Set::kKanji}, {"\x1B$(B", Set::kKanji},
    {"\x1B&@", Set::kKanji}, {"\x1B$(D", Set::kSupplementary},
};

const Escape* escape_at(std::string_view bytes) {
  for (const Escape& escape : kEscapes) {
    if (bytes.starts_with(escape.bytes)) return &escape;
  }
  return nullptr;
}

bool is_graphic(char c) {
  return c >= 0x21 && c <= 0x7E;
}

// Row and cell (each 21..7E) to Shift JIS.
void append_sjis(std::string& out, int row, int cell) {
  int lead = ((row - 0x21) >> 1) + 0x81;
  if (lead > 0x9F) lead += 0x40;
  int trail = 0;
  if (row & 1) {
    trail = cell + 0x1F;
    if (trail >= 0x7F) ++trail;
  } else {
    trail = cell + 0x7E;
  }
  out.push_back(static_cast<char>(lead));
  out.push_back(static_cast<char>(trail));
}

class Decoder {
 public:
  Decoded run(std::string_view bytes) {
    while (!bytes.empty()) bytes.remove_prefix(step(bytes));
    flush();
    return std::move(result_);
  }

 private:
  // Reads what stands at the front; gives its length.
  std::size_t step(std::string_view bytes) {
    char c = bytes[0];
    if (c == 0x1B) {
      if (const Escape* escape = escape_at(bytes)) {
        if (escape->bytes == "\x1B&@") return 3;  // announces a revision of the set that an escape right after selects
        set_ = escape->set;
        return escape->bytes.size();
      }
    }
    if (c == 0x0E || c == 0x0F) {
      shifted_ = c == 0x0E;
      return 1;
    }
    if (c == '\n' || c == '\r') {  // every line begins in ASCII, even if the writer forgot to say so
      set_ = Set::kAscii;
      shifted_ = false;
    }
    if (!is_graphic(c)) return raw(c);
    if (shifted_ || set_ == Set::kKana) return kana(c);
    if (set_ == Set::kAscii) return raw(c);
    if (bytes.size() < 2 || !is_graphic(bytes[1])) return bad();
    if (set_ == Set::kSupplementary) return supplementary(bytes);
    append_sjis(pending_, bytes[0], bytes[1]);
    return 2;
  }
  std::size_t raw(char c) {
    pending_.push_back(c);
    return 1;
  }
  std::size_t kana(char c) {
    if (c > 0x5F) return bad();
    pending_.push_back(static_cast<char>(c | 0x80));
    return 1;
  }
  std::size_t bad() {
    flush();
    ++result_.replaced;
    result_.units.push_back(0xFFFD);
    return 1;
  }
  // JIS X 0212 is not in page 932; EUC-JP has it behind 8F.
  std::size_t supplementary(std::string_view bytes) {
    flush();
    const char euc[] = {'\x8F', static_cast<char>(bytes[0] | 0x80), static_cast<char>(bytes[1] | 0x80)};
    append(icu_decode("EUC-JP", {euc, 3}), 1);
    return 2;
  }
  void flush() {
    if (pending_.empty()) return;
    append(icu_decode("windows-932", pending_), pending_.size());
    pending_.clear();
  }
  void append(const std::optional<Decoded>& part, std::size_t size) {
    if (!part) {
      result_.units.append(size, 0xFFFD);
      result_.replaced += size;
      return;
    }
    result_.units += part->units;
    result_.replaced += part->replaced;
  }

  Set set_ = Set::kAscii;
  bool shifted_ = false;
  std::string pending_;  // page 932 bytes not yet decoded
  Decoded result_;
};

// Fullwidth forms of U+FF61..U+FF9F, and what joins a following (half)voiced sound mark.
constexpr std::u16string_view kFullwidth =
    u"\u3002\u300C\u300D\u3001\u30FB\u30F2\u30A1\u30A3\u30A5\u30A7\u30A9\u30E3\u30E5\u30E7\u30C3\u30FC"
    u"\u30A2\u30A4\u30A6\u30A8\u30AA\u30AB\u30AD\u30AF\u30B1\u30B3\u30B5\u30B7\u30B9\u30BB\u30BD\u30BF"
    u"\u30C1\u30C4\u30C6\u30C8\u30CA\u30CB\u30CC\u30CD\u30CE\u30CF\u30D2\u30D5\u30D8\u30DB\u30DE\u30DF"
    u"\u30E0\u30E1\u30E2\u30E4\u30E6\u30E8\u30E9\u30EA\u30EB\u30EC\u30ED\u30EF\u30F3\u309B\u309C";
constexpr bool is_halfwidth_kana(char16_t c) {
  return c >= 0xFF61 && c <= 0xFF9F;
}

std::u16string widen_kana(std::u16string_view units) {
  std::u16string out;
  out.reserve(units.size());
  for (char16_t c : units) {
    bool after_kana = !out.empty() && out.back() >= 0x30A6 && out.back() <= 0x30DB;
    bool voiceable = after_kana && ((out.back() >= 0x30AB && out.back() <= 0x30C2 && out.back() % 2 == 1) ||
                                    (out.back() >= 0x30C4 && out.back() <= 0x30C8 && out.back() % 2 == 0) ||
                                    (out.back() >= 0x30CF && out.back() % 3 == 0));
    if (c == 0xFF9E && voiceable) {
      ++out.back();
    } else if (c == 0xFF9E && after_kana && out.back() == 0x30A6) {
      out.back() = 0x30F4;
    } else if (c == 0xFF9F && after_kana && out.back() >= 0x30CF && out.back() % 3 == 0) {
      out.back() = static_cast<char16_t>(out.back() + 2);
    } else {
      out.push_back(is_halfwidth_kana(c) ? kFullwidth[static_cast<std::size_t>(c - 0xFF61)] : c);
    }
  }
  return out;
}

class Encoder {
 public:
  explicit Encoder(std::uint32_t page) : shift_(page == 50222) {}

  // `sjis` are the page 932 bytes of the text.
  Encoded run(std::string_view sjis, std::size_t replaced) {
    result_.replaced = replaced;
    for (std::size_t at = 0; at < sjis.size(); ++at) {
      auto c = static_cast<unsigned char>(sjis[at]);
      if (c < 0x80) {
        put(Set::kAscii, {&sjis[at], 1});
      } else if (c >= 0xA1 && c <= 0xDF) {
        const char seven = static_cast<char>(c & 0x7F);
        put(Set::kKana, {&seven, 1});
      } else if (at + 1 < sjis.size()) {
        pair(c, static_cast<unsigned char>(sjis[++at]));
      } else {
        unencodable();
      }
    }
    select(Set::kAscii);
    return std::move(result_);
  }

 private:
  void pair(int lead, int trail) {
    int index = (lead >= 0xE0 ? lead - 0xC1 : lead - 0x81) * 2 + 0x21;
    int cell = 0;
    if (trail >= 0x9F) {
      ++index;
      cell = trail - 0x7E;
    } else {
      cell = trail - (trail > 0x7F ? 0x20 : 0x1F);
    }
    if (index > 0x7E || cell < 0x21 || cell > 0x7E) return unencodable();  // the vendor rows beyond 94
    const char jis[] = {static_cast<char>(index), static_cast<char>(cell)};
    put(Set::kKanji, {jis, 2});
  }
  void unencodable() {
    ++result_.replaced;
    put(Set::kAscii, "?");
  }
  void put(Set set, std::string_view bytes) {
    select(set);
    result_.bytes += bytes;
  }
  void select(Set set) {
    if (set == set_) return;
    if (shift_ && set_ == Set::kKana) result_.bytes += '\x0F';
    if (shift_ && set == Set::kKana) {
      designate(Set::kAscii);  // SO works on what is shifted out to, but readers expect to come back to ASCII
      result_.bytes += '\x0E';
    } else {
      designate(set);
    }
    set_ = set;
  }
  void designate(Set set) {
    if (set == designated_) return;
    result_.bytes += set == Set::kAscii ? "\x1B(B" : set == Set::kKana ? "\x1B(I" : "\x1B$B";
    designated_ = set;
  }

  bool shift_;
  Set set_ = Set::kAscii;         // what the next byte is read as
  Set designated_ = Set::kAscii;  // what the last escape chose
  Encoded result_;
};

}  // namespace

Decoded jis_decode(std::string_view bytes) {
  return Decoder().run(bytes);
}

Encoded jis_encode(std::uint32_t page, std::u16string_view units) {
  std::u16string text(units);
  if (page == 50220) text = widen_kana(units);
  auto sjis = icu_encode("windows-932", text);
  if (!sjis) return {std::string(units.size(), '?'), units.size()};
  return Encoder(page).run(sjis->bytes, sjis->replaced);
}

}  // namespace mapiary::code_page
