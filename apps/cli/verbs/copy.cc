// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "cli/damage_watch.h"
#include "cli/manifest.h"
#include "cli/markers.h"
#include "cli/message_walk.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/store_copy.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/target.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Access;
using client::Message;

// What a store of recoverable messages says of them (docs/message-stores.md).
constexpr ULONG kRecoveredState = PROP_TAG(PT_UNICODE, 0x67AB), kFormerFolder = PROP_TAG(PT_UNICODE, 0x67AC);

// Problems of these kinds say nothing of content: the target works such values out for itself.
bool is_own_business(SCODE code) {
  return code == MAPI_E_COMPUTED || code == MAPI_E_NO_ACCESS || code == MAPI_E_NO_SUPPORT;
}

// Through the walk, which takes errors of MAPI for those of a folder.
struct NoRoom {
  std::string words;
};

class Copy {
 public:
  Copy(const Arguments& arguments, const OpenStore& from, const client::Store* to, const CopyPlan& plan)
      : arguments_(arguments),
        from_(from),
        to_(to),
        plan_(plan),
        top_(plan.start ? plan.start->path : visible_top(from.store)),
        into_(plan.into),
        store_key_(from.store.bytes(PR_RECORD_KEY).value_or(from.path)),
        walk_(arguments, from.store, !arguments.has("no-associated"), plan.start),
        damage_(from.store),
        manifest_(plan.operation, {{"source", system::base_name(from.name)}}),
        progress_(arguments, "messages") {}

  ExitCode run() {
    list_left_over();
    if (plan_.nothing) return finish(true);
    const std::uint64_t expected = manifest_.totals().expected + walk_.count();
    progress_.expect(expected);
    if (!plan_.no_room.empty()) stop_ = {client::code_name(MAPI_E_NOT_ENOUGH_DISK), plan_.no_room};
    const WalkVisitor visitor = {[&](const FolderInfo& folder, std::uint64_t messages) {
                                   manifest_.folder(folder.path, place_of(folder));
                                   manifest_.expect(messages);
                                   // Empty visible folders come along, unless only some messages were asked for.
                                   if (to_ != nullptr && (messages != 0 || (walk_.takes_all() && is_visible(folder))))
                                     make_or_stop(folder);
                                 },
                                 [&](const WalkedMessage& message) {
                                   progress_.step(++seen_);
                                   visit(message);
                                   return !system::interrupted();
                                 },
                                 [&](const FolderFailure& failure) {
                                   ItemRecord record;
                                   record.folder = failure.path;
                                   record.code = client::code_name(failure.code);
                                   record.message = failure.message;
                                   tell_failure(record);
                                   manifest_.fail_rest(record);
                                 }};
    try {
      if (to_ != nullptr) prepare(expected);
      const bool whole = !stop_.words.empty() || walk_.run(visitor);
      if (target_) target_->flush();
      if (!whole) stop_ = {"MAPI_E_USER_CANCEL", "the run was stopped before it"};
    } catch (const NoRoom& full) {
      stop_ = {client::code_name(MAPI_E_NOT_ENOUGH_DISK), full.words};
    } catch (const client::Error& error) {
      stop_ = {client::code_name(error.code()), error.what(), exit_code_of(error)};
    }
    if (stop_.words.empty()) return finish(true);
    if (stop_.code != "MAPI_E_USER_CANCEL") {
      complain(stop_.words);
      if (target_) manifest_.lose(target_->lost());
    }
    manifest_.stop(expected, stop_.code, stop_.words);
    return finish(false);
  }

  /// Nothing is in the store that was not there before.
  bool wrote_nothing() const { return manifest_.totals().written == 0; }

 private:
  void prepare(std::uint64_t expected) {
    markers_.emplace(*to_);
    target_.emplace(*to_);
    if (arguments_.has("resume")) markers_->load();
    if (plan_.recovered) recovered_ = markers_->recovered_tags();
    target_->expect(expected);
  }
  void list_left_over() {
    for (const std::string& words : plan_.left_over) {
      ItemRecord record;
      record.status = ItemRecord::Status::kExcluded;
      record.folder = plan_.start ? plan_.start->path : "/";
      record.code = "MAPI_E_CORRUPT_DATA";
      record.message = words;
      manifest_.expect(1);
      manifest_.record(record);
    }
  }
  // Visible folders become visible ones; others keep their path from the root, unless --into says where.
  bool is_visible(const FolderInfo& folder) const {
    return !top_.empty() && (folder.path == top_ || folder.path.compare(0, top_.size() + 1, top_ + "/") == 0);
  }
  std::string place_of(const FolderInfo& folder) const {
    const bool visible = is_visible(folder);
    std::string rest = visible ? folder.path.substr(top_.size()) : folder.path;
    if (rest == "/") rest.clear();
    if (into_.empty() && !visible) return rest.empty() ? "/" : rest;
    if (!rest.empty()) rest.erase(0, 1);
    if (into_.empty()) return rest;
    return rest.empty() ? into_ : into_ + "/" + rest;
  }

  // What a folder is for comes along.
  void make(const FolderInfo& folder) {
    client::Folder& made = target_->folder(place_of(folder));
    const client::Values values = from_.store.folder(folder.entry_id).read({PR_CONTAINER_CLASS_W, PR_COMMENT_W});
    client::PropertyList list;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values.at(i) && made.text(values.at(i).tag()).value_or("").empty()) list.raw(*values.at(i).raw());
    }
    if (list.size() != 0) made.write(list);
  }

  void make_or_stop(const FolderInfo& folder) {
    try {
      make(folder);
    } catch (const client::Error& error) {
      if (error.code() != static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK)) throw;
      throw NoRoom{error.what()};
    }
  }

  void visit(const WalkedMessage& message) {
    ItemRecord record;
    record.folder = message.folder->path;
    record.id = message.id;
    record.subject = message.subject;
    if (message.excluded) {
      record.status = ItemRecord::Status::kExcluded;
      record.message = "the query does not ask for it";
      return manifest_.record(record);
    }
    if (to_ == nullptr) return manifest_.written();
    const std::string key = OriginHash().add(store_key_).add(message.entry_id).key();
    if (markers_->take(key)) {
      ++resumed_;
      return manifest_.written();
    }
    try {
      copy(message, key, record);
    } catch (const client::Error& error) {
      // Without room no other item will do better.
      if (error.code() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK)) throw NoRoom{error.what()};
      record.status = ItemRecord::Status::kFailed;
      record.code = client::code_name(error.code());
      record.message = error.what();
      fail(record);
    }
  }

  void copy(const WalkedMessage& message, const std::string& key, ItemRecord& record) {
    const Message source = from_.store.message(message.entry_id);
    Message made = target_->folder(place_of(*message.folder)).create_message(message.associated);
    SPropProblemArray* raw = nullptr;
    // These say where a message lies in its file.
    SizedSPropTagArray(2, own) = {2, {kRecoveredState, kFormerFolder}};
    client::check(source.get()->CopyTo(0, nullptr, reinterpret_cast<LPSPropTagArray>(&own), 0, nullptr,
                                       const_cast<IID*>(&client::iid::message), made.get(), 0, &raw),
                  "IMAPIProp::CopyTo", source.get());
    const client::Buffer<SPropProblemArray> problems(raw);
    const auto flags = static_cast<ULONG>(source.number(PR_MESSAGE_FLAGS).value_or(0));
    client::PropertyList mark;
    mark.bytes(markers_->tag(), key).number(PR_MESSAGE_FLAGS, flags & (MSGFLAG_READ | MSGFLAG_UNSENT));
    if (recovered_) {
      const client::Values state = source.read({kRecoveredState, kFormerFolder});
      if (state.at(0)) mark.text(recovered_->state, state.at(0).text());
      if (state.at(1)) mark.text(recovered_->former, state.at(1).text());
    }
    made.write(mark);
    made.save(false);
    manifest_.written_for_now();
    if (target_->saved()) manifest_.settle();
    for (ULONG i = 0; problems && i < problems->cProblem; ++i) {
      const SPropProblem& problem = problems->aProblem[i];
      if (is_own_business(problem.scode)) continue;
      record.message += (record.message.empty() ? "" : "; ") + client::Object::tag_text(problem.ulPropTag) + ": " +
                        client::code_name(problem.scode);
      record.code = client::code_name(problem.scode);
    }
    if (damage_.is_new()) {
      record.message += (record.message.empty() ? "" : "; ") + std::string(DamageWatch::kWords);
      record.code = client::code_name(MAPI_E_CORRUPT_STORE);
    }
    if (record.message.empty()) return;
    record.status = ItemRecord::Status::kIncomplete;
    fail(record);
  }

  void fail(const ItemRecord& record) {
    tell_failure(record);
    manifest_.record(record);
  }

  ExitCode finish(bool whole) {
    std::string words;
    (void)damage_.is_new();
    manifest_.problems(damage_.findings());
    const bool agree = !target_ || (!whole && stop_.code != "MAPI_E_USER_CANCEL") || target_->counts_agree(words);
    if (!agree) complain(words);
    const bool dry = arguments_.has("dry-run");
    if (const auto path = arguments_.value("manifest"); path && !dry) manifest_.write(system::absolute(*path));
    if (arguments_.has("json")) manifest_.print();
    if (!whole) {
      complain("stopped: " + manifest_.summary() + "; --resume goes on from here");
      return manifest_.totals().written == 0 && stop_.code != "MAPI_E_USER_CANCEL" ? stop_.exit_code
                                                                                   : ExitCode::kPartial;
    }
    tell(arguments_, (dry ? "would " + plan_.operation + ": " : "") + manifest_.summary() +
                         (resumed_ != 0 ? " (" + std::to_string(resumed_) + " by an earlier run)" : ""));
    return agree ? manifest_.exit_code() : ExitCode::kPartial;
  }

  const Arguments& arguments_;
  const OpenStore& from_;
  const client::Store* to_;  // none: a dry run
  const CopyPlan& plan_;
  const std::string top_, into_, store_key_;
  MessageWalk walk_;
  DamageWatch damage_;
  Manifest manifest_;
  Progress progress_;
  std::optional<Markers> markers_;
  std::optional<Target> target_;
  std::optional<Markers::Recovered> recovered_;
  struct {
    std::string code, words;
    ExitCode exit_code = ExitCode::kNothing;
  } stop_;  // why the run ended early; no words: it did not
  std::uint64_t seen_ = 0, resumed_ = 0;
};

ExitCode run_copy(const Arguments& arguments) {
  if (!arguments.has("dry-run")) try_manifest(arguments);
  Stores stores(arguments);
  const OpenStore from = stores.open(arguments.operand(0));
  CopyPlan plan;
  plan.into = arguments.value_or("into", "");
  if (arguments.has("dry-run")) return copy_nowhere(arguments, from, plan);
  return copy_store(arguments, stores, from, plan);
}

}  // namespace

ExitCode copy_nowhere(const Arguments& arguments, const OpenStore& from, const CopyPlan& plan) {
  return Copy(arguments, from, nullptr, plan).run();
}

ExitCode copy_store(const Arguments& arguments, Stores& stores, const OpenStore& from, CopyPlan plan) {
  std::optional<OpenStore> to;
  try {
    to = stores.open(arguments.operand(1), Access::kWrite, Missing::kCreate);
  } catch (const NoRoomForStore& error) {
    plan.no_room = error.what();
    return copy_nowhere(arguments, from, plan);
  }
  if (!to->path.empty() && to->path == from.path) throw UsageError("the two stores are one");
  std::optional<Copy> copy(std::in_place, arguments, from, &to->store, plan);
  const ExitCode code = copy->run();
  const bool for_nothing = code != ExitCode::kDone && copy->wrote_nothing();
  copy.reset();
  if (for_nothing) {
    stores.close_without(std::move(*to));
  } else {
    to.reset();
    stores.close();
  }
  return code;
}

Verb describe_copy() {
  return {
      "copy",
      "copy messages from one store to another",
      {{"FROM", Kind::kStore}, {"TO", Kind::kNewStore}},
      with_query_options({kFolder,
                          {"into", 'i', "FOLDER", "put the folders into this one"},
                          {"no-associated", 0, "", "without the hidden messages that are associated with folders"},
                          {"manifest", 'm', "FILE", "write what became of every item into this file", Kind::kFile},
                          kResume,
                          kDryRun,
                          kRecoverable,
                          kCodePage,
                          kJson,
                          kProfile,
                          kQuiet}),
      "Messages are copied with all properties, recipients and attachments. Visible folders become visible folders of "
      "the "
      "same names. TO is made if it is not there, as a Mapiary store. With a query only what it finds is copied, and "
      "no "
      "associated messages. Each message is marked with where it came from: --resume copies only what is not there "
      "yet.",
      "mapiary copy archive.pst mail.mapiary\nmapiary copy --since 2026-01-01 old.mapiary new.mapiary --into Recent",
      run_copy};
}

}  // namespace cli
