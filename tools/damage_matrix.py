#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `mapiary export` rescues from damaged .pst and .ost files, and how the peers (readpst, pffexport) do on the same
files. Prints the tables of docs/damage-matrix.md and ends with 1 if a promise is broken:

- no crash, no leak (--asan: a program built with AddressSanitizer), no hang;
- at most 5 times the CPU time of the intact file;
- exit code 0 only if every item came out equal to the original;
- each item that is lost or changed is named: itself, by a record in the manifest, or, where nothing in the file knows of
  it any more, by a range that is named as lost and that it lies in: the numbers of the nodes that a damaged page of the
  tree of nodes listed, or the bytes that are missing at the end of the file;
- at least as many items rescued as the better peer.

An item is a message's .eml file; equal means equal bytes. The peers' items are compared with what the same peer wrote
from the intact file. With --state a run that was ended goes on where it was, and programs that did not change are not
run again.
"""
import argparse
import collections
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

# The ten files of docs/damage-matrix.md: of $MAPIARY_SAMPLES, and of tests/pst/make_fixtures.py.
SAMPLES = ("pst/emk-sample2.pst", "pst/aspose-email-PersonalStorageFile.pst", "pst/rjohnsondev-dist-list.pst", "pst/HiraokaHyperTools-alpha-beta-gamma-delta.pst",
           "pst/apache-testPST.pst", "pst/aspose-email-Outlook_1.pst", "ost/epfromer-pstextractortestpdf_outlook.com.ost.gz")
FIXTURES = ("v15-crypt2.pst", "v21-crypt1.pst", "deep-v23.pst")
# Instead of samples, where there are none.
MORE_FIXTURES = ("v14-crypt1.pst", "deep-v14.pst", "search.pst", "password.pst", "types-v23.pst", "v23-ost.ost", "v36-deflate.ost")
KINDS = ("flip 1", "flip 2-10", "flip 11-100", "flip 101-1000", "truncated", "zeroed pages", "swapped blocks")
PFF_ITEMS = ("Contact.txt", "Task.txt", "Note.txt", "Appointment.txt", "Meeting.txt")
PAGE = 512
UNITS = (64, 512, 4096)  # of what is swapped
HANG = 900  # seconds of the clock: the machine may be busy
PEER_HANG = 120  # a peer that hangs is no promise of ours that is broken, and must not hold up the rest
TIMES = 5  # the CPU time of the intact file
HOW = ("by_name", "by_nodes", "by_bytes", "by_all")  # an item that is lost is named
EVERY_NODE = (0, 0xFFFFFFFF)
STRAY = re.compile(r"message (0x[0-9A-F]+), '")
NODES = re.compile(r"nodes (0x[0-9A-F]+) to (0x[0-9A-F]+)")
BYTES = re.compile(r"bytes (\d+) to (\d+) are missing")
NOISE = 0.03  # seconds of CPU time that starting a program may vary by


class Source:
    """An intact file. Damage goes where it holds something: most of a small file is free space."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            self.data = file.read()
        if path.endswith(".gz"):
            self.name = self.name[:-3]
        self.hash = hashlib.sha256(self.data).hexdigest()[:12]
        empty = bytes(PAGE)
        self.used = [at for at in range(0, len(self.data), PAGE) if self.data[at:at + PAGE] != empty]
        self.suffix = os.path.splitext(self.name)[1]

    def mutant(self, seed, number):
        """Which kind of damage, and the damaged copy. The header is spared in half of the cases: else many files of much
        damage test nothing but it."""
        rng = random.Random(f"{seed}/{self.name}/{number}")
        kind = KINDS[number % len(KINDS)]
        pages = self.used if rng.random() < 0.5 else [at for at in self.used if at != 0]
        out = bytearray(self.data)
        if kind.startswith("flip"):
            low, _, high = kind[5:].partition("-")
            for _ in range(rng.randint(int(low), int(high or low))):
                at = min(rng.choice(pages) + rng.randrange(PAGE), len(out) - 1)
                out[at] ^= rng.randint(1, 255)
        elif kind == "truncated":
            # Those who made it shorter may have cut what was free; that alone loses nothing.
            del out[max(PAGE, rng.choice(self.used) + rng.randrange(PAGE)):]
        elif kind == "zeroed pages":
            for _ in range(rng.randint(1, 16)):
                at = rng.choice(pages)
                out[at:at + PAGE] = bytes(len(out[at:at + PAGE]))
        else:
            for _ in range(rng.randint(1, 16)):
                unit = rng.choice(UNITS)
                a, b = (rng.choice(pages) // unit * unit + rng.randrange(max(1, PAGE // unit)) * min(unit, PAGE) for _ in (0, 1))
                one, other = out[a:a + unit], out[b:b + unit]
                if abs(a - b) >= unit and len(one) == len(other) == unit:
                    out[a:a + unit], out[b:b + unit] = other, one
        return kind, bytes(out)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest()


class Run:
    """One run of a program: exit code, CPU seconds of it and its children, what it said."""

    def __init__(self, command, place, hang=HANG):
        self.hung = False
        env = dict(os.environ, TMPDIR=place, XDG_RUNTIME_DIR=place, HOME=place, XDG_CONFIG_HOME=place)
        said = os.path.join(place, "said")
        with open(said, "wb") as words:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=env, cwd=place)
            timer = threading.Timer(hang, self.end, [process])
            timer.start()
            _, status, used = os.wait4(process.pid, 0)
            timer.cancel()
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.cpu = used.ru_utime + used.ru_stime
        with open(said, "rb") as words:
            self.talk = words.read()
        self.sanitized = b"Sanitizer" in self.talk or b"runtime error:" in self.talk
        self.crashed = self.hung or self.code < 0 or self.code >= 128 or self.sanitized

    def end(self, process):
        self.hung = True
        os.kill(process.pid, signal.SIGKILL)  # Popen.kill() could wait for it


class Outcome:
    """What a program made of a file. `told`: it says that the file is damaged, or that it can do nothing."""

    def __init__(self, run, items, report=None, told=False):
        self.run, self.items, self.report, self.told = run, items, report, told


def title(file, subject=""):
    """Of an item: its subject as its file has it, without the number; of one that has no file the subject."""
    return os.path.basename(file)[len("000001-"):].removesuffix(".eml") if file else subject


class Report:
    """What `mapiary export` says: `items` (id, digest, title) that it wrote, `records` (id, title) of those that it says
    are lost or incomplete, and ranges that it says are lost."""

    def __init__(self, out, talk):
        self.items, self.records, self.told = [], [], bool(talk.strip())
        texts = [talk.decode("utf-8", "replace")]
        try:
            with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
                manifest = json.load(file)
            self.told = bool(manifest["problems"]) or any(not item.get("id") for item in manifest["items"])
            texts += [one["message"] for one in manifest["problems"]] + [item["message"] for item in manifest["items"]]
            self.records = [(item["id"], title(item.get("file", ""), item.get("subject", ""))) for item in manifest["items"]
                            if item.get("id") and item["status"] != "excluded"]
            with open(os.path.join(out, "manifest-items.tsv"), encoding="utf-8") as file:
                lines = [line.rstrip("\n").split("\t") for line in file]
            self.items = [(line[2], digest(os.path.join(out, line[3])), title(line[3])) for line in lines if line[0] == "W"]
        except (OSError, ValueError, KeyError):
            pass
        self.strays = {int(found, 16) for text in texts for found in STRAY.findall(text)}
        self.nodes = [tuple(int(one, 16) for one in found) for text in texts for found in NODES.findall(text)]
        self.bytes = [tuple(int(one) for one in found) for text in texts for found in BYTES.findall(text)]


def node_of(item_id):
    """The number of the node in an ID: a kind, three bytes, and the number, whose zeros at the end are left out."""
    return int.from_bytes(bytes.fromhex(item_id)[2:].ljust(6, b"\0")[2:6], "little")


def account(whole, places, damaged):
    """How the items of an intact file that did not come out of its damaged copy are named. Each record names one item,
    by its number, else by its title."""
    left = collections.Counter(one[1] for one in damaged.items)
    lost = []
    same = {(one[0], one[1]) for one in damaged.items}
    # Of equal items the one of the same number is that which came out.
    for item in sorted(whole.items, key=lambda one: (one[0], one[1]) not in same):
        if left[item[1]] > 0:
            left[item[1]] -= 1
        else:
            lost.append(item)
    records = list(damaged.records)
    out = {"by_name": 0, "by_nodes": 0, "by_bytes": 0, "by_all": 0, "untold": []}
    unnamed = []
    for match in (0, 1):
        for item in lost if match == 0 else unnamed[:]:
            key = item[0] if match == 0 else item[2]
            record = next((one for one in records if one[match] == key and key), None)
            if record or (match == 0 and node_of(key) in damaged.strays):
                if record:
                    records.remove(record)
                out["by_name"] += 1
                if match == 1:
                    unnamed.remove(item)
            elif match == 0:
                unnamed.append(item)
    ranges = [one for one in damaged.nodes if one != EVERY_NODE]
    for item in unnamed:
        node = node_of(item[0])
        if any(first <= node <= last for first, last in ranges):
            out["by_nodes"] += 1
        elif any(first <= at < last for first, last in damaged.bytes for at in places.get(node, ())):
            out["by_bytes"] += 1
        elif EVERY_NODE in damaged.nodes:
            out["by_all"] += 1
        else:
            out["untold"].append(item[0])
    return out


class Mapiary:
    def __init__(self, program):
        self.program = os.path.abspath(program)
        root = os.path.dirname(os.path.dirname(self.program))
        places = [self.program] + sorted(os.path.join(folder, name) for below in ("providers", "lib", "src")
                                         for folder, _, names in os.walk(os.path.join(root, below)) for name in names if ".so" in name)
        self.version = hashlib.sha256(b"".join(digest(path) for path in places)).hexdigest()[:12]

    def run(self, path, place):
        out = os.path.join(place, "out")
        run = Run([self.program, "export", "--format", "eml", path, out], place)
        items = collections.Counter()
        for folder, _, names in os.walk(out):
            for name in names:
                if name.endswith(".eml"):
                    items[digest(os.path.join(folder, name))] += 1
        report = Report(out, run.talk)
        return Outcome(run, items, report, report.told)

    def places(self, path, place):
        """Where the data and the subnodes of each node begin in an intact file, by the node's number."""
        lines = {}
        for option in ((), ("--blocks",)):
            with open(os.path.join(place, "said"), "wb") as words:
                subprocess.run([self.program, "pst-tree", "--json", *option, path], stdout=words, check=True)
            with open(os.path.join(place, "said"), encoding="utf-8") as words:
                lines[option] = [json.loads(line) for line in words]
        blocks = {int(one["bid"], 16) & ~1: one["offset"] for one in lines["--blocks",]}
        return {int(one["nid"], 16): [blocks[int(one[key], 16) & ~1] for key in ("data", "subnodes") if int(one[key], 16) & ~1 in blocks]
                for one in lines[()]}


class Readpst:
    def __init__(self, program):
        self.program = program
        self.version = digest(program).hex()[:12]

    def run(self, path, place):
        out = os.path.join(place, "out")
        os.mkdir(out)
        run = Run([self.program, "-q", "-e", "-D", "-j", "0", "-o", out, path], place, PEER_HANG)
        items = collections.Counter()
        for folder, _, names in os.walk(out):
            for name in names:
                with open(os.path.join(folder, name), "rb") as content:
                    raw = content.read()
                # Boundaries are random, and a stamp is the time of the run.
                lines = [line for line in raw.split(b"\n") if not any(one in line for one in (b"alt---boundary", b"--boundary-", b"DTSTAMP:"))]
                items[hashlib.sha256(b"\n".join(lines)).digest()] += 1
        return Outcome(run, items)


class Pffexport:
    def __init__(self, program):
        self.program = program
        self.version = digest(program).hex()[:12]

    def run(self, path, place):
        out = os.path.join(place, "out")
        run = Run([self.program, "-q", "-m", "items", "-f", "text", "-t", out, path], place, PEER_HANG)
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
        return Outcome(run, items)


class State:
    """Results that are known, a line each, by file, seed, number, tool and the tool's version."""

    def __init__(self, path):
        self.known = {}
        self.file = None
        if path:
            if os.path.exists(path):
                with open(path, encoding="utf-8") as lines:
                    for line in lines:
                        if line.endswith("\n"):
                            key, result = json.loads(line)
                            self.known[tuple(key)] = result
            self.file = open(path, "a", encoding="utf-8")

    def get(self, key):
        return self.known.get(key)

    def put(self, key, result):
        self.known[key] = result
        if self.file:
            self.file.write(json.dumps([key, result], separators=(",", ":")) + "\n")
            self.file.flush()


class Matrix:
    def __init__(self, args):
        self.args = args
        self.tools = {"mapiary": Mapiary(args.program)}
        if args.asan:
            self.tools["asan"] = Mapiary(args.asan)
        for name, kind in (("readpst", Readpst), ("pffexport", Pffexport)):
            found = None if args.no_peers else shutil.which(name)
            if found:
                self.tools[name] = kind(found)
        self.sources = [Source(path) for path in args.files]
        self.state = State(args.state)
        self.lock = threading.Lock()
        self.by_kind = collections.defaultdict(collections.Counter)
        self.by_file = collections.defaultdict(collections.Counter)
        self.compared = collections.defaultdict(collections.Counter)  # by kind, of the mutants that every program was run on
        self.slowest = 0.0
        self.broken = []
        self.base = {}
        self.whole, self.places = {}, {}

    # ---- Running

    def attempt(self, tool, content, suffix):
        """The outcome on these bytes, which must be as they were afterwards."""
        with tempfile.TemporaryDirectory(dir=self.args.scratch) as place:
            path = os.path.join(place, "file" + suffix)
            with open(path, "wb") as file:
                file.write(content)
            outcome = self.tools[tool].run(path, place)
            with open(path, "rb") as file:
                outcome.changed = file.read() != content
        return outcome

    def intact(self, source):
        for name in self.tools:
            runs = [self.attempt(name, source.data, source.suffix) for _ in range(1 if name == "asan" else 5)]
            self.base[source.name, name] = (sorted(one.run.cpu for one in runs)[len(runs) // 2], runs[0].items)
            if name not in ("mapiary", "asan"):
                continue
            self.whole[source.name, name] = runs[0].report
            with tempfile.TemporaryDirectory(dir=self.args.scratch) as place:
                path = os.path.join(place, "file" + source.suffix)
                with open(path, "wb") as file:
                    file.write(source.data)
                self.places[source.name, name] = self.tools[name].places(path, place)
            if runs[0].run.code != 0:
                self.broken.append(f"{source.name}: intact, but exit code {runs[0].run.code}: {runs[0].run.talk[-500:]!r}")

    def judge(self, source, name, content):
        cpu, want = self.base[source.name, name]
        outcome = self.attempt(name, content, source.suffix)
        run = outcome.run
        times = run.cpu / max(cpu, 1e-6)
        # The machine may be busy: what is too slow once is measured again.
        for _ in range(4):
            if name != "mapiary" or times <= TIMES or run.cpu <= NOISE or self.args.no_times:
                break
            times = min(times, self.attempt(name, content, source.suffix).run.cpu / max(cpu, 1e-6))
        result = {"code": run.code, "want": sum(want.values()), "same": sum((want & outcome.items).values()),
                  "other": sum((outcome.items - want).values()), "told": int(outcome.told)}
        if outcome.report:
            result.update(account(self.whole[source.name, name], self.places[source.name, name], outcome.report))
        if name == "mapiary":
            result["times"] = round(times, 2) if run.cpu > NOISE else min(round(times, 2), float(TIMES))
        if run.crashed:
            result["crash"] = ("hung" if run.hung else "crashed") + ": " + run.talk[-2000:].decode("utf-8", "replace")
        if outcome.changed:
            result["changed"] = 1
        return result

    def one(self, task):
        source, number = task
        kind, content = KINDS[number % len(KINDS)], None
        results = {}
        for name, tool in self.tools.items():
            if name == "asan" and number % self.args.asan_every:
                continue
            if name in ("readpst", "pffexport") and number >= self.peers:
                continue
            key = (source.name, source.hash, str(self.args.seed), number, name, tool.version)
            result = self.state.get(key)
            if result is None:
                if content is None:
                    kind, content = source.mutant(self.args.seed, number)
                result = self.judge(source, name, content)
                with self.lock:
                    self.state.put(key, result)
            results[name] = result
        return source, number, kind, results

    def run(self):
        for source in self.sources:
            self.intact(source)
        count = max(1, self.args.mutants // len(self.sources))
        self.peers = max(1, min(count, (self.args.peers or self.args.mutants) // len(self.sources)))
        # Turn by turn, so that a run that is ended has seen every file.
        tasks = [(source, number) for number in range(count) for source in self.sources]
        done, begin = 0, time.monotonic()
        with ThreadPoolExecutor(self.args.jobs) as pool:
            for source, number, kind, results in pool.map(self.one, tasks):
                self.add(source, number, kind, results)
                done += 1
                if self.args.progress and done % 500 == 0:
                    print(f"{done} of {len(tasks)}, {time.monotonic() - begin:.0f} s, {len(self.broken)} promises broken", file=sys.stderr, flush=True)

    # ---- Counting

    def add(self, source, number, kind, results):
        every = all(name in results for name in self.tools if name != "asan")
        for name, one in results.items():
            lost = one["want"] - one["same"]
            rows = [self.by_kind[kind, name], self.by_file[source.name, name]]
            if every and len(self.tools) > 1 and name != "asan":
                rows.append(self.compared[kind, name])
            for row in rows:
                row["mutants"] += 1
                row["wanted"] += one["want"]
                row["same"] += one["same"]
                row["other"] += one["other"]
                row["hit"] += lost > 0
                row["lost"] += lost
                for how in HOW:
                    row[how] += one.get(how, 0)
                row["untold"] += len(one.get("untold", ()))
                row["crashed"] += "crash" in one
                row["refused"] += one["same"] + one["other"] == 0 and one["want"] > 0
                row["silent"] += one["code"] == 0 and (lost > 0 or one["other"] > 0)
            self.promises(f"{source.name} #{number} ({kind}, {name})", name, one, lost)

    def promises(self, where, name, one, lost):
        if name not in ("mapiary", "asan"):
            return
        if "crash" in one:
            self.broken.append(f"{where}: {one['crash']}")
        elif one["code"] == 0 and (lost or one["other"]):
            self.broken.append(f"{where}: exit code 0, but {lost} items are lost or changed, {one['other']} are others")
        elif one["untold"]:
            self.broken.append(f"{where}: {len(one['untold'])} items lost or changed and not named, nor a range that they lie in: {' '.join(one['untold'][:5])}")
        if one.get("changed"):
            self.broken.append(f"{where}: the source was changed")
        if name == "mapiary":
            self.slowest = max(self.slowest, one["times"])
            if one["times"] > TIMES and not self.args.no_times:
                self.broken.append(f"{where}: {one['times']} times the CPU time of the intact file")

    def table(self, title, rows, keys):
        print(f"| {title} | program | files | with a loss | items rescued unchanged | changed or new | nothing at all | crashed or hung | exit 0 in spite of loss |")
        print("|---|---|---|---|---|---|---|---|---|")
        totals = collections.defaultdict(collections.Counter)
        for key in keys:
            for name in self.tools:
                totals[name].update(rows[key, name])
                self.line(key, name, rows[key, name])
        for name, row in totals.items():
            self.line("all", name, row)
        print()
        return totals

    def tables(self):
        totals = self.table("damage", self.by_kind, KINDS)
        self.table("file", self.by_file, [one.name for one in self.sources])
        ours = totals["mapiary"]
        if any(row["mutants"] < ours["mutants"] for name, row in totals.items() if name != "asan"):
            print("The mutants that every program was run on:\n")
            totals = self.table("damage", self.compared, KINDS)
        self.names()
        print(f"Slowest: {self.slowest:.1f} times the intact file.")
        share = {name: row["same"] / max(1, row["wanted"]) for name, row in totals.items()}
        best = max((one for name, one in share.items() if name in ("readpst", "pffexport")), default=0)
        if share["mapiary"] < best:
            self.broken.append(f"rescued {share['mapiary']:.1%} of the items, a peer {best:.1%}")

    def names(self):
        print("| damage | lost or changed | named itself | in a named range of nodes | in bytes named as missing | only \"all nodes\" is named | not named |")
        print("|---|---|---|---|---|---|---|")
        totals = collections.Counter()
        for kind in KINDS:
            totals.update(self.by_kind[kind, "mapiary"])
        for kind, row in [*((kind, self.by_kind[kind, "mapiary"]) for kind in KINDS), ("all", totals)]:
            lost = row["lost"]
            parts = (f"{row[how]} ({row[how] / max(1, lost):.1%})" for how in (*HOW, "untold"))
            print(f"| {kind} | {lost} | " + " | ".join(parts) + " |")
        print()

    @staticmethod
    def line(key, name, row):
        if row["mutants"] == 0:
            return
        rescued = f"{row['same']} of {row['wanted']} ({row['same'] / max(1, row['wanted']):.1%})"
        print(f"| {key} | {name} | {row['mutants']} | {row['hit']} | {rescued} | {row['other']} | {row['refused']} | {row['crashed']} | {row['silent']} |")

    def worse(self, most):
        """Where a peer rescues a larger part: what salvage could learn from."""
        found = []
        for source in self.sources:
            for number in range(max(1, self.args.mutants // len(self.sources))):
                _, _, kind, results = self.one((source, number))
                if len(results) < 2:
                    continue
                part = {name: one["same"] / max(1, one["want"]) for name, one in results.items()}
                peer = max(((part[name], name) for name in part if name not in ("mapiary", "asan")), default=(0, ""))
                if peer[0] > part["mapiary"]:
                    found.append((part["mapiary"] - peer[0], f"{source.name} {number} ({kind}): {part['mapiary']:.0%}, {peer[1]} {peer[0]:.0%}"))
        found.sort()
        print(f"{len(found)} files of which a peer rescues a larger part; {sum(gap for gap, _ in found):.1f} in all")
        for _, line in found[:most]:
            print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help=".pst and .ost files that are intact; .gz is unpacked")
    parser.add_argument("--standard", metavar="DIR", help="the ten files of docs/damage-matrix.md; DIR: the fixtures; samples are in $MAPIARY_SAMPLES")
    parser.add_argument("--program", default="build/release/bin/mapiary", help="mapiary (default: %(default)s)")
    parser.add_argument("--asan", help="mapiary built with AddressSanitizer, run beside it")
    parser.add_argument("--asan-every", type=int, default=1, help="run it on every so manieth mutant")
    parser.add_argument("--mutants", type=int, default=10000, help="over all files together (default: %(default)s)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--no-peers", action="store_true", help="run mapiary alone")
    parser.add_argument("--peers", type=int, metavar="N", help="run the peers on the first N mutants only")
    parser.add_argument("--no-times", action="store_true", help="do not hold the time against the intact file's, as in a build with sanitizers")
    parser.add_argument("--state", help="file that keeps the results; the next run goes on with it")
    parser.add_argument("--scratch", default="/dev/shm" if os.access("/dev/shm", os.W_OK) else None, help="folder for what the programs write")
    parser.add_argument("--progress", action="store_true")
    parser.add_argument("--worse", type=int, metavar="N", help="list the N mutants where a peer rescues most more")
    parser.add_argument("--write", metavar="NUMBER:PATH", help="write one mutant of the (single) file to PATH and end")
    args = parser.parse_args()
    if args.standard:
        samples = os.environ.get("MAPIARY_SAMPLES")
        found = [os.path.join(samples, name) for name in SAMPLES] if samples else []
        args.files += [*found, *(os.path.join(args.standard, name) for name in FIXTURES + (() if found else MORE_FIXTURES))]
    if not args.files:
        parser.error("no files")
    if args.write:
        number, _, path = args.write.partition(":")
        with open(path, "wb") as file:
            file.write(Source(args.files[0]).mutant(args.seed, int(number))[1])
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    matrix = Matrix(args)
    matrix.run()
    matrix.tables()
    if args.worse:
        matrix.worse(args.worse)
    for line in matrix.broken[:200]:
        print("BROKEN " + line, file=sys.stderr)
    print(f"{len(matrix.broken)} promises broken", file=sys.stderr)
    return 1 if matrix.broken else 0


if __name__ == "__main__":
    sys.exit(main())
