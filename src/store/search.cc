// SPDX-License-Identifier: Apache-2.0
#include "store/search.h"

#include <mapitags.h>

#include <algorithm>
#include <set>

#include "model/restriction_codec.h"
#include "model/restriction_evaluator.h"
#include "store/advises.h"
#include "store/number_lists.h"
#include "store/sub_objects.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr model::WireForm kForm{model::WireForm::Counts::k32, 1252};

// One message as a restriction sees it, read once with all its small values.
class Target final : public model::RestrictionTarget {
 public:
  Target(StoreCore& core, backend::Transaction& transaction, backend::ObjectData message)
      : core_(core), transaction_(transaction), message_(std::move(message)) {}
  const PropValue* property(PropTag tag) override {
    if (is_computed(message_computed(), tag.id()) && tag.id() != id_of(PR_MAPPING_SIGNATURE)) {
      auto value = message_value(core_, message_.info, message_.props, tag, core_.writable());
      if (!value) return nullptr;
      computed_.push_back(std::make_unique<PropValue>(std::move(*value)));
      return computed_.back().get();
    }
    return message_.props.find(tag.id());
  }
  Result<bool> any_sub_object(PropTag table, const SubObjectTest& test) override {
    return any_part(transaction_, message_.info.id, table, test);
  }
  Result<PropValue> load(const PropValue& blob) override { return load_whole(transaction_, message_.info.id, blob); }

 private:
  StoreCore& core_;
  backend::Transaction& transaction_;
  backend::ObjectData message_;
  std::vector<std::unique_ptr<PropValue>> computed_;
};

// The criteria of one search, prepared.
class Search {
 public:
  static Result<Search> make(SearchCriteria criteria) {
    Search search;
    auto compiled = TRY(model::CompiledRestriction::compile(criteria.restriction));
    search.compiled_ = std::make_shared<const model::CompiledRestriction>(std::move(compiled));
    search.criteria_ = std::move(criteria);
    return search;
  }

  bool is_recursive() const { return (criteria_.state & SEARCH_RECURSIVE) != 0; }
  const SearchCriteria& criteria() const { return criteria_; }

  // Whether the folder is one of those searched, or below one.
  Result<bool> covers(backend::Transaction& transaction, ObjectId folder) const {
    for (int depth = 0; depth < kMaxFolderDepth; ++depth) {
      if (std::find(criteria_.folders.begin(), criteria_.folders.end(), folder) != criteria_.folders.end()) return true;
      if (!is_recursive()) return false;
      const auto info = TRY(transaction.read(folder, {})).info;
      if (info.kind != ObjectKind::kFolder || info.parent == 0 || info.parent == folder) return false;
      folder = info.parent;
    }
    return false;
  }

  Result<bool> matches(StoreCore& core, backend::Transaction& transaction, backend::ObjectData message) const {
    Target target(core, transaction, std::move(message));
    return model::RestrictionEvaluator(compiled_).matches(target);
  }

 private:
  SearchCriteria criteria_;
  std::shared_ptr<const model::CompiledRestriction> compiled_;
};

Result<std::vector<ObjectId>> running(StoreCore& core, backend::Transaction& transaction) {
  return mailbox_list(core, transaction, private_tag::kSearches);
}

Status set_running(StoreCore& core, backend::Transaction& transaction, ObjectId folder, bool runs) {
  return set_listed(core, transaction, private_tag::kSearches, folder, runs);
}

Result<backend::ObjectData> read_message(backend::Transaction& transaction, ObjectId id) {
  backend::ReadRequest request;
  request.all = true;
  return transaction.read(id, request);
}

// The folders that are searched, subfolders among them.
Status expand(backend::Transaction& transaction, ObjectId folder, bool recursive, int depth, std::vector<ObjectId>& out,
              std::set<ObjectId>& known) {
  if (depth > kMaxFolderDepth || !known.insert(folder).second) return {};
  const auto read = transaction.read(folder, {});
  if (!read && read.error().code == Code::kNotFound) return {};  // deleted since
  if (!read) return tl::unexpected(read.error());
  if (read->info.kind != ObjectKind::kFolder) return {};  // searches do not search one another
  out.push_back(folder);
  if (!recursive) return {};
  for (const ObjectId child : TRY(children(transaction, folder, ObjectKind::kFolder))) {
    TRY(expand(transaction, child, recursive, depth + 1, out, known));
  }
  return {};
}

Result<std::vector<ObjectId>> find_all(StoreCore& core, backend::Transaction& transaction, const Search& search) {
  std::vector<ObjectId> folders, found;
  std::set<ObjectId> known;
  for (const ObjectId folder : search.criteria().folders) {
    TRY(expand(transaction, folder, search.is_recursive(), 0, folders, known));
  }
  for (const ObjectId folder : folders) {
    for (const ObjectId message : TRY(children(transaction, folder, ObjectKind::kMessage))) {
      if (TRY(search.matches(core, transaction, TRY(read_message(transaction, message))))) found.push_back(message);
    }
  }
  return found;
}

}  // namespace

Result<std::optional<SearchCriteria>> read_criteria(backend::Transaction& transaction, ObjectId search_folder) {
  const PropTag tags[] = {private_tag::kSearchCriteria, private_tag::kSearchFolders, private_tag::kSearchFlags};
  backend::ReadRequest request;
  request.tags = tags;
  request.inline_limit = UINT64_MAX;
  const auto read = TRY(transaction.read(search_folder, request));
  const PropValue* restriction = read.props.find(private_tag::kSearchCriteria);
  if (!restriction) return std::optional<SearchCriteria>();
  SearchCriteria criteria;
  criteria.restriction = TRY(model::decode_restriction(restriction->as_bytes(), kForm));
  criteria.folders = numbers_of(read.props, private_tag::kSearchFolders);
  criteria.state = long_of(read.props, private_tag::kSearchFlags.value);
  return std::optional<SearchCriteria>(std::move(criteria));
}

Status set_criteria(StoreCore& core, ObjectId search_folder, const SearchCriteria& criteria, bool run) {
  const Search search = TRY(Search::make(criteria));
  std::string restriction = TRY(model::encode_restriction(criteria.restriction, kForm));
  const PropValue values[] = {PropValue::binary(private_tag::kSearchCriteria, std::move(restriction)),
                              number_list(private_tag::kSearchFolders, criteria.folders),
                              long_value(private_tag::kSearchFlags.value, criteria.state)};
  Writer writer = TRY(core.write());
  backend::Update update;
  update.set = values;
  TRY(writer->update(search_folder, update));
  if (run) {
    const auto found = TRY(find_all(core, writer.get(), search));
    const std::set<ObjectId> wanted(found.begin(), found.end());
    std::vector<ObjectId> gone;
    for (const ObjectId id : TRY(children(writer.get(), search_folder, ObjectKind::kMessage))) {
      if (!wanted.contains(id)) gone.push_back(id);
    }
    if (!gone.empty()) TRY(writer->link(search_folder, gone, false));
    if (!found.empty()) TRY(writer->link(search_folder, found, true));
  }
  TRY(set_running(core, writer.get(), search_folder, (criteria.state & SEARCH_RUNNING) != 0));
  TRY(writer.commit());
  if (run) core.advises().search_complete(search_folder);
  return {};
}

Status update_searches(StoreCore& core, backend::Transaction& transaction, std::span<const ObjectId> messages) {
  for (const ObjectId folder : TRY(running(core, transaction))) {
    const auto criteria = read_criteria(transaction, folder);
    if (!criteria || !*criteria) continue;  // damaged, or gone: what it shows stays as it is
    const auto search = Search::make(**criteria);
    if (!search) continue;
    for (const ObjectId id : messages) {
      auto message = read_message(transaction, id);
      if (!message && message.error().code == Code::kNotFound) continue;  // deleted: its links went with it
      if (!message) return tl::unexpected(message.error());
      if (message->info.kind != ObjectKind::kMessage) continue;
      bool found = TRY(search->covers(transaction, message->info.parent));
      if (found) {
        const auto matches = search->matches(core, transaction, std::move(*message));
        found = matches && *matches;
      }
      TRY(transaction.link(folder, std::span(&id, 1), found));
    }
  }
  return {};
}

Result<bool> any_search(StoreCore& core, backend::Transaction& transaction) {
  return !TRY(running(core, transaction)).empty();
}

Status forget_search(StoreCore& core, backend::Transaction& transaction, ObjectId search_folder) {
  return set_running(core, transaction, search_folder, false);
}

}  // namespace mapiary::store
