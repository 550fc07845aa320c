// SPDX-License-Identifier: Apache-2.0
// Heaps, and what is in them. [MS-PST] 2.3.
#include <algorithm>
#include <set>

#include "backend/transaction.h"
#include "engines/pst/check/mailbox_check.h"

namespace mapiary::engines::pst {
using backend::Severity;

// 2.3.1.5: items in order, inside the block, and counted.
bool MailboxCheck::heap_block(const Block& block, backend::ObjectId object) {
  const ByteSpan bytes = bytes_of(block.bytes);
  const auto told = [&](std::string_view structure, std::string text) {
    findings_.add(Severity::kError, structure, block.entry.ref.offset, std::move(text), object);
    return false;
  };
  if (bytes.size() < 2) return told("HN", "the block is too short");
  const std::size_t map = load_le<std::uint16_t>(bytes.data());
  if (map + 4 > bytes.size()) return told("HNPAGEMAP", "it lies outside the block");
  const std::size_t count = load_le<std::uint16_t>(bytes.data() + map);
  if (map + 4 + (count + 1) * 2 > bytes.size()) return told("HNPAGEMAP", number(count) + " items do not fit");
  std::size_t last = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    const std::size_t at = load_le<std::uint16_t>(bytes.data() + map + 4 + i * 2);
    if (at < last || at > map) return told("HNPAGEMAP", "item " + number(i) + " lies outside");
    last = at;
  }
  return true;
}

// False: something is wrong with the maps, and what would be said of the items follows from it.
bool MailboxCheck::heap(Node& node, backend::ObjectId object) {
  bool right = true;
  for (std::size_t i = 0; i < node.data.block_count(); ++i) {
    const auto block = node.data.block(i);
    if (block) right = heap_block(**block, object) && right;  // one that cannot be read was told of as a block
  }
  return right;
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
  if (!heap(node, object)) return;
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
  if (!heap(node, object)) return std::nullopt;
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
          return true;
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
