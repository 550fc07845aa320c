# SPDX-License-Identifier: Apache-2.0
# mapiary_component(<name> [DEPS component...] [LIBS external...] [TEST_LIBS target...])
#
# One folder = one component = one static library mapiary_<name> made of its *.cc files. Its *_test.cc files become the program
# <name>_test, one ctest entry. Layers are checked by tools/check_layers.py, not here; DEPS are what the linker needs.
# A component whose tests speak the exported C functions names `mapi` in TEST_LIBS and then does not link its static half twice.
function(mapiary_component name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;TEST_LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  add_library(mapiary_${name} STATIC ${sources})
  target_include_directories(mapiary_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(mapiary_${name} PRIVATE mapiary_options)
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(mapiary_${name} PUBLIC mapiary_${dep})
  endforeach()
  target_link_libraries(mapiary_${name} PUBLIC ${ARG_LIBS})

  if(MAPIARY_BUILD_TESTS AND tests)
    if(ARG_TEST_LIBS)
      mapiary_test(${name}_test SOURCES ${tests} LIBS ${ARG_TEST_LIBS} INCLUDES "${CMAKE_SOURCE_DIR}/src")
    else()
      mapiary_test(${name}_test SOURCES ${tests} LIBS mapiary_${name} INCLUDES "${CMAKE_SOURCE_DIR}/src")
    endif()
  endif()
endfunction()

# mapiary_test(<name> SOURCES file... [LIBS target...] [INCLUDES dir...] [TIMEOUT seconds] [LABELS label...])
# A GoogleTest program. Its report build/<preset>/reports/<name>.xml is what `./dev test` counts.
function(mapiary_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;INCLUDES;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${ARG_INCLUDES})
  target_link_libraries(${name} PRIVATE mapiary_options ${ARG_LIBS} Mapiary::headers GTest::gtest_main GTest::gmock rapidcheck)
  add_test(NAME ${name} COMMAND ${name} "--gtest_output=xml:${CMAKE_BINARY_DIR}/reports/${name}.xml" --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "MAPIARY_SOURCE_DIR=${CMAKE_SOURCE_DIR};MAPIARY_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()

# mapiary_fuzz(<name> SOURCES file... LIBS target... [CORPUS dir])
# libFuzzer program under MAPIARY_SANITIZE=fuzzer; otherwise a program that replays its corpus, run as a normal test.
function(mapiary_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LIBS" ${ARGN})
  if(NOT ARG_CORPUS)
    set(ARG_CORPUS "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
  endif()
  if(MAPIARY_SANITIZE STREQUAL "fuzzer")
    add_executable(${name} ${ARG_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${ARG_SOURCES} "${CMAKE_SOURCE_DIR}/fuzz/replay_main.cc")
    add_test(NAME ${name} COMMAND ${name} "${ARG_CORPUS}")
    set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${name} PRIVATE mapiary_options ${ARG_LIBS} Mapiary::headers)
endfunction()

if(MAPIARY_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
