// SPDX-License-Identifier: Apache-2.0
// Entry identifiers as owned bytes: flags (4), the provider's MAPIUID (16), and a body that only the provider reads.
// Two ids with different bytes may name one object; equality here is of bytes. Also the two layouts that everybody must
// read: one-off recipients and wrapped stores. Pages: entryid, one-off-entry-identifiers, wrapstoreentryid;
// [MS-OXCDATA] 2.2, 2.2.4.3, 2.2.5.1. Const access is shareable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/guid.h"
#include "base/result.h"

namespace mapiary::model {

// abFlags[0]. The names are those of mapidefs.h without MAPI_.
namespace entry_flag {
inline constexpr std::uint8_t kShortTerm = 0x80, kNotRecipient = 0x40, kThisSession = 0x20, kNow = 0x10,
                              kNotReserved = 0x08;
inline constexpr std::uint8_t kAll = 0xF8;
}  // namespace entry_flag

class EntryId {
 public:
  static constexpr std::size_t kHeaderSize = 20;
  static constexpr std::size_t kMaxSize = 65536;

  EntryId() = default;  // empty: no identifier
  // kInvalidEntryId: shorter than flags and UID, or longer than kMaxSize.
  static Result<EntryId> parse(std::string_view bytes);
  static EntryId make(const Guid& provider, std::string_view body, std::uint8_t flags = 0);

  bool empty() const { return bytes_.empty(); }
  std::string_view bytes() const { return bytes_; }
  std::uint8_t flags() const { return empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes_[0]); }
  // None of the flags is set: may be stored.
  bool is_long_term() const { return flags() == 0; }
  // All of the flags are set: good for this session only.
  bool is_short_term() const { return (flags() & entry_flag::kAll) == entry_flag::kAll; }
  // Nil for an empty id.
  Guid provider() const;
  std::string_view body() const { return empty() ? std::string_view() : std::string_view(bytes_).substr(kHeaderSize); }
  std::string take() && { return std::move(bytes_); }

  auto operator<=>(const EntryId&) const = default;

 private:
  std::string bytes_;
};

// A recipient that stands in no directory. Text is UTF-8.
struct OneOff {
  static const Guid kProvider;  // MAPI_ONE_OFF_UID
  // Bits of `flags` besides the width of text, which build and parse keep themselves. Encoding bits (MAE, format) pass
  // through.
  static constexpr std::uint16_t kNoRichInfo = 0x0001, kUnicode = 0x8000;

  std::string display_name;
  std::string address_type;
  std::string address;
  std::uint16_t flags = 0;

  bool operator==(const OneOff&) const = default;
};

// kInvalidArgument: a null inside a string, or an empty address type or address. kTooBig: over EntryId::kMaxSize.
Result<EntryId> build_one_off(const OneOff& one_off);  // strings as UTF-16LE
// kBadValue: the code page cannot say a string. An id built so does not tell its code page: for readers that cannot do
// better.
Result<EntryId> build_one_off_ansi(const OneOff& one_off, std::uint32_t code_page);
bool is_one_off(const EntryId& id);
// `ansi_page` reads the strings of an id without kUnicode. kInvalidEntryId: not a one-off id, or damaged. Bytes after
// the third string are padding and ignored. `flags` of the result are without kUnicode.
Result<OneOff> parse_one_off(const EntryId& id, std::uint32_t ansi_page);

// A store's own entry id in the wrapper that says which provider DLL opens it.
struct WrappedStore {
  static const Guid kProvider;  // muidStoreWrap
  std::string dll_name;         // "emsmdb.dll"
  std::string entry_id;         // the store's own, at least its flags
};

// kInvalidArgument: no name, a name over 255 bytes or with a null, an entry id under 4 bytes. kTooBig.
Result<EntryId> wrap_store_entry_id(const WrappedStore& store);
bool is_wrapped_store(const EntryId& id);
// kInvalidEntryId: not wrapped, another version, or damaged.
Result<WrappedStore> unwrap_store_entry_id(const EntryId& id);

}  // namespace mapiary::model

template <>
struct std::hash<mapiary::model::EntryId> {
  std::size_t operator()(const mapiary::model::EntryId& id) const noexcept {
    return std::hash<std::string_view>()(id.bytes());
  }
};
