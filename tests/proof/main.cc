// SPDX-License-Identifier: Apache-2.0
// The tests, or with --peer the other process of one of them.
#define INITGUID
#define USES_ALL_MAPI_GUIDS
#include <gtest/gtest.h>
#include <initguid.h>
#include <mapiguid.h>
#include <mapix.h>

#include "tests/proof/world.h"

int main(int count, char** arguments) {
  if (count > 1 && std::string(arguments[1]) == "--peer") return proof::peer_main({arguments + 2, arguments + count});
  ::testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
