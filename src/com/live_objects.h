// SPDX-License-Identifier: Apache-2.0
// Which objects of a store or session are alive, without owning them: for the leak report (guarantee G5). A Gate may
// have a register, shared with others; each object that a client has to release holds a LiveMark at its gate. Cheap: a
// mark is linked in and out under a lock of its own, and nothing is put into words before somebody asks.
//
// In debug builds marks know where they were made; MAPIARY_LEAK_ORIGINS=0 or =1 in the environment decides otherwise.
// Safe from any thread. The register's lock is taken last of all. docs/adr/0044-leak-report.md
#pragma once

#include <mapiary/leaks.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/call_trace.h"

namespace mapiary::com {

class Gate;

struct LiveObject {
  std::string kind;      // "folder"
  std::string entry_id;  // bytes; empty: it has none
  std::string name;      // UTF-8, what else tells it from others; may be empty
  std::string origin;    // where it was opened; empty: not recorded
  std::uint64_t thread = 0;
  std::uint64_t owner = 0;  // of a provider's: the logon

  // For people: "folder 'Inbox'" and ", entry id 00..., opened by thread 17 at program+0x12f4".
  std::string title() const;
  std::string details() const;
};

// What knows an object's words. Called under the register's lock, and under that of the object's own gate: say what is
// in memory, take no other lock.
class Described {
 public:
  virtual void describe(LiveObject& out) const { (void)out; }

 protected:
  ~Described() = default;
};

// Of the caller, where origins are recorded; else empty.
CallTrace origin_now();

class LiveMark;

class LiveObjects {
 public:
  LiveObjects() = default;
  LiveObjects(const LiveObjects&) = delete;
  LiveObjects& operator=(const LiveObjects&) = delete;

  // The oldest first. What is alive of one gate: Gate::live_objects().
  std::vector<LiveObject> list() const;
  std::size_t count() const;

 private:
  friend class LiveMark;

  mutable std::mutex mutex_;
  LiveMark* first_ = nullptr;
  LiveMark* last_ = nullptr;
};

// A member of the object, after all that `what` (NULL: the kind is all there is to say) looks at. A gate without a
// register, or no kind: nothing is marked.
class LiveMark {
 public:
  LiveMark(const Gate& gate, const char* kind, const Described* what);
  LiveMark(std::shared_ptr<LiveObjects> objects, const char* kind, const Described* what);
  ~LiveMark();
  LiveMark(const LiveMark&) = delete;
  LiveMark& operator=(const LiveMark&) = delete;

 private:
  friend class LiveObjects;
  void enter();

  const std::shared_ptr<LiveObjects> objects_;
  const char* const kind_;
  const Described* const what_;
  std::uint64_t thread_ = 0;
  std::unique_ptr<const CallTrace> origin_;
  LiveMark* previous_ = nullptr;
  LiveMark* next_ = nullptr;
};

// A mark with words of its own, for what is no object: a connection, a view.
class NamedMark final : private Described {
 public:
  NamedMark(std::shared_ptr<LiveObjects> objects, LiveObject words)
      : words_(std::move(words)), mark_(std::move(objects), words_.kind.c_str(), this) {}

 private:
  void describe(LiveObject& out) const override;

  const LiveObject words_;
  const LiveMark mark_;
};

// Hands each to a client's function; their number.
ULONG give_objects(const std::vector<LiveObject>& objects, LPMAPIARYOBJECTFN each, LPVOID context);

}  // namespace mapiary::com
