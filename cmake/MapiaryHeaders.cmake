# SPDX-License-Identifier: Apache-2.0
# Mapiary::headers: include/mapi as client code sees it, with the spellings (MAPIX.h, MAPIDefS.h ...) that client code uses. The extra
# spellings are written into the build folder: two names that differ only in case cannot both live in a source tree that must
# also be checked out on systems whose file names ignore case (docs/adr/0003-header-spellings.md).
set(MAPIARY_SPELLINGS_DIR "${CMAKE_BINARY_DIR}/include")            # forwards to the source tree
set(MAPIARY_INSTALLED_SPELLINGS_DIR "${CMAKE_BINARY_DIR}/include-installed") # forwards within one folder
set(tool "${CMAKE_SOURCE_DIR}/tools/gen/case_headers.py")
if(EXISTS "${tool}")
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  execute_process(COMMAND "${Python3_EXECUTABLE}" -B "${tool}" "${MAPIARY_SPELLINGS_DIR}" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${Python3_EXECUTABLE}" -B "${tool}" "${MAPIARY_INSTALLED_SPELLINGS_DIR}" --installed COMMAND_ERROR_IS_FATAL ANY)
  # A new header needs its spellings: look again at the next build.
  file(GLOB originals CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/include/mapi/*.h" "${CMAKE_SOURCE_DIR}/include/mapi/win/*.h")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${tool}" "${CMAKE_SOURCE_DIR}/data/header_spellings.tsv")
endif()

add_library(mapiary_headers INTERFACE)
add_library(Mapiary::headers ALIAS mapiary_headers)
set_target_properties(mapiary_headers PROPERTIES EXPORT_NAME headers)
target_include_directories(mapiary_headers SYSTEM INTERFACE
  "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include/mapi;${CMAKE_SOURCE_DIR}/include/mapi/win;${CMAKE_SOURCE_DIR}/include>"
  "$<BUILD_INTERFACE:${MAPIARY_SPELLINGS_DIR}/mapi;${MAPIARY_SPELLINGS_DIR}/mapi/win>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/mapi;${CMAKE_INSTALL_INCLUDEDIR}/mapi/win;${CMAKE_INSTALL_INCLUDEDIR}>")
