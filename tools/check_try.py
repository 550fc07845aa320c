#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No TRY inside a braced initialiser: when TRY leaves early there, g++ 12 does not destroy what the list has made so far.

An initialiser is told from a block by its shape: a block ends a statement, so there is a ; between its braces, or it follows what
only a block follows: a ), else, do, try, const, noexcept, override, mutable or a trailing return type.
"""

import argparse
import re
import sys

sys.dont_write_bytecode = True
import tree  # noqa: E402

TRY = re.compile(r"\bTRY\s*\(")
BEFORE_BLOCK = re.compile(r"(\)|\b(else|do|try|const|noexcept|override|final|mutable|namespace(\s+[\w:]+)?)|->\s*[\w:<>,\s*&]+)\s*$")
OPENING, CLOSING = "([{", ")]}"


def without_directives(code):
    """Preprocessor lines may hold half a brace; they are no place for TRY."""
    return re.sub(r"(?m)^[ \t]*#(?:[^\\\n]|\\.|\\\n)*", lambda match: tree.blank(match.group()), code)


def spans(code):
    """[(opening, closing, has a ; of its own)] of each pair of braces. A ; inside nested brackets belongs to those."""
    stack, found = [], []
    for position, char in enumerate(code):
        if char in OPENING:
            stack.append([char, position, False])
        elif char == ";" and stack:
            stack[-1][2] = True
        elif char in CLOSING and stack:
            opened, start, statement = stack.pop()
            if opened == "{":
                found.append((start, position, statement))
    return found


def uses_in_initialisers(text):
    """Line numbers."""
    code = without_directives(tree.code_only(text))
    uses = [match.start() for match in TRY.finditer(code)]
    if not uses:
        return []
    braces, lines = spans(code), []
    for use in uses:
        around = [span for span in braces if span[0] < use < span[1]]
        if not around:
            continue
        start, _, statement = max(around)
        if not statement and not BEFORE_BLOCK.search(code[max(0, start - 200) : start]):
            lines.append(code.count("\n", 0, use) + 1)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=str(tree.ROOT))
    root = parser.parse_args().root
    sources = [name for name in tree.files(root) if name.endswith(tree.C_SUFFIXES)]
    problems = [f"{name}:{line}: TRY inside a braced initialiser" for name in sources
                for line in uses_in_initialisers(tree.read(root, name))]
    return tree.report("check_try", problems, f"{len(sources)} files: fine")


if __name__ == "__main__":
    sys.exit(main())
