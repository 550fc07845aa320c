// SPDX-License-Identifier: Apache-2.0
// Defines the interface ids too: a provider brings its own.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiguid.h>

#include "board.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace transport {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

std::string hex(ULONG value) {
  char text[16];
  std::snprintf(text, sizeof(text), "%X", static_cast<unsigned>(value));
  return text;
}

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::strtoul(digits.substr(i, 2).c_str(), nullptr, 16));
  }
  return bytes;
}

Board& Board::get() {
  static Board board;
  return board;
}

void Board::set(const char* key, const char* value) {
  const std::lock_guard lock(mutex_);
  settings_[key] = value;
  changed_.notify_all();
}

void Board::reset() {
  release();
  wait_quiet();
  forget_mail();
  const std::lock_guard lock(mutex_);
  settings_.clear();
  lines_.clear();
  cancelled_.clear();
  released_ = false;
}

void Board::release() {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

void Board::block() {
  const std::lock_guard lock(mutex_);
  released_ = false;
}

bool Board::wait_for(const char* prefix, int times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    const auto is_it = [&](const std::string& line) { return line.rfind(prefix, 0) == 0; };
    return std::count_if(lines_.begin(), lines_.end(), is_it) >= times;
  });
}

bool Board::wait_quiet() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return inside_ == 0; });
}

void Board::lines(void (*line)(void*, const char*), void* context) {
  const std::lock_guard lock(mutex_);
  for (const std::string& each : lines_) line(context, each.c_str());
}

void Board::clear_lines() {
  const std::lock_guard lock(mutex_);
  lines_.clear();
}

IMAPISupport* Board::support(const char* name) {
  const std::lock_guard lock(mutex_);
  const auto found = supports_.find(name);
  return found == supports_.end() ? nullptr : found->second;
}

int Board::count(char folder) {
  return count_mail(folder);
}

void Board::record(const std::string& line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(line);
  changed_.notify_all();
  const char* const path = std::getenv("WRAPPING_STORE_TRACE");
  std::FILE* const file = path && *path ? std::fopen(path, "a") : nullptr;
  if (!file) return;
  std::fputs((line + "\n").c_str(), file);
  std::fclose(file);
}

std::string Board::setting(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = settings_.find(key);
  return found == settings_.end() ? std::string() : found->second;
}

int Board::count_down(const std::string& key) {
  const std::lock_guard lock(mutex_);
  std::string& value = settings_[key];
  const int before = std::atoi(value.c_str());
  if (before > 0) value = std::to_string(before - 1);
  return before;
}

void Board::set_support(const std::string& name, IMAPISupport* support) {
  const std::lock_guard lock(mutex_);
  supports_[name] = support;
}

void Board::cancel(const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++cancelled_[name];
  changed_.notify_all();
}

int Board::cancellations(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return cancelled_[name];
}

bool Board::wait_released(const std::string& name, bool heeds, int before) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return released_ || (heeds && cancelled_[name] != before); });
  return !released_;
}

void Board::wait_while(const std::string& key, const std::string& value) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return settings_[key] != value; });
}

Board::Inside::Inside() {
  Board& board = get();
  const std::lock_guard lock(board.mutex_);
  ++board.inside_;
}

Board::Inside::~Inside() {
  Board& board = get();
  const std::lock_guard lock(board.mutex_);
  --board.inside_;
  board.changed_.notify_all();
}

}  // namespace transport

extern "C" __attribute__((visibility("default"))) RecordingControl* GetRecordingControl() {
  return &transport::Board::get();
}
