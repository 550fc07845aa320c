# SPDX-License-Identifier: Apache-2.0
"""PST and OST files through the program: addresses, code pages, search folders and passwords of the files of
tests/pst/make_fixtures.py (MAPIARY_PST_FIXTURES); and of real files (MAPIARY_SAMPLES) every text against its hash in
tests/pst/golden/texts.tsv. The long form (MAPIARY_PST_PEERS=1) asks what pffexport and readpst say of the same messages.
MAPIARY_UPDATE_GOLDEN=1 writes the hashes anew: look at what changed, by eye, before it is committed."""

import csv
import email
import email.policy
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pst"))

from e2e_case import PROGRAM, Case  # noqa: E402
import make_fixtures as fixtures  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = pathlib.Path(os.environ["MAPIARY_PST_FIXTURES"])
GOLDEN = ROOT / "tests" / "pst" / "golden" / "texts.tsv"
TEXT_TYPES = {0x1E, 0x1F, 0x101E, 0x101F}
BODIES = {0x10090102, 0x10130102}  # PR_RTF_COMPRESSED, PR_HTML


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


class Files(Case):
    def source(self, name):
        path = self.place / pathlib.Path(name).name
        shutil.copy(FIXTURES / name, path)
        os.chmod(path, 0o400)
        before = digest(path)
        self.addCleanup(lambda: self.assertEqual(digest(path), before))
        return path

    def exported(self, source, *options):
        """Messages as .eml, by subject."""
        self.run_program("export", "--quiet", *options, source, "out")
        found = {}
        for path in sorted((self.place / "out").rglob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found[str(message["Subject"])] = message
        shutil.rmtree(self.place / "out")
        return found

    def test_smtp_addresses_are_found_wherever_they_are(self):
        source = self.source("addresses.pst")
        mails = self.exported(source)
        ada, bob, carl = ("Ada Lovelace <ada@example.org>", "Bob Byte <bob@example.org>", "Carl <carl@example.org>")
        self.assertEqual(len(mails), 5)

        def said(number, field):
            return str(mails[f"Re: Subject {number}"].get(field, ""))

        self.assertEqual([said(1, "From"), said(1, "To")], [ada, f"{bob}, {carl}"])
        self.assertEqual([said(2, "From"), said(2, "To"), said(2, "Cc")], [ada, bob, carl])
        self.assertEqual([said(3, "From"), said(3, "To").split(",")[0]], ['"A. Lovelace" <ada@example.org>', ada])
        self.assertEqual([said(5, "From"), said(5, "Sender")], [ada, bob])
        # What nobody knows stays what it is, and is no address.
        self.assertNotIn("@", said(4, "From"))
        self.assertIn(fixtures.EX + "ADA", said(4, "From"))
        # The address of Exchange stands beside the one of the Internet.
        others = {number: sorted(mails[f"Re: Subject {number}"].get_all("X-Mapiary-Address", [])) for number in range(1, 6)}
        self.assertEqual(others[1], [f"{name}@example.org EX:{fixtures.EX}{name.upper()}" for name in ("ada", "bob", "carl")])
        self.assertEqual(others[2], others[1])
        self.assertEqual(others[3], [f"ada@example.org EX:{fixtures.EX}ADA", f"ada@example.org EX:{fixtures.EX}ada"])
        self.assertEqual(others[4], [])
        self.assertEqual(others[5], [f"{name}@example.org EX:{fixtures.EX}{name.upper()}" for name in ("ada", "bob")])
        # In a store the properties are as they were, and found by either.
        self.run_program("copy", "--quiet", source, "copy.mapiary")
        for store in (source, "copy.mapiary"):
            props = {prop["name"]: prop.get("value") for prop in self.lines("props", "--json", store, self.id_of(store, "Re: Subject 1"))}
            self.assertEqual((props["PR_SENDER_EMAIL_ADDRESS"], props["PR_SENDER_SMTP_ADDRESS"]), (fixtures.EX + "ADA", "ada@example.org"))
            self.assertEqual(len(self.lines("search", "--json", "--from", "ada@example.org", store)), 2)
            self.assertEqual(len(self.lines("search", "--json", "--from", fixtures.EX + "ADA", store)), 5)

    def test_what_has_only_rtf_is_shown(self):
        source = self.source("rtf.pst")

        def shown(subject, *options):
            return self.run_program("show", *options, source, self.id_of(source, subject)).stdout.decode("utf-8")

        self.assertEqual(shown("rich", "--text").split("\n")[:2], ["Grüße", "second line"])
        self.assertIn("\nGrüße\n", shown("rich"))
        self.assertEqual(shown("rich", "--html"), "")
        self.assertEqual(shown("from html", "--html").strip(), "<p>café <b>bold</b></p>")
        self.assertEqual(shown("from html", "--text").split(), ["café", "bold"])
        self.assertEqual(shown("from text", "--text").strip(), "plain ä")
        self.assertTrue(shown("cut", "--text").startswith("begins well and goes on"))
        said = self.json("show", "--json", source, self.id_of(source, "from html"))
        self.assertEqual((said["text"].split(), said["html"].strip()), (["café", "bold"], "<p>café <b>bold</b></p>"))
        # A search looks where show does, in any letter case, and where the store is asked with other flags too.
        def found(*options):
            said = sorted(item["subject"] for item in self.lines("search", "--json", *options, source))
            counted = self.json("search", "--json", "--count", *options, source)["count"]
            self.assertEqual(counted, len(said))
            return said

        self.assertEqual(found("--text", "grüsse"), ["rich"])
        self.assertEqual(found("--text", "GRÜSSE", "--subject", "rich"), ["rich"])
        self.assertEqual(found("--text", "grüße", "--subject", "from"), [])
        self.assertEqual(found("--text", "CAFÉ"), ["from html"])
        self.assertEqual(found("--text", "<b>"), [])  # the tags are no text
        self.assertEqual(found("--text", "nobody wrote this"), [])
        self.assertEqual(len(self.lines("search", "--json", "--text", "e", "--limit", "2", source)), 2)
        self.run_program("export", "--quiet", "--text", "café", source, "one")
        manifest = json.loads((self.place / "one" / "manifest.json").read_text())
        all_of = len(self.lines("search", "--json", source))
        self.assertEqual(manifest["totals"], {"expected": all_of, "written": 1, "failed": 0, "excluded": all_of - 1, "incomplete": 0})
        self.run_program("copy", "--quiet", "--text", "café", source, "one.mapiary")
        self.assertEqual([item["subject"] for item in self.lines("search", "--json", "one.mapiary")], ["from html"])
        # As the export has it.
        mails = self.exported(source)
        for subject in ("rich", "from html", "from text"):
            plain = mails[subject].get_body(("plain",))
            if plain is not None:
                self.assertEqual(plain.get_content().split(), shown(subject, "--text").split())

    def test_eight_bit_text_is_in_the_page_its_message_says(self):
        source = self.source("code-pages.pst")
        wanted = {"表示テスト・能力ソ": 1, "Съешь ещё этих": 2, "Zażółć gęślą": 3, "мягких булок": 4, "한국어 텍스트": 5, "ลองดู": 6}
        listed = self.lines("ls", "--json", source, "/Top of Personal Folders/連絡先")
        self.assertEqual({item["subject"]: item["size"] for item in listed}, wanted)
        for item in listed:
            shown = self.json("show", "--json", source, item["id"])
            self.assertEqual(shown["to"][0]["name"], item["subject"])
            self.assertEqual(shown["attachments"][0]["name"], item["subject"])
            self.assertEqual(shown["text"].rstrip(), (item["subject"] * 30).rstrip())

    def test_who_knows_better_names_the_page(self):
        source = self.source("lying/lying.pst")
        folder = "/Top of Personal Folders/Входящие"
        self.assertEqual([item["subject"] for item in self.lines("ls", "--json", "--code-page=1251", source, folder)], ["Съешь ещё"])
        wrong = [item for item in self.lines("search", "--json", source)]
        self.assertEqual([item["subject"] for item in wrong], ["Съешь ещё".encode("cp1251").decode("cp1252")])
        mails = self.exported(source, "--code-page=1251")
        self.assertEqual(mails["Съешь ещё"].get_body().get_content().strip(), "мягких французских булок")
        self.assertIn("Борис", str(mails["Съешь ещё"]["To"]))

    def test_search_folders_have_what_they_found(self):
        source = self.source("search.pst")
        tree = {folder["path"]: folder for folder in self.lines("tree", "--json", source)}
        found = {path.rsplit("/", 1)[1]: folder["messages"] for path, folder in tree.items() if folder.get("search")}
        self.assertEqual(found, {"Odd ones": 3, "Unknown": 1, "No criteria": 0})
        info = self.json("info", "--json", source)
        self.assertEqual((info["messages"], info["search_folders"], info["problems"]), (6, 3, []))

    def test_passwords_and_makers_are_told(self):
        for name, made, password in (("password.pst", "pst", True), ("password-ost.ost", "ost", True), ("v23-ost.ost", "ost", False),
                                     ("v14-crypt1.pst", "pst", False)):
            info = self.json("info", "--json", self.source(name))
            self.assertEqual((info["format"], info["password_set"]), (made, password), name)


# ---- Real files

def samples():
    """Paths below $MAPIARY_SAMPLES of the PST and OST files that can be read, with what is known of each."""
    root = os.environ.get("MAPIARY_SAMPLES")
    if not root:
        raise unittest.SkipTest("MAPIARY_SAMPLES is not set: no real PST or OST was read")
    with open(os.path.join(root, "INDEX.tsv"), encoding="utf-8", newline="") as lines:
        for line in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line[0].startswith(("pst/", "ost/")) and "folders=" in line[6]:
                yield line[0], pathlib.Path(root, line[0])


def known(wanted):
    """What the index knows of a sample: counts by name."""
    with open(os.path.join(os.environ["MAPIARY_SAMPLES"], "INDEX.tsv"), encoding="utf-8", newline="") as lines:
        for line in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line[0] == wanted:
                return {name: int(value) for name, _, value in (one.partition("=") for one in line[6].split()) if value.isdigit()}
    raise KeyError(wanted)


class Samples(Case):
    def unpacked(self, path):
        if path.suffix != ".gz":
            return path
        plain = self.place / path.stem
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        return plain

    def texts(self, name, path):
        """What the golden file says: file, object, tag and hash. An object is a message, or .0 its first attachment, or .0/ the message in that."""
        before = digest(path)
        self.run_program("export", "--quiet", "--format=json", "--associated", path, "out")
        out = self.place / "out"
        for file in sorted(out.rglob("*.json")):
            said = json.loads(file.read_text(encoding="utf-8"))
            if said["schema"] == "mapiary.export/1":
                for where, tag, value in self.of_object(out, said["id"], said):
                    yield name, where, tag, hashlib.sha256(value).hexdigest()[:12]
        shutil.rmtree(out)
        self.assertEqual(digest(path), before)

    def of_object(self, out, where, said):
        yield from self.of_properties(out, where, said["properties"])
        for number, row in enumerate(said.get("recipients", [])):
            yield from self.of_properties(out, f"{where}@{number}", row)
        for number, attachment in enumerate(said.get("attachments", [])):
            yield from self.of_properties(out, f"{where}.{number}", attachment["properties"])
            if "message" in attachment:
                yield from self.of_object(out, f"{where}.{number}/", attachment["message"])

    @staticmethod
    def of_properties(out, where, properties):
        for one in properties:
            tag = int(one["tag"], 16)
            if tag & 0xFFFF not in TEXT_TYPES and tag not in BODIES or "error" in one:
                continue
            if "file" in one:
                value = (out / one["file"]).read_bytes()
            else:
                value = one["value"]
                value = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode("utf-8")
            yield where, one["tag"][2:], value

    def test_info_counts_what_is_known_of_them(self):
        names = {"folders": "folders", "messages": "msgs", "associated": "assoc", "embedded": "embedded", "attachments": "atts", "recipients": "recips", "search_folders": "search"}
        for name, path in samples():
            with self.subTest(name):
                plain, counts = self.unpacked(path), known(name)
                info = self.json("info", "--json", plain)
                self.assertEqual({one: info[one] for one in names}, {one: counts[theirs] for one, theirs in names.items()})
                self.assertEqual((info["bytes"], info["problems"], info["problems_not_listed"]), (plain.stat().st_size, [], 0))

    def test_every_text_has_its_hash(self):
        found = []
        for name, path in samples():
            found += self.texts(name, self.unpacked(path))
        self.assertGreater(len(found), 5000)
        if os.environ.get("MAPIARY_UPDATE_GOLDEN"):
            GOLDEN.parent.mkdir(exist_ok=True)
            with open(GOLDEN, "w", encoding="utf-8", newline="\n") as out:
                out.write("# Every text of every message of the samples, also RTF and HTML: after its file an object, tag, begin of the SHA-256 (tests/e2e/pst_test.py).\n")
                for name in sorted({one[0] for one in found}):
                    out.write(f"file\t{name}\n")
                    out.writelines("\t".join(one[1:]) + "\n" for one in sorted(found) if one[0] == name)
        golden, name = set(), ""
        with open(GOLDEN, encoding="utf-8") as lines:
            for fields in (line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")):
                if fields[0] == "file":
                    name = fields[1]
                else:
                    golden.add((name, *fields))
        self.assertEqual(sorted(set(found) ^ golden)[:20], [])

    def compare(self, script, *files):
        done = subprocess.run([sys.executable, "-B", ROOT / "tools" / script, PROGRAM, *files], capture_output=True, text=True, timeout=280, check=False, env=self.env)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-1000:])
        return done.stdout

    @unittest.skipUnless(os.environ.get("MAPIARY_PST_PEERS"), "MAPIARY_PST_PEERS is not set: peers were not asked (pst_test_long)")
    def test_pffexport_says_the_same_properties(self):
        files = [path for _, path in samples() if path.suffix != ".gz"]
        if not shutil.which("pffexport"):
            self.skipTest("pffexport is not installed: its properties were not compared")
        said = self.compare("compare_pffexport.py", *files)
        self.assertEqual(said.count(" 0 differences"), len(files), said)

    @unittest.skipUnless(os.environ.get("MAPIARY_PST_PEERS"), "MAPIARY_PST_PEERS is not set: peers were not asked (pst_test_long)")
    def test_readpst_writes_the_same_mails(self):
        files = [path for _, path in samples() if path.suffix != ".gz"]
        if not shutil.which("readpst"):
            self.skipTest("readpst is not installed: its mails were not compared")
        self.assertIn("115 messages of", self.compare("compare_readpst.py", *files))


if __name__ == "__main__":
    unittest.main()
