// SPDX-License-Identifier: Apache-2.0
#include <new>
#include <utility>

#include "sqlite/core.h"
#include "sqlite/database.h"

namespace mapiary::sqlite {

Statement::Statement(Statement&& other) noexcept
    : core_(std::exchange(other.core_, nullptr)),
      handle_(std::exchange(other.handle_, nullptr)),
      is_kept_(std::exchange(other.is_kept_, false)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(core_, other.core_);
  std::swap(handle_, other.handle_);
  std::swap(is_kept_, other.is_kept_);
  return *this;
}

Statement::~Statement() {
  if (is_kept_ && handle_ != nullptr) {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
    try {
      if (core_->idle.size() < detail::Core::kMostIdle && core_->idle.try_emplace(sqlite3_sql(handle_), handle_).second)
        return;
    } catch (const std::bad_alloc&) {  // then it is compiled again
    }
  }
  sqlite3_finalize(handle_);
}

Status Statement::bound(int code, int place) {
  if (code == SQLITE_OK) return {};
  Error error = core_->error(code, sqlite3_sql(handle_)).value();
  error.message += ", place " + std::to_string(place);
  return tl::unexpected<Error>(std::move(error));
}

Status Statement::bind(int place, std::int64_t value) {
  return bound(sqlite3_bind_int64(handle_, place, value), place);
}

Status Statement::bind(int place, double value) {
  return bound(sqlite3_bind_double(handle_, place, value), place);
}

// Empty views may point nowhere, which SQLite takes for NULL.
Status Statement::bind(int place, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  return bound(sqlite3_bind_text64(handle_, place, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8), place);
}

Status Statement::bind_blob(int place, std::string_view bytes) {
  if (bytes.empty()) return bound(sqlite3_bind_zeroblob(handle_, place, 0), place);
  return bound(sqlite3_bind_blob64(handle_, place, bytes.data(), bytes.size(), SQLITE_TRANSIENT), place);
}

Status Statement::bind_static_blob(int place, ByteSpan bytes) {
  if (bytes.empty()) return bound(sqlite3_bind_zeroblob(handle_, place, 0), place);
  return bound(sqlite3_bind_blob64(handle_, place, bytes.data(), bytes.size(), SQLITE_STATIC), place);
}

Status Statement::bind(int place, std::nullopt_t) {
  return bound(sqlite3_bind_null(handle_, place), place);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(handle_);
    return false;
  }
  auto error = core_->error(code, sqlite3_sql(handle_));
  sqlite3_reset(handle_);
  return error;
}

Status Statement::run() {
  while (TRY(step())) {
  }
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

int Statement::column_count() const {
  return sqlite3_column_count(handle_);
}

Statement::Type Statement::type(int column) const {
  switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_INTEGER:
      return Type::kInteger;
    case SQLITE_FLOAT:
      return Type::kReal;
    case SQLITE_TEXT:
      return Type::kText;
    case SQLITE_BLOB:
      return Type::kBlob;
    default:
      return Type::kNull;
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view Statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

}  // namespace mapiary::sqlite
