// SPDX-License-Identifier: Apache-2.0
// Bulk import with and without compression, single saves, the size of the file.
#ifndef MAPIARY_BENCH_STORE_IMPORT_BENCH_H
#define MAPIARY_BENCH_STORE_IMPORT_BENCH_H

#include "bench/ratio.h"
#include "bench/store_tools.h"

namespace bench {

struct Sample {
  std::deque<Mail> mails;
  std::string noise;  // as many bytes as the largest has
  std::uint64_t bytes = 0;

  auto size_of() {
    return [this](std::size_t i) { return mails[i].size(); };
  }
};

inline Sample make_sample(std::size_t count) {
  Sample sample;
  Words words;
  std::uint64_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sample.mails.push_back(make_mail(words, static_cast<int>(i)));
    sample.bytes += sample.mails.back().size();
    largest = std::max(largest, sample.mails.back().size());
  }
  sample.noise = words.noise(static_cast<std::size_t>(largest));
  return sample;
}

inline Pair each_of(Pair pair, double count) {
  return {pair.ours / count, pair.reference / count};
}

// Both sides work in turn, block by block, so that a busy moment meets both; of some rounds the best counts.
constexpr int kRounds = 6;
inline void keep_better(Pair& best, const Pair& round) {
  if (round.ours + round.reference < best.ours + best.reference) best = round;
}

// One import, and the size of its file.
inline Pair import_round(Sample& sample, bool compress, std::uint64_t& file_size) {
  constexpr std::size_t kBlock = 300;
  const std::string raw_file = raw_place("store-bench-raw");
  Raw raw(raw_file, sqlite::Sync::kNormal);
  Client client(compress);
  const auto folder = client.new_folder("Import");
  Pair spent{once([&] { client.bulk(true); }), 0};
  const std::size_t count = sample.mails.size();
  for (std::size_t from = 0; from < count; from += kBlock) {
    const std::size_t end = std::min(from + kBlock, count);
    spent.reference += once([&] { raw.import_some(sample.size_of(), from, end, 100, sample.noise); });
    spent.ours += once([&] {
      for (std::size_t i = from; i < end; ++i) save_mail(folder.get(), sample.mails[i]);
    });
  }
  spent.ours += once([&] { client.bulk(false); });
  spent.reference += once([&] { must(raw.database.checkpoint()); });
  client.disconnect();
  file_size = client.file_size();
  std::filesystem::remove(raw_file);
  return spent;
}

inline void measure_bulk(Report& report, Sample& sample) {
  Pair plain, packed;
  std::uint64_t plain_size = 0, packed_size = 0;
  for (int round = 0; round < kRounds; ++round) {
    keep_better(plain, import_round(sample, false, plain_size));
    keep_better(packed, import_round(sample, true, packed_size));
  }
  const double mails = static_cast<double>(sample.mails.size()), bytes = static_cast<double>(sample.bytes);
  report.note("bytes of a message", bytes / mails, "B");
  report.at_most("MAPI: bulk import of a message / raw SQLite", 1.5, each_of(plain, mails));
  report.at_most("MAPI: bulk import with zstd / raw SQLite", 2.5, each_of(packed, mails));
  report.at_most("MAPI: size of the file / bytes", 1.15, static_cast<double>(plain_size), bytes, "B");
  report.at_most("MAPI: size of the file with zstd / bytes", 0.75, static_cast<double>(packed_size), bytes, "B");
}

// So many that both sides move their logs into their files some times. Most of it is the kernel's work for pages and
// syncs.
inline void measure_saves(Report& report, Sample& sample) {
  constexpr std::size_t kSaves = 900, kBlock = 50;
  Pair best;
  std::uint64_t our_syncs = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string raw_file = raw_place("store-bench-raw");
    Raw raw(raw_file, sqlite::Sync::kFull);
    Client client;
    const auto folder = client.new_folder("Saves");
    Pair spent{0, 0};
    our_syncs = 0;
    for (std::size_t from = 0; from < kSaves; from += kBlock) {
      spent.reference += once([&] { raw.import_some(sample.size_of(), from, from + kBlock, 1, sample.noise); });
      const std::uint64_t before = syncs;
      spent.ours += once([&] {
        for (std::size_t i = from; i < from + kBlock; ++i) save_mail(folder.get(), sample.mails[i]);
      });
      our_syncs += syncs - before;
    }
    keep_better(best, spent);
    std::filesystem::remove(raw_file);
  }
  report.at_most("MAPI: single SaveChanges / raw SQLite", 1.8, each_of(best, kSaves));
  report.at_most("MAPI: fdatasync calls of saves / saves", 1.1, static_cast<double>(our_syncs), kSaves, "");
}

inline void measure_import(Report& report) {
  Sample sample = make_sample(1500);
  measure_bulk(report, sample);
  measure_saves(report, sample);
}

// Nothing but imports, for a profiler; or nothing but single saves.
inline void import_only(int rounds, bool bulk) {
  Sample sample = make_sample(bulk ? 1500 : 900);
  for (int round = 0; round < rounds; ++round) {
    Client client;
    const auto folder = client.new_folder("Import");
    const double spent = once([&] {
      if (bulk) client.bulk(true);
      for (Mail& mail : sample.mails) save_mail(folder.get(), mail);
      if (bulk) client.bulk(false);
    });
    const std::string raw_file = raw_place("store-bench-raw");
    Raw raw(raw_file, bulk ? sqlite::Sync::kNormal : sqlite::Sync::kFull);
    const double floor = once([&] {
      raw.import_some(sample.size_of(), 0, sample.mails.size(), bulk ? 100 : 1, sample.noise);
      if (bulk) must(raw.database.checkpoint());
    });
    std::filesystem::remove(raw_file);
    const double count = static_cast<double>(sample.mails.size());
    std::printf("%.1f us a message, SQLite %.1f us, %.3f\n", spent / count * 1e6, floor / count * 1e6, spent / floor);
  }
}

}  // namespace bench

#endif  // MAPIARY_BENCH_STORE_IMPORT_BENCH_H
