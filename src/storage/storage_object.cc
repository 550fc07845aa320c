// SPDX-License-Identifier: Apache-2.0
#include "storage/storage_object.h"

#include <mapicode.h>

#include <cstring>

#include "base/unicode.h"
#include "com/task_memory.h"
#include "property/stream_object.h"
#include "storage/storage_impl.h"

namespace mapiary::storage {
namespace {

constexpr DWORD kAccess = 3;
// Modes of no use inside a compound file.
constexpr DWORD kRefused = STGM_CONVERT | STGM_DELETEONRELEASE | STGM_PRIORITY | STGM_SIMPLE;

// A stream of the file as bytes; written through to the file's transaction.
class EntryBytes final : public property::RandomBytes {
 public:
  EntryBytes(std::shared_ptr<File> file, cfb::EntryId id) : file_(std::move(file)), id_(id) {}
  Result<std::uint64_t> size() override { return TRY(file_->cfb->info(id_)).size; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    return file_->cfb->read(id_, offset, out);
  }
  Status write(std::uint64_t offset, ByteSpan data) override { return file_->cfb->write(id_, offset, data); }
  Status resize(std::uint64_t size) override { return file_->cfb->resize(id_, size); }

 private:
  std::shared_ptr<File> file_;
  cfb::EntryId id_;
};

Guid guid_of(REFCLSID clsid) {
  Guid guid;
  std::memcpy(guid.bytes.data(), &clsid, guid.bytes.size());
  return guid;
}

std::uint64_t ticks(const FILETIME& time) {
  return (std::uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime;
}

}  // namespace

std::u16string units_of(const OLECHAR* name) {
  return utf8_to_utf16(wide_to_utf8(name));
}
std::wstring wide_of(std::u16string_view units) {
  return utf8_to_wide(utf16_to_utf8(units));
}

com::Ref<IStorage> make_root(std::unique_ptr<cfb::CompoundFile> file, bool writable) {
  auto shared = std::make_shared<File>(File{std::make_shared<com::Gate>(), std::move(file)});
  const DWORD mode = STGM_TRANSACTED | STGM_SHARE_EXCLUSIVE | (writable ? STGM_READWRITE : STGM_READ);
  return com::make<StorageObject>(std::move(shared), cfb::kRoot, mode);
}

StorageObject::StorageObject(std::shared_ptr<File> file, cfb::EntryId id, DWORD mode)
    : file_(std::move(file)), id_(id), mode_(mode) {}

StorageObject::StorageObject(std::shared_ptr<File> scratch, DWORD mode, std::shared_ptr<File> parent,
                             cfb::EntryId parent_id)
    : file_(std::move(scratch)), id_(cfb::kRoot), mode_(mode), parent_(std::move(parent)), parent_id_(parent_id) {}

template <class Body>
HRESULT StorageObject::call(property::Access access, Body&& body) noexcept {
  std::unique_lock lock(file_->gate->mutex());
  if (!file_->gate->is_open()) return STG_E_REVERTED;
  Result<HRESULT> result = com::detail::run(std::forward<Body>(body));
  return result ? *result : property::to_storage_hresult(result.error(), access);
}

Status StorageObject::check_writable() const {
  if (writable()) return {};
  return fail(Code::kReadOnly, "storage", "the storage is open for reading only", id_);
}

Result<cfb::EntryId> StorageObject::find(const OLECHAR* name, cfb::EntryType type) {
  if (!name) return fail(Code::kInvalidArgument, "storage", "a name is a NULL pointer");
  const cfb::EntryId id = TRY(cfb().find(id_, units_of(name)));
  if (TRY(cfb().info(id)).type != type) return fail(Code::kNotFound, "storage", "the element is of the other kind", id);
  return id;
}

Result<com::Ref<IStream>> StorageObject::stream_on(cfb::EntryId id, DWORD mode) {
  property::StreamOptions options;
  options.mode = mode;
  options.name = wide_of(TRY(cfb().info(id)).name);
  return property::make_stream(file_->gate, std::make_shared<EntryBytes>(file_, id), std::move(options));
}

Result<com::Ref<IStorage>> StorageObject::storage_on(cfb::EntryId id, DWORD mode) {
  if (!(mode & STGM_TRANSACTED) || (mode & kAccess) == STGM_READ) {
    return com::Ref<IStorage>(com::make<StorageObject>(file_, id, mode));
  }
  auto scratch = std::make_shared<File>();
  scratch->gate = file_->gate;
  scratch->cfb = TRY(cfb::CompoundFile::create(std::make_shared<cfb::ScratchStore>(), {4}));
  TRY(cfb().copy_children(id, *scratch->cfb, cfb::kRoot));
  const cfb::EntryInfo info = TRY(cfb().info(id));
  TRY(scratch->cfb->set_class(cfb::kRoot, info.class_id));
  TRY(scratch->cfb->set_state_bits(cfb::kRoot, info.state_bits, ~0u));
  return com::Ref<IStorage>(com::make<StorageObject>(std::move(scratch), mode, file_, id));
}

HRESULT StorageObject::CreateStream(const OLECHAR* name, DWORD mode, DWORD, DWORD, IStream** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  if (!name) return STG_E_INVALIDNAME;
  if (mode & (kRefused | STGM_TRANSACTED)) return STG_E_INVALIDFLAG;
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    const std::u16string units = units_of(name);
    if (mode & STGM_CREATE) {
      if (auto existing = cfb().find(id_, units)) TRY(cfb().remove(*existing));
    }
    const cfb::EntryId id = TRY(cfb().create_stream(id_, units));
    *out = TRY(stream_on(id, mode & ~DWORD{STGM_CREATE})).detach();
    return S_OK;
  });
}

HRESULT StorageObject::OpenStream(const OLECHAR* name, void* reserved, DWORD mode, DWORD, IStream** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  if (reserved) return STG_E_INVALIDPARAMETER;
  if (!name) return STG_E_INVALIDNAME;
  if (mode & (kRefused | STGM_TRANSACTED | STGM_CREATE)) return STG_E_INVALIDFLAG;
  return call(property::Access::kRead, [&]() -> Result<HRESULT> {
    if ((mode & kAccess) != STGM_READ) TRY(check_writable());
    *out = TRY(stream_on(TRY(find(name, cfb::EntryType::kStream)), mode)).detach();
    return S_OK;
  });
}

HRESULT StorageObject::CreateStorage(const OLECHAR* name, DWORD mode, DWORD, DWORD, IStorage** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  if (!name) return STG_E_INVALIDNAME;
  if (mode & kRefused) return STG_E_INVALIDFLAG;
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    const std::u16string units = units_of(name);
    if (mode & STGM_CREATE) {
      if (auto existing = cfb().find(id_, units)) TRY(cfb().remove(*existing));
    }
    const cfb::EntryId id = TRY(cfb().create_storage(id_, units));
    *out = TRY(storage_on(id, mode & ~DWORD{STGM_CREATE})).detach();
    return S_OK;
  });
}

HRESULT StorageObject::OpenStorage(const OLECHAR* name, IStorage* priority, DWORD mode, SNB exclude, DWORD,
                                   IStorage** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  if (priority || exclude) return STG_E_INVALIDPARAMETER;
  if (!name) return STG_E_INVALIDNAME;
  if (mode & (kRefused | STGM_CREATE)) return STG_E_INVALIDFLAG;
  return call(property::Access::kRead, [&]() -> Result<HRESULT> {
    if ((mode & kAccess) != STGM_READ) TRY(check_writable());
    *out = TRY(storage_on(TRY(find(name, cfb::EntryType::kStorage)), mode)).detach();
    return S_OK;
  });
}

// A transacted storage's content takes the place of what its parent has for it.
Status StorageObject::put_back() {
  for (const cfb::EntryInfo& entry : TRY(parent_->cfb->list(parent_id_))) TRY(parent_->cfb->remove(entry.id));
  TRY(cfb().copy_children(cfb::kRoot, *parent_->cfb, parent_id_));
  const cfb::EntryInfo info = TRY(cfb().info(cfb::kRoot));
  TRY(parent_->cfb->set_class(parent_id_, info.class_id));
  return parent_->cfb->set_state_bits(parent_id_, info.state_bits, ~0u);
}

HRESULT StorageObject::Commit(DWORD flags) {
  constexpr DWORD kKnown =
      STGC_OVERWRITE | STGC_ONLYIFCURRENT | STGC_DANGEROUSLYCOMMITMERELYTODISKCACHE | STGC_CONSOLIDATE;
  if (flags & ~kKnown) return STG_E_INVALIDFLAG;
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    if (!writable()) return STG_E_ACCESSDENIED;
    if (parent_) {
      TRY(put_back());
    } else if (id_ == cfb::kRoot) {
      TRY(cfb().commit());
    }
    return S_OK;
  });
}

HRESULT StorageObject::Revert() {
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    if (!writable() || !(mode_ & STGM_TRANSACTED)) return S_OK;
    if (!parent_) {
      TRY(cfb().revert());
      return S_OK;
    }
    for (const cfb::EntryInfo& entry : TRY(cfb().list(cfb::kRoot))) TRY(cfb().remove(entry.id));
    TRY(parent_->cfb->copy_children(parent_id_, cfb(), cfb::kRoot));
    return S_OK;
  });
}

HRESULT StorageObject::EnumElements(DWORD, void*, DWORD, IEnumSTATSTG** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  return call(property::Access::kRead, [&]() -> Result<HRESULT> {
    *out = make_enumerator(TRY(cfb().list(id_))).detach();
    return S_OK;
  });
}

HRESULT StorageObject::DestroyElement(const OLECHAR* name) {
  if (!name) return STG_E_INVALIDNAME;
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    TRY(cfb().remove(TRY(cfb().find(id_, units_of(name)))));
    return S_OK;
  });
}

HRESULT StorageObject::RenameElement(const OLECHAR* old_name, const OLECHAR* new_name) {
  if (!old_name || !new_name) return STG_E_INVALIDNAME;
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    TRY(cfb().rename(TRY(cfb().find(id_, units_of(old_name))), units_of(new_name)));
    return S_OK;
  });
}

HRESULT StorageObject::SetElementTimes(const OLECHAR* name, const FILETIME* created, const FILETIME*,
                                       const FILETIME* modified) {
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    const cfb::EntryId id = name ? TRY(cfb().find(id_, units_of(name))) : id_;
    // The format keeps no times for streams, nor access times for anything.
    if (TRY(cfb().info(id)).type == cfb::EntryType::kStream) return S_OK;
    TRY(cfb().set_times(id, created ? std::optional(ticks(*created)) : std::nullopt,
                        modified ? std::optional(ticks(*modified)) : std::nullopt));
    return S_OK;
  });
}

HRESULT StorageObject::SetClass(REFCLSID clsid) {
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    TRY(cfb().set_class(id_, guid_of(clsid)));
    return S_OK;
  });
}

HRESULT StorageObject::SetStateBits(DWORD bits, DWORD mask) {
  return call(property::Access::kWrite, [&]() -> Result<HRESULT> {
    TRY(check_writable());
    TRY(cfb().set_state_bits(id_, bits, mask));
    return S_OK;
  });
}

HRESULT StorageObject::Stat(STATSTG* out, DWORD flags) {
  if (!out) return STG_E_INVALIDPOINTER;
  if (flags & ~DWORD{STATFLAG_NONAME | STATFLAG_NOOPEN}) return STG_E_INVALIDFLAG;
  return call(property::Access::kRead, [&]() -> Result<HRESULT> {
    STATSTG stat{};
    const cfb::EntryInfo info = TRY(cfb().info(id_));
    fill_stat(stat, info);
    stat.grfMode = mode_;
    if (!(flags & STATFLAG_NONAME)) {
      // Of a transacted storage the name is the parent's; the root of a caller's bytes has none of its own.
      const std::u16string name = parent_ ? TRY(parent_->cfb->info(parent_id_)).name : info.name;
      stat.pwcsName = TRY(com::task_text(wide_of(name)));
    }
    *out = stat;
    return S_OK;
  });
}

}  // namespace mapiary::storage
