// SPDX-License-Identifier: Apache-2.0
#include "cli/message_list.h"

#include <algorithm>
#include <cstdio>

#include "cli/json.h"
#include "cli/output.h"
#include "cli/system.h"

namespace cli {

namespace client = mapiary::client;
using client::Row;

namespace {

constexpr ULONG kId = PR_ENTRYID, kDelivered = PR_MESSAGE_DELIVERY_TIME, kSubmitted = PR_CLIENT_SUBMIT_TIME;

const client::Tags kListColumns = {kId,
                                   kDelivered,
                                   kSubmitted,
                                   PR_SUBJECT_W,
                                   PR_SENT_REPRESENTING_NAME_W,
                                   PR_SENT_REPRESENTING_SMTP_ADDRESS_W,
                                   PR_SENT_REPRESENTING_EMAIL_ADDRESS_W,
                                   PR_SENDER_NAME_W,
                                   PR_SENDER_SMTP_ADDRESS_W,
                                   PR_SENDER_EMAIL_ADDRESS_W,
                                   PR_DISPLAY_TO_W,
                                   PR_MESSAGE_FLAGS,
                                   PR_HASATTACH,
                                   PR_MESSAGE_SIZE,
                                   PR_MESSAGE_CLASS_W,
                                   PR_IMPORTANCE};

std::string first_text(const Row& row, std::initializer_list<ULONG> tags) {
  for (const ULONG tag : tags) {
    std::string text = row[tag].text();
    if (!text.empty()) return text;
  }
  return {};
}

std::uint64_t date_of(const Row& row) {
  const std::uint64_t delivered = row[kDelivered].time();
  return delivered != 0 ? delivered : row[kSubmitted].time();
}

}  // namespace

bool is_found(const Query& query, const client::Store& store, const Row& row, bool& unread) {
  const std::string entry_id(row[kId].bytes()), subject = row[PR_SUBJECT_W].text();
  try {
    return query.is_meant(store, entry_id, subject);
  } catch (const client::Error& error) {
    complain("a message cannot be looked into: '" + one_line(subject) + "': " + error.what());
    unread = true;
    return false;
  }
}

std::vector<client::Table::Sort> sort_of(const std::string& word, bool reverse) {
  if (word == "subject") return {{PR_SUBJECT_W, reverse}};
  if (word == "from") return {{PR_SENDER_NAME_W, reverse}};
  if (word == "size") return {{PR_MESSAGE_SIZE, !reverse}};
  if (word == "none") return {};
  return {{kDelivered, !reverse}};
}

MessageList::MessageList(const Arguments& arguments, const client::Store& store)
    : store_(store), ids_(store), json_(arguments.has("json")) {}

std::uint64_t MessageList::print_folder(const FolderInfo& folder, const ListRequest& request) {
  client::Table table = store_.folder(folder.entry_id).messages(request.associated);
  table.columns(kListColumns);
  const Query* query = request.query;
  if (query && !query->takes_all()) table.restrict(query->filter());
  if (!request.sort.empty()) table.sort(request.sort);
  if (request.skip != 0) table.skip(static_cast<LONG>(std::min<std::uint64_t>(request.skip, INT32_MAX)));
  std::uint64_t printed = 0;
  while (printed < request.limit) {
    const auto batch = table.next(static_cast<LONG>(std::min<std::uint64_t>(request.limit - printed, 100)));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (query && !is_found(*query, store_, batch[i], unread_)) continue;
      ++printed;
      if (json_) {
        print_json(folder, batch[i]);
      } else {
        print_text(batch[i]);
      }
    }
    if (batch.size() == 0 || system::interrupted()) break;
    flush_output();
  }
  return printed;
}

void MessageList::print_json(const FolderInfo& folder, const Row& row) const {
  Json json;
  json.object().text("schema", "mapiary.item/1").text("id", ids_.brief(row[kId].bytes()));
  json.text("entryid", client::to_hex(row[kId].bytes())).text("folder", folder.path);
  json.text("subject", row[PR_SUBJECT_W].text());
  json.key("from").object().text("name", first_text(row, {PR_SENT_REPRESENTING_NAME_W, PR_SENDER_NAME_W}));
  json.text("address", first_text(row, {PR_SENT_REPRESENTING_SMTP_ADDRESS_W, PR_SENDER_SMTP_ADDRESS_W,
                                        PR_SENT_REPRESENTING_EMAIL_ADDRESS_W, PR_SENDER_EMAIL_ADDRESS_W}))
      .end();
  json.text("to", row[PR_DISPLAY_TO_W].text());
  json.text("date", iso_time(date_of(row))).text("sent", iso_time(row[kSubmitted].time()));
  json.number("size", static_cast<std::uint64_t>(row[PR_MESSAGE_SIZE].integer()));
  const auto flags = static_cast<ULONG>(row[PR_MESSAGE_FLAGS].integer());
  json.boolean("read", (flags & MSGFLAG_READ) != 0).boolean("attachments", row[PR_HASATTACH].boolean());
  json.text("class", row[PR_MESSAGE_CLASS_W].text());
  print_line(json.end().str());
}

void MessageList::print_text(const Row& row) const {
  const auto flags = static_cast<ULONG>(row[PR_MESSAGE_FLAGS].integer());
  const std::string from = first_text(row, {PR_SENT_REPRESENTING_NAME_W, PR_SENDER_NAME_W, PR_SENDER_EMAIL_ADDRESS_W});
  std::string date = iso_time(date_of(row));
  if (date.size() > 16) date = date.substr(0, 10) + " " + date.substr(11, 5);
  std::string line = fit(ids_.brief(row[kId].bytes()), 14);
  line += (flags & MSGFLAG_READ) != 0 ? "   " : " * ";
  line += row[PR_HASATTACH].boolean() ? "@ " : "  ";
  line +=
      fit(date, 16) + "  " + fit(readable_size(static_cast<std::uint64_t>(row[PR_MESSAGE_SIZE].integer())), 7) + "  ";
  line += fit(one_line(from), 24) + "  " + one_line(row[PR_SUBJECT_W].text());
  print_line(line);
}

}  // namespace cli
