// SPDX-License-Identifier: Apache-2.0
// The class and interface identifiers that the page mapi-constants gives, spelled as text as the registry does: each
// header has the symbol, and it has that value.
#define INITGUID
#define USES_ALL_MAPI_GUIDS
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "cabadmin.h"
#include "exchsec.h"
#include "extraconstants.h"
#include "imscapabilities.h"
#include "mapiaux.h"
#include "mapiextra.h"
#include "mapiguid.h"
#include "mapimime.h"
#include "mapioffline.h"
#include "mapireplication.h"
#include "mapisync.h"
#include "pstoverride.h"

namespace {

std::string text_of(REFGUID guid) {
  char text[40];
  std::snprintf(text, sizeof(text), "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                static_cast<unsigned>(guid.Data1), guid.Data2, guid.Data3, guid.Data4[0], guid.Data4[1], guid.Data4[2],
                guid.Data4[3], guid.Data4[4], guid.Data4[5], guid.Data4[6], guid.Data4[7]);
  return text;
}

// spec: "Class and interface identifiers"
TEST(PageIds, AreThoseOfTheReference) {
  const struct {
    const GUID* id;
    const char* text;
  } rows[] = {
      {&IID_IAttachmentSecurity, "b2533636-c3f3-416f-bf04-aefe41abaae2"},
      {&CLSID_IConverterSession, "4e3a7680-b77a-11d0-9da5-00c04fd65685"},
      {&IID_IConverterSession, "4b401570-b77b-11d0-9da5-00c04fd65685"},
      {&GUID_GlobalState, "fbeffd93-b11f-4094-842b-96dcd31e63d1"},
      {&IID_IMAPIOffline, "000672b5-0000-0000-c000-000000000046"},
      {&IID_IMAPIOfflineNotify, "0317bde5-fc29-44cd-8dcd-36125a3be9ec"},
      {&IID_IMAPIOfflineMgr, "42175607-ff3e-4790-bc18-66c8643e6424"},
      {&IID_IPSTX, "4fdeeff0-0319-11cf-b4cf-00aa0dbbb6e6"},
      {&IID_IPSTX2, "2067a790-2a45-11d1-eb86-00a0c90dca6d"},
      {&IID_IPSTX3, "55f15320-111b-11d2-a999-006008b05aa7"},
      {&IID_IPSTX4, "aa2e2092-ac08-11d2-a2f9-0060b0ec3d4f"},
      {&IID_IPSTX5, "55f15322-111b-11d2-a999-006008b05aa7"},
      {&IID_IPSTX6, "55f15323-111b-11d2-a999-006008b05aa7"},
      {&IID_IOSTX, "d2d85db4-840f-49b8-9982-07d2405ec6b7"},
      {&IID_IMAPIFolderNoProvChk, "57d333a0-f589-4b23-a3f9-85f82fec153c"},
      {&IID_IMessageNoProvChk, "c3505457-7b2e-4c3b-a8d6-6dd949bb97a1"},
      {&IID_IFolderSupport, "00375ac3-ecaf-4ef8-a527-34f452fa9c67"},
      {&IID_IProxyStoreObject, "29f3ab10-554d-11d0-a97c-00a0c911f50a"},
      {&IID_IMSCapabilities, "00020393-0000-0000-c000-000000000046"},
      {&IID_IMessageRaw, "0002038a-0000-0000-c000-000000000046"},
      {&IID_CAPONE_PROF, "00020d0a-0000-0000-c000-000000000046"},
      {&IID_IMAPISync, "5024a385-2d44-486a-81a8-8f0ecb6071dd"},
      {&IID_IMAPISyncProgressCallback, "5024a386-2d44-486a-81a8-8f0ecb6071dd"},
      {&IID_IContabAdmin, "cc6a3ba9-e7f5-4769-887b-34e190817bfc"},
      {&IID_IMAPISecureMessage, "253cc320-eab6-11d0-8222-0060979387ea"},
      {&IID_IMAPIGetSession, "614ab435-491d-4f5b-a8b4-60eb031030c6"},
      {&IID_IPSTOVERRIDEREQ, "892ebc6d-24dc-4d90-ba48-c6cbec14a86a"},
      {&IID_IPSTOVERRIDE1, "fbb68d34-f561-44fb-a8ca-ae36696342ca"},
      {&PS_INTERNET_HEADERS, "00020386-0000-0000-c000-000000000046"},
      {&PS_PUBLIC_STRINGS, "00020329-0000-0000-c000-000000000046"},
      {&PSETID_Appointment, "00062002-0000-0000-c000-000000000046"},
      {&PSETID_Address, "00062004-0000-0000-c000-000000000046"},
      {&PSETID_Common, "00062008-0000-0000-c000-000000000046"},
      {&PSETID_Log, "0006200a-0000-0000-c000-000000000046"},
      {&PSETID_Meeting, "6ed8da90-450b-101b-98da-00aa003f1305"},
      {&PSETID_Task, "00062003-0000-0000-c000-000000000046"},
  };
  for (const auto& row : rows) EXPECT_EQ(row.text, text_of(*row.id));
}

}  // namespace
