// SPDX-License-Identifier: Apache-2.0
// Speed as a ratio of two things measured in the same run, so that a bar holds on any machine, loaded or not.
//
//   bench::Report report;
//   report.at_most("allocate and free / four mallocs", 2.0, bench::compare(ours, four_mallocs));
//   report.at_most_us("row N", 1.0, bench::best_of(20, parts));
//   return report.exit_code();
//
// One line a figure on stdout: `ok|MISS|SKIP|note <name> <value> <unit> (bar <= 2) [what was measured]`; `./dev bench`
// makes its table of them. All times are processor time of this process: what other programs do with the machine counts
// only as far as they take caches and clock from it. Single-threaded.

#ifndef MAPIARY_BENCH_RATIO_H
#define MAPIARY_BENCH_RATIO_H

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>

namespace bench {

/// The compiler may not assume that nobody looks at value.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Seconds of processor time this process has used.
inline double now() {
  timespec at{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

template <class Work>
double once(Work&& work) {
  const double start = now();
  work();
  return now() - start;
}

/// Seconds one call takes in a round of at least `enough` seconds.
template <class Work>
double one_round(Work& work, double enough) {
  long calls = 0;
  double spent = 0;
  const double start = now();
  for (long step = 1; spent < enough; step *= 2) {
    for (long i = 0; i < step; ++i) work();
    calls += step;
    spent = now() - start;
  }
  return spent / static_cast<double>(calls);
}

/// Seconds one call takes: the best of several rounds. The best, since all noise adds.
template <class Work>
double seconds(Work work, int rounds = 9) {
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) best = std::min(best, one_round(work, 0.01));
  return best;
}

/// Seconds a call of two pieces of work.
struct Pair {
  double ours = std::numeric_limits<double>::infinity();
  double reference = std::numeric_limits<double>::infinity();
};

/// As seconds(), the rounds of both in turn, so that a busy moment meets both.
template <class Ours, class Reference>
Pair compare(Ours ours, Reference reference, int rounds = 15) {
  Pair best;
  for (int round = 0; round < rounds; ++round) {
    best.ours = std::min(best.ours, one_round(ours, 0.01));
    best.reference = std::min(best.reference, one_round(reference, 0.01));
  }
  return best;
}

/// Calls work(i) for i below `calls`, in `parts` equal parts: seconds one call takes in the best part.
template <class Work>
double best_part(unsigned calls, unsigned parts, Work&& work) {
  const unsigned size = calls / parts;
  double best = std::numeric_limits<double>::infinity();
  for (unsigned from = 0; from + size <= calls; from += size) {
    best = std::min(best, once([&] {
                      for (unsigned i = from; i < from + size; ++i) work(i);
                    }));
  }
  return best / size;
}

class Report {
 public:
  /// Ours takes at most `bar` times what the reference takes.
  void at_most(const std::string& name, double bar, const Pair& times) {
    char detail[80];
    std::snprintf(detail, sizeof detail, "%.4g us / %.4g us", times.ours * 1e6, times.reference * 1e6);
    const double ratio = times.ours / times.reference;
    line(name, ratio, "x", "<=", bar, ratio <= bar, detail);
  }
  void at_most_us(const std::string& name, double bar, double measured_seconds) {
    line(name, measured_seconds * 1e6, "us", "<=", bar, measured_seconds * 1e6 <= bar, "");
  }
  /// At most so many microseconds, and at most `ratio` times the bare work measured beside it. Times are of the machine
  /// they were set on: where the bare work alone takes longer than the bar, only the ratio can be judged.
  void at_most_us(const std::string& name, double bar, double ratio, const Pair& times) {
    const double ours = times.ours * 1e6, floor = times.reference * 1e6;
    const double times_floor = times.ours / times.reference;
    const bool judged = floor <= bar;
    char detail[120];
    std::snprintf(detail, sizeof detail, "%.3f of the floor, %.0f us (bar <= %g)%s", times_floor, floor, ratio,
                  judged ? "" : ": the floor is above the bar, the ratio is judged");
    line(name, ours, "us", "<=", bar, (ours <= bar || !judged) && times_floor <= ratio, detail);
  }
  /// Bytes handled in so many seconds, in millions a second.
  void at_least_mb_s(const std::string& name, double bar, double bytes, double measured_seconds) {
    const double rate = bytes / measured_seconds / 1e6;
    line(name, rate, "MB/s", ">=", bar, rate >= bar, "");
  }
  /// So many of something a second, or of whatever the unit says.
  void at_least(const std::string& name, double bar, double rate, const char* unit) {
    line(name, rate, unit, ">=", bar, rate >= bar, "");
  }
  /// Ours does at least `bar` times as much in the same time as the reference does.
  void at_least(const std::string& name, double bar, const Pair& times) {
    char detail[80];
    std::snprintf(detail, sizeof detail, "%.4g us / %.4g us", times.ours * 1e6, times.reference * 1e6);
    const double ratio = times.reference / times.ours;
    line(name, ratio, "x", ">=", bar, ratio >= bar, detail);
  }
  /// A quantity before and after something.
  void at_most(const std::string& name, double bar, double after, double before, const char* unit) {
    char detail[80];
    std::snprintf(detail, sizeof detail, "%.6g %s / %.6g %s", after, unit, before, unit);
    line(name, after / before, "x", "<=", bar, after <= bar * before, detail);
  }
  /// A figure with a bar that cannot be measured here.
  void skip(const std::string& name, const std::string& why) {
    std::printf("SKIP %-64s not measured: %s\n", name.c_str(), why.c_str());
    std::fflush(stdout);
  }
  /// A figure without a bar.
  void note(const std::string& name, double value, const char* unit) {
    std::printf("%-4s %-64s %10.3f %s\n", "note", name.c_str(), value, unit);
    std::fflush(stdout);
  }
  int exit_code() const { return missed_ ? 1 : 0; }

 private:
  void line(const std::string& name, double value, const char* unit, const char* relation, double bar, bool ok,
            const char* detail) {
    std::printf("%-4s %-64s %10.3f %-4s (bar %s %g) %s\n", ok ? "ok" : "MISS", name.c_str(), value, unit, relation, bar,
                detail);
    std::fflush(stdout);
    missed_ = missed_ || !ok;
  }

  bool missed_ = false;
};

}  // namespace bench

#endif  // MAPIARY_BENCH_RATIO_H
