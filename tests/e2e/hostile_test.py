# SPDX-License-Identifier: Apache-2.0
"""Mail made to do harm, from the command line: into a store and out again, each in bounded time and memory, each accounted
for in the manifests, no file outside of the export's folder, nothing that a terminal would obey."""

import base64
import io
import json
import os
import pathlib
import resource
import sys
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import Case, is_safe, tree  # noqa: E402

HEAD = b"From: Eve <eve@example.org>\r\nTo: Bob <bob@example.net>\r\nSubject: %s\r\nDate: Mon, 01 Dec 2025 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
MIXED = b'Content-Type: multipart/mixed; boundary="b"\r\n'
# CPU seconds and bytes for all verbs on one message; sanitizers and slow machines take several times what is usual.
SECONDS = 60
MEMORY = 1 << 30
NAMES = [b"../../../etc/passwd", b"..\\..\\win.ini", b"/etc/passwd", b"C:\\x\\y.exe", b"a\0b.txt", b"a\rb.txt", b"a\x1b[31mb.txt", b"CON", b"x" * 5000,
         b"a/../b", b".", b"..", b"", b" ", b"\xff\xfe", b"-rf", b"=?utf-8?B?Li4vLi4v?=x", b"a\x7f\x01b", "\u202egnp.exe".encode()]


def message(fields, body, subject=b"hostile"):
    return HEAD % subject + fields + b"\r\n" + body


def base64_lines(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def parts(*texts):
    return b"".join(b"--b\r\n" + text + b"\r\n" for text in texts) + b"--b--\r\n"


def zip_bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(100_000_000))
    return message(MIXED, parts(b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=bomb.zip\r\n\r\n" +
                                base64_lines(data.getvalue())))


def nested_base64(levels):
    inner = b"Subject: innermost\r\n\r\n" + b"A" * 3000
    for _ in range(levels):
        inner = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(inner)
    return HEAD % b"hostile" + inner


class Hostile(Case):
    # What is not 0 is the exit code of the import: something of it could not be brought over, and is listed.
    def check(self, raw, code=0, attachments=None):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        source = self.place / "m.eml"
        source.write_bytes(raw)
        manifest = self.json("import", "--json", "s.mapiary", source, code=code)
        self.assertEqual((manifest["totals"]["expected"], manifest["totals"]["written"]), (1, 1))
        self.assertEqual(manifest["totals"]["incomplete"], 1 if code else 0)
        self.assertEqual(len(manifest["items"]), 1 if code else 0)
        info = self.json("info", "--json", "s.mapiary")
        self.assertEqual((info["messages"], info["problems"]), (1, []))
        if attachments is not None:
            self.assertEqual(info["attachments"], attachments)
        for words in (["ls", "s.mapiary", "Inbox"], ["search", "s.mapiary"]):
            out = self.run_program(*words).stdout
            self.assertFalse(set(out) & {0, 7, 27, 127}, out[:300])
            out.decode("utf-8")
        self.run_program("export", "s.mapiary", "out")
        written = tree(self.place / "out")
        files = [path for path in written if path.endswith(".eml")]
        self.assertEqual(len(files), 1)
        for path in written:
            self.assertTrue(all(is_safe(name) for name in path.split("/")), path)
        self.assertIn(files[0], written["manifest-xxh128.txt"].decode("utf-8"))
        self.assertEqual(json.loads(written["manifest.json"])["totals"]["written"], 1)
        self.assertEqual(sorted(os.listdir(self.place)), ["m.eml", "out", "s.mapiary", "temp"])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, SECONDS)
        self.assertLess(after.ru_maxrss * 1024, MEMORY)
        return written[files[0]]

    def test_64k_parts(self):
        made = parts(*(b"Content-Disposition: attachment; filename=%d.txt\r\n\r\n%d" % (number, number) for number in range(65_536)))
        self.assertIn(b"65535.txt", self.check(message(MIXED, made), attachments=65_536))

    def test_10000_nested_parts(self):
        inside = b"".join(b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (n, n) for n in range(10_000))
        written = self.check(HEAD % b"hostile" + inside + b"Content-Type: text/plain\r\n\r\ninnermost\r\n")
        # What lies deeper than parts are told apart is kept as it stands.
        self.assertTrue(b"innermost" in written or base64.b64encode(b"innermost")[:8] in written or b"Content-Transfer-Encoding: base64" in written)

    def test_10000_nested_messages(self):
        self.check(HEAD % b"hostile" + b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" * 10_000 + b"\r\nend\r\n")

    def test_base64_in_base64(self):
        self.check(nested_base64(20))

    def test_a_zip_bomb_stays_packed(self):
        self.check(zip_bomb(), attachments=1)

    def test_one_line_of_base64(self):
        self.check(message(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n", b"A" * 20_000_000), attachments=1)

    def test_base64_with_something_behind_it(self):
        self.check(message(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n", b"QQ==" + b"A=?-.\xff\0" * 300_000), code=3)

    def test_10_mb_of_header(self):
        self.check(message(b"X-Long: " + b"a" * 10_000_000 + b"\r\n", b"text"))
        for name in ("s.mapiary", "out"):
            (self.place / name).rename(self.place / "temp" / name)
        for path in (self.place / "temp").iterdir():
            os.system(f"rm -rf '{path}'")
        self.check(message(b"X-Many: " + b"a b\r\n " * 2_000_000 + b"c\r\n", b"text"))

    def test_600000_fields(self):
        self.check(message(b"".join(b"X-%d: v\r\n" % number for number in range(600_000)), b"text"))

    def test_a_subject_of_10_mb_that_leads_out(self):
        self.check(message(b"", b"x", b"../" * 3_000_000 + b"\0\x1b[2J\x07"))

    def test_200000_recipients(self):
        many = b"Cc: " + b",\r\n ".join(b"u%d <u%d@x>" % (n, n) for n in range(200_000)) + b"\r\n"
        self.check(message(many, b"x"), code=3)

    def test_fields_of_nothing_but_brackets(self):
        fields = b"Reply-To: " + b"(" * 1_000_000 + b"\r\nCc: " + b'"\\' * 500_000 + b"\r\nBcc: " + b"g:" * 500_000 + b";" * 500_000 + b"\r\nSender: " + b"<" * 500_000 + b"\r\n"
        self.check(message(fields + b"References: " + b"<a@b> " * 300_000 + b"\r\nContent-Type: text/plain" + b";a=b" * 300_000 + b"\r\n", b"x"), code=3)  # half a million groups, each of one name

    def test_names_that_lead_out(self):
        made = [b'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="' + name + b'"\r\n\r\ndata%d' % number for number, name in enumerate(NAMES)]
        made.append(b"Content-Disposition: attachment; " + b"; ".join(b"filename*%d*=%%2e%%2e%%2f" % number for number in range(20_000)) + b"\r\n\r\nlast")
        self.check(message(MIXED, parts(*made), b"../../x\0y\x1b[2J/.."), attachments=len(NAMES) + 1)
        self.run_program("export", "-f", "json", "s.mapiary", "json")
        for path in tree(self.place / "json"):
            self.assertTrue(all(is_safe(name) for name in path.split("/")), path)

    def test_folders_that_lead_out(self):
        top = self.place / "dir"
        for name in (".", "..a", ".&AC4ALgAvAC4ALgAv-x", ".a.&AAAAGwBb-", ".CON", ".&Jjo-.b"):
            for part in ("cur", "new", "tmp"):
                (top / ("" if name == "." else name) / part).mkdir(parents=True, exist_ok=True)
            (top / ("" if name == "." else name) / "cur" / "1764583200.M1.host:2,S").write_bytes(message(b"", b"x"))
        self.assertEqual(self.json("import", "--json", "s.mapiary", top)["totals"]["written"], 6)
        for form in ("eml", "mbox", "maildir", "json"):
            self.run_program("export", "-f", form, "s.mapiary", form)
            for path in tree(self.place / form):
                self.assertFalse({"", ".", ".."} & set(path.split("/")), path)
                self.assertFalse(set(path) & set("\\\0\x1b:") - ({":"} if form == "maildir" else set()), path)
        self.assertEqual(sorted(os.listdir(self.place)), ["dir", "eml", "json", "maildir", "mbox", "s.mapiary", "temp"])


if __name__ == "__main__":
    unittest.main()
