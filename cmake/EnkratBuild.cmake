# How every target of the project is compiled, and the three words its folders are described with.
include_guard()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(ENKRAT_CCACHE ccache)
if(ENKRAT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the source folder are made relative and left out of the hash: a second clone hits the same cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;${ENKRAT_CCACHE}")
endif()

add_library(enkrat_options INTERFACE)
target_include_directories(enkrat_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(enkrat_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror
                                                -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(enkrat_options INTERFACE -Wthread-safety)
endif()

# enkrat_library(<folder> SOURCES ... [DEPS public targets...] [PRIVATE_DEPS targets...])
# One static library a folder, named enkrat_<folder>.
function(enkrat_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target enkrat_${folder})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_link_libraries(${target} PUBLIC enkrat_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE enkrat_options ${ARG_DEPS} ${ARG_PRIVATE_DEPS})
  endif()
endfunction()

# enkrat_test(<name> LABEL unit|contract|integration|fault|soak|fuzz SOURCES ... DEPS ... [TIMEOUT seconds])
# One executable of GoogleTest cases; every case is its own ctest test.
function(enkrat_test name)
  cmake_parse_arguments(ARG "SERIAL" "LABEL;TIMEOUT" "SOURCES;DEPS;DEFINES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} enkrat_test_support GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE ENKRAT_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             ENKRAT_BINARY_DIR="${CMAKE_BINARY_DIR}" ${ARG_DEFINES})
  include(GoogleTest)
  set(properties LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  if(ARG_SERIAL)
    list(APPEND properties RUN_SERIAL TRUE)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()
