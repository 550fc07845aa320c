// SPDX-License-Identifier: Apache-2.0
// The words of a message, wherever it has them: PR_BODY, else the text of its HTML, else that of its RTF, which is all
// that many messages of Outlook's files have. At most 64 MiB of a formatted body are read. No state.
#pragma once

#include <string>

#include "mapiary/client/store.h"

namespace cli {

/// Empty: there is none. An RTF body that cannot be read is told on stderr.
std::string body_of(const mapiary::client::Message& message);
/// The HTML body as it is, or what its RTF carries; empty: there is none.
std::string html_of(const mapiary::client::Message& message);

}  // namespace cli
