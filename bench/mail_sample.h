// SPDX-License-Identifier: Apache-2.0
// Mail of the usual shape, made up: text and HTML, every third with a file of 80 KB. The same number gives the same
// mail.
#pragma once

#include <string>

#include "convert/mime/codec.h"

namespace bench {

inline std::string mail_words(std::size_t count, unsigned seed) {
  static const char* const kWords[] = {
      "meeting", "the",     "report", "and", "please", "see",       "attached",           "regards",
      "on",      "Tuesday", "budget", "for", "we",     "discussed", "gr\xC3\xBC\xC3\x9F", "to"};
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1103515245u + 12345u;
    out += kWords[(seed >> 16) % 16];
    out += i % 12 == 11 ? "\r\n" : " ";
  }
  return out + "\r\n";
}

inline std::string mail_header(unsigned n) {
  std::string out;
  for (int hop = 0; hop < 4; ++hop) {
    out += "Received: from mx" + std::to_string(hop) + ".example.org (mx.example.org [192.0.2.1])\r\n\tby in" +
           std::to_string(hop) + ".example.net with ESMTPS id abc" + std::to_string(n) +
           "\r\n\tfor <ben@example.net>; Tue, 3 Feb 2015 10:2" + std::to_string(hop) + ":30 +0100\r\n";
  }
  out +=
      "From: =?utf-8?Q?Ada_L=C3=B6wenherz?= <ada@example.org>\r\nTo: Ben <ben@example.net>, \"Doe, Jane\" "
      "<jane@example.net>\r\n"
      "Subject: Re: The report of week " +
      std::to_string(n % 52) +
      "\r\nDate: Tue, 3 Feb 2015 10:20:30 +0100\r\n"
      "Message-ID: <" +
      std::to_string(n) + ".report@example.org>\r\nIn-Reply-To: <" + std::to_string(n - 1) +
      ".report@example.org>\r\nReferences: <0.report@example.org> <" + std::to_string(n - 1) +
      ".report@example.org>\r\n"
      "X-Mailer: Example Mail 12.1\r\nMIME-Version: 1.0\r\n";
  return out;
}

// Of the shape of real mail: text and HTML, and every third with a file.
inline std::string mail_message(unsigned n) {
  std::string html = "<html><body>" + mail_words(600, n) + "</body></html>\r\n";
  std::string quoted;
  mapiary::mime::append_quoted_printable(quoted, html);
  std::string text;
  mapiary::mime::append_quoted_printable(text, mail_words(300, n));
  std::string out = mail_header(n) +
                    "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\n"
                    "Content-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n--inner\r\nContent-Type: "
                    "text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
                    text +
                    "\r\n--inner\r\nContent-Type: text/html; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
                    quoted + "\r\n--inner--\r\n";
  if (n % 3 == 0) {
    std::string file;
    mapiary::mime::append_base64_lines(file, std::string(80000, static_cast<char>('a' + n % 26)));
    out +=
        "--outer\r\nContent-Type: application/pdf; name=report.pdf\r\nContent-Disposition: attachment; "
        "filename=report.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" +
        file;
  }
  return out + "--outer--\r\n";
}

}  // namespace bench
