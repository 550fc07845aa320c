// SPDX-License-Identifier: Apache-2.0
// Between streams of MIME and messages of any store: what the converter session and the exported functions share.
// Functions of what they get; any thread, as far as the objects allow.
#pragma once

#include <mapiary/convert.h>

#include "com/ref.h"
#include "convert/mime/problem.h"
#include "convert/mime/writer.h"

namespace mapiary::mail {

inline constexpr ULONG kMimeToMapiFlags =
    CCSF_SMTP | CCSF_INCLUDE_BCC | CCSF_USE_RTF | CCSF_EMBEDDED_MESSAGE | CCSF_GLOBAL_MESSAGE;
inline constexpr ULONG kMapiToMimeFlags = CCSF_SMTP | CCSF_NOHEADERS | CCSF_USE_TNEF | CCSF_INCLUDE_BCC |
                                          CCSF_8BITHEADERS | CCSF_USE_RTF | CCSF_PLAIN_TEXT_ONLY | CCSF_NO_MSGID |
                                          CCSF_EMBEDDED_MESSAGE | CCSF_PRESERVE_SOURCE | CCSF_GLOBAL_MESSAGE;

// What a session was told, and flags that are not in a call.
struct Settings {
  mime::TextEncoding encoding = mime::TextEncoding::kAuto;
  std::uint32_t wrap = 0;
  bool uuencode = false;
  com::Ref<IAddrBook> addresses;  // to find the SMTP address of what has another
};

Status mime_to_message(IStream& stream, IMessage& message, ULONG flags, mime::Problems& problems);
Status message_to_mime(IMessage& message, IStream& stream, ULONG flags, const Settings& settings,
                       mime::Problems& problems);

// `text` and `html` may be NULL.
Status rtf_to_text(IStream& compressed, IStream* text, IStream* html);

// Tells the list; MAPI_W_ERRORS_RETURNED if something was lost.
HRESULT tell(const mime::Problems& problems, LPMAPIARYPROBLEMSINK sink, LPVOID context);

com::Ref<IConverterSession> make_converter_session();

}  // namespace mapiary::mail
