// SPDX-License-Identifier: Apache-2.0
#include "model/entry_id.h"

#include <cstring>

#include "base/bytes.h"
#include "base/code_page.h"
#include "base/unicode.h"

namespace mapiary::model {
namespace {

constexpr std::size_t kMaxDllName = 255;

tl::unexpected<Error> invalid(std::string_view what) {
  return fail(Code::kInvalidEntryId, "model", std::string(what));
}

bool has_null(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

Status check(const OneOff& one_off) {
  if (has_null(one_off.display_name) || has_null(one_off.address_type) || has_null(one_off.address)) {
    return fail(Code::kInvalidArgument, "model", "A one-off recipient has a null inside a string");
  }
  if (one_off.address_type.empty() || one_off.address.empty()) {
    return fail(Code::kInvalidArgument, "model", "A one-off recipient needs an address type and an address");
  }
  return {};
}

Result<EntryId> finish(const Guid& provider, ByteWriter& body) {
  if (body.size() > EntryId::kMaxSize - EntryId::kHeaderSize) {
    return fail(Code::kTooBig, "model", "An entry identifier is too long", body.size());
  }
  return EntryId::make(provider, chars_of(body.view()));
}

Result<std::string> read_wide(ByteReader& in) {
  const ByteSpan rest = in.rest();
  for (std::size_t i = 0; i + 1 < rest.size(); i += 2) {
    if (load_le<std::uint16_t>(rest.data() + i) != 0) continue;
    TRY(in.skip(i + 2));
    return utf16le_to_utf8(rest.first(i));
  }
  return invalid("A string of a one-off entry identifier has no end");
}

Result<std::string> read_ansi(ByteReader& in, std::uint32_t page) {
  const std::string_view rest = chars_of(in.rest());
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return invalid("A string of a one-off entry identifier has no end");
  TRY(in.skip(end + 1));
  return TRY(decode_text(page, rest.substr(0, end))).text;
}

}  // namespace

const Guid OneOff::kProvider = Guid::make(0xA41F2B81, 0xA3BE, 0x1910, {0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02});
const Guid WrappedStore::kProvider =
    Guid::make(0x10BBA138, 0xE505, 0x1A10, {0xA1, 0xBB, 0x08, 0x00, 0x2B, 0x2A, 0x56, 0xC2});

Result<EntryId> EntryId::parse(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || bytes.size() > kMaxSize)
    return invalid("An entry identifier has an impossible size");
  EntryId id;
  id.bytes_ = bytes;
  return id;
}

EntryId EntryId::make(const Guid& provider, std::string_view body, std::uint8_t flags) {
  EntryId id;
  id.bytes_.reserve(kHeaderSize + body.size());
  id.bytes_.push_back(static_cast<char>(flags));
  id.bytes_.append(3, '\0');
  id.bytes_.append(reinterpret_cast<const char*>(provider.bytes.data()), provider.bytes.size());
  id.bytes_.append(body);
  return id;
}

Guid EntryId::provider() const {
  Guid guid;
  if (!empty()) std::memcpy(guid.bytes.data(), bytes_.data() + 4, guid.bytes.size());
  return guid;
}

Result<EntryId> build_one_off(const OneOff& one_off) {
  TRY(check(one_off));
  ByteWriter body;
  body.put_u16(0);
  body.put_u16(static_cast<std::uint16_t>(one_off.flags | OneOff::kUnicode));
  for (const std::string* text : {&one_off.display_name, &one_off.address_type, &one_off.address}) {
    body.put_bytes(std::string_view(utf8_to_utf16le(*text)));
    body.put_u16(0);
  }
  return finish(OneOff::kProvider, body);
}

Result<EntryId> build_one_off_ansi(const OneOff& one_off, std::uint32_t code_page) {
  TRY(check(one_off));
  ByteWriter body;
  body.put_u16(0);
  body.put_u16(static_cast<std::uint16_t>(one_off.flags & ~OneOff::kUnicode));
  for (const std::string* text : {&one_off.display_name, &one_off.address_type, &one_off.address}) {
    body.put_bytes(std::string_view(TRY(encode_text(code_page, *text, Conversion::kStrict)).text));
    body.put_u8(0);
  }
  return finish(OneOff::kProvider, body);
}

bool is_one_off(const EntryId& id) {
  return id.provider() == OneOff::kProvider;
}

Result<OneOff> parse_one_off(const EntryId& id, std::uint32_t ansi_page) {
  if (!is_one_off(id)) return invalid("An entry identifier is not that of a one-off recipient");
  ByteReader in(bytes_of(id.body()), "one-off entry identifier", "model");
  if (in.remaining() < 4) return invalid("A one-off entry identifier is too short");
  if (TRY(in.u16()) != 0) return invalid("A one-off entry identifier has an unknown version");
  OneOff one_off;
  const std::uint16_t flags = TRY(in.u16());
  const bool wide = (flags & OneOff::kUnicode) != 0;
  one_off.flags = static_cast<std::uint16_t>(flags & ~OneOff::kUnicode);
  for (std::string* text : {&one_off.display_name, &one_off.address_type, &one_off.address}) {
    *text = TRY(wide ? read_wide(in) : read_ansi(in, ansi_page));
  }
  return one_off;
}

// After the header: version 0, flag 0, the DLL's name and a null, zeros up to a multiple of four from the start of the
// whole id, then the store's own id. For "emsmdb.dll" that makes the 14 bytes of [MS-OXCDATA] 2.2.4.3.
Result<EntryId> wrap_store_entry_id(const WrappedStore& store) {
  if (store.dll_name.empty() || store.dll_name.size() > kMaxDllName || has_null(store.dll_name)) {
    return fail(Code::kInvalidArgument, "model", "A store cannot be wrapped for a DLL without a proper name");
  }
  if (store.entry_id.size() < 4)
    return fail(Code::kInvalidArgument, "model", "A store's entry identifier is too short");
  ByteWriter body;
  body.put_u16(0);
  body.put_bytes(std::string_view(store.dll_name));
  body.put_u8(0);
  static_assert(EntryId::kHeaderSize % 4 == 0, "aligning the body aligns the whole");
  body.align(4);
  body.put_bytes(std::string_view(store.entry_id));
  return finish(WrappedStore::kProvider, body);
}

bool is_wrapped_store(const EntryId& id) {
  return id.provider() == WrappedStore::kProvider;
}

Result<WrappedStore> unwrap_store_entry_id(const EntryId& id) {
  if (!is_wrapped_store(id)) return invalid("An entry identifier is not that of a wrapped store");
  const std::string_view body = id.body();
  if (body.size() < 2 || body[0] != '\0' || body[1] != '\0') return invalid("A wrapped store has an unknown version");
  const std::size_t end = body.find('\0', 2);
  if (end == std::string_view::npos || end == 2 || end - 2 > kMaxDllName)
    return invalid("A wrapped store names no DLL");
  const std::size_t start = (end + 1 + 3) / 4 * 4;
  if (start + 4 > body.size()) return invalid("A wrapped store holds no entry identifier");
  return WrappedStore{std::string(body.substr(2, end - 2)), std::string(body.substr(start))};
}

}  // namespace mapiary::model
