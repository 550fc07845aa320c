// SPDX-License-Identifier: Apache-2.0
// PST and OST files through public MAPI: a full walk against libpff's (pff_walk.c), export to .eml against readpst and
// pffexport, and what a file of 4 GB with 500,000 messages in one folder takes. Without arguments all of it; `walk`,
// `walk FILE...`, `export` or `large FILE` runs one part.
//
// Files: mail that tests/pst/make_fixtures.py makes, and the samples in $MAPIARY_SAMPLES if it is set. The large file
// is $MAPIARY_BENCH_LARGE; if that is a folder, it is made there and removed again (a minute, 4.7 GB). What is not
// there is said and left out.
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>

#include "bench/pst_client.h"
#include "bench/ratio.h"
#include "engines/pst/testing/large_pst.h"

namespace {

using namespace bench;
namespace fs = std::filesystem;

constexpr int kRounds = 15;
constexpr int kMails = 1000, kLargeMails = 500'000, kSmallMails = 500;

void skip(const std::string& what, const std::string& why) {
  std::printf("SKIP %s: %s\n", what.c_str(), why.c_str());
}

double status_field(const char* name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name, 0) == 0) return std::atof(line.c_str() + std::strlen(name)) / 1024;
  }
  return 0;
}

// ---- Programs

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null").c_str()) == 0;
}

double children_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& at) {
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Its standard output; processor time of it and its children is in children_cpu().
std::string run(const std::vector<std::string>& arguments, int* code = nullptr) {
  int ends[2];
  if (::pipe(ends) != 0) std::exit(2);
  std::vector<char*> argv;
  for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    if (!std::freopen("/dev/null", "w", stderr)) ::_exit(127);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string out;
  char piece[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], piece, sizeof piece)) > 0;) {
    out.append(piece, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (code) *code = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  return out;
}

// ---- Files

struct FileSet {
  std::string name;
  std::vector<std::string> files;
};

class Place {
 public:
  Place() {
    const fs::path base = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    path_ = base / ("pst-bench-files-" + std::to_string(::getpid()));
    fs::create_directories(path_);
  }
  ~Place() { fs::remove_all(path_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string of(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

void make_file(const char* kind, const std::string& path, int messages) {
  int code = 0;
  run({"python3", "-B", FIXTURES, kind, path, std::to_string(messages)}, &code);
  if (code == 0) return;
  std::printf("make_fixtures.py failed\n");
  std::exit(2);
}

std::vector<FileSet> file_sets(const Place& place) {
  std::vector<FileSet> sets{{"mail", {place.of("mail.pst")}}};
  make_file("--mail", sets[0].files[0], kMails);
  const char* samples = std::getenv("MAPIARY_SAMPLES");
  if (!samples) {
    skip("the samples", "MAPIARY_SAMPLES is not set");
    return sets;
  }
  FileSet real{"samples", {}};
  for (const char* folder : {"pst", "ost"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(samples) / folder)) {
      std::string file = entry.path();
      if (file.ends_with(".gz")) {
        const std::string plain = place.of(entry.path().stem());
        if (std::system(("gzip -dc '" + file + "' > '" + plain + "'").c_str()) != 0) continue;
        file = plain;
      }
      // What no header leads into is another matter: docs/damage-matrix.md.
      if (file.find("AddingBulkMessages") == std::string::npos) real.files.push_back(file);
    }
  }
  std::sort(real.files.begin(), real.files.end());
  sets.push_back(std::move(real));
  return sets;
}

// ---- Walk

Walked walk_all(PstClient& client) {
  Walked all;
  for (std::size_t i = 0; i < client.count(); ++i) {
    const Ptr<IMsgStore> store = client.open(i);
    const Walked one = PstWalk(store.get()).run();
    all.messages += one.messages;
    all.values += one.values;
    all.bytes += one.bytes;
  }
  return all;
}

void measure_walk(Report& report, const FileSet& set) {
  double ours = 1e9;
  Walked walked;
  {
    PstClient client(set.files);
    for (int round = 0; round < kRounds; ++round) ours = std::min(ours, once([&] { walked = walk_all(client); }));
  }
  const double rate = static_cast<double>(walked.messages) / ours;
  report.note("full walk of " + set.name + ", messages", static_cast<double>(walked.messages), "");
  report.note("full walk of " + set.name + ", messages a CPU second", rate, "1/s");
#ifdef PFF_WALK
  std::vector<std::string> arguments{PFF_WALK, std::to_string(kRounds)};
  arguments.insert(arguments.end(), set.files.begin(), set.files.end());
  double theirs = 0;
  unsigned long long messages = 0, values = 0, bytes = 0;
  const std::string out = run(arguments);
  if (std::sscanf(out.c_str(), "%lf %llu %llu %llu", &theirs, &messages, &values, &bytes) != 4 || theirs <= 0) {
    return skip("full walk of " + set.name, "pff_walk failed");
  }
  report.note("... libpff", static_cast<double>(messages) / theirs, "1/s");
  report.at_least("full walk of " + set.name + ": ours / libpff, messages a CPU second", 4,
                  rate / (static_cast<double>(messages) / theirs), "x");
#else
  skip("full walk of " + set.name + " against libpff", "libpff-dev was not there when this was built");
#endif
}

// ---- Export

struct Exported {
  double cpu = 0;
  double items = 0;
};

// Messages among the files and folders that a program has written.
double items_below(const fs::path& folder, bool of_pffexport) {
  double items = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!of_pffexport) {
      const std::string end = entry.path().extension();
      items += entry.is_regular_file() && (end == ".eml" || end == ".ics" || end == ".vcf") ? 1 : 0;
    } else if (entry.is_directory()) {  // Message00001, Contact00002 ...; those in Attachments are parts of others
      const std::string name = entry.path().filename();
      const bool numbered = name.size() > 5 && std::all_of(name.end() - 5, name.end(), ::isdigit);
      items += numbered && entry.path().string().find("/Attachments") == std::string::npos ? 1 : 0;
    }
  }
  return items;
}

template <class Command>
Exported export_all(const Place& place, const FileSet& set, bool of_pffexport, Command&& command) {
  Exported best;
  for (int round = 0; round < 3; ++round) {
    Exported all;
    for (const std::string& file : set.files) {
      const std::string out = place.of("out");
      if (!of_pffexport) fs::create_directories(out);
      const double before = children_cpu();
      run(command(file, out));
      all.cpu += children_cpu() - before;
      const std::string made = of_pffexport ? out + ".export" : out;
      if (fs::exists(made)) all.items += items_below(made, of_pffexport);
      for (const char* end : {"", ".export", ".recovered", ".orphans"}) fs::remove_all(out + end);
    }
    if (round == 0 || all.cpu < best.cpu) best = all;
  }
  return best;
}

void measure_export(Report& report, const Place& place, const FileSet& set) {
  ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
  const Exported ours = export_all(place, set, false, [](const std::string& file, const std::string& out) {
    return std::vector<std::string>{MAPIARY_PROGRAM, "export", "--quiet", "--format=eml", file, out};
  });
  const double rate = ours.items / ours.cpu;
  report.note("export of " + set.name + ", items", ours.items, "");
  report.note("export of " + set.name + ", items a CPU second", rate, "1/s");
  const auto compare = [&](const char* program, bool of_pffexport, auto&& command) {
    if (!has_program(program)) return skip("export of " + set.name, std::string(program) + " is not installed");
    const Exported theirs = export_all(place, set, of_pffexport, command);
    report.note(std::string("... ") + program + ", items", theirs.items, "");
    report.note(std::string("... ") + program, theirs.items / theirs.cpu, "1/s");
    report.at_least("export of " + set.name + ": ours / " + program + ", items a CPU second", 2,
                    rate / (theirs.items / theirs.cpu), "x");
  };
  compare("readpst", false, [](const std::string& file, const std::string& out) {
    return std::vector<std::string>{"readpst", "-q", "-e", "-D", "-j", "0", "-o", out, file};
  });
  compare("pffexport", true, [](const std::string& file, const std::string& out) {
    return std::vector<std::string>{"pffexport", "-q", "-m", "items", "-f", "all", "-t", out, file};
  });
}

// ---- A large file, in a process of its own: `walk-one FILE`

// The entry id of the last folder that has messages.
std::string last_folder(IMsgStore* store) {
  ULONG type = 0;
  std::string last;
  Ptr<IMAPIFolder> root;
  need(store->OpenEntry(0, nullptr, nullptr, 0, &type, reinterpret_cast<LPUNKNOWN*>(root.put())), "the root");
  Ptr<IMAPITable> folders;
  need(root->GetHierarchyTable(CONVENIENT_DEPTH | MAPI_UNICODE, folders.put()), "GetHierarchyTable");
  SizedSPropTagArray(2, kFolders) = {2, {PR_ENTRYID, PR_CONTENT_COUNT}};
  LPSRowSet rows = nullptr;
  need(HrQueryAllRows(folders.get(), tag_list(&kFolders), nullptr, nullptr, 0, &rows), "folders");
  for (ULONG i = 0; i < rows->cRows; ++i) {
    const SPropValue* values = rows->aRow[i].lpProps;
    const SBinary& id = values[0].Value.bin;
    if (values[1].Value.l != 0) last.assign(reinterpret_cast<const char*>(id.lpb), id.cb);
  }
  FreeProws(rows);
  return last;
}

void walk_one(const std::string& file) {
  PstClient client({file});
  const double logged_on = status_field("VmRSS:");
  double open_time = 1e9;
  for (int i = 0; i < 5; ++i) {
    open_time = std::min(open_time, once([&] { client.open(0); }));
  }
  std::string id;
  const double list_time = once([&] { id = last_folder(client.open(0).get()); });
  SizedSPropTagArray(6, kColumns) = {
      6, {PR_ENTRYID, PR_SUBJECT_W, PR_SENDER_NAME_W, PR_MESSAGE_DELIVERY_TIME, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE}};
  // The store was closed: nothing is known of the folder any more.
  const Ptr<IMsgStore> store = client.open(0);
  const auto start = std::chrono::steady_clock::now();
  const double page_time = once([&] {
    ULONG type = 0;
    Ptr<IMAPIFolder> folder;
    Ptr<IMAPITable> table;
    LPSRowSet rows = nullptr;
    need(store->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, 0, &type,
                          reinterpret_cast<LPUNKNOWN*>(folder.put())),
         "the folder");
    need(folder->GetContentsTable(MAPI_UNICODE, table.put()), "GetContentsTable");
    need(table->SetColumns(tag_list(&kColumns), TBL_BATCH), "SetColumns");
    need(table->QueryRows(50, 0, &rows), "QueryRows");
    if (rows->cRows != 50) std::exit(2);
    FreeProws(rows);
  });
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double before = status_field("RssAnon:");
  Walked walked;
  const double walk_time = once([&] { walked = PstWalk(store.get()).run(); });
  std::printf("%.9f %.9f %.9f %.9f %llu %.6f %.3f %.3f %.3f %.3f\n", open_time, page_time, list_time, wall,
              static_cast<unsigned long long>(walked.messages), walk_time, logged_on, status_field("VmHWM:"), before,
              status_field("RssAnon:"));
}

struct Large {
  double open = 0, page = 0, list = 0, page_wall = 0, messages = 0, walk = 0;
  double logged_on = 0, peak = 0, own_before = 0, own_after = 0;  // MB
};

Large measure_file(const std::string& program, const std::string& file) {
  Large one;
  const std::string out = run({program, "walk-one", file});
  if (std::sscanf(out.c_str(), "%lf %lf %lf %lf %lf %lf %lf %lf %lf %lf", &one.open, &one.page, &one.list,
                  &one.page_wall, &one.messages, &one.walk, &one.logged_on, &one.peak, &one.own_before,
                  &one.own_after) == 10) {
    return one;
  }
  std::printf("the walk of %s failed: %s\n", file.c_str(), out.c_str());
  std::exit(2);
}

// The most memory that a run of a program had, in MB; in a process of its own, `peak-of PROGRAM ARGUMENT...`: what the
// parent of a program has counts as the program's.
double peak_of(const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char*> argv;
    for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
    argv.push_back(nullptr);
    if (!std::freopen("/dev/null", "w", stdout) || !std::freopen("/dev/null", "w", stderr)) ::_exit(127);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) std::exit(2);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// What a program takes for a large file beside what it takes for a small one.
void measure_programs(Report& report, const std::string& program, const std::string& small, const std::string& large) {
  ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
  // Beside the large file: what is written is as large.
  const std::string out = large + ".out";
  for (const char* command : {"info", "export"}) {
    const auto peak = [&](const std::string& file) {
      std::vector<std::string> arguments{program, "peak-of", MAPIARY_PROGRAM, command, "--quiet"};
      if (std::string_view(command) == "export") arguments.push_back("--format=mbox");
      arguments.push_back(file);
      if (std::string_view(command) == "export") arguments.push_back(out);
      int code = 0;
      const double most = std::atof(run(arguments, &code).c_str());
      fs::remove_all(out);
      if (code == 0 && most > 0) return most;
      std::printf("mapiary %s failed\n", command);
      std::exit(2);
    };
    const double base = peak(small);
    const std::string name = std::string("large file: memory of `mapiary ") + command + "`";
    report.note("small file: memory of `mapiary " + std::string(command) + "` at most", base, "MB");
    report.at_most(name + " beyond that of the small file", 16, peak(large) - base, 1, "MB");
  }
}

void measure_large(Report& report, const std::string& program, std::string file) {
  using mapiary::engines::pst::testing::LargePstWriter;
  const bool made = fs::is_directory(file);
  if (made) {
    file = fs::path(file) / ("pst-bench-large-" + std::to_string(::getpid()) + ".pst");
    LargePstWriter(file, {kLargeMails});
  }
  Place place;
  const std::string small_file = place.of("small.pst");
  LargePstWriter(small_file, {kSmallMails});
  const Large small = measure_file(program, small_file), large = measure_file(program, file);
  report.note("large file: size", static_cast<double>(fs::file_size(file)) / 1048576, "MiB");
  report.note("large file: messages", large.messages, "");
  report.at_most("large file: opening it / opening one of 4 MB", 1.5, {large.open, small.open});
  report.at_most_us("large file: first 50 rows of the folder's contents table", 50'000, large.page);
  report.note("... by the wall clock", large.page_wall * 1e3, "ms");
  report.note("large file: all folders with their counts and sizes, of a store just opened", large.list * 1e3, "ms");
  report.note("large file: full walk, messages a CPU second", large.messages / large.walk, "1/s");
  report.note("small file: full walk, messages a CPU second", small.messages / small.walk, "1/s");
  report.note("large file: memory of the process after logon, libraries too", large.logged_on, "MB");
  report.note("... and at most", large.peak, "MB");
  report.note("small file: memory of the process at most", small.peak, "MB");
  report.at_most("large file: memory of its own that the process has after the walk", 16, large.own_after, 1, "MB");
  report.at_most("large file: what the process has grown by since logon, at most", 16, large.peak - large.logged_on, 1,
                 "MB");
  report.at_most("large file: memory at most / that of the small file", 1.25, large.peak, small.peak, "MB");
  measure_programs(report, program, small_file, file);
  if (made) fs::remove(file);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string part = argc > 1 ? argv[1] : "";
  if (part == "walk-one" && argc > 2) {
    walk_one(argv[2]);
    return 0;
  }
  if (part == "peak-of" && argc > 2) {
    std::printf("%.3f\n", peak_of({argv + 2, argv + argc}));
    return 0;
  }
  Report report;
  if (part == "walk" && argc > 2) {
    measure_walk(report, {"files", {argv + 2, argv + argc}});
    return report.exit_code();
  }
  if (part != "large") {
    Place place;
    for (const FileSet& set : file_sets(place)) {
      if (part != "export") measure_walk(report, set);
      if (part != "walk") measure_export(report, place, set);
    }
  }
  const char* large = argc > 2 ? argv[2] : std::getenv("MAPIARY_BENCH_LARGE");
  if (large && (part.empty() || part == "large")) {
    measure_large(report, argv[0], large);
  } else if (part.empty() || part == "large") {
    skip("the file of 4 GB", "MAPIARY_BENCH_LARGE names neither it nor a folder for it");
  }
  return report.exit_code();
}
