// SPDX-License-Identifier: Apache-2.0
// Dialog and string resources for systems whose programs have none: resource scripts (.rc), the text Windows programs
// already have, are registered for a module at run time (mapiaryrc.h) and read here. docs/adr/0013-dialog-resources.md
// says which part of the language. ResourceScript is immutable once parsed; the registry is safe from any thread.
#pragma once

#include <windows.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mapiary::table {

struct DialogItem {
  std::uint32_t id = 0;
  std::string text;  // UTF-8
  std::int32_t x = 0, y = 0, width = 0, height = 0;
};

struct Dialog {
  std::string caption;
  std::int32_t x = 0, y = 0, width = 0, height = 0;
  std::vector<DialogItem> items;

  const DialogItem* find(std::uint32_t id) const;
};

class ResourceScript {
 public:
  static constexpr std::size_t kMaxSize = 16 * 1024 * 1024;
  static constexpr std::size_t kMaxItems = 65536;

  // `text` is UTF-8. kInvalidArgument: a statement that is begun like a known one and is wrong; the value is the line.
  static Result<ResourceScript> parse(std::string_view text);

  // Names are compared without regard to case.
  const Dialog* dialog(std::string_view name) const;
  const Dialog* dialog(std::uint16_t id) const;
  const std::string* string(std::uint16_t id) const;
  // Every dialog and string of `other` that is not here.
  void add(ResourceScript other);

 private:
  friend class ScriptParser;
  std::map<std::string, Dialog, std::less<>> dialogs_;  // by folded name, or "#12"
  std::map<std::uint16_t, std::string> strings_;
};

class ResourceRegistry {
 public:
  // A second script of one module adds to the first: what was there wins.
  static Status add(HINSTANCE module, std::string_view text);
  static bool remove(HINSTANCE module);
  // nullptr: nothing was registered for the module.
  static std::shared_ptr<const ResourceScript> find(HINSTANCE module);
};

}  // namespace mapiary::table
