// SPDX-License-Identifier: Apache-2.0
#include "store/store_object.h"

#include <mapicode.h>
#include <mapitags.h>

#include "com/text.h"
#include "store/advises.h"
#include "store/check.h"
#include "store/folder_object.h"
#include "store/list_table.h"
#include "store/message_object.h"
#include "store/message_rows.h"
#include "store/store_props.h"
#include "store/submission.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr ULONG kLogoffFlags = LOGOFF_NO_WAIT | LOGOFF_ORDERLY | LOGOFF_PURGE | LOGOFF_ABORT | LOGOFF_QUIET;

Status need(const void* pointer) {
  if (pointer) return {};
  return fail(Code::kInvalidArgument, "store", "a pointer is NULL");
}

Status need_zero(ULONG flags) {
  if (flags == 0) return {};
  return fail(Code::kUnknownFlags, "store", "flags must be zero", flags);
}

}  // namespace

class StoreObject final : public property::PropObject<IMsgStore> {
 public:
  StoreObject(const CorePtr& core, std::shared_ptr<OpenStores> stores)
      : PropObject(core->gate(), std::make_shared<StoreBacking>(core), core->routines()),
        store_(core),
        stores_(std::move(stores)) {
    stores_->set_object(*core, this);
  }
  ~StoreObject();

  STDMETHODIMP OpenProperty(ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out) override;
  MAPI_IMSGSTORE_METHODS(override)

 private:
  Status need_spooler() const {
    if (store_->is_spooler()) return {};
    return fail(Code::kNotSupported, "store", "only the spooler calls this");
  }
  Result<ObjectId> message_id(ULONG size, const ENTRYID* id) const;

  CorePtr store_;
  std::shared_ptr<OpenStores> stores_;
  ULONG logoff_flags_ = LOGOFF_ABORT;  // R1
};

// R1: the transports are told once, when nobody has the store any more. Then the support object goes, which ends the
// logon (R2): without the gate, as IMSLogon::Logoff takes it, on another thread perhaps.
StoreObject::~StoreObject() {
  stores_->set_object(*store_, nullptr);
  com::Ref<IMAPISupport> support;
  store_->take_support(support);
  if (!support) return;
  if (!store_->is_spooler()) {
    ULONG flags = logoff_flags_;
    (void)support->StoreLogoffTransports(&flags);
  }
  support.reset();
}

Result<ULONG_PTR> advise(StoreCore& core, ULONG size, const ENTRYID* id, ULONG events, LPMAPIADVISESINK sink,
                         ULONG_PTR* connection) {
  TRY(need(sink));
  TRY(need(connection));
  ObjectId object = 0;
  if (id && size != 0) {
    const auto named = core.ids().parse(entry_bytes(size, id));
    // The store's own id stands for the whole store too.
    const bool store = !named && entry_bytes(size, id) == core.entry_id();
    if (!named && !store) return tl::unexpected(named.error());
    if (named) object = named->object;
  }
  *connection = TRY(core.advises().advise(
      object, object == 0 ? std::string_view(core.entry_id()) : entry_bytes(size, id), events, sink));
  return *connection;
}

HRESULT StoreObject::Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) {
  if (connection) *connection = 0;
  return core_.border().call([&]() -> Status {
    TRY(advise(*store_, size, id, events, sink, connection));
    return {};
  });
}

HRESULT StoreObject::Unadvise(ULONG_PTR connection) {
  com::SubscriptionPtr taken;
  const HRESULT hr = core_.border().call([&]() -> Status {
    taken = TRY(store_->advises().take(connection));
    return {};
  });
  if (taken) taken->close();  // releases the sink, foreign code: without the lock
  return hr;
}

HRESULT StoreObject::CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                     ULONG* result) {
  if (result) *result = FALSE;
  return core_.border().call([&]() -> Status {
    TRY(need(result));
    TRY(need(id1));
    TRY(need(id2));
    TRY(need_zero(flags));
    *result = TRY(compare_entry_ids(*store_, entry_bytes(size1, id1), entry_bytes(size2, id2))) ? TRUE : FALSE;
    return {};
  });
}

HRESULT StoreObject::OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    TRY(need(out));
    *out = TRY(open_entry(store_, size, id, iid, flags, type)).detach();
    return {};
  });
}

namespace {

// A message class is ASCII text; at most 255 characters.
Result<std::string> class_of(LPTSTR text, bool unicode) {
  std::string name = text ? com::from_tstr(text, unicode) : std::string();
  if (name.size() > 255) return fail(Code::kInvalidArgument, "store", "a message class is too long", name.size());
  return name;
}

}  // namespace

HRESULT StoreObject::SetReceiveFolder(LPTSTR message_class, ULONG flags, ULONG size, LPENTRYID id) {
  return core_.border().call([&]() -> Status {
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    const std::string name = TRY(class_of(message_class, (flags & MAPI_UNICODE) != 0));
    if (!id || size == 0) return set_receive_folder(*store_, name, 0);
    const auto named = TRY(store_->ids().parse(entry_bytes(size, id)));
    if (!named.is_folder) return fail(Code::kInvalidEntryId, "store", "the entry id is that of a message");
    TRY(TRY(store_->read())->read(named.object, {}));
    return set_receive_folder(*store_, name, named.object);
  });
}

HRESULT StoreObject::GetReceiveFolder(LPTSTR message_class, ULONG flags, ULONG* size, LPENTRYID* id,
                                      LPTSTR* explicit_class) {
  if (explicit_class) *explicit_class = nullptr;
  return core_.border().call([&]() -> Status {
    TRY(need(size));
    TRY(need(id));
    *size = 0;
    *id = nullptr;
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    const auto found = TRY(receive_folder_for(*store_, TRY(class_of(message_class, unicode))));
    const std::string entry = store_->ids().folder(found.folder);
    com::OutBlock block(store_->routines());
    void* bytes = TRY(block.root_bytes(entry.size()));
    std::copy(entry.begin(), entry.end(), static_cast<char*>(bytes));
    if (explicit_class) {
      com::OutBlock text(store_->routines());
      const std::wstring wide = com::to_wide(found.message_class);
      if (unicode) {
        auto* out = static_cast<wchar_t*>(TRY(text.root_bytes((wide.size() + 1) * sizeof(wchar_t))));
        std::copy(wide.begin(), wide.end(), out);
      } else {
        const std::string narrow = com::encode_lossy(found.message_class, com::default_code_page());
        auto* out = static_cast<char*>(TRY(text.root_bytes(narrow.size() + 1)));
        std::copy(narrow.begin(), narrow.end(), out);
      }
      *explicit_class = text.detach<TCHAR>();
    }
    *size = static_cast<ULONG>(entry.size());
    *id = block.detach<ENTRYID>();
    return {};
  });
}

HRESULT StoreObject::GetReceiveFolderTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    TRY(need(out));
    if (flags & ~(MAPI_UNICODE | MAPI_DEFERRED_ERRORS)) {
      return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    }
    std::vector<ListRow> rows;
    for (const ReceiveFolder& one : TRY(receive_folders(*store_))) {
      ListRow row;
      row.key = rows.size() + 1;
      row.rank = row.key;
      row.values.set(PropValue::text(PropTag(PR_MESSAGE_CLASS_W), one.message_class));
      row.values.set(binary_value(PR_ENTRYID, store_->ids().folder(one.folder)));
      row.values.set(binary_value(PR_RECORD_KEY, store_->ids().record_key(one.folder)));
      rows.push_back(std::move(row));
    }
    ListTable table(
        store_,
        {{PropTag(PR_ENTRYID), PropTag(PR_MESSAGE_CLASS_W), PropTag(PR_RECORD_KEY)}, true, "receive folder table"});
    table.assign(std::move(rows));
    *out = TRY(table.open((flags & MAPI_UNICODE) != 0)).detach();
    return {};
  });
}

// R1: what is saved counts when the last reference goes; the answer is what the transports do now.
HRESULT StoreObject::StoreLogoff(ULONG* flags) {
  return core_.border().call([&]() -> Status {
    TRY(need(flags));
    const ULONG given = *flags;
    if ((given & ~kLogoffFlags) || given == 0 || (given & (given - 1))) {
      return fail(Code::kUnknownFlags, "store", "StoreLogoff takes one LOGOFF flag", given);
    }
    logoff_flags_ = given;
    *flags = 0;
    const auto queue = outgoing_queue(*store_);
    if (queue && *queue != 0) {
      const auto read = TRY(store_->read())->read(*queue, {});
      if (read && read->info.counts.messages != 0) {
        *flags |= LOGOFF_OUTBOUND_QUEUE;
        if (TRY(is_sending(*store_, *queue))) *flags |= LOGOFF_OUTBOUND;
      }
    }
    return {};
  });
}

Result<ObjectId> StoreObject::message_id(ULONG size, const ENTRYID* id) const {
  TRY(need(id));
  const auto named = TRY(store_->ids().parse(entry_bytes(size, id)));
  if (named.is_folder) return fail(Code::kInvalidEntryId, "store", "the entry id is that of a folder");
  return named.object;
}

HRESULT StoreObject::AbortSubmit(ULONG size, LPENTRYID id, ULONG flags) {
  return core_.border().call([&]() -> Status {
    TRY(need_zero(flags));
    return abort_submit(*store_, TRY(message_id(size, id)));
  });
}

HRESULT StoreObject::GetOutgoingQueue(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    TRY(need(out));
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "store", "flags must be zero", flags);
    TRY(need_spooler());
    ContentsRequest request;
    request.folder = TRY(outgoing_queue(*store_));
    if (request.folder == 0) return fail(Code::kNotSupported, "store", "a store open for reading only has no queue");
    request.is_search = true;
    request.queue = true;
    request.unicode = (flags & MAPI_UNICODE) != 0;
    *out = TRY(open_contents(store_, request)).detach();
    return {};
  });
}

HRESULT StoreObject::SetLockState(LPMESSAGE message, ULONG state) {
  return core_.border().call([&]() -> Status {
    TRY(need(message));
    TRY(need_spooler());
    if (state != MSG_LOCKED && state != MSG_UNLOCKED) {
      return fail(Code::kInvalidArgument, "store", "a message is locked or unlocked", state);
    }
    MessageBacking* backing = backing_of(message, *store_);
    if (!backing) return fail(Code::kInvalidArgument, "store", "the message is not of this store");
    return set_lock_state(*store_, *backing, state == MSG_LOCKED);
  });
}

HRESULT StoreObject::FinishedMsg(ULONG flags, ULONG size, LPENTRYID id) {
  return core_.call_unlocked([&]() -> Status {
    TRY(need_spooler());
    TRY(need_zero(flags));
    return finished_message(store_, TRY(message_id(size, id)));
  });
}

HRESULT StoreObject::OpenProperty(ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out) {
  if (!is_check(tag)) return PropObject::OpenProperty(tag, iid, options, flags, out);
  return open_check_property(core_, store_, iid, options, out);
}

HRESULT StoreObject::NotifyNewMail(LPNOTIFICATION notification) {
  return core_.call_unlocked([&]() -> Status {
    TRY(need(notification));
    TRY(need_spooler());
    if (notification->ulEventType != fnevNewMail) {
      return fail(Code::kInvalidArgument, "store", "the notification is not of new mail", notification->ulEventType);
    }
    // Through the log, so that all processes hear of it after the message itself.
    const NEWMAIL_NOTIFICATION& mail = notification->info.newmail;
    if (const auto message = message_id(mail.cbEntryID, mail.lpEntryID)) {
      const std::lock_guard lock(store_->gate()->mutex());
      return announce_mail(*store_, *message);
    }
    for (const CorePtr& core : stores_->of_mailbox(store_->info().uid)) {
      const std::lock_guard lock(core->gate()->mutex());
      TRY(core->advises().new_mail(mail));
    }
    return {};
  });
}

com::Ref<IMsgStore> make_store(const CorePtr& core, std::shared_ptr<OpenStores> stores) {
  return com::make<StoreObject>(core, std::move(stores));
}

}  // namespace mapiary::store
