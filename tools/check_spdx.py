#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every source file names its licence in its first line (the second after a #! line)."""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
import tree  # noqa: E402

MARK = "SPDX-License-Identifier: Apache-2.0"
SUFFIXES = tree.C_SUFFIXES + (".py", ".sh", ".cmake", ".sql", ".js", ".ts", ".css", ".svelte", ".html", ".case", ".in")
NAMES = ("CMakeLists.txt", "layers.txt", "size_allow.txt")
DATA_FOLDERS = ("fuzz/corpus/", "tests/corpus/")


def is_source(root, name):
    if name.startswith(DATA_FOLDERS):
        return False
    path = pathlib.PurePosixPath(name)
    if path.name in NAMES or path.suffix in SUFFIXES:
        return True
    with open(pathlib.Path(root) / name, "rb") as file:
        return file.read(2) == b"#!"


def has_mark(text):
    lines = text.split("\n", 2)
    return MARK in (lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=str(tree.ROOT))
    root = parser.parse_args().root
    sources = [name for name in tree.files(root) if is_source(root, name)]
    problems = [f"{name}: no '{MARK}' in its first line" for name in sources if not has_mark(tree.read(root, name))]
    return tree.report("check_spdx", problems, f"{len(sources)} files: fine")


if __name__ == "__main__":
    sys.exit(main())
