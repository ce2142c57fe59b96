# Language level, warnings, sanitizers, ccache and the linker: what every
# target of the project is built with.
option(GRAPEVINE_WERROR "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
option(GRAPEVINE_COVERAGE "Measure line coverage (gcov)" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
  endif()
  # -O3 takes longer to build, and g++ 12 warns of more that is not there.
  string(REPLACE -O3 -O2 CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
endif()

# Cache and linker are the choice of whoever builds: of an outer project, if
# there is one.
if(PROJECT_IS_TOP_LEVEL)
  find_program(CCACHE ccache)
  find_program(MOLD mold)
endif()
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are cached only with the first two allowances; without
  # the others, whatever uses a header that was generated in the same second is
  # not. The base directory and nohashdir let one clone hit what another clone
  # or build directory has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(grapevine_options INTERFACE)
# The project's own headers, by their path from the root, and what protobuf
# makes of the schemas. Nobody else sees them so: cmake/headers.cmake.
target_include_directories(grapevine_options INTERFACE ${PROJECT_SOURCE_DIR})
target_include_directories(grapevine_options SYSTEM
                           INTERFACE ${PROJECT_BINARY_DIR}/grapevine)
set(gnu $<CXX_COMPILER_ID:GNU>)
set(clang $<CXX_COMPILER_ID:Clang>)
target_compile_options(
  grapevine_options
  INTERFACE
    -Wall -Wextra -Wpedantic
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow> -Wconversion
    $<$<BOOL:${GRAPEVINE_WERROR}>:-Werror>
    # As with g++, -Wconversion is not to mean -Wsign-conversion.
    $<${clang}:-Wno-sign-conversion>
    # g++ 12 reports copies in std::string that overlap or overflow where none
    # does (GCC bugs 105329, 105651). AddressSanitizer finds the real ones.
    "$<$<AND:${gnu},$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>"
    # What ccache needs to cache the users of a precompiled header.
    $<${gnu}:-fpch-preprocess>
    "$<${clang}:SHELL:-Xclang -fno-pch-timestamp>"
    # The node is exposed to anyone who can connect.
    $<$<CONFIG:Release>:-fstack-protector-strong>
    # The level is undefined first: some distributions preset another one.
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>
    # It needs optimisation.
    $<$<AND:$<CONFIG:Release>,$<NOT:$<BOOL:$<TARGET_PROPERTY:GRAPEVINE_UNOPTIMISED>>>>:-D_FORTIFY_SOURCE=2>)
# Static libraries hand these on to whatever is linked with them.
if(PROJECT_IS_TOP_LEVEL)
  target_link_options(grapevine_options INTERFACE
                      $<$<CONFIG:Release>:LINKER:-z,relro,-z,now>)
endif()
if(MOLD)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION
                                              VERSION_LESS 12.1)
    message(STATUS "g++ < 12.1 does not know -fuse-ld=mold")
  else()
    target_link_options(grapevine_options INTERFACE -fuse-ld=mold)
  endif()
endif()

if(GRAPEVINE_COVERAGE)
  target_compile_options(grapevine_options INTERFACE --coverage)
  target_link_options(grapevine_options INTERFACE --coverage)
endif()

include(sanitizers)
include(protobuf)

# Builds a target with checked containers and spans where it is tested. Called
# before the target names its precompiled headers.
function(grapevine_checked_library target)
  target_compile_definitions(${target}
                             PRIVATE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
  if(target MATCHES "actor|attack|app|bench|client|gateway|testing")
    target_precompile_headers(${target} PRIVATE
                              ${PROJECT_SOURCE_DIR}/cmake/checked_library.hpp)
  endif()
endfunction()

# Sanitizers' builds are made anew in CI, and reading headers is what takes their
# time: several sources are compiled as one. So names of anonymous namespaces are
# unique within a target (a name within a function may still hide one).
function(grapevine_join_sources target)
  if(GRAPEVINE_SANITIZE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON
                                               UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# Adds a library of the project: its folder's sources and the shared options.
function(grapevine_library name)
  add_library(grapevine_${name} STATIC ${ARGN})
  add_library(grapevine::${name} ALIAS grapevine_${name})
  set_target_properties(grapevine_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(grapevine_${name} PUBLIC cxx_std_20)
  target_link_libraries(grapevine_${name}
                        PRIVATE $<BUILD_INTERFACE:grapevine_options>)
  grapevine_checked_library(grapevine_${name})
  if(name MATCHES "^(actors|gossip|libp2p)$")
    grapevine_join_sources(grapevine_${name})
  endif()
endfunction()
