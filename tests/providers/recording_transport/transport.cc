// SPDX-License-Identifier: Apache-2.0
// IXPProvider and IXPLogon of the recording transport: what they do is said by the settings of control.h.
#include <mapiutil.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "board.h"
#include "tests/providers/unknown.h"

namespace transport {
namespace {

using test_provider::give;
using test_provider::Unknown;

constexpr ULONG kNameTag = PROP_TAG(PT_STRING8, 0x6600);

HRESULT code_of(const std::string& text) {
  return static_cast<HRESULT>(std::strtoul(text.c_str(), nullptr, 16));
}

// Rows of a message's recipient table, all columns.
class Recipients {
 public:
  Recipients(IMessage* message, const Memory& memory) : message_(message), memory_(memory) {
    IMAPITable* table = nullptr;
    if (FAILED(message->GetRecipientTable(MAPI_UNICODE, &table))) return;
    LPSPropTagArray columns = nullptr;
    if (SUCCEEDED(table->QueryColumns(TBL_ALL_COLUMNS, &columns))) {
      table->SetColumns(columns, 0);
      memory.release(columns);
    }
    table->QueryRows(1000, 0, &rows_);
    table->Release();
  }
  ~Recipients() {
    for (ULONG i = 0; rows_ && i < rows_->cRows; ++i) memory_.release(rows_->aRow[i].lpProps);
    memory_.release(rows_);
  }
  ULONG size() const { return rows_ ? rows_->cRows : 0; }
  SPropValue* find(ULONG row, ULONG tag) const {
    for (ULONG i = 0; i < rows_->aRow[row].cValues; ++i) {
      if (rows_->aRow[row].lpProps[i].ulPropTag == tag) return &rows_->aRow[row].lpProps[i];
    }
    return nullptr;
  }
  bool is_ours(ULONG row) const {
    const SPropValue* value = find(row, PR_RESPONSIBILITY);
    return !value || !value->Value.b;
  }
  std::string address(ULONG row) const {
    std::string text;
    const SPropValue* value = find(row, PR_EMAIL_ADDRESS_W);
    for (const wchar_t* c = value ? value->Value.lpszW : L""; *c; ++c) text += static_cast<char>(*c);
    return text;
  }
  void take(ULONG row) {
    SPropValue* value = find(row, PR_RESPONSIBILITY);
    if (!value) return;
    value->Value.b = TRUE;
    SizedADRLIST(1, list) = {1, {{0, rows_->aRow[row].cValues, rows_->aRow[row].lpProps}}};
    message_->ModifyRecipients(MODRECIP_MODIFY, reinterpret_cast<LPADRLIST>(&list));
  }

 private:
  IMessage* message_;
  const Memory& memory_;
  LPSRowSet rows_ = nullptr;
};

class Logon final : public Unknown<IXPLogon> {
 public:
  Logon(std::string name, const Memory& memory, IMAPISupport* support)
      : name_(std::move(name)), memory_(memory), support_(support) {
    support->AddRef();
    Board::get().set_support(name_, support);
    read_types();
  }
  ~Logon() override { leave(); }

  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    return give(static_cast<IXPLogon*>(this), {&IID_IUnknown, &IID_IXPLogon}, iid, out);
  }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left != 0) return left;
    note("IXPLogon::Release", "0");
    delete this;
    return 0;
  }
  MAPI_IXPLOGON_METHODS(override)
  void make_row(ULONG code);
  void register_preprocessor();

 private:
  std::string setting(const char* key) const { return Board::get().setting(name_ + "." + key); }
  void note(const std::string& call, const std::string& argument = {}) const {
    Board::get().record(name_ + ":" + call + (argument.empty() ? "" : " " + argument));
  }
  void leave() {
    IMAPISupport* support = support_.exchange(nullptr);
    if (!support) return;
    Board::get().set_support(name_, nullptr);
    support->Release();
  }
  void read_types();
  HRESULT wait(const std::string& how, int before);
  HRESULT act(const std::string& how, IMessage* message, ULONG_PTR* seconds, int before);
  std::string next_word(const char* key) const;
  void set_status(ULONG set, ULONG clear);

  const std::string name_;
  const Memory& memory_;
  std::atomic<IMAPISupport*> support_;
  std::vector<std::string> types_;
  std::vector<LPSTR> type_pointers_;
  MAPIUID uid_{};
  LPMAPIUID uid_pointer_ = &uid_;
  SPropValue default_{};
  OPTIONDATA option_{};
  std::atomic<ULONG> code_{STATUS_AVAILABLE};
  std::atomic<ULONG_PTR> next_reference_{100};
};

void Logon::read_types() {
  std::string all = setting("types");
  if (all.empty()) all = "SMTP";
  if (all == "*") return;
  if (all == "-") all = "";
  for (std::size_t begin = 0; begin <= all.size();) {
    const std::size_t end = std::min(all.find(',', begin), all.size());
    types_.push_back(all.substr(begin, end - begin));
    begin = end + 1;
  }
  for (std::string& type : types_) type_pointers_.push_back(type.data());
}

void Logon::make_row(ULONG code) {
  code_ = code;
  if (setting("row") == "no") return;
  std::string own = from_hex(setting("own"));
  SPropValue row[4]{};
  row[0].ulPropTag = PR_DISPLAY_NAME_A;
  row[0].Value.lpszA = const_cast<char*>(name_.c_str());
  row[1].ulPropTag = PR_STATUS_CODE;
  row[1].Value.l = static_cast<LONG>(code);
  row[2].ulPropTag = PR_RESOURCE_METHODS;
  row[2].Value.l = STATUS_VALIDATE_STATE | STATUS_FLUSH_QUEUES;
  row[3].ulPropTag = PR_OWN_STORE_ENTRYID;
  row[3].Value.bin = {static_cast<ULONG>(own.size()), reinterpret_cast<LPBYTE>(own.data())};
  (void)support_.load()->ModifyStatusRow(own.empty() ? 3 : 4, row, 0);
}

void Logon::set_status(ULONG set, ULONG clear) {
  code_ = (code_ | set) & ~clear;
  SPropValue row{};
  row.ulPropTag = PR_STATUS_CODE;
  row.Value.l = static_cast<LONG>(code_.load());
  if (IMAPISupport* support = support_) (void)support->ModifyStatusRow(1, &row, STATUSROW_UPDATE);
}

void Logon::register_preprocessor() {
  if (setting("pre") != "yes") return;
  char dll[] = RECORDING_TRANSPORT, function[] = "PreprocessMessage", remove[] = "RemovePreprocessInfo";
  (void)support_.load()->RegisterPreprocessor(nullptr, reinterpret_cast<LPTSTR>(type_pointers_.at(0)),
                                              reinterpret_cast<LPTSTR>(dll), function, remove, 0);
}

STDMETHODIMP Logon::AddressTypes(ULONG* flags, ULONG* type_count, LPTSTR** types, ULONG* uid_count, LPMAPIUID** uids) {
  note("AddressTypes");
  if (types_.empty() && setting("types") != "*") read_types();
  if (const std::string now = setting("types"); now == "FAX") {  // changed while it runs
    types_ = {"FAX"};
    type_pointers_ = {types_[0].data()};
  }
  *flags = 0;
  *type_count = static_cast<ULONG>(type_pointers_.size());
  *types = type_pointers_.empty() ? nullptr : reinterpret_cast<LPTSTR*>(type_pointers_.data());
  const std::string uid = from_hex(setting("uids"));
  *uid_count = uid.size() == sizeof(uid_) ? 1 : 0;
  if (*uid_count) std::memcpy(&uid_, uid.data(), sizeof(uid_));
  *uids = *uid_count ? &uid_pointer_ : nullptr;
  return S_OK;
}
STDMETHODIMP Logon::RegisterOptions(ULONG* flags, ULONG* count, LPOPTIONDATA* options) {
  note("RegisterOptions");
  *flags = 0;
  *count = 0;
  *options = nullptr;
  if (setting("options") != "yes") return S_OK;
  default_.ulPropTag = PR_PRIORITY;
  default_.Value.l = PRIO_URGENT;
  option_.ulFlags = OPTION_TYPE_MESSAGE;
  option_.lpszAdrType = reinterpret_cast<LPTSTR>(type_pointers_.at(0));
  option_.cOptionsProps = 1;
  option_.lpOptionsProps = &default_;
  *count = 1;
  *options = &option_;
  return S_OK;
}
STDMETHODIMP Logon::TransportNotify(ULONG* flags, LPVOID* data) {
  std::string argument = hex(*flags);
  if ((*flags & NOTIFY_ABORT_DEFERRED) != 0) {
    argument += " deferred " + std::to_string(reinterpret_cast<SBinary*>(data)->cb);
  } else if ((*flags & NOTIFY_CANCEL_MESSAGE) != 0) {
    argument += " message " + std::to_string(*reinterpret_cast<ULONG_PTR*>(data));
  }
  ULONG set = 0, clear = 0;
  if ((*flags & NOTIFY_BEGIN_INBOUND) != 0) set |= STATUS_INBOUND_ENABLED;
  if ((*flags & NOTIFY_BEGIN_OUTBOUND) != 0) set |= STATUS_OUTBOUND_ENABLED;
  if ((*flags & NOTIFY_END_INBOUND) != 0) clear |= STATUS_INBOUND_ENABLED;
  if ((*flags & NOTIFY_END_OUTBOUND) != 0) clear |= STATUS_OUTBOUND_ENABLED;
  if ((*flags & NOTIFY_END_INBOUND_FLUSH) != 0) clear |= STATUS_INBOUND_FLUSH;
  if ((*flags & NOTIFY_END_OUTBOUND_FLUSH) != 0) clear |= STATUS_OUTBOUND_FLUSH;
  if ((set | clear) != 0) set_status(set, clear);
  note("TransportNotify", argument);
  if ((*flags & NOTIFY_CANCEL_MESSAGE) != 0) Board::get().cancel(name_);
  return S_OK;
}
STDMETHODIMP Logon::Idle(ULONG flags) {
  note("Idle", hex(flags));
  return S_OK;
}
STDMETHODIMP Logon::TransportLogoff(ULONG flags) {
  note("TransportLogoff", hex(flags));
  const std::string how = setting("logoff");
  if (how == "stuck") (void)wait(how, 0);
  if (how == "throw") throw std::runtime_error("TransportLogoff");
  leave();
  return how == "stuck" ? S_OK : code_of(how);
}

HRESULT Logon::wait(const std::string& how, int before) {
  if (how == "yield") {
    for (;;) {
      if (support_.load()->SpoolerYield(0) == MAPI_W_CANCEL_MESSAGE) return MAPI_E_USER_CANCEL;
      if (Board::get().setting(name_ + ".submit") != "yield") return S_OK;
    }
  }
  return Board::get().wait_released(name_, how == "block", before) ? MAPI_E_USER_CANCEL : S_OK;
}

std::string text_prop(IMAPIProp* object, ULONG tag, const Memory& memory) {
  SizedSPropTagArray(1, tags) = {1, {tag}};
  ULONG count = 0;
  LPSPropValue value = nullptr;
  std::string text;
  if (FAILED(object->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &value))) return text;
  if (value->ulPropTag == tag) text = value->Value.lpszA;
  memory.release(value);
  return text;
}

HRESULT Logon::act(const std::string& how, IMessage* message, ULONG_PTR* seconds, int before) {
  if (how == "block" || how == "stuck" || how == "yield") {
    if (const HRESULT hr = wait(how, before); FAILED(hr)) return hr;
  } else if (how == "critical") {
    (void)support_.load()->SpoolerNotify(NOTIFY_CRITICAL_ERROR, nullptr);
    return MAPI_E_CALL_FAILED;
  } else if (!how.empty() && how != "take" && how != "first" && how != "decline") {
    if (const auto colon = how.find(':'); colon != std::string::npos) {
      *seconds = std::strtoul(how.c_str() + colon + 1, nullptr, 10);
    }
    return code_of(how);
  }
  Recipients recipients(message, memory_);
  for (ULONG i = 0; how != "decline" && i < recipients.size(); ++i) {
    if (!recipients.is_ours(i)) continue;
    recipients.take(i);
    if (how == "first") break;
  }
  return S_OK;
}

STDMETHODIMP Logon::SubmitMessage(ULONG flags, LPMESSAGE message, ULONG_PTR* reference, ULONG_PTR* seconds) {
  const Board::Inside inside;
  const int cancelled = Board::get().cancellations(name_);
  std::string names;
  {
    Recipients recipients(message, memory_);
    for (ULONG i = 0; i < recipients.size(); ++i) {
      if (recipients.is_ours(i)) names += (names.empty() ? "" : ",") + recipients.address(i);
    }
  }
  const std::string before = std::to_string(*reference);
  *reference = ++next_reference_;
  note("SubmitMessage", hex(flags) + " " + before + " " + names);
  if (setting("class") == "yes") note("message class", text_prop(message, PR_MESSAGE_CLASS_A, memory_));
  const HRESULT hr = act(setting("submit"), message, seconds, cancelled);
  note("SubmitMessage ends", hex(static_cast<ULONG>(hr)));
  return hr;
}
STDMETHODIMP Logon::EndMessage(ULONG_PTR reference, ULONG* flags) {
  const Board::Inside inside;
  const int cancelled = Board::get().cancellations(name_);
  note("EndMessage", reference == next_reference_ ? "same" : std::to_string(reference));
  const std::string how = setting("end");
  if (how == "block" || how == "stuck") {
    (void)wait(how, cancelled);
  } else if (how == "hold") {
    Board::get().wait_while(name_ + ".end", how);
  } else {
    *flags = static_cast<ULONG>(code_of(how));
  }
  note("EndMessage ends", hex(*flags));
  return S_OK;
}
STDMETHODIMP Logon::Poll(ULONG* incoming) {
  note("Poll");
  *incoming = std::atoi(setting("waiting").c_str()) > 0;
  return S_OK;
}
STDMETHODIMP Logon::StartMessage(ULONG flags, LPMESSAGE message, ULONG_PTR* reference) {
  const Board::Inside inside;
  const int cancelled = Board::get().cancellations(name_);
  note("StartMessage", hex(flags) + " " + std::to_string(*reference));
  *reference = ++next_reference_;
  const std::string how = setting("start");
  if (how == "block" || how == "stuck") {
    if (const HRESULT hr = wait(how, cancelled); FAILED(hr)) return hr;
  } else if (how != "mail" && !how.empty() && how != "none") {
    return code_of(how);
  }
  if (how.empty() || how == "none" || Board::get().count_down(name_ + ".waiting") == 0) return S_OK;
  SPropValue values[2]{};
  values[0].ulPropTag = PR_SUBJECT_A;
  values[0].Value.lpszA = const_cast<char*>("incoming");
  values[1].ulPropTag = PR_MESSAGE_CLASS_A;
  std::string message_class = setting("incoming");
  if (message_class.empty()) message_class = "IPM.Note";
  values[1].Value.lpszA = message_class.data();
  HRESULT hr = message->SetProps(2, values, nullptr);
  if (SUCCEEDED(hr)) hr = message->SaveChanges(0);
  note("StartMessage saved", hex(static_cast<ULONG>(hr)));
  if (std::atoi(setting("waiting").c_str()) > 0) (void)support_.load()->SpoolerNotify(NOTIFY_NEWMAIL, nullptr);
  return hr;
}
STDMETHODIMP Logon::OpenStatusEntry(LPCIID, ULONG flags, ULONG* type, LPMAPISTATUS* status) {
  note("OpenStatusEntry", hex(flags));
  *type = MAPI_STATUS;
  *status = nullptr;
  return MAPI_E_NO_SUPPORT;
}
STDMETHODIMP Logon::ValidateState(ULONG_PTR ui, ULONG flags) {
  note("ValidateState", std::to_string(ui) + " " + hex(flags));
  return code_of(setting("validate"));
}
STDMETHODIMP Logon::FlushQueues(ULONG_PTR ui, ULONG size, LPENTRYID id, ULONG flags) {
  note("FlushQueues", std::to_string(ui) + " " + std::to_string(size) + (id ? " id " : " NULL ") + hex(flags));
  if (const std::string bits = setting("flush"); !bits.empty()) set_status(static_cast<ULONG>(code_of(bits)), 0);
  return S_OK;
}

// Writes into the file of the other recording providers, so that one order is seen.
class ShutdownPart final : public IMAPIProviderShutdown {
 public:
  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override {
    *out = nullptr;
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return 2; }
  STDMETHODIMP_(ULONG) Release() override { return 1; }
  STDMETHODIMP QueryFastShutdown() override { return note("XP QueryFastShutdown\n"); }
  STDMETHODIMP NotifyProcessShutdown() override { return note("XP NotifyProcessShutdown\n"); }
  STDMETHODIMP DoFastShutdown() override { return note("XP DoFastShutdown\n"); }

 private:
  static HRESULT note(const char* line) {
    const char* path = std::getenv("MAPIARY_RECORDING_LOG");
    std::FILE* file = path ? std::fopen(path, "a") : nullptr;
    if (!file) return S_OK;
    std::fputs(line, file);
    std::fclose(file);
    return S_OK;
  }
};

class Provider final : public Unknown<IXPProvider> {
 public:
  explicit Provider(const Memory& memory) : memory_(memory) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    if (IsEqualGUID(iid, IID_IMAPIProviderShutdown)) {
      *out = static_cast<IMAPIProviderShutdown*>(&shutdown_);
      return S_OK;
    }
    return give(static_cast<IXPProvider*>(this), {&IID_IUnknown, &IID_IXPProvider}, iid, out);
  }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --count_;
    if (left != 0) return left;
    Board::get().record("IXPProvider::Release 0");
    delete this;
    return 0;
  }
  STDMETHODIMP Shutdown(ULONG* flags) override {
    Board::get().record("IXPProvider::Shutdown " + hex(*flags));
    const std::string how = Board::get().setting("shutdown");
    if (how == "throw") throw std::runtime_error("Shutdown");
    if (how == "stuck") (void)Board::get().wait_released("", false);
    return how == "stuck" ? S_OK : code_of(how);
  }
  STDMETHODIMP TransportLogon(LPMAPISUP support, ULONG_PTR, LPTSTR profile, ULONG* flags, LPMAPIERROR*,
                              LPXPLOGON* logon) override;

 private:
  std::string name_of(IMAPISupport* support) const;
  const Memory memory_;
  ShutdownPart shutdown_;
};

std::string Provider::name_of(IMAPISupport* support) const {
  IProfSect* section = nullptr;
  if (FAILED(support->OpenProfileSection(nullptr, 0, &section))) return "?";
  SizedSPropTagArray(1, tags) = {1, {kNameTag}};
  ULONG count = 0;
  LPSPropValue value = nullptr;
  section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &value);
  section->Release();
  const std::string name = value && value->ulPropTag == kNameTag ? value->Value.lpszA : "?";
  memory_.release(value);
  return name;
}

STDMETHODIMP Provider::TransportLogon(LPMAPISUP support, ULONG_PTR, LPTSTR profile, ULONG* flags, LPMAPIERROR*,
                                      LPXPLOGON* logon) {
  Board& board = Board::get();
  const std::string name = name_of(support);
  std::string profile_name;
  for (const auto* c = reinterpret_cast<const wchar_t*>(profile); (*flags & MAPI_UNICODE) != 0 && *c; ++c) {
    profile_name += static_cast<char>(*c);
  }
  board.record(name + ":TransportLogon " + profile_name + " " + hex(*flags));
  if (const std::string how = board.setting(name + ".logon"); how == "slow") {
    const Board::Inside inside;
    (void)board.wait_released(name, false);
  } else if (!how.empty()) {
    return code_of(how);
  }
  *flags = static_cast<ULONG>(code_of(board.setting(name + ".flags")));
  auto* made = new Logon(name, memory_, support);
  made->make_row(STATUS_AVAILABLE);
  made->register_preprocessor();
  *logon = made;
  return S_OK;
}

}  // namespace
}  // namespace transport

extern "C" {

__attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE
XPProviderInit(HINSTANCE instance, LPMALLOC allocator, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
               LPFREEBUFFER release, ULONG flags, ULONG version, ULONG* provider_version, LPXPPROVIDER* provider) {
  transport::Board& board = transport::Board::get();
  board.record("XPProviderInit " + transport::hex(version) + " " + transport::hex(flags));
  if (!instance || !allocator) return MAPI_E_INVALID_PARAMETER;
  const std::string other = board.setting("version");
  *provider_version =
      other.empty() ? CURRENT_SPI_VERSION : static_cast<ULONG>(std::strtoul(other.c_str(), nullptr, 16));
  *provider = new transport::Provider({allocate, more, release});
  return S_OK;
}

// Writes what it was called for into the subject, as a preprocessor writes its rendering into the message.
__attribute__((visibility("default"))) HRESULT STDMETHODCALLTYPE
PreprocessMessage(LPVOID session, LPMESSAGE message, LPADRBOOK, LPMAPIFOLDER folder, LPALLOCATEBUFFER, LPALLOCATEMORE,
                  LPFREEBUFFER, ULONG* count, LPMESSAGE** messages, LPADRLIST* recipients) {
  transport::Board::get().record(std::string("PreprocessMessage") + (session ? " session" : "") +
                                 (folder ? " folder" : ""));
  *count = 0;
  *messages = nullptr;
  *recipients = nullptr;
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_LONG, 0x6610);
  value.Value.l = 1;
  return message->SetProps(1, &value, nullptr);
}

__attribute__((visibility("default"))) HRESULT STDMETHODCALLTYPE RemovePreprocessInfo(LPMESSAGE message) {
  transport::Board::get().record("RemovePreprocessInfo");
  SizedSPropTagArray(1, tags) = {1, {PROP_TAG(PT_LONG, 0x6610)}};
  return message->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr);
}
}
