// SPDX-License-Identifier: Apache-2.0
// Mail files as a store: their messages in a store that is thrown away, in the same order and with the same ids in
// every run.
#pragma once

#include <string>

#include "mapiary/client/store.h"

namespace cli {

/// "eml", "mbox", "maildir" or "folder"; empty: the path holds no mail.
std::string mail_format(const std::string& path);
/// Everything below the path into the store's visible folders. False: something failed or is incomplete; each is named
/// on stderr.
bool fill_from_mail(const mapiary::client::Store& store, const std::string& path);

}  // namespace cli
