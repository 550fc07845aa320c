// SPDX-License-Identifier: Apache-2.0
// What the headers carry where sources contradict each other: decision 14.
#define INITGUID
#define USES_ALL_MAPI_GUIDS
#include <gtest/gtest.h>

#include "actmgmt.h"
#include "mapinamed.h"
#include "tests/headers/vtable_checks.h"

namespace {

// spec: R18
TEST(Contradictions, AccountManagement) {
  EXPECT_EQ(static_cast<HRESULT>(0x800C8002), E_OLK_REGISTRY);
  EXPECT_EQ(static_cast<HRESULT>(0x800C8002), E_OLK_ALREADY_INITIALIZED);
  EXPECT_TRUE(IsEqualGUID(IID_IOlkEnum, IID_IOlkErrorUnknown));
  EXPECT_EQ(4, slot_hit<IOlkAccountNotify>(&IOlkAccountNotify::Notify));
}

// spec: R18
TEST(Contradictions, NamedProperties) {
  EXPECT_EQ(0x8542, dispidCustomFlag);
  EXPECT_EQ(0x8251, PidLidCustomFlag);
  EXPECT_EQ(0x80B5, dispidFax1EntryID);
  EXPECT_EQ(0x80C5, dispidFax2EntryID);
  EXPECT_EQ(0x80D5, dispidFax3EntryID);
  EXPECT_EQ(0x80B1, PidLidFax1EntryId);
  EXPECT_EQ(0x80C1, PidLidFax2EntryId);
  EXPECT_EQ(0x80D1, PidLidFax3EntryId);
  EXPECT_EQ(0x0026, dispidMeetingType);
  EXPECT_EQ(0x0026, PidLidMeetingType);
  // The ids of the pages under the pages' names, those seen in the wild under the others.
  EXPECT_EQ(0x0023, PidLidCleanGlobalObjectId);
  EXPECT_EQ(0x8C23, dispidCleanGlobalObjId);
  EXPECT_EQ(0x0024, PidLidAppointmentMessageClass);
  EXPECT_EQ(0x8C24, dispidApptMessageClass);
  EXPECT_EQ(0x0028, PidLidOldLocation);
  EXPECT_EQ(0x8C28, dispidOldLocation);
  EXPECT_EQ(0x0029, PidLidOldWhenStartWhole);
  EXPECT_EQ(0x8C29, dispidOldWhenStartWhole);
  EXPECT_EQ(0x002A, PidLidOldWhenEndWhole);
  EXPECT_EQ(0x8C2A, dispidOldWhenEndWhole);
}

}  // namespace
