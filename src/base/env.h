// SPDX-License-Identifier: Apache-2.0
// The process's surroundings: variables and the folders of the XDG Base Directory Specification 0.8. Nothing here
// creates a folder. Read at each call; a program must not change variables while other threads run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace mapiary {

// nullopt: not set. Set but empty is an empty string.
std::optional<std::string> env(const char* name);

// Absolute paths without a slash at the end. A variable that is not absolute is ignored, as the specification asks.
// kNotFound: neither the variable nor a home folder is known.
Result<std::string> home_folder();
Result<std::string> config_folder();               // XDG_CONFIG_HOME, ~/.config
Result<std::string> data_folder();                 // XDG_DATA_HOME, ~/.local/share
Result<std::string> state_folder();                // XDG_STATE_HOME, ~/.local/state
Result<std::string> cache_folder();                // XDG_CACHE_HOME, ~/.cache
std::string temp_folder();                         // TMPDIR, /tmp
std::vector<std::string> config_search_folders();  // config_folder() if known, then XDG_CONFIG_DIRS (or /etc/xdg)

std::uint32_t process_id();
// Of this machine, as the kernel has it; "localhost" if it has none.
std::string host_name();
// The login name of the user the process runs as; its number if there is none.
std::string user_name();
// The path of the running program; kNotFound where the system does not tell.
Result<std::string> program_path();

}  // namespace mapiary
