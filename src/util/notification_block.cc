// SPDX-License-Identifier: Apache-2.0
// Notifications in one block of memory, laid out as property values are (util/prop_block.h): the array, then what each
// one points to. A structure without its own data (an unknown event) is refused: nobody could know its pointers. Pages:
// sccountnotifications, sccopynotifications, screlocnotifications.
#include "util/notification_block.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <cstring>
#include <cwchar>
#include <optional>
#include <span>

#include "com/border.h"
#include "util/prop_block.h"

namespace mapiary::util {
namespace {

// One walk over everything a notification points to; a visitor counts, copies or moves. Each of its functions is told
// the pointer and returns false to stop.
//   bytes(T*& pointer, uint64 count)     text(LPTSTR&, bool wide)     values(SPropValue*&, ULONG count)
//   value(SPropValue&) record(T*& pointer)                  a structure whose own pointers are visited next; yields
//   where it can be read and written now
template <class Visitor>
bool visit_error(Visitor& v, ERROR_NOTIFICATION& n) {
  if (!v.bytes(n.lpEntryID, n.cbEntryID)) return false;
  if (!n.lpMAPIError) return true;
  MAPIERROR* error = v.record(n.lpMAPIError);
  const bool wide = (n.ulFlags & MAPI_UNICODE) != 0;
  return error && v.text(error->lpszError, wide) && v.text(error->lpszComponent, wide);
}

template <class Visitor>
bool visit_new_mail(Visitor& v, NEWMAIL_NOTIFICATION& n) {
  return v.bytes(n.lpEntryID, n.cbEntryID) && v.bytes(n.lpParentID, n.cbParentID) &&
         v.text(n.lpszMessageClass, (n.ulFlags & MAPI_UNICODE) != 0);
}

template <class Visitor>
bool visit_object(Visitor& v, OBJECT_NOTIFICATION& n) {
  return v.bytes(n.lpEntryID, n.cbEntryID) && v.bytes(n.lpParentID, n.cbParentID) && v.bytes(n.lpOldID, n.cbOldID) &&
         v.bytes(n.lpOldParentID, n.cbOldParentID) && v.tags(n.lpPropTagArray);
}

template <class Visitor>
bool visit_table(Visitor& v, TABLE_NOTIFICATION& n) {
  return v.value(n.propIndex) && v.value(n.propPrior) && v.values(n.row.lpProps, n.row.cValues);
}

template <class Visitor>
bool visit(Visitor& v, NOTIFICATION& n) {
  switch (n.ulEventType) {
    case fnevCriticalError:
      return visit_error(v, n.info.err);
    case fnevNewMail:
      return visit_new_mail(v, n.info.newmail);
    case fnevObjectCreated:
    case fnevObjectDeleted:
    case fnevObjectModified:
    case fnevObjectMoved:
    case fnevObjectCopied:
    case fnevSearchComplete:
      return visit_object(v, n.info.obj);
    case fnevTableModified:
      return visit_table(v, n.info.tab);
    case fnevStatusObjectModified:
      return v.bytes(n.info.statobj.lpEntryID, n.info.statobj.cbEntryID) &&
             v.values(n.info.statobj.lpPropVals, n.info.statobj.cValues);
    case fnevExtended:
      return v.bytes(n.info.ext.pbEventParameters, n.info.ext.cb);
    default:
      return false;
  }
}

std::uint64_t text_bytes(LPTSTR text, bool wide) {
  if (wide) return (std::wcslen(reinterpret_cast<LPWSTR>(text)) + 1) * sizeof(WCHAR);
  return std::strlen(reinterpret_cast<LPSTR>(text)) + 1;
}

// An unused value of a table notification is all zero or PR_NULL.
bool is_unused(const SPropValue& value) {
  return value.ulPropTag == 0;
}

class Counter {
 public:
  std::uint64_t total = 0;

  template <class T>
  bool bytes(T*& pointer, std::uint64_t count) {
    return (count == 0 || (pointer && probe_.readable(pointer, count))) && add(count);
  }
  template <class T>
  T* record(T*& pointer) {
    return bytes(pointer, sizeof(T)) ? pointer : nullptr;
  }
  bool text(LPTSTR& pointer, bool wide) {
    if (!pointer) return true;
    const std::uint64_t limit = wide ? kMaxBlock / sizeof(WCHAR) : kMaxBlock;
    const auto units = wide ? probe_.string_length(reinterpret_cast<LPWSTR>(pointer), limit)
                            : probe_.string_length(reinterpret_cast<LPSTR>(pointer), limit);
    return units && add((std::uint64_t{*units} + 1) * (wide ? sizeof(WCHAR) : 1));
  }
  bool tags(LPSPropTagArray& pointer) {
    if (!pointer) return true;
    if (!probe_.readable(pointer, CbNewSPropTagArray(0))) return false;
    return bytes(pointer, CbNewSPropTagArray(std::uint64_t{pointer->cValues}));
  }
  bool value(SPropValue& v) {
    if (is_unused(v)) return true;
    const auto size = data_size(v, &probe_);
    return size && add(*size);
  }
  bool values(SPropValue*& pointer, ULONG count) {
    if (!bytes(pointer, std::uint64_t{count} * sizeof(SPropValue))) return false;
    for (SPropValue& v : std::span(pointer, count)) {
      if (!value(v)) return false;
    }
    return true;
  }
  bool array(NOTIFICATION* from, std::size_t count) { return bytes(from, count * sizeof(NOTIFICATION)); }

 private:
  bool add(std::uint64_t count) {
    total += padded(count);
    return total <= kMaxBlock;
  }
  MemoryProbe probe_;
};

// The structures visited are already the copies; each pointer gets its own data in the block.
class Copier {
 public:
  explicit Copier(void* block) : writer_(block) {}
  BlockWriter& writer() { return writer_; }

  template <class T>
  bool bytes(T*& pointer, std::uint64_t count) {
    if (count != 0 && !pointer) return false;
    pointer = static_cast<T*>(count ? writer_.put(pointer, count) : nullptr);
    return pointer || count == 0;
  }
  template <class T>
  T* record(T*& pointer) {
    return bytes(pointer, sizeof(T)) ? pointer : nullptr;
  }
  bool text(LPTSTR& pointer, bool wide) { return !pointer || bytes(pointer, text_bytes(pointer, wide)); }
  bool tags(LPSPropTagArray& pointer) {
    return !pointer || bytes(pointer, CbNewSPropTagArray(std::uint64_t{pointer->cValues}));
  }
  bool value(SPropValue& v) { return is_unused(v) || writer_.adopt(v); }
  bool values(SPropValue*& pointer, ULONG count) {
    if (!bytes(pointer, std::uint64_t{count} * sizeof(SPropValue))) return false;
    for (SPropValue& v : std::span(pointer, count)) {
      if (!value(v)) return false;
    }
    return true;
  }

 private:
  BlockWriter writer_;
};

class Mover {
 public:
  Mover(void* here, const void* old_base, const void* new_base) : mover_(here, old_base, new_base) {}
  std::uint64_t total = 0;

  template <class T>
  bool bytes(T*& pointer, std::uint64_t count) {
    mover_.move(pointer);
    total += padded(count);
    return true;
  }
  template <class T>
  T* record(T*& pointer) {
    total += padded(sizeof(T));
    return mover_.move(pointer);
  }
  bool text(LPTSTR& pointer, bool wide) {
    LPTSTR here = mover_.move(pointer);
    if (here) total += padded(text_bytes(here, wide));
    return true;
  }
  bool tags(LPSPropTagArray& pointer) {
    const SPropTagArray* here = mover_.move(pointer);
    if (here) total += padded(CbNewSPropTagArray(std::uint64_t{here->cValues}));
    return true;
  }
  bool value(SPropValue& v) {
    if (is_unused(v)) return true;
    const auto size = mover_.move_value(v, true);
    total += size.value_or(0);
    return size.has_value();
  }
  bool values(SPropValue*& pointer, ULONG count) {
    SPropValue* here = mover_.move(pointer);
    total += padded(std::uint64_t{count} * sizeof(SPropValue));
    for (ULONG i = 0; here && i < count; ++i) {
      if (!value(here[i])) return false;
    }
    return true;
  }

 private:
  BlockMover mover_;
};

bool is_bad_array(int count, const NOTIFICATION* list) {
  return count < 0 || (count > 0 && !list);
}

bool is_known_event(ULONG type) {
  constexpr ULONG kKnown = fnevCriticalError | fnevNewMail | fnevObjectCreated | fnevObjectDeleted |
                           fnevObjectModified | fnevObjectMoved | fnevObjectCopied | fnevSearchComplete |
                           fnevTableModified | fnevStatusObjectModified | fnevExtended;
  return (type & ~kKnown) == 0 && type != 0 && (type & (type - 1)) == 0;
}

}  // namespace

std::optional<std::uint64_t> notifications_size(const NOTIFICATION* list, std::size_t count) {
  Counter counter;
  auto* from = const_cast<NOTIFICATION*>(list);  // a counter changes nothing
  if (!counter.array(from, count)) return std::nullopt;
  for (NOTIFICATION& each : std::span(from, count)) {
    if (!visit(counter, each)) return std::nullopt;
  }
  return counter.total;
}

std::optional<std::uint64_t> copy_notifications(const NOTIFICATION* list, std::size_t count, void* block) {
  if (count == 0) return 0;
  Copier copier(block);
  auto* to = static_cast<NOTIFICATION*>(copier.writer().put(list, count * sizeof(NOTIFICATION)));
  if (!to) return std::nullopt;
  for (NOTIFICATION& each : std::span(to, count)) {
    if (!visit(copier, each)) return std::nullopt;
  }
  return copier.writer().used();
}

}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(SCODE) ScCountNotifications(int cNotifications, LPNOTIFICATION lpNotifications, ULONG* lpcb) {
  if (is_bad_array(cNotifications, lpNotifications)) return MAPI_E_INVALID_PARAMETER;
  const auto size = notifications_size(lpNotifications, static_cast<std::size_t>(cNotifications));
  if (!size) return MAPI_E_INVALID_PARAMETER;
  if (lpcb) *lpcb = static_cast<ULONG>(*size);
  return S_OK;
}

// Copies with and without lpcb (ADR 0011).
STDAPI_(SCODE) ScCopyNotifications(int cNotification, LPNOTIFICATION lpNotifications, LPVOID lpvDst, ULONG* lpcb) {
  if (is_bad_array(cNotification, lpNotifications) || (cNotification > 0 && !lpvDst)) return MAPI_E_INVALID_PARAMETER;
  const auto size = copy_notifications(lpNotifications, static_cast<std::size_t>(cNotification), lpvDst);
  if (!size) return MAPI_E_INVALID_PARAMETER;
  if (lpcb) *lpcb = static_cast<ULONG>(*size);
  return S_OK;
}

STDAPI_(SCODE)
ScRelocNotifications(int cNotification, LPNOTIFICATION lpNotifications, LPVOID lpvBaseOld, LPVOID lpvBaseNew,
                     ULONG* lpcb) {
  if (is_bad_array(cNotification, lpNotifications)) return MAPI_E_INVALID_PARAMETER;
  const std::span list(lpNotifications, static_cast<std::size_t>(cNotification));
  for (const NOTIFICATION& each : list) {
    if (!is_known_event(each.ulEventType)) return MAPI_E_INVALID_PARAMETER;
  }
  Mover mover(lpNotifications, lpvBaseOld, lpvBaseNew);
  for (NOTIFICATION& each : list) {
    if (!visit(mover, each)) return MAPI_E_INVALID_PARAMETER;
  }
  const std::uint64_t total = padded(list.size_bytes()) + mover.total;
  if (lpcb && total > kMaxBlock) return MAPI_E_INVALID_PARAMETER;
  if (lpcb) *lpcb = static_cast<ULONG>(total);
  return S_OK;
}
