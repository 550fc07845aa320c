// SPDX-License-Identifier: Apache-2.0
// The second_process of a test, from the test's side: what it says, its end, its death. Of one thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace session_test {

// A second_process. Killed at the latest with its object.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    int in[2], out[2];
    EXPECT_EQ(0, ::pipe2(in, O_CLOEXEC));
    EXPECT_EQ(0, ::pipe2(out, O_CLOEXEC));
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    arguments.insert(arguments.begin(), SECOND_PROCESS);
    std::vector<char*> list;
    for (std::string& argument : arguments) list.push_back(argument.data());
    list.push_back(nullptr);
    EXPECT_EQ(0, ::posix_spawn(&pid_, SECOND_PROCESS, &actions, nullptr, list.data(), environ));
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = ::fdopen(out[0], "r");
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { kill(); }

  // The next line it says; empty: it has ended.
  std::string line() {
    char text[256];
    if (!output_ || !std::fgets(text, sizeof(text), output_)) return {};
    std::string result(text);
    if (!result.empty() && result.back() == '\n') result.pop_back();
    return result;
  }
  // Lets it end; its exit code.
  int end() {
    close_input();
    while (!line().empty()) {
    }
    return wait();
  }
  void kill() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    close_input();
    (void)wait();
  }
  // Kills it; what it had said and nobody had read.
  std::vector<std::string> kill_and_read() {
    ::kill(pid_, SIGKILL);
    std::vector<std::string> lines;
    for (std::string one = line(); !one.empty(); one = line()) lines.push_back(one);
    kill();
    return lines;
  }

 private:
  void close_input() {
    if (input_ >= 0) ::close(std::exchange(input_, -1));
  }
  int wait() {
    if (output_) std::fclose(std::exchange(output_, nullptr));
    if (pid_ <= 0) return -1;
    int status = 0;
    const pid_t pid = std::exchange(pid_, -1);
    EXPECT_EQ(pid, ::waitpid(pid, &status, 0));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

}  // namespace session_test
