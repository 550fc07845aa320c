// SPDX-License-Identifier: Apache-2.0
// The bars of table views over 1,000,000 rows in memory. Times are in microseconds, the sort is a ratio to std::sort of
// the same strings.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "bench/ratio.h"
#include "view/table_view.h"

namespace {

using namespace mapiary;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kRows = 1'000'000;
constexpr std::uint32_t kCalls = 200'000;
constexpr model::PropTag kSubject(0x0037001Fu);

// Rows of one text column. Room for those that come later is there, so that the source costs nothing.
class Subjects : public view::RowSource {
 public:
  Subjects(std::uint32_t count, std::uint32_t later, bool common_start) {
    std::mt19937_64 random(1);
    values.reserve(count + later);
    texts.reserve(count + later);
    for (std::uint32_t i = 0; i < count + later; ++i) {
      std::string text = common_start ? "RE: the weekly report, part " : "";
      for (int k = 0; k < 12; ++k) text.push_back(static_cast<char>('a' + random() % 26));
      texts.push_back(text);
      values.push_back(model::PropValue::text(kSubject, text));
    }
    shown = count;
  }
  Result<view::RowAnswer> rows(const view::RowQuery&) override {
    view::RowAnswer answer;
    for (std::uint32_t i = 0; i < shown; ++i) answer.keys.push_back(i);
    return answer;
  }
  const model::PropValue* find(view::RowKey key, model::PropTag tag, model::PropValue&) override {
    return tag.id() == kSubject.id() ? &values[key] : nullptr;
  }
  std::vector<model::PropTag> default_columns() const override { return {kSubject}; }

  std::vector<model::PropValue> values;
  std::vector<std::string> texts;
  std::uint32_t shown = 0;
};

template <class Work>
double once(Work work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The best of twenty parts, since all noise adds.
template <class Work>
double microseconds_each(Work work) {
  constexpr std::uint32_t kPart = kCalls / 20;
  double best = 1e9;
  for (std::uint32_t from = 0; from < kCalls; from += kPart) {
    best = std::min(best, once([&] {
                      for (std::uint32_t i = from; i < from + kPart; ++i) work(i);
                    }));
  }
  return best / kPart * 1e6;
}

void sort_bar(bench::Report& report, const char* name, Subjects& source, view::TableView& table) {
  double ours = 1e9;
  double theirs = 1e9;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> keys(source.texts.begin(), source.texts.begin() + kRows);
    theirs = std::min(theirs, once([&] { std::sort(keys.begin(), keys.end()); }));
    bench::keep(keys);
    model::SortOrder order;
    order.keys.push_back({kSubject, model::SortKey::Order::kAscending});
    ours = std::min(ours, once([&] {
                      if (!table.sort(order)) std::abort();
                    }));
  }
  report.at_most(name, 3.0, ours, theirs);
}

void run(bench::Report& report, bool common_start) {
  auto source = std::make_shared<Subjects>(kRows, kCalls, common_start);
  auto opened = view::TableView::open(source);
  if (!opened) std::abort();
  view::TableView& table = **opened;
  sort_bar(report, common_start ? "sort by text, common start / std::sort" : "sort by text / std::sort", *source,
           table);

  std::mt19937 random(2);
  std::vector<std::uint32_t> places(kCalls);
  for (auto& place : places) place = static_cast<std::uint32_t>(random() % kRows);
  std::uint64_t sum = 0;
  const double row = microseconds_each([&](std::uint32_t i) { sum += *table.key_at(places[i]); });
  const double position = microseconds_each([&](std::uint32_t i) { sum += *table.row_of_key(places[i]); });
  const double insert = microseconds_each([&](std::uint32_t i) {
    ++source->shown;
    const view::Change change{view::Change::Kind::kAdded, kRows + i};
    if (!table.on_change({&change, 1}, false)) std::abort();
  });
  const double told = microseconds_each([&](std::uint32_t i) {
    const view::Change change{view::Change::Kind::kModified, places[i]};
    sum += table.on_change({&change, 1}).value().size();
  });
  bench::keep(sum);
  report.at_most(common_start ? "row N, common start [us]" : "row N [us]", 1.0, row, 1.0);
  report.at_most(common_start ? "number of a row, common start [us]" : "number of a row [us]", 2.0, position, 1.0);
  report.at_most(common_start ? "insert, common start [us]" : "insert [us]", 2.0, insert, 1.0);
  report.at_most("change in place, with its event [us]", 6.0, told, 1.0);

  const double whole = microseconds_each([&](std::uint32_t i) { bench::keep(table.row_at(places[i])); });
  report.at_most("row N, its column copied out [us]", 2.0, whole, 1.0);
}

}  // namespace

int main() {
  bench::Report report;
  run(report, false);
  run(report, true);
  return report.exit_code();
}
