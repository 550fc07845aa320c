// SPDX-License-Identifier: Apache-2.0
// The Internet address of who is named by another one (X.500 of Exchange, type EX), from all that a message says: what
// its other parties with the same address have as SMTP address, and the fields it came with. Values; made for one
// message, which must outlive it. [MS-OXCMAIL] 2.1.3.1
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "convert/mime/header_map.h"
#include "model/prop_bag.h"

namespace mapiary::mime {

// The properties of one party: sender, author, recipient.
struct Party {
  model::PropTag name, type, email, smtp, entry_id, search_key;
};
extern const Party kAuthorParty, kSenderParty, kRecipientParty;

class SmtpFinder {
 public:
  // `fields`: the header that the message came with; empty if there is none.
  SmtpFinder(const model::MessageTree& message, const Headers& fields);

  // Name and Internet address; of who has none, the address of another kind.
  Address author() const;
  Address sender() const;
  Address recipient(const model::PropBag& row) const;
  // For each party whose Internet address is not the one it is known by: "ada@example.org EX:/o=...", each once.
  std::vector<std::string> others() const;

 private:
  // `found`: the Internet address that fields have for a name; empty if none or several.
  Address party(const model::PropBag& props, const Party& party,
                const std::function<std::string(std::string_view name)>& found) const;
  void learn(const model::PropBag& props, const Party& party);
  void pair_the_last(const std::vector<Address>& field, std::int32_t type);

  const model::MessageTree& message_;
  const Headers& fields_;
  std::map<std::string, std::string> receivers_;  // of all fields: a name in capitals to its address; empty: several
  std::map<std::string, std::string> by_name_;    // "EX:/O=..." in capitals to an Internet address
  std::map<const model::PropBag*, std::string> by_row_;
};

}  // namespace mapiary::mime
