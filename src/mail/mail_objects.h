// SPDX-License-Identifier: Apache-2.0
// Sources and sinks of mail files as the objects of include/mapiary/convert.h. Safe from any thread, one call at a
// time.
#pragma once

#include <mapiary/convert.h>

#include <memory>
#include <string>

#include "com/ref.h"
#include "convert/mbox/mail_files.h"

namespace mapiary::mail {

Result<ULONG> detect(const std::string& path);
// kNotSupported: nothing of these kinds.
Result<com::Ref<IMapiaryMailSource>> open_source(const std::string& path, ULONG kind, LPMAPIARYPROBLEMSINK sink,
                                                 LPVOID context);
Result<com::Ref<IMapiaryMailSink>> create_sink(const std::string& path, ULONG kind);

Status apply_item(IMessage& message, const MAPIARYMAILITEM& item);
Result<LPMAPIARYMAILITEM> item_of(IMessage& message);

}  // namespace mapiary::mail
