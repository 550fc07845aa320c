// SPDX-License-Identifier: Apache-2.0
#include "com/live_objects.h"

#include "base/env.h"
#include "base/hex.h"
#include "com/border.h"

namespace mapiary::com {
namespace {

#ifdef NDEBUG
constexpr bool kOriginsByDefault = false;
#else
constexpr bool kOriginsByDefault = true;
#endif

bool wants_origins() {
  static const bool wants = [] {
    const auto value = env("MAPIARY_LEAK_ORIGINS");
    return value ? *value != "0" : kOriginsByDefault;
  }();
  return wants;
}

}  // namespace

CallTrace origin_now() {
  return wants_origins() ? CallTrace::here() : CallTrace();
}

std::string LiveObject::title() const {
  return name.empty() ? kind : kind + " '" + name + "'";
}

std::string LiveObject::details() const {
  std::string text;
  if (!entry_id.empty()) text += ", entry id " + hex_bytes(entry_id);
  if (thread != 0) text += ", opened by thread " + std::to_string(thread);
  if (!origin.empty()) text += " at " + origin;
  return text;
}

std::vector<LiveObject> LiveObjects::list() const {
  std::vector<LiveObject> result;
  std::vector<CallTrace> origins;
  {
    const std::lock_guard lock(mutex_);
    for (const LiveMark* mark = first_; mark; mark = mark->next_) {
      LiveObject& object = result.emplace_back();
      object.kind = mark->kind_;
      object.thread = mark->thread_;
      if (mark->what_) mark->what_->describe(object);
      origins.push_back(mark->origin_ ? *mark->origin_ : CallTrace());
    }
  }
  for (std::size_t i = 0; i < result.size(); ++i) result[i].origin = origins[i].text();
  return result;
}

std::size_t LiveObjects::count() const {
  std::size_t count = 0;
  const std::lock_guard lock(mutex_);
  for (const LiveMark* mark = first_; mark; mark = mark->next_) ++count;
  return count;
}

LiveMark::LiveMark(const Gate& gate, const char* kind, const Described* what)
    : LiveMark(kind ? gate.live() : nullptr, kind, what) {}

LiveMark::LiveMark(std::shared_ptr<LiveObjects> objects, const char* kind, const Described* what)
    : objects_(std::move(objects)), kind_(kind), what_(what) {
  if (objects_) enter();
}

void LiveMark::enter() {
  thread_ = thread_number();
  if (wants_origins()) origin_ = std::make_unique<const CallTrace>(CallTrace::here());
  const std::lock_guard lock(objects_->mutex_);
  previous_ = objects_->last_;
  (previous_ ? previous_->next_ : objects_->first_) = this;
  objects_->last_ = this;
}

LiveMark::~LiveMark() {
  if (!objects_) return;
  const std::lock_guard lock(objects_->mutex_);
  (previous_ ? previous_->next_ : objects_->first_) = next_;
  (next_ ? next_->previous_ : objects_->last_) = previous_;
}

void NamedMark::describe(LiveObject& out) const {
  out.entry_id = words_.entry_id;
  out.name = words_.name;
  out.owner = words_.owner;
}

std::vector<LiveObject> Gate::live_objects() {
  if (!live_) return {};
  const std::lock_guard lock(mutex_);
  return live_->list();
}

ULONG give_objects(const std::vector<LiveObject>& objects, LPMAPIARYOBJECTFN each, LPVOID context) {
  for (const LiveObject& object : objects) {
    MAPIARYOBJECT out{};
    out.lpszKind = object.kind.c_str();
    out.lpszName = object.name.c_str();
    out.lpszOrigin = object.origin.c_str();
    out.cbEntryID = static_cast<ULONG>(object.entry_id.size());
    out.lpEntryID = object.entry_id.empty() ? nullptr : reinterpret_cast<const ENTRYID*>(object.entry_id.data());
    out.ullThread = object.thread;
    if (each) each(context, &out);
  }
  return static_cast<ULONG>(objects.size());
}

}  // namespace mapiary::com
