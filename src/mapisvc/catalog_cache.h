// SPDX-License-Identifier: Apache-2.0
// The catalog of the installed services, read anew only when one of its files changed: name, size and time of each are
// compared. A file so young that another change could leave its time as it is does not count as known: then the catalog
// is read again. Safe from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "mapisvc/catalog.h"

namespace mapiary::mapisvc {

class CatalogCache {
 public:
  struct Answer {
    std::shared_ptr<const Catalog> catalog;
    bool is_new = false;  // read by this call: its problems have not been told yet
  };
  Answer get(FileSystem& files, const std::vector<Place>& places);

 private:
  std::mutex mutex_;
  std::string state_;  // of the files when they were read; empty: not to be relied on
  std::shared_ptr<const Catalog> catalog_;
};

}  // namespace mapiary::mapisvc
