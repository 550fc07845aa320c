// SPDX-License-Identifier: Apache-2.0
// A new empty folder of a test's own; what a killed run left behind is never taken for it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace test_files {

// `prefix`: how its name begins. Whoever asks for it removes it.
inline std::filesystem::path new_temp_folder(const std::string& prefix) {
  std::string name = (std::filesystem::temp_directory_path() / (prefix + "-XXXXXX")).string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder " + name);
  return name;
}

}  // namespace test_files
