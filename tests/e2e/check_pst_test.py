# SPDX-License-Identifier: Apache-2.0
"""`mapiary check` on a PST with one thing wrong in it, everything else (CRCs above all) being right: for each rule that can be checked exactly
the finding it should give, with severity, structure and offset, and no other. The file is v23-crypt0.pst of tests/pst/make_fixtures.py."""

import os
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pst"))

from e2e_case import Case  # noqa: E402
from pst_patch import Patch  # noqa: E402
from pst_writer import crc, signature  # noqa: E402

FIXTURES = pathlib.Path(os.environ["MAPIARY_PST_FIXTURES"])
WHOLE = (FIXTURES / "v23-crypt0.pst").read_bytes()
LIST, MAP = 0x4200, 0x4400
SPAN = 496 * 8 * 64  # bytes an allocation map is of
INBOX, ROWS, MESSAGE, OTHER = 0x8082, 0x808E, 0x200044, 0x200024


class CheckPst(Case):
    def found(self, content, code):
        path = self.place / "file.pst"
        path.write_bytes(content)
        found = self.found_in(path, code)
        self.assertEqual(path.read_bytes(), bytes(content))
        return found

    def found_in(self, path, code):
        lines = self.lines("check", "--json", path, code=code)
        # What is said of structures, without the one name in the fixture that MAPI does not have.
        return [(one["severity"], one["structure"], one["offset"], one["message"]) for one in lines
                if one["schema"] == "mapiary.finding/1" and "structure" in one and one["structure"] != "NAMEID"]

    def gives(self, patch, *wanted):
        """Each wanted finding: severity, structure, offset, a pattern of its text."""
        code = 4 if any(one[0] != "note" for one in wanted) else 0
        found = self.found(patch.bytes, code)
        self.assertEqual([one[:3] for one in found], [one[:3] for one in wanted], found)
        for one, (*_, pattern) in zip(found, wanted):
            self.assertRegex(one[3], pattern)

    def setUp(self):
        super().setUp()
        self.patch = Patch(WHOLE)

    def test_a_whole_file(self):
        self.gives(self.patch)

    # ---- Header and ROOT

    def test_header(self):
        p = self.patch
        p.bytes[0x40] ^= 1
        self.gives(p, ("error", "HEADER", 4, "its CRC is wrong"))

    def test_end_of_the_file(self):
        p = self.patch
        p.bytes += bytes(100)
        self.gives(p, ("warning", "ROOT", 0, "100 bytes follow the end of the file"))
        p = Patch(WHOLE[:-4096])
        self.gives(p, ("error", "ROOT", 0, f"should have {len(WHOLE)} bytes and has {len(WHOLE) - 4096}"))

    def root(self, at, form, value, text):
        p = Patch(WHOLE)
        p.put(form, at, value)
        p.sign_header()
        self.gives(p, ("warning", "ROOT", 0, text))

    def test_what_the_root_says_of_the_maps(self):
        p = self.patch
        self.root(p.FREE, "Q", p.get("Q", p.FREE) + 64, r"the header counts \d+ free bytes, the maps \d+")
        self.root(p.LAST_MAP, "Q", MAP, rf"the last allocation map is at \d+, the header says {MAP}")
        self.root(p.VALID, "B", 0, "the allocation maps are not valid")

    def test_counters_of_the_header(self):
        p = self.patch
        last = max(bid for bid in range(4, 0x2000, 2) if self.has_block(p, bid))
        for at, form, value, text in ((516, "Q", last & ~3, f"the next block is to be {last & ~3}, and there is block {last}"),
                                      (32, "Q", 1, r"the next page is to be 1, and there is page \d+"),
                                      (44 + 4 * 4, "I", 0x10001, r"the last node of type 4 is to be number 65537, and there is number \d+"),
                                      (44 + 4 * 2, "I", 0, r"the last node of type 2 is to be number 0, and there is number \d+")):
            with self.subTest(at=at):
                p = Patch(WHOLE)
                p.put(form, at, value)
                p.sign_header()
                self.gives(p, ("warning", "HEADER", at, text))

    @staticmethod
    def has_block(p, bid):
        try:
            return bool(p.block(bid)) and p.get("Q", p.entry(p.BBT, bid & ~1)[1]) == bid
        except StopIteration:
            return False

    # ---- Allocation maps

    def test_maps(self):
        p = self.patch
        p.bytes[MAP + 300] ^= 1
        self.gives(p, ("warning", "AMap page", MAP, "its CRC is wrong"))
        p = Patch(WHOLE)
        p.bytes[MAP + 496] = 0x83
        self.gives(p, ("warning", "AMap page", MAP, "it is none"))
        p = Patch(WHOLE)
        p.put("Q", MAP + 504, MAP + 64)
        self.gives(p, ("warning", "AMap page", MAP, "its id is not its offset"))

    def bit(self, p, offset, value):
        """The bit of 64 bytes of the file; the header counts on."""
        at, mask = MAP + (offset - MAP) // 512, 0x80 >> (offset - MAP) // 64 % 8
        self.assertEqual(bool(p.bytes[at] & mask), not value)
        p.bytes[at] ^= mask
        p.sign_page(MAP)
        p.put("Q", p.FREE, p.get("Q", p.FREE) + (-64 if value else 64))
        p.sign_header()

    def test_what_the_maps_mark(self):
        p = self.patch
        begin, _, _ = p.block(4)
        self.bit(p, begin, False)
        self.gives(p, ("warning", "AMap page", MAP, f"what lies at {begin} is not marked"))
        p = Patch(WHOLE)
        # The first free place of the first map.
        free = next(i for i in range(496 * 8) if not p.bytes[MAP + i // 8] & (0x80 >> i % 8)) if b"\x00" in p.bytes[MAP:MAP + 496] else None
        if free is None:
            second = MAP + 496 * 8 * 64
            free = next(i for i in range(496 * 8) if not p.bytes[second + i // 8] & (0x80 >> i % 8))
            p.bytes[second + free // 8] |= 0x80 >> free % 8
            p.sign_page(second)
            p.put("Q", p.FREE, p.get("Q", p.FREE) - 64)
            p.sign_header()
        else:
            self.bit(p, MAP + free * 64, True)
        self.gives(p, ("note", "AMap page", 0, "64 bytes are marked and used by nothing"))

    def test_maps_that_no_longer_count(self):
        for at, text in ((300, "its CRC is wrong"), (496, "it is none"), (498, "its signature is not 0"), (504, "its id is not its offset")):
            with self.subTest(text):
                p = Patch(WHOLE)
                p.bytes[MAP + 512 + at] ^= 4
                self.gives(p, ("warning", "PMap page", MAP + 512, text))

    def long_file(self, spans, change=None):
        """The fixture made longer: `spans` allocation maps, the added ones of free space, and the pages that must follow them. 2.2.2.7.2 to .6."""
        p = Patch(WHOLE)
        begin = (p.get("Q", p.EOF) - MAP) // SPAN
        pages = {}
        for n in range(begin, spans):
            kinds = [0x84] + [0x83] * (n % 8 == 0) + [0x82] * (n >= 128 and (n - 128) % 496 == 0) + [0x85] * (n >= 8192 and (n - 8192) % 31744 == 0)
            for i, kind in enumerate(kinds):
                at = MAP + n * SPAN + i * 512
                bits = (b"\xff" * len(kinds)).ljust(496, b"\0") if kind == 0x84 else b"\xff" * 496
                pages[at] = bits + struct.pack("<BBHIQ", kind, kind, 0, crc(bits), at)
            p.put("Q", p.FREE, p.get("Q", p.FREE) + (496 * 8 - 8 * len(kinds)) * 64)
        if change:
            change(pages)
        p.put("Q", p.EOF, MAP + spans * SPAN)
        p.put("Q", p.LAST_MAP, MAP + (spans - 1) * SPAN)
        p.sign_header()
        path = self.place / "long.pst"
        with path.open("wb") as file:
            file.write(p.bytes)
            for at, page in pages.items():
                file.seek(at)
                file.write(page)
            file.truncate(MAP + spans * SPAN)
        return path

    def test_maps_of_long_files(self):
        # 32 MB have a page of the free map, 2 GB one of the map of pages; all of it is a hole in the file.
        for spans, page, name in ((129, 2, "FMap page"), (8193, 2, "FPMap page")):
            first = MAP + (spans - 1) * SPAN
            at = first + page * 512
            self.assertEqual(self.found_in(self.long_file(spans), 0), [])

            def turn(pages, at=at):
                pages[at] = pages[at][:100] + b"\0" + pages[at][101:]
            found = self.found_in(self.long_file(spans, turn), 4)
            self.assertEqual([one[:3] for one in found], [("warning", name, at)], found)
            self.assertEqual(found[0][3].count("its CRC is wrong"), 1)

    def test_density_list(self):
        whole = Patch(WHOLE)
        count = (whole.get("Q", whole.EOF) - MAP) // SPAN
        free = {n: sum(8 - one.bit_count() for one in whole.bytes[MAP + n * SPAN:MAP + n * SPAN + 496]) for n in range(count)}
        emptiest = sorted(free, key=lambda n: -free[n])
        self.assertGreater(len(set(free.values())), 1)

        def gives(*wanted, entries=None, count=None, change=None):
            listed = [slots << 20 | n for n, slots in ((n, free[n]) for n in emptiest)] if entries is None else entries
            page = bytearray(struct.pack("<BBHI", 1, len(listed) if count is None else count, 0, 0) + b"".join(struct.pack("<I", one) for one in listed))
            page = page.ljust(496, b"\0")
            page += struct.pack("<BBHIQ", 0x86, 0x86, signature(LIST, 0x7C5), crc(bytes(page)), 0x7C5)
            if change:
                page[change] ^= 4
            p = Patch(WHOLE)
            p.bytes[LIST:LIST + 512] = page
            self.gives(p, *[("note", "DList page", LIST, text) for text in wanted])
        gives()
        gives("it is none", change=496)
        gives("its CRC is wrong", change=300)
        gives("its signature is wrong", change=498)
        gives("it has no room for 120 entries", count=120)
        gives("1 of its entries are of maps that do not exist", entries=[free[0] << 20 | 77])
        gives("1 of its entries do not say what the maps say", entries=[(free[0] + 1) << 20])
        gives("1 of its entries are out of order", entries=[free[n] << 20 | n for n in (emptiest[-1], emptiest[0])])

    # ---- Pages of the trees

    def test_pages(self):
        for root, key, name in ((Patch.NBT, 0x201, "NBT page"), (Patch.BBT, 4, "BBT page")):
            leaf = self.patch.path(root, key)[-1]
            for at, text in ((100, "its CRC is"), (496, "its type is"), (498, "its signature is"), (504, "its id is")):
                with self.subTest(name, at=at):
                    p = Patch(WHOLE)
                    p.bytes[leaf + at] ^= 4
                    # What is lost with the page is not told as if it were wrong by itself; maps and counts are not judged.
                    self.gives(p, ("error", name, leaf, text))

    def test_order_in_a_page(self):
        p = self.patch
        leaf, at = p.entry(p.NBT, 0x8082)
        size = p.bytes[leaf + 490]
        one, other = bytes(p.bytes[at:at + size]), bytes(p.bytes[at + size:at + 2 * size])
        p.bytes[at:at + 2 * size] = other + one
        p.sign_page(leaf)
        found = self.found(p.bytes, 4)
        self.assertEqual([one[:3] for one in found if one[1] == "NBT page"], [("error", "NBT page", leaf)])
        self.assertRegex(found[0][3], f"key {0x8082} is out of order: it is not found")
        # A folder that is not found has no parent and is none: of what it lists and of what is in it, and of nothing else.
        self.assertEqual({(one[1], str(0x8082) in one[3]) for one in found[1:]}, {("folder table", True), ("NBTENTRY", True)})

    def test_levels(self):
        p = self.patch
        pages = p.path(p.NBT, 0x21)
        self.assertEqual(len(pages), 2)
        # The root leads to itself, one level too high.
        p.put("Q", pages[0] + 8, p.get("Q", p.NBT))
        p.put("Q", pages[0] + 16, pages[0])
        p.sign_page(pages[0])
        self.gives(p, ("error", "NBT page", pages[0], "its level is 0x1, should be 0x0"))

    def test_two_ways_to_a_page(self):
        p = self.patch
        pages = p.path(p.BBT, 4)
        second = pages[0] + 24
        for part in (8, 16):
            p.put("Q", second + part, p.get("Q", pages[0] + part))
        p.sign_page(pages[0])
        found = self.found(p.bytes, 4)
        self.assertEqual(found[0][:3], ("error", "BTPAGE", pages[-1]))
        # And what the page that nothing leads to had.
        self.assertEqual({one[1] for one in found[1:]}, {"BBT", "PC"}, found)
        for one in found[1:]:
            self.assertIn("there is no block", one[3])

    def test_counts_and_first_keys(self):
        p = self.patch
        top, leaf = p.path(p.NBT, 0x201)
        p.bytes[leaf + 489] = p.bytes[leaf + 488] - 1
        p.sign_page(leaf)
        self.gives(p, ("warning", "NBT page", leaf, r"it has \d+ entries and room for \d+"))
        p = Patch(WHOLE)
        second = p.get("Q", top + 24 + 16)
        p.put("Q", top + 24, p.get("Q", top + 24) - 1)
        p.sign_page(top)
        self.gives(p, ("warning", "NBT page", second, "does not begin with the key that leads to it"))

    # ---- Blocks

    def test_blocks(self):
        p = self.patch
        top = next(one for one in range(6, 0x300, 4) if self.is_list(p, one))
        bid = p.get("Q", p.block(top)[0] + 8)  # a piece of a large value
        begin, _, tail = p.block(bid)
        for at, text in ((begin + 20, "its CRC is"), (tail, "its size is"), (tail + 2, "its signature is"), (tail + 8, "its id is")):
            with self.subTest(text):
                p = Patch(WHOLE)
                p.bytes[at] ^= 4
                self.gives(p, ("error", "block", begin, text))

    def test_references(self):
        p = self.patch
        leaf, at = p.entry(p.BBT, 4)
        p.put("H", at + 18, 7)
        p.sign_page(leaf)
        self.gives(p, ("warning", "BBTENTRY", p.block(4)[0], "counts 7 references, there are 1 and its own"))
        p = Patch(WHOLE)
        leaf, at = p.entry(p.NBT, 0x201)
        p.put("Q", at + 16, 0x7772)
        p.sign_page(leaf)
        self.gives(p, ("error", "NBTENTRY", 0, f"it refers to block {0x7772}, which does not exist"))

    def test_overlap(self):
        p = self.patch
        begin, _, _ = p.block(4)
        leaf, at = p.entry(p.BBT, 4)
        p.put("H", at + 16, p.get("H", at + 16) + 64)
        p.sign_page(leaf)
        self.gives(p, ("error", "block", begin, "its id is"))
        p = Patch(WHOLE)
        one, other = p.entry(p.BBT, 0x14)[1], p.entry(p.BBT, 0x38)[1]
        p.put("Q", other + 8, p.get("Q", one + 8))
        p.put("H", other + 16, p.get("H", one + 16))
        for page in {p.entry(p.BBT, 0x14)[0], p.entry(p.BBT, 0x38)[0]}:
            p.sign_page(page)
        unused = ("note", "AMap page", 0, r"\d+ bytes are marked and used by nothing")  # where it was
        self.gives(p, ("error", "block", p.block(0x14)[0], "its id is 0x14, should be 0x38"), unused)
        # A whole block inside another one, which has it as its data.
        p = Patch(WHOLE)
        begin, size, _ = p.block(4)
        small = next(bid for bid in range(8, 0x2000, 4) if self.has_block(p, bid) and p.block(bid)[1] + 64 + 80 <= size)
        leaf, at = p.entry(p.BBT, small)
        data = bytes(p.bytes[p.block(small)[0]:][:p.block(small)[1]])
        inside = begin + 64
        p.put("Q", at + 8, inside)
        p.sign_page(leaf)
        p.bytes[inside:inside + len(data)] = data
        p.put("Q", p.block(small)[2] + 8, small)
        p.sign_block(small)
        p.sign_block(4)
        found = [one for one in self.found(p.bytes, 4) if one[1] == "file"]
        self.assertEqual(found, [("error", "file", inside, f"file at offset {inside}: what begins here overlaps what begins at {begin}")])

    def test_lists_of_blocks(self):
        p = self.patch
        bid = next(one for one in range(6, 0x300, 4) if self.is_list(p, one))
        begin, _, _ = p.block(bid)
        p.put("I", begin + 4, p.get("I", begin + 4) - 1)
        p.sign_block(bid)
        self.gives(p, ("warning", "XBLOCK", begin, r"its total is \d+, its blocks have \d+ bytes"))

    @staticmethod
    def is_list(p, bid):
        try:
            begin, _, _ = p.block(bid)
        except StopIteration:
            return False
        return p.get("Q", begin) & 0xFFFF == 0x0101

    def test_lists_of_subnodes(self):
        p = self.patch
        _, sub, _ = p.node(0x200064)
        begin, size, _ = p.block(sub)
        first, second = begin + 8, begin + 32
        one = bytes(p.bytes[first:second])
        p.bytes[first:second] = p.bytes[second:second + 24]
        p.bytes[second:second + 24] = one
        p.sign_block(sub)
        self.gives(p, ("warning", "SLBLOCK", begin, "its subnodes are out of order"))

    # ---- Heaps, trees and tables on them

    def heap(self, change, *wanted, bid=0x14):
        p = Patch(WHOLE)
        begin = p.block(bid)[0]
        change(p, begin)
        p.sign_block(bid)
        self.gives(p, *wanted)

    def test_heaps(self):
        begin = self.patch.block(0x1B4)[0]  # the properties of the Inbox
        self.heap(lambda p, at: p.put("B", at + 2, 0xED), ("error", "HN", begin, "the signature is not 0xEC"), bid=0x1B4)
        self.heap(lambda p, at: p.put("B", at + 3, 0x7C), ("error", "HN", begin, "the heap is of kind 124, wanted is 188"), bid=0x1B4)
        self.heap(lambda p, at: p.put("H", at, 0x1FF0), ("error", "HNPAGEMAP", begin, "it lies outside the block"), bid=0x1B4)

    def test_trees_on_heaps(self):
        p = self.patch
        begin = p.block(0x1B4)[0]
        header, _ = p.item(0x1B4, p.root(0x1B4))
        self.heap(lambda p, at: p.put("B", header, 0xB6), ("error", "BTHHEADER", begin, "its type is 182"), bid=0x1B4)
        self.heap(lambda p, at: p.put("B", header + 1, 3), ("error", "BTHHEADER", begin, "records of 3 . 6 bytes are not known"), bid=0x1B4)
        self.heap(lambda p, at: p.put("B", header + 3, 40), ("error", "BTHHEADER", begin, "40 levels are too many"), bid=0x1B4)
        store = p.node(0x21)[0]
        records = p.records(store, p.root(store))[-2:]

        def swap(p, _):
            one, other = (bytes(p.bytes[at:at + 8]) for at in records)
            p.bytes[records[0]:records[0] + 8], p.bytes[records[1]:records[1] + 8] = other, one
        self.heap(swap, ("error", "BTH", 0, "its keys are out of order: some are not found"), bid=store)

    def test_property_contexts(self):
        p = self.patch
        record = p.property(0x1B4, 0x3001)
        self.heap(lambda p, _: p.put("I", record + 4, 0x7E0), ("error", "PC", 0, f"property {0x3001001F}: .*there is no heap item {0x7E0}"), bid=0x1B4)

    def test_tables(self):
        p = self.patch
        bid = p.node(ROWS)[0]
        begin = p.block(bid)[0]
        info, _ = p.item(bid, p.root(bid))
        index = p.get("I", info + 10)

        def gives(change, wanted):
            self.heap(lambda p, _: change(p), wanted, bid=bid)
        gives(lambda p: p.put("B", info, 0x7D), ("error", "TCINFO", begin, "its type is 125"))
        gives(lambda p: p.put("H", info + 22 + 4, 0x7000), ("error", "TCOLDESC", begin, "lies outside the row"))
        records = p.records(bid, index)

        def same_place(p):
            p.put("I", records[1] + 4, p.get("I", records[0] + 4))
        gives(same_place, ("error", "TCROWID", 0, "two rows have place 0"))
        gives(lambda p: p.put("I", records[1] + 4, 99), ("error", "row matrix", begin, "there is no row 99"))

    # ---- Folders and messages

    def test_what_folders_list(self):
        p = self.patch
        leaf, at = p.entry(p.NBT, OTHER)
        p.put("I", at + 24, 0x80E2)
        p.sign_page(leaf)
        self.gives(p, ("error", "folder table", 0, f"it lists node {OTHER}, whose parent is {0x80E2}"),
                   ("warning", "NBTENTRY", 0, f"its parent {0x80E2} does not list it: it is not shown"))
        p = Patch(WHOLE)
        p.put("I", p.entry(p.NBT, OTHER)[1] + 24, 0x9022)
        p.sign_page(leaf)
        self.gives(p, ("error", "folder table", 0, f"it lists node {OTHER}, whose parent is {0x9022}"), ("warning", "NBTENTRY", 0, f"its parent {0x9022} is no folder"))

    def test_counts_of_folders(self):
        p = self.patch
        record = p.property(0x1B4, 0x3602)
        self.heap(lambda p, _: p.put("I", record + 4, 77), ("warning", "folder", 0, r"it counts 77 messages and lists \d+"), bid=0x1B4)

    def test_rows_and_messages(self):
        p = self.patch
        record = p.property(4, 0x0017)
        table = p.node(ROWS)[0]
        self.heap(lambda p, _: p.put("I", record + 4, 2), ("warning", "folder table", p.block(table)[0], f"the row says something else of property {0x00170003}"), bid=4)

    def test_attachments(self):
        p = self.patch
        _, sub, _ = p.node(MESSAGE)
        begin, _, _ = p.block(sub)
        nid = next(p.get("Q", at) for at in range(begin + 8, begin + 8 + 24 * p.get("H", begin + 2), 24) if p.get("Q", at) & 0x1F == 5)
        at = p.subnode(sub, nid)
        p.put("Q", at, nid + 0x2000)
        p.sign_block(sub)
        self.gives(p, ("error", "attachment table", 0, f"attachment {nid} has no subnode"))

    def test_nodes_that_must_be(self):
        p = self.patch
        for nid in (0x61,):
            leaf, at = p.entry(p.NBT, nid)
            p.put("Q", at, 0x41)  # an internal node of no meaning
            p.sign_page(leaf)
            self.gives(p, ("error", "NBT", 0, f"there is no node {nid}"))


if __name__ == "__main__":
    unittest.main()
