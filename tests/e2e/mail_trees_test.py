# SPDX-License-Identifier: Apache-2.0
"""Mail as other programs leave it on the disk, and what of it comes back: nothing is lost without a word, and nothing that was there
before is written over."""

import json
import os
import pathlib
import shutil
import sys
import unittest

sys.dont_write_bytecode = True  # nothing is written beside the sources
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from e2e_case import Case, mail, mbox, tree  # noqa: E402


class Manifests(Case):
    """--manifest writes over nothing but a manifest."""

    def refused(self, *words):
        before = tree(self.place)
        said = self.said(*words, code=2)
        self.assertIn("--manifest", said)
        self.assertEqual(tree(self.place), before, words)

    def test_no_source_and_no_target_is_overwritten(self):
        self.run_program("mkdir", "s.mapiary", "Work")
        self.run_program("mkdir", "t.mapiary", "Work")
        (self.place / "a.eml").write_bytes(mail(1))
        (self.place / "Empty").write_bytes(b"")
        (self.place / "new.mapiary.partial").write_bytes(mail(2))
        os.symlink("s.mapiary", self.place / "link")
        os.link(self.place / "s.mapiary", self.place / "other name")
        os.symlink(".", self.place / "here")
        for name in ("s.mapiary", "t.mapiary", "./s.mapiary", "here/s.mapiary", "link", "other name", self.place / "s.mapiary", "a.eml"):
            self.refused("copy", "-m", name, "s.mapiary", "t.mapiary")
            self.refused("import", "-m", name, "s.mapiary", "a.eml", "Empty")
        for name in ("new.mapiary", "here/new.mapiary"):  # not there yet, and about to be
            self.refused("copy", "-m", name, "s.mapiary", "new.mapiary")
            self.refused("import", "-m", name, "new.mapiary", "a.eml")
        self.refused("import", "-m", "Empty", "new.mapiary", "a.eml", "Empty")
        self.refused("import", "-m", "new.mapiary", "t.mapiary", "a.eml")  # what is written first is somebody's too
        self.refused("recover", "-m", "s.mapiary", "s.mapiary", "r.mapiary")

    def test_an_earlier_manifest_and_an_empty_file_are_replaced(self):
        (self.place / "a.eml").write_bytes(mail(1))
        (self.place / "m.json").write_bytes(b"")
        for _ in range(2):
            self.run_program("import", "-m", "m.json", "s.mapiary", "a.eml")
            self.assertEqual(json.loads((self.place / "m.json").read_text())["totals"]["written"], 1)
        (self.place / "m.json").write_text('{"schema":"mine"}')
        self.refused("import", "-m", "m.json", "s.mapiary", "a.eml")


if __name__ == "__main__":
    unittest.main()
