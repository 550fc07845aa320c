# SPDX-License-Identifier: Apache-2.0
"""Property tag headers: mapitags.h, emsabtag.h and the lists other headers include.

A row with string=yes becomes three macros: NAME_W, NAME_A and NAME, the last one following UNICODE through PT_TSTRING.
"""

from gen import spec

# Where the rows of each `header` value of proptags.tsv go, and what that file is.
FILES = {
    "mapitags.h": ("mapitags.h", "Tags of the standard properties of MAPI objects, by the range of their identifiers."),
    "emsabtag.h": ("emsabtag.h", "Tags of the Exchange address book's properties."),
    "edkmdb.h": ("edkmdb_tags.h", "Tags of the Exchange store's properties; included by edkmdb.h."),
    "mapiaux.h": ("mapiaux_tags.h", "Property tags that mapiaux.h declares."),
    "mspst.h": ("mspst_tags.h", "Tags of the personal store's configuration properties; included by mspst.h."),
    "actmgmt.h": ("actmgmt_tags.h", "Tags of the account manager's properties; included by actmgmt.h."),
    "mfcmapi:extraproptags.h": ("extraproptags.h", "Tags seen in the wild that no Microsoft header declares."),
    "mfcmapi:gentagarray.h": ("extraproptags.h", ""),
    "page": ("extraproptags.h", ""),
}
# mapidefs.h declares PR_NULL itself.
ELSEWHERE = {"mapidefs.h"}

RANGES = [
    (0x0001, 0x0BFF, "message envelope"),
    (0x0C00, 0x0DFF, "per recipient"),
    (0x0E00, 0x0FFF, "message, not transmitted"),
    (0x1000, 0x2FFF, "message content"),
    (0x3000, 0x33FF, "common to many objects"),
    (0x3400, 0x35FF, "message store"),
    (0x3600, 0x36FF, "folder or address book container"),
    (0x3700, 0x38FF, "attachment"),
    (0x3900, 0x39FF, "address book object"),
    (0x3A00, 0x3BFF, "mail user"),
    (0x3C00, 0x3CFF, "distribution list"),
    (0x3D00, 0x3DFF, "profile section"),
    (0x3E00, 0x3FFF, "status object"),
    (0x4000, 0x57FF, "envelope, defined by the transport"),
    (0x5800, 0x5FFF, "per recipient, defined by the transport"),
    (0x6000, 0x65FF, "defined by the user, not transmitted"),
    (0x6600, 0x67FF, "internal to a provider, not transmitted"),
    (0x6800, 0x7BFF, "content, defined by the message class"),
    (0x7C00, 0x7FFF, "defined by the message class, not transmitted"),
    (0x8000, 0xFFFF, "mapped from names"),
]

TRANSMITTABLE = """/* Whether a property travels with the message: the ranges of identifiers decide. */
#define FIsTransmittable(ulPropTag)                    \\
    ((PROP_ID(ulPropTag) < (ULONG)0x0E00) ||           \\
     (PROP_ID(ulPropTag) >= (ULONG)0x8000) ||          \\
     ((PROP_ID(ulPropTag) >= (ULONG)0x1000) && (PROP_ID(ulPropTag) < (ULONG)0x6000)) || \\
     ((PROP_ID(ulPropTag) >= (ULONG)0x6800) && (PROP_ID(ulPropTag) < (ULONG)0x7C00)))
"""


def macro(name, type_, id_):
    return f"#define {name:<50} PROP_TAG({type_}, {id_})"


def tag_lines(row):
    type_, id_, name = spec.type_name(row), row["id"], row["name"]
    if row["string"] != "yes":
        return [macro(name, type_, id_)]
    narrow, neutral = type_.replace("UNICODE", "STRING8"), type_.replace("UNICODE", "TSTRING")
    return [macro(name, neutral, id_), macro(name + "_W", type_, id_), macro(name + "_A", narrow, id_)]


def body_of(rows):
    lines = []
    for low, high, what in RANGES:
        group = [row for row in rows if low <= int(row["id"], 16) <= high]
        group.sort(key=lambda row: (int(row["id"], 16), row["name"]))
        if group:
            lines += ["", f"/* {low:04X}-{high:04X}: {what} */", ""]
        for row in group:
            lines += tag_lines(row)
    return "\n".join(lines)


def mapitags_extras():
    lines = [TRANSMITTABLE]
    lines.append("/* A provider's secure profile properties lie between these identifiers. */")
    rows = [row for row in spec.rows("constants") if row["header"] == "mapitags.h"]
    for row in sorted(rows, key=lambda row: int(row["value"], 0)):
        lines.append(f"#define {row['name']} 0x{int(row['value'], 0):04X}")
    return "\n".join(lines) + "\n"


def emsabtag_extras():
    lines = []
    for row in spec.rows("constants"):
        if row["header"] == "emsabtag.h":
            lines.append(f"#define {row['name']:<50} {constant_literal(row)}")
    return "\n".join(lines) + "\n"


def constant_literal(row):
    return f"((ULONG){row['value']})" if row["kind"] == "flag" else row["value"]


def outputs():
    by_file, purposes = {}, {}
    for row in spec.rows("proptags"):
        if row["header"] in ELSEWHERE:
            continue
        name, purpose = FILES[row["header"]]
        by_file.setdefault(name, []).append(row)
        purposes.setdefault(name, purpose)
    extras = {"mapitags.h": mapitags_extras(), "emsabtag.h": emsabtag_extras()}
    result = {}
    for name, rows in by_file.items():
        includes = ["mapidefs.h"]
        purpose = purposes[name]
        if name == "extraproptags.h":
            includes.append("extraconstants.h")
            purpose = FILES["mfcmapi:extraproptags.h"][1]
        head = spec.banner("data/spec/proptags.tsv", purpose=purpose)
        guard = "MAPIARY_" + name.upper().replace(".", "_")
        body = extras.get(name, "") + body_of(rows)
        result[f"include/mapi/{name}"] = spec.header_text(guard, head, includes, body)
    return result
