// SPDX-License-Identifier: Apache-2.0
// Comparison of property values: the meaning is that of model/compare.h and model/content_matcher.h, with case ignored
// as tables and restrictions ignore it, so that a caller's comparison and a restricted or sorted table agree. Numbers
// take a short way.
#include <mapiutil.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/memory_probe.h"
#include "com/border.h"
#include "com/convert.h"
#include "model/compare.h"
#include "model/content_matcher.h"
#include "util/prop_block.h"

namespace mapiary::util {
namespace {

using Ordering = std::optional<std::weak_ordering>;

std::int64_t joined(const FILETIME& ft) {
  return static_cast<std::int64_t>((std::uint64_t{ft.dwHighDateTime} << 32) | ft.dwLowDateTime);
}

Ordering compare_bytes(const SBinary& a, const SBinary& b) {
  if ((a.cb && !a.lpb) || (b.cb && !b.lpb)) return std::nullopt;
  if (!is_claim_good(a.lpb, a.cb) || !is_claim_good(b.lpb, b.cb)) return std::nullopt;
  const ULONG common = std::min(a.cb, b.cb);
  const int order = common ? std::memcmp(a.lpb, b.lpb, common) : 0;
  return order != 0 ? order <=> 0 : a.cb <=> b.cb;
}

Ordering compare_by_model(const SPropValue& a, const SPropValue& b) {
  const auto left = com::to_model(a);
  const auto right = com::to_model(b);
  if (!left || !right) return std::nullopt;
  return model::compare(*left, *right, model::TextOrder::kIgnoreCase);
}

Ordering compare(const SPropValue& a, const SPropValue& b) {
  const auto& x = a.Value;
  const auto& y = b.Value;
  const ULONG type = PROP_TYPE(a.ulPropTag);
  if (type != PROP_TYPE(b.ulPropTag)) return compare_by_model(a, b);
  switch (type) {
    case PT_I2:
      return x.i <=> y.i;
    case PT_LONG:
      return x.l <=> y.l;
    case PT_BOOLEAN:
      return (x.b != 0) <=> (y.b != 0);
    case PT_I8:
      return x.li.QuadPart <=> y.li.QuadPart;
    case PT_CURRENCY:
      return x.cur.int64 <=> y.cur.int64;
    case PT_SYSTIME:
      return joined(x.ft) <=> joined(y.ft);
    case PT_BINARY:
      return compare_bytes(x.bin, y.bin);
    default:
      return compare_by_model(a, b);
  }
}

// Two values without an order: different types by type, else by what lies in the structure. Consistent, nothing more.
LONG arbitrary_order(const SPropValue& a, const SPropValue& b) {
  const auto order = [](auto x, auto y) { return x < y ? -1 : (x > y ? 1 : 0); };
  if (const int types = order(PROP_TYPE(a.ulPropTag), PROP_TYPE(b.ulPropTag))) return types;
  if (PROP_TYPE(a.ulPropTag) == PT_OBJECT) return order(a.Value.x, b.Value.x);
  return order(reinterpret_cast<std::uintptr_t>(a.Value.lpv), reinterpret_cast<std::uintptr_t>(b.Value.lpv));
}

// The pages: values of different types satisfy no relation. A restriction is laxer: it takes both text types for one.
bool same_type(const SPropValue& a, const SPropValue& b) {
  return PROP_TYPE(a.ulPropTag) == PROP_TYPE(b.ulPropTag);
}

Result<bool> relation_holds(const SPropValue& a, ULONG op, const SPropValue& b) {
  if (op == RELOP_RE) {
    const auto text = TRY(com::to_model(a));
    const auto pattern = TRY(com::to_model(b));
    return model::compare_relop(text, model::RelOp::kRe, pattern, model::TextOrder::kIgnoreCase);
  }
  if (op > RELOP_NE) return false;
  const Ordering ordering = compare(a, b);
  return ordering && model::satisfies(*ordering, static_cast<model::RelOp>(op));
}

// A predicate has no error to give: what cannot be compared does not hold.
template <class Body>
BOOL holds(Body&& body) {
  bool result = false;
  const HRESULT hr = com::border([&]() -> Status {
    result = TRY(body());
    return {};
  });
  return SUCCEEDED(hr) && result;
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(BOOL) FPropCompareProp(LPSPropValue lpSPropValue1, ULONG ulRelOp, LPSPropValue lpSPropValue2) {
  if (!lpSPropValue1 || !lpSPropValue2 || !same_type(*lpSPropValue1, *lpSPropValue2)) return FALSE;
  return holds([&] { return relation_holds(*lpSPropValue1, ulRelOp, *lpSPropValue2); });
}

STDAPI_(BOOL) FPropContainsProp(LPSPropValue lpSPropValueDst, LPSPropValue lpSPropValueSrc, ULONG ulFuzzyLevel) {
  if (!lpSPropValueDst || !lpSPropValueSrc || !same_type(*lpSPropValueDst, *lpSPropValueSrc)) return FALSE;
  return holds([&]() -> Result<bool> {
    const auto target = TRY(com::to_model(*lpSPropValueDst));
    const auto pattern = TRY(com::to_model(*lpSPropValueSrc));
    return model::contains(target, pattern, model::FuzzyLevel{ulFuzzyLevel});
  });
}

STDAPI_(LONG) LPropCompareProp(LPSPropValue lpSPropValueA, LPSPropValue lpSPropValueB) {
  if (!lpSPropValueA || !lpSPropValueB) return (lpSPropValueA != nullptr) - (lpSPropValueB != nullptr);
  LONG result = 0;
  const HRESULT hr = com::border([&]() -> Status {
    const Ordering ordering = compare(*lpSPropValueA, *lpSPropValueB);
    if (!ordering) {
      result = arbitrary_order(*lpSPropValueA, *lpSPropValueB);
    } else {
      result = *ordering < 0 ? -1 : (*ordering > 0 ? 1 : 0);
    }
    return {};
  });
  return SUCCEEDED(hr) ? result : arbitrary_order(*lpSPropValueA, *lpSPropValueB);
}
