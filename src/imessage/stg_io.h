// SPDX-License-Identifier: Apache-2.0
// Short forms of IStorage calls, for a storage of anybody's: whole streams, lists of names, storages inside. Errors are
// those of property/stream_object's table. No state; the caller's lock.
#pragma once

#include <mapix.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "com/ref.h"
#include "property/random_bytes.h"

namespace mapiary::imessage {

struct Element {
  std::wstring name;
  bool is_storage = false;
  std::uint64_t size = 0;
};

Result<std::vector<Element>> list_elements(IStorage& storage);
// nullopt: there is none of that name.
Result<com::Ref<IStream>> find_stream(IStorage& storage, const std::wstring& name);
Result<std::uint64_t> stream_size(IStream& stream);
// All bytes; empty if there is no such stream. kTooBig over `limit`.
Result<std::string> read_stream(IStorage& storage, const std::wstring& name, std::uint64_t limit);
Status write_stream(IStorage& storage, const std::wstring& name, std::string_view bytes);
// Gives the number of bytes.
Result<std::uint64_t> write_stream(IStorage& storage, const std::wstring& name, property::RandomBytes& bytes);
// Null if there is none.
Result<com::Ref<IStorage>> find_storage(IStorage& storage, const std::wstring& name, bool writable);
// Made if it is missing.
Result<com::Ref<IStorage>> need_storage(IStorage& storage, const std::wstring& name);
// Nothing happens if there is none.
Status destroy(IStorage& storage, const std::wstring& name);
Status checked(HRESULT hr, std::string_view call);
// A storage in memory, for parts of a message that are not saved yet.
Result<com::Ref<IStorage>> scratch_storage();

}  // namespace mapiary::imessage
