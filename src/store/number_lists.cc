// SPDX-License-Identifier: Apache-2.0
#include "store/number_lists.h"

#include <algorithm>

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

PropValue number_list(PropTag tag, const std::vector<ObjectId>& ids) {
  std::vector<std::int64_t> numbers;
  for (const ObjectId id : ids) numbers.push_back(static_cast<std::int64_t>(id));
  return PropValue::multi(tag, std::move(numbers));
}

std::vector<ObjectId> numbers_of(const model::PropBag& bag, PropTag tag) {
  std::vector<ObjectId> ids;
  const PropValue* value = bag.find(tag);
  if (!value || !value->is_multi()) return ids;
  for (const std::int64_t number : std::get<std::vector<std::int64_t>>(value->as_multi())) {
    ids.push_back(static_cast<ObjectId>(number));
  }
  return ids;
}

Result<std::vector<ObjectId>> mailbox_list(StoreCore& core, backend::Transaction& transaction, PropTag tag) {
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  return numbers_of(TRY(transaction.read(core.info().mailbox, request)).props, tag);
}

Status set_listed(StoreCore& core, backend::Transaction& transaction, PropTag tag, ObjectId object, bool listed) {
  auto ids = TRY(mailbox_list(core, transaction, tag));
  const auto found = std::find(ids.begin(), ids.end(), object);
  if ((found != ids.end()) == listed) return {};
  listed ? ids.push_back(object) : void(ids.erase(found));
  const PropValue value = number_list(tag, ids);
  backend::Update update;
  update.quiet = true;
  const std::uint16_t gone = tag.id();
  if (ids.empty()) {
    update.erase = std::span(&gone, 1);
  } else {
    update.set = std::span(&value, 1);
  }
  return transaction.update(core.info().mailbox, update);
}

}  // namespace mapiary::store
