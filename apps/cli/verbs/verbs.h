// SPDX-License-Identifier: Apache-2.0
// The descriptions of the verbs, one a file of this folder. verb.cc lists them in the order of the help.
#pragma once

#include "cli/verb.h"

namespace cli {

Verb describe_check();
Verb describe_copy();
Verb describe_export();
Verb describe_help();
Verb describe_import();
Verb describe_info();
Verb describe_ls();
Verb describe_mkdir();
Verb describe_profile();
Verb describe_props();
Verb describe_pst_tree();
Verb describe_recover();
Verb describe_rm();
Verb describe_search();
Verb describe_show();
Verb describe_tree();
Verb describe_version();

}  // namespace cli
