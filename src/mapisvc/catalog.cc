// SPDX-License-Identifier: Apache-2.0
#include "mapisvc/catalog.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "base/env.h"
#include "base/unicode.h"
#include "mapisvc/entry_value.h"

namespace mapiary::mapisvc {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr PropTag kDisplayName(0x3001, PropType::kUnicode);
constexpr PropTag kProviderDisplay(0x3006, PropType::kUnicode);
constexpr PropTag kResourceFlags(0x3009, PropType::kInt32);
constexpr PropTag kProviderDllName(0x300A, PropType::kUnicode);
constexpr PropTag kServiceDllName(0x3D0A, PropType::kUnicode);
constexpr PropTag kServiceEntryName(0x3D0B, PropType::kString8);
constexpr PropTag kResourceType(0x3E03, PropType::kInt32);
constexpr std::array<std::int32_t, 5> kProviderTypes = {33, 35, 36, 38,
                                                        40};  // store, address book, transport, profile, hook

bool is_reserved(std::string_view section) {
  return equals_ascii_nocase(section, "Services") || equals_ascii_nocase(section, "Default Services") ||
         equals_ascii_nocase(section, "Help File Mappings");
}

}  // namespace

class Builder {
 public:
  Builder(Catalog& catalog, const Limits& limits) : catalog_(catalog), limits_(limits) {}

  void add(const InfFile& file) {
    file_ = &file;
    if (const Section* services = file.find("Services")) {
      for (const Entry& entry : services->entries) add_service(entry);
    } else if (!file.sections().empty() && file.find("Default Services") == nullptr &&
               file.find("Help File Mappings") == nullptr) {
      complain(0, Code::kNotFound, "there is no [Services] section, so nothing of the file is used");
    }
    if (const Section* helps = file.find("Help File Mappings")) {
      for (const Entry& entry : helps->entries) {
        catalog_.help_files_.try_emplace(ascii_lower(entry.name), entry.value);
      }
    }
    if (const Section* defaults = file.find("Default Services")) {
      for (const Entry& entry : defaults->entries) defaults_.push_back({file.name(), entry});
    }
  }

  // When all services are known.
  void finish() {
    std::set<std::string> seen;
    for (const auto& [file, entry] : defaults_) {
      if (!seen.insert(ascii_lower(entry.name)).second) continue;
      if (const ServiceEntry* service = catalog_.find(entry.name)) {
        catalog_.defaults_.push_back(service->name);
      } else if (!rejected_.contains(ascii_lower(entry.name))) {
        report(catalog_.problems_, limits_,
               {file, entry.line, Code::kNotFound, "[Default Services] " + entry.name + " is not in [Services]"});
      }
    }
  }

 private:
  void complain(std::uint32_t line, Code code, std::string message) {
    report(catalog_.problems_, limits_, {file_->name(), line, code, std::move(message)});
  }

  void add_service(const Entry& listed) {
    if (catalog_.find(listed.name) != nullptr) return;  // an earlier file has it
    const Section* section = file_->find(listed.name);
    if (section == nullptr || is_reserved(listed.name)) {
      complain(listed.line, Code::kNotFound,
               "[Services] " + listed.name + " has no section of that name; the service is left out");
      rejected_.insert(ascii_lower(listed.name));
      return;
    }
    ServiceEntry service;
    service.name = listed.name;
    service.display_name = listed.value.empty() ? listed.name : listed.value;
    service.file = file_->name();
    service.line = section->line;
    if (!fill(service, *section)) {
      complain(section->line, Code::kUnconfigured, "the service " + service.name + " is left out");
      rejected_.insert(ascii_lower(listed.name));
      return;
    }
    catalog_.by_name_.emplace(ascii_lower(service.name), catalog_.services_.size());
    catalog_.services_.push_back(std::move(service));
  }

  bool fill(ServiceEntry& service, const Section& section) {
    service.properties = properties_of(section, {"Providers", "Sections"});
    const bool has_entry = service.properties.find(kServiceEntryName.id()) != nullptr;
    const bool has_dll = service.properties.find(kServiceDllName.id()) != nullptr;
    if (has_entry && !has_dll) {
      complain(section.line, Code::kUnconfigured,
               "[" + section.name + "] has PR_SERVICE_ENTRY_NAME but no PR_SERVICE_DLL_NAME to find it in");
      return false;
    }
    const Entry* providers = section.find("Providers");
    if (providers == nullptr || split_list(providers->value).empty()) {
      complain(section.line, Code::kUnconfigured, "[" + section.name + "] has no Providers entry with a section in it");
      return false;
    }
    bool usable = true;
    for (const Section* listed : sections_of(*providers, section, usable)) {
      usable = add_provider(service, *listed) && usable;
    }
    if (const Entry* extras = section.find("Sections")) {
      for (const Section* listed : sections_of(*extras, section, usable)) add_extra(service, *listed);
    }
    if (properties_ > limits_.properties) {
      complain(section.line, Code::kTooBig, "[" + section.name + "] has too many properties, or comes after too many");
      return false;
    }
    return usable;
  }

  std::vector<const Section*> sections_of(const Entry& list, const Section& owner, bool& usable) {
    std::vector<const Section*> found;
    std::vector<std::string_view> names = split_list(list.value);
    const std::string where = "[" + owner.name + "] " + list.name;
    if (names.size() > limits_.list_items) {
      complain(list.line, Code::kTooBig, where + " lists too many sections");
      usable = false;
      names.resize(limits_.list_items);
    }
    for (const std::string_view name : names) {
      const Section* section = is_reserved(name) ? nullptr : file_->find(name);
      if (section == nullptr || section == &owner) {
        complain(list.line, Code::kNotFound, where + ": there is no section [" + std::string(name) + "] to use");
        usable = false;
      } else if (std::ranges::find(found, section) != found.end()) {
        complain(list.line, Code::kCollision, where + " lists [" + section->name + "] twice; once counts");
      } else {
        found.push_back(section);
      }
    }
    return found;
  }

  bool add_provider(ServiceEntry& service, const Section& section) {
    ProviderEntry provider{section.name, section.line, properties_of(section, {})};
    PropBag& bag = provider.properties;
    const PropValue* type = bag.find(kResourceType);
    if (type == nullptr || std::ranges::find(kProviderTypes, type->as_int32()) == kProviderTypes.end()) {
      complain(section.line, Code::kUnconfigured,
               "[" + section.name +
                   "] has no PR_RESOURCE_TYPE that is the type of a provider (MAPI_STORE_PROVIDER, "
                   "MAPI_TRANSPORT_PROVIDER, MAPI_AB_PROVIDER)");
      return false;
    }
    const PropValue* dll = bag.find(kProviderDllName.id());
    if (dll == nullptr || dll->as_bytes().empty()) {
      complain(section.line, Code::kUnconfigured, "[" + section.name + "] has no PR_PROVIDER_DLL_NAME");
      return false;
    }
    for (const PropTag tag : {kDisplayName, kProviderDisplay}) {
      if (bag.find(tag.id()) != nullptr) continue;
      complain(section.line, Code::kUnconfigured,
               "[" + section.name + "] has no " + (tag == kDisplayName ? "PR_DISPLAY_NAME" : "PR_PROVIDER_DISPLAY") +
                   "; the name of the service stands in");
      bag.set(PropValue::text(tag, service.display_name));
    }
    // Required by its page, left out by the examples of the same page.
    if (bag.find(kResourceFlags) == nullptr) bag.set(PropValue::int32(kResourceFlags, 0));
    service.providers.push_back(std::move(provider));
    return true;
  }

  void add_extra(ServiceEntry& service, const Section& section) {
    ExtraSection extra{section.name, section.line, std::nullopt, properties_of(section, {"UID"})};
    if (const Entry* uid = section.find("UID")) {
      if (const auto bytes = parse_hex(uid->value); bytes && bytes->size() == 16) {
        std::memcpy(extra.uid.emplace().bytes.data(), bytes->data(), 16);
      } else if (const auto guid = Guid::parse(uid->value)) {
        extra.uid = *guid;
      } else {
        complain(uid->line, Code::kBadValue,
                 "[" + section.name + "] UID is not 32 hexadecimal digits; a new one is used");
      }
    }
    service.extras.push_back(std::move(extra));
  }

  PropBag properties_of(const Section& section, std::initializer_list<std::string_view> others) {
    PropBag bag;
    for (const Entry& entry : section.entries) {
      const auto is_entry = [&](std::string_view other) { return equals_ascii_nocase(other, entry.name); };
      if (std::any_of(others.begin(), others.end(), is_entry)) continue;
      if (++properties_ > limits_.properties) break;
      if (auto value = property_of(section, entry)) {
        if (bag.find(value->tag().id()) == nullptr) {
          bag.set(std::move(*value));
        } else {
          complain(entry.line, Code::kCollision,
                   "[" + section.name + "] " + entry.name + " is a property set before; the first one counts");
        }
      }
    }
    return bag;
  }

  std::optional<PropValue> property_of(const Section& section, const Entry& entry) {
    const auto tag = parse_tag(entry.name);
    auto value = tag ? parse_value(*tag, entry.value, limits_.list_items) : tl::unexpected<Error>(tag.error());
    if (value) return std::move(*value);
    complain(entry.line, value.error().code,
             "[" + section.name + "] " + std::string(utf8_prefix(entry.name, 80)) + ": " + value.error().message);
    return std::nullopt;
  }

  Catalog& catalog_;
  const Limits& limits_;
  const InfFile* file_ = nullptr;
  std::size_t properties_ = 0;
  std::vector<std::pair<std::string, Entry>> defaults_;
  std::set<std::string> rejected_;  // told about already
};

namespace {

bool is_inf(std::string_view name) {
  return name.size() > 4 && equals_ascii_nocase(name.substr(name.size() - 4), ".inf");
}

// The files a place stands for.
std::vector<std::string> files_of(FileSystem& files, const Place& place, Problems& problems, const Limits& limits) {
  const auto complain = [&](const Error& error) {
    report(problems, limits, {place.path, 0, error.code, error.message});
  };
  const auto info = files.info(place.path);
  if (!info) {
    if (place.required || info.error().code != Code::kNotFound) complain(info.error());
    return {};
  }
  if (info->kind != FileKind::kFolder) return {place.path};
  const auto entries = files.list(place.path);
  if (!entries) {
    complain(entries.error());
    return {};
  }
  std::vector<std::string> found;
  for (const FolderEntry& entry : *entries) {
    if (entry.kind == FileKind::kFile && is_inf(entry.name)) found.push_back(join_path(place.path, entry.name));
  }
  return found;
}

}  // namespace

std::vector<Place> search_places(const std::string& config_folder, const std::vector<std::string>& install_folders) {
  std::vector<Place> places;
  const std::string listed = env("MAPIARY_MAPISVC").value_or("");
  for (std::size_t at = 0; at < listed.size();) {
    const std::size_t end = std::min(listed.find(':', at), listed.size());
    if (end > at) places.push_back({listed.substr(at, end - at), true});
    at = end + 1;
  }
  const auto add_folder = [&](const std::string& folder) {
    places.push_back({join_path(folder, "mapisvc.inf")});
    places.push_back({join_path(folder, "mapisvc.d")});
  };
  if (!config_folder.empty()) add_folder(config_folder);
  for (const std::string& folder : install_folders) places.push_back({folder});
  add_folder("/etc/mapiary");
  return places;
}

Catalog Catalog::load(FileSystem& files, const std::vector<Place>& places, const Limits& limits) {
  Problems problems;
  std::vector<InfFile> parsed;
  for (const Place& place : places) {
    for (const std::string& path : files_of(files, place, problems, limits)) {
      if (parsed.size() >= limits.files) {
        report(problems, limits, {path, 0, Code::kTooBig, "too many files; this one and later ones are left out"});
        return merge(parsed, std::move(problems), limits);
      }
      const auto content = files.read_file(path, limits.file_bytes);
      if (content) {
        parsed.push_back(InfFile::parse(path, *content, problems, limits));
      } else {
        report(problems, limits, {path, 0, content.error().code, content.error().message});
      }
    }
  }
  return merge(parsed, std::move(problems), limits);
}

Catalog Catalog::merge(const std::vector<InfFile>& files, Problems problems, const Limits& limits) {
  Catalog catalog;
  catalog.problems_ = std::move(problems);
  Builder builder(catalog, limits);
  for (const InfFile& file : files) {
    catalog.files_.push_back(file.name());
    builder.add(file);
  }
  builder.finish();
  return catalog;
}

const ServiceEntry* Catalog::find(std::string_view name) const {
  const auto found = by_name_.find(ascii_lower(name));
  return found == by_name_.end() ? nullptr : &services_[found->second];
}

std::vector<const ServiceEntry*> Catalog::default_services() const {
  std::vector<const ServiceEntry*> found;
  for (const std::string& name : defaults_) found.push_back(find(name));
  return found;
}

std::string_view Catalog::help_file(std::string_view service) const {
  const auto found = help_files_.find(ascii_lower(service));
  return found == help_files_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace mapiary::mapisvc
