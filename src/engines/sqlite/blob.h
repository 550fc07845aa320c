// SPDX-License-Identifier: Apache-2.0
// Large values, open. A value open for writing is a stream from then on; one piece of it is kept in memory until
// another is needed, the blob goes or the transaction looks. A short one goes back into the bag when it is closed.
#pragma once

#include <memory>
#include <string>

#include "engines/sqlite/transaction.h"

namespace mapiary::engines::sqlite {

struct WriteBuffer {
  SqliteTransaction* transaction = nullptr;
  std::shared_ptr<backend::OpenBlob> open;
  Head head;
  model::PropTag tag;
  std::uint32_t code_page = 0;
  model::BlobRef ref;       // with the present size
  model::BlobRef stored;    // as the bag has it
  std::uint64_t piece = 0;  // which one `bytes` holds
  bool loaded = false, dirty = false;
  bool fresh = false;  // no piece was written yet
  std::string bytes;   // kPiece of them, zeros behind the end of the value

  Status load(std::uint64_t n);
  Status flush();  // the piece
  Status put(std::uint64_t n, ByteSpan whole);
  Status resize(std::uint64_t size);
  Status write(std::uint64_t offset, ByteSpan data);
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out);
};

class SqliteBlob final : public backend::Blob {
 public:
  // Reading: `ref` alone.
  SqliteBlob(SqliteTransaction& transaction, std::shared_ptr<backend::OpenBlob> open, model::BlobRef ref)
      : transaction_(&transaction), open_(std::move(open)), ref_(ref) {}
  explicit SqliteBlob(std::shared_ptr<WriteBuffer> buffer)
      : transaction_(buffer->transaction), open_(buffer->open), buffer_(std::move(buffer)) {}
  ~SqliteBlob() override;

  std::uint64_t size() const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  Status write_at(std::uint64_t offset, ByteSpan bytes) override;
  Status resize(std::uint64_t size) override;

 private:
  template <class Step>
  auto writing(Step&& step) -> decltype(step());

  SqliteTransaction* transaction_;
  std::shared_ptr<backend::OpenBlob> open_;
  model::BlobRef ref_;
  std::shared_ptr<WriteBuffer> buffer_;
};

// A small value, read from a copy.
class CopyBlob final : public backend::Blob {
 public:
  CopyBlob(std::string bytes, std::shared_ptr<backend::OpenBlob> open)
      : bytes_(std::move(bytes)), open_(std::move(open)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  Status write_at(std::uint64_t, ByteSpan) override { return open_->check(true); }
  Status resize(std::uint64_t) override { return open_->check(true); }

 private:
  std::string bytes_;
  std::shared_ptr<backend::OpenBlob> open_;
};

}  // namespace mapiary::engines::sqlite
