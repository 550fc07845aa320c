# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: a folder of its own for each, the program in it, made-up mail and stores. The script's first
arguments are the program and make_store."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
MAKE_STORE = os.path.abspath(sys.argv.pop(1))
# A disk that syncs would take most of the time.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
MADE = {}  # by the number of copies: a store is made once and then copied


class Case(unittest.TestCase):
    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="mapiary-e2e-", dir=MEMORY))
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        (self.place / "temp").mkdir()
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("MAPIARY_")}
        self.env.update(TMPDIR=str(self.place / "temp"), XDG_RUNTIME_DIR=str(self.place / "temp"), XDG_CONFIG_HOME=str(self.place / "config"), HOME=str(self.place))

    def run_program(self, *words, code=0, **options):
        done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, timeout=120, check=False, env=self.env, cwd=self.place, **options)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{words}: {done.stdout[:2000]}{done.stderr[:2000]}")
        # Nothing is left where the temporary profile was.
        self.assertEqual(os.listdir(self.place / "temp"), [])
        return done

    def text(self, *words, **options):
        return self.run_program(*words, **options).stdout.decode("utf-8")

    def said(self, *words, code):
        done = self.run_program(*words, code=code)
        return done.stderr.decode("utf-8")

    def json(self, *words, **options):
        return json.loads(self.run_program(*words, **options).stdout)

    def lines(self, *words, **options):
        return [json.loads(line) for line in self.run_program(*words, **options).stdout.splitlines()]

    def made(self, copies=0):
        """A store with everything mail files cannot bring, and what is known of it."""
        path = self.place / "made.mapiary"
        if copies in MADE:
            path.write_bytes(MADE[copies][0])
            return path, MADE[copies][1]
        services = pathlib.Path(PROGRAM).parents[1] / "providers" / "mapisvc.inf"
        env = dict(self.env, MAPIARY_CONFIG_HOME=str(self.place / "make"), MAPIARY_MAPISVC=str(services))
        done = subprocess.run([MAKE_STORE, path, str(copies)], capture_output=True, text=True, timeout=120, check=False, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        shutil.rmtree(self.place / "make")
        MADE[copies] = path.read_bytes(), json.loads(done.stdout)
        return path, MADE[copies][1]

    def id_of(self, store, subject):
        found = self.lines("search", "--json", "--subject", subject, store)
        self.assertEqual(len(found), 1, subject)
        return found[0]["id"]

    def store(self, *folders):
        path = self.place / "mail.mapiary"
        self.run_program("mkdir", path, *(folders or ("Inbox",)))
        return path


def tree(folder):
    """Every path below a folder, with the bytes of files."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def is_safe(name):
    stem = name.split(".")[0].upper()
    return (name not in ("", ".", "..") and not set(name) & set('<>:"/\\|?*') and all(ord(c) >= 32 and ord(c) != 127 for c in name)
            and name[-1] not in ". " and name[0] not in ". " and stem not in ("CON", "PRN", "AUX", "NUL") and len(name.encode()) < 200)


class Killing(Case):
    def run_and_kill(self, words, is_far_enough):
        """Starts the program, kills it as soon as the condition holds; False if it was done before."""
        with subprocess.Popen([PROGRAM, *map(str, words)], env=self.env, cwd=self.place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                while process.poll() is None and not is_far_enough():
                    pass
                process.kill()
            except BaseException:
                process.kill()
                raise
        for name in os.listdir(self.place / "temp"):
            self.assertTrue(name.startswith("mapiary-run-"), name)
        return process.returncode == -9

    @staticmethod
    def size_of(store):
        """With what the store keeps beside it while it is open."""
        size = 0
        for path in store.parent.glob(store.name + "*"):
            with contextlib.suppress(FileNotFoundError):
                size += path.stat().st_size
        return size

    def items(self, folder):
        log = folder / "manifest-items.tsv"
        return log.read_bytes().count(b"\n") if log.exists() else 0


MAIL = """From: {sender}
To: Bob <bob@example.net>
Subject: {subject}
Date: Mon, {day:02} Dec 2025 10:00:00 +0000
Message-ID: <{number}@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}
"""


def mail(number, subject=None, text="Hello"):
    return MAIL.format(sender="Ada <ada@example.org>", subject=subject or f"Mail {number}", day=1 + number % 28, number=number, text=text).encode()


def mbox(count, text="Hello"):
    return b"".join(b"From ada@example.org Mon Dec 01 10:00:00 2025\n" + mail(i, text=text) + b"\n" for i in range(count))
