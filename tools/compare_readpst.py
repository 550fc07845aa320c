#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_readpst.py MAPIARY FILE...: compares the .eml that `mapiary export` and readpst (libpst's program, if installed)
make of the messages of PST and OST files: subject, date, sender, recipients, text, HTML, names and bytes of attachments. Prints a
line a difference, `FILE: MESSAGE: KIND: ...`, and at last how many of each kind. Exit code 1 if there is one of a kind that
docs/formats/pst.md does not explain (EXPLAINED).

Messages belong together by subject, then by what agrees most. readpst writes appointments and contacts as .ics and .vcf and
leaves out other classes; those are counted, not compared."""
import collections
import email
import email.header
import email.policy
import email.utils
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Kinds of differences that docs/formats/pst.md explains.
EXPLAINED = {"not written by readpst", "written as .ics or .vcf", "body as RTF alone", "address without SMTP", "sender unknown to readpst",
             "recipients left out by readpst", "text made from HTML", "text left out by readpst", "HTML left out by readpst",
             "HTML in another code page", "attachment left out by readpst", "embedded message written anew", "no date",
             "meeting as .ics", "recipients of a report", "date of another source"}


def decoded(value):
    try:
        return re.sub(r"\s+", " ", str(email.header.make_header(email.header.decode_header(value or "")))).strip()
    except (LookupError, UnicodeDecodeError, email.errors.HeaderParseError):
        return value or ""


def addresses(message, *names):
    found = []
    for name in names:
        for value in message.get_all(name, []):
            found += [address.lower().strip("'") for _, address in email.utils.getaddresses([str(value)]) if "@" in address]
    return sorted(set(found))


def plain(part):
    raw = part.get_payload(decode=True) or b""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = raw.decode("latin-1")
    return re.sub(r"\s+", " ", text).strip()


class Mail:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            message = email.message_from_bytes(file.read(), policy=email.policy.compat32)
        self.subject = decoded(message["Subject"])
        self.report = self.subject.startswith("Undeliverable:")
        date = message["Date"] and email.utils.parsedate_to_datetime(message["Date"])
        self.date = int(date.timestamp()) if date else None
        self.sender = addresses(message, "From")
        self.receivers = addresses(message, "To", "Cc", "Bcc")
        self.text = self.html = self.rtf = None
        self.files, self.messages = collections.Counter(), 0
        self.names = collections.Counter()
        self.walk(message)

    def walk(self, part):
        kind = part.get_content_type()
        name = decoded(part.get_filename() or "")
        if kind == "message/rfc822":
            self.messages += 1
            return
        if part.is_multipart() or kind.startswith("multipart/"):
            if not part.is_multipart():
                return  # readpst writes one without parts where there is no body
            for one in part.get_payload():
                self.walk(one)
            return
        if kind == "text/plain" and not name and self.text is None:
            self.text = plain(part)
        elif kind == "text/html" and not name and self.html is None:
            self.html = plain(part)
        elif name == "rtf-body.rtf":
            self.rtf = True
        elif not name and not part.get_payload(decode=True):
            return  # an empty part stands for no body
        elif name or part.get("Content-Disposition", "").startswith("attachment") or not kind.startswith("text/"):
            self.files[hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest()] += 1
            self.names[name] += 1

    def likeness(self, other):
        return ((self.subject == other.subject) * 8 + (self.date == other.date) * 4 + (self.receivers == other.receivers) +
                (self.text == other.text) + (self.files == other.files) + (self.sender == other.sender))


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def files_of(folder, end):
    return sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(end))


def differences(theirs, ours):
    """Pairs of a kind and words."""
    if theirs.subject != ours.subject:
        yield "subject", f"{theirs.subject!r}, here {ours.subject!r}"
    if theirs.date != ours.date:
        kind = "date of another source" if ours.report else "no date" if theirs.date is None else "date"
        yield kind, f"{theirs.date}, here {ours.date}"
    if theirs.sender != ours.sender:
        kind = "sender" if theirs.sender and ours.sender and theirs.sender != ["mailer-daemon"] else "sender unknown to readpst"
        if theirs.sender and not ours.sender:
            kind = "address without SMTP"
        yield kind, f"{theirs.sender}, here {ours.sender}"
    if theirs.receivers != ours.receivers and ours.report:
        yield "recipients of a report", f"{theirs.receivers}, here {ours.receivers}"
    elif theirs.receivers != ours.receivers:
        left_out = set(theirs.receivers) <= set(ours.receivers)
        yield ("recipients left out by readpst" if left_out else "recipients"), f"{theirs.receivers}, here {ours.receivers}"
    if (theirs.text or "") != (ours.text or ""):
        if theirs.rtf and not theirs.text:
            yield "body as RTF alone", "the text is here"
        elif not theirs.text:
            yield "text left out by readpst", repr((ours.text or "")[:60])
        else:
            yield ("text made from HTML" if not ours.text and ours.html else "text"), f"{theirs.text[:70]!r}, here {(ours.text or '')[:70]!r}"
    if (theirs.html or "") != (ours.html or ""):
        if theirs.rtf and not theirs.html:
            yield "body as RTF alone", "the HTML is here"
        elif not theirs.html:
            yield "HTML left out by readpst", repr((ours.html or "")[:60])
        else:
            mine = ours.html or ""
            ascii_of = lambda text: re.sub(r"[^ -~]+|&#\d+;|\s", "", text)
            same = ascii_of(theirs.html) == ascii_of(mine)
            yield ("HTML in another code page" if same else "HTML"), f"{theirs.html[:70]!r}, here {mine[:70]!r}"
    if theirs.files != ours.files:
        more = theirs.files - ours.files
        meeting = more and all(name.endswith(".ics") for name in theirs.names - ours.names)
        yield ("meeting as .ics" if meeting else "attachment" if more else "attachment left out by readpst"), f"{dict(theirs.names)}, here {dict(ours.names)}"
    if theirs.messages != ours.messages:
        yield "embedded message written anew" if theirs.messages < ours.messages else "embedded message", f"{theirs.messages}, here {ours.messages}"


def compare(mapiary, file, found):
    with tempfile.TemporaryDirectory() as folder:
        their_place, our_place = os.path.join(folder, "theirs"), os.path.join(folder, "ours")
        os.makedirs(their_place)
        run("readpst", "-q", "-e", "-D", "-j", "0", "-o", their_place, file)
        run(mapiary, "export", "--quiet", "--format=eml", file, our_place)
        theirs = [Mail(path) for path in files_of(their_place, ".eml")]
        ours = [Mail(path) for path in files_of(our_place, ".eml")]
        others = len(files_of(their_place, ".ics")) + len(files_of(their_place, ".vcf"))
    compared = len(theirs)
    name = os.path.basename(file)

    def say(mail, kind, words):
        found[kind] += 1
        print(f"{name}: {mail.subject[:40]!r}: {kind}: {words}")

    for mail in theirs:
        best = max(ours, key=mail.likeness, default=None)
        if best is None or best.subject != mail.subject and best.date != mail.date:
            say(mail, "not found here", mail.path)
            continue
        ours.remove(best)
        for kind, words in differences(mail, best):
            say(mail, kind, words)
    for number, mail in enumerate(ours):
        say(mail, "written as .ics or .vcf" if number < others else "not written by readpst", "")
    return compared


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if not shutil.which("readpst"):
        print("compare_readpst: readpst is not installed; nothing was compared")
        return
    found = collections.Counter()
    compared = sum(compare(sys.argv[1], file, found) for file in sys.argv[2:])
    print(f"{compared} messages of {len(sys.argv) - 2} files compared")
    for kind, count in sorted(found.items()):
        print(f"{count:5} {'' if kind in EXPLAINED else 'NOT EXPLAINED: '}{kind}")
    sys.exit(1 if set(found) - EXPLAINED else 0)


if __name__ == "__main__":
    main()
