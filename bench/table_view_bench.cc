// SPDX-License-Identifier: Apache-2.0
// The bars of table views over 1,000,000 rows in memory, without what the public interfaces add. The sort is a ratio to
// std::sort of the same strings.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "bench/ratio.h"
#include "view/table_view.h"

namespace {

using namespace mapiary;

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

void sort_bar(bench::Report& report, const char* name, Subjects& source, view::TableView& table) {
  bench::Pair best;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> keys(source.texts.begin(), source.texts.begin() + kRows);
    best.reference = std::min(best.reference, bench::once([&] { std::sort(keys.begin(), keys.end()); }));
    bench::keep(keys);
    model::SortOrder order;
    order.keys.push_back({kSubject, model::SortKey::Order::kAscending});
    best.ours = std::min(best.ours, bench::once([&] {
                           if (!table.sort(order)) std::abort();
                         }));
  }
  report.at_most(name, 3.0, best);
}

void run(bench::Report& report, bool common_start) {
  auto source = std::make_shared<Subjects>(kRows, kCalls, common_start);
  auto opened = view::TableView::open(source);
  if (!opened) std::abort();
  view::TableView& table = **opened;
  sort_bar(report, common_start ? "view: sort by text / std::sort, common start" : "view: sort by text / std::sort",
           *source, table);

  std::mt19937 random(2);
  std::vector<std::uint32_t> places(kCalls);
  for (auto& place : places) place = static_cast<std::uint32_t>(random() % kRows);
  std::uint64_t sum = 0;
  const auto part = [](auto&& work) { return bench::best_part(kCalls, 20, work); };
  const auto named = [&](const char* what) { return std::string(what) + (common_start ? ", common start" : ""); };
  report.at_most_us(named("view: row N"), 1.0, part([&](unsigned i) { sum += *table.key_at(places[i]); }));
  report.at_most_us(named("view: number of a row"), 2.0,
                    part([&](unsigned i) { sum += *table.row_of_key(places[i]); }));
  const double whole = part([&](unsigned i) { bench::keep(table.row_at(places[i])); });
  report.note(named("view: row N, its one column copied out"), whole * 1e6, "us");
  report.at_most_us(named("view: insert"), 2.0, part([&](unsigned i) {
                      ++source->shown;
                      const view::Change change{view::Change::Kind::kAdded, kRows + i};
                      if (!table.on_change({&change, 1}, false)) std::abort();
                    }));
  report.at_most_us(named("view: remove or insert, half of both"), 2.0,
                    part([&](unsigned i) {
                      const view::Change gone{view::Change::Kind::kDeleted, places[i]};
                      if (!table.on_change({&gone, 1}, false)) std::abort();
                      const view::Change back{view::Change::Kind::kAdded, places[i]};
                      if (!table.on_change({&back, 1}, false)) std::abort();
                    }) / 2);
  report.at_most_us(named("view: change in place, with its event"), 6.0, part([&](unsigned i) {
                      const view::Change change{view::Change::Kind::kModified, places[i]};
                      sum += table.on_change({&change, 1}).value().size();
                    }));
  bench::keep(sum);
}

}  // namespace

int main() {
  bench::Report report;
  run(report, false);
  run(report, true);
  return report.exit_code();
}
