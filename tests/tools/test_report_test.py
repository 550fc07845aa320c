# SPDX-License-Identifier: Apache-2.0
"""tools/test_report.py: the counts behind the last line of ./dev test."""

import subprocess
import sys
import unittest

from made_up_tree import SOURCE, TreeTest


class Report(TreeTest):
    def report(self, *options):
        command = [sys.executable, "-B", str(SOURCE / "tools/test_report.py"), *options, str(self.root / "dev")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout.splitlines()

    def put_ctest(self, *cases):
        self.put("dev/reports/ctest.xml", f"<testsuite>{''.join(cases)}</testsuite>")

    def test_programs_and_their_single_tests(self):
        self.put_ctest('<testcase name="check" status="run"/>', '<testcase name="a_test" status="run"/>')
        self.put("dev/reports/a_test.xml", '<testsuites><testsuite><testcase name="x" classname="A" status="run" result="completed"/>'
                 '<testcase name="y" classname="A" status="run" result="skipped"><skipped message="a.cc:3&#10;no samples"/></testcase>'
                 '<testcase name="DISABLED_z" classname="A" status="notrun" result="suppressed"/></testsuite></testsuites>')
        code, lines = self.report()
        self.assertEqual((code, lines[-1]), (0, "2 passed, 0 failed, 2 skipped"))
        self.assertIn("skipped  dev: a_test: A.y: no samples", lines)
        self.assertEqual(self.report("--strict")[0], 1)

    def test_failures(self):
        self.put_ctest('<testcase name="a_test" status="fail"><failure message="Failed"/></testcase>')
        self.put("dev/reports/a_test.xml", '<testsuite><testcase name="x" classname="A" status="run"><failure message="a.cc:3&#10;no"/></testcase></testsuite>')
        self.assertEqual((self.report()[0], self.report()[1][-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_a_crash_after_passing_tests_is_a_failure(self):
        self.put_ctest('<testcase name="a_test" status="fail"><failure message="SEGFAULT"/></testcase>')
        self.put("dev/reports/a_test.xml", '<testsuite><testcase name="x" classname="A" status="run"/></testsuite>')
        self.assertEqual((self.report()[0], self.report()[1][-1]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_a_program_that_could_not_start_is_a_failure_and_a_skip_is_none(self):
        self.put_ctest('<testcase name="a" status="notrun"><skipped message="Unable to find executable"/></testcase>',
                       '<testcase name="b" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>no clang here</system-out></testcase>')
        code, lines = self.report()
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed, 1 skipped"))
        self.assertIn("skipped  dev: b: no clang here", lines)

    def test_nothing_run_or_no_report_is_a_failure(self):
        self.assertEqual(self.report()[0], 1)
        self.put_ctest()
        self.assertEqual(self.report()[0], 1)


if __name__ == "__main__":
    unittest.main()
