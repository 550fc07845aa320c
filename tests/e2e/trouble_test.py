# SPDX-License-Identifier: Apache-2.0
"""What can go wrong around a run: no permission, a full disk, rubbish among the mail, a user who stops it. Whatever it is,
the exit code says so, the manifest adds up, and one bad thing costs itself alone."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import PROGRAM, Case, mail, mbox, tree  # noqa: E402

NOBODY = 65534


class NoPermission(Case):
    """As root everything may be read, so the program runs as another user then."""

    def setUp(self):
        super().setUp()
        self.who = {}
        if os.geteuid() == 0:
            self.who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in [self.place, *self.place.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
            done = subprocess.run([PROGRAM, "version"], capture_output=True, check=False, cwd="/", **self.who)
            if done.returncode != 0:
                self.skipTest("the program lies where other users may not look")

    def given(self, path, mode):
        if self.who:
            os.chown(path, NOBODY, NOBODY)
        os.chmod(path, mode)
        return path

    def test_of_a_store_is_5(self):
        store = self.given(self.store(), 0)
        for words in (["info", store], ["tree", store], ["ls", store], ["search", store], ["props", store], ["check", store], ["show", store, "01"],
                      ["rm", store, "01"], ["mkdir", store, "x"], ["export", store, "out"], ["copy", store, "new.mapiary"], ["import", store, "x"]):
            done = self.run_program(*words, code=5, **self.who)
            self.assertIn(b"mail.mapiary", done.stderr)
        self.assertEqual(sorted(os.listdir(self.place)), ["mail.mapiary", "temp"])

    def test_to_write_is_5(self):
        store = self.given(self.store(), 0o400)
        one = self.place / "one.eml"
        one.write_bytes(mail(1))
        self.given(one, 0o400)
        self.run_program("info", store, **self.who)
        self.run_program("import", store, one, code=5, **self.who)
        closed = self.place / "closed"
        closed.mkdir()
        self.given(closed, 0o500)
        for words in (["import", closed / "new.mapiary", one], ["export", store, closed / "out"], ["copy", store, closed / "new.mapiary"]):
            self.run_program(*words, code=5, **self.who)
        self.assertEqual(os.listdir(closed), [])

    def test_of_one_file_costs_that_file(self):
        folder = self.place / "mail"
        (folder / "below" / "closed").mkdir(parents=True)
        for number, name in enumerate(("a.eml", "b", "below/c.eml", "below/closed/d.eml", "below/e.eml")):
            (folder / name).write_bytes(mail(number))
        for path in (folder, folder / "below", *folder.rglob("*.eml")):
            self.given(path, 0o700)
        self.given(folder / "b", 0)  # without a name that says what it is
        self.given(folder / "below" / "closed", 0)
        done = self.run_program("import", "--json", "new.mapiary", folder, code=3, **self.who)
        manifest = json.loads(done.stdout)
        self.assertEqual((manifest["totals"]["expected"], manifest["totals"]["written"], manifest["totals"]["failed"]), (5, 3, 2))
        self.assertEqual({pathlib.Path(item["file"]).name: item["code"] for item in manifest["items"]},
                         {"b": "MAPI_E_NO_ACCESS", "closed": "MAPI_E_NO_ACCESS"})
        self.assertIn(b"mail/b", self.run_program("tree", folder, code=3, **self.who).stderr)
        os.chmod(folder / "below" / "closed", 0o700)

    def test_of_the_profiles_does_not_matter_to_a_file(self):
        store = self.given(self.store(), 0o400)
        config = self.place / "config" / "mapiary"
        config.mkdir(parents=True)
        self.given(self.place / "config", 0)
        self.run_program("info", store, **self.who)
        os.chmod(self.place / "config", 0o700)


class Rubbish(Case):
    def test_in_a_folder_costs_itself_alone(self):
        folder = self.place / "mail"
        (folder / "sub").mkdir(parents=True)
        (folder / "one.eml").write_bytes(mail(1))
        (folder / "sub" / "two").write_bytes(mail(2))
        (folder / "sub" / "up").symlink_to("..")
        (folder / "sub" / "same").symlink_to(".")
        (folder / "gone.eml").symlink_to("nowhere")
        (folder / "turning.eml").symlink_to("turning.eml")
        (folder / "empty.eml").write_bytes(b"")
        (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        (folder / "note.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
        (folder / "winmail.dat").write_bytes(b"\x78\x9f\x3e\x22" + bytes(100))
        os.mkfifo(folder / "pipe")
        before = tree(folder / "sub")
        manifest = self.json("import", "--json", "new.mapiary", folder, code=3)
        self.assertEqual(manifest["totals"], {"expected": 11, "written": 2, "failed": 4, "excluded": 5, "incomplete": 0})
        self.assertTrue(manifest["reconciled"])
        told = {pathlib.Path(item["file"]).name: item for item in manifest["items"]}
        self.assertEqual({name for name, item in told.items() if item["status"] == "failed"}, {"gone.eml", "turning.eml", "note.msg", "winmail.dat"})
        # It says what to do.
        self.assertIn(".eml first", told["note.msg"]["message"])
        self.assertIn("unpack", told["winmail.dat"]["message"])
        self.assertEqual(tree(folder / "sub"), before)
        self.assertIn("(2 messages", self.text("tree", folder, code=3).replace("1 message,", "(2 messages"))

    def test_named_as_what_it_is_not(self):
        (self.place / "one.eml").write_bytes(mail(1))
        (self.place / "folder").mkdir()
        for flags in (["-f", "mbox", "s.mapiary", "one.eml"], ["-f", "maildir", "s.mapiary", "folder"], ["s.mapiary", "nowhere.eml"]):
            manifest = self.json("import", "--json", *flags, code=1)
            self.assertEqual((manifest["totals"]["written"], manifest["totals"]["failed"]), (0, 1), flags)
            self.assertFalse((self.place / "s.mapiary").exists(), "a store that nothing came into")

    def test_beside_an_mbox_is_named(self):
        (self.place / "Inbox").write_bytes(mbox(2))
        below = self.place / "Inbox.sbd"
        below.mkdir()
        (below / "Sub").write_bytes(mbox(3))
        (below / "Sub.msf").write_bytes(b"index")
        (below / "Torn").write_bytes(b"no mbox at all\n")
        manifest = self.json("import", "--json", "s.mapiary", "Inbox")
        self.assertEqual((manifest["totals"]["written"], manifest["totals"]["excluded"]), (5, 1))
        self.assertIn("Torn", manifest["items"][0]["file"])

    def test_before_the_first_message_of_an_mbox_is_told(self):
        (self.place / "cut.mbox").write_bytes(b"the end of a message that was cut off\n\n" + mbox(2))
        self.run_program("import", "-f", "mbox", "--manifest", "m.json", "s.mapiary", "cut.mbox", code=3)
        manifest = json.loads((self.place / "m.json").read_text(encoding="utf-8"))
        self.assertEqual((manifest["totals"]["written"], manifest["totals"]["incomplete"]), (2, 1))
        self.assertIn("before the first message", manifest["items"][0]["message"])

    def test_a_manifest_that_cannot_be_written_is_known_before(self):
        (self.place / "one.eml").write_bytes(mail(1))
        self.said("import", "--manifest", "no/such/folder/m.json", "s.mapiary", "one.eml", code=1)
        self.said("copy", "--manifest", self.place, "one.eml", "s.mapiary", code=1)
        self.assertFalse((self.place / "s.mapiary").exists())

    def test_folders_that_a_store_needs_stay(self):
        store = self.store()
        for folder in ("Inbox", "Outbox", "Deleted Items", "Sent Items", "/"):
            self.said("rm", "--folder", folder, store, code=1)


class Stopping(Case):
    def stopped(self, words):
        """Until Ctrl-C comes early enough; the exit code and what was said."""
        for _ in range(20):
            with subprocess.Popen([PROGRAM, *map(str, words)], env=self.env, cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                while process.poll() is None and not os.listdir(self.place / "temp"):
                    time.sleep(0.001)
                process.send_signal(signal.SIGINT)
                out, said = process.communicate(timeout=60)
            if process.returncode != 0:
                return process.returncode, out, said.decode()
        self.fail("it was always done before")

    def test_is_never_success(self):
        (self.place / "many.mbox").write_bytes(mbox(8000))
        self.run_program("import", "-q", "many.mapiary", self.place / "many.mbox")
        for words in (["tree", "many.mbox"], ["check", "many.mapiary"], ["import", "-n", "new.mapiary", "many.mbox"], ["import", "new.mapiary", "many.mbox"],
                      ["export", "many.mapiary", "out"], ["copy", "many.mapiary", "copy.mapiary"]):
            code, _, said = self.stopped(words)
            self.assertIn(code, (1, 3), words)
            self.assertIn("stopped", said)
            shutil.rmtree(self.place / "out", ignore_errors=True)


def has_mounts():
    done = subprocess.run(["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "mount", "-t", "tmpfs", "none", "/mnt"],
                          capture_output=True, check=False)
    return done.returncode == 0


@unittest.skipUnless(shutil.which("unshare") and has_mounts(), "no small disk can be made here")
class FullDisk(Case):
    SCRIPT = """
        mount -t tmpfs -o size=3m none "$1"; cd "$1/.."; shift
        "$@"; code=$?; cp -r small kept; exit $code
    """

    def run_on_disk(self, size, *words):
        (self.place / "small").mkdir()
        options = ["--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
        script = self.SCRIPT.replace("size=3m", "size=" + size)
        return subprocess.run(["unshare", *options, "sh", "-c", script, "sh", self.place / "small", PROGRAM, *words],
                              capture_output=True, check=False, env=self.env, cwd=self.place)

    def on_small_disk(self, *words):
        done = self.run_on_disk("3m", *words)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"stopped", done.stderr)
        return self.place / "kept"

    def manifest(self, path, expected=3000):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        totals = manifest["totals"]
        self.assertEqual(totals["expected"], expected)
        self.assertEqual(totals["expected"], totals["written"] + totals["failed"])
        self.assertTrue(manifest["reconciled"])
        self.assertEqual(sum(item.get("count", 1) for item in manifest["items"]), totals["failed"])
        return totals["written"]

    def test_of_an_import(self):
        (self.place / "in.mbox").write_bytes(mbox(3000, text="Hello " * 500))
        kept = self.on_small_disk("import", "--manifest", "m.json", "small/s.mapiary", "in.mbox")
        self.assertEqual(self.json("info", "-j", kept / "s.mapiary")["messages"], self.manifest(self.place / "m.json"))
        self.run_program("import", "--resume", kept / "s.mapiary", "in.mbox")
        self.assertEqual(self.json("info", "-j", kept / "s.mapiary")["messages"], 3000)

    def test_wherever_it_ends_everything_is_accounted_for(self):
        """Disks of every size between one without room for a store and one with room for all: making the store, a folder, a mark or a message may
        be what fails."""
        (self.place / "in").mkdir()
        for number in range(40):
            (self.place / "in" / f"folder {number}").mkdir()
            (self.place / "in" / f"folder {number}" / "one.eml").write_bytes(mail(number, text="Hello " * 4000))
        self.run_program("import", "-q", "in.mapiary", "in")
        ends = {}
        for verb, source in (("import", "in"), ("copy", "in.mapiary")):
            for size in ("4k", "64k", "192k", "320k", "400k", "432k", "464k", "500k", "600k", "800k", "1m", "16m"):
                words = ("small/s.mapiary", source) if verb == "import" else (source, "small/s.mapiary")
                done = self.run_on_disk(size, verb, "--manifest", "m.json", *words)
                written = self.manifest(self.place / "m.json", 40)
                store = self.place / "kept" / "s.mapiary"
                self.assertEqual(done.returncode, 0 if written == 40 else 3 if written else 1, (verb, size, done.stderr))
                if written:
                    self.assertEqual(self.json("info", "-j", store)["messages"], written)
                else:
                    self.assertEqual(os.listdir(self.place / "kept"), [], "an empty store is left")
                ends.setdefault(verb, set()).add(done.returncode)
                shutil.rmtree(self.place / "kept")
                (self.place / "small").rmdir()
                (self.place / "m.json").unlink()
        self.assertEqual(ends, {"import": {0, 1, 3}, "copy": {0, 1, 3}})

    def test_of_an_export_that_writes_nothing(self):
        self.run_program("import", "-q", "in.mapiary", self.eml())
        done = self.run_on_disk("4k", "export", "--json", "in.mapiary", "small/out")
        self.assertEqual(done.returncode, 1, done.stderr)
        totals = json.loads(done.stdout)["totals"]
        self.assertEqual((totals["expected"], totals["written"], totals["failed"]), (1, 0, 1))

    def eml(self):
        (self.place / "one.eml").write_bytes(mail(1))
        return "one.eml"

    def test_of_a_copy_and_of_an_export(self):
        (self.place / "in.mbox").write_bytes(mbox(3000, text="Hello " * 500))
        self.run_program("import", "-q", "in.mapiary", "in.mbox")
        kept = self.on_small_disk("copy", "--manifest", "m.json", "in.mapiary", "small/s.mapiary")
        self.assertEqual(self.json("info", "-j", kept / "s.mapiary")["messages"], self.manifest(self.place / "m.json"))
        self.run_program("copy", "--resume", "in.mapiary", kept / "s.mapiary")
        shutil.rmtree(kept)
        (self.place / "small").rmdir()
        kept = self.on_small_disk("export", "in.mapiary", "small/out")
        self.run_program("export", "--resume", "in.mapiary", kept / "out")
        self.run_program("export", "in.mapiary", "whole")
        self.assertEqual(tree(kept / "out"), tree(self.place / "whole"))


if __name__ == "__main__":
    unittest.main()
