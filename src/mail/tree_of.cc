// SPDX-License-Identifier: Apache-2.0
// An IMessage of any store as a tree. What is large stays in the store until it is read.
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "com/convert.h"
#include "com/ref.h"
#include "com/text.h"
#include "convert/mime/tags.h"
#include "convert/mime/writer.h"
#include "mail/message_io.h"
#include "mail/outside.h"
#include "mail/streams.h"

namespace mapiary::mail {
namespace {

using model::PropTag;
using model::PropValue;

constexpr std::uint64_t kMaxText = std::uint64_t{256} << 20;
constexpr LONG kSmallAttachment = 64 * 1024;
constexpr LONG kRowsAtOnce = 1000;
// Attachments that stay open from the beginning; the others are opened when they are read.
constexpr std::size_t kKeptOpen = 16;

Result<com::Ref<IStream>> open_stream(IMAPIProp& object, ULONG tag) {
  com::Ref<IStream> stream;
  TRY(checked(object.OpenProperty(tag, &IID_IStream, STGM_READ, 0, reinterpret_cast<LPUNKNOWN*>(stream.put())),
              "IMAPIProp::OpenProperty"));
  return stream;
}

// The data of an attachment. The attachment is open only while its data is read: there may be many.
class AttachmentSource final : public model::ByteSource {
 public:
  AttachmentSource(com::Ref<IMessage> message, ULONG number, std::shared_ptr<const model::ByteSource> open)
      : message_(std::move(message)), number_(number), size_(open->size()), open_(std::move(open)) {}

  static Result<std::shared_ptr<const model::ByteSource>> make(com::Ref<IMessage> message, ULONG number,
                                                               IAttach& attach, bool keep_open) {
    auto open = TRY(source_of(TRY(open_stream(attach, PR_ATTACH_DATA_BIN))));
    auto source = std::make_shared<AttachmentSource>(std::move(message), number, std::move(open));
    if (!keep_open) source->open_.reset();
    return std::shared_ptr<const model::ByteSource>(std::move(source));
  }

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::lock_guard lock(mutex_);
    if (offset >= size_) return 0;
    if (!open_) {
      com::Ref<IAttach> attach;
      TRY(checked(message_->OpenAttach(number_, nullptr, 0, attach.put()), "IMessage::OpenAttach"));
      open_ = TRY(source_of(TRY(open_stream(*attach, PR_ATTACH_DATA_BIN))));
    }
    auto got = open_->read_at(offset, out);
    if (!got || offset + *got >= size_) open_.reset();
    return got;
  }

 private:
  com::Ref<IMessage> message_;
  ULONG number_;
  std::uint64_t size_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const model::ByteSource> open_;
};

class Collector {
 public:
  Collector(mime::Problems& problems, std::shared_ptr<model::NamedPropertyMap> names)
      : problems_(problems), names_(std::move(names)) {}

  Result<model::MessageTree> collect(IMessage& message, int depth) {
    TRY(model::check_message_depth(depth));
    model::MessageTree tree;
    tree.names = names_;
    TRY(collect_values(message, {}, tree.props, tree.streams));
    html_as_bytes(tree);
    TRY(collect_recipients(message, tree));
    TRY(collect_attachments(message, tree, depth));
    return tree;
  }

 private:
  // PR_BODY_HTML is PR_HTML as text, as old files have it.
  static void html_as_bytes(model::MessageTree& tree) {
    constexpr PropTag kText = mime::tag::kHtml.with_type(model::PropType::kUnicode);
    const PropValue* text = tree.props.find(kText.id());
    const auto stream = tree.streams.find(kText);
    if (text && text->tag() == kText && text->is_bytes()) {
      tree.props.set(PropValue::binary(mime::tag::kHtml, std::string(text->as_bytes())));
    } else if (stream != tree.streams.end()) {
      auto source = stream->second;
      tree.streams.erase(stream);
      tree.streams[mime::tag::kHtml] = std::move(source);
    } else {
      return;
    }
    tree.props.set(PropValue::int32(mime::tag::kInternetCodePage, 65001));
  }

  Status collect_values(IMAPIProp& object, std::initializer_list<ULONG> without, model::PropBag& props,
                        model::PropStreams& streams) {
    LPSPropTagArray raw_tags = nullptr;
    TRY(checked(object.GetPropList(MAPI_UNICODE, &raw_tags), "IMAPIProp::GetPropList"));
    const Owned<SPropTagArray> tags(raw_tags);
    ULONG kept = 0;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const ULONG tag = tags->aulPropTag[i];
      const bool skip =
          std::any_of(without.begin(), without.end(), [&](ULONG t) { return PROP_ID(t) == PROP_ID(tag); });
      if (!skip && PROP_TYPE(tag) != PT_OBJECT && !mime::is_of_place(PropTag(tag))) tags->aulPropTag[kept++] = tag;
    }
    tags->cValues = kept;
    if (kept == 0) return {};
    ULONG count = 0;
    LPSPropValue raw = nullptr;
    TRY(checked(object.GetProps(tags.get(), MAPI_UNICODE, &count, &raw), "IMAPIProp::GetProps"));
    const Owned<SPropValue> values(raw);
    props.reserve(count);
    for (ULONG i = 0; i < count && i < kept; ++i) {
      const ULONG tag = tags->aulPropTag[i];
      if (PROP_TYPE(values.get()[i].ulPropTag) != PT_ERROR) {
        auto value = com::to_model(values.get()[i]);
        if (value) props.set(std::move(*value));
      } else if (values.get()[i].Value.err != MAPI_E_NOT_FOUND) {
        collect_stream(object, tag, streams);
      }
    }
    return collect_names(object, props, streams);
  }

  void collect_stream(IMAPIProp& object, ULONG tag, model::PropStreams& streams) {
    const ULONG type = PROP_TYPE(tag);
    if (type != PT_UNICODE && type != PT_BINARY && type != PT_STRING8) return;
    auto source = stream_value(object, type == PT_STRING8 ? CHANGE_PROP_TYPE(tag, PT_UNICODE) : tag);
    if (source) {
      streams[PropTag(type == PT_STRING8 ? CHANGE_PROP_TYPE(tag, PT_UNICODE) : tag)] = std::move(*source);
      return;
    }
    char text[16];
    std::snprintf(text, sizeof text, "0x%08X", tag);
    problems_.loss(0, std::string("property ") + text + " can not be read: " + source.error().message,
                   source.error().code);
  }

  static Result<std::shared_ptr<const model::ByteSource>> stream_value(IMAPIProp& object, ULONG tag) {
    auto source = TRY(source_of(TRY(open_stream(object, tag))));
    if (PROP_TYPE(tag) != PT_UNICODE) return source;
    // WCHARs at the border, UTF-8 inside.
    const std::string units = TRY(model::read_all(*source, kMaxText * sizeof(WCHAR)));
    std::wstring wide(units.size() / sizeof(WCHAR), L'\0');
    std::memcpy(wide.data(), units.data(), wide.size() * sizeof(WCHAR));
    if (const auto end = wide.find(L'\0'); end != std::wstring::npos) wide.resize(end);  // as text in memory ends
    return std::make_shared<model::MemorySource>(com::from_wide(wide));
  }

  // The names of ids that are new here.
  Status collect_names(IMAPIProp& object, const model::PropBag& props, const model::PropStreams& streams) {
    std::vector<ULONG> unknown(1, 0);
    const auto add = [&](PropTag tag) {
      if (tag.is_named() && !names_->name_of(tag.id())) unknown.push_back(PROP_TAG(PT_NULL, tag.id()));
    };
    for (const PropValue& value : props) add(value.tag());
    for (const auto& [tag, source] : streams) add(tag);
    if (unknown.size() == 1) return {};
    unknown[0] = static_cast<ULONG>(unknown.size() - 1);
    auto* tags = reinterpret_cast<LPSPropTagArray>(unknown.data());
    ULONG count = 0;
    MAPINAMEID** raw = nullptr;
    const HRESULT hr = object.GetNamesFromIDs(&tags, nullptr, 0, &count, &raw);
    const Owned<MAPINAMEID*> names(raw);
    if (FAILED(hr)) return {};  // without names the values still are what they are
    for (ULONG i = 0; i < count && i + 1 < unknown.size(); ++i) {
      const MAPINAMEID* const name = names.get()[i];
      if (!name || !name->lpguid) continue;
      model::NamedProperty property;
      std::memcpy(property.set.bytes.data(), name->lpguid, property.set.bytes.size());
      if (name->ulKind == MNID_STRING) {
        if (!name->Kind.lpwstrName) continue;
        property.name = com::from_wide(name->Kind.lpwstrName);
      } else {
        property.name = static_cast<std::uint32_t>(name->Kind.lID);
      }
      (void)names_->insert(static_cast<std::uint16_t>(PROP_ID(unknown[i + 1])), property);
    }
    return {};
  }

  Status collect_recipients(IMessage& message, model::MessageTree& tree) {
    com::Ref<IMAPITable> table;
    TRY(checked(message.GetRecipientTable(MAPI_UNICODE, table.put()), "IMessage::GetRecipientTable"));
    LPSPropTagArray columns = nullptr;
    TRY(checked(table->QueryColumns(TBL_ALL_COLUMNS, &columns), "IMAPITable::QueryColumns"));
    const Owned<SPropTagArray> all(columns);
    // What names a row of this table is no property of a recipient, and is another the next time.
    ULONG* const end = all->aulPropTag + all->cValues;
    all->cValues = static_cast<ULONG>(std::remove(all->aulPropTag, end, PR_INSTANCE_KEY) - all->aulPropTag);
    TRY(checked(table->SetColumns(all.get(), TBL_BATCH), "IMAPITable::SetColumns"));
    for (;;) {
      LPSRowSet raw = nullptr;
      TRY(checked(table->QueryRows(kRowsAtOnce, 0, &raw), "IMAPITable::QueryRows"));
      const OwnedRows rows(raw);
      if (rows->cRows == 0) return {};
      tree.recipients.reserve(tree.recipients.size() + rows->cRows);
      for (ULONG i = 0; i < rows->cRows; ++i) {
        model::PropBag bag;
        bag.reserve(rows->aRow[i].cValues);
        for (ULONG j = 0; j < rows->aRow[i].cValues; ++j) {
          const SPropValue& value = rows->aRow[i].lpProps[j];
          const ULONG type = PROP_TYPE(value.ulPropTag);
          if (type == PT_ERROR || type == PT_OBJECT || type == PT_NULL) continue;
          if (auto inner = com::to_model(value)) bag.set(std::move(*inner));
        }
        tree.recipients.push_back(std::move(bag));
      }
    }
  }

  struct Row {
    ULONG number = 0;
    LONG method = 0;
    LONG size = 0;
  };

  Result<std::vector<Row>> attachment_rows(IMessage& message) {
    com::Ref<IMAPITable> table;
    TRY(checked(message.GetAttachmentTable(MAPI_UNICODE, table.put()), "IMessage::GetAttachmentTable"));
    SizedSPropTagArray(3, columns) = {3, {PR_ATTACH_NUM, PR_ATTACH_METHOD, PR_ATTACH_SIZE}};
    TRY(checked(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), "IMAPITable::SetColumns"));
    std::vector<Row> found;
    for (;;) {
      LPSRowSet raw = nullptr;
      TRY(checked(table->QueryRows(kRowsAtOnce, 0, &raw), "IMAPITable::QueryRows"));
      const OwnedRows rows(raw);
      if (rows->cRows == 0) break;
      for (ULONG i = 0; i < rows->cRows; ++i) {
        const SPropValue* const values = rows->aRow[i].lpProps;
        const auto number = [&](ULONG column, LONG missing) {
          return PROP_TYPE(values[column].ulPropTag) == PT_LONG ? values[column].Value.l : missing;
        };
        found.push_back(
            {static_cast<ULONG>(number(0, 0)), number(1, ATTACH_BY_VALUE), number(2, kSmallAttachment + 1)});
      }
    }
    // Their order is that of their making, whatever the table's is.
    std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) { return a.number < b.number; });
    return found;
  }

  Status collect_attachments(IMessage& message, model::MessageTree& tree, int depth) {
    for (const Row& row : TRY(attachment_rows(message))) {
      auto attachment = collect_attachment(message, row, depth);
      if (attachment) {
        tree.attachments.push_back(std::move(*attachment));
      } else {
        problems_.loss(0, "attachment " + std::to_string(row.number) + ": " + attachment.error().message,
                       attachment.error().code);
      }
    }
    return {};
  }

  Result<model::Attachment> collect_attachment(IMessage& message, const Row& row, int depth) {
    com::Ref<IAttach> attach;
    TRY(checked(message.OpenAttach(row.number, nullptr, 0, attach.put()), "IMessage::OpenAttach"));
    model::Attachment to;
    const bool by_value = row.method != ATTACH_EMBEDDED_MSG && row.method != ATTACH_OLE;
    if (by_value && row.size <= kSmallAttachment) {
      TRY(collect_values(*attach, {}, to.props, to.streams));
      const auto data = to.streams.find(PropTag(PR_ATTACH_DATA_BIN));
      if (data != to.streams.end()) to.data = data->second;
      to.streams.erase(PropTag(PR_ATTACH_DATA_BIN));
      return to;
    }
    TRY(collect_values(*attach, {PR_ATTACH_DATA_BIN}, to.props, to.streams));
    if (row.method == ATTACH_EMBEDDED_MSG) {
      com::Ref<IMessage> inner;
      TRY(checked(
          attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, 0, reinterpret_cast<LPUNKNOWN*>(inner.put())),
          "IAttach::OpenProperty"));
      to.embedded = std::make_unique<model::MessageTree>(TRY(collect(*inner, depth + 1)));
      return to;
    }
    auto data = by_value ? AttachmentSource::make(com::Ref<IMessage>::share(&message), row.number, *attach,
                                                  kept_open_++ < kKeptOpen)
                         : object_data(*attach);
    if (data) {
      to.data = std::move(*data);
    } else if (data.error().code != Code::kNotFound) {
      return tl::unexpected(data.error());
    }
    return to;
  }

  // An OLE object as the bytes of its storage, where the store gives them.
  static Result<std::shared_ptr<const model::ByteSource>> object_data(IAttach& attach) {
    auto stream = open_stream(attach, PR_ATTACH_DATA_OBJ);
    if (!stream) stream = open_stream(attach, PR_ATTACH_DATA_BIN);
    if (!stream) return tl::unexpected(stream.error());
    return source_of(std::move(*stream));
  }

  mime::Problems& problems_;
  std::shared_ptr<model::NamedPropertyMap> names_;
  std::size_t kept_open_ = 0;
};

}  // namespace

Result<model::MessageTree> tree_of(IMessage& message, mime::Problems& problems) {
  return Collector(problems, std::make_shared<model::NamedPropertyMap>()).collect(message, 1);
}

}  // namespace mapiary::mail
