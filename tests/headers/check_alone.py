#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compile each MAPI header alone, as the first include, in every language and build it must work in.

C11, C++17, C++20 x UNICODE, ANSI x every compiler given, warnings as errors; syntax only. Every failure is printed, so
one run tells all. Also: the same header twice, and the spelling Microsoft uses.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include" / "mapi"
MODES = [("c", "c11"), ("c++", "c++17"), ("c++", "c++20")]
BUILDS = [[], ["-DUNICODE", "-D_UNICODE"]]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def command(compiler, language, standard, flags, forwarders):
    folders = [INCLUDE, INCLUDE / "win"] + [forwarders / "mapi", forwarders / "mapi" / "win"]
    paths = [f"-I{folder}" for folder in folders]
    return [compiler, "-fsyntax-only", "-x", language, f"-std={standard}", *WARNINGS, *flags, *paths, "-"]


def compile_text(job):
    line, text, what = job
    done = subprocess.run(line, input=text, text=True, capture_output=True, check=False)
    return None if done.returncode == 0 else f"{what}\n  {' '.join(line)}\n{done.stderr}"


def jobs(compilers, forwarders):
    names = sorted(path.name for folder in (INCLUDE, INCLUDE / "win") for path in folder.glob("*.h"))
    for name in names:
        for compiler in compilers:
            for language, standard in MODES:
                for flags in BUILDS:
                    line = command(compiler, language, standard, flags, forwarders)
                    text = f"#include <{name}>\n#include <{name}>\nint main(void) {{ return 0; }}\n"
                    yield line, text, f"<{name}> with {compiler} -std={standard} {' '.join(flags)}"
    spelled = sorted(path.name for path in forwarders.rglob("*.[hH]"))
    text = "".join(f"#include <{name}>\n" for name in spelled if "initguid" not in name.lower())
    for compiler in compilers:
        for language, standard in MODES:
            line = command(compiler, language, standard, [], forwarders)
            yield line, text + "int main(void) { return 0; }\n", f"all spellings with {compiler} -std={standard}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forwarders", type=pathlib.Path, required=True, help="folder case_headers.py wrote")
    parser.add_argument("compilers", nargs="+", help="gcc or clang drivers; they must know -x c and -x c++")
    arguments = parser.parse_args()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(compile_text, jobs(arguments.compilers, arguments.forwarders.resolve())))
    failures = [result for result in results if result]
    print("\n".join(failures))
    print(f"{len(results) - len(failures)} of {len(results)} compiled")
    # A run that compiled nothing proves nothing.
    return 1 if failures or not results else 0


if __name__ == "__main__":
    sys.exit(main())
