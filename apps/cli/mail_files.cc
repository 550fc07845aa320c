// SPDX-License-Identifier: Apache-2.0
#include "cli/mail_files.h"

#include <algorithm>
#include <set>

#include "cli/folders.h"
#include "cli/system.h"
#include "mapiary/client/error.h"
#include "mapiary/client/text.h"

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
         kind == MAPIARY_MAIL_MBOX_FILE || kind == MAPIARY_MAIL_MBOX_TREE || kind == MAPIARY_MAIL_EML_TREE;
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

bool is_maildir(const std::string& path) {
  return detect(path) == MAPIARY_MAIL_MAILDIR;
}

// Whether all files are messages, and all can be read: then one source reads them.
bool is_uniform(const std::string& path, int depth) {
  if (depth > kDeepest || is_maildir(path)) return false;
  for (const std::string& name : system::list(path)) {
    const std::string full = path + "/" + name;
    if (is_furniture(path, name)) continue;
    const system::PathKind what = system::kind_of(full);
    if (what == system::PathKind::kFolder) {
      if (system::is_link(full) || ends_with(name, ".sbd") || !is_uniform(full, depth + 1)) return false;
    } else if (what != system::PathKind::kFile || detect(full) != MAPIARY_MAIL_EML) {
      return false;
    }
  }
  return true;
}

bool is_whole_tree(const std::string& path) {
  try {
    return is_uniform(path, 0);
  } catch (const system::FileError&) {
    return false;  // gone through file by file, the one that it was is named
  }
}

// What servers keep in a Maildir beside its mail.
bool is_of_server(const std::string& name) {
  static constexpr std::string_view kBeginnings[] = {"dovecot", "maildirfolder", "maildirsize", "courierimap",
                                                     "subscriptions"};
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [&](std::string_view b) { return name.compare(0, b.size(), b) == 0; });
}

// An empty file is an empty mailbox, unless it is called like something else.
bool is_empty_box(const std::string& path) {
  using system::PathKind;
  if (system::file_size(path) != 0) return false;
  if (system::kind_if_visible(path + ".msf") != PathKind::kNone ||
      system::kind_if_visible(path + ".sbd") == PathKind::kFolder)
    return true;
  static constexpr std::string_view kOthers[] = {".dat", ".html", ".json", ".js",  ".txt",   ".log",
                                                 ".db",  ".lock", ".tmp",  ".eml", ".sqlite"};
  return std::none_of(std::begin(kOthers), std::end(kOthers), [&](std::string_view e) { return ends_with(path, e); });
}

class Expansion {
 public:
  /// `boxes`: the folder is one of mailboxes.
  explicit Expansion(bool boxes) : boxes_(boxes) {}
  std::vector<MailFile> found;

  // FileError: the folder cannot be read.
  void folder(const std::string& path, const std::string& inside, int depth) {
    entered_.insert(system::identity(path));
    const bool maildir = is_maildir(path);
    if (maildir) {
      MailFile file = of(path, inside);
      file.kind = MAPIARY_MAIL_MAILDIR;
      found.push_back(std::move(file));
    }
    for (const std::string& name : system::list(path)) {
      const bool part = maildir && (name == "cur" || name == "new" || name == "tmp");
      const bool below = maildir && name.front() == '.' && is_folder(path + "/" + name);
      if (part) {
        part_of_maildir(path + "/" + name, inside, name, depth);
      } else if (below) {
        folder_of_maildir(path + "/" + name, inside, name, depth);
      } else if (!is_furniture(path, name)) {
        one(path, name, inside, maildir, depth);
      }
    }
  }

 private:
  static MailFile of(const std::string& path, const std::string& inside) {
    MailFile file;
    file.path = path;
    file.folder = inside;
    return file;
  }
  static bool is_folder(const std::string& path) { return system::kind_if_visible(path) == system::PathKind::kFolder; }
  // The mail folder of a file or folder; in their names %XX is a character that a file's name cannot have.
  static std::string below(const std::string& inside, const std::string& name) {
    std::string plain, byte;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const bool coded = name[i] == '%' && i + 2 < name.size() && client::from_hex(name.substr(i + 1, 2), byte);
      plain += coded ? byte : std::string(1, name[i]);
      if (coded) i += 2;
    }
    const std::string escaped = name == "%" ? name : escape_name(client::valid_utf8(plain));
    return (inside.empty() ? "" : inside + "/") + escaped;
  }

  void one(const std::string& path, const std::string& name, const std::string& inside, bool maildir, int depth) {
    MailFile file = of(path + "/" + name, inside);
    try {
      if (!entry(file, name, depth)) return;
      if (maildir && file.excluded && is_of_server(name)) return;
    } catch (const system::FileError& error) {
      file.code = error.exit_code() == ExitCode::kAccess ? MAPI_E_NO_ACCESS : MAPI_E_DISK_ERROR;
      file.refusal = error.what();
    }
    found.push_back(std::move(file));
  }
  // cur, new and tmp hold files; the Maildir's reader takes those of cur and new.
  void part_of_maildir(const std::string& path, const std::string& inside, const std::string& part, int depth) {
    for (const std::string& name : system::list(path)) {
      if (is_folder(path + "/" + name)) {
        one(path, name, inside, false, depth);
      } else if (part == "tmp" && name.front() != '.') {
        MailFile file = of(path + "/" + name, inside);
        file.excluded = true;
        file.refusal = "it was never delivered: what lies in tmp of a Maildir is still being written";
        found.push_back(std::move(file));
      }
    }
  }
  // ".name.name", which the Maildir's reader takes, but for folders in it.
  void folder_of_maildir(const std::string& path, const std::string& inside, const std::string& name, int depth) {
    if (!is_maildir(path)) return;
    const std::string place = below(inside, name.substr(1));
    for (const char* part : {"cur", "new", "tmp"}) {
      if (is_folder(path + "/" + part)) part_of_maildir(path + "/" + part, place, part, depth);
    }
  }

  // False: there is nothing to say of it.
  bool entry(MailFile& file, const std::string& name, int depth) {
    const system::PathKind what = system::kind_of(file.path);
    if (what == system::PathKind::kNone) {
      file.code = MAPI_E_NOT_FOUND;
      file.refusal = "it leads nowhere";
      return true;
    }
    if (what == system::PathKind::kFolder) return !subfolder(file, name, depth);
    file.kind = detect(file);
    if (!file.refusal.empty()) return true;
    if (file.kind == MAPIARY_MAIL_MBOX) {
      file.kind = MAPIARY_MAIL_MBOX_FILE;
      file.is_folder = boxes_ && is_empty_box(file.path);
      const bool is_box = file.is_folder || (system::file_size(file.path) != 0 && !ends_with(name, ".eml"));
      if (is_box) file.folder = below(file.folder, name);
    }
    if (is_mail(file.kind)) return true;
    const ULONG meant = what == system::PathKind::kFile ? kind_by_name(name) : MAPIARY_MAIL_UNKNOWN;
    if (file.kind == MAPIARY_MAIL_UNKNOWN && meant != MAPIARY_MAIL_UNKNOWN) {
      file.kind = meant == MAPIARY_MAIL_MBOX ? MAPIARY_MAIL_MBOX_FILE : meant;
      return true;
    }
    file.refusal = refusal_of(file.kind);
    file.excluded = file.kind == MAPIARY_MAIL_UNKNOWN;
    return true;
  }
  // True: it was gone through.
  bool subfolder(MailFile& file, const std::string& name, int depth) {
    if (entered_.count(system::identity(file.path)) != 0) {
      file.refusal = "this leads to a folder that was gone through already";
      file.excluded = true;
      return false;
    }
    if (depth >= kDeepest) {
      file.refusal = "folders lie over 100 deep in one another";
      return false;
    }
    // Thunderbird's: the folders in the mailbox `name` without its end.
    const bool of_box = ends_with(name, ".sbd");
    const std::size_t at = found.size();
    const std::string inside = below(file.folder, of_box ? name.substr(0, name.size() - 4) : name);
    const bool is_empty = system::list(file.path).empty();
    folder(file.path, inside, depth + 1);
    const bool only_others = std::all_of(found.begin() + static_cast<std::ptrdiff_t>(at), found.end(),
                                         [](const MailFile& one) { return one.excluded; });
    if (only_others && !is_empty && !of_box && !is_maildir(file.path)) return true;
    MailFile itself = of(file.path, inside);
    itself.is_folder = true;
    found.insert(found.begin() + static_cast<std::ptrdiff_t>(at), std::move(itself));
    return true;
  }

  const bool boxes_;
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
  const bool tree = file.kind == MAPIARY_MAIL_MBOX_TREE || file.kind == MAPIARY_MAIL_EML_TREE ||
                    file.kind == MAPIARY_MAIL_MAILDIR || file.kind == MAPIARY_MAIL_UNKNOWN;
  if (kind == MAPIARY_MAIL_MAILDIR && detect(path) != kind) {
    file.refusal = "this is no Maildir, which is a folder with cur, new and tmp in it";
  } else if (what == system::PathKind::kFolder && tree) {
    if (file.kind == MAPIARY_MAIL_EML_TREE && is_whole_tree(path)) return {file};
    Expansion expansion(file.kind == MAPIARY_MAIL_MBOX_TREE);
    expansion.folder(path, "", 0);
    return std::move(expansion.found);
  } else if (!is_mail(file.kind)) {
    file.refusal = refusal_of(file.kind);
  }
  Expansion expansion(true);
  if (file.kind == MAPIARY_MAIL_MBOX) {
    file.kind = MAPIARY_MAIL_MBOX_FILE;
    if (system::kind_if_visible(path + ".sbd") == system::PathKind::kFolder) expansion.folder(path + ".sbd", "", 1);
  }
  expansion.found.insert(expansion.found.begin(), file);
  return std::move(expansion.found);
}

bool holds_mail(const std::string& path) {
  Expansion expansion(false);
  expansion.folder(path, "", 0);
  return std::any_of(expansion.found.begin(), expansion.found.end(),
                     [](const MailFile& file) { return file.kind == MAPIARY_MAIL_MAILDIR; });
}

std::string refusal_of_mail(const std::string& path) {
  const ULONG kind = detect(path);
  if (kind == MAPIARY_MAIL_PST || kind == MAPIARY_MAIL_SQLITE) return {};
  const std::string words = refusal_of(kind);
  return words == kNoMail ? std::string() : words;
}

}  // namespace cli
