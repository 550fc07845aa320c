// SPDX-License-Identifier: Apache-2.0
// Resource scripts from hostile text: what is read adds to itself and finds its own dialogs.
#include <cstdint>
#include <cstdlib>

#include "table/dialog_resource.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mapiary::table::ResourceScript;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto script = ResourceScript::parse(text);
  if (!script) return 0;
  const bool had = script->dialog(1) != nullptr;
  script->add(*ResourceScript::parse(text));
  if ((script->dialog(1) != nullptr) != had) std::abort();
  if (const auto* dialog = script->dialog("PAGE")) {
    for (const auto& item : dialog->items)
      if (!dialog->find(item.id)) std::abort();
  }
  return 0;
}
