// SPDX-License-Identifier: Apache-2.0
// A message's recipients as they pass through submission: read once, changed here, written back as the rows that
// differ. One call, one thread. Pages: imapisupport-preparesubmit, imapisupport-expandrecips,
// imessage-modifyrecipients.
#pragma once

#include <mapix.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "com/memory.h"
#include "property/copier.h"

namespace mapiary::session {

class RecipientList {
 public:
  enum class Change : std::uint8_t { kNone, kModified, kAdded, kRemoved };

  // One recipient. Values point into memory of the list.
  class Row {
   public:
    explicit Row(RecipientList& list, Change change = Change::kNone) : list_(&list), change_(change) {}

    const SPropValue* find(ULONG tag) const;
    ULONG number(ULONG tag, ULONG otherwise) const;
    bool flag(ULONG tag) const;
    std::string text(ULONG tag) const;  // a PT_UNICODE tag, UTF-8; "" when missing
    std::string binary(ULONG tag) const;

    void set_number(ULONG tag, ULONG value);
    void set_flag(ULONG tag, bool value);
    Status set_text(ULONG tag, std::string_view utf8);
    Status set_binary(ULONG tag, std::string_view bytes);
    void remove() { change_ = Change::kRemoved; }

    Change change() const { return change_; }
    std::vector<SPropValue>& values() { return values_; }

   private:
    void put(const SPropValue& value);

    RecipientList* list_;
    Change change_;
    std::vector<SPropValue> values_;
  };

  static constexpr std::size_t kMaxRows = 1'000'000;

  RecipientList() = default;
  RecipientList(const RecipientList&) = delete;
  RecipientList& operator=(const RecipientList&) = delete;

  Status read(IMessage& message);
  // Rows that changed, added ones last. The message is not saved.
  Status write(IMessage& message);

  // Appended; the reference lives until the next add().
  Result<Row*> add();
  std::vector<Row>& rows() { return rows_; }

 private:
  friend class Row;
  Status write_some(IMessage& message, Change change, ULONG mode);
  Result<com::OutBlock*> arena();

  std::vector<property::copying::OwnedRows> memory_;
  std::optional<com::OutBlock> arena_;
  std::vector<Row> rows_;
};

}  // namespace mapiary::session
