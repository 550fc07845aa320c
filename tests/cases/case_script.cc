// SPDX-License-Identifier: Apache-2.0
#include "tests/cases/case_script.h"

#include <mapicode.h>
#include <mapitags.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cases {
namespace {

std::wstring text_of(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"')
    throw Wrong("a text was expected: " + std::string(quoted));
  std::wstring out;
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\') {
      out += static_cast<wchar_t>(static_cast<unsigned char>(inside[i]));
      continue;
    }
    const char escape = i + 1 < inside.size() ? inside[++i] : '\\';
    if (escape == 'u' && i + 4 < inside.size()) {
      out += static_cast<wchar_t>(std::strtoul(std::string(inside.substr(i + 1, 4)).c_str(), nullptr, 16));
      i += 4;
    } else {
      out += escape == 'n' ? L'\n' : static_cast<wchar_t>(escape);
    }
  }
  return out;
}

long long number_of(std::string_view word) {
  char* end = nullptr;
  const std::string text(word);
  const long long value = std::strtoll(text.c_str(), &end, 0);
  if (text.empty() || *end) throw Wrong("a number was expected: " + text);
  return value;
}

double real_of(std::string_view word) {
  char* end = nullptr;
  const std::string text(word);
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end) throw Wrong("a number was expected: " + text);
  return value;
}

SBinary binary_of(std::string_view word, Arena& arena) {
  if (word.empty() || word[0] != 'x' || word.size() % 2 == 0) throw Wrong("bytes were expected: " + std::string(word));
  SBinary out{static_cast<ULONG>(word.size() / 2), arena.make<BYTE>(word.size() / 2)};
  for (ULONG i = 0; i < out.cb; ++i) {
    out.lpb[i] = static_cast<BYTE>(std::strtoul(std::string(word.substr(1 + 2 * i, 2)).c_str(), nullptr, 16));
  }
  return out;
}

LPWSTR wide_of(std::string_view word, Arena& arena) {
  const std::wstring text = text_of(word);
  auto* out = arena.make<WCHAR>(text.size() + 1);
  std::memcpy(out, text.c_str(), text.size() * sizeof(WCHAR));
  return out;
}

LPSTR narrow_of(std::string_view word, Arena& arena) {
  const std::wstring text = text_of(word);
  auto* out = arena.make<char>(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i) out[i] = static_cast<char>(text[i]);
  return out;
}

FILETIME time_of(std::string_view word) {
  const auto value = static_cast<unsigned long long>(number_of(word));
  return {static_cast<DWORD>(value), static_cast<DWORD>(value >> 32)};
}

std::string hex(const BYTE* bytes, ULONG count) {
  std::string out = "x";
  char digits[3];
  for (ULONG i = 0; i < count; ++i) {
    std::snprintf(digits, sizeof digits, "%02X", bytes[i]);
    out += digits;
  }
  return out;
}

std::string print_text(const std::wstring& text) {
  std::string out = "\"";
  char escape[8];
  for (const wchar_t c : text) {
    if (c >= 0x20 && c < 0x7F && c != L'"' && c != L'\\') {
      out += static_cast<char>(c);
    } else if (c == L'"' || c == L'\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else {
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(c) & 0xFFFF);
      out += escape;
    }
  }
  return out + "\"";
}

std::string print_real(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%g", value);
  return out;
}

std::string print_one(ULONG type, const __UPV& v) {
  switch (type) {
    case PT_I2:
      return std::to_string(v.i);
    case PT_LONG:
      return std::to_string(v.l);
    case PT_R4:
      return print_real(static_cast<double>(v.flt));
    case PT_DOUBLE:
      return print_real(v.dbl);
    case PT_APPTIME:
      return print_real(v.at);
    case PT_BOOLEAN:
      return v.b ? "true" : "false";
    case PT_CURRENCY:
    case PT_I8:
      return std::to_string(v.li.QuadPart);
    case PT_SYSTIME:
      return std::to_string((static_cast<unsigned long long>(v.ft.dwHighDateTime) << 32) | v.ft.dwLowDateTime);
    case PT_CLSID:
      return hex(reinterpret_cast<const BYTE*>(v.lpguid), sizeof(GUID));
    case PT_BINARY:
      return hex(v.bin.lpb, v.bin.cb);
    case PT_UNICODE:
      return print_text(v.lpszW);
    case PT_STRING8: {
      std::wstring wide;
      for (const char* p = v.lpszA; *p; ++p) wide += static_cast<wchar_t>(static_cast<unsigned char>(*p));
      return print_text(wide);
    }
    case PT_NULL:
      return "null";
    default:
      return "?";
  }
}

// Value i of a multivalued property as a single one.
__UPV element(ULONG type, const __UPV& v, ULONG i) {
  __UPV out{};
  switch (type) {
    case PT_I2:
      out.i = v.MVi.lpi[i];
      break;
    case PT_LONG:
      out.l = v.MVl.lpl[i];
      break;
    case PT_R4:
      out.flt = v.MVflt.lpflt[i];
      break;
    case PT_DOUBLE:
      out.dbl = v.MVdbl.lpdbl[i];
      break;
    case PT_APPTIME:
      out.at = v.MVat.lpat[i];
      break;
    case PT_CURRENCY:
      out.cur = v.MVcur.lpcur[i];
      break;
    case PT_I8:
      out.li = v.MVli.lpli[i];
      break;
    case PT_SYSTIME:
      out.ft = v.MVft.lpft[i];
      break;
    case PT_CLSID:
      out.lpguid = &v.MVguid.lpguid[i];
      break;
    case PT_BINARY:
      out.bin = v.MVbin.lpbin[i];
      break;
    case PT_UNICODE:
      out.lpszW = v.MVszW.lppszW[i];
      break;
    case PT_STRING8:
      out.lpszA = v.MVszA.lppszA[i];
      break;
    default:
      break;
  }
  return out;
}

class RestrictionReader {
 public:
  RestrictionReader(const Vocabulary& names, Arena& arena) : names_(names), arena_(arena) {}

  SRestriction read(std::string_view text) {
    if (text.size() < 2 || text.front() != '(' || text.back() != ')')
      throw Wrong("a restriction was expected: " + std::string(text));
    const std::vector<std::string> w = words(text.substr(1, text.size() - 2));
    if (w.empty()) throw Wrong("an empty restriction");
    SRestriction out{};
    if (w[0] == "and" || w[0] == "or") return list(w);
    const auto need = [&](std::size_t count) {
      if (w.size() != count) throw Wrong("the restriction has another number of parts: " + std::string(text));
    };
    if (w[0] == "not" || w[0] == "comment") {
      need(2);
      out.rt = w[0] == "not" ? RES_NOT : RES_COMMENT;
      (out.rt == RES_NOT ? out.res.resNot.lpRes : out.res.resComment.lpRes) = child(w[1]);
      if (out.rt == RES_COMMENT) {
        out.res.resComment.cValues = 1;
        out.res.resComment.lpProp = arena_.make<SPropValue>();
        out.res.resComment.lpProp->ulPropTag = PROP_TAG(PT_LONG, 0x6FFF);
      }
    } else if (w[0] == "count") {
      need(3);
      out.rt = RES_COUNT;
      out.res.resCount.ulCount = static_cast<ULONG>(number_of(w[1]));
      out.res.resCount.lpRes = child(w[2]);
    } else if (w[0] == "sub") {
      need(3);
      out.rt = RES_SUBRESTRICTION;
      out.res.resSub.ulSubObject = names_.tag(w[1]);
      out.res.resSub.lpRes = child(w[2]);
    } else if (w[0] == "exist") {
      need(2);
      out.rt = RES_EXIST;
      out.res.resExist.ulPropTag = names_.tag(w[1]);
    } else {
      need(4);
      leaf(w, out);
    }
    return out;
  }

 private:
  LPSRestriction child(std::string_view text) {
    auto* out = arena_.make<SRestriction>();
    *out = read(text);
    return out;
  }
  SRestriction list(const std::vector<std::string>& w) {
    SRestriction out{};
    out.rt = w[0] == "and" ? RES_AND : RES_OR;
    out.res.resAnd.cRes = static_cast<ULONG>(w.size() - 1);  // SOrRestriction has the same members
    out.res.resAnd.lpRes = arena_.make<SRestriction>(w.size());
    for (std::size_t i = 1; i < w.size(); ++i) out.res.resAnd.lpRes[i - 1] = read(w[i]);
    return out;
  }
  void leaf(const std::vector<std::string>& w, SRestriction& out) {
    const ULONG tag = names_.tag(w[1]);
    if (w[0] == "content") {
      out.rt = RES_CONTENT;
      out.res.resContent = {level(w[2]), tag, value(tag, w[3])};
    } else if (w[0] == "prop") {
      out.rt = RES_PROPERTY;
      out.res.resProperty = {relation(w[2]), tag, value(tag, w[3])};
    } else if (w[0] == "compare") {
      out.rt = RES_COMPAREPROPS;
      out.res.resCompareProps = {relation(w[2]), tag, names_.tag(w[3])};
    } else if (w[0] == "bits") {
      out.rt = RES_BITMASK;
      const ULONG relation = w[3] == "zero" ? BMR_EQZ : BMR_NEZ;
      out.res.resBitMask = {relation, tag, static_cast<ULONG>(number_of(w[2]))};
    } else if (w[0] == "size") {
      out.rt = RES_SIZE;
      out.res.resSize = {relation(w[2]), tag, static_cast<ULONG>(number_of(w[3]))};
    } else {
      throw Wrong("no kind of restriction: " + w[0]);
    }
  }
  // "text" against a binary column and the like: @tag says of which type the value shall be instead.
  LPSPropValue value(ULONG tag, std::string_view text) {
    auto* out = arena_.make<SPropValue>();
    const std::size_t other = text.rfind('@');
    if (other != std::string_view::npos && text.back() != '"') {
      tag = names_.tag(std::string(text.substr(other + 1)));
      text = text.substr(0, other);
    }
    // A single value against a multivalued column, or an instance of it.
    if ((tag & MV_FLAG) && (text[0] != '[' || (tag & MV_INSTANCE))) tag &= ~ULONG{MV_FLAG | MV_INSTANCE};
    *out = names_.value(tag, text, arena_);
    return out;
  }
  static ULONG relation(const std::string& word) {
    static const std::map<std::string, ULONG> known{{"<", RELOP_LT},  {"<=", RELOP_LE}, {">", RELOP_GT},
                                                    {">=", RELOP_GE}, {"=", RELOP_EQ},  {"!=", RELOP_NE},
                                                    {"re", RELOP_RE}};
    const auto found = known.find(word);
    if (found == known.end()) throw Wrong("no relation: " + word);
    return found->second;
  }
  static ULONG level(std::string_view word) {
    static const std::map<std::string, ULONG, std::less<>> known{{"full", FL_FULLSTRING},     {"sub", FL_SUBSTRING},
                                                                 {"prefix", FL_PREFIX},       {"case", FL_IGNORECASE},
                                                                 {"mark", FL_IGNORENONSPACE}, {"loose", FL_LOOSE}};
    ULONG out = 0;
    for (;;) {
      const std::size_t plus = word.find('+');
      const auto found = known.find(word.substr(0, plus));
      if (found == known.end()) throw Wrong("no fuzzy level: " + std::string(word));
      out |= found->second;
      if (plus == std::string_view::npos) return out;
      word.remove_prefix(plus + 1);
    }
  }

  const Vocabulary& names_;
  Arena& arena_;
};

}  // namespace

void* Arena::bytes(std::size_t size) {
  void* out = nullptr;
  if (FAILED(MAPIAllocateMore(static_cast<ULONG>(size), root_, &out))) throw Wrong("no memory");
  std::memset(out, 0, size);
  return out;
}

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (!quoted && depth == 0 && (c == ' ' || c == '\t' || c == '#')) {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
      if (c == '#') return out;
      continue;
    }
    word += c;
    if (quoted && c == '\\' && i + 1 < line.size()) word += line[++i];
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '(' || c == '[')) ++depth;
    if (!quoted && (c == ')' || c == ']')) --depth;
  }
  if (quoted || depth != 0) throw Wrong("something is not closed: " + std::string(line));
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

ULONG Vocabulary::tag(const std::string& name) const {
  if (name == "null") return PR_NULL;
  if (name.starts_with("mvi:")) return tag(name.substr(4)) | MVI_FLAG;
  const auto found = tags_.find(name);
  if (found == tags_.end()) throw Wrong("no tag of this name: " + name);
  return found->second;
}

// size: switch
SPropValue Vocabulary::values(ULONG tag, std::string_view text, Arena& arena) const {
  SPropValue out{};
  out.ulPropTag = tag;
  auto& v = out.Value;
  if (text.size() < 2 || text.front() != '[') throw Wrong("several values were expected: " + std::string(text));
  const auto each = words(text.substr(1, text.size() - 2));
  const auto count = static_cast<ULONG>(each.size());
  const ULONG type = PROP_TYPE(tag) & ~ULONG{MV_FLAG};
  v.MVl.cValues = count;  // every array has its count first and a pointer next
  const auto fill = [&](auto*& array, auto&& convert) {
    array = arena.make<std::remove_reference_t<decltype(*array)>>(count);
    for (ULONG i = 0; i < count; ++i)
      array[i] = convert(this->value(PROP_TAG(type, PROP_ID(tag)), each[i], arena).Value);
  };
  switch (type) {
    case PT_I2:
      fill(v.MVi.lpi, [](const __UPV& u) { return u.i; });
      break;
    case PT_LONG:
      fill(v.MVl.lpl, [](const __UPV& u) { return u.l; });
      break;
    case PT_R4:
      fill(v.MVflt.lpflt, [](const __UPV& u) { return u.flt; });
      break;
    case PT_DOUBLE:
      fill(v.MVdbl.lpdbl, [](const __UPV& u) { return u.dbl; });
      break;
    case PT_APPTIME:
      fill(v.MVat.lpat, [](const __UPV& u) { return u.at; });
      break;
    case PT_CURRENCY:
      fill(v.MVcur.lpcur, [](const __UPV& u) { return u.cur; });
      break;
    case PT_I8:
      fill(v.MVli.lpli, [](const __UPV& u) { return u.li; });
      break;
    case PT_SYSTIME:
      fill(v.MVft.lpft, [](const __UPV& u) { return u.ft; });
      break;
    case PT_CLSID:
      fill(v.MVguid.lpguid, [](const __UPV& u) { return *u.lpguid; });
      break;
    case PT_BINARY:
      fill(v.MVbin.lpbin, [](const __UPV& u) { return u.bin; });
      break;
    case PT_UNICODE:
      fill(v.MVszW.lppszW, [](const __UPV& u) { return u.lpszW; });
      break;
    case PT_STRING8:
      fill(v.MVszA.lppszA, [](const __UPV& u) { return u.lpszA; });
      break;
    default:
      throw Wrong("no multivalued type");
  }
  return out;
}

SPropValue Vocabulary::value(ULONG tag, std::string_view text, Arena& arena) const {
  SPropValue out{};
  out.ulPropTag = tag;
  auto& v = out.Value;
  if (tag & MV_FLAG) return values(tag, text, arena);
  switch (PROP_TYPE(tag)) {
    case PT_I2:
      v.i = static_cast<short>(number_of(text));
      break;
    case PT_LONG:
      v.l = static_cast<LONG>(number_of(text));
      break;
    case PT_R4:
      v.flt = static_cast<float>(real_of(text));
      break;
    case PT_DOUBLE:
      v.dbl = real_of(text);
      break;
    case PT_APPTIME:
      v.at = real_of(text);
      break;
    case PT_BOOLEAN:
      v.b = text == "true";
      break;
    case PT_CURRENCY:
    case PT_I8:
      v.li.QuadPart = number_of(text);
      break;
    case PT_SYSTIME:
      v.ft = time_of(text);
      break;
    case PT_CLSID: {
      const SBinary bytes = binary_of(text, arena);
      if (bytes.cb != sizeof(GUID)) throw Wrong("a GUID has 16 bytes");
      v.lpguid = reinterpret_cast<LPGUID>(bytes.lpb);
      break;
    }
    case PT_BINARY:
      v.bin = binary_of(text, arena);
      break;
    case PT_UNICODE:
      v.lpszW = wide_of(text, arena);
      break;
    case PT_STRING8:
      v.lpszA = narrow_of(text, arena);
      break;
    default:
      throw Wrong("no value has this type");
  }
  return out;
}

SRestriction Vocabulary::restriction(std::string_view text, Arena& arena) const {
  return RestrictionReader(*this, arena).read(text);
}

LPSSortOrderSet Vocabulary::sort_order(const std::vector<std::string>& w, Arena& arena) const {
  static const std::map<std::string, ULONG> orders{{"asc", TABLE_SORT_ASCEND},
                                                   {"desc", TABLE_SORT_DESCEND},
                                                   {"combine", TABLE_SORT_COMBINE},
                                                   {"max", TABLE_SORT_CATEG_MAX},
                                                   {"min", TABLE_SORT_CATEG_MIN}};
  auto* out = static_cast<LPSSortOrderSet>(arena.bytes(CbNewSSortOrderSet(w.size() + 1)));
  for (std::size_t i = 1; i + 1 < w.size(); i += 2) {
    if (w[i] == "categories") {
      out->cCategories = static_cast<ULONG>(number_of(w[i + 1]));
    } else if (w[i] == "expanded") {
      out->cExpanded = static_cast<ULONG>(number_of(w[i + 1]));
    } else {
      const auto found = orders.find(w[i + 1]);
      if (found == orders.end()) throw Wrong("no order: " + w[i + 1]);
      out->aSort[out->cSorts++] = {tag(w[i]), found->second};
    }
  }
  return out;
}

std::string print(const SPropValue& value) {
  const ULONG type = PROP_TYPE(value.ulPropTag);
  if (type == PT_ERROR) {
    char out[16];
    std::snprintf(out, sizeof out, "!%08X", static_cast<unsigned>(value.Value.err));
    return value.Value.err == MAPI_E_NOT_FOUND ? "-" : out;
  }
  if (!(type & MV_FLAG)) return print_one(type, value.Value);
  std::string out = "[";
  for (ULONG i = 0; i < value.Value.MVl.cValues; ++i) {
    if (i > 0) out += ' ';
    out += print_one(type & ~ULONG{MV_FLAG}, element(type & ~ULONG{MV_FLAG}, value.Value, i));
  }
  return out + "]";
}

HRESULT code(const std::string& name) {
  static const std::map<std::string, HRESULT> known{{"S_OK", S_OK},
                                                    {"MAPI_E_NOT_FOUND", MAPI_E_NOT_FOUND},
                                                    {"MAPI_E_TOO_COMPLEX", MAPI_E_TOO_COMPLEX},
                                                    {"MAPI_E_NO_SUPPORT", MAPI_E_NO_SUPPORT},
                                                    {"MAPI_E_INVALID_PARAMETER", MAPI_E_INVALID_PARAMETER},
                                                    {"MAPI_E_INVALID_BOOKMARK", MAPI_E_INVALID_BOOKMARK},
                                                    {"MAPI_E_UNABLE_TO_COMPLETE", MAPI_E_UNABLE_TO_COMPLETE},
                                                    {"MAPI_W_POSITION_CHANGED", MAPI_W_POSITION_CHANGED}};
  const auto found = known.find(name);
  if (found == known.end()) throw Wrong("no code of this name: " + name);
  return found->second;
}

}  // namespace cases
