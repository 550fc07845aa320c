// SPDX-License-Identifier: Apache-2.0
// A message without a store: what converters read and write, and engines import and export. Properties, recipients,
// attachments, and messages inside attachments. Values too large to hold stand in `streams`, by property id, and not in
// the bag.
//
// Ids from 0x8000 are those of `names`, which the whole tree shares. Messages nest at most kMaxDepth deep; whoever
// builds a tree from outside data refuses more (kTooDeep), so recursion over a tree is safe. Move-only. Not
// synchronised.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/result.h"
#include "model/byte_stream.h"
#include "model/named_property.h"
#include "model/prop_bag.h"

namespace mapiary::model {

// Large values by tag: PR_BODY, PR_HTML, PR_RTF_COMPRESSED ... PT_UNICODE as UTF-8.
using PropStreams = std::map<PropTag, std::shared_ptr<const ByteSource>>;

struct MessageTree;

struct Attachment {
  Attachment();
  Attachment(Attachment&&) noexcept;
  Attachment& operator=(Attachment&&) noexcept;
  ~Attachment();

  PropBag props;
  PropStreams streams;
  std::shared_ptr<const ByteSource> data;  // PR_ATTACH_DATA_BIN; null if there is none, or it is in props
  std::unique_ptr<MessageTree> embedded;   // ATTACH_EMBEDDED_MSG; never together with data

  // A reader at the start of the data, from `data` or from PR_ATTACH_DATA_BIN in props. kNotFound if there is neither.
  Result<std::unique_ptr<ByteStream>> open() const;
};

struct MessageTree {
  static constexpr int kMaxDepth = 64;

  PropBag props;
  PropStreams streams;
  std::vector<PropBag> recipients;
  std::vector<Attachment> attachments;
  std::shared_ptr<NamedPropertyMap> names;  // may be null if no id from 0x8000 occurs

  // Levels of messages, this one included. Not recursive.
  int depth() const;
  // Bytes of all values and streams, embedded messages included.
  std::uint64_t stored_size() const;
};

// kTooDeep if a message standing `depth` levels down (the outermost: 1) may not be read or made.
Status check_message_depth(int depth);

// A value wherever it is: in the bag, or whole from its stream (kTooBig over `limit`). kNotFound if it is in neither.
Result<PropValue> load_property(const PropBag& props, const PropStreams& streams, PropTag tag, std::uint64_t limit);

}  // namespace mapiary::model
