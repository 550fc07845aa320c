// SPDX-License-Identifier: Apache-2.0
// Fills a new store with what mail files cannot bring: hidden and embedded messages, attachments of every kind, folders
// outside the visible tree and with hostile names, a search folder, other classes. Written with the client API, which
// it tests as well. make_store <file> [copies]; the profile is made in MAPIARY_CONFIG_HOME. Prints the known counts.
#include <mapiary/client.h>
#include <mapiaux.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace mapiary::client;

constexpr ULONG kPath = PROP_TAG(PT_UNICODE, 0x6700);
constexpr std::uint64_t kDay = 864'000'000'000;
constexpr std::uint64_t kStart = 134'100'000'000'000'000;  // 2025-12-10

struct Known {
  int folders = 0, messages = 0, associated = 0, embedded = 0, attachments = 0, recipients = 0;
};
Known known;

void need(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "make_store: not so: %s\n", what);
  std::exit(1);
}

void add_recipient(Message& message, LONG type, const char* name, const char* address) {
  PropertyList list;
  list.number(PR_RECIPIENT_TYPE, type).text(PR_DISPLAY_NAME_W, name).text(PR_ADDRTYPE_W, "SMTP");
  message.add_recipient(list.text(PR_EMAIL_ADDRESS_W, address));
  ++known.recipients;
}

void describe(Message& message, const std::string& subject, int day) {
  PropertyList list;
  list.text(PR_SUBJECT_W, subject).text(PR_MESSAGE_CLASS_W, "IPM.Note").text(PR_SENDER_NAME_W, "Ada Lovelace");
  list.text(PR_SENDER_EMAIL_ADDRESS_W, "ada@example.org").text(PR_SENDER_ADDRTYPE_W, "SMTP");
  list.time(PR_MESSAGE_DELIVERY_TIME, kStart + static_cast<std::uint64_t>(day) * kDay);
  list.time(PR_CLIENT_SUBMIT_TIME, kStart + static_cast<std::uint64_t>(day) * kDay - 600'000'000);
  message.write(list.text(PR_BODY_W, "The text of " + subject + "\r\n"));
}

Message add(Folder& folder, const std::string& subject, int day) {
  Message message = folder.create_message();
  describe(message, subject, day);
  add_recipient(message, MAPI_TO, "Bob", "bob@example.net");
  ++known.messages;
  return message;
}

void attach(Message& message, const std::string& name, const std::string& bytes, const char* type) {
  Attachment attachment = message.add_attachment();
  PropertyList list;
  list.number(PR_ATTACH_METHOD, ATTACH_BY_VALUE).text(PR_ATTACH_LONG_FILENAME_W, name);
  attachment.write(list.text(PR_ATTACH_MIME_TAG_W, type));
  Stream data = attachment.create_stream(PR_ATTACH_DATA_BIN);
  data.write(bytes);
  data.commit();
  attachment.save();
  ++known.attachments;
}

void embed(Message& outer, int depth) {
  Attachment attachment = outer.add_attachment();
  PropertyList list;
  attachment.write(list.number(PR_ATTACH_METHOD, ATTACH_EMBEDDED_MSG).text(PR_DISPLAY_NAME_W, "inner"));
  Message inner = attachment.embedded(Access::kWrite);
  describe(inner, "Inner " + std::to_string(depth), depth);
  add_recipient(inner, MAPI_CC, "Carol", "carol@example.com");
  attach(inner, "deep.txt", "depth " + std::to_string(depth), "text/plain");
  if (depth > 1) embed(inner, depth - 1);
  inner.save();
  attachment.save();
  ++known.attachments;
  ++known.embedded;
}

std::string many_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& c : bytes) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

void fill_inbox(Folder& inbox) {
  Message plain = add(inbox, "Plain plan", 1);
  add_recipient(plain, MAPI_CC, "Кирилл", "kirill@example.org");
  plain.save();
  Message html = add(inbox, "Only HTML", 2);
  html.remove({PR_BODY_W});
  PropertyList body;
  body.bytes(PR_HTML,
             "<html><style>p{}</style><body><p>First &amp; last</p><p>Gr\xC3\xBC\xC3\x9F"
             "e</p></body></html>");
  html.write(body.number(PR_INTERNET_CPID, 65001));
  html.save();
  Message files = add(inbox, "Files", 3);
  attach(files, "report.pdf", many_bytes(300'000), "application/pdf");
  attach(files, "../../evil\r\nname.txt", "evil", "text/plain");
  attach(files, "", "no name", "application/octet-stream");
  files.save();
  Message outer = add(inbox, "Outer", 4);
  embed(outer, 3);
  outer.save();
  Message large = add(inbox, "Large \x1B[31mtext\x07", 5);
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "日本語 line\r\n";
  PropertyList long_text;
  large.write(long_text.text(PR_BODY_W, text + "needle at the end"));
  large.save();
  need(large.text(PR_BODY_W)->size() == text.size() + 17, "a large text comes back whole");
  Message contact = add(inbox, "Grace Hopper", 6);
  const auto ids = contact.ids_of({{{0x00062004, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}, std::nullopt, 0x8005}}, true);
  PropertyList named;
  named.text(PR_MESSAGE_CLASS_W, "IPM.Contact").text(CHANGE_PROP_TYPE(ids.at(0), PT_UNICODE), "Hopper, Grace");
  contact.write(named);
  contact.save();
  Message bare = inbox.create_message();
  bare.save();
  ++known.messages;
  Message hidden = inbox.create_message(true);
  describe(hidden, "Hidden settings", 7);
  hidden.save();
  ++known.associated;
}

// Everything of `before` is there again.
void look(const Store& store, const Folder& inbox) {
  Table rows = inbox.messages();
  std::string subjects;
  for (const Row& row :
       rows.columns({PR_SUBJECT_W}).sort({{PR_SUBJECT_W}}).restrict(Filter::contains(PR_SUBJECT_W, "PL"))) {
    subjects += row.at(0).text() + ";";
  }
  need(subjects == "Plain plan;", "a table restricted to a text has one row");
  need(inbox.messages().restrict(!Filter::exists(PR_SENDER_NAME_W)).count() == 1, "one message has no sender");
  bool thrown = false;
  try {
    store.message("no entry id");
  } catch (const Error& error) {
    thrown = error.code() != S_OK && std::string(error.what()).find("OpenEntry") != std::string::npos;
  }
  need(thrown, "an entry id that is none is an error that names the call");
}

void add_search_folder(const Store& store) {
  Folder finder = store.folder(*store.special_folder(PR_FINDER_ENTRYID), Access::kWrite);
  Pointer<IMAPIFolder> made;
  std::wstring name = L"All plans";
  check(finder.folder()->CreateFolder(FOLDER_SEARCH, reinterpret_cast<LPTSTR>(&name[0]), nullptr, nullptr, MAPI_UNICODE,
                                      made.put()),
        "CreateFolder");
  const Filter filter = Filter::contains(PR_SUBJECT_W, "plan");
  Filter::Built built(filter);
  EntryList where({*store.special_folder(PR_IPM_SUBTREE_ENTRYID)});
  check(made->SetSearchCriteria(built.get(), where.get(), RECURSIVE_SEARCH | FOREGROUND_SEARCH | RESTART_SEARCH),
        "SetSearchCriteria");
}

int count_folders(const Folder& folder, const Store& store) {
  int count = 1;
  Table rows = folder.folders();
  for (const Row& row : rows.columns({PR_ENTRYID, PR_FOLDER_TYPE})) {
    if (row.at(1).integer() != FOLDER_SEARCH)
      count += count_folders(store.folder(std::string(row.at(0).bytes())), store);
  }
  return count;
}

void fill(const Store& store, int copies) {
  Folder inbox = store.folder(store.receive_folder(), Access::kWrite);
  fill_inbox(inbox);
  look(store, inbox);
  Folder top = store.folder(*store.special_folder(PR_IPM_SUBTREE_ENTRYID), Access::kWrite);
  int day = 10;
  for (const char* name : {"..", "a/b", "CON", "ends with dot.", "ünï çødé", "line\nbreak", " blank ", "percent%41"}) {
    Folder made = top.create_folder(name);
    add(made, std::string("In ") + name, day++).save();
  }
  Folder root = store.root(Access::kWrite);
  Folder outside = root.create_folder("Outside");
  add(outside, "Outside the visible folders", day++).save();
  Folder bin = store.folder(*store.special_folder(PR_IPM_WASTEBASKET_ENTRYID), Access::kWrite);
  Message deleted = add(bin, "Deleted plan", day++);
  deleted.save();
  deleted.set_read(true);
  if (copies > 0) {
    Folder many = top.create_folder("Many");
    for (int i = 0; i < copies; ++i) add(many, "Number " + std::to_string(i), 20 + i % 100).save();
  }
  add_search_folder(store);
  known.folders = count_folders(store.root(), store);
}

void run(const std::string& path, int copies) {
  const Library library;
  Profiles profiles;
  profiles.create("Make");
  PropertyList where;
  profiles.open("Make").add("MAPIARY_SQLITE", "Made", where.text(kPath, path));
  Session session = Session::log_on("Make");
  {
    const Store store = session.open_store(session.stores().at(0).entry_id, Access::kWrite);
    fill(store, copies);
  }
  session.log_off();
  profiles.remove("Make");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  try {
    run(argv[1], argc > 2 ? std::atoi(argv[2]) : 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_store: %s\n", error.what());
    return 1;
  }
  std::printf(
      "{\"folders\": %d, \"messages\": %d, \"associated\": %d, \"embedded\": %d, \"attachments\": %d, \"recipients\": "
      "%d}\n",
      known.folders, known.messages, known.associated, known.embedded, known.attachments, known.recipients);
  return 0;
}
