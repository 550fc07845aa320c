// SPDX-License-Identifier: Apache-2.0
// Which interface ids an interface answers: its own and those of the interfaces it derives from. One line an interface.
#pragma once

#include <imessage.h>
#include <mapiary/leaks.h>
#include <mapiform.h>
#include <mapispi.h>
#include <mapiutil.h>
#include <mapix.h>

namespace mapiary::com {

template <class I>
struct InterfaceChain;

template <>
struct InterfaceChain<IUnknown> {
  static bool contains(REFIID iid) { return IsEqualGUID(iid, IID_IUnknown); }
};

#define MAPIARY_INTERFACE_ID(Interface, Base, Id)                                                            \
  template <>                                                                                                \
  struct InterfaceChain<Interface> {                                                                         \
    static bool contains(REFIID iid) { return IsEqualGUID(iid, Id) || InterfaceChain<Base>::contains(iid); } \
  };
#define MAPIARY_INTERFACE(Interface, Base) MAPIARY_INTERFACE_ID(Interface, Base, IID_##Interface)

MAPIARY_INTERFACE(ISequentialStream, IUnknown)
MAPIARY_INTERFACE(IStream, ISequentialStream)
MAPIARY_INTERFACE(IStorage, IUnknown)
MAPIARY_INTERFACE(IEnumSTATSTG, IUnknown)
MAPIARY_INTERFACE(ILockBytes, IUnknown)
MAPIARY_INTERFACE(IMalloc, IUnknown)
MAPIARY_INTERFACE(IMAPIProp, IUnknown)
MAPIARY_INTERFACE(IMAPITable, IUnknown)
MAPIARY_INTERFACE(IMAPIAdviseSink, IUnknown)
MAPIARY_INTERFACE(IMAPIProgress, IUnknown)
MAPIARY_INTERFACE(IMAPIStatus, IMAPIProp)
MAPIARY_INTERFACE(IMAPIContainer, IMAPIProp)
MAPIARY_INTERFACE(IMAPIFolder, IMAPIContainer)
MAPIARY_INTERFACE(IMsgStore, IMAPIProp)
MAPIARY_INTERFACE(IMessage, IMAPIProp)
MAPIARY_INTERFACE_ID(IAttach, IMAPIProp, IID_IAttachment)
MAPIARY_INTERFACE(IMailUser, IMAPIProp)
MAPIARY_INTERFACE(IDistList, IMAPIContainer)
MAPIARY_INTERFACE(IABContainer, IMAPIContainer)
MAPIARY_INTERFACE(IAddrBook, IMAPIProp)
MAPIARY_INTERFACE(IProfSect, IMAPIProp)
MAPIARY_INTERFACE(IMAPISession, IUnknown)
MAPIARY_INTERFACE(IMAPIClientShutdown, IUnknown)
MAPIARY_INTERFACE(IMAPIProviderShutdown, IUnknown)
MAPIARY_INTERFACE(IProfAdmin, IUnknown)
MAPIARY_INTERFACE(IMsgServiceAdmin, IUnknown)
MAPIARY_INTERFACE(IProviderAdmin, IUnknown)
MAPIARY_INTERFACE_ID(IMAPISupport, IUnknown, IID_IMAPISup)
MAPIARY_INTERFACE(IMSProvider, IUnknown)
MAPIARY_INTERFACE(IMSLogon, IUnknown)
MAPIARY_INTERFACE(IMapiaryObjects, IUnknown)
MAPIARY_INTERFACE(IABProvider, IUnknown)
MAPIARY_INTERFACE(IABLogon, IUnknown)
MAPIARY_INTERFACE(IXPProvider, IUnknown)
MAPIARY_INTERFACE(IXPLogon, IUnknown)
MAPIARY_INTERFACE_ID(ITableData, IUnknown, IID_IMAPITableData)
MAPIARY_INTERFACE_ID(IPropData, IMAPIProp, IID_IMAPIPropData)

#undef MAPIARY_INTERFACE
#undef MAPIARY_INTERFACE_ID

}  // namespace mapiary::com
