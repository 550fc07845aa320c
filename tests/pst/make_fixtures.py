#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_fixtures.py DIR [NAME...]: writes the fixtures of CASES as DIR/NAME.pst (or .ost), each with DIR/NAME.txt, which
says what a reader must find: counts by the rules of `mapiary info`, and per folder the messages with their properties (class
Description). --list names the cases. For measuring: --mail FILE MESSAGES writes mail as people get it."""
import datetime
import hashlib
import os
import random
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pst_writer as w
from pst_writer import Message, Ndb

WHEN = datetime.datetime(2024, 5, 6, 7, 8, 9)
GUID_A = bytes.fromhex("0123456789abcdeffedcba9876543210")  # no byte order reads it the same way twice
PS_INTERNET_HEADERS = bytes.fromhex("8603020000000000c000000000000046")


LATIN, MANY = "Grüße, olé, ÆØÅ €", "Grüße, привет, 日本語, שלום, 🙂"
words = MANY  # what the variant that is being written can hold


def text(number, size):
    """Text of `size` characters that repeats nowhere, of several scripts where the file can have them."""
    lines = size // (len(words) + 5) + 1
    return "".join(f"{number}.{line} {words}\r\n" for line in range(lines))[:size]


class Noted(w.Store):
    """A Store that remembers what was put into it."""

    def __init__(self, *args, **more):
        global words
        self.noted = []
        super().__init__(*args, **more)
        words = LATIN if self.ndb.v.ansi else MANY

    def message(self, folder, message, associated=False):
        self.noted.append((folder, message, associated))
        return super().message(folder, message, associated)


def note(number, body=100, **more):
    props = {0x001A001F: "IPM.Note", 0x0037001F: f"\x01\x05Re: Subject {number}", 0x0070001F: f"Subject {number}",
             0x0C1A001F: "Ada Lovelace", 0x0C1E001F: "SMTP", 0x0C1F001F: "ada@example.org", 0x1000001F: text(number, body),
             0x0E060040: WHEN + datetime.timedelta(minutes=number), 0x00390040: WHEN, 0x30070040: WHEN, 0x30080040: WHEN,
             0x0E070003: number & 1, 0x0E080003: 1000 + number, 0x00170003: 1, 0x300B0102: struct.pack(">IQ", number, number)}
    if more.get("attachments"):
        props[0x0E070003] |= 0x10
    props.update(more.pop("props", {}))
    return Message(props, **more)


def to(number, kind=1):
    return {0x0C150003: kind, 0x3001001F: f"Bob {number}", 0x3002001F: "SMTP", 0x3003001F: f"bob{number}@example.org",
            0x0FFE0003: 6, 0x39000003: 0, 0x0E0F000B: True}


def file(name, content):
    return {0x3704001F: name[:8], 0x3707001F: name, 0x37010102: content, 0x37050003: 1, 0x0E200003: len(content),
            0x370B0003: -1}


def mixed(store):
    """A little of everything that each variant of the format must give."""
    inbox = store.folder(store.top, "Inbox", {0x3613001F: "IPF.Note"})
    for i in range(5):
        store.message(inbox, note(i, body=(10, 1000, 3581 // 2, 9000, 70_000)[i], recipients=[to(j, 1 + j % 3) for j in range(i)],
                                  attachments=[file(f"a{j}.bin", hashlib.sha256(bytes([j])).digest() * (200 * j + 1))
                                               for j in range(i)]))
    inner = note(100, recipients=[to(1)], attachments=[file("deep.txt", b"deepest")])
    for depth in range(3):
        inner = note(101 + depth, recipients=[to(depth)],
                     attachments=[{0x3001001F: "forwarded", 0x3704001F: "forwarded", 0x0E200003: 10, 0x370B0003: -1, "message": inner}])
    store.message(inbox, inner)
    below = store.folder(store.folder(inbox, "Ünter/folder"), words)
    store.message(below, note(50))
    store.message(store.deleted, note(51))
    store.message(inbox, Message({0x001A001F: "IPM.Configuration.Test", 0x0037001F: "associated", 0x0E070003: 0x40}), associated=True)
    store.folder(store.root, "Outside the visible tree")
    return store


def kinds(store):
    """A value of each type, whose bytes differ in any other order."""
    folder = store.folder(store.top, "Types")
    props = {0x001A001F: "IPM.Types", 0x0037001F: "types", 0x66000002: 0x0102, 0x66010003: 0x01020304, 0x66020004: 1.5,
             0x66030005: -2.25, 0x66040006: 12345678901, 0x66050007: 39000.25, 0x6606000A: 0x8004010F, 0x6607000B: True,
             0x6608000B: False, 0x66090014: 0x0102030405060708, 0x660A001E: "eight", 0x660B001F: "sixteen ß", 0x660C0040: WHEN,
             0x660D0048: GUID_A, 0x660E0102: bytes(range(256)), 0x660F001F: "", 0x66100102: b"", 0x66111002: [1, -2, 0x0102],
             0x66121003: [1, -2, 0x01020304], 0x66131005: [0.5, -1.0], 0x66141014: [1, -2], 0x6615101E: ["one", "", "three"],
             0x6616101F: ["eins", "", "drei ß"], 0x66171040: [WHEN, WHEN], 0x66181048: [GUID_A, GUID_A[::-1]],
             0x66191102: [b"a", b"", bytes(5000)], 0x661A1003: [7], 0x661B101F: ["x" * 4000, "y"], 0x661C1004: [0.25, 2.0],
             0x80000003: 77, 0x8001001F: "named", 0x8002001F: "header value"}
    store.message(folder, Message(props))
    return store


NAMES = [(GUID_A, 0x8233), (2, "Keywords-are-public"), (PS_INTERNET_HEADERS, "x-fixture"), (1, 0x0102), (GUID_A, "a text name")]


def simple(version, crypt, content=mixed, extension=".pst", **more):
    def make(path):
        return content(Noted(Ndb(path, version, crypt, **more), names=NAMES))
    make.extension = extension
    return make


def deep_trees(store):
    """With two entries a page both B-trees have more than eight levels."""
    folder = store.folder(store.top, "Many")
    for i in range(150):
        store.message(folder, note(i, body=30))
    return store


def large_values(store):
    """Attachments over one XBLOCK (XXBLOCK), over one block (XBLOCK), and just at the borders."""
    folder = store.folder(store.top, "Large")
    limit = store.ndb.v.block_limit
    for i, size in enumerate((3580, 3581, limit - 1, limit, limit + 1, 3 * limit, 1021 * limit, 1021 * limit + 1, 1300 * limit + 5)):
        content = (hashlib.sha256(str(i).encode()).digest() * (size // 32 + 1))[:size]
        store.message(folder, note(i, attachments=[file(f"{size}.bin", content)]))
    return store


def large_tables(store):
    """Subnode trees of two levels, tables whose rows lie in many blocks, heaps over many blocks with bitmaps."""
    folder = store.folder(store.top, "Tables")
    store.message(folder, note(1, recipients=[to(i) for i in range(2500)], attachments=[file(f"n{i}.txt", b"%d" % i) for i in range(700)]))
    store.message(folder, Message({0x001A001F: "IPM.Heap", 0x0037001F: "heap",
                                   **{(0x6000 + i) << 16 | 0x102: bytes([i & 255]) * 3000 for i in range(0x400)}}))
    many = store.folder(store.top, "Rows")
    for i in range(1200):
        store.message(many, note(i, body=5))
    return store


def cp932(store):
    """8-bit text whose code page stands in the message, else in the store."""
    folder = store.folder(store.top, "連絡先")
    subject = "表示テスト・能力ソ"  # its second bytes are 0x5C where a reader that does not know the code page trips
    store.message(folder, Message({0x001A001F: "IPM.Contact", 0x0037001F: subject, 0x3001001F: subject, 0x1000001F: subject * 50,
                                   0x3FFD0003: 932}))
    store.message(folder, Message({0x001A001F: "IPM.Note", 0x0037001F: "Съешь ещё", 0x3FFD0003: 1251, 0x1000001F: "Съешь ещё этих"},
                                  code_page="cp1251"))
    return store


def pages(store):
    """8-bit text in an ANSI file: every way a message can say its code page, and the store's for who says nothing."""
    folder = store.folder(store.top, "連絡先")

    def add(number, subject, props, code_page):
        store.message(folder, Message({0x001A001F: "IPM.Note", 0x0037001F: subject, 0x1000001F: subject * 30, 0x0E080003: number, **props},
                                      recipients=[{**to(number), 0x3001001F: subject}], attachments=[{**file("x", b"y"), 0x3707001F: subject}],
                                      code_page=code_page))

    add(1, "表示テスト・能力ソ", {}, "cp932")  # by the store's locale
    add(2, "Съешь ещё этих", {0x3FFD0003: 1251}, "cp1251")  # PR_MESSAGE_CODEPAGE
    add(3, "Zażółć gęślą", {0x3FF10003: 0x0415}, "cp1250")  # PR_MESSAGE_LOCALE_ID, Polish
    add(4, "мягких булок", {0x3FDE0003: 20866}, "cp1251")  # PR_INTERNET_CPID, KOI8-R: the Windows page of its language
    add(5, "한국어 텍스트", {0x3FDE0003: 50225}, "cp949")
    add(6, "ลองดู", {0x3FFD0003: 874, 0x3FF10003: 0x0411}, "cp874")  # the code page goes before the language
    return store


def lying(store):
    """Says 1252 everywhere and is in 1251: for who knows better (0x6705)."""
    folder = store.folder(store.top, "Входящие")
    store.message(folder, Message({0x001A001F: "IPM.Note", 0x0037001F: "Съешь ещё", 0x3FFD0003: 1252, 0x3FDE0003: 1252,
                                   0x1000001F: "мягких французских булок"}, recipients=[{**to(1), 0x3001001F: "Борис"}], code_page="cp1251"))
    return store


def restriction(words):
    """An SRestriction as it lies in the criteria of a search folder (docs/adr/0062)."""
    return struct.pack(f"<{len(words)}I", *words)


def search(store):
    """Search folders: with criteria over the inbox and what is below it, with criteria that nobody knows, without."""
    inbox = store.folder(store.top, "Inbox", {0x3613001F: "IPF.Note"})
    nids = [store.message(inbox, note(i)) for i in range(6)]
    hits = [(n, {0x0037001F: f"Subject {i}"}) for i, n in enumerate(nids) if i % 2]
    # RES_OR of: PR_SUBJECT contains "ubject 1", case ignored; PR_IMPORTANCE is there.
    criteria = restriction([1, 2, 16, 0, 3, 0x10001, 0x0037001F, 0x0037001F, 8, 0, 0x00170003, 0])
    store.search_folder(store.finder, "Odd ones", hits, {0x66080102: criteria, 0x660A0102: struct.pack("<I", inbox.nid),
                                                         0x660B0003: 5, 0x8001001F: "ubject 1"})
    store.search_folder(store.finder, "Unknown", hits[:1], {0x66080102: b"\x63\0\0\0" * 4, 0x66090102: struct.pack("<I", inbox.nid)})
    store.search_folder(store.finder, "No criteria", [])
    store.receivers = [("IPM.Note", inbox), ("REPORT.IPM", store.deleted)]
    return store


EX = "/O=FIRST ORGANIZATION/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN="


def party(prefix, name, address, smtp=None):
    """Sender (0x0C1A ...) or author (0x0042 ...) by an address of Exchange."""
    tags = {0x0C1A: (0x0C1A, 0x0C1E, 0x0C1F, 0x5D01), 0x0042: (0x0042, 0x0064, 0x0065, 0x5D02)}[prefix]
    values = (name, "EX", EX + address, smtp)
    return {tag << 16 | w.UNICODE: value for tag, value in zip(tags, values) if value}


def exchange(name, address, **more):
    """A recipient by an address of Exchange."""
    return {**to(0), 0x3001001F: name, 0x3002001F: "EX", 0x3003001F: EX + address, **{tag << 16 | w.UNICODE: v for tag, v in more.pop("props", {}).items()}}


def rtf(store):
    """Messages without PR_BODY and PR_HTML: text, HTML and a word processor's RTF; and one whose RTF is cut off."""
    folder = store.folder(store.top, "Inbox")

    def add(subject, content, cut=None, **more):
        packed = struct.pack("<IIII", len(content) + 12, len(content), 0x414C454D, 0) + content.encode("ascii")
        store.message(folder, Message({0x001A001F: "IPM.Note", 0x0037001F: subject, 0x10090102: packed[:cut], **more}))

    add("rich", "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\b Gr\\'fc\\'dfe\\b0\\par second line\\par}")
    add("from html", "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0 Arial;}}"
                     "{\\*\\htmltag64 <p>}\\htmlrtf \\pard\\htmlrtf0 caf\\'e9 {\\*\\htmltag84 <b>}\\htmlrtf {\\b\\htmlrtf0 bold\\htmlrtf }\\htmlrtf0 {\\*\\htmltag92 </b>}"
                     "{\\*\\htmltag72 </p>}}")
    add("from text", "{\\rtf1\\ansi\\ansicpg1252\\fromtext \\deff0{\\fonttbl{\\f0 Arial;}}plain \\'e4\\par}")
    add("cut", "{\\rtf1\\ansi\\ansicpg1252\\deff0 begins well" + " and goes on" * 200 + "}", cut=600)
    return store


def addresses(store):
    """Addresses of Exchange whose Internet addresses stand in different places."""
    folder = store.folder(store.top, "Inbox")

    def add(number, props, recipients):
        made = note(number, recipients=recipients, props=props)
        for tag in (0x0C1A001F, 0x0C1E001F, 0x0C1F001F):
            if tag not in props:
                del made.props[tag]
        store.message(folder, made)

    ada, bob = ("Ada Lovelace", "ADA"), ("Bob Byte", "BOB")
    # 1: in properties of their own.
    add(1, {**party(0x0C1A, *ada, "ada@example.org"), **party(0x0042, *ada, "ada@example.org")},
        [exchange(*bob, props={0x39FE: "bob@example.org"}), exchange("Carl", "CARL", props={0x403D: "SMTP", 0x403E: "carl@example.org"})])
    # 2: in the header alone.
    add(2, {**party(0x0C1A, *ada), **party(0x0042, *ada),
            0x007D001F: "Received: from a by b\r\nFrom: Ada Lovelace <ada@example.org>\r\nTo: \"Bob Byte\" <bob@example.org>\r\n"
                        "Cc: Carl <carl@example.org>\r\nSubject: Re: Subject 2\r\n\r\n"},
        [exchange(*bob), {**exchange("Carl", "CARL"), 0x0C150003: 2}])
    # 3: of another party with the same address of Exchange, in other letters.
    add(3, {**party(0x0C1A, "A. Lovelace", "ada"), **party(0x0042, "A. Lovelace", "ada")},
        [exchange(*ada, props={0x39FE: "ada@example.org"}), exchange(*bob)])
    # 4: nowhere.
    add(4, {**party(0x0C1A, *ada), **party(0x0042, *ada)}, [exchange(*bob)])
    # 5: sent by one for the other, one of them known to the Internet.
    add(5, {**party(0x0C1A, *bob), **party(0x0042, *ada, "ada@example.org"), 0x0040001F: "Bob Byte", 0x0075001F: "EX",
            0x0076001F: EX + "BOB", 0x5D07001F: "bob@example.org"}, [to(5)])
    return store


def deleted(store):
    """Messages that are whole and that no folder has any more, and one whose folder is gone."""
    inbox = store.folder(store.top, "Inbox")
    store.message(inbox, note(1))
    for i in range(3):
        store.orphan(note(900 + i, recipients=[to(i)], attachments=[file("lost.txt", b"found")]), inbox.nid if i else 0x7FE2)
    store.orphans = 3
    return store


def password(store):
    store.props[0x67FF0003] = struct.unpack("<i", struct.pack("<I", w.crc(b"secret")))[0]
    return mixed(store)


def storages(store):
    """Attachments of the other methods."""
    folder = store.folder(store.top, "Methods")
    store.message(folder, note(1, attachments=[
        {0x3704001F: "ole", 0x370B0003: 5, 0x0E200003: 4096, "storage": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4088)},
        {0x3704001F: "link.txt", 0x37050003: 2, 0x370D001F: "\\\\server\\share\\link.txt", 0x370B0003: -1, 0x0E200003: 0},
        {0x3704001F: "nothing", 0x37050003: 0, 0x370B0003: -1, 0x0E200003: 0},
        {**file("ole2.bin", b"inline"), 0x37050003: 6}]))
    return store


CASES = {
    **{f"v{v}-crypt{c}": simple(v, c) for v in (14, 15, 21, 23) for c in (0, 1, 2)},
    "v36-plain": simple(36, 0, extension=".ost", client=b"SO"),
    "v36-deflate": simple(36, 0, extension=".ost", client=b"SO", compress=True),
    "v36-cyclic": simple(36, 2, extension=".ost", client=b"SO"),
    "v23-ost": simple(23, 1, extension=".ost", client=b"SO"),
    **{f"types-v{v}": simple(v, 1, kinds) for v in (14, 23, 36)},
    **{f"deep-v{v}": simple(v, 0, deep_trees, fanout=2) for v in (14, 23, 36)},
    **{f"large-values-v{v}": simple(v, 0, large_values) for v in (14, 23)},
    **{f"large-tables-v{v}": simple(v, 1, large_tables) for v in (14, 23, 36)},
    "cp932": lambda path: cp932(Noted(Ndb(path, 14, 1), code_page="cp932", names=NAMES, props={0x66C30003: 932})),
    "code-pages": lambda path: pages(Noted(Ndb(path, 14, 1), code_page="cp932", names=NAMES, props={0x66A10003: 0x0411})),
    "search": simple(23, 1, search),
    "addresses": simple(23, 1, addresses),
    "rtf": simple(23, 1, rtf),
    "password-ost": simple(23, 1, password, extension=".ost", client=b"SO"),
    "deleted": simple(23, 1, deleted),
    "password": simple(23, 1, password),
    "attach-methods": simple(23, 1, storages),
    "empty": simple(23, 1, lambda store: store),
}


# ---- What is in no folder
def aside(store, name, parent=None):
    """A folder that no other one lists. The nodes of what is in it are made by store._finish_folder()."""
    return w.Folder(store._new(w.TYPE_FOLDER), name, parent or store.top, {})


def lost(store):
    """Of what a reader may recover: RECOVERABLE, and no more."""
    ndb = store.ndb
    inbox = store.folder(store.folder(store.top, "50%"), "In/box")
    store.message(inbox, note(1))
    edited = store.message(inbox, note(2))
    # No folder lists it.
    store.orphan(note(10, recipients=[to(1)], attachments=[file("lost.txt", b"found" * 2000)]), inbox.nid)
    store.orphan(note(11), 0x7FE2)
    store.orphan(Message({}), inbox.nid)
    # No folder leads to it: one with another in it, and two that hold nothing.
    adrift = aside(store, "Adrift")
    store.message(adrift, note(20))
    store.message(adrift, Message({0x001A001F: "IPM.Configuration.Lost", 0x0037001F: "associated", 0x0E070003: 0x40}), associated=True)
    store.message(store.folder(adrift, "Below"), note(21))
    hollow = aside(store, "Hollow")
    store.folder(hollow, "Hollow too")
    # Two that are each in the other.
    ring = [aside(store, "Ring 1"), aside(store, "Ring 2")]
    ring[0].parent, ring[1].parent = ring[1], ring[0]
    for i in range(2):
        store.message(ring[i], note(30 + i))
    # What the trees had once. Of some the tree of blocks still has the blocks; of one a block was used for something else.
    nodes, blocks = set(ndb.nodes), set(ndb.blocks)
    inner = note(43, attachments=[file("deep.txt", b"deepest")])
    store.orphan(note(40, body=9000, recipients=[to(2), to(3)], attachments=[
        file("gone.bin", bytes(range(256)) * 100), {0x3001001F: "forwarded", 0x3704001F: "forwarded", 0x0E200003: 10, "message": inner}]), inbox.nid)
    gone = aside(store, "Gone")
    store.message(gone, note(42))
    store._finish_folder(gone)
    freed = set(ndb.blocks) - blocks
    store.orphan(note(41), inbox.nid)
    hit = store.orphan(note(50, attachments=[file("hit.bin", b"hit" * 3000)]), inbox.nid)
    kept = ndb.nodes[edited]
    ndb.nodes[edited] = (*store._body(note(60)), inbox.nid)
    ndb.commit()
    ndb.nodes[edited] = kept
    for nid in set(ndb.nodes) - nodes:
        data = ndb.drop(nid)[0]
        if nid == hit:
            ndb.overwrite(data)
    ndb.drop_blocks(freed)
    for folder in (adrift, hollow):
        store._finish_folder(folder)
    for folder, other in (ring, ring[::-1]):
        store._finish_folder(folder)
        index = folder.nid >> 5 << 5
        ndb.drop(index | w.TYPE_HIERARCHY)
        store._table(index | w.TYPE_HIERARCHY, w._HIERARCHY, [(other.nid, store._counts(other))])
    return store


# Paths below the folder of recovered messages, the numbers of the notes in it, and how each was found.
RECOVERABLE = {"": {10: "orphaned", 11: "orphaned", 40: "deleted", 41: "deleted"}, "Adrift": {20: "orphaned"},
               "Adrift/Below": {21: "orphaned"}, "Gone": {42: "deleted"}, "Ring 1": {30: "orphaned"}, "Ring 1/Ring 2": {31: "orphaned"}}

# Made in a folder of their own: other tests take the others to be well-formed.
RECOVERY = {f"lost-v{v}": simple(v, 1, lost, extension=".ost" if v == 36 else ".pst") for v in (14, 23, 36)}
RECOVERY["lost-deflate"] = simple(36, 2, lost, extension=".ost", compress=True)


OTHERS = {"recovery": RECOVERY,
          "lying": {"lying": lambda path: lying(Noted(Ndb(path, 14, 1), code_page="cp1251", names=NAMES, props={0x66C30003: 1252}))}}


# ---- What a reader must find
def escaped(text):
    return "".join(f"%{ord(c):02X}" if c in "%,\t" or ord(c) < 32 else c for c in text)


def shown(kind, value):
    """A value as NAME.txt writes it."""
    if kind & w.MULTI:
        return ",".join(shown(kind & ~w.MULTI, one) for one in value)
    if kind == w.TIME:
        return str(w.filetime(value))
    if kind in (w.FLOAT, w.DOUBLE, w.APPTIME):
        return struct.pack("<d", value).hex()
    if kind in (w.UNICODE, w.STRING8):
        raw = value.encode("utf-8")
        return escaped(value) if len(raw) <= 100 else f"crc:{zlib.crc32(raw):08x}:{len(raw)}"
    if kind in (w.BINARY, w.GUID):
        return value.hex() if len(value) <= 64 else f"crc:{zlib.crc32(value):08x}:{len(value)}"
    return str(int(value))


class Description:
    """Lines of NAME.txt, fields with tabs between: `count NAME N`, `folder PATH`, `search PATH HITS`, and after a folder its
    messages: `message` or `associated`, then `prop ID VALUE`, `recipient` with its props, `attachment` with its props and
    perhaps `embedded`, and `end`. Names in a path are divided by '/', which is %2F in a name."""

    def __init__(self, store, path):
        v = store.ndb.v
        self.totals = dict.fromkeys(("folders", "searches", "messages", "associated", "embedded", "attachments", "recipients"), 0)
        self.lines, self.noted = [], store.noted
        self.folder(store.root, [])
        self.totals.update(version=v.version, crypt=store.ndb.crypt, bytes=os.path.getsize(path),
                           password=int(store.props[0x67FF0003] != 0), orphans=getattr(store, "orphans", 0))
        self.lines = [f"count\t{name}\t{number}" for name, number in self.totals.items()] + self.lines

    def props(self, props):
        for tag, value in sorted(item for item in props.items() if isinstance(item[0], int)):
            if tag & 0xFFFF == w.OBJECT:
                continue
            if tag >> 16 == 0x37 and value.startswith("\x01"):  # 2.5.3.1.1.1: how long the prefix is
                self.lines.append(f"prop\t003D\t{escaped(value[2:ord(value[1]) + 1])}")
                value = value[2:]
            self.lines.append(f"prop\t{tag >> 16:04X}\t{shown(tag & 0xFFFF, value)}")

    def message(self, word, message):
        self.lines.append(word)
        self.props(message.props)
        for recipient in message.recipients:
            self.totals["recipients"] += 1
            self.lines.append("recipient")
            self.props(recipient)
        for attachment in message.attachments:
            self.totals["attachments"] += 1
            self.lines.append("attachment")
            self.props(attachment)
            if "storage" in attachment:
                self.lines.append(f"prop\t3701\t{shown(w.BINARY, attachment['storage'])}")
            if "message" in attachment:
                self.totals["embedded"] += 1
                self.message("embedded", attachment["message"])
        self.lines.append("end")

    def folder(self, folder, names):
        path = "/".join(escaped(name).replace("/", "%2F") for name in names)
        if hasattr(folder, "hits"):
            self.totals["searches"] += 1
            self.lines.append(f"search\t{path}\t{len(folder.hits)}")
            return
        self.totals["folders"] += 1
        self.lines.append(f"folder\t{path}")
        for word, wanted in (("message", False), ("associated", True)):
            for where, message, associated in self.noted:
                if where is folder and associated == wanted:
                    self.totals["messages" if word == "message" else word] += 1
                    self.message(word, message)
        for below in folder.folders:
            self.folder(below, names + [below.name])


def make(name, directory):
    case = next(cases[name] for cases in (CASES, *OTHERS.values()) if name in cases)
    path = os.path.join(directory, name + getattr(case, "extension", ".pst"))
    store = case(path)
    store.finish()
    with open(os.path.join(directory, name + ".txt"), "w", encoding="utf-8", newline="\n") as out:
        out.writelines(line + "\n" for line in Description(store, path).lines)
    return path


def mail(path, count):
    """Mail as people get it, about 32 KB each, for measuring: text, HTML, headers, some recipients, every third with a file."""
    store = w.Store(Ndb(path, 23, w.CRYPT_PERMUTE), names=NAMES)
    folders = [store.folder(store.top, name) for name in ("Inbox", "Sent Items", "Archive")]
    chance = random.Random(20240506)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(4000)]

    def prose(size):
        return " ".join(words[int(chance.random() ** 3 * 3999)] for _ in range(size // 5))[:size]

    for i in range(count):
        files = [file(f"report {i}.pdf", chance.randbytes(chance.randint(5000, 120_000)))] if i % 10 < 3 else []
        body = prose(3000)
        headers = "".join(f"Received: from {prose(30)} by {prose(30)}; Mon, 6 May 2024 07:08:09 +0000\r\n" for _ in range(8))
        props = {0x1000001F: body, 0x007D001F: headers + f"From: Ada Lovelace <ada@example.org>\r\nSubject: Subject {i}\r\n",
                 0x10130102: b"<html><body><p>" + prose(12_000).encode() + b"</p></body></html>", 0x3FDE0003: 65001,
                 0x1035001F: f"<{i}.{prose(20).replace(' ', '.')}@example.org>"}
        props.update({(0x6001 + k) << 16 | w.UNICODE: prose(50) for k in range(12)})
        props.update({(0x6101 + k) << 16 | w.LONG: chance.randrange(1000) for k in range(18)})
        store.message(folders[i % 3], note(i, props=props, recipients=[to(k) for k in range(1 + i % 5)], attachments=files))
    store.finish()


def main(arguments):
    if arguments[:1] == ["--list"]:
        print("\n".join(CASES))
    elif arguments[:1] == ["--mail"] and len(arguments) == 3:
        mail(arguments[1], int(arguments[2]))
    elif arguments and not arguments[0].startswith("-"):
        os.makedirs(arguments[0], exist_ok=True)
        for name in arguments[1:] or CASES:
            print(make(name, arguments[0]))
        for folder, cases in OTHERS.items() if not arguments[1:] else ():
            os.makedirs(os.path.join(arguments[0], folder), exist_ok=True)
            for name in cases:
                print(make(name, os.path.join(arguments[0], folder)))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
