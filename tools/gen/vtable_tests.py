# SPDX-License-Identifier: Apache-2.0
"""Tests of the virtual tables: every method called through C++ against a table whose slots tell their number, its exact
type, and the offsets of the C view."""

from gen import header_tests, spec

FOLDER = header_tests.FOLDER
# One test source per group of headers, so that each compiles in a few seconds.
GROUPS = {"mapidefs.h": "mapidefs", "mapix.h": "mapix", "mapispi.h": "mapispi", "mapiform.h": "mapiform",
          "edkmdb.h": "edkmdb", "actmgmt.h": "actmgmt", "-": "offline"}


def interfaces():
    found = {}
    for row in spec.rows("vtables"):
        found.setdefault(row["interface"], []).append(row)
    return found


def group_of(rows):
    return GROUPS.get(rows[0]["header"], "more")


def type_check(row):
    # The reference documents no signature for placeholders.
    if "?" in (row["return"], row["params"]):
        return []
    params = ", ".join(spec.params_of(row))
    wanted = f'{row["return"]} (STDMETHODCALLTYPE {row["interface"]}::*)({params})'
    method = f'{row["interface"]}::{row["method"]}'
    return [f'static_assert(std::is_convertible_v<decltype(&{method}), {wanted}>, "{method}");']


def cpp_test(group, members):
    checks, calls = [], []
    for interface, rows in members:
        checks.append(f'static_assert(std::is_base_of_v<{rows[0]["base"]}, {interface}>, "{interface}");')
        calls.append(f"TEST(Vtable, {interface}) {{")
        for row in rows:
            checks += type_check(row)
            method = f"{interface}::{row['method']}"
            calls.append(f'  EXPECT_EQ({row["slot"]}, slot_hit<{interface}>(&{method})) << "{method}";')
        calls += ["}", ""]
    return header_tests.source(["vtables.tsv"], f"Slots and types of the methods ({group}).",
                               ["<type_traits>", "", '"tests/headers/vtable_checks.h"'], "\n".join(checks + [""] + calls))


def c_view():
    lines = []
    for interface, rows in interfaces().items():
        for row in rows:
            lines.append(f'    {{"{interface}::{row["method"]}", offsetof({interface}Vtbl, {row["method"]}), {row["slot"]}}},')
    head = spec.banner("data/spec/vtables.tsv", purpose="The C view of every interface: offsets in its Vtbl structure.")
    return f"""{head}
#include "tests/headers/generated/all_headers.h"

#include <stddef.h>

#include "tests/headers/c_view.h"

// clang-format off
const struct CViewRow mapiary_c_view[] = {{
{chr(10).join(lines)}
    {{NULL, 0, 0}},
}};
// clang-format on
"""


def outputs():
    groups = {}
    for interface, rows in interfaces().items():
        groups.setdefault(group_of(rows), []).append((interface, rows))
    result = {f"{FOLDER}/vtable_{group}_test.cc": cpp_test(group, members) for group, members in groups.items()}
    result[f"{FOLDER}/c_view.c"] = c_view()
    return result
