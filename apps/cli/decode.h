// SPDX-License-Identifier: Apache-2.0
// Property tags and values in words: names from data/spec, types as in the headers, values decoded (times, GUIDs,
// flags, enumerations).
#pragma once

#include <string>

#include "cli/json.h"
#include "mapiary/client/object.h"

namespace cli {

/// "PR_SUBJECT"; for a named property its name in the tables, else "{set}:0x8501" or "{set}:name"; else "".
std::string name_of(const mapiary::client::Object& object, ULONG tag);
/// "PT_UNICODE"
std::string type_name(ULONG tag);
/// The tag meant by "PR_SUBJECT", "PidTagSubject", "0x0037" or "0x0037001F"; 0 if there is none. The type is
/// PT_UNSPECIFIED if it was not said.
ULONG tag_of(const std::string& word);
/// Whether a named property is called so ("PidLidFileUnder").
bool is_named_property(const std::string& word);
/// One line, without control characters; binary as hexadecimal, cut at `limit` bytes.
std::string value_text(const mapiary::client::Value& value, std::size_t limit);
/// What a number means: "MSGFLAG_READ|MSGFLAG_HASATTACH", "ATTACH_BY_VALUE"; empty if nothing is known.
std::string meaning(const mapiary::client::Value& value);
/// The value in JSON: texts, numbers, booleans, arrays; times as text, binary as hexadecimal.
void value_json(Json& json, const mapiary::client::Value& value);

/// "{00062008-0000-0000-C000-000000000046}"
std::string guid_text(const GUID& guid);

}  // namespace cli
