// SPDX-License-Identifier: Apache-2.0
// A generated mbox into an SQLite store and out of it as MIME, through the public interface alone: processor time.
#include <mapiary/convert.h>
#include <unistd.h>

#include <cstring>

#include "bench/mail_sample.h"
#include "bench/ratio.h"
#include "bench/store_client.h"

namespace {

using namespace bench;

constexpr unsigned kMails = 1500;

std::filesystem::path make_mbox() {
  const auto path = std::filesystem::temp_directory_path() / ("mail-bench-" + std::to_string(::getpid()));
  std::ofstream out(path, std::ios::binary);
  for (unsigned n = 1; n <= kMails; ++n) {
    std::string mail = mail_message(n);
    mail.erase(std::remove(mail.begin(), mail.end(), '\r'), mail.end());
    out << "From ada@example.org Tue Feb  3 10:20:30 2015\n" << mail << "\n";
  }
  return path;
}

unsigned import(const std::filesystem::path& path, IMAPIFolder* folder, std::vector<Ptr<IMessage>>* keep) {
  Ptr<IMapiaryMailSource> source;
  if (FAILED(MapiaryOpenMailSource(path.c_str(), 0, nullptr, nullptr, source.put()))) return 0;
  const MAPIARYMAILITEM* item = nullptr;
  unsigned count = 0;
  while (source->Next(&item) == S_OK) {
    Ptr<IStream> stream;
    Ptr<IMessage> message;
    if (FAILED(source->OpenMessage(stream.put())) || FAILED(folder->CreateMessage(nullptr, 0, message.put())) ||
        FAILED(MapiaryMimeToMessage(stream.get(), message.get(), CCSF_SMTP | CCSF_INCLUDE_BCC, nullptr, nullptr)) ||
        FAILED(MapiaryApplyMailItem(message.get(), item)) ||
        FAILED(message->SaveChanges(keep ? KEEP_OPEN_READONLY : 0))) {
      return 0;
    }
    if (keep && keep->size() < 300) keep->push_back(std::move(message));
    ++count;
  }
  return count;
}

}  // namespace

int main() {
  Report report;
  const auto path = make_mbox();
  double best = 1e9;
  std::uint64_t written = 0;
  double spent = 1e9;
  for (int round = 0; round < 3; ++round) {
    Client client(false);
    {
      const auto folder = client.new_folder("Import");
      std::vector<Ptr<IMessage>> kept;
      unsigned count = 0;
      best = std::min(best, once([&] {
                        client.bulk(true);
                        count = import(path, folder.get(), round == 2 ? &kept : nullptr);
                        client.bulk(false);
                      }));
      if (count != kMails) {
        std::printf("%u of %u mails were imported\n", count, kMails);
        return 2;
      }
      // In memory, where there is such a place: a stream on a file waits for the disk when it is released.
      const bool shared = std::filesystem::is_directory("/dev/shm");
      const auto out = (shared ? "/dev/shm/mail-bench-" + std::to_string(::getpid()) : path.string()) + ".eml";
      for (int i = 0; !kept.empty() && i < 5; ++i) {
        written = 0;
        const double start = now();
        for (const auto& message : kept) {
          Ptr<IStream> stream;
          std::string name = out;
          if (FAILED(OpenStreamOnFile(MAPIAllocateBuffer, MAPIFreeBuffer, STGM_CREATE | STGM_READWRITE, name.data(),
                                      nullptr, stream.put())) ||
              FAILED(
                  MapiaryMessageToMime(message.get(), stream.get(), CCSF_SMTP | CCSF_INCLUDE_BCC, nullptr, nullptr))) {
            return 2;
          }
          stream.reset();
          written += std::filesystem::file_size(out);
        }
        spent = std::min(spent, now() - start);
      }
      std::filesystem::remove(out);
    }
    client.disconnect();
  }
  std::filesystem::remove(path);
  report.at_most_us("import a mail of 44 KB from an mbox into SQLite", 700, best / kMails);
  report.at_least_mb_s("export mails from SQLite to files", 300, static_cast<double>(written), spent);
  return report.exit_code();
}
