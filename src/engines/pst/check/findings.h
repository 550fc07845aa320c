// SPDX-License-Identifier: Apache-2.0
// What a check found, each with structure, offset and severity. One thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "backend/engine.h"
#include "engines/pst/ndb/ids.h"

namespace mapiary::engines::pst {

inline std::string number(std::uint64_t value) {
  return std::to_string(value);
}

class Findings {
 public:
  using Severity = backend::Severity;

  void add(Severity severity, std::string_view structure, std::uint64_t offset, std::string text,
           backend::ObjectId object = 0) {
    std::string message(structure);
    if (offset != 0) message.append(" at offset ").append(std::to_string(offset));
    message.append(": ").append(text);
    keep({object, std::move(message), severity, std::string(structure), offset});
  }
  // An error of the reader: "STRUCTURE at offset N: text", or text alone.
  void add(const Error& error, backend::ObjectId object = 0) {
    const std::size_t at = error.message.find(" at offset ");
    const std::string structure = at == std::string::npos ? "" : error.message.substr(0, at);
    keep({object, error.message, Severity::kError, structure, at == std::string::npos ? 0 : error.value});
  }
  void looked_at_object() { ++report_.objects; }
  bool any_errors() const { return errors_; }
  backend::CheckReport take() { return std::move(report_); }

 private:
  // What is wrong in one place is told once, whoever met it.
  void keep(backend::Damage damage) {
    errors_ = errors_ || damage.severity == Severity::kError;
    const std::pair place(damage.offset != 0 ? backend::ObjectId{0} : damage.object, damage.message);
    if (told_.contains(place)) return;
    if (report_.damages.size() < backend::CheckReport::kMost) {
      told_.insert(place);
      report_.damages.push_back(std::move(damage));
    } else {
      report_.complete = false;
    }
  }

  backend::CheckReport report_;
  std::set<std::pair<backend::ObjectId, std::string>> told_;
  bool errors_ = false;
};

}  // namespace mapiary::engines::pst
