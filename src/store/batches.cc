// SPDX-License-Identifier: Apache-2.0
#include "store/batches.h"

#include <algorithm>

#include "property/copier.h"

namespace mapiary::store {
namespace {

constexpr std::size_t kShownBatch = 50;  // objects between two looks at an indicator

Status work_on(StoreCore& core, std::size_t from, std::size_t end, BatchWork& work) {
  const std::lock_guard lock(core.gate()->mutex());
  Writer writer = TRY(core.write());
  TRY(work.some(writer, from, end));
  return writer.commit();
}

}  // namespace

Status BatchWork::some(Writer& writer, std::size_t from, std::size_t end) {
  for (std::size_t i = from; i < end; ++i) TRY(one(writer, i));
  return {};
}

Status run_batches(StoreCore& core, std::size_t count, std::size_t batch, IMAPIProgress* progress, BatchWork& work) {
  property::copying::Meter meter(progress, count);
  const std::size_t size = std::max<std::size_t>(1, progress ? std::min(batch, kShownBatch) : batch);
  for (std::size_t from = 0; from < count;) {
    const std::size_t end = from + std::min(size, count - from);
    work.before(from, end);
    TRY(work_on(core, from, end, work));
    work.after(from, end);
    for (; from < end; ++from) TRY(meter.step());
  }
  return {};
}

com::Ref<IMAPIProgress> progress_for(StoreCore& core, bool asked, IMAPIProgress* given, ULONG_PTR ui) {
  if (!asked) return {};
  return given ? com::Ref<IMAPIProgress>::share(given) : core.progress_dialog(ui);
}

bool is_single_failure(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
    case Code::kInvalidArgument:
    case Code::kTypeNotSupported:
    case Code::kTooBig:
      return true;
    default:
      return false;
  }
}

}  // namespace mapiary::store
