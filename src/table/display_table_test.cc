// SPDX-License-Identifier: Apache-2.0
// BuildDisplayTable over registered resource scripts; the dialog is that of displaying-table-rows-and-columns.
#include <mapiaryrc.h>

#include <cstring>

#include "table/dialog_resource.h"
#include "table/testing/table_fixture.h"

namespace mapiary::table {
namespace {

using testing::free_rows;

constexpr const char* kScript = R"rc(// made by hand
#pragma code_page(65001)
#define IDD_MAIN   101
#define IDC_NAME   1000
#define IDC_ADDR   (IDC_NAME + 1)
#define IDC_HEX    0x3EA
#if 0 /* stepped
over */
#endif
IDI_APP ICON "app.ico"
VS_VERSION_INFO VERSIONINFO
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    VALUE "CompanyName", "Nobody"
  END
END
IDD_MAIN DIALOGEX 5, 6, 200, 100
STYLE WS_POPUP | WS_CAPTION
CAPTION "New ""address"""
FONT 8, "MS Shell Dlg", 400, 0, 0x1
BEGIN
  LTEXT           "Display name:",2000,14,18,49,8
  EDITTEXT        IDC_NAME,76,16,89,12,ES_AUTOHSCROLL |
                  WS_TABSTOP
  LTEXT           "Gr\n\u00FC\u00DFe: äöü",2001,14,
                  42,50,8, NOT WS_GROUP
  EDITTEXT        IDC_ADDR,76,40,89,12
  CONTROL         "Send &rich",IDC_HEX,"Button",BS_AUTOCHECKBOX | WS_TABSTOP,14,64,90,12
  PUSHBUTTON      "Go", 3, 1, 1, 2, 2
  GROUPBOX        "Box", 4, 2, 2, 3, 3
  AUTORADIOBUTTON "One", 5, 3, 3, 4, 4
  COMBOBOX        6, 4, 4, 5, 5
  LISTBOX         7, 5, 5, 6, 6
  ICON            IDI_APP, -1, 0, 0
END
named DIALOG -3, 0x10, 10, 20
{
  LTEXT "x", 1, 1, 2, 3, 4
}
STRINGTABLE DISCARDABLE
BEGIN
  7, "HELPFILE"
  8  "other"
END
)rc";

class DisplayTable : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(MapiaryRegisterResources(module(), kScript), S_OK); }
  void TearDown() override { MapiaryUnregisterResources(module()); }

  HINSTANCE module() { return reinterpret_cast<HINSTANCE>(&anchor_); }
  static LPTSTR id(ULONG_PTR number) { return reinterpret_cast<LPTSTR>(number); }
  HRESULT build(DTPAGE* pages, UINT count, ULONG flags = 0, LPTABLEDATA* data = nullptr) {
    return BuildDisplayTable(MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, module(), count, pages,
                             flags, table_.put(), data);
  }
  struct Row {
    LONG x = 0, y = 0, width = 0, height = 0;
    ULONG type = 0, flags = 0;
    std::string structure, id;
    template <class T>
    T head() const {
      T out;
      EXPECT_GE(structure.size(), sizeof out);
      std::memcpy(&out, structure.data(), sizeof out);
      return out;
    }
    std::string text(ULONG offset) const { return structure.c_str() + offset; }
  };
  std::vector<Row> rows() {
    std::vector<Row> out;
    LPSRowSet set = nullptr;
    EXPECT_EQ(table_->QueryRows(100, 0, &set), S_OK);
    for (ULONG i = 0; set && i < set->cRows; ++i) {
      const SPropValue* v = set->aRow[i].lpProps;
      EXPECT_EQ(v[0].ulPropTag, PR_XPOS);
      EXPECT_EQ(v[7].ulPropTag, PR_CONTROL_ID);
      const auto bytes = [](const SPropValue& p) {
        return std::string(reinterpret_cast<const char*>(p.Value.bin.lpb), p.Value.bin.cb);
      };
      out.push_back({v[0].Value.l, v[1].Value.l, v[2].Value.l, v[3].Value.l, static_cast<ULONG>(v[4].Value.l),
                     static_cast<ULONG>(v[5].Value.l), bytes(v[6]), bytes(v[7])});
    }
    free_rows(set);
    return out;
  }

  int anchor_ = 0;
  BYTE notif_[3] = {9, 8, 7};
  com::Ref<IMAPITable> table_;
};

DTCTL control(ULONG type, ULONG item, LPVOID structure, ULONG flags = 0) {
  DTCTL out{};
  out.ulCtlType = type;
  out.ulCtlFlags = flags;
  out.ulItemID = item;
  out.ctl.lpv = structure;
  return out;
}

TEST_F(DisplayTable, PlacesAndTextsComeFromTheDialog) {
  DTBLPAGE page{0, 0, 0, 42};
  DTBLLABEL label{sizeof(DTBLLABEL), 0};
  DTBLEDIT edit{0, 0, 80, PR_DISPLAY_NAME_A};
  DTBLCHECKBOX check{0, 0, PR_SEND_RICH_INFO};
  DTCTL controls[] = {control(DTCT_PAGE, 0, &page), control(DTCT_LABEL, 2000, &label),
                      control(DTCT_EDIT, 1000, &edit, DT_EDITABLE | DT_REQUIRED),
                      control(DTCT_CHECKBOX, 1002, &check, DT_EDITABLE)};
  char filter[] = "[a-z]";
  controls[2].lpszFilter = reinterpret_cast<LPTSTR>(filter);
  controls[2].lpbNotif = notif_;
  controls[2].cbNotif = sizeof notif_;
  DTPAGE pages[] = {{4, id(101), {id(7)}, controls}};
  ITableData* data = nullptr;
  ASSERT_EQ(build(pages, 1, 0, &data), S_OK);
  const auto got = rows();
  ASSERT_EQ(got.size(), 4u);

  EXPECT_EQ(got[0].type, ULONG{DTCT_PAGE});
  EXPECT_EQ(got[0].width, 200);
  EXPECT_EQ(got[0].text(got[0].head<DTBLPAGE>().ulbLpszLabel), "New \"address\"");
  EXPECT_EQ(got[0].text(got[0].head<DTBLPAGE>().ulbLpszComponent), "HELPFILE");
  EXPECT_EQ(got[0].head<DTBLPAGE>().ulContext, 42u);

  EXPECT_EQ(got[1].x, 14);
  EXPECT_EQ(got[1].y, 18);
  EXPECT_EQ(got[1].width, 49);
  EXPECT_EQ(got[1].height, 8);
  EXPECT_EQ(got[1].text(got[1].head<DTBLLABEL>().ulbLpszLabelName), "Display name:");

  EXPECT_EQ(got[2].x, 76);
  EXPECT_EQ(got[2].flags, ULONG{DT_EDITABLE | DT_REQUIRED});
  EXPECT_EQ(got[2].id, std::string("\x09\x08\x07"));
  EXPECT_EQ(got[2].head<DTBLEDIT>().ulNumCharsAllowed, 80u);
  EXPECT_EQ(got[2].text(got[2].head<DTBLEDIT>().ulbLpszCharsAllowed), "[a-z]");

  EXPECT_EQ(got[3].y, 64);
  EXPECT_EQ(got[3].text(got[3].head<DTBLCHECKBOX>().ulbLpszLabel), "Send &rich");
  EXPECT_EQ(got[3].head<DTBLCHECKBOX>().ulPRPropertyName, ULONG{PR_SEND_RICH_INFO});

  SPropValue index = testing::long_value(PR_ROWID, 1);  // the data object is the table's
  EXPECT_EQ(data->HrDeleteRow(&index), S_OK);
  ULONG count = 0;
  EXPECT_EQ(table_->GetRowCount(0, &count), S_OK);
  EXPECT_EQ(count, 3u);
  data->Release();
}

TEST_F(DisplayTable, EveryControlHasItsStructure) {
  DTBLBUTTON button{0, 0, PR_NULL};
  DTBLGROUPBOX group{0, 0};
  DTBLRADIOBUTTON radio{0, 0, 2, PR_IMPORTANCE, 7};
  DTBLCOMBOBOX combo{0, 0, 10, PR_SUBJECT_A, PR_NULL};
  DTBLLBX list{MAPI_NO_HBAR, PR_NULL, PR_NULL};
  DTBLDDLBX drop{0, PR_SUBJECT_A, PR_ROWID, PR_NULL};
  DTBLMVLISTBOX mv{0, PR_NULL};
  DTBLMVDDLBX mvdrop{0, PR_NULL};
  DTCTL controls[] = {control(DTCT_BUTTON, 3, &button),     control(DTCT_GROUPBOX, 4, &group),
                      control(DTCT_RADIOBUTTON, 5, &radio), control(DTCT_COMBOBOX, 6, &combo),
                      control(DTCT_LBX, 7, &list),          control(DTCT_DDLBX, 6, &drop),
                      control(DTCT_MVLISTBOX, 7, &mv),      control(DTCT_MVDDLBX, 6, &mvdrop)};
  DTPAGE pages[] = {{8, id(101), {nullptr}, controls}};
  ASSERT_EQ(build(pages, 1), S_OK);
  const auto got = rows();
  ASSERT_EQ(got.size(), 8u);
  EXPECT_EQ(got[0].text(got[0].head<DTBLBUTTON>().ulbLpszLabel), "Go");
  EXPECT_EQ(got[1].text(got[1].head<DTBLGROUPBOX>().ulbLpszLabel), "Box");
  EXPECT_EQ(got[2].text(got[2].head<DTBLRADIOBUTTON>().ulbLpszLabel), "One");
  EXPECT_EQ(got[2].head<DTBLRADIOBUTTON>().lReturnValue, 7);
  EXPECT_EQ(got[3].text(got[3].head<DTBLCOMBOBOX>().ulbLpszCharsAllowed), "");
  EXPECT_EQ(got[4].structure.size(), sizeof(DTBLLBX));
  EXPECT_EQ(got[4].head<DTBLLBX>().ulFlags, ULONG{MAPI_NO_HBAR});
  EXPECT_EQ(got[5].head<DTBLDDLBX>().ulPRSetProperty, ULONG{PR_ROWID});
  EXPECT_EQ(got[6].structure.size(), sizeof(DTBLMVLISTBOX));
  EXPECT_EQ(got[7].structure.size(), sizeof(DTBLMVDDLBX));
}

TEST_F(DisplayTable, UnicodeInUnicodeOut) {
  DTBLPAGE page{};
  DTBLLABEL label{};
  DTCTL controls[] = {control(DTCT_PAGE, 0, &page), control(DTCT_LABEL, 1, &label)};
  wchar_t name[] = L"NAMED", component[] = L"Help";
  DTPAGE pages[] = {{2, reinterpret_cast<LPTSTR>(name), {reinterpret_cast<LPTSTR>(component)}, controls}};
  ASSERT_EQ(build(pages, 1, MAPI_UNICODE), S_OK);
  const auto got = rows();
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].x, -3);
  EXPECT_EQ(got[0].y, 16);
  const auto head = got[0].head<DTBLPAGE>();
  EXPECT_EQ(head.ulFlags, ULONG{MAPI_UNICODE});
  wchar_t text[5]{};
  ASSERT_LE(head.ulbLpszComponent + sizeof text, got[0].structure.size());
  std::memcpy(text, got[0].structure.data() + head.ulbLpszComponent, sizeof text);
  EXPECT_STREQ(text, L"Help");
}

TEST_F(DisplayTable, WhatIsNotThereIsNotMadeUp) {
  DTBLLABEL label{};
  DTCTL unknown_item[] = {control(DTCT_LABEL, 999, &label)};
  DTCTL unknown_type[] = {control(10, 2000, &label)};
  DTCTL no_structure[] = {control(DTCT_LABEL, 2000, nullptr)};
  DTBLPAGE page{};
  DTCTL page_only[] = {control(DTCT_PAGE, 0, &page)};
  const auto one = [&](DTCTL* controls, LPTSTR name, LPTSTR component = nullptr) {
    DTPAGE pages[] = {{1, name, {component}, controls}};
    return build(pages, 1);
  };
  EXPECT_EQ(one(unknown_item, id(101)), MAPI_E_NOT_FOUND);
  EXPECT_EQ(one(unknown_type, id(101)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(one(no_structure, id(101)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(one(nullptr, id(101)), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(one(page_only, id(102)), MAPI_E_NOT_FOUND);
  EXPECT_EQ(one(page_only, id(101), id(99)), MAPI_E_NOT_FOUND);
  char name[] = "#101", far[] = "#99999999999", other[] = "nobody";
  EXPECT_EQ(one(page_only, reinterpret_cast<LPTSTR>(name)), S_OK);
  EXPECT_EQ(one(page_only, reinterpret_cast<LPTSTR>(far)), MAPI_E_NOT_FOUND);
  EXPECT_EQ(one(page_only, reinterpret_cast<LPTSTR>(other)), MAPI_E_NOT_FOUND);
  EXPECT_EQ(build(nullptr, 1), MAPI_E_INVALID_PARAMETER);
  DTPAGE pages[] = {{1, id(101), {nullptr}, page_only}};
  EXPECT_EQ(build(pages, 1, 1), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(build(nullptr, 0), S_OK);  // a table without rows
  EXPECT_TRUE(rows().empty());
  EXPECT_EQ(MapiaryUnregisterResources(module()), S_OK);
  EXPECT_EQ(MapiaryUnregisterResources(module()), S_FALSE);
  EXPECT_EQ(build(pages, 1), MAPI_E_NOT_FOUND);
  EXPECT_EQ(BuildDisplayTable(nullptr, MAPIAllocateMore, MAPIFreeBuffer, nullptr, module(), 0, nullptr, 0, table_.put(),
                              nullptr),
            MAPI_E_INVALID_PARAMETER);
}

TEST(ResourceScripts, TextsAreReadAsWritten) {
  auto script = ResourceScript::parse(kScript);
  ASSERT_TRUE(script.has_value());
  const Dialog* dialog = script->dialog(101);
  ASSERT_NE(dialog, nullptr);
  EXPECT_EQ(dialog->items.size(), 11u);
  const DialogItem* item = dialog->find(2001);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(item->y, 42);
  EXPECT_TRUE(item->text.starts_with("Gr\n"));
  EXPECT_TRUE(item->text.ends_with("äöü"));
  EXPECT_EQ(script->dialog(std::string_view("Named"))->height, 20);
  EXPECT_EQ(*script->string(8), "other");
}

TEST(ResourceScripts, ASecondScriptAddsToTheFirst) {
  int anchor = 0;
  const auto module = reinterpret_cast<HINSTANCE>(&anchor);
  EXPECT_EQ(MapiaryRegisterResources(module, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(MapiaryRegisterResources(module, "STRINGTABLE BEGIN 1 \"a\" END"), S_OK);
  EXPECT_EQ(MapiaryRegisterResources(module, "STRINGTABLE BEGIN 1 \"b\" 2 \"c\" END"), S_OK);
  EXPECT_EQ(MapiaryRegisterResources(module, "STRINGTABLE BEGIN 1"), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(*ResourceRegistry::find(module)->string(1), "a");
  EXPECT_EQ(*ResourceRegistry::find(module)->string(2), "c");
  EXPECT_EQ(MapiaryUnregisterResources(module), S_OK);
}

// Every beginning of a script, and every script with one byte changed, is read or refused.
TEST(ResourceScripts, HostileBytesAreRefusedInPeace) {
  const std::string whole = kScript;
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    (void)ResourceScript::parse(std::string_view(whole).substr(0, cut));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char c : {'"', '\0', '{', '}', '(', '#', '\n', '-', '9', '\xFF'}) {
      std::string changed = whole;
      changed[at] = c;
      (void)ResourceScript::parse(changed);
    }
  }
  const std::string deep = "1 DIALOG " + std::string(100000, '(');
  EXPECT_FALSE(ResourceScript::parse(deep).has_value());
  const std::string blocks = "X Y BEGIN " + std::string(1000, '{');
  EXPECT_FALSE(ResourceScript::parse(blocks).has_value());
  EXPECT_FALSE(ResourceScript::parse("1 DIALOG 1,2,3,99999999999 {}").has_value());
  EXPECT_FALSE(ResourceScript::parse("70000 DIALOG 1,2,3,4 {}").has_value());
  EXPECT_FALSE(ResourceScript::parse("STRINGTABLE { 65536 \"x\" }").has_value());
}

}  // namespace
}  // namespace mapiary::table
