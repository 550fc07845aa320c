// SPDX-License-Identifier: Apache-2.0
#include "cli/manifest.h"

#include <cerrno>
#include <cstdio>

#include "cli/output.h"

namespace cli {

namespace {

const char* status_word(ItemRecord::Status status) {
  switch (status) {
    case ItemRecord::Status::kExcluded:
      return "excluded";
    case ItemRecord::Status::kIncomplete:
      return "incomplete";
    default:
      return "failed";
  }
}

// Or as one that was cut off: an empty file is nobody's loss.
bool begins_as_manifest(std::string_view head) {
  constexpr std::string_view kHead = "{\"schema\":\"mapiary.manifest/1\"";
  return head.substr(0, kHead.size()) == kHead.substr(0, head.size());
}

// Where a path leads; of a file that is not there yet, its folder and name. Empty where that folder is not there
// either.
std::string place_of(const std::string& path) {
  using system::PathKind;
  if (system::kind_if_visible(path) != PathKind::kNone) return system::identity(path);
  const std::string full = system::absolute(path), parent = system::parent_of(full);
  if (system::kind_if_visible(parent) == PathKind::kNone) return "";
  return system::identity(parent) + "/" + system::base_name(full);
}

// The manifest takes the place of no file but an earlier one of its kind: the others are somebody's mail.
void spare(const Arguments& arguments, const std::string& path) {
  using system::PathKind;
  const std::string full = system::absolute(path);
  for (const std::string& written : {full, full + ".partial"}) {
    const std::string place = place_of(written);
    const auto& operands = arguments.verb().operands;
    for (std::size_t i = 0; i < operands.size() && !place.empty(); ++i) {
      if (operands[i].kind == Kind::kText) continue;
      for (const std::string& word : arguments.operands(i)) {
        if (place_of(word) == place) throw UsageError("--manifest " + path + " would overwrite '" + word + "'");
      }
    }
    const PathKind kind = system::kind_if_visible(written);
    if (kind == PathKind::kNone) continue;
    const bool ours = kind == PathKind::kFile && begins_as_manifest(system::read_head(written, 64));
    if (!ours) throw UsageError("--manifest " + path + " would overwrite '" + written + "', which is no manifest");
  }
}

void totals_json(Json& json, const Totals& totals) {
  json.number("expected", totals.expected).number("written", totals.written).number("failed", totals.failed);
  json.number("excluded", totals.excluded).number("incomplete", totals.incomplete);
}

std::string totals_text(const Totals& totals) {
  Json json;
  json.object();
  totals_json(json, totals);
  return json.end().str();
}

}  // namespace

void try_manifest(const Arguments& arguments) {
  if (const auto path = arguments.value("manifest")) {
    const std::string full = system::absolute(*path);
    if (system::kind_of(full) == system::PathKind::kFolder) throw system::FileError(full, "write", EISDIR);
    spare(arguments, *path);
    const system::NewFile probe(full + ".partial", full);
  }
}

std::string record_json(const ItemRecord& record) {
  Json json;
  json.object().text("status", status_word(record.status)).text("folder", record.folder);
  if (!record.id.empty()) json.text("id", record.id);
  if (!record.file.empty()) json.text("file", record.file);
  if (record.offset != 0) json.number("offset", record.offset);
  if (record.count != 1) json.number("count", record.count);
  json.text("subject", record.subject).text("code", record.code).text("message", record.message);
  return json.end().str();
}

Manifest::Manifest(std::string operation, std::vector<std::pair<std::string, std::string>> details)
    : operation_(std::move(operation)), details_(std::move(details)), spool_(std::tmpfile(), &std::fclose) {
  if (!spool_) throw system::FileError("a temporary file", "make", errno);
  folder("/", "");
}

void Manifest::folder(const std::string& path, const std::string& place) {
  const auto [at, fresh] = places_.try_emplace(path, folders_.size());
  if (fresh) folders_.push_back({path, place, {}});
  current_ = at->second;
  if (!place.empty()) folders_[current_].place = place;
}

void Manifest::expect(std::uint64_t count) {
  totals_.expected += count;
  folders_[current_].totals.expected += count;
}

void Manifest::written() {
  ++totals_.written;
  ++folders_[current_].totals.written;
}

void Manifest::written_for_now() {
  constexpr std::size_t kMostAtOnce = 10'000;  // more than any store groups
  written();
  unsettled_.push_back(current_);
  if (unsettled_.size() > kMostAtOnce) unsettled_.pop_front();
}

void Manifest::lose(std::uint64_t count) {
  for (; count != 0 && !unsettled_.empty(); --count) {
    --totals_.written;
    --folders_[unsettled_.back()].totals.written;
    unsettled_.pop_back();
  }
}

void Manifest::stop(std::uint64_t expected, const std::string& code, const std::string& words) {
  if (expected > totals_.expected) {
    folder("/", "");
    expect(expected - totals_.expected);
  }
  for (std::size_t place = 0; place < folders_.size(); ++place) {
    const Totals& totals = folders_[place].totals;
    const std::uint64_t done = totals.written + totals.failed + totals.excluded;
    if (totals.expected <= done) continue;
    current_ = place;
    ItemRecord rest;
    rest.folder = folders_[place].path;
    rest.code = code;
    rest.message = words;
    rest.count = totals.expected - done;
    record(rest);
  }
}

void Manifest::fail_rest(ItemRecord rest) {
  folder(rest.folder, "");
  const Totals& totals = folders_[current_].totals;
  const std::uint64_t done = totals.written + totals.failed + totals.excluded;
  if (totals.expected <= done) expect(1);
  rest.count = totals.expected - done;
  record(rest);
}

void Manifest::record(const ItemRecord& record, const std::string& json) {
  Totals& here = folders_[current_].totals;
  switch (record.status) {
    case ItemRecord::Status::kExcluded:
      ++totals_.excluded;
      ++here.excluded;
      break;
    case ItemRecord::Status::kIncomplete:
      ++totals_.incomplete;
      ++here.incomplete;
      break;
    default:
      totals_.failed += record.count;
      here.failed += record.count;
      damaged_ |= record.code == "MAPI_E_CORRUPT_DATA" || record.code == "MAPI_E_CORRUPT_STORE";
  }
  const std::string line = json + "\n";
  if (std::fwrite(line.data(), 1, line.size(), spool_.get()) != line.size()) {
    throw system::FileError("a temporary file", "write", errno);
  }
}

// One record a line, so that line tools can read it too.
void Manifest::emit(const std::function<void(std::string_view)>& out) {
  Json head;
  head.object().text("schema", "mapiary.manifest/1").text("operation", operation_);
  for (const auto& [name, value] : details_) head.text(name, value);
  std::string text = head.str();
  text += ",\n\"totals\":" + totals_text(totals_) + ",\n\"reconciled\":" + (totals_.agree() ? "true" : "false") +
          ",\n\"problems\":[";
  for (std::size_t i = 0; i < problems_.size(); ++i) {
    Json json;
    text += (i == 0 ? "\n" : ",\n") + json.object().text("message", problems_[i]).end().str();
  }
  text += problems_.empty() ? "]" : "\n]";
  if (!hash_file_.empty()) {
    Json json;
    json.object().text("file", hash_file_).text("algorithm", name_of(hashes_.kind)).number("files", hashes_.files);
    text += ",\n\"hashes\":" + json.number("bytes", hashes_.bytes).text("hash", hashes_.hash).end().str();
  }
  text += ",\n\"folders\":[";
  out(text);
  bool first = true;
  for (const FolderTotals& folder : folders_) {
    if (folder.path == "/" && folder.totals.expected + folder.totals.written + folder.totals.failed == 0) continue;
    Json json;
    json.object().text("path", folder.path).text("place", folder.place);
    totals_json(json, folder.totals);
    out((first ? "\n" : ",\n") + json.end().str());
    first = false;
  }
  out("\n],\n\"items\":[");
  if (std::fseek(spool_.get(), 0, SEEK_SET) != 0) throw system::FileError("a temporary file", "read", errno);
  std::string line;
  first = true;
  for (int c = std::fgetc(spool_.get()); c != EOF; c = std::fgetc(spool_.get())) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
      continue;
    }
    out((first ? "\n" : ",\n") + line);
    first = false;
    line.clear();
  }
  out("\n]}\n");
}

void Manifest::write(const std::string& path) {
  system::NewFile file(path + ".partial", path);
  emit([&](std::string_view text) { file.write(text); });
  file.commit();
}

void Manifest::print() {
  emit([](std::string_view text) { cli::print(text); });
}

ExitCode Manifest::exit_code() const {
  if (!problems_.empty()) return ExitCode::kDamaged;
  if (totals_.failed == 0 && totals_.incomplete == 0 && totals_.agree()) return ExitCode::kDone;
  if (damaged_) return ExitCode::kDamaged;
  return totals_.written == 0 && totals_.expected != 0 ? ExitCode::kNothing : ExitCode::kPartial;
}

std::string Manifest::summary() const {
  std::string text = std::to_string(totals_.written) + " of " + std::to_string(totals_.expected) + " written";
  if (totals_.failed != 0) text += ", " + std::to_string(totals_.failed) + " failed";
  if (totals_.excluded != 0) text += ", " + std::to_string(totals_.excluded) + " excluded";
  if (totals_.incomplete != 0) text += ", " + std::to_string(totals_.incomplete) + " with something missing";
  if (!totals_.agree()) text += "; these numbers do not agree";
  return text;
}

}  // namespace cli
