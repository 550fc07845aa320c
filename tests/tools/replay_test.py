# SPDX-License-Identifier: Apache-2.0
"""fuzz/replay_main.cc: every file once, and no way to pass without an input."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)


def replay(*folders):
    return subprocess.run([PROGRAM, *map(str, folders)], capture_output=True, text=True, timeout=60, check=False)


class Replay(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)

    def test_each_file_once_in_name_order(self):
        (self.folder / "b").write_bytes(b"12")
        (self.folder / "a").write_bytes(b"")
        (self.folder / "deep").mkdir()
        (self.folder / "deep" / "c").write_bytes(b"\0\xff\n")
        done = replay(self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines(), ["input of 0", "input of 2", "input of 3", "3 inputs replayed"])

    def test_an_empty_or_missing_corpus_fails(self):
        self.assertEqual(replay(self.folder).returncode, 1)
        self.assertEqual(replay(self.folder / "nowhere").returncode, 1)
        self.assertEqual(replay().returncode, 2)

    def test_a_crash_is_seen(self):
        (self.folder / "a").write_bytes(b"crash")
        self.assertLess(replay(self.folder).returncode, 0)


if __name__ == "__main__":
    unittest.main()
