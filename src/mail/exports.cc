// SPDX-License-Identifier: Apache-2.0
// The functions of include/mapiary/convert.h.
#include <mapiary/convert.h>

#include "com/border.h"
#include "mail/convert.h"
#include "mail/mail_objects.h"

using namespace mapiary;

namespace {

Status not_null(const void* pointer) {
  if (pointer) return {};
  return fail(Code::kInvalidArgument, "mail", "a pointer is NULL");
}

}  // namespace

STDAPI MapiaryCreateConverterSession(LPCONVERTERSESSION* session) {
  return com::border([&]() -> Status {
    TRY(not_null(session));
    *session = mail::make_converter_session().detach();
    return {};
  });
}

STDAPI MapiaryMimeToMessage(LPSTREAM stream, LPMESSAGE message, ULONG flags, LPMAPIARYPROBLEMSINK sink,
                            LPVOID context) {
  return com::border([&]() -> Result<HRESULT> {
    TRY(not_null(stream));
    TRY(not_null(message));
    mime::Problems problems;
    const Status status = mail::mime_to_message(*stream, *message, flags, problems);
    const HRESULT hr = mail::tell(problems, sink, context);
    TRY(status);
    return hr;
  });
}

STDAPI MapiaryMessageToMime(LPMESSAGE message, LPSTREAM stream, ULONG flags, LPMAPIARYPROBLEMSINK sink,
                            LPVOID context) {
  return com::border([&]() -> Result<HRESULT> {
    TRY(not_null(stream));
    TRY(not_null(message));
    mime::Problems problems;
    const Status status = mail::message_to_mime(*message, *stream, flags, {}, problems);
    const HRESULT hr = mail::tell(problems, sink, context);
    TRY(status);
    return hr;
  });
}

STDAPI MapiaryDetectMail(LPCSTR path, ULONG* kind) {
  return com::border([&]() -> Status {
    TRY(not_null(path));
    TRY(not_null(kind));
    *kind = MAPIARY_MAIL_UNKNOWN;
    *kind = TRY(mail::detect(path));
    return {};
  });
}

STDAPI MapiaryOpenMailSource(LPCSTR path, ULONG kind, LPMAPIARYPROBLEMSINK sink, LPVOID context,
                             LPMAPIARYMAILSOURCE* source) {
  return com::border([&]() -> Status {
    TRY(not_null(path));
    TRY(not_null(source));
    *source = nullptr;
    *source = TRY(mail::open_source(path, kind, sink, context)).detach();
    return {};
  });
}

STDAPI MapiaryCreateMailSink(LPCSTR path, ULONG kind, LPMAPIARYMAILSINK* sink) {
  return com::border([&]() -> Status {
    TRY(not_null(path));
    TRY(not_null(sink));
    *sink = nullptr;
    *sink = TRY(mail::create_sink(path, kind)).detach();
    return {};
  });
}

STDAPI MapiaryReadRtf(LPSTREAM compressed, LPSTREAM text, LPSTREAM html) {
  return com::border([&]() -> Status {
    TRY(not_null(compressed));
    return mail::rtf_to_text(*compressed, text, html);
  });
}

STDAPI MapiaryApplyMailItem(LPMESSAGE message, const MAPIARYMAILITEM* item) {
  return com::border([&]() -> Status {
    TRY(not_null(message));
    TRY(not_null(item));
    return mail::apply_item(*message, *item);
  });
}

STDAPI MapiaryMailItemOf(LPMESSAGE message, LPMAPIARYMAILITEM* item) {
  return com::border([&]() -> Status {
    TRY(not_null(message));
    TRY(not_null(item));
    *item = nullptr;
    *item = TRY(mail::item_of(*message));
    return {};
  });
}
