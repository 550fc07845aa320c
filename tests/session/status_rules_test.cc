// SPDX-License-Identifier: Apache-2.0
#include "folder_fixture.h"
