// SPDX-License-Identifier: Apache-2.0
// Secure properties, their key, damaged and foreign files, versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/crypto.h"
#include "profile/schema.h"
#include "profile/testing/temp_store.h"
#include "sqlite/database.h"

namespace mapiary::profile {
namespace {

using model::PropTag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::int32;
using testing::sample_service;
using testing::TempStore;
using testing::text;

class Secrets : public TempStore {
 protected:
  // A profile with plain and secure properties in its instance section.
  Profile fill(ProfileStore& store) {
    Profile profile = store.create_profile("P").value();
    const std::vector values = {text(0x67EF, "plain-text"), text(0x67F0, "hidden-text"), int32(0x67FF, 42)};
    EXPECT_TRUE(profile.set_properties(kProfileInstance, values));
    return profile;
  }
};

// spec: LC-488 R8
TEST_F(Secrets, AreInNoListingAndComeOnlyByName) {
  ProfileStore store = open();
  Profile profile = fill(store);
  EXPECT_THAT(profile.tags(kProfileInstance).value(), ElementsAre(PropTag(0x300B0102), PropTag(0x67EF001F)));
  EXPECT_EQ(profile.properties(kProfileInstance)->size(), 2u);
  EXPECT_EQ(profile.property(kProfileInstance, 0x67F0)->as_bytes(), "hidden-text");
  EXPECT_EQ(profile.property(kProfileInstance, 0x67FF)->as_int32(), 42);
  ASSERT_TRUE(profile.delete_properties(kProfileInstance, std::vector<std::uint16_t>{0x67F0}));
  EXPECT_EQ(profile.property(kProfileInstance, 0x67F0).error().code, Code::kNotFound);
}

TEST_F(Secrets, AreEncryptedAtRest) {
  ProfileStore store = open();
  Profile profile = fill(store);
  EXPECT_NE(file_bytes().find("plain-text"), std::string::npos);
  EXPECT_EQ(file_bytes().find("hidden-text"), std::string::npos);
  EXPECT_TRUE(store.check());
}

TEST_F(Secrets, WithoutTheRightKeyAreRefusedAndTheRestIsReadable) {
  ProfileStore store = open();
  Profile profile = fill(store);
  const std::string key = system_files().read_file(key_path(), 100).value();
  const auto expect_refused = [&](const char* why) {
    const auto value = profile.property(kProfileInstance, 0x67F0);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, Code::kEncrypted);
    EXPECT_THAT(value.error().message, HasSubstr(why));
    EXPECT_THAT(value.error().message, HasSubstr(key_path()));
    EXPECT_THAT(value.error().message, HasSubstr("0x67F0001F"));
    EXPECT_THAT(value.error().message, HasSubstr("'P'"));
    EXPECT_EQ(profile.property(kProfileInstance, 0x67EF)->as_bytes(), "plain-text");
    EXPECT_EQ(profile.properties(kProfileInstance)->size(), 2u);
    EXPECT_EQ(profile.set_properties(kProfileInstance, std::vector{text(0x67F1, "x")}).error().code, Code::kEncrypted);
    EXPECT_TRUE(profile.set_properties(kProfileInstance, std::vector{text(0x67EF, "plain-text")}));
  };
  ASSERT_TRUE(system_files().remove_file(key_path()));
  expect_refused("is missing");
  EXPECT_FALSE(system_files().exists(key_path()).value()) << "no new key may hide that the old one is gone";
  ASSERT_TRUE(system_files().replace_file(key_path(), bytes_of(key.substr(0, 39))));
  expect_refused("is not a key file");
  ASSERT_TRUE(Key::random()->write(system_files(), key_path()));
  expect_refused("is not the one");
  EXPECT_EQ(store.check().error().code, Code::kEncrypted);
  ASSERT_TRUE(system_files().replace_file(key_path(), bytes_of(key)));
  EXPECT_EQ(profile.property(kProfileInstance, 0x67F0)->as_bytes(), "hidden-text");
}

TEST_F(Secrets, CannotBeMovedToAnotherPlace) {
  ProfileStore store = open();
  Profile profile = fill(store);
  {
    auto db = sqlite::Database::open(store_path(), {}).value();
    ASSERT_TRUE(db.run("UPDATE property SET value = (SELECT value FROM property WHERE id = 0x67F0) WHERE id = 0x67FF"));
  }
  const auto moved = profile.property(kProfileInstance, 0x67FF);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Code::kCorruptStore);
  EXPECT_EQ(store.check().error().code, Code::kCorruptStore);
}

TEST(Crypto, ASealedValueOpensOnlyWhole) {
  const Key key = Key::random().value(), other = Key::random().value();
  for (const std::string& plain : {std::string(), std::string("x"), std::string(100'000, 'y')}) {
    const std::string sealed = key.seal(plain, "here");
    EXPECT_NE(sealed, key.seal(plain, "here"));
    EXPECT_EQ(key.open(sealed, "here").value(), plain);
    EXPECT_FALSE(key.open(sealed, "there"));
    EXPECT_FALSE(other.open(sealed, "here"));
    EXPECT_FALSE(key.open(std::string_view(sealed).substr(1), "here"));
    std::string changed = sealed;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    EXPECT_FALSE(key.open(changed, "here"));
  }
  EXPECT_FALSE(key.open("", "here"));
  EXPECT_NE(key.id(), other.id());
  EXPECT_FALSE(verify_password("x", "not a hash"));
  EXPECT_FALSE(verify_password("x", std::string(1000, '$')));
}

class Damage : public Secrets {};

TEST_F(Damage, IsNamedAndTheFileStays) {
  {
    ProfileStore store = open();
    fill(store);
  }
  const std::string good = file_bytes();
  Options options;
  options.folder = folder();
  int refused = 0;
  for (std::size_t at = 0; at < good.size(); at += 97) {
    std::string bad = good;
    for (std::size_t i = at; i < std::min(at + 64, bad.size()); ++i) bad[i] = static_cast<char>(~bad[i]);
    ASSERT_TRUE(system_files().replace_file(store_path(), bytes_of(bad)));
    for (const bool read_only : {true, false}) {
      options.read_only = read_only;
      auto store = ProfileStore::open(options);
      // Damage that opening cannot see (free space, a value) must not crash what reads on.
      const Status checked = store ? store->check() : Status(tl::unexpected<Error>(store.error()));
      if (store) {
        if (const auto profile = store->profile("P")) (void)profile->properties(kProfileInstance);
      }
      if (checked) continue;
      ++refused;
      EXPECT_THAT(checked.error().message, HasSubstr(store_path())) << at;
      EXPECT_EQ(file_bytes(), bad) << "a refused file was changed, damage at " << at;
    }
  }
  EXPECT_GT(refused, 20);
}

TEST_F(Damage, OfOneValueNamesItAndLeavesTheOthers) {
  ProfileStore store = open();
  Profile profile = fill(store);
  {
    auto db = sqlite::Database::open(store_path(), {}).value();
    ASSERT_TRUE(db.run("UPDATE property SET value = x'0102' WHERE id = 0x67EF"));
  }
  const auto value = profile.property(kProfileInstance, 0x67EF);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::kCorruptStore);
  for (const std::string& part : {store_path(), std::string("0x67EF001F"), std::string("00020385"), std::string("'P'")})
    EXPECT_THAT(value.error().message, HasSubstr(part));
  EXPECT_EQ(profile.property(kProfileInstance, 0x67F0)->as_bytes(), "hidden-text");
  EXPECT_EQ(store.check().error().code, Code::kCorruptStore);
}

TEST_F(Damage, ForeignAndNewerFilesAreRefusedUnchanged) {
  ASSERT_TRUE(system_files().create_folders(folder()));
  Options options;
  options.folder = folder();
  const auto refusal = [&]() -> Code {
    const std::string before = file_bytes();
    const auto store = ProfileStore::open(options);
    EXPECT_FALSE(store);
    EXPECT_EQ(file_bytes(), before);
    if (store) return Code::kInternal;
    EXPECT_THAT(store.error().message, HasSubstr(store_path()));
    return store.error().code;
  };
  ASSERT_TRUE(system_files().replace_file(store_path(), bytes_of("this is a letter to my bank")));
  EXPECT_EQ(refusal(), Code::kCorruptStore);
  ASSERT_TRUE(system_files().remove_file(store_path()));
  sqlite::OpenOptions create;
  create.access = sqlite::Access::kCreate;
  ASSERT_TRUE(sqlite::Database::open(store_path(), create)->run("CREATE TABLE bookmarks(url)"));
  EXPECT_EQ(refusal(), Code::kCorruptStore);
  ASSERT_TRUE(system_files().remove_file(store_path()));
  ASSERT_TRUE(open().create_profile("P"));
  ASSERT_TRUE(sqlite::Database::open(store_path(), create)->run("PRAGMA user_version = 1000"));
  EXPECT_EQ(refusal(), Code::kVersion);
}

TEST_F(Damage, AnEmptyFileIsANewStore) {
  ASSERT_TRUE(system_files().create_folders(folder()));
  ASSERT_TRUE(system_files().replace_file(store_path(), {}));
  EXPECT_TRUE(open().create_profile("P"));
}

TEST_F(Damage, AnOlderVersionIsUpgradedWholeOrNotAtAll) {
  ASSERT_TRUE(open().create_profile("P"));
  auto db = sqlite::Database::open(store_path(), {}).value();
  std::vector<std::string_view> steps(schema_steps().begin(), schema_steps().end());
  const auto current = static_cast<std::int64_t>(steps.size());
  steps.push_back("ALTER TABLE profile ADD COLUMN colour TEXT");
  EXPECT_EQ(upgrade(db, steps, true).error().code, Code::kVersion);
  steps.push_back("ALTER TABLE no_such_table ADD COLUMN x");
  EXPECT_FALSE(upgrade(db, steps, false));
  EXPECT_EQ(db.integer("PRAGMA user_version").value(), current);
  EXPECT_FALSE(db.run("SELECT colour FROM profile"));
  steps.pop_back();
  ASSERT_TRUE(upgrade(db, steps, false));
  EXPECT_EQ(db.integer("PRAGMA user_version").value(), current + 1);
  EXPECT_TRUE(db.run("SELECT colour FROM profile"));
  EXPECT_TRUE(upgrade(db, steps, true));
}

}  // namespace
}  // namespace mapiary::profile
