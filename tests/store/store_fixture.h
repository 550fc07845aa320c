// SPDX-License-Identifier: Apache-2.0
// An open store over the memory engine, without a session: for what public MAPI does not reach, such as the spooler's
// logon. All else is in tests/conformance.
#pragma once

#include "engines/memory/memory_engine.h"
#include "store/store_object.h"
#include "tests/conformance/testing/store_objects.h"

namespace mapiary::store_tests {

using conformance::Entries;
using conformance::get_binary;
using conformance::get_error;
using conformance::get_long;
using conformance::get_text;
using conformance::Ptr;
using conformance::Rows;
using conformance::set_binary;
using conformance::set_bool;
using conformance::set_long;
using conformance::set_text;
using conformance::Sink;
using conformance::text;
using conformance::Values;
using store::CorePtr;
using store::OpenStores;
using store::StoreCore;

class StoreTest : public ::testing::Test, protected conformance::StoreObjects {
 protected:
  void SetUp() override {
    ASSERT_TRUE(engine_.create("box", {}));
    core_ = open_core();
    store_ = open_store(core_);
    root_ = open<IMAPIFolder>("", IID_IMAPIFolder);
  }
  void TearDown() override {
    root_.reset();
    store_.reset();
    if (core_) {
      EXPECT_TRUE(core_->close());
    }
  }

  CorePtr open_core(bool writable = true, bool spooler = false) {
    StoreCore::Setup setup;
    backend::OpenOptions options;
    options.read_only = !writable;
    auto mailbox = engine_.open("box", options);
    EXPECT_TRUE(mailbox);
    setup.mailbox = std::move(*mailbox);
    setup.writable = writable;
    setup.spooler = spooler;
    if (spooler && spooler_support_) setup.support = com::Ref<IMAPISupport>::share(spooler_support_);
    setup.entry_id = "the store's entry id";
    setup.default_name = "Box";
    setup.check = [this] { return engine_.check("box"); };
    auto core = StoreCore::make(std::move(setup));
    EXPECT_TRUE(core);
    stores_->add({*core, nullptr, "memory", "box", spooler});
    return *core;
  }
  Ptr<IMsgStore> open_store(const CorePtr& core) {
    return Ptr<IMsgStore>::adopt(store::make_store(core, stores_).detach());
  }
  // Everything is closed and opened again: what is left is what the engine has.
  void restart() {
    TearDown();
    core_ = open_core();
    store_ = open_store(core_);
    root_ = open<IMAPIFolder>("", IID_IMAPIFolder);
  }

  engines::memory::MemoryEngine engine_;
  std::shared_ptr<OpenStores> stores_ = std::make_shared<OpenStores>();
  CorePtr core_;
  IMAPISupport* spooler_support_ = nullptr;  // of spoolers' logons from now on
};

}  // namespace mapiary::store_tests
