// SPDX-License-Identifier: Apache-2.0
#include "cli/mail_files.h"

#include <algorithm>
#include <set>

#include "cli/folders.h"
#include "cli/system.h"
#include "mapiary/client/error.h"

namespace cli {

namespace client = mapiary::client;

namespace {

constexpr int kDeepest = 100;
constexpr const char* kNoMail = "this is neither a message nor an mbox nor a Maildir";

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() > end.size() && std::string_view(text).substr(text.size() - end.size()) == end;
}

ULONG detect(const std::string& path) {
  ULONG kind = MAPIARY_MAIL_UNKNOWN;
  if (FAILED(MapiaryDetectMail(path.c_str(), &kind))) return MAPIARY_MAIL_UNKNOWN;
  return kind;
}

// Of a file in a folder: what cannot be read is not taken for no mail.
ULONG detect(MailFile& file) {
  ULONG kind = MAPIARY_MAIL_UNKNOWN;
  if (const HRESULT hr = MapiaryDetectMail(file.path.c_str(), &kind); FAILED(hr)) {
    file.code = hr;
    file.refusal = "it cannot be read: " + client::code_name(hr);
  }
  return kind;
}

bool is_mail(ULONG kind) {
  return kind == MAPIARY_MAIL_EML || kind == MAPIARY_MAIL_MBOX || kind == MAPIARY_MAIL_MAILDIR ||
         kind == MAPIARY_MAIL_MBOX_TREE || kind == MAPIARY_MAIL_EML_TREE;
}

std::string refusal_of(ULONG kind) {
  switch (kind) {
    case MAPIARY_MAIL_PST:
    case MAPIARY_MAIL_SQLITE:
      return "this is a store: use mapiary copy";
    case MAPIARY_MAIL_MSG:
      return "this is an Outlook message (.msg), which cannot be read yet: turn it into .eml first, for instance with "
             "msgconvert";
    case MAPIARY_MAIL_TNEF:
      return "this is a TNEF file (winmail.dat), which cannot be read yet: unpack it first, for instance with ytnef";
    default:
      return kNoMail;
  }
}

// A name says what was meant where the content does not.
ULONG kind_by_name(const std::string& name) {
  if (ends_with(name, ".eml")) return MAPIARY_MAIL_EML;
  return ends_with(name, ".mbox") || ends_with(name, ".mbx") ? MAPIARY_MAIL_MBOX : MAPIARY_MAIL_UNKNOWN;
}

// What mail programs keep beside their mail, and what an export of ours does.
bool is_furniture(const std::string& path, const std::string& name) {
  if (name.front() == '.' || ends_with(name, ".msf")) return true;
  const bool ours = name == "manifest.json" || name == "manifest-items.tsv" || name == "manifest-sha256.txt" ||
                    name == "manifest-xxh128.txt";
  return ours && detect(path + "/" + name) == MAPIARY_MAIL_UNKNOWN;  // a mail folder may be called so elsewhere
}

// Whether every file is what the reader of such trees takes, and all can be read.
bool is_uniform(const std::string& path, ULONG kind, int depth) {
  if (depth > kDeepest) return false;
  for (const std::string& name : system::list(path)) {
    const std::string full = path + "/" + name;
    if (is_furniture(path, name)) continue;
    const system::PathKind what = system::kind_of(full);
    if (what == system::PathKind::kFolder) {
      if (system::is_link(full) || !is_uniform(full, kind, depth + 1)) return false;
    } else if (what != system::PathKind::kFile || detect(full) != kind) {
      return false;
    }
  }
  return true;
}

bool is_whole_tree(const std::string& path, ULONG kind) {
  try {
    return is_uniform(path, kind, 0);
  } catch (const system::FileError&) {
    return false;  // gone through file by file, the one that it was is named
  }
}

class Expansion {
 public:
  std::vector<MailFile> found;

  // FileError: the folder cannot be read.
  void folder(const std::string& path, const std::string& inside, int depth) {
    entered_.insert(system::identity(path));
    for (const std::string& name : system::list(path)) {
      if (is_furniture(path, name)) continue;
      MailFile file;
      file.path = path + "/" + name;
      file.folder = inside;
      try {
        if (!entry(file, name, depth)) continue;
      } catch (const system::FileError& error) {
        file.code = error.exit_code() == ExitCode::kAccess ? MAPI_E_NO_ACCESS : MAPI_E_DISK_ERROR;
        file.refusal = error.what();
      }
      found.push_back(std::move(file));
    }
  }

  // What the reader of an mbox leaves out of the subfolders beside it.
  void foreign(const std::string& path, int depth) {
    for (const std::string& name : system::list(path)) {
      if (is_furniture(path, name)) continue;
      MailFile file;
      file.path = path + "/" + name;
      if (system::kind_if_visible(file.path) == system::PathKind::kFolder && ends_with(name, ".sbd")) {
        if (depth < kDeepest) foreign(file.path, depth + 1);
        continue;
      }
      if (detect(file) == MAPIARY_MAIL_MBOX) continue;
      if (file.refusal.empty()) file.refusal = "this is no mbox, which it would have to be beside another one";
      found.push_back(std::move(file));
    }
  }

 private:
  // False: there is nothing to say of it.
  bool entry(MailFile& file, const std::string& name, int depth) {
    const system::PathKind what = system::kind_of(file.path);
    if (what == system::PathKind::kNone) {
      file.code = MAPI_E_NOT_FOUND;
      file.refusal = "it leads nowhere";
      return true;
    }
    file.kind = detect(file);
    if (!file.refusal.empty()) return true;
    if (what == system::PathKind::kFolder && file.kind != MAPIARY_MAIL_MAILDIR) return !subfolder(file, name, depth);
    if (is_mail(file.kind)) return true;
    const ULONG meant = what == system::PathKind::kFile ? kind_by_name(name) : MAPIARY_MAIL_UNKNOWN;
    if (file.kind == MAPIARY_MAIL_UNKNOWN && meant != MAPIARY_MAIL_UNKNOWN) {
      file.kind = meant;
      return true;
    }
    file.refusal = refusal_of(file.kind);
    file.excluded = file.kind == MAPIARY_MAIL_UNKNOWN;
    return true;
  }
  // True: it was gone through.
  bool subfolder(MailFile& file, const std::string& name, int depth) {
    // Thunderbird's subfolders come with their mbox.
    if (ends_with(name, ".sbd") &&
        system::kind_of(file.path.substr(0, file.path.size() - 4)) == system::PathKind::kFile) {
      foreign(file.path, 0);
      return true;
    }
    if (entered_.count(system::identity(file.path)) != 0) {
      file.refusal = "this leads to a folder that was gone through already";
      file.excluded = true;
      return false;
    }
    if (depth >= kDeepest) {
      file.refusal = "folders lie over 100 deep in one another";
      return false;
    }
    folder(file.path, (file.folder.empty() ? "" : file.folder + "/") + escape_name(name), depth + 1);
    return true;
  }

  std::set<std::string> entered_;  // by identity: links may lead back
};

}  // namespace

std::vector<MailFile> mail_files(const std::string& path, ULONG kind) {
  MailFile file;
  file.path = path;
  file.kind = kind;
  const system::PathKind what = system::kind_of(path);
  if (what == system::PathKind::kNone) {
    file.refusal = "there is no such file";
    return {file};
  }
  if (kind == MAPIARY_MAIL_UNKNOWN) {
    system::read_access(path);
    file.kind = detect(path);
  }
  if (file.kind == MAPIARY_MAIL_UNKNOWN && what == system::PathKind::kFile)
    file.kind = kind_by_name(system::base_name(path));
  const bool tree =
      file.kind == MAPIARY_MAIL_MBOX_TREE || file.kind == MAPIARY_MAIL_EML_TREE || file.kind == MAPIARY_MAIL_UNKNOWN;
  if (what == system::PathKind::kFolder && tree) {
    const ULONG each = file.kind == MAPIARY_MAIL_MBOX_TREE ? MAPIARY_MAIL_MBOX : MAPIARY_MAIL_EML;
    if (file.kind != MAPIARY_MAIL_UNKNOWN && is_whole_tree(path, each)) return {file};
    Expansion expansion;
    expansion.folder(path, "", 0);
    return std::move(expansion.found);
  }
  if (kind == MAPIARY_MAIL_MAILDIR && detect(path) != kind) {
    file.refusal = "this is no Maildir, which is a folder with cur, new and tmp in it";
  } else if (!is_mail(file.kind)) {
    file.refusal = refusal_of(file.kind);
  }
  Expansion expansion;
  if (file.kind == MAPIARY_MAIL_MBOX && system::kind_if_visible(path + ".sbd") == system::PathKind::kFolder)
    expansion.foreign(path + ".sbd", 0);
  expansion.found.insert(expansion.found.begin(), file);
  return std::move(expansion.found);
}

std::string refusal_of_mail(const std::string& path) {
  const ULONG kind = detect(path);
  if (kind == MAPIARY_MAIL_PST || kind == MAPIARY_MAIL_SQLITE) return {};
  const std::string words = refusal_of(kind);
  return words == kNoMail ? std::string() : words;
}

}  // namespace cli
