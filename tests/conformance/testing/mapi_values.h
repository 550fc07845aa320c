// SPDX-License-Identifier: Apache-2.0
// Short forms of what tests do with MAPI objects: properties, entry lists, rows, advise sinks. Public MAPI only.
#pragma once

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/counted_sink.h"

namespace conformance {

inline LPTSTR text(const wchar_t* value) {
  return reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(value));
}

// GetProps of some tags; freed with it.
class Values {
 public:
  Values(IMAPIProp* object, std::vector<ULONG> tags, ULONG flags = MAPI_UNICODE) {
    tags.insert(tags.begin(), static_cast<ULONG>(tags.size()));
    hr = object->GetProps(reinterpret_cast<LPSPropTagArray>(tags.data()), flags, &count, &values);
  }
  ~Values() { MAPIFreeBuffer(values); }
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  const SPropValue& operator[](std::size_t i) const { return values[i]; }
  std::string bytes(std::size_t i) const { return binary(values[i]); }
  static std::string binary(const SPropValue& value) {
    if (PROP_TYPE(value.ulPropTag) != PT_BINARY) return "no binary";
    return {reinterpret_cast<const char*>(value.Value.bin.lpb), value.Value.bin.cb};
  }

  HRESULT hr = S_OK;
  ULONG count = 0;
  LPSPropValue values = nullptr;
};

inline std::string get_binary(IMAPIProp* object, ULONG tag) {
  return Values(object, {tag}).bytes(0);
}
inline std::wstring get_text(IMAPIProp* object, ULONG tag) {
  const Values values(object, {tag});
  return values[0].ulPropTag == tag ? values[0].Value.lpszW : L"no text";
}
inline LONG get_long(IMAPIProp* object, ULONG tag) {
  const Values values(object, {tag});
  return values[0].ulPropTag == tag ? values[0].Value.l : -12345;
}
inline HRESULT get_error(IMAPIProp* object, ULONG tag) {
  const Values values(object, {tag});
  return PROP_TYPE(values[0].ulPropTag) == PT_ERROR ? values[0].Value.err : S_OK;
}
inline HRESULT set_value(IMAPIProp* object, SPropValue value) {
  LPSPropProblemArray problems = nullptr;
  HRESULT hr = object->SetProps(1, &value, &problems);
  if (hr == S_OK && problems) hr = problems->aProblem[0].scode;
  MAPIFreeBuffer(problems);
  return hr;
}
inline HRESULT set_text(IMAPIProp* object, ULONG tag, const std::wstring& value) {
  SPropValue prop{};
  prop.ulPropTag = tag;
  prop.Value.lpszW = const_cast<wchar_t*>(value.c_str());
  return set_value(object, prop);
}
inline HRESULT set_long(IMAPIProp* object, ULONG tag, LONG value) {
  SPropValue prop{};
  prop.ulPropTag = tag;
  prop.Value.l = value;
  return set_value(object, prop);
}
inline HRESULT set_binary(IMAPIProp* object, ULONG tag, const std::string& value) {
  SPropValue prop{};
  prop.ulPropTag = tag;
  prop.Value.bin = {static_cast<ULONG>(value.size()), reinterpret_cast<LPBYTE>(const_cast<char*>(value.data()))};
  return set_value(object, prop);
}
inline HRESULT set_bool(IMAPIProp* object, ULONG tag, bool value) {
  SPropValue prop{};
  prop.ulPropTag = tag;
  prop.Value.b = value ? TRUE : FALSE;
  return set_value(object, prop);
}

// Some entry ids as a list; lives as long as it.
class Entries {
 public:
  explicit Entries(std::vector<std::string> ids) : ids_(std::move(ids)) {
    for (std::string& id : ids_) bins_.push_back({static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())});
    list_ = {static_cast<ULONG>(bins_.size()), bins_.data()};
  }
  LPENTRYLIST get() { return &list_; }

 private:
  std::vector<std::string> ids_;
  std::vector<SBinary> bins_;
  ENTRYLIST list_{};
};

// Rows of a table as vectors of values; freed with it.
class Rows {
 public:
  explicit Rows(IMAPITable* table, std::vector<ULONG> columns = {}) {
    if (!columns.empty()) {
      columns.insert(columns.begin(), static_cast<ULONG>(columns.size()));
      hr = table->SetColumns(reinterpret_cast<LPSPropTagArray>(columns.data()), 0);
    }
    if (SUCCEEDED(hr)) hr = table->SeekRow(BOOKMARK_BEGINNING, 0, nullptr);
    if (SUCCEEDED(hr)) hr = table->QueryRows(10000, 0, &set);
  }
  ~Rows() {
    if (set) FreeProws(set);
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ULONG size() const { return set ? set->cRows : 0; }
  const SPropValue& at(ULONG row, ULONG column) const { return set->aRow[row].lpProps[column]; }
  std::wstring text(ULONG row, ULONG column) const {
    const SPropValue& value = at(row, column);
    return PROP_TYPE(value.ulPropTag) == PT_UNICODE ? value.Value.lpszW : L"no text";
  }
  std::vector<std::wstring> texts(ULONG column) const {
    std::vector<std::wstring> all;
    for (ULONG i = 0; i < size(); ++i) all.push_back(text(i, column));
    return all;
  }

  HRESULT hr = S_OK;
  LPSRowSet set = nullptr;
};

// Counts what it hears and lets a test wait for it. Whoever is in its OnNotify releases it after Unadvise.
class Sink final : public test_sink::CountedSink {
 public:
  ~Sink() { wait_until_released(); }
  struct Event {
    ULONG type = 0;
    ULONG table_event = 0;
    std::string object, parent, old_object, old_parent;
    std::wstring message_class;  // of fnevNewMail, if it is PT_UNICODE
  };
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    const std::lock_guard lock(mutex_);
    for (ULONG i = 0; i < count; ++i) {
      Event event;
      event.type = items[i].ulEventType;
      const auto bytes = [](ULONG size, LPENTRYID id) {
        return std::string(reinterpret_cast<const char*>(id), id ? size : 0);
      };
      if (event.type == fnevTableModified) {
        event.table_event = items[i].info.tab.ulTableEvent;
      } else if (event.type == fnevNewMail) {
        const NEWMAIL_NOTIFICATION& mail = items[i].info.newmail;
        event.object = bytes(mail.cbEntryID, mail.lpEntryID);
        event.parent = bytes(mail.cbParentID, mail.lpParentID);
        if (mail.ulFlags & MAPI_UNICODE) event.message_class = reinterpret_cast<const wchar_t*>(mail.lpszMessageClass);
      } else {
        const OBJECT_NOTIFICATION& o = items[i].info.obj;
        event.object = bytes(o.cbEntryID, o.lpEntryID);
        event.parent = bytes(o.cbParentID, o.lpParentID);
        event.old_object = bytes(o.cbOldID, o.lpOldID);
        event.old_parent = bytes(o.cbOldParentID, o.lpOldParentID);
      }
      events_.push_back(event);
    }
    changed_.notify_all();
    return 0;
  }
  // The first event of the type, within ten seconds; an empty one.
  Event wait_for(ULONG type) {
    std::unique_lock lock(mutex_);
    Event found;
    changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const Event& event : events_) {
        if (event.type != type) continue;
        found = event;
        return true;
      }
      return false;
    });
    return found;
  }
  bool wait_for_table(ULONG table_event) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const Event& event : events_) {
        if (event.type == fnevTableModified && event.table_event == table_event) return true;
      }
      return false;
    });
  }
  std::vector<Event> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;
};

}  // namespace conformance
