// SPDX-License-Identifier: Apache-2.0
// A tiny mailbox as a file with something wrong in it, and what clients get of it. For tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "engines/pst/pst_engine.h"
#include "engines/pst/testing/mailbox_walk.h"
#include "engines/pst/testing/tiny_mailbox.h"

namespace mapiary::engines::pst::testing {

// Of the mailbox: the top of the visible folders, "Deleted Items", and two messages.
inline constexpr Nid kTop(0x8022), kDeleted(0x8062), kAlpha(0x200024), kGone(0x200044);

class DamagedDisk {
 public:
  DamagedDisk() : folder_(*system_files().make_temp_folder("/tmp/pst-salvage-")) {}
  ~DamagedDisk() {
    (void)system_files().remove_file(path());
    (void)system_files().remove_folder(folder_);
  }
  std::string path() const { return join_path(folder_, "file.pst"); }
  void write(const std::string& bytes) const {
    auto file = system_files().open(path(), OpenMode::kTruncate);
    ASSERT_TRUE(file && file->write_at(0, bytes_of(bytes)));
  }
  std::shared_ptr<Database> database(bool salvage) const {
    DatabaseOptions options;
    options.salvage = salvage;
    auto opened = Database::open(path(), options);
    return opened ? *opened : nullptr;
  }

 private:
  std::string folder_;
};

// A mailbox, where its parts are, and what is read of it after it was changed.
class Salvaged {
 public:
  explicit Salvaged(Variant variant, Crypt crypt = Crypt::kNone)
      : mailbox_(variant, crypt), bytes(mailbox_.bytes()), shape_(codec_of(variant).geometry()) {
    disk_.write(bytes);
    whole_ = disk_.database(false);
  }

  BlockEntry block(Nid nid) const { return *whole_->need_block((*whole_->find_node(nid))->data); }
  std::size_t at(Nid nid) const { return static_cast<std::size_t>(block(nid).ref.offset); }
  std::size_t on_disk(Nid nid) const { return static_cast<std::size_t>(shape_.on_disk(block(nid).size)); }
  const Header& header() const { return whole_->header(); }
  const Geometry& shape() const { return shape_; }

  void flip(std::size_t place, int bits = 0x10) { bytes[place] = static_cast<char>(bytes[place] ^ bits); }
  void clear(std::size_t place, std::size_t count) { bytes.replace(place, count, count, '\0'); }
  void swap(std::size_t one, std::size_t other, std::size_t count) {
    std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(one),
                     bytes.begin() + static_cast<std::ptrdiff_t>(one + count),
                     bytes.begin() + static_cast<std::ptrdiff_t>(other));
  }

  // The mailbox as clients get it. Whatever was done to it is told.
  backend::Mailbox& open() {
    transaction_.reset();
    opened_.reset();
    disk_.write(bytes);
    auto mailbox = PstEngine().open(disk_.path(), {});
    EXPECT_TRUE(mailbox) << mailbox.error().message;
    opened_ = std::move(*mailbox);
    transaction_ = *opened_->begin(backend::Mode::kRead);
    return *opened_;
  }
  testing::MailboxCounts counts() { return testing::MailboxWalk(open()).run(); }
  std::int32_t damage_met() {
    const auto store = read(opened_->info().mailbox);
    const auto* met = store.props.find(std::uint16_t{0x67A8});
    return met ? met->as_int32() : 0;
  }
  backend::ObjectData read(backend::ObjectId id) {
    backend::ReadRequest request;
    request.all = true;
    auto data = transaction_->read(id, request);
    EXPECT_TRUE(data) << data.error().message;
    return data ? *data : backend::ObjectData();
  }
  Code failure(backend::ObjectId id) {
    backend::ReadRequest request;
    request.all = true;
    const auto data = transaction_->read(id, request);
    return data ? Code() : data.error().code;
  }
  std::string text(backend::ObjectId id, std::uint16_t property) {
    const auto data = read(id);
    const auto* value = data.props.find(property);
    return value && value->is_bytes() ? std::string(value->as_bytes()) : "none";
  }
  // Sentences that the store tells, only when asked for by that tag.
  std::vector<std::string> texts(model::PropTag tag) {
    backend::ReadRequest request;
    request.tags = std::span(&tag, 1);
    const auto data = transaction_->read(opened_->info().mailbox, request);
    const auto* value = data ? data->props.find(tag.id()) : nullptr;
    std::vector<std::string> out;
    if (value) out = std::get<std::vector<std::string>>(value->as_multi());
    return out;
  }
  std::vector<backend::ObjectId> children(backend::ObjectId id, backend::ObjectKind kind) {
    class Ids final : public backend::RowVisitor {
     public:
      Result<bool> row(const backend::Row& row) override {
        ids.push_back(row.info.id);
        return true;
      }
      std::vector<backend::ObjectId> ids;
    } ids;
    EXPECT_TRUE(transaction_->rows(id, kind, {}, ids));
    return ids.ids;
  }
  std::shared_ptr<Database> database(bool salvage) {
    disk_.write(bytes);
    return disk_.database(salvage);
  }

 private:
  DamagedDisk disk_;
  TinyMailbox mailbox_;

 public:
  std::string bytes;

 private:
  Geometry shape_;
  std::shared_ptr<Database> whole_;
  std::unique_ptr<backend::Mailbox> opened_;
  std::unique_ptr<backend::Transaction> transaction_;
};

}  // namespace mapiary::engines::pst::testing
