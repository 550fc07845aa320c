// SPDX-License-Identifier: Apache-2.0
// A mailbox with one of everything, in any variant: a store with special folders and a receive folder, folders, a
// search folder with criteria and a result, two messages (one with recipients, a file, a storage and a message in a
// message) and an associated one, named properties, text in 8 bits and 16.
//
//   root 0x122
//   +- Top 0x8022 (IPM subtree): message 0x200024 "Alpha", associated 0x200028
//   |  +- Deleted Items 0x8062: message 0x200044 "gone"
//   +- Search Root 0x8042 (finder): search folder 0x8083, which found 0x200024
#pragma once

#include <map>
#include <string>

#include "base/guid.h"
#include "base/unicode.h"
#include "engines/pst/ndb/checksum.h"
#include "engines/pst/testing/tiny_table.h"

namespace mapiary::engines::pst::testing {

class TinyMailbox {
 public:
  // `piece`: bytes of the blocks of large values, if not as many as fit; the values are as many times smaller.
  explicit TinyMailbox(Variant variant, Crypt crypt = Crypt::kNone, std::size_t piece = 0)
      : file_(variant, crypt), piece_(piece) {
    build();
  }

  std::string bytes() { return file_.finish(); }
  TinyFile& file() { return file_; }
  static constexpr std::uint32_t kAlphaSize = 123'456;
  static constexpr std::uint32_t kBuckets = 251;
  static Guid uid() { return Guid::make(0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}); }
  static std::string large_body() { return std::string(40'000, 'b') + "\xF0\x9F\x93\xA7 end"; }
  static std::string large_file() {
    std::string bytes(70'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 253);
    return bytes;
  }

 private:
  static std::string number(std::uint32_t value) {
    std::string out(4, '\0');
    store_le(reinterpret_cast<std::byte*>(out.data()), value);
    return out;
  }
  static std::string wide_number(std::uint64_t value) {
    std::string out(8, '\0');
    store_le(reinterpret_cast<std::byte*>(out.data()), value);
    return out;
  }
  // Text in the width of the file.
  std::string text(const std::string& utf8) const { return file_.ansi() ? utf8 : utf8_to_utf16le(utf8); }
  std::uint32_t text_tag(std::uint32_t id) const { return (id << 16) | (file_.ansi() ? 0x1E : 0x1F); }
  std::string entry_id(Nid nid) const {
    const Guid store = uid();
    return std::string(4, '\0') + std::string(reinterpret_cast<const char*>(store.bytes.data()), 16) +
           number(nid.value);
  }
  Bid large(const std::string& bytes) {
    return piece_ == 0 ? file_.data(bytes) : file_.data(bytes.substr(0, bytes.size() * piece_ / 8192), piece_);
  }
  Bid props(const std::vector<Property>& all) { return file_.block(TinyFile::properties(all)); }
  Bid table(const std::vector<std::uint32_t>& columns, const std::vector<TinyRow>& rows) {
    return file_.block(TinyTable(columns, file_).heap(rows));
  }

  void build() {
    store();
    names();
    folder(nid::kRootFolder, "", {Nid(0x8022), Nid(0x8042)}, {}, {}, nid::kRootFolder);
    folder(Nid(0x8022), "Top", {Nid(0x8062)}, {{Nid(0x200024), "Alpha", kAlphaSize}}, {{Nid(0x200028), "view"}},
           nid::kRootFolder);
    folder(Nid(0x8042), "Search Root", {Nid(0x8083)}, {}, {}, nid::kRootFolder);
    folder(Nid(0x8062), "Deleted Items", {}, {{Nid(0x200044), "gone"}}, {}, Nid(0x8022));
    search_folder();
    message();
    file_.node(Nid(0x200044),
               props({{0x001A0000 | (text_tag(0) & 0xFF), text("IPM.Note")},
                      {text_tag(0x0037), text("gone")},
                      {0x0E070003, number(0)},
                      {0x0E080003, number(50)}}),
               {}, Nid(0x8062));
    file_.node(Nid(0x200028), props({{text_tag(0x001A), text("IPM.Configuration")}, {0x0E070003, number(0x40)}}), {},
               Nid(0x8022));
  }

  void store() {
    const Guid key = uid();
    file_.node(nid::kMessageStore,
               props({{0x0FF90102, std::string(reinterpret_cast<const char*>(key.bytes.data()), 16)},
                      {text_tag(0x3001), text("Tiny")},
                      {0x35DF0003, number(0x89)},
                      {0x35E00102, entry_id(Nid(0x8022))},
                      {0x35E30102, entry_id(Nid(0x8062))},
                      {0x35E70102, entry_id(Nid(0x8042))},
                      {0x67FF0003, number(0x12345678)}}));
    file_.node(nid::kReceiveFolderTable, table({text_tag(0x001A), 0x66050003},
                                               {{1, {{text_tag(0x001A), ""}, {0x66050003, number(0x8022)}}},
                                                {2, {{text_tag(0x001A), text("IPM")}, {0x66050003, number(0x8022)}}}}));
  }

  // 0x8000: number 0x8233 of the first set of the stream; 0x8001: "Keywords" of PS_PUBLIC_STRINGS; 0x8002 to 0x8004:
  // more of the first set. Each in its bucket, too.
  void names() {
    ByteWriter entries, strings;
    strings.put_u32(16);
    strings.put_bytes(utf8_to_utf16le("Keywords"));
    const Guid set = Guid::make(0x00062002, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46});
    std::map<std::uint32_t, std::string> buckets;
    const auto add = [&](std::uint32_t key, std::uint32_t hash, std::uint16_t word) {
      const auto index = static_cast<std::uint16_t>(entries.size() / 8);
      ByteWriter in_bucket;
      for (ByteWriter* out : {&entries, &in_bucket}) {
        out->put_u32(out == &entries ? key : hash);
        out->put_u16(word);
        out->put_u16(index);
      }
      buckets[((0x1000 + (hash ^ word) % kBuckets) << 16) | 0x0102] += in_bucket.take();
    };
    add(0x8233, 0x8233, 3 << 1);
    add(0, crc_of(bytes_of(utf8_to_utf16le("Keywords"))), (2 << 1) | 1);
    for (const std::uint32_t more : {0x8205u, 0x820Du, 0x820Eu}) add(more, more, 3 << 1);
    std::vector<Property> all{{0x00010003, number(kBuckets)},
                              {0x00020102, std::string(reinterpret_cast<const char*>(set.bytes.data()), 16)},
                              {0x00030102, entries.take()},
                              {0x00040102, strings.take()}};
    for (const auto& [tag, bucket] : buckets) all.push_back({tag, bucket});
    file_.node(nid::kNameToIdMap, props(all));
  }

  static std::string name_of(Nid folder) {
    return folder == Nid(0x8022)   ? "Top"
           : folder == Nid(0x8042) ? "Search Root"
           : folder == Nid(0x8062) ? "Deleted Items"
                                   : "Found";
  }

  struct Listed {
    Nid nid;
    std::string name;
    std::uint32_t size = 50;
  };

  void folder(Nid nid, const std::string& name, const std::vector<Nid>& folders, const std::vector<Listed>& messages,
              const std::vector<Listed>& associated, Nid parent) {
    file_.node(nid,
               props({{text_tag(0x3001), text(name)},
                      {0x36020003, number(static_cast<std::uint32_t>(messages.size()))},
                      {0x36030003, number(static_cast<std::uint32_t>(messages.size()))},
                      {0x360A000B, std::string(1, folders.empty() ? '\0' : '\1')}}),
               {}, parent);
    std::vector<TinyRow> rows;
    for (const Nid one : folders) {
      rows.push_back({one.value, {{text_tag(0x3001), text(name_of(one))}, {0x36020003, number(0)}}});
    }
    file_.node(nid.with_type(NidType::kHierarchyTable), table({text_tag(0x3001), 0x36020003}, rows));
    file_.node(nid.with_type(NidType::kContentsTable), contents(messages));
    file_.node(nid.with_type(NidType::kAssocContentsTable), contents(associated));
  }

  Bid contents(const std::vector<Listed>& messages) {
    std::vector<TinyRow> rows;
    for (const Listed& one : messages) {
      rows.push_back({one.nid.value,
                      {{text_tag(0x0037), text(one.name)}, {0x0E080003, number(one.size)}, {0x0E170003, number(2)}}});
    }
    return table({text_tag(0x0037), 0x0E080003, 0x0E170003}, rows);
  }

  void search_folder() {
    const Nid nid(0x8083);
    file_.node(nid, props({{text_tag(0x3001), text("Found")}}), {}, Nid(0x8042));
    file_.node(nid.with_type(NidType::kSearchContentsTable), contents({{Nid(0x200024), "Alpha", kAlphaSize}}));
    // PR_SUBJECT contains "alp", or has PR_IMPORTANCE.
    ByteWriter criteria;
    for (const std::uint32_t word : {1u, 2u, 16u, 0u, 3u, 0x10001u, text_tag(0x0037), text_tag(0x0037), 8u, 0xAAAAAAAAu,
                                     0x00170003u, 0xBBBBBBBBu}) {
      criteria.put_u32(word);
    }
    file_.node(nid.with_type(NidType::kSearchCriteria), props({{0x66080102, criteria.take()},
                                                               {0x66090102, number(0x8022)},
                                                               {0x660B0003, number(5)},
                                                               {text_tag(0x8001), text("alp")}}));
  }

  void message() {
    const std::string body = file_.ansi() ? large_body() : utf8_to_utf16le(large_body());
    const Bid body_data = large(body);
    const Bid attachments = table({0x37050003}, {{0x8025, {{0x37050003, number(1)}}},
                                                 {0x8045, {{0x37050003, number(5)}}},
                                                 {0x8065, {{0x37050003, number(6)}}}});
    const Bid recipients =
        table({0x0C150003, text_tag(0x3001)}, {{1, {{0x0C150003, number(1)}, {text_tag(0x3001), text("Ada")}}},
                                               {2, {{0x0C150003, number(2)}, {text_tag(0x3001), text("Bob")}}}});
    std::vector<SubnodeEntry> subs{{nid::kAttachmentTable, attachments, {}}, {nid::kRecipientTable, recipients, {}}};
    subs.push_back(by_value(Nid(0x8025)));
    subs.push_back(embedded(Nid(0x8045)));
    subs.push_back(storage(Nid(0x8065)));
    subs.push_back({Nid(0x80BF), body_data, {}});
    file_.node(Nid(0x200024),
               props_with_body({{0x00170003, number(2)},
                                {text_tag(0x001A), text("IPM.Note")},
                                {text_tag(0x0037), text("Alpha")},
                                {0x00390040, wide_number(131'000'000'000'000'000)},
                                {0x0E070003, number(1)},
                                {0x0E080003, number(kAlphaSize)},
                                {text_tag(0x1000), ""},
                                {0x1035001E, std::string("<\x82\xA0@x>")},
                                {0x3FFD0003, number(932)},
                                {0x80000003, number(7)},
                                {0x80010000 | 0x1000 | (text_tag(0) & 0xFF), keywords()}},
                               0x80BF),
               file_.subnodes(subs), Nid(0x8022));
  }

  std::string keywords() const {
    const std::string one = text("red"), two = text("blue");
    return number(2) + number(12) + number(static_cast<std::uint32_t>(12 + one.size())) + one + two;
  }

  // The body lies in a subnode.
  Bid props_with_body(const std::vector<Property>& all, std::uint32_t body) {
    std::string heap = TinyFile::properties(all);
    const std::string record = number(text_tag(0x1000)).substr(2, 2) + number(text_tag(0x1000)).substr(0, 2);
    const std::size_t at = heap.find(record);
    heap.replace(at + 4, 4, number(body));
    return file_.block(heap);
  }

  SubnodeEntry by_value(Nid nid) {
    const Bid data = large(large_file());
    std::string heap = TinyFile::properties(
        {{0x37010102, std::string(8, 'd')}, {0x37050003, number(1)}, {text_tag(0x3707), text("a.bin")}});
    const std::size_t at = heap.find(std::string("\x01\x37\x02\x01", 4));
    heap.replace(at + 4, 4, number(0x80DF));
    return {nid, file_.block(heap), file_.subnodes({{Nid(0x80DF), data, {}}})};
  }
  // A message in a message, which has an attachment of its own.
  SubnodeEntry embedded(Nid nid) {
    const SubnodeEntry inner = {Nid(0x8025), props({{0x37010102, "inner"}, {0x37050003, number(1)}}), {}};
    const Bid table_of_inner = table({0x37050003}, {{0x8025, {{0x37050003, number(1)}}}});
    const SubnodeEntry message = {
        Nid(0x200064),
        props({{text_tag(0x001A), text("IPM.Note")}, {text_tag(0x0037), text("Beta")}, {0x0E070003, number(0x11)}}),
        file_.subnodes({{nid::kAttachmentTable, table_of_inner, {}}, inner})};
    return {nid, props({{0x3701000D, number(0x200064) + number(100)}, {0x37050003, number(5)}}),
            file_.subnodes({message})};
  }
  SubnodeEntry storage(Nid nid) {
    return {nid, props({{0x3701000D, number(0x80FF) + number(11)}, {0x37050003, number(6)}}),
            file_.subnodes({{Nid(0x80FF), file_.block("the storage"), {}}})};
  }

  TinyFile file_;
  std::size_t piece_;
};

}  // namespace mapiary::engines::pst::testing
