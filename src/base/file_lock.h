// SPDX-License-Identifier: Apache-2.0
// Whether another program keeps others from a file. POSIX systems let everybody read all the same: their locks are
// advisory; whoever wants to be kept off asks here. Stateless; safe from any thread.
#pragma once

#include <string>

#include "base/result.h"

namespace mapiary {

// kLocked, with what was seen, if another program holds a lock for writing on any part of the file (fcntl, of a process
// or of an open file; flock) or a lease of it. Leaves no lock. What cannot be found out is no lock. Not for a file that
// this process itself has locks on: POSIX takes those away.
Status check_unlocked(const std::string& path);

}  // namespace mapiary
