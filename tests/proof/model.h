// SPDX-License-Identifier: Apache-2.0
// Two stores that the same is done to; see model_test.cc. An object is known by its entry id in either store. Every
// operation is done on both, and its HRESULT compared; what is gone stays known for a while, so that operations on it
// are compared too.
#pragma once

#include <array>
#include <functional>
#include <random>

#include "tests/proof/world.h"

namespace proof {

class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed), seed_(seed) {}

  void open();
  void close();
  void step();
  void compare_all();
  std::uint64_t steps() const { return steps_; }
  // How often each operation succeeded: what never did proves nothing.
  const std::map<std::string, int>& successes() const { return successes_; }

 private:
  using Id = std::array<std::string, 2>;
  struct View {
    Id folder;
    Ptr<IMAPITable> tables[2];
    Sink sinks[2];
    ULONG_PTR connections[2] = {0, 0};
  };
  // Does it on both; true if both said S_OK.
  bool both(const char* what, const std::function<HRESULT(int)>& act);
  std::string where() const { return "seed " + std::to_string(seed_) + ", step " + std::to_string(steps_) + ": "; }
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  template <class T>
  const T& any_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(all.size()))];
  }
  IMsgStore* store(int i) { return clients_[i].store.get(); }
  HRESULT folder(int i, const Id& id, Ptr<IMAPIFolder>& out) {
    return open_entry(store(i), id[static_cast<std::size_t>(i)], IID_IMAPIFolder, MAPI_MODIFY, out);
  }
  HRESULT message(int i, const Id& id, Ptr<IMessage>& out, ULONG flags = MAPI_MODIFY) {
    return open_entry(store(i), id[static_cast<std::size_t>(i)], IID_IMessage, flags, out);
  }
  // Some of one folder, mostly.
  std::vector<Id> some_messages();
  // Where it was last seen; now and then any folder.
  Id home(const Id& of);
  std::wstring any_name();
  std::vector<std::function<HRESULT(IMessage*)>> any_changes();

  void create_folder();
  void change_folder();
  void move_folder();
  void delete_folder();
  void search();
  void create_message();
  void change_message();
  void copy_messages();
  void delete_messages();
  void mark_messages();
  void arrange_table();
  void use_table();
  void open_view();
  void close_view(View& view);
  void compare_views();
  void compare_told(View& view);
  // Finds all objects anew, both stores in step.
  void rescan();
  void rescan_folder(const Id& id, int depth);
  void know(std::vector<Id>& as, const Id& id, const Id& in) {
    as.push_back(id);
    homes_[id[0]] = in;
  }

  std::mt19937_64 random_;
  std::uint64_t seed_;
  std::uint64_t steps_ = 0;
  Client clients_[2];
  std::vector<Id> folders_, searches_, messages_;
  std::map<std::string, Id> homes_;  // by the id in the first store
  std::vector<std::unique_ptr<View>> views_;
  std::map<std::string, int> successes_;
};

}  // namespace proof
