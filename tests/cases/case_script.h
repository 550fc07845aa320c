// SPDX-License-Identifier: Apache-2.0
// Text of a .case file made into MAPI structures. Everything is allocated from one MAPI block. Not synchronised.
// tests/cases/table/README.md.
#pragma once

#include <mapix.h>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cases {

// A case file that is wrong: the test fails with the line.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Arena {
 public:
  Arena() {
    if (FAILED(MAPIAllocateBuffer(16, &root_))) throw Wrong("no memory");
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { MAPIFreeBuffer(root_); }

  // Zeroed.
  void* bytes(std::size_t size);
  template <class T>
  T* make(std::size_t count = 1) {
    return static_cast<T*>(bytes(sizeof(T) * (count ? count : 1)));
  }

 private:
  void* root_ = nullptr;
};

// The words of one line; what is in quotes, brackets or parentheses is one word.
std::vector<std::string> words(std::string_view line);

class Vocabulary {
 public:
  void define(const std::string& name, ULONG tag) { tags_[name] = tag; }
  // Also "mvi:name" and "null". Throws Wrong for an unknown name.
  ULONG tag(const std::string& name) const;

  // Throws Wrong for text that is no value of the type.
  SPropValue value(ULONG tag, std::string_view text, Arena& arena) const;
  SRestriction restriction(std::string_view text, Arena& arena) const;
  LPSSortOrderSet sort_order(const std::vector<std::string>& words, Arena& arena) const;

 private:
  SPropValue values(ULONG tag, std::string_view text, Arena& arena) const;  // of a multivalued tag

  std::map<std::string, ULONG> tags_;
};

// A value as a case file writes it; - for MAPI_E_NOT_FOUND, !XXXXXXXX for other errors.
std::string print(const SPropValue& value);
// The HRESULT of a name such as MAPI_E_NOT_FOUND.
HRESULT code(const std::string& name);

}  // namespace cases
