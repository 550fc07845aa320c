// SPDX-License-Identifier: Apache-2.0
// What waits for a thread that does not dispatch stays bounded, and what it learns late is still true.
#include "com/thread_inbox.h"

#include <gtest/gtest.h>
#include <mapitags.h>

#include <thread>
#include <vector>

#include "com/object.h"

namespace mapiary::com {
namespace {

struct Told {
  ULONG event;  // of a table: ulTableEvent
  bool table;
  ULONG number;  // of an object: its ulObjType; of an extended event: ulEvent
  bool operator==(const Told&) const = default;
};

class Recorder final : public Object<IMAPIAdviseSink> {
 public:
  explicit Recorder(std::vector<Told>& told) : told_(told) { ++alive; }
  ~Recorder() { --alive; }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    for (ULONG i = 0; i < count; ++i) {
      const NOTIFICATION& item = items[i];
      if (item.ulEventType == fnevTableModified) {
        told_.push_back({item.info.tab.ulTableEvent, true, item.info.tab.row.cValues});
        EXPECT_EQ(PR_NULL, item.info.tab.propIndex.ulPropTag);
      } else {
        told_.push_back({item.ulEventType, false,
                         item.ulEventType == fnevExtended ? item.info.ext.ulEvent : item.info.obj.ulObjType});
      }
    }
    return 0;
  }
  static inline std::atomic<int> alive{0};

 private:
  std::vector<Told>& told_;
};

NoticePtr notice(const NOTIFICATION& item) {
  OutBlock block;
  auto items = block.root<NOTIFICATION>();
  **items = item;
  return std::make_shared<Notice>(std::move(block), *items, 1);
}
NoticePtr table_notice(ULONG event) {
  NOTIFICATION item{};
  item.ulEventType = fnevTableModified;
  item.info.tab.ulTableEvent = event;
  item.info.tab.propIndex.ulPropTag = PR_NULL;
  item.info.tab.propPrior.ulPropTag = PR_NULL;
  return notice(item);
}
NoticePtr object_notice(ULONG number) {
  NOTIFICATION item{};
  item.ulEventType = fnevObjectModified;
  item.info.obj.ulObjType = number;
  return notice(item);
}
NoticePtr extended_notice(ULONG number) {
  NOTIFICATION item{};
  item.ulEventType = fnevExtended;
  item.info.ext.ulEvent = number;
  return notice(item);
}

class Inbox : public ::testing::Test {
 protected:
  ~Inbox() override { EXPECT_EQ(Recorder::alive, 0); }
  Ref<IMAPIAdviseSink> sink(std::vector<Told>& told) { return make<Recorder>(told); }

  static constexpr std::size_t kMost = ThreadInbox::kMostWaiting;
  ThreadInbox inbox_;
  std::vector<Told> told_;
};

TEST_F(Inbox, FewChangesComeAsTheyWere) {
  auto one = sink(told_);
  for (std::size_t i = 0; i < kMost; ++i) inbox_.put(one, table_notice(TABLE_ROW_ADDED));
  EXPECT_EQ(inbox_.deliver(), kMost);
  EXPECT_EQ(told_, std::vector<Told>(kMost, Told{TABLE_ROW_ADDED, true, 0}));
}

TEST_F(Inbox, ManyChangesOfATableBecomeOne) {
  auto one = sink(told_);
  std::vector<Told> other_told;
  auto other = sink(other_told);
  inbox_.put(other, table_notice(TABLE_ROW_DELETED));
  inbox_.put(one, extended_notice(1));
  for (std::size_t i = 0; i < 3 * kMost; ++i) inbox_.put(one, table_notice(TABLE_ROW_MODIFIED));
  inbox_.put(one, table_notice(TABLE_SORT_DONE));  // waited for by someone
  EXPECT_EQ(inbox_.waiting(), 4u);
  EXPECT_EQ(inbox_.deliver(), 4u);
  EXPECT_EQ(told_, (std::vector<Told>{{fnevExtended, false, 1}, {TABLE_CHANGED, true, 0}, {TABLE_SORT_DONE, true, 0}}));
  EXPECT_EQ(other_told, (std::vector<Told>{{TABLE_ROW_DELETED, true, 0}}));
  // It is at hand again: the next change comes as it is.
  told_.clear();
  inbox_.put(one, table_notice(TABLE_ROW_ADDED));
  EXPECT_EQ(inbox_.deliver(), 1u);
  EXPECT_EQ(told_, (std::vector<Told>{{TABLE_ROW_ADDED, true, 0}}));
}

TEST_F(Inbox, AReloadAmongThemStaysOne) {
  for (const bool early : {true, false}) {
    told_.clear();
    auto one = sink(told_);
    if (early) inbox_.put(one, table_notice(TABLE_RELOAD));
    for (std::size_t i = 0; i < 2 * kMost; ++i) inbox_.put(one, table_notice(TABLE_ROW_ADDED));
    if (!early) inbox_.put(one, table_notice(TABLE_RELOAD));
    EXPECT_EQ(inbox_.deliver(), 1u);
    EXPECT_EQ(told_, (std::vector<Told>{{TABLE_RELOAD, true, 0}}));
  }
}

TEST_F(Inbox, TheOldestChangeOfAnObjectGoesFirst) {
  auto one = sink(told_);
  inbox_.put(one, extended_notice(7));
  for (ULONG i = 0; i < kMost + 9; ++i) inbox_.put(one, object_notice(i));
  EXPECT_EQ(inbox_.waiting(), kMost);
  inbox_.deliver();
  ASSERT_EQ(told_.size(), kMost);
  EXPECT_EQ(told_[0], (Told{fnevExtended, false, 7}));
  EXPECT_EQ(told_[1].number, 10u);
  EXPECT_EQ(told_.back().number, kMost + 8);
}

TEST_F(Inbox, OthersGoWhenThereIsNothingElse) {
  auto one = sink(told_);
  for (ULONG i = 0; i < kMost + 2; ++i) inbox_.put(one, extended_notice(i));
  inbox_.put(one, object_notice(1));  // over the bound, and the only one that can be read again
  EXPECT_EQ(inbox_.waiting(), kMost);
  inbox_.deliver();
  EXPECT_EQ(told_.front().number, 2u);
  EXPECT_EQ(told_.back(), (Told{fnevExtended, false, kMost + 1}));
}

TEST_F(Inbox, EachSinkHasItsOwnBound) {
  std::vector<Told> other_told;
  auto one = sink(told_), other = sink(other_told);
  inbox_.put(other, object_notice(1));
  for (ULONG i = 0; i < 2 * kMost; ++i) inbox_.put(one, object_notice(i));
  inbox_.deliver();
  EXPECT_EQ(told_.size(), kMost);
  EXPECT_EQ(other_told.size(), 1u);
}

// A sink may cause the next change of what it is told of.
TEST_F(Inbox, WhatComesDuringDeliveryIsDeliveredToo) {
  class Chain final : public Object<IMAPIAdviseSink> {
   public:
    explicit Chain(ThreadInbox& inbox) : inbox_(inbox) {}
    STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION) override {
      EXPECT_TRUE(inbox_.is_delivering());
      EXPECT_EQ(inbox_.deliver(), 0u);
      if (++calls < 5) inbox_.put(Ref<IMAPIAdviseSink>::share(this), table_notice(TABLE_CHANGED));
      return 0;
    }
    int calls = 0;

   private:
    ThreadInbox& inbox_;
  };
  auto chain = make<Chain>(inbox_);
  inbox_.put(chain, table_notice(TABLE_CHANGED));
  EXPECT_EQ(inbox_.deliver(), 5u);
  EXPECT_EQ(chain->calls, 5);
}

TEST_F(Inbox, NothingIsKeptForAThreadThatEnded) {
  std::shared_ptr<ThreadInbox> theirs;
  std::thread([&] {
    theirs = ThreadInbox::mine();
    for (std::size_t i = 0; i < 2 * kMost; ++i) theirs->put(sink(told_), table_notice(TABLE_ROW_ADDED));
  }).join();
  EXPECT_EQ(Recorder::alive, 0);
  theirs->put(sink(told_), table_notice(TABLE_ROW_ADDED));
  EXPECT_EQ(theirs->waiting(), 0u);
  EXPECT_EQ(theirs->deliver(), 0u);
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace mapiary::com
