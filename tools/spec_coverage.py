#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much of data/spec the tests prove: rows proven / rows that apply, for api, lifecycle and store.

What counts (docs/testing.md says why):
  lifecycle, store   a test source cites the row: // spec: LC-117 ST-041
  function           called in a hand-written test: its name followed by ( in code, not declared there
  macro              its name followed by ( in the code of a test, generated ones included
  struct, callback   named in the code of a test, generated ones included
  method             cited as // spec: IMAPITable::SetColumns in a hand-written test that also has ->SetColumns( or .SetColumns(
  constant-group     cited by its name in quotes: // spec: "property types (PT_*)"
Comments, strings and #if 0 prove nothing. A citation of something that no table has is an error, and so is a stale row of
tests/spec-not-applicable.tsv or a group of tests/spec-gate.tsv that is not complete.
"""

import argparse
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import tree  # noqa: E402

LISTS = ("api", "lifecycle", "store")
NOT_APPLICABLE, GATE = "tests/spec-not-applicable.tsv", "tests/spec-gate.tsv"
MAX_NOT_APPLICABLE = 0.05
# Folders whose text speaks about citations instead of making them.
NOT_TESTS = ("tests/tools/",)
# Sources that are compiled and never run: what they call is not called.
NEVER_RUN = ("tests/headers/client_style.",)
CITATION = re.compile(r"(?:^|//|/\*|\*|#|--)\s*spec:\s*(.*)")
TOKEN = re.compile(r'\s*,?\s*("[^"]+"|(?:LC|ST)-\d+(?:\.\.(?:LC-|ST-)?\d+)?|I[A-Za-z0-9]+::\w+|R\d+\b|[A-Za-z_]\w*)')
CALL_BEFORE = {"return", "else", "do", "case", "throw", "and", "or", "not", "co_return", "co_await", "co_yield", "sizeof", "goto"}


class Spec:
    """The tables: rows[list][id] = {kind, scope, ...}. An api row's id is Interface::Name or the name."""

    def __init__(self, root):
        self.rows, self.problems = {name: {} for name in LISTS}, []
        for name in LISTS:
            lines = tree.read(root, f"data/spec/{name}.tsv").splitlines()
            head = lines[0].split("\t")
            for line in lines[1:]:
                row = dict(zip(head, line.split("\t")))
                key = row["id"] if name != "api" else (f"{row['interface']}::" if row["interface"] else "") + row["name"]
                if key in self.rows[name]:
                    self.problems.append(f"data/spec/{name}.tsv: {key} has two rows")
                self.rows[name][key] = row
        rulings = pathlib.Path(root) / "docs/rulings.md"
        text = rulings.read_text(encoding="utf-8") if rulings.is_file() else ""
        self.rulings = set(re.findall(r"\bR\d+\b", text))

    def list_of(self, key):
        return next((name for name in LISTS if key in self.rows[name]), None)

    def live(self, name):
        return {key: row for key, row in self.rows[name].items() if row.get("kind") != "withdrawn"}


def expand(token):
    """LC-110..LC-113 -> the four ids."""
    first, dots, last = token.partition("..")
    if not dots:
        return [token]
    prefix, low = first.split("-")
    high = last.split("-")[-1]
    return [f"{prefix}-{n:0{len(low)}d}" for n in range(int(low), int(high) + 1)]


def citations(lines):
    """[(line number, [token])] of the `spec:` comments among (number, text) lines."""
    found = []
    for number, line in lines:
        match = CITATION.search(line)
        if not match:
            continue
        tokens, rest = [], match.group(1)
        while True:
            token = TOKEN.match(rest)
            if not token:
                break
            word, rest = token.group(1), rest[token.end() :]
            # Prose after the ids ends them; a first word that is no id is reported as unknown.
            if tokens and not re.match(r'"|(?:LC|ST)-|I\w+::|R\d', word):
                break
            tokens += expand(word)
        found.append((number, tokens))
    return found


def without_disabled(text):
    """Blank #if 0 ... #endif (or its #else); nested conditionals go with it."""
    lines, depth = text.split("\n"), 0
    for index, line in enumerate(lines):
        directive = re.match(r"\s*#\s*(if\w*|else|elif|endif)\b(.*)", line)
        if depth == 0:
            depth = 1 if directive and directive.group(1) == "if" and directive.group(2).strip() in ("0", "false") else 0
        elif directive:
            word = directive.group(1)
            depth += word.startswith("if")
            depth -= word == "endif" or (word in ("else", "elif") and depth == 1)
        if depth:
            lines[index] = ""
    return "\n".join(lines)


def is_test_source(name):
    if name.startswith(NOT_TESTS):
        return False
    if name.endswith(("_test.cc", "_test.c", ".case")):
        return True
    return name.startswith("tests/") and name.endswith(tree.C_SUFFIXES + (".py", ".sh"))


class Evidence:
    """What the test sources say and do."""

    def __init__(self, root, spec):
        self.spec, self.problems = spec, []
        self.cited, self.called, self.named, self.methods = set(), set(), set(), set()
        self.with_parenthesis = set()
        self.sources = [name for name in tree.files(root) if is_test_source(name)]
        for name in self.sources:
            self.add(name, tree.read(root, name))

    def add(self, name, text):
        is_c = name.endswith(tree.C_SUFFIXES)
        generated = tree.is_generated(name, text)
        text = without_disabled(text) if is_c else text
        code = tree.code_only(text) if is_c else ""
        lines = tree.comments_of(text) if is_c else list(enumerate(text.split("\n"), 1))
        cited = self.cite(name, lines)
        self.named |= set(re.findall(r"[A-Za-z_]\w*", code))
        self.with_parenthesis |= set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", code))
        if not generated:
            if not name.startswith(NEVER_RUN):
                self.called |= calls(code)
            members = set(re.findall(r"(?:->|\.)\s*(\w+)\s*\(", code))
            self.methods |= {key for key in cited if "::" in key and key.split("::")[1] in members}
            self.cited |= cited

    def cite(self, name, lines):
        cited = set()
        for number, tokens in citations(lines):
            if not tokens:
                self.problems.append(f"{name}:{number}: a spec: line without an id")
            for token in tokens:
                key = token.strip('"')
                if key in self.spec.rulings or self.spec.list_of(key):
                    cited.add(key)
                else:
                    self.problems.append(f"{name}:{number}: unknown id {token}")
        return cited

    def proves(self, key, row):
        kind = row["kind"]
        if kind == "method":
            return key in self.methods
        if kind == "function":
            return key in self.called
        if kind == "macro":
            return key in self.with_parenthesis
        if kind in ("struct", "callback"):
            return key in self.named
        return key in self.cited


def calls(code):
    """Names followed by ( that are not being declared: the word before is no type and no member access."""
    found = set()
    for match in re.finditer(r"\b([A-Za-z_]\w*)\s*\(", code):
        before = code[max(0, match.start() - 80) : match.start()].rstrip()
        if re.search(r"(?:^|[;{}])\s*(?:\w+\s+)*\w+\s*[*&]+$", before):
            continue
        if before.endswith(("->", ".")) or (before.endswith("::") and re.search(r"\w\s*::$", before)):
            continue
        word = re.search(r"([A-Za-z_]\w*)$", before)
        if word is None or word.group(1) in CALL_BEFORE:
            found.add(match.group(1))
    return found


def read_rows(root, name, width):
    """Rows of a tab-separated file that may be missing; (rows, problems)."""
    path, rows, problems = pathlib.Path(root) / name, [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.is_file() else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < width or not all(cells[:width]):
            problems.append(f"{name}:{number}: needs {width} columns, none empty")
        else:
            rows.append(cells)
    return rows, problems


class Coverage:
    def __init__(self, root):
        self.root, self.spec = root, Spec(root)
        self.evidence = Evidence(root, self.spec)
        self.problems = self.spec.problems + self.evidence.problems
        self.proven = {
            name: {key for key, row in self.spec.live(name).items() if self.evidence.proves(key, row)} for name in LISTS
        }
        self.excluded = {name: set() for name in LISTS}
        self.read_not_applicable()
        self.applicable = {name: set(self.spec.live(name)) - self.excluded[name] for name in LISTS}
        self.read_gate()

    def read_not_applicable(self):
        rows, problems = read_rows(self.root, NOT_APPLICABLE, 3)
        for name, key, *_ in rows:
            if name not in LISTS or key not in self.spec.live(name):
                problems.append(f"{NOT_APPLICABLE}: stale: {name} has no row {key}")
            elif key in self.excluded[name]:
                problems.append(f"{NOT_APPLICABLE}: {key} stands twice")
            elif key in self.proven[name]:
                problems.append(f"{NOT_APPLICABLE}: stale: a test proves {key}")
            else:
                self.excluded[name].add(key)
        for name in LISTS:
            limit = int(len(self.spec.live(name)) * MAX_NOT_APPLICABLE)
            if len(self.excluded[name]) > limit:
                problems.append(f"{NOT_APPLICABLE}: {len(self.excluded[name])} rows of {name}; at most {limit} (5 %)")
        self.problems += problems

    def group(self, expression):
        """Ids of a group: <list>[:<kind or scope or subject>]... ; a leading scope alone means the api list."""
        first, *rest = expression.split(":")
        name, words = (first, rest) if first in LISTS else ("api", [first, *rest])
        live = self.spec.live(name)
        columns = ("kind", "scope", "subject", "interface")
        keys = {k for k, row in live.items() if all(any(row.get(c) == w for c in columns) for w in words)}
        return name, keys

    def read_gate(self):
        """tests/spec-gate.tsv: a group that has once been complete stays complete, but for the exceptions it names."""
        rows, problems = read_rows(self.root, GATE, 1)
        for group, *cells in rows:
            name, keys = self.group(group)
            exceptions = set(cells[0].split()) if cells else set()
            if not keys:
                problems.append(f"{GATE}: {group} has no rows")
            for key in sorted(exceptions - keys):
                problems.append(f"{GATE}: {group} has no row {key} to except")
            for key in sorted(exceptions & self.proven[name]):
                problems.append(f"{GATE}: a test proves {key} by now: remove the exception")
            for key in sorted((keys & self.applicable[name]) - self.proven[name] - exceptions):
                problems.append(f"{GATE}: {group} was complete; no test proves {key} any more")
        self.problems += problems

    def unproven(self, expression):
        name, keys = self.group(expression)
        return sorted((keys & self.applicable[name]) - self.proven[name])

    def line(self, title, name, keys):
        wanted = keys & self.applicable[name]
        done = len(wanted & self.proven[name])
        percent = 100 * done // len(wanted) if wanted else 100
        return f"{title:44} {done:4} / {len(wanted):4}  {percent:3} %"

    def print_table(self):
        for name in LISTS:
            live = self.spec.live(name)
            column = "scope" if name == "api" else "kind"
            for value in sorted({row[column] for row in live.values()}):
                members = {key for key, row in live.items() if row[column] == value}
                print(self.line(f"  {name}:{value}", name, members))
                for kind in sorted({live[key]["kind"] for key in members}) if name == "api" else []:
                    print(self.line(f"    {kind}", name, {key for key in members if live[key]["kind"] == kind}))
        print(f"test sources read: {len(self.evidence.sources)}")
        print("rows proven / rows that apply:")
        for name in LISTS:
            live = set(self.spec.live(name))
            print(f"{self.line(name, name, live)}   ({len(self.excluded[name])} of {len(live)} do not apply)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=str(tree.ROOT))
    parser.add_argument("--list-unproven", metavar="GROUP", help="core, api:function:core, lifecycle:required, store:IMsgStore ...")
    args = parser.parse_args()
    coverage = Coverage(args.root)
    if args.list_unproven:
        sys.stdout.write("".join(f"{key}\n" for key in coverage.unproven(args.list_unproven)))
        return 0
    for problem in coverage.problems:
        print(f"spec_coverage: {problem}")
    coverage.print_table()
    return 1 if coverage.problems else 0


if __name__ == "__main__":
    sys.exit(main())
