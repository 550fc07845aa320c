# SPDX-License-Identifier: Apache-2.0
"""The generators: --check (the test check_generated runs it on this tree) sees what is stale; the forwarding headers are
complete and remove nothing but themselves.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ["tools/gen", "tools/generate.py", "data", "include/mapi", "src/model/generated", "src/com/generated",
         "src/entry/exports.map", "tests/headers/generated", "tests/spec-not-applicable.tsv", "docs/not-applicable.md",
         "apps/cli/generated"]


def run(script, *arguments):
    return subprocess.run([sys.executable, "-B", str(script), *map(str, arguments)], text=True, capture_output=True, check=False)


class CopyOfTheTree(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.tree = pathlib.Path(scratch.name) / "tree"
        for part in PARTS:
            target = self.tree / part
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, target)


class Generate(CopyOfTheTree):
    def check(self):
        return run(self.tree / "tools" / "generate.py", "--check")

    def test_an_edited_file_is_stale_and_is_written_again(self):
        path = self.tree / "include" / "mapi" / "mapitags.h"
        path.write_text(path.read_text(encoding="utf-8") + "// mine\n", encoding="utf-8")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("include/mapi/mapitags.h", done.stderr)
        self.assertEqual(run(self.tree / "tools" / "generate.py").returncode, 0)
        self.assertEqual(path.read_bytes(), (ROOT / "include" / "mapi" / "mapitags.h").read_bytes())

    def test_a_changed_fact_makes_all_that_follow_from_it_stale(self):
        table = self.tree / "data" / "spec" / "proptags.tsv"
        row = "PR_SUBJECT\t0x0037\tPT_UNICODE\t0x0037001F\t"
        text = table.read_text(encoding="utf-8")
        self.assertIn(row, text)
        table.write_text(text.replace(row, row.replace("0037", "0137")), encoding="utf-8")
        stale = self.check().stderr
        for name in ("include/mapi/mapitags.h", "src/model/generated/tag_names.inc", "tests/headers/generated/tags_test.cc"):
            self.assertIn(name, stale)

    def test_a_file_nobody_writes_any_more_is_stale(self):
        (self.tree / "tests" / "headers" / "generated" / "old_test.cc").write_text("", encoding="utf-8")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("old_test.cc", done.stderr)


class CaseHeaders(CopyOfTheTree):
    def forward(self, *arguments):
        return run(self.tree / "tools" / "gen" / "case_headers.py", *arguments)

    def test_the_spellings_of_microsoft_and_the_plain_ones(self):
        out = self.tree / "out"
        self.assertEqual(self.forward(out).returncode, 0)
        for name in ("MAPIDefS.h", "MAPIX.h", "MAPIX.H", "Mapix.h", "EMSABTAG.H", "EdkMdb.h", "win/Windows.h", "win/WINDOWS.H",
                     "mapix.H", "MapiTags.h", "MAPITags.H", "MAPIutil.h", "MapiVal_Methods.h", "MAPIDefs.H", "win/WinDef.H"):
            path = out / "mapi" / name
            self.assertTrue(path.is_file(), name)
            target = path.read_text(encoding="utf-8").split('"')[1]
            self.assertTrue((path.parent / target).samefile(self.tree / "include" / "mapi" / name.lower()), name)
        self.assertFalse((out / "mapi" / "mapix.h").exists())

    def test_an_installed_folder_keeps_its_originals(self):
        prefix = self.tree / "prefix"
        shutil.copytree(self.tree / "include", prefix)
        before = {path: path.read_bytes() for path in prefix.rglob("*.h")}
        self.assertEqual(self.forward(prefix, "--installed").returncode, 0)
        for path, text in before.items():
            self.assertEqual(path.read_bytes(), text)
        self.assertIn('#include "mapix.h"', (prefix / "mapi" / "MAPIX.h").read_text(encoding="utf-8"))

    def test_forwarders_of_headers_that_are_gone_go_too(self):
        out = self.tree / "out"
        self.forward(out)
        (self.tree / "include" / "mapi" / "mapiwz.h").unlink()
        self.assertEqual(self.forward(out).returncode, 0)
        self.assertFalse((out / "mapi" / "MAPIWz.h").exists())
        self.assertTrue((out / "mapi" / "MAPIX.h").exists())

    def test_the_source_tree_stays_clean(self):
        self.assertNotEqual(self.forward(self.tree / "include").returncode, 0)


if __name__ == "__main__":
    unittest.main()
