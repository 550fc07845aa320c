// SPDX-License-Identifier: Apache-2.0
// Speed as a ratio of two things measured in the same run, so that a bar holds on any machine, loaded or not.
//
//   bench::Report report;
//   report.at_most("allocate and free", 2.0, bench::seconds(ours), bench::seconds(four_mallocs));
//   return report.exit_code();
//
// One line a ratio on stdout: `ok|MISS <name> <ratio> (bar <= 2)`. Single-threaded.

#ifndef MAPIARY_BENCH_RATIO_H
#define MAPIARY_BENCH_RATIO_H

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

namespace bench {

/// The compiler may not assume that nobody looks at value.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Seconds one call of work takes: the best of several rounds, each of at least 20 ms. The best, since all noise adds.
template <class Work>
double seconds(Work work, int rounds = 7) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kRound(20);
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    long calls = 0;
    const Clock::time_point start = Clock::now();
    Clock::duration spent{};
    for (long step = 1; spent < kRound; step *= 2) {
      for (long i = 0; i < step; ++i) work();
      calls += step;
      spent = Clock::now() - start;
    }
    best = std::min(best, std::chrono::duration<double>(spent).count() / static_cast<double>(calls));
  }
  return best;
}

class Report {
 public:
  void at_most(const char* name, double bar, double measured, double reference) {
    line(name, measured / reference, "<=", bar, measured / reference <= bar);
  }
  void at_least(const char* name, double bar, double measured, double reference) {
    line(name, measured / reference, ">=", bar, measured / reference >= bar);
  }
  int exit_code() const { return missed_ ? 1 : 0; }

 private:
  void line(const char* name, double ratio, const char* relation, double bar, bool ok) {
    std::printf("%-4s %-48s %8.3f (bar %s %g)\n", ok ? "ok" : "MISS", name, ratio, relation, bar);
    missed_ = missed_ || !ok;
  }

  bool missed_ = false;
};

}  // namespace bench

#endif  // MAPIARY_BENCH_RATIO_H
