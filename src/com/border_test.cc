// SPDX-License-Identifier: Apache-2.0
#include "com/border.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "com/object.h"

namespace mapiary::com {
namespace {

struct ForeignException {};

TEST(Border, NothingIsThrownAcrossIt) {
  EXPECT_EQ(border([]() -> Status { throw std::bad_alloc(); }), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(border([]() -> Status { throw std::length_error("vector"); }), MAPI_E_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(border([]() -> Status { throw std::logic_error("broken"); }), MAPI_E_CALL_FAILED);
  EXPECT_EQ(border([]() -> Status { throw ForeignException(); }), MAPI_E_CALL_FAILED);
}

TEST(Border, GivesTheCodesHresultAndLetsWarningsThrough) {
  EXPECT_EQ(border([]() -> Status { return {}; }), S_OK);
  EXPECT_EQ(border([]() -> Status { return fail(Code::kNotFound, "test", "no such thing"); }), MAPI_E_NOT_FOUND);
  EXPECT_EQ(border([]() -> Result<HRESULT> { return MAPI_W_ERRORS_RETURNED; }), MAPI_W_ERRORS_RETURNED);
}

TEST(Border, AForeignFailureWithoutACodeGoesUpAsItCame) {
  const auto odd = static_cast<HRESULT>(0x8004ABCD);
  EXPECT_EQ(border([&]() -> Status { return tl::unexpected(outside_error(odd, "XPProviderInit")); }), odd);
  EXPECT_EQ(border([&]() -> Status { return tl::unexpected(outside_error(MAPI_E_BUSY, "callback")); }), MAPI_E_BUSY);
}

TEST(Border, AnObjectAfterLogoffAnswersTheClosingCodeAndDoesNothing) {
  Border object;
  object.gate()->close(Code::kInvalidObject);
  bool ran = false;
  EXPECT_EQ(object.call([&]() -> Status {
    ran = true;
    return {};
  }),
            MAPI_E_INVALID_OBJECT);
  EXPECT_FALSE(ran);
}

// spec: LC-223 LC-225
TEST(LastError, NamesWhatHappenedAndIsFreedByOneCall) {
  Border object;
  EXPECT_EQ(object.call([]() -> Status { return fail(Code::kNotFound, "test", "folder 'Grüße' is not there", 7); }),
            MAPI_E_NOT_FOUND);
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(object.get_last_error(MAPI_E_NOT_FOUND, MAPI_UNICODE, &error), S_OK);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(std::wstring(reinterpret_cast<LPWSTR>(error->lpszError)),
            L"folder 'Grüße' is not there (MAPI_E_NOT_FOUND)");
  EXPECT_EQ(std::wstring(reinterpret_cast<LPWSTR>(error->lpszComponent)), L"Mapiary");
  EXPECT_EQ(error->ulLowLevelError, 7u);
  EXPECT_EQ(error->ulVersion, static_cast<ULONG>(MAPI_ERROR_VERSION));
  MAPIFreeBuffer(error);

  ASSERT_EQ(object.get_last_error(MAPI_E_NOT_FOUND, 0, &error), S_OK);
  EXPECT_EQ(std::string(reinterpret_cast<LPSTR>(error->lpszError)), "folder 'Grüße' is not there (MAPI_E_NOT_FOUND)");
  MAPIFreeBuffer(error);
}

// spec: LC-223
TEST(LastError, IsNullWhenNothingIsKnownAboutTheCode) {
  Border object;
  LPMAPIERROR error = reinterpret_cast<LPMAPIERROR>(&object);
  EXPECT_EQ(object.get_last_error(MAPI_E_NOT_FOUND, 0, &error), S_OK);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(object.get_last_error(MAPI_E_NOT_FOUND, 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object.get_last_error(MAPI_E_NOT_FOUND, 0x4000, &error), MAPI_E_UNKNOWN_FLAGS);
}

TEST(ErrorMap, KnowsEveryExtendedMapiCodeOfTheTable) {
  const char* root = std::getenv("MAPIARY_SOURCE_DIR");
  ASSERT_NE(root, nullptr);
  std::ifstream table(std::string(root) + "/data/spec/constants.tsv");
  std::string line;
  int rows = 0;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name, value, kind, header;
    std::getline(fields, name, '\t');
    std::getline(fields, value, '\t');
    std::getline(fields, kind, '\t');
    std::getline(fields, header, '\t');
    const bool error = name.starts_with("MAPI_E_"), warning = name.starts_with("MAPI_W_");
    if ((!error && !warning) || header == "mapi.h") continue;  // Simple MAPI has numbers of its own
    const auto hr = static_cast<HRESULT>(std::stoul(value, nullptr, 16));
    ++rows;
    EXPECT_FALSE(hresult_name(hr).empty()) << name;
    EXPECT_NE(hresult_text(hr), hresult_text(static_cast<HRESULT>(0x8004ABCD))) << name;
    if (error) {
      EXPECT_EQ(to_hresult(to_code(hr)), hr) << name;
    }
  }
  EXPECT_GT(rows, 75);
}

TEST(ErrorMap, EveryCodeHasAFailingHresultAndAName) {
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    EXPECT_TRUE(FAILED(to_hresult(static_cast<Code>(i)))) << i;
    EXPECT_FALSE(code_name(static_cast<Code>(i)).empty()) << i;
  }
}

// An object with two interfaces.
class Sink final : public Object<IMAPIAdviseSink, IMAPIProgress> {
 public:
  explicit Sink(int* alive) : alive_(alive) { ++*alive_; }
  ~Sink() { --*alive_; }
  STDMETHODIMP_(ULONG) OnNotify(ULONG, LPNOTIFICATION) override { return 0; }
  STDMETHODIMP Progress(ULONG, ULONG, ULONG) override { return S_OK; }
  STDMETHODIMP GetFlags(ULONG*) override { return S_OK; }
  STDMETHODIMP GetMax(ULONG*) override { return S_OK; }
  STDMETHODIMP GetMin(ULONG*) override { return S_OK; }
  STDMETHODIMP SetLimits(LPULONG, LPULONG, LPULONG) override { return S_OK; }

 private:
  int* alive_;
};

TEST(Object, AnswersItsInterfacesCountsAndDies) {
  int alive = 0;
  {
    Ref<Sink> sink = make<Sink>(&alive);
    EXPECT_EQ(alive, 1);
    void* out = nullptr;
    ASSERT_EQ(static_cast<IMAPIAdviseSink*>(sink.get())->QueryInterface(IID_IMAPIProgress, &out), S_OK);
    auto progress = Ref<IMAPIProgress>::adopt(static_cast<IMAPIProgress*>(out));
    EXPECT_EQ(progress->Progress(1, 1, 1), S_OK);

    void *identity1 = nullptr, *identity2 = nullptr;  // one object, one IUnknown
    ASSERT_EQ(progress->QueryInterface(IID_IUnknown, &identity1), S_OK);
    ASSERT_EQ(static_cast<IMAPIAdviseSink*>(sink.get())->QueryInterface(IID_IUnknown, &identity2), S_OK);
    EXPECT_EQ(identity1, identity2);
    progress->Release();
    progress->Release();

    EXPECT_EQ(progress->QueryInterface(IID_IMessage, &out), MAPI_E_INTERFACE_NOT_SUPPORTED);
    EXPECT_EQ(out, nullptr);
    EXPECT_EQ(progress->QueryInterface(IID_IMessage, nullptr), MAPI_E_INVALID_PARAMETER);
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace mapiary::com
