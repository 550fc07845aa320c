// SPDX-License-Identifier: Apache-2.0
// One node of any bytes, in a file that is whole otherwise: read as a property context, as a table, as the map of
// names, as search criteria, as a heap and as a tree on a heap. First byte the variant, second what it is read as,
// third how long the first block is.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/pst/check/mailbox_check.h"
#include "engines/pst/messaging/names.h"
#include "engines/pst/messaging/search_criteria.h"
#include "engines/pst/testing/memory_file.h"
#include "engines/pst/testing/tiny_file.h"

using namespace mapiary;
using namespace mapiary::engines::pst;

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

HeapClient client_of_kind(std::uint8_t kind) {
  constexpr HeapClient kClients[] = {HeapClient::kPropertyContext, HeapClient::kTableContext, HeapClient::kTree,
                                     HeapClient::kIndex};
  return kClients[kind / 8 % 4];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
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
  const int kind = data[1] % 8;
  const bool as_names = kind == 2, as_search = kind == 3;
  file.node(as_names ? nid::kNameToIdMap : as_search ? Nid(0x8087) : Nid(0x41), root, sub);
  const auto database = Database::open(testing::memory_file(file.finish()));
  if (!database) std::abort();
  if (as_names) {
    (void)read_names(*database);
  } else if (as_search) {
    (void)read_search_criteria(*database, Nid(0x8083), 1252);
  } else if (kind == 0) {
    read_properties(*database);
  } else if (kind == 1) {
    read_table(*database);
  } else if (kind % 2 == 0) {
    read_heap(*database, client_of_kind(data[1]));
  } else {
    read_tree(*database, client_of_kind(data[1]));
  }
  return 0;
}
