// SPDX-License-Identifier: Apache-2.0
#include "cli/decode.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "cli/arguments.h"
#include "cli/output.h"

namespace cli {

namespace client = mapiary::client;
using client::Value;

namespace {

struct TagName {
  std::uint16_t id, type;
  const char *name, *canonical;
};
constexpr TagName kTagNames[] = {
#include "cli/generated/tag_names.inc"
};

struct NamedProp {
  const char *name, *aliases, *set;
  unsigned char guid[16];
  std::uint16_t id;
  const char *text, *type;
};
constexpr NamedProp kNamedProps[] = {
#include "cli/generated/named_props.inc"
};

struct TypeName {
  ULONG type;
  const char* name;
};
constexpr TypeName kTypes[] = {
    {PT_UNSPECIFIED, "PT_UNSPECIFIED"},
    {PT_NULL, "PT_NULL"},
    {PT_SHORT, "PT_SHORT"},
    {PT_LONG, "PT_LONG"},
    {PT_FLOAT, "PT_FLOAT"},
    {PT_DOUBLE, "PT_DOUBLE"},
    {PT_CURRENCY, "PT_CURRENCY"},
    {PT_APPTIME, "PT_APPTIME"},
    {PT_ERROR, "PT_ERROR"},
    {PT_BOOLEAN, "PT_BOOLEAN"},
    {PT_OBJECT, "PT_OBJECT"},
    {PT_LONGLONG, "PT_LONGLONG"},
    {PT_STRING8, "PT_STRING8"},
    {PT_UNICODE, "PT_UNICODE"},
    {PT_SYSTIME, "PT_SYSTIME"},
    {PT_CLSID, "PT_CLSID"},
    {PT_BINARY, "PT_BINARY"},
    {0x00FB, "PT_SVREID"},
    {0x00FD, "PT_SRESTRICTION"},
    {0x00FE, "PT_ACTIONS"},
};

struct Word {
  ULONG value;
  const char* name;
};
#define CLI_WORD(name) \
  { static_cast<ULONG>(name), #name }
constexpr Word kMessageFlags[] = {
    CLI_WORD(MSGFLAG_READ),       CLI_WORD(MSGFLAG_UNMODIFIED), CLI_WORD(MSGFLAG_SUBMIT),     CLI_WORD(MSGFLAG_UNSENT),
    CLI_WORD(MSGFLAG_HASATTACH),  CLI_WORD(MSGFLAG_FROMME),     CLI_WORD(MSGFLAG_ASSOCIATED), CLI_WORD(MSGFLAG_RESEND),
    CLI_WORD(MSGFLAG_RN_PENDING), CLI_WORD(MSGFLAG_NRN_PENDING)};
constexpr Word kObjectTypes[] = {CLI_WORD(MAPI_STORE),  CLI_WORD(MAPI_ADDRBOOK), CLI_WORD(MAPI_FOLDER),
                                 CLI_WORD(MAPI_ABCONT), CLI_WORD(MAPI_MESSAGE),  CLI_WORD(MAPI_MAILUSER),
                                 CLI_WORD(MAPI_ATTACH), CLI_WORD(MAPI_DISTLIST), CLI_WORD(MAPI_PROFSECT),
                                 CLI_WORD(MAPI_STATUS), CLI_WORD(MAPI_SESSION),  CLI_WORD(MAPI_FORMINFO)};
constexpr Word kAttachMethods[] = {CLI_WORD(NO_ATTACHMENT),       CLI_WORD(ATTACH_BY_VALUE),
                                   CLI_WORD(ATTACH_BY_REFERENCE), CLI_WORD(ATTACH_BY_REF_RESOLVE),
                                   CLI_WORD(ATTACH_BY_REF_ONLY),  CLI_WORD(ATTACH_EMBEDDED_MSG),
                                   CLI_WORD(ATTACH_OLE)};
constexpr Word kRecipientTypes[] = {CLI_WORD(MAPI_ORIG), CLI_WORD(MAPI_TO), CLI_WORD(MAPI_CC), CLI_WORD(MAPI_BCC)};
constexpr Word kImportance[] = {CLI_WORD(IMPORTANCE_LOW), CLI_WORD(IMPORTANCE_NORMAL), CLI_WORD(IMPORTANCE_HIGH)};
constexpr Word kSensitivity[] = {CLI_WORD(SENSITIVITY_NONE), CLI_WORD(SENSITIVITY_PERSONAL),
                                 CLI_WORD(SENSITIVITY_PRIVATE), CLI_WORD(SENSITIVITY_COMPANY_CONFIDENTIAL)};
constexpr Word kFolderTypes[] = {CLI_WORD(FOLDER_ROOT), CLI_WORD(FOLDER_GENERIC), CLI_WORD(FOLDER_SEARCH)};
constexpr Word kAccess[] = {CLI_WORD(MAPI_ACCESS_MODIFY),          CLI_WORD(MAPI_ACCESS_READ),
                            CLI_WORD(MAPI_ACCESS_DELETE),          CLI_WORD(MAPI_ACCESS_CREATE_HIERARCHY),
                            CLI_WORD(MAPI_ACCESS_CREATE_CONTENTS), CLI_WORD(MAPI_ACCESS_CREATE_ASSOCIATED)};
#undef CLI_WORD

struct Meaning {
  ULONG tag;
  bool bits;
  const Word *begin, *end;
};
constexpr Meaning kMeanings[] = {
    {PR_MESSAGE_FLAGS, true, std::begin(kMessageFlags), std::end(kMessageFlags)},
    {PR_OBJECT_TYPE, false, std::begin(kObjectTypes), std::end(kObjectTypes)},
    {PR_ATTACH_METHOD, false, std::begin(kAttachMethods), std::end(kAttachMethods)},
    {PR_RECIPIENT_TYPE, false, std::begin(kRecipientTypes), std::end(kRecipientTypes)},
    {PR_IMPORTANCE, false, std::begin(kImportance), std::end(kImportance)},
    {PR_SENSITIVITY, false, std::begin(kSensitivity), std::end(kSensitivity)},
    {PR_FOLDER_TYPE, false, std::begin(kFolderTypes), std::end(kFolderTypes)},
    {PR_ACCESS, true, std::begin(kAccess), std::end(kAccess)},
};

const char* standard_name(ULONG tag) {
  const auto id = static_cast<std::uint16_t>(PROP_ID(tag));
  ULONG type = PROP_TYPE(tag);
  if (type == PT_STRING8) type = PT_UNICODE;
  if (type == PT_MV_STRING8) type = PT_MV_UNICODE;
  const char* same_id = nullptr;
  for (const TagName *at = std::lower_bound(std::begin(kTagNames), std::end(kTagNames), id,
                                            [](const TagName&name, std::uint16_t wanted) { return name.id < wanted; });
       at != std::end(kTagNames) && at->id == id; ++at) {
    if (at->type == type) return at->name;
    if (same_id == nullptr && type == PT_ERROR) same_id = at->name;
  }
  return same_id;
}

const NamedProp* known_name(const client::PropertyName& name) {
  for (const NamedProp& one : kNamedProps) {
    if (std::memcmp(one.guid, &name.set, sizeof one.guid) != 0) continue;
    const bool same = name.text ? *name.text == one.text : one.id != 0 && one.id == static_cast<ULONG>(name.number);
    if (same) return &one;
  }
  return nullptr;
}

std::string number_text(double value) {
  char text[40];
  const auto done = std::to_chars(text, text + sizeof text, value);
  return {text, done.ptr};
}

std::string binary_text(std::string_view bytes, std::size_t limit) {
  std::string text = client::to_hex(bytes.substr(0, limit));
  if (bytes.size() > limit) text += "... (" + std::to_string(bytes.size()) + " bytes)";
  return text;
}

// The elements of a multi-valued property as single values, one after the other.
template <class Use>
void each_value(const SPropValue& value, Use&& use) {
  SPropValue one{};
  one.ulPropTag = PROP_TAG(PROP_TYPE(value.ulPropTag) & ~static_cast<ULONG>(MV_FLAG), PROP_ID(value.ulPropTag));
  const auto& from = value.Value;
  for (ULONG i = 0; i < from.MVl.cValues; ++i) {
    switch (PROP_TYPE(one.ulPropTag)) {
      case PT_SHORT:
        one.Value.i = from.MVi.lpi[i];
        break;
      case PT_LONG:
        one.Value.l = from.MVl.lpl[i];
        break;
      case PT_FLOAT:
        one.Value.flt = from.MVflt.lpflt[i];
        break;
      case PT_DOUBLE:
      case PT_APPTIME:
        one.Value.dbl = from.MVdbl.lpdbl[i];
        break;
      case PT_CURRENCY:
      case PT_LONGLONG:
        one.Value.li = from.MVli.lpli[i];
        break;
      case PT_SYSTIME:
        one.Value.ft = from.MVft.lpft[i];
        break;
      case PT_STRING8:
        one.Value.lpszA = from.MVszA.lppszA[i];
        break;
      case PT_UNICODE:
        one.Value.lpszW = from.MVszW.lppszW[i];
        break;
      case PT_BINARY:
        one.Value.bin = from.MVbin.lpbin[i];
        break;
      case PT_CLSID:
        one.Value.lpguid = &from.MVguid.lpguid[i];
        break;
      default:
        return;
    }
    use(Value(&one));
  }
}

bool is_multiple(const Value& value) {
  return (value.type() & MV_FLAG) != 0;
}

std::string single_text(const Value& value, std::size_t limit) {
  switch (value.type()) {
    case PT_STRING8:
    case PT_UNICODE: {
      const std::string text = one_line(value.text());
      return text.size() <= limit ? text : client::valid_utf8(text.substr(0, limit)) + "...";
    }
    case PT_SHORT:
    case PT_LONG:
    case PT_LONGLONG:
      return std::to_string(value.integer());
    case PT_CURRENCY:
      return number_text(static_cast<double>(value.integer()) / 10000);
    case PT_FLOAT:
    case PT_DOUBLE:
    case PT_APPTIME:
      return number_text(value.real());
    case PT_BOOLEAN:
      return value.boolean() ? "true" : "false";
    case PT_SYSTIME:
      return iso_time(value.time()).empty() ? std::to_string(value.time()) : iso_time(value.time());
    case PT_CLSID: {
      GUID guid;
      std::memcpy(&guid, value.bytes().data(), sizeof guid);
      return guid_text(guid);
    }
    case PT_BINARY:
      return binary_text(value.bytes(), limit);
    case PT_ERROR:
      return client::code_name(value.error());
    default:
      return "";
  }
}

}  // namespace

std::string guid_text(const GUID& guid) {
  char text[48];
  std::snprintf(text, sizeof text, "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}",
                static_cast<unsigned>(guid.Data1), guid.Data2, guid.Data3, guid.Data4[0], guid.Data4[1], guid.Data4[2],
                guid.Data4[3], guid.Data4[4], guid.Data4[5], guid.Data4[6], guid.Data4[7]);
  return text;
}

std::string name_of(const client::Object& object, ULONG tag) {
  if (PROP_ID(tag) < 0x8000) {
    const char* name = standard_name(tag);
    return name != nullptr ? name : "";
  }
  const auto name = object.name_of(tag);
  if (!name) return "";
  if (const NamedProp* known = known_name(*name)) return known->name;
  if (name->text) return guid_text(name->set) + ":" + *name->text;
  char number[16];
  std::snprintf(number, sizeof number, ":0x%04X", static_cast<unsigned>(name->number));
  return guid_text(name->set) + number;
}

std::string type_name(ULONG tag) {
  const ULONG single = PROP_TYPE(tag) & ~static_cast<ULONG>(MV_FLAG);
  for (const TypeName& one : kTypes) {
    if (one.type != single) continue;
    const bool multiple = (PROP_TYPE(tag) & MV_FLAG) != 0;
    return multiple ? "PT_MV_" + std::string(one.name).substr(3) : one.name;
  }
  char text[16];
  std::snprintf(text, sizeof text, "0x%04X", static_cast<unsigned>(PROP_TYPE(tag)));
  return text;
}

ULONG tag_of(const std::string& word) {
  if (word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
    ULONG number = 0;
    const auto done = std::from_chars(word.data() + 2, word.data() + word.size(), number, 16);
    if (done.ec != std::errc() || done.ptr != word.data() + word.size()) return 0;
    return word.size() > 6 ? number : PROP_TAG(PT_UNSPECIFIED, number);
  }
  for (const TagName& one : kTagNames) {
    if (word == one.name || (word == one.canonical && !word.empty())) return PROP_TAG(one.type, one.id);
  }
  return 0;
}

bool is_named_property(const std::string& word) {
  const auto same = [&](const NamedProp& one) { return word == one.name; };
  return std::any_of(std::begin(kNamedProps), std::end(kNamedProps), same);
}

std::string value_text(const Value& value, std::size_t limit) {
  if (!is_multiple(value)) return single_text(value, limit);
  std::string text = "[";
  each_value(*value.raw(), [&](const Value& one) { text += (text.size() > 1 ? ", " : "") + single_text(one, limit); });
  return text + "]";
}

std::string meaning(const Value& value) {
  if (value.type() != PT_LONG) return "";
  const auto number = static_cast<ULONG>(value.integer());
  for (const Meaning& one : kMeanings) {
    if (PROP_ID(one.tag) != PROP_ID(value.tag())) continue;
    std::string words;
    for (const Word* word = one.begin; word != one.end; ++word) {
      if (one.bits ? (number & word->value) == 0 : number != word->value) continue;
      words += (words.empty() ? "" : "|") + std::string(word->name);
    }
    return words;
  }
  return "";
}

void value_json(Json& json, const Value& value) {
  if (is_multiple(value)) {
    json.array();
    each_value(*value.raw(), [&](const Value& one) { value_json(json, one); });
    json.end();
    return;
  }
  switch (value.type()) {
    case PT_SHORT:
    case PT_LONG:
    case PT_LONGLONG:
      json.number(value.integer());
      break;
    case PT_BOOLEAN:
      json.boolean(value.boolean());
      break;
    case PT_FLOAT:
    case PT_DOUBLE:
    case PT_APPTIME:
      json.real(value.real());
      break;
    case PT_STRING8:
    case PT_UNICODE:
      json.text(value.text());
      break;
    case PT_BINARY:
      json.text(client::to_hex(value.bytes()));
      break;
    default:
      json.text(single_text(value, SIZE_MAX));
  }
}

}  // namespace cli
