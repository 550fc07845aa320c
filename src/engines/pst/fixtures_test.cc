// SPDX-License-Identifier: Apache-2.0
// The files of tests/pst/make_fixtures.py, which knows the format from the specification alone: every variant, every
// encryption, deep trees, lists of lists, tables over many blocks. What is read, property by property, is what the
// script says it wrote. $MAPIARY_PST_FIXTURES: the folder with them.
#include <gtest/gtest.h>
#include <zlib.h>

#include <bit>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "base/code_page.h"
#include "base/file.h"
#include "engines/pst/ndb/database.h"
#include "engines/pst/pst_engine.h"

namespace mapiary::engines::pst {
namespace {

using backend::ObjectData;
using backend::ObjectId;
using backend::ObjectKind;
using model::PropType;
using model::PropValue;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string digest(std::string_view bytes) {
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  char text[40];
  std::snprintf(text, sizeof text, "crc:%08lx:%zu", crc, bytes.size());
  return text;
}

std::string shown_text(std::string_view utf8) {
  if (utf8.size() > 100) return digest(utf8);
  std::string out;
  for (const char c : utf8) {
    char code[8];
    if (c == '%' || c == ',' || (c >= 0 && c < 32)) {
      std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out;
}

std::string shown(const PropValue& value) {
  if (value.is_multi()) {
    std::string out;
    for (std::size_t i = 0; i < value.value_count(); ++i) {
      const auto tag = model::PropTag(value.tag().value & ~std::uint32_t{model::kMultiValue});
      if (i) out += ',';
      out += shown(value.instance(i, tag));
    }
    return out;
  }
  switch (value.tag().base_type()) {
    case PropType::kError:
      return std::to_string(value.as_scode());
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kAppTime: {
      const auto bits = std::bit_cast<std::uint64_t>(value.as_real());
      std::string bytes;
      for (int i = 0; i < 8; ++i) bytes += static_cast<char>(bits >> (8 * i));
      return hex(bytes);
    }
    case PropType::kGuid: {
      const auto& bytes = value.as_guid().bytes;
      return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    case PropType::kUnicode:
      return shown_text(value.as_bytes());
    case PropType::kString8:
      return shown_text(decode_text(value.code_page(), value.as_bytes())->text);
    case PropType::kBinary:
      return value.as_bytes().size() <= 64 ? hex(value.as_bytes()) : digest(value.as_bytes());
    case PropType::kInt16:
      return std::to_string(value.as_int16());
    case PropType::kInt32:
      return std::to_string(value.as_int32());
    case PropType::kBool:
      return value.as_bool() ? "1" : "0";
    default:
      return std::to_string(value.as_int64());
  }
}

// One fixture: the file, and the lines that say what is in it.
class Fixture {
 public:
  Fixture(const std::string& folder, const std::string& name) {
    std::ifstream in(join_path(folder, name + ".txt"));
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("count\t")) {
        const auto at = line.rfind('\t');
        counts_[line.substr(6, at - 6)] = line.substr(at + 1);
      } else {
        lines_.push_back(line);
      }
    }
    path_ = join_path(folder, name + ".pst");
    if (!std::ifstream(path_)) path_ = join_path(folder, name + ".ost");
  }

  void check() {
    ASSERT_FALSE(lines_.empty()) << path_ << " is not described";
    PstEngine engine;
    auto mailbox = engine.open(path_, {});
    ASSERT_TRUE(mailbox) << mailbox.error().message;
    transaction_ = *(*mailbox)->begin(backend::Mode::kRead);
    folders_[""] = (*mailbox)->info().root;
    collect((*mailbox)->info().root, "");
    while (at_ < lines_.size() && !::testing::Test::HasFatalFailure()) folder();
    EXPECT_EQ(std::to_string(folders_.size()), counts_["folders"]);
    EXPECT_EQ(std::to_string(searches_.size()), counts_["searches"]);
    transaction_.reset();
  }

 private:
  class Infos final : public backend::RowVisitor {
   public:
    Result<bool> row(const backend::Row& row) override {
      all.push_back(row.info);
      return true;
    }
    std::vector<backend::ObjectInfo> all;
  };

  std::vector<backend::ObjectInfo> children(ObjectId id, ObjectKind kind) {
    Infos infos;
    const auto plan = transaction_->rows(id, kind, {}, infos);
    EXPECT_TRUE(plan) << plan.error().message;
    return std::move(infos.all);
  }

  ObjectData read(ObjectId id) {
    backend::ReadRequest request;
    request.all = request.recipients = true;
    request.inline_limit = UINT64_MAX;
    auto data = transaction_->read(id, request);
    EXPECT_TRUE(data) << data.error().message;
    return data ? std::move(*data) : ObjectData{};
  }

  void collect(ObjectId id, const std::string& path) {
    for (const auto& info : children(id, ObjectKind::kFolder)) {
      const auto data = read(info.id);
      const auto* name = data.props.find(std::uint16_t{0x3001});
      ASSERT_NE(name, nullptr);
      std::string step = shown(*name);
      for (std::size_t at = 0; (at = step.find('/', at)) != std::string::npos;) step.replace(at, 1, "%2F");
      const std::string below = path.empty() ? step : path + "/" + step;
      (info.kind == ObjectKind::kFolder ? folders_ : searches_)[below] = info.id;
      if (info.kind == ObjectKind::kFolder) collect(info.id, below);
    }
  }

  bool next_is(std::string_view word) const {
    return at_ < lines_.size() && (lines_[at_] == word || lines_[at_].starts_with(std::string(word) + "\t"));
  }

  void folder() {
    const std::string line = lines_[at_++];
    SCOPED_TRACE(path_ + ": " + line);
    if (line.starts_with("search\t")) {
      const auto tab = line.rfind('\t');
      const std::string path = line.substr(7, tab - 7);
      ASSERT_TRUE(searches_.contains(path));
      EXPECT_EQ(std::to_string(children(searches_[path], ObjectKind::kMessage).size()), line.substr(tab + 1));
      return;
    }
    ASSERT_TRUE(line.starts_with("folder\t"));
    ASSERT_TRUE(folders_.contains(line.substr(7)));
    const ObjectId id = folders_[line.substr(7)];
    for (const auto& info : children(id, ObjectKind::kMessage)) {
      ASSERT_TRUE(next_is("message")) << "one message too many";
      message(info.id);
    }
    for (const auto& info : children(id, ObjectKind::kAssociated)) {
      ASSERT_TRUE(next_is("associated")) << "one associated message too many";
      message(info.id);
    }
    ASSERT_TRUE(at_ == lines_.size() || next_is("folder") || next_is("search")) << "missing: " << lines_[at_];
  }

  void props(const model::PropBag& bag) {
    for (; next_is("prop"); ++at_) {
      std::istringstream fields(lines_[at_].substr(5));
      std::string id, value;
      std::getline(fields, id, '\t');
      std::getline(fields, value, '\t');
      const auto* have = bag.find(static_cast<std::uint16_t>(std::stoul(id, nullptr, 16)));
      if (!have) {
        ADD_FAILURE() << "property " << id << " is missing, should be " << value;
      } else {
        EXPECT_EQ(shown(*have), value) << "property " << id;
      }
    }
  }

  void message(ObjectId id) {
    ++at_;
    const auto data = read(id);
    props(data.props);
    std::size_t recipient = 0;
    for (; next_is("recipient"); ++recipient) {
      ++at_;
      ASSERT_LT(recipient, data.recipients.size());
      props(data.recipients[recipient]);
    }
    EXPECT_EQ(recipient, data.recipients.size());
    for (const auto& info : children(id, ObjectKind::kAttachment)) {
      ASSERT_TRUE(next_is("attachment")) << "one attachment too many";
      ++at_;
      props(read(info.id).props);
      for (const auto& inside : children(info.id, ObjectKind::kMessage)) {
        ASSERT_TRUE(next_is("embedded"));
        message(inside.id);
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
    ASSERT_TRUE(next_is("end")) << "missing: " << lines_[at_];
    ++at_;
  }

  std::string path_;
  std::map<std::string, std::string> counts_;
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::unique_ptr<backend::Transaction> transaction_;
  std::map<std::string, ObjectId> folders_, searches_;
};

TEST(PstFixtures, EveryPropertyIsAsItWasWritten) {
  const char* folder = std::getenv("MAPIARY_PST_FIXTURES");
  ASSERT_NE(folder, nullptr) << "run it by ctest, which makes the fixtures";
  int count = 0;
  const auto entries = *system_files().list(folder);
  for (const auto& entry : entries) {
    if (!entry.name.ends_with(".txt")) continue;
    ++count;
    SCOPED_TRACE(entry.name);
    Fixture(folder, entry.name.substr(0, entry.name.size() - 4)).check();
  }
  EXPECT_GE(count, 30);
}

// Both trees cut off at the root, or the CRC of every page of them hit: what is in the file is found all the same, and
// it is told that something was wrong.
TEST(PstFixtures, WithoutItsTreesAFileIsStillRead) {
  const char* folder = std::getenv("MAPIARY_PST_FIXTURES");
  ASSERT_NE(folder, nullptr) << "run it by ctest, which makes the fixtures";
  const std::string scratch = *system_files().make_temp_folder("/tmp/pst-fixtures-");
  for (const std::string name : {"v14-crypt1.pst", "v23-crypt2.pst", "deep-v23.pst", "deep-v36.pst"}) {
    const std::string whole = *system_files().read_file(join_path(folder, name), std::uint64_t{1} << 30);
    const Header header = *decode_header(bytes_of(whole));
    const std::uint32_t page = codec_of(header.variant).geometry().page_size;
    const std::size_t crc_at = header.variant == Variant::kAnsi ? 8 : 4;  // in a page's trailer
    for (const bool cut : {true, false}) {
      SCOPED_TRACE(name + (cut ? " without roots" : " with bits turned"));
      std::string bytes = whole;
      for (const BlockRef& root : {header.node_tree, header.block_tree}) {
        if (cut) bytes.replace(static_cast<std::size_t>(root.offset), page, page, '\0');
      }
      for (std::size_t at = codec_of(header.variant).geometry().first_amap; !cut && at < bytes.size(); at += page) {
        const ByteSpan one = bytes_of(bytes).subspan(at, page);
        if (!codec_of(header.variant).tree_page(one, at)) continue;
        bytes[at + page - codec_of(header.variant).geometry().page_trailer + crc_at] ^= 1;
      }
      const std::string path = join_path(scratch, name);
      {
        auto file = system_files().open(path, OpenMode::kTruncate);
        ASSERT_TRUE(file && file->write_at(0, bytes_of(bytes)));
        auto told = system_files().open(path.substr(0, path.size() - 4) + ".txt", OpenMode::kTruncate);
        const std::string text = *system_files().read_file(join_path(folder, name.substr(0, name.size() - 4) + ".txt"),
                                                           std::uint64_t{1} << 30);
        ASSERT_TRUE(told && told->write_at(0, bytes_of(text)));
      }
      Fixture(scratch, name.substr(0, name.size() - 4)).check();
      DatabaseOptions salvage;
      salvage.salvage = true;
      const auto database = Database::open(path, salvage);
      ASSERT_TRUE(database) << database.error().message;
      EXPECT_GT((*database)->damage().met(), 0u);
      EXPECT_FALSE((*database)->damage().texts().empty());
      if (cut) {
        EXPECT_FALSE(Database::open(path)) << "without salvage it is refused";
      }
    }
  }
  const auto entries = *system_files().list(scratch);
  for (const auto& entry : entries) (void)system_files().remove_file(join_path(scratch, entry.name));
  (void)system_files().remove_folder(scratch);
}

}  // namespace
}  // namespace mapiary::engines::pst
