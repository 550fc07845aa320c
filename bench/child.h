// SPDX-License-Identifier: Apache-2.0
// Programs as others run them, and what they cost: processor time of the program and of nothing else, the time by the
// clock, memory at most. A program that cannot be started, or fails, ends the benchmark with 2. Single-threaded but for
// what feeds a program; POSIX.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

inline double clock_now(clockid_t which = CLOCK_MONOTONIC) {
  timespec at{};
  clock_gettime(which, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

struct Cost {
  double processor = 0, clock = 0;  // seconds
  double memory = 0;                // megabytes resident, at most
};

class Child {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  // Its standard input and output are pipes to here; this process's place of profiles and of services is not passed on.
  Child(const std::vector<std::string>& words, const Environment& environment) : name_(words.front()) {
    int to[2], from[2];
    if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) stop("pipe2");
    ::signal(SIGPIPE, SIG_IGN);
    started_ = clock_now();
    process_ = ::fork();
    if (process_ < 0) stop("fork");
    if (process_ == 0) {
      ::signal(SIGPIPE, SIG_DFL);
      ::dup2(to[0], 0);
      ::dup2(from[1], 1);
      for (const char* name : {"MAPIARY_CONFIG_HOME", "MAPIARY_MAPISVC"}) ::unsetenv(name);
      for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
      std::vector<char*> arguments;
      for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
      arguments.push_back(nullptr);
      ::execvp(arguments[0], arguments.data());
      std::fprintf(stderr, "%s: %s\n", arguments[0], std::strerror(errno));
      ::_exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    to_ = to[1];
    from_ = from[0];
  }
  ~Child() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    ::close(to_);
    ::close(from_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t done = ::write(to_, bytes.data(), bytes.size());
      if (done <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
  }
  // Nothing: it has closed its output.
  std::string receive() const {
    std::string bytes(1 << 16, '\0');
    const ssize_t got = ::read(from_, bytes.data(), bytes.size());
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  // What it has used up to now.
  Cost so_far() const {
    Cost cost;
    clockid_t clock{};
    if (::clock_getcpuclockid(process_, &clock) != 0) stop("clock_getcpuclockid");
    cost.processor = clock_now(clock);
    cost.clock = clock_now() - started_;
    return cost;
  }
  Cost wait() {
    while (!receive().empty()) {
    }
    int status = 0;
    rusage used{};
    if (::wait4(std::exchange(process_, 0), &status, 0, &used) < 0) stop("wait4");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      std::printf("%s failed (%d)\n", name_.c_str(), status);
      std::exit(2);
    }
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return {seconds(used.ru_utime) + seconds(used.ru_stime), clock_now() - started_,
            static_cast<double>(used.ru_maxrss) / 1024};
  }

 private:
  [[noreturn]] static void stop(const char* what) {
    std::perror(what);
    std::exit(2);
  }
  std::string name_;
  pid_t process_ = 0;
  int to_ = -1, from_ = -1;
  double started_ = 0;
};

}  // namespace bench
