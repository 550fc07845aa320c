// SPDX-License-Identifier: Apache-2.0
// A tree into an IMessage. The calls are as few as MAPI allows: one for the names, one for the values of an object.
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <map>

#include "base/unicode.h"
#include "com/convert.h"
#include "com/ref.h"
#include "com/text.h"
#include "mail/message_io.h"
#include "mail/outside.h"
#include "mail/streams.h"

namespace mapiary::mail {
namespace {

using model::PropTag;
using model::PropValue;

// Larger values are written as streams: MAPI promises SetProps only for small ones.
constexpr std::size_t kInline = 60 * 1024;
constexpr std::size_t kRecipientsAtOnce = 1000;

class Filler {
 public:
  explicit Filler(mime::Problems& problems) : problems_(problems) {}

  Status map_names(const model::MessageTree& tree, IMessage& message) {
    if (!tree.names || tree.names->size() == 0) return {};
    std::vector<MAPINAMEID> names;
    std::vector<LPMAPINAMEID> pointers;
    std::vector<std::wstring> texts;
    std::vector<std::uint16_t> ids;
    const auto& map = tree.names->names();
    names.reserve(map.size());
    texts.reserve(map.size());
    std::vector<GUID> sets(map.size());
    for (const auto& [id, name] : map) {
      GUID& set = sets[ids.size()];
      std::memcpy(&set, name.set.bytes.data(), sizeof set);
      MAPINAMEID each{};
      each.lpguid = &set;
      if (name.is_text()) {
        texts.push_back(com::to_wide(name.text()));
        each.ulKind = MNID_STRING;
        each.Kind.lpwstrName = texts.back().data();
      } else {
        each.ulKind = MNID_ID;
        each.Kind.lID = static_cast<LONG>(name.number());
      }
      names.push_back(each);
      ids.push_back(id);
    }
    for (MAPINAMEID& name : names) pointers.push_back(&name);
    LPSPropTagArray raw = nullptr;
    const HRESULT hr = message.GetIDsFromNames(static_cast<ULONG>(pointers.size()), pointers.data(), MAPI_CREATE, &raw);
    const Owned<SPropTagArray> tags(raw);
    if (FAILED(hr)) {
      // They stand in the raw header all the same.
      problems_.note(0, "the store has no room for the names of header fields", com::to_code(hr));
      return {};
    }
    for (std::size_t i = 0; i < ids.size() && i < tags->cValues; ++i) {
      const auto id = static_cast<std::uint16_t>(PROP_ID(tags->aulPropTag[i]));
      if (id >= 0x8000 && PROP_TYPE(tags->aulPropTag[i]) != PT_ERROR) ids_[ids[i]] = id;
    }
    return {};
  }

  Status fill(const model::MessageTree& tree, IMessage& message) {
    TRY(put_values(tree.props, message));
    for (const auto& [tag, source] : tree.streams) {
      model::SourceStream stream(source);
      TRY(put_stream(message, tag, stream));
    }
    TRY(put_recipients(tree, message));
    for (const model::Attachment& attachment : tree.attachments) TRY(put_attachment(attachment, message));
    return {};
  }

 private:
  // The tag in the store; 0: the name has none there.
  PropTag stored(PropTag tag) const {
    if (!tag.is_named()) return tag;
    const auto found = ids_.find(tag.id());
    return found == ids_.end() ? PropTag() : PropTag(std::uint32_t{found->second} << 16 | tag.raw_type());
  }

  Status put_values(const model::PropBag& props, IMAPIProp& object) {
    std::vector<SPropValue> values(props.size());
    com::OutBlock block;
    TRY(block.root<char>(16));
    ULONG count = 0;
    for (const PropValue& value : props) {
      const PropTag tag = stored(value.tag());
      if (tag.value == 0 || value.is_error() || value.is_blob()) continue;
      if (value.is_bytes() && value.as_bytes().size() > kInline) {
        model::SourceStream stream(std::make_shared<model::MemorySource>(std::string(value.as_bytes())));
        TRY(put_stream(object, value.tag(), stream));
        continue;
      }
      SPropValue& to = values[count];
      if (value.tag().raw_type() == PT_BINARY) {
        // SetProps copies: no need for two.
        to.Value.bin.cb = static_cast<ULONG>(value.as_bytes().size());
        to.Value.bin.lpb = reinterpret_cast<LPBYTE>(const_cast<char*>(value.as_bytes().data()));
      } else {
        TRY(com::to_border(value, to, block));
      }
      to.ulPropTag = tag.value;
      ++count;
    }
    if (count == 0) return {};
    LPSPropProblemArray raw = nullptr;
    const HRESULT hr = object.SetProps(count, values.data(), &raw);
    const Owned<SPropProblemArray> refused(raw);
    TRY(checked(hr, "IMAPIProp::SetProps"));
    for (ULONG i = 0; refused && i < refused->cProblem; ++i) tell(refused->aProblem[i]);
    return {};
  }

  void tell(const SPropProblem& problem) {
    if (problem.scode == MAPI_E_COMPUTED) return;  // the store knows it itself
    char tag[16];
    std::snprintf(tag, sizeof tag, "0x%08X", problem.ulPropTag);
    problems_.loss(0, std::string("the store refused property ") + tag, com::to_code(problem.scode));
  }

  Status put_stream(IMAPIProp& object, PropTag tag, model::ByteStream& from) {
    const PropTag to = stored(tag);
    if (to.value == 0) return {};
    com::Ref<IStream> stream;
    const HRESULT hr = object.OpenProperty(to.value, &IID_IStream, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY,
                                           reinterpret_cast<LPUNKNOWN*>(stream.put()));
    TRY(checked(hr, "IMAPIProp::OpenProperty"));
    StreamSink sink(*stream);
    const bool text = tag.base_type() == model::PropType::kUnicode;
    std::string piece(64 * 1024, '\0');
    std::size_t kept = 0;  // the beginning of a character
    for (;;) {
      const std::size_t got = TRY(from.read(std::as_writable_bytes(std::span(piece)).subspan(kept)));
      const std::string_view bytes = std::string_view(piece).substr(0, kept + got);
      if (bytes.empty()) break;
      const std::string_view now = text && got != 0 ? bytes.substr(0, complete_utf8(bytes)) : bytes;
      if (text) {
        const std::wstring wide = com::to_wide(now);
        TRY(sink.write(std::as_bytes(std::span(wide))));
      } else {
        TRY(sink.write(bytes_of(now)));
      }
      kept = bytes.size() - now.size();
      piece.erase(0, now.size());
      piece.resize(64 * 1024);
      if (got == 0) break;
    }
    return checked(stream->Commit(STGC_DEFAULT), "IStream::Commit");
  }

  // How many bytes at the front are whole characters.
  static std::size_t complete_utf8(std::string_view bytes) {
    std::size_t end = bytes.size();
    for (int back = 0; back < 3 && end > 0; ++back) {
      const auto c = static_cast<unsigned char>(bytes[end - 1]);
      if (c < 0x80) return bytes.size();
      --end;
      if (c < 0xC0) continue;
      const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
      return end + length <= bytes.size() ? bytes.size() : end;
    }
    return bytes.size();
  }

  Status put_recipients(const model::MessageTree& tree, IMessage& message) {
    for (std::size_t at = 0; at < tree.recipients.size(); at += kRecipientsAtOnce) {
      const std::size_t count = std::min(kRecipientsAtOnce, tree.recipients.size() - at);
      std::vector<std::byte> memory(CbNewADRLIST(count));
      auto* const list = reinterpret_cast<LPADRLIST>(memory.data());
      list->cEntries = static_cast<ULONG>(count);
      std::vector<Owned<SPropValue>> rows;
      for (std::size_t i = 0; i < count; ++i) {
        const auto values = tree.recipients[at + i].values();
        rows.emplace_back(TRY(com::to_border(values)));
        list->aEntries[i] = {0, static_cast<ULONG>(values.size()), rows.back().get()};
      }
      TRY(checked(message.ModifyRecipients(MODRECIP_ADD, list), "IMessage::ModifyRecipients"));
    }
    return {};
  }

  Status put_attachment(const model::Attachment& attachment, IMessage& message) {
    com::Ref<IAttach> to;
    ULONG number = 0;
    TRY(checked(message.CreateAttach(nullptr, 0, &number, to.put()), "IMessage::CreateAttach"));
    TRY(put_values(attachment.props, *to));
    for (const auto& [tag, source] : attachment.streams) {
      model::SourceStream stream(source);
      TRY(put_stream(*to, tag, stream));
    }
    if (attachment.data) {
      model::SourceStream stream(attachment.data);
      TRY(put_stream(*to, PropTag(PR_ATTACH_DATA_BIN), stream));
    } else if (attachment.embedded) {
      com::Ref<IMessage> inner;
      TRY(checked(to->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY,
                                   reinterpret_cast<LPUNKNOWN*>(inner.put())),
                  "IAttach::OpenProperty"));
      TRY(fill(*attachment.embedded, *inner));
      TRY(checked(inner->SaveChanges(0), "IMessage::SaveChanges"));
    }
    return checked(to->SaveChanges(0), "IAttach::SaveChanges");
  }

  mime::Problems& problems_;
  std::map<std::uint16_t, std::uint16_t> ids_;  // of the tree -> of the store
};

}  // namespace

Status put_message(const model::MessageTree& tree, IMessage& message, mime::Problems& problems) {
  Filler filler(problems);
  TRY(filler.map_names(tree, message));
  return filler.fill(tree, message);
}

}  // namespace mapiary::mail
