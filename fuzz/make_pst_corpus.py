#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_pst_corpus.py DIR: what the PST targets begin with, taken from fixtures that tests/pst/make_fixtures.py writes: headers, pages, lists and
trailers of blocks, heaps of every kind of node (property contexts, tables, the map of names, search criteria, trees), each below DIR/pst_<structure>_fuzz;
changed bytes of whole files below DIR/pst_file_fuzz. `./dev fuzz` runs it."""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

PST = pathlib.Path(__file__).resolve().parents[1] / "tests" / "pst"
sys.path.insert(0, str(PST))
sys.dont_write_bytecode = True

from pst_writer import Variant  # noqa: E402

# Not encrypted, so that heaps are found as they lie in the file.
SOURCES = {"v14-crypt0.pst": 0, "v23-crypt0.pst": 1, "v36-plain.ost": 2, "search.pst": 1, "types-v14.pst": 0, "types-v23.pst": 1, "types-v36.pst": 2}
# The second byte (fuzz/pst_structures.h): of blocks, of search criteria, of what stands on a heap.
SUBNODES, TRAILER, LIST = 0, 2, 3
CRITERIA = 3
OF_CONTEXT, OF_TABLE, OF_TREE, OF_INDEX = range(0, 32, 8)
ON_HEAP = ("heap", "bth", "pc", "tc", "names")
MOST = 12  # of a kind and a source
IMAGES = 8  # of pst_file_fuzz
VERSIONS = (14, 23, 36)


class Corpus:
    def __init__(self, folder):
        self.folder = folder
        self.counts = {}

    def add(self, structure, kind, variant, content):
        key = structure, kind, variant
        self.counts[key] = self.counts.get(key, 0) + 1
        if self.counts[key] > MOST:
            return
        place = self.folder / f"pst_{structure}_fuzz"
        place.mkdir(parents=True, exist_ok=True)
        head = bytes([variant, kind]) + (b"\0" if structure in ON_HEAP else b"")
        (place / f"fixture-{variant}-{kind}-{self.counts[key]}").write_bytes(head + content)


def blocks(data, v):
    """Every block by its trailer: offset of it, its size, its bid."""
    for end in range(v.first_map + v.block_unit, len(data) + 1, v.block_unit):
        tail = end - v.block_trailer
        size, sign = struct.unpack_from("<HH", data, tail)
        bid = struct.unpack_from("<I" if v.ansi else "<Q", data, tail + (4 if v.ansi else 8))[0]
        begin = end - (size + v.block_trailer + v.block_unit - 1) // v.block_unit * v.block_unit
        x = (begin ^ bid) & 0xFFFFFFFF
        if size and bid and begin >= v.first_map and sign == ((x >> 16) ^ x) & 0xFFFF:
            yield begin, size, bid, tail


def take(corpus, data, variant):
    v = Variant(VERSIONS[variant])
    corpus.add("header", 0, variant, data[:564])
    for at in range(v.first_map, len(data), v.page):
        kind = data[at + v.page - v.page_trailer:at + v.page - v.page_trailer + 2]
        if kind in (b"\x80\x80", b"\x81\x81"):
            corpus.add("page", 0, variant, data[at:at + v.page])
    for begin, size, bid, tail in blocks(data, v):
        content = data[begin:begin + size]
        corpus.add("block", TRAILER, variant, data[tail:tail + v.block_trailer])
        if bid & 2:
            corpus.add("block", LIST if content[0] == 1 else SUBNODES, variant, content)
        elif content[2:4] == b"\xec\xbc":
            corpus.add("pc", 0, variant, content)
            corpus.add("heap", OF_CONTEXT, variant, content)
            corpus.add("bth", OF_CONTEXT, variant, content)
            if b"\x08\x66" in content or b"\x09\x66" in content:
                corpus.add("pc", CRITERIA, variant, content)
            if b"\x02\x00\x02\x01" in content and b"\x03\x00\x02\x01" in content and b"\x04\x00\x02\x01" in content:
                corpus.add("names", 0, variant, content)
        elif content[2:4] == b"\xec\x7c":
            corpus.add("tc", 0, variant, content)
            corpus.add("heap", OF_TABLE, variant, content)
        elif content[2:4] in (b"\xec\xb5", b"\xec\x8c"):
            corpus.add("bth", OF_TREE if content[3] == 0xB5 else OF_INDEX, variant, content)


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    corpus = Corpus(pathlib.Path(arguments[0]))
    with tempfile.TemporaryDirectory() as place:
        names = [os.path.splitext(name)[0] for name in SOURCES]
        subprocess.run([sys.executable, "-B", PST / "make_fixtures.py", place, *names], check=True, stdout=subprocess.DEVNULL)
        for name, variant in SOURCES.items():
            take(corpus, (pathlib.Path(place) / name).read_bytes(), variant)
    # Of the whole files (fuzz/pst_images.h): nothing changed, and bytes here and there; each way of looking at them.
    (corpus.folder / "pst_file_fuzz").mkdir(parents=True, exist_ok=True)
    for image in range(IMAGES):
        for how in range(16):
            for count in (0, 1, 7):
                changes = b"".join(struct.pack("<HHB", 37 * i + 5 * how + image, 11 * i * i + 3 * how + count, 255 - 31 * i) for i in range(count))
                (corpus.folder / "pst_file_fuzz" / f"changes-{image}-{how}-{count}").write_bytes(bytes([image, how]) + changes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
