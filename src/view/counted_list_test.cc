// SPDX-License-Identifier: Apache-2.0
#include "view/counted_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "view/row_index.h"
#include "view/row_order.h"

namespace mapiary::view {
namespace {

using Id = CountedList::Id;

// A list of entries whose keys are numbers, beside a plain vector of the same.
class Pair {
 public:
  explicit Pair(unsigned seed) : random_(seed) {}

  void insert() {
    const Id id = static_cast<Id>(keys_.size());
    keys_.push_back(random_() % 50000);
    const bool visible = random_() % 3 != 0;
    // Half of the key decides by prefix, the rest by the callback, as long keys do.
    const auto before = [&](Id have) { return std::pair(keys_[have], have) < std::pair(keys_[id], id); };
    const auto place = std::find_if_not(plain_.begin(), plain_.end(), [&](const auto& e) { return before(e.first); });
    const Id bound = list_.lower_bound(keys_[id] / 100, before);
    EXPECT_EQ(bound, place == plain_.end() ? CountedList::kNone : place->first);
    plain_.insert(place, {id, visible});
    list_.insert({keys_[id] / 100, id, visible}, before);
  }
  void erase() {
    if (plain_.empty()) return;
    const std::size_t at = random_() % plain_.size();
    EXPECT_EQ(list_.erase(plain_[at].first), at + 1 < plain_.size() ? plain_[at + 1].first : CountedList::kNone);
    EXPECT_FALSE(list_.contains(plain_[at].first));
    plain_.erase(plain_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void toggle() {
    if (plain_.empty()) return;
    auto& entry = plain_[random_() % plain_.size()];
    entry.second = !entry.second;
    list_.set_visible(entry.first, entry.second);
  }
  void show_range() {
    if (plain_.empty()) return;
    const std::size_t from = random_() % plain_.size();
    const std::size_t to = from + random_() % 2000;
    const unsigned modulus = 1 + static_cast<unsigned>(random_() % 3);
    for (std::size_t i = from; i < std::min(to, plain_.size()); ++i) plain_[i].second = plain_[i].first % modulus == 0;
    std::size_t seen = from;
    list_.show_from(plain_[from].first, [&](Id id) -> std::optional<bool> {
      if (seen++ == to) return std::nullopt;
      return id % modulus == 0;
    });
  }
  void check() const {
    ASSERT_EQ(list_.size(), plain_.size());
    std::uint32_t shown = 0;
    Id at = list_.front();
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      ASSERT_EQ(at, plain_[i].first);
      ASSERT_EQ(list_.is_visible(at), plain_[i].second);
      ASSERT_EQ(list_.rank(at), shown);
      if (plain_[i].second) {
        ASSERT_EQ(list_.at(shown), at);
        ASSERT_EQ(list_.prefix_at(shown), keys_[at] / 100);
        ++shown;
      }
      at = list_.next(at);
    }
    ASSERT_EQ(at, CountedList::kNone);
    ASSERT_EQ(list_.visible_size(), shown);
  }
  void assign_again() {
    std::vector<CountedList::Entry> entries;
    for (const auto& [id, visible] : plain_) entries.push_back({keys_[id] / 100, id, visible});
    list_.assign(entries);
  }
  unsigned next() { return static_cast<unsigned>(random_()); }

 private:
  std::mt19937 random_;
  CountedList list_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::pair<Id, bool>> plain_;
};

TEST(CountedList, PutsEntriesAtNumbers) {
  CountedList list;
  std::vector<Id> plain;
  std::mt19937 random(3);
  for (Id id = 0; id < 5000; ++id) {
    const std::size_t at = random() % (plain.size() + 1);
    list.insert_before(static_cast<std::uint32_t>(at), {0, id, true});
    plain.insert(plain.begin() + static_cast<std::ptrdiff_t>(at), id);
  }
  for (std::uint32_t i = 0; i < plain.size(); ++i) {
    ASSERT_EQ(list.at(i), plain[i]);
    ASSERT_EQ(list.rank(plain[i]), i);
  }
  for (const Id id : plain) list.erase(id);  // and all is given back
  EXPECT_EQ(list.size(), 0u);
  list.insert_before(0, {0, 7, true});
  EXPECT_EQ(list.at(0), 7u);
}

TEST(CountedList, AgreesWithAVectorWhileItGrowsAndShrinks) {
  Pair pair(7);
  pair.check();
  for (const unsigned growth : {9u, 5u, 2u, 7u, 0u}) {  // of ten steps, how many insert
    for (int i = 0; i < 3000; ++i) {
      pair.next() % 10 < growth ? pair.insert() : pair.erase();
      pair.toggle();
      if (i % 500 == 0) pair.show_range();
    }
    ASSERT_NO_FATAL_FAILURE(pair.check());
    pair.assign_again();
    ASSERT_NO_FATAL_FAILURE(pair.check());
  }
}

TEST(RowIndex, FindsWhatWasPutIn) {
  RowIndex index;
  std::mt19937_64 random(3);
  std::vector<std::pair<RowKey, Id>> all;
  EXPECT_EQ(index.find(1), CountedList::kNone);
  index.erase(1);
  for (Id i = 0; i < 20000; ++i) {
    if (random() % 3 == 0 && !all.empty()) {
      std::swap(all[random() % all.size()], all.back());
      index.erase(all.back().first);
      ASSERT_EQ(index.find(all.back().first), CountedList::kNone);
      all.pop_back();
    } else {
      all.emplace_back(i % 2 == 0 ? i * 64 : random(), i);
      index.set(all.back().first, i);
    }
  }
  for (const auto& [key, id] : all) ASSERT_EQ(index.find(key), id);
}

TEST(SortKeys, AgreesWithAStableSort) {
  std::mt19937 random(5);
  for (const std::size_t count : {0u, 1u, 20u, 300u, 20000u}) {
    for (const char* start : {"", "the same beginning of all of them "}) {
      std::vector<std::string> keys;
      for (std::size_t i = 0; i < count; ++i) {
        std::string key = start;
        const std::size_t size = random() % 14;
        // Zeros at the end are what a padded prefix cannot tell.
        for (std::size_t k = 0; k < size; ++k)
          key.push_back(static_cast<char>(random() % 3 == 0 ? random() % 256 : random() % 2));
        keys.push_back(std::move(key));
      }
      std::vector<SortRef> refs;
      for (std::uint32_t i = 0; i < count; ++i) refs.emplace_back(keys[i], i);
      sort_keys(refs);
      std::vector<std::uint32_t> expected(count);
      for (std::uint32_t i = 0; i < count; ++i) expected[i] = i;
      std::stable_sort(expected.begin(), expected.end(),
                       [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
      for (std::uint32_t i = 0; i < count; ++i) {
        ASSERT_EQ(refs[i].id, expected[i]);
        ASSERT_EQ(refs[i].prefix, key_prefix(keys[expected[i]]));
      }
    }
  }
}

TEST(SortKeys, LongEqualKeys) {
  std::vector<std::string> keys(5000, std::string(5000, 'k'));
  keys[1234].back() = 'j';
  std::vector<SortRef> refs;
  for (std::uint32_t i = 0; i < keys.size(); ++i) refs.emplace_back(keys[i], i);
  sort_keys(refs);
  EXPECT_EQ(refs[0].id, 1234u);
  for (std::uint32_t i = 2; i < refs.size(); ++i) EXPECT_LT(refs[i - 1].id, refs[i].id);
}

}  // namespace
}  // namespace mapiary::view
