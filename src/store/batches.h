// SPDX-License-Identifier: Apache-2.0
// Work on many objects of a store in one call: in transactions of so many objects each, with the caller's progress
// indicator told between them. Foreign code, the indicator and what BatchWork does before and after, runs without the
// gate and without a transaction: it may use the store. Pages: imapiprogress-progress, imapifolder-*.
#pragma once

#include <cstddef>

#include "store/core.h"

namespace mapiary::store {

class BatchWork {
 public:
  virtual ~BatchWork() = default;
  // Not under the gate: before the objects [from, end) are worked on, and after that was committed.
  virtual void before(std::size_t from, std::size_t end) { (void)from, (void)end; }
  virtual void after(std::size_t from, std::size_t end) { (void)from, (void)end; }
  // Under the gate, inside the batch's transaction. An error ends the call and takes this batch back.
  virtual Status one(Writer& writer, std::size_t index) = 0;
  // The same of the objects [from, end) together: one by one, unless there is a better way.
  virtual Status some(Writer& writer, std::size_t from, std::size_t end);
};

// `batch` objects a transaction; fewer where an indicator is to be told how it goes. Errors are those of the work, and
// MAPI_E_USER_CANCEL of an indicator that was told to stop; what was committed before stays.
Status run_batches(StoreCore& core, std::size_t count, std::size_t batch, IMAPIProgress* progress, BatchWork& work);

// The indicator for a call: the caller's own, or MAPI's; none unless `asked`.
com::Ref<IMAPIProgress> progress_for(StoreCore& core, bool asked, IMAPIProgress* given, ULONG_PTR ui);

// What concerns one object alone, and lets the others go on.
bool is_single_failure(const Error& error);

}  // namespace mapiary::store
