// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/pst_engine.h"

#include <array>
#include <condition_variable>
#include <mutex>

#include "base/clock.h"
#include "base/file.h"
#include "engines/pst/check/check.h"
#include "engines/pst/messaging/recovery.h"
#include "engines/pst/pst_transaction.h"

namespace mapiary::engines::pst {
namespace {

// There was one change, that which made the file; there will be no other.
constexpr backend::ChangeNumber kOnlyChange = 1;

class PstMailbox final : public backend::Mailbox {
 public:
  explicit PstMailbox(std::shared_ptr<PstFile> file) : file_(std::move(file)) {
    info_.uid = file_->uid();
    info_.mailbox = nid::kMessageStore.value;
    info_.root = nid::kRootFolder.value;
    info_.capabilities.read_only = true;
    info_.capabilities.persistent = true;
    info_.capabilities.unchanging = true;
    info_.capabilities.blob_limit = UINT32_MAX;
  }

  const backend::MailboxInfo& info() const override { return info_; }

  Result<std::unique_ptr<backend::Transaction>> begin(backend::Mode mode) override {
    if (mode != backend::Mode::kRead) {
      return fail(Code::kReadOnly, "pst", "PST and OST files are opened for reading only");
    }
    return std::make_unique<PstTransaction>(file_);
  }

  Status flush() override { return {}; }

  Result<backend::ChangeBatch> changes_since(backend::ChangeNumber after, std::size_t) override {
    backend::ChangeBatch batch;
    batch.last = kOnlyChange;
    batch.lost = after < kOnlyChange;
    return batch;
  }

  Result<bool> wait_for_change(backend::ChangeNumber after, std::chrono::milliseconds patience,
                               const std::stop_token& stop) override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, steady_now() + patience, [after] { return after < kOnlyChange; });
    return after < kOnlyChange;
  }

 private:
  std::shared_ptr<PstFile> file_;
  backend::MailboxInfo info_;
};

}  // namespace

Result<bool> PstEngine::recognises(const std::string& location) {
  auto file = system_files().open(location, OpenMode::kRead);
  if (!file && file.error().code == Code::kNotFound) return false;
  std::array<std::byte, 4> start{};
  const std::size_t got = TRY(TRY(std::move(file)).read_some_at(0, start));
  return has_magic(ByteSpan(start).first(got));
}

Status PstEngine::create(const std::string& location, const backend::CreateOptions&) {
  return fail(Code::kNotSupported, "pst", "'" + location + "' cannot be made: PST files are only read");
}

Result<std::unique_ptr<backend::Mailbox>> PstEngine::open(const std::string& location,
                                                          const backend::OpenOptions& options) {
  PstOptions how;
  how.code_page = options.text_code_page;
  how.expert_node = options.expert_node;
  how.database.salvage = true;
  auto file = TRY(PstFile::open(location, how));
  if (options.recoverable) {
    file->set_recovered(TRY(look_for_recoverable(file)));
  } else if (file->database()->lacks_nodes()) {
    file->set_recovered(TRY(look_for_rebuilt(file)));
  }
  return std::make_unique<PstMailbox>(std::move(file));
}

Result<backend::CheckReport> PstEngine::check(const std::string& location) {
  return check_path(location);
}

}  // namespace mapiary::engines::pst
