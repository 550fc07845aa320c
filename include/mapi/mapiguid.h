// SPDX-License-Identifier: Apache-2.0
// Identifiers of MAPI interfaces and property sets. Without INITGUID they are declared. With INITGUID a translation
// unit defines those it names with USES_<identifier>, or all of them with USES_ALL_MAPI_GUIDS; the header can then be
// included once more after it was already included for the declarations. The definitions are weak: several may meet in
// one program.
#ifndef MAPIGUID_H
#ifdef INITGUID
#define MAPIGUID_H
#endif

#include "win/guiddef.h"

#if !defined(INITGUID) || defined(USES_IID_IMAPISession) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPISession, 0x00020300, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPITable) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPITable, 0x00020301, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIAdviseSink) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIAdviseSink, 0x00020302, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIControl) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIControl, 0x0002031B, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IProfAdmin) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IProfAdmin, 0x0002031C, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMsgServiceAdmin) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMsgServiceAdmin, 0x0002031D, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IProviderAdmin) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IProviderAdmin, 0x00020325, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIProgress) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIProgress, 0x0002031F, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIProp) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIProp, 0x00020303, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IProfSect) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IProfSect, 0x00020304, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIStatus) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIStatus, 0x00020305, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMsgStore) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMsgStore, 0x00020306, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMessage) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMessage, 0x00020307, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IAttachment) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IAttachment, 0x00020308, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IAddrBook) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IAddrBook, 0x00020309, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMailUser) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMailUser, 0x0002030A, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIContainer) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIContainer, 0x0002030B, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFolder) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFolder, 0x0002030C, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IABContainer) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IABContainer, 0x0002030D, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IDistList) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IDistList, 0x0002030E, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPISup) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPISup, 0x0002030F, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMSProvider) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMSProvider, 0x00020310, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IABProvider) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IABProvider, 0x00020311, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IXPProvider) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IXPProvider, 0x00020312, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMSLogon) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMSLogon, 0x00020313, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IABLogon) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IABLogon, 0x00020314, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IXPLogon) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IXPLogon, 0x00020315, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPITableData) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPITableData, 0x00020316, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPISpoolerInit) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPISpoolerInit, 0x00020317, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPISpoolerSession) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPISpoolerSession, 0x00020318, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_ITNEF) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_ITNEF, 0x00020319, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIPropData) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIPropData, 0x0002031A, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_ISpoolerHook) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_ISpoolerHook, 0x00020320, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPISpoolerService) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPISpoolerService, 0x0002031E, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIViewContext) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIViewContext, 0x00020321, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFormMgr) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFormMgr, 0x00020322, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IEnumMAPIFormProp) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IEnumMAPIFormProp, 0x00020323, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFormInfo) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFormInfo, 0x00020324, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIForm) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIForm, 0x00020327, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_MAPI) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_MAPI, 0x00020328, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_PUBLIC_STRINGS) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_PUBLIC_STRINGS, 0x00020329, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Appointment) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Appointment, 0x00062002, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Meeting) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_GUID(PSETID_Meeting, 0x6ED8DA90, 0x450B, 0x101B, 0x98, 0xDA, 0, 0xAA, 0, 0x3F, 0x13, 0x05);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Common) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Common, 0x00062008, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Address) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Address, 0x00062004, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_INTERNET_HEADERS) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_INTERNET_HEADERS, 0x00020386, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Report) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Report, 0x00062013, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Log) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Log, 0x0006200A, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Messaging) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_GUID(PSETID_Messaging, 0x41F28F13, 0x83F4, 0x4114, 0xA5, 0x84, 0xEE, 0xDB, 0x5A, 0x6B, 0x0B, 0xFF);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Remote) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Remote, 0x00062014, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_PostRss) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_PostRss, 0x00062041, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Sharing) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Sharing, 0x00062040, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Note) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Note, 0x0006200E, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_SETID_AirSync) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_GUID(SETID_AirSync, 0x71035549, 0x0739, 0x4DCB, 0x91, 0x63, 0, 0xF0, 0x58, 0x0D, 0xBB, 0xDF);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Task) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PSETID_Task, 0x00062003, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_UnifiedMessaging) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_GUID(PSETID_UnifiedMessaging, 0x4442858E, 0xA9E3, 0x4E80, 0xB9, 0, 0x31, 0x7A, 0x21, 0x0C, 0xC1, 0x5B);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_XmlExtractedEntities) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_GUID(PSETID_XmlExtractedEntities, 0x23239608, 0x685D, 0x4732, 0x9C, 0x55, 0x4C, 0x95, 0xCB, 0x4E, 0x8E, 0x33);
#endif
#if !defined(INITGUID) || defined(USES_PSETID_Attachment) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_GUID(PSETID_Attachment, 0x96357F7F, 0x59E1, 0x47D0, 0x99, 0xA7, 0x46, 0x51, 0x5C, 0x18, 0x3B, 0x54);
#endif
#if !defined(INITGUID) || defined(USES_IID_IPersistMessage) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IPersistMessage, 0x0002032A, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIViewAdviseSink) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIViewAdviseSink, 0x0002032B, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IStreamDocfile) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IStreamDocfile, 0x0002032C, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFormProp) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFormProp, 0x0002032D, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFormContainer) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFormContainer, 0x0002032E, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFormAdviseSink) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFormAdviseSink, 0x0002032F, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IStreamTnef) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IStreamTnef, 0x00020330, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIFormFactory) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIFormFactory, 0x00020350, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIMessageSite) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIMessageSite, 0x00020370, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_ROUTING_EMAIL_ADDRESSES) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_ROUTING_EMAIL_ADDRESSES, 0x00020380, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_ROUTING_ADDRTYPE) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_ROUTING_ADDRTYPE, 0x00020381, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_ROUTING_DISPLAY_NAME) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_ROUTING_DISPLAY_NAME, 0x00020382, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_ROUTING_ENTRYID) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_ROUTING_ENTRYID, 0x00020383, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_PS_ROUTING_SEARCH_KEY) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(PS_ROUTING_SEARCH_KEY, 0x00020384, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_MUID_PROFILE_INSTANCE) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(MUID_PROFILE_INSTANCE, 0x00020385, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIClientShutdown) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIClientShutdown, 0x00020397, 0, 0);
#endif
#if !defined(INITGUID) || defined(USES_IID_IMAPIProviderShutdown) || defined(USES_ALL_MAPI_GUIDS)
DEFINE_OLEGUID(IID_IMAPIProviderShutdown, 0x00020398, 0, 0);
#endif

#endif  // MAPIGUID_H
