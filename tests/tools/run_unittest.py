# SPDX-License-Identifier: Apache-2.0
"""run_unittest.py REPORT.xml SCRIPT [ARG...]: runs a unittest script and leaves a GoogleTest-style report of its single tests."""

import pathlib
import runpy
import sys
import unittest
import xml.etree.ElementTree as xml


class Recorder(unittest.TextTestResult):
    """A test result that also keeps (test, kind, message) of each finished test."""

    finished = []

    def startTest(self, test):
        super().startTest(test)
        self.finished.append([test, "passed", ""])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.mark(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.mark(test, "failure", str(err[1]))

    def addError(self, test, err):
        super().addError(test, err)
        self.mark(test, "failure", str(err[1]))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.mark(test, "failure", str(err[1]))

    def mark(self, test, kind, message):
        # setUpClass and setUpModule fail or skip without having started a test.
        if not self.finished or self.finished[-1][0] is not test:
            self.finished.append([test, kind, message])
        self.finished[-1][1:] = [kind, message]


def write_report(path, finished):
    suite = xml.Element("testsuite", tests=str(len(finished)))
    for test, kind, message in finished:
        case = xml.SubElement(suite, "testcase", name=test.id().split(".")[-1], classname=type(test).__name__)
        if kind != "passed":
            xml.SubElement(case, kind, message=message)
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def main():
    report, script = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    sys.argv = [str(script), *sys.argv[3:]]
    sys.path.insert(0, str(script.parent))
    scope = runpy.run_path(str(script), run_name="test_script")
    loader, suite = unittest.TestLoader(), unittest.TestSuite()
    for value in list(scope.values()):
        if isinstance(value, type) and issubclass(value, unittest.TestCase):
            suite.addTests(loader.loadTestsFromTestCase(value))
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=1).run(suite)
    write_report(report, Recorder.finished)
    return 0 if result.wasSuccessful() and Recorder.finished else 1


if __name__ == "__main__":
    sys.exit(main())
