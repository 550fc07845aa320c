#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""File and function sizes: 400 and 40 lines are reported, 800 and 80 are the limit.

Over the limit only with an entry in tools/size_allow.txt (which may only shrink), or with a one-line waiver for what reads best in one piece:
`// size: table` for a data table, `// size: switch` for one switch. A file carries it in its first 15 lines, a function on or above its first line.
Generated files and include/mapi (the reference's own division into headers) are exempt.
"""

import argparse
import ast
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import tree  # noqa: E402

FILE_SOFT, FILE_HARD, FUNCTION_SOFT, FUNCTION_HARD = 400, 800, 40, 80
SUFFIXES = tree.C_SUFFIXES + (".py", ".cmake", ".sh")
WAIVER = re.compile(r"(?://|#|/\*)\s*size:\s*(\w+)")
SCOPE_HEAD = re.compile(r"^(?:(?:typedef|static|inline|constexpr|const|export)\s+)*(?:namespace|class|struct|union|enum|extern\s*\"\s*\")")
FUNCTION_TAIL = re.compile(r"\)\s*(?:const|noexcept|override|final|mutable|try|&|\s)*$")
CONSTRUCTOR_LIST = re.compile(r"\)\s*(?:noexcept)?\s*:(?!:)")
NAME = re.compile(r"([~\w]+(?:\s*::\s*[~\w]+)*|operator\s*[^\s(]+|operator\s*\(\s*\))\s*\(")


def without_template(head):
    """`template <class T> void f()` -> `void f()`: the word class there opens no scope."""
    head = head.strip()
    while head.startswith("template"):
        depth, start = 0, head.find("<")
        for position in range(start, len(head)):
            depth += (head[position] == "<") - (head[position] == ">")
            if depth == 0:
                break
        else:
            return head
        head = head[position + 1 :].strip()
    return head


def kind_of(head):
    """What a brace after this text opens: scope, function, init (a member initialiser) or block."""
    head = without_template(re.sub(r"\[\[[^\]]*\]\]", " ", head))
    if SCOPE_HEAD.match(head) and not FUNCTION_TAIL.search(head):
        return "scope"
    if "(" not in head or head.endswith(("=", ",", "(", "return")):
        return "block"
    if CONSTRUCTOR_LIST.search(head) and re.search(r"[\w>]$", head):
        return "init"
    return "function"


def without_preprocessor(code):
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: tree.blank(m.group()), code, flags=re.MULTILINE)


def matching(code, position):
    """Position after the brace that closes the one at position."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, position):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(code)


def c_functions(text):
    """[(name, first line, last line)] of the functions of C/C++ text. A heuristic on braces; good enough for tidy code."""
    code = without_preprocessor(tree.code_only(text))
    found, head_start, position = [], 0, 0
    marks = re.compile(r"[;{}]|\b(?:public|private|protected)\s*:(?!:)")
    while True:
        match = marks.search(code, position)
        if match is None:
            return found
        position = match.end()
        if match.group() != "{":
            head_start = position
            continue
        head = code[head_start : match.start()]
        kind = kind_of(head)
        if kind == "scope":
            head_start = position
            continue
        position = matching(code, match.start())
        if kind == "function":
            first = code.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
            name = NAME.search(without_template(head))
            label = re.sub(r"\s+", "", name.group(1)) if name else "?"
            if label in ("TEST", "TEST_F", "TEST_P", "TYPED_TEST", "RC_GTEST_PROP", "RC_GTEST_FIXTURE_PROP"):
                label = re.sub(r"\s+", "", head[head.index("(") + 1 :]).rstrip(")").split(",\"")[0].replace(",", ".")
            found.append((label, first, code.count("\n", 0, position) + 1))
        if kind != "init":
            head_start = position


def python_functions(text):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(n.name, n.lineno, n.end_lineno) for n in ast.walk(ast.parse(text)) if isinstance(n, kinds)]


def waiver(lines):
    for line in lines:
        match = WAIVER.search(line)
        if match:
            return match.group(1)
    return None


def measure(name, text):
    """Yield (key, size, soft, hard, waiver, body) for a file and each of its functions."""
    lines = text.split("\n")
    yield name, len(text.splitlines()), FILE_SOFT, FILE_HARD, waiver(lines[:15]), text
    functions = c_functions(text) if name.endswith(tree.C_SUFFIXES) else python_functions(text) if name.endswith(".py") else []
    for label, first, last in functions:
        body = "\n".join(lines[first - 1 : last])
        mark = waiver(lines[max(0, first - 2) : first + 1])
        yield f"{name}::{label}", last - first + 1, FUNCTION_SOFT, FUNCTION_HARD, mark, body


def read_allow(root):
    path, entries, problems = pathlib.Path(root) / "tools/size_allow.txt", {}, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.is_file() else [], 1):
        if line.strip() and not line.startswith("#"):
            count, _, key = line.strip().partition(" ")
            if not count.isdigit() or not key or key in entries:
                problems.append(f"size_allow.txt:{number}: not '<lines> <path>[::<function>]', or twice")
            else:
                entries[key.strip()] = int(count)
    return entries, problems


def judge(sizes, allow):
    """Problems and soft notes from {key: (size, soft, hard)} and the allow-list."""
    problems, notes = [], []
    for key, (size, soft, hard) in sorted(sizes.items()):
        if size > hard and key not in allow:
            problems.append(f"{key}: {size} lines; the limit is {hard}")
        elif size > hard and size > allow[key]:
            problems.append(f"{key}: {size} lines, grown past its {allow[key]} in size_allow.txt, which may only shrink")
        elif size > hard and size < allow[key]:
            problems.append(f"size_allow.txt: {key} says {allow[key]}, it is {size} by now: lower the entry")
        elif soft < size <= hard:
            notes.append(f"{size:4} of {soft} {key}")
    for key in allow:
        if key not in sizes or sizes[key][0] <= sizes[key][2]:
            problems.append(f"size_allow.txt: {key} is no longer needed: remove the entry")
    return problems, notes


def collect(root):
    sizes, problems = {}, []
    for name in tree.files(root):
        if not name.endswith(SUFFIXES) and name != "dev":
            continue
        text = tree.read(root, name)
        if tree.is_generated(name, text) or name.startswith("include/mapi/"):
            continue
        for key, size, soft, hard, mark, body in measure(name, text):
            if mark and mark not in ("table", "switch"):
                problems.append(f"{key}: unknown waiver 'size: {mark}' (table or switch)")
            elif mark == "switch" and "switch (" not in body and size > hard:
                problems.append(f"{key}: waived as a switch, but has none")
            elif not mark and size > sizes.get(key, (0,))[0]:
                sizes[key] = (size, soft, hard)
    return sizes, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=str(tree.ROOT))
    root = parser.parse_args().root
    allow, problems = read_allow(root)
    sizes, bad_waivers = collect(root)
    over, notes = judge(sizes, allow)
    for note in notes:
        print(f"check_sizes: over the soft limit: {note}")
    summary = f"{len(sizes)} files and functions, {len(notes)} over the soft limit, {len(allow)} allowed over the hard one"
    return tree.report("check_sizes", problems + bad_waivers + over, summary)


if __name__ == "__main__":
    sys.exit(main())
