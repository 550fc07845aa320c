// SPDX-License-Identifier: Apache-2.0
// Entry identifiers at the border: compound ids, their text form, wrapped store ids.
//
// A compound id, made by HrComposeEID, says in which store an object lives:
//   flags (4) zero | kCompound (16) | u32 bytes of record key | record key | the object's entry id
// Only HrDecomposeEID reads it, and it answers with the store's entry id, which it finds in the session's stores table
// by the record key. Pages: hrcomposeeid, hrdecomposeeid, hrcomposemsgid, hrdecomposemsgid, hrszfromentryid,
// hrentryidfromsz, wrapstoreentryid.
#include "model/entry_id.h"

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "com/border.h"
#include "com/memory.h"
#include "com/ref.h"
#include "com/text.h"
#include "util/hex_text.h"

namespace mapiary::util {
namespace {

using com::border;
using com::OutBlock;
using com::Ref;

constexpr Guid kCompound = Guid::make(0x6D617069, 0x6172, 0x7943, {'o', 'm', 'p', 'o', 'u', 'n', 'd', 1});
constexpr ULONG kMaxKey = 4096;

tl::unexpected<Error> bad_entry_id(const char* what) {
  return fail(Code::kInvalidArgument, "util", what);
}

std::string_view view_of(const void* bytes, ULONG count) {
  return {static_cast<const char*>(bytes), count};
}

struct Compound {
  std::string_view record_key;  // empty: not a compound id, and `entry_id` is the whole
  std::string_view entry_id;
};

Result<std::string> compose_id(std::string_view record_key, std::string_view entry_id) {
  if (entry_id.empty()) return bad_entry_id("the entry identifier is empty");
  if (entry_id.size() > model::EntryId::kMaxSize || record_key.size() > kMaxKey)
    return fail(Code::kTooBig, "util", "the entry identifier or record key is too long", entry_id.size());
  if (record_key.empty()) return std::string(entry_id);
  ByteWriter body;
  body.put_u32(static_cast<std::uint32_t>(record_key.size()));
  body.put_bytes(record_key);
  body.put_bytes(entry_id);
  return model::EntryId::make(kCompound, body.take()).take();
}

Result<Compound> decompose_id(std::string_view bytes) {
  if (bytes.empty()) return bad_entry_id("the entry identifier is empty");
  auto id = model::EntryId::parse(bytes);
  if (!id || id->provider() != kCompound || id->flags() != 0) return Compound{{}, bytes};
  ByteReader reader(bytes_of(bytes.substr(model::EntryId::kHeaderSize)), "compound entry id", "util");
  auto parse = [&]() -> Result<Compound> {
    const std::uint32_t size = TRY(reader.u32());
    Compound parts;
    parts.record_key = TRY(reader.chars(size));
    parts.entry_id = TRY(reader.chars(reader.remaining()));
    if (parts.record_key.empty() || parts.entry_id.empty())
      return fail(Code::kInvalidEntryId, "util", "a compound entry id without a record key or an object");
    return parts;
  };
  auto parts = parse();
  if (!parts) return fail(Code::kInvalidEntryId, "util", parts.error().message, parts.error().value);
  return parts;
}

struct OutId {
  ULONG* size;
  LPENTRYID* id;
  bool usable() const { return size && id; }
  void clear() const {
    *size = 0;
    *id = nullptr;
  }
};

Status give(const OutId& out, std::string_view bytes) {
  OutBlock block;
  void* copy = TRY(block.root_bytes(bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  *out.size = static_cast<ULONG>(bytes.size());
  *out.id = block.detach<ENTRYID>();
  return {};
}

struct RowsOwner {
  LPSRowSet rows = nullptr;
  ~RowsOwner() { FreeProws(rows); }
};

// PR_ENTRYID of the store whose PR_RECORD_KEY is `key`, from the session's stores table.
Result<std::string> store_by_record_key(LPMAPISESSION session, std::string_view key) {
  if (!session) return bad_entry_id("a compound entry id needs a session to find its store");
  Ref<IMAPITable> table;
  if (const HRESULT hr = session->GetMsgStoresTable(0, table.put()); FAILED(hr))
    return tl::unexpected(com::outside_error(hr, "IMAPISession::GetMsgStoresTable"));
  static SizedSPropTagArray(2, columns) = {2, {PR_ENTRYID, PR_RECORD_KEY}};
  RowsOwner owner;
  const HRESULT hr =
      HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &owner.rows);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "reading the stores table"));
  for (ULONG i = 0; owner.rows && i < owner.rows->cRows; ++i) {
    const SRow& row = owner.rows->aRow[i];
    if (row.cValues != 2 || row.lpProps[0].ulPropTag != PR_ENTRYID || row.lpProps[1].ulPropTag != PR_RECORD_KEY)
      continue;
    const SBinary& record_key = row.lpProps[1].Value.bin;
    if (view_of(record_key.lpb, record_key.cb) != key) continue;
    return std::string(view_of(row.lpProps[0].Value.bin.lpb, row.lpProps[0].Value.bin.cb));
  }
  return fail(Code::kNotFound, "util", "no store of the session has the record key of the compound entry id");
}

Status give_parts(LPMAPISESSION session, std::string_view bytes, const OutId& store, const OutId& object) {
  store.clear();
  object.clear();
  const Compound parts = TRY(decompose_id(bytes));
  if (!parts.record_key.empty()) TRY(give(store, TRY(store_by_record_key(session, parts.record_key))));
  Status given = give(object, parts.entry_id);
  if (!given && *store.id) {
    MAPIFreeBuffer(*store.id);
    store.clear();
  }
  return given;
}

template <class Char>
Status give_hex(std::string_view bytes, Char** out) {
  OutBlock block;
  Char* text = static_cast<Char*>(TRY(block.root_bytes((bytes.size() * 2 + 1) * sizeof(Char))));
  hex_from_bytes(bytes, text);
  *out = block.template detach<Char>();
  return {};
}

template <class Char>
Result<std::string> bytes_from_hex(const Char* text) {
  const std::basic_string_view<Char> digits(text);
  std::string bytes;
  if (digits.empty() || !hex_to_bytes(digits, bytes))
    return fail(Code::kInvalidEntryId, "util", "the text of an entry id is not an even number of hexadecimal digits");
  return bytes;
}

Result<std::string> compose_checked(ULONG key_size, LPBYTE key, ULONG id_size, LPENTRYID id) {
  if ((key_size && !key) || !id || !id_size) return bad_entry_id("a record key or entry identifier is NULL");
  return compose_id(view_of(key, key_size), view_of(id, id_size));
}

template <class Char>
HRESULT compose_text(ULONG key_size, LPBYTE key, ULONG id_size, LPENTRYID id, Char** out) {
  return border([&]() -> Status {
    if (!out) return bad_entry_id("pszMsgID is NULL");
    *out = nullptr;
    return give_hex(TRY(compose_checked(key_size, key, id_size, id)), out);
  });
}

template <class Char>
HRESULT decompose_text(LPMAPISESSION session, const Char* text, const OutId& store, const OutId& object) {
  return border([&]() -> Status {
    if (!text || !store.usable() || !object.usable()) return bad_entry_id("an argument is NULL");
    store.clear();
    object.clear();
    return give_parts(session, TRY(bytes_from_hex(text)), store, object);
  });
}

template <class Char>
HRESULT text_from_id(ULONG size, LPENTRYID id, Char** out) {
  return border([&]() -> Status {
    if (!out) return bad_entry_id("psz is NULL");
    *out = nullptr;
    if (!id || !size) return bad_entry_id("the entry identifier is empty");
    if (size > model::EntryId::kMaxSize) return fail(Code::kTooBig, "util", "the entry identifier is too long", size);
    return give_hex(view_of(id, size), out);
  });
}

template <class Char>
HRESULT id_from_text(const Char* text, const OutId& out) {
  return border([&]() -> Status {
    if (!text || !out.usable()) return bad_entry_id("an argument is NULL");
    out.clear();
    return give(out, TRY(bytes_from_hex(text)));
  });
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

// The session is not needed to make a compound id.
STDAPI HrComposeEID(LPMAPISESSION, ULONG cbStoreRecordKey, LPBYTE pStoreRecordKey, ULONG cbMsgEID, LPENTRYID pMsgEID,
                    ULONG* pcbEID, LPENTRYID* ppEID) {
  return border([&]() -> Status {
    const OutId out{pcbEID, ppEID};
    if (!out.usable()) return bad_entry_id("pcbEID or ppEID is NULL");
    out.clear();
    return give(out, TRY(compose_checked(cbStoreRecordKey, pStoreRecordKey, cbMsgEID, pMsgEID)));
  });
}

// The caller's pEID is left alone, although the page says that it is freed: freeing what may not be a MAPI buffer is
// the worse mistake (docs/rulings.md R17).
STDAPI HrDecomposeEID(LPMAPISESSION psession, ULONG cbEID, LPENTRYID pEID, ULONG* pcbStoreEID, LPENTRYID* ppStoreEID,
                      ULONG* pcbMsgEID, LPENTRYID* ppMsgEID) {
  return border([&]() -> Status {
    const OutId store{pcbStoreEID, ppStoreEID}, object{pcbMsgEID, ppMsgEID};
    if (!pEID || !store.usable() || !object.usable()) return bad_entry_id("an argument is NULL");
    return give_parts(psession, view_of(pEID, cbEID), store, object);
  });
}

// Each text function has two bodies; mapiutil.h binds its one name to the W body in UNICODE builds.
#define MAPIARY_WIDE extern "C" __attribute__((visibility("default"))) HRESULT STDAPICALLTYPE

STDAPI HrComposeMsgID(LPMAPISESSION, ULONG key_size, LPBYTE key, ULONG id_size, LPENTRYID id, LPSTR* out) {
  return compose_text(key_size, key, id_size, id, out);
}
MAPIARY_WIDE HrComposeMsgIDW(LPMAPISESSION, ULONG key_size, LPBYTE key, ULONG id_size, LPENTRYID id, LPWSTR* out) {
  return compose_text(key_size, key, id_size, id, out);
}

STDAPI HrDecomposeMsgID(LPMAPISESSION session, LPSTR text, ULONG* store_size, LPENTRYID* store, ULONG* id_size,
                        LPENTRYID* id) {
  return decompose_text(session, text, {store_size, store}, {id_size, id});
}
MAPIARY_WIDE HrDecomposeMsgIDW(LPMAPISESSION session, LPWSTR text, ULONG* store_size, LPENTRYID* store, ULONG* id_size,
                               LPENTRYID* id) {
  return decompose_text(session, text, {store_size, store}, {id_size, id});
}

STDAPI HrSzFromEntryID(ULONG size, LPENTRYID id, LPSTR* out) {
  return text_from_id(size, id, out);
}
MAPIARY_WIDE HrSzFromEntryIDW(ULONG size, LPENTRYID id, LPWSTR* out) {
  return text_from_id(size, id, out);
}

STDAPI HrEntryIDFromSz(LPSTR text, ULONG* size, LPENTRYID* id) {
  return id_from_text(text, {size, id});
}
MAPIARY_WIDE HrEntryIDFromSzW(LPWSTR text, ULONG* size, LPENTRYID* id) {
  return id_from_text(text, {size, id});
}

// [MS-OXCDATA] 2.2.4.3. The name keeps its extension but not its folder.
STDAPI WrapStoreEntryID(ULONG ulFlags, LPTSTR lpszDLLName, ULONG cbOrigEntry, LPENTRYID lpOrigEntry,
                        ULONG* lpcbWrappedEntry, LPENTRYID* lppWrappedEntry) {
  return border([&]() -> Status {
    const OutId out{lpcbWrappedEntry, lppWrappedEntry};
    if (!out.usable()) return bad_entry_id("lpcbWrappedEntry or lppWrappedEntry is NULL");
    out.clear();
    if (ulFlags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "util", "flags other than MAPI_UNICODE", ulFlags);
    if (!lpszDLLName || !lpOrigEntry || !cbOrigEntry)
      return bad_entry_id("the provider's name or the entry identifier is NULL");
    if (cbOrigEntry > model::EntryId::kMaxSize)
      return fail(Code::kTooBig, "util", "the entry identifier is too long", cbOrigEntry);
    const model::WrappedStore store{com::from_tstr(lpszDLLName, (ulFlags & MAPI_UNICODE) != 0),
                                    std::string(view_of(lpOrigEntry, cbOrigEntry))};
    return give(out, TRY(model::wrap_store_entry_id(store)).bytes());
  });
}
