// SPDX-License-Identifier: Apache-2.0
// IMAPIProp over backings that CreateIProp does not make: one without Unicode.
#include "model/prop_bag.h"
#include "property/prop_object.h"
#include "property/testing/prop_values.h"

namespace mapiary::property::testing {
namespace {

using model::PropTag;
using model::PropValue;

// Holds one number, or one text as well.
class NarrowBacking final : public PropertyBacking {
 public:
  explicit NarrowBacking(bool with_text) : with_text_(with_text) {}
  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags{PropTag(PROP_TAG(PT_LONG, 0x6610))};
    if (with_text_) tags.push_back(PropTag(PROP_TAG(PT_STRING8, 0x6611)));
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    if (tag.id() == 0x6610) return PropValue::int32(PropTag(PROP_TAG(PT_LONG, 0x6610)), 7);
    if (tag.id() == 0x6611 && with_text_) return PropValue::text8(PropTag(PROP_TAG(PT_STRING8, 0x6611)), "text", 1252);
    return fail(Code::kNotFound, "test", "there is no such property");
  }
  Status set(PropValue) override { return fail(Code::kNoAccess, "test", "nothing changes"); }
  Status remove(PropTag) override { return fail(Code::kNoAccess, "test", "nothing changes"); }
  bool writable() const override { return false; }
  bool supports_unicode() const override { return false; }

 private:
  bool with_text_;
};

class NarrowObject final : public PropObject<IMAPIProp> {
 public:
  explicit NarrowObject(bool with_text)
      : PropObject(std::make_shared<com::Gate>(), std::make_shared<NarrowBacking>(with_text)) {}
};

// spec: ST-169
TEST(NarrowObjects, SaySoInTheSlot) {
  const com::Ref<IMAPIProp> object(com::make<NarrowObject>(true));
  Tags tags{PROP_TAG(PT_UNICODE, 0x6611), PROP_TAG(PT_LONG, 0x6610), PROP_TAG(PT_STRING8, 0x6611)};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(object->GetProps(tags, 0, &count, &values), MAPI_W_ERRORS_RETURNED);
  ASSERT_EQ(count, 3u);
  EXPECT_EQ(values[0].ulPropTag, PROP_TAG(PT_ERROR, 0x6611));
  EXPECT_EQ(values[0].Value.err, MAPI_E_BAD_CHARWIDTH);
  EXPECT_EQ(values[1].Value.l, 7);
  EXPECT_STREQ(values[2].Value.lpszA, "text");
  MAPIFreeBuffer(values);
}

// spec: ST-178
TEST(NarrowObjects, HaveNoListInUnicode) {
  for (const bool with_text : {true, false}) {
    const com::Ref<IMAPIProp> object(com::make<NarrowObject>(with_text));
    LPSPropTagArray tags = nullptr;
    EXPECT_EQ(object->GetPropList(MAPI_UNICODE, &tags), MAPI_E_BAD_CHARWIDTH);
    EXPECT_EQ(tags, nullptr);
    ASSERT_EQ(object->GetPropList(0, &tags), S_OK);
    EXPECT_EQ(tags->cValues, with_text ? 2u : 1u);
    MAPIFreeBuffer(tags);
  }
}

// Has its values in memory, and counts who asks for them how.
class KeptBacking final : public PropertyBacking {
 public:
  KeptBacking() {
    bag_.set(PropValue::int32(PropTag(PROP_TAG(PT_LONG, 0x6610)), 7));
    bag_.set(PropValue::text(PropTag(PROP_TAG(PT_UNICODE, 0x6611)), "text"));
    bag_.set(PropValue::multi(PropTag(PROP_TAG(PT_MV_LONG, 0x6612)), std::vector<std::int32_t>()));
    bag_.set(PropValue::blob(PropTag(PROP_TAG(PT_BINARY, 0x6613)), {1, 1 << 20}));
  }
  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags;
    for (const PropValue& value : bag_) tags.push_back(value.tag());
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    ++gets;
    const PropValue* value = bag_.find(tag.id());
    return value ? Result<PropValue>(*value) : fail(Code::kNotFound, "test", "there is no such property");
  }
  const PropValue* peek(PropTag tag) override { return bag_.find(tag.id()); }
  std::shared_ptr<void> begin_reading(std::span<const ULONG> tags) override {
    ++readings;
    asked.assign(tags.begin(), tags.end());
    reading = true;
    return std::shared_ptr<void>(this, [](void* backing) { static_cast<KeptBacking*>(backing)->reading = false; });
  }
  Status set(PropValue) override { return fail(Code::kNoAccess, "test", "nothing changes"); }
  Status remove(PropTag) override { return fail(Code::kNoAccess, "test", "nothing changes"); }
  bool writable() const override { return false; }

  int gets = 0, readings = 0;
  bool reading = false;
  std::vector<ULONG> asked;

 private:
  model::PropBag bag_;
};

class KeptObject final : public PropObject<IMAPIProp> {
 public:
  explicit KeptObject(std::shared_ptr<KeptBacking> backing)
      : PropObject(std::make_shared<com::Gate>(), std::move(backing)) {}
};

TEST(KeptValues, AreWhatACopyOfThemWouldBe) {
  const auto backing = std::make_shared<KeptBacking>();
  const com::Ref<IMAPIProp> object(com::make<KeptObject>(backing));
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(object->GetProps(nullptr, MAPI_UNICODE, &count, &values), MAPI_W_ERRORS_RETURNED);
  ASSERT_EQ(count, 3u) << "a multivalued property without values is none";
  EXPECT_EQ(values[0].Value.l, 7);
  EXPECT_STREQ(values[1].Value.lpszW, L"text");
  EXPECT_EQ(values[2].ulPropTag, PROP_TAG(PT_ERROR, 0x6613));
  EXPECT_EQ(values[2].Value.err, MAPI_E_NOT_ENOUGH_MEMORY);
  MAPIFreeBuffer(values);
  EXPECT_EQ(backing->gets, 2) << "of what is not handed out as it is";
  EXPECT_EQ(backing->readings, 1);
  EXPECT_TRUE(backing->asked.empty()) << "all";
  EXPECT_FALSE(backing->reading);
}

TEST(KeptValues, AreConvertedForWhoAsksForAnotherType) {
  const auto backing = std::make_shared<KeptBacking>();
  const com::Ref<IMAPIProp> object(com::make<KeptObject>(backing));
  Tags tags{PROP_TAG(PT_STRING8, 0x6611), PROP_TAG(PT_UNSPECIFIED, 0x6611), PROP_TAG(PT_BINARY, 0x6611),
            PROP_TAG(PT_MV_LONG, 0x6612), PROP_TAG(PT_LONG, 0x6614)};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(object->GetProps(tags, 0, &count, &values), MAPI_W_ERRORS_RETURNED);
  ASSERT_EQ(count, 5u);
  EXPECT_STREQ(values[0].Value.lpszA, "text");
  EXPECT_EQ(values[1].ulPropTag, PROP_TAG(PT_STRING8, 0x6611));
  for (const int i : {2, 3, 4}) EXPECT_EQ(values[i].Value.err, MAPI_E_NOT_FOUND) << i;
  MAPIFreeBuffer(values);
  EXPECT_EQ(backing->gets, 5);
  ASSERT_EQ(backing->asked.size(), 5u);
  EXPECT_EQ(backing->asked[2], PROP_TAG(PT_BINARY, 0x6611));
  Tags one{PROP_TAG(PT_LONG, 0x6610)};
  ASSERT_EQ(object->GetProps(one, 0, &count, &values), S_OK);
  MAPIFreeBuffer(values);
  EXPECT_EQ(backing->readings, 1) << "one value is one reading anyway";
}

}  // namespace
}  // namespace mapiary::property::testing
