// SPDX-License-Identifier: Apache-2.0
//
// The client API: MAPI with C++'s manners, in headers alone (link libmapi). C++17. For anything it has no word for,
// get() gives the MAPI object behind each of its own.
//
//   using namespace mapiary::client;
//   const Library library;
//   const Session session = Session::log_on("Work");
//   const Store store = session.open_store(session.stores().at(0).entry_id);
//   const Folder inbox = store.folder(store.receive_folder());
//   for (const Row& row : inbox.messages().columns({PR_ENTRYID, PR_SUBJECT_W})) std::puts(row.at(1).text().c_str());
#ifndef MAPIARY_CLIENT_H
#define MAPIARY_CLIENT_H

#include "mapiary/client/session.h"

#endif  // MAPIARY_CLIENT_H
