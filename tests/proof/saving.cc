// SPDX-License-Identifier: Apache-2.0
#include "tests/proof/saving.h"

namespace proof {
namespace {

constexpr std::size_t kBody = 9'000, kData = 70'000;

std::wstring body_of(int i) {
  const std::string bytes = noise(kBody, static_cast<std::uint64_t>(i));
  return {bytes.begin(), bytes.end()};
}

HRESULT add_attachment(IMessage* message, int i) {
  Ptr<IAttach> attach;
  ULONG place = 0;
  HRESULT hr = message->CreateAttach(nullptr, 0, &place, attach.put());
  if (hr == S_OK) hr = set_long(attach.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE);
  if (hr == S_OK) hr = write_stream(attach.get(), PR_ATTACH_DATA_BIN, noise(kData, static_cast<std::uint64_t>(i) + 1));
  return hr == S_OK ? attach->SaveChanges(0) : hr;
}

HRESULT open_folder(IMAPIFolder* root, const wchar_t* name, Ptr<IMAPIFolder>& out) {
  return root->CreateFolder(FOLDER_GENERIC, text(name), nullptr, nullptr, MAPI_UNICODE | OPEN_IF_EXISTS, out.put());
}

// S_OK: it is message i, whole.
HRESULT look_at_message(IMessage* message, int i) {
  Ptr<IAttach> attach;
  std::string bytes;
  HRESULT hr = message->OpenAttach(0, nullptr, 0, attach.put());
  if (hr == S_OK) hr = read_stream(attach.get(), PR_ATTACH_DATA_BIN, bytes);
  if (hr != S_OK) return hr;
  if (bytes != noise(kData, static_cast<std::uint64_t>(i) + 1)) return MAPI_E_CORRUPT_DATA;
  std::string body;
  if ((hr = read_stream(message, PR_BODY_W, body)) != S_OK) return hr;
  const std::wstring wanted = body_of(i);
  const std::string_view expected(reinterpret_cast<const char*>(wanted.data()), wanted.size() * sizeof(wchar_t));
  return std::string_view(body).substr(0, expected.size()) == expected ? S_OK : MAPI_E_CORRUPT_DATA;
}

}  // namespace

HRESULT Saver::open(Client& client) {
  store_ = client.store;
  const HRESULT hr = open_folder(client.root.get(), L"In", in_);
  return hr == S_OK ? open_folder(client.root.get(), L"Moved", moved_) : hr;
}

HRESULT Saver::set_bulk(bool bulk) {
  return set_bool(store_.get(), PROP_TAG(PT_BOOLEAN, 0x6704), bulk);
}

HRESULT Saver::add(int i) {
  Ptr<IMessage> message;
  return add(i, message);
}

HRESULT Saver::add(int i, Ptr<IMessage>& message) {
  HRESULT hr = in_->CreateMessage(nullptr, 0, message.put());
  if (hr == S_OK) hr = set_text(message.get(), PR_SUBJECT_W, std::to_wstring(i));
  if (hr == S_OK) hr = set_text(message.get(), PR_BODY_W, body_of(i));
  if (hr == S_OK) hr = add_recipient(message.get(), L"ada@example.org");
  if (hr == S_OK) hr = add_attachment(message.get(), i);
  return hr == S_OK ? message->SaveChanges(KEEP_OPEN_READWRITE) : hr;
}

HRESULT Saver::save(int i) {
  Ptr<IMessage> message;
  HRESULT hr = add(i, message);
  if (hr != S_OK) return hr;
  if (i % 3 == 2 && !last_.empty()) {
    hr = in_->CopyMessages(Entries({last_}).get(), nullptr, moved_.get(), 0, nullptr, MESSAGE_MOVE);
  }
  last_ = get_binary(message.get(), PR_ENTRYID);
  return hr;
}

HRESULT Saver::look_at(IMAPIFolder* folder, int first, std::vector<int>& found) {
  Ptr<IMAPITable> table;
  HRESULT hr = folder->GetContentsTable(MAPI_UNICODE, table.put());
  if (hr != S_OK) return hr;
  const Rows rows(table.get(), {PR_SUBJECT_W, PR_ENTRYID});
  if (FAILED(rows.hr)) return rows.hr;
  if (static_cast<LONG>(rows.size()) != get_long(folder, PR_CONTENT_COUNT)) return MAPI_E_CORRUPT_STORE;
  for (ULONG i = 0; i < rows.size(); ++i) {
    found.push_back(std::stoi(rows.text(i, 0)));
    if (found.back() < first) continue;
    Ptr<IMessage> message;
    hr = open_entry(store_.get(), Values::binary(rows.at(i, 1)), IID_IMessage, 0, message);
    if (hr == S_OK) hr = look_at_message(message.get(), found.back());
    if (hr != S_OK) return hr;
  }
  return S_OK;
}

HRESULT Saver::look(std::vector<int>& found, int first) {
  found.clear();
  const HRESULT hr = look_at(in_.get(), first, found);
  if (hr != S_OK) return hr;
  const HRESULT done = look_at(moved_.get(), first, found);
  std::sort(found.begin(), found.end());
  return done;
}

HRESULT Saver::clear() {
  const HRESULT hr = in_->EmptyFolder(0, nullptr, 0);
  return hr == S_OK ? moved_->EmptyFolder(0, nullptr, 0) : hr;
}

}  // namespace proof
