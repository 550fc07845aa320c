// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.h"

#include "cli/verbs/verbs.h"

namespace cli {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {
      describe_info(),   describe_ls(),      describe_tree(),  describe_show(),     describe_props(),
      describe_search(), describe_import(),  describe_copy(),  describe_recover(),  describe_export(),
      describe_rm(),     describe_mkdir(),   describe_check(), describe_pst_tree(), describe_profile(),
      describe_help(),   describe_version(),
  };
  return all;
}

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

std::string synopsis(const Verb& verb) {
  std::string text;
  const auto add = [&text](std::string word) { text += (text.empty() ? "" : " ") + std::move(word); };
  if (!verb.options.empty()) add("[options]");
  for (const Operand& operand : verb.operands) {
    const std::string name(operand.choices.empty() ? operand.name : operand.choices);
    switch (operand.count) {
      case Operand::Count::kOne:
        add(name);
        break;
      case Operand::Count::kOptional:
        add("[" + name + "]");
        break;
      case Operand::Count::kSome:
        add(name + "...");
        break;
      case Operand::Count::kAny:
        add("[" + name + "...]");
        break;
    }
  }
  return text;
}

}  // namespace cli
