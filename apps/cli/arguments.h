// SPDX-License-Identifier: Apache-2.0
// A command line read by a verb's description: --name value, --name=value, -x, -xvalue, -xy, `--` ends the options;
// operands and options in any order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"

namespace cli {

class Arguments {
 public:
  /// UsageError: an unknown option, a missing or surplus word, a word that is none of the choices.
  Arguments(const Verb& verb, const std::vector<std::string>& words);

  const Verb& verb() const { return *verb_; }
  bool has(std::string_view option) const { return options_.find(option) != options_.end(); }
  /// The last one given.
  std::optional<std::string> value(std::string_view option) const;
  std::string value_or(std::string_view option, std::string_view otherwise) const;
  /// nullopt if it was not given; UsageError if it is no number from 0 on.
  std::optional<std::uint64_t> number(std::string_view option) const;
  /// The words of the operand at that place of the description; one of kOptional or kAny may have none.
  const std::vector<std::string>& operands(std::size_t place) const { return operands_.at(place); }
  bool has_operand(std::size_t place) const { return place < operands_.size() && !operands_[place].empty(); }
  const std::string& operand(std::size_t place) const { return operands_.at(place).at(0); }

 private:
  const Option& take_option(std::string_view word) const;
  void take_long(const std::vector<std::string>& words, std::size_t& at);
  void take_letters(const std::vector<std::string>& words, std::size_t& at);
  void set(const Option& option, std::string value);
  void give_out(const std::vector<std::string>& words);

  const Verb* verb_;
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::vector<std::string>> operands_;
};

/// Whether `word` is one of "a|b|c"; an empty list takes anything.
bool is_choice(std::string_view choices, std::string_view word);
std::vector<std::string> split(std::string_view list, char separator);

}  // namespace cli
