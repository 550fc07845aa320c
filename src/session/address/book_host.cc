// SPDX-License-Identifier: Apache-2.0
// What the address book asks of the session. Its choices are in a section of the profile of their own.
#include <mapiutil.h>

#include "com/error_map.h"
#include "session/address/books.h"
#include "session/client/routing.h"

namespace mapiary::session {
namespace {

constexpr Guid kChoices = Guid::make(0x7B2C1D06, 0x5E6F, 0x4A31, {0x9C, 0x40, 0x6D, 0x61, 0x70, 0x69, 0x73, 0x74});

class SessionBooks final : public address_book::BookHost {
 public:
  SessionBooks(SessionStatePtr state, std::uint64_t member) : state_(std::move(state)), member_(member) {}
  ~SessionBooks() override { state_->advises().cancel(member_, state_->bounds().logoff); }

  // The records are in the order of logon, which is the profile's unless one came later.
  std::vector<address_book::BookProvider> providers() override {
    std::vector<address_book::BookProvider> found;
    const auto sections = state_->sections_of(ProviderKind::kAddressBook);
    if (!sections) return found;
    for (const auto& section : *sections) {
      for (const auto& record : state_->records()) {
        if (record->kind != ProviderKind::kAddressBook || record->section != section.uid) continue;
        std::lock_guard lock(state_->mutex());
        if (record->phase == Phase::kLive && record->book_logon) {
          found.push_back({record->display_name, record->book_logon});
        }
      }
    }
    return found;
  }
  Result<address_book::BookProvider> owner(const std::string& id) override {
    const auto entry = model::EntryId::parse(id);
    if (entry) {
      for (const auto& record : state_->records_of_uid(entry->provider())) {
        std::lock_guard lock(state_->mutex());
        if (record->book_logon) return address_book::BookProvider{record->display_name, record->book_logon};
      }
    }
    return fail(Code::kUnknownEntryId, "session", "no address book provider that is open knows this entry id");
  }
  Result<ULONG_PTR> advise(const std::string& id, ULONG events, IMAPIAdviseSink* sink) override {
    (void)TRY(owner(id));  // not a store's
    ProviderAdvise made = TRY(advise_provider(state_, id, events, sink));
    return state_->advises().add(member_, {std::move(made.record), made.connection, id});
  }
  Status unadvise(ULONG_PTR connection) override {
    return state_->advises().remove(member_, connection, state_->bounds().logoff);
  }

  Result<std::vector<std::string>> setting(model::PropTag tag) override {
    const auto properties = state_->profile().properties(kChoices);
    const model::PropValue* value = properties ? properties->find(tag.id()) : nullptr;  // no section: nothing chosen
    if (!value) return std::vector<std::string>();
    if (value->is_bytes()) return std::vector<std::string>{std::string(value->as_bytes())};
    const auto* list = value->is_multi() ? std::get_if<std::vector<std::string>>(&value->as_multi()) : nullptr;
    return list ? *list : std::vector<std::string>();
  }
  Status set_setting(model::PropTag tag, const std::vector<std::string>& ids) override {
    auto change = TRY(state_->begin_profile_change());
    if (!state_->profile().section(kChoices)) TRY(state_->profile().create_section(kChoices));
    if (ids.empty()) {
      const std::uint16_t id = tag.id();
      TRY(state_->profile().delete_properties(kChoices, {&id, 1}));
    } else {
      const auto value =
          tag.is_multivalued() ? model::PropValue::multi(tag, ids) : model::PropValue::binary(tag, ids.front());
      TRY(state_->profile().set_properties(kChoices, {&value, 1}));
    }
    return change.commit();
  }
  std::shared_ptr<com::Gate> gate() override { return state_->gate(); }

 private:
  SessionStatePtr state_;
  const std::uint64_t member_;
};

}  // namespace

address_book::BookHostPtr make_book_host(const SessionStatePtr& state, std::uint64_t member) {
  return std::make_shared<SessionBooks>(state, member);
}

}  // namespace mapiary::session
