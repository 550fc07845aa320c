// SPDX-License-Identifier: Apache-2.0
// Properties of objects as the engine interface has them: what the property context says, with the few differences
// between the file's form and MAPI's made good (docs/message-stores.md, "PST and OST files"). One thread, with the
// Objects it reads through.
#pragma once

#include "backend/transaction.h"
#include "engines/pst/messaging/objects.h"

namespace mapiary::engines::pst {

// Where the store keeps what is no property of its own in MAPI: src/store/visit.h has the same numbers, which a test
// compares.
namespace store_tag {
inline constexpr model::PropTag kSearchCriteria{0x67C10102};
inline constexpr model::PropTag kSearchFolders{0x67C21014};
inline constexpr model::PropTag kSearchFlags{0x67C30003};
inline constexpr model::PropTag kReceiveClasses{0x67C5101F};
inline constexpr model::PropTag kReceiveFolders{0x67C61014};
}  // namespace store_tag

// What the store object tells of the file: docs/message-stores.md.
namespace info_tag {
inline constexpr model::PropTag kFormat{0x67A0001F};        // "PST", "OST", "PAB"
inline constexpr model::PropTag kVariant{0x67A1001F};       // "ansi", "unicode", "unicode-4k"
inline constexpr model::PropTag kVersion{0x67A20003};       // wVer
inline constexpr model::PropTag kEncryption{0x67A3001F};    // "none", "permute", "cyclic"
inline constexpr model::PropTag kPasswordSet{0x67A4000B};   // PT_BOOLEAN
inline constexpr model::PropTag kFileSize{0x67A50014};      // bytes
inline constexpr model::PropTag kTextCodePage{0x67A60003};  // of 8-bit text that does not say
inline constexpr model::PropTag kProblems{0x67A7101F};      // what check() finds; only when asked for by its tag
inline constexpr model::PropTag kDamageMet{0x67A80003};     // how often damage was met since the file was opened
inline constexpr model::PropTag kDamage{0x67A9101F};        // and which, each finding once; only by its tag
inline constexpr model::PropTag kLost{0x67AE101F};          // what that damage may have cost besides; only by its tag
inline constexpr model::PropTag kRecovered{
    0x67AB001F};  // of objects: "orphaned", "deleted", "rebuilt"; "folder" of their folder
inline constexpr model::PropTag kFormerFolder{0x67AC001F};  // of recovered objects: where they were
// The expert view, each in the order of PstFile::expert_view(); only by their tags.
inline constexpr model::PropTag kExpert[] = {model::PropTag(0x67B00102), model::PropTag(0x67B10102),
                                             model::PropTag(0x67B20102)};
inline constexpr model::PropTag kRemains{0x67AD101F};  // what cannot be recovered; only by its tag
}  // namespace info_tag

class ObjectProps {
 public:
  explicit ObjectProps(Objects& objects) : objects_(objects) {}

  // The properties `request` asks for.
  Result<model::PropBag> read(const Place& place, const backend::ReadRequest& request);
  // One of them; empty if the object lacks it, an error value if it is damaged.
  Result<model::PropValue> one(const Place& place, std::uint16_t id, std::uint64_t inline_limit);
  Result<std::vector<model::PropBag>> recipients(const Place& message);
  // A value in a row of a table: empty if the cell is absent or not to be believed.
  Result<model::PropValue> cell(TableContext& table, const TableContext::Row& row, std::uint16_t id,
                                const Place& message);

  struct Source {
    model::PropTag tag;  // as the engine interface has it
    ValueBytes bytes;    // as in the file
    std::uint32_t code_page = 0;
  };
  // Which of the expert's views a property of the mailbox is; nullopt: none, or there is no such view.
  std::optional<std::size_t> expert_view_of(const Place& place, model::PropTag tag) const;
  // The bytes of a text or binary property. kNotFound.
  Result<Source> open(const Place& place, std::uint16_t id);

 private:
  Status note_lost_home(const Place& place);
  Result<bool> has_certain_name(ObjectId folder);
  Status note_nameless(const model::PropBag& bag);
  Result<model::PropValue> value(const Place& place, PropertyContext& context, const RawProperty& property,
                                 std::uint64_t inline_limit);
  Result<model::PropValue> value_or_damage(const Place& place, PropertyContext& context, const RawProperty& property,
                                           std::uint64_t inline_limit);
  Result<model::PropValue> large_value(const Place& place, model::PropTag tag, ValueBytes bytes,
                                       std::uint64_t inline_limit);
  Result<ValueBytes> open_raw(PropertyContext& context, const RawProperty& property, model::PropTag& tag);
  Result<model::PropValue> subject_prefix(const Place& place);
  Status read_without_context(const Place& place, model::PropBag& bag, const backend::ReadRequest& request,
                              const Error& why);
  Status add_row_values(const Place& message, model::PropBag& bag, const backend::ReadRequest& request);
  Status finish(const Place& place, model::PropBag& bag, const backend::ReadRequest& request);
  Status finish_message(const Place& place, model::PropBag& bag, const backend::ReadRequest& request);
  Status add_derived(const Place& message, model::PropBag& bag, const backend::ReadRequest& request);
  void finish_attachment(const Place& place, model::PropBag& bag, const backend::ReadRequest& request);
  Status finish_search_folder(const Place& place, model::PropBag& bag);
  void finish_recovered(const Place& place, model::PropBag& bag, const backend::ReadRequest& request);
  Status add_expert_views(const Place& mailbox, model::PropBag& bag, const backend::ReadRequest& request);
  Status finish_mailbox(model::PropBag& bag, const backend::ReadRequest& request);
  Status add_receive_folders(model::PropBag& bag);

  Objects& objects_;
};

}  // namespace mapiary::engines::pst
