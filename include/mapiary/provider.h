// SPDX-License-Identifier: Apache-2.0
//
// What every service provider in C++17 needs and MAPI has no word for: the reference count, objects that refuse what
// they do not define, memory that a client may free, property values in and out. Header only: a provider links nothing.
// It brings its own interface ids: one source file includes <initguid.h> first. examples/sample_store is made of this.
//
// Every function may throw std::bad_alloc, which a method must not pass to its caller.
#ifndef MAPIARY_PROVIDER_H
#define MAPIARY_PROVIDER_H

#include <mapidefs.h>
#include <mapiguid.h>
#include <mapispi.h>
#include <mapix.h>

#include <atomic>
#include <cstring>
#include <cwchar>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace mapiary {
namespace provider {

// The routines MSProviderInit got. What a client will free with MAPIFreeBuffer must come from them.
struct Memory {
  LPALLOCATEBUFFER allocate = nullptr;
  LPALLOCATEMORE more = nullptr;
  LPFREEBUFFER release = nullptr;
};
using Block = std::unique_ptr<void, LPFREEBUFFER>;

// Zeroed.
inline Block allocate(const Memory& memory, std::size_t size) {
  LPVOID block = nullptr;
  if (memory.allocate(static_cast<ULONG>(size), &block) != S_OK) throw std::bad_alloc();
  return {std::memset(block, 0, size), memory.release};
}

// Releases a COM object: std::unique_ptr<IProfSect, Releaser>, std::shared_ptr<IMAPISupport>(support, Releaser()).
struct Releaser {
  void operator()(IUnknown* object) const {
    if (object) object->Release();
  }
};

// How many objects this library has alive: DllCanUnloadNow answers S_FALSE while there is one, and the library stays.
class Counted {
 public:
  static long count() { return live_; }

 protected:
  Counted() { ++live_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --live_; }

 private:
  inline static std::atomic<long> live_{0};
};

// The reference count of an object that is made with one reference, and the interfaces it answers to.
template <class I, const IID&... kIds>
class Unknown : public I, private Counted {
 public:
  virtual ~Unknown() = default;
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    if (!out) return MAPI_E_INVALID_PARAMETER;
    *out = (IsEqualGUID(iid, IID_IUnknown) || ... || IsEqualGUID(iid, kIds)) ? static_cast<I*>(this) : nullptr;
    if (*out) this->AddRef();
    return *out ? S_OK : MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --references_;
    if (left == 0) delete this;
    return left;
  }

 protected:
  std::atomic<ULONG> references_{1};
};

// An object all of whose methods answer refuse(). Derive from it and override what you have.
template <class I>
class Refusing;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"  // who refuses looks at no argument

#define MAPIARY_REFUSE \
  override {           \
    return refuse();   \
  }

template <>
class Refusing<IMAPITable> : public Unknown<IMAPITable, IID_IMAPITable> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMAPITABLE_METHODS(MAPIARY_REFUSE)
};
template <>
class Refusing<IMAPIFolder> : public Unknown<IMAPIFolder, IID_IMAPIProp, IID_IMAPIContainer, IID_IMAPIFolder> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMAPIPROP_METHODS(MAPIARY_REFUSE)
  MAPI_IMAPICONTAINER_METHODS(MAPIARY_REFUSE)
  MAPI_IMAPIFOLDER_METHODS(MAPIARY_REFUSE)
};
template <>
class Refusing<IMessage> : public Unknown<IMessage, IID_IMAPIProp, IID_IMessage> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMAPIPROP_METHODS(MAPIARY_REFUSE)
  MAPI_IMESSAGE_METHODS(MAPIARY_REFUSE)
};
template <>
class Refusing<IMAPIStatus> : public Unknown<IMAPIStatus, IID_IMAPIProp, IID_IMAPIStatus> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMAPIPROP_METHODS(MAPIARY_REFUSE)
  MAPI_IMAPISTATUS_METHODS(MAPIARY_REFUSE)
};
template <>
class Refusing<IMsgStore> : public Unknown<IMsgStore, IID_IMAPIProp, IID_IMsgStore> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMAPIPROP_METHODS(MAPIARY_REFUSE)
  MAPI_IMSGSTORE_METHODS(MAPIARY_REFUSE)
};
template <>
class Refusing<IMSProvider> : public Unknown<IMSProvider, IID_IMSProvider> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMSPROVIDER_METHODS(MAPIARY_REFUSE)
};
template <>
class Refusing<IMSLogon> : public Unknown<IMSLogon, IID_IMSLogon> {
 public:
  virtual HRESULT refuse() = 0;
  MAPI_IMSLOGON_METHODS(MAPIARY_REFUSE)
};

#undef MAPIARY_REFUSE

#pragma GCC diagnostic pop

// Properties by id. Text is Unicode, kept with its end; PT_BINARY as its bytes; others as the union of SPropValue.
struct Value {
  ULONG tag;
  std::string bytes;
};
using Props = std::map<ULONG, Value>;

inline std::string bytes_of(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), size};
}
inline void set(Props& props, ULONG tag, const std::string& bytes) {
  props[PROP_ID(tag)] = {tag, bytes};
}
inline void set(Props& props, ULONG tag, const std::wstring& text) {
  set(props, tag, bytes_of(text.c_str(), (text.size() + 1) * sizeof(wchar_t)));
}
// PT_LONG and PT_BOOLEAN.
inline void set(Props& props, ULONG tag, ULONG number) {
  SPropValue value{};
  value.Value.ul = number;
  if (PROP_TYPE(tag) == PT_BOOLEAN) value.Value.b = number != 0;
  set(props, tag, bytes_of(&value.Value, sizeof value.Value));
}

// From a client. The code is one for SPropProblem.
inline SCODE take(Props& props, const SPropValue& from) {
  const ULONG type = PROP_TYPE(from.ulPropTag);
  switch (type) {
    case PT_UNICODE:
      set(props, from.ulPropTag, std::wstring(from.Value.lpszW));
      return S_OK;
    case PT_BINARY:
      set(props, from.ulPropTag, bytes_of(from.Value.bin.lpb, from.Value.bin.cb));
      return S_OK;
    case PT_SHORT:
    case PT_LONG:
    case PT_FLOAT:
    case PT_DOUBLE:
    case PT_CURRENCY:
    case PT_APPTIME:
    case PT_BOOLEAN:
    case PT_LONGLONG:
    case PT_SYSTIME:
      set(props, from.ulPropTag, bytes_of(&from.Value, sizeof from.Value));
      return S_OK;
    case PT_STRING8:
      return MAPI_E_BAD_CHARWIDTH;
    default:
      return MAPI_E_INVALID_TYPE;
  }
}

// To a client: the tags asked for, or all, in one block. What is missing becomes PT_ERROR, and the answer a warning.
inline HRESULT give(const Memory& memory, const Props& props, const SPropTagArray* tags, ULONG* count,
                    LPSPropValue* out) {
  std::vector<ULONG> wanted;
  if (tags) {
    wanted.assign(tags->aulPropTag, tags->aulPropTag + tags->cValues);
  } else {
    for (const auto& each : props) wanted.push_back(each.second.tag);
  }
  Block block = allocate(memory, (wanted.size() + 1) * sizeof(SPropValue));
  auto* to = static_cast<LPSPropValue>(block.get());
  HRESULT hr = S_OK;
  for (const ULONG tag : wanted) {
    SPropValue& value = *to++;
    const auto found = props.find(PROP_ID(tag));
    const ULONG type = PROP_TYPE(tag);
    if (found == props.end() || (type != PT_UNSPECIFIED && type != PROP_TYPE(found->second.tag))) {
      value.ulPropTag = CHANGE_PROP_TYPE(tag, PT_ERROR);
      value.Value.err = MAPI_E_NOT_FOUND;
      hr = MAPI_W_ERRORS_RETURNED;
      continue;
    }
    const std::string& bytes = found->second.bytes;
    value.ulPropTag = found->second.tag;
    LPVOID data = &value.Value;
    if (PROP_TYPE(value.ulPropTag) == PT_UNICODE || PROP_TYPE(value.ulPropTag) == PT_BINARY) {
      // Goes when the block is freed.
      if (memory.more(static_cast<ULONG>(bytes.size() + 1), block.get(), &data) != S_OK) throw std::bad_alloc();
      if (PROP_TYPE(value.ulPropTag) == PT_UNICODE) {
        value.Value.lpszW = static_cast<LPWSTR>(data);
      } else {
        value.Value.bin = {static_cast<ULONG>(bytes.size()), static_cast<LPBYTE>(data)};
      }
    }
    std::memcpy(data, bytes.data(), bytes.size());
  }
  *count = static_cast<ULONG>(wanted.size());
  *out = static_cast<LPSPropValue>(block.release());
  return hr;
}

// Hands them to something that takes an array: use(count, values). A lambda with section->SetProps, for example.
template <class Use>
HRESULT with_values(const Memory& memory, const Props& props, Use use) {
  ULONG count = 0;
  LPSPropValue values = nullptr;
  (void)give(memory, props, nullptr, &count, &values);
  const Block block(values, memory.release);
  return use(count, values);
}

// A text of a profile section; empty if it is not there.
inline std::wstring text_of(const Memory& memory, IProfSect& section, ULONG tag) {
  SizedSPropTagArray(1, tags) = {1, {CHANGE_PROP_TYPE(tag, PT_UNICODE)}};
  ULONG count = 0;
  LPSPropValue value = nullptr;
  if (FAILED(section.GetProps(reinterpret_cast<LPSPropTagArray>(&tags), MAPI_UNICODE, &count, &value))) return {};
  const Block block(value, memory.release);
  return count == 1 && PROP_TYPE(value->ulPropTag) == PT_UNICODE ? value->Value.lpszW : std::wstring();
}

// A store's entry id as clients and the profile get it; empty if the session cannot wrap it.
inline std::string wrapped_store_id(const Memory& memory, IMAPISupport& support, std::string id) {
  ULONG size = 0;
  LPENTRYID wrapped = nullptr;
  const auto length = static_cast<ULONG>(id.size());
  if (FAILED(support.WrapStoreEntryID(length, reinterpret_cast<LPENTRYID>(id.data()), &size, &wrapped))) return {};
  const Block block(wrapped, memory.release);
  return bytes_of(wrapped, size);
}

// Notifications. The session keeps the sinks, each under a topic: any bytes. Those of a store are here the entry id of
// an object, the store's uid for all of them, and table_topic(id of a folder) for its tables.
inline std::string table_topic(const std::string& folder) {
  return "rows of " + folder;
}
inline std::string notification_key(const std::string& topic) {
  const auto size = static_cast<ULONG>(topic.size());
  return bytes_of(&size, sizeof size) + topic;
}
inline HRESULT subscribe(IMAPISupport& support, const std::string& topic, ULONG events, LPMAPIADVISESINK sink,
                         ULONG_PTR* connection) {
  std::string key = notification_key(topic);
  return support.Subscribe(reinterpret_cast<LPNOTIFKEY>(key.data()), events, 0, sink, connection);
}
struct Change {
  ULONG event;  // fnevObjectCreated, fnevObjectModified, fnevObjectDeleted
  ULONG type;   // MAPI_FOLDER, MAPI_MESSAGE
  std::string id, parent;
};
// To whom it may concern: the sinks of the object, of the store, and of the tables it has a row in. Hold no lock here.
inline void publish(IMAPISupport& support, const std::string& uid, Change change) {
  NOTIFICATION object{}, table{};
  object.ulEventType = change.event;
  object.info.obj.cbEntryID = static_cast<ULONG>(change.id.size());
  object.info.obj.lpEntryID = reinterpret_cast<LPENTRYID>(change.id.data());
  object.info.obj.ulObjType = change.type;
  object.info.obj.cbParentID = static_cast<ULONG>(change.parent.size());
  object.info.obj.lpParentID = reinterpret_cast<LPENTRYID>(change.parent.data());
  table.ulEventType = fnevTableModified;
  table.info.tab.ulTableEvent = TABLE_CHANGED;
  const auto notify = [&](const std::string& topic, NOTIFICATION& event) {
    std::string key = notification_key(topic);
    ULONG flags = 0;
    (void)support.Notify(reinterpret_cast<LPNOTIFKEY>(key.data()), 1, &event, &flags);
  };
  notify(change.id, object);
  notify(uid, object);
  notify(table_topic(change.parent), table);
}

// For a MSGSERVICEENTRY: the section of the first provider of the service, to write.
inline HRESULT open_provider_section(const Memory& memory, IProviderAdmin& admin, LPPROFSECT* section) {
  LPMAPITABLE table = nullptr;
  LPSRowSet rows = nullptr;
  SizedSPropTagArray(1, uid) = {1, {PR_PROVIDER_UID}};
  HRESULT hr = admin.GetProviderTable(0, &table);
  if (FAILED(hr)) return hr;
  hr = table->SetColumns(reinterpret_cast<LPSPropTagArray>(&uid), 0);
  if (SUCCEEDED(hr)) hr = table->QueryRows(1, 0, &rows);
  table->Release();
  if (FAILED(hr)) return hr;
  const Block block(rows, memory.release);
  if (rows->cRows == 0) return MAPI_E_NOT_FOUND;
  const SPropValue* value = rows->aRow[0].lpProps;
  const Block row(rows->aRow[0].lpProps, memory.release);
  if (value->ulPropTag != PR_PROVIDER_UID || value->Value.bin.cb != sizeof(MAPIUID)) return MAPI_E_NOT_FOUND;
  return admin.OpenProfileSection(reinterpret_cast<LPMAPIUID>(value->Value.bin.lpb), nullptr, MAPI_MODIFY, section);
}

}  // namespace provider
}  // namespace mapiary

#endif  // MAPIARY_PROVIDER_H
