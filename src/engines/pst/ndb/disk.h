// SPDX-License-Identifier: Apache-2.0
// The bytes of the node database as they lie in the file, little-endian and packed, for the three variants: ANSI
// (wVer 14, 15), Unicode (21, 23) and Unicode with pages of 4096 bytes (36). Only ndb/codec.cc sees them; all else
// works with the neutral structs of ndb/codec.h. Read with load_struct(), which copies; never by a cast. Sections are
// those of [MS-PST]; the 4K variant is not in it: its layout was measured (docs/adr/0060-pst-layers.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace mapiary::engines::pst::disk {

template <class T>
Result<T> load_struct(ByteReader& in) {
  static_assert(std::is_trivially_copyable_v<T>);
  const ByteSpan bytes = TRY(in.bytes(sizeof(T)));
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

#pragma pack(push, 1)

// ---- 2.2.2.4 BREF, 2.2.2.5 ROOT, 2.2.2.6 HEADER

template <class Word>
struct Bref {
  Word bid;
  Word ib;
};

template <class Word>
struct Root {
  std::uint32_t reserved;
  Word ib_file_eof;
  Word ib_amap_last;
  Word cb_amap_free;
  Word cb_pmap_free;
  Bref<Word> nbt;
  Bref<Word> bbt;
  std::uint8_t amap_valid;
  std::uint8_t reserved2;
  std::uint16_t reserved3;
};
static_assert(sizeof(Root<std::uint32_t>) == 40 && sizeof(Root<std::uint64_t>) == 72);

struct HeaderStart {
  std::uint32_t magic;
  std::uint32_t crc_partial;
  std::uint16_t magic_client;
  std::uint16_t ver;
  std::uint16_t ver_client;
  std::uint8_t platform_create;
  std::uint8_t platform_access;
  std::uint32_t reserved1;
  std::uint32_t reserved2;
};
static_assert(sizeof(HeaderStart) == 24);

struct AnsiHeader {
  HeaderStart start;
  std::uint32_t bid_next_b;
  std::uint32_t bid_next_p;
  std::uint32_t unique;
  std::uint32_t rgnid[32];
  Root<std::uint32_t> root;
  std::uint8_t fmap[128];
  std::uint8_t fpmap[128];
  std::uint8_t sentinel;
  std::uint8_t crypt_method;
  std::uint8_t reserved[2];
  std::uint64_t reserved3;
  std::uint32_t reserved4;
  std::uint8_t reserved5[3];
  std::uint8_t reserved6;
  std::uint8_t reserved7[32];
};
static_assert(sizeof(AnsiHeader) == 512 && offsetof(AnsiHeader, root) == 0xA4 &&
              offsetof(AnsiHeader, crypt_method) == 0x1CD);

struct UnicodeHeader {
  HeaderStart start;
  std::uint64_t bid_unused;
  std::uint64_t bid_next_p;
  std::uint32_t unique;
  std::uint32_t rgnid[32];
  std::uint64_t unused;
  Root<std::uint64_t> root;
  std::uint32_t align;
  std::uint8_t fmap[128];
  std::uint8_t fpmap[128];
  std::uint8_t sentinel;
  std::uint8_t crypt_method;
  std::uint8_t reserved[2];
  std::uint64_t bid_next_b;
  std::uint32_t crc_full;
  std::uint8_t reserved5[3];
  std::uint8_t reserved6;
  std::uint8_t reserved7[32];
};
static_assert(sizeof(UnicodeHeader) == 564 && offsetof(UnicodeHeader, root) == 0xB4 &&
              offsetof(UnicodeHeader, crypt_method) == 0x201 && offsetof(UnicodeHeader, crc_full) == 0x20C);

// ---- 2.2.2.7.1 PAGETRAILER

struct AnsiPageTrailer {
  std::uint8_t type;
  std::uint8_t type_repeat;
  std::uint16_t sig;
  std::uint32_t bid;
  std::uint32_t crc;
};
static_assert(sizeof(AnsiPageTrailer) == 12);

struct UnicodePageTrailer {
  std::uint8_t type;
  std::uint8_t type_repeat;
  std::uint16_t sig;
  std::uint32_t crc;
  std::uint64_t bid;
};
static_assert(sizeof(UnicodePageTrailer) == 16);

struct Unicode4kPageTrailer {
  UnicodePageTrailer same;
  std::uint64_t unknown;
};
static_assert(sizeof(Unicode4kPageTrailer) == 24);

// ---- 2.2.2.7.7.1 BTPAGE: what follows the entries

struct SmallPageCounts {
  std::uint8_t count;
  std::uint8_t max;
  std::uint8_t entry_size;
  std::uint8_t level;
};
static_assert(sizeof(SmallPageCounts) == 4);

struct LargePageCounts {
  std::uint16_t count;
  std::uint16_t max;
  std::uint8_t entry_size;
  std::uint8_t level;
};
static_assert(sizeof(LargePageCounts) == 6);

// ---- 2.2.2.7.7.2 BTENTRY, .3 BBTENTRY, .4 NBTENTRY

template <class Word>
struct BtEntry {
  Word key;
  Bref<Word> ref;
};
static_assert(sizeof(BtEntry<std::uint32_t>) == 12 && sizeof(BtEntry<std::uint64_t>) == 24);

struct AnsiBbtEntry {
  Bref<std::uint32_t> ref;
  std::uint16_t size;
  std::uint16_t refs;
};
static_assert(sizeof(AnsiBbtEntry) == 12);

struct UnicodeBbtEntry {
  Bref<std::uint64_t> ref;
  std::uint16_t size;
  std::uint16_t refs;
  std::uint32_t padding;
};
static_assert(sizeof(UnicodeBbtEntry) == 24);

struct Unicode4kBbtEntry {
  Bref<std::uint64_t> ref;
  std::uint16_t size;      // in the file
  std::uint16_t inflated;  // in use; larger than `size`: a zlib stream
  std::uint16_t refs;
  std::uint16_t padding;
};
static_assert(sizeof(Unicode4kBbtEntry) == 24);

struct AnsiNbtEntry {
  std::uint32_t nid;
  std::uint32_t data;
  std::uint32_t sub;
  std::uint32_t parent;
};
static_assert(sizeof(AnsiNbtEntry) == 16);

struct UnicodeNbtEntry {
  std::uint64_t nid;
  std::uint64_t data;
  std::uint64_t sub;
  std::uint32_t parent;
  std::uint32_t padding;
};
static_assert(sizeof(UnicodeNbtEntry) == 32);

// ---- 2.2.2.8.1 BLOCKTRAILER

struct AnsiBlockTrailer {
  std::uint16_t size;
  std::uint16_t sig;
  std::uint32_t bid;
  std::uint32_t crc;
};
static_assert(sizeof(AnsiBlockTrailer) == 12);

struct UnicodeBlockTrailer {
  std::uint16_t size;
  std::uint16_t sig;
  std::uint32_t crc;
  std::uint64_t bid;
};
static_assert(sizeof(UnicodeBlockTrailer) == 16);

struct Unicode4kBlockTrailer {
  UnicodeBlockTrailer same;
  std::uint16_t unknown1;
  std::uint16_t inflated;
  std::uint32_t unknown2;
};
static_assert(sizeof(Unicode4kBlockTrailer) == 24);

// ---- 2.2.2.8.3.2 XBLOCK and XXBLOCK, 2.2.2.8.3.3 SLBLOCK and SIBLOCK

struct XBlockStart {
  std::uint8_t type;
  std::uint8_t level;
  std::uint16_t count;
  std::uint32_t total;
};
static_assert(sizeof(XBlockStart) == 8);

struct SubnodeBlockStart {
  std::uint8_t type;
  std::uint8_t level;
  std::uint16_t count;
};
static_assert(sizeof(SubnodeBlockStart) == 4);

template <class Word>
struct SlEntry {
  Word nid;
  Word data;
  Word sub;
};
static_assert(sizeof(SlEntry<std::uint32_t>) == 12 && sizeof(SlEntry<std::uint64_t>) == 24);

template <class Word>
struct SiEntry {
  Word nid;
  Word bid;
};
static_assert(sizeof(SiEntry<std::uint32_t>) == 8 && sizeof(SiEntry<std::uint64_t>) == 16);

#pragma pack(pop)

}  // namespace mapiary::engines::pst::disk
