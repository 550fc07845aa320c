// SPDX-License-Identifier: Apache-2.0
#include "address_book/root_container.h"

#include <mapitags.h>

#include "address_book/bag_backing.h"
#include "address_book/containers.h"
#include "address_book/one_off.h"
#include "property/prop_object.h"

namespace mapiary::address_book {
namespace {

using model::PropTag;
using model::PropValue;

model::PropBag root_properties() {
  model::PropBag bag;
  bag.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), "Address Book"));
  bag.set(PropValue::int32(PropTag(PR_OBJECT_TYPE), MAPI_ABCONT));
  bag.set(PropValue::int32(PropTag(PR_DISPLAY_TYPE), DT_LOCAL));
  bag.set(PropValue::int32(PropTag(PR_CONTAINER_FLAGS), AB_SUBCONTAINERS | AB_UNMODIFIABLE));
  bag.set(PropValue::int32(PropTag(PR_ACCESS_LEVEL), 0));
  return bag;
}

class RootContainer final : public property::PropObject<IABContainer> {
 public:
  explicit RootContainer(BookHostPtr host)
      : PropObject(host->gate(), std::make_shared<BagBacking>(root_properties())), host_(std::move(host)) {}

  STDMETHODIMP GetHierarchyTable(ULONG flags, LPMAPITABLE* table) override {
    return core_.call_unlocked([&]() -> Result<HRESULT> {
      if (!table) return fail(Code::kInvalidArgument, "address_book", "GetHierarchyTable got a NULL pointer");
      constexpr ULONG kKnown = CONVENIENT_DEPTH | MAPI_DEFERRED_ERRORS | MAPI_UNICODE;
      if ((flags & ~kKnown) != 0) return fail(Code::kUnknownFlags, "address_book", "unknown flags", flags);
      const auto containers = TRY(list_containers(*host_, (flags & CONVENIENT_DEPTH) != 0));
      *table = TRY(container_table(containers, flags)).detach();
      return S_OK;
    });
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) override {
    return core_.call_unlocked([&]() -> Result<HRESULT> {
      if (!type || !out || !id || size == 0) {
        return fail(Code::kInvalidArgument, "address_book", "OpenEntry got a NULL pointer");
      }
      *out = nullptr;
      OpenedEntry opened = TRY(open_entry(host_, {reinterpret_cast<const char*>(id), size}, iid, flags));
      *type = opened.type;
      *out = opened.object.detach();
      return S_OK;
    });
  }
  // There are no entries in it to list, to find, to make or to delete.
  STDMETHODIMP GetContentsTable(ULONG, LPMAPITABLE*) override { return unsupported(); }
  STDMETHODIMP SetSearchCriteria(LPSRestriction, LPENTRYLIST, ULONG) override { return unsupported(); }
  STDMETHODIMP GetSearchCriteria(ULONG, LPSRestriction*, LPENTRYLIST*, ULONG*) override { return unsupported(); }
  STDMETHODIMP CreateEntry(ULONG, LPENTRYID, ULONG, LPMAPIPROP*) override { return unsupported(); }
  STDMETHODIMP CopyEntries(LPENTRYLIST, ULONG_PTR, LPMAPIPROGRESS, ULONG) override { return unsupported(); }
  STDMETHODIMP DeleteEntries(LPENTRYLIST, ULONG) override { return unsupported(); }
  STDMETHODIMP ResolveNames(LPSPropTagArray, ULONG, LPADRLIST, LPFlagList) override { return unsupported(); }

 private:
  HRESULT unsupported() {
    return core_.border().call(
        []() -> Status { return fail(Code::kNotSupported, "address_book", "the root container has no entries"); });
  }
  BookHostPtr host_;
};

}  // namespace

com::Ref<IABContainer> make_root_container(const BookHostPtr& host) {
  return com::make<RootContainer>(host);
}

Result<OpenedEntry> open_entry(const BookHostPtr& host, const std::string& id, LPCIID iid, ULONG flags) {
  OpenedEntry opened;
  if (id.empty()) {
    const auto root = make_root_container(host);
    const HRESULT hr =
        root->QueryInterface(iid ? *iid : IID_IABContainer, reinterpret_cast<void**>(opened.object.put()));
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "QueryInterface of the root container"));
    opened.type = MAPI_ABCONT;
    return opened;
  }
  const auto entry = model::EntryId::parse(id);
  if (!entry) return fail(Code::kUnknownEntryId, "address_book", "this is no entry identifier", id.size());
  if (model::is_one_off(*entry)) {
    if ((flags & MAPI_MODIFY) != 0) return fail(Code::kNoAccess, "address_book", "a one-off recipient is read-only");
    opened.object = TRY(open_one_off(host->gate(), *entry, iid));
    opened.type = MAPI_MAILUSER;
    return opened;
  }
  const BookProvider owner = TRY(host->owner(id));
  auto* bytes = reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
  TRY(ask("IABLogon::OpenEntry", owner, [&] {
    return owner.logon->OpenEntry(static_cast<ULONG>(id.size()), bytes, iid, flags, &opened.type, opened.object.put());
  }));
  return opened;
}

}  // namespace mapiary::address_book
