// SPDX-License-Identifier: Apache-2.0
// The text both benchmarks of compressed RTF work on: a mail body of 4 MB as Outlook writes it, HTML in RTF, with words
// that come again and numbers that do not. The same on every run.

#ifndef MAPIARY_BENCH_RTF_SAMPLE_H
#define MAPIARY_BENCH_RTF_SAMPLE_H

#include <cstdint>
#include <string>

namespace bench {

inline std::string rtf_sample() {
  static const char* words[] = {"meeting", "the",    "of",       "report", "Tuesday", "and",
                                "budget",  "please", "attached", "we",     "figures", "to"};
  std::string s = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\uc1\\pard\\plain ";
  std::uint32_t x = 12345;
  while (s.size() < (4u << 20)) {
    s += "{\\*\\htmltag64 <p class=MsoNormal>}\\htmlrtf {\\htmlrtf0 ";
    for (int i = 0; i < 14; ++i) {
      x = x * 1664525u + 1013904223u;
      s += words[(x >> 16) % 12];
      s += (x >> 29) == 0 ? std::to_string(x >> 12) + " " : " ";
    }
    s += "{\\*\\htmltag72 </p>}\\htmlrtf \\par }\\htmlrtf0\r\n";
  }
  return s + "}";
}

}  // namespace bench

#endif  // MAPIARY_BENCH_RTF_SAMPLE_H
