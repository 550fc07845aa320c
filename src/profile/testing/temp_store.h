// SPDX-License-Identifier: Apache-2.0
// A profile store in a folder of its own, and something to put into it. For tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/env.h"
#include "base/file.h"
#include "profile/store.h"

namespace mapiary::profile::testing {

inline model::PropValue int32(std::uint16_t id, std::int32_t value) {
  return model::PropValue::int32({id, model::PropType::kInt32}, value);
}
inline model::PropValue text(std::uint16_t id, std::string value) {
  return model::PropValue::text({id, model::PropType::kUnicode}, std::move(value));
}
inline std::string binary(const Guid& uid) {
  return {reinterpret_cast<const char*>(uid.bytes.data()), uid.bytes.size()};
}
inline std::int32_t flags_of(const model::PropBag& bag) {
  const model::PropValue* flags = bag.find(std::uint16_t{0x3009});
  return flags == nullptr ? 0 : flags->as_int32();
}

// A service with a store and a transport.
inline NewService sample_service(const std::string& name, std::int32_t transport_flags = 0) {
  NewService service;
  service.properties.set(text(0x3001, name + " service"));
  service.properties.set(text(0x3D09, name));
  for (const std::int32_t type : {33, 36}) {
    NewSection provider;
    provider.properties.set(text(0x3001, name + " provider"));
    provider.properties.set(text(0x300A, "lib" + name + ".so"));
    provider.properties.set(int32(0x3E03, type));
    provider.properties.set(int32(0x3009, type == 36 ? transport_flags : 0));
    service.providers.push_back(std::move(provider));
  }
  return service;
}

class TempStore : public ::testing::Test {
 protected:
  void SetUp() override {
    parent_ = system_files().make_temp_folder(join_path(temp_folder(), "profile-test-")).value();
    folder_ = join_path(parent_, "config");
  }
  void TearDown() override { std::filesystem::remove_all(parent_); }

  ProfileStore open() const {
    Options options;
    options.folder = folder_;
    options.busy_deadline = std::chrono::seconds(60);
    return ProfileStore::open(options).value();
  }
  const std::string& folder() const { return folder_; }
  std::string store_path() const { return join_path(folder_, kStoreName); }
  std::string key_path() const { return join_path(folder_, kKeyName); }
  std::string file_bytes() const { return system_files().read_file(store_path(), 1 << 26).value(); }

 private:
  std::string parent_, folder_;
};

}  // namespace mapiary::profile::testing
