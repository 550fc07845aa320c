// SPDX-License-Identifier: Apache-2.0
// Bytes as IStreams, messages in and out of a store. Public interface only.
#pragma once

#include <mapiary/convert.h>

#include "tests/conformance/testing/store_fixture.h"

namespace mail_tests {

using conformance::Ptr;

inline std::filesystem::path corpus() {
  const char* const root = std::getenv("MAPIARY_SOURCE_DIR");
  return std::filesystem::path(root ? root : ".") / "tests/corpus/mime";
}

inline std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A stream over a file in `place`, at its start.
inline Ptr<IStream> stream_on(const std::filesystem::path& path, const char* bytes, std::size_t size) {
  std::ofstream(path, std::ios::binary).write(bytes, static_cast<std::streamsize>(size));
  Ptr<IStream> stream;
  std::string name = path.string();
  EXPECT_EQ(S_OK, OpenStreamOnFile(MAPIAllocateBuffer, MAPIFreeBuffer, STGM_READ, name.data(), nullptr, stream.put()));
  return stream;
}

struct Told {
  std::vector<std::string> notes, losses;
  static void STDAPICALLTYPE hear(LPVOID context, const MAPIARYPROBLEM* problem) {
    auto& told = *static_cast<Told*>(context);
    (problem->ulSeverity == MAPIARY_PROBLEM_LOSS ? told.losses : told.notes).push_back(problem->lpszText);
  }
};

class MailTest : public conformance::StoreTest {
 protected:
  Ptr<IMessage> import(const std::string& bytes, ULONG flags = CCSF_SMTP | CCSF_INCLUDE_BCC, HRESULT expected = S_OK) {
    const Ptr<IStream> in = stream_on(place_ / "in.eml", bytes.data(), bytes.size());
    Ptr<IMessage> message;
    EXPECT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
    EXPECT_EQ(expected, MapiaryMimeToMessage(in.get(), message.get(), flags, Told::hear, &told_));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    return message;
  }

  std::string export_from(IMessage* message, ULONG flags = CCSF_SMTP | CCSF_INCLUDE_BCC) {
    const std::filesystem::path path = place_ / "out.eml";
    Ptr<IStream> out;
    std::string name = path.string();
    EXPECT_EQ(S_OK, OpenStreamOnFile(MAPIAllocateBuffer, MAPIFreeBuffer, STGM_CREATE | STGM_READWRITE, name.data(),
                                     nullptr, out.put()));
    EXPECT_EQ(S_OK, MapiaryMessageToMime(message, out.get(), flags, Told::hear, &told_));
    EXPECT_EQ(S_OK, out->Commit(STGC_DEFAULT));
    out.reset();
    return file_bytes(path);
  }

  Told told_;
};

}  // namespace mail_tests
