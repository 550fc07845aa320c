// SPDX-License-Identifier: Apache-2.0
// Any bytes read as an mbox: messages follow each other within the file, each can be opened; and what a sink makes of
// the bytes as one message is an mbox of one message.
#include <cstdlib>

#include "convert/mbox/mbox_reader.h"
#include "convert/mbox/mbox_writer.h"
#include "convert/mbox/sources.h"

using namespace mapiary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)mailfiles::form_of(std::string_view(bytes).substr(0, 8192), size);
  mbox::Reader reader(std::make_shared<model::MemorySource>(bytes));
  mbox::Entry entry;
  std::uint64_t last = 0;
  for (;;) {
    const auto more = reader.next(entry);
    if (!more) std::abort();
    if (!*more) break;
    if (entry.offset < last || entry.begin < entry.offset || entry.end < entry.begin || entry.next < entry.end ||
        entry.next > size || entry.next <= entry.offset) {
      std::abort();
    }
    last = entry.next;
    const auto message = reader.open(entry);
    if (!message || (*message)->size() > entry.end - entry.begin) std::abort();
  }
  std::string box = "From a@b Fri Feb 22 17:06:23 2008\n";
  mbox::Quoter quoter(0);
  for (std::size_t at = 0; at < bytes.size(); at += 7) quoter.feed(std::string_view(bytes).substr(at, 7), box);
  quoter.finish(box);
  mbox::Reader again(std::make_shared<model::MemorySource>(box));
  int count = 0;
  for (auto more = again.next(entry); more && *more; more = again.next(entry)) ++count;
  if (count != 1) std::abort();
  return 0;
}
