// SPDX-License-Identifier: Apache-2.0
// A connection to a mailbox file with the statements it has prepared so far, and the pool of them that a mailbox keeps:
// one for the writer, some for readers. A Connection is used by one thread at a time; the pool by all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engines/sqlite/codec.h"
#include "model/content_matcher.h"
#include "sqlite/database.h"

namespace mapiary::engines::sqlite {

using mapiary::sqlite::Statement;

class Connection {
 public:
  explicit Connection(mapiary::sqlite::Database database) : database_(std::move(database)) {}

  mapiary::sqlite::Database& database() { return database_; }
  Codec& codec() { return codec_; }
  // A prepared statement, reset. `sql` is static text: its address is the key. Two uses of one at the same time are
  // the caller's mistake, except through `deeper`, which keeps a statement for each depth.
  Result<Statement*> statement(const char* sql, std::size_t deeper = 0);
  // As above for text that was put together; kept by its content.
  Result<Statement*> statement_of(const std::string& text);
  Status set_sync(mapiary::sqlite::Sync sync);
  // More memory for pages: for a transaction that comes back to thousands of them. Until it is taken back.
  Status set_wide(bool wide);
  // What found(text) tests in statements of this connection, while the result lives. They nest.
  class Needle {
   public:
    Needle(Connection& connection, const model::ContentMatcher& matcher)
        : connection_(connection), before_(std::exchange(connection.needle_, &matcher)) {}
    ~Needle() { connection_.needle_ = before_; }
    Needle(const Needle&) = delete;
    Needle& operator=(const Needle&) = delete;

   private:
    Connection& connection_;
    const model::ContentMatcher* before_;
  };
  // Makes found() known.
  Status allow_needle();
  // Resets every statement, so that none keeps a transaction open.
  void reset_all();

  // A transaction that has read from a file nobody else has open can go on for the next reader: to begin anew, SQLite
  // would have to read every page again. Ends it if that cannot be.
  void keep(mapiary::sqlite::Transaction transaction);
  // Ends the one that was kept if the file may have changed since.
  void check_kept();
  std::optional<mapiary::sqlite::Transaction> take_kept() { return std::exchange(kept_, std::nullopt); }

 private:
  struct Key {
    const char* sql;
    std::size_t deeper;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept { return std::hash<const void*>()(key.sql) + key.deeper; }
  };
  mapiary::sqlite::Database database_;
  Codec codec_;
  std::unordered_map<Key, std::unique_ptr<Statement>, KeyHash> statements_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> composed_;
  mapiary::sqlite::Sync sync_ = mapiary::sqlite::Sync::kFull;
  std::optional<mapiary::sqlite::Transaction> kept_;
  const model::ContentMatcher* needle_ = nullptr;
  bool has_needle_ = false;
  bool wide_ = false;
};

struct PoolOptions {
  std::string path;
  std::string vfs;
  bool read_only = false;
  std::chrono::milliseconds busy_deadline{};
};

class Pool {
 public:
  explicit Pool(PoolOptions options) : options_(std::move(options)) {}

  const PoolOptions& options() const { return options_; }
  Result<std::unique_ptr<Connection>> connect() const { return connect(options_.read_only); }
  // For a reader; put it back afterwards.
  Result<std::unique_ptr<Connection>> take_reader();
  void put_reader(std::unique_ptr<Connection> connection);
  // The one writing connection of this process; kBusy after the deadline.
  Result<std::unique_ptr<Connection>> take_writer();
  void put_writer(std::unique_ptr<Connection> connection);

 private:
  Result<std::unique_ptr<Connection>> connect(bool read_only) const;
  static constexpr std::size_t kIdleReaders = 4;
  const PoolOptions options_;
  std::mutex mutex_;
  std::condition_variable writer_free_;
  std::vector<std::unique_ptr<Connection>> readers_;
  std::unique_ptr<Connection> writer_;
  bool writing_ = false;
};

}  // namespace mapiary::engines::sqlite
