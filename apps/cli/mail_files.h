// SPDX-License-Identifier: Apache-2.0
// What a word of the import's command line stands for: one source of mail, or, for a folder that holds files of several
// kinds, one source a file. Nothing in a folder is passed over in silence: what is no mail is named, and what cannot be
// read costs itself alone.
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
};

/// `kind`: MAPIARY_MAIL_UNKNOWN lets the content decide. Sorted by path.
std::vector<MailFile> mail_files(const std::string& path, ULONG kind);
/// What a file is that is no mail which can be read, and what to do about it; empty if nothing is known of it, and for
/// what begins as stores do: whoever asks could not open it as one.
std::string refusal_of_mail(const std::string& path);

}  // namespace cli
