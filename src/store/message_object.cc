// SPDX-License-Identifier: Apache-2.0
#include "store/message_object.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <cstring>

#include "property/recipients.h"
#include "store/read_state.h"
#include "store/submission.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

Status need_pointer(const void* pointer) {
  if (pointer) return {};
  return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
}

Status need_flags(ULONG flags, ULONG allowed) {
  if ((flags & ~allowed) == 0) return {};
  return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
}

// An id that exists in this process only, for backing_of().
const IID& own_id() {
  static const IID id = [] {
    const Guid random = Guid::random();
    IID out;
    std::memcpy(&out, random.bytes.data(), sizeof out);
    return out;
  }();
  return id;
}

}  // namespace

class MessageObject final : public property::PropObject<IMessage> {
 public:
  explicit MessageObject(std::shared_ptr<MessageBacking> backing)
      : PropObject(backing->core().gate(), backing, backing->core().routines()), backing_(std::move(backing)) {
    backing_->set_object(this);
  }
  ~MessageObject() {
    const std::lock_guard lock(core_.border().gate()->mutex());
    backing_->set_object(nullptr);
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
    return IsEqualGUID(iid, own_id()) ? backing_.get() : PropObject::find_interface(iid);
  }

 private:
  Status check_writable() const;
  static Status check_attach(LPCIID iid, const void* out);
  // Runs on the open message, not the submitted one.
  template <class Body>
  HRESULT run(Body&& body) {
    return core_.border().call([&]() -> Status {
      TRY(backing_->check_alive());
      return body();
    });
  }

  std::shared_ptr<MessageBacking> backing_;
};

Status MessageObject::check_writable() const {
  if (backing_->writable()) return {};
  return fail(Code::kReadOnly, "store", "the message is open for reading only");
}

Status MessageObject::check_attach(LPCIID iid, const void* out) {
  TRY(need_pointer(out));
  if (iid && !IsEqualGUID(*iid, IID_IAttachment) && !IsEqualGUID(*iid, IID_IMAPIProp) &&
      !IsEqualGUID(*iid, IID_IUnknown)) {
    return fail(Code::kInterfaceNotSupported, "store", "an attachment is opened as IAttach");
  }
  return {};
}

HRESULT MessageObject::GetAttachmentTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return run([&]() -> Status {
    TRY(need_pointer(out));
    TRY(need_flags(flags, MAPI_UNICODE | MAPI_DEFERRED_ERRORS));
    *out = TRY(backing_->attachment_table((flags & MAPI_UNICODE) != 0)).detach();
    return {};
  });
}

HRESULT MessageObject::GetRecipientTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return run([&]() -> Status {
    TRY(need_pointer(out));
    TRY(need_flags(flags, MAPI_UNICODE | MAPI_DEFERRED_ERRORS));
    *out = TRY(backing_->recipient_table((flags & MAPI_UNICODE) != 0)).detach();
    return {};
  });
}

HRESULT MessageObject::OpenAttach(ULONG number, LPCIID iid, ULONG flags, LPATTACH* out) {
  if (out) *out = nullptr;
  return run([&]() -> Status {
    TRY(check_attach(iid, out));
    TRY(need_flags(flags, MAPI_BEST_ACCESS | MAPI_MODIFY | MAPI_DEFERRED_ERRORS));
    if ((flags & MAPI_MODIFY) && !(flags & MAPI_BEST_ACCESS)) TRY(check_writable());
    const auto attachment = backing_->find_attachment(number);
    if (!attachment) return fail(Code::kNotFound, "store", "the message has no such attachment", number);
    if (IAttach* open = backing_->open_attachment(number)) {
      if (auto living = share_living(open)) {
        *out = living.detach();
        return {};
      }
    }
    TRY(load_attachment(backing_->core(), *attachment));
    AttachData working = *attachment;
    const bool write = (flags & (MAPI_MODIFY | MAPI_BEST_ACCESS)) && backing_->writable();
    *out = make_attach(backing_, std::move(working), write).detach();
    return {};
  });
}

HRESULT MessageObject::CreateAttach(LPCIID iid, ULONG flags, ULONG* number, LPATTACH* out) {
  if (out) *out = nullptr;
  return run([&]() -> Status {
    TRY(check_attach(iid, out));
    TRY(need_pointer(number));
    TRY(need_flags(flags, MAPI_DEFERRED_ERRORS));
    TRY(check_writable());
    AttachData attachment;
    attachment.number = backing_->take_attachment_number();
    attachment.loaded = true;
    attachment.props.set(long_value(PR_ATTACH_NUM, attachment.number));
    attachment.props.set(long_value(PR_RENDERING_POSITION, 0xFFFFFFFF));
    attachment.props.set(long_value(PR_ATTACH_METHOD, NO_ATTACHMENT));
    *number = attachment.number;
    *out = make_attach(backing_, std::move(attachment), true).detach();
    return {};
  });
}

// Deleting is one step; the indicator is told of its end and may not take it back.
HRESULT MessageObject::DeleteAttach(ULONG number, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  const HRESULT hr = run([&]() -> Status {
    TRY(need_flags(flags, ATTACH_DIALOG));
    TRY(check_writable());
    return backing_->remove_attachment(number);
  });
  if (FAILED(hr) || !(flags & ATTACH_DIALOG)) return hr;
  const auto shown = progress ? com::Ref<IMAPIProgress>::share(progress) : backing_->progress_dialog(ui);
  if (!shown) return hr;
  ULONG most = 1000;
  if (FAILED(shown->GetMax(&most))) most = 1000;
  (void)shown->Progress(most, 1, 1);
  return hr;
}

namespace {

// What a row of the recipient table has though nobody gave it.
void fill_in(model::PropBag& recipient) {
  if (!recipient.find(PropTag(PR_OBJECT_TYPE))) recipient.set(long_value(PR_OBJECT_TYPE, MAPI_MAILUSER));
  if (!recipient.find(PropTag(PR_DISPLAY_TYPE))) recipient.set(long_value(PR_DISPLAY_TYPE, DT_MAILUSER));
  if (recipient.find(PropTag(PR_SEARCH_KEY))) return;
  const std::string type = text_of(recipient, PR_ADDRTYPE_W), address = text_of(recipient, PR_EMAIL_ADDRESS_W);
  if (type.empty() || address.empty()) return;
  std::string key = type + ":" + address;
  for (char& c : key) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  recipient.set(binary_value(PR_SEARCH_KEY, std::string_view(key.c_str(), key.size() + 1)));
}

}  // namespace

HRESULT MessageObject::ModifyRecipients(ULONG flags, LPADRLIST mods) {
  return run([&]() -> Status {
    TRY(check_writable());
    MessageData& message = backing_->data();
    auto all =
        TRY(property::modify_recipients(message.recipients, flags, mods, backing_->code_page(), message.next_row));
    for (auto& recipient : all) fill_in(recipient);
    return backing_->replace_recipients(std::move(all));
  });
}

HRESULT MessageObject::SubmitMessage(ULONG flags) {
  return core_.call_unlocked([&]() -> Status {
    TRY(need_flags(flags, FORCE_SUBMIT));
    return submit(*this, backing_);
  });
}

HRESULT MessageObject::SetReadFlag(ULONG flags) {
  return core_.call_unlocked([&]() -> Status { return set_read_flag(*backing_, flags); });
}

com::Ref<IMessage> make_message(std::shared_ptr<MessageBacking> backing) {
  return com::make<MessageObject>(std::move(backing));
}

MessageBacking* backing_of(IMessage* message, const StoreCore& core) {
  void* found = nullptr;
  if (!message || FAILED(message->QueryInterface(own_id(), &found))) return nullptr;
  message->Release();
  auto* backing = static_cast<MessageBacking*>(found);
  return &backing->core() == &core ? backing : nullptr;
}

}  // namespace mapiary::store
