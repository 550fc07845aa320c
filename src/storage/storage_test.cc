// SPDX-License-Identifier: Apache-2.0
// HrIStorageFromStream, IStorage on it, MapStorageSCode, and the stream class under all of them.
#include <gtest/gtest.h>
#include <imessage.h>
#include <mapicode.h>
#include <mapispi.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "com/object.h"
#include "property/stream_object.h"

namespace mapiary::storage {
namespace {

constexpr DWORD kWrite = STGM_READWRITE | STGM_SHARE_EXCLUSIVE;
constexpr DWORD kRead = STGM_READ | STGM_SHARE_EXCLUSIVE;

com::Ref<IStream> memory_stream(std::string bytes = {}) {
  return property::make_stream(std::make_shared<com::Gate>(), std::make_shared<property::MemoryBytes>(std::move(bytes)),
                               {STGM_READWRITE, L"name", false});
}

com::Ref<IStorage> open(IUnknown* unknown, ULONG flags, HRESULT expected = S_OK, LPCIID iid = nullptr) {
  com::Ref<IStorage> storage;
  EXPECT_EQ(HrIStorageFromStream(unknown, iid, flags, storage.put()), expected);
  return storage;
}

HRESULT put(IStorage* storage, const wchar_t* name, std::string_view text, DWORD extra = 0) {
  com::Ref<IStream> stream;
  const HRESULT hr = storage->CreateStream(name, kWrite | extra, 0, 0, stream.put());
  ULONG done = 0;
  return FAILED(hr) ? hr : stream->Write(text.data(), static_cast<ULONG>(text.size()), &done);
}

std::string get(IStorage* storage, const wchar_t* name) {
  com::Ref<IStream> stream;
  if (FAILED(storage->OpenStream(name, nullptr, kRead, 0, stream.put()))) return "(none)";
  char buffer[200];
  ULONG got = 0;
  EXPECT_EQ(stream->Read(buffer, sizeof buffer, &got), S_OK);
  return {buffer, got};
}

std::vector<std::wstring> names(IStorage* storage) {
  com::Ref<IEnumSTATSTG> all;
  EXPECT_EQ(storage->EnumElements(0, nullptr, 0, all.put()), S_OK);
  std::vector<std::wstring> out;
  STATSTG stat{};
  ULONG got = 0;
  while (all && all->Next(1, &stat, &got) == S_OK) {
    out.push_back(stat.pwcsName);
    CoTaskMemFree(stat.pwcsName);
  }
  return out;
}

com::Ref<IStorage> inner(IStorage* storage, const wchar_t* name, DWORD mode, HRESULT expected = S_OK) {
  com::Ref<IStorage> out;
  HRESULT hr = storage->OpenStorage(name, nullptr, mode, nullptr, 0, out.put());
  if (hr == STG_E_FILENOTFOUND && (mode & 3)) hr = storage->CreateStorage(name, mode, 0, 0, out.put());
  EXPECT_EQ(hr, expected);
  return out;
}

// spec: ST-725
TEST(HrIStorageFromStream, ChecksItsArguments) {
  auto stream = memory_stream();
  com::Ref<IStorage> out;
  EXPECT_EQ(HrIStorageFromStream(nullptr, nullptr, 0, out.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrIStorageFromStream(stream.get(), nullptr, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrIStorageFromStream(stream.get(), nullptr, 1, out.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(HrIStorageFromStream(stream.get(), &IID_IMessage, STGSTRM_CREATE, out.put()),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(HrIStorageFromStream(stream.get(), &IID_ILockBytes, STGSTRM_CREATE, out.put()),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_TRUE(FAILED(HrIStorageFromStream(stream.get(), nullptr, 0, out.put()))) << "an empty stream holds no storage";
  EXPECT_TRUE(FAILED(HrIStorageFromStream(memory_stream(std::string(4096, 'x')).get(), nullptr, 0, out.put())));
}

// spec: ST-725
TEST(HrIStorageFromStream, CommitsOntoTheCallersStream) {
  auto stream = memory_stream();
  auto storage = open(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  ASSERT_EQ(put(storage.get(), L"one", "first"), S_OK);
  STATSTG stat{};
  ASSERT_EQ(stream->Stat(&stat, STATFLAG_NONAME), S_OK);
  EXPECT_EQ(stat.cbSize.QuadPart, 0u) << "nothing before Commit";
  ASSERT_EQ(storage->Commit(STGC_DEFAULT), S_OK);
  ASSERT_EQ(put(storage.get(), L"two", "second"), S_OK);
  ASSERT_EQ(storage->Revert(), S_OK);
  EXPECT_EQ(names(storage.get()), std::vector<std::wstring>{L"one"});
  ASSERT_EQ(put(storage.get(), L"three", "third"), S_OK);
  storage.reset();  // not committed

  storage = open(stream.get(), 0);
  EXPECT_EQ(names(storage.get()), std::vector<std::wstring>{L"one"});
  EXPECT_EQ(get(storage.get(), L"ONE"), "first");
  EXPECT_EQ(put(storage.get(), L"x", "x"), STG_E_ACCESSDENIED);
  EXPECT_EQ(storage->Commit(0), STG_E_ACCESSDENIED);
  ASSERT_EQ(storage->Stat(&stat, STATFLAG_NONAME), S_OK);
  EXPECT_EQ(stat.type, DWORD{STGTY_STORAGE});
  EXPECT_EQ(stat.grfMode & 3, DWORD{STGM_READ});
}

TEST(HrIStorageFromStream, BeginsAtTheCurrentPosition) {
  auto stream = memory_stream("prefix");
  LARGE_INTEGER six{};
  six.QuadPart = 6;
  ASSERT_EQ(stream->Seek(six, STREAM_SEEK_SET, nullptr), S_OK);
  auto storage = open(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY | STGSTRM_CURRENT);
  ASSERT_EQ(put(storage.get(), L"s", "text"), S_OK);
  ASSERT_EQ(storage->Commit(0), S_OK);
  storage.reset();
  char start[7] = {};
  ASSERT_EQ(stream->Seek(LARGE_INTEGER{}, STREAM_SEEK_SET, nullptr), S_OK);
  ASSERT_EQ(stream->Read(start, 6, nullptr), S_OK);
  EXPECT_STREQ(start, "prefix");
  storage = open(stream.get(), STGSTRM_CURRENT);
  EXPECT_EQ(get(storage.get(), L"s"), "text");
}

TEST(Storage, InnerTransactionsAreTheirOwn) {
  auto stream = memory_stream();
  auto root = open(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto sub = inner(root.get(), L"sub", kWrite | STGM_TRANSACTED);
  ASSERT_EQ(put(sub.get(), L"a", "1"), S_OK);
  EXPECT_TRUE(names(inner(root.get(), L"sub", kRead).get()).empty());
  ASSERT_EQ(sub->Commit(0), S_OK);
  EXPECT_EQ(get(inner(root.get(), L"sub", kRead).get(), L"a"), "1");
  ASSERT_EQ(sub->DestroyElement(L"a"), S_OK);
  ASSERT_EQ(sub->Revert(), S_OK);
  EXPECT_EQ(get(sub.get(), L"a"), "1");
  auto direct = inner(root.get(), L"direct", kWrite);
  ASSERT_EQ(put(direct.get(), L"b", "2"), S_OK);
  EXPECT_EQ(get(inner(root.get(), L"direct", kRead).get(), L"b"), "2");
  EXPECT_EQ(put(inner(root.get(), L"sub", kRead).get(), L"c", "3"), STG_E_ACCESSDENIED);
}

TEST(Storage, NamesModesAndElements) {
  auto stream = memory_stream();
  auto root = open(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  ASSERT_EQ(put(root.get(), L"s", "1"), S_OK);
  EXPECT_EQ(put(root.get(), L"S", "2"), STG_E_FILEALREADYEXISTS);
  EXPECT_EQ(put(root.get(), L"s", "2", STGM_CREATE), S_OK);
  EXPECT_EQ(get(root.get(), L"s"), "2");
  EXPECT_TRUE(FAILED(put(root.get(), L"a/b", "")));
  EXPECT_TRUE(FAILED(put(root.get(), L"a name of more than thirty-one units", "")));
  EXPECT_EQ(put(root.get(), L"t", "", STGM_CONVERT), STG_E_INVALIDFLAG);
  com::Ref<IStream> found;
  EXPECT_EQ(root->OpenStream(L"none", nullptr, kRead, 0, found.put()), STG_E_FILENOTFOUND);
  EXPECT_EQ(root->OpenStream(L"s", nullptr, kRead, 0, nullptr), STG_E_INVALIDPOINTER);
  com::Ref<IStorage> no_storage;
  EXPECT_EQ(root->OpenStorage(L"s", nullptr, kRead, nullptr, 0, no_storage.put()), STG_E_FILENOTFOUND);
  ASSERT_EQ(root->RenameElement(L"s", L"renamed"), S_OK);
  EXPECT_EQ(names(root.get()), std::vector<std::wstring>{L"renamed"});
  ASSERT_EQ(root->OpenStream(L"renamed", nullptr, kRead, 0, found.put()), S_OK);
  ASSERT_EQ(root->DestroyElement(L"renamed"), S_OK);
  EXPECT_EQ(root->DestroyElement(L"renamed"), STG_E_FILENOTFOUND);
  char c = 0;
  EXPECT_EQ(found->Read(&c, 1, nullptr), STG_E_REVERTED) << "its element is gone";
  const CLSID id{7, 7, 7, {}};
  ASSERT_EQ(root->SetClass(id), S_OK);
  ASSERT_EQ(root->SetStateBits(0xF0, 0x3C), S_OK);
  STATSTG stat{};
  ASSERT_EQ(root->Stat(&stat, STATFLAG_NONAME), S_OK);
  EXPECT_TRUE(IsEqualGUID(stat.clsid, id));
  EXPECT_EQ(stat.grfStateBits, 0x30u);
}

TEST(Storage, CopiesAndMoves) {
  auto one = memory_stream(), two = memory_stream();
  auto from = open(one.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto to = open(two.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  ASSERT_EQ(put(from.get(), L"s", "1"), S_OK);
  ASSERT_EQ(put(inner(from.get(), L"sub", kWrite).get(), L"deep", "2"), S_OK);
  ASSERT_EQ(put(from.get(), L"not", "3"), S_OK);
  wchar_t excluded[] = L"NOT";
  LPOLESTR block[] = {excluded, nullptr};
  ASSERT_EQ(from->CopyTo(0, nullptr, block, to.get()), S_OK);
  EXPECT_EQ(get(to.get(), L"s"), "1");
  EXPECT_EQ(get(inner(to.get(), L"sub", kRead).get(), L"deep"), "2");
  EXPECT_EQ(get(to.get(), L"not"), "(none)");
  EXPECT_EQ(from->CopyTo(0, nullptr, nullptr, from.get()), STG_E_ACCESSDENIED);
  EXPECT_EQ(from->CopyTo(0, nullptr, nullptr, inner(from.get(), L"sub", kWrite).get()), STG_E_ACCESSDENIED);
  ASSERT_EQ(from->MoveElementTo(L"sub", to.get(), L"moved", STGMOVE_MOVE), S_OK);
  EXPECT_EQ(get(inner(to.get(), L"moved", kRead).get(), L"deep"), "2");
  EXPECT_EQ(names(from.get()), (std::vector<std::wstring>{L"s", L"not"}));
  EXPECT_EQ(from->MoveElementTo(L"s", to.get(), L"s2", 7), STG_E_INVALIDFLAG);
}

class LockBytes final : public com::Object<ILockBytes> {
 public:
  STDMETHODIMP ReadAt(ULARGE_INTEGER at, void* out, ULONG count, ULONG* done) override {
    const std::size_t begin = std::min<std::size_t>(bytes.size(), at.QuadPart);
    *done = static_cast<ULONG>(std::min<std::size_t>(count, bytes.size() - begin));
    std::memcpy(out, bytes.data() + begin, *done);
    return S_OK;
  }
  STDMETHODIMP WriteAt(ULARGE_INTEGER at, const void* from, ULONG count, ULONG* done) override {
    if (bytes.size() < at.QuadPart + count) bytes.resize(at.QuadPart + count);
    std::memcpy(bytes.data() + at.QuadPart, from, count);
    *done = count;
    return S_OK;
  }
  STDMETHODIMP Flush() override { return S_OK; }
  STDMETHODIMP SetSize(ULARGE_INTEGER size) override {
    bytes.resize(size.QuadPart);
    return S_OK;
  }
  STDMETHODIMP LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP Stat(STATSTG* out, DWORD) override {
    *out = STATSTG{};
    out->cbSize.QuadPart = bytes.size();
    return S_OK;
  }
  std::string bytes;
};

TEST(HrIStorageFromStream, TakesLockBytes) {
  auto bytes = com::make<LockBytes>();
  auto storage = open(bytes.get(), STGSTRM_CREATE | STGSTRM_MODIFY, S_OK, &IID_ILockBytes);
  ASSERT_EQ(put(storage.get(), L"s", "text"), S_OK);
  ASSERT_EQ(storage->Commit(0), S_OK);
  storage = open(bytes.get(), 0, S_OK, &IID_ILockBytes);
  EXPECT_EQ(get(storage.get(), L"s"), "text");
}

TEST(MapStorageSCode, HasATable) {
  EXPECT_EQ(MapStorageSCode(S_OK), S_OK);
  EXPECT_EQ(MapStorageSCode(STG_E_FILENOTFOUND), MAPI_E_NOT_FOUND);
  EXPECT_EQ(MapStorageSCode(STG_E_ACCESSDENIED), MAPI_E_NO_ACCESS);
  EXPECT_EQ(MapStorageSCode(STG_E_INSUFFICIENTMEMORY), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(MapStorageSCode(STG_E_MEDIUMFULL), MAPI_E_NOT_ENOUGH_DISK);
  EXPECT_EQ(MapStorageSCode(STG_E_DOCFILECORRUPT), MAPI_E_CORRUPT_DATA);
  EXPECT_EQ(MapStorageSCode(static_cast<SCODE>(0x80031234)), MAPI_E_CALL_FAILED);
}

TEST(Stream, DoesWhatIStreamDocuments) {
  auto stream = memory_stream("0123456789");
  com::Ref<IStream> clone;
  ULARGE_INTEGER at{}, size{};
  LARGE_INTEGER move{};
  char buffer[20] = {};
  ULONG got = 0;
  ASSERT_EQ(stream->Read(buffer, 4, &got), S_OK);
  ASSERT_EQ(stream->Clone(clone.put()), S_OK);
  ASSERT_EQ(clone->Read(buffer, 20, &got), S_OK);
  EXPECT_EQ(std::string(buffer, got), "456789");
  ASSERT_EQ(clone->Write("ab", 2, nullptr), S_OK);
  ASSERT_EQ(stream->Seek(move, STREAM_SEEK_END, &at), S_OK);
  EXPECT_EQ(at.QuadPart, 12u) << "a clone shares the bytes";
  move.QuadPart = -13;
  EXPECT_EQ(stream->Seek(move, STREAM_SEEK_CUR, &at), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(stream->Seek(move, 9, &at), STG_E_INVALIDFUNCTION);
  move.QuadPart = INT64_MIN;
  EXPECT_EQ(stream->Seek(move, STREAM_SEEK_SET, &at), STG_E_INVALIDFUNCTION);
  size.QuadPart = 3;
  ASSERT_EQ(stream->SetSize(size), S_OK);
  auto other = memory_stream();
  ULARGE_INTEGER read{}, written{};
  move.QuadPart = 0;
  ASSERT_EQ(stream->Seek(move, STREAM_SEEK_SET, nullptr), S_OK);
  size.QuadPart = 100;
  ASSERT_EQ(stream->CopyTo(other.get(), size, &read, &written), S_OK);
  EXPECT_EQ(read.QuadPart, 3u);
  EXPECT_EQ(written.QuadPart, 3u);
  EXPECT_EQ(stream->LockRegion(at, size, LOCK_WRITE), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(stream->UnlockRegion(at, size, LOCK_WRITE), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(stream->Read(nullptr, 1, nullptr), STG_E_INVALIDPOINTER);
  EXPECT_EQ(stream->Write(nullptr, 1, nullptr), STG_E_INVALIDPOINTER);
  EXPECT_EQ(stream->Clone(nullptr), STG_E_INVALIDPOINTER);
  EXPECT_EQ(stream->Commit(0x1000), STG_E_INVALIDFLAG);
  EXPECT_EQ(stream->Stat(nullptr, 0), STG_E_INVALIDPOINTER);
  STATSTG stat{};
  ASSERT_EQ(stream->Stat(&stat, STATFLAG_DEFAULT), S_OK);
  EXPECT_STREQ(stat.pwcsName, L"name");
  EXPECT_EQ(stat.cbSize.QuadPart, 3u);
  CoTaskMemFree(stat.pwcsName);
}

// Fails every access of a kind.
class BrokenBytes final : public property::RandomBytes {
 public:
  Result<std::uint64_t> size() override { return 100; }
  Result<std::size_t> read(std::uint64_t, std::span<std::byte>) override { return broken(); }
  Status write(std::uint64_t, ByteSpan) override { return broken(); }
  Status resize(std::uint64_t) override { return broken(); }
  Status commit() override { return broken(); }

 private:
  static tl::unexpected<Error> broken() { return fail(Code::kDiskError, "base", "EIO", 5); }
};

// A disk that fails is a read fault where something is read, through any number of streams and storages.
TEST(Stream, TellsReadFaultsFromWriteFaults) {
  auto stream = property::make_stream(std::make_shared<com::Gate>(), std::make_shared<BrokenBytes>(),
                                      {STGM_READWRITE, {}, false});
  auto outer = property::make_stream(std::make_shared<com::Gate>(), property::bytes_of_stream(stream),
                                     {STGM_READWRITE, {}, false});
  for (IStream* one : {stream.get(), outer.get()}) {
    char buffer[4];
    ULONG moved = 9;
    EXPECT_EQ(one->Read(buffer, 4, &moved), STG_E_READFAULT);
    EXPECT_EQ(moved, 0u);
    EXPECT_EQ(one->Write(buffer, 4, &moved), STG_E_WRITEFAULT);
    EXPECT_EQ(moved, 0u);
    EXPECT_EQ(one->SetSize({}), STG_E_WRITEFAULT);
    EXPECT_EQ(one->Commit(STGC_DEFAULT), STG_E_WRITEFAULT);
    ULARGE_INTEGER all{};
    all.QuadPart = 10;
    EXPECT_EQ(one->CopyTo(memory_stream().get(), all, nullptr, nullptr), STG_E_READFAULT);
  }
  com::Ref<IStorage> storage;
  EXPECT_EQ(HrIStorageFromStream(stream.get(), nullptr, 0, storage.put()), MAPI_E_DISK_ERROR);
}

}  // namespace
}  // namespace mapiary::storage
