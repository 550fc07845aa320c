// SPDX-License-Identifier: Apache-2.0
// Address lists, RFC 5322 3.4 with 4.4, and what programs made of them. Text is UTF-8. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mapiary::mime {

struct Address {
  std::string name;   // "" if there is none
  std::string email;  // "" for a name alone
  bool operator==(const Address&) const = default;
};

// Takes an unfolded field value. Groups are read as their members, one without any as
// somebody of that name without an address. At most kMaxAddresses; *cut tells that there were
// more.
std::vector<Address> parse_addresses(std::string_view value, bool* cut = nullptr);
inline constexpr std::size_t kMaxAddresses = 100000;

// "Name: a, b" with its line end, folded between addresses. An address that is none of the Internet's is written as a
// name, so that it stays legible and nobody sends to it. One beyond ASCII stands as it is, in UTF-8 (RFC 6532): no
// ASCII means the same mailbox to all.
void append_address_field(std::string& out, std::string_view name, const std::vector<Address>& addresses);
// Something@something, with nothing in it that could end it in a header.
bool is_internet_address(std::string_view email);

}  // namespace mapiary::mime
