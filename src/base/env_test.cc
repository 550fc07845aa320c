// SPDX-License-Identifier: Apache-2.0
// Surroundings, log, random numbers and libraries: what the process has outside itself.
#include "base/env.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/dynlib.h"
#include "base/file.h"
#include "base/log.h"
#include "base/random.h"

namespace mapiary {
namespace {

class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name), old_(env(name)) { put(value); }
  ~Variable() { put(old_ ? old_->c_str() : nullptr); }

 private:
  void put(const char* value) {
    if (value != nullptr) {
      ::setenv(name_, value, 1);
    } else {
      ::unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

TEST(Env, XdgFolders) {
  Variable home("HOME", "/home/someone/");
  Variable config("XDG_CONFIG_HOME", nullptr);
  Variable data("XDG_DATA_HOME", "/data//");
  Variable state("XDG_STATE_HOME", "relative/path");
  Variable cache("XDG_CACHE_HOME", "");
  EXPECT_EQ(home_folder().value(), "/home/someone");
  EXPECT_EQ(config_folder().value(), "/home/someone/.config");
  EXPECT_EQ(data_folder().value(), "/data");
  EXPECT_EQ(state_folder().value(), "/home/someone/.local/state");
  EXPECT_EQ(cache_folder().value(), "/home/someone/.cache");
  Variable dirs("XDG_CONFIG_DIRS", "/a:relative::/b/");
  EXPECT_EQ(config_search_folders(), (std::vector<std::string>{"/home/someone/.config", "/a", "/b"}));
  Variable no_dirs("XDG_CONFIG_DIRS", "");
  EXPECT_EQ(config_search_folders().back(), "/etc/xdg");
  Variable temp("TMPDIR", "/elsewhere");
  EXPECT_EQ(temp_folder(), "/elsewhere");
  EXPECT_FALSE(env("MAPIARY_NO_SUCH_VARIABLE"));
}

TEST(Env, Identity) {
  EXPECT_NE(process_id(), 0u);
  EXPECT_FALSE(host_name().empty());
  EXPECT_FALSE(user_name().empty());
  EXPECT_TRUE(system_files().exists(program_path().value()).value());
}

TEST(Log, LevelsAndVisibleControls) {
  std::vector<std::string> lines;
  set_log_sink([&](LogLevel, std::string_view line) { lines.emplace_back(line); });
  LogLevel before = log_level();
  ClockOverride clock(FileTime::from_unix(0));
  set_log_level(LogLevel::kOff);
  log(LogLevel::kError, "base", "not seen");
  set_log_level(LogLevel::kWarning);
  EXPECT_FALSE(log_enabled(LogLevel::kInfo));
  EXPECT_FALSE(log_enabled(LogLevel::kOff));
  log(LogLevel::kInfo, "base", "not seen");
  log(LogLevel::kError, "pst/ndb", "a\nb\x1B\x7F\u00E9");
  log_error(LogLevel::kWarning, Error(Code::kNotFound, "base", "no such thing"), "opening");
  set_log_level(before);
  set_log_sink({});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "1970-01-01T00:00:00Z error pst/ndb: a\\x0ab\\x1b\\x7f\u00E9");
  EXPECT_EQ(lines[1].rfind("1970-01-01T00:00:00Z warning base: opening: no such thing [NotFound env_test.cc:", 0), 0u)
      << lines[1];
}

TEST(Log, LinesOfThreadsStayWhole) {
  std::atomic<int> count{0};
  set_log_sink([&](LogLevel, std::string_view line) { count += line.ends_with(": whole") ? 1 : 0; });
  LogLevel before = log_level();
  set_log_level(LogLevel::kDebug);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 100; ++n) log(LogLevel::kDebug, "t", "whole");
    });
  }
  for (auto& thread : threads) thread.join();
  set_log_level(before);
  set_log_sink({});
  EXPECT_EQ(count, 400);
}

TEST(Random, FillsAllOfIt) {
  std::vector<std::byte> bytes(1 << 16);
  random_bytes(bytes);
  std::size_t zeros = 0;
  for (std::byte b : bytes) zeros += b == std::byte{0} ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(zeros), 256.0, 100.0);
  EXPECT_NE(random_u64(), random_u64());
  random_bytes({});
}

TEST(DynLib, FindsSymbols) {
  auto lib = DynLib::open("libm.so.6");
  ASSERT_TRUE(lib) << lib.error().message;
  auto cosine = lib->function<double(double)>("cos");
  ASSERT_TRUE(cosine);
  EXPECT_EQ((*cosine)(0.0), 1.0);
  auto none = lib->symbol("mapiary_no_such_symbol");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kNotFound);
  DynLib moved = std::move(*lib);
  EXPECT_TRUE(moved.is_open());
  moved.close();
  EXPECT_EQ(moved.symbol("cos").error().code, Code::kInvalidObject);
}

TEST(DynLib, SaysWhyNot) {
  EXPECT_EQ(DynLib::open("/no/such/library.so").error().code, Code::kNotFound);
  EXPECT_EQ(DynLib::open("libmapiary-no-such.so").error().code, Code::kNotFound);
  EXPECT_EQ(DynLib::open("").error().code, Code::kInvalidArgument);
  std::string folder = system_files().make_temp_folder(join_path(temp_folder(), "mapiary-dynlib-")).value();
  std::string path = join_path(folder, "text.so");
  ASSERT_TRUE(system_files().replace_file(path, bytes_of("not a library at all")));
  auto text = DynLib::open(path);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kCorrupt);
  EXPECT_NE(text.error().message.find(path), std::string::npos);
  EXPECT_TRUE(system_files().remove_file(path));
  EXPECT_TRUE(system_files().remove_folder(folder));
}

}  // namespace
}  // namespace mapiary
