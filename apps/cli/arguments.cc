// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <algorithm>
#include <charconv>

namespace cli {

using Count = Operand::Count;

std::vector<std::string> split(std::string_view list, char separator) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

bool is_choice(std::string_view choices, std::string_view word) {
  if (choices.empty()) return true;
  const auto all = split(choices, '|');
  return std::find(all.begin(), all.end(), word) != all.end();
}

Arguments::Arguments(const Verb& verb, const std::vector<std::string>& words) : verb_(&verb) {
  std::vector<std::string> plain;
  bool only_words = false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (only_words || word.size() < 2 || word[0] != '-') {
      plain.push_back(word);
    } else if (word == "--") {
      only_words = true;
    } else if (word[1] == '-') {
      take_long(words, at);
    } else {
      take_letters(words, at);
    }
  }
  give_out(plain);
}

const Option& Arguments::take_option(std::string_view word) const {
  for (const Option& option : verb_->options) {
    const bool same = word.size() == 1 ? option.letter == word[0] : option.name == word;
    if (same) return option;
  }
  throw UsageError("no option '" + std::string(word.size() == 1 ? "-" : "--") + std::string(word) + "'");
}

void Arguments::take_long(const std::vector<std::string>& words, std::size_t& at) {
  const std::string_view word = std::string_view(words[at]).substr(2);
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  if (name.size() < 2) throw UsageError("no option '" + words[at] + "'");
  const Option& option = take_option(name);
  if (option.value.empty()) {
    if (equals != std::string_view::npos) throw UsageError("option '--" + std::string(name) + "' takes no value");
    return set(option, "");
  }
  if (equals != std::string_view::npos) return set(option, std::string(word.substr(equals + 1)));
  if (++at == words.size()) throw UsageError("option '--" + std::string(name) + "' needs a value");
  set(option, words[at]);
}

void Arguments::take_letters(const std::vector<std::string>& words, std::size_t& at) {
  const std::string word = words[at];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Option& option = take_option(std::string_view(word).substr(i, 1));
    if (option.value.empty()) {
      set(option, "");
      continue;
    }
    if (i + 1 < word.size()) return set(option, word.substr(i + 1));
    if (++at == words.size()) throw UsageError("option '-" + std::string(1, option.letter) + "' needs a value");
    return set(option, words[at]);
  }
}

void Arguments::set(const Option& option, std::string value) {
  if (!option.value.empty() && !is_choice(option.choices, value)) {
    throw UsageError("option '--" + std::string(option.name) + "' is one of " + std::string(option.choices) +
                     ", not '" + value + "'");
  }
  options_[std::string(option.name)].push_back(std::move(value));
}

// Operands that must have a word get theirs first; what is left over goes to those that may have more, from the left.
void Arguments::give_out(const std::vector<std::string>& words) {
  const auto& described = verb_->operands;
  operands_.resize(described.size());
  const auto needs = [](const Operand& operand) {
    return operand.count == Count::kOne || operand.count == Count::kSome ? std::size_t{1} : std::size_t{0};
  };
  std::size_t needed = 0;
  for (const Operand& operand : described) needed += needs(operand);
  std::size_t spare = words.size() < needed ? 0 : words.size() - needed;
  std::size_t at = 0;
  for (std::size_t place = 0; place < described.size(); ++place) {
    const Operand& operand = described[place];
    if (needs(operand) != 0 && at == words.size()) throw UsageError(std::string(operand.name) + " is missing");
    std::size_t take = needs(operand);
    const std::size_t more = operand.count == Count::kOptional ? std::min<std::size_t>(spare, 1)
                             : operand.count == Count::kOne    ? 0
                                                               : spare;
    spare -= more;
    for (take += more; take > 0 && at < words.size(); --take, ++at) {
      if (!is_choice(operand.choices, words[at])) {
        throw UsageError(std::string(operand.name) + " is one of " + std::string(operand.choices) + ", not '" +
                         words[at] + "'");
      }
      operands_[place].push_back(words[at]);
    }
  }
  if (at < words.size()) throw UsageError("'" + words[at] + "' is one word too many");
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return std::nullopt;
  return found->second.back();
}

std::string Arguments::value_or(std::string_view option, std::string_view otherwise) const {
  return value(option).value_or(std::string(otherwise));
}

std::optional<std::uint64_t> Arguments::number(std::string_view option) const {
  const auto text = value(option);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto done = std::from_chars(text->data(), text->data() + text->size(), number);
  if (done.ec == std::errc() && done.ptr == text->data() + text->size() && !text->empty()) return number;
  throw UsageError("option '--" + std::string(option) + "' is a number, not '" + *text + "'");
}

}  // namespace cli
