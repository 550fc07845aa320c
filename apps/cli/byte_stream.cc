// SPDX-License-Identifier: Apache-2.0
#include "cli/byte_stream.h"

#include <cstring>

namespace cli {

namespace {

const IID kUnknown = {0, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
const IID kSequentialStream = {0x0C733A30, 0x2A1C, 0x11CE, {0xAD, 0xE5, 0x00, 0xAA, 0x00, 0x44, 0x77, 0x3D}};

bool same(REFIID a, REFIID b) {
  return std::memcmp(&a, &b, sizeof(IID)) == 0;
}

}  // namespace

HRESULT ByteStream::QueryInterface(REFIID iid, LPVOID* out) {
  if (out == nullptr) return MAPI_E_INVALID_PARAMETER;
  const bool known = same(iid, kUnknown) || same(iid, kSequentialStream) || same(iid, mapiary::client::iid::stream);
  *out = known ? this : nullptr;
  if (known) AddRef();
  return known ? S_OK : MAPI_E_INTERFACE_NOT_SUPPORTED;
}

ULONG ByteStream::Release() {
  const ULONG left = --references_;
  if (left == 0) delete this;
  return left;
}

HRESULT ByteStream::Write(const void* bytes, ULONG size, ULONG* written) {
  if (written != nullptr) *written = 0;
  if (failure_) return STG_E_WRITEFAULT;
  try {
    receiver_(std::string_view(static_cast<const char*>(bytes), size));
  } catch (...) {
    failure_ = std::current_exception();
    return STG_E_WRITEFAULT;
  }
  size_ += size;
  if (written != nullptr) *written = size;
  return S_OK;
}

// Asking where it stands is all that can be answered.
HRESULT ByteStream::Seek(LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER* at) {
  if (origin != STREAM_SEEK_CUR || move.QuadPart != 0) return STG_E_INVALIDFUNCTION;
  if (at != nullptr) at->QuadPart = size_;
  return S_OK;
}

HRESULT ByteStream::Stat(STATSTG* status, DWORD) {
  if (status == nullptr) return MAPI_E_INVALID_PARAMETER;
  *status = STATSTG();
  status->cbSize.QuadPart = size_;
  return S_OK;
}

}  // namespace cli
