// SPDX-License-Identifier: Apache-2.0
#include "imessage/stg_io.h"

#include "com/task_memory.h"
#include "convert/cfb/compound_file.h"
#include "property/scratch_bytes.h"
#include "property/stream_object.h"
#include "storage/storage_object.h"

namespace mapiary::imessage {
namespace {

bool is_missing(HRESULT hr) {
  return hr == STG_E_FILENOTFOUND || hr == STG_E_PATHNOTFOUND;
}
constexpr DWORD kRead = STGM_READ | STGM_SHARE_EXCLUSIVE;
constexpr DWORD kWrite = STGM_READWRITE | STGM_SHARE_EXCLUSIVE;
constexpr std::size_t kMaxElements = 200000;  // in one storage; damage or malice beyond

}  // namespace

Status checked(HRESULT hr, std::string_view call) {
  if (FAILED(hr)) return tl::unexpected(property::storage_error(hr, call));
  return {};
}

Result<std::vector<Element>> list_elements(IStorage& storage) {
  com::Ref<IEnumSTATSTG> enumerator;
  TRY(checked(storage.EnumElements(0, nullptr, 0, enumerator.put()), "IStorage::EnumElements"));
  std::vector<Element> elements;
  for (;;) {
    STATSTG stat{};
    ULONG got = 0;
    const HRESULT hr = enumerator->Next(1, &stat, &got);
    TRY(checked(hr, "IEnumSTATSTG::Next"));
    if (hr != S_OK || got == 0) return elements;
    const com::TaskText name(stat.pwcsName);
    if (name) elements.push_back({name.get(), stat.type == STGTY_STORAGE, stat.cbSize.QuadPart});
    if (elements.size() > kMaxElements) return fail(Code::kTooBig, "imessage", "a storage has too many elements");
  }
}

Result<com::Ref<IStream>> find_stream(IStorage& storage, const std::wstring& name) {
  com::Ref<IStream> stream;
  const HRESULT hr = storage.OpenStream(name.c_str(), nullptr, kRead, 0, stream.put());
  if (is_missing(hr)) return com::Ref<IStream>();
  TRY(checked(hr, "IStorage::OpenStream"));
  return stream;
}

Result<std::uint64_t> stream_size(IStream& stream) {
  STATSTG stat{};
  TRY(checked(stream.Stat(&stat, STATFLAG_NONAME), "IStream::Stat"));
  return stat.cbSize.QuadPart;
}

Result<std::string> read_stream(IStorage& storage, const std::wstring& name, std::uint64_t limit) {
  auto stream = TRY(find_stream(storage, name));
  if (!stream) return std::string();
  auto bytes = property::bytes_of_stream(std::move(stream));
  return property::read_all(*bytes, limit);
}

namespace {

Result<std::shared_ptr<property::RandomBytes>> new_stream(IStorage& storage, const std::wstring& name) {
  com::Ref<IStream> stream;
  TRY(checked(storage.CreateStream(name.c_str(), kWrite | STGM_CREATE, 0, 0, stream.put()), "IStorage::CreateStream"));
  return property::bytes_of_stream(std::move(stream));
}

}  // namespace

Status write_stream(IStorage& storage, const std::wstring& name, std::string_view bytes) {
  auto out = TRY(new_stream(storage, name));
  TRY(out->write(0, bytes_of(bytes)));
  return out->commit();
}

Result<std::uint64_t> write_stream(IStorage& storage, const std::wstring& name, property::RandomBytes& bytes) {
  auto out = TRY(new_stream(storage, name));
  TRY(property::append_all(bytes, *out));
  TRY(out->commit());
  return out->size();
}

Result<com::Ref<IStorage>> find_storage(IStorage& storage, const std::wstring& name, bool writable) {
  com::Ref<IStorage> inner;
  const HRESULT hr = storage.OpenStorage(name.c_str(), nullptr, writable ? kWrite : kRead, nullptr, 0, inner.put());
  if (is_missing(hr)) return com::Ref<IStorage>();
  TRY(checked(hr, "IStorage::OpenStorage"));
  return inner;
}

Result<com::Ref<IStorage>> need_storage(IStorage& storage, const std::wstring& name) {
  if (auto existing = TRY(find_storage(storage, name, true))) return existing;
  com::Ref<IStorage> inner;
  TRY(checked(storage.CreateStorage(name.c_str(), kWrite, 0, 0, inner.put()), "IStorage::CreateStorage"));
  return inner;
}

Status destroy(IStorage& storage, const std::wstring& name) {
  const HRESULT hr = storage.DestroyElement(name.c_str());
  return is_missing(hr) ? Status() : checked(hr, "IStorage::DestroyElement");
}

Result<com::Ref<IStorage>> scratch_storage() {
  return storage::make_root(TRY(cfb::CompoundFile::create(std::make_shared<cfb::ScratchStore>(), {4})), true);
}

}  // namespace mapiary::imessage
