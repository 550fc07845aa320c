# SPDX-License-Identifier: Apache-2.0
"""What PST and OST files that cannot be read, or not wholly, do to each verb: the exit code of docs/cli.md, and words that say what was
seen at which offset and what can be done. Files are those of tests/pst/make_fixtures.py (MAPIARY_PST_FIXTURES)."""

import contextlib
import json
import os
import pathlib
import struct
import subprocess
import sys
import unittest
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import Case  # noqa: E402

FIXTURES = pathlib.Path(os.environ["MAPIARY_PST_FIXTURES"])
VERBS = (["info"], ["tree"], ["ls"], ["search"], ["check"], ["pst-tree"], ["export"], ["copy"], ["recover"])


def crc(data):
    """Of [MS-PST] 5.3: that of zlib without its complements."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signed(header):
    """The header with right CRCs."""
    out = bytearray(header)
    if out[10] >= 20:
        out[524:528] = struct.pack("<I", crc(bytes(out[8:524])))
    out[4:8] = struct.pack("<I", crc(bytes(out[8:479])))
    return bytes(out)


class BadInput(Case):
    def source(self, name="v23-crypt1.pst"):
        return (FIXTURES / name).read_bytes()

    def put(self, content, name="bad.pst"):
        path = self.place / name
        path.write_bytes(content)
        return path

    def words_of(self, verb, path):
        return [*verb, path, *((self.place / "out",) if verb[0] in ("export", "copy", "recover") else ())]

    def refused(self, path, code, *texts, verbs=VERBS, look=True):
        """By each verb; nothing is made and the file stays as it was. `look`: at it, which a lease would make wait."""
        before = path.read_bytes() if look and path.is_file() else None
        for verb in verbs:
            with self.subTest(verb=verb[0], path=path.name):
                done = self.run_program(*self.words_of(verb, path), code=code)
                said = done.stderr.decode()
                self.assertIn(path.name, said)
                for text in texts:
                    self.assertIn(text, said)
                self.assertEqual(done.stdout, b"")
                self.assertFalse((self.place / "out").exists())
        if before is not None:
            self.assertEqual(path.read_bytes(), before)

    # ---- What is no PST

    def test_what_is_none(self):
        text = b"Dear Ada,\nhere is what you asked for.\n" * 900
        self.refused(self.put(text, "letter.dat"), 1, "neither those of a Mapiary store", "offset 0 has 44 65 61 72")
        self.refused(self.put(text, "letter.pst"), 1, "does not begin with !BDN", "offset 0 has 44 65 61 72")
        self.refused(self.put(b"PK\x03\x04" + text, "packed.pst"), 1, "offset 0 has 50 4B 03 04", "unpack it first")
        self.refused(self.put(b"\x1f\x8b\x08" + text, "packed.ost"), 1, "unpack it first")

    def test_nothing_at_all(self):
        self.refused(self.put(b""), 1, "it is empty")
        self.refused(self.put(bytes(100)), 1, "offset 0 has 00 00 00 00")
        self.refused(self.put(bytes(1 << 20)), 1, "no pages of one", "offset 0 has 00 00 00 00")

    def test_a_folder_and_a_device(self):
        (self.place / "folder.pst").mkdir()
        self.refused(self.place / "folder.pst", 1, "folder")
        os.mkfifo(self.place / "pipe.pst")
        self.refused(self.place / "pipe.pst", 1, "neither a file nor a folder")
        self.refused(pathlib.Path("/dev/null"), 1, "neither a file nor a folder")

    # ---- What is cut or hit

    def test_no_more_than_a_header(self):
        whole = self.source()
        for size in (4, 8, 11):
            self.refused(self.put(whole[:size]), 1, "offset 0 has 21 42 44 4E")
        for size in (12, 300, 563):
            self.refused(self.put(whole[:size]), 4, "HEADER ends early", "bytes wanted at offset 0")
        self.refused(self.put(whole[:4096]), 4, "NBT page at offset", "it lies beyond the end of the file")

    def test_looking_at_what_is_damaged(self):
        # The CRC of one block is another one: that of the root's table of folders, of the Inbox's of messages, of a message.
        whole = self.put(self.source("v23-crypt0.pst"), "whole.pst")
        nodes = {int(one["nid"], 16): int(one["data"], 16) & ~1 for one in self.lines("pst-tree", "--json", whole)}
        blocks = {int(one["bid"], 16) & ~1: one for one in self.lines("pst-tree", "--json", "--blocks", whole)}
        inbox = next(folder["path"] for folder in self.lines("tree", "--json", whole) if folder["name"] == "Inbox")
        message = next(one["id"] for one in self.lines("ls", "--json", whole, inbox) if one["schema"] == "mapiary.item/1")
        number = int.from_bytes(bytes.fromhex(message)[2:].ljust(6, b"\0")[2:6], "little")
        looks = {0x12D: (["tree"],), 0x808E: (["ls", inbox], ["search", "--folder", inbox]), number: (["show", message], ["props", message])}
        for nid, verbs in looks.items():
            block = blocks[nodes[nid]]
            content = bytearray(whole.read_bytes())
            tail = block["offset"] + (block["stored"] + 16 + 63) // 64 * 64 - 16
            content[tail + 4] ^= 1
            for verb, *rest in verbs:
                with self.subTest(verb=verb, nid=hex(nid)):
                    options, operands = ([], rest) if verb != "search" else (rest, [])
                    path = self.put(whole.read_bytes())
                    good = self.run_program(verb, *options, path, *operands)
                    done = self.run_program(verb, *options, self.put(content), *operands, code=4)
                    self.assertEqual(done.stdout, good.stdout)
                    said = done.stderr.decode()
                    self.assertIn(f"block at offset {block['offset']}: its CRC is", said)
                    self.assertIn("mapiary copy 'bad.pst' NEW takes out what can be read", said.replace(str(path), "bad.pst"))

    def test_cut_short(self):
        # What leads to the nodes is gone: messages are found by their blocks.
        path = self.put(self.source()[:200000])
        info = self.json("info", "--json", path, code=4)
        self.assertGreater(info["messages"], 0)
        self.assertTrue(any("no other part of the tree is left: nodes 0x0 to 0xFFFFFFFF are lost; it has had at most 8 messages" in one["message"] for one in info["problems"]), info["problems"])
        self.assertIn("mapiary recover", info["remedy"])
        self.assertIn("Recovered", self.text("tree", path, code=4))
        self.run_program("export", path, self.place / "out", code=4)
        found = len(list((self.place / "out").rglob("*.eml")))
        self.assertGreater(found, 0)
        self.assertEqual(found, info["messages"])
        subprocess.run(["rm", "-r", self.place / "out"], check=True)
        store = self.place / "rescued.mapiary"
        self.run_program("recover", path, store, code=4)
        self.assertEqual(self.json("info", "--json", store)["messages"], found)
        # What is cut is free space, or there is an older tree.
        for name in ("v14-crypt1.pst", "deep-v23.pst"):
            path = self.put(self.source(name)[:200000])
            self.assertRegex(self.text("info", path, code=4), r"ROOT at offset \d+: the file should have \d+ bytes and has 200000")
            self.assertRegex(self.text("check", path, code=4), r"ROOT: the file should have \d+ bytes and has 200000|NBT page at offset \d+: it lies beyond the end of the file")
            self.run_program("export", path, self.place / "out", code=4)
            manifest = (self.place / "out" / "manifest.json").read_text()
            self.assertRegex(manifest, r"ROOT at offset \d+: the file should have \d+ bytes and has 200000")
            subprocess.run(["rm", "-r", self.place / "out"], check=True)

    def test_the_crc_of_the_header(self):
        for name, at in (("v14-crypt1.pst", 0x40), ("v23-crypt1.pst", 0x40), ("v23-crypt1.pst", 0x208)):
            content = bytearray(self.source(name))
            content[at] ^= 0x10
            path = self.put(content)
            info = self.json("info", "--json", path, code=4)
            self.assertEqual(info["messages"], 8)
            self.assertTrue(any(one["message"].startswith("HEADER at offset 4: its CRC is wrong") for one in info["problems"]), info["problems"])
            self.assertIn("mapiary copy", info["remedy"])
            self.assertIn("\nremedy ", self.text("info", path, code=4))
            checked = self.text("check", path, code=4)
            self.assertIn("HEADER at offset 4: its CRC is wrong", checked)
            self.assertIn("\nremedy: mapiary check", checked)

    def test_an_attachment_that_is_lost(self):
        """It costs its message the attachment, not the message."""
        path = self.put(self.source())
        lines = [json.loads(line) for line in self.text("pst-tree", "--json", "--node", "0x200064", path).splitlines()]
        bid = next(one["data"] for one in lines if one["schema"] == "mapiary.pst-subnode/1" and one["type"] == "attachment")
        blocks = [json.loads(line) for line in self.text("pst-tree", "--json", "--blocks", path).splitlines()]
        block = next(one for one in blocks if one["schema"] == "mapiary.pst-block/1" and one["bid"] == bid)
        content = bytearray(self.source())
        content[block["offset"]:block["offset"] + block["stored"] + 16] = bytes(block["stored"] + 16)
        path = self.put(content, "lost.pst")
        self.run_program("export", path, self.place / "out", code=4)
        items = json.loads((self.place / "out" / "manifest.json").read_text())["items"]
        self.assertEqual([one["status"] for one in items if one["id"].endswith("640020")], ["incomplete"], items)
        self.assertEqual(len(list((self.place / "out").rglob("*.eml"))), 8)

    def test_a_lost_header(self):
        """What it said is found: variant, trees, encryption."""
        for name in ("v14-crypt2.pst", "v21-crypt1.pst", "v23-crypt0.pst", "v36-plain.ost"):
            content = self.source(name)
            path = self.put(bytes(564) + content[564:], "bad" + name[-4:])
            info = self.json("info", "--json", path, code=4)
            self.assertEqual(info["messages"], 8, name)
            self.assertTrue(any("HEADER at offset 0: it begins with 00 00 00 00" in one["message"] for one in info["problems"]), info["problems"])
            out, whole = self.place / "out", self.place / "whole"
            (self.place / name).write_bytes(content)
            self.run_program("export", path, out, code=4)
            self.run_program("export", self.place / name, whole)
            files = sorted(one.relative_to(whole) for one in whole.rglob("*.eml"))
            self.assertEqual([(out / one).read_bytes() for one in files], [(whole / one).read_bytes() for one in files])
            subprocess.run(["rm", "-r", out, whole], check=True)

    # ---- What is of another kind

    def test_newer_versions(self):
        for version in (38, 40, 99):
            content = bytearray(self.source())
            content[10:12] = struct.pack("<H", version)
            path = self.put(signed(content[:564]) + content[564:])
            self.refused(path, 1, "HEADER at offset 10", f"version {version}, which is not known", "export it to a new .pst")

    def test_rights_management(self):
        content = bytearray(self.source())
        content[10:12] = struct.pack("<H", 37)
        self.refused(self.put(signed(content[:564]) + content[564:]), 5, "HEADER at offset 10", "Windows Information Protection", "unprotected")
        content = bytearray(self.source())
        content[513] = 0x10
        self.refused(self.put(signed(content[:564]) + content[564:]), 5, "HEADER at offset 513", "Windows Information Protection", "unprotected")

    # ---- What another program holds

    @contextlib.contextmanager
    def held(self, how, path):
        """Another process holds the file while the block runs."""
        with subprocess.Popen([sys.executable, "-c", HOLD, how, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            line = other.stdout.readline()
            try:
                yield line.decode().strip()
            finally:
                other.stdin.close()
                other.wait()

    def test_locked_by_another_program(self):
        path = self.put(self.source())
        for how, text in (("posix", "holds a lock for writing on it (fcntl, from offset 100 to 149)"), ("ofd", "another program holds a lock for writing on it (fcntl, from offset 0 on)"),
                          ("flock", "another program holds a lock on all of it (flock)"), ("lease", "holds a lease")):
            with self.subTest(how), self.held(how, path) as said:
                if said == "cannot":
                    self.assertEqual(how, "lease")  # some file systems have none
                    continue
                self.refused(path, 5, text, "lose that program, or read a copy", verbs=VERBS if how == "flock" else (["info"], ["export"]), look=how != "lease")
            self.run_program("info", path)

    def test_locks_that_hinder_nobody(self):
        path = self.put(self.source())
        for how in ("posix-shared", "flock-shared", "posix-open"):
            with self.held(how, path):
                self.run_program("info", path)


# A lock of the kind named first on the file named second, until stdin ends.
HOLD = """
import fcntl, os, signal, struct, sys
how, path = sys.argv[1:]
file = os.open(path, os.O_RDWR)
said = "held"
signal.signal(signal.SIGIO, signal.SIG_IGN)
if how == "posix":
    fcntl.lockf(file, fcntl.LOCK_EX, 50, 100)
elif how == "posix-shared":
    fcntl.lockf(file, fcntl.LOCK_SH)
elif how == "ofd":
    fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))  # F_OFD_SETLK
elif how.startswith("flock"):
    fcntl.flock(file, fcntl.LOCK_SH if how.endswith("shared") else fcntl.LOCK_EX)
elif how == "lease":
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError:
        said = "cannot"
print(said, flush=True)
sys.stdin.read()
"""


if __name__ == "__main__":
    unittest.main()
