// SPDX-License-Identifier: Apache-2.0
#include "cli/manifest.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/store_copy.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Access;

// What a PST store that shows recoverable messages says (docs/message-stores.md).
constexpr ULONG kRecoveredState = PROP_TAG(PT_UNICODE, 0x67AB);
constexpr ULONG kRemains = PROP_TAG(PT_MV_UNICODE, 0x67AD);

// The folder the provider made for them; none if nothing was found.
std::optional<FolderInfo> recovered_folder(const client::Store& store) {
  std::optional<FolderInfo> found;
  walk_children(
      store, root_folder(store),
      [&](const FolderInfo& folder) {
        const client::Values values = store.folder(folder.entry_id).read({kRecoveredState});
        if (values.at(0) && values.at(0).text() == "folder") found = folder;
        return !found;
      },
      [](const FolderFailure& failure) {
        throw client::Error(failure.code, "the folder " + failure.path, failure.message);
      });
  return found;
}

std::vector<std::string> remains_of(const client::Store& store) {
  const client::Values values = store.read({kRemains});
  std::vector<std::string> out;
  if (!values.at(0)) return out;
  const auto& texts = values.at(0).raw()->Value.MVszW;
  for (ULONG i = 0; i < texts.cValues; ++i) out.push_back(client::to_utf8(texts.lppszW[i]));
  return out;
}

ExitCode run_recover(const Arguments& arguments) {
  if (!arguments.has("dry-run")) try_manifest(arguments);
  Stores stores(arguments);
  stores.show_recoverable();
  const OpenStore from = stores.open(arguments.operand(0));
  if (!from.path.empty() && from.file.service != "MAPIARY_PST") {
    throw CannotOpen("'" + from.name + "' is no PST or OST: only those keep what was deleted", ExitCode::kNothing);
  }
  CopyPlan plan;
  plan.operation = "recover";
  plan.into = arguments.value_or("into", "Recovered");
  plan.recovered = true;
  plan.start = recovered_folder(from.store);
  plan.nothing = !plan.start;
  plan.left_over = remains_of(from.store);
  const bool nowhere = arguments.has("dry-run") || plan.nothing;
  const ExitCode code = nowhere ? copy_nowhere(arguments, from, plan) : copy_store(arguments, stores, from, plan);
  if (plan.nothing) tell(arguments, "nothing that is whole is in no folder");
  return code;
}

}  // namespace

Verb describe_recover() {
  return {"recover",
          "get deleted and lost messages out of a PST or OST",
          {{"FROM", Kind::kStore}, {"TO", Kind::kNewStore}},
          with_query_options({{"into", 'i', "FOLDER", "put what is found into this folder, not into \"Recovered\""},
                              {"no-associated", 0, "", "without the hidden messages that are associated with folders"},
                              {"manifest", 'm', "FILE", "write what became of every item into this file", Kind::kFile},
                              kResume,
                              kDryRun,
                              kJson,
                              kProfile,
                              kQuiet}),
          "Looks through the whole file for messages that no folder has and that are still there to the last byte: "
          "lost by damage, deleted, or in folders that nothing leads to. They are put into the folder \"Recovered\" of "
          "TO, each marked with how it was found; what is only partly there is listed in the manifest as excluded. "
          "With --recoverable the other verbs show the same messages in place.",
          "mapiary recover archive.pst rescued.mapiary\nmapiary recover --dry-run --json archive.pst rescued.mapiary",
          run_recover};
}

}  // namespace cli
