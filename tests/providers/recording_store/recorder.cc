// SPDX-License-Identifier: Apache-2.0
// Defines the interface ids too: a provider brings its own.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiguid.h>

#include "recorder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace recording {
namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void write_line(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const std::string path = setting("MAPIARY_RECORDING_LOG");
  if (path.empty()) return;
  if (std::FILE* file = std::fopen(path.c_str(), "a")) {
    std::fputs((line + "\n").c_str(), file);
    std::fclose(file);
  }
}

void wait_at_gate() {
  const int gate = ::open(setting("MAPIARY_RECORDING_GATE").c_str(), O_RDONLY | O_CLOEXEC);
  if (gate < 0) return;
  while (::flock(gate, LOCK_SH) != 0 && errno == EINTR) {
  }
  ::close(gate);
}

}  // namespace

std::string mode_of(const std::string& call) {
  const std::string modes = "," + setting("MAPIARY_RECORDING_MODE") + ",";
  const auto found = modes.find("," + call + "=");
  if (found == std::string::npos) return {};
  const auto begin = found + call.size() + 2;
  return modes.substr(begin, modes.find(',', begin) - begin);
}

HRESULT record(const std::string& call, const std::string& argument) {
  write_line(argument.empty() ? call : call + " " + argument);
  const std::string mode = mode_of(call);
  if (mode == "throw") throw std::runtime_error("asked to throw in " + call);
  if (mode == "hang") {
    wait_at_gate();
    write_line(call + " woke up");
  }
  if (mode.rfind("slow:", 0) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(mode.c_str() + 5)));
  if (mode.rfind("fail:", 0) == 0) return static_cast<HRESULT>(std::strtoul(mode.c_str() + 5, nullptr, 16));
  return mode == "fail" ? MAPI_E_CALL_FAILED : S_OK;
}

}  // namespace recording
