# SPDX-License-Identifier: Apache-2.0
"""Mail as other programs leave it on the disk, and what of it comes back: nothing is lost without a word, and nothing that was there
before is written over."""

import base64
import json
import os
import pathlib
import shutil
import sys
import unittest

sys.dont_write_bytecode = True  # nothing is written beside the sources
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from e2e_case import Case, mail, mbox, tree  # noqa: E402


class Manifests(Case):
    """--manifest writes over nothing but a manifest."""

    def refused(self, *words):
        before = tree(self.place)
        said = self.said(*words, code=2)
        self.assertIn("--manifest", said)
        self.assertEqual(tree(self.place), before, words)

    def test_no_source_and_no_target_is_overwritten(self):
        self.run_program("mkdir", "s.mapiary", "Work")
        self.run_program("mkdir", "t.mapiary", "Work")
        (self.place / "a.eml").write_bytes(mail(1))
        (self.place / "Empty").write_bytes(b"")
        (self.place / "new.mapiary.partial").write_bytes(mail(2))
        os.symlink("s.mapiary", self.place / "link")
        os.link(self.place / "s.mapiary", self.place / "other name")
        os.symlink(".", self.place / "here")
        for name in ("s.mapiary", "t.mapiary", "./s.mapiary", "here/s.mapiary", "link", "other name", self.place / "s.mapiary", "a.eml"):
            self.refused("copy", "-m", name, "s.mapiary", "t.mapiary")
            self.refused("import", "-m", name, "s.mapiary", "a.eml", "Empty")
        for name in ("new.mapiary", "here/new.mapiary"):  # not there yet, and about to be
            self.refused("copy", "-m", name, "s.mapiary", "new.mapiary")
            self.refused("import", "-m", name, "new.mapiary", "a.eml")
        self.refused("import", "-m", "Empty", "new.mapiary", "a.eml", "Empty")
        self.refused("import", "-m", "new.mapiary", "t.mapiary", "a.eml")  # what is written first is somebody's too
        self.refused("recover", "-m", "s.mapiary", "s.mapiary", "r.mapiary")

    def test_an_earlier_manifest_and_an_empty_file_are_replaced(self):
        (self.place / "a.eml").write_bytes(mail(1))
        (self.place / "m.json").write_bytes(b"")
        for _ in range(2):
            self.run_program("import", "-m", "m.json", "s.mapiary", "a.eml")
            self.assertEqual(json.loads((self.place / "m.json").read_text())["totals"]["written"], 1)
        (self.place / "m.json").write_text('{"schema":"mine"}')
        self.refused("import", "-m", "m.json", "s.mapiary", "a.eml")


class OwnNames(Case):
    """Folders called like what an export itself puts beside them."""

    NAMES = ["manifest.json", "MANIFEST.JSON.partial", "Manifest-XXH128.txt", "manifest-sha256.txt", "manifest-items.tsv",
             "~store", "~hidden", "~STORE~", "a.sbd", "000001-Mail 0.eml", "000001-Mail 0.json", "000001-Mail 0.eml.partial"]

    def test_in_every_format_the_mail_is_there(self):
        for number, name in enumerate(self.NAMES):
            (self.place / "one.eml").write_bytes(mail(number))
            self.run_program("import", "-q", "-i", name, "s.mapiary", "one.eml")
        (self.place / "one.eml").write_bytes(mail(0))
        self.run_program("import", "-q", "s.mapiary", "one.eml")
        for flag in ("--sha256", "-q"):
            for form in ("mbox", "maildir", "eml", "json"):
                out = self.place / f"{form}{flag}"
                self.run_program("export", "-q", "-f", form, flag, "s.mapiary", out)
                manifest = json.loads((out / "manifest.json").read_text())
                self.assertEqual(manifest["totals"]["written"], len(self.NAMES) + 1)
                self.assertEqual((out / "manifest-items.tsv").read_bytes().count(b"\n"), len(self.NAMES) + 1)
                self.run_program("export", "-q", "-f", form, flag, "-r", "s.mapiary", out)
                lower = [path.lower() for path in tree(out)]
                self.assertEqual(len(lower), len(set(lower)))
                if form == "json":
                    continue
                store = f"{form}{flag}.mapiary"
                self.run_program("import", "-q", store, out)
                self.assertEqual(self.json("info", "-j", store)["messages"], len(self.NAMES) + 1)
                found = {item["folder"] for item in self.lines("search", "-j", store)}
                self.assertEqual(len(found), len(self.NAMES) + 1, found)

    def test_a_mailbox_of_such_a_name_is_read(self):
        (self.place / "boxes").mkdir()
        (self.place / "boxes" / "manifest.json").write_bytes(mbox(2))
        (self.place / "boxes" / "Inbox").write_bytes(mbox(3))
        self.run_program("import", "-q", "s.mapiary", "boxes")
        self.assertEqual(self.json("info", "-j", "s.mapiary")["messages"], 5)


def one(number):
    return b"From ada@example.org Mon Dec 01 10:00:00 2025\n" + mail(number) + b"\n"


class Trees(Case):
    def put(self, name, content):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def maildir(self, name, *messages):
        for part in ("cur", "new", "tmp"):
            (self.place / name / part).mkdir(parents=True)
        for number in messages:
            self.put(f"{name}/cur/176458{number:04}.M1P1.host:2,S", mail(number))

    def brought(self, source, *flags, **options):
        """The manifest, and the numbers of the mails by folder."""
        (self.place / "s.mapiary").unlink(missing_ok=True)
        manifest = self.json("import", "-j", *flags, "s.mapiary", source, **options)
        found = {}
        for item in self.lines("search", "-j", "s.mapiary"):
            found.setdefault(item["folder"].removeprefix("/IPM Subtree/"), []).append(int(item["subject"].removeprefix("Mail ")))
        self.assertEqual(manifest["totals"]["written"], sum(map(len, found.values())))
        return manifest, {folder: sorted(numbers) for folder, numbers in found.items()}

    def left_out(self, manifest):
        return {item["file"].removeprefix(f"{self.place}/"): item["status"] for item in manifest["items"]}

    def folders(self):
        return {item["path"].removeprefix("/IPM Subtree/") for item in self.lines("tree", "-j", "s.mapiary")}


class TreesOfMaildirs(Trees):
    def test_folders_in_folders_without_a_dot(self):
        for name, *numbers in (("INBOX", 1), ("Sub", 2), ("Work", 3, 4), ("Work/Deep", 5), ("Work/Deep/Empty",), ("only/in/here", 6)):
            self.maildir("verbatim/" + name, *numbers)
        expected = {"Inbox": [1], "Sub": [2], "Work": [3, 4], "Work/Deep": [5], "only/in/here": [6]}
        manifest, found = self.brought("verbatim")
        self.assertEqual((found, manifest["items"]), (expected, []))
        self.assertIn("Work/Deep/Empty", self.folders())
        info = self.json("info", "-j", "verbatim")
        self.assertEqual((info["format"], info["messages"]), ("folder", 6))
        self.run_program("export", "-q", "verbatim", "out")
        self.assertEqual(len(list((self.place / "out").rglob("*.eml"))), 6)
        self.assertIn("6 by an earlier run", self.run_program("import", "-r", "s.mapiary", "verbatim").stderr.decode())

    def test_the_top_may_be_one_too_and_what_lies_beside_is_not_lost(self):
        self.maildir("mail", 1)
        self.maildir("mail/Sub", 2)
        self.maildir("mail/.Dotted.Deep", 3)
        self.put("mail/stray.eml", mail(4))
        self.put("mail/old", one(5) + one(6))
        self.put("mail/letters/a.eml", mail(7))
        self.put("mail/cur/kept/b", mail(8))
        self.put("mail/.Dotted.Deep/cur/kept/c", mail(9))
        self.put("mail/tmp/half", mail(10))
        self.put("mail/notes.bin", bytes(range(256)))
        self.put("mail/dovecot-uidlist", b"3 V1\n")
        self.put("mail/subscriptions", one(11))  # called like a server's file, and mail all the same
        for flags in ((), ("-f", "maildir")):
            manifest, found = self.brought("mail", *flags)
            self.assertEqual(found, {"Inbox": [1, 4], "Sub": [2], "Dotted/Deep": [3], "old": [5, 6], "letters": [7], "kept": [8],
                                     "Dotted.Deep/kept": [9], "subscriptions": [11]})
            self.assertEqual(self.left_out(manifest), {"mail/tmp/half": "excluded", "mail/notes.bin": "excluded"})

    def test_beside_messages_it_is_one_as_well(self):
        self.put("mail/a.eml", mail(1))
        self.maildir("mail/Sub", 2)
        self.assertEqual(self.brought("mail")[1], {"Inbox": [1], "Sub": [2]})


class TreesOfMailboxes(Trees):
    TREE = {"Inbox": one(1) + one(2), "Inbox.sbd/Sub": one(3), "Inbox.sbd/Sub.sbd/Deep": one(4), "Sent": one(5), "Archives": b"", "Archives.sbd/2020": one(6),
            "Ünsent": one(7), "Gone.sbd/kid": one(8), "Trash": b"", "a.b": b""}
    FOUND = {"Inbox": [1, 2], "Inbox/Sub": [3], "Inbox/Sub/Deep": [4], "Sent": [5], "Archives/2020": [6], "Ünsent": [7], "Gone/kid": [8]}

    def test_what_is_no_mail_changes_nothing_but_a_line(self):
        for name, content in self.TREE.items():
            self.put("tree/" + name, content)
        manifest, found = self.brought("tree")
        self.assertEqual((found, manifest["items"]), (self.FOUND, []))
        folders = self.folders()
        self.assertLessEqual({"Archives", "Trash", "Gone", "a.b"}, folders)
        for name in ("Inbox.msf", "Archives.msf", "Inbox.sbd/Sub.msf", ".parentlock"):
            self.put("tree/" + name, b"// <!-- <mdb:mork:z v=\"1.4\"/> -->\n")
        strays = {"msgFilterRules.dat": b"version=\"9\"\nlogging=\"no\"\n", "popstate.dat": b"# POP3 State File\n", "filterlog.html": b"",
                  "Inbox.sbd/notes.txt": b"nothing", "Inbox.sbd/Sub.sbd/x.png": bytes(range(256)), "attachments/y.png": bytes(range(256))}
        for name, content in strays.items():
            self.put("tree/" + name, content)
        manifest, found = self.brought("tree")
        self.assertEqual(found, self.FOUND)
        self.assertEqual(self.left_out(manifest), {"tree/" + name: "excluded" for name in strays})
        self.assertEqual(self.folders(), folders)
        # Of one mailbox with the folders beside it the same holds.
        manifest, found = self.brought("tree/Inbox")
        self.assertEqual(found, {"Inbox": [1, 2], "Sub": [3], "Sub/Deep": [4]})
        self.assertEqual(set(self.left_out(manifest).values()), {"excluded"})
        info = self.json("info", "-j", "tree")
        self.assertEqual((info["format"], info["messages"]), ("folder", 8))

    def test_a_byte_order_mark_hides_no_message(self):
        self.put("bom", b"\xEF\xBB\xBF" + one(1) + one(2))
        self.put("tree/bom", b"\xEF\xBB\xBF" + one(1) + one(2))
        for source, folder in (("bom", "Inbox"), ("tree", "bom")):
            manifest, found = self.brought(source)
            self.assertEqual((found, manifest["items"]), ({folder: [1, 2]}, []))


class NamesInMaildirs(Trees):
    def test_the_top_is_the_inbox_and_every_name_is_safe(self):
        names = ["Inbox/Sub", "Sent", "x" * 255, "x" * 254 + "y", "漢" * 120, 'a.x:y*?"<>|\\', " both ", "dots...", "CON", "~tilde~", "Entwürfe & mehr", "a/b/c"]
        for number, name in enumerate(["Inbox", *names]):
            self.put("one.eml", mail(number))
            self.run_program("import", "-q", "-i", name, "made.mapiary", "one.eml")
        self.run_program("export", "-q", "-f", "maildir", "made.mapiary", "out")
        out = self.place / "out"
        self.assertEqual(len(os.listdir(out / "cur")) + len(os.listdir(out / "new")), 1)
        folders = {path.name for path in out.iterdir() if path.name.startswith(".")}
        self.assertNotIn(".Inbox", folders)
        self.assertNotIn(".INBOX", folders)
        self.assertIn(".INBOX.Sub", folders)
        for folder in folders:
            self.assertFalse(set(folder) & set('\\/:*?"<>|'), folder)
            self.assertLessEqual(len(folder.encode()), 250)
            self.assertNotIn(folder[-1], ". ")
        places = {item["path"]: item["place"] for item in json.loads((out / "manifest.json").read_text())["folders"] if item["written"]}
        self.assertEqual(len(set(places.values())), len(names) + 1)
        self.assertEqual(places["/IPM Subtree/Inbox"], ".")
        self.assertTrue(all((out / place / "cur").is_dir() for place in places.values()))
        _, found = self.brought("out")
        self.assertEqual(found["Inbox"], [0])
        for number, name in enumerate(names, 1):
            if len(name) < 100:
                self.assertEqual(found.get(name), [number], name)
        self.assertEqual(sorted(sum(found.values(), [])), list(range(len(names) + 1)))
        # Again the same folders come out.
        self.run_program("export", "-q", "-f", "maildir", "s.mapiary", "again")
        self.assertEqual({path.name for path in (self.place / "again").iterdir()}, {path.name for path in out.iterdir()})

    def test_folders_too_deep_for_a_name_are_kept_apart(self):
        for number, last in enumerate(("one", "two")):
            self.put("one.eml", mail(number))
            self.run_program("import", "-q", "-i", "/".join([f"deep folder {i} ä" for i in range(20)] + [last]), "made.mapiary", "one.eml")
        for form in ("maildir", "mbox"):
            self.run_program("export", "-q", "-f", form, "made.mapiary", form)
            self.assertEqual(sorted(sum(self.brought(form)[1].values(), [])), [0, 1])
            self.assertEqual(len(self.brought(form)[1]), 2)


class WhatFilesSay(Trees):
    """Beside the messages: From_ lines, names and flags. A round trip has them again."""

    RECEIVED = b"Received: from a by b; Tue, 03 Feb 2026 08:00:00 +0000\n"

    def test_maildir_times_flags_and_places(self):
        files = {"new/1700000001.M1P1.host": 1, "cur/1700000002.M1P1.host:2,": 2, "cur/1700000003.M1P1.host:2,DT": 3, "cur/1700000004.M1P1.host:2,FRS": 4,
                 "cur/1700000005.M1P1.host:2,Pab": 5, "cur/1700000006.M1P1.host": 6, "new/1700000007.M1P1.host:2,S": 7}
        for part in ("cur", "new", "tmp"):
            (self.place / "dir" / part).mkdir(parents=True)
        for name, number in files.items():
            self.put("dir/" + name, mail(number))
        self.put("dir/cur/1700000008.M1P1.host:2,S", self.RECEIVED + mail(8))
        self.put("dir/cur/12:2,S", mail(9))  # no time
        self.brought("dir")
        times = {item["subject"]: item["date"] for item in self.lines("search", "-j", "s.mapiary")}
        self.assertEqual((times["Mail 1"], times["Mail 8"], times["Mail 9"]), ("2023-11-14T22:13:21Z", "2026-02-03T08:00:00Z", "2025-12-10T10:00:00Z"))
        self.run_program("export", "-q", "-f", "maildir", "s.mapiary", "out")
        found = {}
        for part in ("cur", "new"):
            for path in (self.place / "out" / part).iterdir():
                number = int(path.read_bytes().split(b"Subject: Mail ")[1].split()[0])
                found[number] = (part, path.name.split(".")[0], path.name.partition(":2,")[2])
        self.assertEqual(found, {1: ("new", "1700000001", ""), 2: ("cur", "1700000002", ""), 3: ("cur", "1700000003", "DT"), 4: ("cur", "1700000004", "FRS"),
                                 5: ("cur", "1700000005", "Pab"), 6: ("cur", "1700000006", ""), 7: ("cur", "1700000007", "S"), 8: ("cur", "1700000008", "S"),
                                 9: ("cur", "1765360800", "S")})
        # The mark goes along into an mbox, and comes back.
        self.run_program("export", "-q", "-f", "mbox", "s.mapiary", "box")
        self.brought("box")
        self.run_program("export", "-q", "-f", "maildir", "s.mapiary", "again")
        self.assertEqual([path.name[-5:] for path in (self.place / "again" / "cur").glob("1700000003*")], [":2,DT"])

    def test_keywords_by_name(self):
        self.maildir("dir")
        self.put("dir/dovecot-keywords", "0 $Label1\n2 grün\n".encode())
        self.put("dir/cur/1700000001.M1P1.host:2,Sac", mail(1))
        self.put("dir/cur/1700000002.M1P1.host:2,b", mail(2))
        self.brought("dir")
        one, two = (self.text("props", "s.mapiary", self.id_of("s.mapiary", f"Mail {number}")) for number in (1, 2))
        self.assertIn("$Label1", one)
        self.assertIn("grün", one)
        self.assertNotIn("$Label1", two)
        self.run_program("export", "-q", "-f", "maildir", "s.mapiary", "out")
        self.assertEqual([path.name[-4:] for path in (self.place / "out" / "cur").glob("1700000002*")], [":2,b"])
        first = next((self.place / "out" / "cur").glob("1700000001*")).read_bytes()
        self.assertIn(base64.b64encode("$Label1, grün".encode()), first)

    def test_envelopes_and_expunged_messages_of_an_mbox(self):
        lines = [b"From bounce+x@list.org Tue Jan  6 03:04:05 2026", b"From b@y Wed Jan  7 03:04:05 2026", b"From MAILER-DAEMON Wed Jan  7 03:04:06 2026",
                 b"From ada@example.org Wed Jan  7 03:04:07 2026", b"From late@z Wed Jan  7 03:04:08 2026"]
        heads = [b"", b"X-Status: D\n", b"X-Mozilla-Status: 0009\n", b"Status: RO\n", self.RECEIVED]
        self.put("box", b"".join(line + b"\n" + head + mail(i) + b"\n" for i, (line, head) in enumerate(zip(lines, heads))))
        self.brought("box")
        times = {item["subject"]: item["date"] for item in self.lines("search", "-j", "s.mapiary")}
        self.assertEqual((times["Mail 0"], times["Mail 4"]), ("2026-01-06T03:04:05Z", "2026-02-03T08:00:00Z"))
        self.run_program("export", "-q", "-f", "mbox", "s.mapiary", "out")
        box = (self.place / "out" / "Inbox").read_bytes()
        self.assertEqual([line for line in box.split(b"\n") if line.startswith(b"From ")], lines)
        messages = box.split(b"\nFrom ")
        self.assertEqual([b"X-Status: D\n" in message for message in messages], [False, True, True, False, False])
        self.assertIn(b"Status: RO\n", messages[2])
        self.run_program("export", "-q", "-f", "maildir", "s.mapiary", "dir")
        self.assertEqual(sorted(path.name.partition(":")[2] for path in (self.place / "dir" / "cur").iterdir()), ["2,", "2,", "2,S", "2,ST", "2,T"])


if __name__ == "__main__":
    unittest.main()
