// SPDX-License-Identifier: Apache-2.0
// Where an imported or copied message came from, kept in the message itself, so that a run that is resumed or repeated
// adds nothing twice: the mark is saved with the message or not at all. It is a named property, "origin" of the set
// {0E7A9C1B-6D4F-4E7B-9A53-6D6170696172}, 16 bytes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "mapiary/client/store.h"

namespace cli {

/// 128 bits of what is fed in. Tells items of one source apart; no protection against who makes collisions on purpose,
/// so it is always made of the place too, not of content alone.
class OriginHash {
 public:
  OriginHash& add(std::string_view bytes);
  OriginHash& add(std::uint64_t number);
  std::string key() const;

 private:
  std::uint64_t a_ = 0xCBF29CE484222325, b_ = 0x9AE16A3B2F90404F;
};

class Markers {
 public:
  /// The store is open for writing.
  explicit Markers(const mapiary::client::Store& store);
  /// The marks of all messages that are there.
  void load();
  /// True once for each mark that was loaded.
  bool take(const std::string& key);
  ULONG tag() const { return tag_; }
  /// Of what was recovered: "recovered" of the same set, "orphaned" or "deleted", and "recovered-from", the path of the
  /// folder it names as its own, if there is one. Both text.
  struct Recovered {
    ULONG state, former;
  };
  Recovered recovered_tags() const;

 private:
  const mapiary::client::Store& store_;
  const ULONG tag_;
  std::map<std::string, std::uint32_t> there_;
};

}  // namespace cli
