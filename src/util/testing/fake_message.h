// SPDX-License-Identifier: Apache-2.0
// A message that is a bag of values by property id: bodies are bytes (WCHAR units for PT_UNICODE), the others numbers.
// Values longer than `inline_limit` are refused by GetProps and SetProps and live in streams. It writes down what was
// changed. Not synchronised.
#pragma once

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <cstring>
#include <map>
#include <set>
#include <string>

#include "com/object.h"
#include "com/text.h"
#include "property/stream_object.h"

namespace mapiary::util::testing {

class FakeMessageDefaults : public com::Object<IMessage> {
 public:
  MAPI_IMAPIPROP_METHODS({ return MAPI_E_NO_SUPPORT; })
  MAPI_IMESSAGE_METHODS({ return MAPI_E_NO_SUPPORT; })
};

class FakeMessage final : public FakeMessageDefaults {
 public:
  std::map<ULONG, std::string> bytes;  // by tag
  std::map<ULONG, LONG> numbers;       // by tag
  std::set<ULONG> changed;             // tags set, streamed to or deleted
  std::size_t inline_limit = 32 * 1024;
  bool read_only = false;
  bool narrow = false;  // no PT_UNICODE
  int streams = 0;      // opened

  void set_wide(ULONG tag, std::string_view utf8) {
    const std::wstring wide = com::to_wide(utf8);
    bytes[tag].assign(reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(WCHAR));
  }
  std::string wide(ULONG tag) const {
    const auto found = bytes.find(tag);
    if (found == bytes.end()) return "(none)";
    std::wstring text(found->second.size() / sizeof(WCHAR), L'\0');
    std::memcpy(text.data(), found->second.data(), found->second.size());
    return com::from_wide(text);
  }

  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* values) override {
    if (MAPIAllocateBuffer(static_cast<ULONG>(tags->cValues * sizeof(SPropValue)), reinterpret_cast<LPVOID*>(values)) !=
        S_OK)
      return MAPI_E_NOT_ENOUGH_MEMORY;
    HRESULT result = S_OK;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const SCODE error = get(tags->aulPropTag[i], (*values)[i], *values);
      if (error == S_OK) continue;
      result = MAPI_W_ERRORS_RETURNED;
      (*values)[i].ulPropTag = CHANGE_PROP_TYPE(tags->aulPropTag[i], PT_ERROR);
      (*values)[i].Value.err = error;
    }
    *count = tags->cValues;
    return result;
  }

  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    if (problems) *problems = nullptr;
    if (read_only) return MAPI_E_NO_ACCESS;
    for (ULONG i = 0; i < count; ++i) set(values[i]);
    return S_OK;
  }

  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override {
    if (problems) *problems = nullptr;
    if (read_only) return MAPI_E_NO_ACCESS;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      bytes.erase(tags->aulPropTag[i]);
      numbers.erase(tags->aulPropTag[i]);
      changed.insert(tags->aulPropTag[i]);
    }
    return S_OK;
  }

  STDMETHODIMP OpenProperty(ULONG tag, LPCIID iid, ULONG, ULONG flags, LPUNKNOWN* out) override {
    if (!IsEqualGUID(*iid, IID_IStream)) return MAPI_E_INTERFACE_NOT_SUPPORTED;
    const bool write = (flags & MAPI_MODIFY) != 0;
    if (write && read_only) return MAPI_E_NO_ACCESS;
    if (!write && !bytes.contains(tag)) return MAPI_E_NOT_FOUND;
    ++streams;
    auto save = [this, tag](const std::string& saved) -> Status {
      bytes[tag] = saved;
      changed.insert(tag);
      return {};
    };
    auto content = std::make_shared<property::MemoryBytes>(flags & MAPI_CREATE ? std::string() : bytes[tag], save);
    *out = property::make_stream(std::make_shared<com::Gate>(), content,
                                 {.mode = write ? static_cast<DWORD>(STGM_READWRITE) : static_cast<DWORD>(STGM_READ),
                                  .name = {},
                                  .at_end = false})
               .detach();
    return S_OK;
  }

 private:
  SCODE get(ULONG tag, SPropValue& value, void* root) const {
    value.ulPropTag = tag;
    if (const auto number = numbers.find(tag); number != numbers.end()) {
      if (PROP_TYPE(tag) == PT_BOOLEAN) {
        value.Value.b = number->second != 0;
      } else {
        value.Value.l = number->second;
      }
      return S_OK;
    }
    if (narrow && PROP_TYPE(tag) == PT_UNICODE && PROP_ID(tag) == PROP_ID(PR_BODY)) return MAPI_E_BAD_CHARWIDTH;
    const auto found = bytes.find(tag);
    if (found == bytes.end()) return MAPI_E_NOT_FOUND;
    if (found->second.size() > inline_limit) return MAPI_E_NOT_ENOUGH_MEMORY;
    const auto size = static_cast<ULONG>(found->second.size());
    char* copy = nullptr;
    if (MAPIAllocateMore(size + ULONG{sizeof(WCHAR)}, root, reinterpret_cast<LPVOID*>(&copy)) != S_OK)
      return MAPI_E_NOT_ENOUGH_MEMORY;
    std::memcpy(copy, found->second.data(), size);
    std::memset(copy + size, 0, sizeof(WCHAR));
    if (PROP_TYPE(tag) == PT_BINARY) {
      value.Value.bin = {size, reinterpret_cast<LPBYTE>(copy)};
    } else {
      value.Value.lpszA = copy;
    }
    return S_OK;
  }

  void set(const SPropValue& value) {
    const ULONG tag = value.ulPropTag;
    changed.insert(tag);
    switch (PROP_TYPE(tag)) {
      case PT_BINARY:
        bytes[tag].assign(reinterpret_cast<const char*>(value.Value.bin.lpb), value.Value.bin.cb);
        break;
      case PT_STRING8:
        bytes[tag] = value.Value.lpszA;
        break;
      case PT_UNICODE:
        set_wide(tag, com::from_wide(value.Value.lpszW));
        break;
      case PT_BOOLEAN:
        numbers[tag] = value.Value.b;
        break;
      default:
        numbers[tag] = value.Value.l;
    }
  }
};

}  // namespace mapiary::util::testing
