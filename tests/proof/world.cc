// SPDX-License-Identifier: Apache-2.0
#include "tests/proof/world.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

extern char** environ;

namespace proof {
namespace {

constexpr ULONG kPath = PROP_TAG(PT_STRING8, 0x6700);
constexpr ULONG kCheck = PROP_TAG(PT_OBJECT, 0x6706);

LPTSTR narrow(const std::string& value) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(value.c_str()));
}

}  // namespace

// ---- World and clients

World::World() {
  static std::atomic<int> number{0};
  place_ =
      std::filesystem::temp_directory_path() / ("proof-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
  std::filesystem::create_directories(place_);
  ::setenv("MAPIARY_CONFIG_HOME", (place_ / "config").c_str(), 1);
  ::setenv("MAPIARY_MAPISVC", PROOF_INF, 1);
  EXPECT_EQ(S_OK, MAPIInitialize(nullptr));
}

World::~World() {
  MAPIUninitialize();
  std::filesystem::remove_all(place_);
}

void World::add_profile(const std::string& profile, const char* service, const std::string& location) {
  Ptr<IProfAdmin> profiles;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->CreateProfile(narrow(profile), nullptr, 0, 0));
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, profiles->AdminServices(narrow(profile), nullptr, 0, 0, admin.put()));
  ASSERT_EQ(S_OK, admin->CreateMsgService(narrow(service), narrow("Store"), 0, 0));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
  const Rows rows(table.get(), {PR_SERVICE_UID});
  ASSERT_EQ(1u, rows.size());
  std::string where = location.empty() ? path(profile) : location;
  SPropValue value{};
  value.ulPropTag = kPath;
  value.Value.lpszA = where.data();
  ASSERT_EQ(S_OK,
            admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(rows.at(0, 0).Value.bin.lpb), 0, 0, 1, &value));
}

HRESULT log_on(const std::string& profile, ULONG flags, Client& out) {
  close(out);
  const auto open = [&]() -> HRESULT {
    HRESULT hr =
        MAPILogonEx(0, narrow(profile), nullptr,
                    MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE, out.session.put());
    if (hr != S_OK) return hr;
    Ptr<IMAPITable> table;
    if ((hr = out.session->GetMsgStoresTable(0, table.put())) != S_OK) return hr;
    const Rows rows(table.get(), {PR_ENTRYID});
    if (rows.size() != 1) return MAPI_E_NOT_FOUND;
    const SBinary& id = rows.at(0, 0).Value.bin;
    hr = out.session->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr,
                                   flags | MDB_NO_DIALOG | MDB_NO_MAIL, out.store.put());
    if (hr != S_OK) return hr;
    return open_entry(out.store.get(), "", IID_IMAPIFolder, (flags & MDB_WRITE) ? MAPI_MODIFY : 0, out.root);
  };
  const HRESULT hr = open();
  if (hr != S_OK) close(out);
  return hr;
}

Client log_on(const std::string& profile) {
  Client client;
  EXPECT_EQ(S_OK, log_on(profile, MDB_WRITE, client)) << profile;
  return client;
}

void close(Client& client) {
  client.root.reset();
  client.store.reset();
  if (client.session) client.session->Logoff(0, 0, 0);
  client.session.reset();
}

// ---- Objects

Ptr<IMAPIFolder> make_folder(IMAPIFolder* parent, const std::wstring& name, ULONG type) {
  Ptr<IMAPIFolder> folder;
  EXPECT_EQ(S_OK, parent->CreateFolder(type, text(name.c_str()), nullptr, nullptr, MAPI_UNICODE, folder.put()));
  return folder;
}

HRESULT add_recipient(IMessage* message, const std::wstring& name, LONG type) {
  SPropValue values[4]{};
  values[0].ulPropTag = PR_DISPLAY_NAME_W;
  values[0].Value.lpszW = const_cast<wchar_t*>(name.c_str());
  values[1].ulPropTag = PR_RECIPIENT_TYPE;
  values[1].Value.l = type;
  values[2].ulPropTag = PR_ADDRTYPE_W;
  values[2].Value.lpszW = const_cast<wchar_t*>(L"SMTP");
  values[3].ulPropTag = PR_EMAIL_ADDRESS_W;
  values[3].Value.lpszW = const_cast<wchar_t*>(name.c_str());
  ADRLIST list{};
  list.cEntries = 1;
  list.aEntries[0].cValues = 4;
  list.aEntries[0].rgPropVals = values;
  return message->ModifyRecipients(MODRECIP_ADD, &list);
}

HRESULT write_stream(IMAPIProp* object, ULONG tag, const std::string& bytes) {
  Ptr<IStream> stream;
  HRESULT hr =
      object->OpenProperty(tag, &IID_IStream, 0, MAPI_CREATE | MAPI_MODIFY, reinterpret_cast<LPUNKNOWN*>(stream.put()));
  if (hr != S_OK) return hr;
  const ULARGE_INTEGER none{};
  if ((hr = stream->SetSize(none)) != S_OK) return hr;
  for (std::size_t at = 0; at < bytes.size(); at += 30'000) {
    const auto count = static_cast<ULONG>(std::min<std::size_t>(30'000, bytes.size() - at));
    if ((hr = stream->Write(bytes.data() + at, count, nullptr)) != S_OK) return hr;
  }
  return stream->Commit(0);
}

HRESULT read_stream(IMAPIProp* object, ULONG tag, std::string& bytes) {
  bytes.clear();
  Ptr<IStream> stream;
  HRESULT hr = object->OpenProperty(tag, &IID_IStream, 0, 0, reinterpret_cast<LPUNKNOWN*>(stream.put()));
  if (hr != S_OK) return hr;
  std::vector<char> piece(40'000);
  for (;;) {
    ULONG got = 0;
    hr = stream->Read(piece.data(), static_cast<ULONG>(piece.size()), &got);
    if (FAILED(hr)) return hr;
    if (got == 0) return S_OK;
    bytes.append(piece.data(), got);
  }
}

std::string noise(std::size_t count, std::uint64_t seed) {
  std::string bytes(count, '\0');
  std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  for (char& c : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>('a' + (state >> 40) % 26);
  }
  return bytes;
}

// ---- Pictures

namespace {

std::string hex(std::uint64_t value) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%llX", static_cast<unsigned long long>(value));
  return digits;
}

std::string bytes_text(const std::string& bytes) {
  if (bytes.size() <= 40) return "'" + bytes + "'";
  return std::to_string(bytes.size()) + " bytes " + hex(std::hash<std::string>()(bytes));
}

std::string wide_text(const wchar_t* value) {
  std::string bytes;
  for (; value != nullptr && *value != 0; ++value) {
    *value < 128 ? void(bytes += static_cast<char>(*value)) : void(bytes += "\\" + hex(static_cast<unsigned>(*value)));
  }
  return bytes_text(bytes);
}

// What depends on when and where an object was made.
bool is_own(ULONG tag) {
  for (const ULONG one : {PR_ENTRYID,
                          PR_RECORD_KEY,
                          PR_PARENT_ENTRYID,
                          PR_SEARCH_KEY,
                          PR_STORE_ENTRYID,
                          PR_STORE_RECORD_KEY,
                          PR_MAPPING_SIGNATURE,
                          PR_INSTANCE_KEY,
                          PR_CREATION_TIME,
                          PR_LAST_MODIFICATION_TIME,
                          PR_MESSAGE_DELIVERY_TIME,
                          PR_MDB_PROVIDER,
                          PR_CONVERSATION_INDEX,
                          PR_ATTACH_DATA_OBJ,
                          PR_CONTAINER_CONTENTS,
                          PR_CONTAINER_HIERARCHY,
                          PR_FOLDER_ASSOCIATED_CONTENTS,
                          PR_MESSAGE_RECIPIENTS,
                          PR_MESSAGE_ATTACHMENTS,
                          PR_CONVERSATION_ID}) {
    if (PROP_ID(one) == PROP_ID(tag)) return true;
  }
  return false;
}

std::string value_text(const SPropValue& value) {
  const auto binary = [](const SBinary& bin) {
    return bytes_text({reinterpret_cast<const char*>(bin.lpb), bin.lpb ? bin.cb : 0});
  };
  switch (PROP_TYPE(value.ulPropTag)) {
    case PT_LONG:
      return std::to_string(value.Value.l);
    case PT_BOOLEAN:
      return value.Value.b ? "true" : "false";
    case PT_UNICODE:
      return wide_text(value.Value.lpszW);
    case PT_STRING8:
      return bytes_text(value.Value.lpszA);
    case PT_BINARY:
      return binary(value.Value.bin);
    case PT_I8:
    case PT_SYSTIME:
      return hex(static_cast<std::uint64_t>(value.Value.li.QuadPart));
    case PT_ERROR:
      return "error " + hex(static_cast<unsigned>(value.Value.err));
    case PT_MV_LONG: {
      std::string all;
      for (ULONG i = 0; i < value.Value.MVl.cValues; ++i) all += std::to_string(value.Value.MVl.lpl[i]) + ",";
      return all;
    }
    case PT_MV_UNICODE: {
      std::string all;
      for (ULONG i = 0; i < value.Value.MVszW.cValues; ++i) all += wide_text(value.Value.MVszW.lppszW[i]) + ",";
      return all;
    }
    default:
      return "type " + hex(PROP_TYPE(value.ulPropTag));
  }
}

}  // namespace

std::vector<std::string> row_lines(const Rows& rows) {
  std::vector<std::string> lines;
  for (ULONG i = 0; i < rows.size(); ++i) {
    std::vector<std::pair<ULONG, std::string>> values;
    for (ULONG c = 0; c < rows.set->aRow[i].cValues; ++c) {
      const SPropValue& value = rows.at(i, c);
      const bool none = PROP_TYPE(value.ulPropTag) == PT_ERROR;
      if (!is_own(value.ulPropTag) && !none && PROP_ID(value.ulPropTag) != PROP_ID(PR_ROWID)) {
        values.emplace_back(value.ulPropTag, value_text(value));
      }
    }
    std::sort(values.begin(), values.end());
    std::string line;
    for (const auto& [tag, shown] : values) line += " " + hex(tag) + "=" + shown;
    lines.push_back(std::move(line));
  }
  return lines;
}

namespace {

class Painter {
 public:
  explicit Painter(IMsgStore* store) : store_(store) {}
  std::vector<std::string> lines;

  void folder(IMAPIFolder* folder, const std::string& indent) {
    lines.push_back(indent + "folder" + values(folder));
    Ptr<IMAPITable> table;
    if (const HRESULT hr = folder->GetContentsTable(MAPI_UNICODE, table.put()); hr != S_OK) {
      lines.push_back(indent + " contents: " + hex(static_cast<unsigned>(hr)));
    } else {
      messages(table.get(), indent + " message");
    }
    table.reset();
    if (folder->GetContentsTable(MAPI_UNICODE | MAPI_ASSOCIATED, table.put()) == S_OK) {
      messages(table.get(), indent + " associated");
    }
    table.reset();
    if (folder->GetHierarchyTable(MAPI_UNICODE, table.put()) != S_OK) return;
    const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_ENTRYID});
    std::map<std::wstring, std::string> below;
    for (ULONG i = 0; i < rows.size(); ++i) below[rows.text(i, 0)] = Values::binary(rows.at(i, 1));
    for (const auto& [name, id] : below) {
      Ptr<IMAPIFolder> child;
      const HRESULT hr = open_entry(store_, id, IID_IMAPIFolder, 0, child);
      hr == S_OK ? this->folder(child.get(), indent + "  ")
                 : void(lines.push_back(indent + "  " + hex(static_cast<unsigned>(hr))));
    }
  }

  void messages(IMAPITable* table, const std::string& prefix) {
    const Rows rows(table, {PR_ENTRYID});
    std::vector<std::string> found;
    for (ULONG i = 0; i < rows.size(); ++i) {
      Ptr<IMessage> message;
      const HRESULT hr = open_entry(store_, Values::binary(rows.at(i, 0)), IID_IMessage, 0, message);
      found.push_back(prefix + (hr == S_OK ? this->message(message.get()) : ": " + hex(static_cast<unsigned>(hr))));
    }
    std::sort(found.begin(), found.end());
    lines.insert(lines.end(), found.begin(), found.end());
  }

  std::string message(IMessage* message, int depth = 0) {
    std::string shown = values(message);
    Ptr<IMAPITable> table;
    if (const HRESULT hr = message->GetRecipientTable(MAPI_UNICODE, table.put()); hr != S_OK) {
      shown += " recipients: " + hex(static_cast<unsigned>(hr));
    } else {
      for (const std::string& line : row_lines(Rows(table.get()))) shown += " {to" + line + "}";
    }
    table.reset();
    if (const HRESULT hr = message->GetAttachmentTable(MAPI_UNICODE, table.put()); hr != S_OK) {
      return shown + " attachments: " + hex(static_cast<unsigned>(hr));
    }
    const Rows rows(table.get(), {PR_ATTACH_NUM});
    for (ULONG i = 0; i < rows.size(); ++i) {
      Ptr<IAttach> attach;
      const HRESULT hr = message->OpenAttach(static_cast<ULONG>(rows.at(i, 0).Value.l), nullptr, 0, attach.put());
      if (hr != S_OK) {
        shown += " {attachment: " + hex(static_cast<unsigned>(hr)) + "}";
        continue;
      }
      shown += " {attachment" + values(attach.get());
      Ptr<IMessage> inner;
      if (depth < 5 && attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, 0,
                                            reinterpret_cast<LPUNKNOWN*>(inner.put())) == S_OK) {
        shown += " {message" + this->message(inner.get(), depth + 1) + "}";
      }
      shown += "}";
    }
    return shown;
  }

  static std::string values(IMAPIProp* object) {
    ULONG count = 0;
    LPSPropValue props = nullptr;
    const HRESULT hr = object->GetProps(nullptr, MAPI_UNICODE, &count, &props);
    if (FAILED(hr)) return ": " + hex(static_cast<unsigned>(hr));
    std::vector<std::pair<ULONG, std::string>> all;
    for (ULONG i = 0; i < count; ++i) {
      const SPropValue& value = props[i];
      if (is_own(value.ulPropTag)) continue;
      std::string shown = value_text(value);
      if (value.ulPropTag == CHANGE_PROP_TYPE(value.ulPropTag, PT_ERROR) &&
          value.Value.err == MAPI_E_NOT_ENOUGH_MEMORY) {
        std::string bytes;
        const bool binary = PROP_ID(value.ulPropTag) == PROP_ID(PR_ATTACH_DATA_BIN) ||
                            PROP_ID(value.ulPropTag) == PROP_ID(PR_RTF_COMPRESSED);
        const ULONG tag = CHANGE_PROP_TYPE(value.ulPropTag, binary ? PT_BINARY : PT_UNICODE);
        const HRESULT read = read_stream(object, tag, bytes);
        shown = read == S_OK ? bytes_text(bytes) : "stream " + hex(static_cast<unsigned>(read));
      }
      all.emplace_back(value.ulPropTag, std::move(shown));
    }
    MAPIFreeBuffer(props);
    std::sort(all.begin(), all.end());
    std::string line;
    for (const auto& [tag, shown] : all) line += " " + hex(tag) + "=" + shown;
    return line;
  }

 private:
  IMsgStore* store_;
};

}  // namespace

std::vector<std::string> picture(IMsgStore* store, IMAPIFolder* folder) {
  Painter painter(store);
  painter.folder(folder, "");
  return std::move(painter.lines);
}

std::string picture(IMessage* message) {
  return Painter(nullptr).message(message);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

HRESULT check(IMsgStore* store, std::vector<Finding>& findings) {
  findings.clear();
  Ptr<IMAPITable> table;
  const HRESULT hr =
      store->OpenProperty(kCheck, &IID_IMAPITable, MAPI_UNICODE, 0, reinterpret_cast<LPUNKNOWN*>(table.put()));
  if (hr != S_OK) return hr;
  const Rows rows(table.get(), {PR_ENTRYID, PR_OBJECT_TYPE, PR_COMMENT_W});
  for (ULONG i = 0; i < rows.size(); ++i) {
    findings.push_back({Values::binary(rows.at(i, 0)), static_cast<ULONG>(rows.at(i, 1).Value.l), rows.text(i, 2)});
  }
  return rows.hr;
}

HRESULT validate(IMAPISession* session, std::wstring& why) {
  Ptr<IMAPITable> table;
  HRESULT hr = session->GetStatusTable(0, table.put());
  if (hr != S_OK) return hr;
  const Rows rows(table.get(), {PR_RESOURCE_TYPE, PR_ENTRYID});
  for (ULONG i = 0; i < rows.size(); ++i) {
    if (rows.at(i, 0).Value.l != LONG{MAPI_STORE_PROVIDER}) continue;
    const SBinary& id = rows.at(i, 1).Value.bin;
    Ptr<IMAPIStatus> status;
    ULONG type = 0;
    hr = session->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, 0, &type,
                            reinterpret_cast<LPUNKNOWN*>(status.put()));
    if (hr != S_OK) return hr;
    hr = status->ValidateState(0, SUPPRESS_UI);
    LPMAPIERROR error = nullptr;
    if (hr != S_OK && status->GetLastError(hr, MAPI_UNICODE, &error) == S_OK && error) {
      why = reinterpret_cast<const wchar_t*>(error->lpszError);
      MAPIFreeBuffer(error);
    }
    return hr;
  }
  return MAPI_E_NOT_FOUND;
}

int number(const char* name, int otherwise) {
  const char* asked = std::getenv(name);
  if (asked) return std::atoi(asked);
#if defined(MAPIARY_SANITIZE)
  return (otherwise + 4) / 5;
#else
  return otherwise;
#endif
}

// ---- Other processes

Peer::Peer(const std::vector<std::string>& arguments) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::vector<std::string> words = {"/proc/self/exe", "--peer"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  EXPECT_EQ(::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  out_ = ::fdopen(ends[0], "r");
}

Peer::~Peer() {
  if (pid_ > 0) {
    kill_now();
    wait();
  }
  if (out_ != nullptr) std::fclose(out_);
}

bool Peer::line(std::string& out) {
  out.clear();
  for (int c = std::fgetc(out_); c != EOF; c = std::fgetc(out_)) {
    if (c == '\n') return true;
    out += static_cast<char>(c);
  }
  return false;  // half a line is none
}

void Peer::kill_now() {
  ::kill(pid_, SIGKILL);
}

int Peer::wait() {
  int status = 0;
  if (pid_ > 0) ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace proof
