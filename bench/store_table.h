// SPDX-License-Identifier: Apache-2.0
// A contents table of the large folder, and what the bare work takes: the same rows through SQLite.
#ifndef MAPIARY_BENCH_STORE_TABLE_H
#define MAPIARY_BENCH_STORE_TABLE_H

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "bench/ratio.h"
#include "bench/store_tools.h"

namespace bench {

inline const SizedSPropTagArray(12, kColumns) = {
    12,
    {PR_ENTRYID, PR_SUBJECT_W, PR_SENDER_NAME_W, PR_DISPLAY_TO_W, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS,
     PR_MESSAGE_SIZE, PR_IMPORTANCE, PR_HASATTACH, PR_MESSAGE_CLASS_W, PR_CONVERSATION_TOPIC_W, PR_CLIENT_SUBMIT_TIME}};

inline const SizedSSortOrderSet(1, kNewest) = {1, 0, 0, {{PR_MESSAGE_DELIVERY_TIME, TABLE_SORT_DESCEND}}};
inline const SizedSSortOrderSet(1, kBySubject) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
inline const SizedSSortOrderSet(1, kBySize) = {1, 0, 0, {{PR_MESSAGE_SIZE, TABLE_SORT_ASCEND}}};
inline const SizedSSortOrderSet(2, kConversations) = {
    2, 1, 0, {{PR_CONVERSATION_TOPIC_W, TABLE_SORT_ASCEND}, {PR_MESSAGE_DELIVERY_TIME, TABLE_SORT_DESCEND}}};

class Table {
 public:
  explicit Table(IMAPIFolder* folder) {
    need(folder->GetContentsTable(MAPI_UNICODE, table_.put()), "GetContentsTable");
    need(table_->SetColumns(reinterpret_cast<LPSPropTagArray>(const_cast<void*>(static_cast<const void*>(&kColumns))),
                            TBL_BATCH),
         "SetColumns");
  }
  template <class Order>
  void sort(const Order& order) {
    need(table_->SortTable(reinterpret_cast<LPSSortOrderSet>(const_cast<Order*>(&order)), TBL_BATCH), "SortTable");
  }
  void restrict(SRestriction& restriction) { need(table_->Restrict(&restriction, TBL_BATCH), "Restrict"); }
  ULONG count() {
    ULONG rows = 0;
    need(table_->GetRowCount(0, &rows), "GetRowCount");
    return rows;
  }
  void seek(ULONG numerator, ULONG denominator) {
    need(table_->SeekRowApprox(numerator, denominator), "SeekRowApprox");
  }
  // The entry ids of the next rows.
  std::vector<std::string> read(LONG rows) {
    LPSRowSet set = nullptr;
    need(table_->QueryRows(rows, 0, &set), "QueryRows");
    std::vector<std::string> ids;
    for (ULONG i = 0; i < set->cRows; ++i) {
      const SBinary& id = set->aRow[i].lpProps[0].Value.bin;
      if (set->aRow[i].lpProps[0].ulPropTag == PR_ENTRYID) ids.emplace_back(reinterpret_cast<char*>(id.lpb), id.cb);
    }
    FreeProws(set);
    return ids;
  }

 private:
  Ptr<IMAPITable> table_;
};

// What the bare work takes: the same rows through SQLite into an array, sorted there.
class Floor {
 public:
  explicit Floor(const std::string& path) : database_(open(path)) {
    folder_ = must(database_.integer("SELECT id FROM folder ORDER BY messages DESC LIMIT 1")).value_or(0);
  }
  double sort_by(const char* column, bool with_time) {
    return once([&] {
      struct Key {
        std::uint64_t prefix;
        std::uint32_t at, size;
        std::int64_t time, id;
      };
      std::string arena;
      std::vector<Key> keys;
      auto rows = scan(column);
      while (must(rows.step())) {
        const std::string_view value = rows.text(1);
        Key key{0, static_cast<std::uint32_t>(arena.size()), static_cast<std::uint32_t>(value.size()),
                with_time ? rows.integer(2) : 0, rows.integer(0)};
        for (const char c : value) arena += fold(c);
        for (std::size_t i = 0; i < 8; ++i) {
          key.prefix = key.prefix << 8 | (i < value.size() ? static_cast<unsigned char>(arena[key.at + i]) : 0u);
        }
        keys.push_back(key);
      }
      std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        if (a.prefix != b.prefix) return a.prefix < b.prefix;
        const int order =
            std::string_view(arena).substr(a.at, a.size).compare(std::string_view(arena).substr(b.at, b.size));
        if (order != 0) return order < 0;
        return a.time != b.time ? a.time > b.time : a.id < b.id;
      });
      keep(keys.data());
    });
  }
  double contains(const char* column, std::string_view needle) {
    return once([&] {
      std::size_t found = 0;
      std::string folded;
      auto rows = scan(column);
      while (must(rows.step())) {
        folded.assign(rows.text(1));
        for (char& c : folded) c = fold(c);
        found += folded.find(needle) != std::string::npos ? 1 : 0;
      }
      keep(found);
    });
  }

 private:
  static sqlite::Database open(const std::string& path) {
    sqlite::OpenOptions options;
    options.access = sqlite::Access::kReadWrite;
    auto database = must(sqlite::Database::open(path, options));
    must(database.run("PRAGMA cache_size = -8192"));
    return database;
  }
  sqlite::Statement scan(const char* column) {
    auto rows = must(database_.prepare(std::string("SELECT id, ") + column +
                                       ", delivered FROM msg_hot NOT INDEXED WHERE folder = ?1 AND assoc = 0"));
    must(rows.bind(1, folder_));
    return rows;
  }
  static char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

  sqlite::Database database_;
  std::int64_t folder_ = 0;
};

}  // namespace bench

#endif  // MAPIARY_BENCH_STORE_TABLE_H
