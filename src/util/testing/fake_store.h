// SPDX-License-Identifier: Apache-2.0
// A store of nothing but named folders, for tests of HrValidateIPMSubtree. It answers through public interfaces and
// writes down what was asked of it. Not synchronised.
#pragma once

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "com/convert.h"
#include "com/object.h"
#include "com/text.h"

namespace mapiary::util::testing {

// What store and folder objects share; it outlives both.
struct FakeFolders {
  std::map<std::string, std::string> path_of;  // entry id -> path; the root is "root" -> ""
  std::vector<std::string> created;            // paths in the order of creation
  std::map<ULONG, model::PropValue> props;     // of the store
  std::string receive_folder;                  // entry id for class IPM
  HRESULT create_result = S_OK;                // what CreateFolder answers

  FakeFolders() { path_of["root"] = ""; }
  std::string id_of(const std::string& path) const {
    for (const auto& [id, p] : path_of)
      if (p == path) return id;
    return {};
  }
};

#define MAPIARY_FAKE_PROP MAPI_IMAPIPROP_METHODS({ return MAPI_E_NO_SUPPORT; })

class FakeFolderDefaults : public com::Object<IMAPIFolder> {
 public:
  MAPIARY_FAKE_PROP
  MAPI_IMAPICONTAINER_METHODS({ return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPIFOLDER_METHODS({ return MAPI_E_NO_SUPPORT; })
};

class FakeFolder final : public FakeFolderDefaults {
 public:
  FakeFolder(FakeFolders* all, std::string id) : all_(all), id_(std::move(id)) {}

  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* values) override {
    if (!tags || tags->cValues != 1 || tags->aulPropTag[0] != PR_ENTRYID) return MAPI_E_INVALID_PARAMETER;
    const auto value = model::PropValue::binary(model::PropTag(PR_ENTRYID), id_);
    *values = com::to_border({&value, 1}).value();
    *count = 1;
    return S_OK;
  }
  STDMETHODIMP CreateFolder(ULONG type, LPTSTR name, LPTSTR, LPCIID, ULONG flags, LPMAPIFOLDER* out) override {
    if (all_->create_result != S_OK) return all_->create_result;
    if (type != FOLDER_GENERIC) return MAPI_E_INVALID_PARAMETER;
    const std::string path = all_->path_of[id_] + "/" + com::from_tstr(name, (flags & MAPI_UNICODE) != 0);
    std::string id = all_->id_of(path);
    if (!id.empty() && !(flags & OPEN_IF_EXISTS)) return MAPI_E_COLLISION;
    if (id.empty()) {
      id = "id" + std::to_string(all_->path_of.size());
      all_->path_of[id] = path;
      all_->created.push_back(path);
    }
    *out = com::make<FakeFolder>(all_, id).detach();
    return S_OK;
  }

 private:
  FakeFolders* all_;
  std::string id_;
};

class FakeStoreDefaults : public com::Object<IMsgStore> {
 public:
  MAPIARY_FAKE_PROP
  MAPI_IMSGSTORE_METHODS({ return MAPI_E_NO_SUPPORT; })
};
#undef MAPIARY_FAKE_PROP

class FakeStore final : public FakeStoreDefaults {
 public:
  explicit FakeStore(FakeFolders* all) : all_(all) {}

  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* out) override {
    std::vector<model::PropValue> values;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      auto it = all_->props.find(tags->aulPropTag[i]);
      const auto id = static_cast<std::uint16_t>(PROP_ID(tags->aulPropTag[i]));
      values.push_back(it != all_->props.end() ? it->second : model::PropValue::error(id, Code::kNotFound));
    }
    *out = com::to_border(std::span<const model::PropValue>(values)).value();
    *count = tags->cValues;
    return MAPI_W_ERRORS_RETURNED;
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray*) override {
    for (ULONG i = 0; i < count; ++i) all_->props[values[i].ulPropTag] = com::to_model(values[i]).value();
    return S_OK;
  }
  STDMETHODIMP OpenEntry(ULONG size, LPENTRYID id, LPCIID, ULONG, ULONG* type, LPUNKNOWN* out) override {
    std::string key = size ? std::string(reinterpret_cast<const char*>(id), size) : "root";
    if (!all_->path_of.contains(key)) return MAPI_E_NOT_FOUND;
    *type = MAPI_FOLDER;
    *out = com::make<FakeFolder>(all_, key).detach();
    return S_OK;
  }
  STDMETHODIMP SetReceiveFolder(LPTSTR, ULONG, ULONG size, LPENTRYID id) override {
    all_->receive_folder.assign(reinterpret_cast<const char*>(id), size);
    return S_OK;
  }
  STDMETHODIMP GetReceiveFolder(LPTSTR, ULONG, ULONG* size, LPENTRYID* id, LPTSTR*) override {
    const std::string& folder = all_->receive_folder.empty() ? std::string("root") : all_->receive_folder;
    void* copy = nullptr;
    MAPIAllocateBuffer(static_cast<ULONG>(folder.size()), &copy);
    std::memcpy(copy, folder.data(), folder.size());
    *size = static_cast<ULONG>(folder.size());
    *id = static_cast<LPENTRYID>(copy);
    return S_OK;
  }
  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR* out) override {
    void* error = nullptr;
    MAPIAllocateBuffer(sizeof(MAPIERROR), &error);
    std::memset(error, 0, sizeof(MAPIERROR));
    *out = static_cast<LPMAPIERROR>(error);
    return S_OK;
  }

 private:
  FakeFolders* all_;
};

}  // namespace mapiary::util::testing
