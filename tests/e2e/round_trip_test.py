# SPDX-License-Identifier: Apache-2.0
"""Mail that goes into a store and comes out again, held against what it was by Python's email package: the tree of parts,
the header, every text, every byte of every file. The messages are tests/corpus/mime, examples/mail and, where
MAPIARY_SAMPLES is set, its eml and mbox folders.

What differs has to be one of the kinds of docs/formats/mime.md, "What a journey through a store changes"; KINDS says which
message shows which, and each has to be found."""

import email
import email.policy
import hashlib
import json
import mailbox
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import Case  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = os.environ.get("MAPIARY_SAMPLES")
KINDS = json.loads((ROOT / "tests" / "e2e" / "round_trip_changes.json").read_text(encoding="utf-8"))
# Of the structure, which is written anew.
WRITTEN_ANEW = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version", "content-length", "status", "x-status",
                "x-mozilla-status", "x-mozilla-status2", "lines", "content-language", "content-id", "content-description")


def shape(part):
    kind = part.get_content_type()
    if part.is_multipart() and (part.get_content_maintype() == "multipart" or kind == "message/rfc822"):
        return [kind, [shape(child) for child in part.get_payload()]]
    return kind


def header(part):
    return [(name.lower(), " ".join(str(value).split())) for name, value in part.raw_items() if name.lower() not in WRITTEN_ANEW]


def leaves(part):
    """Parts that hold something, in order; what is signed or encrypted as one."""
    if part.get_content_type() in ("multipart/signed", "multipart/encrypted"):
        body = part.as_bytes().split(b"\n\n", 1)[-1]
        yield part, re.sub(rb"\r?\n", b"\n", body).rstrip(b"\n")
    elif part.is_multipart() and (part.get_content_maintype() == "multipart" or part.get_content_type() == "message/rfc822"):
        for child in part.get_payload():
            yield from leaves(child)
    elif part.is_multipart():
        yield part, re.sub(rb"\r?\n", b"\n", part.as_bytes().split(b"\n\n", 1)[-1]).rstrip(b"\n")
    else:
        yield part, part.get_payload(decode=True) or b""


def text_of(part, data):
    charset = part.get_content_charset() or "ascii"
    for one in (charset, "utf-8", "windows-1252", "latin-1"):
        try:
            return data.decode(one).replace("\r\n", "\n").rstrip("\n")
        except (LookupError, UnicodeDecodeError):
            continue
    return ""


def texts_and_files(message):
    texts, files = [], []
    for part, data in leaves(message):
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment" and not part.get_filename():
            texts.append(text_of(part, data))
        else:
            files.append((part.get_content_type(), hashlib.sha256(data).hexdigest()))
    return texts, files


def changes(before, after):
    found = []
    if shape(before) != shape(after):
        found.append("structure")
    one, other = header(before), header(after)
    if one != other:
        names = sorted({name for name, value in set(one) ^ set(other)}) or ["order"]
        found += ["header: " + name for name in names]
    (texts, files), (texts_after, files_after) = texts_and_files(before), texts_and_files(after)
    if sorted(filter(None, texts)) != sorted(filter(None, texts_after)):
        found.append("text")
    if sorted(files) != sorted(files_after):
        found.append("files")
    return sorted(found)


class RoundTrip(Case):
    maxDiff = None

    def journey(self, messages, label):
        source = self.place / "in"
        for number, (_, raw) in enumerate(messages):
            (source / f"{number:05}").mkdir(parents=True)
            (source / f"{number:05}" / "m.eml").write_bytes(raw)
        self.run_program("import", "-q", "s.mapiary", source, code=None)
        self.run_program("export", "-q", "s.mapiary", "out")
        found = {}
        for number, (name, raw) in enumerate(messages):
            written = sorted((self.place / "out" / f"{number:05}").glob("*.eml"))
            self.assertEqual(len(written), 1, name)
            after = email.message_from_bytes(written[0].read_bytes(), policy=email.policy.compat32)
            for part in after.walk():
                if part.get_content_maintype() == "text":
                    (part.get_payload(decode=True) or b"").decode(part.get_content_charset("us-ascii"))
            differences = changes(email.message_from_bytes(raw, policy=email.policy.compat32), after)
            if differences:
                found[name] = differences
        # A second journey changes nothing more.
        self.run_program("import", "-q", "again.mapiary", "out")
        self.run_program("export", "-q", "again.mapiary", "twice")
        for number, (name, _) in enumerate(messages):
            one, two = (next(iter((self.place / place / f"{number:05}").glob("*.eml"))).read_bytes() for place in ("out", "twice"))
            if one != two:
                found.setdefault(name, []).append("second journey")
        if os.environ.get("MAPIARY_WRITE_EXPECT"):
            KINDS[label] = found
            (ROOT / "tests" / "e2e" / "round_trip_changes.json").write_text(json.dumps(KINDS, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        self.assertEqual(KINDS[label], found)

    def test_of_the_corpus(self):
        paths = [path for path in sorted((ROOT / "tests" / "corpus" / "mime").glob("*.eml")) if path.stat().st_size]
        self.journey([(path.name, path.read_bytes()) for path in paths], "corpus")

    def test_of_the_examples(self):
        paths = sorted((ROOT / "examples" / "mail" / "letters").rglob("*.eml"))
        self.assertGreater(len(paths), 5)
        self.journey([(path.name, path.read_bytes()) for path in paths], "examples")

    @unittest.skipUnless(SAMPLES, "MAPIARY_SAMPLES is not set")
    def test_of_the_samples(self):
        messages = [(path.name, path.read_bytes()) for path in sorted((pathlib.Path(SAMPLES) / "eml").iterdir())]
        for path in sorted((pathlib.Path(SAMPLES) / "mbox").glob("*.mbox")):
            box = mailbox.mbox(str(path), create=False)
            messages += [(f"{path.name}#{key}", re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key))) for key in box.keys()]
            box.close()
        self.journey([(name, raw) for name, raw in messages if raw.strip()], "samples")


if __name__ == "__main__":
    unittest.main()
