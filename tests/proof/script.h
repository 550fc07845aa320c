// SPDX-License-Identifier: Apache-2.0
// A script of MAPI calls that writes and reads a store in every way, one call or few a step, all below one folder. A
// step that failed can be done again. Public MAPI only.
#pragma once

#include <functional>

#include "tests/proof/world.h"

namespace proof {

// What the steps share. Everything is released before the store is.
struct Stage {
  IMsgStore* store = nullptr;
  Ptr<IMAPIFolder> base, a, b, search;
  Ptr<IMessage> message, other, inner;
  Ptr<IAttach> attach;
  Ptr<IMAPITable> contents, hierarchy;
  ULONG attachment = 0, named = 0;
  Sink* sink = nullptr;
  ULONG_PTR connection = 0;
};

struct Step {
  Step(const char* called, std::function<HRESULT(Stage&)> work, bool is_whole = true)
      : name(called), run(std::move(work)), whole(is_whole) {}

  const char* name;
  std::function<HRESULT(Stage&)> run;
  bool whole;  // all or nothing: what a failure leaves is what was before or what is after. Others may do a part
};
const std::vector<Step>& script();

}  // namespace proof
