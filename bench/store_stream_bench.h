// SPDX-License-Identifier: Apache-2.0
// Streams: small ones against page reads and memcpy, a large attachment and the memory it takes.
#ifndef MAPIARY_BENCH_STORE_STREAM_BENCH_H
#define MAPIARY_BENCH_STORE_STREAM_BENCH_H

#include "bench/ratio.h"
#include "bench/store_tools.h"

namespace bench {

inline Ptr<IStream> open_stream(IMAPIProp* object, ULONG tag, ULONG flags) {
  Ptr<IStream> stream;
  need(object->OpenProperty(tag, &IID_IStream, 0, flags, reinterpret_cast<LPUNKNOWN*>(stream.put())), "OpenProperty");
  return stream;
}

inline void measure_stream(Report& report) {
  constexpr ULONG kTag = PROP_TAG(PT_BINARY, 0x6666);
  constexpr std::size_t kSize = 60'000, kMessages = 500;
  Client client;
  Words words;
  const auto folder = client.new_folder("Streams");
  std::vector<Ptr<IMessage>> messages;
  client.bulk(true);
  for (std::size_t i = 0; i < kMessages; ++i) {
    Ptr<IMessage> message;
    Mail mail;
    add_columns(words, mail.props, i, "stream");
    mail.props.binary(0x6666, words.noise(kSize));
    need(folder->CreateMessage(nullptr, 0, message.put()), "CreateMessage");
    need(message->SetProps(mail.props.count(), mail.props.values(), nullptr), "SetProps");
    need(message->SaveChanges(KEEP_OPEN_READWRITE), "SaveChanges");
    messages.push_back(std::move(message));
  }
  client.bulk(false);
  std::vector<std::string> ids;
  for (auto& message : messages) {
    LPSPropValue value = nullptr;
    need(HrGetOneProp(message.get(), PR_ENTRYID, &value), "PR_ENTRYID");
    ids.emplace_back(reinterpret_cast<char*>(value->Value.bin.lpb), value->Value.bin.cb);
    MAPIFreeBuffer(value);
    message.reset();
  }
  messages.clear();
  for (std::string& id : ids) {
    Ptr<IMessage> message;
    ULONG type = 0;
    need(client.store()->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMessage,
                                   0, &type, reinterpret_cast<LPUNKNOWN*>(message.put())),
         "OpenEntry");
    messages.push_back(std::move(message));
  }
  sqlite::OpenOptions options;
  options.access = sqlite::Access::kReadWrite;
  auto database = must(sqlite::Database::open(client.file(), options));
  must(database.run("PRAGMA cache_size = -8192"));
  std::vector<std::int64_t> pieces;
  {
    auto all = must(database.prepare("SELECT k FROM stream WHERE length(data) = 60000"));
    while (must(all.step())) pieces.push_back(all.integer(0));
  }
  auto piece = must(database.prepare("SELECT data FROM stream WHERE k = ?1"));
  std::vector<char> buffer(kSize);
  std::size_t at = 0, raw_at = 0;
  const Pair times = compare(
      [&] {
        const auto stream = open_stream(messages[++at % messages.size()].get(), kTag, 0);
        ULONG got = 0;
        need(stream->Read(buffer.data(), kSize, &got), "Read");
        if (got != kSize) std::exit(2);
      },
      [&] {
        must(piece.bind(1, pieces[++raw_at % pieces.size()]));
        must(piece.step());
        std::memcpy(buffer.data(), piece.blob(0).data(), kSize);
        piece.reset();
      });
  report.at_most("MAPI: 60 KB stream / page reads and memcpy", 2, times);
}

inline void write_large(IMAPIFolder* folder, std::uint64_t megabytes) {
  Ptr<IMessage> message;
  Ptr<IAttach> attachment;
  ULONG number = 0;
  need(folder->CreateMessage(nullptr, 0, message.put()), "CreateMessage");
  need(message->CreateAttach(nullptr, 0, &number, attachment.put()), "CreateAttach");
  {
    const auto stream = open_stream(attachment.get(), PR_ATTACH_DATA_BIN, MAPI_CREATE | MAPI_MODIFY);
    std::string piece = Words().noise(1 << 16);
    for (std::uint64_t i = 0; i < megabytes * 16; ++i) {
      std::memcpy(piece.data(), &i, sizeof i);
      need(stream->Write(piece.data(), static_cast<ULONG>(piece.size()), nullptr), "Write");
    }
    need(stream->Commit(0), "Commit");
  }
  need(attachment->SaveChanges(0), "SaveChanges of the attachment");
  need(message->SaveChanges(0), "SaveChanges");
}

inline void read_large(IMAPIFolder* folder, std::uint64_t megabytes) {
  Ptr<IMAPITable> table;
  LPSRowSet rows = nullptr;
  need(folder->GetContentsTable(0, table.put()), "GetContentsTable");
  need(table->QueryRows(1, 0, &rows), "QueryRows");
  const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
  Ptr<IMessage> message;
  Ptr<IAttach> attachment;
  ULONG type = 0;
  need(folder->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), &IID_IMessage, 0, &type,
                         reinterpret_cast<LPUNKNOWN*>(message.put())),
       "OpenEntry");
  FreeProws(rows);
  need(message->OpenAttach(0, nullptr, 0, attachment.put()), "OpenAttach");
  const auto stream = open_stream(attachment.get(), PR_ATTACH_DATA_BIN, 0);
  std::vector<char> piece(1 << 16);
  std::uint64_t all = 0;
  for (ULONG got = 1; got > 0; all += got) {
    std::uint64_t number = 0;
    need(stream->Read(piece.data(), static_cast<ULONG>(piece.size()), &got), "Read");
    if (got > 0) std::memcpy(&number, piece.data(), sizeof number);
    if (got > 0 && number != all >> 16) std::exit(2);
  }
  if (all != megabytes << 20) std::exit(2);
}

inline void measure_attachment(Report& report, std::uint64_t megabytes) {
  Client client;
  const auto folder = client.new_folder("Attachment");
  double in_time = 0, out_time = 0;
  const double in = growth([&] { in_time = once([&] { write_large(folder.get(), megabytes); }); });
  const double out = growth([&] { out_time = once([&] { read_large(folder.get(), megabytes); }); });
  const double size = static_cast<double>(megabytes);
  report.note("megabytes of the attachment", size, "MB");
  report.at_most("memory: an attachment written through IStream", 32, in, 1, "MB");
  report.at_most("memory: an attachment read through IStream", 32, out, 1, "MB");
  report.note("an attachment written", size / in_time, "MB/CPU s");
  report.note("an attachment read", size / out_time, "MB/CPU s");
}

}  // namespace bench

#endif  // MAPIARY_BENCH_STORE_STREAM_BENCH_H
