# SPDX-License-Identifier: Apache-2.0
# Compiler settings that hold for every target of ours, and the switches of the presets.
include(GNUInstallDirs)
include(CTest)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON) # TRY() is a statement expression
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

option(MAPIARY_WERROR "Treat warnings as errors" ON)
option(MAPIARY_BUILD_TESTS "Build the tests" ON)
option(MAPIARY_BUILD_FUZZ "Build the fuzz targets (each replays its corpus; coverage-guided with MAPIARY_SANITIZE=fuzzer)" ON)
option(MAPIARY_BUILD_BENCH "Build the benchmarks" OFF)
set(MAPIARY_SANITIZE "" CACHE STRING "Empty, address, thread or fuzzer")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the source folder count as relative, so that one clone profits from another's objects.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

add_library(mapiary_options INTERFACE)
target_compile_options(mapiary_options INTERFACE
  -Wall -Wextra -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wnon-virtual-dtor -Woverloaded-virtual>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-non-virtual-dtor>)
# g++ 12 sees a copy over itself in "text" + std::string when it optimises fully (its bug 105651).
target_compile_options(mapiary_options INTERFACE
  $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(CMAKE_UNITY_BUILD)
  # In a unity source, a class of a .cc file looks like one of a header to g++.
  target_compile_options(mapiary_options INTERFACE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)
endif()
if(MAPIARY_WERROR)
  target_compile_options(mapiary_options INTERFACE -Werror)
endif()

if(MAPIARY_SANITIZE STREQUAL "address")
  # Objects of others need have no C++ type information: they may be written in C, or built without it.
  set(flags -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(MAPIARY_SANITIZE STREQUAL "thread")
  set(flags -fsanitize=thread -fno-omit-frame-pointer)
elseif(MAPIARY_SANITIZE STREQUAL "fuzzer")
  set(flags -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(MAPIARY_SANITIZE)
  message(FATAL_ERROR "MAPIARY_SANITIZE is '${MAPIARY_SANITIZE}'; it must be empty, address, thread or fuzzer")
endif()
if(MAPIARY_SANITIZE)
  add_compile_options(${flags})
  add_link_options(${flags})
  add_compile_definitions(MAPIARY_SANITIZE=1)
endif()

# Relative relocations in a tenth of the room: a program of ours has tens of thousands, and reads them all at its start. The link
# says so if the C library is too old to know them (before glibc 2.36).
include(CheckLinkerFlag)
check_linker_flag(CXX "LINKER:-z,pack-relative-relocs" MAPIARY_HAS_PACKED_RELOCATIONS)
if(MAPIARY_HAS_PACKED_RELOCATIONS)
  add_link_options("LINKER:-z,pack-relative-relocs")
endif()
