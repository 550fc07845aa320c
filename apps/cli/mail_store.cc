// SPDX-License-Identifier: Apache-2.0
#include "cli/mail_store.h"

#include "cli/mail_files.h"
#include "cli/mail_problems.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/target.h"

namespace cli {

namespace client = mapiary::client;

namespace {

class Filler {
 public:
  explicit Filler(const client::Store& store) : inbox_(store.receive_folder()), target_(store) {}

  void fill(const MailFile& file) {
    if (!file.refusal.empty())
      return file.excluded ? complain(file.path + ": " + file.refusal) : fail(file.path, file.refusal);
    if (file.is_folder) {
      (void)target_.folder(file.folder);
      return;
    }
    client::Pointer<IMapiaryMailSource> source;
    client::check(MapiaryOpenMailSource(file.path.c_str(), file.kind, nullptr, nullptr, source.put()),
                  "MapiaryOpenMailSource");
    for (;;) {
      const MAPIARYMAILITEM* item = nullptr;
      const HRESULT hr = source->Next(&item);
      if (hr == S_FALSE) break;
      if (system::interrupted()) throw CannotOpen("stopped while '" + file.path + "' was read", ExitCode::kNothing);
      if (FAILED(hr)) {
        fail(file.path, "an item cannot be read: " + client::code_name(hr));
      } else if (item->ulItem == MAPIARY_ITEM_FOLDER) {
        (void)folder_for(file, *item);
      } else {
        add(file, *source.get(), *item);
      }
    }
  }
  void finish() { target_.flush(); }
  bool whole() const { return whole_; }

 private:
  client::Folder& folder_for(const MailFile& file, const MAPIARYMAILITEM& item) {
    std::string path = file.folder;
    if (item.lpszFolder && *item.lpszFolder) path += (path.empty() ? "" : "/") + std::string(item.lpszFolder);
    return path.empty() ? target_.folder_of("", inbox_) : target_.folder(path);
  }
  void add(const MailFile& file, IMapiaryMailSource& source, const MAPIARYMAILITEM& item) {
    try {
      MailProblems problems;
      client::Pointer<IStream> stream;
      client::check(source.OpenMessage(stream.put()), "IMapiaryMailSource::OpenMessage");
      client::Message message = folder_for(file, item).create_message();
      client::check(MapiaryMimeToMessage(stream.get(), message.message(), CCSF_SMTP | CCSF_INCLUDE_BCC, problems.sink(),
                                         problems.context()),
                    "MapiaryMimeToMessage");
      client::check(MapiaryApplyMailItem(message.message(), &item), "MapiaryApplyMailItem");
      message.save(false);
      if (const std::string losses = problems.losses(); !losses.empty()) fail(item.lpszFile, losses);
    } catch (const client::Error& error) {
      if (error.code() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK)) throw;
      fail(item.lpszFile, error.what());
    }
  }
  void fail(const std::string& where, const std::string& words) {
    complain(where + ": " + words);
    whole_ = false;
  }

  const std::string inbox_;
  Target target_;
  bool whole_ = true;
};

}  // namespace

std::string mail_format(const std::string& path) {
  ULONG kind = MAPIARY_MAIL_UNKNOWN;
  if (FAILED(MapiaryDetectMail(path.c_str(), &kind))) return "";
  switch (kind) {
    case MAPIARY_MAIL_EML:
      return "eml";
    case MAPIARY_MAIL_MBOX:
      return "mbox";
    case MAPIARY_MAIL_MAILDIR:
      return "maildir";
    case MAPIARY_MAIL_MBOX_TREE:
    case MAPIARY_MAIL_EML_TREE:
      return "folder";
    default:
      break;
  }
  try {
    if (system::kind_if_visible(path) == system::PathKind::kFolder && holds_mail(path)) return "folder";
  } catch (const system::FileError&) {
    return "";  // whoever opens it says why
  }
  return "";
}

bool fill_from_mail(const client::Store& store, const std::string& path) {
  Filler filler(store);
  for (const MailFile& file : mail_files(path, MAPIARY_MAIL_UNKNOWN)) filler.fill(file);
  filler.finish();
  return filler.whole();
}

}  // namespace cli
