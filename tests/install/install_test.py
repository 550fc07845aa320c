# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` leaves behind is enough for a stranger's project: find_package, pkg-config, headers, programs."""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

BUILD, C_COMPILER, CXX_COMPILER, *EXPECTED = sys.argv[1:]
del sys.argv[1:]
BUILD = pathlib.Path(BUILD)
PREFIX = BUILD / "install-test" / "prefix"
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
CLIENT = pathlib.Path(__file__).resolve().parent / "client"
WITH_LIBRARY = "mapi" in EXPECTED


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=240, check=False, **options)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(BUILD / "install-test", ignore_errors=True)
        done = run("cmake", "--install", BUILD, "--prefix", BUILD / "install-test" / "first")
        assert done.returncode == 0, done.stdout + done.stderr
        # Everything must work from wherever it is moved to.
        (BUILD / "install-test" / "first").rename(PREFIX)

    def succeed(self, *command, **options):
        done = run(*command, **options)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def libdir(self):
        return next(PREFIX.glob("**/pkgconfig/mapiary.pc")).parents[1]

    def test_files_are_where_the_documentation_says(self):
        for name in ("include/mapi/mapix.h", "include/mapi/win/windows.h", "bin/mapiary"):
            self.assertTrue((PREFIX / name).is_file(), name)
        self.assertTrue((self.libdir() / "mapiary" / "mapisvc.inf").is_file())
        if WITH_LIBRARY:
            library = self.libdir() / "libmapi.so"
            self.assertTrue(library.is_symlink())
            self.assertIn("SONAME", self.succeed("objdump", "-p", library))

    def test_nothing_installed_names_the_source_or_build_folder(self):
        source = str(pathlib.Path(__file__).resolve().parents[2])
        for path in [*PREFIX.glob("**/*.cmake"), *PREFIX.glob("**/*.pc"), *PREFIX.glob("include/**/*.h")]:
            self.assertNotIn(source, path.read_text(encoding="utf-8", errors="replace"), path)

    def test_the_program_runs_from_there(self):
        self.assertRegex(self.succeed(PREFIX / "bin/mapiary", "version"), r"^mapiary \d")

    def test_find_package(self):
        folder = BUILD / "install-test" / "client-build"
        self.succeed("cmake", "-G", "Ninja", "-S", CLIENT, "-B", folder, f"-DCMAKE_PREFIX_PATH={PREFIX}",
                     f"-DCMAKE_C_COMPILER={C_COMPILER}", f"-DCMAKE_CXX_COMPILER={CXX_COMPILER}")
        self.succeed("cmake", "--build", folder)
        self.assertEqual(self.succeed(folder / "client_cxx17"), "client: C++ 201703\n")
        self.assertRegex(self.succeed(folder / "client_cxx20"), r"^client: C\+\+ 20\d{4}\n$")
        self.assertEqual(self.succeed(folder / "client_c11"), "client: C 201112\n")

    def test_pkg_config(self):
        env = dict(os.environ, PKG_CONFIG_PATH=str(self.libdir() / "pkgconfig"))
        self.assertRegex(self.succeed("pkg-config", "--modversion", "mapiary", env=env), r"^\d+\.\d+\.\d+$")
        flags = self.succeed("pkg-config", "--cflags", "--libs", "mapiary", env=env).split()
        if WITH_LIBRARY:
            flags += ["-DHAVE_LIBMAPI", f"-Wl,-rpath,{self.libdir()}"]
        for compiler, standard, source in ((CXX_COMPILER, "c++17", "client.cc"), (CXX_COMPILER, "c++20", "client.cc"), (C_COMPILER, "c11", "client.c")):
            program = BUILD / "install-test" / f"pkg_{standard}"
            self.succeed(compiler, f"-std={standard}", CLIENT / source, "-o", program, *flags)
            self.assertIn("client: C", self.succeed(program))

    @unittest.skipUnless(WITH_LIBRARY, "no libmapi in this build")
    def test_the_example_runs_as_its_comment_says(self):
        env = dict(os.environ, PKG_CONFIG_PATH=str(self.libdir() / "pkgconfig"))
        flags = self.succeed("pkg-config", "--cflags", "--libs", "mapiary", env=env).split()
        program = BUILD / "install-test" / "table"
        self.succeed(CXX_COMPILER, "-std=c++17", EXAMPLES / "table" / "main.cc", *flags, f"-Wl,-rpath,{self.libdir()}", "-o", program)
        self.assertEqual(self.succeed(program), "Adam     18\nZoe      41\n")

    def build(self, source, name):
        folder = BUILD / "install-test" / name
        self.succeed("cmake", "-G", "Ninja", "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={PREFIX}",
                     f"-DCMAKE_CXX_COMPILER={CXX_COMPILER}", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
        self.succeed("cmake", "--build", folder)
        return folder

    # spec: LC-147
    @unittest.skipUnless(WITH_LIBRARY, "no libmapi in this build")
    def test_the_example_providers_serve_a_session(self):
        folders = {name: self.build(EXAMPLES / name, name) for name in ("sample_store", "wrapping_store")}
        client = self.build(CLIENT.parent / "provider_session", "provider_session") / "provider_session"
        for name, folder in folders.items():
            needed = self.succeed("objdump", "-p", folder / f"lib{name}.so")
            self.assertNotIn("mapi", "".join(line for line in needed.splitlines() if "NEEDED" in line))
        shutil.copy(folders["sample_store"] / "libsample_store.so", folders["wrapping_store"])
        for name, service in (("sample_store", "SAMPLE"), ("wrapping_store", "WRAPPING")):
            config = BUILD / "install-test" / f"config-{name}"
            env = dict(os.environ, MAPIARY_MAPISVC=str(folders[name] / "mapisvc.inf"), MAPIARY_CONFIG_HOME=str(config))
            with self.subTest(provider=name):
                self.assertEqual(self.succeed(client, service, "Pictures", env=env),
                                 "folder Letters\nmessage as written importance 2\nleaks 0\n")

    @unittest.skipUnless(WITH_LIBRARY, "no libmapi in this build")
    def test_the_installed_services_are_found_wherever_the_tree_lies(self):
        client = self.build(CLIENT.parent / "provider_session", "installed_session") / "provider_session"
        moved = BUILD / "install-test" / "elsewhere" / "deeper"
        moved.parent.mkdir()
        libraries = self.libdir().relative_to(PREFIX)
        for prefix in (PREFIX, moved):
            with self.subTest(prefix=prefix):
                folder = prefix / libraries
                env = {name: value for name, value in os.environ.items() if not name.startswith(("MAPIARY_", "XDG_"))}
                env.update(MAPIARY_CONFIG_HOME=str(BUILD / "install-test" / f"config-{prefix.name}"),
                           LD_LIBRARY_PATH=str(folder), SHOW_LIBRARY="libmapiary_store")
                if prefix == moved:
                    PREFIX.rename(moved)
                try:
                    said = self.succeed(client, "MAPIARY_SQLITE", BUILD / "install-test" / f"{prefix.name}.db", "6700", env=env)
                finally:
                    if prefix == moved:
                        moved.rename(PREFIX)
                self.assertEqual(said, "folder Letters\nmessage as written importance 2\n"
                                 f"library {folder / 'mapiary' / 'libmapiary_store.so'}\nleaks 0\n")

    def test_the_sample_provider_is_short(self):
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (EXAMPLES / "sample_store").glob("*.cc"))
        self.assertLess(lines, 500)


if __name__ == "__main__":
    unittest.main()
