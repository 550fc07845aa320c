# SPDX-License-Identifier: Apache-2.0
"""The program `mapiary` from end to end: every case starts it as a shell would, on stores in a folder of its own."""

import contextlib
import email
import email.policy
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


class Frame(Case):
    def test_folders_are_made_listed_and_drawn(self):
        store = self.store("Projects/2026", "a%2Fb", "Projects")
        tree = self.text("tree", store)
        self.assertIn("├── Inbox\n", tree)
        self.assertIn("│   │   └── 2026\n", tree)
        paths = [folder["path"] for folder in self.lines("tree", "--json", store)]
        self.assertEqual(paths[0], "/")
        top = next(path for path in paths if path.endswith("/Inbox"))[: -len("/Inbox")]
        self.assertIn(top + "/Projects/2026", paths)
        self.assertIn(top + "/a%2Fb", paths)
        self.assertEqual(len(paths), len(set(paths)))
        below = self.lines("ls", "--json", store, "Projects")
        self.assertEqual([folder["name"] for folder in below], ["2026"])
        self.assertEqual(below[0]["schema"], "mapiary.folder/1")

    def test_info_has_its_keys(self):
        store = self.store()
        info = self.json("info", "--json", store)
        self.assertEqual(info["schema"], "mapiary.info/1")
        self.assertEqual((info["format"], info["encryption"]), ("sqlite", "none"))
        self.assertRegex(info["variant"], r"^\d+$")
        self.assertEqual(info["path"], str(store))
        self.assertEqual(info["bytes"], store.stat().st_size)
        self.assertEqual(info["folders"], len(self.lines("tree", "--json", store)))
        for key in ("messages", "associated", "embedded", "attachments", "recipients"):
            self.assertEqual(info[key], 0)
        self.assertEqual(info["problems"], [])

    def test_a_source_that_is_read_stays_as_it_is(self):
        store = self.store()
        before = store.read_bytes(), store.stat().st_mtime_ns
        os.chmod(store, 0o400)
        folder = self.place / "closed"
        folder.mkdir()
        store = store.rename(folder / store.name)
        os.chmod(folder, 0o500)
        for words in (["info"], ["tree"], ["ls"]):
            self.run_program(*words, store)
        self.assertEqual(os.listdir(folder), [store.name])
        self.assertEqual((store.read_bytes(), store.stat().st_mtime_ns), before)
        os.chmod(folder, 0o700)

    def test_the_users_profiles_are_left_alone(self):
        self.run_program("info", self.store())
        self.assertFalse((self.place / "config").exists())

    def test_what_a_killed_run_left_is_removed(self):
        dead = subprocess.Popen(["true"])
        dead.wait()
        left = self.place / "temp" / f"mapiary-run-{dead.pid}-abcdef"
        left.mkdir()
        self.run_program("mkdir", self.place / "x.mapiary", "Inbox")


class Refusals(Case):
    def test_no_such_file(self):
        for name in ("nothing", "./nothing", "nothing/at/all"):
            self.assertIn(name, self.said("info", name, code=1))
        self.assertEqual(os.listdir(self.place), ["temp"])

    def test_what_is_no_store(self):
        rubbish = self.place / "rubbish"
        for content in (b"", b"x", b"SQLite format 3\0", bytes(range(256)) * 40, b"!BDN"):
            rubbish.write_bytes(content)
            for verb in ("info", "tree", "ls"):
                self.assertIn("rubbish", self.said(verb, rubbish, code=1))
            self.assertEqual(rubbish.read_bytes(), content)
        self.said("info", self.place, code=1)
        self.said("info", "/dev/null", code=1)

    def test_a_damaged_store_is_4(self):
        store = self.store()
        whole = store.read_bytes()
        store.write_bytes(whole[:4096])
        self.said("info", store, code=4)
        store.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
        self.said("info", store, code=4)
        self.assertEqual(os.listdir(self.place), sorted(["temp", store.name], key=os.listdir(self.place).index))

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_no_permission_is_5(self):
        store = self.store()
        os.chmod(store, 0)
        self.said("info", store, code=5)

    def test_usage_is_2(self):
        store = self.store()
        for words in (["info"], ["info", store, "x"], ["info", "--nope", store], ["info", "-Z", store], ["ls", "--limit", "x", store],
                      ["ls", "--limit"], ["ls", "--sort", "shape", store], ["ls", "--json=yes", store], ["tree", store, "a%zz"]):
            self.assertIn("mapiary help", self.said(*words, code=2))

    def test_no_such_folder_is_1(self):
        self.assertIn("Nowhere", self.said("ls", self.store(), "Nowhere", code=1))


class Reading(Case):
    def test_info_counts_what_is_known(self):
        store, known = self.made()
        info = self.json("info", "--json", store)
        self.assertEqual({key: info[key] for key in known}, known)
        self.assertEqual(info["search_folders"], 1)
        self.assertEqual(info["problems"], [])

    def test_ls_lists_newest_first_and_pages(self):
        store, _ = self.made(copies=250)
        items = self.lines("ls", "--json", store, "Many")
        self.assertEqual(len(items), 250)
        dates = [item["date"] for item in items]
        self.assertEqual(dates, sorted(dates, reverse=True))
        page = self.lines("ls", "--json", "--skip", "40", "--limit", "7", store, "Many")
        self.assertEqual([item["id"] for item in page], [item["id"] for item in items[40:47]])
        by_subject = [item["subject"] for item in self.lines("ls", "--json", "--sort=subject", "-R", store, "Many")]
        self.assertEqual(by_subject, sorted(by_subject, reverse=True))
        hidden = self.lines("ls", "-ja", store, "inbox")
        self.assertEqual([item["subject"] for item in hidden], ["Hidden settings"])
        self.assertIn("@", self.text("ls", store, "Inbox"))

    def test_names_and_subjects_from_outside_do_not_reach_the_terminal_raw(self):
        store, _ = self.made()
        for words in (["tree", store], ["ls", store, "Inbox"], ["search", store, "--subject", "large"], ["show", store, self.id_of(store, "Large")]):
            text = self.text(*words)
            self.assertNotIn("\x1b", text)
            self.assertNotIn("\x07", text)

    def test_search_by_each_flag(self):
        store, _ = self.made()

        def subjects(*flags):
            return sorted(item["subject"] for item in self.lines("search", "--json", store, *flags))

        self.assertEqual(subjects("--subject", "PLAN"), ["Deleted plan", "Plain plan"])
        self.assertEqual(subjects("--subject", "plan", "--unread"), ["Plain plan"])
        self.assertEqual(subjects("--to", "Кирилл"), ["Plain plan"])
        self.assertEqual(subjects("--to", "KIRILL@"), ["Plain plan"])
        self.assertEqual(subjects("--from", "lovelace", "--has-attachment"), ["Files", "Outer"])
        self.assertEqual(subjects("--from", "nobody"), [])
        self.assertEqual(subjects("--text", "needle"), ["Large \x1b[31mtext\x07"])
        self.assertEqual(subjects("--text", "日本語"), ["Large \x1b[31mtext\x07"])
        self.assertEqual(subjects("--since", "2025-12-13", "--before", "2025-12-14T00:00"), ["Plain plan"])
        self.assertEqual(subjects("--folder", "CON"), ["In CON"])
        self.assertEqual(self.text("search", store, "--subject", "plan", "--count"), "2\n")
        self.assertEqual(self.json("search", "-jc", store)["count"], 17)
        self.assertEqual(len(self.lines("search", "--json", "--limit", "3", store)), 3)
        self.said("search", store, "--since", "yesterday", code=2)
        self.said("search", store, "--since", "2025-02-30", code=2)

    def test_show_in_every_form(self):
        store, _ = self.made()
        outer = self.id_of(store, "Outer")
        text = self.text("show", store, outer)
        self.assertEqual([text.count(f"Inner {depth}\n") for depth in (3, 2, 1)], [2, 2, 2])
        message = self.json("show", "--json", store, outer)
        self.assertEqual(message["schema"], "mapiary.message/1")
        self.assertEqual(message["from"], {"name": "Ada Lovelace", "address": "ada@example.org"})
        inner = message["attachments"][0]["message"]
        self.assertEqual((inner["subject"], inner["cc"][0]["address"]), ("Inner 3", "carol@example.com"))
        html = self.id_of(store, "Only HTML")
        self.assertEqual(self.text("show", "--text", store, html), "First & last\n\nGrüße\n")
        self.assertTrue(self.text("show", "--html", store, html).startswith("<html>"))
        files = self.id_of(store, "Files")
        report = self.run_program("show", "-a", "0", store, files).stdout
        self.assertEqual(len(report), 300_000)
        self.assertEqual(self.run_program("show", "-a1", store, files).stdout, b"evil")
        large = self.json("show", "-j", store, self.id_of(store, "Large"))
        self.assertTrue(large["text"].endswith("needle at the end"))
        raw = email.message_from_bytes(self.run_program("show", "--raw", store, files).stdout, policy=email.policy.default)
        self.assertEqual(str(raw["subject"]), "Files")
        self.said("show", store, "0102", code=1)
        self.said("show", store, "xyz", code=1)
        self.said("show", "-a", "9", store, files, code=1)

    def test_props_decode(self):
        store, _ = self.made()
        contact = self.id_of(store, "Grace")
        props = {prop["name"]: prop for prop in self.lines("props", "--json", store, contact) if prop["object"] == contact}
        self.assertEqual(props["PR_MESSAGE_CLASS"]["value"], "IPM.Contact")
        self.assertEqual((props["PidLidFileUnder"]["value"], props["PidLidFileUnder"]["type"]), ("Hopper, Grace", "PT_UNICODE"))
        self.assertEqual(props["PR_MESSAGE_DELIVERY_TIME"]["value"], "2025-12-18T08:00:00Z")
        self.assertEqual(props["PR_OBJECT_TYPE"]["meaning"], "MAPI_MESSAGE")
        self.assertEqual(props["PR_MESSAGE_FLAGS"]["value"], 0 if "meaning" not in props["PR_MESSAGE_FLAGS"] else props["PR_MESSAGE_FLAGS"]["value"])
        large = self.lines("props", "-j", "-t", "PR_BODY", store, self.id_of(store, "Large"))
        self.assertEqual(len(large[0]["value"]), 60_000 * 10 + 17)
        one = self.lines("props", "-jt", "PidLidFileUnder,0x0037", store, contact)
        self.assertEqual(sorted(prop["name"] for prop in one), ["PR_SUBJECT", "PidLidFileUnder"])
        deep = [prop["object"] for prop in self.lines("props", "-jt", "PR_SUBJECT", store, self.id_of(store, "Outer"))]
        self.assertEqual(deep[-1].count("/message"), 3)
        self.assertEqual(self.lines("props", "-jt", "PR_DISPLAY_NAME", store, "Inbox")[0]["value"], "Inbox")
        self.assertTrue(self.lines("props", "-j", store))
        self.said("props", "-t", "PR_NOTHING_LIKE_IT", store, code=2)

    def test_check_of_a_whole_store_finds_nothing(self):
        store, known = self.made()
        check = self.json("check", "--json", store)
        self.assertEqual((check["errors"], check["warnings"], check["attachments"]), (0, 0, known["attachments"]))
        self.assertEqual(check["messages"], known["messages"] + known["associated"])


class Changing(Case):
    def test_rm_moves_first_and_removes_then(self):
        store, known = self.made()
        plan = self.id_of(store, "Plain plan")
        self.assertEqual(self.lines("rm", "-nj", store, plan)[0]["done"], "nothing")
        self.run_program("rm", store, plan)
        self.assertEqual(self.lines("search", "-j", "--subject", "Plain", store)[0]["folder"].rsplit("/", 1)[1], "Deleted Items")
        self.run_program("rm", store, self.id_of(store, "Plain plan"))
        self.assertEqual(self.lines("search", "-j", "--subject", "Plain", store), [])
        self.run_program("rm", "--permanent", "--folder", "CON", store)
        self.assertEqual(self.json("info", "-j", store)["messages"], known["messages"] - 2)
        self.assertEqual(self.json("info", "-j", store)["folders"], known["folders"] - 1)
        self.assertIn("010200FF", self.said("rm", store, "010200FF", code=1))
        self.said("rm", store, self.id_of(store, "Files"), "010200FF", code=3)
        self.said("rm", store, code=2)
        self.said("rm", "--folder", "/", store, code=1)

    def test_profiles(self):
        store, _ = self.made()
        self.run_program("profile", "create", "Work")
        self.run_program("profile", "add-store", "Work", store, "--name", "Old mail")
        self.run_program("profile", "add-store", "Work", "new.mapiary", "--name", "New mail")
        self.assertTrue((self.place / "new.mapiary").is_file())
        self.assertEqual(self.lines("profile", "list", "--json"), [{"schema": "mapiary.profile/1", "name": "Work", "default": True}])
        self.assertEqual({one["name"] for one in self.lines("profile", "show", "-j")}, {"Old mail", "New mail"})
        self.assertIn("Inbox", self.text("tree", "Old mail"))
        self.assertEqual(self.json("info", "--json", "Old mail")["format"], "profile")
        self.run_program("mkdir", "New mail", "Here")
        self.assertIn("Here", self.text("tree", "--profile", "Work", "New mail"))
        self.run_program("profile", "create", "Home")
        self.run_program("profile", "default", "Home")
        self.said("tree", "Old mail", code=1)
        self.run_program("profile", "remove", "Work", "New mail")
        self.assertEqual([one["name"] for one in self.lines("profile", "show", "Work", "-j")], ["Old mail"])
        self.run_program("profile", "remove", "Work")
        self.assertEqual([one["name"] for one in self.lines("profile", "list", "-j")], ["Home"])
        self.assertTrue(store.is_file())
        for words in (["profile"], ["profile", "create"], ["profile", "list", "x"], ["profile", "break", "x"], ["profile", "add-store", "Home"]):
            self.said(*words, code=2)
        self.said("profile", "remove", "Nobody", code=1)


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
            self.assertTrue(name.startswith("mapiary-run-"))
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


class Descriptions(Case):
    def test_every_verb_has_help_a_man_page_and_completions(self):
        verbs = [line.split()[0] for line in self.text("help").splitlines() if line.startswith("  ")]
        bash, zsh, fish = (self.text("help", "--completion", shell) for shell in ("bash", "zsh", "fish"))
        for verb in verbs:
            text = self.text("help", verb)
            self.assertEqual(text, self.text(verb, "--help"))
            self.assertTrue(self.text("help", "--man", verb).startswith(f'.TH MAPIARY\\-{verb.upper()}'.replace("MAPIARY\\-", "MAPIARY\\-")))
            options = [word.rstrip(",") for word in text.split() if word.startswith("--") and len(word) > 2]
            for text_of_shell in (bash, zsh, fish):
                self.assertIn(verb, text_of_shell)
            for option in options:
                self.assertIn(option, bash)
                self.assertIn(option, zsh)
        done = subprocess.run(["bash", "-n"], input=bash.encode(), capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_bash_completes(self):
        script = self.text("help", "--completion", "bash") + "\nCOMP_WORDS=(mapiary in); COMP_CWORD=1; _mapiary; echo ${COMPREPLY[@]}" \
            "\nCOMP_WORDS=(mapiary ls --js); COMP_CWORD=2; _mapiary; echo ${COMPREPLY[@]}" \
            "\nCOMP_WORDS=(mapiary ls --sort s); COMP_CWORD=3; _mapiary; echo ${COMPREPLY[@]}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.splitlines(), ["info", "--json", "subject size"])


if __name__ == "__main__":
    unittest.main()
