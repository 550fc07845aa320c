// SPDX-License-Identifier: Apache-2.0
#include "cli/help_text.h"

#include <algorithm>

#include "cli/arguments.h"

namespace cli {

namespace {

constexpr std::string_view kExitCodes =
    "0 all done; 1 nothing could be done; 2 wrong usage; 3 some items failed, and every one is listed; 4 the input is "
    "damaged, and all that is readable was done; 5 no access: locked, no permission, encrypted.";
constexpr std::string_view kStores =
    "STORE is a file (a Mapiary store, a PST or OST, or mail to look at: an .eml file, an mbox, a Maildir; the content "
    "decides, not the name) or the name of a store of a profile. A file needs no profile. FOLDER is a path of names "
    "with '/' between them, from the store's root or from "
    "the folder of the visible ones; in a name '/' is %2F and '%' is %25. An ID is what ls and search print.";

// Words of a paragraph in lines of at most `width`, each behind `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 100) {
  std::string out, line;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  for (const std::string& word : split(text, ' ')) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) flush();
    line += (line.empty() ? "" : " ") + word;
  }
  flush();
  return out;
}

std::string option_usage(const Option& option) {
  std::string text = option.letter != 0 ? "-" + std::string(1, option.letter) + ", " : "    ";
  text += "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

std::string option_help(const Option& option) {
  std::string text(option.help);
  if (!option.choices.empty()) {
    std::string list(option.choices);
    std::replace(list.begin(), list.end(), '|', ' ');
    text += ": " + list;
  }
  return text;
}

// ---- man

// A line that begins with a dot or apostrophe would be a request; a backslash an escape.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += std::string("\\&") + c;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string man_head(const std::string& name, std::string_view summary) {
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return ".TH " + roff(upper) + " 1 \"\" \"mapiary " MAPIARY_VERSION "\" \"Mapiary\"\n.SH NAME\n" + roff(name) +
         " \\- " + roff(summary) + "\n";
}

std::string man_of_verb(const Verb& verb) {
  std::string text = man_head("mapiary-" + std::string(verb.name), verb.summary);
  text += ".SH SYNOPSIS\n.B mapiary " + roff(verb.name) + "\n" + roff(synopsis(verb)) + "\n";
  text += ".SH DESCRIPTION\n";
  for (const std::string& paragraph : split(verb.details, '\n')) text += roff(paragraph) + "\n.PP\n";
  if (!verb.options.empty()) text += ".SH OPTIONS\n";
  for (const Option& option : verb.options) {
    const std::string usage = option_usage(option);
    text += ".TP\n\\fB" + roff(usage.substr(usage.find('-'))) + "\\fR\n" + roff(option_help(option)) + "\n";
  }
  if (!verb.examples.empty()) text += ".SH EXAMPLES\n.nf\n" + roff(verb.examples) + "\n.fi\n";
  return text + ".SH EXIT STATUS\n" + roff(kExitCodes) + "\n.SH SEE ALSO\n.BR mapiary (1)\n";
}

// ---- Completions

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string words_of(std::string_view choices) {
  std::string list(choices);
  std::replace(list.begin(), list.end(), '|', ' ');
  return list;
}

std::string all_choices(const Verb& verb) {
  std::string words;
  for (const Operand& operand : verb.operands) {
    if (operand.kind == Kind::kVerb) {
      for (const Verb& other : verbs()) words += " " + std::string(other.name);
    }
    if (!operand.choices.empty()) words += " " + words_of(operand.choices);
  }
  return words;
}

std::string bash_completion() {
  std::string text =
      "# bash completion of mapiary; made by: mapiary help --completion bash\n"
      "_mapiary() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options= words= choices=\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words='";
  for (const Verb& verb : verbs()) text += std::string(verb.name) + " ";
  text +=
      "'\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n    return\n  fi\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const Verb& verb : verbs()) {
    text += "    " + std::string(verb.name) + ")\n      options='";
    for (const Option& option : verb.options) text += "--" + std::string(option.name) + " ";
    text += "'\n      words='" + all_choices(verb) + "'\n      case $previous in\n";
    for (const Option& option : verb.options) {
      if (option.choices.empty()) continue;
      text += "        --" + std::string(option.name);
      if (option.letter != 0) text += "|-" + std::string(1, option.letter);
      text += ") choices='" + words_of(option.choices) + "' ;;\n";
    }
    text += "      esac\n      ;;\n";
  }
  return text +
         "  esac\n"
         "  if [ -n \"$choices\" ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$current\")\n"
         "  elif [ \"${current#-}\" != \"$current\" ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
         "  else\n"
         "    mapfile -t COMPREPLY < <(compgen -f -W \"$words\" -- \"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _mapiary mapiary\n";
}

std::string zsh_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string zsh_action(Kind kind, std::string_view choices) {
  if (!choices.empty()) return "(" + words_of(choices) + ")";
  return kind == Kind::kText || kind == Kind::kProfile ? "" : kind == Kind::kDirectory ? "_files -/" : "_files";
}

std::string zsh_completion() {
  std::string text =
      "#compdef mapiary\n# zsh completion of mapiary; made by: mapiary help --completion zsh\n"
      "_mapiary() {\n  local -a verbs\n  verbs=(\n";
  for (const Verb& verb : verbs())
    text += "    " + quoted(std::string(verb.name) + ":" + zsh_escaped(verb.summary)) + "\n";
  text +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n"
      "  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n";
  for (const Verb& verb : verbs()) {
    text += "    " + std::string(verb.name) + ")\n      _arguments";
    for (const Option& option : verb.options) {
      std::string spec = "--" + std::string(option.name) + "[" + zsh_escaped(option.help) + "]";
      if (!option.value.empty())
        spec += ":" + zsh_escaped(option.value) + ":" + zsh_action(option.kind, option.choices);
      text += " \\\n        " + quoted(spec);
    }
    for (const Operand& operand : verb.operands) {
      const bool many = operand.count == Operand::Count::kSome || operand.count == Operand::Count::kAny;
      const std::string action =
          operand.kind == Kind::kVerb ? "(" + all_choices(verb) + ")" : zsh_action(operand.kind, operand.choices);
      text += " \\\n        " + quoted((many ? "*:" : ":") + zsh_escaped(operand.name) + ":" + action);
    }
    text += "\n      ;;\n";
  }
  return text + "  esac\n}\n_mapiary \"$@\"\n";
}

std::string fish_completion() {
  std::string text = "# fish completion of mapiary; made by: mapiary help --completion fish\n";
  for (const Verb& verb : verbs()) {
    text += "complete -c mapiary -n __fish_use_subcommand -a " + std::string(verb.name) + " -d " +
            quoted(verb.summary) + "\n";
  }
  for (const Verb& verb : verbs()) {
    const std::string in = "complete -c mapiary -n " + quoted("__fish_seen_subcommand_from " + std::string(verb.name));
    for (const Option& option : verb.options) {
      text += in + " -l " + std::string(option.name);
      if (option.letter != 0) text += " -s " + std::string(1, option.letter);
      if (!option.value.empty()) text += " -r";
      if (!option.choices.empty()) text += " -f -a " + quoted(words_of(option.choices));
      text += " -d " + quoted(option.help) + "\n";
    }
    const std::string words = all_choices(verb);
    if (!words.empty()) text += in + " -a " + quoted(words) + "\n";
  }
  return text;
}

}  // namespace

std::string help_overview() {
  std::string text = "usage: mapiary <verb> [arguments]\n\n";
  std::size_t width = 0;
  for (const Verb& verb : verbs()) width = std::max(width, verb.name.size());
  for (const Verb& verb : verbs()) {
    text += "  " + std::string(verb.name) + std::string(width - verb.name.size() + 3, ' ') + std::string(verb.summary) +
            "\n";
  }
  return text + "\n" + wrapped(kStores, 0) + "\nExit codes: " + wrapped(kExitCodes, 0, 88) +
         "\nMore of a verb: mapiary help <verb>\n";
}

std::string help_of(const Verb& verb) {
  std::string text = "usage: mapiary " + std::string(verb.name);
  const std::string rest = synopsis(verb);
  if (!rest.empty()) text += " " + rest;
  text += "\n\n" + std::string(verb.summary) + "\n";
  for (const std::string& paragraph : split(verb.details, '\n')) text += "\n" + wrapped(paragraph, 0);
  std::size_t width = 0;
  for (const Option& option : verb.options) width = std::max(width, option_usage(option).size());
  if (!verb.options.empty()) text += "\nOptions:\n";
  for (const Option& option : verb.options) {
    const std::string usage = option_usage(option);
    const std::string help = wrapped(option_help(option), width + 5);
    text += "  " + usage + std::string(width - usage.size() + 3, ' ') + help.substr(std::min(help.size(), width + 5));
  }
  if (!verb.examples.empty()) text += "\nExamples:\n";
  for (const std::string& line : split(verb.examples, '\n')) text += "  " + line + "\n";
  return text;
}

std::string man_page(const Verb* verb) {
  if (verb != nullptr) return man_of_verb(*verb);
  std::string text = man_head("mapiary", "look into mail stores, and bring mail in and out");
  text += ".SH SYNOPSIS\n.B mapiary\nverb [arguments]\n.SH DESCRIPTION\n" + roff(kStores) + "\n.SH VERBS\n";
  for (const Verb& one : verbs()) {
    text += ".TP\n\\fB" + roff(one.name) + "\\fR " + roff(synopsis(one)) + "\n" + roff(one.summary) + "\n";
  }
  text += ".SH EXIT STATUS\n" + roff(kExitCodes) +
          "\n.SH ENVIRONMENT\n.TP\nMAPIARY_CONFIG_HOME\nwhere the profiles are\n" +
          ".TP\nMAPIARY_MAPISVC\nfurther files with message services, with colons between them\n.SH SEE ALSO\n";
  for (std::size_t i = 0; i < verbs().size(); ++i) {
    text += ".BR mapiary\\-" + roff(verbs()[i].name) + " (1)" + (i + 1 < verbs().size() ? ",\n" : "\n");
  }
  return text;
}

std::string completion(std::string_view shell) {
  if (shell == "bash") return bash_completion();
  return shell == "zsh" ? zsh_completion() : fish_completion();
}

}  // namespace cli
