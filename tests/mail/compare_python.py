# SPDX-License-Identifier: Apache-2.0
"""Mail as Mapiary reads it against mail as Python's email package reads it: subject, addresses, date, texts, attachments.

compare_python.py MIME_DUMP. The messages are tests/corpus/mime and, where MAPIARY_SAMPLES is set, its eml and mbox folders.
A difference has to be one of EXPLAINED, and each of those has to be found; docs/formats/mime.md says the same in words.
What Mapiary writes is held against the same parser: texts decode strictly by the charset stated, and nothing got lost.
"""

import base64
import email
import email.policy
import email.utils
import json
import mailbox
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from email.header import decode_header

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = sys.argv[1]
CORPUS = ROOT / "tests" / "corpus" / "mime"
SAMPLES = os.environ.get("MAPIARY_SAMPLES")

# Why the two differ, by file and what differs.
EXPLAINED = json.loads((ROOT / "tests" / "mail" / "python_differences.json").read_text(encoding="utf-8"))


def decode_text(value):
    """A header as text: encoded words decoded, other bytes UTF-8 or windows-1252."""
    if value is None:
        return ""
    raw = str(value).encode("utf-8", "surrogateescape").replace(b"\0", b"")
    raw = re.sub(rb"\r?\n(?=[ \t])", b"", raw)
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        plain = raw.decode("windows-1252", "replace")
    out = ""
    try:
        for part, charset in decode_header(plain):
            if isinstance(part, bytes):
                out += part.decode(charset or "utf-8", "replace")
            else:
                out += part
    except (LookupError, email.errors.HeaderParseError):
        return plain.strip()
    return out.strip()


def addresses(message, field):
    raw = [re.sub(r"\r?\n(?=[ \t])", "", v) for k, v in message.raw_items() if k.lower() == field]
    found = []
    for name, address in email.utils.getaddresses(raw):
        if name or address:
            found.append([" ".join(decode_text(name).split()), decode_text(address)])
    return [["" if name == address else name, address] for name, address in found]


def decoded_text(part):
    payload = part.get_payload(decode=True) or b""
    charset = part.get_content_charset() or "us-ascii"
    try:
        return payload.decode(charset)
    except (LookupError, UnicodeDecodeError):
        for other in ("utf-8", "windows-1252"):
            try:
                return payload.decode(other)
            except UnicodeDecodeError:
                continue
        return payload.decode(charset if charset in ("utf-8",) else "latin-1", "replace")


def lines(text):
    return text.replace("\r\n", "\n").replace("\0", "\ufffd")


def date_of(message):
    parsed = email.utils.parsedate_tz(str(message["date"])) if message["date"] else None
    try:
        return None if parsed is None else email.utils.mktime_tz(parsed)
    except (ValueError, OverflowError):
        return None


class Collected:
    """Bodies and attachments by the rules of docs/formats/mime.md, on Python's tree."""

    def __init__(self, message):
        self.text = self.html = None
        self.files = []
        self.walk(message, True, True, message)

    def take_body(self, part, root, in_alternative):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment":
            return False
        if kind == "text/html" and self.html is None and (in_alternative or self.text is None):
            self.html = decoded_text(part)
            return True
        if (kind == "text/plain" or kind.startswith("multipart/")) and self.text is None and (in_alternative or self.html is None):
            self.text = decoded_text(part)
            return True
        return False

    def walk(self, part, may_be_body, alternative, root, bodies_only=False):
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            if kind in ("multipart/signed", "multipart/encrypted"):
                if not bodies_only:
                    self.files.append((kind, None))
                bodies_only = True
            for number, child in enumerate(part.get_payload()):
                inside = kind == "multipart/alternative"
                related = kind == "multipart/related" and number > 0
                body = may_be_body and not related and (inside or (self.text is None and self.html is None) or
                                                        (alternative is True and kind == "multipart/related" and number == 0))
                self.walk(child, body, inside or (kind == "multipart/related" and number == 0 and alternative is True), root, bodies_only)
            return
        if kind in ("message/rfc822", "message/global") and part.is_multipart():
            if not bodies_only:
                self.files.append((kind, "message"))
            return
        if may_be_body and part.get_content_maintype() in ("text", "multipart") and self.take_body(part, root, alternative):
            return
        if bodies_only:
            return
        if part.is_multipart():  # message/delivery-status and the like, which Python takes apart
            self.files.append((kind, None))
            return
        data = part.get_payload(decode=True) or b""
        if part is root and not data and kind.startswith("text/"):
            return
        self.files.append((kind, data))


def differences(ours, message):
    """Names of what is not the same."""
    found = []
    if " ".join(ours["subject"].split()) != " ".join(decode_text(next((v for k, v in message.raw_items() if k.lower() == "subject"), None)).split()):
        found.append("subject")
    for field in ("from", "to", "cc"):
        theirs = addresses(message, field)
        mine = ours[field]
        if field == "from":
            theirs = theirs[:1]
        if mine != theirs:
            found.append(field)
    if ours["date"] != date_of(message):
        found.append("date")
    theirs = Collected(message)
    if (None if ours["text"] is None else lines(ours["text"])) != (None if theirs.text is None else lines(theirs.text)) and not (
        not ours["text"] and not theirs.text
    ):
        found.append("text")
    html = None if ours["html"] is None else base64.b64decode(ours["html"])
    if (html is None) != (theirs.html is None):
        found.append("html")
    elif html is not None:
        wanted = theirs.html
        if html.decode("utf-8", "replace") != wanted and html.decode("windows-1252", "replace") != wanted and not any(
            html == wanted.encode(c, "ignore") for c in ("latin-1", "koi8-r", "utf-8", "gb18030", "shift_jis", "iso-2022-jp", "windows-1251")
        ):
            found.append("html")
    mine = [(a["type"], "message" if "message" in a else base64.b64decode(a["data"])) for a in ours["attachments"]]
    if len(mine) != len(theirs.files):
        found.append("attachments")
    elif any(m[0] != t[0] or (t[1] is not None and m[1] != t[1]) for m, t in zip(mine, theirs.files)):
        found.append("attachments")
    return found


def strict_texts(message):
    """Every text part by its stated charset; an error is one of the test."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            part.get_payload(decode=True).decode(part.get_content_charset("us-ascii"))


def whole_parts(part):
    """Parts but for what is inside message/partial and its like: Python reads those as messages, which they are not."""
    yield part
    if part.is_multipart() and (part.get_content_maintype() != "message" or part.get_content_type() == "message/rfc822"):
        for child in part.get_payload():
            yield from whole_parts(child)


def defects(message):
    return [
        part.defects
        for part in whole_parts(message)
        if part.defects and (part.get_content_maintype() != "message" or part.get_content_type() == "message/rfc822")
    ]


def data_of(item):
    """What is in the attachments; the line ends of message/... parts, which have to be 7 bit, are CRLF once written."""
    found = []
    for attachment in item["attachments"]:
        data = base64.b64decode(attachment.get("data", ""))
        if attachment["type"].startswith("message/"):
            data = data.replace(b"\r\n", b"\n")
        found.append(data)
    return found


def run_dump(files, *options):
    done = subprocess.run([DUMP, *options, *map(str, files)], capture_output=True, check=False)
    return done, [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def originals(path):
    if path.suffix == ".mbox":
        box = mailbox.mbox(str(path), create=False)
        try:
            return [box.get_bytes(key) for key in box.keys()]
        finally:
            box.close()
    # A file without a byte is an mbox without a message.
    return [path.read_bytes()] if path.stat().st_size else []


def unquote(raw):
    return re.sub(rb"(?m)^>(>*From )", rb"\1", raw)


class Compare(unittest.TestCase):
    maxDiff = None

    def compare(self, files, label):
        done, items = run_dump(files, "--written")
        self.assertEqual(0, done.returncode, done.stderr.decode("utf-8", "replace"))
        found = {}
        by_file = {}
        for item in items:
            by_file.setdefault(item["file"], []).append(item)
        for path in files:
            raws = originals(path)
            mine = by_file.get(str(path), [])
            self.assertEqual(len(raws), len(mine), path)
            for index, (raw, item) in enumerate(zip(raws, mine)):
                if path.suffix == ".mbox":
                    raw = unquote(raw)
                message = email.message_from_bytes(raw, policy=email.policy.compat32)
                for name in differences(item, message):
                    key = f"{path.name}#{index}" if path.suffix == ".mbox" else path.name
                    found.setdefault(key, []).append(name)
                written = base64.b64decode(item["mime"])
                with self.subTest(file=path.name, index=index):
                    again = email.message_from_bytes(written, policy=email.policy.compat32)
                    strict_texts(again)
                    self.assertEqual([], defects(again))
        explained = {name: sorted(reasons) for name, reasons in EXPLAINED.get(label, {}).items()}
        self.assertEqual(explained, {name: sorted(names) for name, names in found.items()})

    def test_corpus(self):
        files = sorted(CORPUS.glob("*.eml"))
        self.assertGreater(len(files), 30)
        self.compare(files, "corpus")

    @unittest.skipUnless(SAMPLES, "MAPIARY_SAMPLES is not set")
    def test_samples(self):
        files = sorted((pathlib.Path(SAMPLES) / "eml").iterdir()) + sorted((pathlib.Path(SAMPLES) / "mbox").glob("*.mbox"))
        self.assertGreater(len(files), 50)
        self.compare(files, "samples")

    @unittest.skipUnless(SAMPLES, "MAPIARY_SAMPLES is not set")
    def test_samples_survive_their_own_journey(self):
        """What was written reads as what was read."""
        files = sorted((pathlib.Path(SAMPLES) / "eml").iterdir())
        done, items = run_dump(files, "--written")
        self.assertEqual(0, done.returncode)
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, item in enumerate(items):
                paths.append(pathlib.Path(folder) / f"{number:04}.eml")
                paths[-1].write_bytes(base64.b64decode(item["mime"]))
            again = run_dump(paths, "--written")[1]
        for before, after in zip(items, again):
            for key in ("subject", "class", "from", "to", "cc", "date", "mime"):
                with self.subTest(file=before["file"], key=key):
                    self.assertEqual(before[key], after[key])
            with self.subTest(file=before["file"]):
                self.assertEqual(data_of(before), data_of(after))
                self.assertEqual(before["text"] or "", after["text"] or "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
