// SPDX-License-Identifier: Apache-2.0
// What the other process of a test does: a verb, the profile, and more. It finds the profiles by the environment.
#include <cstdio>
#include <thread>

#include "tests/proof/saving.h"

namespace proof {
namespace {

int fail_with(const char* what, HRESULT hr) {
  std::printf("! %s 0x%08X\n", what, static_cast<unsigned>(hr));
  std::fflush(stdout);
  return 1;
}

void say(char what, const std::string& id) {
  std::string line(1, what);
  for (const char c : id) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    line += digits;
  }
  std::puts(line.c_str());
  std::fflush(stdout);
}

// save <profile> <first>: numbered saves without end, each told when it is acknowledged.
int save(const std::string& profile, int first) {
  Client client;
  if (const HRESULT hr = log_on(profile, MDB_WRITE, client); hr != S_OK) return fail_with("log_on", hr);
  Saver saver;
  if (const HRESULT hr = saver.open(client); hr != S_OK) return fail_with("open", hr);
  for (int i = first;; ++i) {
    if (const HRESULT hr = saver.save(i); hr != S_OK) return fail_with("save", hr);
    std::printf("%d\n", i);
    std::fflush(stdout);
  }
}

// import <profile> <first>: messages in bulk mode without end; each that is the last of what is on the disk is told.
int import(const std::string& profile, int first) {
  constexpr int kTogether = 12;
  Client client;
  if (const HRESULT hr = log_on(profile, MDB_WRITE, client); hr != S_OK) return fail_with("log_on", hr);
  Saver saver;
  if (const HRESULT hr = saver.open(client); hr != S_OK) return fail_with("open", hr);
  if (const HRESULT hr = saver.set_bulk(true); hr != S_OK) return fail_with("bulk mode", hr);
  for (int i = first;; ++i) {
    if (const HRESULT hr = saver.add(i); hr != S_OK) return fail_with("add", hr);
    if ((i - first) % kTogether != kTogether - 1) continue;
    if (const HRESULT hr = saver.set_bulk(true); hr != S_OK) return fail_with("flush", hr);
    std::printf("%d\n", i);
    std::fflush(stdout);
  }
}

// tell <profile> <count>: commits of every kind that a listener hears of, and the events that must be heard.
int tell(const std::string& profile, int count) {
  Client client;
  if (const HRESULT hr = log_on(profile, MDB_WRITE, client); hr != S_OK) return fail_with("log_on", hr);
  const auto in = make_folder(client.root.get(), L"Told"), other = make_folder(client.root.get(), L"Other");
  say('C', get_binary(in.get(), PR_ENTRYID));
  say('C', get_binary(other.get(), PR_ENTRYID));
  for (int i = 0; i < count; ++i) {
    Ptr<IMessage> message;
    HRESULT hr = in->CreateMessage(nullptr, 0, message.put());
    if (hr == S_OK) hr = set_long(message.get(), PR_IMPORTANCE, i);
    if (hr == S_OK) hr = message->SaveChanges(KEEP_OPEN_READWRITE);
    if (hr != S_OK) return fail_with("save", hr);
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    message.reset();
    say('C', id);
    if (i % 8 != 3) continue;
    if ((hr = in->CopyMessages(Entries({id}).get(), nullptr, other.get(), 0, nullptr, 0)) != S_OK) {
      return fail_with("copy", hr);
    }
    say('Y', id);
    hr = in->CopyMessages(Entries({id}).get(), nullptr, other.get(), 0, nullptr, MESSAGE_MOVE);
    if (hr != S_OK) return fail_with("move", hr);
    say('M', id);
    if ((hr = other->DeleteMessages(Entries({id}).get(), 0, nullptr, 0)) != S_OK) return fail_with("delete", hr);
    say('D', id);
  }
  close(client);
  return 0;
}

// A thread of hammer: what goes wrong is told, nothing is hidden by trying again but MAPI_E_OBJECT_CHANGED.
HRESULT hammer_thread(const std::string& profile, int count) {
  Client client;
  HRESULT hr = log_on(profile, MDB_WRITE, client);
  if (hr != S_OK) return hr;
  Ptr<IMAPIFolder> folder;
  hr = client.root->CreateFolder(FOLDER_GENERIC, text(L"Shared"), nullptr, nullptr, MAPI_UNICODE | OPEN_IF_EXISTS,
                                 folder.put());
  const std::string counter = hr == S_OK ? get_binary(folder.get(), PROP_TAG(PT_BINARY, 0x6690)) : "";
  for (int i = 0; hr == S_OK && i < count; ++i) {
    Ptr<IMessage> message;
    if ((hr = folder->CreateMessage(nullptr, 0, message.put())) != S_OK) break;
    if ((hr = set_text(message.get(), PR_SUBJECT_W, L"m")) != S_OK) break;
    if ((hr = message->SaveChanges(0)) != S_OK) break;
    do {
      if ((hr = open_entry(client.store.get(), counter, IID_IMessage, MAPI_MODIFY, message)) != S_OK) break;
      if ((hr = set_long(message.get(), PR_IMPORTANCE, get_long(message.get(), PR_IMPORTANCE) + 1)) != S_OK) break;
      hr = message->SaveChanges(0);
    } while (hr == MAPI_E_OBJECT_CHANGED);
    if (hr != S_OK) break;
    Ptr<IMAPITable> table;
    if ((hr = folder->GetContentsTable(MAPI_UNICODE, table.put())) != S_OK) break;
    ULONG rows = 0;
    if ((hr = table->GetRowCount(0, &rows)) != S_OK) break;
    if (rows < static_cast<ULONG>(i)) hr = MAPI_E_CORRUPT_STORE;
  }
  folder.reset();
  close(client);
  return hr;
}

// hammer <profile> <threads> <count>
int hammer(const std::string& profile, int threads, int count) {
  std::vector<HRESULT> results(static_cast<std::size_t>(threads), MAPI_E_CALL_FAILED);
  {
    std::vector<std::jthread> all;
    for (HRESULT& result : results) all.emplace_back([&] { result = hammer_thread(profile, count); });
  }
  for (const HRESULT hr : results) {
    if (hr != S_OK) return fail_with("a thread", hr);
  }
  return 0;
}

}  // namespace

int peer_main(const std::vector<std::string>& arguments) {
  if (const HRESULT hr = MAPIInitialize(nullptr); hr != S_OK) return fail_with("MAPIInitialize", hr);
  const std::string& verb = arguments.at(0);
  int result = 2;
  if (verb == "save") result = save(arguments.at(1), std::stoi(arguments.at(2)));
  if (verb == "import") result = import(arguments.at(1), std::stoi(arguments.at(2)));
  if (verb == "tell") result = tell(arguments.at(1), std::stoi(arguments.at(2)));
  if (verb == "hammer") result = hammer(arguments.at(1), std::stoi(arguments.at(2)), std::stoi(arguments.at(3)));
  MAPIUninitialize();
  return result;
}

}  // namespace proof
