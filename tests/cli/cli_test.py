# SPDX-License-Identifier: Apache-2.0
"""The program `mapiary` as a shell sees it: output, messages, exit codes."""

import re
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


def run(*words, **options):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False, **options)


class Cli(unittest.TestCase):
    def test_version_is_one_line_of_data(self):
        for words in (["version"], ["--version"], ["-V"]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"\Amapiary \d+\.\d+\.\d+\n\Z")

    def test_help_lists_every_verb_and_each_explains_itself(self):
        done = run("help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        verbs = re.findall(r"^  ([\w-]+)", done.stdout, re.MULTILINE)
        self.assertLessEqual({"help", "version"}, set(verbs))
        for verb in verbs:
            one = run("help", verb)
            self.assertEqual(one.returncode, 0)
            self.assertTrue(one.stdout.startswith(f"usage: mapiary {verb}"), one.stdout)

    def test_wrong_usage_is_2_and_goes_to_stderr(self):
        for words in ([], ["nonsense"], ["help", "nonsense"], ["help", "help", "help"], ["version", "x"], [""]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("mapiary help", done.stderr)

    def test_output_that_cannot_be_written_is_no_success(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "help"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
