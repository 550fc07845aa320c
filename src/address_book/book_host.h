// SPDX-License-Identifier: Apache-2.0
// What the address book needs of its session: the providers that are logged on, who answers for an entry id, and a
// place in the profile. Providers are called without a lock; each call may come from any thread and after the end of
// the session, and then answers an error. Pages: iaddrbookimapiprop, imapisession-openaddressbook.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "com/border.h"
#include "com/ref.h"
#include "model/prop_value.h"

namespace mapiary::address_book {

struct BookProvider {
  std::string name;  // for messages
  com::Ref<IABLogon> logon;
};

struct OpenedEntry {
  com::Ref<IUnknown> object;
  ULONG type = 0;
};

class BookHost {
 public:
  virtual ~BookHost() = default;

  // In the profile's order.
  virtual std::vector<BookProvider> providers() = 0;
  // The logon that registered the id's MAPIUID. kUnknownEntryId: none is open.
  virtual Result<BookProvider> owner(const std::string& id) = 0;
  // Advise at the owner; the number is the session's.
  virtual Result<ULONG_PTR> advise(const std::string& id, ULONG events, IMAPIAdviseSink* sink) = 0;
  virtual Status unadvise(ULONG_PTR connection) = 0;

  // Kept in the profile, at once. An empty list: not set.
  virtual Result<std::vector<std::string>> setting(model::PropTag tag) = 0;
  virtual Status set_setting(model::PropTag tag, const std::vector<std::string>& ids) = 0;

  // Objects of the address book end with the session.
  virtual std::shared_ptr<com::Gate> gate() = 0;
};
using BookHostPtr = std::shared_ptr<BookHost>;

// A provider's failure, or what it threw, as ours.
template <class Body>
Status ask(const char* call, const BookProvider& provider, Body&& body);

}  // namespace mapiary::address_book

#include "com/error_map.h"

namespace mapiary::address_book {

template <class Body>
Status ask(const char* call, const BookProvider& provider, Body&& body) {
  const HRESULT hr = com::border([&]() -> Result<HRESULT> { return body(); });
  if (SUCCEEDED(hr)) return {};
  return tl::unexpected(com::outside_error(hr, std::string(call) + " of '" + provider.name + "'"));
}

}  // namespace mapiary::address_book
