// SPDX-License-Identifier: Apache-2.0
#include "profile/store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/env.h"
#include "profile/testing/temp_store.h"
#include "sqlite/database.h"

namespace mapiary::profile {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;
using testing::binary;
using ::testing::ElementsAre;
using testing::flags_of;
using ::testing::HasSubstr;
using testing::int32;
using testing::sample_service;
using testing::TempStore;
using testing::text;

std::vector<std::string> names(ProfileStore& store) {
  std::vector<std::string> found;
  const auto profiles = store.profiles();
  for (const ProfileInfo& profile : *profiles) found.push_back(profile.name);
  return found;
}

template <class T>
std::vector<Guid> uids(const T& list) {
  std::vector<Guid> found;
  for (const auto& item : list) found.push_back(item.uid);
  return found;
}

// spec: LC-453 LC-457 LC-460 LC-464 LC-465 R9
TEST_F(TempStore, ProfilesComeAndGo) {
  ProfileStore store = open();
  EXPECT_TRUE(names(store).empty());
  ASSERT_TRUE(store.create_profile("Work"));
  ASSERT_TRUE(store.create_profile("home 2"));
  EXPECT_THAT(names(store), ElementsAre("home 2", "Work"));
  EXPECT_EQ(store.create_profile("WORK").error().code, Code::kNoAccess);
  EXPECT_EQ(store.copy_profile("Work", "", "Home 2").error().code, Code::kNoAccess);
  EXPECT_EQ(store.copy_profile("none", "", "x").error().code, Code::kNotFound);
  EXPECT_EQ(store.delete_profile("none").error().code, Code::kNotFound);
  EXPECT_EQ(store.profile("none").error().code, Code::kNotFound);
  EXPECT_EQ(store.profile("wORk")->info()->name, "Work");
  Profile work = store.profile("Work").value();
  ASSERT_TRUE(store.rename_profile("work", "", "WORK"));
  EXPECT_EQ(work.info()->name, "WORK");
  EXPECT_EQ(store.rename_profile("work", "", "home 2").error().code, Code::kNoAccess);
  ASSERT_TRUE(store.delete_profile("Work"));
  EXPECT_THAT(names(store), ElementsAre("home 2"));
  EXPECT_EQ(work.info().error().code, Code::kObjectDeleted);
  EXPECT_EQ(work.add_service({}).error().code, Code::kObjectDeleted);
}

// spec: LC-457
TEST(ProfileName, IsLettersDigitsUnderscoresAndInnerBlanks) {
  for (const char* good : {"a", "My Profile_1", "Größe", "Профиль", "個人"}) EXPECT_TRUE(is_profile_name(good)) << good;
  for (const char* bad : {"", " a", "a ", "a/b", "a.b", "a\tb", "a\n", "\xFF", "a\xC2\xA0", "“a”", "a-b"}) {
    EXPECT_FALSE(is_profile_name(bad)) << bad;
  }
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "ö";
  EXPECT_TRUE(is_profile_name(longest));
  EXPECT_FALSE(is_profile_name(longest + "x"));
}

// spec: LC-471 LC-472
TEST_F(TempStore, OneProfileIsTheDefault) {
  ProfileStore store = open();
  ASSERT_TRUE(store.create_profile("A"));
  ASSERT_TRUE(store.create_profile("B"));
  ASSERT_TRUE(store.create_profile("App", "", true));
  EXPECT_EQ(store.default_profile().value(), std::nullopt);
  ASSERT_TRUE(store.set_default_profile("a"));
  ASSERT_TRUE(store.set_default_profile("B"));
  EXPECT_EQ(store.default_profile().value(), "B");
  EXPECT_EQ(store.set_default_profile("App").error().code, Code::kNotSupported);
  EXPECT_EQ(store.set_default_profile("none").error().code, Code::kNotFound);
  EXPECT_EQ(store.default_profile().value(), "B") << "a refused change changes nothing";
  EXPECT_FALSE(store.copy_profile("B", "", "C")->info()->is_default);
  ASSERT_TRUE(store.set_default_profile(std::nullopt));
  EXPECT_EQ(store.default_profile().value(), std::nullopt);
}

// spec: LC-466
TEST_F(TempStore, PasswordsAreKeptAsHashes) {
  ProfileStore store = open();
  ASSERT_TRUE(store.create_profile("P", "open sesame"));
  EXPECT_TRUE(store.check_password("p", "open sesame"));
  EXPECT_EQ(store.check_password("p", "").error().code, Code::kLogonFailed);
  EXPECT_EQ(store.copy_profile("P", "", "Q").error().code, Code::kLogonFailed);
  EXPECT_EQ(store.rename_profile("P", "wrong", "Q").error().code, Code::kLogonFailed);
  ASSERT_TRUE(store.copy_profile("P", "open sesame", "Q"));
  EXPECT_TRUE(store.check_password("Q", "open sesame"));
  EXPECT_EQ(store.set_password("Q", "wrong", "new").error().code, Code::kLogonFailed);
  ASSERT_TRUE(store.set_password("Q", "open sesame", ""));
  EXPECT_FALSE(store.profile("Q")->info()->has_password);
  EXPECT_TRUE(store.check_password("Q", "anything"));
  EXPECT_EQ(file_bytes().find("open sesame"), std::string::npos);
  EXPECT_NE(file_bytes().find("$argon2id$"), std::string::npos);
}

// spec: LC-489
TEST_F(TempStore, EveryProfileHasASearchKeyOfItsOwn) {
  ProfileStore store = open();
  std::vector<std::string> keys;
  const auto key_of = [](const Profile& profile) {
    return std::string(profile.property(kProfileInstance, 0x300B)->as_bytes());
  };
  keys.push_back(key_of(*store.create_profile("A")));
  keys.push_back(key_of(*store.copy_profile("A", "", "B")));
  ASSERT_TRUE(store.delete_profile("A"));
  keys.push_back(key_of(*store.create_profile("A")));
  EXPECT_EQ(keys[0].size(), 16u);
  EXPECT_NE(keys[0], keys[1]);
  EXPECT_NE(keys[0], keys[2]);
  EXPECT_NE(keys[1], keys[2]);
}

TEST_F(TempStore, ServicesKeepOrderProvidersAndExtraSections) {
  ProfileStore store = open();
  Profile profile = store.create_profile("P").value();
  const Guid extra = Guid::random();
  NewService first = sample_service("ONE");
  first.extras.push_back({extra, {}});
  first.extras[0].properties.set(int32(0x6600, 7));
  const Guid one = profile.add_service(first).value();
  const Guid two = profile.add_service(sample_service("TWO")).value();
  EXPECT_THAT(uids(*profile.services()), ElementsAre(one, two));
  const ServiceInfo service = profile.service(one).value();
  EXPECT_EQ(service.properties.find(PropTag(0x3D0C0102))->as_bytes(), binary(one));
  EXPECT_EQ(service.properties.find(PropTag(0x3D0D0102))->as_bytes(), binary(extra));
  EXPECT_EQ(profile.property(extra, 0x6600)->as_int32(), 7);
  const auto providers = profile.providers_of(one).value();
  ASSERT_EQ(providers.size(), 2u);
  EXPECT_EQ(providers[0].properties.find(PropTag(0x300C0102))->as_bytes(), binary(providers[0].uid));
  EXPECT_EQ(providers[0].properties.find(PropTag(0x3D0C0102))->as_bytes(), binary(one));
  EXPECT_EQ(providers[0].properties.find(PropTag(0x3D09001F))->as_bytes(), "ONE");
  EXPECT_EQ(profile.providers()->size(), 4u);
  EXPECT_EQ(profile.providers()->at(3).ordinal, 3u);
  const Guid added = profile.add_provider(one, {std::nullopt, providers[0].properties}).value();
  EXPECT_EQ(profile.providers_of(one)->back().uid, added);
  ASSERT_TRUE(profile.delete_provider(added));
  EXPECT_EQ(profile.delete_provider(added).error().code, Code::kNotFound);
  EXPECT_EQ(profile.delete_provider(one).error().code, Code::kNotFound) << "a service is not a provider";
  ASSERT_TRUE(profile.rename_service(one, "Uno"));
  EXPECT_EQ(profile.service(one)->properties.find(PropTag(0x3001001F))->as_bytes(), "Uno");
  ASSERT_TRUE(profile.delete_service(one));
  EXPECT_EQ(profile.section(extra).error().code, Code::kNotFound);
  EXPECT_EQ(profile.section(providers[0].uid).error().code, Code::kNotFound);
  EXPECT_EQ(profile.providers()->size(), 2u);
  for (const Status& missing :
       {profile.delete_service(one), profile.rename_service(one, "x"), profile.set_primary_identity(one)}) {
    EXPECT_EQ(missing.error().code, Code::kNotFound);
  }
  EXPECT_EQ(profile.providers_of(one).error().code, Code::kNotFound);
  EXPECT_TRUE(store.check());
}

// spec: LC-508..LC-510 LC-560
TEST_F(TempStore, ACopiedServiceHasTheSameSettingsUnderNewUids) {
  ProfileStore store = open();
  Profile from = store.create_profile("P").value(), to = store.create_profile("Q").value();
  const Guid one = from.add_service(sample_service("ONE")).value();
  const Guid provider = from.providers_of(one)->front().uid;
  ASSERT_TRUE(from.set_properties(provider, std::vector{text(0x67F0, "secret"), text(0x6601, "plain")}));
  const Guid copy = from.copy_service(one, to).value();
  EXPECT_NE(copy, one);
  const auto copies = to.providers_of(copy).value();
  ASSERT_EQ(copies.size(), 2u);
  EXPECT_NE(copies[0].uid, provider);
  EXPECT_EQ(copies[0].properties.find(PropTag(0x300C0102))->as_bytes(), binary(copies[0].uid));
  EXPECT_EQ(to.property(copies[0].uid, 0x67F0)->as_bytes(), "secret");
  EXPECT_EQ(to.property(copies[0].uid, 0x6601)->as_bytes(), "plain");
  EXPECT_TRUE(from.copy_service(one, from)) << "the same profile is as good a target";
  EXPECT_EQ(from.copy_service(Guid::random(), to).error().code, Code::kNotFound);
  NewService single = sample_service("SINGLE");
  single.properties.set(int32(0x3009, 0x02));
  const Guid only = from.add_service(single).value();
  EXPECT_EQ(from.copy_service(only, from).error().code, Code::kNoAccess);
  EXPECT_EQ(from.add_service(single).error().code, Code::kNoAccess);
  EXPECT_TRUE(from.copy_service(only, to));
  EXPECT_EQ(from.copy_service(only, to).error().code, Code::kNoAccess);
}

TEST_F(TempStore, ACopiedProfileIsWhole) {
  ProfileStore store = open();
  Profile from = store.create_profile("P").value();
  NewService service = sample_service("ONE");
  service.extras.push_back({Guid::random(), {}});
  const Guid one = from.add_service(service).value();
  ASSERT_TRUE(from.set_properties(one, std::vector{text(0x67F5, "secret")}));
  const Guid global = Guid::random();
  ASSERT_TRUE(from.create_section(global));
  ASSERT_TRUE(from.set_properties(global, std::vector{int32(0x6600, 5)}));
  Profile copy = store.copy_profile("P", "", "Q").value();
  EXPECT_EQ(copy.service(one)->properties, from.service(one)->properties);
  const auto a = from.providers_of(one).value(), b = copy.providers_of(one).value();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].properties, b[i].properties);
  EXPECT_EQ(copy.property(one, 0x67F5)->as_bytes(), "secret");
  EXPECT_EQ(copy.property(global, 0x6600)->as_int32(), 5);
  EXPECT_EQ(copy.section(service.extras[0].uid.value())->service, one);
  ASSERT_TRUE(store.delete_profile("P"));
  EXPECT_EQ(copy.property(one, 0x67F5)->as_bytes(), "secret");
  EXPECT_TRUE(store.check());
}

// spec: LC-513..LC-515
TEST_F(TempStore, TransportsHaveAnOrder) {
  ProfileStore store = open();
  Profile profile = store.create_profile("P").value();
  const Guid last = profile.add_service(sample_service("A", 0x10)).value();
  profile.add_service(sample_service("B")).value();
  profile.add_service(sample_service("C")).value();
  const auto order = uids(*profile.transports());
  ASSERT_EQ(order.size(), 3u);
  EXPECT_EQ(order[2], profile.providers_of(last)->at(1).uid) << "STATUS_XP_PREFER_LAST";
  const std::vector<Guid> wanted = {order[2], order[1], order[0]};
  ASSERT_TRUE(profile.set_transport_order(wanted));
  EXPECT_EQ(uids(*profile.transports()), wanted);
  const auto all = profile.providers().value();
  EXPECT_EQ(all[0].service, last) << "stores keep their places";
  EXPECT_EQ(profile.set_transport_order(std::vector{order[0], order[1]}).error().code, Code::kBusy);
  EXPECT_EQ(profile.set_transport_order(std::vector{order[0], order[1], all[0].uid}).error().code, Code::kNotFound);
  EXPECT_EQ(profile.set_transport_order(std::vector{order[0], order[1], order[1]}).error().code,
            Code::kInvalidArgument);
  EXPECT_EQ(uids(*profile.transports()), wanted);
  EXPECT_EQ(uids(*store.copy_profile("P", "", "Q")->transports()), wanted);
}

// spec: LC-516..LC-518
TEST_F(TempStore, OneServiceSuppliesTheIdentity) {
  ProfileStore store = open();
  Profile profile = store.create_profile("P").value();
  const Guid a = profile.add_service(sample_service("A")).value(), b = profile.add_service(sample_service("B")).value();
  NewService never = sample_service("C");
  never.properties.set(int32(0x3009, 0x20));
  const Guid c = profile.add_service(never).value();
  EXPECT_EQ(profile.primary_identity().value(), std::nullopt);
  EXPECT_EQ(profile.set_primary_identity(c).error().code, Code::kNoAccess);
  for (const Guid& chosen : {a, b, a}) {
    ASSERT_TRUE(profile.set_primary_identity(chosen));
    EXPECT_EQ(profile.primary_identity().value(), chosen);
    for (const Guid& service : {a, b, c}) {
      EXPECT_EQ(flags_of(profile.service(service)->properties), service == chosen ? 0x08 : 0x20);
      const auto providers = profile.providers_of(service).value();
      for (const ProviderInfo& provider : providers) {
        EXPECT_EQ(flags_of(provider.properties) & 0x04, service == chosen ? 0x04 : 0);
      }
    }
    EXPECT_EQ(profile.set_primary_identity(c).error().code, Code::kNoAccess);
  }
  ASSERT_TRUE(profile.set_primary_identity(std::nullopt));
  EXPECT_EQ(profile.primary_identity().value(), std::nullopt);
  EXPECT_EQ(flags_of(profile.service(a)->properties), 0);
  EXPECT_EQ(flags_of(profile.service(c)->properties), 0x20);
}

// spec: LC-333 LC-334
TEST_F(TempStore, TheFirstProviderWithAnIdentitySuppliesIt) {
  ProfileStore store = open();
  Profile profile = store.create_profile("P").value();
  const auto able = [](const char* name) {
    NewService service = sample_service(name);
    service.providers.resize(2, service.providers.at(0));
    for (NewSection& provider : service.providers) provider.properties.set(int32(0x3009, 0x04));
    return service;
  };
  const auto suppliers = [&] {
    std::vector<Guid> found;
    const auto providers = profile.providers().value();
    for (const ProviderInfo& provider : providers) {
      if ((flags_of(provider.properties) & 0x04) != 0) found.push_back(provider.uid);
    }
    return found;
  };
  ASSERT_TRUE(profile.add_service(sample_service("unable")));
  const Guid a = profile.add_service(able("A")).value(), b = profile.add_service(able("B")).value();
  const auto of_a = profile.providers_of(a).value(), of_b = profile.providers_of(b).value();
  EXPECT_EQ(suppliers(), std::vector{of_a[0].uid});
  ASSERT_TRUE(profile.delete_provider(of_b[0].uid));  // had no role to pass on
  EXPECT_EQ(suppliers(), std::vector{of_a[0].uid});
  ASSERT_TRUE(profile.delete_provider(of_a[0].uid));
  EXPECT_EQ(suppliers(), std::vector{of_a[1].uid});
  ASSERT_TRUE(profile.delete_service(a));
  EXPECT_EQ(suppliers(), std::vector{of_b[1].uid});
  // A choice made by hand passes on as well; one that was taken away stays away.
  const Guid c = profile.add_service(able("C")).value();
  ASSERT_TRUE(profile.set_primary_identity(c));
  ASSERT_TRUE(profile.delete_service(c));
  EXPECT_EQ(suppliers(), std::vector{of_b[1].uid});
  EXPECT_EQ(profile.primary_identity().value(), b);
  const Guid d = profile.add_service(able("D")).value();
  ASSERT_TRUE(profile.set_primary_identity(std::nullopt));
  ASSERT_TRUE(profile.delete_service(d));
  EXPECT_EQ(suppliers(), std::vector<Guid>());
}

TEST_F(TempStore, SectionsHoldSinglePropertiesOfEveryType) {
  ProfileStore store = open();
  Profile profile = store.create_profile("P").value();
  const Guid uid = Guid::random();
  EXPECT_EQ(profile.properties(uid).error().code, Code::kNotFound);
  ASSERT_TRUE(profile.create_section(uid));
  EXPECT_EQ(profile.create_section(uid).error().code, Code::kCollision);
  const std::vector<PropValue> values = {int32(0x6600, -1),
                                         text(0x6601, "Größe"),
                                         PropValue::text8(PropTag(0x6602001E), "Gr\xF6\xDF", 1252),
                                         PropValue::binary(PropTag(0x66030102), std::string("\0\1", 2)),
                                         PropValue::boolean(PropTag(0x6604000B), true),
                                         PropValue::guid(PropTag(0x66050048), uid),
                                         PropValue::multi(PropTag(0x6606101F), std::vector<std::string>{"a", ""}),
                                         PropValue::text(PropTag(0x6607001F), std::string(300'000, 'x'))};
  ASSERT_TRUE(profile.set_properties(uid, values));
  for (const PropValue& value : values) EXPECT_EQ(profile.property(uid, value.tag().id()).value(), value);
  EXPECT_EQ(profile.properties(uid)->size(), values.size());
  ASSERT_TRUE(profile.set_properties(uid, std::vector{text(0x6600, "another type")}));
  EXPECT_EQ(profile.tags(uid)->front(), PropTag(0x6600001F));
  ASSERT_TRUE(profile.delete_properties(uid, std::vector<std::uint16_t>{0x6600, 0x6666}));
  EXPECT_EQ(profile.property(uid, 0x6600).error().code, Code::kNotFound);
  const auto set = [&](PropValue value) {
    return profile.set_properties(uid, std::vector{int32(0x6608, 1), std::move(value)}).error().code;
  };
  EXPECT_EQ(set(int32(0x8000, 1)), Code::kUnexpectedId);
  EXPECT_EQ(set(PropValue::error(0x6600, Code::kNotFound)), Code::kTypeNotSupported);
  EXPECT_EQ(set(PropValue::object(PropTag(0x6600000D))), Code::kTypeNotSupported);
  EXPECT_EQ(set(PropValue::blob(PropTag(0x66000102), {1, 2})), Code::kTypeNotSupported);
  EXPECT_EQ(set(PropValue::binary(PropTag(0x66000102), std::string(17 << 20, 'x'))), Code::kTooBig);
  EXPECT_EQ(profile.property(uid, 0x6608).error().code, Code::kNotFound) << "all or nothing";
  ASSERT_TRUE(profile.delete_section(uid));
  EXPECT_EQ(profile.delete_section(uid).error().code, Code::kNotFound);
  const Guid service = profile.add_service(sample_service("A")).value();
  EXPECT_EQ(profile.delete_section(service).error().code, Code::kNoAccess);
  EXPECT_EQ(profile.delete_section(kProfileInstance).error().code, Code::kNoAccess);
}

// Providers write the same into their section at every logon: that is no change, and waits for no disk.
TEST_F(TempStore, WritingWhatIsThereChangesNothing) {
  ProfileStore store = open();
  ASSERT_TRUE(store.create_profile("Work"));
  Profile work = store.profile("Work").value();
  const Guid section = Guid::random();
  ASSERT_TRUE(work.create_section(section));
  const PropValue values[] = {text(0x3001, "Name"), PropValue::binary({0x0FFF, PropType::kBinary}, "id")};
  ASSERT_TRUE(work.set_properties(section, values));
  const auto count = store.change_count().value();
  ASSERT_TRUE(work.set_properties(section, values));
  EXPECT_EQ(store.change_count().value(), count);
  const PropValue other[] = {text(0x3001, "Other"), PropValue::binary({0x0FFF, PropType::kBinary}, "id")};
  ASSERT_TRUE(work.set_properties(section, other));
  EXPECT_EQ(store.change_count().value(), count + 1);
  const PropValue narrower[] = {int32(0x3001, 1)};  // another type of the same property
  ASSERT_TRUE(work.set_properties(section, narrower));
  EXPECT_EQ(store.change_count().value(), count + 2);
  EXPECT_EQ(work.property(section, 0x3001)->tag().base_type(), PropType::kInt32);
}

TEST_F(TempStore, AChangeIsWholeOrNothing) {
  ProfileStore store = open();
  ASSERT_TRUE(store.create_profile("P"));
  const auto count = store.change_count().value();
  {
    Change change = store.begin_change().value();
    ASSERT_TRUE(store.create_profile("Q"));
    EXPECT_EQ(store.create_profile("Q").error().code, Code::kNoAccess) << "a refused call does not end the change";
    ASSERT_TRUE(store.profile("Q")->add_service(sample_service("A")));
    EXPECT_THAT(names(store), ElementsAre("P", "Q"));
  }
  EXPECT_THAT(names(store), ElementsAre("P"));
  EXPECT_EQ(store.change_count().value(), count);
  Change change = store.begin_change().value();
  ASSERT_TRUE(store.create_profile("Q"));
  ASSERT_TRUE(store.create_profile("R"));
  ASSERT_TRUE(change.commit());
  EXPECT_EQ(change.commit().error().code, Code::kInvalidObject);
  EXPECT_EQ(store.change_count().value(), count + 1);
  EXPECT_THAT(names(store), ElementsAre("P", "Q", "R"));
}

TEST_F(TempStore, OthersSeeChangesByTheCount) {
  ProfileStore one = open(), two = open();
  const auto before = two.change_count().value();
  ASSERT_TRUE(one.create_profile("P"));
  EXPECT_GT(two.change_count().value(), before);
  EXPECT_THAT(names(two), ElementsAre("P"));
}

TEST_F(TempStore, AVersionIsOfWhatIsCommitted) {
  ProfileStore one = open(), two = open();
  Profile profile = one.create_profile("P").value();
  const auto first = profile.version().value();
  ASSERT_TRUE(first);
  EXPECT_EQ(profile.version().value(), first);
  {
    Change undone = one.begin_change().value();
    ASSERT_TRUE(profile.add_service(sample_service("A")));
    EXPECT_EQ(profile.version().value(), std::nullopt) << "nobody knows yet what comes of it";
    const auto reading = profile.begin_reading().value();
    EXPECT_EQ(profile.version().value(), std::nullopt);
  }
  EXPECT_EQ(profile.version().value(), first);
  ASSERT_TRUE(two.profile("P")->add_service(sample_service("B")));
  const auto second = profile.version().value();
  ASSERT_TRUE(second);
  EXPECT_NE(second, first) << "another connection has changed it";
  Change change = one.begin_change().value();
  ASSERT_TRUE(profile.add_service(sample_service("C")));
  ASSERT_TRUE(change.commit());
  ASSERT_TRUE(profile.version().value());
  EXPECT_NE(profile.version().value(), second);
}

// What is kept in memory is what the file says, whoever changes it, also inside of changes and after what came to
// nothing.
TEST_F(TempStore, SmallSectionsAreKeptUntilTheStoreChanges) {
  ProfileStore one = open(), two = open();
  Profile profile = one.create_profile("P").value();
  const Guid service = profile.add_service(sample_service("A")).value();
  const Guid uid = profile.providers()->at(0).uid;
  const auto name_of = [&](Profile& from) {
    const auto section = from.whole_section(uid);
    const PropValue* name = section ? (*section)->properties.find(0x3001) : nullptr;
    return name ? std::string(name->as_bytes()) : std::string();
  };
  const auto rename = [&](Profile& of, const char* to) {
    const PropValue value = PropValue::text(PropTag(0x3001001F), to);
    ASSERT_TRUE(of.set_properties(uid, std::span(&value, 1)));
  };
  rename(profile, "first");
  const auto first = profile.whole_section(uid).value();
  EXPECT_EQ(profile.whole_section(uid).value(), first) << "nothing is read again";
  EXPECT_EQ(profile.properties(uid).value(), first->properties);
  EXPECT_EQ(profile.section(uid)->service, service);
  Profile others = two.profile("P").value();
  rename(others, "second");
  EXPECT_EQ(name_of(profile), "second");
  EXPECT_EQ(std::string(first->properties.find(0x3001)->as_bytes()), "first") << "what was handed out stays";
  {
    Change undone = one.begin_change().value();
    rename(profile, "third");
    EXPECT_EQ(name_of(profile), "third");
  }
  EXPECT_EQ(name_of(profile), "second");
  const PropValue large = PropValue::binary(PropTag(0x66100102), std::string(5000, 'x'));
  ASSERT_TRUE(profile.set_properties(uid, std::span(&large, 1)));
  EXPECT_NE(profile.whole_section(uid).value(), profile.whole_section(uid).value()) << "too large to be kept";
  const std::uint16_t id = 0x6610;
  ASSERT_TRUE(profile.delete_properties(uid, std::span(&id, 1)));
  EXPECT_EQ(profile.whole_section(uid).value(), profile.whole_section(uid).value());
  EXPECT_TRUE(profile.use_provider(uid));
  ASSERT_TRUE(others.delete_provider(uid));
  EXPECT_EQ(profile.use_provider(uid).error().code, Code::kNotFound);
  EXPECT_EQ(profile.whole_section(uid).error().code, Code::kNotFound);
  EXPECT_EQ(profile.use_provider(service).error().code, Code::kNotFound) << "it is no provider";
}

// spec: LC-461
TEST_F(TempStore, AProfileInUseIsDeletedWhenItsLastUserGoes) {
  ProfileStore one = open(), two = open();
  Profile profile = one.create_profile("P").value();
  ASSERT_TRUE(profile.add_service(sample_service("A")));
  {
    const ProfileUse use = two.use_profile("p").value();
    const ProfileUse another = one.use_profile("P").value();
    ASSERT_TRUE(one.delete_profile("P"));
    EXPECT_TRUE(names(one).empty());
    EXPECT_TRUE(names(two).empty());
    EXPECT_EQ(one.profile("P").error().code, Code::kNotFound);
    EXPECT_EQ(profile.services()->size(), 1u) << "its users still have it";
    ASSERT_TRUE(one.create_profile("P")) << "the name is free";
  }
  EXPECT_EQ(profile.info().error().code, Code::kObjectDeleted);
  EXPECT_THAT(names(two), ElementsAre("P"));
  EXPECT_EQ(two.use_profile("none").error().code, Code::kNotFound);
}

// spec: LC-468
TEST_F(TempStore, AProfileInUseIsRenamedWhenItsLastUserGoes) {
  ProfileStore one = open(), two = open();
  ASSERT_TRUE(one.create_profile("P"));
  {
    const ProfileUse use = two.use_profile("P").value();
    ASSERT_TRUE(one.rename_profile("P", "", "Q"));
    EXPECT_THAT(names(one), ElementsAre("P"));
    EXPECT_EQ(one.create_profile("q").error().code, Code::kNoAccess) << "the name is promised";
  }
  EXPECT_THAT(names(one), ElementsAre("Q"));
}

// Uses of this process, of whatever connection, are not another's; those of a child are, for as long as it lives.
TEST_F(TempStore, AUseOfAnotherProcessIsKnown) {
  Guid uid, other;
  {
    ProfileStore store = open();
    Profile profile = store.create_profile("P").value();
    ASSERT_TRUE(profile.add_service(sample_service("A")));
    uid = profile.providers()->at(0).uid;
    other = profile.providers()->at(1).uid;
    EXPECT_FALSE(profile.is_used_elsewhere(uid).value()) << "nobody has used anything";
  }
  int ready[2], end[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(end, O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(end[1]);
    const auto use = open().profile("P")->use_provider(uid);
    char byte = 0;
    if (!use || ::write(ready[1], "u", 1) != 1 || ::read(end[0], &byte, 1) != 0) ::_exit(1);
    ::_exit(0);
  }
  ::close(ready[1]);
  ProfileStore one = open(), two = open();
  const Profile profile = one.profile("P").value();
  const ProviderUse first = profile.use_provider(uid).value();
  const ProviderUse second = two.profile("P")->use_provider(uid).value();
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_TRUE(profile.is_used_elsewhere(uid).value());
  EXPECT_FALSE(profile.is_used_elsewhere(other).value());
  ::close(end[1]);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(profile.is_used_elsewhere(uid).value()) << "two users, both here";
  ::close(ready[0]);
  ::close(end[0]);
}

TEST_F(TempStore, FilesArePrivate) {
  const mode_t old = ::umask(0);
  {
    ProfileStore store = open();
    Profile profile = store.create_profile("P").value();
    ASSERT_TRUE(profile.set_properties(kProfileInstance, std::vector{text(0x67F0, "secret")}));
  }
  ::umask(old);
  const auto mode_of = [&](const std::string& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777u;
  };
  EXPECT_EQ(mode_of(folder()), 0700u);
  EXPECT_EQ(mode_of(join_path(folder(), kStoreName)), 0600u);
  EXPECT_EQ(mode_of(join_path(folder(), kKeyName)), 0600u);
}

TEST_F(TempStore, ReadingOnlyMakesAndChangesNothing) {
  Options options;
  options.folder = folder();
  options.read_only = true;
  EXPECT_EQ(ProfileStore::open(options).error().code, Code::kNotFound);
  EXPECT_FALSE(system_files().exists(folder()).value());
  {
    ProfileStore store = open();
    ASSERT_TRUE(store.create_profile("P"));
  }
  const std::string before = file_bytes();
  ProfileStore reader = ProfileStore::open(options).value();
  EXPECT_THAT(names(reader), ElementsAre("P"));
  EXPECT_EQ(reader.create_profile("Q").error().code, Code::kReadOnly);
  EXPECT_EQ(file_bytes(), before);
}

// Of another ProfileStore there is nothing to see, and no file but the locks and the key.
TEST_F(TempStore, InMemoryProfilesGoWithTheirStore) {
  Options options;
  options.folder = folder();
  options.in_memory = true;
  ProfileStore store = ProfileStore::open(options).value();
  Profile profile = store.create_profile("P", "word").value();
  EXPECT_TRUE(store.check_password("P", "word"));
  EXPECT_EQ(store.check_password("P", "other").error().code, Code::kLogonFailed);
  const Guid service = profile.add_service(sample_service("S")).value();
  ASSERT_TRUE(profile.set_properties(service, std::vector{text(0x67F0, "secret"), text(0x3001, "shown")}));
  EXPECT_EQ(profile.property(service, 0x67F0).value(), text(0x67F0, "secret"));
  EXPECT_EQ(profile.services()->size(), 1u);
  const auto version = profile.version().value();
  ASSERT_TRUE(profile.rename_service(service, "other"));
  EXPECT_NE(profile.version().value(), version);
  {
    const auto use = store.use_profile("P");
    ASSERT_TRUE(use);
    ASSERT_TRUE(store.delete_profile("P"));
    EXPECT_TRUE(names(store).empty());
    EXPECT_TRUE(profile.info()) << "somebody has it";
  }
  EXPECT_TRUE(names(store).empty());
  EXPECT_EQ(profile.info().error().code, Code::kObjectDeleted);
  ASSERT_TRUE(store.create_profile("Q"));
  ProfileStore another = ProfileStore::open(options).value();
  EXPECT_TRUE(names(another).empty());
  EXPECT_FALSE(system_files().exists(store_path()).value());
  EXPECT_TRUE(store.check());
}

TEST_F(TempStore, TheEnvironmentMayKeepProfilesInMemory) {
  ::setenv("MAPIARY_CONFIG_HOME", folder().c_str(), 1);
  ::setenv("MAPIARY_PROFILES", "memory", 1);
  ASSERT_TRUE(ProfileStore::open({})->create_profile("P"));
  EXPECT_FALSE(system_files().exists(store_path()).value());
  EXPECT_TRUE(open().create_profile("P")) << "who names a folder means it";
  EXPECT_TRUE(system_files().exists(store_path()).value());
  ::unsetenv("MAPIARY_PROFILES");
  ProfileStore on_disk = ProfileStore::open({}).value();
  EXPECT_EQ(names(on_disk).size(), 1u);
  ::unsetenv("MAPIARY_CONFIG_HOME");
}

TEST(Folder, FollowsTheEnvironment) {
  ::setenv("MAPIARY_CONFIG_HOME", "/own", 1);
  EXPECT_EQ(default_folder().value(), "/own");
  ::unsetenv("MAPIARY_CONFIG_HOME");
  ::setenv("XDG_CONFIG_HOME", "/xdg", 1);
  EXPECT_EQ(default_folder().value(), "/xdg/mapiary");
  ::unsetenv("XDG_CONFIG_HOME");
}

// The init file has less to say than the environment, and more than the standard place.
TEST_F(TempStore, AnInitFileNamesTheFolder) {
  const std::string home = folder() + "-xdg";
  ASSERT_TRUE(system_files().create_folders(home + "/mapiary"));
  const std::string file = home + "/mapiary/mapiary.conf";
  ::setenv("XDG_CONFIG_HOME", home.c_str(), 1);
  const auto write = [&](const std::string& text) { std::ofstream(file) << text; };
  write("# config_home = /commented\nother = 1\n  config_home =  /srv/mapi profiles \r\nconfig_home=/late\n");
  EXPECT_EQ(default_folder().value(), "/srv/mapi profiles");
  ::setenv("MAPIARY_CONFIG_HOME", "/own", 1);
  EXPECT_EQ(default_folder().value(), "/own");
  ::unsetenv("MAPIARY_CONFIG_HOME");
  write("other = 1");
  EXPECT_EQ(default_folder().value(), home + "/mapiary");
  write("\nconfig_home = here\n");
  const auto bad = default_folder();
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find(file + ":2"), std::string::npos) << bad.error().message;
  write("config_home = " + folder() + "\n");
  EXPECT_TRUE(ProfileStore::open({}));
  EXPECT_TRUE(system_files().exists(folder() + "/profiles.db").value());
  ::unsetenv("XDG_CONFIG_HOME");
  std::filesystem::remove_all(home);
}

TEST_F(TempStore, ThreadsMayShareAStoreAndHaveTheirOwn) {
  ProfileStore shared = open();
  ASSERT_TRUE(shared.create_profile("P"));
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&, n] {
      ProfileStore own = open();
      ProfileStore& store = n % 2 == 0 ? shared : own;
      for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(store.create_profile("T" + std::to_string(n) + "_" + std::to_string(i)));
        EXPECT_TRUE(store.profile("P")->add_service(sample_service("S")));
        EXPECT_TRUE(store.change_count());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(names(shared).size(), 21u);
  EXPECT_EQ(shared.profile("P")->services()->size(), 20u);
  EXPECT_TRUE(shared.check());
}

}  // namespace
}  // namespace mapiary::profile
