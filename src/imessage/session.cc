// SPDX-License-Identifier: Apache-2.0
// OpenIMsgSession, CloseIMsgSession, OpenIMsgOnIStg. Pages: openimsgsession, closeimsgsession, openimsgonistg,
// msgcallrelease.
//
// Closing a session closes the gates of its messages: every later call on them, their attachments, streams and embedded
// messages answers MAPI_E_INVALID_OBJECT (streams STG_E_REVERTED), and the storages are let go at once. The objects'
// memory stays until their last Release.
#include <imessage.h>
#include <mapiaux.h>
#include <mapicode.h>
#include <mapispi.h>
#include <mapitags.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "imessage/message_object.h"

struct _MSGSESS {
  std::vector<std::weak_ptr<mapiary::imessage::Root>> roots;
  bool unicode = false;
};

namespace mapiary::imessage {
namespace {

// The sessions that are open: a pointer that is none of them is refused instead of followed.
struct Sessions {
  std::mutex mutex;
  std::vector<std::unique_ptr<_MSGSESS>> open;

  _MSGSESS* find(LPMSGSESS wanted) {
    const auto found = std::find_if(open.begin(), open.end(), [&](const auto& s) { return s.get() == wanted; });
    return found == open.end() ? nullptr : found->get();
  }
};

Sessions& sessions() {
  static Sessions* const all = new Sessions;  // outlives every thread that may still close one
  return *all;
}

void close_root(const std::shared_ptr<Root>& root) {
  std::unique_lock lock(root->gate->mutex());
  root->gate->close(Code::kInvalidObject);
  for (const auto& weak : root->messages) {
    if (const auto message = weak.lock()) message->drop();
  }
}

struct OpenRequest {
  LPMSGSESS session;
  com::AllocRoutines routines;
  IMAPISupport* support;
  IStorage* storage;
  ULONG flags;
};

Result<com::AllocRoutines> routines_of(const OpenRequest& request) {
  com::AllocRoutines routines = request.routines;
  if (routines.allocate && routines.more && routines.release) return routines;
  if (!request.support)
    return fail(Code::kInvalidArgument, "imessage", "there are neither memory routines nor a support object");
  const HRESULT hr = request.support->GetMemAllocRoutines(&routines.allocate, &routines.more, &routines.release);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPISupport::GetMemAllocRoutines"));
  return routines;
}

Result<bool> is_writable(IStorage& storage) {
  STATSTG stat{};
  TRY(checked(storage.Stat(&stat, STATFLAG_NONAME), "IStorage::Stat"));
  const DWORD access = stat.grfMode & 3u;
  if (access == STGM_WRITE) return fail(Code::kNoAccess, "imessage", "a storage that cannot be read holds no message");
  if (access == STGM_READWRITE && !(stat.grfMode & STGM_TRANSACTED)) {
    return fail(Code::kInvalidArgument, "imessage", "a storage to be written must be transacted", stat.grfMode);
  }
  return access == STGM_READWRITE;
}

// Of an existing message the file says it; of a new one the caller.
bool is_unicode(const model::PropBag& bag, bool asked) {
  if (const auto* mask = bag.find(model::PropTag(PR_STORE_SUPPORT_MASK)))
    return (mask->as_int32() & STORE_UNICODE_OK) != 0;
  bool narrow = false;
  for (const model::PropValue& value : bag) {
    if (value.tag().base_type() == model::PropType::kUnicode) return true;
    narrow |= value.tag().base_type() == model::PropType::kString8;
  }
  return asked && !narrow;
}

Result<com::Ref<IMessage>> open(const OpenRequest& request, std::shared_ptr<Root>& root) {
  if (!request.storage) return fail(Code::kInvalidArgument, "imessage", "there is no storage");
  if (request.flags & ~(IMSG_NO_ISTG_COMMIT | MAPI_UNICODE)) {
    return fail(Code::kUnknownFlags, "imessage", "OpenIMsgOnIStg does not define a flag it got", request.flags);
  }
  root->routines = TRY(routines_of(request));
  if (request.support) root->support = com::Ref<IMAPISupport>::share(request.support);
  root->commit = !(request.flags & IMSG_NO_ISTG_COMMIT);
  const bool writable = TRY(is_writable(*request.storage));
  root->names.set_writable(writable);
  bool unicode = (request.flags & MAPI_UNICODE) != 0;
  if (request.session) {
    std::unique_lock lock(sessions().mutex);
    _MSGSESS* session = sessions().find(request.session);
    if (!session) return fail(Code::kInvalidArgument, "imessage", "the message session is not open");
    unicode |= session->unicode;
    std::erase_if(session->roots, [](const auto& weak) { return weak.expired(); });
    session->roots.push_back(root);
  }
  auto state = TRY(open_message(root, com::Ref<IStorage>::share(request.storage), Place::kTopLevel, 1, writable));
  root->unicode = is_unicode(state->props.bag(), unicode);
  return make_message(std::move(state));
}

SCODE as_mapi(SCODE code) {
  return HRESULT_FACILITY(code) == FACILITY_STORAGE ? MapStorageSCode(code) : code;
}

}  // namespace
}  // namespace mapiary::imessage

using namespace mapiary;
using namespace mapiary::imessage;

STDAPI_(SCODE) OpenIMsgSession(LPMALLOC allocator, ULONG flags, LPMSGSESS* out) {
  if (out) *out = nullptr;
  return com::border([&]() -> Status {
    if (!allocator || !out) return fail(Code::kInvalidArgument, "imessage", "OpenIMsgSession got a NULL pointer");
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    auto session = std::make_unique<_MSGSESS>();
    session->unicode = (flags & MAPI_UNICODE) != 0;
    std::unique_lock lock(sessions().mutex);
    *out = session.get();
    sessions().open.push_back(std::move(session));
    return {};
  });
}

STDAPI_(void) CloseIMsgSession(LPMSGSESS handle) {
  (void)com::border([&]() -> Status {
    std::unique_ptr<_MSGSESS> session;
    {
      std::unique_lock lock(sessions().mutex);
      auto& open = sessions().open;
      const auto found = std::find_if(open.begin(), open.end(), [&](const auto& s) { return s.get() == handle; });
      if (found == open.end()) return {};
      session = std::move(*found);
      open.erase(found);
    }
    for (const auto& weak : session->roots) {
      if (const auto root = weak.lock()) close_root(root);
    }
    return {};
  });
}

STDAPI_(SCODE)
OpenIMsgOnIStg(LPMSGSESS session, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more, LPFREEBUFFER release, LPMALLOC,
               LPVOID support, LPSTORAGE storage, MSGCALLRELEASE* call_release, ULONG caller_data, ULONG flags,
               LPMESSAGE* out) {
  if (out) *out = nullptr;
  return as_mapi(com::border([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "imessage", "OpenIMsgOnIStg needs its out-parameter");
    auto root = std::make_shared<Root>();
    auto message =
        TRY(open({session, {allocate, more, release}, static_cast<IMAPISupport*>(support), storage, flags}, root));
    if (call_release) {
      root->released = [call_release, caller_data, gone = message.get()] { call_release(caller_data, gone); };
    }
    *out = message.detach();
    return {};
  }));
}
