# SPDX-License-Identifier: Apache-2.0
# Install rules: headers, libmapi, providers with their mapisvc.inf in a folder of their own, find_package(Mapiary), pkg-config.
# Everything is relocatable: the package files find the prefix from where they themselves lie. tests/install proves it.
include(CMakePackageConfigHelpers)

set(MAPIARY_PROVIDER_DIR "${CMAKE_INSTALL_LIBDIR}/mapiary")
set(config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Mapiary")

# Headers, then the spellings client code uses (ADR 0003), which differ from them in case only.
foreach(folder IN ITEMS mapi mapiary)
  if(IS_DIRECTORY "${CMAKE_SOURCE_DIR}/include/${folder}")
    install(DIRECTORY "${CMAKE_SOURCE_DIR}/include/${folder}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${folder}"
            FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
  endif()
endforeach()
if(IS_DIRECTORY "${MAPIARY_INSTALLED_SPELLINGS_DIR}")
  install(DIRECTORY "${MAPIARY_INSTALLED_SPELLINGS_DIR}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endif()

set(exported mapiary_headers)
set(pc_libs "")
if(TARGET mapi)
  list(APPEND exported mapi)
  set(pc_libs "-L\${libdir} -lmapi")
endif()
if(TARGET mapiary_convert)
  list(APPEND exported mapiary_convert)
endif()
install(TARGETS ${exported} EXPORT MapiaryTargets
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS mapiary RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(TARGET mapi)
  set_target_properties(mapiary PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
endif()

# A provider's CMakeLists.txt appends its target to the global property MAPIARY_PROVIDERS.
get_property(providers GLOBAL PROPERTY MAPIARY_PROVIDERS)
if(providers)
  install(TARGETS ${providers} LIBRARY DESTINATION "${MAPIARY_PROVIDER_DIR}" RUNTIME DESTINATION "${MAPIARY_PROVIDER_DIR}")
endif()
install(FILES "${CMAKE_SOURCE_DIR}/data/mapisvc.inf" DESTINATION "${MAPIARY_PROVIDER_DIR}")

install(EXPORT MapiaryTargets NAMESPACE Mapiary:: DESTINATION "${config_dir}")
configure_package_config_file("${CMAKE_SOURCE_DIR}/cmake/MapiaryConfig.cmake.in" "${CMAKE_BINARY_DIR}/MapiaryConfig.cmake"
  INSTALL_DESTINATION "${config_dir}" PATH_VARS MAPIARY_PROVIDER_DIR)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/MapiaryConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/MapiaryConfig.cmake" "${CMAKE_BINARY_DIR}/MapiaryConfigVersion.cmake" DESTINATION "${config_dir}")

file(RELATIVE_PATH pc_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
configure_file("${CMAKE_SOURCE_DIR}/cmake/mapiary.pc.in" "${CMAKE_BINARY_DIR}/mapiary.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/mapiary.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
