# SPDX-License-Identifier: Apache-2.0
# mapiary_component(<name> [COLD] [DEPS component...] [LIBS external...] [TEST_LIBS target...] [LABELS label...])
#
# One folder = one component = one static library mapiary_<name> made of its *.cc files. Its *_test.cc files become the program
# <name>_test, one ctest entry. Layers are checked by tools/check_layers.py, not here; DEPS are what the linker needs.
# A component whose tests speak the exported C functions names `mapi` in TEST_LIBS and then does not link its static half twice.
# COLD: code that runs a few times a session, compiled for size in a release. Half as many pages of it are read and kept in memory by
# each process (docs/adr/0079-late-libraries.md); what works per message, row or byte is not cold.
# LABELS go to the test: `threads` makes it part of the ThreadSanitizer run, `long` keeps it for `./dev test --long`.
function(mapiary_component name)
  cmake_parse_arguments(ARG "COLD" "" "DEPS;LIBS;TEST_LIBS;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  set(scope PUBLIC)
  if(sources)
    add_library(mapiary_${name} STATIC ${sources})
    target_link_libraries(mapiary_${name} PRIVATE mapiary_options)
    if(ARG_COLD)
      target_compile_options(mapiary_${name} PRIVATE $<$<CONFIG:Release>:-Os>)
    endif()
  else()
    add_library(mapiary_${name} INTERFACE) # headers only
    set(scope INTERFACE)
  endif()
  target_include_directories(mapiary_${name} ${scope} "${CMAKE_SOURCE_DIR}/src")
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(mapiary_${name} ${scope} mapiary_${dep})
  endforeach()
  target_link_libraries(mapiary_${name} ${scope} ${ARG_LIBS})

  if(MAPIARY_BUILD_TESTS AND tests)
    if(ARG_TEST_LIBS)
      mapiary_test(${name}_test SOURCES ${tests} LIBS ${ARG_TEST_LIBS} INCLUDES "${CMAKE_SOURCE_DIR}/src" LABELS ${ARG_LABELS})
    else()
      mapiary_test(${name}_test SOURCES ${tests} LIBS mapiary_${name} INCLUDES "${CMAKE_SOURCE_DIR}/src" LABELS ${ARG_LABELS})
    endif()
  endif()
endfunction()

# mapiary_cold_sources(<pattern>...)
# What of a component is cold in the sense of COLD above, in the calling folder.
function(mapiary_cold_sources)
  if(CMAKE_BUILD_TYPE STREQUAL "Release") # elsewhere it would only keep them out of unity sources
    file(GLOB cold CONFIGURE_DEPENDS ${ARGN})
    set_source_files_properties(${cold} PROPERTIES COMPILE_OPTIONS -Os)
  endif()
endfunction()

# mapiary_late_library(<target> <definition> <library>)
# <definition> is the file name by which the loader knows the library, an imported target or a file, for base/late_library.h.
function(mapiary_late_library target definition library)
  if(TARGET ${library})
    get_target_property(file ${library} IMPORTED_LOCATION_RELEASE)
    if(NOT file)
      get_target_property(file ${library} IMPORTED_LOCATION)
    endif()
  else()
    set(file "${library}")
  endif()
  execute_process(COMMAND "${CMAKE_READELF}" -d "${file}" OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "Library soname: \\[([^]]+)\\]")
    message(FATAL_ERROR "mapiary_late_library: '${file}' is no shared library with a name of its own")
  endif()
  target_compile_definitions(${target} PRIVATE ${definition}="${CMAKE_MATCH_1}")
endfunction()

# mapiary_test(<name> SOURCES file... [LIBS target...] [INCLUDES dir...] [TIMEOUT seconds] [LABELS label...])
# A GoogleTest program. Its report build/<preset>/reports/<name>.xml is what `./dev test` counts.
function(mapiary_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;INCLUDES;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}" ${ARG_INCLUDES})
  target_link_libraries(${name} PRIVATE mapiary_options ${ARG_LIBS} Mapiary::headers GTest::gtest_main GTest::gmock rapidcheck)
  target_compile_definitions(${name} PRIVATE "INSTALLED_INF=\"${MAPIARY_SERVICES}\"")
  # Test code itself is compiled cheaply under the sanitizers: their checks on every access of GoogleTest's and RapidCheck's templates
  # double the time to compile and find nothing; what is under test, the libraries, keeps all of them.
  if(MAPIARY_SANITIZE STREQUAL "address")
    target_compile_options(${name} PRIVATE -O0 -fno-sanitize=null,alignment,vptr,object-size)
  elseif(MAPIARY_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name} "--gtest_output=xml:${CMAKE_BINARY_DIR}/reports/${name}.xml" --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "MAPIARY_SOURCE_DIR=${CMAKE_SOURCE_DIR};MAPIARY_BUILD_DIR=${CMAKE_BINARY_DIR}")
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(threads_tests ${name})
  endif()
endfunction()

# mapiary_python_test(<name> SCRIPT file [ARGS arg...] [TIMEOUT seconds] [LABELS label...])
# A unittest script, run by tests/tools/run_unittest.py so that `./dev test` counts its single tests.
function(mapiary_python_test name)
  cmake_parse_arguments(ARG "" "SCRIPT;TIMEOUT" "ARGS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND Python3::Interpreter -B "${CMAKE_SOURCE_DIR}/tests/tools/run_unittest.py"
    "${CMAKE_BINARY_DIR}/reports/${name}.xml" "${ARG_SCRIPT}" ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "MAPIARY_SOURCE_DIR=${CMAKE_SOURCE_DIR};MAPIARY_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()

# mapiary_bench(<name>_bench SOURCES file... [LIBS target...])
# A benchmark program of the release preset; `./dev bench` runs every bin/*_bench. It prints ratios (bench/ratio.h has the means) and
# exits 1 when one misses its bar.
function(mapiary_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  if(NOT name MATCHES "_bench$")
    message(FATAL_ERROR "mapiary_bench(${name}): the name must end in _bench, or ./dev bench does not find it")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/src")
  target_compile_definitions(${name} PRIVATE "INSTALLED_INF=\"${MAPIARY_SERVICES}\"")
  target_link_libraries(${name} PRIVATE mapiary_options ${ARG_LIBS} Mapiary::headers)
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
    if(MAPIARY_BUILD_TESTS)
      add_test(NAME ${name} COMMAND ${name} "${ARG_CORPUS}")
      set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
    endif()
  endif()
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${name} PRIVATE mapiary_options ${ARG_LIBS} Mapiary::headers)
  set_property(GLOBAL APPEND PROPERTY MAPIARY_FUZZ_TARGETS "${name}\t${ARG_CORPUS}")
endfunction()

# Called once, last: the list that `./dev fuzz` reads, one line a target: its name, a tab, its corpus.
function(mapiary_write_lists)
  get_property(lines GLOBAL PROPERTY MAPIARY_FUZZ_TARGETS)
  list(TRANSFORM lines APPEND "\n")
  string(CONCAT text ${lines})
  file(WRITE "${CMAKE_BINARY_DIR}/fuzz_targets.txt" "${text}")
endfunction()

if(MAPIARY_BUILD_TESTS)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  add_custom_target(threads_tests) # everything the ThreadSanitizer run needs
  add_custom_target(plain_tests)   # everything for the tests that no sanitizer build has: labels checks, install, plain
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
