#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-format 14 over the C and C++ files of the tree, generated ones excepted; --fix rewrites them.

One fixed version, since each version of clang-format has its own opinion of the same rules.
"""

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import tree  # noqa: E402

VERSION = "14"
BATCH = 20


def find_program():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path and f"version {VERSION}." in subprocess.run([path, "--version"], capture_output=True, text=True).stdout:
            return path
    return None


def wanted_files(root):
    found = [name for name in tree.files(root) if name.endswith(tree.C_SUFFIXES)]
    return [name for name in found if not tree.is_generated(name, tree.read(root, name))]


def run_batch(program, root, names, fix):
    mode = ["-i"] if fix else ["--dry-run", "--Werror", "--ferror-limit=1"]
    done = subprocess.run([program, "--style=file", *mode, *names], cwd=root, capture_output=True, text=True)
    bad = [line for line in done.stderr.splitlines() if ": error:" in line or ": warning:" in line]
    return bad if done.returncode == 0 or bad else [done.stderr.strip() or "clang-format failed"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=str(tree.ROOT))
    parser.add_argument("--fix", action="store_true")
    args = parser.parse_args()
    program = find_program()
    if program is None:
        print(f"check_format: clang-format {VERSION} is missing; ./dev up installs it")
        return 1
    names = wanted_files(args.root)
    batches = [names[i : i + BATCH] for i in range(0, len(names), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda batch: run_batch(program, args.root, batch, args.fix), batches)
        problems = [line for result in results for line in result]
    if problems:
        print("check_format: ./dev format mends these")
    return tree.report("check_format", problems, f"{len(names)} files: fine")


if __name__ == "__main__":
    sys.exit(main())
