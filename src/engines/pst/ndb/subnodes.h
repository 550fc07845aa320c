// SPDX-License-Identifier: Apache-2.0
// The subnodes of a node: a small tree of their own, SLBLOCK or SIBLOCK over SLBLOCKs. [MS-PST] 2.2.2.8.3.3. Stateless
// over a Database; safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

class Subnodes {
 public:
  Subnodes() = default;  // none
  // Bid 0: no subnodes.
  Subnodes(std::shared_ptr<Database> database, Bid root) : database_(std::move(database)), root_(root) {}

  bool empty() const { return root_.is_none(); }
  Bid root() const { return root_; }
  Result<std::optional<SubnodeEntry>> find(Nid nid) const;
  // In the order they are kept, which is ascending. `visit` returns false to end. Lists that cannot be read are told to
  // `on_damage` and passed over if it is there, an error if not.
  Status walk(const std::function<Result<bool>(const SubnodeEntry&)>& visit,
              const std::function<void(const Error&)>& on_damage = {}) const;

 private:
  Result<std::shared_ptr<const SubnodeBlock>> load(Bid bid) const;

  std::shared_ptr<Database> database_;
  Bid root_;
};

}  // namespace mapiary::engines::pst
