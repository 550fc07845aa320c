// SPDX-License-Identifier: Apache-2.0
#include "cli/mail_files.h"

#include <algorithm>

#include "cli/folders.h"
#include "cli/system.h"

namespace cli {

namespace {

constexpr int kDeepest = 100;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() > end.size() && std::string_view(text).substr(text.size() - end.size()) == end;
}

ULONG detect(const std::string& path) {
  ULONG kind = MAPIARY_MAIL_UNKNOWN;
  if (FAILED(MapiaryDetectMail(path.c_str(), &kind))) return MAPIARY_MAIL_UNKNOWN;
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
      return "this is an Outlook message (.msg), which cannot be imported yet";
    case MAPIARY_MAIL_TNEF:
      return "this is a TNEF file, which cannot be imported yet";
    default:
      return "this is neither a message nor an mbox nor a Maildir";
  }
}

// A name says what was meant where the content does not.
ULONG kind_by_name(const std::string& name) {
  if (ends_with(name, ".eml")) return MAPIARY_MAIL_EML;
  return ends_with(name, ".mbox") || ends_with(name, ".mbx") ? MAPIARY_MAIL_MBOX : MAPIARY_MAIL_UNKNOWN;
}

// What mail programs keep beside their mail, and what an export of ours does.
bool is_furniture(const std::string& name) {
  return name.front() == '.' || ends_with(name, ".msf") || name == "manifest.json" || name == "manifest-items.tsv";
}

// Whether every file is what the reader of such trees takes.
bool is_uniform(const std::string& path, ULONG kind, int depth) {
  if (depth > kDeepest) return false;
  for (const std::string& name : system::list(path)) {
    const std::string full = path + "/" + name;
    if (is_furniture(name)) continue;
    const system::PathKind what = system::kind_of(full);
    if (what == system::PathKind::kFolder) {
      if (!is_uniform(full, kind, depth + 1)) return false;
    } else if (what != system::PathKind::kFile || (system::file_size(full) != 0 && detect(full) != kind)) {
      return false;
    }
  }
  return true;
}

void expand(const std::string& path, const std::string& folder, int depth, std::vector<MailFile>& found) {
  for (const std::string& name : system::list(path)) {
    MailFile file;
    file.path = path + "/" + name;
    file.folder = folder;
    if (is_furniture(name)) continue;
    file.kind = detect(file.path);
    if (system::kind_of(file.path) == system::PathKind::kFolder && file.kind != MAPIARY_MAIL_MAILDIR) {
      // Thunderbird's subfolders come with their mbox.
      if (ends_with(name, ".sbd") &&
          system::kind_of(file.path.substr(0, file.path.size() - 4)) == system::PathKind::kFile)
        continue;
      if (depth < kDeepest) {
        expand(file.path, (folder.empty() ? "" : folder + "/") + escape_name(name), depth + 1, found);
        continue;
      }
      file.refusal = "folders lie over 100 deep in one another";
    } else if (!is_mail(file.kind)) {
      const ULONG meant = kind_by_name(name);
      if (file.kind == MAPIARY_MAIL_UNKNOWN && meant != MAPIARY_MAIL_UNKNOWN) {
        file.kind = meant;
      } else {
        file.refusal = refusal_of(file.kind);
        file.excluded = file.kind == MAPIARY_MAIL_UNKNOWN;
      }
    }
    found.push_back(std::move(file));
  }
}

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
    if (file.kind != MAPIARY_MAIL_UNKNOWN && is_uniform(path, each, 0)) return {file};
    std::vector<MailFile> found;
    expand(path, "", 0, found);
    return found;
  }
  if (!is_mail(file.kind)) file.refusal = refusal_of(file.kind);
  return {file};
}

}  // namespace cli
