# SPDX-License-Identifier: Apache-2.0
"""exports_test.py <nm> <libmapi.so>: the library's dynamic symbols against data/ and the linker's list."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = "MAPIARY_1"
NM, LIBRARY = sys.argv[1:]


def names_in(name):
    lines = (ROOT / "data" / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def functions():
    head, *lines = (ROOT / "data/spec/functions.tsv").read_text(encoding="utf-8").splitlines()
    kind = head.split("\t").index("kind")
    return {line.split("\t")[0] for line in lines if line.split("\t")[kind] == "export"}


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = [NM, "--dynamic", "--defined-only", LIBRARY]
        lines = subprocess.run(command, text=True, capture_output=True, check=True).stdout.splitlines()
        # "<address> <type> <name>@@<version>"; the version itself is an absolute symbol.
        cls.symbols = {line.split()[-1]: line.split()[-2] for line in lines if line.split()[-2] != "A"}
        cls.names = {name.split("@")[0] for name in cls.symbols}

    def test_every_function_is_exported(self):
        wanted = (functions() | set(names_in("exports_extra.txt"))) - set(names_in("exports_planned.txt"))
        self.assertGreater(len(wanted), 100)
        self.assertEqual(sorted(wanted - self.names), [])

    def test_nothing_else_is_exported(self):
        allowed = (functions() | set(names_in("exports_extra.txt"))) - set(names_in("exports_planned.txt"))
        self.assertEqual(sorted(self.names - allowed), [])

    def test_they_are_functions_of_the_one_version(self):
        wrong = {name: kind for name, kind in self.symbols.items() if kind != "T" or not name.endswith("@@" + VERSION)}
        self.assertEqual(wrong, {})

    def test_the_linkers_list_is_the_same(self):
        text = (ROOT / "src/entry/exports.map").read_text(encoding="utf-8")
        listed = re.findall(r"^    (\w+);$", text.split("local:")[0], re.MULTILINE)
        self.assertEqual(len(listed), len(set(listed)))
        self.assertEqual(set(listed), self.names)

    def test_the_lists_have_no_stale_names(self):
        extra, planned = names_in("exports_extra.txt"), names_in("exports_planned.txt")
        self.assertEqual(sorted(set(extra) & functions()), [], "exports_extra.txt names what functions.tsv has")
        self.assertEqual(sorted(set(planned) - functions()), [], "exports_planned.txt names what no header declares")
        for names in (extra, planned):
            self.assertEqual(len(names), len(set(names)))

