// SPDX-License-Identifier: Apache-2.0
// iconv for the pages ICU does not have (Johab, some Mac pages) and as the second opinion on unknown charset names.
#include <iconv.h>

#include <cerrno>
#include <cstring>

#include "base/code_page_backend.h"

namespace mapiary::code_page {
namespace {

class Iconv {
 public:
  Iconv(const char* to, const char* from) : handle_(::iconv_open(to, from)) {}
  ~Iconv() {
    if (is_open()) ::iconv_close(handle_);
  }
  Iconv(const Iconv&) = delete;
  Iconv& operator=(const Iconv&) = delete;

  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  // Converts what it can of `in` (moved past what was read) onto `out`. 0, or EILSEQ or EINVAL for what stands at the
  // front of `in`.
  int run(std::string_view& in, std::string& out) {
    char buffer[4096];
    for (;;) {
      char* source = const_cast<char*>(in.data());
      std::size_t left = in.size();
      char* target = buffer;
      std::size_t room = sizeof buffer;
      std::size_t result = ::iconv(handle_, &source, &left, &target, &room);
      int error = result == static_cast<std::size_t>(-1) ? errno : 0;
      out.append(buffer, sizeof buffer - room);
      in.remove_prefix(in.size() - left);
      if (error != E2BIG) return error;
    }
  }
  // Writes what ends a shift state.
  void finish(std::string& out) {
    char buffer[64];
    char* target = buffer;
    std::size_t room = sizeof buffer;
    ::iconv(handle_, nullptr, nullptr, &target, &room);
    out.append(buffer, sizeof buffer - room);
  }

 private:
  iconv_t handle_;
};

// glibc takes suffixes such as "//TRANSLIT" in a name; a charset name of a mail must not switch them on.
bool is_plain(const std::string& name) {
  return !name.empty() && name.size() < 64 && name.find('/') == std::string::npos;
}

}  // namespace

bool iconv_knows(const std::string& name) {
  return is_plain(name) && Iconv("UTF-16LE", name.c_str()).is_open();
}

std::optional<Decoded> iconv_decode(const std::string& name, std::string_view bytes) {
  if (!is_plain(name)) return std::nullopt;
  Iconv converter("UTF-16LE", name.c_str());
  if (!converter.is_open()) return std::nullopt;
  Decoded result;
  std::string raw;
  while (!bytes.empty()) {
    if (converter.run(bytes, raw) == 0) break;
    ++result.replaced;
    raw.append("\xFD\xFF", 2);
    if (!bytes.empty()) bytes.remove_prefix(1);
  }
  converter.finish(raw);
  result.units.resize(raw.size() / 2);
  std::memcpy(result.units.data(), raw.data(), result.units.size() * 2);
  return result;
}

std::optional<Encoded> iconv_encode(const std::string& name, std::u16string_view units) {
  if (!is_plain(name)) return std::nullopt;
  Iconv converter(name.c_str(), "UTF-16LE");
  if (!converter.is_open()) return std::nullopt;
  Encoded result;
  std::string_view in(reinterpret_cast<const char*>(units.data()), units.size() * 2);
  while (!in.empty()) {
    if (converter.run(in, result.bytes) == 0) break;
    ++result.replaced;
    std::string_view question("?\0", 2);
    converter.run(question, result.bytes);
    if (in.size() < 2) break;
    bool pair = in.size() >= 4 && (in[1] & '\xFC') == '\xD8' && (in[3] & '\xFC') == '\xDC';
    in.remove_prefix(pair ? 4 : 2);
  }
  converter.finish(result.bytes);
  return result;
}

}  // namespace mapiary::code_page
