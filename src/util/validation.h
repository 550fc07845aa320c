// SPDX-License-Identifier: Apache-2.0
// Checks of what a caller handed in, for providers: every pointer is probed before it is followed, so the answer to
// rubbish is "bad" and not a fault. One Validator serves one check and belongs to one thread. True means good. Limits
// of nesting and number (restrictions) are those of the model, so what is good here can be evaluated. Pages: fbadprop,
// fbadproptag, fbadrow, fbadrowset, fbadcolumnset, fbadentrylist, fbadrglpnameid, fbadrglpszw, fbadrestriction,
// fbadsortorderset, validateparms.
#pragma once

#include <mapix.h>

#include <cstddef>

#include "base/memory_probe.h"

namespace mapiary::util {

// A type that MAPI defines, and for an identifier that MAPI itself assigns (0001..3FFF) one that goes with it. The text
// types are one here; PT_UNSPECIFIED, PT_NULL and PT_ERROR go with every identifier. Identifier 0 is that of PR_NULL
// only, FFFF is no identifier.
bool good_tag(ULONG tag);

class Validator {
 public:
  MemoryProbe& probe() { return probe_; }

  template <class T>
  bool readable_array(const T* items, ULONG count) {
    return count == 0 || probe_.readable(items, std::size_t{count} * sizeof(T));
  }
  // A pointer to an object whose IUnknown methods can be called.
  bool good_object(const void* object);
  bool good_tags(const SPropTagArray* tags);
  bool good_columns(const SPropTagArray* columns);
  bool good_value(const SPropValue* value);
  bool good_values(const SPropValue* values, ULONG count);
  bool good_row(const SRow* row);
  bool good_rows(const SRowSet* rows);
  bool good_entry_id(ULONG size, const void* id);
  bool good_entries(const SBinaryArray* entries);
  bool good_names(MAPINAMEID* const* names, ULONG count);
  bool good_wide_texts(WCHAR* const* texts, ULONG count);
  bool good_text(const char* text);
  bool good_text(const WCHAR* text);
  bool good_restriction(const SRestriction* restriction);
  bool good_sort_order(const SSortOrderSet* order);

 private:
  bool good_restriction(const SRestriction* restriction, int depth);
  bool good_restrictions(const SRestriction* list, ULONG count, int depth);
  bool good_leaf(const SRestriction& restriction);
  bool good_comment(const SCommentRestriction& comment, int depth);

  MemoryProbe probe_;
  std::size_t nodes_ = 0;
};

}  // namespace mapiary::util
