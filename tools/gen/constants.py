# SPDX-License-Identifier: Apache-2.0
"""extraconstants.h (constants no Microsoft header declares) and mapinamed.h (named properties).

extraconstants.h leaves out what data/header_owner.tsv gives to a hand-written header: a constant has one home.
Upper-case constants become macros; names with a lower-case first letter become enumerators, since a macro called
ssNone or olFree would reach into every client's own scopes.
"""

from gen import spec

SOURCES = ("mfcmapi:", "page")


def extra_rows():
    return [row for row in spec.rows("constants") if row["header"].startswith(SOURCES)]


def declared_by_hand():
    """Names that a hand-written header declares."""
    return {row["name"] for row in spec.rows_of(spec.ROOT / "data" / "header_owner.tsv")}


def named_aliases():
    """Every name of namedprops.tsv with a numeric identifier -> identifier. constants.tsv wins where they disagree."""
    constants = {row["name"]: row["value"] for row in spec.rows("constants")}
    rows = [row for row in spec.rows("namedprops") if row["id"]]
    found = {row["name"]: int(row["id"], 16) for row in rows}
    for row in rows:
        for alias in filter(None, row["aliases"].split(";")):
            found.setdefault(alias, int(row["id"], 16))
    for name in found:
        if name in constants:
            found[name] = int(constants[name], 0)
    return found


def define_guid(row):
    data1, data2, data3, rest = spec.guid_fields(row["value"])
    tail = ", ".join(f"0x{byte:02X}" for byte in rest)
    return f"DEFINE_GUID({row['name']}, 0x{data1:08X}, 0x{data2:04X}, 0x{data3:04X}, {tail});"


def literal(row):
    value = row["value"]
    if row["kind"] == "flag":
        return f"((ULONG){value})"
    if row["kind"] == "code":
        return f"((SCODE){value})"
    return f"((ULONG){value})" if int(value, 0) > 0x7FFFFFFF else value


def enumerator(row):
    value = int(row["value"], 0)
    # C11 enumerators are int.
    return f"    {row['name']} = {value - (1 << 32) if value > 0x7FFFFFFF else row['value']},"


def extraconstants():
    skipped = set(named_aliases()) | declared_by_hand()
    guids, macros, enums = [], [], []
    for row in extra_rows():
        if row["name"] in skipped:
            continue
        if row["kind"] in ("guid", "uid"):
            guids.append(define_guid(row))
        elif row["name"][0].islower() and not row["name"].startswith("dispid"):
            enums.append(enumerator(row))
        else:
            macros.append(f"#define {row['name']:<50} {literal(row)}")
    body = ["/* Identifiers */", ""] + guids + ["", "/* Values */", ""] + macros
    body += ["", "enum {"] + enums + ["};"]
    head = spec.banner("data/spec/constants.tsv", "data/header_owner.tsv", purpose="Constants and identifiers seen in the wild or named only by the "
                       "reference pages, which no\nMicrosoft header declares. Opt-in: no other header but extraproptags.h "
                       "includes this one.")
    return spec.header_text("MAPIARY_EXTRACONSTANTS_H", head, ["mapidefs.h", "mapiguid.h"], "\n".join(body))


def mapinamed():
    values = named_aliases()
    groups, strings = {}, {}
    for row in spec.rows("namedprops"):
        target = groups if row["id"] else strings
        target.setdefault(row["propset"] or "no property set given", []).append(row)
    body, done = [], set()
    for propset in sorted(groups):
        body += ["", f"/* {propset} */", ""]
        for row in sorted(groups[propset], key=lambda row: (int(row["id"], 16), row["name"])):
            for name in [row["name"]] + list(filter(None, row["aliases"].split(";"))):
                if name in done:
                    continue
                done.add(name)
                body.append(f"#define {name:<45} 0x{values[name]:04X} /* {row['type']} */")
    for propset in sorted(strings):
        body += ["", f"/* {propset}, by name */", ""]
        for row in sorted(strings[propset], key=lambda row: row["name"]):
            body.append(f"#define {row['name']:<45} L\"{row['string']}\" /* {row['type']} */")
    head = spec.banner("data/spec/namedprops.tsv", purpose="Named properties: identifiers and names, grouped by the property "
                       "set (a GUID of mapiguid.h or\nextraconstants.h) in which they count. The comment gives the type.")
    return spec.header_text("MAPIARY_MAPINAMED_H", head, ["mapidefs.h", "mapiguid.h", "extraconstants.h"], "\n".join(body))


def outputs():
    return {"include/mapi/extraconstants.h": extraconstants(), "include/mapi/mapinamed.h": mapinamed()}
