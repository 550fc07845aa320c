// SPDX-License-Identifier: Apache-2.0
// Mail through the command line, the whole program counted: an mbox into an SQLite store against Dovecot, which appends
// the same mails to an sdbox; the store out to .eml files; the same bytes parsed against GMime; the first page of a
// folder of a million messages. `import`, `parse` or `ls` as argument runs one part, a second argument is the number of
// mails (20,000) or of messages (1,000,000). Without Dovecot its lines are skipped.
#include <pwd.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "bench/child.h"
#include "bench/gmime_parse.h"
#include "bench/mail_sample.h"
#include "bench/ratio.h"
#include "bench/store_client.h"

namespace {

using namespace bench;
namespace fs = std::filesystem;

// A folder that goes when this does.
class Place {
 public:
  explicit Place(const fs::path& below) : path_(below / ("mail-cli-bench-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Place() { fs::remove_all(path_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string operator/(const char* name) const { return path_ / name; }

 private:
  const fs::path path_;
};

Cost run(std::initializer_list<std::string> words) {
  std::vector<std::string> all = {MAPIARY_PROGRAM};
  all.insert(all.end(), words);
  return Child(all, {}).wait();
}

// 42 KB on average, as they stand in a file.
std::string mail_of(unsigned n) {
  std::string mail = mail_message(n);
  mail.erase(std::remove(mail.begin(), mail.end(), '\r'), mail.end());
  return mail;
}

void write_mbox(const std::string& path, unsigned mails) {
  std::ofstream out(path, std::ios::binary);
  for (unsigned n = 1; n <= mails; ++n) out << "From ada@example.org Tue Feb  3 10:20:30 2015\n" << mail_of(n) << "\n";
}

// ---- Dovecot

constexpr const char* kImap = "/usr/lib/dovecot/imap";

// It reads no mail as root.
void give_away(const std::string& folder, const std::string& user) {
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr || ::chown(folder.c_str(), entry->pw_uid, entry->pw_gid) != 0) std::perror(folder.c_str());
}

// An IMAP session that is logged in already, appends all mails and waits for no answer before the next, so that
// Dovecot never waits for us. None: it is not installed, or does not take them.
std::optional<Cost> append_to_dovecot(const Place& place, unsigned mails, std::string& why) {
  if (::access(kImap, X_OK) != 0) {
    why = "Dovecot is not installed (apt-get install dovecot-core dovecot-imapd)";
    return std::nullopt;
  }
  const std::string home = place / "dovecot", settings = place / "dovecot.conf";
  const std::string user = ::geteuid() == 0 ? "nobody" : ::getpwuid(::geteuid())->pw_name;
  const passwd* entry = ::getpwnam(user.c_str());
  fs::remove_all(home);
  fs::create_directories(home);
  if (::geteuid() == 0) give_away(home, user);
  std::ofstream(settings) << "mail_location = sdbox:" << home << "/mail\nssl = no\nlog_path = /dev/stderr\n"
                          << "info_log_path = " << home << "/log\nbase_dir = " << home << "/run\nstate_dir = " << home
                          << "/state\nmail_uid = " << entry->pw_uid << "\nmail_gid = " << entry->pw_gid
                          << "\nfirst_valid_uid = 0\nfirst_valid_gid = 0\n";
  // It tells its standard error of each session.
  Child imap({"/bin/sh", "-c", "exec \"$0\" -c \"$1\" 2>/dev/null", kImap, settings},
             {{"USER", user}, {"HOME", home}, {"MAIL", "sdbox:" + home + "/mail"}});
  std::thread feeder([&] {
    for (unsigned n = 1; n <= mails; ++n) {
      const std::string mail = mail_message(n);
      if (!imap.send("a" + std::to_string(n) + " APPEND INBOX {" + std::to_string(mail.size()) + "+}\r\n" + mail +
                     "\r\n")) {
        return;
      }
    }
    (void)imap.send("z LOGOUT\r\n");
  });
  unsigned done = 0;
  std::string rest, failure;
  for (std::string piece = imap.receive(); !piece.empty(); piece = imap.receive()) {
    rest += piece;
    for (std::size_t end = rest.find("\r\n"); end != rest.npos; end = rest.find("\r\n")) {
      const std::string line = rest.substr(0, end);
      rest.erase(0, end + 2);
      if (line.empty() || (line[0] != 'a' && line.substr(0, 5) != "* BAD")) continue;
      if (line.find(" OK [APPENDUID") != line.npos) {
        ++done;
      } else if (failure.empty()) {
        failure = line;
      }
    }
  }
  feeder.join();
  if (done != mails) {
    why = "Dovecot took " + std::to_string(done) + " of " + std::to_string(mails) + " mails " + failure;
    return std::nullopt;
  }
  const Cost cost = imap.wait();
  fs::remove_all(home);
  return cost;
}

// ---- The parts

double best_of(double before, double now) {
  return before == 0 ? now : std::min(before, now);
}

struct Best {
  double processor = 0, clock = 0, memory = 0;
  void add(const Cost& cost) {
    processor = best_of(processor, cost.processor);
    clock = best_of(clock, cost.clock);
    memory = std::max(memory, cost.memory);
  }
};

void need_files(const std::string& folder, unsigned mails, double& bytes) {
  unsigned files = 0;
  bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".eml") continue;
    ++files;
    bytes += static_cast<double>(entry.file_size());
  }
  if (files == mails) return;
  std::printf("%u of %u mails were exported\n", files, mails);
  std::exit(2);
}

constexpr unsigned kAppended = 2000;  // Dovecot syncs each mail

// Files in memory where there is such a place: what a file system does for a new file depends on what was deleted in it
// just before, and is more than all the rest at times.
fs::path memory() {
  return fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
}

void measure_import(Report& report, unsigned mails) {
  const Place place(fs::temp_directory_path());
  const Place in_memory(memory());
  const std::string mbox = place / "mail.mbox", store = place / "mail.mapiary", out = in_memory / "out";
  write_mbox(mbox, mails);
  report.note("mails of the mbox", mails, "");
  report.note("its size", static_cast<double>(fs::file_size(mbox)) / 1e6, "MB");
  const unsigned appended = std::min(mails, kAppended);
  Best import, append, exported, sealed;
  std::string why;
  double bytes = 0;
  for (int round = 0; round < 3; ++round) {
    fs::remove(store);
    fs::remove_all(out);
    import.add(run({"import", "--quiet", store, mbox}));
    if (why.empty()) {
      if (const auto cost = append_to_dovecot(place, appended, why)) append.add(*cost);
    }
    exported.add(run({"export", "--quiet", "--format", "eml", store, out}));
    need_files(out, mails, bytes);
    fs::remove_all(out);
    sealed.add(run({"export", "--quiet", "--sha256", "--format", "eml", store, out}));
  }
  const auto each = [&](double all) { return all / mails; };
  report.at_most_us("mapiary import of an mbox, a message", 700, each(import.processor));
  const char* const by_processor = "import / Dovecot sdbox APPEND, messages a CPU second";
  const char* const by_clock = "import / Dovecot sdbox APPEND, messages a second";
  if (why.empty()) {
    report.at_least(by_processor, 1, Pair{each(import.processor), append.processor / appended});
    report.at_least(by_clock, 1, Pair{each(import.clock), append.clock / appended});
  } else {
    report.skip(by_processor, why);
    report.skip(by_clock, why);
  }
  report.at_least_mb_s("mapiary export to .eml, of CPU time", 300, bytes, exported.processor);
  report.note("... with --sha256", bytes / sealed.processor / 1e6, "MB/s");
  report.note("... by the clock", bytes / exported.clock / 1e6, "MB/s");
  report.note("memory of the import, at most", import.memory, "MB");
  report.note("memory of the export, at most", exported.memory, "MB");
}

void measure_parse(Report& report) {
  std::vector<std::string> mails;
  for (unsigned n = 1; n <= 300; ++n) mails.push_back(mail_of(n));
  report.at_least("parse / bare GMime, messages a CPU second", 0.8, ParseRace(std::move(mails)).run());
}

constexpr unsigned kPage = 50;

// From the start of the program until its first page is there to be read.
Cost first_page(const std::string& store) {
  Child ls({MAPIARY_PROGRAM, "ls", store, "Large"}, {});
  std::size_t lines = 0;
  while (lines < kPage) {
    const std::string piece = ls.receive();
    if (piece.empty()) {
      std::printf("ls printed %zu lines\n", lines);
      std::exit(2);
    }
    lines += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
  }
  return ls.so_far();
}

void measure_ls(Report& report, unsigned messages) {
  Client client;
  {
    const auto folder = client.new_folder("Large");
    Words words;
    client.bulk(true);
    for (unsigned i = 0; i < messages; ++i) {
      Mail mail;
      add_columns(words, mail.props, words.below(messages), words.prose(25 + words.below(40)));
      save_mail(folder.get(), mail);
    }
    client.bulk(false);
  }
  client.disconnect();
  report.note("messages of the large folder", messages, "");
  Best page;
  for (int round = 0; round < 20; ++round) page.add(first_page(client.file()));
  report.at_most_us("mapiary ls of the large folder: first page, by the clock", 50'000, page.clock);
  report.note("... processor time", page.processor * 1e3, "ms");
}

}  // namespace

int main(int argc, char** argv) {
  Report report;
  const std::string what = argc > 1 ? argv[1] : "all";
  const unsigned size = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 0;
  if (what == "all" || what == "import") measure_import(report, what == "import" && size > 0 ? size : 20'000);
  if (what == "all" || what == "parse") measure_parse(report);
  if (what == "all" || what == "ls") measure_ls(report, what == "ls" && size > 0 ? size : 1'000'000);
  return report.exit_code();
}
