// SPDX-License-Identifier: Apache-2.0
// What the converters tell of one message or file: collected for the manifest.
#pragma once

#include <mapiary/convert.h>

#include <string>

namespace cli {

class MailProblems {
 public:
  LPMAPIARYPROBLEMSINK sink() const { return &MailProblems::hear; }
  LPVOID context() { return this; }
  /// The losses in one line, the first ones in full; empty if nothing was lost.
  std::string losses() const;
  void clear() {
    count_ = 0;
    text_.clear();
  }

 private:
  static void STDAPICALLTYPE hear(LPVOID context, const MAPIARYPROBLEM* problem);

  std::size_t count_ = 0;
  std::string text_;
};

}  // namespace cli
