# SPDX-License-Identifier: Apache-2.0
"""Tables for src/: property names, named properties, error names; and the list of exported functions."""

from gen import spec, constants

# Where several names share a tag, the one of the first header here comes first.
HEADER_ORDER = ["mapitags.h", "mapidefs.h", "mapiaux.h", "edkmdb.h", "emsabtag.h", "mspst.h",
                "mfcmapi:extraproptags.h", "page", "mfcmapi:gentagarray.h", "actmgmt.h"]


def table(source, purpose, lines):
    head = spec.banner(source, purpose=purpose)
    return head + "// clang-format off\n" + "\n".join(lines) + "\n"


def tag_names():
    # Account manager tags are not MAPI properties: their identifiers mean other things in an IOlkAccount.
    rows = [row for row in spec.rows("proptags") if row["header"] != "actmgmt.h"]
    rows.sort(key=lambda row: (int(row["tag"], 16), HEADER_ORDER.index(row["header"]), row["name"]))
    lines = [f'{{{row["id"]}, 0x{int(row["tag"], 16) & 0xFFFF:04X}, "{row["name"]}", "{row["canonical"]}"}},'
             for row in rows]
    return table("data/spec/proptags.tsv", "One row a name, sorted by identifier and type: identifier, type, name, canonical "
                 "name (or \"\").\nRows of one tag stand in order of preference.", lines)


def named_props():
    lines = []
    rows = spec.rows("namedprops")
    rows.sort(key=lambda row: (row["guid"], int(row["id"] or "0", 16), row["string"], row["name"]))
    for row in rows:
        fields = ", ".join(f"0x{value:02X}" for value in spec.guid_bytes(row["guid"])) if row["guid"] else ""
        id_ = row["id"] or "0x0000"
        lines.append(f'{{"{row["name"]}", "{row["aliases"]}", "{row["propset"]}", {{{fields}}}, {id_}, "{row["string"]}", '
                     f'"{row["type"]}"}},')
    return table("data/spec/namedprops.tsv", "One row a named property, by property set: name, other names (;), property set, "
                 "its GUID's bytes,\nidentifier (0: by name), name, type.", lines)


def code_lines(rows):
    best = sorted({(int(row["value"], 0), not row["name"].startswith("MAPI_"), row["name"]) for row in rows})
    return [f'{{0x{value:08X}, "{name}"}},' for value, _, name in best]


def error_names():
    # Reason codes of bounced messages and the like are small numbers, not HRESULTs.
    codes = [row for row in spec.rows("constants") if row["kind"] == "code" and row["header"] != "mapi.h"]
    codes = [row for row in codes if int(row["value"], 0) == 0 or int(row["value"], 0) > 0xFFFF]
    codes += spec.rows_of(spec.ROOT / "data" / "common_codes.tsv")
    return table("data/spec/constants.tsv, data/common_codes.tsv", "Result codes: value, name. Sorted by value; of several names "
                 "for one value, MAPI's comes first.", code_lines(codes))


def simple_error_names():
    codes = [row for row in spec.rows("constants") if row["kind"] == "code" and row["header"] == "mapi.h"]
    return table("data/spec/constants.tsv", "Result codes of Simple MAPI (mapi.h), whose values mean nothing as an HRESULT: "
                 "value, name.", code_lines(codes))


def names_in(name):
    lines = (spec.ROOT / "data" / name).read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def exports():
    """Exactly what libmapi.so defines: a name here that it lacks fails the link."""
    names = {row["name"] for row in spec.rows("functions") if row["kind"] == "export"}
    planned = names_in("exports_planned.txt")
    if planned - names:
        raise SystemExit(f"data/exports_planned.txt: not in functions.tsv: {' '.join(sorted(planned - names))}")
    names = (names - planned) | names_in("exports_extra.txt")
    head = spec.banner("data/spec/functions.tsv, data/exports_extra.txt, data/exports_planned.txt", purpose="Symbols of libmapi.so.",
                       comment="#")
    listed = "\n".join(f"    {name};" for name in sorted(names))
    return f"{head}MAPIARY_1 {{\n  global:\n{listed}\n  local:\n    *;\n}};\n"


def outputs():
    return {
        "src/model/generated/tag_names.inc": tag_names(),
        "src/model/generated/named_props.inc": named_props(),
        # Programs include nothing from src/.
        "apps/cli/generated/tag_names.inc": tag_names(),
        "apps/cli/generated/named_props.inc": named_props(),
        "src/com/generated/error_names.inc": error_names(),
        "src/com/generated/simple_error_names.inc": simple_error_names(),
        "src/entry/exports.map": exports(),
    }
