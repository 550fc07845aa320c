// SPDX-License-Identifier: Apache-2.0
#include "mail/mail_objects.h"

#include <mapicode.h>

#include <algorithm>

#include "base/file.h"
#include "com/border.h"
#include "com/object.h"
#include "convert/maildir/maildir.h"
#include "convert/mbox/mbox_writer.h"
#include "convert/mbox/sources.h"
#include "mail/streams.h"
#include "property/random_bytes.h"
#include "property/stream_object.h"

namespace mapiary::com {
template <>
struct InterfaceChain<IMapiaryMailSource> : InterfaceChain<IUnknown> {};
template <>
struct InterfaceChain<IMapiaryMailSink> : InterfaceChain<IUnknown> {};
}  // namespace mapiary::com

namespace mapiary::mail {
namespace {

using mailfiles::FileForm;
using mailfiles::Item;

// An item with the texts it points to.
class PublicItem {
 public:
  const MAPIARYMAILITEM* show(const Item& item) {
    folder_ = mailfiles::folder_text(item.folder);
    file_ = item.file;
    envelope_ = item.envelope;
    name_ = item.name;
    view_.ulItem = item.is_folder ? MAPIARY_ITEM_FOLDER : MAPIARY_ITEM_MESSAGE;
    view_.ulFlags = item.flags;
    view_.lpszFolder = folder_.c_str();
    view_.lpszFile = file_.c_str();
    view_.ullOffset = item.offset;
    view_.ullSize = item.size;
    view_.lpszEnvelope = envelope_.c_str();
    const std::uint64_t ticks = item.received ? item.received->ticks : 0;
    view_.ftReceived.dwLowDateTime = static_cast<DWORD>(ticks);
    view_.ftReceived.dwHighDateTime = static_cast<DWORD>(ticks >> 32);
    view_.lpszName = name_.c_str();
    keywords_.clear();
    for (const std::string& word : item.keywords) keywords_ += (keywords_.empty() ? "" : "\n") + word;
    letters_ = item.letters;
    view_.lpszKeywords = keywords_.c_str();
    view_.lpszLetters = letters_.c_str();
    return &view_;
  }

 private:
  MAPIARYMAILITEM view_{};
  std::string folder_, file_, envelope_, name_, keywords_, letters_;
};

std::string text(LPCSTR from) {
  return from ? std::string(from) : std::string();
}

Item inner_item(const MAPIARYMAILITEM& item) {
  Item out;
  out.folder = mailfiles::parse_folder_text(text(item.lpszFolder));
  out.flags = item.ulFlags;
  out.envelope = text(item.lpszEnvelope);
  out.name = text(item.lpszName);
  out.letters = text(item.lpszLetters);
  const std::uint64_t ticks = std::uint64_t{item.ftReceived.dwHighDateTime} << 32 | item.ftReceived.dwLowDateTime;
  if (ticks != 0) out.received = FileTime(ticks);
  return out;
}

Status not_null(const void* pointer) {
  if (pointer) return {};
  return fail(Code::kInvalidArgument, "mail", "a pointer is NULL");
}

class SourceObject final : public com::Object<IMapiaryMailSource> {
 public:
  SourceObject(std::unique_ptr<mailfiles::Source> source, ULONG kind) : source_(std::move(source)), kind_(kind) {}

  STDMETHODIMP GetKind(ULONG* kind) override {
    return border_.call([&]() -> Status {
      TRY(not_null(kind));
      *kind = kind_;
      return {};
    });
  }

  STDMETHODIMP Next(const MAPIARYMAILITEM** item) override {
    return border_.call([&]() -> Result<HRESULT> {
      TRY(not_null(item));
      *item = nullptr;
      auto next = source_->next();
      if (!next) {
        *item = item_.show(source_->current());
        return tl::unexpected(next.error());
      }
      if (!*next) return S_FALSE;
      *item = item_.show(**next);
      return S_OK;
    });
  }

  STDMETHODIMP OpenMessage(LPSTREAM* stream) override {
    return border_.call([&]() -> Status {
      TRY(not_null(stream));
      *stream = nullptr;
      *stream = stream_of(TRY(source_->open())).detach();
      return {};
    });
  }

  STDMETHODIMP GetProgress(ULONGLONG* done, ULONGLONG* total) override {
    return border_.call([&]() -> Status {
      const auto [at, of] = source_->progress();
      if (done) *done = at;
      if (total) *total = of;
      return {};
    });
  }

 private:
  com::Border border_;
  std::unique_ptr<mailfiles::Source> source_;
  ULONG kind_;
  PublicItem item_;
};

// What a message is written to, between Begin and Commit. Appends alone.
class SinkBytes final : public property::RandomBytes {
 public:
  explicit SinkBytes(std::shared_ptr<mailfiles::Sink> sink) : sink_(std::move(sink)) {}
  Result<std::uint64_t> size() override { return size_; }
  Result<std::size_t> read(std::uint64_t, std::span<std::byte>) override {
    return fail(Code::kNoAccess, "mail", "the stream is written to only");
  }
  Status write(std::uint64_t offset, ByteSpan data) override {
    if (offset != size_ || ended_) return fail(Code::kNoAccess, "mail", "the message is written from front to end");
    TRY(sink_->write(data));
    size_ += data.size();
    return {};
  }
  Status resize(std::uint64_t size) override {
    if (size == size_) return {};
    return fail(Code::kNoAccess, "mail", "the message is written from front to end");
  }
  void end() { ended_ = true; }

 private:
  std::shared_ptr<mailfiles::Sink> sink_;
  std::uint64_t size_ = 0;
  bool ended_ = false;
};

class SinkObject final : public com::Object<IMapiaryMailSink> {
 public:
  explicit SinkObject(std::shared_ptr<mailfiles::Sink> sink) : sink_(std::move(sink)) {}
  ~SinkObject() {
    (void)com::border([&]() -> Status { return bytes_ ? sink_->discard() : Status(); });
  }

  STDMETHODIMP CreateFolder(LPCSTR folder) override {
    return border_.call([&]() -> Status { return sink_->create_folder(mailfiles::parse_folder_text(text(folder))); });
  }

  STDMETHODIMP Begin(const MAPIARYMAILITEM* item, LPSTREAM* stream) override {
    return border_.call([&]() -> Status {
      TRY(not_null(item));
      TRY(not_null(stream));
      *stream = nullptr;
      TRY(sink_->begin(inner_item(*item)));
      bytes_ = std::make_shared<SinkBytes>(sink_);
      property::StreamOptions options;
      options.mode = STGM_WRITE;
      *stream = property::make_stream(border_.gate(), bytes_, options).detach();
      return {};
    });
  }

  STDMETHODIMP Commit(const MAPIARYMAILITEM** written) override {
    return border_.call([&]() -> Status {
      if (written) *written = nullptr;
      end();
      const Item item = TRY(sink_->commit());
      if (written) *written = item_.show(item);
      return {};
    });
  }

  STDMETHODIMP Discard() override {
    return border_.call([&]() -> Status {
      end();
      return sink_->discard();
    });
  }

  STDMETHODIMP Resume(LPCSTR folder, ULONGLONG size) override {
    return border_.call([&]() -> Status { return sink_->resume(mailfiles::parse_folder_text(text(folder)), size); });
  }

  STDMETHODIMP Flush() override {
    return border_.call([&]() -> Status { return sink_->flush(); });
  }

 private:
  void end() {
    if (bytes_) bytes_->end();
    bytes_.reset();
  }

  com::Border border_;
  std::shared_ptr<mailfiles::Sink> sink_;
  std::shared_ptr<SinkBytes> bytes_;
  PublicItem item_;
};

ULONG kind_of(FileForm form) {
  switch (form) {
    case FileForm::kMessage:
      return MAPIARY_MAIL_EML;
    case FileForm::kMbox:
      return MAPIARY_MAIL_MBOX;
    case FileForm::kPst:
      return MAPIARY_MAIL_PST;
    case FileForm::kSqlite:
      return MAPIARY_MAIL_SQLITE;
    case FileForm::kCompound:
      return MAPIARY_MAIL_MSG;
    case FileForm::kTnef:
      return MAPIARY_MAIL_TNEF;
    default:
      return MAPIARY_MAIL_UNKNOWN;
  }
}

// The first file of mail in it or below decides.
Result<ULONG> detect_folder(FileSystem& files, const std::string& path, int depth) {
  if (TRY(maildir::is_maildir(files, path))) return depth == 0 ? MAPIARY_MAIL_MAILDIR : MAPIARY_MAIL_UNKNOWN;
  std::vector<std::string> folders;
  bool messages = false;
  for (const FolderEntry& entry : TRY(files.list(path))) {
    const std::string inner = join_path(path, entry.name);
    if (entry.kind == FileKind::kFolder && entry.name.front() != '.') folders.push_back(inner);
    if (entry.kind != FileKind::kFile || entry.name.front() == '.') continue;
    const auto info = files.info(inner);
    if (!info || info->size == 0) continue;  // empty says nothing
    const auto form = mailfiles::form_of_file(files, inner);
    if (form && *form == FileForm::kMbox) return MAPIARY_MAIL_MBOX_TREE;
    messages = messages || (form && *form == FileForm::kMessage);
  }
  if (messages) return MAPIARY_MAIL_EML_TREE;
  for (const std::string& folder : folders) {
    if (depth >= 20) break;
    const ULONG kind = TRY(detect_folder(files, folder, depth + 1));
    if (kind != MAPIARY_MAIL_UNKNOWN) return kind;
  }
  return MAPIARY_MAIL_UNKNOWN;
}

}  // namespace

Result<ULONG> detect(const std::string& path) {
  FileSystem& files = system_files();
  const FileInfo info = TRY(files.info(path));
  if (info.kind == FileKind::kFolder) return detect_folder(files, path, 0);
  if (info.kind != FileKind::kFile) return MAPIARY_MAIL_UNKNOWN;
  return kind_of(TRY(mailfiles::form_of_file(files, path)));
}

Result<com::Ref<IMapiaryMailSource>> open_source(const std::string& path, ULONG kind, LPMAPIARYPROBLEMSINK sink,
                                                 LPVOID context) {
  FileSystem& files = system_files();
  if (kind == MAPIARY_MAIL_UNKNOWN) kind = TRY(detect(path));
  const auto report = [sink, context](std::uint64_t offset, const std::string& message) {
    if (!sink) return;
    MAPIARYPROBLEM problem{};
    problem.hr = MAPI_E_CORRUPT_DATA;
    problem.ulSeverity = MAPIARY_PROBLEM_LOSS;
    problem.ullOffset = offset;
    problem.lpszPart = "";
    problem.lpszText = message.c_str();
    sink(context, &problem);
  };
  std::unique_ptr<mailfiles::Source> source;
  switch (kind) {
    case MAPIARY_MAIL_EML:
      source = TRY(mailfiles::open_message(files, path));
      break;
    case MAPIARY_MAIL_MBOX:
    case MAPIARY_MAIL_MBOX_FILE:
      source = TRY(mailfiles::open_mbox(files, path, report, kind == MAPIARY_MAIL_MBOX));
      break;
    case MAPIARY_MAIL_MAILDIR:
      source = TRY(maildir::open_source(files, path));
      break;
    case MAPIARY_MAIL_MBOX_TREE:
      source = TRY(mailfiles::open_mbox_tree(files, path, report));
      break;
    case MAPIARY_MAIL_EML_TREE:
      source = TRY(mailfiles::open_message_tree(files, path));
      break;
    default:
      return fail(Code::kNotSupported, "mail", "no file of mail: " + path, kind);
  }
  return com::Ref<IMapiaryMailSource>(com::make<SourceObject>(std::move(source), kind));
}

Result<com::Ref<IMapiaryMailSink>> create_sink(const std::string& path, ULONG kind) {
  FileSystem& files = system_files();
  std::shared_ptr<mailfiles::Sink> sink;
  switch (kind) {
    case MAPIARY_MAIL_MBOX:
      sink = std::make_shared<mbox::Sink>(files, path, false);
      break;
    case MAPIARY_MAIL_MBOX_TREE:
      sink = std::make_shared<mbox::Sink>(files, path, true);
      break;
    case MAPIARY_MAIL_MAILDIR:
      sink = std::make_shared<maildir::Sink>(files, path);
      break;
    default:
      return fail(Code::kNotSupported, "mail", "nothing to write mail into", kind);
  }
  TRY(sink->create_folder({}));
  return com::Ref<IMapiaryMailSink>(com::make<SinkObject>(std::move(sink)));
}

}  // namespace mapiary::mail
