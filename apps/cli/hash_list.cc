// SPDX-License-Identifier: Apache-2.0
#include "cli/hash_list.h"

#include "cli/item_log.h"
#include "cli/system.h"

namespace cli {

namespace {

class Lister {
 public:
  Lister(const std::string& directory, const std::string& name, HashKind kind)
      : directory_(directory),
        list_(directory + "/" + name + ".partial", directory + "/" + name),
        hash_(kind),
        of_list_(kind) {
    done_.kind = kind;
  }

  // False: interrupted.
  bool add(const std::string& file, const std::string& known, std::uint64_t size) {
    std::string hash = known;
    if (!hash_.may_be(hash)) {  // unknown, or of a run with other options
      size = 0;
      const bool whole = system::read_pieces(directory_ + "/" + file, [&](std::string_view piece) {
        hash_.add(piece);
        size += piece.size();
        return !system::interrupted();
      });
      if (!whole) return false;
      hash = hash_.hex();
    }
    const std::string line = hash + "  " + file + "\n";
    list_.write(line);
    of_list_.add(line);
    ++done_.files;
    done_.bytes += size;
    return true;
  }
  HashList finish() {
    list_.commit();
    done_.hash = of_list_.hex();
    return done_;
  }

 private:
  const std::string directory_;
  system::NewFile list_;
  FileHash hash_, of_list_;
  HashList done_;
};

constexpr std::string_view kJsonEnding = ".json";

}  // namespace

std::optional<HashList> write_hash_list(const std::string& directory, const std::string& items, const std::string& name,
                                        HashKind kind) {
  Lister lister(directory, name, kind);
  ItemLog log(directory + "/" + items, true);
  std::string last;
  while (const auto item = log.next_done()) {
    if (item->kind != 'W' || item->file == last) continue;  // an mbox has many
    last = item->file;
    if (!lister.add(item->file, item->hash, item->bytes)) return std::nullopt;
    if (item->file.size() <= kJsonEnding.size() ||
        item->file.compare(item->file.size() - kJsonEnding.size(), kJsonEnding.size(), kJsonEnding) != 0)
      continue;
    const std::string beside = item->file.substr(0, item->file.size() - kJsonEnding.size()) + ".files";
    if (system::kind_of(directory + "/" + beside) != system::PathKind::kFolder) continue;
    for (const std::string& file : system::list(directory + "/" + beside)) {
      if (!lister.add(beside + "/" + file, "", 0)) return std::nullopt;
    }
  }
  if (!lister.add(items, "", 0)) return std::nullopt;
  return lister.finish();
}

}  // namespace cli
