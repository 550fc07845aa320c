// SPDX-License-Identifier: Apache-2.0
#include "convert/mbox/sources.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"
#include "convert/mbox/mbox_reader.h"
#include "convert/mime/fields.h"
#include "model/file_source.h"

namespace mapiary::mailfiles {
namespace {

constexpr std::size_t kBeginning = 8192;
constexpr std::size_t kMaxDepth = 100;  // of folders

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// A field that no other kind of text begins with by chance.
bool is_mail_field(std::string_view name) {
  static constexpr std::string_view kFields[] = {"from",
                                                 "to",
                                                 "subject",
                                                 "date",
                                                 "received",
                                                 "return-path",
                                                 "sender",
                                                 "reply-to",
                                                 "message-id",
                                                 "mime-version",
                                                 "delivered-to",
                                                 "cc",
                                                 "bcc",
                                                 "x-mailer",
                                                 "content-type",
                                                 "x-mozilla-status",
                                                 "x-account-key",
                                                 "envelope-to",
                                                 "x-unsent",
                                                 "dkim-signature",
                                                 "authentication-results",
                                                 "arc-seal",
                                                 "x-original-to"};
  return std::any_of(std::begin(kFields), std::end(kFields),
                     [&](std::string_view f) { return equals_ascii_nocase(f, name); });
}

bool is_message(std::string_view text) {
  if (begins_with(text, "\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.substr(0, 1024).find('\0') != std::string_view::npos && text.substr(0, 1024).find('\0') < text.find(':')) {
    return false;
  }
  const std::size_t first_end = std::min(text.find('\n'), text.size());
  const bool envelope = begins_with(text, "From ") || begins_with(text, ">From ");
  if (!envelope && !mime::begins_field(text.substr(0, first_end))) return false;
  const std::size_t blank = std::min(text.find("\n\n"), text.find("\n\r\n"));
  const std::vector<mime::Field> fields = mime::split_fields(text.substr(0, blank));
  return std::any_of(fields.begin(), fields.end(), [](const mime::Field& f) { return is_mail_field(f.name); });
}

bool has_ending(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equals_ascii_nocase(text.substr(text.size() - end.size()), end);
}

// A file that will be read, and the folder its messages lie in.
struct Pending {
  std::string path;
  FolderPath folder;
  bool announce = false;  // as a folder of its own
  bool is_box = false;    // an mbox; else a message, or with no path a folder alone
};

class FileSource final : public Source {
 public:
  FileSource(FileSystem& files, Report report) : files_(files), report_(std::move(report)) {}

  void add(Pending pending) { pending_.push_back(std::move(pending)); }

  // `path`.sbd or a tree: each file that is an mbox, each folder name.sbd below it.
  Status add_boxes(const std::string& path, const FolderPath& folder, std::size_t depth) {
    if (depth > kMaxDepth) return fail(Code::kTooDeep, "convert/mbox", "folders are nested too deep: " + path);
    const std::vector<FolderEntry> entries = TRY(files_.list(path));
    for (const FolderEntry& entry : entries) {
      const std::string file = join_path(path, entry.name);
      if (entry.kind == FileKind::kFile && !has_ending(entry.name, ".msf") && entry.name.front() != '.') {
        const auto form = form_of_file(files_, file);
        if (!form || *form != FileForm::kMbox) continue;
        const FolderPath inner = below(folder, unsafe_file_name(entry.name));
        add({file, inner, true, true});
        TRY(add_children(file, inner, depth));
      } else if (entry.kind == FileKind::kFolder && has_ending(entry.name, ".sbd")) {
        const std::string box = entry.name.substr(0, entry.name.size() - 4);
        const bool has_box = std::any_of(entries.begin(), entries.end(), [&](const FolderEntry& e) {
          return e.name == box && e.kind == FileKind::kFile;
        });
        if (has_box) continue;  // with its file
        const FolderPath inner = below(folder, unsafe_file_name(box));
        add({"", inner, true, true});
        TRY(add_boxes(file, inner, depth + 1));
      }
    }
    return {};
  }

  Status add_children(const std::string& box, const FolderPath& folder, std::size_t depth) {
    const auto info = files_.info(box + ".sbd");
    return info && info->kind == FileKind::kFolder ? add_boxes(box + ".sbd", folder, depth + 1) : Status();
  }

  Status add_messages(const std::string& path, const FolderPath& folder, std::size_t depth) {
    if (depth > kMaxDepth) return fail(Code::kTooDeep, "convert/mbox", "folders are nested too deep: " + path);
    const std::vector<FolderEntry> entries = TRY(files_.list(path));
    for (const FolderEntry& entry : entries) {
      const std::string file = join_path(path, entry.name);
      if (entry.kind == FileKind::kFile) {
        const auto form = form_of_file(files_, file);
        if (form && *form == FileForm::kMessage) add({file, folder, false, false});
      }
    }
    for (const FolderEntry& entry : entries) {
      if (entry.kind != FileKind::kFolder || entry.name.front() == '.') continue;
      const FolderPath inner = below(folder, unsafe_file_name(entry.name));
      add({"", inner, true, false});
      TRY(add_messages(join_path(path, entry.name), inner, depth + 1));
    }
    return {};
  }

  bool empty() const { return pending_.empty(); }

  Result<const Item*> next() override {
    for (;;) {
      if (reader_) {
        item_ = {};
        item_.folder = folder_;
        item_.file = file_;
        auto more = reader_->next(entry_);
        if (!more) {
          reader_.reset();
          return tl::unexpected(more.error());
        }
        if (*more) return from_entry();
        done_ += reader_->size();
        reader_.reset();
      }
      if (at_ == pending_.size()) return nullptr;
      const Pending& pending = pending_[at_];
      if (pending.announce && !announced_) {
        announced_ = true;
        item_ = {};
        item_.is_folder = true;
        item_.folder = pending.folder;
        item_.file = pending.path;
        return &item_;
      }
      announced_ = false;
      ++at_;
      if (pending.path.empty()) continue;
      item_ = {};
      item_.folder = folder_ = pending.folder;
      item_.file = file_ = pending.path;
      auto file = TRY(files_.open(file_, OpenMode::kRead));
      auto source = TRY(model::file_source(std::make_shared<File>(std::move(file))));
      if (pending.is_box) {
        reader_ = std::make_unique<mbox::Reader>(std::move(source));
        told_ = false;
        continue;
      }
      message_ = std::move(source);
      item_.size = message_->size();
      done_ += item_.size;
      return &item_;
    }
  }

  const Item& current() const override { return item_; }

  Result<std::shared_ptr<const model::ByteSource>> open() override {
    if (reader_) return reader_->open(entry_);
    if (!message_) return fail(Code::kInvalidArgument, "convert/mbox", "there is no message here");
    return message_;
  }

  std::pair<std::uint64_t, std::uint64_t> progress() const override {
    const std::uint64_t done = done_ + (reader_ ? reader_->position() : 0);
    return {done, std::max(done, total_)};
  }

  void count_total() {
    for (const Pending& pending : pending_) {
      const auto info = pending.path.empty() ? Result<FileInfo>(FileInfo()) : files_.info(pending.path);
      if (info) total_ += info->size;
    }
  }

 private:
  static FolderPath below(FolderPath folder, std::string name) {
    folder.push_back(std::move(name));
    return folder;
  }

  const Item* from_entry() {
    if (!told_ && reader_->skipped() != 0 && report_) {
      report_(0, file_ + ": " + std::to_string(reader_->skipped()) + " bytes before the first message were left out");
    }
    told_ = true;
    item_.offset = entry_.offset;
    item_.size = entry_.next - entry_.offset;
    item_.envelope = entry_.envelope;
    item_.received = entry_.received;
    item_.flags = entry_.flags;
    return &item_;
  }

  FileSystem& files_;
  Report report_;
  std::vector<Pending> pending_;
  std::size_t at_ = 0;
  bool announced_ = false;
  bool told_ = false;
  std::unique_ptr<mbox::Reader> reader_;
  mbox::Entry entry_;
  std::shared_ptr<const model::ByteSource> message_;
  std::string file_;
  FolderPath folder_;
  Item item_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

FileForm form_of(std::string_view beginning, std::uint64_t size) {
  if (size == 0) return FileForm::kMbox;  // one without messages
  if (begins_with(beginning, "!BDN")) return FileForm::kPst;
  if (begins_with(beginning, std::string_view("SQLite format 3\0", 16))) return FileForm::kSqlite;
  if (begins_with(beginning, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return FileForm::kCompound;
  if (begins_with(beginning, "\x78\x9F\x3E\x22")) return FileForm::kTnef;
  std::string_view text = beginning;
  if (begins_with(text, mbox::kByteOrderMark)) text.remove_prefix(mbox::kByteOrderMark.size());
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
  const std::string_view line = text.substr(0, text.find('\n'));
  if (begins_with(line, "From ") && mbox::parse_from_line(mime::trim(line))) return FileForm::kMbox;
  return is_message(beginning) ? FileForm::kMessage : FileForm::kUnknown;
}

Result<FileForm> form_of_file(FileSystem& files, const std::string& path) {
  File file = TRY(files.open(path, OpenMode::kRead));
  std::string beginning(kBeginning, '\0');
  beginning.resize(TRY(file.read_some_at(0, std::as_writable_bytes(std::span(beginning)))));
  return form_of(beginning, TRY(file.size()));
}

Result<std::unique_ptr<Source>> open_mbox(FileSystem& files, const std::string& path, Report report,
                                          bool with_folders) {
  auto source = std::make_unique<FileSource>(files, std::move(report));
  TRY(files.info(path));
  source->add({path, {}, false, true});
  if (with_folders) TRY(source->add_children(path, {}, 0));
  source->count_total();
  return std::unique_ptr<Source>(std::move(source));
}

Result<std::unique_ptr<Source>> open_mbox_tree(FileSystem& files, const std::string& path, Report report) {
  auto source = std::make_unique<FileSource>(files, std::move(report));
  TRY(source->add_boxes(path, {}, 0));
  source->count_total();
  return std::unique_ptr<Source>(std::move(source));
}

Result<std::unique_ptr<Source>> open_message(FileSystem& files, const std::string& path) {
  auto source = std::make_unique<FileSource>(files, nullptr);
  TRY(files.info(path));
  source->add({path, {}, false, false});
  source->count_total();
  return std::unique_ptr<Source>(std::move(source));
}

Result<std::unique_ptr<Source>> open_message_tree(FileSystem& files, const std::string& path) {
  auto source = std::make_unique<FileSource>(files, nullptr);
  TRY(source->add_messages(path, {}, 0));
  source->count_total();
  return std::unique_ptr<Source>(std::move(source));
}

}  // namespace mapiary::mailfiles
