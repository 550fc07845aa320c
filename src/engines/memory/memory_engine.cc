// SPDX-License-Identifier: Apache-2.0
#include "engines/memory/memory_engine.h"

#include <algorithm>
#include <functional>

#include "base/clock.h"
#include "engines/memory/state.h"

namespace mapiary::engines::memory {
namespace {

using backend::ChangeBatch;
using backend::ChangeNumber;
using backend::Mode;

class MemoryMailbox final : public backend::Mailbox {
 public:
  MemoryMailbox(std::shared_ptr<State> state, const backend::OpenOptions& options)
      : state_(std::move(state)), deadline_(options.busy_deadline) {
    info_.uid = state_->uid;
    info_.mailbox = state_->mailbox;
    info_.root = state_->root;
    info_.capabilities.read_only = options.read_only;
    info_.capabilities.blob_limit = std::uint64_t{1} << 36;
  }

  const backend::MailboxInfo& info() const override { return info_; }

  Result<std::unique_ptr<backend::Transaction>> begin(Mode mode) override {
    const bool to_write = mode != Mode::kRead;
    if (to_write && info_.capabilities.read_only) {
      return fail(Code::kReadOnly, "memory", "the mailbox was opened for reading only");
    }
    if (!state_->gate.enter(to_write, deadline_)) {
      return fail(Code::kBusy, "memory", "others are using the mailbox; waited as long as allowed");
    }
    return memory::begin(state_, to_write);
  }

  Status flush() override { return {}; }

  Result<ChangeBatch> changes_since(ChangeNumber after, std::size_t limit) override {
    std::lock_guard lock(state_->log_mutex);
    ChangeBatch batch;
    batch.last = state_->last;
    batch.lost = after < state_->forgotten;
    if (batch.lost) return batch;
    const auto is_new = [&](const std::vector<backend::Change>& changes) { return changes.back().number > after; };
    for (auto at = std::partition_point(state_->log.begin(), state_->log.end(), std::not_fn(is_new));
         at != state_->log.end(); ++at) {
      if (batch.changes.size() >= limit) {
        batch.more = true;
        batch.last = batch.changes.back().number;
        break;
      }
      batch.changes.insert(batch.changes.end(), at->begin(), at->end());
    }
    return batch;
  }

  Result<bool> wait_for_change(ChangeNumber after, std::chrono::milliseconds patience,
                               const std::stop_token& stop) override {
    std::unique_lock lock(state_->log_mutex);
    return state_->changed.wait_until(lock, stop, steady_now() + patience, [&] { return state_->last > after; });
  }

 private:
  std::shared_ptr<State> state_;
  backend::MailboxInfo info_;
  std::chrono::milliseconds deadline_;
};

std::shared_ptr<const Object> bare_object(ObjectId id, ObjectKind kind, ObjectId parent) {
  auto object = std::make_shared<Object>();
  object->info.id = id;
  object->info.kind = kind;
  object->info.parent = parent;
  if (kind == ObjectKind::kMailbox) object->info.counts.folders = 1;
  return object;
}

}  // namespace

MemoryEngine::MemoryEngine() = default;
MemoryEngine::~MemoryEngine() = default;

Result<bool> MemoryEngine::recognises(const std::string& location) {
  std::lock_guard lock(mutex_);
  return mailboxes_.contains(location);
}

Status MemoryEngine::create(const std::string& location, const backend::CreateOptions& options) {
  std::lock_guard lock(mutex_);
  if (mailboxes_.contains(location)) {
    return fail(Code::kCollision, "memory", "'" + location + "' is there already");
  }
  auto state = std::make_shared<State>();
  state->uid = options.uid.value_or(Guid::random());
  state->objects[state->mailbox] = bare_object(state->mailbox, ObjectKind::kMailbox, state->mailbox);
  state->objects[state->root] = bare_object(state->root, ObjectKind::kFolder, state->mailbox);
  state->children.emplace(state->mailbox, State::kFolders, state->root);
  mailboxes_[location] = std::move(state);
  return {};
}

Result<std::unique_ptr<backend::Mailbox>> MemoryEngine::open(const std::string& location,
                                                             const backend::OpenOptions& options) {
  std::lock_guard lock(mutex_);
  const auto at = mailboxes_.find(location);
  if (at == mailboxes_.end()) return fail(Code::kNotFound, "memory", "there is no mailbox '" + location + "'");
  return std::make_unique<MemoryMailbox>(at->second, options);
}

Result<backend::CheckReport> MemoryEngine::check(const std::string& location) {
  std::lock_guard lock(mutex_);
  const auto at = mailboxes_.find(location);
  if (at == mailboxes_.end()) return fail(Code::kNotFound, "memory", "there is no mailbox '" + location + "'");
  State& state = *at->second;
  state.gate.enter(false, std::chrono::hours(1));
  backend::CheckReport report;
  report.objects = state.objects.size();
  state.gate.leave(false);
  return report;
}

}  // namespace mapiary::engines::memory
