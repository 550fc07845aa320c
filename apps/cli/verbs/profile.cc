// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;

constexpr ULONG kPath = PROP_TAG(PT_UNICODE, 0x6700);

std::string need(const Arguments& arguments, std::size_t place, const char* what) {
  if (!arguments.has_operand(place)) throw UsageError(arguments.operand(0) + ": " + what + " is missing");
  return arguments.operand(place);
}
void need_no_more(const Arguments& arguments, std::size_t place) {
  if (arguments.has_operand(place)) throw UsageError("'" + arguments.operand(place) + "' is one word too many");
}

ExitCode list(const Arguments& arguments) {
  need_no_more(arguments, 1);
  for (const auto& profile : client::Profiles().list()) {
    if (!arguments.has("json")) {
      print_line(one_line(profile.name) + (profile.is_default ? "  (default)" : ""));
      continue;
    }
    Json json;
    json.object().text("schema", "mapiary.profile/1").text("name", profile.name);
    print_line(json.boolean("default", profile.is_default).end().str());
  }
  return ExitCode::kDone;
}

ExitCode create(const Arguments& arguments) {
  const std::string name = need(arguments, 1, "the profile's name");
  need_no_more(arguments, 2);
  client::Profiles profiles;
  const auto all = profiles.list();
  const bool first = all.empty();
  for (const auto& profile : all) {
    if (profile.name == name) throw CannotOpen("there is a profile '" + name + "' already", ExitCode::kNothing);
  }
  profiles.create(name);
  if (first) profiles.make_default(name);
  tell(arguments, "profile '" + name + "' is made" + (first ? ", and is the default" : ""));
  return ExitCode::kDone;
}

ExitCode make_default(const Arguments& arguments) {
  const std::string name = need(arguments, 1, "the profile's name");
  need_no_more(arguments, 2);
  client::Profiles().make_default(name);
  return ExitCode::kDone;
}

// The store is opened once: one that is not there is made, and one that cannot be opened does not stay in the profile.
ExitCode add_store(const Arguments& arguments) {
  const std::string name = need(arguments, 1, "the profile's name");
  const std::string path = system::absolute(need(arguments, 2, "the store's file"));
  std::string service = "MAPIARY_SQLITE";
  const bool there = system::kind_of(path) != system::PathKind::kNone;
  if (there) {
    const auto file = recognise(system::read_head(path, 1024));
    if (!file) throw CannotOpen("'" + path + "' holds no store", ExitCode::kNothing);
    service = file->service;
  }
  const std::string shown = arguments.value_or("name", system::base_name(path));
  client::Profiles profiles;
  need_profile(profiles.list(), name);
  client::Profile profile = profiles.open(name);
  for (const client::Service& one : profile.services()) {
    if (std::find(one.providers.begin(), one.providers.end(), shown) != one.providers.end())
      throw CannotOpen("profile '" + name + "' has a store '" + shown + "' already; --name gives this one another name",
                       ExitCode::kNothing);
  }
  client::PropertyList where;
  where.text(kPath, path).text(PR_DISPLAY_NAME_W, shown);
  const client::Service added = profile.add(service, shown, where);
  try {
    const client::Session session = client::Session::log_on(name);
    for (const auto& store : session.stores()) {
      if (store.name == shown)
        session.open_store(store.entry_id, there ? client::Access::kRead : client::Access::kWrite);
    }
  } catch (const client::Error&) {
    profile.remove(added);
    throw;
  }
  tell(arguments, "'" + shown + "' is a store of profile '" + name + "' now");
  return ExitCode::kDone;
}

ExitCode remove(const Arguments& arguments) {
  const std::string name = need(arguments, 1, "the profile's name");
  if (!arguments.has_operand(2)) {
    client::Profiles().remove(name);
    tell(arguments, "profile '" + name + "' is removed; its stores' files are where they were");
    return ExitCode::kDone;
  }
  client::Profile profile = client::Profiles().open(name);
  for (const client::Service& service : profile.services()) {
    const auto& stores = service.providers;
    if (std::find(stores.begin(), stores.end(), arguments.operand(2)) == stores.end()) continue;
    profile.remove(service);
    tell(arguments,
         "'" + arguments.operand(2) + "' is no store of profile '" + name + "' any more; its file is where it was");
    return ExitCode::kDone;
  }
  throw CannotOpen("profile '" + name + "' has no store '" + arguments.operand(2) + "'", ExitCode::kNothing);
}

ExitCode show(const Arguments& arguments) {
  std::string name = arguments.has_operand(1) ? arguments.operand(1) : std::string();
  need_no_more(arguments, 2);
  client::Profiles profiles;
  for (const auto& profile : profiles.list()) {
    if (name.empty() && profile.is_default) name = profile.name;
  }
  if (name.empty()) throw CannotOpen("there is no default profile", ExitCode::kNothing);
  need_profile(profiles.list(), name);
  const client::Session session = client::Session::log_on(name);
  for (const auto& store : session.stores()) {
    if (!arguments.has("json")) {
      print_line(one_line(store.name) + (store.is_default ? "  (default)" : ""));
      continue;
    }
    Json json;
    json.object().text("schema", "mapiary.store/1").text("profile", name).text("name", store.name);
    print_line(json.boolean("default", store.is_default).text("entryid", client::to_hex(store.entry_id)).end().str());
  }
  return ExitCode::kDone;
}

ExitCode run_profile(const Arguments& arguments) {
  struct Action {
    std::string_view name;
    ExitCode (*run)(const Arguments&);
  };
  static constexpr Action kActions[] = {{"list", list},     {"create", create},        {"add-store", add_store},
                                        {"remove", remove}, {"default", make_default}, {"show", show}};
  prepare_services();
  std::optional<client::Library> library;
  try {
    library.emplace();
  } catch (const client::Error& error) {
    throw CannotOpen("the profiles of '" + system::config_folder() + "' cannot be opened (MAPIARY_CONFIG_HOME names " +
                         "another folder): " + error.what(),
                     ExitCode::kNothing);
  }
  for (const Action& action : kActions) {
    if (action.name == arguments.operand(0)) return action.run(arguments);
  }
  return ExitCode::kUsage;
}

}  // namespace

Verb describe_profile() {
  return {
      "profile",
      "look at the profiles and change them",
      {{"ACTION", Kind::kText, Operand::Count::kOne, "list|create|add-store|remove|default|show"},
       {"PROFILE", Kind::kProfile, Operand::Count::kOptional},
       {"FILE|STORE", Kind::kFile, Operand::Count::kOptional}},
      {kJson, {"name", 0, "NAME", "what the added store is called; the file's name otherwise"}, kQuiet},
      "list: the profiles. create PROFILE: the first one becomes the default. add-store PROFILE FILE: a file that is "
      "not "
      "there is made, as a Mapiary store. remove PROFILE [STORE]: the profile, or one store of it; files stay. default "
      "PROFILE: makes it the default. show [PROFILE]: its stores.",
      "mapiary profile create Work\nmapiary profile add-store Work ~/mail.mapiary --name Mail\nmapiary ls Mail Inbox",
      run_profile};
}

}  // namespace cli
