// SPDX-License-Identifier: Apache-2.0
// A PST with one folder of very many messages, for measuring: 500,000 of the standard size are more than 4 GB and take
// less than a minute. [MS-PST] 2.4. Nothing is shared with the reader; the same numbers give the same bytes. One
// thread.
#pragma once

#include "engines/pst/testing/large_heap.h"

namespace mapiary::engines::pst::testing {

struct LargePst {
  std::uint32_t messages = 500'000;
  std::uint32_t body_units = 3600;     // of UTF-16
  std::uint32_t attachment_every = 8;  // every so manieth message has an attachment; 0: none
  std::uint32_t attachment_bytes = 5000;
};

class LargePstWriter {
 public:
  static constexpr std::uint32_t kFolder = 0x8082;

  // Makes the file.
  LargePstWriter(const std::string& path, const LargePst& how) : how_(how), file_(path) {
    static_assert(sizeof(char16_t) == 2);
    bulk();
    folders();
    store();
    templates();
    file_.finish();
  }

 private:
  static constexpr std::uint32_t kRoot = 0x122, kTop = 0x8022, kDeleted = 0x8042, kFinder = 0x8062;
  static constexpr std::int64_t kWhen = 133'594'528'890'000'000;  // in May 2024
  using Tags = std::vector<std::uint32_t>;

  static Tags hierarchy() {
    return {0x0E300003, 0x0E330014, 0x0E340102, 0x0E380003, 0x3001001F, 0x36020003, 0x36030003, 0x360A000B, 0x3613001F};
  }
  static Tags contents() {
    return {0x00170003, 0x001A001F, 0x00360003, 0x0037001F, 0x00390040, 0x0042001F, 0x0057000B, 0x0058000B, 0x0070001F,
            0x00710102, 0x0E03001F, 0x0E04001F, 0x0E060040, 0x0E070003, 0x0E080003, 0x0E170003, 0x0E300003, 0x0E330014,
            0x0E340102, 0x0E380003, 0x0E3C0102, 0x0E3D0102, 0x10970003, 0x30080040, 0x65C60003};
  }
  static Tags associated() {
    return {0x001A001F, 0x003A001F, 0x0E070003, 0x0E170003, 0x3001001F, 0x70030003, 0x70040102, 0x70050102, 0x7006001F};
  }
  static Tags recipients() {
    return {0x0C150003, 0x0E0F000B, 0x0FF90102, 0x0FFE0003, 0x0FFF0102, 0x3001001F, 0x3002001F, 0x3003001F,
            0x300B0102, 0x39000003, 0x39FF001F, 0x3A40000B, 0x39FE001F, 0x403D001F, 0x403E001F};
  }
  static Tags attachments() { return {0x0E200003, 0x3704001F, 0x37050003, 0x370B0003}; }

  // ---- Values
  static std::string number(std::uint64_t value) { return Packed().u32(value).bytes(); }
  static std::string time(std::uint64_t minutes) {
    return Packed().u64(static_cast<std::uint64_t>(kWhen) + minutes * 600'000'000).bytes();
  }
  static std::string text(std::u16string_view units) {
    std::string out;
    out.reserve(units.size() * 2);
    for (const char16_t one : units) out += {static_cast<char>(one & 0xFF), static_cast<char>(one >> 8)};
    return out;
  }
  static std::string text(std::string_view ascii) { return text(std::u16string(ascii.begin(), ascii.end())); }
  static std::string digits(std::uint64_t value) { return std::to_string(value); }
  static std::string uid() {
    std::string out;
    for (char i = 0; i < 16; ++i) out.push_back(i);
    return out;
  }
  static std::string entry_id(std::uint32_t nid) { return std::string(4, '\0') + uid() + number(nid); }

  // ---- Nodes
  std::uint32_t nid_of(std::uint32_t message) const { return (0x10001 + message) << 5 | 4; }
  void node(std::uint32_t nid, LargeNode made, std::uint32_t parent = 0) {
    file_.node(nid, made.data, file_.subnodes(std::move(made.below)), parent);
  }
  LargeFile::Subnode subnode(std::uint64_t nid, LargeNode made) {
    return {nid, made.data, file_.subnodes(std::move(made.below))};
  }
  void table(std::uint32_t nid, const Tags& columns) { node(nid, LargeTable(file_, columns).finish()); }

  // ---- Messages
  std::string body(std::uint32_t message) const {
    static constexpr std::u16string_view kLine =
        u" The Analytical Engine weaves algebraical patterns just as the loom weaves flowers and leaves; Grüße, "
        u"日本語.\r\n";
    std::u16string out;
    for (std::uint32_t line = 0; out.size() < how_.body_units; ++line) {
      const std::string start = digits(message) + "." + digits(line);
      out.append(start.begin(), start.end()).append(kLine);
    }
    out.resize(how_.body_units);
    return text(out);
  }
  LargeValues properties(std::uint32_t i, bool attached) const {
    const std::string subject = "Subject " + digits(i);
    const std::uint32_t flags = (i & 1) | (attached ? 0x10 : 0);
    return {{0x001A001F, text("IPM.Note")},
            {0x0037001F, text("\x01\x05" + std::string("Re: ") + subject)},
            {0x0070001F, text(subject)},
            {0x0C1A001F, text("Ada Lovelace")},
            {0x0C1E001F, text("SMTP")},
            {0x0C1F001F, text("ada@example.org")},
            {0x0E04001F, text("Bob " + digits(i))},
            {0x0E060040, time(i)},
            {0x00390040, time(0)},
            {0x30070040, time(0)},
            {0x30080040, time(0)},
            {0x0E070003, number(flags)},
            {0x0E080003, number(1000 + i)},
            {0x00170003, number(1)},
            {0x300B0102, std::string(8, 'k') + number(i)}};
  }
  LargeFile::Subnode recipient_table(std::uint32_t i) {
    const std::string name = "Bob " + digits(i), address = "bob" + digits(i) + "@example.org";
    LargeTable table(file_, recipients());
    table.row(0, {{0x0C150003, number(1)},
                  {0x3001001F, text(name)},
                  {0x3002001F, text("SMTP")},
                  {0x3003001F, text(address)},
                  {0x0FFE0003, number(6)},
                  {0x39000003, number(0)},
                  {0x0E0F000B, "\x01"}});
    return subnode(0x692, table.finish());
  }
  void add_attachment(std::uint32_t i, std::vector<LargeFile::Subnode>& below) {
    constexpr std::uint32_t kNid = 0x401 << 5 | 5;
    std::string content = "file " + digits(i) + " ";
    while (content.size() < how_.attachment_bytes) content.push_back(static_cast<char>(content.size() * 7));
    LargeValues values{{0x0E200003, number(content.size())},
                       {0x3704001F, text("a.bin")},
                       {0x37050003, number(1)},
                       {0x370B0003, number(0xFFFFFFFF)}};
    LargeTable table(file_, attachments());
    table.row(kNid, values);
    below.push_back(subnode(0x671, table.finish()));
    values.push_back({0x3707001F, text("file " + digits(i) + ".bin")});
    values.push_back({0x37010102, content});
    below.push_back(subnode(kNid, property_context(file_, std::move(values))));
  }
  void bulk() {
    LargeTable rows(file_, contents());
    for (std::uint32_t i = 0; i < how_.messages; ++i) {
      const bool attached = how_.attachment_every != 0 && i % how_.attachment_every == 0;
      LargeValues values = properties(i, attached);
      rows.row(nid_of(i), values);
      values.push_back({0x1000001F, body(i)});
      LargeNode made = property_context(file_, std::move(values));
      made.below.push_back(recipient_table(i));
      if (attached) add_attachment(i, made.below);
      node(nid_of(i), std::move(made), kFolder);
    }
    node(kFolder - 2 + 0x0E, rows.finish());
  }

  // ---- Folders
  struct Folder {
    std::uint32_t nid, parent;
    const char* name;
    std::vector<std::uint32_t> below;
  };
  std::vector<Folder> all_folders() const {
    return {{kRoot, kRoot, "", {kTop, kFinder}},
            {kTop, kRoot, "Top of Personal Folders", {kDeleted, kFolder}},
            {kDeleted, kTop, "Deleted Items", {}},
            {kFinder, kRoot, "Search Root", {}},
            {kFolder, kTop, "Bulk", {}}};
  }
  LargeValues counts(const Folder& folder) const {
    const std::uint32_t held = folder.nid == kFolder ? how_.messages : 0;
    return {{0x3001001F, text(folder.name)},
            {0x36020003, number(held)},
            {0x36030003, number((held + 1) / 2)},
            {0x360A000B, std::string(1, folder.below.empty() ? '\0' : '\x01')}};
  }
  void folders() {
    const std::vector<Folder> all = all_folders();
    for (const Folder& folder : all) {
      node(folder.nid, property_context(file_, counts(folder)), folder.parent);
      LargeTable rows(file_, hierarchy());
      for (const Folder& child : all) {
        const bool is_below = std::find(folder.below.begin(), folder.below.end(), child.nid) != folder.below.end();
        if (is_below) rows.row(child.nid, counts(child));
      }
      const std::uint32_t base = folder.nid - 2;
      node(base + 0x0D, rows.finish());
      if (folder.nid != kFolder) table(base + 0x0E, contents());
      table(base + 0x0F, associated());
    }
  }

  // ---- The rest, 2.7.1
  void store() {
    node(0x21, property_context(file_, {{0x0FF90102, uid()},
                                        {0x3001001F, text("Large")},
                                        {0x35DF0003, number(0x89)},
                                        {0x35E00102, entry_id(kTop)},
                                        {0x35E30102, entry_id(kDeleted)},
                                        {0x35E70102, entry_id(kFinder)},
                                        {0x67FF0003, number(0)}}));
    names();
    LargeTable receivers(file_, {0x001A001F, 0x66050003});
    receivers.row(1, {{0x001A001F, ""}, {0x66050003, number(kTop)}});
    node(0x62B, receivers.finish());
  }
  // 2.4.7: one number and one text, both of the uid of the store.
  void names() {
    constexpr std::uint32_t kNumber = 0x8233, kFirstGuid = 3, kBuckets = 251;
    const std::string name = text("Bulk"), number_entry = Packed().u16(kFirstGuid << 1).u16(0).bytes(),
                      text_entry = Packed().u16(kFirstGuid << 1 | 1).u16(1).bytes();
    LargeValues values{{0x00010003, number(kBuckets)},
                       {0x00020102, uid()},
                       {0x00030102, number(kNumber) + number_entry + number(0) + text_entry},
                       {0x00040102, number(name.size()) + name}};
    const auto add_to_bucket = [&](std::uint32_t hash, std::uint32_t which, const std::string& entry) {
      values.push_back({(0x1000 + (hash ^ which) % kBuckets) << 16 | 0x0102, number(hash) + entry});
    };
    add_to_bucket(kNumber, kFirstGuid << 1, number_entry);
    add_to_bucket(LargeFile::crc(name), kFirstGuid << 1 | 1, text_entry);
    node(0x61, property_context(file_, std::move(values)));
  }
  void templates() {
    table(0x60D, hierarchy());
    table(0x60E, contents());
    table(0x60F, associated());
    table(0x610, contents());
    table(0x671, attachments());
    table(0x692, recipients());
    node(0x1E1, {});
    node(0x201, {});
  }

  LargePst how_;
  LargeFile file_;
};

}  // namespace mapiary::engines::pst::testing
