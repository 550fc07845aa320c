// SPDX-License-Identifier: Apache-2.0
// Arrays of property values: measure, copy, relocate, search; single values. The exported functions of mapiutil.h.
#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>
#include <cwchar>
#include <utility>

#include "com/border.h"
#include "com/memory.h"
#include "util/prop_block.h"

namespace mapiary::util {
namespace {

tl::unexpected<Error> bad_argument(const char* what, std::uint64_t value = 0) {
  return fail(Code::kInvalidArgument, "util", what, value);
}

bool is_bad_array(int count, const SPropValue* values) {
  return count < 0 || (count > 0 && !values);
}

// What ScCountProps accepts and ScCopyProps does not care about: an identifier, and at least one value.
bool is_countable(const SPropValue& value) {
  const ULONG id = PROP_ID(value.ulPropTag);
  if (id == PROP_ID_NULL || id == PROP_ID_INVALID) return false;
  return shape_of(value.ulPropTag).storage < Storage::kArray || value.Value.MVi.cValues != 0;
}

Result<std::uint64_t> count_values(int count, const SPropValue* values, MemoryProbe* probe) {
  if (is_bad_array(count, values)) return bad_argument("a property array with a bad count or a NULL pointer");
  std::uint64_t total = static_cast<std::uint64_t>(count) * sizeof(SPropValue);
  if (probe && !probe->readable(values, total)) return bad_argument("a property array that cannot be read");
  for (const SPropValue& value : std::span(values, static_cast<std::size_t>(count))) {
    const auto data = is_countable(value) ? data_size(value, probe) : std::nullopt;
    if (!data) return bad_argument("a property value that is not valid", value.ulPropTag);
    total += *data;
    if (total > kMaxBlock) return bad_argument("property values over 4 GB", total);
  }
  return total;
}

bool matches(ULONG tag, ULONG wanted) {
  return PROP_TYPE(wanted) == PT_UNSPECIFIED ? PROP_ID(tag) == PROP_ID(wanted) : tag == wanted;
}

SPropValue* find(SPropValue* values, ULONG count, ULONG tag) {
  if (!values) return nullptr;
  SPropValue* end = values + count;
  SPropValue* found = std::find_if(values, end, [=](const SPropValue& v) { return matches(v.ulPropTag, tag); });
  return found == end ? nullptr : found;
}

std::uint64_t bytes_of_texts(const SPropValue& value) {
  std::uint64_t total = 0;
  const bool wide = shape_of(value.ulPropTag).storage == Storage::kTextWideArray;
  for (ULONG i = 0; i < value.Value.MVszA.cValues; ++i) {
    if (wide) {
      const LPWSTR text = value.Value.MVszW.lppszW[i];
      if (text) total += (std::wcslen(text) + 1) * sizeof(WCHAR);
    } else {
      const LPSTR text = value.Value.MVszA.lppszA[i];
      if (text) total += std::strlen(text) + 1;
    }
  }
  return total;
}

// The bytes of the value itself: text with its terminator; of a multivalued property the sum over its values.
std::uint64_t value_bytes(const SPropValue& value) {
  const auto& v = value.Value;
  const Shape shape = shape_of(value.ulPropTag);
  switch (shape.storage) {
    case Storage::kUnknown:
      return 0;
    case Storage::kInline:
    case Storage::kGuid:
      return shape.size;
    case Storage::kText8:
      return v.lpszA ? std::strlen(v.lpszA) + 1 : 0;
    case Storage::kTextWide:
      return v.lpszW ? (std::wcslen(v.lpszW) + 1) * sizeof(WCHAR) : 0;
    case Storage::kBinary:
      return v.bin.cb;
    case Storage::kArray:
      return std::uint64_t{v.MVi.cValues} * shape.size;
    case Storage::kBinaryArray: {
      std::uint64_t total = 0;
      for (ULONG i = 0; v.MVbin.lpbin && i < v.MVbin.cValues; ++i) total += v.MVbin.lpbin[i].cb;
      return total;
    }
    case Storage::kText8Array:
    case Storage::kTextWideArray:
      return v.MVszA.lppszA ? bytes_of_texts(value) : 0;
  }
  return 0;
}

// Element `i` of the array at `items` of {count, items}.
void take_instance(const SPropValue& from, Shape shape, ULONG i, SPropValue& to) {
  const auto& v = from.Value;
  switch (shape.storage) {
    case Storage::kBinaryArray:
      to.Value.bin = v.MVbin.lpbin[i];
      return;
    case Storage::kText8Array:
      to.Value.lpszA = v.MVszA.lppszA[i];
      return;
    case Storage::kTextWideArray:
      to.Value.lpszW = v.MVszW.lppszW[i];
      return;
    default:
      break;
  }
  if (PROP_TYPE(from.ulPropTag) == PT_MV_CLSID) {
    to.Value.lpguid = v.MVguid.lpguid + i;
  } else {
    const auto* items = reinterpret_cast<const std::byte*>(v.MVi.lpi);
    std::memcpy(&to.Value, items + std::size_t{i} * shape.size, shape.size);
  }
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(SCODE) ScCountProps(int cValues, LPSPropValue lpPropArray, ULONG* lpcb) {
  return com::border([&]() -> Status {
    MemoryProbe probe;
    const std::uint64_t total = TRY(count_values(cValues, lpPropArray, &probe));
    if (lpcb) *lpcb = static_cast<ULONG>(total);
    return {};
  });
}

STDAPI_(SCODE) ScCopyProps(int cValues, LPSPropValue lpPropArray, LPVOID lpvDst, ULONG* lpcb) {
  if (is_bad_array(cValues, lpPropArray) || (cValues > 0 && !lpvDst)) return MAPI_E_INVALID_PARAMETER;
  BlockWriter writer(lpvDst);
  if (cValues > 0 && !writer.put_values(lpPropArray, static_cast<std::size_t>(cValues)))
    return MAPI_E_INVALID_PARAMETER;
  if (lpcb) *lpcb = static_cast<ULONG>(writer.used());
  return S_OK;
}

// The block begins at the array: that is what both base addresses are addresses of.
STDAPI_(SCODE)
ScRelocProps(int cValues, LPSPropValue lpPropArray, LPVOID lpvBaseOld, LPVOID lpvBaseNew, ULONG* lpcb) {
  if (is_bad_array(cValues, lpPropArray)) return MAPI_E_INVALID_PARAMETER;
  const std::span values(lpPropArray, static_cast<std::size_t>(cValues));
  // All or nothing: a half-moved array could not be moved back.
  for (const SPropValue& value : values) {
    if (shape_of(value.ulPropTag).storage == Storage::kUnknown) return MAPI_E_INVALID_PARAMETER;
  }
  const BlockMover mover(lpPropArray, lpvBaseOld, lpvBaseNew);
  std::uint64_t total = values.size_bytes();
  for (SPropValue& value : values) total += mover.move_value(value, lpcb != nullptr).value_or(0);
  if (lpcb && total > kMaxBlock) return MAPI_E_INVALID_PARAMETER;
  if (lpcb) *lpcb = static_cast<ULONG>(total);
  return S_OK;
}

STDAPI_(SCODE)
ScDupPropset(int cValues, LPSPropValue lpPropArray, LPALLOCATEBUFFER lpAllocateBuffer, LPSPropValue* lppPropArray) {
  if (!lppPropArray) return MAPI_E_INVALID_PARAMETER;
  *lppPropArray = nullptr;
  return com::border([&]() -> Status {
    if (!lpAllocateBuffer) return bad_argument("no allocation function");
    const std::uint64_t total = TRY(count_values(cValues, lpPropArray, nullptr));
    void* block = nullptr;
    const SCODE sc = lpAllocateBuffer(static_cast<ULONG>(total), &block);
    if (FAILED(sc)) return tl::unexpected(com::outside_error(sc, "AllocateBuffer"));
    if (!block) return fail(Code::kNoMemory, "util", "AllocateBuffer succeeded with NULL", total);
    BlockWriter writer(block);
    if (cValues > 0) writer.put_values(lpPropArray, static_cast<std::size_t>(cValues));
    *lppPropArray = static_cast<LPSPropValue>(block);
    return {};
  });
}

STDAPI_(SCODE)
PropCopyMore(LPSPropValue lpSPropValueDest, LPSPropValue lpSPropValueSrc, ALLOCATEMORE* lpfAllocMore,
             LPVOID lpvObject) {
  if (!lpSPropValueDest || !lpSPropValueSrc) return MAPI_E_INVALID_PARAMETER;
  SPropValue value = *lpSPropValueSrc;
  if (shape_of(value.ulPropTag).storage == Storage::kUnknown) return MAPI_E_NO_SUPPORT;
  const auto data = data_size(value);
  if (!data) return MAPI_E_INVALID_PARAMETER;
  void* block = nullptr;
  if (*data) {
    if (!lpfAllocMore) return MAPI_E_INVALID_PARAMETER;
    const SCODE sc = lpfAllocMore(static_cast<ULONG>(*data), lpvObject, &block);
    if (FAILED(sc)) return sc;
    if (!block) return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  BlockWriter writer(block);
  if (!writer.adopt(value)) return MAPI_E_INVALID_PARAMETER;
  *lpSPropValueDest = value;
  return S_OK;
}

// 0 for what has no value: NULL, PT_NULL, PT_OBJECT and types unknown here. An error code would be taken for a size.
STDAPI_(ULONG) UlPropSize(LPSPropValue lpSPropValue) {
  if (!lpSPropValue) return 0;
  return static_cast<ULONG>(std::min(value_bytes(*lpSPropValue), kMaxBlock));
}

STDAPI_(LPSPropValue) LpValFindProp(ULONG ulPropTag, ULONG cValues, LPSPropValue lpPropArray) {
  return find(lpPropArray, cValues, ulPropTag);
}

STDAPI_(LPSPropValue) PpropFindProp(LPSPropValue lpPropArray, ULONG cValues, ULONG ulPropTag) {
  return find(lpPropArray, cValues, ulPropTag);
}

// An instance that does not exist becomes PT_ERROR with MAPI_E_NOT_FOUND: the function has no other way to tell.
STDAPI_(void) GetInstance(LPSPropValue lpPropMv, LPSPropValue lpPropSv, ULONG uliInst) {
  if (!lpPropMv || !lpPropSv) return;
  const SPropValue from = *lpPropMv;  // both may be the same structure
  const Shape shape = shape_of(from.ulPropTag);
  SPropValue to = {};
  to.ulPropTag = PROP_TAG(PT_ERROR, PROP_ID(from.ulPropTag));
  to.Value.err = static_cast<SCODE>(MAPI_E_NOT_FOUND);
  if (shape.storage >= Storage::kArray) {
    if (uliInst < from.Value.MVi.cValues && from.Value.MVi.lpi) {
      to = {};
      to.ulPropTag = PROP_TAG(PROP_TYPE(from.ulPropTag) & ~MV_FLAG, PROP_ID(from.ulPropTag));
      take_instance(from, shape, uliInst, to);
    }
  } else if (uliInst == 0 && shape.storage != Storage::kUnknown) {
    to = from;
  }
  *lpPropSv = to;
}

STDAPI_(BOOL) FEqualNames(LPMAPINAMEID lpName1, LPMAPINAMEID lpName2) {
  if (!lpName1 || !lpName2) return lpName1 == lpName2;
  if (lpName1->ulKind != lpName2->ulKind) return FALSE;
  const GUID* set1 = lpName1->lpguid;
  const GUID* set2 = lpName2->lpguid;
  if (set1 != set2 && (!set1 || !set2 || std::memcmp(set1, set2, sizeof(GUID)) != 0)) return FALSE;
  if (lpName1->ulKind == MNID_ID) return lpName1->Kind.lID == lpName2->Kind.lID;
  if (lpName1->ulKind != MNID_STRING) return FALSE;
  const LPWSTR text1 = lpName1->Kind.lpwstrName;
  const LPWSTR text2 = lpName2->Kind.lpwstrName;
  if (!text1 || !text2) return text1 == text2;
  return std::wcscmp(text1, text2) == 0;
}
