# Language level, warnings, sanitizers, ccache and the linker: what every
# target of the project is built with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are cached only with these two allowances.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      ${CCACHE})
endif()

add_library(grapevine_options INTERFACE)
target_compile_options(
  grapevine_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
            $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)

find_program(MOLD mold)
if(MOLD)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION
                                              VERSION_LESS 12.1)
    message(STATUS "g++ < 12.1 does not know -fuse-ld=mold")
  else()
    target_link_options(grapevine_options INTERFACE -fuse-ld=mold)
  endif()
endif()

if(GRAPEVINE_SANITIZE)
  target_compile_options(
    grapevine_options INTERFACE -fsanitize=${GRAPEVINE_SANITIZE}
                                -fno-omit-frame-pointer -g)
  target_link_options(grapevine_options INTERFACE
                      -fsanitize=${GRAPEVINE_SANITIZE})
endif()
if(GRAPEVINE_COVERAGE)
  target_compile_options(grapevine_options INTERFACE --coverage)
  target_link_options(grapevine_options INTERFACE --coverage)
endif()

# Adds a library of the project: its folder's sources, the shared options, and
# headers that are included by their path from the project's root.
function(grapevine_library name)
  add_library(grapevine_${name} STATIC ${ARGN})
  add_library(grapevine::${name} ALIAS grapevine_${name})
  set_target_properties(grapevine_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(grapevine_${name} PUBLIC cxx_std_20)
  target_link_libraries(grapevine_${name}
                        PRIVATE $<BUILD_INTERFACE:grapevine_options>)
  target_include_directories(
    grapevine_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
           $<INSTALL_INTERFACE:include/grapevine>)
endfunction()
