// SPDX-License-Identifier: Apache-2.0
//
// Anything with properties (IMAPIProp): a store, folder, message, attachment, profile section. Reads answer optionals;
// a value too large for one call is read as a stream without the caller noticing.
// Thread rule: as the object behind it; ours may be called from any thread.
#ifndef MAPIARY_CLIENT_OBJECT_H
#define MAPIARY_CLIENT_OBJECT_H

#include <mapidefs.h>
#include <mapix.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapiary/client/stream.h"
#include "mapiary/client/value.h"

namespace mapiary {
namespace client {

/// The name behind an identifier from 0x8000 on.
struct PropertyName {
  GUID set{};
  std::optional<std::string> text;  // else `number`
  LONG number = 0;
};

class Object {
 public:
  Object() = default;
  explicit Object(Pointer<IMAPIProp> object) : object_(std::move(object)) {}
  explicit operator bool() const { return static_cast<bool>(object_); }
  IMAPIProp* get() const { return object_.get(); }

  /// The values of `tags`, in their order; missing ones are PT_ERROR.
  Values read(const Tags& tags) const {
    ULONG count = 0;
    SPropValue* values = nullptr;
    check(object_->GetProps(tags.get(), MAPI_UNICODE, &count, &values), "IMAPIProp::GetProps", object_.get());
    return Values(values, count);
  }
  /// Every property; those too large for one call are PT_ERROR with MAPI_E_NOT_ENOUGH_MEMORY.
  Values read_all() const {
    ULONG count = 0;
    SPropValue* values = nullptr;
    check(object_->GetProps(nullptr, MAPI_UNICODE, &count, &values), "IMAPIProp::GetProps", object_.get());
    return Values(values, count);
  }
  /// The tags of everything there is.
  std::vector<ULONG> tags() const {
    SPropTagArray* list = nullptr;
    check(object_->GetPropList(MAPI_UNICODE, &list), "IMAPIProp::GetPropList", object_.get());
    const Buffer<SPropTagArray> owned(list);
    return std::vector<ULONG>(list->aulPropTag, list->aulPropTag + list->cValues);
  }

  std::optional<std::int64_t> number(ULONG tag) const {
    const Values values = read({tag});
    if (!values.at(0)) return std::nullopt;
    return values.at(0).integer();
  }
  std::optional<bool> boolean(ULONG tag) const {
    const auto value = number(tag);
    if (!value) return std::nullopt;
    return *value != 0;
  }
  /// In 100 ns since 1601-01-01 UTC.
  std::optional<std::uint64_t> time(ULONG tag) const {
    const Values values = read({tag});
    if (!values.at(0)) return std::nullopt;
    return values.at(0).time();
  }
  /// UTF-8, whatever its length up to `limit` bytes.
  std::optional<std::string> text(ULONG tag, std::uint64_t limit = UINT64_MAX) const {
    const ULONG wide = CHANGE_PROP_TYPE(tag, PT_UNICODE);
    const Values values = read({wide});
    if (values.at(0)) return values.at(0).text();
    if (values.at(0).error() != static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY)) return std::nullopt;
    const std::string bytes = open_stream(wide).read_all(limit);
    std::wstring text(bytes.size() / sizeof(wchar_t), L'\0');
    if (!text.empty()) std::memcpy(&text[0], bytes.data(), text.size() * sizeof(wchar_t));
    return to_utf8(text);
  }
  /// PT_BINARY, whatever its length up to `limit` bytes.
  std::optional<std::string> bytes(ULONG tag, std::uint64_t limit = UINT64_MAX) const {
    const Values values = read({tag});
    if (values.at(0)) return std::string(values.at(0).bytes());
    if (values.at(0).error() != static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY)) return std::nullopt;
    return open_stream(tag).read_all(limit);
  }

  void write(const PropertyList& list) {
    SPropProblemArray* problems = nullptr;
    auto* values = const_cast<SPropValue*>(list.get());
    check(object_->SetProps(static_cast<ULONG>(list.size()), values, &problems), "IMAPIProp::SetProps", object_.get());
    const Buffer<SPropProblemArray> owned(problems);
    if (problems && problems->cProblem != 0) {
      throw Error(problems->aProblem[0].scode, "IMAPIProp::SetProps",
                  "tag " + tag_text(problems->aProblem[0].ulPropTag));
    }
  }
  void remove(const Tags& tags) {
    check(object_->DeleteProps(tags.get(), nullptr), "IMAPIProp::DeleteProps", object_.get());
  }
  /// For reading.
  Stream open_stream(ULONG tag) const { return stream(tag, STGM_READ, 0); }
  /// For writing from its start; what was there is gone.
  Stream create_stream(ULONG tag) { return stream(tag, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY); }
  /// Changes become part of what holds the object; the object stays open for writing if `keep_open`.
  void save(bool keep_open = true) {
    check(object_->SaveChanges(keep_open ? KEEP_OPEN_READWRITE : 0), "IMAPIProp::SaveChanges", object_.get());
  }

  /// The identifiers of a set of names in this object's store, with type PT_UNSPECIFIED; 0 for a name it does not know
  /// and was not to make.
  std::vector<ULONG> ids_of(const std::vector<PropertyName>& names, bool create) const {
    std::vector<MAPINAMEID> ids(names.size());
    std::vector<MAPINAMEID*> pointers;
    std::vector<std::wstring> texts(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      ids[i].lpguid = const_cast<GUID*>(&names[i].set);
      ids[i].ulKind = names[i].text ? MNID_STRING : MNID_ID;
      if (names[i].text) {
        texts[i] = to_wide(*names[i].text);
        ids[i].Kind.lpwstrName = &texts[i][0];
      } else {
        ids[i].Kind.lID = names[i].number;
      }
      pointers.push_back(&ids[i]);
    }
    SPropTagArray* tags = nullptr;
    check(
        object_->GetIDsFromNames(static_cast<ULONG>(pointers.size()), pointers.data(), create ? MAPI_CREATE : 0, &tags),
        "IMAPIProp::GetIDsFromNames", object_.get());
    const Buffer<SPropTagArray> owned(tags);
    std::vector<ULONG> out;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const ULONG tag = tags->aulPropTag[i];
      out.push_back(PROP_TYPE(tag) == PT_ERROR ? 0 : tag);
    }
    return out;
  }
  /// The name of an identifier from 0x8000 on; nullopt if it has none.
  std::optional<PropertyName> name_of(ULONG tag) const {
    const Tags tags{tag};
    SPropTagArray* list = tags.get();
    ULONG count = 0;
    MAPINAMEID** names = nullptr;
    const HRESULT hr = object_->GetNamesFromIDs(&list, nullptr, 0, &count, &names);
    const Buffer<MAPINAMEID*> owned(names);
    if (FAILED(hr) || count != 1 || !names || !names[0]) return std::nullopt;
    PropertyName name;
    if (names[0]->lpguid) name.set = *names[0]->lpguid;
    if (names[0]->ulKind == MNID_STRING) {
      name.text = to_utf8(names[0]->Kind.lpwstrName);
    } else {
      name.number = names[0]->Kind.lID;
    }
    return name;
  }

  static std::string tag_text(ULONG tag) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08X", static_cast<unsigned>(tag));
    return text;
  }

 protected:
  Stream stream(ULONG tag, ULONG mode, ULONG flags) const {
    Pointer<IStream> stream;
    check(object_->OpenProperty(tag, &iid::stream, mode, flags, stream.put_as<IUnknown>()), "IMAPIProp::OpenProperty",
          object_.get());
    return Stream(std::move(stream));
  }

  Pointer<IMAPIProp> object_;
};

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_OBJECT_H
