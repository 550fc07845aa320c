# SPDX-License-Identifier: Apache-2.0
# Mapiary::headers: include/mapi as client code sees it, with the spellings (MAPIX.h, MAPIDefS.h ...) that client code uses. The extra
# spellings are written into the build folder: two names that differ only in case cannot both live in a source tree that must
# also be checked out on systems whose file names ignore case (docs/adr/0003-header-spellings.md).
add_library(mapiary_headers INTERFACE)
add_library(Mapiary::headers ALIAS mapiary_headers)
target_include_directories(mapiary_headers SYSTEM INTERFACE
  "${CMAKE_SOURCE_DIR}/include/mapi" "${CMAKE_SOURCE_DIR}/include/mapi/win" "${CMAKE_SOURCE_DIR}/include")
target_compile_features(mapiary_headers INTERFACE cxx_std_17)
