// SPDX-License-Identifier: Apache-2.0
#include "cli/folders.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;

ExitCode run_mkdir(const Arguments& arguments) {
  for (const std::string& path : arguments.operands(1)) check_path(path);
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0), client::Access::kWrite, Missing::kCreate);
  const Ids ids(opened.store);
  FolderMaker maker(opened.store);
  for (const std::string& path : arguments.operands(1)) {
    const FolderInfo made = maker.make(path);
    if (!arguments.has("json")) continue;
    Json json;
    json.object().text("schema", "mapiary.folder/1").text("id", ids.brief(made.entry_id)).text("path", made.path);
    print_line(json.text("name", made.name).end().str());
  }
  stores.close();
  return ExitCode::kDone;
}

}  // namespace

Verb describe_mkdir() {
  return {"mkdir",
          "make folders",
          {{"STORE", Kind::kNewStore}, {"FOLDER", Kind::kText, Operand::Count::kSome}},
          {kJson, kProfile, kQuiet},
          "Folders on the way are made too; one that is there is no error. A path that does not begin with '/' lies in "
          "the folder of the visible ones. A STORE that is not there is made, as a Mapiary store in a file.",
          "mapiary mkdir mail.mapiary Projects/2026",
          run_mkdir};
}

}  // namespace cli
