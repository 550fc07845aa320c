// SPDX-License-Identifier: Apache-2.0
#include "session/client/status_object.h"

#include <mapiutil.h>

#include <vector>

#include "com/error_map.h"
#include "property/prop_object.h"
#include "session/spooler/spooler.h"

namespace mapiary::session {
namespace {

constexpr ULONG kValidateFlags = SUPPRESS_UI | REFRESH_XP_HEADER_CACHE | PROCESS_XP_HEADER_CACHE | FORCE_XP_CONNECT |
                                 FORCE_XP_DISCONNECT | CONFIG_CHANGED | ABORT_XP_HEADER_OPERATION;
constexpr ULONG kFlushFlags = FLUSH_UPLOAD | FLUSH_DOWNLOAD | FLUSH_FORCE | FLUSH_NO_UI | FLUSH_ASYNC_OK;

// The row as it is now, not as it was when the object was opened.
class RowBacking final : public property::PropertyBacking {
 public:
  RowBacking(SessionStatePtr state, std::string key) : state_(std::move(state)), key_(std::move(key)) {}

  Result<std::vector<model::PropTag>> list() override {
    std::vector<model::PropTag> result;
    const model::PropBag now = TRY(row());
    for (const auto& value : now) result.push_back(value.tag());
    return result;
  }
  Result<model::PropValue> get(model::PropTag tag) override {
    const model::PropBag now = TRY(row());
    if (const model::PropValue* value = now.find(tag.id())) return *value;
    return fail(Code::kNotFound, "session", "the status row has no such property", tag.value);
  }
  Status set(model::PropValue value) override { return refuse(value.tag()); }
  Status remove(model::PropTag tag) override { return refuse(tag); }
  bool writable() const override { return false; }
  void describe(com::LiveObject& out) const override { out.name = key_; }

 private:
  Result<model::PropBag> row() const {
    if (auto row = state_->status_table().row(key_)) return *row;
    return fail(Code::kObjectDeleted, "session", "the status row is gone");
  }
  static Status refuse(model::PropTag tag) {
    return fail(Code::kNoAccess, "session", "status objects are read-only", tag.value);
  }

  SessionStatePtr state_;
  std::string key_;
};

class StatusObject final : public property::PropObject<IMAPIStatus> {
 public:
  StatusObject(SessionStatePtr state, const std::string& key)
      : PropObject(state->gate(), std::make_shared<RowBacking>(state, key)),
        state_(std::move(state)),
        is_spooler_(key == "spooler"),
        is_subsystem_(key == "subsystem") {}

  STDMETHODIMP ValidateState(ULONG_PTR ui_param, ULONG flags) override {
    return core_.call_unlocked([&]() -> Result<HRESULT> {
      TRY(check(flags, kValidateFlags));
      if (is_subsystem_) TRY(validate_all(ui_param, flags));
      const auto spooler = is_subsystem_ || is_spooler_ ? state_->spooler() : nullptr;
      if (spooler) TRY(spooler->validate(ui_param, flags));
      return S_OK;
    });
  }
  STDMETHODIMP SettingsDialog(ULONG_PTR, ULONG) override { return unsupported(); }
  STDMETHODIMP ChangePassword(LPTSTR, LPTSTR, ULONG) override { return unsupported(); }
  STDMETHODIMP FlushQueues(ULONG_PTR ui_param, ULONG size, LPENTRYID id, ULONG flags) override {
    if (!is_spooler_) return unsupported();
    return core_.call_unlocked([&]() -> Result<HRESULT> {
      TRY(check(flags, kFlushFlags));
      return flush_transports(ui_param, TRY(target(size, id)), flags);
    });
  }

 private:
  static Status check(ULONG flags, ULONG known) {
    if ((flags & ~known) != 0) return fail(Code::kUnknownFlags, "session", "unknown flags", flags);
    return {};
  }
  HRESULT unsupported() {
    return core_.border().call(
        []() -> Status { return fail(Code::kNotSupported, "session", "this status object does not have the method"); });
  }

  // The state of what the active providers own: each that has a status object is asked.
  Status validate_all(ULONG_PTR ui_param, ULONG flags) {
    for (const auto& record : state_->records()) {
      com::Ref<IMSLogon> logon;
      {
        std::lock_guard lock(state_->mutex());
        if (record->phase == Phase::kLive) logon = record->store_logon;
      }
      if (!logon || !state_->status_table().row(bytes_of(record->section))) continue;
      const CallResult result = guarded([&]() -> HRESULT {
        ULONG type = 0;
        void* entry = nullptr;
        if (FAILED(logon->OpenStatusEntry(nullptr, 0, &type, &entry)) || !entry) return S_OK;
        const auto status = com::Ref<IMAPIStatus>::adopt(static_cast<IMAPIStatus*>(entry));
        const HRESULT hr = status->ValidateState(ui_param, flags);
        return hr == MAPI_E_NO_SUPPORT ? S_OK : hr;
      });
      if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "IMAPIStatus::ValidateState"));
    }
    return {};
  }

  // The transport whose row has this entry id; none: all.
  static Result<std::optional<Guid>> target(ULONG size, const ENTRYID* id) {
    if (size == 0 && !id) return std::optional<Guid>();
    if (size == 0 || !id) return fail(Code::kInvalidArgument, "session", "FlushQueues got half of an entry id");
    const auto entry = TRY(model::EntryId::parse({reinterpret_cast<const char*>(id), size}));
    if (entry.provider() != kStatusProvider) {
      return fail(Code::kUnknownEntryId, "session", "not the entry id of a row of the status table");
    }
    return std::optional<Guid>(TRY(guid_from(entry.body())));
  }

  Result<HRESULT> flush_transports(ULONG_PTR ui_param, std::optional<Guid> section, ULONG flags) {
    const auto spooler = state_->spooler();
    if (!spooler) return S_OK;
    TRY(spooler->flush_queues(ui_param, section, flags));
    return S_OK;
  }

  SessionStatePtr state_;
  const bool is_spooler_, is_subsystem_;
};

}  // namespace

Result<com::Ref<IMAPIStatus>> make_status_object(const SessionStatePtr& state, std::string_view key) {
  const auto row = state->status_table().row(key);
  const auto type = row ? int_of(*row, PROP_ID(PR_RESOURCE_TYPE)) : std::nullopt;
  if (type != MAPI_SUBSYSTEM && type != MAPI_SPOOLER && key != "address book") {
    return fail(Code::kNotFound, "session", "the session has no status object of its own by this entry id");
  }
  return com::Ref<IMAPIStatus>(com::make<StatusObject>(state, std::string(key)));
}

}  // namespace mapiary::session
