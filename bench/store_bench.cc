// SPDX-License-Identifier: Apache-2.0
// The SQLite store through public MAPI against SQLite itself with the same bytes in the same run: imports, single
// saves, the size of the file, streams; then a folder of a million messages: tables, open messages, changes; and how
// much memory it all takes. `import`, `large` or `stream` as argument runs one part, a second argument is the number of
// messages of the large folder or the megabytes of the attachment, a third the file in which the store of the large
// folder is kept: it is built if it is not there. `lists` and `changes` are parts of `large`, `profile` and
// `saves` only import, in bulk and one by one.
#include <sys/syscall.h>

#include "bench/store_import_bench.h"
#include "bench/store_large_bench.h"
#include "bench/store_stream_bench.h"

// SQLite's syncs come here first.
extern "C" __attribute__((visibility("default"))) int fdatasync(int fd) {
  ++bench::syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

int main(int argc, char** argv) {
  using namespace bench;
  Report report;
  const std::string what = argc > 1 ? argv[1] : "all";
  const int size = argc > 2 ? std::atoi(argv[2]) : 0;
  if (what == "profile" || what == "saves") import_only(std::max(size, 1), what == "profile");
  if (what == "all" || what == "import") measure_import(report);
  if (what == "all" || what == "stream") {
    measure_stream(report);
    measure_attachment(report, size > 0 ? static_cast<std::uint64_t>(size) : 2048);
  }
  if (what == "all" || what == "large" || what == "lists" || what == "changes") {
    const int rows = what != "all" && size > 0 ? size : 1'000'000;
    measure_large(report, rows, argc > 3 ? argv[3] : "", what);
  }
  return report.exit_code();
}
