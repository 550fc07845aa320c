// SPDX-License-Identifier: Apache-2.0
// The SQLite store through public MAPI against SQLite itself with the same bytes in the same run: imports, single
// saves, the size of the file, streams; then a folder of a million messages: tables, open messages, changes; and how
// much memory it all takes. `import`, `large` or `stream` as argument runs one part, a second argument is the number of
// messages of the large folder or the megabytes of the attachment.
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/bytes.h"
#include "bench/ratio.h"
#include "bench/store_client.h"
#include "sqlite/database.h"

namespace {
std::atomic<std::uint64_t> syncs{0};
}

// SQLite's syncs come here first.
extern "C" __attribute__((visibility("default"))) int fdatasync(int fd) {
  ++syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace {

using namespace bench;
using mapiary::bytes_of;
namespace sqlite = mapiary::sqlite;

template <class T>
T must(mapiary::Result<T> result) {
  if (!result) {
    std::printf("%s\n", result.error().message.c_str());
    std::exit(2);
  }
  return std::move(*result);
}
void must(mapiary::Status status) {
  if (status) return;
  std::printf("%s\n", status.error().message.c_str());
  std::exit(2);
}

// ---- Memory

double status_field(const char* name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind(name, 0) == 0) return std::atof(line.c_str() + std::strlen(name)) / 1024;
  }
  return 0;
}

// Megabytes that the process took at most during `work`, more than it had before.
template <class Work>
double growth(Work&& work) {
  const double before = status_field("VmRSS:");
  std::ofstream("/proc/self/clear_refs") << "5";
  work();
  return status_field("VmHWM:") - before;
}

// ---- Import and single saves

// The floor: SQLite, one row of one blob with as many bytes.
struct Raw {
  sqlite::Database database;
  sqlite::Statement insert;

  static sqlite::Database open(const std::string& path, sqlite::Sync sync) {
    sqlite::OpenOptions options;
    options.access = sqlite::Access::kCreate;
    options.journal = sqlite::Journal::kWal;
    options.sync = sync;
    options.page_size = 8192;
    auto database = must(sqlite::Database::open(path, options));
    must(database.run("PRAGMA wal_autocheckpoint = 2000; CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)"));
    return database;
  }
  Raw(const std::string& path, sqlite::Sync sync)
      : database(open(path, sync)), insert(must(database.prepare("INSERT INTO t(b) VALUES(?1)"))) {}
  void import_all(std::deque<Mail>& mails, std::size_t count, std::size_t batch, const std::string& bytes) {
    for (std::size_t from = 0; from < count; from += batch) {
      auto t = must(sqlite::Transaction::begin(database, sqlite::Transaction::Mode::kImmediate));
      for (std::size_t i = from; i < std::min(from + batch, count); ++i) {
        must(insert.bind_static_blob(1, bytes_of(bytes).first(static_cast<std::size_t>(mails[i].size()))));
        must(insert.run());
      }
      must(t.commit());
    }
  }
};

std::string raw_place(const char* name) {
  const auto path = std::filesystem::temp_directory_path() / (std::string(name) + std::to_string(::getpid()));
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
  return path;
}

void measure_import(Report& report) {
  constexpr std::size_t kMails = 1500, kFew = 300;
  Words words;
  std::deque<Mail> mails;
  std::uint64_t all_bytes = 0, largest = 0, plain_size = 0, packed_size = 0, our_syncs = 0;
  for (std::size_t i = 0; i < kMails; ++i) {
    mails.push_back(make_mail(words, static_cast<int>(i)));
    all_bytes += mails.back().size();
    largest = std::max(largest, mails.back().size());
  }
  const std::string bytes = words.noise(static_cast<std::size_t>(largest));
  Pair plain, packed, saves;
  for (int round = 0; round < 4; ++round) {
    const std::string raw_file = raw_place("store-bench-raw");
    {
      Raw raw(raw_file, sqlite::Sync::kNormal);
      plain.reference = std::min(plain.reference, once([&] {
                                   raw.import_all(mails, kMails, 100, bytes);
                                   must(raw.database.checkpoint());
                                 }));
    }
    for (const bool compress : {false, true}) {
      Client client(compress);
      const auto folder = client.new_folder("Import");
      double& best = compress ? packed.ours : plain.ours;
      best = std::min(best, once([&] {
                        client.bulk(true);
                        for (Mail& mail : mails) save_mail(folder.get(), mail);
                        client.bulk(false);
                      }));
      client.disconnect();
      (compress ? packed_size : plain_size) = client.file_size();
    }
    std::filesystem::remove(raw_file);
    {
      Raw raw(raw_file, sqlite::Sync::kFull);
      saves.reference = std::min(saves.reference, once([&] { raw.import_all(mails, kFew, 1, bytes); }));
    }
    std::filesystem::remove(raw_file);
    Client client;
    const auto folder = client.new_folder("Saves");
    const std::uint64_t before = syncs;
    saves.ours = std::min(saves.ours, once([&] {
                            for (std::size_t i = 0; i < kFew; ++i) save_mail(folder.get(), mails[i]);
                          }));
    our_syncs = syncs - before;
  }
  packed.reference = plain.reference;
  const auto each = [](Pair pair, double n) { return Pair{pair.ours / n, pair.reference / n}; };
  report.note("bytes of a message", static_cast<double>(all_bytes) / kMails, "B");
  report.at_most("MAPI: bulk import of a message / raw SQLite", 1.5, each(plain, kMails));
  report.at_most("MAPI: bulk import with zstd / raw SQLite", 2.5, each(packed, kMails));
  report.at_most("MAPI: single SaveChanges / raw SQLite", 1.8, each(saves, kFew));
  report.at_most("MAPI: fdatasync calls of 300 saves / saves", 1.1, static_cast<double>(our_syncs), kFew, "");
  const double size = static_cast<double>(all_bytes);
  report.at_most("MAPI: size of the file / bytes", 1.15, static_cast<double>(plain_size), size, "B");
  report.at_most("MAPI: size of the file with zstd / bytes", 0.75, static_cast<double>(packed_size), size, "B");
}

// ---- A large folder

const SizedSPropTagArray(12, kColumns) = {
    12,
    {PR_ENTRYID, PR_SUBJECT_W, PR_SENDER_NAME_W, PR_DISPLAY_TO_W, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS,
     PR_MESSAGE_SIZE, PR_IMPORTANCE, PR_HASATTACH, PR_MESSAGE_CLASS_W, PR_CONVERSATION_TOPIC_W, PR_CLIENT_SUBMIT_TIME}};

const SizedSSortOrderSet(1, kNewest) = {1, 0, 0, {{PR_MESSAGE_DELIVERY_TIME, TABLE_SORT_DESCEND}}};
const SizedSSortOrderSet(1, kBySubject) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
const SizedSSortOrderSet(1, kBySize) = {1, 0, 0, {{PR_MESSAGE_SIZE, TABLE_SORT_ASCEND}}};
const SizedSSortOrderSet(2, kConversations) = {
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

void fill_large(const Client& client, IMAPIFolder* folder, int rows) {
  Words words;
  std::vector<std::string> topics;
  for (int i = 0; i < rows / 5; ++i) topics.push_back(words.prose(25 + words.below(40)));
  client.bulk(true);
  for (int i = 0; i < rows; ++i) {
    Mail mail;
    add_columns(words, mail.props, words.below(static_cast<std::uint64_t>(rows)), topics[words.below(topics.size())]);
    for (ULONG k = 0; k < 4; ++k) mail.props.text(0x6001 + k, words.prose(50));
    for (ULONG k = 0; k < 8; ++k) mail.props.number(0x6101 + k, static_cast<LONG>(words.below(1000)));
    mail.recipients.push_back(recipient(words));
    save_mail(folder, mail);
  }
  client.bulk(false);
}

template <class Work>
double best_of(int rounds, Work&& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) best = std::min(best, once(work));
  return best;
}

void measure_tables(Report& report, const Client& client, IMAPIFolder* folder, std::vector<std::string>& ids) {
  Words words;
  double first = 1e9;
  const double opened = growth([&] {
    first = once([&] {
      Table table(folder);
      table.sort(kNewest);
      table.read(50);
    });
  });
  report.at_most("memory: opening the folder, first 50 rows", 64, opened, 1, "MB");
  report.note("first 50 rows by date, the very first time", first * 1e6, "us");
  report.at_most_us("MAPI: open the table, 50 rows by date, 12 columns", 500, seconds([&] {
                      Table table(folder);
                      table.sort(kNewest);
                      keep(table.read(50).size());
                    }));
  double built = 1e9;
  const double with_list = growth([&] {
    built = best_of(3, [&] {
      Table table(folder);
      table.sort(kNewest);
      table.seek(1, 2);
      keep(table.read(1).size());
    });
  });
  report.at_most_us("MAPI: list for the first seek", 200'000, built);
  report.note("memory: with the list of all rows", with_list, "MB");
  Table sorted(folder);
  sorted.sort(kNewest);
  sorted.seek(1, 2);
  report.at_most_us("MAPI: seek to a fraction, 50 rows", 1000, seconds([&] {
                      sorted.seek(static_cast<ULONG>(words.below(1'000'000)), 1'000'000);
                      keep(sorted.read(50).size());
                    }));
  for (int i = 0; i < 100; ++i) {
    sorted.seek(static_cast<ULONG>(words.below(1'000'000)), 1'000'000);
    for (std::string& id : sorted.read(20)) ids.push_back(std::move(id));
  }
  (void)client;
}

void measure_lists(Report& report, const Client& client, IMAPIFolder* folder) {
  Floor floor(client.file());
  const auto sorted_by = [&](const auto& order) {
    return best_of(3, [&] {
      Table table(folder);
      table.sort(order);
      table.seek(1, 2);
      keep(table.read(50).size());
    });
  };
  Pair subject{sorted_by(kBySubject), 1e9}, grouped{sorted_by(kConversations), 1e9}, contains;
  SPropValue needle{};
  needle.ulPropTag = PR_SUBJECT_W;
  needle.Value.lpszW = const_cast<wchar_t*>(L"xylo");
  SRestriction restriction{};
  restriction.rt = RES_CONTENT;
  restriction.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &needle};
  contains.ours = best_of(3, [&] {
    Table table(folder);
    table.restrict(restriction);
    keep(table.count());
  });
  for (int i = 0; i < 3; ++i) {
    subject.reference = std::min(subject.reference, floor.sort_by("subject", false));
    grouped.reference = std::min(grouped.reference, floor.sort_by("topic", true));
    contains.reference = std::min(contains.reference, floor.contains("subject", "xylo"));
  }
  report.at_most_us("MAPI: sorted by subject", 800'000, subject.ours);
  report.at_most("MAPI: sorted by subject / scan and sort", 2, subject);
  report.at_most_us("MAPI: subject contains, case ignored", 300'000, contains.ours);
  report.at_most("MAPI: subject contains / scan", 2, contains);
  report.at_most_us("MAPI: grouped by conversation", 500'000, grouped.ours);
  report.at_most("MAPI: grouped by conversation / scan and sort", 2, grouped);
  report.note("sorted by size, a computed column", sorted_by(kBySize) * 1e3, "ms");
  SRestriction unread{};
  unread.rt = RES_BITMASK;
  unread.res.resBitMask = {BMR_EQZ, PR_MESSAGE_FLAGS, MSGFLAG_READ};
  report.note("unread messages, a fifth of all",
              best_of(3,
                      [&] {
                        Table table(folder);
                        table.restrict(unread);
                        keep(table.count());
                      }) *
                  1e3,
              "ms");
}

void open_one(IMsgStore* store, std::string& id) {
  Ptr<IMessage> message;
  ULONG type = 0, count = 0;
  LPSPropValue values = nullptr;
  need(store->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMessage, 0, &type,
                        reinterpret_cast<LPUNKNOWN*>(message.put())),
       "OpenEntry");
  need(message->GetProps(nullptr, MAPI_UNICODE, &count, &values), "GetProps");
  MAPIFreeBuffer(values);
}

void mark(IMAPIFolder* folder, std::vector<std::string>& ids, std::size_t from, std::size_t count, bool read) {
  std::vector<SBinary> bins;
  for (std::size_t i = from; i < from + count; ++i) {
    bins.push_back({static_cast<ULONG>(ids[i].size()), reinterpret_cast<LPBYTE>(ids[i].data())});
  }
  ENTRYLIST list{static_cast<ULONG>(bins.size()), bins.data()};
  need(folder->SetReadFlags(&list, 0, nullptr, read ? SUPPRESS_RECEIPT : CLEAR_READ_FLAG), "SetReadFlags");
}

void measure_changes(Report& report, const Client& client, IMAPIFolder* folder, std::vector<std::string>& ids) {
  Words words;
  report.at_most_us("MAPI: open a message, all its properties", 60,
                    seconds([&] { open_one(client.store(), ids[words.below(ids.size())]); }));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const std::size_t many = std::min<std::size_t>(ids.size(), 2000);
  mark(folder, ids, 0, many, false);
  const std::uint64_t before = syncs;
  double alone = once([&] { mark(folder, ids, 0, many, true); });
  report.at_most("MAPI: fdatasync calls, 2,000 marked read", 2, static_cast<double>(syncs - before), 1, "");
  const auto both = [&] {
    mark(folder, ids, 0, many, false);
    return once([&] { mark(folder, ids, 0, many, true); });
  };
  for (int i = 0; i < 4; ++i) alone = std::min(alone, both());
  report.at_most_us("MAPI: marking 2,000 messages read", 50'000, alone * 2000 / static_cast<double>(many));
  Table open(folder);
  open.sort(kNewest);
  open.seek(1, 2);
  keep(open.read(50).size());
  double followed = 1e9;
  for (int i = 0; i < 5; ++i) followed = std::min(followed, both());
  report.at_most_us("MAPI: a change, in an open sorted view", 5, (followed - alone) / static_cast<double>(many));
}

void measure_large(Report& report, int rows) {
  Client client;
  const auto folder = client.new_folder("Large");
  const double build = once([&] { fill_large(client, folder.get(), rows); });
  report.note("messages of the large folder", rows, "");
  report.note("building it and its mail, a message", build / rows * 1e6, "us");
  client.disconnect();
  client.connect();
  const auto opened = client.new_folder("Large");
  std::vector<std::string> ids;
  measure_tables(report, client, opened.get(), ids);
  measure_lists(report, client, opened.get());
  measure_changes(report, client, opened.get(), ids);
}

// ---- Streams

Ptr<IStream> open_stream(IMAPIProp* object, ULONG tag, ULONG flags) {
  Ptr<IStream> stream;
  need(object->OpenProperty(tag, &IID_IStream, 0, flags, reinterpret_cast<LPUNKNOWN*>(stream.put())), "OpenProperty");
  return stream;
}

void measure_stream(Report& report) {
  constexpr ULONG kTag = PROP_TAG(PT_BINARY, 0x6666);
  constexpr std::size_t kSize = 60'000, kMessages = 500;
  Client client;
  Words words;
  const auto folder = client.new_folder("Streams");
  std::vector<Ptr<IMessage>> messages;
  client.bulk(true);
  for (std::size_t i = 0; i < kMessages; ++i) {
    Ptr<IMessage> message;
    Mail mail;
    add_columns(words, mail.props, i, "stream");
    mail.props.binary(0x6666, words.noise(kSize));
    need(folder->CreateMessage(nullptr, 0, message.put()), "CreateMessage");
    need(message->SetProps(mail.props.count(), mail.props.values(), nullptr), "SetProps");
    need(message->SaveChanges(KEEP_OPEN_READWRITE), "SaveChanges");
    messages.push_back(std::move(message));
  }
  client.bulk(false);
  std::vector<std::string> ids;
  for (auto& message : messages) {
    LPSPropValue value = nullptr;
    need(HrGetOneProp(message.get(), PR_ENTRYID, &value), "PR_ENTRYID");
    ids.emplace_back(reinterpret_cast<char*>(value->Value.bin.lpb), value->Value.bin.cb);
    MAPIFreeBuffer(value);
    message.reset();
  }
  messages.clear();
  for (std::string& id : ids) {
    Ptr<IMessage> message;
    ULONG type = 0;
    need(client.store()->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMessage,
                                   0, &type, reinterpret_cast<LPUNKNOWN*>(message.put())),
         "OpenEntry");
    messages.push_back(std::move(message));
  }
  sqlite::OpenOptions options;
  options.access = sqlite::Access::kReadWrite;
  auto database = must(sqlite::Database::open(client.file(), options));
  must(database.run("PRAGMA cache_size = -8192"));
  std::vector<std::int64_t> pieces;
  {
    auto all = must(database.prepare("SELECT k FROM stream WHERE length(data) = 60000"));
    while (must(all.step())) pieces.push_back(all.integer(0));
  }
  auto piece = must(database.prepare("SELECT data FROM stream WHERE k = ?1"));
  std::vector<char> buffer(kSize);
  std::size_t at = 0, raw_at = 0;
  const Pair times = compare(
      [&] {
        const auto stream = open_stream(messages[++at % messages.size()].get(), kTag, 0);
        ULONG got = 0;
        need(stream->Read(buffer.data(), kSize, &got), "Read");
        if (got != kSize) std::exit(2);
      },
      [&] {
        must(piece.bind(1, pieces[++raw_at % pieces.size()]));
        must(piece.step());
        std::memcpy(buffer.data(), piece.blob(0).data(), kSize);
        piece.reset();
      });
  report.at_most("MAPI: 60 KB stream / page reads and memcpy", 2, times);
}

void write_large(IMAPIFolder* folder, std::uint64_t megabytes) {
  Ptr<IMessage> message;
  Ptr<IAttach> attachment;
  ULONG number = 0;
  need(folder->CreateMessage(nullptr, 0, message.put()), "CreateMessage");
  need(message->CreateAttach(nullptr, 0, &number, attachment.put()), "CreateAttach");
  {
    const auto stream = open_stream(attachment.get(), PR_ATTACH_DATA_BIN, MAPI_CREATE | MAPI_MODIFY);
    std::string piece = Words().noise(1 << 16);
    for (std::uint64_t i = 0; i < megabytes * 16; ++i) {
      std::memcpy(piece.data(), &i, sizeof i);
      need(stream->Write(piece.data(), static_cast<ULONG>(piece.size()), nullptr), "Write");
    }
    need(stream->Commit(0), "Commit");
  }
  need(attachment->SaveChanges(0), "SaveChanges of the attachment");
  need(message->SaveChanges(0), "SaveChanges");
}

void read_large(IMAPIFolder* folder, std::uint64_t megabytes) {
  Ptr<IMAPITable> table;
  LPSRowSet rows = nullptr;
  need(folder->GetContentsTable(0, table.put()), "GetContentsTable");
  need(table->QueryRows(1, 0, &rows), "QueryRows");
  const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
  Ptr<IMessage> message;
  Ptr<IAttach> attachment;
  ULONG type = 0;
  need(folder->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), &IID_IMessage, 0, &type,
                         reinterpret_cast<LPUNKNOWN*>(message.put())),
       "OpenEntry");
  FreeProws(rows);
  need(message->OpenAttach(0, nullptr, 0, attachment.put()), "OpenAttach");
  const auto stream = open_stream(attachment.get(), PR_ATTACH_DATA_BIN, 0);
  std::vector<char> piece(1 << 16);
  std::uint64_t all = 0;
  for (ULONG got = 1; got > 0; all += got) {
    std::uint64_t number = 0;
    need(stream->Read(piece.data(), static_cast<ULONG>(piece.size()), &got), "Read");
    if (got > 0) std::memcpy(&number, piece.data(), sizeof number);
    if (got > 0 && number != all >> 16) std::exit(2);
  }
  if (all != megabytes << 20) std::exit(2);
}

void measure_attachment(Report& report, std::uint64_t megabytes) {
  Client client;
  const auto folder = client.new_folder("Attachment");
  double in_time = 0, out_time = 0;
  const double in = growth([&] { in_time = once([&] { write_large(folder.get(), megabytes); }); });
  const double out = growth([&] { out_time = once([&] { read_large(folder.get(), megabytes); }); });
  const double size = static_cast<double>(megabytes);
  report.note("megabytes of the attachment", size, "MB");
  report.at_most("memory: an attachment written through IStream", 32, in, 1, "MB");
  report.at_most("memory: an attachment read through IStream", 32, out, 1, "MB");
  report.note("an attachment written", size / in_time, "MB/CPU s");
  report.note("an attachment read", size / out_time, "MB/CPU s");
}

// Nothing but imports, for a profiler.
void import_only(int rounds) {
  Words words;
  std::deque<Mail> mails;
  for (int i = 0; i < 1500; ++i) mails.push_back(make_mail(words, i));
  const std::string noise = words.noise(200'000);
  for (int round = 0; round < rounds; ++round) {
    Client client;
    const auto folder = client.new_folder("Import");
    const double spent = once([&] {
      client.bulk(true);
      for (Mail& mail : mails) save_mail(folder.get(), mail);
      client.bulk(false);
    });
    const std::string raw_file = raw_place("store-bench-raw");
    Raw raw(raw_file, sqlite::Sync::kNormal);
    const double floor = once([&] {
      raw.import_all(mails, mails.size(), 100, noise);
      must(raw.database.checkpoint());
    });
    std::filesystem::remove(raw_file);
    std::printf("%.1f us a message, SQLite %.1f us\n", spent / 1500 * 1e6, floor / 1500 * 1e6);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Report report;
  const std::string what = argc > 1 ? argv[1] : "all";
  const int size = argc > 2 ? std::atoi(argv[2]) : 0;
  if (what == "profile") import_only(std::max(size, 1));
  if (what == "all" || what == "import") measure_import(report);
  if (what == "all" || what == "stream") {
    measure_stream(report);
    measure_attachment(report, size > 0 ? static_cast<std::uint64_t>(size) : 2048);
  }
  if (what == "all" || what == "large") measure_large(report, what == "large" && size > 0 ? size : 1'000'000);
  return report.exit_code();
}
