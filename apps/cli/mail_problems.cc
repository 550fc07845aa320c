// SPDX-License-Identifier: Apache-2.0
#include "cli/mail_problems.h"

namespace cli {

namespace {

constexpr std::size_t kTold = 5;

}  // namespace

void STDAPICALLTYPE MailProblems::hear(LPVOID context, const MAPIARYPROBLEM* problem) {
  auto& self = *static_cast<MailProblems*>(context);
  if (problem->ulSeverity != MAPIARY_PROBLEM_LOSS || ++self.count_ > kTold) return;
  if (!self.text_.empty()) self.text_ += "; ";
  if (problem->lpszPart && *problem->lpszPart) self.text_ += "part " + std::string(problem->lpszPart) + ": ";
  if (problem->lpszText) self.text_ += problem->lpszText;
}

std::string MailProblems::losses() const {
  if (count_ <= kTold) return text_;
  return text_ + "; and " + std::to_string(count_ - kTold) + " more";
}

}  // namespace cli
