# SPDX-License-Identifier: Apache-2.0
"""tools/check_layers.py catches each kind of step over a layer."""

import shutil
import unittest

from made_up_tree import SOURCE, TreeTest


class Layers(TreeTest):
    CHECK = "check_layers.py"

    def setUp(self):
        super().setUp()
        (self.root / "tools").mkdir()
        shutil.copy(SOURCE / "tools/layers.txt", self.root / "tools")
        self.put("src/base/bytes.h", "#include <vector>\n")
        self.put("src/model/bag.h", '#include "base/bytes.h"\n')
        self.put("src/convert/cfb/reader.h", '#include "model/bag.h"\n')
        self.put("src/sqlite/db.h", "#include <sqlite3.h>\n")
        self.put("src/engines/sqlite/db.cc", '#include "sqlite/db.h"\n#include "backend/engine.h"\n')
        self.put("src/backend/engine.h", '#include "model/bag.h"\n')
        self.put("src/com/object.h", "#include <mapix.h>\n")
        self.put("include/mapi/mapix.h", "#include <stddef.h>\n")

    def test_a_tidy_tree_is_fine(self):
        self.put("src/base/bytes_test.cc", "#include <gtest/gtest.h>\n// #include <sqlite3.h>\n")
        self.put("apps/cli/main.cc", '#include <mapix.h>\n#include "cli/verb.h"\n')
        self.put("apps/cli/verb.h", "#include <span>\n")
        self.assert_fine()

    def test_upward_includes(self):
        self.put("src/base/up.cc", '#include "model/bag.h"\n')
        self.assert_caught("src/base/up.cc:1", "base may not include model")

    def test_engines_and_store_do_not_see_each_other(self):
        self.put("src/store/store.h", '\n  #  include "engines/sqlite/db.h"\n')
        self.put("src/engines/sqlite/db.h", '#include "store/store.h"\n')
        self.assert_caught("src/store/store.h:2", "engines/sqlite")
        self.assert_caught("src/engines/sqlite/db.h:1", "store")

    def test_mapi_headers_in_any_letter_case(self):
        for component in ("base", "model", "backend", "convert/cfb", "engines/sqlite"):
            self.put(f"src/{component}/border.cc", "#include <MAPIX.h>\n")
            self.assert_caught(f"src/{component}/border.cc:1", "@mapi")

    def test_converters_do_not_see_each_other(self):
        self.put("src/convert/msg/reader.cc", '#include "convert/cfb/reader.h"\n')
        self.assert_caught("src/convert/msg/reader.cc:1", "convert/cfb")

    def test_external_headers_have_one_door(self):
        for header in ("sqlite3.h", "unicode/ucnv.h", "libpq-fe.h", "unistd.h", "dlfcn.h", "gtest/gtest.h", "no/such.h"):
            self.put("src/model/door.cc", f"#include <{header}>\n")
            self.assert_caught("src/model/door.cc:1", header)

    def test_files_of_the_standard_library_are_behind_the_door_too(self):
        for header in ("fstream", "filesystem"):
            self.put("src/model/door.cc", f"#include <{header}>\n")
            self.assert_caught("src/model/door.cc:1", header)
            self.put("src/model/door.cc", "")
            self.put("src/base/door.cc", f"#include <{header}>\n")
            self.put("src/model/door_test.cc", f"#include <{header}>\n")
            self.assert_fine()

    def test_apps_never_include_src(self):
        self.put("apps/cli/main.cc", '#include "base/bytes.h"\n')
        self.assert_caught("apps/cli/main.cc:1", "base")
        self.put("apps/cli/main.cc", '#include "../../src/base/bytes.h"\n')
        self.assert_caught("apps/cli/main.cc:1", "root-relative")

    def test_relative_and_unknown_quoted_includes(self):
        self.put("src/base/near.cc", '#include "bytes.h"\n')
        self.assert_caught("src/base/near.cc:1", "not a file under src/")
        self.put("src/base/near.cc", "#include HIDDEN\n")
        self.assert_caught("src/base/near.cc:1", "macro")

    def test_a_component_without_a_line(self):
        self.put("src/common/everything.h", "")
        self.assert_caught("src/common/everything.h", "no line")

    def test_using_namespace_in_a_header(self):
        self.put("src/base/using.h", "// using namespace x;\n\nusing namespace std;\n")
        self.assert_caught("src/base/using.h:3", "using namespace")

    def test_the_linker_sees_no_more_than_the_includes(self):
        self.put("src/model/CMakeLists.txt", "mapiary_component(model DEPS base store LIBS z)\n")
        self.assert_caught("src/model/CMakeLists.txt", "may not link store")
        self.put("src/model/CMakeLists.txt", "mapiary_component(model DEPS base LIBS store)\n")
        self.assert_fine()

    def rules(self, *lines):
        self.put("tools/layers.txt", "".join(f"{line}\n" for line in lines))
        shutil.rmtree(self.root / "src")
        shutil.rmtree(self.root / "include")

    def test_circles_levels_and_typing_errors_in_the_rules(self):
        self.rules("component a 1 : b", "component b 1 : c", "component c 1 : a")
        self.assert_caught("b is part of a circle")

    def test_a_rule_that_points_upward(self):
        self.rules("component a 1 : b", "component b 2 :")
        self.assert_caught("higher level")

    def test_rules_that_cannot_be_read(self):
        self.rules("component a one : b", "component x 1 : nobody", "header y :")
        self.assert_caught("layers.txt:1", "cannot read")
        self.assert_caught("x names nobody")
        self.assert_caught("layers.txt:3", "cannot read")


if __name__ == "__main__":
    unittest.main()
