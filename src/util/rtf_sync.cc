// SPDX-License-Identifier: Apache-2.0
// RTFSync on any IMessage, by its public interfaces. Pages rtfsync, pidtagrtfinsync, synchronizing-text-and-formatting,
// supporting-formatted-text-message-store-responsibilities.
//
//   PR_BODY  PR_RTF_COMPRESSED   body changed       RTF changed (or both)
//   none     none                forget             forget
//   there    none                make the RTF       forget
//   none     there               make the body      make the body
//   there    same text           keep both          keep both
//   there    body holds it all   keep both (1)      make the body
//   there    other text          make the RTF       make the body (2)
//   there    damaged             make the RTF       MAPI_E_CORRUPT_DATA
//   none     damaged             MAPI_E_CORRUPT_DATA
//
// Whatever leaves both there sets PR_RTF_IN_SYNC and the auxiliary properties; "forget" deletes them.
// (1) Only while PR_RTF_IN_SYNC is there and the auxiliary properties are those of the RTF: then what stands around the
// text is what
//     transports added. A store that saw a real change deleted PR_RTF_IN_SYNC.
// (2) The page asks that the two match afterwards; of two changed versions the RTF has more to lose.
#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/unicode.h"
#include "com/border.h"
#include "com/error_map.h"
#include "com/memory.h"
#include "com/ref.h"
#include "com/text.h"
#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"
#include "convert/rtf/rtf_sync.h"
#include "convert/rtf/rtf_text.h"
#include "convert/rtf/rtf_wrap.h"
#include "util/stream_support.h"

namespace mapiary::util {
namespace {

constexpr std::uint64_t kMaxBody = std::uint64_t{1} << 30;
constexpr std::size_t kMaxInline = 16 * 1024;  // longer values are written as streams
constexpr int kMaxPlaces = 16;                 // where the beginning of the text is looked for in the body

enum Slot : ULONG { kBody, kRtf, kInSync, kCrc, kCount, kTag, kPrefix, kTrailing, kCodePage, kSlots };
constexpr ULONG kTags[kSlots] = {PR_BODY_W,
                                 PR_RTF_COMPRESSED,
                                 PR_RTF_IN_SYNC,
                                 PR_RTF_SYNC_BODY_CRC,
                                 PR_RTF_SYNC_BODY_COUNT,
                                 PR_RTF_SYNC_BODY_TAG_W,
                                 PR_RTF_SYNC_PREFIX_COUNT,
                                 PR_RTF_SYNC_TRAILING_COUNT,
                                 PR_INTERNET_CPID};

// What GetProps gave; freed with it.
class Values {
 public:
  explicit Values(IMessage& message) : message_(message) {}
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  ~Values() { MAPIFreeBuffer(values_); }

  Status get(std::span<const ULONG> tags) {
    std::vector<ULONG> array{static_cast<ULONG>(tags.size())};
    array.insert(array.end(), tags.begin(), tags.end());
    ULONG count = 0;
    const HRESULT hr = message_.GetProps(reinterpret_cast<LPSPropTagArray>(array.data()), 0, &count, &values_);
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPIProp::GetProps"));
    if (count != tags.size() || !values_) return fail(Code::kInternal, "util", "GetProps gave another count", count);
    return {};
  }
  // The value of `tag`, asked for at `at`; null if it is not there in this type.
  // NULL text or bytes are no value either: the message is anybody's.
  const SPropValue* find(ULONG at, ULONG tag) const {
    const SPropValue& value = values_[at];
    if (value.ulPropTag != tag) return nullptr;
    const ULONG type = PROP_TYPE(tag);
    if ((type == PT_UNICODE || type == PT_STRING8) && !value.Value.lpszA) return nullptr;
    return type == PT_BINARY && value.Value.bin.cb && !value.Value.bin.lpb ? nullptr : &value;
  }
  HRESULT error(ULONG at) const {
    return PROP_TYPE(values_[at].ulPropTag) == PT_ERROR ? values_[at].Value.err : MAPI_E_NOT_FOUND;
  }

 private:
  IMessage& message_;
  LPSPropValue values_ = nullptr;
};

Result<com::Ref<IStream>> open_stream(IMessage& message, ULONG tag, ULONG access, ULONG flags) {
  com::Ref<IUnknown> unknown;
  const HRESULT hr = message.OpenProperty(tag, &IID_IStream, access, flags, unknown.put());
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPIProp::OpenProperty"));
  return com::Ref<IStream>::adopt(static_cast<IStream*>(unknown.detach()));
}

Status set_props(IMessage& message, std::span<SPropValue> values) {
  LPSPropProblemArray problems = nullptr;
  HRESULT hr = message.SetProps(static_cast<ULONG>(values.size()), values.data(), &problems);
  if (SUCCEEDED(hr) && problems && problems->cProblem != 0) hr = problems->aProblem[0].scode;
  MAPIFreeBuffer(problems);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPIProp::SetProps"));
  return {};
}

Status delete_props(IMessage& message, std::vector<ULONG> tags) {
  tags.insert(tags.begin(), static_cast<ULONG>(tags.size()));
  LPSPropProblemArray problems = nullptr;
  HRESULT hr = message.DeleteProps(reinterpret_cast<LPSPropTagArray>(tags.data()), &problems);
  if (SUCCEEDED(hr) && problems && problems->cProblem != 0) hr = problems->aProblem[0].scode;
  MAPIFreeBuffer(problems);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPIProp::DeleteProps"));
  return {};
}

// The bytes of a long value, by a stream.
Status write_long(IMessage& message, ULONG tag, std::string_view bytes) {
  auto stream = TRY(open_stream(message, tag, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY));
  TRY(write_stream(*stream, bytes));
  const HRESULT hr = stream->Commit(STGC_DEFAULT);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IStream::Commit"));
  return {};
}

class Syncer {
 public:
  explicit Syncer(IMessage& message) : message_(message), values_(message) {}

  Status run(ULONG flags);
  bool updated() const { return updated_; }

 private:
  Status load();
  Status load_body();
  Status load_rtf();
  Result<std::optional<std::string>> value_bytes(const Values& values, ULONG at, ULONG tag);

  Status make_rtf();
  Status make_body();
  Status forget();
  Status settle(const rtf::SyncInfo& info);
  bool is_settled(const rtf::SyncInfo& info) const;
  std::optional<rtf::SyncInfo> text_within_body() const;
  bool has_number(Slot slot, std::uint32_t number) const;

  IMessage& message_;
  Values values_;
  std::optional<std::string> body_;      // UTF-8
  ULONG body_tag_ = PR_BODY_W;           // as the message has it
  std::uint32_t code_page_ = 0;          // of PR_BODY_A
  std::optional<std::string> rtf_text_;  // what the RTF says, UTF-8
  std::optional<Error> damage_;          // of the RTF
  bool updated_ = false;
};

// The bytes of a text or binary value, however long; none if the message has none.
Result<std::optional<std::string>> Syncer::value_bytes(const Values& values, ULONG at, ULONG tag) {
  if (const SPropValue* value = values.find(at, tag)) {
    if (PROP_TYPE(tag) == PT_BINARY)
      return std::string(reinterpret_cast<const char*>(value->Value.bin.lpb), value->Value.bin.cb);
    if (PROP_TYPE(tag) == PT_STRING8) return std::string(value->Value.lpszA);
    const std::wstring_view text(value->Value.lpszW);
    return std::string(reinterpret_cast<const char*>(text.data()), text.size() * sizeof(WCHAR));
  }
  const HRESULT why = values.error(at);
  if (why == MAPI_E_NOT_FOUND) return std::optional<std::string>();
  if (why != MAPI_E_NOT_ENOUGH_MEMORY) return tl::unexpected(com::outside_error(why, "IMAPIProp::GetProps"));
  auto stream = TRY(open_stream(message_, tag, STGM_READ, 0));
  return TRY(read_stream(*stream, kMaxBody * sizeof(WCHAR)));
}

std::string utf8_of_units(std::string_view bytes) {
  std::wstring text(bytes.size() / sizeof(WCHAR), L'\0');
  std::memcpy(text.data(), bytes.data(), text.size() * sizeof(WCHAR));
  return com::from_wide(text);
}

Status Syncer::load_body() {
  auto bytes = value_bytes(values_, kBody, PR_BODY_W);
  if (bytes && *bytes) {
    body_ = utf8_of_units(**bytes);
    return {};
  }
  // A store without Unicode knows PR_BODY_A only, and may say so by an error.
  Values narrow(message_);
  constexpr ULONG kNarrow[] = {PR_BODY_A};
  TRY(narrow.get(kNarrow));
  auto ansi = TRY(value_bytes(narrow, 0, PR_BODY_A));
  if (!ansi) {
    if (bytes || values_.error(kBody) == MAPI_E_BAD_CHARWIDTH) return {};
    return tl::unexpected(bytes.error());
  }
  body_tag_ = PR_BODY_A;
  body_ = com::decode_lossy(*ansi, code_page_);
  return {};
}

Status Syncer::load_rtf() {
  const auto packed = TRY(value_bytes(values_, kRtf, PR_RTF_COMPRESSED));
  if (!packed) return {};
  auto rtf = rtf::decompress(std::string_view(*packed), {.max_output = kMaxBody, .salvage = false});
  auto text = rtf ? rtf::to_text(*rtf) : Result<rtf::Extracted>(tl::unexpected(std::move(rtf).error()));
  if (text) {
    rtf_text_ = std::move(text->text);
  } else {
    damage_ = std::move(text).error();
  }
  return {};
}

Status Syncer::load() {
  TRY(values_.get(kTags));
  const SPropValue* page = values_.find(kCodePage, PR_INTERNET_CPID);
  code_page_ = page ? static_cast<std::uint32_t>(page->Value.l) : com::default_code_page();
  TRY(load_body());
  return load_rtf();
}

// The text of the RTF, if the body is that with other text around it and nothing else happened since the two were last
// in step.
std::optional<rtf::SyncInfo> Syncer::text_within_body() const {
  rtf::SyncInfo info = rtf::compute_sync(*rtf_text_);
  if (info.body_count == 0 || !values_.find(kInSync, PR_RTF_IN_SYNC) || !has_number(kCrc, info.body_crc) ||
      !has_number(kCount, info.body_count))
    return std::nullopt;
  const std::string body = rtf::significant_text(*body_);
  const std::string text = rtf::significant_text(*rtf_text_);
  std::size_t at = body.find(info.body_tag);
  for (int i = 0; i < kMaxPlaces && at != std::string::npos; ++i, at = body.find(info.body_tag, at + 1)) {
    if (body.compare(at, text.size(), text) != 0) continue;
    info.prefix_count = static_cast<std::uint32_t>(utf16_length(body.substr(0, at)));
    info.trailing_count = static_cast<std::uint32_t>(utf16_length(body.substr(at + text.size())));
    return info;
  }
  return std::nullopt;
}

bool Syncer::has_number(Slot slot, std::uint32_t number) const {
  const SPropValue* value = values_.find(slot, kTags[slot]);
  return value && static_cast<std::uint32_t>(value->Value.l) == number;
}

bool Syncer::is_settled(const rtf::SyncInfo& info) const {
  const SPropValue* in_sync = values_.find(kInSync, PR_RTF_IN_SYNC);
  const SPropValue* tag = values_.find(kTag, PR_RTF_SYNC_BODY_TAG_W);
  return in_sync && in_sync->Value.b && tag && com::from_wide(tag->Value.lpszW) == info.body_tag &&
         has_number(kCrc, info.body_crc) && has_number(kCount, info.body_count) &&
         has_number(kPrefix, info.prefix_count) && has_number(kTrailing, info.trailing_count);
}

Status Syncer::settle(const rtf::SyncInfo& info) {
  if (is_settled(info)) return {};
  std::wstring tag = com::to_wide(info.body_tag);
  SPropValue values[6]{};
  const auto number = [&](std::size_t i, ULONG prop_tag, std::uint32_t value) {
    values[i].ulPropTag = prop_tag;
    values[i].Value.l = static_cast<LONG>(value);
  };
  number(0, PR_RTF_SYNC_BODY_CRC, info.body_crc);
  number(1, PR_RTF_SYNC_BODY_COUNT, info.body_count);
  number(2, PR_RTF_SYNC_PREFIX_COUNT, info.prefix_count);
  number(3, PR_RTF_SYNC_TRAILING_COUNT, info.trailing_count);
  values[4].ulPropTag = PR_RTF_SYNC_BODY_TAG_W;
  values[4].Value.lpszW = tag.data();
  values[5].ulPropTag = PR_RTF_IN_SYNC;
  values[5].Value.b = 1;
  TRY(set_props(message_, values));
  updated_ = true;
  return {};
}

Status Syncer::forget() {
  std::vector<ULONG> tags;
  for (const Slot slot : {kInSync, kCrc, kCount, kTag, kPrefix, kTrailing}) {
    if (values_.find(slot, kTags[slot])) tags.push_back(kTags[slot]);
  }
  if (tags.empty()) return {};
  TRY(delete_props(message_, std::move(tags)));
  updated_ = true;
  return {};
}

Status Syncer::make_rtf() {
  const std::string packed = TRY(rtf::compress(rtf::wrap_text(*body_)));
  if (packed.size() > kMaxInline) {
    TRY(write_long(message_, PR_RTF_COMPRESSED, packed));
  } else {
    SPropValue value{};
    value.ulPropTag = PR_RTF_COMPRESSED;
    value.Value.bin = {static_cast<ULONG>(packed.size()), reinterpret_cast<LPBYTE>(const_cast<char*>(packed.data()))};
    TRY(set_props(message_, {&value, 1}));
  }
  updated_ = true;
  return settle(rtf::compute_sync(*body_));
}

Status Syncer::make_body() {
  const bool narrow = body_tag_ == PR_BODY_A;
  std::string bytes = narrow ? com::encode_lossy(*rtf_text_, code_page_) : std::string();
  std::wstring wide = narrow ? std::wstring() : com::to_wide(*rtf_text_);
  const std::string_view raw =
      narrow ? std::string_view(bytes)
             : std::string_view(reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(WCHAR));
  if (raw.size() > kMaxInline) {
    TRY(write_long(message_, body_tag_, raw));
  } else {
    SPropValue value{};
    value.ulPropTag = body_tag_;
    if (narrow) {
      value.Value.lpszA = bytes.data();
    } else {
      value.Value.lpszW = wide.data();
    }
    TRY(set_props(message_, {&value, 1}));
  }
  updated_ = true;
  return settle(rtf::compute_sync(*rtf_text_));
}

Status Syncer::run(ULONG flags) {
  TRY(load());
  const bool rtf_changed = (flags & RTF_SYNC_RTF_CHANGED) != 0;
  if (damage_) {
    if (rtf_changed || !body_) return tl::unexpected(*damage_);
    return make_rtf();
  }
  if (!rtf_text_) return body_ && !rtf_changed ? make_rtf() : forget();
  if (!body_) return make_body();
  const rtf::SyncInfo info = rtf::compute_sync(*body_);
  if (info.same_body(rtf::compute_sync(*rtf_text_))) return settle(info);
  if (rtf_changed) return make_body();
  if (const auto within = text_within_body()) return settle(*within);
  return make_rtf();
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(HRESULT) RTFSync(LPMESSAGE lpMessage, ULONG ulFlags, BOOL* lpfMessageUpdated) {
  if (lpfMessageUpdated) *lpfMessageUpdated = FALSE;
  return com::border([&]() -> Status {
    if (!lpMessage || !lpfMessageUpdated) return fail(Code::kInvalidArgument, "util", "a NULL argument");
    if (ulFlags & ~(RTF_SYNC_RTF_CHANGED | RTF_SYNC_BODY_CHANGED))
      return fail(Code::kUnknownFlags, "util", "reserved flags", ulFlags);
    if (ulFlags == 0) return {};  // nothing has changed
    Syncer syncer(*lpMessage);
    Status done = syncer.run(ulFlags);
    // After a failure half way too: what was written is in the message.
    *lpfMessageUpdated = syncer.updated() ? TRUE : FALSE;
    return done;
  });
}
