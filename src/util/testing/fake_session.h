// SPDX-License-Identifier: Apache-2.0
// A session that has nothing but a stores table, for tests of functions that look a store up by its record key.
#pragma once

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <utility>
#include <vector>

#include "com/object.h"

namespace mapiary::util::testing {

class FakeSession {
 public:
  using Bytes = std::vector<unsigned char>;
  using Stores = std::vector<std::pair<Bytes, Bytes>>;  // entry id, record key

  explicit FakeSession(const Stores& stores) : session_(com::make<Session>(stores)) {}
  LPMAPISESSION get() const { return session_.get(); }

 private:
  // Every method a test does not give a body answers MAPI_E_NO_SUPPORT.
  class Defaults : public com::Object<IMAPISession> {
   public:
    MAPI_IMAPISESSION_METHODS({ return MAPI_E_NO_SUPPORT; })
  };

  class Session final : public Defaults {
   public:
    explicit Session(const Stores& stores) {
      static SizedSPropTagArray(2, columns) = {2, {PR_ENTRYID, PR_RECORD_KEY}};
      CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_DYNAMIC, PR_ENTRYID,
                  reinterpret_cast<LPSPropTagArray>(&columns), data_.put());
      for (const auto& [id, key] : stores) {
        SPropValue values[2] = {};
        values[0].ulPropTag = PR_ENTRYID;
        values[0].Value.bin = binary(id);
        values[1].ulPropTag = PR_RECORD_KEY;
        values[1].Value.bin = binary(key);
        SRow row{0, 2, values};
        data_->HrModifyRow(&row);
      }
    }
    STDMETHODIMP GetMsgStoresTable(ULONG, LPMAPITABLE* table) override {
      return data_->HrGetView(nullptr, nullptr, 0, table);
    }

   private:
    static SBinary binary(const Bytes& bytes) {
      return {static_cast<ULONG>(bytes.size()), const_cast<LPBYTE>(bytes.data())};
    }
    com::Ref<ITableData> data_;
  };

  com::Ref<Session> session_;
};

}  // namespace mapiary::util::testing
