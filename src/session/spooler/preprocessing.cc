// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/preprocessing.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>

#include "com/error_map.h"
#include "property/copier.h"
#include "session/spooler/sending.h"
#include "session/subsystem/subsystem.h"
#include "session/support/recipient_list.h"
#include "session/support/report.h"

namespace mapiary::session {
namespace {

// The messages a preprocessor made, and what it found undeliverable.
struct Products {
  ULONG count = 0;
  LPMESSAGE* messages = nullptr;
  LPADRLIST undeliverable = nullptr;

  Products() = default;
  Products(const Products&) = delete;
  Products& operator=(const Products&) = delete;
  ~Products() {
    for (ULONG i = 0; messages && i < count; ++i) {
      if (messages[i]) (void)guarded([&] { return messages[i]->Release(), S_OK; });
    }
    MAPIFreeBuffer(messages);
    if (undeliverable) FreePadrlist(undeliverable);
  }
};

com::Ref<IMAPIFolder> folder_of(const StoreLink& link, IMessage& message) {
  com::Ref<IMAPIFolder> folder;
  const auto store = link.store();
  LPSPropValue parent = nullptr;
  (void)guarded([&] {
    HRESULT hr = store ? HrGetOneProp(&message, PR_PARENT_ENTRYID, &parent) : MAPI_E_INVALID_OBJECT;
    if (FAILED(hr)) return hr;
    ULONG type = 0;
    return store->OpenEntry(parent->Value.bin.cb, reinterpret_cast<LPENTRYID>(parent->Value.bin.lpb), &IID_IMAPIFolder,
                            MAPI_MODIFY, &type, reinterpret_cast<LPUNKNOWN*>(folder.put()));
  });
  MAPIFreeBuffer(parent);
  return folder;
}

// It lies where its transport's does.
Result<ModulePtr> library_of(const SessionState& state, const RegisteredPreprocessor& preprocessor) {
  const auto record = state.record(preprocessor.transport);
  return Subsystem::get().load_module(preprocessor.what.dll_name, record ? (*record)->service_name : std::string());
}

bool is_in(const ADRLIST& list, std::int32_t row) {
  for (ULONG i = 0; i < list.cEntries; ++i) {
    for (ULONG j = 0; j < list.aEntries[i].cValues; ++j) {
      const SPropValue& value = list.aEntries[i].rgPropVals[j];
      if (value.ulPropTag == PR_ROWID && value.Value.l == row) return true;
    }
  }
  return false;
}

// They count as served: the report says that they are not.
Status mark_served(IMessage& message, const ADRLIST& undeliverable) {
  RecipientList list;
  TRY(list.read(message));
  for (auto& row : list.rows()) {
    if (is_in(undeliverable, static_cast<std::int32_t>(row.number(PR_ROWID, 0)))) row.set_flag(PR_RESPONSIBILITY, true);
  }
  return list.write(message);
}

}  // namespace

bool is_meant(const Preprocessor& preprocessor, std::string_view address_type, std::string_view entry_id) {
  if (!preprocessor.uid && preprocessor.address_type.empty()) return true;
  if (!preprocessor.address_type.empty() && preprocessor.address_type == address_type) return true;
  if (!preprocessor.uid) return false;
  const auto id = model::EntryId::parse(entry_id);
  return id && id->provider() == *preprocessor.uid;
}

Result<std::vector<RegisteredPreprocessor>> Preprocessing::needed(IMessage& message, bool served_too) {
  const auto registered = core_.preprocessors();
  std::vector<RegisteredPreprocessor> result;
  if (registered.empty()) return result;
  const auto recipients = TRY(read_recipients(message));
  const auto transports = core_.transports();
  for (const auto& each : registered) {
    const bool is_needed = std::any_of(recipients.begin(), recipients.end(), [&](const OutRecipient& recipient) {
      if ((recipient.served && !served_too) || !is_meant(each.what, recipient.type, recipient.entry_id)) return false;
      std::lock_guard lock(core_.mutex());
      const auto first = choose_transport(transports, recipient, {});
      return !first || first->id() == each.transport;
    });
    if (is_needed) result.push_back(each);
  }
  return result;
}

Status Preprocessing::call(const RegisteredPreprocessor& preprocessor, IMessage& message) {
  const ModulePtr module = TRY(library_of(*link_->state(), preprocessor));
  auto* function = TRY(module->function<PREPROCESSMESSAGE>(preprocessor.what.preprocess));
  const auto host = link_->host();
  const auto session = host->session();
  const auto folder = folder_of(*link_, message);
  Products products;
  const CallResult result = guarded([&] {
    return function(session.get(), &message, nullptr, folder.get(), MAPIAllocateBuffer, MAPIAllocateMore,
                    MAPIFreeBuffer, &products.count, &products.messages, &products.undeliverable);
  });
  if (!result.ok()) return tl::unexpected(com::outside_error(result.hr, "a message preprocessor"));
  for (ULONG i = 0; products.messages && i < products.count; ++i) {
    LPMESSAGE made = products.messages[i];
    const CallResult sent = guarded([&] { return made ? made->SubmitMessage(0) : S_OK; });
    if (!sent.ok()) return tl::unexpected(com::outside_error(sent.hr, "IMessage::SubmitMessage"));
  }
  if (!products.undeliverable || products.undeliverable->cEntries == 0) return {};
  TRY(report_recipients(*host, link_->seat(), message, *products.undeliverable));
  return mark_served(message, *products.undeliverable);
}

Status Preprocessing::run(IMessage& message) {
  for (const auto& each : TRY(needed(message, false))) {
    if (!each.what.preprocess.empty()) TRY(call(each, message));
  }
  return {};
}

Status Preprocessing::remove_info(IMessage& message) {
  for (const auto& each : TRY(needed(message, true))) {
    if (each.what.remove_info.empty()) continue;
    const ModulePtr module = TRY(library_of(*link_->state(), each));
    auto* function = TRY(module->function<REMOVEPREPROCESSINFO>(each.what.remove_info));
    const CallResult result = guarded([&] { return function(&message); });
    if (!result.ok()) continue;  // the message has been sent: that counts more
    (void)guarded([&] { return message.SaveChanges(KEEP_OPEN_READWRITE); });
  }
  return {};
}

}  // namespace mapiary::session
