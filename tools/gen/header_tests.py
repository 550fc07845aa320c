# SPDX-License-Identifier: Apache-2.0
"""Tests of include/mapi against the tables: layouts, constants, identifiers, tags, function types."""

from gen import constants, spec

FOLDER = "tests/headers/generated"
# What follows the build; the tables have the ANSI value.
UNICODE_VALUES = {"fMapiUnicode": "0x80000000", "PT_TSTRING": "0x001F", "PT_MV_TSTRING": "0x101F"}
UNICODE_SIZES = {"TCHAR": "sizeof(WCHAR)"}


def source(tables, purpose, includes, body):
    head = spec.banner(*[f"data/spec/{table}" for table in tables], purpose=purpose)
    lines = [head.rstrip("\n"), "", '#include "tests/headers/generated/all_headers.h"', ""]
    lines += [f"#include {name}" if name else "" for name in includes]
    return "\n".join(lines + ["", "// clang-format off", body.strip("\n"), "// clang-format on", ""])


def headers():
    return spec.rows_of(spec.ROOT / "data" / "header_spellings.tsv")


def all_headers():
    lines = [f"#include <{row['header']}>" for row in headers() if row["folder"] == "mapi"]
    head = spec.banner("data/header_spellings.tsv", purpose="Every MAPI header, in the order of the list.")
    body = "// clang-format off\n" + "\n".join(lines) + "\n// clang-format on\n"
    return f"{head}\n#ifndef MAPIARY_TESTS_ALL_HEADERS_H\n#define MAPIARY_TESTS_ALL_HEADERS_H\n\n{body}\n#endif\n"


def layout_test():
    lines = []
    for row in spec.rows("layout"):
        struct, field = row["struct"], row["field"]
        if field:
            lines.append(f'FIELD({struct}, {field}, {row["linux_offset"]}, {row["linux_size"]}),')
        else:
            size = row["linux_size"]
            if struct in UNICODE_SIZES:
                size = f"MAPIARY_TEST_BY_BUILD({UNICODE_SIZES[struct]}, {size})"
            lines.append(f'WHOLE({struct}, {size}),')
    body = """
#define FIELD(type, field, offset, size) \\
  LayoutRow{#type "." #field, offsetof(type, field), sizeof(static_cast<type*>(nullptr)->field), offset, size}
#define WHOLE(type, size) LayoutRow{#type, 0, sizeof(type), 0, size}

static const LayoutRow kRows[] = {
%s
};

TEST(Layout, EveryRowOfTheTable) { check_layout(kRows); }
""" % "\n".join(lines)
    return source(["layout.tsv"], "Sizes and offsets of every structure.", ['"tests/headers/header_checks.h"'], body)


def is_text(value):
    return value.startswith(('"', 'L"'))


def is_numeric(row):
    return row["kind"] in ("flag", "enum", "code", "other") and not is_text(row["value"]) and not is_bytes(row)


def is_bytes(row):
    """Initialisers given as a run of hex digits."""
    return row["kind"] == "other" and not row["value"].startswith("0x") and len(row["value"]) >= 12 and not is_text(row["value"])


def numeric_row(row):
    name, value = row["name"], row["value"]
    if name in UNICODE_VALUES:
        value = f"MAPIARY_TEST_BY_BUILD({UNICODE_VALUES[name]}, {value})"
    return f'{{"{name}", number({name}), {value}}},'


def constant_values(part, rows):
    body = "static const NumberRow kRows[] = {\n%s\n};\n\nTEST(Constants, Values%s) { check_numbers(kRows); }\n" % (
        "\n".join(numeric_row(row) for row in rows), part)
    return source(["constants.tsv"], "Values of constants.", ['"tests/headers/header_checks.h"'], body)


def constant_strings(rows):
    lines = ["TEST(Constants, Strings) {"]
    for row in rows:
        if is_text(row["value"]):
            view = "std::wstring_view" if row["value"].startswith("L") else "std::string_view"
            lines.append(f'  EXPECT_TRUE({view}({row["name"]}) == {view}({row["value"]})) << "{row["name"]}";')
    lines += ["}", "", "TEST(Constants, Bytes) {"]
    for row in rows:
        if is_bytes(row):
            digits = row["value"]
            lines += byte_check(row["name"], [int(digits[i:i + 2], 16) for i in range(0, len(digits), 2)])
        elif row["kind"] == "uid" and row["header"] != "page":
            lines += byte_check(row["name"], spec.guid_bytes(row["value"]))
    lines.append("}")
    return source(["constants.tsv"], "Text and byte constants.", ["<string_view>", "", '"tests/headers/header_checks.h"'],
                  "\n".join(lines))


def byte_check(name, values):
    listed = ", ".join(f"0x{value:02X}" for value in values)
    return [f"  {{ const unsigned char actual[] = {name};",
            f'    check_bytes("{name}", actual, {{{listed}}}); }}']


def guid_rows():
    return [row for row in spec.rows("constants")
            if row["kind"] == "guid" or (row["kind"] == "uid" and row["header"] == "page")]


def guid_test():
    lines = []
    for row in guid_rows():
        listed = ", ".join(f"0x{value:02X}" for value in spec.guid_bytes(row["value"]))
        lines.append(f'  check_guid("{row["name"]}", {row["name"]}, {{{listed}}});')
    body = "TEST(Constants, Identifiers) {\n%s\n}\n" % "\n".join(lines)
    return source(["constants.tsv"], "Bytes of every GUID.", ['"tests/headers/header_checks.h"'], body)


def guid_definitions():
    head = spec.banner("data/spec/constants.tsv", purpose="The one place of the test where the identifiers are defined, the way "
                       "a client does it: INITGUID, and\nUSES_ for the headers that define only what is asked for.")
    uses = "\n".join(f"#define USES_{row['name']}" for row in guid_rows())
    return (f"{head}\n// clang-format off\n#define INITGUID\n{uses}\n\n"
            '#include "tests/headers/generated/all_headers.h"\n// clang-format on\n')


def tag_rows(row):
    tag, name = int(row["tag"], 16), row["name"]
    if row["string"] != "yes":
        return [f'{{"{name}", number({name}), 0x{tag:08X}}},']
    narrow = (tag & ~0xFFF) | ((tag & 0xFFF) - 1)
    return [f'{{"{name}", number({name}), MAPIARY_TEST_BY_BUILD(0x{tag:08X}, 0x{narrow:08X})}},',
            f'{{"{name}_W", number({name}_W), 0x{tag:08X}}},',
            f'{{"{name}_A", number({name}_A), 0x{narrow:08X}}},']


def tags_test():
    lines = [line for row in spec.rows("proptags") for line in tag_rows(row)]
    body = "static const NumberRow kRows[] = {\n%s\n};\n\nTEST(Constants, PropertyTags) { check_numbers(kRows); }\n"
    return source(["proptags.tsv"], "Value of every property tag, in the _A and _W forms too.",
                  ['"tests/headers/header_checks.h"'], body % "\n".join(lines))


def named_test():
    lines = [f'{{"{name}", number({name}), 0x{value:04X}}},' for name, value in constants.named_aliases().items()]
    texts = [f'  EXPECT_TRUE(std::wstring_view({row["name"]}) == std::wstring_view(L"{row["string"]}"));'
             for row in spec.rows("namedprops") if not row["id"]]
    body = ("static const NumberRow kRows[] = {\n%s\n};\n\nTEST(Constants, NamedProperties) {\n  check_numbers(kRows);\n%s\n}\n"
            % ("\n".join(lines), "\n".join(texts)))
    return source(["namedprops.tsv"], "Identifiers and names of named properties.",
                  ["<string_view>", "", '"tests/headers/header_checks.h"'], body)


def functions_test():
    lines = []
    for row in spec.rows("functions"):
        params = ", ".join(spec.params_of(row))
        wanted = f'{row["return"]} STDAPICALLTYPE({params})'
        actual = f"decltype({row['name']})" if row["kind"] != "callback" else f"std::remove_pointer_t<{row['name']}>"
        lines.append(f'static_assert(std::is_same_v<{actual}, {wanted}>, "{row["name"]}");')
    body = "\n".join(lines) + "\n\nTEST(Functions, TypesAreThoseOfTheTable) { SUCCEED() << \"proven at compile time\"; }\n"
    return source(["functions.tsv"], "Types of every exported function, entry point and callback.",
                  ["<type_traits>", "", "<gtest/gtest.h>"], body)


def outputs():
    rows = [row for row in spec.rows("constants")]
    numeric = [row for row in rows if is_numeric(row)]
    half = len(numeric) // 2
    return {
        f"{FOLDER}/all_headers.h": all_headers(),
        f"{FOLDER}/layout_test.cc": layout_test(),
        f"{FOLDER}/constants_1_test.cc": constant_values("1", numeric[:half]),
        f"{FOLDER}/constants_2_test.cc": constant_values("2", numeric[half:]),
        f"{FOLDER}/strings_test.cc": constant_strings(rows),
        f"{FOLDER}/guids_test.cc": guid_test(),
        f"{FOLDER}/guid_definitions.cc": guid_definitions(),
        f"{FOLDER}/tags_test.cc": tags_test(),
        f"{FOLDER}/named_props_test.cc": named_test(),
        f"{FOLDER}/functions_test.cc": functions_test(),
    }
