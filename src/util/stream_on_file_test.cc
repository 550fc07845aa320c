// SPDX-License-Identifier: Apache-2.0
// Pages openstreamonfile, openstreamonfilew.
#include "util/stream_on_file.h"

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/testing/fault_file_system.h"
#include "com/error_map.h"
#include "com/text.h"
#include "util/testing/test_streams.h"

namespace mapiary::util {
namespace {

using mapiary::testing::FaultFileSystem;
using testing::large;
using testing::Memory;
using testing::put;
using testing::take;
using testing::unsigned_large;

constexpr ULONG kNew = STGM_CREATE | STGM_READWRITE;

class OpenStreamOnFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = system_files().make_temp_folder("/tmp/mapiary_sof_").value();
    path_ = folder_ + "/file.bin";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void fill(std::string_view bytes) const { ASSERT_TRUE(system_files().replace_file(path_, bytes_of(bytes))); }
  std::string content() const { return system_files().read_file(path_, 1 << 20).value(); }
  HRESULT open(ULONG flags, const char* name, const char* prefix = nullptr) {
    return OpenStreamOnFile(MAPIAllocateBuffer, MAPIFreeBuffer, flags, name, prefix, stream_.put());
  }
  std::string name_of_stream() {
    STATSTG stat{};
    EXPECT_EQ(stream_->Stat(&stat, STATFLAG_DEFAULT), S_OK);
    const std::string name = com::from_wide(stat.pwcsName);
    auto allocator = com::Ref<IMalloc>::adopt(MAPIGetDefaultMalloc());
    EXPECT_EQ(allocator->DidAlloc(stat.pwcsName), 1);
    allocator->Free(stat.pwcsName);
    return name;
  }

  std::string folder_;
  std::string path_;
  com::Ref<IStream> stream_;
};

TEST_F(OpenStreamOnFileTest, ReadsAnExistingFileAndCannotWriteIt) {
  fill("hello");
  ASSERT_EQ(open(STGM_READ, path_.c_str(), "ignored prefix"), S_OK);
  EXPECT_EQ(take(stream_.get()), "hello");
  EXPECT_EQ(put(stream_.get(), "x"), STG_E_ACCESSDENIED);
  EXPECT_EQ(stream_->SetSize(unsigned_large(1)), STG_E_ACCESSDENIED);
  EXPECT_EQ(stream_->Commit(STGC_DEFAULT), S_OK);
  STATSTG stat{};
  ASSERT_EQ(stream_->Stat(&stat, STATFLAG_NONAME), S_OK);
  EXPECT_EQ(stat.pwcsName, nullptr);
  EXPECT_EQ(stat.type, static_cast<DWORD>(STGTY_STREAM));
  EXPECT_EQ(stat.cbSize.QuadPart, 5u);
  EXPECT_EQ(stat.grfMode, static_cast<DWORD>(STGM_READ));
  EXPECT_NE(stat.mtime.dwHighDateTime, 0u);
  EXPECT_EQ(name_of_stream(), path_);
  stream_.reset();
  EXPECT_EQ(content(), "hello");
}

TEST_F(OpenStreamOnFileTest, TheWideFormTakesAnyName) {
  const std::wstring name = com::to_wide(folder_) + L"/Grüße 世界.eml";
  ASSERT_EQ(OpenStreamOnFileW(MAPIAllocateBuffer, MAPIFreeBuffer, kNew, name.c_str(), nullptr, stream_.put()), S_OK);
  EXPECT_EQ(put(stream_.get(), "abc"), S_OK);
  stream_.reset();
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/Grüße 世界.eml"));
}

TEST_F(OpenStreamOnFileTest, AnswersTheCodesOfItsPage) {
  EXPECT_EQ(open(STGM_READ, path_.c_str()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(open(STGM_READWRITE, path_.c_str()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(open(kNew, (folder_ + "/none/file").c_str()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(open(STGM_READ, folder_.c_str()), MAPI_E_NO_ACCESS);
  EXPECT_EQ(open(kNew, folder_.c_str()), MAPI_E_NO_ACCESS);
  EXPECT_FALSE(stream_);
}

TEST_F(OpenStreamOnFileTest, RefusesWhatThePageForbids) {
  LPSTREAM out = reinterpret_cast<LPSTREAM>(1);
  EXPECT_EQ(OpenStreamOnFile(nullptr, MAPIFreeBuffer, STGM_READ, path_.c_str(), nullptr, &out),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(OpenStreamOnFile(MAPIAllocateBuffer, nullptr, STGM_READ, path_.c_str(), nullptr, &out),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(OpenStreamOnFile(MAPIAllocateBuffer, MAPIFreeBuffer, STGM_READ, path_.c_str(), nullptr, nullptr),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(STGM_CREATE, path_.c_str()), MAPI_E_INVALID_PARAMETER);  // without STGM_READWRITE
  EXPECT_EQ(open(STGM_CREATE | STGM_WRITE, path_.c_str()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(3, path_.c_str()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(STGM_READ | 0x70, path_.c_str()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(STGM_READ | STGM_TRANSACTED, path_.c_str()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(open(STGM_READ, nullptr), MAPI_E_INVALID_PARAMETER);  // no name needs both flags
  EXPECT_EQ(open(kNew, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(STGM_READWRITE | STGM_DELETEONRELEASE, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(kNew | SOF_UNIQUEFILENAME, folder_.c_str(), "LONG"), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(open(kNew | SOF_UNIQUEFILENAME, folder_.c_str(), "../"), MAPI_E_INVALID_PARAMETER);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(OpenStreamOnFileTest, CreatesOverAnOldFile) {
  fill("a longer old text");
  ASSERT_EQ(open(kNew, path_.c_str()), S_OK);
  EXPECT_EQ(put(stream_.get(), "new"), S_OK);
  EXPECT_EQ(stream_->Commit(STGC_DEFAULT), S_OK);
  EXPECT_EQ(content(), "new");
}

TEST_F(OpenStreamOnFileTest, DeletesOnRelease) {
  ASSERT_EQ(open(kNew | STGM_DELETEONRELEASE, path_.c_str()), S_OK);
  EXPECT_EQ(put(stream_.get(), "gone"), S_OK);
  com::Ref<IStream> clone;
  ASSERT_EQ(stream_->Clone(clone.put()), S_OK);
  stream_.reset();
  EXPECT_TRUE(std::filesystem::exists(path_));  // the clone holds it
  EXPECT_EQ(clone->Seek(large(0), STREAM_SEEK_SET, nullptr), S_OK);
  EXPECT_EQ(take(clone.get()), "gone");
  clone.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

// <prefix>HHHH.TMP
bool is_unique_name(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !name.ends_with(".TMP") || name.size() != prefix.size() + 8) return false;
  return name.substr(prefix.size(), 4).find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

TEST_F(OpenStreamOnFileTest, MakesUniqueNames) {
  ASSERT_EQ(open(kNew | SOF_UNIQUEFILENAME | STGM_DELETEONRELEASE, folder_.c_str(), "ab"), S_OK);
  const std::string first = name_of_stream();
  EXPECT_TRUE(is_unique_name(first, folder_ + "/ab")) << first;
  EXPECT_TRUE(std::filesystem::exists(first));
  com::Ref<IStream> keep = stream_;
  ASSERT_EQ(open(kNew | SOF_UNIQUEFILENAME, folder_.c_str()), S_OK);
  const std::string second = name_of_stream();
  EXPECT_TRUE(is_unique_name(second, folder_ + "/SOF")) << second;
  // The page only advises STGM_CREATE and STGM_READWRITE here.
  ASSERT_EQ(open(SOF_UNIQUEFILENAME | STGM_DELETEONRELEASE, folder_.c_str(), "äöü"), S_OK);
  EXPECT_EQ(put(stream_.get(), "x"), S_OK);
  stream_.reset();
  keep.reset();
  EXPECT_FALSE(std::filesystem::exists(first));
  EXPECT_TRUE(std::filesystem::exists(second));
}

TEST_F(OpenStreamOnFileTest, FindsAPlaceForATemporaryFileItself) {
  ASSERT_EQ(open(kNew | STGM_DELETEONRELEASE, nullptr, "xyz"), S_OK);
  const std::string name = name_of_stream();
  EXPECT_TRUE(std::filesystem::path(name).filename().string().starts_with("xyz")) << name;
  EXPECT_EQ(put(stream_.get(), "x"), S_OK);
  stream_.reset();
  EXPECT_FALSE(std::filesystem::exists(name));
}

TEST_F(OpenStreamOnFileTest, SharesAsAsked) {
  fill("x");
  ASSERT_EQ(open(STGM_READ | STGM_SHARE_DENY_WRITE, path_.c_str()), S_OK);
  com::Ref<IStream> reader = stream_;
  EXPECT_EQ(open(STGM_READ | STGM_SHARE_DENY_WRITE, path_.c_str()), S_OK);
  stream_.reset();
  EXPECT_EQ(open(kNew | STGM_SHARE_EXCLUSIVE, path_.c_str()), MAPI_E_NO_ACCESS);
  EXPECT_EQ(content(), "x");  // not emptied while another reads it
  reader.reset();
  EXPECT_EQ(open(STGM_READWRITE | STGM_SHARE_EXCLUSIVE, path_.c_str()), S_OK);
}

TEST_F(OpenStreamOnFileTest, SeeksAnywhereAndFillsGapsWithZeros) {
  ASSERT_EQ(open(kNew, path_.c_str()), S_OK);
  ULARGE_INTEGER at{};
  EXPECT_EQ(stream_->Seek(large(4), STREAM_SEEK_SET, &at), S_OK);
  EXPECT_EQ(at.QuadPart, 4u);
  std::string none(3, '\0');
  ULONG got = 7;
  EXPECT_EQ(stream_->Read(none.data(), 3, &got), S_OK);
  EXPECT_EQ(got, 0u);
  EXPECT_EQ(put(stream_.get(), "tail"), S_OK);
  EXPECT_EQ(stream_->Seek(large(-2), STREAM_SEEK_END, &at), S_OK);
  EXPECT_EQ(at.QuadPart, 6u);
  EXPECT_EQ(stream_->Seek(large(-7), STREAM_SEEK_CUR, &at), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(stream_->Seek(large(0), 9, &at), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(take(stream_.get()), "il");
  EXPECT_EQ(stream_->SetSize(unsigned_large(5)), S_OK);
  EXPECT_EQ(content(), std::string("\0\0\0\0t", 5));
  EXPECT_EQ(stream_->SetSize(unsigned_large(6)), S_OK);
  EXPECT_EQ(content(), std::string("\0\0\0\0t\0", 6));
  EXPECT_EQ(stream_->SetSize(unsigned_large(~std::uint64_t{0})), STG_E_MEDIUMFULL);
  EXPECT_EQ(stream_->LockRegion(unsigned_large(0), unsigned_large(1), LOCK_WRITE), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(stream_->UnlockRegion(unsigned_large(0), unsigned_large(1), LOCK_WRITE), STG_E_INVALIDFUNCTION);
  EXPECT_EQ(stream_->Revert(), S_OK);
}

TEST_F(OpenStreamOnFileTest, CopiesToAnyStream) {
  std::string long_text;
  for (int i = 0; long_text.size() < 300'000; ++i) long_text += std::to_string(i) + ",";
  fill(long_text);
  ASSERT_EQ(open(STGM_READ, path_.c_str()), S_OK);
  Memory target;
  auto to = target.open();
  ULARGE_INTEGER read{};
  ULARGE_INTEGER written{};
  EXPECT_EQ(stream_->CopyTo(to.get(), unsigned_large(10), &read, &written), S_OK);
  EXPECT_EQ(read.QuadPart, 10u);
  EXPECT_EQ(written.QuadPart, 10u);
  EXPECT_EQ(stream_->CopyTo(to.get(), unsigned_large(~std::uint64_t{0}), &read, nullptr), S_OK);
  EXPECT_EQ(read.QuadPart, long_text.size() - 10);
  EXPECT_EQ(target.content(), long_text);
  EXPECT_EQ(stream_->CopyTo(nullptr, unsigned_large(1), &read, &written), STG_E_INVALIDPOINTER);
  auto read_only = Memory().open(STGM_READ);
  EXPECT_EQ(stream_->Seek(large(0), STREAM_SEEK_SET, nullptr), S_OK);
  EXPECT_EQ(stream_->CopyTo(read_only.get(), unsigned_large(4), &read, &written), STG_E_ACCESSDENIED);
  EXPECT_EQ(written.QuadPart, 0u);
}

TEST_F(OpenStreamOnFileTest, ClonesHaveAPlaceOfTheirOwn) {
  fill("0123456789");
  ASSERT_EQ(open(STGM_READWRITE, path_.c_str()), S_OK);
  EXPECT_EQ(stream_->Seek(large(3), STREAM_SEEK_SET, nullptr), S_OK);
  com::Ref<IStream> clone;
  ASSERT_EQ(stream_->Clone(clone.put()), S_OK);
  EXPECT_EQ(put(stream_.get(), "abc"), S_OK);
  EXPECT_EQ(take(clone.get()), "abc6789");
  EXPECT_EQ(take(stream_.get()), "6789");
  EXPECT_EQ(clone->Clone(nullptr), STG_E_INVALIDPOINTER);
}

TEST_F(OpenStreamOnFileTest, TellsItsInterfaces) {
  fill("x");
  ASSERT_EQ(open(STGM_READ, path_.c_str()), S_OK);
  com::Ref<IUnknown> found;
  EXPECT_EQ(stream_->QueryInterface(IID_ISequentialStream, reinterpret_cast<void**>(found.put())), S_OK);
  EXPECT_EQ(stream_->QueryInterface(IID_IStorage, reinterpret_cast<void**>(found.put())),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  ULONG got = 0;
  EXPECT_EQ(stream_->Read(nullptr, 1, &got), STG_E_INVALIDPOINTER);
  EXPECT_EQ(stream_->Write(nullptr, 1, &got), STG_E_INVALIDPOINTER);
  EXPECT_EQ(stream_->Stat(nullptr, 0), STG_E_INVALIDPOINTER);
  STATSTG stat{};
  EXPECT_EQ(stream_->Stat(&stat, 0x100), STG_E_INVALIDFLAG);
  EXPECT_EQ(stream_->Commit(0x100), STG_E_INVALIDFLAG);
}

TEST(FileStreamFaults, AFullDiskIsMediumFull) {
  FaultFileSystem files;
  auto stream = open_file_stream(files, {kNew, "f", {}}).value();
  files.limit_space(4);
  EXPECT_EQ(put(stream.get(), "12345678"), STG_E_MEDIUMFULL);
  EXPECT_EQ(put(stream.get(), "1234"), S_OK);
  EXPECT_EQ(stream->SetSize(unsigned_large(100)), STG_E_MEDIUMFULL);
}

TEST(FileStreamFaults, ABrokenDiskSaysWhichWay) {
  FaultFileSystem files;
  auto stream = open_file_stream(files, {kNew, "f", {}}).value();
  ASSERT_EQ(put(stream.get(), "1234"), S_OK);
  ASSERT_EQ(stream->Seek(large(0), STREAM_SEEK_SET, nullptr), S_OK);
  files.fail_at(0, EIO);
  std::string buffer(4, '\0');
  ULONG got = 9;
  EXPECT_EQ(stream->Read(buffer.data(), 4, &got), STG_E_READFAULT);
  EXPECT_EQ(got, 0u);
  EXPECT_EQ(take(stream.get()), "1234");
  files.fail_at(0, EIO);
  EXPECT_EQ(put(stream.get(), "5"), STG_E_WRITEFAULT);
  files.fail_at(0, EIO);
  EXPECT_EQ(stream->Commit(STGC_DEFAULT), STG_E_WRITEFAULT);
  ASSERT_EQ(stream->Seek(large(0), STREAM_SEEK_SET, nullptr), S_OK);
  files.fail_at(0, EIO);
  Memory target;
  EXPECT_EQ(stream->CopyTo(target.open().get(), unsigned_large(4), nullptr, nullptr), STG_E_READFAULT);
}

TEST(FileStreamFaults, OpeningPassesErrorsOn) {
  FaultFileSystem files;
  ASSERT_TRUE(files.replace_file("f", bytes_of("x")));
  const auto code_with = [&](int error_number) {
    for (std::uint64_t call = 0;; ++call) {  // whichever call is the open itself
      files.fail_at(call, error_number);
      auto stream = open_file_stream(files, {STGM_READ, "f", {}});
      files.power_loss(FaultFileSystem::Loss::kKept);
      if (!stream) return com::to_hresult(stream.error());
      if (call > 8) return S_OK;
    }
  };
  EXPECT_EQ(code_with(EACCES), MAPI_E_NO_ACCESS);
  EXPECT_EQ(code_with(EROFS), MAPI_E_NO_ACCESS);
  EXPECT_EQ(code_with(ENOENT), MAPI_E_NOT_FOUND);
}

TEST(FileStreamFaults, CommitMakesItDurable) {
  FaultFileSystem files;
  ASSERT_TRUE(files.replace_file("f", bytes_of("old")));
  auto stream = open_file_stream(files, {STGM_READWRITE, "f", {}}).value();
  ASSERT_EQ(put(stream.get(), "new"), S_OK);
  ASSERT_EQ(stream->Commit(STGC_DEFAULT), S_OK);
  ASSERT_EQ(put(stream.get(), "more"), S_OK);
  files.power_loss(FaultFileSystem::Loss::kDropped);
  EXPECT_EQ(files.content("f").value(), "new");
}

TEST(FileStreamFaults, ReadingNeverWrites) {
  FaultFileSystem files;
  ASSERT_TRUE(files.replace_file("f", bytes_of("old")));
  files.limit_space(0);
  auto stream = open_file_stream(files, {STGM_READ, "f", {}}).value();
  EXPECT_EQ(take(stream.get()), "old");
  stream = nullptr;
  EXPECT_EQ(files.content("f").value(), "old");
}

TEST(FileStreamFaults, TakenNamesAreStepped) {
  FaultFileSystem files;
  ASSERT_TRUE(files.create_folder("t"));
  std::vector<com::Ref<IStream>> streams;
  for (int i = 0; i < 300; ++i) {
    auto stream = open_file_stream(files, {kNew | SOF_UNIQUEFILENAME, "t", "p"});
    ASSERT_TRUE(stream);
    streams.push_back(*stream);
  }
  EXPECT_EQ(files.names().size(), 300u);
}

}  // namespace
}  // namespace mapiary::util
