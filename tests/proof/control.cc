// SPDX-License-Identifier: Apache-2.0
#include "tests/proof/control.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace proof {

FaultControl& control() {
  static FaultControl* const one = [] {
    void* const library = ::dlopen(FAULT_PROVIDER, RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(library, nullptr) << ::dlerror();
    return reinterpret_cast<FaultControlFunction*>(::dlsym(library, "fault_control"))();
  }();
  return *one;
}

}  // namespace proof
