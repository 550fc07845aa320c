# SPDX-License-Identifier: Apache-2.0
"""Import, export and copy from end to end: nothing lost, nothing twice, nothing outside, the same again after kill -9."""

import ctypes
import email
import email.policy
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import MAIL, PROGRAM, Case, Killing, is_safe, mail, mbox, tree  # noqa: E402


class _Xxh128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


def xxh128(data):
    """As xxh128sum prints it; by the library, since the program is not everywhere."""
    function = ctypes.CDLL("libxxhash.so.0").XXH3_128bits
    function.restype, function.argtypes = _Xxh128, [ctypes.c_char_p, ctypes.c_size_t]
    value = function(data, len(data))
    return f"{value.high:016x}{value.low:016x}"


class EveryFormat(Killing):
    FORMAT = ""

    def export(self, store, name, *flags, code=0):
        folder = self.place / name
        self.run_program("export", "--format", self.FORMAT, *flags, store, folder, code=code)
        return folder

    def manifest(self, folder):
        return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def test_everything_comes_out_and_the_manifest_agrees(self):
        store, known = self.made()
        before = store.read_bytes()
        manifest = self.manifest(self.export(store, "out"))
        self.assertEqual(manifest["schema"], "mapiary.manifest/1")
        self.assertEqual(manifest["totals"], {"expected": known["messages"], "written": known["messages"], "failed": 0, "excluded": 0, "incomplete": 0})
        self.assertTrue(manifest["reconciled"])
        self.assertEqual(manifest["items"], [])
        self.assertEqual(sum(folder["written"] for folder in manifest["folders"]), known["messages"])
        self.assertEqual(store.read_bytes(), before)

    def test_two_runs_are_alike(self):
        store, _ = self.made()
        self.assertEqual(tree(self.export(store, "one")), tree(self.export(store, "two")))

    def test_hashes_are_those_of_the_files(self):
        store, known = self.made()
        for out, algorithm, of in ((self.export(store, "out", "-a"), "xxh128", xxh128),
                                   (self.export(store, "sha", "-a", "--sha256"), "sha256", lambda data: hashlib.sha256(data).hexdigest())):
            stated = self.manifest(out)["hashes"]
            self.assertEqual((stated["file"], stated["algorithm"]), (f"manifest-{algorithm}.txt", algorithm))
            text = (out / stated["file"]).read_bytes()
            self.assertEqual(stated["hash"], of(text))
            listed = dict(reversed(line.split("  ", 1)) for line in text.decode("utf-8").splitlines())
            files = {path: data for path, data in tree(out).items() if data and path not in ("manifest.json", stated["file"])}
            self.assertEqual(listed, {path: of(data) for path, data in files.items()})
            self.assertEqual((stated["files"], stated["bytes"]), (len(files), sum(map(len, files.values()))))
        plain = self.export(store, "plain", "--no-hashes")
        self.assertNotIn("hashes", self.manifest(plain))
        self.assertFalse([path for path in tree(plain) if path.startswith("manifest-") and path.endswith(".txt")])

    def test_lists_of_an_export_are_no_mail(self):
        store, known = self.made()
        for number, options in enumerate(((), ("--sha256",), ("--no-hashes",))):
            out = self.export(store, f"out{number}", *options)
            if self.FORMAT == "json":
                continue
            said = self.run_program("import", f"again{number}.mapiary", out).stderr.decode("utf-8")
            self.assertNotIn("manifest", said)

    def test_a_run_goes_on_with_other_hashes(self):
        store, _ = self.made()
        whole = tree(self.export(store, "whole", "--sha256"))["manifest-sha256.txt"].decode("utf-8")
        out = self.export(store, "out")
        (out / "manifest.json").unlink()
        files = tree(self.export(store, "out", "--resume", "--sha256"))
        mails = [line for line in whole.splitlines() if not line.endswith(".tsv")]
        self.assertEqual([line for line in files["manifest-sha256.txt"].decode("utf-8").splitlines() if not line.endswith(".tsv")], mails)

    def test_associated_messages_on_demand(self):
        store, known = self.made()
        folder = self.export(store, "out", "-a")
        self.assertEqual(self.manifest(folder)["totals"]["written"], known["messages"] + 1)
        self.assertTrue(any("hidden" in path.lower() for path in tree(folder)))

    def test_a_killed_run_goes_on_to_the_same_result(self):
        store, known = self.made(copies=200)
        whole = tree(self.export(store, "whole"))
        killed = 0
        out = self.place / "out"
        for target in (3, 60, 150):
            words = ["export", "-rf", self.FORMAT, store, out] if out.exists() else ["export", "-f", self.FORMAT, store, out]
            killed += self.run_and_kill(words, lambda: self.items(out) >= target)  # noqa: B023
            done = self.items(out)
            self.assertGreaterEqual(done, target)
        self.assertGreaterEqual(killed, 1)
        left = (self.place / "temp").iterdir()
        for path in left:
            shutil.rmtree(path)
        said = self.run_program("export", "-rf", self.FORMAT, store, out).stderr.decode()
        self.assertEqual(tree(out), whole)
        if done < known["messages"]:
            again = int(said.split("(")[1].split()[0])
            self.assertGreaterEqual(again, done - 1)  # the last line may have been torn


class Exporting(EveryFormat):
    FORMAT = "json"

    def test_names_are_safe_everywhere(self):
        store, _ = self.made()
        paths = tree(self.export(store, "out", "--associated"))
        for path in paths:
            for name in path.split("/"):
                self.assertTrue(is_safe(name), path)
        self.assertEqual(len({path.lower() for path in paths}), len(paths))
        self.assertEqual(sorted(os.listdir(self.place)), ["made.mapiary", "out", "temp"])

    def test_what_a_query_leaves_out_is_excluded_by_name(self):
        store, known = self.made()
        manifest = self.manifest(self.export(store, "out", "--subject", "plan"))
        self.assertEqual((manifest["totals"]["written"], manifest["totals"]["excluded"]), (2, known["messages"] - 2))
        self.assertEqual({item["status"] for item in manifest["items"]}, {"excluded"})
        self.assertEqual(len({item["id"] for item in manifest["items"]}), known["messages"] - 2)
        one = self.manifest(self.export(store, "one", "--folder", "CON"))
        self.assertEqual(one["totals"]["expected"], 1)

    def test_a_dry_run_makes_nothing(self):
        store, known = self.made()
        manifest = self.json("export", "-njf", self.FORMAT, store, "out")
        self.assertEqual(manifest["totals"]["written"], known["messages"])
        self.assertFalse((self.place / "out").exists())

    def test_a_folder_that_holds_something_is_refused(self):
        store, _ = self.made()
        (self.place / "out").mkdir()
        (self.place / "out" / "mine").write_text("mine")
        self.said("export", "-f", self.FORMAT, store, "out", code=1)
        self.said("export", "-rf", self.FORMAT, store, "out", code=1)
        self.assertEqual(tree(self.place / "out"), {"mine": b"mine"})
        self.said("export", "-f", self.FORMAT, store, store, code=1)
        self.said("export", "-f", "docx", store, "new", code=2)

    def test_resuming_what_is_done_changes_nothing(self):
        store, _ = self.made()
        folder = self.export(store, "out")
        before = tree(folder)
        self.export(store, "out", "--resume")
        self.assertEqual(tree(folder), before)

    def test_resuming_another_source_is_refused(self):
        store, _ = self.made()
        self.export(store, "out", "--folder", "CON")
        self.said("export", "-rf", self.FORMAT, store, "out", code=1)

    def test_a_target_that_cannot_be_written_is_no_success(self):
        store, _ = self.made()
        (self.place / "file").write_text("x")
        self.said("export", "-f", self.FORMAT, store, "file/below", code=1)


class ExportingEml(Exporting):
    FORMAT = "eml"

    def test_python_reads_what_was_written(self):
        store, known = self.made()
        folder = self.export(store, "out")
        mails = {path: email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.rglob("*.eml")}
        self.assertEqual(len(mails), known["messages"])
        by_subject = {str(mail["subject"]): mail for mail in mails.values()}
        outer = by_subject["Outer"]
        self.assertEqual(sum(part.get_content_type() == "message/rfc822" for part in outer.walk()), 3)
        self.assertEqual(str(by_subject["Plain plan"]["cc"]), "Кирилл <kirill@example.org>")
        self.assertIn("The text of Grace Hopper", by_subject["Grace Hopper"].get_body().get_content())
        files = {part.get_filename(): part.get_content() for part in by_subject["Files"].iter_attachments()}
        self.assertEqual(len(files), 3)
        self.assertEqual(len(files["report.pdf"]), 300_000)
        for mail in mails.values():
            for part in mail.walk():
                if part.get_content_maintype() == "text":
                    part.get_payload(decode=True).decode(part.get_content_charset("ascii"), errors="strict")

    def test_what_was_written_comes_in_again(self):
        store, known = self.made()
        folder = self.export(store, "out")
        self.run_program("import", "again.mapiary", folder)
        info = self.json("info", "-j", "again.mapiary")
        self.assertEqual([info[key] for key in ("messages", "embedded", "attachments", "recipients")],
                         [known["messages"], known["embedded"], known["attachments"] + 1, known["recipients"]])  # the contact brings its properties as a text
        second = self.export("again.mapiary", "second")
        self.assertEqual(self.manifest(second)["totals"]["written"], known["messages"])


class ExportingMbox(EveryFormat):
    FORMAT = "mbox"


class ExportingMaildir(EveryFormat):
    FORMAT = "maildir"


del EveryFormat  # tests of no format


class Importing(Killing):
    def subjects(self, store, *flags):
        return sorted(item["subject"] for item in self.lines("search", "-j", *flags, store))

    def test_files_of_each_kind_by_their_content(self):
        (self.place / "one.txt").write_bytes(mail(1))
        (self.place / "box").write_bytes(mbox(3))
        maildir = self.place / "dir"
        for name in ("cur", "new", "tmp", ".Sub.Deep/cur", ".Sub.Deep/new", ".Sub.Deep/tmp"):
            (maildir / name).mkdir(parents=True)
        (maildir / "cur" / "1764583200.M1P1.host:2,S").write_bytes(mail(7))
        (maildir / ".Sub.Deep" / "new" / "1764583201.M2P1.host").write_bytes(mail(8))
        before = {path: path.stat().st_mtime_ns for path in self.place.rglob("*") if "temp" not in path.parts}
        manifest = self.json("import", "-j", "new.mapiary", "one.txt", "box", "dir")
        self.assertEqual(manifest["totals"], {"expected": 6, "written": 6, "failed": 0, "excluded": 0, "incomplete": 0})
        self.assertEqual(self.subjects("new.mapiary", "--folder", "Inbox"), ["Mail 0", "Mail 1", "Mail 1", "Mail 2", "Mail 7"])
        self.assertEqual(self.subjects("new.mapiary", "--folder", "Sub/Deep"), ["Mail 8"])
        self.assertNotIn("Mail 7", self.subjects("new.mapiary", "--unread"))
        after = {path: path.stat().st_mtime_ns for path in before}
        self.assertEqual(after, before)
        self.assertEqual(sorted(os.listdir(self.place)), ["box", "dir", "new.mapiary", "one.txt", "temp"])

    def test_into_a_folder_of_a_store_that_is_there(self):
        store, known = self.made()
        (self.place / "a.eml").write_bytes(mail(1, "Neu: Grüße"))
        self.run_program("import", "--into", "New/Here", store, "a.eml")
        self.assertEqual(self.subjects(store, "--folder", "New/Here"), ["Neu: Grüße"])
        self.assertEqual(self.json("info", "-j", store)["messages"], known["messages"] + 1)

    def test_mail_files_can_be_looked_at_as_stores(self):
        (self.place / "box").write_bytes(mbox(4))
        (self.place / "one.eml").write_bytes(mail(9))
        before = tree(self.place)
        info = self.json("info", "-j", "box")
        self.assertEqual((info["format"], info["messages"], info["recipients"], info["bytes"]), ("mbox", 4, 4, len(mbox(4))))
        first = self.lines("search", "-j", "--subject", "Mail 2", "box")[0]
        self.assertIn("Subject:     Mail 2", self.text("show", "box", first["id"]))
        self.assertEqual(self.lines("ls", "-j", "one.eml", "Inbox")[0]["subject"], "Mail 9")
        self.assertEqual(tree(self.place), before)
        self.said("mkdir", "box", "New", code=1)
        self.run_program("copy", "box", "new.mapiary")
        self.assertEqual(self.json("info", "-j", "new.mapiary")["messages"], 4)

    def test_ctrl_c_stops_between_two_items(self):
        (self.place / "box").write_bytes(mbox(1500, "A line of text. " * 60))
        store = self.place / "new.mapiary"
        with subprocess.Popen([PROGRAM, "import", store, "box"], env=self.env, cwd=self.place, stderr=subprocess.PIPE) as process:
            while process.poll() is None and self.size_of(store) < 400_000:
                pass
            process.send_signal(signal.SIGINT)
            said = process.stderr.read().decode()
            self.assertIn(process.wait(), (0, 3))
        if process.returncode == 3:
            self.assertIn("--resume", said)
        self.run_program("import", "--resume", store, "box")
        self.assertEqual(self.json("info", "-j", store)["messages"], 1500)

    def test_a_mixed_folder_loses_nothing(self):
        folder = self.place / "mixed"
        (folder / "below").mkdir(parents=True)
        (folder / "a.eml").write_bytes(mail(1))
        (folder / "b.eml").write_bytes(b"From x Mon Dec 01 10:00:00 2025\n" + mail(2))
        (folder / "below" / "c.eml").write_bytes(mail(3))
        (folder / "below" / "list.mbox").write_bytes(mbox(2))
        (folder / "picture.png").write_bytes(bytes(range(256)))
        manifest = self.json("import", "-j", "new.mapiary", folder)
        self.assertEqual((manifest["totals"]["written"], manifest["totals"]["excluded"], manifest["totals"]["failed"]), (5, 1, 0))
        self.assertTrue(manifest["items"][0]["file"].endswith("picture.png"))
        self.assertEqual(self.json("info", "-j", "new.mapiary")["messages"], 5)

    def test_what_is_no_mail_is_refused_by_name(self):
        (self.place / "rubbish").write_bytes(bytes(range(256)) * 10)
        (self.place / "good.eml").write_bytes(mail(1))
        store, _ = self.made()
        self.assertIn("rubbish", self.said("import", "new.mapiary", "rubbish", code=1))
        said = self.said("import", "-m", "m.json", "new.mapiary", "rubbish", "good.eml", "absent", store, code=3)
        self.assertIn("mapiary copy", said)
        manifest = json.loads((self.place / "m.json").read_text())
        self.assertEqual((manifest["totals"]["expected"], manifest["totals"]["written"], manifest["totals"]["failed"]), (4, 1, 3))
        self.assertEqual([os.path.basename(item["file"]) for item in manifest["items"]], ["rubbish", "absent", "made.mapiary"])

    def test_again_with_resume_adds_nothing(self):
        (self.place / "box").write_bytes(mbox(20))
        self.run_program("import", "new.mapiary", "box")
        self.assertIn("20 by an earlier run", self.run_program("import", "-r", "new.mapiary", "box").stderr.decode())
        self.assertEqual(self.json("info", "-j", "new.mapiary")["messages"], 20)
        with open(self.place / "box", "ab") as box:
            box.write(mbox(21)[len(mbox(20)):])
        self.run_program("import", "-r", "new.mapiary", "box")
        self.assertEqual(self.json("info", "-j", "new.mapiary")["messages"], 21)

    def test_a_dry_run_makes_nothing(self):
        (self.place / "box").write_bytes(mbox(5))
        self.assertEqual(self.json("import", "-nj", "new.mapiary", "box")["totals"]["written"], 5)
        self.assertFalse((self.place / "new.mapiary").exists())

    def test_a_killed_import_goes_on(self):
        (self.place / "box").write_bytes(mbox(1500, "A line of text. " * 60))
        store = self.place / "new.mapiary"
        killed, size = 0, 400_000
        for _ in range(3):
            killed += self.run_and_kill(["import", "-r", store, "box"], lambda: self.size_of(store) > size)  # noqa: B023
            size += 600_000
        for path in (self.place / "temp").iterdir():
            shutil.rmtree(path)
        self.assertGreaterEqual(killed, 1)
        there = self.json("info", "-j", store)["messages"]
        said = self.run_program("import", "--resume", store, "box").stderr.decode()
        self.assertIn(f"({there} by an earlier run)" if there else "1500 of 1500", said)
        self.assertEqual(self.subjects(store), sorted(f"Mail {i}" for i in range(1500)))
        self.assertEqual(self.json("check", "-j", store)["errors"], 0)

    def test_hostile_names_stay_inside(self):
        text = MAIL.format(sender="Ada <ada@example.org>", subject="=?utf-8?q?../../../../evil=00=0A?=", day=1, number=1, text="x")
        (self.place / "a.eml").write_bytes(text.encode().replace(b"Content-Type: text/plain", b"Content-Disposition: attachment; filename=\"/etc/../x\"\nContent-Type: text/plain"))
        self.run_program("import", "new.mapiary", "a.eml")
        self.run_program("export", "new.mapiary", "out")
        self.run_program("export", "-f", "json", "new.mapiary", "json")
        for path in {**tree(self.place / "out"), **tree(self.place / "json")}:
            for name in path.split("/"):
                self.assertTrue(is_safe(name), path)
        self.assertEqual(sorted(os.listdir(self.place)), ["a.eml", "json", "new.mapiary", "out", "temp"])

    @unittest.skipUnless(os.environ.get("MAPIARY_SAMPLES"), "MAPIARY_SAMPLES is not set")
    def test_real_mail_comes_in_and_out(self):
        samples = pathlib.Path(os.environ["MAPIARY_SAMPLES"])
        files = sorted((samples / "eml").iterdir())
        done = subprocess.run([PROGRAM, "import", "new.mapiary", *files], env=self.env, cwd=self.place, capture_output=True, check=False, timeout=120)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.assertEqual(self.json("info", "-j", "new.mapiary")["messages"], len(files))
        self.run_program("export", "new.mapiary", "out")
        out = list((self.place / "out").rglob("*.eml"))
        self.assertEqual(len(out), len(files))
        for path in out:
            for part in email.message_from_bytes(path.read_bytes()).walk():
                if part.get_content_maintype() == "text" and not part.is_multipart():
                    part.get_payload(decode=True).decode(part.get_content_charset("ascii"), errors="strict")


class Examples(Case):
    def test_the_mail_we_ship(self):
        mail = pathlib.Path(__file__).resolve().parents[2] / "examples" / "mail"
        self.run_program("import", "up.mapiary", mail / "plans.mbox", mail / "letters", mail / "Notes")
        info = self.json("info", "-j", "up.mapiary")
        self.assertEqual((info["messages"], info["embedded"]), (50, 3))
        subjects = [item["subject"] for item in self.lines("search", "-j", "up.mapiary")]
        for subject in ("会議のお知らせ", "يوم الميناء", "Расписание", "Łódź i żagle", "海港日的海报", "Prix du café"):
            self.assertIn(subject, subjects)
        self.assertEqual(len(self.lines("search", "-j", "--text", "boats", "up.mapiary")), 2)
        self.run_program("export", "up.mapiary", "out")

    def test_the_generator_writes_what_is_there(self):
        mail = pathlib.Path(__file__).resolve().parents[2] / "examples" / "mail"
        shutil.copy(mail / "make_mail.py", self.place)
        subprocess.run([sys.executable, "-B", self.place / "make_mail.py"], check=True, timeout=60)
        names = ["plans.mbox", "Notes", *(f"letters/{path.name}" for path in (mail / "letters").iterdir())]
        for name in names:
            self.assertEqual((self.place / name).read_bytes(), (mail / name).read_bytes(), name)


@unittest.skipUnless(os.environ.get("MAPIARY_SAMPLES"), "MAPIARY_SAMPLES is not set")
class RealStores(Case):
    KEYS = {"folders": "folders", "search": "search_folders", "msgs": "messages", "assoc": "associated", "embedded": "embedded", "atts": "attachments", "recips": "recipients"}

    def samples(self):
        root = pathlib.Path(os.environ["MAPIARY_SAMPLES"])
        with open(root / "INDEX.tsv", encoding="utf-8") as index:
            for row in index:
                name, *_, known = row.rstrip("\n").split("\t")
                counts = dict(word.split("=") for word in known.split() if "=" in word)
                if name.split("/")[0] in ("pst", "ost") and name.endswith(("pst", "ost")) and "msgs" in counts:
                    yield root / name, {self.KEYS[key]: int(counts[key]) for key in self.KEYS}

    def test_counts_are_those_known_and_survive_a_copy_and_an_export(self):
        seen = 0
        for path, known in self.samples():
            with self.subTest(path=path.name):
                before = path.read_bytes()
                info = self.json("info", "--json", path)
                self.assertEqual({key: info[key] for key in known}, known)
                self.assertEqual((info["bytes"], info["problems"]), (len(before), []))
                copy, out = self.place / f"{seen}.mapiary", self.place / f"out{seen}"
                self.run_program("copy", path, copy)
                copied = self.json("info", "--json", copy)
                for key in ("messages", "associated", "embedded", "attachments", "recipients"):
                    self.assertEqual(copied[key], known[key], key)
                self.run_program("export", path, out)
                self.assertEqual(len(list(out.rglob("*.eml"))), known["messages"])
                self.assertEqual(path.read_bytes(), before)
                seen += 1
        self.assertGreater(seen, 20)

class KilledEarly(Killing):
    """A few messages, killed at any moment: what was done before is not done again."""

    def test_little_of_a_small_import_is_done_again(self):
        (self.place / "few.mbox").write_bytes(mbox(200, text="Hello " * 3000))
        self.run_program("import", "whole.mapiary", "few.mbox")
        words = ["import", "--resume", "s.mapiary", "few.mbox"]
        store = self.place / "s.mapiary"
        done = 0
        for size in (800_000, 1_600_000, 2_400_000):
            killed = self.run_and_kill(words, lambda: self.size_of(store) > size)  # noqa: B023
            for path in (self.place / "temp").iterdir():
                shutil.rmtree(path)
            there = self.json("info", "-j", store)["messages"]
            if not killed:
                done = there
                break
            # Groups of a hundred would have lost all of them: some 20 KB a message.
            self.assertGreaterEqual(there, max(done, size // 60_000))
            done = there
        self.assertGreater(done, 0)
        said = self.run_program(*words).stderr.decode()
        self.assertIn(f"({done} by an earlier run)", said)
        self.run_program("export", "whole.mapiary", "one")
        self.run_program("export", "s.mapiary", "two")
        self.assertEqual(tree(self.place / "one" / "Inbox"), tree(self.place / "two" / "Inbox"))


class ExportingJson(Case):
    def test_a_message_is_whole(self):
        store, known = self.made()
        self.run_program("export", "-f", "json", "-a", store, "out")
        files = [json.loads(path.read_text(encoding="utf-8")) for path in (self.place / "out").rglob("*.json") if path.name != "manifest.json"]
        self.assertEqual(len(files), known["messages"] + known["associated"])
        self.assertEqual({one["schema"] for one in files}, {"mapiary.export/1"})

        def count(message, key):
            return len(message[key]) + sum(count(one["message"], key) for one in message["attachments"] if "message" in one)

        self.assertEqual(sum(count(one, "attachments") for one in files), known["attachments"])
        self.assertEqual(sum(count(one, "recipients") for one in files), known["recipients"] + 0)
        outer = next(one for one in files if any(prop.get("value") == "Files" for prop in one["properties"]))
        data = [prop for attachment in outer["attachments"] for prop in attachment["properties"] if "file" in prop]
        self.assertEqual([(self.place / "out" / one["file"]).stat().st_size for one in data], [one["size"] for one in data])
        self.assertEqual(data[0]["size"], 300_000)
        large = next(one for one in files if "Large" in str([prop.get("value") for prop in one["properties"] if prop["name"] == "PR_SUBJECT"]))
        body = next(prop for prop in large["properties"] if prop["name"] == "PR_BODY")
        text = (self.place / "out" / body["file"]).read_text(encoding="utf-8")
        self.assertEqual(text.count("日本語 line"), 60_000)
        self.assertTrue(text.endswith("needle at the end"))


class Copying(Killing):
    def contents(self, store):
        found = {}
        for item in self.lines("search", "--json", store):
            key = (item["folder"], item["subject"], item["date"], item["read"], item["attachments"], item["class"])
            found[key] = found.get(key, 0) + 1
        return found

    def test_a_copy_has_everything(self):
        store, known = self.made()
        before = store.read_bytes()
        manifest = self.json("copy", "--json", store, "copy.mapiary")
        self.assertEqual(manifest["totals"]["written"], known["messages"] + known["associated"])
        info = self.json("info", "--json", "copy.mapiary")
        self.assertEqual({key: info[key] for key in known}, known)
        self.assertEqual(self.contents("copy.mapiary"), self.contents(store))
        self.assertEqual(store.read_bytes(), before)
        named = self.lines("props", "-jt", "PidLidFileUnder", "copy.mapiary", self.id_of("copy.mapiary", "Grace"))
        self.assertEqual(named[0]["value"], "Hopper, Grace")
        report = self.run_program("show", "-a", "0", "copy.mapiary", self.id_of("copy.mapiary", "Files")).stdout
        self.assertEqual(report, self.run_program("show", "-a", "0", store, self.id_of(store, "Files")).stdout)
        self.assertEqual(self.json("check", "-j", "copy.mapiary")["errors"], 0)

    def test_again_with_resume_adds_nothing(self):
        store, known = self.made()
        self.run_program("copy", store, "copy.mapiary")
        said = self.run_program("copy", "--resume", store, "copy.mapiary").stderr.decode()
        self.assertIn("by an earlier run", said)
        self.assertEqual(self.json("info", "--json", "copy.mapiary")["messages"], known["messages"])
        self.run_program("copy", store, "copy.mapiary")
        self.assertEqual(self.json("info", "--json", "copy.mapiary")["messages"], 2 * known["messages"])

    def test_a_query_into_a_folder(self):
        store, known = self.made()
        self.run_program("copy", "--subject", "plan", "--into", "Plans", "--manifest", "m.json", store, "copy.mapiary")
        folders = sorted(item["folder"].split("/", 2)[2] for item in self.lines("search", "-j", "copy.mapiary"))
        self.assertEqual(folders, ["Plans/Deleted Items", "Plans/Inbox"])
        totals = json.loads((self.place / "m.json").read_text())["totals"]
        self.assertEqual((totals["expected"], totals["written"], totals["excluded"]), (known["messages"], 2, known["messages"] - 2))

    def test_a_dry_run_makes_nothing(self):
        store, _ = self.made()
        self.run_program("copy", "--dry-run", store, "copy.mapiary")
        self.assertFalse((self.place / "copy.mapiary").exists())
        self.said("copy", store, store, code=2)

    def test_a_killed_copy_goes_on(self):
        store, known = self.made(copies=200)
        target = self.place / "copy.mapiary"
        size = [200_000]
        killed = 0
        for _ in range(3):
            killed += self.run_and_kill(["copy", "-r", store, target], lambda: self.size_of(target) > size[0])  # noqa: B023
            size[0] += 150_000
        for path in (self.place / "temp").iterdir():
            shutil.rmtree(path)
        self.assertGreaterEqual(killed, 1)
        self.run_program("copy", "--resume", store, target)
        self.assertEqual(self.contents(target), self.contents(store))
        info = self.json("info", "--json", target)
        self.assertEqual({key: info[key] for key in known}, known)

if __name__ == "__main__":
    unittest.main()
