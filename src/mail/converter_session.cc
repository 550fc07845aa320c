// SPDX-License-Identifier: Apache-2.0
// IConverterSession. Pages: iconvertersessioniunknown, iconvertersession-*. Safe from any thread: one call at a time.
#include <cstring>

#include "com/border.h"
#include "com/object.h"
#include "mail/convert.h"

// Last: from here on ids are defined, not declared.
#include <initguid.h>
#include <mapimime.h>

namespace mapiary::com {
template <>
struct InterfaceChain<IConverterSession> {
  static bool contains(REFIID iid) {
    return IsEqualGUID(iid, IID_IConverterSession) || InterfaceChain<IUnknown>::contains(iid);
  }
};
}  // namespace mapiary::com

namespace mapiary::mail {
namespace {

class ConverterSession final : public com::Object<IConverterSession> {
 public:
  STDMETHODIMP SetAdrBook(LPADRBOOK book) override {
    return border_.call([&]() -> Status {
      settings_.addresses = com::Ref<IAddrBook>::share(book);
      return {};
    });
  }

  STDMETHODIMP SetEncoding(ENCODINGTYPE encoding) override {
    return border_.call([&]() -> Status {
      switch (encoding) {
        case IET_BASE64:
          settings_.encoding = mime::TextEncoding::kBase64;
          return {};
        case IET_UUENCODE:
          settings_.encoding = mime::TextEncoding::kUuencode;
          return {};
        case IET_QP:
          settings_.encoding = mime::TextEncoding::kQuotedPrintable;
          return {};
        case IET_7BIT:
          settings_.encoding = mime::TextEncoding::k7Bit;
          return {};
        case IET_8BIT:
          settings_.encoding = mime::TextEncoding::k8Bit;
          return {};
        default:
          return fail(Code::kInvalidArgument, "mail", "an encoding no body can have", encoding);
      }
    });
  }

  STDMETHODIMP PlaceHolder1() override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP PlaceHolder2() override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP PlaceHolder3() override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP PlaceHolder4() override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP PlaceHolder5() override { return MAPI_E_NO_SUPPORT; }

  STDMETHODIMP MIMEToMAPI(LPSTREAM stream, LPMESSAGE message, LPCSTR server, ULONG flags) override {
    return border_.call([&]() -> Result<HRESULT> {
      if (!stream || !message || server) return fail(Code::kInvalidArgument, "mail", "MIMEToMAPI got a wrong pointer");
      mime::Problems problems;
      TRY(mime_to_message(*stream, *message, flags, problems));
      return tell(problems, nullptr, nullptr);
    });
  }

  STDMETHODIMP MAPIToMIMEStm(LPMESSAGE message, LPSTREAM stream, ULONG flags) override {
    return border_.call([&]() -> Result<HRESULT> {
      if (!stream || !message) return fail(Code::kInvalidArgument, "mail", "MAPIToMIMEStm got a NULL pointer");
      mime::Problems problems;
      TRY(message_to_mime(*message, *stream, flags, settings_, problems));
      return tell(problems, nullptr, nullptr);
    });
  }

  STDMETHODIMP SetTextWrapping(bool wrap, ULONG width) override {
    return border_.call([&]() -> Status {
      constexpr ULONG kDefault = 76;
      settings_.wrap = !wrap ? 0 : width == USE_DEFAULT_WRAPPING || width == 0 ? kDefault : width;
      return {};
    });
  }

  STDMETHODIMP SetSaveFormat(MIMESAVETYPE format) override {
    return border_.call([&]() -> Status {
      // A client may pass any number; as an enumeration it must not be looked at before it is known to be one of them.
      int number = 0;
      static_assert(sizeof number == sizeof format);
      std::memcpy(&number, &format, sizeof number);
      if (number != SAVE_RFC822 && number != SAVE_RFC1521 && number != USE_DEFAULT_SAVETYPE) {
        return fail(Code::kInvalidArgument, "mail", "a save format that is none", static_cast<std::uint64_t>(number));
      }
      settings_.uuencode = number == SAVE_RFC822;
      return {};
    });
  }

  STDMETHODIMP SetCharset(bool apply, HCHARSET charset, CSETAPPLYTYPE) override {
    return border_.call([&]() -> Status {
      // Handles come from a library that is not here.
      if (apply && charset) return fail(Code::kInvalidArgument, "mail", "not a character set of this converter");
      return {};
    });
  }

 private:
  com::Border border_;
  Settings settings_;
};

}  // namespace

com::Ref<IConverterSession> make_converter_session() {
  return com::make<ConverterSession>();
}

}  // namespace mapiary::mail
