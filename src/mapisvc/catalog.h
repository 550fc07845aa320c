// SPDX-License-Identifier: Apache-2.0
// The message services that are installed: several mapisvc.inf files as one. A service is taken whole, with all its
// sections, from the first file that lists it; the services of all files are there together, as are their default
// services and help files. What is wrong is collected as Problems; a service that cannot be used is left out and the
// others go on. A Catalog is immutable once made. docs/formats/mapisvc.md
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/guid.h"
#include "mapisvc/inf_file.h"
#include "model/prop_bag.h"

namespace mapiary::mapisvc {

struct ProviderEntry {
  std::string section;
  std::uint32_t line = 0;
  // All of the section; PR_DISPLAY_NAME, PR_PROVIDER_DISPLAY, PR_PROVIDER_DLL_NAME, PR_RESOURCE_TYPE and
  // PR_RESOURCE_FLAGS are always there.
  model::PropBag properties;
};

struct ExtraSection {
  std::string section;
  std::uint32_t line = 0;
  std::optional<Guid> uid;  // UID=; where the data goes in a profile. None: a new one each time
  model::PropBag properties;
};

struct ServiceEntry {
  std::string name;          // the section's, and PR_SERVICE_NAME: what CreateMsgService is called with
  std::string display_name;  // as [Services] has it
  std::string file;          // providers may lie beside it
  std::uint32_t line = 0;
  model::PropBag properties;
  std::vector<ProviderEntry> providers;  // at least one
  std::vector<ExtraSection> extras;
};

// Where to look: a file, or a folder whose *.inf files are read in the order of their names.
struct Place {
  std::string path;
  bool required = false;  // a problem if it is not there
};

// MAPIARY_MAPISVC (colon-separated), read from the environment at each call; `config_folder` (the profiles'; empty:
// none): mapisvc.inf, mapisvc.d; `install_folders`; /etc/mapiary: mapisvc.inf, mapisvc.d.
std::vector<Place> search_places(const std::string& config_folder, const std::vector<std::string>& install_folders);

class Catalog {
 public:
  static Catalog load(FileSystem& files, const std::vector<Place>& places, const Limits& limits = {});
  // In order of precedence.
  static Catalog merge(const std::vector<InfFile>& files, Problems problems = {}, const Limits& limits = {});

  const std::vector<ServiceEntry>& services() const { return services_; }
  // By section name, without regard to ASCII case; nullptr.
  const ServiceEntry* find(std::string_view name) const;
  // The services of [Default Services], in its order.
  std::vector<const ServiceEntry*> default_services() const;
  // From [Help File Mappings]; empty: none. "MAPI" is the runtime's own.
  std::string_view help_file(std::string_view service) const;
  const Problems& problems() const { return problems_; }
  // The files that were read, in order.
  const std::vector<std::string>& files() const { return files_; }

 private:
  friend class Builder;
  std::vector<ServiceEntry> services_;
  std::map<std::string, std::size_t> by_name_;  // lower case
  std::vector<std::string> defaults_;
  std::map<std::string, std::string> help_files_;  // by lower-case name
  Problems problems_;
  std::vector<std::string> files_;
};

}  // namespace mapiary::mapisvc
