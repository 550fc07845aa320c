// SPDX-License-Identifier: Apache-2.0
#include "store/entry_ids.h"

#include "base/bytes.h"
#include "model/entry_id.h"

namespace mapiary::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kStoreForm = 0, kFolderForm = 1, kMessageForm = 2;

void put_head(ByteWriter& out, std::uint8_t kind) {
  out.put_u8(kVersion);
  out.put_u8(kind);
  out.put_u16(0);
}

// The kind, with `in` behind the head.
Result<std::uint8_t> read_head(ByteReader& in) {
  const std::uint8_t version = TRY(in.u8());
  const std::uint8_t kind = TRY(in.u8());
  if (version != kVersion || TRY(in.u16()) != 0) {
    return fail(Code::kUnknownEntryId, "store", "the entry id has an unknown form", version);
  }
  return kind;
}

Result<std::string> read_text(ByteReader& in) {
  const std::string_view rest = chars_of(in.rest());
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return fail(Code::kInvalidEntryId, "store", "a store's entry id breaks off");
  std::string text(rest.substr(0, end));
  TRY(in.skip(end + 1));
  return text;
}

}  // namespace

const Guid kStoreProvider = Guid::make(0x7E0C5D41, 0x93B2, 0x4F6A, {0x8A, 0x17, 0x4D, 0x41, 0x50, 0x49, 0x52, 0x59});

std::string_view guid_bytes(const Guid& guid) {
  return {reinterpret_cast<const char*>(guid.bytes.data()), guid.bytes.size()};
}

std::string StoreId::bytes() const {
  ByteWriter body;
  put_head(body, kStoreForm);
  body.put_guid(uid);
  body.put_bytes(engine);
  body.put_u8(0);
  body.put_bytes(location);
  body.put_u8(0);
  return model::EntryId::make(kStoreProvider, body.take()).take();
}

Result<StoreId> StoreId::parse(std::string_view bytes) {
  const model::EntryId id = TRY(model::EntryId::parse(bytes));
  if (id.provider() != kStoreProvider)
    return fail(Code::kUnknownEntryId, "store", "the entry id is of another provider");
  ByteReader in(bytes_of(id.body()), "store entry id", "store");
  const auto parse_body = [&]() -> Result<StoreId> {
    if (TRY(read_head(in)) != kStoreForm)
      return fail(Code::kUnknownEntryId, "store", "the entry id is not that of a store");
    StoreId store;
    store.uid = TRY(in.guid());
    store.engine = TRY(read_text(in));
    store.location = TRY(read_text(in));
    return store;
  };
  auto store = parse_body();
  if (!store && store.error().code == Code::kTruncated) {
    return fail(Code::kInvalidEntryId, "store", "a store's entry id breaks off");
  }
  return store;
}

std::string EntryIds::object_id(ObjectId id, bool folder) const {
  ByteWriter body(12);
  put_head(body, folder ? kFolderForm : kMessageForm);
  body.put_u64(id);
  return model::EntryId::make(store_, body.take()).take();
}

std::string EntryIds::record_key(ObjectId id) const {
  ByteWriter key(24);
  key.put_guid(store_);
  key.put_u64(id);
  return key.take();
}

Result<EntryIds::Named> EntryIds::parse(std::string_view bytes) const {
  const model::EntryId id = TRY(model::EntryId::parse(bytes));
  if (id.provider() != store_) return fail(Code::kUnknownEntryId, "store", "the entry id is of another store");
  ByteReader in(bytes_of(id.body()), "entry id", "store");
  if (in.size() == 4) {
    // As PST files have it; the five low bits of a node's id say what it is: folder, search folder.
    const std::uint32_t node = TRY(in.u32());
    if (node != 0) return Named{node, (node & 0x1F) == 2 || (node & 0x1F) == 3};
  }
  if (in.size() != 12) return fail(Code::kUnknownEntryId, "store", "the entry id has an unknown form", in.size());
  const std::uint8_t kind = TRY(read_head(in));
  const std::uint64_t object = TRY(in.u64());
  const Named named{object, kind == kFolderForm};
  if ((kind != kFolderForm && kind != kMessageForm) || named.object == 0) {
    return fail(Code::kUnknownEntryId, "store", "the entry id names no folder and no message", kind);
  }
  return named;
}

ObjectId EntryIds::object_of_key(std::string_view key) const {
  if (key.size() != 24 || key.substr(0, 16) != guid_bytes(store_)) return 0;
  return load_le<std::uint64_t>(bytes_of(key).data() + 16);
}

}  // namespace mapiary::store
