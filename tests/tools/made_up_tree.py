# SPDX-License-Identifier: Apache-2.0
"""A small made-up tree for the tests of the checks, and a way to run a check on it."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class TreeTest(unittest.TestCase):
    """CHECK names the tool; files written with put() are its tree."""

    CHECK = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run_check(self, *options):
        command = [sys.executable, "-B", str(SOURCE / "tools" / self.CHECK), "--root", str(self.root), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))

    def assert_fine(self, *options):
        done = self.run_check(*options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def assert_caught(self, *words):
        """The check fails, and one line of its output has all the words."""
        done = self.run_check()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        lines = [line for line in done.stdout.splitlines() if all(word in line for word in words)]
        self.assertTrue(lines, f"no line with {words} in:\n{done.stdout}{done.stderr}")
