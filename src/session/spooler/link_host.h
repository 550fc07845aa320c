// SPDX-License-Identifier: Apache-2.0
// What the support object of a SpoolerLogon asks for: the session, as for the client's logon to the same store, but
// UIDs, status row and logoff are the client's logon's affair, and the store object is the spooler's own. Safe from
// any thread.
#pragma once

#include "session/spooler/store_link.h"

namespace mapiary::session {

class LinkHost final : public SupportHost {
 public:
  LinkHost(std::shared_ptr<SupportHost> session, std::weak_ptr<StoreLink> link)
      : session_(std::move(session)), link_(std::move(link)) {}

  com::Ref<IUnknown> session() override { return session_->session(); }
  std::shared_ptr<SpoolerPort> spooler() override { return session_->spooler(); }
  std::chrono::milliseconds abort_limit() override { return session_->abort_limit(); }
  Status add_provider_uid(const SupportSeat&, const Guid&) override { return {}; }
  Status modify_status_row(const SupportSeat&, std::span<const SPropValue>, bool) override { return {}; }
  Result<com::Ref<IProfSect>> open_profile_section(const SupportSeat& seat, std::optional<Guid> uid,
                                                   ULONG flags) override {
    return session_->open_profile_section(seat, uid, flags);
  }
  // The spooler itself lets the store go.
  Result<ULONG> store_logoff_transports(const SupportSeat&, ULONG) override { return ULONG{LOGOFF_COMPLETE}; }
  Status make_store_permanent(const SupportSeat&) override { return {}; }
  Result<OpenedObject> open_entry(const SupportSeat& seat, const model::EntryId& id, LPCIID iid, ULONG flags) override {
    return session_->open_entry(seat, id, iid, flags);
  }
  Result<bool> compare_entry_ids(const SupportSeat& seat, const model::EntryId& a, const model::EntryId& b) override {
    return session_->compare_entry_ids(seat, a, b);
  }
  Result<com::Ref<IABLogon>> template_owner(const SupportSeat& seat, const model::EntryId& id) override {
    return session_->template_owner(seat, id);
  }
  std::vector<com::Ref<IABLogon>> address_books() override { return session_->address_books(); }
  Result<OpenedAddressBook> open_address_book(const SupportSeat& seat) override {
    return session_->open_address_book(seat);
  }
  Result<com::Ref<IMessage>> create_report(const SupportSeat& seat, IMessage& original) override {
    return session_->create_report(seat, original);
  }
  void report_saved(const SupportSeat& seat, com::Ref<IMessage> message) override {
    session_->report_saved(seat, std::move(message));
  }
  com::Ref<IMsgStore> store_object(const SupportSeat&) override {
    const auto link = link_.lock();
    return link ? link->store() : nullptr;
  }
  void report(const SupportSeat& seat, const Error& error) override { session_->report(seat, error); }
  void support_released(const SupportSeat&) override {
    if (const auto link = link_.lock()) link->support_gone();
  }

 private:
  const std::shared_ptr<SupportHost> session_;
  const std::weak_ptr<StoreLink> link_;
};

}  // namespace mapiary::session
