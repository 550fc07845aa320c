// SPDX-License-Identifier: Apache-2.0
// More short forms for tests: entry ids as arguments, lists of tags, named properties, single restrictions, streams.
// Public MAPI only.
#pragma once

#include <set>

#include "tests/conformance/testing/store_fixture.h"

namespace conformance {

inline ULONG size_of(const std::string& id) {
  return static_cast<ULONG>(id.size());
}
inline LPENTRYID entry(const std::string& id) {
  return id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
}

// The tags an object lists, or a table's columns; with PT_UNICODE text.
inline std::set<ULONG> tags_of(IMAPIProp* object) {
  LPSPropTagArray tags = nullptr;
  EXPECT_EQ(S_OK, object->GetPropList(MAPI_UNICODE, &tags));
  std::set<ULONG> all;
  if (tags) all.insert(tags->aulPropTag, tags->aulPropTag + tags->cValues);
  MAPIFreeBuffer(tags);
  return all;
}
inline std::set<ULONG> columns_of(IMAPITable* table, ULONG flags = 0) {
  LPSPropTagArray tags = nullptr;
  EXPECT_EQ(S_OK, table->QueryColumns(flags, &tags));
  std::set<ULONG> all;
  if (tags) all.insert(tags->aulPropTag, tags->aulPropTag + tags->cValues);
  MAPIFreeBuffer(tags);
  return all;
}

// SetProps of one value as a caller without interest in problems sees it, and the problem there was.
struct SetResult {
  HRESULT hr = S_OK;
  SCODE problem = S_OK;
};
inline SetResult try_set(IMAPIProp* object, SPropValue value) {
  SetResult result;
  LPSPropProblemArray problems = nullptr;
  result.hr = object->SetProps(1, &value, &problems);
  if (result.hr == S_OK && problems) {
    EXPECT_EQ(1u, problems->cProblem);
    result.problem = problems->aProblem[0].scode;
    MAPIFreeBuffer(problems);
  }
  return result;
}
inline SPropValue long_prop(ULONG tag, LONG number) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.l = number;
  return value;
}
inline SPropValue text_prop(ULONG tag, const wchar_t* words) {
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.lpszW = const_cast<wchar_t*>(words);
  return value;
}
inline HRESULT delete_prop(IMAPIProp* object, ULONG tag) {
  SizedSPropTagArray(1, tags) = {1, {tag}};
  LPSPropProblemArray problems = nullptr;
  HRESULT hr = object->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), &problems);
  if (hr == S_OK && problems) hr = problems->aProblem[0].scode;
  MAPIFreeBuffer(problems);
  return hr;
}

// The tag of a named property, with the type.
inline ULONG named_tag(IMAPIProp* object, const GUID& set, const wchar_t* name, ULONG type, ULONG flags = MAPI_CREATE) {
  MAPINAMEID id{};
  id.lpguid = const_cast<GUID*>(&set);
  id.ulKind = MNID_STRING;
  id.Kind.lpwstrName = const_cast<wchar_t*>(name);
  LPMAPINAMEID ids = &id;
  LPSPropTagArray tags = nullptr;
  const HRESULT hr = object->GetIDsFromNames(1, &ids, flags, &tags);
  ULONG tag = 0;
  if (SUCCEEDED(hr)) tag = CHANGE_PROP_TYPE(tags->aulPropTag[0], type);
  MAPIFreeBuffer(tags);
  return tag;
}

// A comparison of one property with one value.
class Compare {
 public:
  Compare(ULONG relation, SPropValue value, ULONG tag = 0) : value_(value) {
    restriction_.rt = RES_PROPERTY;
    restriction_.res.resProperty = {relation, tag ? tag : value.ulPropTag, &value_};
  }
  Compare(const Compare&) = delete;
  Compare& operator=(const Compare&) = delete;
  LPSRestriction get() { return &restriction_; }
  const SRestriction& operator*() const { return restriction_; }

 private:
  SPropValue value_;
  SRestriction restriction_{};
};

inline HRESULT sort_by(IMAPITable* table, ULONG tag, ULONG order = TABLE_SORT_ASCEND) {
  SizedSSortOrderSet(1, criteria) = {1, 0, 0, {{tag, order}}};
  return table->SortTable(reinterpret_cast<LPSSortOrderSet>(&criteria), 0);
}
inline ULONG row_count(IMAPITable* table) {
  ULONG count = 77777;
  EXPECT_EQ(S_OK, table->GetRowCount(0, &count));
  return count;
}

template <class I>
Ptr<I> open_property(IMAPIProp* object, ULONG tag, REFIID iid, ULONG options, ULONG flags, HRESULT expected = S_OK) {
  Ptr<IUnknown> out;
  EXPECT_EQ(expected, object->OpenProperty(tag, &iid, options, flags, out.put())) << std::hex << tag;
  return Ptr<I>::adopt(static_cast<I*>(out.detach()));
}
inline std::string read_stream(IStream* stream) {
  std::string all;
  char piece[4096];
  for (ULONG got = 0; SUCCEEDED(stream->Read(piece, sizeof piece, &got)) && got != 0;) all.append(piece, got);
  return all;
}
inline void write_property(IMAPIProp* object, ULONG tag, const std::string& bytes) {
  const auto stream = open_property<IStream>(object, tag, IID_IStream, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_TRUE(stream);
  ASSERT_EQ(S_OK, stream->Write(bytes.data(), size_of(bytes), nullptr));
  ASSERT_EQ(S_OK, stream->Commit(STGC_DEFAULT));
}

}  // namespace conformance
