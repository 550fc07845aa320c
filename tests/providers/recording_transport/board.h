// SPDX-License-Identifier: Apache-2.0
// The one RecordingControl of the library, as its providers see it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "control.h"

namespace transport {

struct Memory {
  LPALLOCATEBUFFER allocate = nullptr;
  LPALLOCATEMORE more = nullptr;
  LPFREEBUFFER release = nullptr;
};

std::string hex(ULONG value);
std::string from_hex(const std::string& digits);

class Board final : public RecordingControl {
 public:
  static Board& get();

  void set(const char* key, const char* value) override;
  void reset() override;
  void release() override;
  void block() override;
  bool wait_for(const char* prefix, int times) override;
  bool wait_quiet() override;
  void lines(void (*line)(void*, const char*), void* context) override;
  void clear_lines() override;
  IMAPISupport* support(const char* name) override;
  int count(char folder) override;

  void record(const std::string& line);
  std::string setting(const std::string& key);
  // The number before it was lowered by one; it does not go below zero.
  int count_down(const std::string& key);
  void set_support(const std::string& name, IMAPISupport* support);

  // A call that may block, of transport `name`. cancel() ends those of the name that heed it.
  void cancel(const std::string& name);
  // How often it was cancelled: taken before a call is recorded, so that a cancellation that comes at once counts.
  int cancellations(const std::string& name);
  // True: cancelled, after `before`. `heeds`: false waits for release() alone.
  void wait_while(const std::string& key, const std::string& value);
  bool wait_released(const std::string& name, bool heeds, int before = 0);
  class Inside {
   public:
    Inside();
    ~Inside();
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::map<std::string, std::string> settings_;
  std::map<std::string, IMAPISupport*> supports_;
  std::map<std::string, int> cancelled_;
  bool released_ = false;
  int inside_ = 0;
};

// mail_store.cc
void forget_mail();
int count_mail(char folder);

}  // namespace transport
