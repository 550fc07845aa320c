// SPDX-License-Identifier: Apache-2.0
// Gives the shared object a translation unit of its own; the exported functions come from the components.
namespace mapiary::entry {
extern const char kVersion[];
const char kVersion[] = "Mapiary 0.1.0";
}  // namespace mapiary::entry
