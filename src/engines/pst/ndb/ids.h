// SPDX-License-Identifier: Apache-2.0
// Names of nodes and blocks, and the values that every variant of the format shares. [MS-PST] 2.2.2.1 (NID), 2.2.2.2
// (BID), 2.2.2.4 (BREF), 2.4.1 (special NIDs). Plain values.
#pragma once

#include <compare>
#include <cstdint>

namespace mapiary::engines::pst {

// 5 bits of type, 27 of index. The names are those of the specification.
enum class NidType : std::uint8_t {
  kHid = 0x00,
  kInternal = 0x01,
  kNormalFolder = 0x02,
  kSearchFolder = 0x03,
  kNormalMessage = 0x04,
  kAttachment = 0x05,
  kSearchUpdateQueue = 0x06,
  kSearchCriteria = 0x07,
  kAssocMessage = 0x08,
  kContentsTableIndex = 0x0A,
  kReceiveFolderTable = 0x0B,
  kOutgoingQueueTable = 0x0C,
  kHierarchyTable = 0x0D,
  kContentsTable = 0x0E,
  kAssocContentsTable = 0x0F,
  kSearchContentsTable = 0x10,
  kAttachmentTable = 0x11,
  kRecipientTable = 0x12,
  kSearchTableIndex = 0x13,
  // Not in the specification; what they hold was looked at (docs/formats/pst.md). 0x14, 0x15 and 0x19 only OSTs have.
  kServerMessageIndex = 0x14,
  kServerAssocIndex = 0x15,
  kReplicationQueue = 0x16,
  kReplicationItems = 0x17,
  kReplicationTimes = 0x18,
  kServerTable = 0x19,
  kLtp = 0x1F,
};

struct Nid {
  std::uint32_t value = 0;

  constexpr Nid() = default;
  constexpr explicit Nid(std::uint32_t v) : value(v) {}
  static constexpr Nid of(NidType type, std::uint32_t index) {
    return Nid((index << 5) | static_cast<std::uint32_t>(type));
  }
  constexpr NidType type() const { return static_cast<NidType>(value & 0x1F); }
  constexpr bool is_none() const { return value == 0; }
  constexpr std::uint32_t index() const { return value >> 5; }
  // The node that belongs to this one: a folder's tables have its index and a type of their own.
  constexpr Nid with_type(NidType other) const { return of(other, index()); }
  auto operator<=>(const Nid&) const = default;
};

namespace nid {
inline constexpr Nid kMessageStore{0x21};
inline constexpr Nid kNameToIdMap{0x61};
inline constexpr Nid kNormalFolderTemplate{0xA1};
inline constexpr Nid kSearchFolderTemplate{0xC1};
inline constexpr Nid kRootFolder{0x122};
inline constexpr Nid kSearchManagementQueue{0x1E1};
inline constexpr Nid kSearchActivityList{0x201};
inline constexpr Nid kHierarchyTableTemplate{0x60D};
inline constexpr Nid kContentsTableTemplate{0x60E};
inline constexpr Nid kAssocContentsTableTemplate{0x60F};
inline constexpr Nid kSearchContentsTableTemplate{0x610};
inline constexpr Nid kReceiveFolderTable{0x62B};
inline constexpr Nid kAttachmentTable{0x671};  // among the subnodes of a message
inline constexpr Nid kRecipientTable{0x692};   // likewise
}  // namespace nid

// A block's name. Bit 0 is reserved and ignored; bit 1 says that the block is the format's own (a tree of blocks or of
// subnodes) and therefore never encrypted.
struct Bid {
  std::uint64_t value = 0;

  constexpr Bid() = default;
  constexpr explicit Bid(std::uint64_t v) : value(v) {}
  constexpr bool is_none() const { return value == 0; }
  constexpr bool is_internal() const { return (value & 2) != 0; }
  constexpr Bid key() const { return Bid(value & ~std::uint64_t{1}); }
  auto operator<=>(const Bid&) const = default;
};

// Where a page or block is.
struct BlockRef {
  Bid bid;
  std::uint64_t offset = 0;
  bool operator==(const BlockRef&) const = default;
};

}  // namespace mapiary::engines::pst
