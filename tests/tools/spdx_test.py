# SPDX-License-Identifier: Apache-2.0
"""tools/check_spdx.py: the licence line, where it must stand, and what needs none."""

import unittest

from made_up_tree import TreeTest

MARK = "SPDX-License-Identifier: Apache-2.0"


class Spdx(TreeTest):
    CHECK = "check_spdx.py"

    def test_sources_with_the_line(self):
        self.put("a.cc", f"// {MARK}\n")
        self.put("run", f"#!/bin/sh\n# {MARK}\n")
        self.put("README.md", "no line needed\n")
        self.put("fuzz/corpus/x/y.c", "data\n")
        self.put("empty", "")
        self.assert_fine()

    def test_sources_without(self):
        for name, text in (("a.h", "int x;\n"), ("b.py", f"\n# {MARK}\n"), ("run", "#!/bin/sh\necho\n"), ("CMakeLists.txt", ""),
                           ("c.c", "// SPDX-License-Identifier: MIT\n")):
            self.put(name, text)
            self.assert_caught(name)
            (self.root / name).unlink()


if __name__ == "__main__":
    unittest.main()
