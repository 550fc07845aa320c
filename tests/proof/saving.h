// SPDX-License-Identifier: Apache-2.0
// Numbered saves that can be looked for afterwards: save i makes message i (body, attachment), and every third one
// moves the message before it to another folder. Whatever happens to the process, message i is there once and whole, or
// not at all. Public MAPI only.
#pragma once

#include "tests/proof/world.h"

namespace proof {

class Saver {
 public:
  HRESULT open(Client& client);
  HRESULT save(int i);
  // The message alone.
  HRESULT add(int i);
  // Bulk mode (docs/message-stores.md): S_OK means that everything added so far is on the disk.
  HRESULT set_bulk(bool bulk);
  // The numbers there are; each message is looked at, from `first` on its content too.
  HRESULT look(std::vector<int>& found, int first = 0);
  HRESULT clear();

 private:
  HRESULT add(int i, Ptr<IMessage>& message);
  HRESULT look_at(IMAPIFolder* folder, int first, std::vector<int>& found);

  Ptr<IMsgStore> store_;
  Ptr<IMAPIFolder> in_, moved_;
  std::string last_;
};

}  // namespace proof
