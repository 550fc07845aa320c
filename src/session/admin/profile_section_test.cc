// SPDX-License-Identifier: Apache-2.0
// IProfSect and who may open which section. Pages: iprofsectimapiprop, imsgserviceadmin-openprofilesection,
// iprovideradmin-openprofilesection.
#include <extraconstants.h>
#include <gmock/gmock.h>

#include <thread>

#include "session/admin/testing/admin_fixture.h"

namespace mapiary::session::admin::testing {
namespace {

using ::testing::IsEmpty;

constexpr ULONG kPlain = PROP_TAG(PT_LONG, 0x6601), kSecure = PROP_TAG(PT_STRING8, 0x67F0);

class ProfileSectionTest : public AdminTest {
 protected:
  void SetUp() override {
    AdminTest::SetUp();
    services_ = services();
    uid_.ab[0] = 42;
  }
  HRESULT open(MAPIUID uid, ULONG flags, com::Ref<IProfSect>& section, LPCIID iid = nullptr) {
    return services_->OpenProfileSection(&uid, iid, flags, section.put());
  }
  com::Ref<IProfSect> writer() {
    com::Ref<IProfSect> section;
    EXPECT_EQ(open(uid_, MAPI_MODIFY, section), S_OK);
    return section;
  }
  static std::vector<ULONG> tags_of(IProfSect* section) {
    LPSPropTagArray tags = nullptr;
    EXPECT_EQ(section->GetPropList(MAPI_UNICODE, &tags), S_OK);
    std::vector<ULONG> found;
    if (tags) found.assign(tags->aulPropTag, tags->aulPropTag + tags->cValues);
    (void)MAPIFreeBuffer(tags);
    return found;
  }
  static model::PropValue get(IProfSect* section, ULONG tag) {
    SizedSPropTagArray(1, wanted) = {1, {tag}};
    ULONG count = 0;
    LPSPropValue values = nullptr;
    EXPECT_TRUE(SUCCEEDED(section->GetProps(reinterpret_cast<LPSPropTagArray>(&wanted), 0, &count, &values)));
    model::PropValue value = count ? com::to_model(values[0]).value() : model::PropValue();
    (void)MAPIFreeBuffer(values);
    return value;
  }
  static SPropValue number(ULONG tag, LONG value) {
    SPropValue prop{};
    prop.ulPropTag = tag;
    prop.Value.l = value;
    return prop;
  }
  // The SCODE of the one problem, or S_OK.
  static SCODE set(IProfSect* section, SPropValue value) {
    LPSPropProblemArray problems = nullptr;
    EXPECT_EQ(section->SetProps(1, &value, &problems), S_OK);
    const SCODE scode = problems ? problems->aProblem[0].scode : S_OK;
    (void)MAPIFreeBuffer(problems);
    return scode;
  }

  com::Ref<IMsgServiceAdmin> services_;
  MAPIUID uid_{};
};

// spec: LC-526 LC-341 LC-342 LC-344 LC-540
TEST_F(ProfileSectionTest, AnUnknownUidIsMadeByAWriterOnly) {
  com::Ref<IProfSect> section;
  EXPECT_EQ(open(uid_, 0, section), MAPI_E_NOT_FOUND);
  EXPECT_EQ(open(uid_, MAPI_MODIFY, section, &IID_IMAPITable), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(open(uid_, 0, section), MAPI_E_NOT_FOUND);
  EXPECT_EQ(open(uid_, MAPI_MODIFY | MAPI_DEFERRED_ERRORS, section, &IID_IProfSect), S_OK);
  section.reset();
  EXPECT_EQ(open(uid_, 0, section, &IID_IMAPIProp), S_OK);
  EXPECT_EQ(open(uid_, 0x4, section), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(services_->OpenProfileSection(nullptr, nullptr, 0, section.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(services_->OpenProfileSection(&uid_, nullptr, 0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-338 LC-339 LC-340 LC-527 LC-539
TEST_F(ProfileSectionTest, ManyReadersOrOneWriter) {
  com::Ref<IProfSect> first = writer(), second, third;
  EXPECT_EQ(open(uid_, MAPI_MODIFY, second), MAPI_E_NO_ACCESS);
  EXPECT_EQ(open(uid_, 0, second), MAPI_E_NO_ACCESS);
  EXPECT_EQ(reopen()->OpenProfileSection(&uid_, nullptr, 0, second.put()), MAPI_E_NO_ACCESS);
  first.reset();
  EXPECT_EQ(open(uid_, 0, first), S_OK);
  EXPECT_EQ(open(uid_, 0, second), S_OK);
  EXPECT_EQ(open(uid_, MAPI_MODIFY, third), MAPI_E_NO_ACCESS);
  // Another profile has sections of its own.
  EXPECT_EQ(services("other")->OpenProfileSection(&uid_, nullptr, MAPI_MODIFY, third.put()), S_OK);
  first.reset();
  second.reset();
  EXPECT_EQ(open(uid_, MAPI_MODIFY, third), S_OK);
}

// spec: LC-484 LC-485
TEST_F(ProfileSectionTest, ChangesAtOnceAndKeepsItsComputedProperties) {
  com::Ref<IProfSect> section = writer();
  EXPECT_EQ(get(section.get(), PR_OBJECT_TYPE).as_int32(), MAPI_PROFSECT);
  EXPECT_EQ(get(section.get(), PR_PROFILE_NAME_A).as_bytes(), "p");
  EXPECT_EQ(set(section.get(), number(PR_OBJECT_TYPE, 1)), MAPI_E_COMPUTED);
  SPropValue name{};
  name.ulPropTag = PR_PROFILE_NAME_A;
  name.Value.lpszA = const_cast<char*>("q");
  EXPECT_EQ(set(section.get(), name), MAPI_E_COMPUTED);
  EXPECT_EQ(set(section.get(), number(kPlain, 5)), S_OK);
  // Another connection sees it without SaveChanges.
  const auto profile = profile::ProfileStore::open({}).value().profile("p").value();
  Guid guid;
  guid.bytes[0] = 42;
  EXPECT_EQ(profile.property(guid, 0x6601).value().as_int32(), 5);
  EXPECT_EQ(section->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  SizedSPropTagArray(1, tags) = {1, {kPlain}};
  EXPECT_EQ(section->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr), S_OK);
  EXPECT_TRUE(get(section.get(), kPlain).is_error());
  section.reset();
  ASSERT_EQ(open(uid_, 0, section), S_OK);
  SPropValue value = number(kPlain, 6);
  EXPECT_EQ(section->SetProps(1, &value, nullptr), MAPI_E_NO_ACCESS);
}

// spec: LC-486 LC-487
TEST_F(ProfileSectionTest, HasNoNamedProperties) {
  com::Ref<IProfSect> section = writer();
  MAPINAMEID name{const_cast<GUID*>(&IID_IProfSect), MNID_ID, {1}};
  LPMAPINAMEID names[] = {&name};
  LPSPropTagArray tags = nullptr;
  EXPECT_EQ(section->GetIDsFromNames(1, names, MAPI_CREATE, &tags), MAPI_E_NO_SUPPORT);
  ULONG count = 0;
  LPMAPINAMEID* found = nullptr;
  EXPECT_EQ(section->GetNamesFromIDs(&tags, nullptr, 0, &count, &found), MAPI_E_NO_SUPPORT);
  EXPECT_NE(set(section.get(), number(PROP_TAG(PT_LONG, 0x8000), 1)), S_OK);
  EXPECT_NE(set(section.get(), number(PROP_TAG(PT_LONG, 0xFFFE), 1)), S_OK);
  EXPECT_EQ(set(section.get(), number(PROP_TAG(PT_LONG, 0x7FFF), 1)), S_OK);
}

// spec: LC-488 R8
TEST_F(ProfileSectionTest, SecurePropertiesComeOnlyWhenAskedFor) {
  com::Ref<IProfSect> section = writer();
  SPropValue secret{};
  secret.ulPropTag = kSecure;
  secret.Value.lpszA = const_cast<char*>("word");
  EXPECT_EQ(set(section.get(), secret), S_OK);
  EXPECT_EQ(set(section.get(), number(kPlain, 1)), S_OK);
  for (const ULONG tag : tags_of(section.get())) EXPECT_NE(PROP_ID(tag), PROP_ID(kSecure));
  ULONG count = 0;
  LPSPropValue values = nullptr;
  EXPECT_EQ(section->GetProps(nullptr, 0, &count, &values), S_OK);
  for (ULONG i = 0; i < count; ++i) EXPECT_NE(PROP_ID(values[i].ulPropTag), PROP_ID(kSecure));
  EXPECT_EQ(count, 3u);
  (void)MAPIFreeBuffer(values);
  EXPECT_EQ(get(section.get(), kSecure).as_bytes(), "word");
  SizedSPropTagArray(3, mixed) = {3, {kPlain, kSecure, PROP_TAG(PT_LONG, 0x6650)}};
  ASSERT_EQ(section->GetProps(reinterpret_cast<LPSPropTagArray>(&mixed), 0, &count, &values), MAPI_W_ERRORS_RETURNED);
  ASSERT_EQ(count, 3u);
  EXPECT_EQ(values[0].Value.l, 1);
  EXPECT_STREQ(values[1].Value.lpszA, "word");
  EXPECT_EQ(values[2].Value.err, MAPI_E_NOT_FOUND);
  (void)MAPIFreeBuffer(values);
}

// spec: LC-489
TEST_F(ProfileSectionTest, EachProfileHasItsSearchKey) {
  const auto key_of = [&](const char* name) {
    com::Ref<IProfSect> section;
    MAPIUID uid{};
    std::memcpy(&uid, &MUID_PROFILE_INSTANCE, sizeof uid);
    EXPECT_EQ(reopen(name)->OpenProfileSection(&uid, nullptr, 0, section.put()), S_OK);
    return std::string(get(section.get(), PR_SEARCH_KEY).as_bytes());
  };
  const std::string first = key_of("p");
  EXPECT_EQ(first.size(), 16u);
  ASSERT_EQ(admin_->CopyProfile(tstr("p"), nullptr, tstr("copy"), 0, 0), S_OK);
  EXPECT_NE(key_of("copy"), first);
  services_.reset();
  ASSERT_EQ(admin_->DeleteProfile(tstr("p"), 0), S_OK);
  services_ = services();
  EXPECT_NE(key_of("p"), first);
  com::Ref<IProfSect> section;
  MAPIUID uid{};
  std::memcpy(&uid, &MUID_PROFILE_INSTANCE, sizeof uid);
  EXPECT_EQ(open(uid, MAPI_MODIFY, section), MAPI_E_NO_ACCESS);
}

// spec: LC-525 LC-343 LC-537 LC-538 IMsgServiceAdmin::OpenProfileSection IProviderAdmin::OpenProfileSection
TEST_F(ProfileSectionTest, SectionsOfProvidersAreTheirs) {
  const MAPIUID service = add(services_.get(), "FULL");
  const auto providers = providers_admin(services_.get(), service);
  const Rows rows = providers_of(providers.get());
  const MAPIUID provider = uid_at(rows[0], PR_PROVIDER_UID);
  com::Ref<IProfSect> section;
  EXPECT_EQ(open(provider, 0, section), MAPI_E_NO_ACCESS);
  EXPECT_EQ(open(provider, MAPI_MODIFY, section), MAPI_E_NO_ACCESS);
  EXPECT_EQ(open(provider, MAPI_FORCE_ACCESS, section), S_OK);
  EXPECT_EQ(get(section.get(), PR_DISPLAY_NAME_A).as_bytes(), "Full Store");
  section.reset();
  EXPECT_EQ(open(provider, MAPI_FORCE_ACCESS | MAPI_MODIFY, section), S_OK);
  section.reset();
  MAPIUID uid = provider;
  EXPECT_EQ(providers->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()), MAPI_E_NO_ACCESS);
  EXPECT_EQ(providers->OpenProfileSection(&uid, nullptr, 0, section.put()), MAPI_E_NO_ACCESS);
  EXPECT_EQ(providers->OpenProfileSection(nullptr, nullptr, 0, section.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(providers->OpenProfileSection(&uid, nullptr, MAPI_FORCE_ACCESS, section.put()), S_OK);
  // The section a service publishes in mapisvc.inf is for all.
  EXPECT_EQ(open(uid_at(rows[2], PR_PROVIDER_UID), MAPI_MODIFY, section), S_OK);
  EXPECT_EQ(get(section.get(), kPlain).as_int32(), 7);
}

TEST_F(ProfileSectionTest, ASectionThatWentWithItsServiceIsDeleted) {
  MAPIUID service = add(services_.get(), "BARE");
  com::Ref<IProfSect> section;
  ASSERT_EQ(open(service, MAPI_MODIFY, section), S_OK);
  ASSERT_EQ(services_->DeleteMsgService(&service), S_OK);
  EXPECT_EQ(set(section.get(), number(kPlain, 1)), MAPI_E_OBJECT_DELETED);
  LPSPropTagArray tags = nullptr;
  EXPECT_EQ(section->GetPropList(0, &tags), MAPI_E_OBJECT_DELETED);
}

TEST_F(ProfileSectionTest, CopiesToAndFromAPropertyObject) {
  com::Ref<IProfSect> section = writer();
  EXPECT_EQ(set(section.get(), number(kPlain, 9)), S_OK);
  com::Ref<IPropData> data;
  ASSERT_EQ(CreateIProp(&IID_IMAPIPropData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, data.put()),
            S_OK);
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(section->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMAPIProp, data.get(), 0, &problems), S_OK);
  (void)MAPIFreeBuffer(problems);
  section.reset();
  uid_.ab[0] = 43;
  com::Ref<IProfSect> target = writer();
  SizedSPropTagArray(1, tags) = {1, {kPlain}};
  EXPECT_EQ(
      data->CopyProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, nullptr, &IID_IMAPIProp, target.get(), 0, nullptr),
      S_OK);
  EXPECT_EQ(get(target.get(), kPlain).as_int32(), 9);
}

TEST_F(ProfileSectionTest, OneWriterAmongThreadsAtATime) {
  writer().reset();
  std::atomic<int> opened = 0, inside = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        MAPIUID uid = uid_;
        com::Ref<IProfSect> section;
        if (services_->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()) != S_OK) continue;
        EXPECT_EQ(inside.fetch_add(1), 0);
        ++opened;
        inside.fetch_sub(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(opened.load(), 0);
}

}  // namespace
}  // namespace mapiary::session::admin::testing
