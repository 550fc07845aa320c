# SPDX-License-Identifier: Apache-2.0
"""A large attachment through the program: in by import, out by export, the same bytes, in bounded memory. MAPIARY_ATTACHMENT_BYTES is
its size, MAPIARY_MEMORY_BAR the megabytes that a run may have resident (none: they are not looked at, as under a sanitizer)."""

import binascii
import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import PROGRAM, Case  # noqa: E402

BAR = int(os.environ.get("MAPIARY_MEMORY_BAR") or 0)
SIZE = int(os.environ.get("MAPIARY_ATTACHMENT_BYTES") or (100_000_000 if BAR else 16_000_000))
LINE = 57  # bytes of a line of 76 characters
BLOCK = LINE * 16384

HEAD = b"""From: Ada <ada@example.org>
To: Bob <bob@example.net>
Subject: Large
Date: Mon, 01 Dec 2025 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="parts"

--parts
Content-Type: text/plain; charset=utf-8

The file.
--parts
Content-Type: application/octet-stream; name=large.bin
Content-Disposition: attachment; filename=large.bin
Content-Transfer-Encoding: base64

"""


def encoded(data):
    whole = binascii.b2a_base64(data, newline=False)
    return b"".join(whole[at : at + 76] + b"\n" for at in range(0, len(whole), 76))


def write_mail(path):
    """No two blocks alike, nothing that compresses; the SHA-256 of the attachment."""
    digest = hashlib.sha256()
    block = bytearray(random.Random(5).randbytes(BLOCK))
    rest = encoded(bytes(block[LINE:]))
    with path.open("wb") as out:
        out.write(HEAD)
        for number in range(SIZE // BLOCK):
            block[:8] = number.to_bytes(8, "little")
            digest.update(block)
            out.write(encoded(bytes(block[:LINE])) + rest)
        tail = bytes(block[: SIZE % BLOCK])
        digest.update(tail)
        out.write(encoded(tail) + b"--parts--\n")
    return digest.hexdigest()


def read_mail(path):
    """The SHA-256 and the size of the attachment named large.bin."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as mail:
        named = False
        for line in mail:
            named = named or b"large.bin" in line
            if named and line in (b"\n", b"\r\n"):
                break
        waiting = []
        for line in mail:
            if not line.startswith(b"--"):
                waiting.append(line)
            if len(waiting) >= 16384 or line.startswith(b"--"):
                data = binascii.a2b_base64(b"".join(waiting))
                digest.update(data)
                size += len(data)
                waiting.clear()
            if line.startswith(b"--"):
                break
    return digest.hexdigest(), size


class LargeAttachment(Case):
    def setUp(self):
        super().setUp()
        # Not in memory: what is measured is memory.
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="mapiary-large-"))
        self.addCleanup(shutil.rmtree, self.files, ignore_errors=True)

    def run_bounded(self, *words):
        with subprocess.Popen([PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.env) as process:
            said = process.stderr.read().decode("utf-8", "replace")
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, f"{words}: {said}")
        megabytes = used.ru_maxrss / 1024
        seconds = used.ru_utime + used.ru_stime
        print(f"{words[0]} of an attachment of {SIZE} bytes: {megabytes:.1f} MB resident at most, {seconds:.1f} s of processor time", flush=True)
        if BAR:
            self.assertLessEqual(megabytes, BAR, words)

    def test_it_comes_through_whole_and_in_little_memory(self):
        mail, store, out = self.files / "large.eml", self.files / "mail.mapiary", self.files / "out"
        wanted = write_mail(mail)
        self.run_bounded("import", "--quiet", store, mail)
        mail.unlink()  # room for what comes out
        self.run_bounded("export", "--quiet", "--format", "eml", store, out)
        found = list(out.rglob("*.eml"))
        self.assertEqual(len(found), 1)
        self.assertEqual(read_mail(found[0]), (wanted, SIZE))


if __name__ == "__main__":
    unittest.main()
