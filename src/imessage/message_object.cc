// SPDX-License-Identifier: Apache-2.0
#include "imessage/message_object.h"

#include <imessage.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <cstring>

#include "base/guid.h"
#include "com/convert.h"
#include "imessage/attach_object.h"
#include "imessage/long_term_recipients.h"
#include "imessage/message_backing.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropValue;

class MessageObject final : public property::PropObject<IMessage> {
 public:
  explicit MessageObject(std::shared_ptr<MessageBacking> backing)
      : PropObject(backing->state()->root->gate, backing, backing->state()->root->routines),
        backing_(std::move(backing)) {}
  ~MessageObject() {
    std::unique_lock lock(core_.border().gate()->mutex());
    if (state().closed) state().closed(this);
    state().closed = nullptr;
  }

  STDMETHODIMP GetAttachmentTable(ULONG flags, LPMAPITABLE* out) override;
  STDMETHODIMP OpenAttach(ULONG number, LPCIID iid, ULONG flags, LPATTACH* out) override;
  STDMETHODIMP CreateAttach(LPCIID iid, ULONG flags, ULONG* number, LPATTACH* out) override;
  STDMETHODIMP DeleteAttach(ULONG number, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) override;
  STDMETHODIMP GetRecipientTable(ULONG flags, LPMAPITABLE* out) override;
  STDMETHODIMP ModifyRecipients(ULONG flags, LPADRLIST mods) override;
  STDMETHODIMP SubmitMessage(ULONG flags) override;
  STDMETHODIMP SetReadFlag(ULONG flags) override;

 protected:
  void* find_interface(REFIID iid) override {
    return IsEqualGUID(iid, attributed_id()) ? &attributed_ : PropObject::find_interface(iid);
  }

 private:
  MessageState& state() { return *backing_->state(); }
  Status check_writable() const;
  Status check_attach(LPCIID iid, const void* out) const;
  Result<std::vector<Recipient>> new_recipients(const ADRLIST& mods, bool with_row, bool with_props);
  Status apply_recipients(ULONG flags, std::vector<Recipient> changes);

  std::shared_ptr<MessageBacking> backing_;
  AttributedObject attributed_{&core_.border(), [this]() -> PropSet& { return backing_->props(); },
                               [this] { return backing_->writable(); }};
};

Status MessageObject::check_writable() const {
  if (backing_->writable()) return {};
  return fail(Code::kReadOnly, "imessage", "the message is open for reading only");
}

Status MessageObject::check_attach(LPCIID iid, const void* out) const {
  if (!out) return fail(Code::kInvalidArgument, "imessage", "the out-parameter is a NULL pointer");
  if (iid && !IsEqualGUID(*iid, IID_IAttachment) && !IsEqualGUID(*iid, IID_IMAPIProp)) {
    return fail(Code::kInterfaceNotSupported, "imessage", "an attachment is opened as IAttach");
  }
  return {};
}

// spec pages: imessage-getattachmenttable, imessage-getrecipienttable
HRESULT MessageObject::GetAttachmentTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "imessage", "the out-parameter is a NULL pointer");
    if (flags & ~(MAPI_UNICODE | MAPI_DEFERRED_ERRORS))
      return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    *out = TRY(backing_->attachment_table((flags & MAPI_UNICODE) != 0)).detach();
    return {};
  });
}

HRESULT MessageObject::GetRecipientTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "imessage", "the out-parameter is a NULL pointer");
    if (flags & ~(MAPI_UNICODE | MAPI_DEFERRED_ERRORS))
      return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    *out = TRY(backing_->recipient_table((flags & MAPI_UNICODE) != 0)).detach();
    return {};
  });
}

HRESULT MessageObject::OpenAttach(ULONG number, LPCIID iid, ULONG flags, LPATTACH* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    TRY(check_attach(iid, out));
    if (flags & ~(MAPI_BEST_ACCESS | MAPI_MODIFY | MAPI_DEFERRED_ERRORS)) {
      return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    }
    if ((flags & MAPI_MODIFY) && !(flags & MAPI_BEST_ACCESS)) TRY(check_writable());
    auto attachment = state().find_attachment(number);
    if (!attachment) return fail(Code::kNotFound, "imessage", "the message has no such attachment", number);
    const bool write = (flags & (MAPI_MODIFY | MAPI_BEST_ACCESS)) && backing_->writable();
    *out = TRY(backing_->open_attachment(std::move(attachment), write)).detach();
    return {};
  });
}

HRESULT MessageObject::CreateAttach(LPCIID iid, ULONG flags, ULONG* number, LPATTACH* out) {
  if (out) *out = nullptr;
  return core_.border().call([&]() -> Status {
    TRY(check_attach(iid, out));
    if (!number) return fail(Code::kInvalidArgument, "imessage", "the attachment's number has no place to go");
    if (flags & ~MAPI_DEFERRED_ERRORS) return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    TRY(check_writable());
    auto attachment = std::make_shared<Attachment>();
    attachment->number = state().next_attachment++;
    attachment->props = std::make_shared<PropSet>(Place::kPart);
    attachment->props->bag().set(PropValue::int32(PropTag(PR_RENDERING_POSITION), -1));
    attachment->props->bag().set(PropValue::int32(PropTag(PR_ATTACH_METHOD), NO_ATTACHMENT));
    state().attachments.push_back(attachment);
    *number = attachment->number;
    *out = TRY(backing_->open_attachment(std::move(attachment), true)).detach();
    return {};
  });
}

// Deleting is one step; the indicator is told of its end and may not take it back.
HRESULT MessageObject::DeleteAttach(ULONG number, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  const HRESULT hr = core_.border().call([&]() -> Status {
    if (flags & ~ATTACH_DIALOG) return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    TRY(check_writable());
    const auto attachment = state().find_attachment(number);
    if (!attachment) return fail(Code::kNotFound, "imessage", "the message has no such attachment", number);
    if (attachment->stored) state().deleted.push_back(number);
    attachment->deleted = true;
    std::erase(state().attachments, attachment);
    return backing_->attachment_gone(*attachment);
  });
  if (FAILED(hr) || !(flags & ATTACH_DIALOG)) return hr;
  const auto shown = progress ? com::Ref<IMAPIProgress>::share(progress) : backing_->progress_dialog(ui);
  if (!shown) return hr;
  ULONG most = 1000;
  if (FAILED(shown->GetMax(&most))) most = 1000;
  (void)shown->Progress(most, 1, 1);
  return hr;
}

// spec: ST-281 to ST-288
HRESULT MessageObject::ModifyRecipients(ULONG flags, LPADRLIST mods) {
  // The address book is asked without the lock: it may want to open this very message.
  LongTermRecipients long_term;
  if (mods && flags != MODRECIP_REMOVE) mods = long_term.convert(backing_->state()->root->support.get(), mods);
  return core_.border().call([&]() -> Status {
    if (!mods) return fail(Code::kInvalidArgument, "imessage", "ModifyRecipients needs a list");
    if (flags != 0 && flags != MODRECIP_ADD && flags != MODRECIP_MODIFY && flags != MODRECIP_REMOVE) {
      const bool known = !(flags & ~(MODRECIP_ADD | MODRECIP_MODIFY | MODRECIP_REMOVE));
      return fail(known ? Code::kInvalidArgument : Code::kUnknownFlags, "imessage", "the flags exclude one another",
                  flags);
    }
    TRY(check_writable());
    const bool by_row = flags == MODRECIP_MODIFY || flags == MODRECIP_REMOVE;
    // Read whole before anything changes.
    auto changes = TRY(new_recipients(*mods, by_row, flags != MODRECIP_REMOVE));
    TRY(apply_recipients(flags, std::move(changes)));
    state().recipients_changed = true;
    backing_->compute_display_lists();
    return {};
  });
}

Result<std::vector<Recipient>> MessageObject::new_recipients(const ADRLIST& mods, bool with_row, bool with_props) {
  std::vector<Recipient> out;
  for (ULONG i = 0; i < mods.cEntries; ++i) {
    const ADRENTRY& entry = mods.aEntries[i];
    if (entry.cValues && !entry.rgPropVals)
      return fail(Code::kInvalidArgument, "imessage", "a recipient is a NULL pointer", i);
    Recipient recipient;
    bool has_row = false;
    for (ULONG j = 0; j < entry.cValues; ++j) {
      const SPropValue& value = entry.rgPropVals[j];
      if (PROP_TYPE(value.ulPropTag) == PT_NULL)
        return fail(Code::kInvalidArgument, "imessage", "a recipient has a PT_NULL property", i);
      if (PROP_TYPE(value.ulPropTag) == PT_ERROR) continue;
      if (value.ulPropTag == PR_ROWID) {
        has_row = true;
        recipient.row = static_cast<std::uint32_t>(value.Value.l);
        continue;
      }
      if (!with_props || PROP_TYPE(value.ulPropTag) == PT_OBJECT) continue;
      recipient.props.set(stored_text(TRY(com::to_model(value, state().code_page())), state()));
    }
    if (entry.cValues == 0 && !with_row) continue;  // a NULL recipient says nothing
    if (has_row != with_row) {
      return fail(Code::kInvalidArgument, "imessage",
                  with_row ? "a recipient has no PR_ROWID" : "a new recipient has a PR_ROWID", i);
    }
    if (with_props && !recipient.props.find(PropTag(PR_RECIPIENT_TYPE))) {
      recipient.props.set(PropValue::int32(PropTag(PR_RECIPIENT_TYPE), MAPI_TO));
    }
    out.push_back(std::move(recipient));
  }
  return out;
}

Status MessageObject::apply_recipients(ULONG flags, std::vector<Recipient> changes) {
  auto& list = state().recipients;
  const auto at = [&](std::uint32_t row) {
    return std::find_if(list.begin(), list.end(), [&](const Recipient& r) { return r.row == row; });
  };
  if (flags == MODRECIP_MODIFY || flags == MODRECIP_REMOVE) {
    for (const Recipient& change : changes) {
      if (at(change.row) == list.end())
        return fail(Code::kNotFound, "imessage", "no recipient has this PR_ROWID", change.row);
    }
  }
  if (flags == 0) {
    list.clear();
    TRY(backing_->recipients_replaced());
  }
  for (Recipient& change : changes) {
    if (flags == MODRECIP_REMOVE) {
      const auto found = at(change.row);
      if (found != list.end()) list.erase(found);
      TRY(backing_->recipient_gone(change.row));
      continue;
    }
    if (flags == MODRECIP_MODIFY) {
      *at(change.row) = change;
    } else {
      change.row = state().next_row++;
      list.push_back(change);
    }
    TRY(backing_->recipient_changed(change));
  }
  return {};
}

// A message in a storage has no store that could send it.
HRESULT MessageObject::SubmitMessage(ULONG flags) {
  return core_.border().call([&]() -> Status {
    if (flags & ~FORCE_SUBMIT) return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    TRY(check_writable());
    if (state().recipients.empty()) return fail(Code::kNoRecipients, "imessage", "the message has no recipients");
    return fail(Code::kNotSupported, "imessage", "a message in a file has no store to send it");
  });
}

// spec: ST-291 ST-293
HRESULT MessageObject::SetReadFlag(ULONG flags) {
  return core_.border().call([&]() -> Status {
    constexpr ULONG kKnown = SUPPRESS_RECEIPT | CLEAR_READ_FLAG | GENERATE_RECEIPT_ONLY | CLEAR_RN_PENDING |
                             CLEAR_NRN_PENDING | MAPI_DEFERRED_ERRORS;
    if (flags & ~kKnown) return fail(Code::kUnknownFlags, "imessage", "unknown flags", flags);
    const ULONG exclusive = flags & (SUPPRESS_RECEIPT | CLEAR_READ_FLAG | GENERATE_RECEIPT_ONLY);
    if (exclusive & (exclusive - 1))
      return fail(Code::kInvalidArgument, "imessage", "the flags exclude one another", flags);
    TRY(check_writable());
    if (flags & GENERATE_RECEIPT_ONLY)
      return fail(Code::kNotSupported, "imessage", "a message in a file sends no reports");
    const PropValue* old = backing_->props().bag().find(PropTag(PR_MESSAGE_FLAGS));
    auto value = static_cast<ULONG>(old ? old->as_int32() : 0);
    if (flags & CLEAR_RN_PENDING) value &= ~MSGFLAG_RN_PENDING;
    if (flags & CLEAR_NRN_PENDING) value &= ~MSGFLAG_NRN_PENDING;
    if (!(flags & (CLEAR_RN_PENDING | CLEAR_NRN_PENDING))) {
      value = flags & CLEAR_READ_FLAG ? value & ~MSGFLAG_READ : value | MSGFLAG_READ;
    }
    backing_->props().bag().set(PropValue::int32(PropTag(PR_MESSAGE_FLAGS), static_cast<std::int32_t>(value)));
    return state().save();
  });
}

const IID& attributed_id() {
  static const IID id = [] {
    const Guid random = Guid::random();
    IID out;
    std::memcpy(&out, random.bytes.data(), sizeof out);
    return out;
  }();
  return id;
}

com::Ref<IMessage> make_message(std::shared_ptr<MessageState> state) {
  return com::make<MessageObject>(std::make_shared<MessageBacking>(std::move(state)));
}

}  // namespace mapiary::imessage
