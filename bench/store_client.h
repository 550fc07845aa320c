// SPDX-License-Identifier: Apache-2.0
// A session with one store of MAPIARY_SQLITE in a folder of its own, and generated mail as SPropValue arrays, for
// benchmarks that speak public MAPI. A call that fails ends the program with 2. Single-threaded.
#pragma once

#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bench {

inline constexpr ULONG kPath = PROP_TAG(PT_UNICODE, 0x6700);      // docs/message-stores.md
inline constexpr ULONG kCompress = PROP_TAG(PT_BOOLEAN, 0x6703);  // ... of the message service
inline constexpr ULONG kBulk = PROP_TAG(PT_BOOLEAN, 0x6704);      // ... of the open store

inline void need(HRESULT hr, const char* what) {
  if (SUCCEEDED(hr)) return;
  std::printf("%s: 0x%08X\n", what, static_cast<unsigned>(hr));
  std::exit(2);
}

// Owns one reference.
template <class T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(Ptr&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ptr& operator=(Ptr&& other) noexcept {
    reset();
    p_ = std::exchange(other.p_, nullptr);
    return *this;
  }
  ~Ptr() { reset(); }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T** put() {
    reset();
    return &p_;
  }
  void reset() {
    if (T* old = std::exchange(p_, nullptr)) old->Release();
  }

 private:
  T* p_ = nullptr;
};

inline LPTSTR text(const char* value) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(value));
}

class Client {
 public:
  // `kept`: the file of the store, which may be there already and stays.
  explicit Client(bool compress = false, std::string kept = {}) : kept_(std::move(kept)) {
    place_ = std::filesystem::temp_directory_path() / ("store-bench-" + std::to_string(number()));
    std::filesystem::create_directories(place_);
    ::setenv("MAPIARY_CONFIG_HOME", (place_ / "config").c_str(), 1);
    ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
    need(MAPIInitialize(nullptr), "MAPIInitialize");
    make_profile(compress);
    connect();
  }
  ~Client() {
    disconnect();
    MAPIUninitialize();
    std::filesystem::remove_all(place_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  IMsgStore* store() const { return store_.get(); }
  std::string file() const { return kept_.empty() ? (place_ / "mail.mapiary").string() : kept_; }
  std::uint64_t file_size() const { return std::filesystem::file_size(file()); }

  void connect() {
    Ptr<IMAPITable> table;
    LPSRowSet rows = nullptr;
    SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
    need(MAPILogonEx(0, text("Bench"), nullptr, MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, session_.put()),
         "MAPILogonEx");
    need(session_->GetMsgStoresTable(0, table.put()), "GetMsgStoresTable");
    need(HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows),
         "stores");
    const SBinary& id = rows->aRow[0].lpProps[0].Value.bin;
    need(session_->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr,
                                MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL, store_.put()),
         "OpenMsgStore");
    FreeProws(rows);
  }
  void disconnect() {
    store_.reset();
    if (session_.get()) need(session_->Logoff(0, 0, 0), "Logoff");
    session_.reset();
  }
  void bulk(bool on) const {
    SPropValue value{};
    value.ulPropTag = kBulk;
    value.Value.b = on ? TRUE : FALSE;
    LPSPropProblemArray problems = nullptr;
    need(store_->SetProps(1, &value, &problems), "SetProps of the bulk mode");
    if (problems) need(problems->aProblem[0].scode, "the bulk mode");
  }
  Ptr<IMAPIFolder> new_folder(const char* name) const {
    Ptr<IMAPIFolder> root, folder;
    ULONG type = 0;
    need(store_->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, reinterpret_cast<LPUNKNOWN*>(root.put())), "root");
    need(root->CreateFolder(FOLDER_GENERIC, text(name), nullptr, nullptr, OPEN_IF_EXISTS, folder.put()),
         "CreateFolder");
    return folder;
  }

 private:
  static int number() {
    static int last = 0;
    return static_cast<int>(::getpid()) * 100 + ++last;
  }
  void make_profile(bool compress) const {
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> services;
    Ptr<IMAPITable> table;
    LPSRowSet rows = nullptr;
    SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
    need(MAPIAdminProfiles(0, profiles.put()), "MAPIAdminProfiles");
    need(profiles->CreateProfile(text("Bench"), nullptr, 0, 0), "CreateProfile");
    need(profiles->AdminServices(text("Bench"), nullptr, 0, 0, services.put()), "AdminServices");
    need(services->CreateMsgService(text("MAPIARY_SQLITE"), text("Bench"), 0, 0), "CreateMsgService");
    need(services->GetMsgServiceTable(0, table.put()), "GetMsgServiceTable");
    need(HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows),
         "the services");
    std::wstring path = std::filesystem::path(file()).wstring();
    SPropValue values[2]{};
    values[0].ulPropTag = kPath;
    values[0].Value.lpszW = path.data();
    values[1].ulPropTag = kCompress;
    values[1].Value.b = compress ? TRUE : FALSE;
    auto* uid = reinterpret_cast<LPMAPIUID>(rows->aRow[0].lpProps[0].Value.bin.lpb);
    need(services->ConfigureMsgService(uid, 0, 0, 2, values), "ConfigureMsgService");
    FreeProws(rows);
  }

  std::filesystem::path place_;
  std::string kept_;
  Ptr<IMAPISession> session_;
  Ptr<IMsgStore> store_;
};

// ---- Mail

class Words {
 public:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  // Words, the frequent ones more often: text as it compresses.
  std::string prose(std::size_t bytes) {
    std::string made;
    while (made.size() < bytes) {
      const double u = static_cast<double>(1 + below(1'000'000)) / 1e6;
      made += words()[static_cast<std::size_t>(u * u * u * 3999)] + " ";
    }
    made.resize(bytes);
    return made;
  }
  std::string noise(std::size_t bytes) {
    std::string data(bytes, '\0');
    for (char& c : data) c = static_cast<char>(below(256));
    return data;
  }

 private:
  const std::vector<std::string>& words() {
    while (words_.size() < 4000) {
      std::string word;
      for (std::uint64_t k = 2 + below(8); k > 0; --k) word += static_cast<char>('a' + below(26));
      words_.push_back(word);
    }
    return words_;
  }
  std::mt19937_64 random_{20240229};
  std::vector<std::string> words_;
};

// Property values that own what they point to. `bytes` counts them as a store keeps them: text in UTF-8.
class Props {
 public:
  Props() = default;
  Props(Props&&) = default;  // what the values point to stays where it is; a copy would point into the original
  Props(const Props&) = delete;
  Props& operator=(const Props&) = delete;
  ~Props() = default;
  void text(ULONG id, const std::string& value) {
    wide_.emplace_back(value.begin(), value.end());
    add(PROP_TAG(PT_UNICODE, id), value.size()).lpszW = wide_.back().data();
  }
  void number(ULONG id, LONG value) { add(PROP_TAG(PT_LONG, id), 4).l = value; }
  void flag(ULONG id, bool value) { add(PROP_TAG(PT_BOOLEAN, id), 1).b = value ? TRUE : FALSE; }
  void time(ULONG id, std::uint64_t ticks) {
    add(PROP_TAG(PT_SYSTIME, id), 8).ft = {static_cast<DWORD>(ticks), static_cast<DWORD>(ticks >> 32)};
  }
  void binary(ULONG id, std::string value) {
    bytes_.push_back(std::move(value));
    std::string& kept = bytes_.back();
    add(PROP_TAG(PT_BINARY, id), kept.size()).bin = {static_cast<ULONG>(kept.size()),
                                                     reinterpret_cast<LPBYTE>(kept.data())};
  }
  ULONG count() const { return static_cast<ULONG>(values_.size()); }
  LPSPropValue values() { return values_.data(); }
  std::uint64_t size() const { return size_; }

 private:
  decltype(SPropValue::Value)& add(ULONG tag, std::size_t size) {
    values_.emplace_back();
    values_.back().ulPropTag = tag;
    size_ += size;
    return values_.back().Value;
  }
  std::vector<SPropValue> values_;
  std::deque<std::wstring> wide_;
  std::deque<std::string> bytes_;
  std::uint64_t size_ = 0;
};

struct Mail {
  Props props;
  std::deque<Props> recipients;
  std::vector<BYTE> list;  // the ADRLIST of the recipients
  std::string attachment;

  LPADRLIST adrlist() {
    list.assign(sizeof(ADRLIST) + recipients.size() * sizeof(ADRENTRY), 0);
    auto* made = reinterpret_cast<LPADRLIST>(list.data());
    made->cEntries = static_cast<ULONG>(recipients.size());
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      made->aEntries[i] = {0, recipients[i].count(), recipients[i].values()};
    }
    return made;
  }
  std::uint64_t size() const {
    std::uint64_t all = props.size() + attachment.size();
    for (const Props& recipient : recipients) all += recipient.size();
    return all;
  }
};

inline std::uint64_t when(std::uint64_t i) {
  return 132'000'000'000'000'000 + i * 10'000'000'000;
}

inline void add_columns(Words& words, Props& props, std::uint64_t i, const std::string& topic) {
  props.text(0x001A, "IPM.Note");
  props.number(0x0017, 1);
  props.text(0x0037, i % 3 == 0 ? "RE: " + topic : topic);
  props.time(0x0039, when(i));
  props.text(0x0070, topic);
  props.binary(0x0071, words.noise(22));
  props.text(0x0C1A, words.prose(16));
  props.time(0x0E06, when(i));
  props.number(0x0E07, words.below(5) == 0 ? 0 : 1);
}

inline Props recipient(Words& words) {
  Props props;
  props.number(0x0C15, 1);
  props.text(0x3001, words.prose(16));
  props.text(0x3002, "SMTP");
  props.text(0x3003, words.prose(20) + "@example.org");
  return props;
}

// 37 KB on average: 45 properties, 1 to 5 recipients, headers, body, HTML; 30 % with an attachment of which 60 % do not
// compress.
inline Mail make_mail(Words& words, int i) {
  Mail mail;
  add_columns(words, mail.props, static_cast<std::uint64_t>(i), words.prose(25 + words.below(40)));
  mail.props.text(0x007D, words.prose(1300));
  mail.props.text(0x1000, words.prose(3000));
  mail.props.binary(0x1013, words.prose(12'100));
  for (ULONG k = 0; k < 12; ++k) mail.props.text(0x6001 + k, words.prose(50));
  for (ULONG k = 0; k < 18; ++k) mail.props.number(0x6101 + k, static_cast<LONG>(words.below(1000)));
  for (std::uint64_t k = 1 + words.below(5); k > 0; --k) mail.recipients.push_back(recipient(words));
  if (i % 10 < 3) {
    const auto size = static_cast<std::size_t>(5000 + words.below(120'000));
    mail.attachment = i / 10 % 5 < 3 ? words.noise(size) : words.prose(size);
  }
  return mail;
}

inline void add_attachment(IMessage* message, std::string& bytes) {
  Ptr<IAttach> attachment;
  ULONG number = 0;
  need(message->CreateAttach(nullptr, 0, &number, attachment.put()), "CreateAttach");
  SPropValue values[3]{};
  values[0].ulPropTag = PROP_TAG(PT_UNICODE, 0x3704);
  values[0].Value.lpszW = const_cast<wchar_t*>(L"report.pdf");
  values[1].ulPropTag = PR_ATTACH_METHOD;
  values[1].Value.l = ATTACH_BY_VALUE;
  values[2].ulPropTag = PR_ATTACH_DATA_BIN;
  values[2].Value.bin = {static_cast<ULONG>(bytes.size()), reinterpret_cast<LPBYTE>(bytes.data())};
  need(attachment->SetProps(3, values, nullptr), "SetProps of an attachment");
  need(attachment->SaveChanges(0), "SaveChanges of an attachment");
}

inline void save_mail(IMAPIFolder* folder, Mail& mail) {
  Ptr<IMessage> message;
  need(folder->CreateMessage(nullptr, 0, message.put()), "CreateMessage");
  need(message->SetProps(mail.props.count(), mail.props.values(), nullptr), "SetProps");
  if (!mail.recipients.empty()) need(message->ModifyRecipients(0, mail.adrlist()), "ModifyRecipients");
  if (!mail.attachment.empty()) add_attachment(message.get(), mail.attachment);
  need(message->SaveChanges(0), "SaveChanges");
}

}  // namespace bench
