// SPDX-License-Identifier: Apache-2.0
// IStreams of any store as the sources and sinks of converters, and sources as IStreams. A source made of a stream
// moves that stream's position and locks around it, so several threads may read it.
#pragma once

#include <mapix.h>

#include <memory>

#include "com/ref.h"
#include "model/byte_stream.h"

namespace mapiary::mail {

// From where the stream stands to its end. What can not seek is read to its end now: into memory, then into a temporary
// file.
Result<std::shared_ptr<const model::ByteSource>> source_of(com::Ref<IStream> stream);

// Read only and seekable.
com::Ref<IStream> stream_of(std::shared_ptr<const model::ByteSource> source);

class StreamSink final : public model::ByteSink {
 public:
  explicit StreamSink(IStream& stream) : stream_(stream) {}
  // kDiskError when the stream takes fewer bytes than it got.
  Status write(ByteSpan bytes) override;

 private:
  IStream& stream_;
};

}  // namespace mapiary::mail
