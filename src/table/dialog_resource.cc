// SPDX-License-Identifier: Apache-2.0
// A reader of resource scripts: a tokenizer, a parser of DIALOG, DIALOGEX and STRINGTABLE that steps over every other
// statement, and the registry of modules.
#include "table/dialog_resource.h"

#include <charconv>
#include <mutex>
#include <optional>

namespace mapiary::table {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Token {
  enum class Kind { kEnd, kWord, kText, kMark };
  Kind kind = Kind::kEnd;
  std::string text;  // a word's upper case; a text's value
  std::uint32_t line = 0;
  bool first = false;  // of its line

  bool is(std::string_view word) const { return (kind == Kind::kWord || kind == Kind::kMark) && text == word; }
};

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  Token next() {
    skip();
    Token token;
    token.line = line_;
    token.first = std::exchange(fresh_line_, false);
    if (at_ >= text_.size()) return token;
    const char c = text_[at_];
    if (c == '"' || ((c == 'L' || c == 'l') && at_ + 1 < text_.size() && text_[at_ + 1] == '"')) {
      at_ += c == '"' ? 1 : 2;
      token.kind = Token::Kind::kText;
      token.text = quoted();
    } else if (is_word(c)) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && is_word(text_[at_])) ++at_;
      token.kind = Token::Kind::kWord;
      token.text = upper(text_.substr(begin, at_ - begin));
    } else {
      token.kind = Token::Kind::kMark;
      token.text = std::string(1, c);
      ++at_;
    }
    return token;
  }
  // The rest of the line, for preprocessor lines.
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

  void skip() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        fresh_line_ = true;
        ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\0' || starts("\xEF\xBB\xBF")) {
        at_ += starts("\xEF\xBB\xBF") ? 3 : 1;
      } else if (starts("//")) {
        skip_line();
      } else if (starts("/*")) {
        for (at_ += 2; at_ < text_.size() && !starts("*/"); ++at_) {
          if (text_[at_] == '\n') ++line_;
        }
        at_ = std::min(at_ + 2, text_.size());
      } else {
        return;
      }
    }
  }

  std::string quoted() {
    std::string out;
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
          ++at_;
          break;
        }
        ++at_;  // "" is a quotation mark
        out += '"';
      } else if (c == '\\' && at_ + 1 < text_.size()) {
        const char escape = text_[++at_];
        switch (escape) {
          case 'n':
            out += '\n';
            break;
          case 'r':
            out += '\r';
            break;
          case 't':
            out += '\t';
            break;
          case '0':
            return finish(out);  // texts end at a NUL
          default:
            out += escape;
        }
      } else {
        out += c;
      }
    }
    return out;
  }
  std::string finish(std::string& out) {
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') ++at_;
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
    return std::move(out);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  bool fresh_line_ = true;
};

}  // namespace

class ScriptParser {
 public:
  explicit ScriptParser(std::string_view text) : tokens_(text) { advance(); }

  Result<ResourceScript> run() {
    while (token_.kind != Token::Kind::kEnd) TRY(statement());
    return std::move(out_);
  }

 private:
  void advance() { token_ = tokens_.next(); }
  bool take(std::string_view word) {
    const bool found = token_.is(word);
    if (found) advance();
    return found;
  }
  tl::unexpected<Error> wrong(const char* what) const {
    return fail(Code::kInvalidArgument, "table", std::string("The resource script is wrong: ") + what, token_.line);
  }
  bool at_begin() const { return token_.is("BEGIN") || token_.is("{"); }
  bool at_end() const { return token_.is("END") || token_.is("}"); }

  Status statement() {
    if (token_.first && token_.is("#")) return preprocessor();
    if (take("STRINGTABLE")) return string_table();
    const Token name = token_;
    const bool named = name.kind == Token::Kind::kWord || name.kind == Token::Kind::kText;
    advance();
    if (at_begin()) return skip_block();  // of a statement that means nothing here
    if (!named || !(token_.is("DIALOG") || token_.is("DIALOGEX"))) return {};
    advance();
    return dialog(name);
  }

  // #define NAME number is what resource.h is made of. Everything else is for a preprocessor and left out.
  Status preprocessor() {
    const std::uint32_t line = token_.line;
    advance();
    const bool define = token_.is("DEFINE") && token_.line == line;
    if (define) {
      advance();
      const std::string name = token_.text;
      if (token_.kind == Token::Kind::kWord && token_.line == line) {
        advance();
        if (token_.line == line) {
          if (const auto value = number()) defines_[name] = *value;
        }
      }
    }
    while (token_.kind != Token::Kind::kEnd && token_.line == line) advance();
    return {};
  }

  std::optional<std::int64_t> primary() {
    const bool minus = take("-");
    if (take("(")) {
      const auto inner = number();
      if (!inner || !take(")")) return std::nullopt;
      return minus ? -*inner : *inner;
    }
    if (token_.kind != Token::Kind::kWord) return std::nullopt;
    std::string_view digits = token_.text;
    std::int64_t value = 0;
    if (digits[0] >= '0' && digits[0] <= '9') {
      const bool hex = digits.starts_with("0X");
      if (hex) digits.remove_prefix(2);
      while (digits.ends_with('L') || digits.ends_with('U')) digits.remove_suffix(1);
      const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
      if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
    } else if (const auto known = defines_.find(digits); known != defines_.end()) {
      value = known->second;
    } else if (digits == "IDC_STATIC") {
      value = -1;
    } else {
      return std::nullopt;
    }
    advance();
    return minus ? -value : value;
  }
  std::optional<std::int64_t> number() {
    if (++depth_ > 32) return std::nullopt;
    auto sum = primary();
    while (sum && (token_.is("+") || token_.is("-"))) {
      const bool minus = token_.is("-");
      advance();
      const auto next = primary();
      if (!next) return std::nullopt;
      // Kept small: coordinates and ids have 32 bits at most.
      sum = (minus ? *sum - *next : *sum + *next) % (std::int64_t{1} << 40);
    }
    --depth_;
    return sum;
  }
  Result<std::int32_t> coordinate() {
    depth_ = 0;
    const auto value = number();
    if (!value || *value < -32768 || *value > 65535) return wrong("a coordinate was expected");
    return static_cast<std::int32_t>(*value);
  }
  // x, y, width, height
  template <class Place>
  Status place(Place& out) {
    out.x = TRY(coordinate());
    if (!take(",")) return wrong("a comma was expected");
    out.y = TRY(coordinate());
    if (!take(",")) return wrong("a comma was expected");
    out.width = TRY(coordinate());
    if (!take(",")) return wrong("a comma was expected");
    out.height = TRY(coordinate());
    return {};
  }

  Status skip_block() {
    std::size_t depth = 0;
    do {
      if (token_.kind == Token::Kind::kEnd) return wrong("a block has no end");
      if (at_begin()) ++depth;
      if (at_end()) --depth;
      advance();
    } while (depth > 0);
    return {};
  }

  Status string_table() {
    while (!at_begin()) {
      if (token_.kind == Token::Kind::kEnd) return wrong("a string table has no BEGIN");
      advance();
    }
    advance();
    while (!at_end()) {
      depth_ = 0;
      const auto id = number();
      if (!id || *id < 0 || *id > 0xFFFF) return wrong("the id of a string was expected");
      (void)take(",");
      if (token_.kind != Token::Kind::kText) return wrong("a text was expected");
      if (out_.strings_.size() >= ResourceScript::kMaxItems) return wrong("too many strings");
      out_.strings_.emplace(static_cast<std::uint16_t>(*id), token_.text);
      advance();
    }
    advance();
    return {};
  }

  Result<std::string> dialog_name(const Token& name) {
    const auto known = defines_.find(name.text);
    std::int64_t id = known == defines_.end() ? -1 : known->second;
    if (id < 0 && name.kind == Token::Kind::kWord && name.text[0] >= '0' && name.text[0] <= '9') {
      const auto parsed = std::from_chars(name.text.data(), name.text.data() + name.text.size(), id);
      if (parsed.ec != std::errc()) return wrong("the id of a dialog is no number");
    }
    if (id > 0xFFFF) return wrong("the id of a dialog is above 65535");
    return id >= 0 ? std::string("#").append(std::to_string(id)) : upper(name.text);
  }

  Status dialog(const Token& name) {
    while (token_.is("DISCARDABLE") || token_.is("PRELOAD") || token_.is("LOADONCALL") || token_.is("FIXED") ||
           token_.is("MOVEABLE") || token_.is("PURE") || token_.is("IMPURE")) {
      advance();
    }
    Dialog made;
    TRY(place(made));
    while (!at_begin()) {
      if (token_.kind == Token::Kind::kEnd) return wrong("a dialog has no BEGIN");
      if (take("CAPTION")) {
        if (token_.kind != Token::Kind::kText) return wrong("a caption was expected");
        made.caption = token_.text;
      }
      advance();
    }
    advance();
    while (!at_end()) TRY(control(made));
    advance();
    out_.dialogs_.emplace(TRY(dialog_name(name)), std::move(made));
    return {};
  }

  static bool has_text(const Token& kind) {
    for (const char* word :
         {"LTEXT", "RTEXT", "CTEXT", "CHECKBOX", "AUTOCHECKBOX", "AUTO3STATE", "STATE3", "RADIOBUTTON",
          "AUTORADIOBUTTON", "PUSHBUTTON", "DEFPUSHBUTTON", "PUSHBOX", "GROUPBOX", "ICON", "CONTROL"}) {
      if (kind.is(word)) return true;
    }
    return false;
  }

  // KIND ["text" ,] id , [class , style ,] x , y , width , height [, ...]; the next control begins with a word at the
  // start of a line.
  Status control(Dialog& dialog) {
    if (token_.kind != Token::Kind::kWord) return wrong("a control was expected");
    if (dialog.items.size() >= ResourceScript::kMaxItems) return wrong("too many controls");
    const Token kind = token_;
    advance();
    DialogItem item;
    if (has_text(kind)) {
      item.text = token_.text;  // of an icon or bitmap: its name
      advance();
      if (!take(",")) return wrong("a comma was expected");
    }
    depth_ = 0;
    const auto id = number();
    if (!id) return wrong("the id of a control was expected");
    item.id = static_cast<std::uint32_t>(*id) & 0xFFFF;
    if (!take(",")) return wrong("a comma was expected");
    if (kind.is("CONTROL")) TRY(skip_class_and_style());
    const bool sized = !kind.is("ICON");
    TRY(sized ? place(item) : icon_place(item));
    // What follows is style. It goes on in the next line after a comma, a bar or NOT.
    const auto goes_on = [&] { return token_.is(",") || token_.is("|") || token_.is("NOT"); };
    for (bool more = false; token_.kind != Token::Kind::kEnd && !at_end() && (!token_.first || more || goes_on());) {
      more = goes_on();
      advance();
    }
    dialog.items.push_back(std::move(item));
    return {};
  }
  Status icon_place(DialogItem& item) {
    item.x = TRY(coordinate());
    if (!take(",")) return wrong("a comma was expected");
    item.y = TRY(coordinate());
    return {};
  }
  Status skip_class_and_style() {
    for (int commas = 0; commas < 2;) {
      if (token_.kind == Token::Kind::kEnd || at_end()) return wrong("a control has no style");
      if (token_.is(",")) ++commas;
      advance();
    }
    return {};
  }

  Tokenizer tokens_;
  Token token_;
  std::map<std::string, std::int64_t, std::less<>> defines_;
  ResourceScript out_;
  int depth_ = 0;
};

const DialogItem* Dialog::find(std::uint32_t id) const {
  for (const DialogItem& item : items) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

Result<ResourceScript> ResourceScript::parse(std::string_view text) {
  if (text.size() > kMaxSize) return fail(Code::kTooBig, "table", "The resource script is too large", text.size());
  return ScriptParser(text).run();
}

const Dialog* ResourceScript::dialog(std::string_view name) const {
  const auto found = dialogs_.find(upper(name));
  return found == dialogs_.end() ? nullptr : &found->second;
}
const Dialog* ResourceScript::dialog(std::uint16_t id) const {
  return dialog(std::string("#").append(std::to_string(id)));
}

const std::string* ResourceScript::string(std::uint16_t id) const {
  const auto found = strings_.find(id);
  return found == strings_.end() ? nullptr : &found->second;
}

void ResourceScript::add(ResourceScript other) {
  dialogs_.merge(other.dialogs_);
  strings_.merge(other.strings_);
}

namespace {
struct Registry {
  std::mutex mutex;
  std::map<HINSTANCE, std::shared_ptr<const ResourceScript>> modules;
};
Registry& registry() {
  static Registry* const known = new Registry;  // never destroyed: modules may unregister while the process ends
  return *known;
}
}  // namespace

Status ResourceRegistry::add(HINSTANCE module, std::string_view text) {
  ResourceScript script = TRY(ResourceScript::parse(text));
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  auto& place = known.modules[module];
  if (place) {
    auto both = *place;
    both.add(std::move(script));
    script = std::move(both);
  }
  place = std::make_shared<const ResourceScript>(std::move(script));
  return {};
}

bool ResourceRegistry::remove(HINSTANCE module) {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  return known.modules.erase(module) > 0;
}

std::shared_ptr<const ResourceScript> ResourceRegistry::find(HINSTANCE module) {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto found = known.modules.find(module);
  return found == known.modules.end() ? nullptr : found->second;
}

}  // namespace mapiary::table
