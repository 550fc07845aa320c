// SPDX-License-Identifier: Apache-2.0
#include "cli/census.h"
#include "cli/damage_watch.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

struct Count {
  const char* name;
  std::uint64_t value;
};

std::vector<Count> counts_of(const Census& census) {
  return {{"folders", census.folders},
          {"messages", census.messages},
          {"associated", census.associated},
          {"embedded", census.embedded},
          {"attachments", census.attachments},
          {"recipients", census.recipients},
          {"search_folders", census.search_folders}};
}

// Of stores that can have one.
std::optional<bool> has_password(const OpenStore& opened) {
  const auto set = opened.store.number(PROP_TAG(PT_BOOLEAN, 0x67A4));  // docs/message-stores.md
  return set ? std::optional<bool>(*set != 0) : std::nullopt;
}

void print_json(const OpenStore& opened, const Census& census, std::uint64_t bytes) {
  Json json(Json::Form::kPretty);
  json.object().text("schema", "mapiary.info/1").text("path", opened.path.empty() ? opened.name : opened.path);
  json.text("name", opened.store.name());
  json.text("format", opened.file.format)
      .text("variant", opened.file.variant)
      .text("encryption", opened.file.encryption);
  if (const auto set = has_password(opened)) json.boolean("password_set", *set);
  for (const Count& count : counts_of(census)) json.number(count.name, count.value);
  json.number("bytes", bytes).key("problems").array();
  for (const Problem& problem : census.problems) {
    json.object().text("where", problem.where).text("code", mapiary::client::code_name(problem.code));
    json.text("message", problem.what).end();
  }
  json.end().number("problems_not_listed", census.more_problems);
  if (!census.problems.empty()) json.text("remedy", remedy_of(opened));
  json.end();
  print_line(json.str());
}

void print_text(const OpenStore& opened, const Census& census, std::uint64_t bytes) {
  print_line("path         " + one_line(opened.path.empty() ? opened.name : opened.path));
  print_line("name         " + one_line(opened.store.name()));
  print_line("format       " + opened.file.format + (opened.file.variant.empty() ? "" : ", " + opened.file.variant));
  print_line("encryption   " + opened.file.encryption);
  if (has_password(opened).value_or(false)) print_line("password     set; not needed for reading");
  for (const Count& count : counts_of(census)) {
    if (std::string_view(count.name) == "search_folders") continue;
    print_line(fit(count.name, 13) + std::to_string(count.value));
  }
  print_line("bytes        " + std::to_string(bytes));
  print_line("problems     " + std::to_string(census.problems.size() + census.more_problems));
  for (const Problem& problem : census.problems) print_line("  " + one_line(problem.where + ": " + problem.what));
  if (!census.problems.empty()) print_line("remedy       " + one_line(remedy_of(opened)));
}

ExitCode run_info(const Arguments& arguments) {
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  Progress progress(arguments, "messages counted");
  DamageWatch damage(opened.store);
  Census census = take_census(opened.store, [&](const Census& now) { progress.step(now.messages + now.associated); });
  // Messages that could not be counted are among the problems already; this is why. Opening may have met damage too.
  (void)damage.is_new();
  for (std::string& text : damage.findings()) {
    census.problems.push_back({"file", std::move(text), MAPI_E_CORRUPT_STORE});
  }
  const std::uint64_t bytes = opened.path.empty() ? 0 : system::total_size(opened.path);
  if (arguments.has("json")) {
    print_json(opened, census, bytes);
  } else {
    print_text(opened, census, bytes);
  }
  return census.problems.empty() ? ExitCode::kDone : ExitCode::kDamaged;
}

}  // namespace

Verb describe_info() {
  return {"info",
          "say what a store is and count what is in it",
          {{"STORE", Kind::kStore}},
          {kJson, kProfile, kQuiet},
          "Folders are all normal folders, the root included, search folders not. Messages are those of every folder; "
          "embedded messages and associated (hidden) ones are counted apart; attachments and recipients include those "
          "inside embedded messages. Every message is opened; what cannot be read is listed as a problem and makes the "
          "exit code 4.",
          "mapiary info mail.mapiary\nmapiary info --json archive.pst",
          run_info};
}

}  // namespace cli
