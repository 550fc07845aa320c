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


class OwnNames(Case):
    """Folders called like what an export itself puts beside them."""

    NAMES = ["manifest.json", "MANIFEST.JSON.partial", "Manifest-XXH128.txt", "manifest-sha256.txt", "manifest-items.tsv",
             "~store", "~hidden", "~STORE~", "a.sbd", "000001-Mail 0.eml", "000001-Mail 0.json", "000001-Mail 0.eml.partial"]

    def test_in_every_format_the_mail_is_there(self):
        for number, name in enumerate(self.NAMES):
            (self.place / "one.eml").write_bytes(mail(number))
            self.run_program("import", "-q", "-i", name, "s.mapiary", "one.eml")
        (self.place / "one.eml").write_bytes(mail(0))
        self.run_program("import", "-q", "s.mapiary", "one.eml")
        for flag in ("--sha256", "-q"):
            for form in ("mbox", "maildir", "eml", "json"):
                out = self.place / f"{form}{flag}"
                self.run_program("export", "-q", "-f", form, flag, "s.mapiary", out)
                manifest = json.loads((out / "manifest.json").read_text())
                self.assertEqual(manifest["totals"]["written"], len(self.NAMES) + 1)
                self.assertEqual((out / "manifest-items.tsv").read_bytes().count(b"\n"), len(self.NAMES) + 1)
                self.run_program("export", "-q", "-f", form, flag, "-r", "s.mapiary", out)
                lower = [path.lower() for path in tree(out)]
                self.assertEqual(len(lower), len(set(lower)))
                if form == "json":
                    continue
                store = f"{form}{flag}.mapiary"
                self.run_program("import", "-q", store, out)
                self.assertEqual(self.json("info", "-j", store)["messages"], len(self.NAMES) + 1)
                found = {item["folder"] for item in self.lines("search", "-j", store)}
                self.assertEqual(len(found), len(self.NAMES) + 1, found)

    def test_a_mailbox_of_such_a_name_is_read(self):
        (self.place / "boxes").mkdir()
        (self.place / "boxes" / "manifest.json").write_bytes(mbox(2))
        (self.place / "boxes" / "Inbox").write_bytes(mbox(3))
        self.run_program("import", "-q", "s.mapiary", "boxes")
        self.assertEqual(self.json("info", "-j", "s.mapiary")["messages"], 5)


if __name__ == "__main__":
    unittest.main()
