// SPDX-License-Identifier: Apache-2.0
// Two mapisvc.inf files, apart by a byte 1, merged: whatever they hold, each service that comes out is usable.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mapisvc/catalog.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mapiary::mapisvc;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(input.find('\1'), size);
  Limits limits;
  limits.properties = 4096;
  Problems problems;
  std::vector<InfFile> files;
  files.push_back(InfFile::parse("a", input.substr(0, cut), problems, limits));
  if (cut < size) files.push_back(InfFile::parse("b", input.substr(cut + 1), problems, limits));
  const Catalog catalog = Catalog::merge(files, problems, limits);
  if (catalog.problems().size() > limits.problems + 1) std::abort();
  for (const ServiceEntry& service : catalog.services()) {
    if (service.providers.empty() || catalog.find(service.name) != &service) std::abort();
    for (const ProviderEntry& provider : service.providers) {
      if (provider.properties.find(std::uint16_t{0x300A}) == nullptr) std::abort();
    }
  }
  for (const ServiceEntry* service : catalog.default_services()) {
    if (service == nullptr) std::abort();
  }
  return 0;
}
