// SPDX-License-Identifier: Apache-2.0
// A reading transaction on a PST: no state of the file, only the tables it has open. One thread.
#pragma once

#include "backend/open_blobs.h"
#include "backend/transaction.h"
#include "engines/pst/messaging/object_props.h"

namespace mapiary::engines::pst {

class PstTransaction final : public backend::Transaction {
 public:
  explicit PstTransaction(std::shared_ptr<PstFile> file) : objects_(std::move(file)), props_(objects_) {}

  Result<backend::ObjectData> read(ObjectId id, const backend::ReadRequest& request) override;
  Result<backend::RowPlan> rows(ObjectId parent, ObjectKind kind, const backend::RowQuery& query,
                                backend::RowVisitor& visitor) override;
  Result<std::unique_ptr<backend::Blob>> open_blob(ObjectId id, model::PropTag tag, backend::BlobMode mode,
                                                   std::uint32_t code_page) override;
  Result<std::shared_ptr<const model::NamedPropertyMap>> names(std::span<const model::NamedProperty> wanted) override;
  Result<std::size_t> name_count() override;
  Result<ObjectId> create(ObjectId parent, ObjectKind kind, const backend::Update& content) override;
  Status update(ObjectId id, const backend::Update& update) override;
  Status remove(ObjectId id) override;
  Status move(ObjectId id, ObjectId new_parent) override;
  Status link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) override;
  Status commit() override;

 private:
  using Visit = std::function<Result<bool>(ObjectId)>;

  Status need_open() const;
  model::PropValue problems();
  Result<backend::ObjectInfo> info(const Place& place, bool with_counts, bool with_size);
  Status children(const Place& parent, ObjectKind kind, const Visit& visit, ObjectId after = 0);
  Result<bool> contains(const Place& parent, ObjectKind kind, ObjectId child);
  Status fill_row(const Place& parent, ObjectId id, ObjectKind kind, const backend::RowQuery& query, backend::Row& row);
  Status fill_columns(const Place& parent, const Place& child, const backend::RowQuery& query, backend::Row& row);

  Objects objects_;
  ObjectProps props_;
  backend::OpenBlobs blobs_;
  bool open_ = true;
};

}  // namespace mapiary::engines::pst
