// SPDX-License-Identifier: Apache-2.0
// SetSearchCriteria and GetSearchCriteria.
#include <extraconstants.h>
#include <mapicode.h>
#include <mapitags.h>

#include "com/convert.h"
#include "store/folder_object.h"
#include "store/search.h"

namespace mapiary::store {
namespace {

constexpr ULONG kKnown = STOP_SEARCH | RESTART_SEARCH | RECURSIVE_SEARCH | SHALLOW_SEARCH | FOREGROUND_SEARCH |
                         BACKGROUND_SEARCH | NON_CONTENT_INDEXED_SEARCH | STATIC_SEARCH;

bool both(ULONG flags, ULONG a, ULONG b) {
  return (flags & a) && (flags & b);
}

}  // namespace

HRESULT FolderObject::SetSearchCriteria(LPSRestriction restriction, LPENTRYLIST containers, ULONG flags) {
  return core_.border().call([&]() -> Status {
    if (flags & ~kKnown) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    if (both(flags, STOP_SEARCH, RESTART_SEARCH) || both(flags, RECURSIVE_SEARCH, SHALLOW_SEARCH) ||
        both(flags, FOREGROUND_SEARCH, BACKGROUND_SEARCH)) {
      return fail(Code::kInvalidArgument, "store", "the flags exclude one another", flags);
    }
    TRY(check_writable());
    if (!backing_->is_search()) return fail(Code::kNotSupported, "store", "the folder is no search folder");
    TRY(backing_->read({}));
    const auto before = TRY(read_criteria(*TRY(core().read()), backing_->id()));
    SearchCriteria criteria = before.value_or(SearchCriteria{});
    if (!before && (!restriction || !containers)) {
      return fail(Code::kNotInitialized, "store", "the first search needs a restriction and containers");
    }
    if (restriction) criteria.restriction = TRY(com::to_model(*restriction));
    if (containers) {
      if (containers->cValues == 0 || !containers->lpbin) {
        return fail(Code::kInvalidArgument, "store", "a search needs containers");
      }
      criteria.folders.clear();
      for (ULONG i = 0; i < containers->cValues; ++i) {
        const SBinary& bin = containers->lpbin[i];
        criteria.folders.push_back(TRY(folder_id(bin.cb, reinterpret_cast<const ENTRYID*>(bin.lpb))));
      }
    }
    const bool deeper = (flags & RECURSIVE_SEARCH) && !(criteria.state & SEARCH_RECURSIVE);
    const bool flatter = (flags & SHALLOW_SEARCH) && (criteria.state & SEARCH_RECURSIVE);
    if (flags & RECURSIVE_SEARCH) criteria.state |= SEARCH_RECURSIVE;
    if (flags & SHALLOW_SEARCH) criteria.state &= ~SEARCH_RECURSIVE;
    if (flags & FOREGROUND_SEARCH) criteria.state |= SEARCH_FOREGROUND;
    if (flags & BACKGROUND_SEARCH) criteria.state &= ~SEARCH_FOREGROUND;
    const bool stop = (flags & STOP_SEARCH) != 0;
    const bool was_running = (criteria.state & SEARCH_RUNNING) != 0;
    const bool changed = !before || restriction || containers || deeper || flatter;
    // A static search finds once and does not follow.
    const bool follows = !stop && !(flags & STATIC_SEARCH);
    const bool run = !stop && (changed || (flags & RESTART_SEARCH) || (flags & STATIC_SEARCH));
    criteria.state &= ~SEARCH_RUNNING;
    if (follows && (run || was_running)) criteria.state |= SEARCH_RUNNING;
    return set_criteria(core(), backing_->id(), criteria, run);
  });
}

HRESULT FolderObject::GetSearchCriteria(ULONG flags, LPSRestriction* restriction, LPENTRYLIST* containers,
                                        ULONG* state) {
  if (restriction) *restriction = nullptr;
  if (containers) *containers = nullptr;
  return core_.border().call([&]() -> Status {
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    if (!backing_->is_search()) return fail(Code::kNotSupported, "store", "the folder is no search folder");
    TRY(backing_->read({}));
    const auto criteria = TRY(read_criteria(*TRY(core().read()), backing_->id()));
    if (!criteria) return fail(Code::kNotInitialized, "store", "no search criteria were ever set");
    com::OutBlock block(core().routines());
    if (containers) {
      const std::size_t count = criteria->folders.size();
      auto* list = TRY(block.root<ENTRYLIST>());
      list->cValues = static_cast<ULONG>(count);
      list->lpbin = TRY(block.more<SBinary>(count));
      for (std::size_t i = 0; i < count; ++i) {
        const std::string id = core().ids().folder(criteria->folders[i]);
        auto* bytes = static_cast<LPBYTE>(TRY(block.copy(id.data(), id.size())));
        list->lpbin[i] = {static_cast<ULONG>(id.size()), bytes};
      }
    }
    if (restriction) *restriction = TRY(com::to_border(criteria->restriction, core().routines()));
    if (containers) *containers = block.detach<ENTRYLIST>();
    if (state) *state = criteria->state;
    return {};
  });
}

}  // namespace mapiary::store
