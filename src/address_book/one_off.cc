// SPDX-License-Identifier: Apache-2.0
#include "address_book/one_off.h"

#include <mapitags.h>

#include <algorithm>

#include "address_book/bag_backing.h"
#include "base/unicode.h"
#include "com/error_map.h"
#include "com/text.h"
#include "property/prop_object.h"

namespace mapiary::address_book {
namespace {

using model::PropTag;
using model::PropValue;

bool is_internet(const model::OneOff& one_off) {
  return fold_case(one_off.address_type) == "smtp";
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

// name@domain.top, as the page on ResolveName has it: no blanks, one '@', a dot inside the domain.
bool looks_like_smtp(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return false;
  if (text.find_first_of(" \t\r\n<>()[],;:\"\\") != std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  const auto dot = domain.find('.');
  return dot != std::string_view::npos && dot != 0 && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

bool is_address_type(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

class OneOffUser final : public property::PropObject<IMailUser> {
 public:
  OneOffUser(std::shared_ptr<com::Gate> gate, model::PropBag bag)
      : PropObject(std::move(gate), std::make_shared<BagBacking>(std::move(bag))) {}
};

std::string search_key(const model::OneOff& one_off) {
  return to_upper(one_off.address_type) + ":" + to_upper(one_off.address) + '\0';
}

}  // namespace

Result<std::string> make_one_off(model::OneOff one_off, bool no_rich_info) {
  one_off.flags = no_rich_info || is_internet(one_off) ? model::OneOff::kNoRichInfo : 0;
  return std::move(TRY(model::build_one_off(one_off))).take();
}

std::optional<model::OneOff> one_off_of_name(std::string_view name) {
  name = trimmed(name);
  model::OneOff one_off;
  if (looks_like_smtp(name)) {
    one_off.display_name = one_off.address = std::string(name);
    one_off.address_type = "SMTP";
    return one_off;
  }
  const auto open = name.find('[');
  const bool is_bracketed = open != std::string_view::npos && name.back() == ']';
  const std::string_view inner = is_bracketed ? name.substr(open + 1, name.size() - open - 2) : name;
  const auto colon = inner.find(':');
  if (colon == std::string_view::npos || !is_address_type(inner.substr(0, colon))) return std::nullopt;
  one_off.address_type = to_upper(inner.substr(0, colon));
  one_off.address = std::string(trimmed(inner.substr(colon + 1)));
  one_off.display_name = is_bracketed ? std::string(trimmed(name.substr(0, open))) : one_off.address;
  if (one_off.display_name.empty()) one_off.display_name = one_off.address;
  // Without brackets only what is clearly an address: a name may have a colon.
  const bool is_smtp = one_off.address_type == "SMTP";
  if (one_off.address.empty() || (is_smtp || !is_bracketed ? !looks_like_smtp(one_off.address) : false)) {
    return std::nullopt;
  }
  return one_off;
}

Result<bool> is_same_one_off(const model::EntryId& a, const model::EntryId& b) {
  const auto first = model::parse_one_off(a, com::default_code_page());
  const auto second = model::parse_one_off(b, com::default_code_page());
  if (!first || !second) return fail(Code::kUnknownEntryId, "address_book", "a one-off entry identifier is damaged");
  return fold_case(first->address_type) == fold_case(second->address_type) &&
         fold_case(first->address) == fold_case(second->address);
}

Result<model::PropBag> properties_of(const model::EntryId& id) {
  const auto one_off = model::parse_one_off(id, com::default_code_page());
  if (!one_off) return fail(Code::kUnknownEntryId, "address_book", "a one-off entry identifier is damaged");
  model::PropBag bag;
  const auto text = [&](ULONG tag, const std::string& value) { bag.set(PropValue::text(PropTag(tag), value)); };
  const auto number = [&](ULONG tag, LONG value) { bag.set(PropValue::int32(PropTag(tag), value)); };
  bag.set(PropValue::binary(PropTag(PR_ENTRYID), std::string(id.bytes())));
  bag.set(PropValue::binary(PropTag(PR_RECORD_KEY), std::string(id.bytes())));
  bag.set(PropValue::binary(PropTag(PR_SEARCH_KEY), search_key(*one_off)));
  number(PR_OBJECT_TYPE, MAPI_MAILUSER);
  number(PR_DISPLAY_TYPE, DT_MAILUSER);
  number(PR_ACCESS_LEVEL, 0);
  const std::string& name = one_off->display_name.empty() ? one_off->address : one_off->display_name;
  text(PR_DISPLAY_NAME_W, name);
  text(PR_TRANSMITABLE_DISPLAY_NAME_W, name);
  text(PR_ADDRTYPE_W, one_off->address_type);
  text(PR_EMAIL_ADDRESS_W, one_off->address);
  bag.set(PropValue::boolean(PropTag(PR_SEND_RICH_INFO), (one_off->flags & model::OneOff::kNoRichInfo) == 0));
  return bag;
}

Result<com::Ref<IUnknown>> open_one_off(const std::shared_ptr<com::Gate>& gate, const model::EntryId& id, LPCIID iid) {
  const com::Ref<IMailUser> user = com::make<OneOffUser>(gate, TRY(properties_of(id)));
  com::Ref<IUnknown> out;
  const HRESULT hr = user->QueryInterface(iid ? *iid : IID_IMailUser, reinterpret_cast<void**>(out.put()));
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "QueryInterface of a one-off recipient"));
  return out;
}

}  // namespace mapiary::address_book
