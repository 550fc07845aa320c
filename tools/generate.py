#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write every generated file of the tree from data/, or with --check say which of them are stale (exit 1).

Each module in tools/gen has outputs() -> {path: text}. Standard library only, no options that change the text, so two
runs always agree. A file in a generated/ folder that no module writes any more is stale too.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from gen import constants, header_tests, tables, tags, vtable_tests  # noqa: E402

MODULES = (tags, constants, tables, header_tests, vtable_tests)
OWNED_FOLDERS = ("apps/cli/generated", "src/model/generated", "src/com/generated", "tests/headers/generated")


def wanted():
    result = {}
    for module in MODULES:
        for path, text in module.outputs().items():
            if path in result:
                raise SystemExit(f"{path}: written by two generators")
            result[path] = text
    return result


def leftovers(files):
    for folder in OWNED_FOLDERS:
        for path in sorted((ROOT / folder).glob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and name not in files:
                yield name


def is_current(path, text):
    return path.is_file() and path.read_text(encoding="utf-8") == text


def check(files):
    stale = [name for name, text in files.items() if not is_current(ROOT / name, text)]
    stale += leftovers(files)
    for name in stale:
        print(f"stale: {name} (run tools/generate.py)", file=sys.stderr)
    return 1 if stale else 0


def write(files):
    for name, text in files.items():
        path = ROOT / name
        if not is_current(path, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    for name in list(leftovers(files)):
        (ROOT / name).unlink()
        print(f"removed {name}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and name the files that are stale")
    arguments = parser.parse_args()
    return check(wanted()) if arguments.check else write(wanted())


if __name__ == "__main__":
    sys.exit(main())
