// SPDX-License-Identifier: Apache-2.0
#include "store/provider.h"

#include <mapiaux.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

#include "com/convert.h"
#include "com/error_map.h"
#include "com/text.h"
#include "property/copier.h"
#include "store/entry_ids.h"
#include "store/store_object.h"
#include "store/submission.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;
using property::copying::Owned;

namespace {

constexpr ULONG kLogonFlags =
    MAPI_DEFERRED_ERRORS | MAPI_UNICODE | MDB_NO_DIALOG | MDB_NO_MAIL | MDB_TEMPORARY | MDB_WRITE | MDB_ONLINE;

constexpr const wchar_t* kProviderName = L"Mapiary message store";

// What a logon is about.
struct Place {
  std::string engine, location;
  bool create = true;
  bool compress = false;
  std::uint32_t code_page = 0;
  bool recoverable = false;
  std::string expert_node = {};
  // What the section has under kAnnounced, in that order; empty: it could not be asked.
  std::vector<std::optional<PropValue>> announced = {};
};

// What a logon writes into the section.
constexpr ULONG kAnnounced[] = {PR_ENTRYID, PR_RECORD_KEY, PR_PROVIDER_DISPLAY_W, PR_MDB_PROVIDER, PR_DISPLAY_NAME_W};

Status checked(HRESULT hr, std::string_view call) {
  if (SUCCEEDED(hr)) return {};
  return tl::unexpected(com::outside_error(hr, call));
}

struct LogonCall {
  IMAPISupport* support = nullptr;
  std::string_view id;  // of the store, unwrapped; empty: none was given
  ULONG flags = 0;
  bool spooler = false;
};

class Provider final : public com::Object<IMSProvider, IMAPIProviderShutdown> {
 public:
  Provider(EngineList engines, const com::AllocRoutines& routines)
      : engines_(std::move(engines)), routines_(routines) {}

  MAPI_IMSPROVIDER_METHODS(override)

  // Saved is durable at any time: the process may end whenever it likes. What is left to do is to give the logs back.
  STDMETHODIMP QueryFastShutdown() override { return S_OK; }
  STDMETHODIMP NotifyProcessShutdown() override { return flush_all(); }
  STDMETHODIMP DoFastShutdown() override { return flush_all(); }

 private:
  struct Opened {
    com::Ref<IMsgStore> store;
    com::Ref<IMSLogon> logon;  // null: the store was open already
  };

  Result<Opened> log_on(const LogonCall& call);
  Result<Place> find_place(const LogonCall& call) const;
  // Where the section says the store is; the location is empty if it does not.
  Result<Place> read_place(IProfSect& section) const;
  bool ends_with_process(const std::string& engine) const;
  // How the store is read, if the section says.
  void read_manner(IProfSect& section, Place& place) const;
  Result<std::shared_ptr<backend::Engine>> engine(const std::string& name) const;
  Result<std::unique_ptr<backend::Mailbox>> open_mailbox(const Place& place, bool write, bool& created) const;
  Result<std::string> wrap(IMAPISupport& support, const StoreId& id) const;
  Status write_section(IMAPISupport& support, const Place& place, const std::string& wrapped, const Guid& uid) const;
  Status announce(IMAPISupport& support, const Place& place, const std::string& wrapped, const Guid& uid) const;
  HRESULT flush_all();
  // The caller's MAPIERROR about a failure.
  void explain(const Error& error, bool unicode, LPMAPIERROR* out) const;
  template <class Body>
  HRESULT run(ULONG flags, LPMAPIERROR* error, Body&& body);

  EngineList engines_;
  com::AllocRoutines routines_;
  std::shared_ptr<OpenStores> stores_ = std::make_shared<OpenStores>();
  std::mutex logon_mutex_;  // of two logons to one store the second finds the first
};

std::string display_name(const Place& place) {
  const std::size_t slash = place.location.rfind('/');
  return slash == std::string::npos ? place.location : place.location.substr(slash + 1);
}

void Provider::explain(const Error& error, bool unicode, LPMAPIERROR* out) const {
  com::OutBlock block(routines_);
  const auto fill = [&]() -> Status {
    auto* told = TRY(block.root<MAPIERROR>());
    told->ulVersion = MAPI_ERROR_VERSION;
    told->lpszError = TRY(com::copy_text(block, error.message, unicode));
    told->lpszComponent = TRY(com::copy_text(block, "Mapiary message store", unicode));
    *out = block.detach<MAPIERROR>();
    return {};
  };
  if (!fill()) *out = nullptr;
}

template <class Body>
HRESULT Provider::run(ULONG flags, LPMAPIERROR* error, Body&& body) {
  if (error) *error = nullptr;
  return com::border([&]() -> Status {
    Status done = body();
    if (!done && error) explain(done.error(), (flags & MAPI_UNICODE) != 0, error);
    return done;
  });
}

Result<std::shared_ptr<backend::Engine>> Provider::engine(const std::string& name) const {
  for (const auto& one : engines_) {
    if (name.empty() || one.name == name) return one.engine;
  }
  return fail(Code::kUnconfigured, "store", "this provider has no engine '" + name + "'");
}

Result<com::Ref<IProfSect>> open_section(IMAPISupport& support, ULONG flags) {
  com::Ref<IProfSect> section;
  TRY(checked(support.OpenProfileSection(nullptr, flags, section.put()), "IMAPISupport::OpenProfileSection"));
  return section;
}

// Text of either width.
std::string text_value(const SPropValue& value) {
  if (PROP_TYPE(value.ulPropTag) == PT_UNICODE) return com::from_wide(value.Value.lpszW);
  if (PROP_TYPE(value.ulPropTag) == PT_STRING8) return com::decode_lossy(value.Value.lpszA, com::default_code_page());
  return {};
}

void Provider::read_manner(IProfSect& section, Place& place) const {
  constexpr ULONG kManner = 3;
  SizedSPropTagArray(kManner + std::size(kAnnounced), tags) = {
      kManner + std::size(kAnnounced),
      {PROP_TAG(PT_LONG, kCodePageId), PROP_TAG(PT_BOOLEAN, kRecoverableId), PROP_TAG(PT_UNSPECIFIED, kExpertNodeId)}};
  std::copy(std::begin(kAnnounced), std::end(kAnnounced), tags.aulPropTag + kManner);
  ULONG count = 0;
  SPropValue* raw = nullptr;
  if (FAILED(section.GetProps(reinterpret_cast<LPSPropTagArray>(&tags), MAPI_UNICODE, &count, &raw))) return;
  const std::unique_ptr<SPropValue, LPFREEBUFFER> values(raw, routines_.release);
  if (count != tags.cValues) return;
  if (raw[0].ulPropTag == tags.aulPropTag[0]) place.code_page = static_cast<std::uint32_t>(raw[0].Value.l);
  place.recoverable = raw[1].ulPropTag == tags.aulPropTag[1] && raw[1].Value.b;
  place.expert_node = text_value(raw[2]);
  place.announced.clear();
  for (ULONG i = kManner; i < count; ++i) {
    auto value = com::to_model(raw[i]);
    place.announced.push_back(value ? std::optional(std::move(*value)) : std::nullopt);
  }
}

Result<Place> Provider::read_place(IProfSect& section) const {
  Place place;
  SizedSPropTagArray(4, tags) = {4,
                                 {PROP_TAG(PT_UNSPECIFIED, kPathId), PROP_TAG(PT_UNSPECIFIED, kEngineId),
                                  PROP_TAG(PT_BOOLEAN, kCreateId), PROP_TAG(PT_BOOLEAN, kCompressId)}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  TRY(checked(section.GetProps(reinterpret_cast<LPSPropTagArray>(&tags), MAPI_UNICODE, &count, &raw),
              "IProfSect::GetProps"));
  const std::unique_ptr<SPropValue, LPFREEBUFFER> values(raw, routines_.release);
  if (count != tags.cValues) return fail(Code::kCorrupt, "store", "GetProps gave another number of values", count);
  place.location = text_value(raw[0]);
  place.engine = text_value(raw[1]);
  if (place.engine.empty() && !engines_.empty()) place.engine = engines_.front().name;
  place.create = raw[2].ulPropTag != PROP_TAG(PT_BOOLEAN, kCreateId) || raw[2].Value.b;
  place.compress = raw[3].ulPropTag == PROP_TAG(PT_BOOLEAN, kCompressId) && raw[3].Value.b;
  read_manner(section, place);
  return place;
}

bool Provider::ends_with_process(const std::string& engine) const {
  return std::any_of(engines_.begin(), engines_.end(),
                     [&](const NamedEngine& one) { return one.name == engine && one.ends_with_process; });
}

Result<Place> Provider::find_place(const LogonCall& call) const {
  if (!call.id.empty()) {
    Place place;
    const StoreId id = TRY(StoreId::parse(call.id));
    place.engine = id.engine;
    place.location = id.location;
    place.create = false;
    // What the profile says beside the place holds for the store however it is opened; there may be no section.
    const auto section = open_section(*call.support, 0);
    if (!section) return place;
    read_manner(**section, place);
    if (!ends_with_process(place.engine)) return place;
    const auto named = read_place(**section);
    place.create = named && named->create && named->engine == place.engine && named->location == place.location;
    return place;
  }
  const auto section = TRY(open_section(*call.support, 0));
  Place place = TRY(read_place(*section));
  if (place.location.empty()) {
    return fail(Code::kUnconfigured, "store", "the profile does not say where the store is (property 0x6700)");
  }
  return place;
}

Result<std::unique_ptr<backend::Mailbox>> Provider::open_mailbox(const Place& place, bool write, bool& created) const {
  const std::shared_ptr<backend::Engine> kept = TRY(this->engine(place.engine));
  backend::Engine& engine = *kept;
  created = false;
  backend::OpenOptions options;
  options.read_only = !write;
  options.text_code_page = place.code_page;
  options.recoverable = place.recoverable;
  options.expert_node = place.expert_node;
  auto opened = engine.open(place.location, options);
  const bool missing = !opened && opened.error().code == Code::kNotFound;
  if (!missing || !place.create || !write) return opened;
  backend::CreateOptions fresh;
  fresh.compress = place.compress;
  const Status made = engine.create(place.location, fresh);
  if (!made && made.error().code == Code::kNotSupported) return opened;  // an engine that only reads
  // Another process was quicker.
  if (!made && made.error().code != Code::kCollision) return tl::unexpected(made.error());
  created = made.has_value();
  return engine.open(place.location, options);
}

Result<std::string> Provider::wrap(IMAPISupport& support, const StoreId& id) const {
  std::string bytes = id.bytes();
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  TRY(checked(support.WrapStoreEntryID(static_cast<ULONG>(bytes.size()), reinterpret_cast<LPENTRYID>(bytes.data()),
                                       &size, &wrapped),
              "IMAPISupport::WrapStoreEntryID"));
  std::string result(reinterpret_cast<const char*>(wrapped), size);
  routines_.release(wrapped);
  return result;
}

// The profile has `values`, which are of kAnnounced: the section need not be opened for writing, which waits for nobody
// who reads it (status objects do).
bool has_already(const Place& place, std::span<const SPropValue> values) {
  if (place.announced.size() != values.size()) return false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& had = place.announced[i];
    if (!had) return false;
    // A name of its own is as good as ours.
    if (values[i].ulPropTag == PR_DISPLAY_NAME_W && had->tag().value == PR_DISPLAY_NAME_W) continue;
    const auto wanted = com::to_model(values[i]);
    if (!wanted || !(*had == *wanted)) return false;
  }
  return true;
}

// Steps 2 and 3 of the logon.
Status Provider::write_section(IMAPISupport& support, const Place& place, const std::string& wrapped,
                               const Guid& uid) const {
  std::wstring name = com::to_wide(display_name(place)), provider = kProviderName;
  std::string key(guid_bytes(uid)), id = wrapped;
  std::string type(guid_bytes(kStoreProvider));
  SPropValue values[std::size(kAnnounced)]{};
  for (std::size_t i = 0; i < std::size(kAnnounced); ++i) values[i].ulPropTag = kAnnounced[i];
  values[0].Value.bin = {static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())};
  values[1].Value.bin = {static_cast<ULONG>(key.size()), reinterpret_cast<LPBYTE>(key.data())};
  values[2].Value.lpszW = provider.data();
  values[3].Value.bin = {static_cast<ULONG>(type.size()), reinterpret_cast<LPBYTE>(type.data())};
  values[4].Value.lpszW = name.data();
  if (has_already(place, values)) return {};
  const auto section = TRY(open_section(support, MAPI_MODIFY));
  // A name that the user or the service gave stays.
  SizedSPropTagArray(1, tags) = {1, {PR_DISPLAY_NAME_W}};
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT got = section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), MAPI_UNICODE, &count, &raw);
  const std::unique_ptr<SPropValue, LPFREEBUFFER> old(raw, routines_.release);
  const bool named = SUCCEEDED(got) && count == 1 && raw[0].ulPropTag == PR_DISPLAY_NAME_W;
  return checked(section->SetProps(named ? 4 : 5, values, nullptr), "IProfSect::SetProps");
}

// Step 5, and the status row.
Status Provider::announce(IMAPISupport& support, const Place& place, const std::string& wrapped,
                          const Guid& uid) const {
  TRY(write_section(support, place, wrapped, uid));
  MAPIUID own;
  static_assert(sizeof own == 16);
  std::copy(uid.bytes.begin(), uid.bytes.end(), own.ab);
  TRY(checked(support.SetProviderUID(&own, 0), "IMAPISupport::SetProviderUID"));
  std::wstring name = com::to_wide(display_name(place)), provider = kProviderName;
  SPropValue row[5]{};
  row[0].ulPropTag = PR_DISPLAY_NAME_W;
  row[0].Value.lpszW = name.data();
  row[1].ulPropTag = PR_PROVIDER_DISPLAY_W;
  row[1].Value.lpszW = provider.data();
  row[2].ulPropTag = PR_RESOURCE_METHODS;
  row[2].Value.l = STATUS_VALIDATE_STATE;
  row[3].ulPropTag = PR_STATUS_CODE;
  row[3].Value.l = STATUS_AVAILABLE;
  row[4].ulPropTag = PR_RESOURCE_FLAGS;
  row[4].Value.l = STATUS_NO_PRIMARY_IDENTITY;
  // Some runtimes compute the flags; the row is as good without.
  if (FAILED(support.ModifyStatusRow(5, row, 0))) {
    TRY(checked(support.ModifyStatusRow(4, row, 0), "IMAPISupport::ModifyStatusRow"));
  }
  return {};
}

// A mailbox has its standard folders from its first logon on, unless that was cut off: the store names them at the very
// end.
Result<bool> is_furnished(StoreCore& core) {
  const PropTag named(PR_IPM_SUBTREE_ENTRYID);
  backend::ReadRequest request;
  request.tags = std::span(&named, 1);
  auto transaction = TRY(core.read());
  const auto mailbox = TRY(transaction->read(core.info().mailbox, request));
  return mailbox.props.find(named.id()) != nullptr;
}

// The standard folders; those that are there already are taken.
Status furnish(StoreCore& core, IMsgStore& store) {
  TRY(core.set_bulk(true));
  const HRESULT hr = HrValidateIPMSubtree(&store, MAPI_FULL_IPM_TREE, nullptr, nullptr, nullptr);
  TRY(checked(hr, "HrValidateIPMSubtree"));
  return core.set_bulk(false);
}

Result<Provider::Opened> Provider::log_on(const LogonCall& call) {
  if (!call.support) return fail(Code::kInvalidArgument, "store", "Logon needs a support object");
  if (call.flags & ~kLogonFlags) return fail(Code::kUnknownFlags, "store", "unknown flags", call.flags);
  const std::lock_guard lock(logon_mutex_);
  Place place = TRY(find_place(call));
  if (place.engine.empty() && !engines_.empty()) place.engine = engines_.front().name;
  Opened opened;
  const bool write = call.spooler || (call.flags & MDB_WRITE) != 0;
  if (!call.spooler) opened.store = stores_->find(place.engine, place.location, write);
  if (opened.store) return opened;
  bool created = false;
  StoreCore::Setup setup;
  setup.mailbox = TRY(open_mailbox(place, write, created));
  const Guid uid = setup.mailbox->info().uid;
  setup.entry_id = TRY(wrap(*call.support, {uid, place.engine, place.location}));
  setup.routines = routines_;
  setup.support = com::Ref<IMAPISupport>::share(call.support);
  setup.writable = write;
  setup.spooler = call.spooler;
  setup.default_name = display_name(place);
  setup.check = [engine = TRY(this->engine(place.engine)), location = place.location] {
    return engine->check(location);
  };
  const std::string wrapped = setup.entry_id;
  const auto core = TRY(StoreCore::make(std::move(setup)));
  stores_->add({core, nullptr, place.engine, place.location, call.spooler});
  const auto finish = [&]() -> Status {
    opened.store = make_store(core, stores_);
    opened.logon = make_logon(core, stores_);
    if (created || (core->writable() && !TRY(is_furnished(*core)))) TRY(furnish(*core, *opened.store));
    if (call.spooler) return core->writable() ? clear_locks(*core) : Status();
    return announce(*call.support, place, wrapped, uid);
  };
  if (Status done = finish(); !done) {
    // The support object is the caller's again: nothing is to end a logon that never was.
    com::Ref<IMAPISupport> support;
    core->take_support(support);
    stores_->remove(*core);
    (void)core->close();
    return tl::unexpected(std::move(done).error());
  }
  return opened;
}

Status check_interface(LPCIID iid) {
  if (!iid || com::InterfaceChain<IMsgStore>::contains(*iid)) return {};
  return fail(Code::kInterfaceNotSupported, "store", "a store is opened as IMsgStore");
}

HRESULT Provider::Logon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG size, LPENTRYID id, ULONG flags, LPCIID iid,
                        ULONG* security_size, LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon, LPMDB* store) {
  if (security_size) *security_size = 0;
  if (security) *security = nullptr;
  if (logon) *logon = nullptr;
  if (store) *store = nullptr;
  return run(flags, error, [&]() -> Status {
    if (!logon || !store) return fail(Code::kInvalidArgument, "store", "Logon needs its out-parameters");
    TRY(check_interface(iid));
    const std::string_view bytes = id ? std::string_view(reinterpret_cast<const char*>(id), size) : std::string_view();
    Opened opened = TRY(log_on({support, bytes, flags, false}));
    *store = opened.store.detach();
    *logon = opened.logon.detach();
    return {};
  });
}

// Without a dialog nobody can help a logon that failed (LC-213); what the service or the caller can mend stays as it
// is.
Error without_dialog(Error error) {
  const bool stays = error.code == Code::kUnconfigured || error.code == Code::kNoMemory ||
                     error.code == Code::kInvalidArgument || error.code == Code::kUnknownFlags;
  if (!stays) error.code = Code::kLogonFailed;
  return error;
}

HRESULT Provider::SpoolerLogon(LPMAPISUP support, ULONG_PTR, LPTSTR, ULONG size, LPENTRYID id, ULONG flags, LPCIID iid,
                               ULONG, LPBYTE, LPMAPIERROR* error, LPMSLOGON* logon, LPMDB* store) {
  if (logon) *logon = nullptr;
  if (store) *store = nullptr;
  return run(flags, error, [&]() -> Status {
    if (!logon || !store) return fail(Code::kInvalidArgument, "store", "SpoolerLogon needs its out-parameters");
    TRY(check_interface(iid));
    const std::string_view bytes = id ? std::string_view(reinterpret_cast<const char*>(id), size) : std::string_view();
    auto done = log_on({support, bytes, flags, true});
    if (!done && (flags & MDB_NO_DIALOG) != 0) return tl::unexpected(without_dialog(std::move(done).error()));
    Opened opened = TRY(std::move(done));
    *store = opened.store.detach();
    *logon = opened.logon.detach();
    return {};
  });
}

HRESULT Provider::CompareStoreIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags, ULONG* result) {
  if (result) *result = FALSE;
  return com::border([&]() -> Status {
    if (!result || !id1 || !id2) return fail(Code::kInvalidArgument, "store", "a pointer is NULL");
    if (flags != 0) return fail(Code::kUnknownFlags, "store", "flags must be zero", flags);
    const auto a = StoreId::parse({reinterpret_cast<const char*>(id1), size1});
    const auto b = StoreId::parse({reinterpret_cast<const char*>(id2), size2});
    // R13: what is not ours is another store.
    for (const auto* one : {&a, &b}) {
      if (!*one && one->error().code == Code::kInvalidEntryId) {
        return fail(Code::kUnknownEntryId, "store", "an entry id names no store");
      }
    }
    *result = a && b && a->uid == b->uid ? TRUE : FALSE;
    return {};
  });
}

// Each store for itself; the first failure is told.
HRESULT Provider::flush_all() {
  return com::border([&]() -> Status {
    Status result;
    for (const CorePtr& core : stores_->all()) {
      Status flushed = core->flush();
      if (!flushed && result) result = std::move(flushed);
    }
    return result;
  });
}

HRESULT Provider::Shutdown(ULONG* flags) {
  return com::border([&]() -> Status {
    if (!flags || *flags != 0) return fail(Code::kInvalidArgument, "store", "Shutdown takes a pointer to zero");
    return {};
  });
}

}  // namespace

com::Ref<IMSProvider> make_provider(EngineList engines, const com::AllocRoutines& routines) {
  return com::make<Provider>(std::move(engines), routines);
}

}  // namespace mapiary::store
