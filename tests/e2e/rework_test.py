# SPDX-License-Identifier: Apache-2.0
"""What kill -9 costs: how many items a run that goes on does a second time, counted by watching the files from outside. The kernel tells
which mail files were opened and which were written, and goes on telling when the program is dead."""

import collections
import ctypes
import os
import shutil
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import Killing, mail, tree  # noqa: E402

IN_OPEN, IN_CLOSE_WRITE, IN_MOVED_TO, IN_Q_OVERFLOW = 0x20, 0x08, 0x80, 0x4000
MOST = 0.05  # of all items


class Watch:
    """How often each file of one folder was opened, or written."""

    def __init__(self, folder, mask):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.file = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.file < 0 or self.libc.inotify_add_watch(self.file, os.fsencode(folder), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self.seen = collections.Counter()

    def counts(self):
        while True:
            try:
                data = os.read(self.file, 1 << 16)
            except BlockingIOError:
                return self.seen
            at = 0
            while at < len(data):
                _, mask, _, length = struct.unpack_from("iIII", data, at)
                if mask & IN_Q_OVERFLOW:
                    raise OverflowError("events were lost")
                name = data[at + 16:at + 16 + length].rstrip(b"\0").decode()
                if name:
                    self.seen[name] += 1
                at += 16 + length

    def close(self):
        os.close(self.file)


class Rework(Killing):
    ITEMS = 600

    def clean(self):
        for path in (self.place / "temp").iterdir():
            shutil.rmtree(path)

    def test_of_an_import(self):
        box = self.place / "box"
        box.mkdir()
        for number in range(self.ITEMS):
            (box / f"{number:04}.eml").write_bytes(mail(number, text="A line of text. " * 600))
        # A file is opened to be counted, and again to be brought in: only what was begun has all openings of a whole run.
        watch = Watch(box, IN_OPEN)
        self.run_program("import", "whole.mapiary", "box")
        whole = watch.counts()["0300.eml"]
        self.assertEqual({watch.counts()[f"{number:04}.eml"] for number in range(10, self.ITEMS)}, {whole})
        watch.close()
        killed, lost = 0, []
        for far in (30, 200, 450):
            store = self.place / f"{far}.mapiary"
            watch = Watch(box, IN_OPEN)
            begun = lambda: sum(times >= whole for times in watch.counts().values())  # noqa: B023, E731
            killed += self.run_and_kill(["import", store, "box"], lambda: begun() >= far)  # noqa: B023
            self.clean()
            there = self.json("info", "-j", store)["messages"] if store.exists() else 0
            self.assertGreaterEqual(begun(), far)
            lost.append(begun() - there)
            watch.close()
            self.run_program("import", "--resume", store, "box")
            self.assertEqual(self.json("info", "-j", store)["messages"], self.ITEMS)
        self.assertGreaterEqual(killed, 2)
        self.assertLess(max(lost), MOST * self.ITEMS, lost)
        self.assertGreaterEqual(min(lost), 0, lost)

    def test_of_an_export(self):
        box = self.place / "box"
        box.mkdir()
        for number in range(self.ITEMS):
            (box / f"{number:04}.eml").write_bytes(mail(number, text="A line of text. " * 600))
        self.run_program("import", "s.mapiary", "box")
        self.run_program("export", "s.mapiary", "whole")
        killed = 0
        for far in (5, 200, 450):
            out = self.place / f"out{far}"
            killed += self.run_and_kill(["export", "s.mapiary", out], lambda: self.items(out) >= far)  # noqa: B023
            self.clean()
            before = set(os.listdir(out / "Inbox"))
            self.assertGreaterEqual(len(before), far)
            watch = Watch(out / "Inbox", IN_CLOSE_WRITE | IN_MOVED_TO)
            self.run_program("export", "--resume", "s.mapiary", out)
            written = set(watch.counts())
            watch.close()
            self.assertEqual(len(os.listdir(out / "Inbox")), self.ITEMS)
            self.assertLessEqual(len(written & before), 1, "more than the item at hand was written again")
            self.assertEqual(tree(out), tree(self.place / "whole"))
        self.assertGreaterEqual(killed, 2)

    def test_of_an_export_to_mbox(self):
        """The bytes of an mbox that are cut off when it goes on are those of one message."""
        box = self.place / "box"
        box.mkdir()
        for number in range(self.ITEMS):
            (box / f"{number:04}.eml").write_bytes(mail(number, text="A line of text. " * 600))
        self.run_program("import", "s.mapiary", "box")
        self.run_program("export", "-f", "mbox", "s.mapiary", "whole")
        of_one = (self.place / "whole" / "Inbox").stat().st_size / self.ITEMS
        out = self.place / "out"
        killed = self.run_and_kill(["export", "-f", "mbox", "s.mapiary", out], lambda: self.items(out) >= 200)
        self.clean()
        lines = (out / "manifest-items.tsv").read_bytes().split(b"\n")
        end = int(lines[-2].split(b"\t")[1])  # behind the last line end there is nothing, or a torn line
        self.assertLess((out / "Inbox").stat().st_size - end, 2 * of_one)
        self.run_program("export", "-rf", "mbox", "s.mapiary", out)
        self.assertEqual(tree(out), tree(self.place / "whole"))
        self.assertTrue(killed)


if __name__ == "__main__":
    unittest.main()
