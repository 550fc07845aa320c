// SPDX-License-Identifier: Apache-2.0
// The functions of ICU that base calls, under ICU's names in a namespace of ours: late::ucnv_open(...). ICU adds its
// version to the names of its symbols, so a header of one version never meets a library of another. Only base/*.cc
// include it.
#pragma once

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/late_library.h"

namespace mapiary::late {

// MAPIARY_ICU_UC, MAPIARY_ICU_I18N: the file names, of CMake.
inline constinit LateLibrary icuuc{MAPIARY_ICU_UC, "_" U_ICU_VERSION_SHORT};
inline constinit LateLibrary icui18n{MAPIARY_ICU_I18N, "_" U_ICU_VERSION_SHORT};

inline constinit LateFunction u_charAge{icuuc, "u_charAge", &::u_charAge};
inline constinit LateFunction u_charType{icuuc, "u_charType", &::u_charType};
inline constinit LateFunction u_hasBinaryProperty{icuuc, "u_hasBinaryProperty", &::u_hasBinaryProperty};
inline constinit LateFunction u_isUWhiteSpace{icuuc, "u_isUWhiteSpace", &::u_isUWhiteSpace};
inline constinit LateFunction u_strFoldCase{icuuc, "u_strFoldCase", &::u_strFoldCase};
inline constinit LateFunction u_toupper{icuuc, "u_toupper", &::u_toupper};
inline constinit LateFunction ucnv_cbFromUWriteUChars{icuuc, "ucnv_cbFromUWriteUChars", &::ucnv_cbFromUWriteUChars};
inline constinit LateFunction ucnv_cbToUWriteUChars{icuuc, "ucnv_cbToUWriteUChars", &::ucnv_cbToUWriteUChars};
inline constinit LateFunction ucnv_close{icuuc, "ucnv_close", &::ucnv_close};
inline constinit LateFunction ucnv_fromUnicode{icuuc, "ucnv_fromUnicode", &::ucnv_fromUnicode};
inline constinit LateFunction ucnv_open{icuuc, "ucnv_open", &::ucnv_open};
inline constinit LateFunction ucnv_resetFromUnicode{icuuc, "ucnv_resetFromUnicode", &::ucnv_resetFromUnicode};
inline constinit LateFunction ucnv_resetToUnicode{icuuc, "ucnv_resetToUnicode", &::ucnv_resetToUnicode};
inline constinit LateFunction ucnv_setFromUCallBack{icuuc, "ucnv_setFromUCallBack", &::ucnv_setFromUCallBack};
inline constinit LateFunction ucnv_setToUCallBack{icuuc, "ucnv_setToUCallBack", &::ucnv_setToUCallBack};
inline constinit LateFunction ucnv_toUnicode{icuuc, "ucnv_toUnicode", &::ucnv_toUnicode};
inline constinit LateFunction uloc_forLanguageTag{icuuc, "uloc_forLanguageTag", &::uloc_forLanguageTag};
inline constinit LateFunction uloc_getLCID{icuuc, "uloc_getLCID", &::uloc_getLCID};
inline constinit LateFunction uloc_getLocaleForLCID{icuuc, "uloc_getLocaleForLCID", &::uloc_getLocaleForLCID};
inline constinit LateFunction uloc_toLanguageTag{icuuc, "uloc_toLanguageTag", &::uloc_toLanguageTag};
inline constinit LateFunction unorm2_getNFCInstance{icuuc, "unorm2_getNFCInstance", &::unorm2_getNFCInstance};
inline constinit LateFunction unorm2_getNFDInstance{icuuc, "unorm2_getNFDInstance", &::unorm2_getNFDInstance};
inline constinit LateFunction unorm2_isNormalized{icuuc, "unorm2_isNormalized", &::unorm2_isNormalized};
inline constinit LateFunction unorm2_normalize{icuuc, "unorm2_normalize", &::unorm2_normalize};
inline constinit LateFunction ucol_close{icui18n, "ucol_close", &::ucol_close};
inline constinit LateFunction ucol_getSortKey{icui18n, "ucol_getSortKey", &::ucol_getSortKey};
inline constinit LateFunction ucol_open{icui18n, "ucol_open", &::ucol_open};
inline constinit LateFunction ucol_setStrength{icui18n, "ucol_setStrength", &::ucol_setStrength};

}  // namespace mapiary::late
