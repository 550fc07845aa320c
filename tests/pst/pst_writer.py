# SPDX-License-Identifier: Apache-2.0
"""Writes .pst and .ost files for tests, from the layout that [MS-PST] describes and independently of the reader under
src/engines/pst: nothing is shared with it. Section numbers are those of [MS-PST]. The variant with pages of 4096 bytes
is not in it: its layout was measured on real files.

From below: Ndb (blocks, pages, allocation maps, header), Heap, tree(), property_context(), table_context(), and Store
(folders, messages, attachments). The same calls give the same bytes.
"""
import datetime
import struct
import zlib

# ---- 5.1: the substitutions; the third one of the section is the inverse of the first.
FIRST = bytes.fromhex(
    "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7"
    "233b388ec8c1df25b120a546604e9cfbaad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf"
    "264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcde2e9274fc3087280cfb0eff5286dbe30"
    "4d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287"
    "58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd6710f10c19ecae03a1147ba90bfff8a3c0"
    "a201f72ebc2468750dfeba2fb5d0da3d")
SECOND = bytes.fromhex(
    "14530f56b3c87a9ceb65481716159f02cc547c83000d0c0ba262a876dbd9edc7c5a4dcac8574d6d0a79bae9a967166c3"
    "6399b8dd73928e847da55ed15d93b1575150808952944f4e0a6bbc8d7f6e47464140440111cb033ff7f4e1a98f3c3af9"
    "fbf0193082092ec99da08649ee6f4d6dc42d813425871b88aafc06a11238fd4c4272641337246a757743ffe6b44b365c"
    "e4d8353d45b92cecb7312b290768a30e697b189e2139be281a5b78f523ca2ab0af3efe048ce7e5983295d3f64ae8a6ea"
    "e9f3d52f7020f21f0567ad5510cecde3273bdabad7c226d4911dd21c2233f8faf15aefcf90b68bb5bdc0bf08971e6ce2"
    "61e0c6c159abbb58de5fdf60797eb28a")
INVERSE = bytes(FIRST.index(i) for i in range(256))

CRYPT_NONE, CRYPT_PERMUTE, CRYPT_CYCLIC = 0, 1, 2


def cyclic(data, key):
    """5.2; its own inverse. key: the low 32 bits of the block's bid."""
    out = bytearray(len(data))
    word = (key ^ (key >> 16)) & 0xFFFF
    for i, one in enumerate(data):
        low, high = word & 0xFF, word >> 8
        b = FIRST[(one + low) & 0xFF]
        b = SECOND[(b + high) & 0xFF]
        b = INVERSE[(b - high) & 0xFF]
        out[i] = (b - low) & 0xFF
        word = (word + 1) & 0xFFFF
    return bytes(out)


def crc(data):
    """5.3: CRC-32 without the customary inversions."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(offset, bid):
    """5.5."""
    x = (offset ^ bid) & 0xFFFFFFFF
    return ((x >> 16) ^ x) & 0xFFFF


# ---- 2.2.2.1: node ids
NID_STORE, NID_NAMES, NID_ROOT = 0x21, 0x61, 0x122
NID_SEARCH_QUEUE, NID_SEARCH_LIST, NID_RECEIVE_FOLDERS = 0x1E1, 0x201, 0x62B
TYPE_FOLDER, TYPE_SEARCH, TYPE_MESSAGE, TYPE_ATTACHMENT, TYPE_CRITERIA, TYPE_ASSOCIATED = 2, 3, 4, 5, 7, 8
TYPE_HIERARCHY, TYPE_CONTENTS, TYPE_FAI, TYPE_SEARCH_CONTENTS = 0x0D, 0x0E, 0x0F, 0x10
NID_ATTACHMENTS, NID_RECIPIENTS = 0x671, 0x692
TYPE_LTP = 0x1F


class Variant:
    """What differs between the variants of the format."""

    def __init__(self, version):
        self.version = version
        self.ansi = version in (14, 15)
        self.large = version >= 36
        self.word = "I" if self.ansi else "Q"
        self.page = 4096 if self.large else 512
        self.page_trailer = 24 if self.large else 12 if self.ansi else 16
        self.page_data = 4056 if self.large else 496 if self.ansi else 488  # rgentries of a BTPAGE
        self.block_trailer = 24 if self.large else 12 if self.ansi else 16
        self.block_unit = 512 if self.large else 64
        self.block_limit = (65536 if self.large else 8192) - self.block_trailer  # bytes of data in a block
        self.first_map = 0x22000 if self.large else 0x4400
        self.map_bytes = self.page - self.page_trailer - (4 if self.ansi else 0)
        self.map_reach = self.map_bytes * 8 * self.block_unit
        self.hid_index_bits = 14 if self.large else 11


class Ndb:
    """The node database, 2.2. Blocks go to the file as they are made; pages, maps and header follow in finish()."""

    def __init__(self, path, version=23, crypt=CRYPT_PERMUTE, client=b"SM", fanout=None, compress=False):
        self.v = Variant(version)
        self.crypt, self.client, self.fanout, self.compress = crypt, client, fanout, compress
        self.file = open(path, "wb+")
        self.next_offset = self.v.first_map
        self.next_block = 4  # bids count in steps of four; bit 1 says internal
        self.next_page = 1
        self.blocks = {}  # bid without bit 0 -> [offset, size on disk, size, references]
        self.nodes = {}  # nid -> (data, subnodes, parent)
        self.used = []  # (offset, length) of all that is allocated

    # -- Space, 2.2.2.7.2: the pages of maps lie at fixed places, nothing else may.
    def _map_pages(self, n):
        """Page types at the start of reach n."""
        kinds = [0x84]
        if not self.v.large:
            if n % 8 == 0:
                kinds.append(0x83)
            if n >= 128 and (n - 128) % 496 == 0:
                kinds.append(0x82)
            if n >= 8192 and (n - 8192) % (496 * 64) == 0:
                kinds.append(0x85)
        return kinds

    def _allocate(self, size, align):
        v = self.v
        while True:
            at = (self.next_offset + align - 1) // align * align
            n = (at - v.first_map) // v.map_reach
            start = v.first_map + n * v.map_reach
            begin = start + len(self._map_pages(n)) * v.page
            at = max(at, begin)
            at = (at + align - 1) // align * align
            if at + size <= start + v.map_reach:
                break
            self.next_offset = start + v.map_reach
        self.next_offset = at + size
        self.used.append((at, size))
        return at

    # -- Blocks, 2.2.2.8
    def _write_block(self, data, internal):
        v = self.v
        bid = self.next_block | (2 if internal else 0)
        self.next_block += 4
        plain = len(data)
        if not internal and self.crypt == CRYPT_PERMUTE:
            data = data.translate(FIRST)
        elif not internal and self.crypt == CRYPT_CYCLIC:
            data = cyclic(data, bid & 0xFFFFFFFF)
        if v.large and self.compress and not internal:
            packed = zlib.compress(data)
            if (len(packed) + v.block_trailer - 1) // v.block_unit < (len(data) + v.block_trailer - 1) // v.block_unit:
                data = packed
        whole = (len(data) + v.block_trailer + v.block_unit - 1) // v.block_unit * v.block_unit
        at = self._allocate(whole, v.block_unit)
        tail = struct.pack("<HH", len(data), signature(at, bid))
        if v.ansi:
            tail += struct.pack("<II", bid, crc(data))
        else:
            tail += struct.pack("<IQ", crc(data), bid)
        if v.large:
            tail += struct.pack("<HHI", 2, plain, 0)
        self.file.seek(at)
        self.file.write(data + bytes(whole - len(data) - v.block_trailer) + tail)
        self.blocks[bid] = [at, len(data), plain, 1]
        return bid

    def _refer(self, bid):
        if bid:
            self.blocks[bid][3] += 1
        return bid

    def data_of_pieces(self, pieces):
        """A data tree (2.2.2.8.3) whose blocks are the pieces; the bid of its top, 0 for none."""
        if not pieces:
            return 0
        if len(pieces) == 1:
            return self._write_block(pieces[0], False)
        v = self.v
        per_block = (v.block_limit - 8) // struct.calcsize("<" + v.word)
        total = sum(map(len, pieces))
        leaves = [self._refer(self._write_block(p, False)) for p in pieces]
        lists = []
        for i in range(0, len(leaves), per_block):
            part = leaves[i:i + per_block]
            size = sum(map(len, pieces[i:i + per_block]))
            body = struct.pack("<BBHI", 1, 1, len(part), size) + struct.pack(f"<{len(part)}{v.word}", *part)
            lists.append(self._write_block(body, True))
        if len(lists) == 1:
            return lists[0]
        for one in lists:
            self._refer(one)
        return self._write_block(
            struct.pack("<BBHI", 1, 2, len(lists), total) + struct.pack(f"<{len(lists)}{v.word}", *lists), True)

    def data(self, content):
        limit = self.v.block_limit
        return self.data_of_pieces([content[i:i + limit] for i in range(0, len(content), limit)])

    def subnodes(self, entries):
        """2.2.2.8.3.3; entries: nid -> (data, subnodes)."""
        if not entries:
            return 0
        v = self.v
        pad = b"" if v.ansi else bytes(4)
        leaf = struct.Struct("<III" if v.ansi else "<QQQ")
        per_block = (v.block_limit - 8) // leaf.size
        ordered = sorted(entries.items())
        tops = []
        for i in range(0, len(ordered), per_block):
            part = ordered[i:i + per_block]
            body = struct.pack("<BBH", 2, 0, len(part)) + pad
            for nid, (data, below) in part:
                body += leaf.pack(nid, self._refer(data), self._refer(below))
            tops.append((part[0][0], self._write_block(body, True)))
        if len(tops) == 1:
            return tops[0][1]
        body = struct.pack("<BBH", 2, 1, len(tops)) + pad
        for nid, bid in tops:
            body += struct.pack("<II" if v.ansi else "<QQ", nid, self._refer(bid))
        return self._write_block(body, True)

    def node(self, nid, data, below=0, parent=0):
        assert nid not in self.nodes, hex(nid)
        self.nodes[nid] = (self._refer(data), self._refer(below), parent)

    # -- Pages, 2.2.2.7
    def _write_page(self, at, kind, body, bid=None):
        v = self.v
        body = body.ljust(v.page - v.page_trailer, b"\0")
        if bid is None:  # maps: the bid is the place, and the signature is none
            bid, sign = at, 0
        else:
            sign = signature(at, bid)
        tail = struct.pack("<BBH", kind, kind, sign)
        if v.ansi:
            tail += struct.pack("<II", bid & 0xFFFFFFFF, crc(body))
        else:
            tail += struct.pack("<IQ", crc(body), bid)
        if v.large:
            tail += struct.pack("<Q", 1)
        self.file.seek(at)
        self.file.write(body + tail)

    def _tree(self, kind, records, size):
        """2.2.2.7.7: a B-tree of (key, record); gives the BREF of its top."""
        v = self.v
        level = 0
        index = struct.Struct("<III" if v.ansi else "<QQQ")
        while True:
            most = v.page_data // size
            fill = min(most, self.fanout or most)
            above = []
            for i in range(0, max(len(records), 1), fill):
                part = records[i:i + fill]
                body = b"".join(r for _, r in part).ljust(v.page_data, b"\0")
                if v.large:
                    body += struct.pack("<HHBB", len(part), most, size, level)
                else:
                    body += struct.pack("<BBBB", len(part), most, size, level)
                at = self._allocate(v.page, v.page)
                bid = self.next_page
                self.next_page += 1
                self._write_page(at, kind, body, bid)
                key = part[0][0] if part else 0
                above.append((key, index.pack(key, bid, at)))
            if len(above) == 1:
                return bid, at
            records, size, level = above, index.size, level + 1

    def commit(self):
        """Writes both trees as they are. finish() writes them anew, and the pages of these stay in the file as free space."""
        taken = len(self.used)
        self._trees()
        del self.used[taken:]

    def drop(self, nid):
        """Deletes a node from the tree of nodes. Its blocks stay, with their references."""
        return self.nodes.pop(nid)

    def drop_blocks(self, bids):
        """Deletes blocks from the tree of blocks; their bytes stay in the file as free space."""
        for bid in bids:
            at = self.blocks.pop(bid)[0]
            self.used = [one for one in self.used if one[0] != at]

    def overwrite(self, bid):
        """Makes a block's data zeros, as if something else had been put there; its trailer stays."""
        at, size = self.blocks[bid][:2]
        self.file.seek(at)
        self.file.write(bytes(size))

    def _trees(self):
        """The tops of both trees."""
        v = self.v
        leaf = struct.Struct("<IIII" if v.ansi else "<QQQII")
        nodes = []
        for nid in sorted(self.nodes):
            data, below, parent = self.nodes[nid]
            nodes.append((nid, leaf.pack(nid, data, below, parent, *(() if v.ansi else (0,)))))
        nbt = self._tree(0x81, nodes, leaf.size)
        blocks = []
        for bid in sorted(self.blocks):
            at, size, plain, references = self.blocks[bid]
            if v.ansi:
                record = struct.pack("<IIHH", bid, at, size, references)
            elif v.large:
                record = struct.pack("<QQHHHH", bid, at, size, plain, references, 0)
            else:
                record = struct.pack("<QQHHI", bid, at, size, references, 0)
            blocks.append((bid, record))
        return nbt, self._tree(0x80, blocks, len(blocks[0][1]))

    def finish(self):
        self._maps_and_header(*self._trees())
        self.file.close()

    def _maps_and_header(self, nbt, bbt):
        v = self.v
        count = (self.next_offset - v.first_map + v.map_reach - 1) // v.map_reach
        maps = [bytearray(v.map_bytes) for _ in range(count)]

        def mark(at, size):
            for unit in range((at - v.first_map) // v.block_unit, (at + size - v.first_map - 1) // v.block_unit + 1):
                n, bit = divmod(unit, v.map_bytes * 8)
                maps[n][bit >> 3] |= 0x80 >> (bit & 7)

        for n in range(count):
            mark(v.first_map + n * v.map_reach, len(self._map_pages(n)) * v.page)
        for at, size in self.used:
            mark(at, size)
        free = 0
        for n in range(count):
            at = v.first_map + n * v.map_reach
            pad = bytes(4) if v.ansi else b""
            for i, kind in enumerate(self._map_pages(n)):
                self._write_page(at + i * v.page, kind, pad + (bytes(maps[n]) if kind == 0x84 else b"\xff" * v.map_bytes))
            free += sum(8 - bin(b).count("1") for b in maps[n]) * v.block_unit
        end = v.first_map + count * v.map_reach
        self.file.truncate(end)
        last = v.first_map + (count - 1) * v.map_reach
        root = struct.pack("<I" + v.word * 4, 0, end, last, free, 0)
        root += struct.pack("<" + v.word * 4, *nbt, *bbt) + struct.pack("<BBH", 2, 0, 0)
        start = self.client + struct.pack("<HHBBII", v.version, 19, 1, 1, 0, 0)
        ids = b"".join(struct.pack("<I", max([0x400, *(nid >> 5 for nid in self.nodes if nid & 31 == kind)])) for kind in range(32))
        if v.ansi:
            body = start + struct.pack("<II", self.next_block, self.next_page) + struct.pack("<I", 1) + ids + root
            body += b"\xff" * 256 + bytes((0x80, self.crypt, 0, 0)) + bytes(8 + 4 + 3 + 1 + 32)
            header = b"!BDN" + struct.pack("<I", crc(body[:471])) + body
            assert len(header) == 512
        else:
            body = start + struct.pack("<QQI", 0, self.next_page, 1) + ids + bytes(8) + root + bytes(4)
            body += b"\xff" * 256 + bytes((0x80, self.crypt, 0, 0)) + struct.pack("<Q", self.next_block)
            assert len(body) == 516
            header = b"!BDN" + struct.pack("<I", crc(body[:471])) + body
            header += struct.pack("<I", crc(body)) + bytes(36)
            assert len(header) == 564
        self.file.seek(0)
        self.file.write(header)


# ---- 2.3.1: heap-on-node
ITEM_LIMIT = 3580


class Heap:
    def __init__(self, ndb, client):
        self.v, self.client = ndb.v, client
        self.items = [[]]
        self.room = self._room(0)

    def _header(self, number):
        return 12 if number == 0 else 66 if number % 128 == 8 else 2

    def _room(self, number):
        return self.v.block_limit - self._header(number) - 4 - 2 - 1  # the map's counts, its first entry, its alignment

    def add(self, item):
        assert 0 < len(item) <= ITEM_LIMIT
        if len(item) + 2 > self.room or len(self.items[-1]) + 1 >= 1 << self.v.hid_index_bits:
            self.items.append([])
            self.room = self._room(len(self.items) - 1)
        self.items[-1].append(item)
        self.room -= len(item) + 2
        return self._hid(len(self.items) - 1, len(self.items[-1]))

    def _hid(self, block, index):
        return (index << 5 | block << 5 + self.v.hid_index_bits) & 0xFFFFFFFF

    def replace(self, hid, item):
        block, index = hid >> 5 + self.v.hid_index_bits, hid >> 5 & (1 << self.v.hid_index_bits) - 1
        assert len(self.items[block][index - 1]) == len(item)
        self.items[block][index - 1] = item

    @staticmethod
    def _level(free):
        for level, least in enumerate((3584, 2560, 2048, 1792, 1536, 1280, 1024, 768, 512, 256, 128, 64, 32, 16, 8)):
            if free >= least:
                return level
        return 15

    def pieces(self, root):
        """The blocks; root: the HID of the user's root."""
        done, levels = [], []
        for number, items in enumerate(self.items):
            at = self._header(number)
            offsets = [at]
            for item in items:
                at += len(item)
                offsets.append(at)
            map_at = (at + 1) // 2 * 2
            body = b"".join(items) + bytes(map_at - at)
            body += struct.pack(f"<HH{len(offsets)}H", len(items), 0, *offsets)
            done.append((map_at, body))
            levels.append(self._level(self.v.block_limit - map_at - 4 - 2 * len(offsets)))

        def nibbles(first, count):
            out = bytearray((count + 1) // 2)
            for i in range(count):
                if first + i < len(levels):
                    out[i // 2] |= levels[first + i] << 4 * (i % 2)
            return bytes(out)

        out = []
        for number, (map_at, body) in enumerate(done):
            if number == 0:
                head = struct.pack("<HBBI", map_at, 0xEC, self.client, root) + nibbles(0, 8)
            elif number % 128 == 8:
                head = struct.pack("<H", map_at) + nibbles(number, 128)
            else:
                head = struct.pack("<H", map_at)
            out.append(head + body)
        return out


def tree(heap, records, key_size, data_size, fill=None):
    """2.3.2: a BTH of (key, data); its header's HID. fill: most records of an item."""
    def item(parts):
        return heap.add(b"".join(parts)) if parts else 0

    def pack(key):
        return key.to_bytes(key_size, "little")

    records = sorted(records)
    most = min(fill or 1 << 30, ITEM_LIMIT // (key_size + data_size))
    level = 0
    parts = [records[i:i + most] for i in range(0, len(records), most)] or [[]]
    tops = [(p[0][0] if p else 0, item([pack(k) + d for k, d in p])) for p in parts]
    most = min(fill or 1 << 30, ITEM_LIMIT // (key_size + 4))
    while len(tops) > 1:
        level += 1
        parts = [tops[i:i + most] for i in range(0, len(tops), most)]
        tops = [(p[0][0], item([pack(k) + struct.pack("<I", hid) for k, hid in p])) for p in parts]
    return heap.add(struct.pack("<BBBBI", 0xB5, key_size, data_size, level, tops[0][1]))


# ---- Values, 2.3.3.4 and [MS-OXCDATA] 2.11.1
SHORT, LONG, FLOAT, DOUBLE, CURRENCY, APPTIME, ERROR, BOOL = 2, 3, 4, 5, 6, 7, 0xA, 0xB
OBJECT, INT64, STRING8, UNICODE, TIME, GUID, BINARY, MULTI = 0xD, 0x14, 0x1E, 0x1F, 0x40, 0x48, 0x102, 0x1000
_FIXED = {SHORT: "h", LONG: "i", FLOAT: "f", DOUBLE: "d", CURRENCY: "q", APPTIME: "d", ERROR: "I", BOOL: "?", INT64: "q"}


def filetime(moment):
    since = moment.replace(tzinfo=datetime.timezone.utc) - datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)
    return (since.days * 86400 + since.seconds) * 10_000_000 + since.microseconds * 10


def encode(kind, value, code_page):
    """The bytes of one value."""
    if kind in _FIXED:
        return struct.pack("<" + _FIXED[kind], value)
    if kind == TIME:
        return struct.pack("<Q", value if isinstance(value, int) else filetime(value))
    if kind == UNICODE:
        return value.encode("utf-16-le", "surrogatepass")
    if kind == STRING8:
        return value if isinstance(value, bytes) else value.encode(code_page)
    if kind & MULTI:
        single = [encode(kind & ~MULTI, v, code_page) for v in value]
        if kind & ~MULTI in (UNICODE, STRING8, BINARY):
            at, out = 4 + 4 * len(single), struct.pack("<I", len(single))
            for one in single:
                out += struct.pack("<I", at)
                at += len(one)
            return out + b"".join(single)
        return b"".join(single)
    return bytes(value)  # GUID, BINARY, and OBJECT as written by the caller


class Contents:
    """Where a PC or TC puts what its heap does not take: subnodes of the node."""

    def __init__(self, ndb, code_page="cp1252"):
        self.ndb, self.code_page, self.below, self.next_ltp = ndb, code_page, {}, 0x401

    def put(self, heap, content):
        """An HNID for the bytes."""
        if not content:
            return 0
        if len(content) <= ITEM_LIMIT:
            return heap.add(content)
        return self.subnode(self.ndb.data(content))

    def subnode(self, data):
        nid = self.next_ltp << 5 | TYPE_LTP
        self.next_ltp += 1
        self.below[nid] = (data, 0)
        return nid


def property_context(ndb, props, contents, fill=None):
    """2.3.3; props: tag -> value. Gives the bid of the data; subnodes go into contents."""
    heap = Heap(ndb, 0xBC)
    records = []
    for tag, value in props.items():
        prop, kind = tag >> 16, tag & 0xFFFF
        raw = encode(kind, value, contents.code_page)
        if kind in (SHORT, LONG, FLOAT, ERROR, BOOL):
            word = raw.ljust(4, b"\0")
        else:
            word = struct.pack("<I", contents.put(heap, raw))
        records.append((prop, struct.pack("<H", kind) + word))
    return ndb.data_of_pieces(heap.pieces(tree(heap, records, 2, 6, fill)))


def table_context(ndb, columns, rows, contents):
    """2.3.4; columns: tags; rows: [(row id, {tag: value})]. Gives the bid of the data."""
    heap = Heap(ndb, 0x7C)
    columns = sorted(set(columns) | {0x67F20003, 0x67F30003})

    def width(tag):
        return {SHORT: 2, BOOL: 1, DOUBLE: 8, CURRENCY: 8, APPTIME: 8, INT64: 8, TIME: 8}.get(tag & 0xFFFF, 4)

    place, at = {0x67F20003: 0, 0x67F30003: 4}, 8
    ends = []
    for sizes in ((8, 4), (2,), (1,)):
        for size in sizes:
            for tag in columns:
                if width(tag) == size and tag not in place:
                    place[tag] = at
                    at += size
        ends.append(at)
    order = [0x67F20003, 0x67F30003] + [t for t in columns if t not in (0x67F20003, 0x67F30003)]
    bit = {tag: i for i, tag in enumerate(order)}
    row_size = at + (len(columns) + 7) // 8
    info_at = heap.add(bytes(22 + 8 * len(columns)))  # TCINFO, filled in below; the index and rows follow it
    index, matrix = [], []
    for number, (row_id, values) in enumerate(rows):
        row = bytearray(row_size)
        for tag, value in {**values, 0x67F20003: row_id, 0x67F30003: number + 1}.items():
            if tag not in place:
                continue
            raw = encode(tag & 0xFFFF, value, contents.code_page)
            if tag & 0xFFFF not in (SHORT, LONG, FLOAT, ERROR, BOOL, DOUBLE, CURRENCY, APPTIME, INT64, TIME):
                raw = struct.pack("<I", contents.put(heap, raw))
            row[place[tag]:place[tag] + len(raw)] = raw
            row[at + bit[tag] // 8] |= 0x80 >> bit[tag] % 8
        matrix.append(bytes(row))
        index.append((row_id, struct.pack("<H" if ndb.v.ansi else "<I", number)))
    index_hid = tree(heap, index, 4, 2 if ndb.v.ansi else 4)
    if len(matrix) * row_size <= ITEM_LIMIT:
        rows_at = heap.add(b"".join(matrix)) if matrix else 0
    else:
        # 2.3.4.4: rows do not straddle blocks.
        per = ndb.v.block_limit // row_size
        pieces = [b"".join(matrix[i:i + per]).ljust(ndb.v.block_limit if i + per < len(matrix) else 0, b"\0")
                  for i in range(0, len(matrix), per)]
        rows_at = contents.subnode(ndb.data_of_pieces(pieces))
    info = struct.pack("<BB4HIII", 0x7C, len(columns), *ends, row_size, index_hid, rows_at, 0)
    for tag in columns:
        info += struct.pack("<IHBB", tag, place[tag], width(tag), bit[tag])
    heap.replace(info_at, info)
    return ndb.data_of_pieces(heap.pieces(info_at))


# ---- 2.4: messaging
_HIERARCHY = (0x0E300003, 0x0E330014, 0x0E340102, 0x0E380003, 0x3001001F, 0x36020003, 0x36030003, 0x360A000B,
              0x3613001F)
_CONTENTS = (0x00170003, 0x001A001F, 0x00360003, 0x0037001F, 0x00390040, 0x0042001F, 0x0057000B, 0x0058000B,
             0x0070001F, 0x00710102, 0x0E03001F, 0x0E04001F, 0x0E060040, 0x0E070003, 0x0E080003, 0x0E170003,
             0x0E300003, 0x0E330014, 0x0E340102, 0x0E380003, 0x0E3C0102, 0x0E3D0102, 0x10970003, 0x30080040, 0x65C60003)
_ASSOCIATED = (0x001A001F, 0x003A001F, 0x0E070003, 0x0E170003, 0x3001001F, 0x70030003, 0x70040102, 0x70050102, 0x7006001F)
_RECIPIENTS = (0x0C150003, 0x0E0F000B, 0x0FF90102, 0x0FFE0003, 0x0FFF0102, 0x3001001F, 0x3002001F, 0x3003001F,
               0x300B0102, 0x39000003, 0x39FF001F, 0x3A40000B, 0x39FE001F,
               0x403D001F, 0x403E001F)
_ATTACHMENTS = (0x0E200003, 0x3704001F, 0x37050003, 0x370B0003)


class Message:
    """props: tag -> value; recipients: dicts; attachments: dicts, each perhaps with the key "message"."""

    def __init__(self, props, recipients=(), attachments=(), code_page=None, status=0):
        self.props, self.recipients, self.attachments = dict(props), list(recipients), list(attachments)
        self.code_page, self.status = code_page, status


class Folder:
    def __init__(self, nid, name, parent, props):
        self.nid, self.name, self.parent, self.props = nid, name, parent, props
        self.folders, self.messages, self.associated, self.unread = [], [], [], 0


class Store:
    """A whole mailbox on an Ndb. Strings of ANSI variants are 8-bit: UNICODE tags become STRING8 ones."""

    def __init__(self, ndb, name="Fixture", code_page="cp1252", props=None, names=()):
        self.ndb, self.code_page, self.names = ndb, code_page, list(names)
        self.counter = {TYPE_FOLDER: 0x400, TYPE_SEARCH: 0x400, TYPE_MESSAGE: 0x10000, TYPE_ASSOCIATED: 0x10000}
        self.uid = bytes(range(16))
        self.receivers = []  # (message class, Folder), besides the one for all classes
        self.root = Folder(NID_ROOT, "", None, {})
        self.searches = []
        self.top = self.folder(self.root, "Top of Personal Folders")
        self.deleted = self.folder(self.top, "Deleted Items")
        self.finder = self.folder(self.root, "Search Root")
        self.props = {0x0FF90102: self.uid, 0x3001001F: name, 0x35DF0003: 0x89, 0x35E00102: self.entry_id(self.top.nid),
                      0x35E30102: self.entry_id(self.deleted.nid), 0x35E70102: self.entry_id(self.finder.nid),
                      0x67FF0003: 0, **(props or {})}

    def entry_id(self, nid):
        return bytes(4) + self.uid + struct.pack("<I", nid)

    def _new(self, kind):
        self.counter[kind] += 1
        return self.counter[kind] << 5 | kind

    def _props(self, props):
        """ANSI files hold 8-bit text."""
        if not self.ndb.v.ansi:
            return props
        swap = {UNICODE: STRING8, UNICODE | MULTI: STRING8 | MULTI}
        return {tag & ~0xFFFF | swap.get(tag & 0xFFFF, tag & 0xFFFF): value for tag, value in props.items()}

    def _columns(self, tags):
        return list(self._props(dict.fromkeys(tags)))

    def folder(self, parent, name, props=None, kind=TYPE_FOLDER):
        made = Folder(self._new(kind), name, parent, props or {})
        parent.folders.append(made)
        return made

    def search_folder(self, parent, name, hits, criteria=None):
        """hits: node ids of messages, each with the props of its row."""
        made = self.folder(parent, name, kind=TYPE_SEARCH)
        made.hits, made.criteria = list(hits), criteria
        self.searches.append(made)
        return made

    def _body(self, message):
        """Writes the message's node contents; (data, subnodes)."""
        code_page = message.code_page or self.code_page
        contents = Contents(self.ndb, code_page)
        ndb = self.ndb
        if message.recipients:
            inner = Contents(ndb, code_page)
            data = table_context(ndb, self._columns(_RECIPIENTS),
                                 [(i, self._props(r)) for i, r in enumerate(message.recipients)], inner)
            contents.below[NID_RECIPIENTS] = (data, ndb.subnodes(inner.below))
        rows = []
        for number, attachment in enumerate(message.attachments):
            nid = (0x401 + number) << 5 | TYPE_ATTACHMENT
            props = {tag: value for tag, value in attachment.items() if isinstance(tag, int)}
            inner = Contents(ndb, code_page)
            if "message" in attachment:
                child = 0x2000 << 5 | TYPE_MESSAGE
                inner.below[child] = self._body(attachment["message"])
                props[0x37050003] = 5
                props[0x3701000D] = struct.pack("<II", child, props.get(0x0E200003, 0))
            elif "storage" in attachment:
                child = inner.subnode(ndb.data(attachment["storage"]))
                props[0x37050003] = 6
                props[0x3701000D] = struct.pack("<II", child, len(attachment["storage"]))
            data = property_context(ndb, self._props(props), inner)
            contents.below[nid] = (data, ndb.subnodes(inner.below))
            rows.append((nid, self._props(props)))
        if rows:
            inner = Contents(ndb, code_page)
            data = table_context(ndb, self._columns(_ATTACHMENTS), rows, inner)
            contents.below[NID_ATTACHMENTS] = (data, ndb.subnodes(inner.below))
        data = property_context(ndb, self._props(message.props), contents)
        return data, ndb.subnodes(contents.below)

    def message(self, folder, message, associated=False):
        nid = self._new(TYPE_ASSOCIATED if associated else TYPE_MESSAGE)
        self.ndb.node(nid, *self._body(message), folder.nid)
        row = {tag: value for tag, value in message.props.items() if not isinstance(value, (str, bytes)) or len(value) <= 255}
        if self.ndb.v.ansi:  # in the message's own page, as the message
            row = {tag: value.encode(message.code_page or self.code_page) if isinstance(value, str) else value for tag, value in row.items()}
        (folder.associated if associated else folder.messages).append((nid, row))
        if not associated and not message.props.get(0x0E070003, 0) & 1:
            folder.unread += 1
        return nid

    def orphan(self, message, parent=0):
        """A message that no table and no folder names."""
        nid = self._new(TYPE_MESSAGE)
        self.ndb.node(nid, *self._body(message), parent)
        return nid

    def _table(self, nid, tags, rows, parent=0):
        contents = Contents(self.ndb, self.code_page)
        data = table_context(self.ndb, self._columns(tags), [(n, self._props(v)) for n, v in rows], contents)
        self.ndb.node(nid, data, self.ndb.subnodes(contents.below), parent)

    def _context(self, nid, props, parent=0):
        contents = Contents(self.ndb, self.code_page)
        data = property_context(self.ndb, self._props(props), contents)
        self.ndb.node(nid, data, self.ndb.subnodes(contents.below), parent)

    def _counts(self, folder):
        return {0x3001001F: folder.name, 0x36020003: len(folder.messages), 0x36030003: folder.unread,
                0x360A000B: bool([f for f in folder.folders]), **folder.props}

    def _finish_folder(self, folder):
        parent = folder.parent.nid if folder.parent else folder.nid
        index = folder.nid >> 5 << 5
        if hasattr(folder, "hits"):
            self._context(folder.nid, {0x3001001F: folder.name, 0x36020003: len(folder.hits), 0x36030003: 0, 0x360A000B: False}, parent)
            self._table(index | TYPE_SEARCH_CONTENTS, _CONTENTS, folder.hits)
            if folder.criteria is not None:
                self._context(index | TYPE_CRITERIA, folder.criteria)
            return
        self._context(folder.nid, self._counts(folder), parent)
        self._table(index | TYPE_HIERARCHY, _HIERARCHY, [(f.nid, self._counts(f)) for f in folder.folders])
        self._table(index | TYPE_CONTENTS, _CONTENTS, folder.messages)
        self._table(index | TYPE_FAI, _ASSOCIATED, folder.associated)
        for one in folder.folders:
            self._finish_folder(one)

    def _finish_names(self):
        """2.4.7; names: (guid bytes or 1 for PS_MAPI or 2 for PS_PUBLIC_STRINGS, number or text); ids from 0x8000."""
        guids, entries, strings, buckets = [], b"", b"", {}
        for index, (guid, name) in enumerate(self.names):
            if isinstance(guid, bytes):
                if guid not in guids:
                    guids.append(guid)
                guid = guids.index(guid) + 3
            if isinstance(name, str):
                raw = name.encode("utf-16-le")
                number, which, hashed = len(strings), guid << 1 | 1, crc(raw)
                strings += struct.pack("<I", len(raw)) + raw
                strings += bytes(-len(strings) % 4)
            else:
                number, which, hashed = name, guid << 1, name
            entries += struct.pack("<IHH", number, which, index)
            bucket = 0x1000 + (hashed ^ which) % 251
            buckets[bucket] = buckets.get(bucket, b"") + struct.pack("<IHH", hashed, which, index)
        props = {0x00010003: 251, 0x00020102: b"".join(guids), 0x00030102: entries, 0x00040102: strings}
        props.update({bucket << 16 | BINARY: raw for bucket, raw in buckets.items()})
        self._context(NID_NAMES, props)

    def finish(self):
        self._finish_folder(self.root)
        self._finish_names()
        self._context(NID_STORE, self.props)
        for nid, tags in ((0x60D, _HIERARCHY), (0x60E, _CONTENTS), (0x60F, _ASSOCIATED), (0x610, _CONTENTS),
                          (NID_ATTACHMENTS, _ATTACHMENTS), (NID_RECIPIENTS, _RECIPIENTS)):
            self._table(nid, tags, ())
        receivers = [("", self.top.nid), *((name, folder.nid) for name, folder in self.receivers)]
        self._table(NID_RECEIVE_FOLDERS, (0x001A001F, 0x66050003),
                    [(i + 1, {0x001A001F: name, 0x66050003: nid}) for i, (name, nid) in enumerate(receivers)])
        self.ndb.node(NID_SEARCH_QUEUE, 0)
        self.ndb.node(NID_SEARCH_LIST, self.ndb.data(b"".join(struct.pack("<I", s.nid) for s in self.searches)))
        self.ndb.finish()
