// SPDX-License-Identifier: Apache-2.0
// Reads everything of a mailbox through the engine interface (every property, every byte of every blob, recipients,
// attachments, embedded messages to any depth) and counts it by the rules of the samples' index.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "backend/engine.h"

namespace mapiary::engines::pst::testing {

struct MailboxCounts {
  std::uint64_t folders = 0, searches = 0, messages = 0, associated = 0, embedded = 0, attachments = 0, recipients = 0;
  std::uint64_t properties = 0, bytes = 0;
  std::vector<std::string> problems;
};

class MailboxWalk {
 public:
  using OnObject = std::function<void(const backend::ObjectData&)>;

  explicit MailboxWalk(backend::Mailbox& mailbox, OnObject on_object = {})
      : mailbox_(mailbox), on_object_(std::move(on_object)) {}

  MailboxCounts run() {
    auto transaction = mailbox_.begin(backend::Mode::kRead);
    if (!transaction) {
      problem(transaction.error());
      return counts_;
    }
    transaction_ = std::move(*transaction);
    (void)object(mailbox_.info().mailbox);
    folder(mailbox_.info().root, 0);
    transaction_.reset();
    return counts_;
  }

 private:
  using ObjectId = backend::ObjectId;
  using ObjectKind = backend::ObjectKind;

  class Ids final : public backend::RowVisitor {
   public:
    Result<bool> row(const backend::Row& row) override {
      infos.push_back(row.info);
      return true;
    }
    std::vector<backend::ObjectInfo> infos;
  };

  void problem(const Error& error) {
    counts_.problems.push_back(std::string(code_name(error.code)) + ": " + error.message);
  }

  std::vector<backend::ObjectInfo> children(ObjectId id, ObjectKind kind) {
    Ids ids;
    const auto plan = transaction_->rows(id, kind, {}, ids);
    if (!plan) problem(plan.error());
    return std::move(ids.infos);
  }

  void blob(ObjectId id, const model::PropValue& value) {
    auto opened = transaction_->open_blob(id, value.tag(), backend::BlobMode::kRead);
    if (!opened) return problem(opened.error());
    if ((*opened)->size() != value.as_blob().size) counts_.problems.push_back("a blob has another size");
    std::vector<std::byte> piece(64 * 1024);
    for (std::uint64_t at = 0;;) {
      const auto got = (*opened)->read_at(at, piece);
      if (!got) return problem(got.error());
      counts_.bytes += *got;
      at += *got;
      if (*got == 0) {
        if (at != value.as_blob().size) counts_.problems.push_back("a blob ends early");
        return;
      }
    }
  }

  bool object(ObjectId id) {
    backend::ReadRequest request;
    request.all = true;
    request.recipients = true;
    const auto data = transaction_->read(id, request);
    if (!data) {
      problem(data.error());
      return false;
    }
    for (const auto& value : data->props) {
      ++counts_.properties;
      const bool damaged = value.is_error() && value.as_scode() == 0;
      if (damaged) counts_.problems.push_back("property " + std::to_string(value.tag().value) + " is damaged");
      if (value.is_blob()) {
        blob(id, value);
      } else {
        counts_.bytes += value.stored_size();
      }
    }
    counts_.recipients += data->recipients.size();
    for (const auto& recipient : data->recipients) counts_.properties += recipient.size();
    if (on_object_) on_object_(*data);
    return true;
  }

  void message(ObjectId id, int depth) {
    if (depth > 200) return counts_.problems.push_back("messages are nested too deeply");
    (void)object(id);
    for (const auto& attachment : children(id, ObjectKind::kAttachment)) {
      ++counts_.attachments;
      (void)object(attachment.id);
      for (const auto& inside : children(attachment.id, ObjectKind::kMessage)) {
        ++counts_.embedded;
        message(inside.id, depth + 1);
      }
    }
  }

  void folder(ObjectId id, int depth) {
    if (depth > 200) return counts_.problems.push_back("folders are nested too deeply");
    ++counts_.folders;
    (void)object(id);
    for (const auto& one : children(id, ObjectKind::kMessage)) {
      ++counts_.messages;
      message(one.id, 0);
    }
    for (const auto& one : children(id, ObjectKind::kAssociated)) {
      ++counts_.associated;
      message(one.id, 0);
    }
    for (const auto& one : children(id, ObjectKind::kFolder)) {
      if (one.kind == ObjectKind::kFolder) {
        folder(one.id, depth + 1);
      } else {
        ++counts_.searches;
        (void)object(one.id);
        (void)children(one.id, ObjectKind::kMessage);
      }
    }
  }

  backend::Mailbox& mailbox_;
  OnObject on_object_;
  std::unique_ptr<backend::Transaction> transaction_;
  MailboxCounts counts_;
};

}  // namespace mapiary::engines::pst::testing
