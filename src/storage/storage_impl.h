// SPDX-License-Identifier: Apache-2.0
// The class behind make_root and every storage inside.
#pragma once

#include <string>
#include <vector>

#include "com/object.h"
#include "property/stream_object.h"
#include "storage/storage_object.h"

namespace mapiary::storage {

class StorageObject final : public com::Object<IStorage> {
 public:
  // A storage of `file`. `parent`, for a transacted storage inside, is where Commit puts its content.
  StorageObject(std::shared_ptr<File> file, cfb::EntryId id, DWORD mode);
  StorageObject(std::shared_ptr<File> scratch, DWORD mode, std::shared_ptr<File> parent, cfb::EntryId parent_id);

  STDMETHODIMP CreateStream(const OLECHAR* name, DWORD mode, DWORD, DWORD, IStream** out) override;
  STDMETHODIMP OpenStream(const OLECHAR* name, void* reserved, DWORD mode, DWORD, IStream** out) override;
  STDMETHODIMP CreateStorage(const OLECHAR* name, DWORD mode, DWORD, DWORD, IStorage** out) override;
  STDMETHODIMP OpenStorage(const OLECHAR* name, IStorage* priority, DWORD mode, SNB exclude, DWORD,
                           IStorage** out) override;
  STDMETHODIMP CopyTo(DWORD iid_count, const IID* iids, SNB exclude, IStorage* target) override;
  STDMETHODIMP MoveElementTo(const OLECHAR* name, IStorage* target, const OLECHAR* new_name, DWORD flags) override;
  STDMETHODIMP Commit(DWORD flags) override;
  STDMETHODIMP Revert() override;
  STDMETHODIMP EnumElements(DWORD, void*, DWORD, IEnumSTATSTG** out) override;
  STDMETHODIMP DestroyElement(const OLECHAR* name) override;
  STDMETHODIMP RenameElement(const OLECHAR* old_name, const OLECHAR* new_name) override;
  STDMETHODIMP SetElementTimes(const OLECHAR* name, const FILETIME* created, const FILETIME* accessed,
                               const FILETIME* modified) override;
  STDMETHODIMP SetClass(REFCLSID clsid) override;
  STDMETHODIMP SetStateBits(DWORD bits, DWORD mask) override;
  STDMETHODIMP Stat(STATSTG* out, DWORD flags) override;

  // Is `inner` this storage or one inside it, in the same file?
  bool holds(IStorage* inner);

 protected:
  void* find_interface(REFIID iid) override;

 private:
  bool contains(cfb::EntryId wanted);
  template <class Body>
  HRESULT call(property::Access access, Body&& body) noexcept;
  bool writable() const { return (mode_ & 3u) != STGM_READ; }
  Status check_writable() const;
  cfb::CompoundFile& cfb() { return *file_->cfb; }
  Result<cfb::EntryId> find(const OLECHAR* name, cfb::EntryType type);
  Result<com::Ref<IStream>> stream_on(cfb::EntryId id, DWORD mode);
  Result<com::Ref<IStorage>> storage_on(cfb::EntryId id, DWORD mode);
  Status put_back();

  std::shared_ptr<File> file_;
  cfb::EntryId id_;
  DWORD mode_;
  std::shared_ptr<File> parent_;  // of a transacted storage inside
  cfb::EntryId parent_id_ = cfb::kRoot;
};

com::Ref<IEnumSTATSTG> make_enumerator(std::vector<cfb::EntryInfo> entries);
std::u16string units_of(const OLECHAR* name);
std::wstring wide_of(std::u16string_view units);
void fill_stat(STATSTG& out, const cfb::EntryInfo& info);

}  // namespace mapiary::storage
