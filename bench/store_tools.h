// SPDX-License-Identifier: Apache-2.0
// What the parts of store_bench share: results that must be good, syncs and memory counted, the floor of imports.
#ifndef MAPIARY_BENCH_STORE_TOOLS_H
#define MAPIARY_BENCH_STORE_TOOLS_H

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/raw_store.h"
#include "bench/store_client.h"

namespace bench {

// Calls of fdatasync() by this process so far.
inline std::atomic<std::uint64_t> syncs{0};

inline double status_field(const char* name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind(name, 0) == 0) return std::atof(line.c_str() + std::strlen(name)) / 1024;
  }
  return 0;
}

// Megabytes that the process took at most during `work`, more than it had before.
template <class Work>
double growth(Work&& work) {
  const double before = status_field("VmRSS:");
  std::ofstream("/proc/self/clear_refs") << "5";
  work();
  return status_field("VmHWM:") - before;
}

inline std::string raw_place(const char* name) {
  const auto path = std::filesystem::temp_directory_path() / (std::string(name) + std::to_string(::getpid()));
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
  return path;
}

}  // namespace bench

#endif  // MAPIARY_BENCH_STORE_TOOLS_H
