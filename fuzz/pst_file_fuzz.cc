// SPDX-License-Identifier: Apache-2.0
// A whole file (fuzz/pst_images.h) with some of its bytes changed, as a mailbox: read, checked, recovered. First byte
// the image; second what is done (1: CRCs are put right over the changes, so that what lies deeper is reached; 2: the
// file ends at the last change; then 4: the check, 8: what was in no folder and the expert's views; reading is always).
// Then five bytes a change: which structure, where in it (16 bits each), what the byte is from now on.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/pst/check/check.h"
#include "engines/pst/messaging/expert_view.h"
#include "engines/pst/messaging/recovery.h"
#include "engines/pst/pst_transaction.h"
#include "engines/pst/testing/memory_file.h"
#include "pst_images.h"

using namespace mapiary;
using namespace mapiary::engines::pst;
using testing::Image;
using testing::ImageMaker;

namespace {

constexpr std::size_t kMostChanges = 40, kChangeBytes = 5;
constexpr std::size_t kMostChildren = 20;  // that are read of one object
constexpr int kDeepest = 12;
constexpr std::uint8_t kMend = 1, kCut = 2, kCheck = 4, kExpert = 8;

// PR_SUBJECT, PR_NORMALIZED_SUBJECT, PR_DISPLAY_TO, PR_MESSAGE_SIZE, PR_DISPLAY_NAME, what tells of the store, of
// damage and of recovery.
constexpr model::PropTag kColumns[] = {
    model::PropTag(0x0037001F), model::PropTag(0x0E1D001F), model::PropTag(0x0E04001F), model::PropTag(0x0E080003),
    model::PropTag(0x3001001F), model::PropTag(0x67C10102), model::PropTag(0x67C5101F), model::PropTag(0x67A9101F),
    model::PropTag(0x67AE101F), model::PropTag(0x67AC001F), model::PropTag(0x67AD101F)};

class Deep final : public backend::RowVisitor {
 public:
  Result<bool> row(const backend::Row& row) override {
    ids.push_back(row.info.id);
    return ids.size() < kMostChildren;
  }
  std::vector<backend::ObjectId> ids;
};

// Begin and end of a large value.
void read_blob(backend::Transaction& transaction, backend::ObjectId id, const model::PropValue& value) {
  auto opened = transaction.open_blob(id, value.tag(), backend::BlobMode::kRead, 0);
  if (!opened) return;
  std::vector<std::byte> piece(3000);
  (void)(*opened)->read_at(0, piece);
  const std::uint64_t size = (*opened)->size();
  (void)(*opened)->read_at(size - std::min<std::uint64_t>(size, 1000), piece);
}

void read_all(backend::Transaction& transaction, backend::ObjectId id, int depth) {
  if (depth > kDeepest) return;
  backend::ReadRequest request;
  request.all = true;
  request.recipients = true;
  request.inline_limit = 1000;
  const auto data = transaction.read(id, request);
  if (!data) return;
  for (const auto& value : data->props) {
    if (value.is_blob()) read_blob(transaction, id, value);
  }
  backend::ReadRequest derived;
  derived.tags = kColumns;
  (void)transaction.read(id, derived);
  for (const auto kind : {backend::ObjectKind::kFolder, backend::ObjectKind::kMessage, backend::ObjectKind::kAssociated,
                          backend::ObjectKind::kAttachment}) {
    Deep found;
    backend::RowQuery query;
    if (kind != backend::ObjectKind::kAttachment) query.columns = kColumns;
    (void)transaction.rows(id, kind, query, found);
    for (const auto child : found.ids) read_all(transaction, child, depth + 1);
  }
}

void look_closely(const std::shared_ptr<PstFile>& file) {
  std::vector<std::byte> piece(4000);
  for (const char* node : {"0x21", "0x122", "0x8022", "0x802E", "0x200024", "0x200024/0x692", "0x8083"}) {
    const auto text = ExpertView::of_node(file->database(), node);
    if (text) (void)(*text)->read_at(0, piece);
  }
  for (const std::size_t which : {0u, 1u}) {
    const auto text = file->expert_view(which);
    if (text) (void)(*text)->read_at(0, piece);
  }
  const auto found = look_for_recoverable(file);
  if (found) file->set_recovered(*found);
}

std::string changed(const Image& image, const std::uint8_t* data, std::size_t size, std::uint8_t how) {
  std::string bytes = image.bytes;
  std::vector<std::size_t> hit;
  std::size_t last = bytes.size();
  const std::size_t count = std::min(size / kChangeBytes, kMostChanges);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* at = data + i * kChangeBytes;
    const std::size_t number = (at[0] | std::size_t{at[1]} << 8) % image.regions.size();
    const testing::Region& region = image.regions[number];
    // What follows what the CRC is of, too: the trailer.
    const std::size_t place = region.begin + (at[2] | std::size_t{at[3]} << 8) % (region.size + 24);
    if (place >= bytes.size()) continue;
    bytes[place] = static_cast<char>(at[4]);
    hit.push_back(number);
    last = place;
  }
  if ((how & kMend) != 0) {
    for (const std::size_t number : hit)
      ImageMaker::mend(bytes, image.regions[number], image.variant == Variant::kAnsi);
  }
  if ((how & kCut) != 0) bytes.resize(last);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const std::vector<Image> images = [] {
    std::vector<Image> all;
    for (std::size_t i = 0; i < ImageMaker::kCount; ++i) all.push_back(ImageMaker::make(i));
    return all;
  }();
  const Image& image = images[data[0] % images.size()];
  const std::uint8_t how = data[1];
  std::string bytes = changed(image, data + 2, size - 2, how);
  PstOptions options;
  if ((how & kCheck) != 0) {
    options.database.damaged_start = true;
    const auto strict = PstFile::open(testing::memory_file(bytes), "fuzz", options);
    if (strict) (void)check_file(*strict);
    options.database = {};
  }
  options.database.salvage = true;
  const auto file = PstFile::open(testing::memory_file(std::move(bytes)), "fuzz", options);
  if (!file) {
    if (size == 2) std::abort();  // nothing was changed
    return 0;
  }
  if ((how & kExpert) != 0) look_closely(*file);
  PstTransaction transaction(*file);
  read_all(transaction, nid::kMessageStore.value, 0);
  if (size == 2 && (*file)->database()->damage().met() != 0) std::abort();
  return 0;
}
