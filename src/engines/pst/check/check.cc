// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/check/check.h"

#include "engines/pst/check/file_check.h"
#include "engines/pst/check/mailbox_check.h"

namespace mapiary::engines::pst {

Result<backend::CheckReport> check_path(const std::string& path) {
  PstOptions options;
  options.database.damaged_start = true;
  return check_file(TRY(PstFile::open(path, options)));
}

backend::CheckReport check_file(const std::shared_ptr<PstFile>& file) {
  Findings findings;
  FileCheck(file->database(), findings).run();
  MailboxCheck(file, findings).run();
  return findings.take();
}

}  // namespace mapiary::engines::pst
