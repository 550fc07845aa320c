# SPDX-License-Identifier: Apache-2.0
"""The program `mapiary` from end to end: every case starts it as a shell would, on stores in a folder of its own."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))


class Case(unittest.TestCase):
    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="mapiary-e2e-"))
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        (self.place / "temp").mkdir()
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("MAPIARY_")}
        self.env.update(TMPDIR=str(self.place / "temp"), XDG_CONFIG_HOME=str(self.place / "config"), HOME=str(self.place))

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
        self.assertEqual((info["format"], info["variant"], info["encryption"]), ("sqlite", "1", "none"))
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
