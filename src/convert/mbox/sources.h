// SPDX-License-Identifier: Apache-2.0
// Files of mail as sources: an mbox with the folders beside it, a tree of them, a message, a tree of messages.
// And what a file is, by its first bytes. Nothing is written, nothing locked. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file.h"
#include "convert/mbox/mail_files.h"

namespace mapiary::mailfiles {

enum class FileForm : std::uint8_t { kUnknown, kMessage, kMbox, kPst, kSqlite, kCompound, kTnef };

// Of a file's first 8 KiB; `size` is the file's.
FileForm form_of(std::string_view beginning, std::uint64_t size);
Result<FileForm> form_of_file(FileSystem& files, const std::string& path);

// Something wrong with a file as a whole, not with a message.
using Report = std::function<void(std::uint64_t offset, std::string text)>;

// The messages of `path` and, where there is a folder `path`.sbd and it is wanted, those of the files in it.
Result<std::unique_ptr<Source>> open_mbox(FileSystem& files, const std::string& path, Report report,
                                          bool with_folders = true);
Result<std::unique_ptr<Source>> open_mbox_tree(FileSystem& files, const std::string& path, Report report);
// One message, or all files in a folder and below that are messages.
Result<std::unique_ptr<Source>> open_message(FileSystem& files, const std::string& path);
Result<std::unique_ptr<Source>> open_message_tree(FileSystem& files, const std::string& path);

}  // namespace mapiary::mailfiles
