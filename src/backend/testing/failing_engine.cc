// SPDX-License-Identifier: Apache-2.0
#include "backend/testing/failing_engine.h"

#include <string>

namespace mapiary::backend::testing {

Status Faults::next(const char* call) {
  ++calls_;
  std::int64_t left = left_;
  while (left >= 0 && !left_.compare_exchange_weak(left, left - 1)) {
  }
  if (left != 0) return {};
  failed_ = true;
  return fail(code_, "failing", std::string(call) + " fails because a test wants it");
}

namespace {

class FailingBlob final : public Blob {
 public:
  FailingBlob(std::unique_ptr<Blob> inner, std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}
  std::uint64_t size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    TRY(faults_->next("Blob::read_at"));
    return inner_->read_at(offset, out);
  }
  Status write_at(std::uint64_t offset, ByteSpan bytes) override {
    TRY(faults_->next("Blob::write_at"));
    return inner_->write_at(offset, bytes);
  }
  Status resize(std::uint64_t size) override {
    TRY(faults_->next("Blob::resize"));
    return inner_->resize(size);
  }

 private:
  std::unique_ptr<Blob> inner_;
  std::shared_ptr<Faults> faults_;
};

class FailingTransaction final : public Transaction {
 public:
  FailingTransaction(std::unique_ptr<Transaction> inner, std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  Result<ObjectData> read(ObjectId id, const ReadRequest& request) override {
    TRY(check_read("read"));
    return inner_->read(id, request);
  }
  Result<RowPlan> rows(ObjectId parent, ObjectKind kind, const RowQuery& query, RowVisitor& visitor) override {
    TRY(check_read("rows"));
    return inner_->rows(parent, kind, query, visitor);
  }
  Result<std::unique_ptr<Blob>> open_blob(ObjectId id, model::PropTag tag, BlobMode mode,
                                          std::uint32_t code_page) override {
    TRY(mode == BlobMode::kRead ? check_read("open_blob") : check_write("open_blob"));
    auto blob = TRY(inner_->open_blob(id, tag, mode, code_page));
    return std::make_unique<FailingBlob>(std::move(blob), faults_);
  }
  Result<std::shared_ptr<const model::NamedPropertyMap>> names(std::span<const model::NamedProperty> wanted) override {
    TRY(wanted.empty() ? check_read("names") : check_write("names"));
    return inner_->names(wanted);
  }
  Result<ObjectId> create(ObjectId parent, ObjectKind kind, const Update& content) override {
    TRY(check_write("create"));
    return inner_->create(parent, kind, content);
  }
  Status update(ObjectId id, const Update& update) override {
    TRY(check_write("update"));
    return inner_->update(id, update);
  }
  Status remove(ObjectId id) override {
    TRY(check_write("remove"));
    return inner_->remove(id);
  }
  Status move(ObjectId id, ObjectId new_parent) override {
    TRY(check_write("move"));
    return inner_->move(id, new_parent);
  }
  Status link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) override {
    TRY(check_write("link"));
    return inner_->link(search_folder, messages, present);
  }
  Status commit() override {
    TRY(check_write("commit"));
    return inner_->commit();
  }

 private:
  Status check_open() const {
    if (broken_) return fail(Code::kInvalidObject, "failing", "the transaction is broken");
    return {};
  }
  Status check_read(const char* call) {
    TRY(check_open());
    return faults_->next(call);
  }
  Status check_write(const char* call) {
    TRY(check_open());
    Status done = faults_->next(call);
    broken_ = !done;
    return done;
  }

  std::unique_ptr<Transaction> inner_;
  std::shared_ptr<Faults> faults_;
  bool broken_ = false;
};

class FailingMailbox final : public Mailbox {
 public:
  FailingMailbox(std::unique_ptr<Mailbox> inner, std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  const MailboxInfo& info() const override { return inner_->info(); }
  Result<std::unique_ptr<Transaction>> begin(Mode mode) override {
    TRY(faults_->next("begin"));
    auto transaction = TRY(inner_->begin(mode));
    return std::make_unique<FailingTransaction>(std::move(transaction), faults_);
  }
  Status flush() override {
    TRY(faults_->next("flush"));
    return inner_->flush();
  }
  Result<ChangeBatch> changes_since(ChangeNumber after, std::size_t limit) override {
    TRY(faults_->next("changes_since"));
    return inner_->changes_since(after, limit);
  }
  // Not counted: how often a thread waits is no property of what is tested.
  Result<bool> wait_for_change(ChangeNumber after, std::chrono::milliseconds patience,
                               const std::stop_token& stop) override {
    return inner_->wait_for_change(after, patience, stop);
  }

 private:
  std::unique_ptr<Mailbox> inner_;
  std::shared_ptr<Faults> faults_;
};

}  // namespace

Result<std::unique_ptr<Mailbox>> FailingEngine::open(const std::string& location, const OpenOptions& options) {
  auto mailbox = TRY(inner_.open(location, options));
  return std::make_unique<FailingMailbox>(std::move(mailbox), faults_);
}

}  // namespace mapiary::backend::testing
