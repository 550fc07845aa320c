#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write forwarding headers under the spellings client code uses: MAPIX.h, MapiX.h, MAPIX.H ... for mapix.h.

    case_headers.py OUTDIR [--include DIR] [--installed]

OUTDIR gets mapi/ and mapi/win/, the shape of the include directory, so that OUTDIR/mapi and OUTDIR/mapi/win go on the
include path next to the originals. A forwarder names its original by a path relative to itself. With --installed it
expects the original in its own folder: install OUTDIR/ over the installed include directory.

Spellings: those of data/header_spellings.tsv, and name, NAME, Name for every header found, for mapi* also MAPIname,
MAPIName, MapiName; each with .h and .H. On a file system that ignores case there is nothing to do and nothing is
written. Files that are already right are not touched, so a reconfigure rebuilds nothing; forwarders of headers that are
gone are removed.
"""

import argparse
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def listed_spellings():
    lines = (ROOT / "data" / "header_spellings.tsv").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines[1:]:
        folder, header, spellings = line.split("\t")
        found[f"{folder}/{header}"] = spellings.split()
    return found


def spellings_of(header, listed):
    stem = header[: -len(".h")]
    stems = {stem, stem.upper(), stem.capitalize(), *(name[: -len(".h")] for name in listed)}
    if stem.startswith("mapi"):
        # The listed forms write the words behind MAPI as Microsoft does (MAPIVal_Methods): Mapi and MAPI go with each.
        stems |= {prefix + tail for prefix in ("MAPI", "Mapi") for tail in {name[4:] for name in stems} | {stem[4:].capitalize()}}
    names = {name + suffix for name in stems for suffix in (".h", ".H")}
    names.discard(header)
    wrong = [name for name in names if name.lower() != header]
    if wrong:
        raise SystemExit(f"data/header_spellings.tsv: {wrong} are not spellings of {header}")
    return sorted(names)


def ignores_case(folder):
    probe = folder / ".case_probe"
    probe.write_text("", encoding="utf-8")
    result = (folder / ".CASE_PROBE").exists()
    probe.unlink()
    return result


def forwarder(target):
    return f'// SPDX-License-Identifier: Apache-2.0\n#include "{target}"\n'


def is_forwarder(path):
    """Only what this script wrote may be removed: an installed folder holds the originals too."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return len(lines) == 2 and lines[1].startswith('#include "') and lines[1].rstrip('"').lower().endswith(path.name.lower())


def forwarders(outdir, include, installed):
    """{path of the forwarder: its text}"""
    listed = listed_spellings()
    result = {}
    for folder in ("mapi", "mapi/win"):
        source = include if folder == "mapi" else include / "win"
        for original in sorted(source.glob("*.h")):
            name = original.name
            if name != name.lower():
                raise SystemExit(f"{original}: header names are lower-case")
            target = name if installed else os.path.relpath(original, outdir / folder)
            for spelling in spellings_of(name, listed.get(f"{folder}/{name}", [])):
                result[outdir / folder / spelling] = forwarder(target)
    return result


def write(files, folders):
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.[hH]"):
            if path not in files and is_forwarder(path):
                path.unlink()
    for path, text in files.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--include", type=pathlib.Path, default=ROOT / "include" / "mapi", help="folder of the originals")
    parser.add_argument("--installed", action="store_true", help="forward to the same folder")
    arguments = parser.parse_args()
    outdir, include = arguments.outdir.resolve(), arguments.include.resolve()
    if (outdir / "mapi") == include:
        # The source tree stays free of derived files.
        parser.error("OUTDIR must not be the folder of the originals")
    outdir.mkdir(parents=True, exist_ok=True)
    if not ignores_case(outdir):
        write(forwarders(outdir, include, arguments.installed), (outdir / "mapi", outdir / "mapi" / "win"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
