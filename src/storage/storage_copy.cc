// SPDX-License-Identifier: Apache-2.0
// IStorage::CopyTo and MoveElementTo, through public interfaces so that the target may be anybody's; and the
// enumerator.
#include <mapicode.h>

#include <algorithm>
#include <cstring>

#include "com/task_memory.h"
#include "property/stream_object.h"
#include "storage/storage_impl.h"

namespace mapiary::storage {
namespace {

constexpr DWORD kNew = STGM_CREATE | STGM_READWRITE | STGM_SHARE_EXCLUSIVE;
constexpr DWORD kOld = STGM_READ | STGM_SHARE_EXCLUSIVE;
constexpr int kMaxDepth = cfb::CompoundFile::kMaxDepth;

struct Filter {
  bool streams = true;
  bool storages = true;
  SNB names = nullptr;

  bool takes(const STATSTG& element) const {
    if (!(element.type == STGTY_STREAM ? streams : storages)) return false;
    for (SNB name = names; name && *name; ++name) {
      if (cfb::compare_names(units_of(*name), units_of(element.pwcsName)) == 0) return false;
    }
    return true;
  }
};

struct Element : STATSTG {
  Element() : STATSTG{} {}
  Element(const Element&) = delete;
  ~Element() { com::task_free(pwcsName); }
};

HRESULT copy_stream(IStorage& from, IStorage& to, const OLECHAR* name, const OLECHAR* new_name) {
  com::Ref<IStream> in, out;
  HRESULT hr = from.OpenStream(name, nullptr, kOld, 0, in.put());
  if (SUCCEEDED(hr)) hr = to.CreateStream(new_name, kNew, 0, 0, out.put());
  if (FAILED(hr)) return hr;
  ULARGE_INTEGER all{};
  all.QuadPart = ~std::uint64_t{0} >> 1;
  hr = in->CopyTo(out.get(), all, nullptr, nullptr);
  return SUCCEEDED(hr) ? out->Commit(STGC_DEFAULT) : hr;
}

HRESULT copy_storage(IStorage& from, IStorage& to, const Filter& filter, int depth);

// An existing storage of the name is added to, as CopyTo documents.
HRESULT copy_inner(IStorage& from, IStorage& to, const OLECHAR* name, const OLECHAR* new_name, int depth) {
  com::Ref<IStorage> in, out;
  HRESULT hr = from.OpenStorage(name, nullptr, kOld, nullptr, 0, in.put());
  if (FAILED(hr)) return hr;
  hr = to.OpenStorage(new_name, nullptr, STGM_READWRITE | STGM_SHARE_EXCLUSIVE, nullptr, 0, out.put());
  if (FAILED(hr)) hr = to.CreateStorage(new_name, kNew, 0, 0, out.put());
  if (SUCCEEDED(hr)) hr = copy_storage(*in, *out, {}, depth + 1);
  return SUCCEEDED(hr) ? out->Commit(STGC_DEFAULT) : hr;
}

HRESULT copy_storage(IStorage& from, IStorage& to, const Filter& filter, int depth) {
  if (depth > kMaxDepth) return STG_E_INSUFFICIENTMEMORY;
  STATSTG stat{};
  HRESULT hr = from.Stat(&stat, STATFLAG_NONAME);
  if (SUCCEEDED(hr)) hr = to.SetClass(stat.clsid);
  if (SUCCEEDED(hr)) hr = to.SetStateBits(stat.grfStateBits, ~DWORD{0});
  com::Ref<IEnumSTATSTG> elements;
  if (SUCCEEDED(hr)) hr = from.EnumElements(0, nullptr, 0, elements.put());
  while (SUCCEEDED(hr)) {
    Element element;
    ULONG got = 0;
    hr = elements->Next(1, &element, &got);
    if (hr != S_OK || got == 0) return FAILED(hr) ? hr : S_OK;
    if (!filter.takes(element)) continue;
    hr = element.type == STGTY_STREAM ? copy_stream(from, to, element.pwcsName, element.pwcsName)
                                      : copy_inner(from, to, element.pwcsName, element.pwcsName, depth);
  }
  return hr;
}

class Enumerator final : public com::Object<IEnumSTATSTG> {
 public:
  Enumerator(std::shared_ptr<const std::vector<cfb::EntryInfo>> entries, std::size_t at)
      : entries_(std::move(entries)), at_(at) {}

  STDMETHODIMP Next(ULONG count, STATSTG* out, ULONG* done) override {
    if (done) *done = 0;
    if (!out || (count != 1 && !done)) return STG_E_INVALIDPOINTER;
    ULONG got = 0;
    const HRESULT hr = com::border([&]() -> Result<HRESULT> {
      for (; got < count && at_ + got < entries_->size(); ++got) {
        const cfb::EntryInfo& entry = (*entries_)[at_ + got];
        out[got] = STATSTG{};
        fill_stat(out[got], entry);
        out[got].pwcsName = TRY(com::task_text(wide_of(entry.name)));
      }
      return got == count ? S_OK : S_FALSE;
    });
    if (FAILED(hr)) {
      for (; got > 0; --got) com::task_free(std::exchange(out[got - 1].pwcsName, nullptr));
      return hr;
    }
    at_ += got;
    if (done) *done = got;
    return hr;
  }
  STDMETHODIMP Skip(ULONG count) override {
    const std::size_t left = entries_->size() - at_;
    at_ += std::min<std::size_t>(left, count);
    return count <= left ? S_OK : S_FALSE;
  }
  STDMETHODIMP Reset() override {
    at_ = 0;
    return S_OK;
  }
  STDMETHODIMP Clone(IEnumSTATSTG** out) override {
    if (!out) return STG_E_INVALIDPOINTER;
    return com::border([&]() -> Status {
      *out = com::make<Enumerator>(entries_, at_).detach();
      return {};
    });
  }

 private:
  std::shared_ptr<const std::vector<cfb::EntryInfo>> entries_;
  std::size_t at_;
};

FILETIME file_time(std::uint64_t ticks) {
  return {static_cast<DWORD>(ticks), static_cast<DWORD>(ticks >> 32)};
}

// Our own implementation, found by asking for it by an id that exists in this process and library only.
const IID& own_id() {
  static const IID id = [] {
    const Guid random = Guid::random();
    IID out;
    std::memcpy(&out, random.bytes.data(), sizeof out);
    return out;
  }();
  return id;
}

}  // namespace

void fill_stat(STATSTG& out, const cfb::EntryInfo& info) {
  out.type = info.type == cfb::EntryType::kStream ? STGTY_STREAM : STGTY_STORAGE;
  out.cbSize.QuadPart = info.size;
  out.ctime = file_time(info.created);
  out.mtime = file_time(info.modified);
  std::memcpy(&out.clsid, info.class_id.bytes.data(), sizeof out.clsid);
  out.grfStateBits = info.state_bits;
}

com::Ref<IEnumSTATSTG> make_enumerator(std::vector<cfb::EntryInfo> entries) {
  return com::make<Enumerator>(std::make_shared<const std::vector<cfb::EntryInfo>>(std::move(entries)), 0);
}

HRESULT StorageObject::CopyTo(DWORD iid_count, const IID* iids, SNB exclude, IStorage* target) {
  if (!target || (iid_count && !iids)) return STG_E_INVALIDPOINTER;
  Filter filter{true, true, exclude};
  for (DWORD i = 0; i < iid_count; ++i) {
    if (IsEqualGUID(iids[i], IID_IStream)) filter.streams = false;
    if (IsEqualGUID(iids[i], IID_IStorage)) filter.storages = false;
  }
  if (target == this || holds(target)) return STG_E_ACCESSDENIED;
  return com::border([&]() -> Result<HRESULT> { return copy_storage(*this, *target, filter, 0); });
}

HRESULT StorageObject::MoveElementTo(const OLECHAR* name, IStorage* target, const OLECHAR* new_name, DWORD flags) {
  if (!name || !new_name) return STG_E_INVALIDNAME;
  if (!target) return STG_E_INVALIDPOINTER;
  if (flags != STGMOVE_MOVE && flags != STGMOVE_COPY) return STG_E_INVALIDFLAG;
  return com::border([&]() -> Result<HRESULT> {
    HRESULT hr = copy_stream(*this, *target, name, new_name);
    if (hr == STG_E_FILENOTFOUND) {
      com::Ref<IStorage> inner;
      hr = OpenStorage(name, nullptr, kOld, nullptr, 0, inner.put());
      if (FAILED(hr)) return hr;
      if (static_cast<StorageObject*>(inner.get())->holds(target)) return STG_E_ACCESSDENIED;
      hr = copy_inner(*this, *target, name, new_name, 0);
    }
    if (FAILED(hr) || flags == STGMOVE_COPY) return hr;
    return DestroyElement(name);
  });
}

void* StorageObject::find_interface(REFIID iid) {
  return IsEqualGUID(iid, own_id()) ? this : Object::find_interface(iid);
}

bool StorageObject::holds(IStorage* inner) {
  void* found = nullptr;
  if (FAILED(inner->QueryInterface(own_id(), &found))) return false;
  const auto other = com::Ref<StorageObject>::adopt(static_cast<StorageObject*>(found));
  if (other->file_ != file_) return other->parent_ == file_ && contains(other->parent_id_);
  return contains(other->id_);
}

// Depth first; the file bounds the depth.
bool StorageObject::contains(cfb::EntryId wanted) {
  std::unique_lock lock(file_->gate->mutex());
  std::vector<cfb::EntryId> open{id_};
  while (!open.empty()) {
    const cfb::EntryId id = open.back();
    open.pop_back();
    if (id == wanted) return true;
    const auto entries = cfb().list(id);
    if (!entries) continue;
    for (const cfb::EntryInfo& entry : *entries) {
      if (entry.type != cfb::EntryType::kStream) open.push_back(entry.id);
    }
  }
  return false;
}

}  // namespace mapiary::storage
