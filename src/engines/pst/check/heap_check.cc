// SPDX-License-Identifier: Apache-2.0
// Heaps, and what is in them. [MS-PST] 2.3.
#include <algorithm>
#include <set>

#include "backend/transaction.h"
#include "engines/pst/check/mailbox_check.h"

namespace mapiary::engines::pst {
using backend::Severity;

// 2.3.1.5: items in order, inside the block, and counted.
void MailboxCheck::heap_block(const Block& block, backend::ObjectId object) {
  const ByteSpan bytes = bytes_of(block.bytes);
  const std::uint64_t offset = block.entry.ref.offset;
  if (bytes.size() < 2) return findings_.add(Severity::kError, "HN", offset, "the block is too short", object);
  const std::size_t map = load_le<std::uint16_t>(bytes.data());
  if (map + 4 > bytes.size()) {
    return findings_.add(Severity::kError, "HNPAGEMAP", offset, "it lies outside the block", object);
  }
  const std::size_t count = load_le<std::uint16_t>(bytes.data() + map);
  if (map + 4 + (count + 1) * 2 > bytes.size()) {
    return findings_.add(Severity::kError, "HNPAGEMAP", offset, number(count) + " items do not fit", object);
  }
  std::size_t last = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    const std::size_t at = load_le<std::uint16_t>(bytes.data() + map + 4 + i * 2);
    if (at < last || at > map) {
      return findings_.add(Severity::kError, "HNPAGEMAP", offset, "item " + number(i) + " lies outside", object);
    }
    last = at;
  }
}

void MailboxCheck::heap(Node& node, backend::ObjectId object) {
  for (std::size_t i = 0; i < node.data.block_count(); ++i) {
    const auto block = node.data.block(i);
    if (block) heap_block(**block, object);  // one that cannot be read was told of as a block
  }
}

void MailboxCheck::tree(Heap& heap, const Bth& tree, backend::ObjectId object) {
  std::uint64_t last = 0;
  bool first = true, ordered = true;
  const Status walked = tree.walk(
      heap,
      [&](const Bth::Record& record) -> Result<bool> {
        ordered = ordered && (first || record.key > last);
        last = record.key;
        first = false;
        return true;
      },
      [&](const Error& error) { findings_.add(error, object); });
  if (!walked) findings_.add(walked.error(), object);
  if (!ordered) findings_.add(Severity::kError, "BTH", 0, "its keys are out of order: some are not found", object);
}

void MailboxCheck::properties(Node node, backend::ObjectId object) {
  heap(node, object);
  auto context = PropertyContext::open(std::move(node));
  if (!context) return findings_.add(context.error(), object);
  tree(context->heap(), context->tree(), object);
  const Status walked = context->walk(
      [&](const RawProperty& property) -> Result<bool> {
        const auto told = [&](const Error& error) {
          findings_.add(Severity::kError, "PC", 0, "property " + number(property.tag.value) + ": " + error.message,
                        object);
        };
        const model::PropType type = property.tag.base_type();
        if (type == model::PropType::kObject) {
          const auto value = context->object(property);
          const auto sub = value ? context->node().subnodes.find(value->nid) : std::optional<SubnodeEntry>();
          if (!value) told(value.error());
          if (value && sub && !*sub) told(Error(Code::kCorruptStore, "pst", "its subnode is missing"));
          return true;
        }
        if (is_inline(property.tag)) return true;
        auto bytes = context->open_bytes(property);
        if (!bytes) {
          told(bytes.error());
        } else if (bytes->size() <= backend::kMultiLimit && property.tag.is_multivalued()) {
          const auto value = context->value(property, 1252, backend::kMultiLimit);
          if (!value) told(value.error());
        } else if (type == model::PropType::kUnicode && bytes->size() % 2 != 0) {
          findings_.add(Severity::kWarning, "PC", 0,
                        "property " + number(property.tag.value) + " is text of half a character", object);
        }
        return true;
      },
      [](const Error&) {});
  if (!walked) findings_.add(walked.error(), object);
}

void MailboxCheck::cells(TableContext& table, const TableContext::Row& row, backend::ObjectId object) {
  for (const TableColumn& column : table.columns()) {
    if (!is_trusted(*objects_.database(), column) || !table.has_cell(row, column)) continue;
    const auto value = table.cell(row, column, 1252, backend::kMultiLimit);
    if (value) continue;
    findings_.add(Severity::kError, "TC", row.block->entry.ref.offset,
                  "row " + number(row.id) + ", column " + number(column.tag.value) + ": " + value.error().message,
                  object);
  }
}

// Every row the index names is there, once, and under its id.
std::optional<TableContext> MailboxCheck::table(Node node, backend::ObjectId object) {
  heap(node, object);
  auto opened = TableContext::open(std::move(node));
  if (!opened) {
    findings_.add(opened.error(), object);
    return std::nullopt;
  }
  tree(opened->heap(), opened->index(), object);
  std::set<std::uint32_t> places;
  const Status walked = opened->walk_ids(
      [&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
        if (!places.insert(place).second) {
          findings_.add(Severity::kError, "TCROWID", 0, "two rows have place " + number(place), object);
        }
        const auto row = opened->row(id, place);
        if (row) {
          cells(*opened, *row, object);
        } else {
          findings_.add(row.error(), object);
        }
        return true;
      },
      [](const Error&) {});
  if (!walked) findings_.add(walked.error(), object);
  return std::move(*opened);
}

}  // namespace mapiary::engines::pst
