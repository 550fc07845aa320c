// SPDX-License-Identifier: Apache-2.0
// A folder of a million messages: tables, open messages, changes.
#ifndef MAPIARY_BENCH_STORE_LARGE_BENCH_H
#define MAPIARY_BENCH_STORE_LARGE_BENCH_H

#include "bench/store_table.h"

namespace bench {

inline void fill_large(const Client& client, IMAPIFolder* folder, int rows) {
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

inline void measure_tables(Report& report, const Client& client, IMAPIFolder* folder, std::vector<std::string>& ids) {
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

inline SRestriction subject_contains(SPropValue& needle, const wchar_t* text) {
  needle = {};
  needle.ulPropTag = PR_SUBJECT_W;
  needle.Value.lpszW = const_cast<wchar_t*>(text);
  SRestriction restriction{};
  restriction.rt = RES_CONTENT;
  restriction.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_W, &needle};
  return restriction;
}

inline void measure_lists(Report& report, const Client& client, IMAPIFolder* folder) {
  Floor floor(client.file());
  const auto sorted_by = [&](const auto& order) {
    return once([&] {
      Table table(folder);
      table.sort(order);
      table.seek(1, 2);
      keep(table.read(50).size());
    });
  };
  SPropValue needle;
  SRestriction restriction = subject_contains(needle, L"xylo");
  Pair subject, grouped, contains;
  double by_size = 1e9;
  const auto note = [](double& best, double measured) { best = std::min(best, measured); };
  for (int round = 0; round < 5; ++round) {
    note(subject.ours, sorted_by(kBySubject));
    note(subject.reference, floor.sort_by("subject", false));
    note(grouped.ours, sorted_by(kConversations));
    note(grouped.reference, floor.sort_by("topic", true));
    note(contains.ours, once([&] {
           Table table(folder);
           table.restrict(restriction);
           keep(table.count());
         }));
    note(contains.reference, floor.contains("subject", "xylo"));
    note(by_size, sorted_by(kBySize));
  }
  report.at_most_us("MAPI: sorted by subject / scan and sort", 800'000, 2, subject);
  report.at_most_us("MAPI: subject contains, case ignored / scan", 300'000, 2, contains);
  report.at_most_us("MAPI: grouped by conversation / scan and sort", 500'000, 2, grouped);
  report.note("sorted by size, a computed column", by_size * 1e3, "ms");
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

inline void open_one(IMsgStore* store, std::string& id) {
  Ptr<IMessage> message;
  ULONG type = 0, count = 0;
  LPSPropValue values = nullptr;
  need(store->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMessage, 0, &type,
                        reinterpret_cast<LPUNKNOWN*>(message.put())),
       "OpenEntry");
  need(message->GetProps(nullptr, MAPI_UNICODE, &count, &values), "GetProps");
  MAPIFreeBuffer(values);
}

inline void mark(IMAPIFolder* folder, std::vector<std::string>& ids, std::size_t from, std::size_t count, bool read) {
  std::vector<SBinary> bins;
  for (std::size_t i = from; i < from + count; ++i) {
    bins.push_back({static_cast<ULONG>(ids[i].size()), reinterpret_cast<LPBYTE>(ids[i].data())});
  }
  ENTRYLIST list{static_cast<ULONG>(bins.size()), bins.data()};
  need(folder->SetReadFlags(&list, 0, nullptr, read ? SUPPRESS_RECEIPT : CLEAR_READ_FLAG), "SetReadFlags");
}

// Transactions that changed the store: each begins the change log anew (part 0).
class Commits {
 public:
  explicit Commits(const std::string& path) : database_(open(path)), first_(newest()) {}
  std::int64_t since() const {
    return must(database_.integer("SELECT count(*) FROM changes WHERE part = 0 AND seq > " + std::to_string(first_)))
        .value_or(0);
  }

 private:
  static sqlite::Database open(const std::string& path) {
    sqlite::OpenOptions options;
    options.access = sqlite::Access::kReadWrite;
    return must(sqlite::Database::open(path, options));
  }
  std::int64_t newest() const { return must(database_.integer("SELECT max(seq) FROM changes")).value_or(0); }

  mutable sqlite::Database database_;
  std::int64_t first_;
};

inline void measure_changes(Report& report, const Client& client, IMAPIFolder* folder, std::vector<std::string>& ids) {
  Words words;
  report.at_most_us("MAPI: open a message, all its properties", 60,
                    seconds([&] { open_one(client.store(), ids[words.below(ids.size())]); }));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const std::size_t many = std::min<std::size_t>(ids.size(), 2000);
  mark(folder, ids, 0, many, false);
  const Commits commits(client.file());
  double alone = once([&] { mark(folder, ids, 0, many, true); });
  report.at_most("MAPI: transactions, 2,000 marked read", 1, static_cast<double>(commits.since()), 1, "");
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

inline ULONG messages_of(IMAPIFolder* folder) {
  LPSPropValue count = nullptr;
  need(HrGetOneProp(folder, PR_CONTENT_COUNT, &count), "PR_CONTENT_COUNT");
  const auto messages = static_cast<ULONG>(count->Value.l);
  MAPIFreeBuffer(count);
  return messages;
}

// In the file `kept`, if one is named: it is not built a second time.
inline void measure_large(Report& report, int rows, const std::string& kept, const std::string& what) {
  Client client(false, kept);
  {
    const auto folder = client.new_folder("Large");
    report.note("messages of the large folder", rows, "");
    if (messages_of(folder.get()) == 0) {
      const double build = once([&] { fill_large(client, folder.get(), rows); });
      report.note("building it and its mail, a message", build / rows * 1e6, "us");
    }
  }
  client.disconnect();
  client.connect();
  const auto opened = client.new_folder("Large");
  std::vector<std::string> ids;
  if (what == "lists") return measure_lists(report, client, opened.get());
  measure_tables(report, client, opened.get(), ids);
  if (what != "changes") measure_lists(report, client, opened.get());
  measure_changes(report, client, opened.get(), ids);
}

}  // namespace bench

#endif  // MAPIARY_BENCH_STORE_LARGE_BENCH_H
