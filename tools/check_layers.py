#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layer rules of tools/layers.txt, default deny: every #include of the tree and every DEPS of a CMakeLists.txt.

Also: quoted includes are root-relative and exist, the allowed graph has no circle, no `using namespace` in a header.
"""

import argparse
import fnmatch
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import tree  # noqa: E402

TOPS = ("apps", "include", "tests", "fuzz", "bench")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>|(\w+))', re.MULTILINE)
USING = re.compile(r"^\s*using\s+namespace\b", re.MULTILINE)
DEPS = re.compile(r"mapiary_component\s*\(\s*(\w+)([^)]*)\)")
STANDARD = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
    clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
    cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream
    functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory
    memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility
    valarray variant vector version
    assert.h ctype.h errno.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h stdalign.h stdarg.h
    stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h tgmath.h threads.h time.h
    uchar.h wchar.h wctype.h""".split()
)


class Rules:
    """layers.txt: components {pattern: (level, allowed)} and headers [(pattern, folders)]."""

    def __init__(self, text):
        self.components, self.headers, self.problems = {}, [], []
        for number, line in enumerate(text.split("\n"), 1):
            line = line.split("#", 1)[0].strip()
            if line:
                self.add(number, line)
        self.check_graph()

    def add(self, number, line):
        left, colon, right = line.partition(":")
        words, values = left.split(), right.split()
        if colon and len(words) == 3 and words[0] == "component" and words[2].isdigit():
            if words[1] in self.components:
                self.problems.append(f"layers.txt:{number}: {words[1]} has two lines")
            self.components[words[1]] = (int(words[2]), values)
        elif colon and len(words) >= 2 and words[0] == "header" and values:
            self.headers += [(pattern, values) for pattern in words[1:]]
        else:
            self.problems.append(f"layers.txt:{number}: cannot read '{line}'")

    def line_of(self, component):
        """The pattern that governs a component: its own line before a wildcard."""
        if component in self.components:
            return component
        parent = component.split("/")[0] + "/*"
        return parent if "/" in component and parent in self.components else None

    def check_graph(self):
        for name, (level, allowed) in self.components.items():
            for other in allowed:
                line = other if other in self.components else self.line_of(other)
                if other.startswith("@"):
                    continue
                if line is None:
                    self.problems.append(f"layers.txt: {name} names {other}, which has no line")
                elif self.components[line][0] > level:
                    self.problems.append(f"layers.txt: {name} (level {level}) names {other} of a higher level")
        for name in self.components:
            if self.reaches(name, name, set()):
                self.problems.append(f"layers.txt: {name} is part of a circle")

    def reaches(self, start, goal, seen):
        for other in self.components[start][1]:
            line = None if other.startswith("@") else self.line_of(other)
            if line == goal and start != goal:
                return True
            if line and line != start and line not in seen:
                seen.add(line)
                if self.reaches(line, goal, seen):
                    return True
        return False

    def may(self, component, wanted):
        """May component include a file of component wanted (or of @mapi, @mapiary)?"""
        line = self.line_of(component)
        if line is None:
            return False
        allowed = self.components[line][1]
        if wanted in allowed or wanted == component:
            return True
        if wanted.startswith("@"):
            return False
        return self.line_of(wanted) in allowed or "@all" in allowed

    def header_folders(self, header):
        """The folders that may include an external header, or None when no rule names it."""
        found = [folders for pattern, folders in self.headers if fnmatch.fnmatch(header, pattern)]
        return sum(found, []) if found else None


def component_of(name, rules):
    """src/base/x.h -> base; src/convert/cfb/x.h -> convert/cfb; apps/cli/... -> apps/cli; None outside all rules."""
    parts = name.split("/")
    if parts[0] == "src":
        parts = parts[1:]
    elif parts[0] not in TOPS:
        return None
    folders = parts[:-1]
    for depth in (2, 1):
        candidate = "/".join(folders[:depth])
        if len(folders) >= depth and rules.line_of(candidate):
            return candidate
    if folders and f"{folders[0]}/*" in rules.components:
        return f"{folders[0]}/*"
    return "/".join(folders[:1]) if folders else None


def is_test(name):
    return name.endswith(("_test.cc", "_test.c")) or "/testing/" in name


class Checker:
    def __init__(self, root, rules):
        self.root, self.rules, self.problems = pathlib.Path(root), rules, []
        self.names = tree.files(root)
        self.mapi = self.mapi_names()

    def mapi_names(self):
        """Lower-case names of the MAPI headers: those that exist and those the tables promise, so that a header
        that is not written yet is already out of bounds."""
        found = {n.lower() for n in (name.split("/", 2)[2] for name in self.names if name.startswith("include/mapi/"))}
        found |= {name.split("/")[-1].lower() for name in self.names if name.startswith("include/mapi/")}
        for table, column in (("data/spec/api.tsv", "header"), ("data/header_spellings.tsv", "header")):
            path = self.root / table
            if path.is_file():
                lines = path.read_text(encoding="utf-8").splitlines()
                head = lines[0].split("\t")
                if column in head:
                    found |= {row.split("\t")[head.index(column)].lower() for row in lines[1:] if row.count("\t")}
        return {name for name in found if name.endswith((".h", ".hpp"))}

    def run(self):
        for name in self.names:
            if name.endswith(tree.C_SUFFIXES):
                component = component_of(name, self.rules)
                if component is not None:
                    self.check_file(name, component)
            elif name.startswith("src/") and name.endswith("CMakeLists.txt"):
                self.check_deps(name)
        return self.problems

    def check_file(self, name, component):
        if self.rules.line_of(component) is None and component not in self.rules.components:
            self.problems.append(f"{name}: component {component} has no line in layers.txt")
            return
        text = tree.without_comments(tree.read(self.root, name))
        for match in INCLUDE.finditer(text):
            problem = self.judge(name, component, *match.groups())
            if problem:
                self.problems.append(f"{name}:{text.count(chr(10), 0, match.start(0)) + 1}: {problem}")
        if name.endswith((".h", ".hpp")):
            for match in USING.finditer(tree.code_only(text)):
                line = text.count("\n", 0, match.end()) + 1
                self.problems.append(f"{name}:{line}: using namespace in a header")

    def judge(self, name, component, quoted, angled, macro):
        """Why this include is not allowed, or None."""
        if macro:
            return f"#include {macro}: a macro hides what is included"
        header = quoted or angled
        if ".." in header.split("/") and not (name.startswith("include/") and self.own_folder(name, header)):
            return f'"{header}": include paths are root-relative'
        if quoted and (self.root / "src" / header).is_file():
            return self.judge_own(component, component_of(f"src/{header}", self.rules), header)
        if header.startswith("mapiary/"):
            return self.judge_kind(component, "@mapiary", header)
        if quoted and self.own_folder(name, header):
            return None
        if header.lower() in self.mapi:
            return self.judge_kind(component, "@mapi", header)
        if quoted:
            return f'"{header}" is not a file under src/ (include paths are root-relative)'
        return self.judge_external(name, component, header)

    def own_folder(self, name, header):
        """Outside src/ a quoted include may name a file of its own top folder, from the top or from the folder itself."""
        top = name.split("/")[0]
        if top == "src":
            return False
        if top == "include":
            return ((self.root / name).parent / header).is_file()
        near = (self.root / name).parent / header
        return any(path.is_file() for path in (near, self.root / top / header)) or (
            header.split("/")[0] == top and (self.root / header).is_file())

    def judge_own(self, component, wanted, header):
        if wanted is not None and self.rules.may(component, wanted):
            return None
        return f'{component} may not include {wanted} ("{header}")'

    def judge_kind(self, component, kind, header):
        return None if self.rules.may(component, kind) else f"{component} may not include <{header}> ({kind})"

    def judge_external(self, name, component, header):
        folders = self.rules.header_folders(header)
        if folders is None and header in STANDARD:
            return None
        if folders is None:
            return f"<{header}> has no header line in layers.txt"
        line = self.rules.line_of(component) or component
        if component in folders or line in folders or ("@tests" in folders and is_test(name)):
            return None
        return f"{component} may not include <{header}>"

    def check_deps(self, name):
        """DEPS of mapiary_component(): the linker's view must not be wider than the includes'."""
        component = component_of(name, self.rules)
        for _, rest in DEPS.findall(re.sub(r"#[^\n]*", "", tree.read(self.root, name))):
            words = re.search(r"\bDEPS\b(.*?)(?:\b(?:LIBS|TEST_LIBS|LABELS)\b|$)", rest, re.DOTALL)
            for dep in words.group(1).split() if words else []:
                if component is None or not self.may_link(component, dep):
                    self.problems.append(f"{name}: {component} may not link {dep}")

    def may_link(self, component, dep):
        options = [dep] + [dep.replace("_", "/", 1)] * ("_" in dep)
        return any(self.rules.line_of(option) and self.rules.may(component, option) for option in options)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=str(tree.ROOT))
    root = parser.parse_args().root
    rules = Rules(tree.read(root, "tools/layers.txt"))
    checker = Checker(root, rules)
    problems = rules.problems + checker.run()
    return tree.report("check_layers", problems, f"{len(checker.names)} files, {len(rules.components)} lines: fine")


if __name__ == "__main__":
    sys.exit(main())
