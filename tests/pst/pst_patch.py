# SPDX-License-Identifier: Apache-2.0
"""Changes one thing in a Unicode .pst file that is not encrypted, and makes the CRCs right again where that is wanted: for tests of what a
check finds. Section numbers are those of [MS-PST]; nothing is shared with the reader."""
import struct

from pst_writer import crc, signature

PAGE, TRAILER = 512, 16


class Patch:
    def __init__(self, content):
        self.bytes = bytearray(content)

    def get(self, form, at):
        return struct.unpack_from("<" + form, self.bytes, at)[0]

    def put(self, form, at, value):
        struct.pack_into("<" + form, self.bytes, at, value)

    # ---- Header, 2.2.2.6: ROOT begins at 0xB4
    EOF, LAST_MAP, FREE, NBT, BBT, VALID = 0xB8, 0xC0, 0xC8, 0xD8, 0xE8, 0xF8

    def sign_header(self):
        self.put("I", 524, crc(bytes(self.bytes[8:524])))
        self.put("I", 4, crc(bytes(self.bytes[8:479])))

    # ---- Pages, 2.2.2.7
    def sign_page(self, at):
        self.put("I", at + 500, crc(bytes(self.bytes[at:at + 496])))

    def path(self, root, key):
        """Offsets of the pages from a root to the leaf that has or would have the key."""
        at = self.get("Q", root + 8)
        pages = [at]
        while self.bytes[at + 491]:
            entries = [at + 24 * i for i in range(self.bytes[at + 488])]
            at = self.get("Q", [one for one in entries if self.get("Q", one) <= key][-1] + 16)
            pages.append(at)
        return pages

    def entry(self, root, key):
        """The leaf of an entry, and where in the file it is."""
        leaf = self.path(root, key)[-1]
        size = self.bytes[leaf + 490]
        return leaf, next(at for at in (leaf + size * i for i in range(self.bytes[leaf + 488])) if self.get("Q", at) == key)

    def node(self, nid):
        """bid of the data, of the subnodes, parent."""
        _, at = self.entry(self.NBT, nid)
        return self.get("Q", at + 8), self.get("Q", at + 16), self.get("I", at + 24)

    # ---- Blocks, 2.2.2.8
    def block(self, bid):
        """Offset and size of the data, offset of the trailer."""
        _, at = self.entry(self.BBT, bid & ~1)
        begin, size = self.get("Q", at + 8), self.get("H", at + 16)
        return begin, size, begin + (size + TRAILER + 63) // 64 * 64 - TRAILER

    def sign_block(self, bid):
        begin, size, tail = self.block(bid)
        self.put("H", tail, size)
        self.put("H", tail + 2, signature(begin, bid))
        self.put("I", tail + 4, crc(bytes(self.bytes[begin:begin + size])))

    def subnode(self, bid, nid):
        """The entry of an SLBLOCK, 2.2.2.8.3.3.1: nid, data, subnodes."""
        begin, _, _ = self.block(bid)
        return next(at for at in (begin + 8 + 24 * i for i in range(self.get("H", begin + 2))) if self.get("Q", at) == nid)

    # ---- Heaps, 2.3.1; of one block
    def item(self, bid, hid):
        """Offset and size of a heap item."""
        begin, _, _ = self.block(bid)
        table = begin + self.get("H", begin) + 4 + 2 * ((hid >> 5) - 1)
        first, last = self.get("H", table), self.get("H", table + 2)
        return begin + first, last - first

    def root(self, bid):
        return self.get("I", self.block(bid)[0] + 4)

    def records(self, bid, header):
        """Offsets of the records of a BTH of one level, 2.3.2, and their size."""
        at, _ = self.item(bid, header)
        size = self.bytes[at + 1] + self.bytes[at + 2]
        begin, length = self.item(bid, self.get("I", at + 4))
        return [begin + i for i in range(0, length, size)]

    def property(self, bid, wanted):
        """Where the record of a property is in a property context, 2.3.3.3."""
        return next(at for at in self.records(bid, self.root(bid)) if self.get("H", at) == wanted)
