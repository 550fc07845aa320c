// SPDX-License-Identifier: Apache-2.0
// A transaction on a mailbox file. Folder rows are read once, changed in memory (counters) and written at the end; so
// are the entries of the change log. Everything else is written at once. Only this folder includes it.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "backend/open_blobs.h"
#include "backend/pending_changes.h"
#include "backend/rules.h"
#include "engines/sqlite/hot_columns.h"
#include "engines/sqlite/mailbox_core.h"
#include "engines/sqlite/streams.h"
#include "engines/sqlite/sums.h"
#include "model/packed_props.h"

namespace mapiary::engines::sqlite {

using backend::ObjectId;
using backend::ObjectKind;

// Values over this many bytes go into streams.
inline constexpr std::size_t kExternal = 2048;
// What unpack_props() may take from one bag of ours.
inline constexpr model::PackedLimits kBagLimits{std::size_t{900} << 20, std::size_t{1} << 28};

inline tl::unexpected<Error> refuse(Code code, std::string text, std::uint64_t value = 0) {
  return fail(code, "sqlite", std::move(text), value);
}
inline std::int64_t key_of(ObjectId id) {
  return static_cast<std::int64_t>(id);
}

// An object, as far as it must be known to find its rows.
struct Head {
  backend::ObjectInfo info;
  bool in_folder = false;    // a message with a row in msg_hot
  bool hot_damaged = false;  // ... that cannot be read: kind and version are guesses, its columns are lost
};

struct FolderRow {
  backend::ObjectInfo info;
  bool changed = false;
};

// A row of msg_hot.
struct HotRow {
  std::array<model::PropValue, kHotCount> values;
  std::int64_t spill = 0;

  HotValues pointers() const {
    HotValues all{};
    for (std::size_t i = 0; i < kHotCount; ++i) all[i] = &values[i];
    return all;
  }
};

// A row of named_prop: id, guid, number, name, sum.
struct NameRow {
  std::uint16_t id = 0;
  model::NamedProperty name;
  bool right = true;  // the sum
};
std::optional<NameRow> name_of(const mapiary::sqlite::Statement& row);  // none: it cannot be one

class RowScan;
struct WriteBuffer;

class SqliteTransaction final : public backend::Transaction {
 public:
  SqliteTransaction(std::shared_ptr<MailboxCore> core, backend::Mode mode) : core_(std::move(core)), mode_(mode) {}
  ~SqliteTransaction() override;
  Status start();

  Result<backend::ObjectData> read(ObjectId id, const backend::ReadRequest& request) override;
  Result<backend::RowPlan> rows(ObjectId parent, ObjectKind kind, const backend::RowQuery& query,
                                backend::RowVisitor& visitor) override;
  Result<std::unique_ptr<backend::Blob>> open_blob(ObjectId id, model::PropTag tag, backend::BlobMode mode,
                                                   std::uint32_t code_page) override;
  Result<std::shared_ptr<const model::NamedPropertyMap>> names(std::span<const model::NamedProperty> wanted) override;
  Result<ObjectId> create(ObjectId parent, ObjectKind kind, const backend::Update& content) override;
  Status update(ObjectId id, const backend::Update& update) override;
  Status remove(ObjectId id) override;
  Status move(ObjectId id, ObjectId new_parent) override;
  Status link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) override;
  Status commit() override;

 private:
  friend struct WriteBuffer;
  friend class SqliteBlob;
  friend class RowScan;
  using Statement = mapiary::sqlite::Statement;

  bool writing() const { return mode_ != backend::Mode::kRead; }
  Status need_open() const;
  Status need_write() const;
  // Runs a writing step; an error of it breaks the transaction.
  template <class Step>
  auto writing_step(Step&& step) -> decltype(step());
  Result<Statement*> sql(const char* text, std::size_t deeper = 0) { return connection_->statement(text, deeper); }

  // ---- Finding and loading
  Result<FolderRow*> folder(ObjectId id);  // nullptr: there is none
  Result<FolderRow*> lost_folder(ObjectId id, const Status& why);
  Result<std::optional<Head>> find(ObjectId id);
  void remember(const backend::ObjectInfo& message);
  // Damage that does not keep the call from answering.
  void met_damage(ObjectId id, const std::string& what);
  Status find_hot(Head& head);
  bool has_folder_row(ObjectId id);
  void tell_damage(const backend::ReadRequest& request, model::PropBag& props) const;
  Result<Head> need(ObjectId id);
  // Of the columns whose bits are set.
  Result<HotRow> load_hot(const Head& head, std::uint32_t columns = ~0u);
  Result<model::PropBag> load_bag(const Head& head);
  // Everything, hot columns too; large values as references of ours.
  Result<model::PropBag> load_all(const Head& head);
  Result<std::vector<model::PropBag>> load_recipients(ObjectId message);
  Result<std::vector<model::PropBag>> recipients_of(ObjectId message, std::string_view sealed);
  Result<std::optional<backend::ObjectData>> read_message(ObjectId id, const backend::ReadRequest& request);
  model::PropBag all_of(ObjectId id, model::PropBag bag, std::span<model::PropValue> columns,
                        const backend::ReadRequest& request);
  // As a reader sees it.
  model::PropValue show(ObjectId id, const model::PropValue& stored, std::uint64_t inline_limit);
  Result<model::PropValue> load_value(const model::PropValue& stored);
  Result<int> depth_of(ObjectId message);
  Result<std::vector<ObjectId>> ids(const char* text, ObjectId of, std::size_t deeper = 0);
  std::int64_t newest_number();

  // ---- Writing
  struct Taken {
    std::vector<const model::PropValue*> values;
    std::deque<model::PropValue> references;  // to what went into streams
  };
  Result<Taken> take_values(std::span<const model::PropValue> set);
  Result<model::PropValue> store_large(const model::PropValue& value);
  Status store_value(model::PropBag& into, const model::PropValue& value);
  Status insert_message(const Head& head, std::span<const model::PropValue* const> all, const backend::Update& content);
  Status bind_recipients(Statement& statement, int place, ObjectId message,
                         const std::vector<model::PropBag>* recipients);
  Status erase_recipients_stream(ObjectId message);
  Status write_all(const Head& head, const model::PropBag& all);
  Status set_recipients(ObjectId message, const std::vector<model::PropBag>& recipients);
  Status apply_update(const Head& head, const model::PropBag& before, const backend::Update& update);
  // True: done. False: this update needs the bag.
  Result<bool> apply_hot_update(const Head& head, const backend::Update& update);
  Status check_references(const Head& head, const model::PropBag& all, const backend::Update& update) const;
  Status touch(const Head& head, bool quiet);
  Status count(ObjectId message, ObjectId folder, const backend::Tally& tally, int sign);
  Status count_links(ObjectId message, const backend::Tally& tally, int sign);
  Result<bool> have_links();
  Status drop_links_of(const Head& message, const backend::Tally& tally);
  Status drop_link(ObjectId folder, ObjectId message, const backend::Tally& tally);
  Result<backend::Tally> tally_of(const Head& message);
  Status remove_object(const Head& head, std::size_t depth);
  Status remove_message(const Head& head, std::size_t depth);
  Status remove_folder(const Head& head);
  Status erase_streams(const model::PropBag& bag);
  Status put_blob_value(const WriteBuffer& buffer);
  // Writes what blobs keep back, so that other calls see it.
  Status settle();
  Status flush_folders();
  Status write_log();
  Status trim_log();
  void end();

  std::shared_ptr<MailboxCore> core_;
  backend::Mode mode_;
  bool open_ = false;
  bool broken_ = false;
  std::optional<Error> untold_;  // what broke it, if nobody could be told
  std::unique_ptr<Connection> connection_;
  std::optional<mapiary::sqlite::Transaction> transaction_;
  std::optional<Streams> streams_;
  backend::PendingChanges changes_;
  std::uint64_t first_number_ = 0;  // the newest one when this began
  backend::OpenBlobs blobs_;
  std::vector<std::weak_ptr<WriteBuffer>> buffers_;
  std::unordered_map<ObjectId, FolderRow> folders_;
  std::unordered_map<ObjectId, Head> seen_;  // messages that rows() gave by number, for the writes that follow
  std::optional<bool> have_links_;
  std::shared_ptr<const model::NamedPropertyMap> own_names_;
};

template <class Step>
auto SqliteTransaction::writing_step(Step&& step) -> decltype(step()) {
  auto done = step();
  if (!done) broken_ = true;
  return done;
}

}  // namespace mapiary::engines::sqlite
