// SPDX-License-Identifier: Apache-2.0
// What the streams of this component share: the loop of IStream::CopyTo, and reading the whole of a stream that came
// from outside. Safe from any thread; the streams themselves say how they may be shared.
#pragma once

#include <mapix.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace mapiary::util {

// IStream::CopyTo by `from`'s own Read: at most `count` bytes to `target`, in pieces. The two counts may be NULL.
HRESULT copy_stream_to(IStream& from, IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read,
                       ULARGE_INTEGER* written);

// From where `stream` stands to its end; kTooBig over `limit`.
Result<std::string> read_stream(IStream& stream, std::uint64_t limit);

// All of `bytes` where `stream` stands.
Status write_stream(IStream& stream, std::string_view bytes);

}  // namespace mapiary::util
