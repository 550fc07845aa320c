# SPDX-License-Identifier: Apache-2.0
"""tools/check_try.py: TRY in an initialiser is found wherever one may stand, and blocks are never taken for one."""

import unittest

from made_up_tree import TreeTest


class Try(TreeTest):
    CHECK = "check_try.py"

    def assert_caught_in(self, line):
        self.put("a.cc", f"Status f() {{\n  {line}\n  return {{}};\n}}\n")
        self.assert_caught("a.cc:2")

    def test_initialisers(self):
        for line in (
            "Row row{1, TRY(g())};",
            "Row row = {1, TRY(g())};",
            "return Row{TRY(g())};",
            "return {TRY(g()), 2};",
            "list.push_back({1, h(TRY(g()))});",
            "use({{1, TRY(g())}, 2});",
            "auto x = std::vector<int>{TRY(g())};",
            "x[0] = {TRY (g())};",
            "Row row{[&] { return 1; }(), TRY(g())};",
        ):
            with self.subTest(line):
                self.assert_caught_in(line)

    def test_initialisers_over_lines(self):
        self.put("a.h", "inline Status f() {\n  Row row{\n      1,\n      TRY(g()),\n  };\n  return {};\n}\n")
        self.assert_caught("a.h:4")

    def test_blocks(self):
        self.put("a.cc", "\n".join((
            "#define LATER(x) { TRY(x)",
            "Status f() { return TRY(g()); }",
            "Status f() { TRY(g()); return {}; }",
            "Status f() { if (TRY(g())) { h(); } }",
            "Status f() const { for (int i : TRY(g())) { h(i); } }",
            "auto f() -> Result<std::pair<int, int>> { while (TRY(g())) { h(); } }",
            "Status f() { if (a) { TRY(g()); } else { if (TRY(g())) { h(); } } }",
            "Status f() { const auto call = [&]() -> Status { switch (TRY(g())) { default: h(); } }; call(); }",
            "Status f() { return run([&] { TRY(g()); return h({1, 2}); }); }",
            "Status f() { Row row{[&]() -> Status { TRY(g()); return {}; }, 2}; }",
            "Status f() { try { if (TRY(g())) { h(); } } catch (...) { h(); } }",
            "Status f() { const Row row(TRY(g()), 2); use({row, 1}); }",
            '// Row row{TRY(g())};',
            'const char* text = "{TRY(g())}";',
            "",
        )))
        self.assert_fine()


if __name__ == "__main__":
    unittest.main()
