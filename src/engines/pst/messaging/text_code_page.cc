// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/text_code_page.h"

#include <algorithm>
#include <iterator>

#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {
namespace {

struct PageOf {
  std::uint32_t key;
  std::uint32_t page;
};

// By primary language ([MS-LCID] 2.2); what is not here is written with 1252.
constexpr PageOf kLanguages[] = {
    {0x01, 1256}, {0x02, 1251}, {0x04, 936},  {0x05, 1250}, {0x08, 1253}, {0x0D, 1255}, {0x0E, 1250},
    {0x11, 932},  {0x12, 949},  {0x15, 1250}, {0x18, 1250}, {0x19, 1251}, {0x1A, 1250}, {0x1B, 1250},
    {0x1C, 1250}, {0x1E, 874},  {0x1F, 1254}, {0x20, 1256}, {0x22, 1251}, {0x23, 1251}, {0x24, 1250},
    {0x25, 1257}, {0x26, 1257}, {0x27, 1257}, {0x29, 1256}, {0x2A, 1258}, {0x2C, 1254}, {0x2F, 1251},
    {0x3F, 1251}, {0x40, 1251}, {0x43, 1254}, {0x44, 1251}, {0x50, 1251},
};
// Languages with more than one script.
constexpr PageOf kLocales[] = {
    {0x0404, 950},  {0x0C04, 950},  {0x1404, 950},  {0x0C1A, 1251}, {0x1C1A, 1251},
    {0x201A, 1251}, {0x281A, 1251}, {0x301A, 1251}, {0x082C, 1251}, {0x0843, 1251},
};
constexpr PageOf kMailPages[] = {
    {28591, 1252}, {28592, 1250}, {28593, 1254}, {28594, 1257}, {28595, 1251}, {28596, 1256}, {28597, 1253},
    {28598, 1255}, {28599, 1254}, {28603, 1257}, {28605, 1252}, {38598, 1255}, {20866, 1251}, {21866, 1251},
    {50220, 932},  {50221, 932},  {50222, 932},  {51932, 932},  {20932, 932},  {50225, 949},  {51949, 949},
    {50227, 936},  {51936, 936},  {52936, 936},  {54936, 936},  {51950, 950},  {874, 874},    {932, 932},
    {936, 936},    {949, 949},    {950, 950},
};

template <class Table>
std::uint32_t look_up(const Table& table, std::uint32_t key) {
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [key](const PageOf& one) { return one.key == key; });
  return found == std::end(table) ? 0 : found->page;
}

}  // namespace

TextHints text_hints(PropertyContext& message) {
  return {message.number(property_id::kMessageCodePage), message.number(property_id::kMessageLocale),
          message.number(property_id::kInternetCodePage)};
}

std::uint32_t code_page_of_locale(std::uint32_t lcid) {
  lcid &= 0xFFFF;
  if (lcid == 0 || lcid == 0x7F || lcid == 0x0400 || lcid == 0x0800) return 0;  // neutral, the user's, the system's
  if (const std::uint32_t page = look_up(kLocales, lcid)) return page;
  const std::uint32_t page = look_up(kLanguages, lcid & 0x3FF);
  return page != 0 ? page : 1252;
}

std::uint32_t windows_page_of(std::uint32_t internet_page) {
  if (internet_page >= 1250 && internet_page <= 1258) return internet_page;
  return look_up(kMailPages, internet_page);
}

std::uint32_t code_page_of(const TextHints& hints) {
  if (hints.message_code_page != 0 && hints.message_code_page != 1200 && hints.message_code_page != 1201) {
    return hints.message_code_page;
  }
  if (const std::uint32_t page = code_page_of_locale(hints.locale)) return page;
  return windows_page_of(hints.internet_code_page);
}

}  // namespace mapiary::engines::pst
