#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `mapiary export` rescues from damaged .pst and .ost files, and how the peers (readpst, pffexport) do on the same
files. Prints the table of docs/damage-matrix.md and ends with 1 if a promise is broken:

- no crash, no hang: at most 5 times the intact file's time, and never under 2 s;
- exit code 0 only if every item came out equal to the original;
- what is missing is named: the manifest counts it as failed, or the damage is told on stderr or in the manifest.

An item is a message's .eml file; equal means equal bytes. The peers' items are compared with what the same peer wrote
from the intact file.
"""
import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

PFF_ITEMS = ("Contact.txt", "Task.txt", "Note.txt", "Appointment.txt", "Meeting.txt")
KINDS = ("flip 1", "flip 2-10", "flip 11-100", "flip 101-1000", "truncated", "zeroed pages", "swapped pages")


def mutate(data, kind, rng):
    """A damaged copy. The header's first 512 bytes are spared in half of the cases: else most files only test the header."""
    out = bytearray(data)
    start = 0 if rng.random() < 0.5 else min(512, len(out) - 1)
    if kind.startswith("flip"):
        low, _, high = kind[5:].partition("-")
        for _ in range(rng.randint(int(low), int(high or low))):
            at = rng.randrange(start, len(out))
            out[at] ^= rng.randint(1, 255)
    elif kind == "truncated":
        del out[rng.randrange(len(out) // 10, len(out)):]
    else:
        pages = range((start + 511) // 512, len(out) // 512)
        for _ in range(rng.randint(1, 16)):
            a = rng.choice(pages) * 512
            if kind == "zeroed pages":
                out[a:a + 512] = bytes(512)
            else:
                b = rng.choice(pages) * 512
                out[a:a + 512], out[b:b + 512] = out[b:b + 512], out[a:a + 512]
    return bytes(out)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest()


class Run:
    def __init__(self, command, limit):
        begin = time.monotonic()
        self.hung = False
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=limit)
            self.code, self.talk = done.returncode, done.stderr + done.stdout
        except subprocess.TimeoutExpired:
            self.code, self.talk, self.hung = -signal.SIGKILL, b"", True
        self.seconds = time.monotonic() - begin
        self.crashed = self.hung or self.code < 0 or self.code >= 128 or b"AddressSanitizer" in self.talk or b"runtime error:" in self.talk


def export_mapiary(program, path, out, limit):
    run = Run([program, "export", "--format", "eml", path, out], limit)
    items = collections.Counter()
    named = 0
    for folder, _, names in os.walk(out):
        for name in names:
            if name.endswith(".eml"):
                items[digest(os.path.join(folder, name))] += 1
    try:
        with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        named = manifest["totals"]["failed"] + manifest["totals"].get("incomplete", 0)
    except (OSError, ValueError, KeyError):
        pass
    if run.code != 0 and run.talk.strip():
        named += 1
    return run, items, named


def export_readpst(program, path, out, limit):
    os.mkdir(out)
    run = Run([program, "-q", "-e", "-D", "-j", "0", "-o", out, path], limit)
    items = collections.Counter()
    for folder, _, names in os.walk(out):
        for name in names:
            file = os.path.join(folder, name)
            with open(file, "rb") as content:
                raw = content.read()
            # Its boundaries are random.
            lines = [line for line in raw.split(b"\n") if b"alt---boundary" not in line and b"--boundary-" not in line]
            items[hashlib.sha256(b"\n".join(lines)).digest()] += 1
    return run, items, 0


def export_pffexport(program, path, out, limit):
    run = Run([program, "-q", "-m", "items", "-f", "text", "-t", out, path], limit)
    items = collections.Counter()
    # An item is a folder of files, with all that is below it: attachments, messages in them.
    for folder, below, names in os.walk(out + ".export"):
        if any(name.endswith("Headers.txt") or name in PFF_ITEMS for name in names):
            mixed = hashlib.sha256()
            for place, _, files in sorted(os.walk(folder)):
                for name in sorted(files):
                    mixed.update(digest(os.path.join(place, name)))
            items[mixed.digest()] += 1
            below.clear()
    return run, items, 0


class Matrix:
    def __init__(self, args):
        self.args = args
        self.tools = {"mapiary": (export_mapiary, args.program)}
        for name, export in (("readpst", export_readpst), ("pffexport", export_pffexport)):
            found = None if args.no_peers else shutil.which(name)
            if found:
                self.tools[name] = (export, found)
        self.rows = collections.defaultdict(collections.Counter)
        self.broken = []

    def intact(self, path):
        base = {}
        for name, (export, program) in self.tools.items():
            with tempfile.TemporaryDirectory() as scratch:
                run, items, _ = export(program, path, os.path.join(scratch, "out"), 600)
            base[name] = (max(2.0, 5 * run.seconds), items)
            if name == "mapiary" and run.code != 0:
                self.broken.append(f"{path}: intact, but exit code {run.code}")
        return base

    def one(self, path, data, base, number):
        rng = random.Random(f"{self.args.seed}/{os.path.basename(path)}/{number}")
        kind = KINDS[number % len(KINDS)]
        results = []
        with tempfile.TemporaryDirectory() as scratch:
            target = os.path.join(scratch, "damaged" + os.path.splitext(path)[1])
            content = mutate(data, kind, rng)
            with open(target, "wb") as file:
                file.write(content)
            for name, (export, program) in self.tools.items():
                limit, want = base[name]
                run, items, named = export(program, target, os.path.join(scratch, name), limit)
                results.append((kind, name, run, sum((want & items).values()), sum(want.values()), sum((items - want).values()), named))
            if digest(target) != hashlib.sha256(content).digest():
                self.broken.append(f"{path} #{number}: the source was changed")
        return number, results

    def add(self, path, number, results):
        for kind, name, run, same, wanted, other, named in results:
            row = self.rows[kind, name]
            row["mutants"] += 1
            row["wanted"] += wanted
            row["same"] += same
            row["other"] += other
            row["crashed"] += run.crashed
            row["silent"] += run.code == 0 and (same < wanted or other > 0)
            if name != "mapiary":
                continue
            where = f"{path} #{number} ({kind})"
            if run.crashed:
                self.broken.append(f"{where}: {'hung' if run.hung else 'crashed'}, exit {run.code}: {run.talk[-300:]!r}")
            elif run.code == 0 and (same < wanted or other > 0):
                self.broken.append(f"{where}: exit code 0, but {wanted - same} items are lost or changed")
            elif same < wanted and not named:
                self.broken.append(f"{where}: {wanted - same} items lost or changed and nothing says so")

    def run(self):
        files = self.args.files
        for path in files:
            with open(path, "rb") as file:
                data = file.read()
            base = self.intact(path)
            count = self.args.mutants // len(files)
            with ThreadPoolExecutor(self.args.jobs) as pool:
                for number, results in pool.map(lambda n: self.one(path, data, base, n), range(count)):
                    self.add(path, number, results)
            print(f"{path}: {count} mutants", file=sys.stderr)
        self.table()

    def table(self):
        print("| damage | program | files | items rescued unchanged | changed or new | crashed or hung | exit 0 in spite of loss |")
        print("|---|---|---|---|---|---|---|")
        totals = collections.defaultdict(collections.Counter)
        for kind in KINDS:
            for name in self.tools:
                row = self.rows[kind, name]
                totals[name].update(row)
                if row["mutants"]:
                    self.line(kind, name, row)
        for name, row in totals.items():
            self.line("all", name, row)
        best = max((row["same"] / max(1, row["wanted"]) for name, row in totals.items() if name != "mapiary"), default=0)
        ours = totals["mapiary"]["same"] / max(1, totals["mapiary"]["wanted"])
        if ours < best:
            self.broken.append(f"rescued {ours:.1%} of the items, a peer {best:.1%}")

    @staticmethod
    def line(kind, name, row):
        rescued = f"{row['same']} of {row['wanted']} ({row['same'] / max(1, row['wanted']):.1%})"
        print(f"| {kind} | {name} | {row['mutants']} | {rescued} | {row['other']} | {row['crashed']} | {row['silent']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", help=".pst and .ost files that are intact")
    parser.add_argument("--program", default="build/release/bin/mapiary", help="mapiary (default: %(default)s)")
    parser.add_argument("--mutants", type=int, default=10000, help="over all files together (default: %(default)s)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--no-peers", action="store_true", help="run mapiary alone")
    matrix = Matrix(parser.parse_args())
    matrix.run()
    for line in matrix.broken:
        print("BROKEN " + line, file=sys.stderr)
    print(f"{len(matrix.broken)} promises broken", file=sys.stderr)
    return 1 if matrix.broken else 0


if __name__ == "__main__":
    sys.exit(main())
