// SPDX-License-Identifier: Apache-2.0
// The SQLite engine against SQLite itself storing the same bytes in the same run: bulk import with and without
// compression, single saves, size of the file; and a folder of a million messages: first rows, rows by number, lists.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <vector>

#include "base/env.h"
#include "base/file.h"
#include "bench/ratio.h"
#include "bench/raw_store.h"
#include "engines/sqlite/sqlite_engine.h"

namespace {
std::atomic<std::uint64_t> syncs{0};
}

// SQLite's syncs come here first.
extern "C" __attribute__((visibility("default"))) int fdatasync(int fd) {
  ++syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace {

using namespace mapiary;
using namespace mapiary::backend;
using model::PropTag;
using model::PropType;
using model::PropValue;

std::mt19937_64 random_source(20240229);

std::uint64_t below(std::uint64_t n) {
  return random_source() % n;
}

const std::vector<std::string>& words() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 4000; ++i) {
      std::string word;
      for (std::uint64_t k = 2 + below(8); k > 0; --k) word += static_cast<char>('a' + below(26));
      made.push_back(word);
    }
    return made;
  }();
  return all;
}

// Words, the frequent ones more often: text as it compresses.
std::string prose(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    const double u = static_cast<double>(1 + below(1'000'000)) / 1e6;
    text += words()[static_cast<std::size_t>(u * u * u * 3999)] + " ";
  }
  text.resize(bytes);
  return text;
}

std::string random_bytes(std::size_t bytes) {
  std::string data(bytes, '\0');
  for (char& c : data) c = static_cast<char>(below(256));
  return data;
}

PropTag tag(std::uint32_t id, PropType type) {
  return PropTag(static_cast<std::uint16_t>(id), type);
}

struct Mail {
  std::vector<PropValue> props;  // in order of id
  std::vector<model::PropBag> recipients;
  std::string attachment;
  std::uint64_t bytes = 0;
};

void count_bytes(Mail& mail) {
  mail.bytes = mail.attachment.size();
  for (const PropValue& value : mail.props) mail.bytes += value.stored_size();
  for (const model::PropBag& recipient : mail.recipients) mail.bytes += recipient.stored_size();
}

void add_columns(model::PropBag& bag, int i) {
  bag.set(PropValue::text(tag(0x001A, PropType::kUnicode), "IPM.Note"));
  bag.set(PropValue::int32(tag(0x0017, PropType::kInt32), 1));
  bag.set(PropValue::text(tag(0x0037, PropType::kUnicode), prose(25 + below(40))));
  bag.set(PropValue::int64(tag(0x0039, PropType::kTime), 132'000'000'000'000'000 + i * 10'000'000'000));
  bag.set(PropValue::text(tag(0x0070, PropType::kUnicode), bag.find(std::uint16_t{0x0037})->as_bytes().data()));
  bag.set(PropValue::binary(tag(0x0071, PropType::kBinary), random_bytes(22)));
  bag.set(PropValue::text(tag(0x0C1A, PropType::kUnicode), prose(16)));
  bag.set(PropValue::int64(tag(0x0E06, PropType::kTime), 132'000'000'000'000'000 + i * 10'000'000'000));
  bag.set(PropValue::int32(tag(0x0E07, PropType::kInt32), below(5) == 0 ? 0 : 1));
  bag.set(PropValue::int64(tag(0x0E08, PropType::kInt64), static_cast<std::int64_t>(20'000 + below(60'000))));
  bag.set(PropValue::boolean(tag(0x0E1B, PropType::kBool), i % 3 == 0));
  bag.set(PropValue::int64(tag(0x3008, PropType::kTime), 132'000'000'000'000'000 + i * 10'000'000'000));
}

model::PropBag recipient() {
  model::PropBag bag;
  bag.set(PropValue::int32(tag(0x0C15, PropType::kInt32), 1));
  bag.set(PropValue::text(tag(0x3001, PropType::kUnicode), prose(16)));
  bag.set(PropValue::text(tag(0x3002, PropType::kUnicode), "SMTP"));
  bag.set(PropValue::text(tag(0x3003, PropType::kUnicode), prose(20) + "@example.org"));
  return bag;
}

Mail make_mail(int i) {
  model::PropBag bag;
  add_columns(bag, i);
  bag.set(PropValue::text(tag(0x007D, PropType::kUnicode), prose(1300)));
  bag.set(PropValue::text(tag(0x1000, PropType::kUnicode), prose(3000)));
  bag.set(PropValue::binary(tag(0x1013, PropType::kBinary), prose(12'100)));
  for (std::uint32_t k = 0; k < 12; ++k) bag.set(PropValue::text(tag(0x6001 + k, PropType::kUnicode), prose(50)));
  for (std::uint32_t k = 0; k < 18; ++k)
    bag.set(PropValue::int32(tag(0x6101 + k, PropType::kInt32), static_cast<int>(below(1000))));
  Mail mail;
  mail.props.assign(bag.begin(), bag.end());
  for (std::uint64_t k = 1 + below(5); k > 0; --k) mail.recipients.push_back(recipient());
  if (i % 10 < 3) {
    const auto size = static_cast<std::size_t>(5000 + below(120'000));
    mail.attachment = i / 10 % 5 < 3 ? random_bytes(size) : prose(size);
  }
  count_bytes(mail);
  return mail;
}

using bench::must;

class Folder {
 public:
  Folder() : path_(must(system_files().make_temp_folder(join_path(temp_folder(), "mapiary-bench-")))) {}
  ~Folder() {
    clear();
    (void)system_files().remove_folder(path_);
  }
  void clear() {
    for (const FolderEntry& entry : must(system_files().list(path_))) {
      (void)system_files().remove_file(join_path(path_, entry.name));
    }
  }
  std::string file(const std::string& name) const { return join_path(path_, name); }
  std::uint64_t size(const std::string& name) const { return must(system_files().info(file(name))).size; }

 private:
  std::string path_;
};

// ---- Import and single saves

void import_mail(Transaction& t, ObjectId folder, const Mail& mail) {
  Update content;
  content.set = mail.props;
  content.recipients = &mail.recipients;
  const ObjectId id = must(t.create(folder, ObjectKind::kMessage, content));
  if (mail.attachment.empty()) return;
  const std::vector<PropValue> props = {PropValue::int32(tag(0x0E21, PropType::kInt32), 0),
                                        PropValue::text(tag(0x3704, PropType::kUnicode), "report.pdf"),
                                        PropValue::int32(tag(0x3705, PropType::kInt32), 1)};
  Update attachment;
  attachment.set = props;
  const ObjectId at = must(t.create(id, ObjectKind::kAttachment, attachment));
  auto blob = must(t.open_blob(at, tag(0x3701, PropType::kBinary), BlobMode::kReplace));
  for (std::size_t from = 0; from < mail.attachment.size(); from += 65536) {
    must(blob->write_at(from, bytes_of(std::string_view(mail.attachment).substr(from, 65536))));
  }
}

struct Store {
  engines::sqlite::SqliteEngine engine;
  std::unique_ptr<Mailbox> mailbox;
  ObjectId folder = 0;

  Store(const std::string& path, bool compress) {
    CreateOptions options;
    options.compress = compress;
    must(engine.create(path, options));
    mailbox = must(engine.open(path, {}));
    auto t = must(mailbox->begin(Mode::kWrite));
    folder = must(t->create(mailbox->info().root, ObjectKind::kFolder, {}));
    must(t->commit());
  }
  void import_all(const std::vector<Mail>& mails, std::size_t batch, Mode mode) {
    for (std::size_t from = 0; from < mails.size(); from += batch) {
      auto t = must(mailbox->begin(mode));
      for (std::size_t i = from; i < std::min(from + batch, mails.size()); ++i) import_mail(*t, folder, mails[i]);
      must(t->commit());
    }
    if (mode == Mode::kBulk) must(mailbox->flush());
  }
};

void measure_import(bench::Report& report, const std::vector<Mail>& mails, const std::string& bytes) {
  bench::Pair plain, packed, saves;
  std::uint64_t all_bytes = 0, plain_size = 0, packed_size = 0, our_syncs = 0;
  for (const Mail& mail : mails) all_bytes += mail.bytes;
  const auto size_of = [&](std::size_t i) { return mails[i].bytes; };
  const std::vector<Mail> few(mails.begin(), mails.begin() + 900);
  Folder place;
  for (int round = 0; round < 4; ++round) {
    place.clear();
    {
      bench::Raw raw(place.file("raw"), mapiary::sqlite::Sync::kNormal);
      plain.reference = std::min(plain.reference, bench::once([&] {
                                   raw.import_some(size_of, 0, mails.size(), 100, bytes);
                                   must(raw.database.checkpoint());
                                 }));
    }
    for (const bool compress : {false, true}) {
      Store store(place.file(compress ? "packed" : "plain"), compress);
      double& best = compress ? packed.ours : plain.ours;
      best = std::min(best, bench::once([&] { store.import_all(mails, 100, Mode::kBulk); }));
      store.mailbox.reset();
      (compress ? packed_size : plain_size) = place.size(compress ? "packed" : "plain");
    }
    {
      bench::Raw raw(place.file("raw-save"), mapiary::sqlite::Sync::kFull);
      saves.reference =
          std::min(saves.reference, bench::once([&] { raw.import_some(size_of, 0, few.size(), 1, bytes); }));
    }
    {
      Store store(place.file("save"), false);
      const std::uint64_t before = syncs;
      saves.ours = std::min(saves.ours, bench::once([&] { store.import_all(few, 1, Mode::kWrite); }));
      our_syncs = syncs - before;
    }
  }
  packed.reference = plain.reference;
  const double count = static_cast<double>(mails.size()), few_count = static_cast<double>(few.size());
  const auto each = [](bench::Pair pair, double n) { return bench::Pair{pair.ours / n, pair.reference / n}; };
  report.note("bytes of a message", static_cast<double>(all_bytes) / count, "B");
  report.at_most("bulk import of a message / raw SQLite, the same bytes", 1.5, each(plain, count));
  report.at_most("bulk import with zstd / raw SQLite, the same bytes", 2.5, each(packed, count));
  report.at_most("single save / raw SQLite, the same bytes", 1.8, each(saves, few_count));
  report.at_most("syncs of 900 saves / saves", 1.1, {static_cast<double>(our_syncs) * 1e-6, few_count * 1e-6});
  const double size = static_cast<double>(all_bytes) * 1e-6;
  report.at_most("size of the file / bytes", 1.15, {static_cast<double>(plain_size) * 1e-6, size});
  report.at_most("size of the file with zstd / bytes", 0.75, {static_cast<double>(packed_size) * 1e-6, size});
}

// ---- A large folder

class Ids final : public RowVisitor {
 public:
  Result<bool> row(const Row& row) override {
    ids.push_back(row.info.id);
    return true;
  }
  std::vector<ObjectId> ids;
};

class Count final : public RowVisitor {
 public:
  Result<bool> row(const Row& row) override {
    ++rows;
    bytes += row.values.empty() || !row.values[0].is_bytes() ? 0 : row.values[0].as_bytes().size();
    return true;
  }
  std::uint64_t rows = 0, bytes = 0;
};

void fill_large(Store& store, int rows) {
  for (int from = 0; from < rows; from += 5000) {
    auto t = must(store.mailbox->begin(Mode::kBulk));
    for (int i = from; i < from + 5000; ++i) {
      model::PropBag bag;
      add_columns(bag, static_cast<int>(below(static_cast<std::uint64_t>(rows))));
      bag.set(PropValue::text(tag(0x0E04, PropType::kUnicode), prose(30)));
      const std::vector<PropValue> props(bag.begin(), bag.end());
      Update content;
      content.set = props;
      must(t->create(store.folder, ObjectKind::kMessage, content));
    }
    must(t->commit());
  }
  must(store.mailbox->flush());
}

std::uint64_t run_rows(Mailbox& mailbox, ObjectId folder, const RowQuery& query, RowVisitor& visitor) {
  auto t = must(mailbox.begin(Mode::kRead));
  must(t->rows(folder, ObjectKind::kMessage, query, visitor));
  return 0;
}

void measure_large(bench::Report& report, int rows) {
  Folder place;
  Store store(place.file("large"), false);
  const double build = bench::once([&] { fill_large(store, rows); });
  report.note("messages of the large folder", rows, "");
  report.note("building it, a message", build / rows * 1e6, "us");
  const std::vector<PropTag> columns = {
      tag(0x0037, PropType::kUnicode), tag(0x0C1A, PropType::kUnicode), tag(0x0E04, PropType::kUnicode),
      tag(0x0E06, PropType::kTime),    tag(0x0E07, PropType::kInt32),   tag(0x0E08, PropType::kInt64),
      tag(0x0017, PropType::kInt32),   tag(0x0E1B, PropType::kBool),    tag(0x001A, PropType::kUnicode),
      tag(0x0070, PropType::kUnicode), tag(0x0039, PropType::kTime),    tag(0x3008, PropType::kTime)};
  model::SortOrder newest;
  newest.keys = {{tag(0x0E06, PropType::kTime), model::SortKey::Order::kDescending}};
  RowQuery page;
  page.columns = columns;
  page.order = &newest;
  page.limit = 50;
  const double first = bench::seconds([&] {
    Count count;
    run_rows(*store.mailbox, store.folder, page, count);
    bench::keep(count.bytes);
  });
  report.at_most_us("first 50 rows by date, 12 columns", 500, first);
  RowQuery list;
  list.order = &newest;
  list.full_info = false;
  Ids all;
  double built = 1e9;
  for (int i = 0; i < 3; ++i) {
    all.ids.clear();
    built = std::min(built, bench::once([&] { run_rows(*store.mailbox, store.folder, list, all); }));
  }
  report.at_most_us("all numbers by date", 200'000, built);
  RowQuery some;
  some.columns = columns;
  const double seek = bench::seconds([&] {
    some.ids = std::span(all.ids).subspan(below(all.ids.size() - 50), 50);
    Count count;
    run_rows(*store.mailbox, store.folder, some, count);
  });
  report.at_most_us("50 rows anywhere, by their numbers, 12 columns", 1000, seek);
  const std::vector<PropTag> subject = {columns[0]};
  RowQuery scan;
  scan.columns = subject;
  scan.full_info = false;
  report.note("every subject, in no order", bench::once([&] {
                                              Count count;
                                              run_rows(*store.mailbox, store.folder, scan, count);
                                            }) * 1e3,
              "ms");
  const auto contains = model::Restriction::content(
      subject[0], model::FuzzyLevel{model::FuzzyLevel::kSubstring | model::FuzzyLevel::kIgnoreCase},
      PropValue::text(subject[0], "xylo"));
  RowQuery found;
  found.filter = &contains;
  found.full_info = false;
  report.at_most_us("subject contains, case ignored", 300'000, bench::once([&] {
                      Count count;
                      run_rows(*store.mailbox, store.folder, found, count);
                    }));
  const double open = bench::seconds([&] {
    ReadRequest request;
    request.all = request.recipients = true;
    auto t = must(store.mailbox->begin(Mode::kRead));
    bench::keep(must(t->read(all.ids[below(all.ids.size())], request)).props.size());
  });
  report.at_most_us("open a message, all its properties", 60, open);
  const double mark = bench::once([&] {
    auto t = must(store.mailbox->begin(Mode::kWrite));
    const std::vector<PropValue> read_flag = {PropValue::int32(engine_tag::kMessageFlags, engine_tag::kReadBit)};
    Update update;
    update.set = read_flag;
    update.quiet = true;
    for (std::size_t i = 0; i < 2000; ++i) must(t->update(all.ids[below(all.ids.size())], update));
    must(t->commit());
  });
  report.at_most_us("marking 2,000 messages read, one transaction", 50'000, mark);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report;
  const std::string what = argc > 1 ? argv[1] : "all";
  if (what != "large") {
    std::vector<Mail> mails;
    std::size_t largest = 0;
    for (int i = 0; i < 1500; ++i) {
      mails.push_back(make_mail(i));
      largest = std::max(largest, static_cast<std::size_t>(mails.back().bytes));
    }
    measure_import(report, mails, random_bytes(largest));
  }
  if (what != "import") measure_large(report, argc > 2 ? std::atoi(argv[2]) : 1'000'000);
  return report.exit_code();
}
