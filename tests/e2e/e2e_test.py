# SPDX-License-Identifier: Apache-2.0
"""The program `mapiary` from end to end: looking into stores, changing them, its help. Every case starts it as a shell would."""

import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from e2e_case import PROGRAM, Case, mbox  # noqa: E402


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


class Damage(Case):
    """A store that is damaged: what is wrong is named, the rest comes out, and no loss is called a success."""

    def filled(self):
        mail = self.place / "letters"
        mail.mkdir()
        for i in range(30):
            (mail / f"{i:02}.eml").write_text(f"From: ada@example.org\nSubject: letter {i:02}\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n\n"
                                              f"Text of letter {i:02} {'x' * 3000}\n")
        store = self.place / "mail.mapiary"
        self.run_program("import", store, mail)
        return store

    def manifest(self, store, code):
        out = self.place / "out"
        shutil.rmtree(out, ignore_errors=True)
        self.run_program("export", store, out, code=code)
        return json.loads((out / "manifest.json").read_text())["totals"]

    def test_a_changed_byte_is_named(self):
        store = self.filled()
        whole = store.read_bytes()
        self.assertEqual(self.manifest(store, 0), {"expected": 30, "written": 30, "failed": 0, "excluded": 0, "incomplete": 0})
        wanted = self.id_of(store, "letter 07")
        for text in (b"Text of letter 07", b"letter 07"):
            data = bytearray(whole)
            data[data.index(text)] ^= 1
            store.write_bytes(data)
            found = self.lines("check", "--json", store, code=4)
            self.assertIn("#" + wanted, [line.get("where") for line in found], text)
            totals = self.manifest(store, 4)
            self.assertEqual((totals["expected"], totals["failed"] + totals["incomplete"]), (30, 1), text)
            self.run_program("info", store, code=4)
            self.run_program("copy", store, self.place / "other.mapiary", code=4)
            (self.place / "other.mapiary").unlink()

    def test_what_is_left_of_a_file_that_was_cut_off(self):
        store = self.filled()
        data = store.read_bytes()
        store.write_bytes(data[: len(data) * 9 // 10])
        found = self.lines("check", "--json", store, code=4)
        self.assertIn("cut off", found[0]["message"])
        totals = self.manifest(store, 4)
        self.assertGreater(totals["written"], 10)
        self.assertIn("mapiary check", self.said("mkdir", store, "A", code=4))
        self.assertEqual(store.read_bytes(), data[: len(data) * 9 // 10])
        # Also where the list of the folder's messages is gone: they have failed, and the numbers agree.
        for part in (5, 3, 2):
            store.write_bytes(data[: len(data) * part // 10])
            totals = self.manifest(store, 4)
            self.assertEqual(totals["expected"], totals["written"] + totals["failed"], part)


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

    def test_the_version_as_data(self):
        self.assertEqual(self.text("version"), "mapiary " + self.json("version", "--json")["version"] + "\n")
        self.assertEqual(self.json("version", "-j")["schema"], "mapiary.version/1")

    def test_a_later_version_is_1_and_a_missing_folder_too(self):
        store = self.store()
        data = bytearray(store.read_bytes())
        data[60:64] = (99).to_bytes(4, "big")
        store.write_bytes(data)
        for words in (["info", store], ["check", store], ["mkdir", store, "A"]):
            self.assertIn("later version", self.said(*words, code=1))
        self.assertEqual(store.read_bytes(), data)
        self.assertIn("no folder", self.said("mkdir", "no/such/x.mapiary", "A", code=1))

    def test_usage_is_2(self):
        store = self.store()
        for words in (["info"], ["info", store, "x"], ["info", "--nope", store], ["info", "-Z", store], ["ls", "--limit", "x", store],
                      ["ls", "--limit"], ["ls", "--sort", "shape", store], ["ls", "--json=yes", store], ["tree", store, "a%zz"],
                      ["show", "--text", "--html", store, "1"], ["show", "--json", "--raw", store, "1"], ["show", "-a", "0", "--raw", store, "1"],
                      ["show", "--code-page", "99999", store, "1"]):
            self.assertIn("mapiary help", self.said(*words, code=2))

    def test_no_such_folder_is_1(self):
        self.assertIn("Nowhere", self.said("ls", self.store(), "Nowhere", code=1))

    def test_what_did_nothing_leaves_no_store(self):
        store = self.store()
        mail = self.place / "one.eml"
        mail.write_bytes(b"Subject: x\n\ny\n")
        for code, words in ((2, ["mkdir", "new.mapiary", "ok", "%zz"]), (2, ["mkdir", "new.mapiary", "ok", "bad\udcff"]),
                            (2, ["import", "-i", "%zz", "new.mapiary", mail]), (2, ["copy", "-i", "%zz", store, "new.mapiary"]),
                            (1, ["copy", "--folder", "nosuch", store, "new.mapiary"])):
            self.said(*words, code=code)
            self.assertFalse((self.place / "new.mapiary").exists(), words)
        self.said("mkdir", store, "ok", "%zz", code=2)
        self.assertNotIn("ok", self.text("tree", store))

    def test_what_cannot_be_written_out_is_told(self):
        store = self.store()
        for words in (["info", store], ["ls", store], ["tree", store], ["help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([PROGRAM, *map(str, words)], env=self.env, cwd=self.place, stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"standard output can not be written", done.stderr)

    def test_who_has_seen_enough_is_left_alone(self):
        store, _ = self.made(copies=200)
        for verb in (["search", store], ["ls", store, "Inbox"]):
            done = subprocess.run(["sh", "-c", '"$0" "$@" | head -n 1', PROGRAM, *map(str, verb)], env=self.env, cwd=self.place, capture_output=True)
            self.assertEqual((done.stdout.count(b"\n"), done.stderr), (1, b""))

    def test_many_folders_in_one(self):
        """Each takes its own time, not that of those before it: a minute and more it was."""
        names = [f"F/{number}" for number in range(1500)] + ["f/7", "F/1499/deep"]
        self.run_program("mkdir", "many.mapiary", *names)
        tree = self.text("tree", "many.mapiary")
        self.assertEqual(sum(line.split("(")[0].strip(" │├└─").isdigit() for line in tree.splitlines()), 1500)


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
        for words in (["remove", "Nobody"], ["show", "Nobody"], ["add-store", "Nobody", store]):
            self.said("profile", *words, code=1)
        self.assertIn("Nobody", self.said("ls", "--profile", "Nobody", "Mail", code=1))
        self.assertIn("already", self.said("profile", "create", "Home", code=1))
        self.run_program("profile", "add-store", "Home", store, "--name", "Mail")
        self.assertIn("already", self.said("profile", "add-store", "Home", "other.mapiary", "--name", "Mail", code=1))


class Documented(Case):
    """docs/cli.md names every schema that is printed, and every key of each."""

    def known(self):
        text = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
        known = {}
        for section in text.split("\n### ")[1:]:
            words = set(re.findall(r"`([^`]+)`", section.split("\n## ")[0]))
            for schema in re.findall(r"mapiary\.[a-z-]+/\d+", section.split("\n")[0]):
                known[schema] = words
        for line in text.splitlines():
            for schema in re.findall(r"mapiary\.[a-z-]+/\d+", line) if line.startswith("|") else []:
                known.setdefault(schema, set(re.findall(r"`([^`]+)`", line)))
        return known

    def broken(self, store):
        """One whose check has something to say: the first page without which it still opens."""
        whole = store.read_bytes()
        path = self.place / "broken.mapiary"
        for page in range(len(whole) // 8192 - 1, 0, -1):
            path.write_bytes(whole[: page * 8192] + b"\xff" * 8192 + whole[(page + 1) * 8192 :])
            if b"mapiary.finding/" in self.run_program("check", "--json", path, code=None).stdout:
                return path
        return self.fail("nothing is ever found")

    def keys(self, value):
        """Of an object and of those in it, but for what a property's value is."""
        for key, inner in value.items() if isinstance(value, dict) else []:
            yield key
            yield from self.keys(inner) if key != "value" else ()
        for inner in value if isinstance(value, list) else []:
            yield from self.keys(inner)

    def test_every_key(self):
        store, _ = self.made()
        files, outer, contact = (self.id_of(store, subject) for subject in ("Files", "Outer", "Grace"))
        (self.place / "rubbish").write_bytes(b"rubbish")
        (self.place / "cut.mbox").write_bytes(b"cut off\n\n" + mbox(2))
        broken = self.broken(store)
        printed = []
        for words in (["info", store], ["tree", store], ["ls", store], ["ls", store, "Inbox"], ["search", store], ["search", "-c", store], ["show", store, outer],
                      ["show", store, files], ["props", store], ["props", store, contact], ["props", store, files], ["props", store, "Inbox"],
                      ["check", store], ["check", broken], ["import", "s.mapiary", "rubbish"], ["import", "-f", "mbox", "s.mapiary", "cut.mbox"], ["export", store, "out"],
                      ["export", "--subject", "plan", store, "some"], ["export", "-f", "json", store, "json"], ["copy", store, "copy.mapiary"], ["mkdir", store, "New"],
                      ["rm", store, files], ["rm", "--folder", "New", store], ["profile", "create", "One"], ["profile", "add-store", "One", store], ["profile", "list"],
                      ["profile", "show", "One"], ["version"]):
            out = self.run_program(words[0], *words[1:], "--json", code=None).stdout.decode("utf-8")
            try:
                printed.append(json.loads(out))
            except ValueError:
                printed += [json.loads(line) for line in out.splitlines()]
        printed += [json.loads(path.read_text(encoding="utf-8")) for path in (self.place / "json").rglob("*.json")]
        known = self.known()
        known["mapiary.export/1"] |= known["mapiary.property/1"]  # whose objects are in it
        seen = set()
        for one in printed:
            self.assertIn(one["schema"], known)
            seen.add(one["schema"])
            for key in self.keys(one):
                self.assertTrue(key == "schema" or any(re.search(rf"\b{key}\b", word) for word in known[one["schema"]]), f"{key} of {one['schema']}")
        # Those of pst-tree are recover_test's.
        self.assertEqual(seen, {schema for schema in known if ".pst-" not in schema})


class Descriptions(Case):
    def test_every_verb_has_help_a_man_page_and_completions(self):
        verbs = [line.split()[0] for line in self.text("help").splitlines() if line.startswith("  ")]
        bash, zsh, fish = (self.text("help", "--completion", shell) for shell in ("bash", "zsh", "fish"))
        for verb in verbs:
            text = self.text("help", verb)
            self.assertEqual(text, self.text(verb, "--help"))
            self.assertTrue(self.text("help", "--man", verb).startswith(".TH " + f"MAPIARY-{verb.upper()}".replace("-", "\\-")))
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
