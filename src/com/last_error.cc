// SPDX-License-Identifier: Apache-2.0
#include "com/last_error.h"

#include <mapicode.h>

#include "base/code_page.h"
#include "com/border.h"
#include "com/error_map.h"
#include "com/memory.h"
#include "com/text.h"

namespace mapiary::com {
namespace {

// lpszError: what happened, then the code's own sentence for those who know only that.
std::string sentence(HRESULT hr, const Error& error) {
  std::string text = error.message.empty() ? std::string(hresult_text(hr)) : error.message;
  if (const auto name = hresult_name(hr); !name.empty()) {
    text += " (";
    text += name;
    text += ")";
  }
  return text;
}

}  // namespace

void LastError::set(HRESULT hr, Error error) {
  std::scoped_lock lock(mutex_);
  hr_ = hr;
  error_ = std::move(error);
}

HRESULT LastError::get(HRESULT hr, ULONG flags, LPMAPIERROR* out) const {
  return border([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "com", "lppMAPIError is NULL");
    *out = nullptr;
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "com", "flags other than MAPI_UNICODE", flags);
    std::scoped_lock lock(mutex_);
    if (hr != hr_ || hr_ == S_OK) return {};
    OutBlock block;
    auto* answer = TRY(block.root<MAPIERROR>());
    answer->ulVersion = MAPI_ERROR_VERSION;
    answer->lpszError = TRY(copy_text(block, sentence(hr, error_), (flags & MAPI_UNICODE) != 0));
    answer->lpszComponent = TRY(copy_text(block, component_, (flags & MAPI_UNICODE) != 0));
    answer->ulLowLevelError = static_cast<ULONG>(error_.value);
    answer->ulContext = error_.where.line();
    *out = block.detach<MAPIERROR>();
    return {};
  });
}

}  // namespace mapiary::com
