// SPDX-License-Identifier: Apache-2.0
// Short forms for tests of property objects: values by hand, one value by tag, streams to strings. Failures are gtest
// failures.
#pragma once

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <string>
#include <vector>

#include "com/ref.h"

namespace mapiary::property::testing {

struct Tags {
  std::vector<ULONG> raw;
  explicit Tags(std::initializer_list<ULONG> tags) : raw{static_cast<ULONG>(tags.size())} {
    raw.insert(raw.end(), tags);
  }
  operator SPropTagArray*() { return reinterpret_cast<SPropTagArray*>(raw.data()); }
};

inline SPropValue long_value(ULONG tag, LONG v) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.l = v;
  return value;
}
inline SPropValue wide_value(ULONG tag, const wchar_t* v) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.lpszW = const_cast<wchar_t*>(v);
  return value;
}
inline SPropValue narrow_value(ULONG tag, const char* v) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.lpszA = const_cast<char*>(v);
  return value;
}
inline SPropValue binary_value(ULONG tag, std::string& v) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.bin = {static_cast<ULONG>(v.size()), reinterpret_cast<LPBYTE>(v.data())};
  return value;
}

inline HRESULT set_one(IMAPIProp* object, SPropValue value) {
  LPSPropProblemArray problems = nullptr;
  HRESULT hr = object->SetProps(1, &value, &problems);
  if (SUCCEEDED(hr) && problems) hr = problems->aProblem[0].scode;
  MAPIFreeBuffer(problems);
  return hr;
}

// One property; freed with the object.
class OneProp {
 public:
  OneProp(IMAPIProp* object, ULONG tag, ULONG flags = 0) {
    Tags tags{tag};
    hr_ = object->GetProps(tags, flags, &count_, &value_);
  }
  OneProp(const OneProp&) = delete;
  ~OneProp() { MAPIFreeBuffer(value_); }
  HRESULT hr() const { return hr_; }
  ULONG tag() const { return value_ ? value_->ulPropTag : 0; }
  const SPropValue* operator->() const { return value_; }
  SCODE error() const { return value_ && PROP_TYPE(tag()) == PT_ERROR ? value_->Value.err : S_OK; }

 private:
  HRESULT hr_ = S_OK;
  ULONG count_ = 0;
  LPSPropValue value_ = nullptr;
};

inline std::vector<ULONG> prop_list(IMAPIProp* object, ULONG flags = MAPI_UNICODE) {
  LPSPropTagArray tags = nullptr;
  EXPECT_EQ(object->GetPropList(flags, &tags), S_OK);
  std::vector<ULONG> out;
  if (tags) out.assign(tags->aulPropTag, tags->aulPropTag + tags->cValues);
  MAPIFreeBuffer(tags);
  return out;
}

inline com::Ref<IStream> open_stream(IMAPIProp* object, ULONG tag, ULONG options, ULONG flags,
                                     HRESULT expected = S_OK) {
  com::Ref<IStream> stream;
  EXPECT_EQ(object->OpenProperty(tag, &IID_IStream, options, flags, reinterpret_cast<LPUNKNOWN*>(stream.put())),
            expected);
  return stream;
}

inline std::string stream_bytes(IStream* stream) {
  std::string all;
  char buffer[1000];
  ULONG got = 0;
  while (stream && SUCCEEDED(stream->Read(buffer, sizeof buffer, &got)) && got > 0) all.append(buffer, got);
  return all;
}

inline HRESULT write_all(IStream* stream, std::string_view bytes) {
  ULONG put = 0;
  const HRESULT hr = stream->Write(bytes.data(), static_cast<ULONG>(bytes.size()), &put);
  return FAILED(hr) || put == bytes.size() ? hr : E_FAIL;
}

inline com::Ref<IPropData> make_prop_data() {
  com::Ref<IPropData> out;
  EXPECT_EQ(CreateIProp(&IID_IMAPIPropData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, out.put()),
            S_OK);
  return out;
}

}  // namespace mapiary::property::testing
