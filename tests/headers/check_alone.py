# SPDX-License-Identifier: Apache-2.0
"""Each MAPI header alone, as the first include, in every language and build it must work in; every spelling of its name.

check_alone.py short|long FORWARDERS COMPILER...: C11, C++17, C++20 x UNICODE, ANSI x every compiler; each header twice in a
row; warnings are errors; syntax only. A test is one header, a sub-test one compilation. `long` compiles each header in all
the combinations; `short` in three that differ in everything. All headers together go through all of them in both.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include" / "mapi"
LONG = {"short": False, "long": True}[sys.argv[1]]
FORWARDERS = pathlib.Path(sys.argv[2]).resolve()
COMPILERS = sys.argv[3:]
MODES = [("c", "c11"), ("c++", "c++17"), ("c++", "c++20")]
BUILDS = [(), ("-DUNICODE", "-D_UNICODE")]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
MAIN = "int main(void) { return 0; }\n"


def compile_text(line, text):
    done = subprocess.run(line, input=text, text=True, capture_output=True, check=False)
    return done.returncode, done.stderr


def command(compiler, language, standard, flags):
    folders = [INCLUDE, INCLUDE / "win", FORWARDERS / "mapi", FORWARDERS / "mapi" / "win"]
    paths = [f"-I{folder}" for folder in folders]
    return [compiler, "-fsyntax-only", "-x", language, f"-std={standard}", *WARNINGS, *flags, *paths, "-"]


def commands():
    for compiler in COMPILERS:
        for language, standard in MODES:
            for flags in BUILDS:
                yield command(compiler, language, standard, flags)


def few_commands():
    """Every language once, every build and (where there are two) every compiler."""
    for number, (language, standard) in enumerate(MODES):
        yield command(COMPILERS[number % len(COMPILERS)], language, standard, BUILDS[number % len(BUILDS)])


class HeaderAlone(unittest.TestCase):
    def compile_everywhere(self, text, lines=None):
        lines = list(lines or commands())
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda line: compile_text(line, text), lines))
        self.assertGreater(len(results), 0)
        for line, (code, errors) in zip(lines, results):
            with self.subTest(command=" ".join(line)):
                self.assertEqual(code, 0, errors)

    def test_every_spelling(self):
        names = sorted(path.name for path in FORWARDERS.rglob("*.[hH]"))
        self.assertGreater(len(names), 100)
        # initguid.h turns the declarations after it into definitions.
        includes = [f"#include <{name}>\n" for name in names if name.lower() != "initguid.h"]
        self.compile_everywhere("".join(includes) + MAIN)

    def test_a_bad_header_is_seen(self):
        code, errors = compile_text(next(commands()), "#include <mapix.h>\nLPMAPISESSIONS session;\n" + MAIN)
        self.assertNotEqual(code, 0)
        self.assertIn("LPMAPISESSIONS", errors)


def add_header_tests():
    for folder in (INCLUDE, INCLUDE / "win"):
        for path in sorted(folder.glob("*.h")):
            text = f"#include <{path.name}>\n#include <{path.name}>\n" + MAIN
            lines = commands if LONG else few_commands
            setattr(HeaderAlone, f"test_{path.stem}", lambda self, text=text, lines=lines: self.compile_everywhere(text, lines()))


add_header_tests()
