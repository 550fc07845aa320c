// SPDX-License-Identifier: Apache-2.0
// One node of any bytes, in a file that is whole otherwise: read as a heap, as a tree on a heap, as a property context
// or search criteria, as a table, as the map of names. Bytes: variant, which, how long the first block is.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/pst/check/mailbox_check.h"
#include "engines/pst/messaging/name_repair.h"
#include "engines/pst/messaging/names.h"
#include "engines/pst/messaging/search_criteria.h"
#include "engines/pst/testing/memory_file.h"
#include "engines/pst/testing/tiny_file.h"
#include "pst_structures.h"

namespace mapiary::engines::pst::fuzzing {
namespace {

void read_properties(const std::shared_ptr<Database>& database) {
  auto node = Node::open(database, Nid(0x41));
  if (!node) return;
  auto context = PropertyContext::open(std::move(*node));
  if (!context) return;
  (void)context->walk([&](const RawProperty& property) -> Result<bool> {
    const auto value = context->value(property, 1252, 1 << 20);
    // What walking finds, looking finds too, unless keys are out of order; then it finds another or none.
    (void)context->find(property.tag.id());
    (void)context->object(property);
    if (value && value->tag() != property.tag && !value->is_error()) std::abort();
    return true;
  });
}

void read_table(const std::shared_ptr<Database>& database) {
  auto node = Node::open(database, Nid(0x41));
  if (!node) return;
  auto table = TableContext::open(std::move(*node));
  if (!table) return;
  (void)table->row_count();
  (void)table->walk_ids([&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
    const auto row = table->row(id, place);
    if (row && row->id != id) std::abort();
    for (const TableColumn& column : table->columns()) {
      if (row) (void)table->cell(*row, column, 1252, 1 << 16);
    }
    return true;
  });
}

// Every item that the page maps could speak of.
void read_heap(const std::shared_ptr<Database>& database, HeapClient client) {
  auto node = Node::open(database, Nid(0x41));
  if (!node) return;
  auto heap = Heap::open(node->data, client, database->geometry());
  if (!heap) return;
  const std::uint32_t bits = database->geometry().hid_index_bits;
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (std::uint32_t index = 0; index < 200; ++index) {
      const Hid hid{(block << (5 + bits)) | (index << 5)};
      if (heap->index_of(hid) != index || heap->block_of(hid) != block) std::abort();
      const auto item = heap->item(hid);
      if (item && (item->bytes.size() > item->block->bytes.size() || index == 0)) std::abort();
    }
  }
}

// Walking, counting and looking must tell the same of a tree that says nothing twice.
void read_tree(const std::shared_ptr<Database>& database, HeapClient client) {
  auto node = Node::open(database, Nid(0x41));
  if (!node) return;
  auto heap = Heap::open(node->data, client, database->geometry());
  if (!heap) return;
  const auto tree = Bth::open(*heap, heap->root());
  if (!tree) return;
  std::uint64_t walked = 0;
  const Status whole = tree->walk(*heap, [&](const Bth::Record& record) -> Result<bool> {
    if (record.data.size() != tree->data_size()) std::abort();
    const auto found = tree->find(*heap, record.key);
    if (found && *found && (*found)->key != record.key) std::abort();
    return ++walked < 100'000;
  });
  const auto count = tree->count(*heap);
  if (whole && count && walked < 100'000 && *count != walked) std::abort();
  (void)tree->walk(
      *heap, [](const Bth::Record&) -> Result<bool> { return true; }, [](const Error&) {}, 0x100);
}

// Heaps of each kind in turn.
HeapClient client_of(std::uint8_t which) {
  constexpr HeapClient kClients[] = {HeapClient::kPropertyContext, HeapClient::kTableContext, HeapClient::kTree,
                                     HeapClient::kIndex};
  return kClients[which / 8 % 4];
}

// A file with the input's bytes as the node `nid`, and what its second byte says.
template <class Run>
void with(const std::uint8_t* data, std::size_t size, Nid nid, Run&& run) {
  if (size < 3) return;
  testing::TinyFile file(static_cast<Variant>(data[0] % 3));
  const std::string bytes(reinterpret_cast<const char*>(data + 3), std::min<std::size_t>(size - 3, 8000));
  const std::size_t first = std::min<std::size_t>(bytes.size(), std::size_t{data[2]} * 32);
  // In one block, or two.
  Bid root = file.block(bytes);
  if (first != 0 && first < bytes.size()) {
    root = file.list({file.block(bytes.substr(0, first)), file.block(bytes.substr(first))}, 1,
                     static_cast<std::uint32_t>(bytes.size()));
  }
  const Bid sub = file.subnodes({{Nid(0x5F), root, {}}, {Nid(0x7F), file.block("value"), {}}});
  file.node(nid, root, sub);
  const auto database = Database::open(testing::memory_file(file.finish()));
  if (!database) std::abort();
  run(*database, data[1]);
}

using Opened = std::shared_ptr<Database>;

}  // namespace

void heap(const std::uint8_t* data, std::size_t size) {
  with(data, size, Nid(0x41),
       [](const Opened& database, std::uint8_t which) { read_heap(database, client_of(which)); });
}

void bth(const std::uint8_t* data, std::size_t size) {
  with(data, size, Nid(0x41),
       [](const Opened& database, std::uint8_t which) { read_tree(database, client_of(which)); });
}

// Search criteria are properties too.
void pc(const std::uint8_t* data, std::size_t size) {
  const bool is_search = size > 1 && data[1] % 8 == 3;
  with(data, size, is_search ? Nid(0x8087) : Nid(0x41), [&](const Opened& database, std::uint8_t) {
    if (is_search) {
      (void)read_search_criteria(database, Nid(0x8083), 1252);
    } else {
      read_properties(database);
    }
  });
}

void tc(const std::uint8_t* data, std::size_t size) {
  with(data, size, Nid(0x41), [](const Opened& database, std::uint8_t) { read_table(database); });
}

// As it is, and mended.
void names(const std::uint8_t* data, std::size_t size) {
  with(data, size, nid::kNameToIdMap, [](const Opened& database, std::uint8_t) {
    (void)read_names(database);
    const auto mended = mend_names(database);
    if (!mended) std::abort();
    for (const std::uint16_t id : mended->doubtful) {
      if (!mended->map.names().contains(id)) std::abort();
    }
  });
}

}  // namespace mapiary::engines::pst::fuzzing
