#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the tests of one or more build folders after ctest and ends with the line `N passed, N failed, N skipped`.

usage: test_report.py [--strict] BUILD_DIR...

BUILD_DIR/reports/ctest.xml says which programs ran; a program that left reports/<name>.xml is counted by its single tests,
any other as one. A program that failed although its report shows no failure (a crash, a leak, a timeout) is one failure
more. Exit 1 when a test failed, when nothing ran, or, with --strict, when one was skipped.
"""

import argparse
import pathlib
import sys
import xml.etree.ElementTree as xml

# ctest's word for a program that said "skip" by its agreed exit code; any other "notrun" is a program that could not start.
SKIP_STATES = ("SKIP_RETURN_CODE=", "SKIP_REGULAR_EXPRESSION_MATCHED", "Skipped")


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def add_build(self, folder):
        try:
            cases = xml.parse(folder / "reports" / "ctest.xml").getroot().iter("testcase")
        except (OSError, xml.ParseError) as error:
            self.failed.append((f"{folder.name}: ctest", f"left no report: {error}"))
            return
        for case in cases:
            self.add_program(folder, case)

    def add_program(self, folder, case):
        name, status = f"{folder.name}: {case.get('name')}", case.get("status")
        failures = len(self.failed)
        report = folder / "reports" / f"{case.get('name')}.xml"
        inner = self.add_cases(name, report) if report.is_file() and status in ("run", "fail") else 0
        if status == "run":
            self.passed += inner == 0
        elif status == "fail":
            if len(self.failed) == failures:
                self.failed.append((name, message_of(case, "failure") or "failed outside its single tests"))
        elif status == "disabled":
            self.skipped.append((name, "disabled"))
        else:
            reason = message_of(case, "skipped")
            if reason.startswith(SKIP_STATES):
                self.skipped.append((name, last_line(case) or reason))
            else:
                self.failed.append((name, f"could not run: {reason or status}"))

    def add_cases(self, name, report):
        """Count the single tests of a GoogleTest-style report; how many there were."""
        try:
            cases = list(xml.parse(report).getroot().iter("testcase"))
        except xml.ParseError:
            return 0
        for case in cases:
            title = f"{name}: {case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None:
                self.failed.append((title, message_of(case, "failure")))
            elif case.get("result") == "skipped" or case.find("skipped") is not None:
                self.skipped.append((title, message_of(case, "skipped") or "no reason given"))
            elif case.get("status") == "notrun":
                self.skipped.append((title, "disabled in the source"))
            else:
                self.passed += 1
        return len(cases)


def message_of(case, kind):
    found = case.find(kind)
    lines = [line.strip() for line in (found.get("message") or "").splitlines() if line.strip()] if found is not None else []
    # GoogleTest puts file:line first; the reason follows.
    return " ".join(lines[1:] if len(lines) > 1 else lines)


def last_line(case):
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines() if line.strip()]
    return lines[-1] if lines else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strict", action="store_true", help="a skipped test is a failure")
    parser.add_argument("builds", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    tally = Tally()
    for folder in args.builds:
        tally.add_build(folder)
    for title, reason in tally.skipped:
        print(f"skipped  {title}: {reason}")
    for title, reason in tally.failed:
        print(f"FAILED   {title}: {reason}")
    ran = tally.passed + len(tally.failed)
    print(f"{ran} tests run")
    print(f"{tally.passed} passed, {len(tally.failed)} failed, {len(tally.skipped)} skipped", flush=True)
    return 1 if tally.failed or ran == 0 or (args.strict and tally.skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
