// SPDX-License-Identifier: Apache-2.0
#include "model/like_pattern.h"

#include <string>

#include "base/unicode.h"
#include "model/text.h"

namespace mapiary::model {
namespace {

std::u32string code_points(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) out.push_back(next_code_point(utf8, at));
  return out;
}

std::u32string folded(char32_t c) {
  std::string utf8;
  append_utf8(utf8, c);
  return code_points(fold_text(utf8, {true, false}));
}

}  // namespace

bool LikePattern::Set::has(char32_t c) const {
  for (const auto& [first, last] : ranges) {
    if (c >= first && c <= last) return !negated;
  }
  return negated;
}

// Recursive descent: alternatives of sequences of repeated atoms. Each level leaves its code at the end of the program.
class LikeCompiler {
 public:
  LikeCompiler(std::u32string pattern, TextOrder order) : pattern_(std::move(pattern)) { out_.order_ = order; }

  Result<LikePattern> run() {
    TRY(alternatives(0));
    if (at_ != pattern_.size())
      return fail(Code::kInvalidArgument, "model", "A pattern closes a group it did not open", at_);
    emit(Op::kMatch);
    return std::move(out_);
  }

 private:
  using Op = LikePattern::Op;
  using Instruction = LikePattern::Instruction;
  using Program = std::vector<Instruction>;

  bool more() const { return at_ < pattern_.size(); }
  bool ignore_case() const { return out_.order_ == TextOrder::kIgnoreCase; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(out_.program_.size()); }
  void emit(Op op, std::uint32_t x = 0, std::uint32_t y = 0) { out_.program_.push_back({op, x, y}); }

  // Puts one instruction before the code that begins at `start`, whose own targets move along.
  void insert(std::uint32_t start, Instruction instruction) {
    for (std::size_t i = start; i < out_.program_.size(); ++i) {
      Instruction& each = out_.program_[i];
      if (each.op == Op::kSplit || each.op == Op::kJump) {
        if (each.x >= start) ++each.x;
        if (each.op == Op::kSplit && each.y >= start) ++each.y;
      }
    }
    out_.program_.insert(out_.program_.begin() + start, instruction);
  }

  Status alternatives(int depth) {
    if (depth > LikePattern::kMaxGroups)
      return fail(Code::kTooComplex, "model", "A pattern nests its groups too deeply");
    const std::uint32_t start = here();
    TRY(sequence(depth));
    if (!more() || pattern_[at_] != U'|') return {};
    ++at_;
    insert(start, {Op::kSplit, start + 1, 0});
    const std::uint32_t jump = here();
    emit(Op::kJump);
    out_.program_[start].y = here();
    TRY(alternatives(depth + 1));  // also bounds the recursion over a|b|c...
    out_.program_[jump].x = here();
    return {};
  }

  Status sequence(int depth) {
    while (more() && pattern_[at_] != U'|' && pattern_[at_] != U')') {
      const std::uint32_t start = here();
      TRY(atom(depth));
      while (more() && (pattern_[at_] == U'*' || pattern_[at_] == U'+' || pattern_[at_] == U'?')) {
        repeat(start, pattern_[at_++]);
      }
    }
    return {};
  }

  void repeat(std::uint32_t start, char32_t how) {
    if (how == U'+') {
      emit(Op::kSplit, start, here() + 1);
      return;
    }
    insert(start, {Op::kSplit, start + 1, 0});
    if (how == U'*') emit(Op::kJump, start);
    out_.program_[start].y = here();
  }

  Status atom(int depth) {
    const char32_t c = pattern_[at_++];
    switch (c) {
      case U'(': {
        TRY(alternatives(depth + 1));
        if (!more()) return fail(Code::kInvalidArgument, "model", "A pattern does not close a group", at_);
        ++at_;
        return {};
      }
      case U'[':
        return set();
      case U'.':
        emit(Op::kAny);
        return {};
      case U'^':
        emit(Op::kStart);
        return {};
      case U'$':
        emit(Op::kEnd);
        return {};
      case U'\\':
        return escape();
      case U'{':
        return fail(Code::kTooComplex, "model", "A pattern counts repetitions", at_ - 1);
      case U'*':
      case U'+':
      case U'?':
        return fail(Code::kInvalidArgument, "model", "A pattern repeats nothing", at_ - 1);
      default:
        literal(c);
        return {};
    }
  }

  void literal(char32_t c) {
    const std::uint32_t start = here();
    for (const char32_t each : ignore_case() ? folded(c) : std::u32string(1, c)) emit(Op::kChar, each);
    if (here() == start) emit(Op::kChar, c);
  }

  Status escape() {
    if (!more()) return fail(Code::kInvalidArgument, "model", "A pattern ends with a backslash", at_);
    const char32_t c = pattern_[at_++];
    LikePattern::Set named;
    if (!named_set(c, named)) {
      literal(c);
      return {};
    }
    add_set(std::move(named));
    return {};
  }

  static bool named_set(char32_t c, LikePattern::Set& out) {
    switch (c) {
      case U'D':
        out.negated = true;
        [[fallthrough]];
      case U'd':
        out.ranges = {{U'0', U'9'}};
        return true;
      case U'W':
        out.negated = true;
        [[fallthrough]];
      case U'w':
        out.ranges = {{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}};
        return true;
      case U'S':
        out.negated = true;
        [[fallthrough]];
      case U's':
        out.ranges = {{U'\t', U'\r'}, {U' ', U' '}, {0xA0, 0xA0}};
        return true;
      default:
        return false;
    }
  }

  void add_set(LikePattern::Set set) {
    emit(Op::kSet, static_cast<std::uint32_t>(out_.sets_.size()));
    out_.sets_.push_back(std::move(set));
  }

  Status set() {
    LikePattern::Set set;
    if (more() && pattern_[at_] == U'^') {
      set.negated = true;
      ++at_;
    }
    for (bool first = true;; first = false) {
      if (!more()) return fail(Code::kInvalidArgument, "model", "A pattern does not close a set", at_);
      char32_t low = pattern_[at_++];
      if (low == U']' && !first) break;
      if (low == U'\\') {
        if (!more()) return fail(Code::kInvalidArgument, "model", "A pattern ends with a backslash", at_);
        low = pattern_[at_++];
        LikePattern::Set named;
        if (named_set(low, named)) {
          if (named.negated) return fail(Code::kTooComplex, "model", "A set of a pattern holds a negated class", at_);
          set.ranges.insert(set.ranges.end(), named.ranges.begin(), named.ranges.end());
          continue;
        }
      }
      char32_t high = low;
      if (at_ + 1 < pattern_.size() && pattern_[at_] == U'-' && pattern_[at_ + 1] != U']') {
        high = pattern_[at_ + 1];
        at_ += 2;
        if (high < low) return fail(Code::kInvalidArgument, "model", "A range of a pattern runs backwards", at_);
      }
      add_range(set, low, high);
    }
    add_set(std::move(set));
    return {};
  }

  // The text is folded, the set is not: it gets the folded form of its ranges as well.
  void add_range(LikePattern::Set& set, char32_t low, char32_t high) const {
    set.ranges.emplace_back(low, high);
    if (!ignore_case()) return;
    if (low <= U'Z' && high >= U'A') {
      const char32_t from = low < U'A' ? U'A' : low;
      const char32_t to = high > U'Z' ? U'Z' : high;
      set.ranges.emplace_back(from + 32, to + 32);
    }
    const std::u32string low_folded = folded(low);
    const std::u32string high_folded = folded(high);
    if (low > 0x7F && low_folded.size() == 1 && high_folded.size() == 1 && low_folded[0] <= high_folded[0]) {
      set.ranges.emplace_back(low_folded[0], high_folded[0]);
    }
  }

  std::u32string pattern_;
  std::size_t at_ = 0;
  LikePattern out_;
};

// One pass over a text: the set of places in the program where the match may stand.
class LikePattern::Run {
 public:
  explicit Run(const LikePattern& pattern) : pattern_(pattern), seen_(pattern.program_.size(), 0) {}

  bool over(const std::u32string& text) {
    std::vector<std::uint32_t> now;
    std::vector<std::uint32_t> next;
    for (std::size_t i = 0;; ++i) {
      ++generation_;
      next.clear();
      for (const std::uint32_t at : now) {
        if (accepts(pattern_.program_[at], text[i - 1]) && follow(at + 1, i, text.size(), next)) return true;
      }
      if (follow(0, i, text.size(), next)) return true;  // a match may begin at any place
      if (i == text.size()) return false;
      now.swap(next);
    }
  }

 private:
  bool accepts(const Instruction& instruction, char32_t c) const {
    switch (instruction.op) {
      case Op::kChar:
        return c == instruction.x;
      case Op::kAny:
        return true;
      default:
        return pattern_.sets_[instruction.x].has(c);
    }
  }

  // Adds the places that are reached from `from` without a character; true if the end of the program is one of them.
  bool follow(std::uint32_t from, std::size_t at, std::size_t size, std::vector<std::uint32_t>& places) {
    stack_.assign(1, from);
    while (!stack_.empty()) {
      const std::uint32_t place = stack_.back();
      stack_.pop_back();
      if (seen_[place] == generation_) continue;
      seen_[place] = generation_;
      const Instruction& instruction = pattern_.program_[place];
      switch (instruction.op) {
        case Op::kMatch:
          return true;
        case Op::kJump:
          stack_.push_back(instruction.x);
          break;
        case Op::kSplit:
          stack_.push_back(instruction.y);
          stack_.push_back(instruction.x);
          break;
        case Op::kStart:
          if (at == 0) stack_.push_back(place + 1);
          break;
        case Op::kEnd:
          if (at == size) stack_.push_back(place + 1);
          break;
        default:
          places.push_back(place);
      }
    }
    return false;
  }

  const LikePattern& pattern_;
  std::vector<std::uint64_t> seen_;
  std::uint64_t generation_ = 0;
  std::vector<std::uint32_t> stack_;
};

Result<LikePattern> LikePattern::compile(std::string_view utf8, TextOrder order) {
  if (utf8.size() > kMaxPattern) return fail(Code::kTooComplex, "model", "A pattern is too long", utf8.size());
  return LikeCompiler(code_points(utf8), order).run();
}

Result<LikePattern> LikePattern::compile(const PropValue& pattern, TextOrder order) {
  if (!pattern.is_bytes() || !pattern.tag().is_text()) {
    return fail(Code::kTooComplex, "model", "A pattern is not text", pattern.tag().value);
  }
  if (pattern.tag().base_type() == PropType::kUnicode) return compile(pattern.as_bytes(), order);
  return compile(text8_to_utf8(pattern.as_bytes(), pattern.code_page()), order);
}

bool LikePattern::matches(std::string_view utf8) const {
  return Run(*this).over(code_points(fold_text(utf8, {order_ == TextOrder::kIgnoreCase, false})));
}

bool LikePattern::matches(const PropValue& value) const {
  if (!value.tag().is_text() || value.is_blob()) return false;
  const bool eight_bit = value.tag().base_type() == PropType::kString8;
  const auto one = [&](std::string_view text) {
    return eight_bit ? matches(std::string_view(text8_to_utf8(text, value.code_page()))) : matches(text);
  };
  if (!value.is_multi()) return one(value.as_bytes());
  for (const std::string& text : std::get<std::vector<std::string>>(value.as_multi())) {
    if (one(text)) return true;
  }
  return false;
}

}  // namespace mapiary::model
