// SPDX-License-Identifier: Apache-2.0
// What a word of the import's command line stands for: one source of mail, or, for a folder, one source a file. Of a
// folder its folders are mail folders, and so are the mbox files in it (with Thunderbird's <file>.sbd) and the
// Maildirs, which may lie in one another; messages lie in the folder that their file is in. What is no mail changes
// nothing of that: it is named, and what cannot be read costs itself alone.
#pragma once

#include <mapiary/convert.h>

#include <string>
#include <vector>

namespace cli {

struct MailFile {
  std::string path;
  ULONG kind = MAPIARY_MAIL_UNKNOWN;
  std::string origin;                // the folder that the named one lies in: what is below it moves together
  std::string folder;                // what its folders lie in; names as in folder paths
  std::string refusal;               // why it is no source; empty if it is one
  HRESULT code = MAPI_E_NO_SUPPORT;  // of a refusal
  bool excluded = false;             // it is no mail at all, and nobody named it
  bool is_folder = false;            // nothing to read: a mail folder, which may stay empty
};

/// `kind`: MAPIARY_MAIL_UNKNOWN lets the content decide. Sorted by path.
std::vector<MailFile> mail_files(const std::string& path, ULONG kind);
/// Whether there are Maildirs in a folder that itself is none.
bool holds_mail(const std::string& path);
/// What a file is that is no mail which can be read, and what to do about it; empty if nothing is known of it, and for
/// what begins as stores do: whoever asks could not open it as one.
std::string refusal_of_mail(const std::string& path);

}  // namespace cli
