// SPDX-License-Identifier: Apache-2.0
// BuildDisplayTable: arrays of controls and a dialog resource to a table of one row a control. Places and texts come
// from the resource (builddisplaytable: "everything possible is read from the dialog resource"); what the control is
// comes from the structures.
//
// PR_CONTROL_STRUCTURE is the control's DTBL* structure with its texts behind it, in the character width that ulFlags
// asks for; the members ulb* are offsets from its start. A page's row comes from its DTCT_PAGE control. Rows are
// numbered by PR_ROWID, the index column. Pages: builddisplaytable, dtpage, dtctl, dtbl*, display-tables.
#include <mapiaryrc.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <cstring>

#include "com/border.h"
#include "com/error_map.h"
#include "com/memory.h"
#include "com/ref.h"
#include "com/text.h"
#include "table/dialog_resource.h"

namespace mapiary::table {
namespace {

tl::unexpected<Error> bad_display(const char* what, std::uint64_t value = 0) {
  return fail(Code::kInvalidArgument, "table", what, value);
}

// MAKEINTRESOURCE.
bool is_integer_id(const void* name) {
  return reinterpret_cast<ULONG_PTR>(name) <= 0xFFFF;
}

struct Pages {
  std::shared_ptr<const ResourceScript> script;
  bool unicode = false;
};

Result<const Dialog*> find_dialog(const Pages& pages, const DTPAGE& page) {
  const Dialog* found = nullptr;
  if (is_integer_id(page.lpszResourceName)) {
    found = pages.script->dialog(static_cast<std::uint16_t>(reinterpret_cast<ULONG_PTR>(page.lpszResourceName)));
  } else {
    const std::string name = com::from_tstr(page.lpszResourceName, pages.unicode);
    found = name.starts_with('#') ? nullptr : pages.script->dialog(name);
    std::uint32_t id = 0;  // "#12" names dialog 12, as FindResource has it
    if (!found && name.size() > 1 && name[0] == '#') {
      for (std::size_t i = 1; i < name.size() && id <= 0xFFFF; ++i) {
        if (name[i] < '0' || name[i] > '9') return bad_display("Not the number of a dialog resource");
        id = id * 10 + static_cast<std::uint32_t>(name[i] - '0');
      }
      if (id <= 0xFFFF) found = pages.script->dialog(static_cast<std::uint16_t>(id));
    }
  }
  if (!found) return fail(Code::kNotFound, "table", "The module has no such dialog resource");
  return found;
}

// A control structure in the making.
class Structure {
 public:
  Structure(const void* bytes, std::size_t size, bool unicode)
      : bytes_(static_cast<const char*>(bytes), size), unicode_(unicode) {}

  // Appends a text and returns its offset.
  ULONG add(std::string_view utf8) {
    const auto offset = static_cast<ULONG>(bytes_.size());
    if (unicode_) {
      const std::wstring wide = com::to_wide(utf8);
      bytes_.append(reinterpret_cast<const char*>(wide.c_str()), (wide.size() + 1) * sizeof(wchar_t));
    } else {
      bytes_ += com::encode_lossy(utf8, com::default_code_page());
      bytes_ += '\0';
    }
    return offset;
  }
  template <class T>
  std::string finish(const T& head) {
    std::memcpy(bytes_.data(), &head, sizeof head);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  bool unicode_;
};

template <class T>
std::string plain(const T& control) {
  return std::string(reinterpret_cast<const char*>(&control), sizeof control);
}

ULONG width_flag(ULONG flags, bool unicode) {
  return (flags & ~ULONG{MAPI_UNICODE}) | (unicode ? ULONG{MAPI_UNICODE} : 0);
}

// The structures with one text: a label from the resource, or the filter of an edit control. `offset` is the member
// that names it.
template <class T>
std::string with_text(T control, ULONG T::*offset, std::string_view text, bool unicode) {
  Structure out(&control, sizeof control, unicode);
  control.ulFlags = width_flag(control.ulFlags, unicode);
  control.*offset = out.add(text);
  return out.finish(control);
}

Result<std::string> page_structure(DTBLPAGE control, const DTPAGE& page, const Dialog& dialog, const Pages& pages) {
  std::string component;
  if (is_integer_id(page.lpszComponent)) {
    if (const auto id = static_cast<std::uint16_t>(reinterpret_cast<ULONG_PTR>(page.lpszComponent))) {
      const std::string* text = pages.script->string(id);
      if (!text) return fail(Code::kNotFound, "table", "The module has no such string resource", id);
      component = *text;
    }
  } else {
    component = com::from_tstr(page.lpszComponent, pages.unicode);
  }
  Structure out(&control, sizeof control, pages.unicode);
  control.ulFlags = width_flag(control.ulFlags, pages.unicode);
  control.ulbLpszLabel = out.add(dialog.caption);
  control.ulbLpszComponent = component.empty() ? 0 : out.add(component);
  return out.finish(control);
}

Result<std::string> structure_of(const DTCTL& control, const std::string& label, const Pages& pages) {
  const auto filter = [&] { return com::from_tstr(control.lpszFilter, pages.unicode); };
  const bool unicode = pages.unicode;
  switch (control.ulCtlType) {
    case DTCT_LABEL:
      return with_text(*control.ctl.lplabel, &DTBLLABEL::ulbLpszLabelName, label, unicode);
    case DTCT_EDIT:
      return with_text(*control.ctl.lpedit, &DTBLEDIT::ulbLpszCharsAllowed, filter(), unicode);
    case DTCT_COMBOBOX:
      return with_text(*control.ctl.lpcombobox, &DTBLCOMBOBOX::ulbLpszCharsAllowed, filter(), unicode);
    case DTCT_CHECKBOX:
      return with_text(*control.ctl.lpcheckbox, &DTBLCHECKBOX::ulbLpszLabel, label, unicode);
    case DTCT_GROUPBOX:
      return with_text(*control.ctl.lpgroupbox, &DTBLGROUPBOX::ulbLpszLabel, label, unicode);
    case DTCT_BUTTON:
      return with_text(*control.ctl.lpbutton, &DTBLBUTTON::ulbLpszLabel, label, unicode);
    case DTCT_RADIOBUTTON:
      return with_text(*control.ctl.lpradiobutton, &DTBLRADIOBUTTON::ulbLpszLabel, label, unicode);
    case DTCT_LBX:
      return plain(*control.ctl.lplbx);
    case DTCT_DDLBX:
      return plain(*control.ctl.lpddlbx);
    case DTCT_MVLISTBOX:
      return plain(*control.ctl.lpmvlbx);
    case DTCT_MVDDLBX:
      return plain(*control.ctl.lpmvddlbx);
    default:
      return bad_display("Not a type of control", control.ulCtlType);
  }
}

struct Row {
  DialogItem place;
  std::string structure;
};

Result<Row> row_of(const DTCTL& control, const DTPAGE& page, const Dialog& dialog, const Pages& pages) {
  if (!control.ctl.lpv) return bad_display("A control has no structure", control.ulItemID);
  if (control.cbNotif && !control.lpbNotif) return bad_display("A control has an identifier of NULL", control.ulItemID);
  if (control.ulCtlType == DTCT_PAGE) {
    std::string structure = TRY(page_structure(*control.ctl.lppage, page, dialog, pages));
    return Row{{0, {}, dialog.x, dialog.y, dialog.width, dialog.height}, std::move(structure)};
  }
  const DialogItem* item = dialog.find(control.ulItemID);
  if (!item) return fail(Code::kNotFound, "table", "The dialog resource has no such control", control.ulItemID);
  std::string structure = TRY(structure_of(control, item->text, pages));  // not inside the braces: g++ 12 would end
  return Row{*item, std::move(structure)};                                // a half-made Row when TRY returns
}

SPropValue number(ULONG tag, LONG value) {
  SPropValue out{};
  out.ulPropTag = tag;
  out.Value.l = value;
  return out;
}
SPropValue bytes(ULONG tag, const void* at, std::size_t size) {
  SPropValue out{};
  out.ulPropTag = tag;
  out.Value.bin.cb = static_cast<ULONG>(size);
  out.Value.bin.lpb = const_cast<LPBYTE>(static_cast<const BYTE*>(at));
  return out;
}

Status insert_row(ITableData& data, ULONG id, const DTCTL& control, const Row& row) {
  SPropValue values[] = {
      number(PR_XPOS, row.place.x),
      number(PR_YPOS, row.place.y),
      number(PR_DELTAX, row.place.width),
      number(PR_DELTAY, row.place.height),
      number(PR_CONTROL_TYPE, static_cast<LONG>(control.ulCtlType)),
      number(PR_CONTROL_FLAGS, static_cast<LONG>(control.ulCtlFlags)),
      bytes(PR_CONTROL_STRUCTURE, row.structure.data(), row.structure.size()),
      bytes(PR_CONTROL_ID, control.lpbNotif, control.cbNotif),
      number(PR_ROWID, static_cast<LONG>(id)),
  };
  SRow out{0, std::size(values), values};
  const HRESULT hr = data.HrModifyRow(&out);
  if (FAILED(hr)) return tl::unexpected<Error>(com::outside_error(hr, "ITableData::HrModifyRow"));
  return {};
}

Status insert_page(ITableData& data, ULONG& next_id, const DTPAGE& page, const Pages& pages) {
  if (page.cctl && !page.lpctl) return bad_display("A page has controls but a NULL pointer");
  const Dialog* dialog = TRY(find_dialog(pages, page));
  for (ULONG i = 0; i < page.cctl; ++i) {
    const Row row = TRY(row_of(page.lpctl[i], page, *dialog, pages));
    TRY(insert_row(data, next_id++, page.lpctl[i], row));
  }
  return {};
}

Result<com::Ref<ITableData>> new_data(const com::AllocRoutines& routines) {
  SizedSPropTagArray(9, columns) = {9,
                                    {PR_XPOS, PR_YPOS, PR_DELTAX, PR_DELTAY, PR_CONTROL_TYPE, PR_CONTROL_FLAGS,
                                     PR_CONTROL_STRUCTURE, PR_CONTROL_ID, PR_ROWID}};
  com::Ref<ITableData> data;
  const SCODE sc = CreateTable(nullptr, routines.allocate, routines.more, routines.release, nullptr, TBLTYPE_DYNAMIC,
                               PR_ROWID, reinterpret_cast<LPSPropTagArray>(&columns), data.put());
  if (FAILED(sc)) return tl::unexpected<Error>(com::outside_error(sc, "CreateTable"));
  return data;
}

}  // namespace
}  // namespace mapiary::table

using mapiary::Code;
using mapiary::fail;
using mapiary::Status;

STDAPI BuildDisplayTable(LPALLOCATEBUFFER lpAllocateBuffer, LPALLOCATEMORE lpAllocateMore, LPFREEBUFFER lpFreeBuffer,
                         LPMALLOC, HINSTANCE hInstance, UINT cPages, LPDTPAGE lpPage, ULONG ulFlags,
                         LPMAPITABLE* lppTable, LPTABLEDATA* lppTblData) {
  using namespace mapiary::table;
  return mapiary::com::border([&]() -> Status {
    if (!lpAllocateBuffer || !lpAllocateMore || !lpFreeBuffer || !lppTable || (cPages && !lpPage)) {
      return bad_display("BuildDisplayTable got a NULL pointer");
    }
    if (ulFlags & ~ULONG{MAPI_UNICODE}) return fail(Code::kUnknownFlags, "table", "Unknown flags", ulFlags);
    Pages pages{ResourceRegistry::find(hInstance), (ulFlags & MAPI_UNICODE) != 0};
    if (!pages.script && cPages) return fail(Code::kNotFound, "table", "No resources are registered for the module");

    auto data = TRY(new_data({lpAllocateBuffer, lpAllocateMore, lpFreeBuffer}));
    ULONG next_id = 1;
    for (UINT i = 0; i < cPages; ++i) TRY(insert_page(*data, next_id, lpPage[i], pages));

    SizedSSortOrderSet(1, by_row) = {1, 0, 0, {{PR_ROWID, TABLE_SORT_ASCEND}}};
    mapiary::com::Ref<IMAPITable> table;
    const HRESULT hr = data->HrGetView(reinterpret_cast<LPSSortOrderSet>(&by_row), nullptr, 0, table.put());
    if (FAILED(hr)) return tl::unexpected<mapiary::Error>(mapiary::com::outside_error(hr, "ITableData::HrGetView"));
    *lppTable = table.detach();
    if (lppTblData) *lppTblData = data.detach();
    return {};
  });
}

STDAPI MapiaryRegisterResources(HINSTANCE hInstance, LPCSTR pszScript) {
  return mapiary::com::border([&]() -> Status {
    if (!pszScript) return fail(Code::kInvalidArgument, "table", "No resource script was given");
    return mapiary::table::ResourceRegistry::add(hInstance, pszScript);
  });
}

STDAPI MapiaryUnregisterResources(HINSTANCE hInstance) {
  return mapiary::com::border([&]() -> mapiary::Result<HRESULT> {
    return mapiary::table::ResourceRegistry::remove(hInstance) ? S_OK : S_FALSE;
  });
}
