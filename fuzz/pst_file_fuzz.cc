// SPDX-License-Identifier: Apache-2.0
// A tiny mailbox with some of its bytes changed (first byte the variant, with 128 also bytes of the header; then offset
// and byte, three bytes each): it is checked and read whole. CRCs of blocks are not looked at, so that what lies deeper
// is reached.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/pst/check/check.h"
#include "engines/pst/messaging/expert_view.h"
#include "engines/pst/messaging/recovery.h"
#include "engines/pst/pst_transaction.h"
#include "engines/pst/testing/memory_file.h"
#include "engines/pst/testing/tiny_mailbox.h"

using namespace mapiary;
using namespace mapiary::engines::pst;

namespace {

class Deep final : public backend::RowVisitor {
 public:
  explicit Deep(std::vector<backend::ObjectId>& ids) : ids_(ids) {}
  Result<bool> row(const backend::Row& row) override {
    ids_.push_back(row.info.id);
    return ids_.size() < 1000;
  }

 private:
  std::vector<backend::ObjectId>& ids_;
};

// One page of the kind that is in no tree: what fills it, then its trailer, without signature and with its offset as
// its id.
void put_map(std::string& bytes, std::uint64_t offset, PageType type, const Geometry& shape) {
  const std::size_t at = static_cast<std::size_t>(offset), tail = at + shape.page_size - shape.page_trailer;
  const std::uint32_t crc = crc_of(bytes_of(bytes).subspan(at, tail - at));
  ByteWriter out;
  out.put_u8(static_cast<std::uint8_t>(type));
  out.put_u8(static_cast<std::uint8_t>(type));
  out.put_u16(0);
  out.put_u32(shape.page_trailer == 12 ? static_cast<std::uint32_t>(offset) : crc);
  out.put_u32(shape.page_trailer == 12 ? crc : static_cast<std::uint32_t>(offset));
  const std::string trailer = out.take();
  bytes.replace(tail, trailer.size(), trailer);
}

// The mailbox with an index of an OST, a message that no folder has, an allocation map and a density list, which the
// header says are right.
std::string with_maps(Variant variant) {
  testing::TinyMailbox mailbox(variant);
  testing::TinyFile& file = mailbox.file();
  const std::string record("\1\0\0\0\0\0\0\1\x20\0\x20\0", 12);
  file.node(Nid::of(NidType::kServerMessageIndex, 0x401),
            file.block(testing::TinyFile::heap(0x8C, 0x20, {testing::TinyFile::tree_header(8, 4, 0, 0x40), record})));
  const std::string context = testing::TinyFile::properties({{0x0E070003, "\1"}, {0x10130102, std::string(50, 'h')}});
  file.node(Nid(0x2000E4), file.block(context), file.subnodes({{Nid(0x8025), file.block("x"), {}}}), Nid(0x9022));
  std::string bytes = mailbox.bytes();
  const Geometry& shape = codec_of(variant).geometry();
  for (std::size_t i = 0; i < shape.amap_bytes; i += 3) {
    bytes[static_cast<std::size_t>(shape.first_amap) + shape.amap_at + i] = '\xF7';
  }
  put_map(bytes, shape.first_amap, PageType::kAllocationMap, shape);
  const std::uint64_t list = shape.first_amap - shape.page_size;
  bytes.replace(static_cast<std::size_t>(list), 16, std::string("\1\2\0\0\0\0\0\0\0\0\x70\1\1\0\x90\1", 16));
  put_map(bytes, list, PageType::kDensityList, shape);
  const bool ansi = variant == Variant::kAnsi;
  bytes[ansi ? 0xC8 : 0xF8] = 2;
  const auto sum = [&](std::size_t place, std::size_t count) {
    store_le(reinterpret_cast<std::byte*>(bytes.data()) + place, crc_of(bytes_of(bytes).subspan(8, count)));
  };
  sum(4, 471);
  if (!ansi) sum(0x20C, 516);
  return bytes;
}

// Begin and end of a large value, in its own type and, of text, in the other one.
void read_blob(backend::Transaction& transaction, backend::ObjectId id, const model::PropValue& value) {
  auto opened = transaction.open_blob(id, value.tag(), backend::BlobMode::kRead, 0);
  if (!opened) return;
  std::vector<std::byte> piece(3000);
  (void)(*opened)->read_at(0, piece);
  const std::uint64_t size = (*opened)->size();
  (void)(*opened)->read_at(size - std::min<std::uint64_t>(size, 1000), piece);
}

void read_all(backend::Transaction& transaction, backend::ObjectId id, int depth) {
  if (depth > 12) return;
  backend::ReadRequest request;
  request.all = true;
  request.recipients = true;
  const auto data = transaction.read(id, request);
  if (!data) return;
  for (const auto& value : data->props) {
    if (value.is_blob()) read_blob(transaction, id, value);
  }
  for (const auto kind : {backend::ObjectKind::kFolder, backend::ObjectKind::kMessage, backend::ObjectKind::kAssociated,
                          backend::ObjectKind::kAttachment}) {
    std::vector<backend::ObjectId> ids;
    Deep visitor(ids);
    (void)transaction.rows(id, kind, {}, visitor);
    if (ids.size() > 20) ids.resize(20);
    for (const auto child : ids) read_all(transaction, child, depth + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static const std::string whole[] = {with_maps(Variant::kAnsi), with_maps(Variant::kUnicode),
                                      with_maps(Variant::kUnicode4k)};
  const std::size_t variant = (data[0] & 0x7F) % 3;
  std::string bytes = whole[variant];
  const Geometry& shape = codec_of(static_cast<Variant>(variant)).geometry();
  const std::size_t first = (data[0] & 0x80) != 0 ? 0 : static_cast<std::size_t>(shape.first_amap);
  for (std::size_t at = 1; at + 3 <= size && at < 100; at += 3) {
    const std::size_t offset = first + (data[at] | (std::size_t{data[at + 1]} << 8)) % (bytes.size() - first);
    bytes[offset] = static_cast<char>(data[at + 2]);
  }
  PstOptions options;
  options.database.damaged_start = true;
  const auto strict = PstFile::open(testing::memory_file(bytes), "fuzz", options);
  if (strict) (void)check_file(*strict);
  options.database = {};
  options.database.salvage = true;
  const auto file = PstFile::open(testing::memory_file(std::move(bytes)), "fuzz", options);
  if (!file) return 0;
  // What experts see, and what was in no folder: with every seventh file, for it takes as long as the rest.
  if (size % 7 == 0) {
    std::vector<std::byte> piece(4000);
    for (const char* node : {"0x21", "0x122", "0x8022", "0x802E", "0x200024", "0x200024/0x692", "0x8083"}) {
      const auto text = ExpertView::of_node((*file)->database(), node);
      if (text) (void)(*text)->read_at(0, piece);
    }
    for (const std::size_t which : {0u, 1u}) {
      const auto text = (*file)->expert_view(which);
      if (text) (void)(*text)->read_at(0, piece);
    }
    const auto found = look_for_recoverable(*file);
    if (found) (*file)->set_recovered(*found);
  }
  PstTransaction transaction(*file);
  read_all(transaction, nid::kMessageStore.value, 0);
  return 0;
}
