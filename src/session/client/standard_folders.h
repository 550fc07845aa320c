// SPDX-License-Identifier: Apache-2.0
// The standard folders of a store, which MAPI makes when the store is first opened for mail or becomes the default
// store: the full set for the default store, the minimum for others (LC-273, LC-276). A store that cannot be written to
// is left as it is, and what fails is the store's affair: the opening succeeds all the same. Once a store and session.
// Pages: validating-and-initializing-a-message-store, opening-the-default-message-store, hrvalidateipmsubtree.
#pragma once

#include "session/state/session_state.h"

namespace mapiary::session {

// `store`: of this section, open for writing. No lock is held.
void make_standard_folders(const SessionStatePtr& state, const Guid& section, IUnknown* store);

}  // namespace mapiary::session
