// SPDX-License-Identifier: Apache-2.0
// A small store that works: folders and messages in the memory of the process, by the name of the store. It keeps what
// the reference asks of a store that was opened for reading or for writing, and leaves copying to the support object.
// Objects of one store may be used from any thread; the tree has one lock.
#pragma once

#include <mapispi.h>
#include <mapiutil.h>
#include <mapix.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace folder_store {

constexpr MAPIUID kUid = {{0x46, 0x4F, 0x4C, 0x44, 0x45, 0x52, 0x33, 0x44, 1, 2, 3, 4, 5, 6, 7, 8}};

template <class T>
class Ptr {
 public:
  Ptr() = default;
  explicit Ptr(T* p) : p_(p) {
    if (p_) p_->AddRef();
  }
  Ptr(Ptr&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ptr& operator=(Ptr&& other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ptr() {
    if (p_) p_->Release();
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  T** put() { return &p_; }
  T* detach() { return std::exchange(p_, nullptr); }

 private:
  T* p_ = nullptr;
};

struct Node {
  char kind = 'f';  // s, f, m
  std::string id;
  std::weak_ptr<Node> parent;
  Ptr<IPropData> props;
  std::vector<std::shared_ptr<Node>> children;
  ULONG status = 0;  // of a message
  std::atomic<bool> is_deleted{false};
};
using NodePtr = std::shared_ptr<Node>;

struct Tree {
  std::string name;
  std::recursive_mutex mutex;
  NodePtr store, root;
  std::map<std::string, NodePtr> by_id;
  std::string receive_folder;
  ULONG last = 0;

  NodePtr add(char kind, const NodePtr& parent, const wchar_t* text);
  void remove(const NodePtr& node);
  NodePtr find(ULONG size, const ENTRYID* id);
};
using TreePtr = std::shared_ptr<Tree>;
TreePtr tree_of(const std::string& name);

// "<kind><name of the store>/<number>"; the store's own: "s<name>".
std::string make_id(char kind, const std::string& rest);
std::string store_name_of(ULONG size, const ENTRYID* id);  // empty: not an id of ours
void set_binary(const Node& node, ULONG tag, const std::string& bytes);
void set_long(const Node& node, ULONG tag, LONG value);
void set_text(const Node& node, ULONG tag, const wchar_t* text);
HRESULT give_id(const std::string& id, ULONG* size, LPENTRYID* out);

// What the store, its logon and all its objects share: the opened store.
struct Core {
  TreePtr tree;
  bool writable = false;
  std::atomic<bool> is_open{true};
  std::mutex mutex;
  IMAPISupport* support = nullptr;
  IMsgStore* store = nullptr;  // no reference

  Ptr<IMAPISupport> use_support() {
    const std::lock_guard lock(mutex);
    return Ptr<IMAPISupport>(support);
  }
  void close();
  void tell(ULONG event, const NodePtr& node);
};
using CorePtr = std::shared_ptr<Core>;

HRESULT open_node(const CorePtr& core, ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out);
HRESULT make_store(const CorePtr& core, IMsgStore** out);
HRESULT make_logon(const CorePtr& core, IMSLogon** out);

}  // namespace folder_store
