# SPDX-License-Identifier: Apache-2.0
"""./dev: usage, exit codes, and that it looks before it installs."""

import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# What ./dev itself runs before it looks for packages.
NEEDED = ("bash", "env", "dirname", "readlink", "id")


def dev(*words, path=None):
    env = dict(os.environ, PATH=path or os.environ["PATH"])
    return subprocess.run([str(SOURCE / "dev"), *words], capture_output=True, text=True, timeout=60, check=False, env=env)


class Dev(unittest.TestCase):
    def test_help(self):
        done = dev("help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for verb in ("up", "test", "bench", "fuzz", "deps", "format"):
            self.assertIn(f"\n  {verb} ", done.stdout)
        self.assertEqual(dev().stdout, done.stdout)

    def test_wrong_usage_is_2(self):
        for words in (["nonsense"], ["up", "x"], ["test", "--x"], ["test", "--preset"], ["test", "--preset", "fuzz"], ["bench", "x"],
                      ["fuzz", "t", "soon"], ["fuzz", "t", "1", "2"], ["deps", "--x"], ["format", "--x"]):
            done = dev(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("usage: ./dev", done.stderr)

    def test_deps(self):
        done = dev("deps", "--print")
        packages = done.stdout.split()
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(packages), len(set(packages)))
        self.assertLessEqual({"g++", "cmake", "ninja-build", "libicu-dev"}, set(packages))
        self.assertEqual(dev("deps").stdout, "nothing is missing\n")

    def lean_path(self, folder, extra):
        """A PATH with the least ./dev needs and made-up programs: {name: script}."""
        for name in NEEDED:
            real = subprocess.run(["/bin/sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=True).stdout.strip()
            os.symlink(real, folder / name)
        for name, script in extra.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (folder / name).chmod(0o755)
        return str(folder)

    def test_without_root_and_sudo_it_says_the_command_and_ends_with_2(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            path = self.lean_path(folder, {"apt-get": "echo must not run; exit 9"})
            (folder / "id").unlink()
            (folder / "id").write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
            (folder / "id").chmod(0o755)
            done = dev("up", path=path)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("apt-get install", done.stderr)
            self.assertIn("cmake", done.stderr)
            self.assertNotIn("must not run", done.stdout)

    def test_as_root_it_updates_then_installs_just_what_is_missing(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            path = self.lean_path(folder, {"apt-get": 'echo "called $DEBIAN_FRONTEND $*"'})
            (folder / "id").unlink()
            (folder / "id").write_text("#!/bin/sh\necho 0\n", encoding="utf-8")
            (folder / "id").chmod(0o755)
            done = dev("up", path=path)
            calls = [line for line in done.stdout.splitlines() if line.startswith("called")]
            self.assertEqual(len(calls), 2, done.stdout + done.stderr)
            self.assertEqual(calls[0], "called noninteractive update -q")
            self.assertTrue(calls[1].startswith("called noninteractive install -y"), calls)
            self.assertIn(" cmake ", calls[1])
            self.assertNotIn("libgtest-dev", calls[1])
            # The made-up apt-get installs nothing: that must be noticed, not built upon.
            self.assertEqual(done.returncode, 1)
            self.assertIn("still not found", done.stderr)


if __name__ == "__main__":
    unittest.main()
