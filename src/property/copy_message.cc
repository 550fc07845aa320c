// SPDX-License-Identifier: Apache-2.0
// What is inside messages and attachments: recipients, attachments, embedded messages, storages.
#include <mapicode.h>
#include <mapitags.h>

#include "property/copier.h"

namespace mapiary::property::copying {
namespace {

constexpr LONG kAtOnce = 100;

struct Recipients {
  std::vector<std::byte> bytes;
  ADRLIST* list() { return reinterpret_cast<ADRLIST*>(bytes.data()); }
};

// What a table says of a row's place in it and not of the recipient.
bool is_of_the_table(ULONG tag) {
  for (const ULONG of_the_table :
       {PR_ROWID, PR_INSTANCE_KEY, PR_ROW_TYPE, PR_DEPTH, PR_CONTENT_COUNT, PR_CONTENT_UNREAD}) {
    if (PROP_ID(tag) == PROP_ID(of_the_table)) return true;
  }
  return false;
}

// Rows of a recipient table as ModifyRecipients takes new ones: without what is of their old place, and without
// columns that say nothing. The values are moved inside the rows' own memory.
Recipients as_new_recipients(SRowSet& rows) {
  Recipients out{std::vector<std::byte>(CbNewADRLIST(rows.cRows))};
  out.list()->cEntries = rows.cRows;
  for (ULONG i = 0; i < rows.cRows; ++i) {
    SRow& row = rows.aRow[i];
    ULONG kept = 0;
    for (ULONG j = 0; j < row.cValues; ++j) {
      const ULONG tag = row.lpProps[j].ulPropTag;
      if (is_of_the_table(tag) || PROP_TYPE(tag) == PT_ERROR || PROP_TYPE(tag) == PT_NULL ||
          PROP_TYPE(tag) == PT_OBJECT) {
        continue;
      }
      row.lpProps[kept++] = row.lpProps[j];
    }
    out.list()->aEntries[i] = {0, kept, row.lpProps};
  }
  return out;
}

Result<ULONG> row_count(IMAPITable& table) {
  ULONG count = 0;
  const HRESULT hr = table.GetRowCount(0, &count);
  if (FAILED(hr)) return outside(hr, "IMAPITable::GetRowCount");
  return count;
}

Result<com::Ref<IMAPITable>> recipients_of(IMessage& message) {
  com::Ref<IMAPITable> table;
  const HRESULT hr = message.GetRecipientTable(MAPI_UNICODE, table.put());
  if (FAILED(hr)) return outside(hr, "IMessage::GetRecipientTable");
  return table;
}

Result<std::vector<ULONG>> attachment_numbers(IMessage& message) {
  com::Ref<IMAPITable> table;
  const HRESULT hr = message.GetAttachmentTable(MAPI_UNICODE, table.put());
  if (FAILED(hr)) return outside(hr, "IMessage::GetAttachmentTable");
  std::vector<ULONG> numbers;
  TRY(for_each_rows(*table, kAtOnce, [&](SRowSet& rows) -> Status {
    for (ULONG i = 0; i < rows.cRows; ++i) {
      if (const SPropValue* number = find_value(rows.aRow[i], PR_ATTACH_NUM)) {
        numbers.push_back(static_cast<ULONG>(number->Value.l));
      }
    }
    return {};
  }));
  return numbers;
}

}  // namespace

Status Copier::copy_message(ULONG_PTR ui) {
  auto from = as<IMessage>(source_.get(), IID_IMessage);
  if (!from || is_excluded<IMessage>()) return {};
  auto to = as<IMessage>(target_.get(), IID_IMessage);
  if (wants_object(PR_MESSAGE_RECIPIENTS)) TRY(copy_recipients(*from, to.get()));
  if (wants_object(PR_MESSAGE_ATTACHMENTS) && !is_excluded<IAttach>()) TRY(copy_attachments(*from, to.get(), ui));
  return {};
}

Status Copier::copy_recipients(IMessage& from, IMessage* to) {
  auto table = TRY(recipients_of(from));
  if (TRY(row_count(*table)) == 0) return {};
  if (!to) {
    problems_.add(index_of(PR_MESSAGE_RECIPIENTS), PR_MESSAGE_RECIPIENTS, MAPI_E_INTERFACE_NOT_SUPPORTED);
    return {};
  }
  auto existing = TRY(recipients_of(*to));
  if (keeps_existing() && TRY(row_count(*existing)) > 0) return {};
  ULONG mode = 0;  // the first piece replaces what is there
  TRY(for_each_rows(*table, kAtOnce, [&](SRowSet& rows) -> Status {
    Recipients recipients = as_new_recipients(rows);
    const HRESULT hr = to->ModifyRecipients(mode, recipients.list());
    if (FAILED(hr)) return outside(hr, "IMessage::ModifyRecipients");
    mode = MODRECIP_ADD;
    return {};
  }));
  if (is_move()) {
    ADRLIST none{};
    const HRESULT hr = from.ModifyRecipients(0, &none);
    if (FAILED(hr)) return outside(hr, "IMessage::ModifyRecipients");
  }
  return {};
}

Status Copier::copy_attachments(IMessage& from, IMessage* to, ULONG_PTR ui) {
  const std::vector<ULONG> numbers = TRY(attachment_numbers(from));
  if (numbers.empty()) return {};
  if (!to) {
    problems_.add(index_of(PR_MESSAGE_ATTACHMENTS), PR_MESSAGE_ATTACHMENTS, MAPI_E_INTERFACE_NOT_SUPPORTED);
    return {};
  }
  const std::vector<ULONG> existing = TRY(attachment_numbers(*to));
  if (keeps_existing() && !existing.empty()) return {};
  for (const ULONG number : numbers) TRY(copy_attachment(from, *to, number));
  // The old ones go only when the new ones are there.
  for (const ULONG number : existing) {
    if (const HRESULT hr = to->DeleteAttach(number, ui, nullptr, 0); FAILED(hr))
      return outside(hr, "IMessage::DeleteAttach");
  }
  if (!is_move()) return {};
  for (const ULONG number : numbers) {
    if (const HRESULT hr = from.DeleteAttach(number, ui, nullptr, 0); FAILED(hr))
      return outside(hr, "IMessage::DeleteAttach");
  }
  return {};
}

Status Copier::copy_attachment(IMessage& from, IMessage& to, ULONG number) {
  com::Ref<IAttach> source, target;
  HRESULT hr = from.OpenAttach(number, nullptr, 0, source.put());
  if (FAILED(hr)) return outside(hr, "IMessage::OpenAttach");
  TRY(check_cycle(source.get()));
  ULONG new_number = 0;
  hr = to.CreateAttach(nullptr, 0, &new_number, target.put());
  if (FAILED(hr)) return outside(hr, "IMessage::CreateAttach");
  TRY(descend(source, target, {PR_ATTACH_NUM, PR_RECORD_KEY, PR_ATTACH_SIZE, PR_OBJECT_TYPE, PR_STORE_SUPPORT_MASK}));
  hr = target->SaveChanges(0);
  if (FAILED(hr)) return outside(hr, "IAttach::SaveChanges");
  return {};
}

// PT_OBJECT properties that are not the lists of messages and folders: what an attachment holds, and objects of
// providers' own.
Status Copier::copy_attach_object(const Item& item) {
  switch (item.tag.value) {
    case PR_MESSAGE_RECIPIENTS:
    case PR_MESSAGE_ATTACHMENTS:
    case PR_CONTAINER_CONTENTS:
    case PR_CONTAINER_HIERARCHY:
    case PR_FOLDER_ASSOCIATED_CONTENTS:
      return {};
    default:
      break;
  }
  if (keeps_existing() && has_target(item.tag.id())) return {};
  com::Ref<IUnknown> probe;
  if (SUCCEEDED(source_->OpenProperty(item.tag.value, &IID_IMessage, 0, 0, probe.put()))) {
    probe.reset();
    return copy_embedded(item);
  }
  if (TRY(copy_as_storage(item))) return {};
  if (TRY(copy_as_stream(item, IID_IStreamDocfile)) || TRY(copy_as_stream(item, IID_IStream))) return {};
  problems_.add(item.index, item.tag.value, MAPI_E_INTERFACE_NOT_SUPPORTED);
  return {};
}

Status Copier::copy_embedded(const Item& item) {
  com::Ref<IUnknown> from, to;
  HRESULT hr = source_->OpenProperty(item.tag.value, &IID_IMessage, 0, 0, from.put());
  if (FAILED(hr)) return outside(hr, "IMAPIProp::OpenProperty");
  TRY(check_cycle(from.get()));
  hr = target_->OpenProperty(item.tag.value, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY, to.put());
  if (FAILED(hr)) {
    problems_.add(item.index, item.tag.value, hr);
    return {};
  }
  auto source = as<IMessage>(from.get(), IID_IMessage);
  auto target = as<IMessage>(to.get(), IID_IMessage);
  if (!source || !target) return fail(Code::kInterfaceNotSupported, "property", "an embedded message is no message");
  TRY(descend(source, target, {}));
  hr = target->SaveChanges(0);
  if (FAILED(hr)) return outside(hr, "IMessage::SaveChanges");
  copied(item.tag);
  return {};
}

Result<bool> Copier::copy_as_storage(const Item& item) {
  if (is_excluded<IStorage>()) return false;
  com::Ref<IUnknown> from, to;
  if (FAILED(source_->OpenProperty(item.tag.value, &IID_IStorage, STGM_READ, 0, from.put()))) return false;
  if (FAILED(
          target_->OpenProperty(item.tag.value, &IID_IStorage, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY, to.put()))) {
    return false;
  }
  auto source = as<IStorage>(from.get(), IID_IStorage);
  auto target = as<IStorage>(to.get(), IID_IStorage);
  if (!source || !target) return false;
  HRESULT hr = source->CopyTo(0, nullptr, nullptr, target.get());
  if (SUCCEEDED(hr)) hr = target->Commit(STGC_DEFAULT);
  if (FAILED(hr)) return outside(hr, "IStorage::CopyTo");
  copied(item.tag);
  return true;
}

Result<bool> Copier::copy_as_stream(const Item& item, REFIID iid) {
  if (is_excluded<IStream>()) return false;
  com::Ref<IUnknown> from, to;
  if (FAILED(source_->OpenProperty(item.tag.value, &iid, STGM_READ, 0, from.put()))) return false;
  if (FAILED(target_->OpenProperty(item.tag.value, &iid, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY, to.put())))
    return false;
  auto source = as<IStream>(from.get(), IID_IStream);
  auto target = as<IStream>(to.get(), IID_IStream);
  if (!source || !target) return false;
  ULARGE_INTEGER everything{};
  everything.QuadPart = ~std::uint64_t{0} >> 1;
  HRESULT hr = source->CopyTo(target.get(), everything, nullptr, nullptr);
  if (SUCCEEDED(hr)) hr = target->Commit(STGC_DEFAULT);
  if (FAILED(hr)) return outside(hr, "IStream::CopyTo");
  copied(item.tag);
  return true;
}

}  // namespace mapiary::property::copying
