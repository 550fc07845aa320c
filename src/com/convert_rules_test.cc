// SPDX-License-Identifier: Apache-2.0
// PT_SRESTRICTION and PT_ACTIONS at the border, and what of them is kept. [MS-OXORULE] 2.2.5, [MS-OXCDATA] 2.12.
#include "com/convert_rules.h"

#include <edkmdb.h>
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "com/convert.h"
#include "com/error_map.h"
#include "com/text.h"
#include "model/rule_actions.h"
#include "model/testing/generators.h"

namespace mapiary::com {
namespace {

using model::PropTag;
using model::PropValue;

constexpr ULONG kActionsTag = PROP_TAG(PT_ACTIONS, 0x6680);
constexpr ULONG kConditionTag = PROP_TAG(PT_SRESTRICTION, 0x6679);
constexpr model::WireForm kKept{model::WireForm::Counts::k32, 65001};

struct Free {
  void operator()(SPropValue* values) const { MAPIFreeBuffer(values); }
};
using Values = std::unique_ptr<SPropValue, Free>;

SPropValue with_pointer(ULONG tag, const void* to) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.lpszA = static_cast<LPSTR>(const_cast<void*>(to));
  return value;
}
HRESULT error_of(const ACTIONS& actions) {
  const auto value = to_model(with_pointer(kActionsTag, &actions));
  return value ? S_OK : to_hresult(value.error());
}

// One action of each type, every pointer set.
struct Samples {
  BYTE store[3] = {1, 2, 3};
  BYTE folder[2] = {4, 5};
  BYTE note[4] = {6, 7, 8, 9};
  wchar_t name[4] = L"Ann";
  SPropValue recipient[2]{};
  SPropValue other[1]{};
  SizedADRLIST(2, people) = {};
  ACTION list[11]{};
  ACTIONS actions{EDK_RULES_VERSION, 11, list};

  Samples() {
    recipient[0].ulPropTag = PR_DISPLAY_NAME_W;
    recipient[0].Value.lpszW = name;
    recipient[1].ulPropTag = PR_RECIPIENT_TYPE;
    recipient[1].Value.l = MAPI_TO;
    other[0].ulPropTag = PR_ENTRYID;
    other[0].Value.bin = {3, store};
    people.cEntries = 2;
    people.aEntries[0] = {0, 2, recipient};
    people.aEntries[1] = {0, 1, other};
    for (int i = 0; i < 11; ++i) {
      ACTION& action = list[i];
      action.acttype = static_cast<ACTTYPE>(OP_MOVE + i);
      action.ulActionFlavor = static_cast<ULONG>(i * 2);
      action.ulFlags = static_cast<ULONG>(i * 3);
      switch (action.acttype) {
        case OP_MOVE:
        case OP_COPY:
          action.actMoveCopy = {3, reinterpret_cast<LPENTRYID>(store), 2, reinterpret_cast<LPENTRYID>(folder)};
          break;
        case OP_REPLY:
        case OP_OOF_REPLY:
          action.actReply = {2, reinterpret_cast<LPENTRYID>(folder), IID_IMessage};
          break;
        case OP_DEFER_ACTION:
          action.actDeferAction = {4, note};
          break;
        case OP_BOUNCE:
          action.scBounceCode = BOUNCE_FORMS_MISMATCH;
          break;
        case OP_FORWARD:
        case OP_DELEGATE:
          action.lpadrlist = reinterpret_cast<LPADRLIST>(&people);
          break;
        case OP_TAG:
          action.propTag.ulPropTag = PR_IMPORTANCE;
          action.propTag.Value.l = 2;
          break;
        default:
          break;
      }
    }
  }
};

void expect_same(const ACTION& action, const Samples& from) {
  switch (action.acttype) {
    case OP_MOVE:
    case OP_COPY:
      ASSERT_EQ(action.actMoveCopy.cbStoreEntryId, 3u);
      EXPECT_EQ(std::memcmp(action.actMoveCopy.lpStoreEntryId, from.store, 3), 0);
      ASSERT_EQ(action.actMoveCopy.cbFldEntryId, 2u);
      EXPECT_EQ(std::memcmp(action.actMoveCopy.lpFldEntryId, from.folder, 2), 0);
      break;
    case OP_REPLY:
    case OP_OOF_REPLY:
      ASSERT_EQ(action.actReply.cbEntryId, 2u);
      EXPECT_EQ(std::memcmp(action.actReply.lpEntryId, from.folder, 2), 0);
      EXPECT_TRUE(IsEqualGUID(action.actReply.guidReplyTemplate, IID_IMessage));
      break;
    case OP_DEFER_ACTION:
      ASSERT_EQ(action.actDeferAction.cbData, 4u);
      EXPECT_EQ(std::memcmp(action.actDeferAction.pbData, from.note, 4), 0);
      break;
    case OP_BOUNCE:
      EXPECT_EQ(action.scBounceCode, BOUNCE_FORMS_MISMATCH);
      break;
    case OP_FORWARD:
    case OP_DELEGATE:
      ASSERT_EQ(action.lpadrlist->cEntries, 2u);
      ASSERT_EQ(action.lpadrlist->aEntries[0].cValues, 2u);
      EXPECT_STREQ(action.lpadrlist->aEntries[0].rgPropVals[0].Value.lpszW, L"Ann");
      EXPECT_EQ(action.lpadrlist->aEntries[0].rgPropVals[1].Value.l, MAPI_TO);
      EXPECT_EQ(action.lpadrlist->aEntries[1].rgPropVals[0].Value.bin.cb, 3u);
      break;
    case OP_TAG:
      EXPECT_EQ(action.propTag.ulPropTag, PR_IMPORTANCE);
      EXPECT_EQ(action.propTag.Value.l, 2);
      break;
    default:
      break;
  }
}

TEST(Actions, EveryTypeSurvives) {
  const Samples samples;
  const auto inner = to_model(with_pointer(kActionsTag, &samples.actions));
  ASSERT_TRUE(inner) << inner.error().message;
  EXPECT_EQ(inner->tag().value, kActionsTag);
  auto array = to_border({&*inner, 1});
  ASSERT_TRUE(array) << array.error().message;
  const Values owned(*array);
  const auto& back = *reinterpret_cast<const ACTIONS*>(owned->Value.lpszA);
  EXPECT_EQ(back.ulVersion, static_cast<ULONG>(EDK_RULES_VERSION));
  ASSERT_EQ(back.cActions, 11u);
  for (UINT i = 0; i < 11; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(back.lpAction[i].acttype, samples.list[i].acttype);
    EXPECT_EQ(back.lpAction[i].ulActionFlavor, i * 2);
    EXPECT_EQ(back.lpAction[i].ulFlags, i * 3);
    EXPECT_EQ(back.lpAction[i].lpRes, nullptr);
    EXPECT_EQ(back.lpAction[i].lpPropTagArray, nullptr);
    expect_same(back.lpAction[i], samples);
  }
  EXPECT_TRUE(*to_model(*owned) == *inner);
}

TEST(Actions, WhatTheModelCanSayComesBackTheSame) {
  EXPECT_TRUE(rc::check([] {
    auto actions =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<model::RuleAction>>(model::testing::rule_action(true)));
    for (auto& action : actions) {
      for (auto& recipient : action.recipients) recipient.reserved = 1;
    }
    const PropValue value = PropValue::binary(PropTag(kActionsTag), *model::encode_rule_actions(actions, kKept));
    auto array = to_border({&value, 1});
    if (!array) RC_FAIL(array.error().message);
    const Values owned(*array);
    const auto back = to_model(*owned);
    if (!back) RC_FAIL(back.error().message);
    RC_ASSERT(*back == value);
  }));
}

TEST(Actions, ChecksWhatComesIn) {
  EXPECT_EQ(to_hresult(to_model(with_pointer(kActionsTag, nullptr)).error()), MAPI_E_INVALID_PARAMETER);
  Samples s;
  EXPECT_EQ(error_of({EDK_RULES_VERSION, 0, nullptr}), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(error_of({EDK_RULES_VERSION, 3, nullptr}), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(error_of({7, 1, s.list}), MAPI_E_VERSION);
  EXPECT_EQ(error_of({EDK_RULES_VERSION, 0x7FFFFFFF, s.list}), MAPI_E_TOO_COMPLEX);

  const auto one = [&](ACTION action) { return error_of({EDK_RULES_VERSION, 1, &action}); };
  ACTION action = s.list[OP_DELETE - 1];
  EXPECT_EQ(one(action), S_OK);
  action.acttype = static_cast<ACTTYPE>(12);
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER);
  const ULONG far_out = 257;  // not the type of its low byte
  std::memcpy(&action.acttype, &far_out, sizeof(far_out));
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER);
  SRestriction restriction{};
  action = s.list[OP_DELETE - 1];
  action.lpRes = &restriction;
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER) << "reserved";
  action = s.list[OP_MOVE - 1];
  action.actMoveCopy.lpStoreEntryId = nullptr;
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER);
  action = s.list[OP_DEFER_ACTION - 1];
  action.actDeferAction.pbData = nullptr;
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER);
  action = s.list[OP_FORWARD - 1];
  action.lpadrlist = nullptr;
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER);
  action = s.list[OP_FORWARD - 1];
  s.people.aEntries[1].rgPropVals = nullptr;
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER);
  s.people.aEntries[1].cValues = 0;  // not used
  EXPECT_EQ(one(action), S_OK);
  s.people.cEntries = 0;
  EXPECT_EQ(one(action), MAPI_E_INVALID_PARAMETER) << "to nobody";
}

TEST(Actions, NothingHoldsItself) {
  Samples s;
  SPropValue& tag = s.list[OP_TAG - 1].propTag;
  tag = with_pointer(kActionsTag, &s.actions);
  EXPECT_EQ(error_of(s.actions), MAPI_E_TYPE_NO_SUPPORT);
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  SPropValue inner = with_pointer(kActionsTag, &s.actions);
  restriction.res.resProperty = {RELOP_EQ, kActionsTag, &inner};
  tag = with_pointer(kConditionTag, &restriction);
  EXPECT_EQ(error_of(s.actions), MAPI_E_TYPE_NO_SUPPORT);
  EXPECT_EQ(to_hresult(to_model(tag).error()), MAPI_E_TYPE_NO_SUPPORT);
}

TEST(Actions, DamagedBytesGiveNoActions) {
  const PropValue value = PropValue::binary(PropTag(kActionsTag), "garbage");
  EXPECT_FALSE(to_border({&value, 1}));
}

// What one process kept, another one with another code page reads: the same text, in bytes of its own.
std::string kept_condition(const char* text8) {
  SPropValue text{};
  text.ulPropTag = PR_SUBJECT_A;
  text.Value.lpszA = const_cast<LPSTR>(text8);
  LPSTR both[2] = {const_cast<LPSTR>("plain"), const_cast<LPSTR>(text8)};
  SPropValue list{};
  list.ulPropTag = PROP_TAG(PT_MV_STRING8, 0x6600);
  list.Value.MVszA = {2, both};
  SRestriction parts[2]{};
  parts[0].rt = RES_CONTENT;
  parts[0].res.resContent = {FL_SUBSTRING, PR_SUBJECT_A, &text};
  parts[1].rt = RES_COMMENT;
  parts[1].res.resComment = {1, parts, &list};
  const auto value = to_model(with_pointer(kConditionTag, &parts[1]));
  return value ? std::string(value->as_bytes()) : value.error().message;
}
std::string kept_actions(const char* text8) {
  ACTION action{};
  action.acttype = OP_TAG;
  action.propTag.ulPropTag = PR_SUBJECT_A;
  action.propTag.Value.lpszA = const_cast<LPSTR>(text8);
  const ACTIONS actions{EDK_RULES_VERSION, 1, &action};
  const auto value = to_model(with_pointer(kActionsTag, &actions));
  return value ? std::string(value->as_bytes()) : value.error().message;
}

bool reads_condition(const std::string& bytes, const std::string& text8) {
  const PropValue value = PropValue::binary(PropTag(kConditionTag), bytes);
  const auto array = to_border({&value, 1});
  if (!array) return false;
  const Values owned(*array);
  const auto& comment = reinterpret_cast<const SRestriction*>(owned->Value.lpszA)->res.resComment;
  return comment.lpProp->Value.MVszA.lppszA[1] == text8 && comment.lpRes->res.resContent.lpProp->Value.lpszA == text8;
}
bool reads_actions(const std::string& bytes, const std::string& text8) {
  const PropValue value = PropValue::binary(PropTag(kActionsTag), bytes);
  const auto array = to_border({&value, 1});
  if (!array) return false;
  const Values owned(*array);
  return reinterpret_cast<const ACTIONS*>(owned->Value.lpszA)->lpAction->propTag.Value.lpszA == text8;
}

// Cyrillic short i is E9 in code page 1251, A9 in 866 and D0 B9 in UTF-8; the bytes here are the reference.
std::string reference_condition() {
  using namespace std::string_literals;
  return "\x0A\x01\x1E\x10\x00\x66\x02\x00\x00\x00plain\0\xD0\xB9\0\x01\x03\x01\x00\x00\x00\x1E\x00\x37\x00"s
         "\x1E\x00\x37\x00\xD0\xB9\0"s;
}
std::string reference_actions() {
  using namespace std::string_literals;
  return "\x01\x00\x00\x00\x10\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x1E\x00\x37\x00\xD0\xB9\0"s;
}

TEST(KeptTextDeathTest, DoesNotDependOnTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto with_page = [](const char* page, const char* text8) {
    ::setenv("MAPIARY_ACP", page, 1);
    const bool good = default_code_page() == static_cast<std::uint32_t>(std::atoi(page)) &&
                      kept_condition(text8) == reference_condition() && kept_actions(text8) == reference_actions() &&
                      reads_condition(reference_condition(), text8) && reads_actions(reference_actions(), text8);
    std::_Exit(good ? 0 : 1);
  };
  EXPECT_EXIT(with_page("1251", "\xE9"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(with_page("866", "\xA9"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(with_page("65001", "\xD0\xB9"), testing::ExitedWithCode(0), "");
}

// Text that is not UTF-8 was written by somebody else: it comes out as it is.
TEST(KeptTextDeathTest, ForeignBytesStay) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto with_page = [](const char* page) {
    ::setenv("MAPIARY_ACP", page, 1);
    std::string foreign = reference_actions();
    foreign.replace(foreign.find("\xD0\xB9"), 2, "\xE9\x61");
    std::_Exit(reads_actions(foreign, "\xE9\x61") ? 0 : 1);
  };
  EXPECT_EXIT(with_page("1251"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(with_page("65001"), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace mapiary::com
