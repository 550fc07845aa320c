#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_pffexport.py MAPIARY FILE...: compares what `mapiary props` and pffexport (libpff's program, if installed) say of
every message of PST and OST files, property by property, and prints what differs. Exit code 1 if anything does.

Left out: named properties (pffexport numbers them anew), 8-bit text (it is converted here) and what the store computes.
A subject begins with a mark of where its prefix ends in the file, which is not part of it ([MS-PST] 2.5.3.1.1.1)."""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

COMPUTED = {0x0E07, 0x0E08, 0x0E1B, 0x0E05, 0x0FF4, 0x0FF7, 0x0FF9, 0x0FFE, 0x0FFF, 0x0037, 0x0E1D, 0x003D, 0x0070, 0x340D}


def filetime(raw):
    micro = int.from_bytes(raw, "little") // 10
    try:
        return (datetime.datetime(1601, 1, 1) + datetime.timedelta(microseconds=micro)).strftime("%Y-%m-%dT%H:%M:%S")
    except OverflowError:
        return None


def of_pff(kind, raw):
    if kind == 0x1F:
        return raw.decode("utf-16-le", "replace").split("\0")[0]  # MAPI's text ends at a null
    if kind == 0x0B:
        return bool(raw[0])
    if kind in (0x02, 0x03, 0x14):
        return int.from_bytes(raw, "little", signed=True)
    if kind == 0x40:
        return filetime(raw)
    if kind == 0x102:
        return raw.hex().upper()
    return None


def of_ours(kind, value):
    if kind == 0x40 and isinstance(value, str):
        return value[:19]
    if kind == 0x1F and isinstance(value, str):
        return value.split("\0")[0]
    return value


def is_compared(tag, kind):
    return tag < 0x8000 and tag not in COMPUTED and kind in (0x02, 0x03, 0x0B, 0x14, 0x1F, 0x40, 0x102)


def read_dump(path):
    """The properties of an item that pffexport -d has dumped."""
    found, kind, tag, raw = {}, None, None, b""

    def keep():
        if tag is not None and is_compared(tag, kind):
            found[tag] = (kind, of_pff(kind, raw) if raw or kind in (0x1F, 0x102) else None)

    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("Entry type:"):
                keep()
                tag, kind, raw = int(line.split(":")[1], 16), None, b""
            elif line.startswith("Value type:"):
                kind = int(line.split(":")[1], 16)
            else:
                hexes = re.match(r"0x[0-9a-f]{8}: ((?:[0-9a-f]{2} {1,2})+)", line)
                if hexes:
                    raw += bytes.fromhex(hexes.group(1))
    keep()
    return found


def pff_messages(file, folder):
    subprocess.run(["pffexport", "-q", "-d", "-m", "items", "-f", "all", "-t", os.path.join(folder, "x"), file],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for place, _, names in os.walk(os.path.join(folder, "x.export")):
        item = re.match(r"^[A-Z][A-Za-z ]*\d{5}$", os.path.basename(place))
        if item and "ItemValues.txt" in names and "Attachments" not in place:
            yield os.path.relpath(place, folder), read_dump(os.path.join(place, "ItemValues.txt"))


def run_ours(mapiary, *arguments):
    out = subprocess.run([mapiary, *arguments], capture_output=True, text=True, check=False).stdout
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def our_messages(mapiary, file, folder=None):
    for item in run_ours(mapiary, "ls", "--json", file, *([folder] if folder else [])):
        if item["schema"].startswith("mapiary.folder"):
            if not item.get("search"):
                yield from our_messages(mapiary, file, item["path"])
            continue
        props = {}
        for one in run_ours(mapiary, "props", "--json", file, item["id"]):
            tag, kind = int(one.get("tag", "0x0"), 16) >> 16, int(one.get("tag", "0x0"), 16) & 0xFFFF
            if one.get("object") == item["id"] and is_compared(tag, kind):
                props[tag] = (kind, of_ours(kind, one.get("value")))
        yield item["id"], props


def differences(theirs, ours):
    for tag, (kind, value) in sorted(theirs.items()):
        if tag not in ours:
            yield f"0x{tag:04X} is missing here"
        elif kind == 0x1F and len(value) > 4096 and str(ours[tag][1]).startswith(value):
            continue  # pffexport cuts long dumps off
        elif value is not None and ours[tag] != (kind, value):
            yield f"0x{tag:04X}: {str(value)[:60]!r}, here {str(ours[tag][1])[:60]!r}"


def compare(mapiary, file):
    with tempfile.TemporaryDirectory() as folder:
        theirs = list(pff_messages(file, folder))
    left = dict(our_messages(mapiary, file))
    total = wrong = 0
    for name, props in theirs:
        # Ours is the one that agrees most.
        best = max(left, key=lambda one: sum(left[one].get(tag) == value for tag, value in props.items()), default=None)
        if best is None:
            print(f"{file}: {name}: not found here")
            wrong += 1
            continue
        total += len(props)
        for text in differences(props, left.pop(best)):
            print(f"{file}: {name}: {text}")
            wrong += 1
    print(f"{os.path.basename(file)}: {len(theirs)} messages, {total} properties, {wrong} differences; "
          f"{len(left)} messages here alone")
    return wrong


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if not shutil.which("pffexport"):
        print("compare_pffexport: pffexport is not installed; nothing was compared")
        return
    sys.exit(1 if sum(compare(sys.argv[1], file) for file in sys.argv[2:]) else 0)


if __name__ == "__main__":
    main()
