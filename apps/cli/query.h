// SPDX-License-Identifier: Apache-2.0
// The options that choose messages (search, export, copy), and what they mean: a restriction, and a look into messages
// where none can tell. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "mapiary/client/store.h"

namespace cli {

/// Options of the verb itself, then those that choose messages.
std::vector<Option> with_query_options(std::vector<Option> own);

class Query {
 public:
  /// Everything passes if none of them was given. UsageError.
  explicit Query(const Arguments& arguments);

  bool takes_all() const { return filter_.passes_all(); }
  /// What the store is asked. With --text it lets messages pass whose only body is formatted, HTML or RTF, because
  /// stores look into plain text alone: each of them has to be asked for.
  const mapiary::client::Filter& filter() const { return filter_; }
  bool has_to_look() const { return text_.has_value(); }
  /// Whether a message that passes the filter is one that was meant. Reads its body unless the subject has the text;
  /// throws client::Error if the message cannot be opened.
  bool is_meant(const mapiary::client::Store& store, const std::string& entry_id, const std::string& subject) const;

 private:
  mapiary::client::Filter filter_;
  std::optional<std::string> text_;
};

}  // namespace cli
