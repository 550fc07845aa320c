// SPDX-License-Identifier: Apache-2.0
// A folder with profiles of one store each, clients that log on to them, and a picture of a folder's whole content that
// two stores can be compared by. Public MAPI only. A World belongs to one process; others it starts find the same
// profiles by the environment.
#pragma once

#include <map>

#include "tests/conformance/testing/store_fixture.h"

namespace proof {

using conformance::Client;
using conformance::Entries;
using conformance::get_binary;
using conformance::get_long;
using conformance::get_text;
using conformance::Ptr;
using conformance::Rows;
using conformance::set_binary;
using conformance::set_bool;
using conformance::set_long;
using conformance::set_text;
using conformance::Sink;
using conformance::text;
using conformance::Values;

// Makes the folder, points the environment to it, and initialises MAPI; takes all of it back.
class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The file (or name) of a profile's store.
  std::string path(const std::string& profile) const { return (place_ / (profile + ".db")).string(); }
  // A profile with one store of the service in path(profile), or at `location`.
  void add_profile(const std::string& profile, const char* service, const std::string& location = "");
  const std::filesystem::path& place() const { return place_; }

 private:
  std::filesystem::path place_;
};

// A session with its store; `out` is closed first. The first HRESULT that is not S_OK; what was opened is closed then.
HRESULT log_on(const std::string& profile, ULONG flags, Client& out);
Client log_on(const std::string& profile);  // to write; S_OK is expected
void close(Client& client);

Ptr<IMAPIFolder> make_folder(IMAPIFolder* parent, const std::wstring& name, ULONG type = FOLDER_GENERIC);
template <class I>
HRESULT open_entry(IMsgStore* store, const std::string& id, REFIID iid, ULONG flags, Ptr<I>& out) {
  ULONG type = 0;
  std::string bytes = id;
  return store->OpenEntry(static_cast<ULONG>(bytes.size()),
                          bytes.empty() ? nullptr : reinterpret_cast<LPENTRYID>(bytes.data()), &iid, flags, &type,
                          reinterpret_cast<LPUNKNOWN*>(out.put()));
}
HRESULT add_recipient(IMessage* message, const std::wstring& name, LONG type = MAPI_TO);
HRESULT write_stream(IMAPIProp* object, ULONG tag, const std::string& bytes);
HRESULT read_stream(IMAPIProp* object, ULONG tag, std::string& bytes);
std::string noise(std::size_t count, std::uint64_t seed);

// What is in a folder and below it: names, counters, messages with their properties, recipients and attachments, in an
// order and words that do not depend on numbers and times. An object that cannot be read is a line that says so.
std::vector<std::string> picture(IMsgStore* store, IMAPIFolder* folder);
std::string picture(IMessage* message);
// A row for each line, without the values that are an object's own.
std::vector<std::string> row_lines(const Rows& rows);
std::string joined(const std::vector<std::string>& lines);

// What is wrong with the store, as its check table says (docs/message-stores.md).
struct Finding {
  std::string object;  // entry id
  ULONG type = 0;
  std::wstring text;
};
HRESULT check(IMsgStore* store, std::vector<Finding>& findings);
// ... as the status object of the session's one store says it: IMAPIStatus::ValidateState, and its text if it is an
// error.
HRESULT validate(IMAPISession* session, std::wstring& why);

// How often a test does what it does: an environment variable's number, else `otherwise`, under a sanitizer a fifth of
// it.
int number(const char* name, int otherwise);

// This program once more, as another process: main() hands `arguments` to peer_main(). Its stdout is read here.
class Peer {
 public:
  explicit Peer(const std::vector<std::string>& arguments);
  ~Peer();  // kills it if it runs
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // The next line; false at the end.
  bool line(std::string& out);
  void kill_now();
  // Its exit code; -signal.
  int wait();

 private:
  int pid_ = -1;
  FILE* out_ = nullptr;
};
int peer_main(const std::vector<std::string>& arguments);

}  // namespace proof
