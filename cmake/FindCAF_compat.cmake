# CAF, of whichever version there is: `find_package(CAF_compat COMPONENTS core)`
# makes CAF::core; further components are io, openssl and test.
#
# CAF 1.x is found by its own package if CMAKE_PREFIX_PATH or CAF_DIR names where
# it is installed (the toolchains of vcpkg and Conan do so by themselves). Without
# a word it is the 0.17.6 that Debian ships, found by its headers and libraries,
# for it has no such package; and where that is not installed, whatever CMake
# finds by itself. CAF_compat_VERSION says which one it is.
include(FindPackageHandleStandardArgs)

set(CAF_compat_oldest 0.17.6)
if(NOT CAF_compat_FIND_COMPONENTS)
  set(CAF_compat_FIND_COMPONENTS core)
endif()
set(CAF_compat_VERSION)
set(CAF_compat_reason)

find_package(CAF CONFIG QUIET COMPONENTS ${CAF_compat_FIND_COMPONENTS}
             NO_CMAKE_SYSTEM_PATH NO_CMAKE_SYSTEM_PACKAGE_REGISTRY
             NO_SYSTEM_ENVIRONMENT_PATH)
if(NOT TARGET CAF::core)
  find_path(CAF_compat_INCLUDE_DIR caf/all.hpp)
  if(NOT CAF_compat_INCLUDE_DIR)
    find_package(CAF CONFIG QUIET COMPONENTS ${CAF_compat_FIND_COMPONENTS})
  endif()
endif()
if(TARGET CAF::core AND CAF_VERSION)
  set(CAF_compat_VERSION ${CAF_VERSION})
  set(CAF_compat_place ${CAF_DIR})
else()
  if(CAF_compat_INCLUDE_DIR)
    set(CAF_compat_place ${CAF_compat_INCLUDE_DIR})
    # As a number: 1706 is 0.17.6.
    file(STRINGS ${CAF_compat_INCLUDE_DIR}/caf/config.hpp number
         REGEX "#define CAF_VERSION [0-9]+$" LIMIT_COUNT 1)
    string(REGEX REPLACE ".* " "" number "${number}")
    if(number)
      math(EXPR major "${number} / 10000")
      math(EXPR minor "${number} / 100 % 100")
      math(EXPR patch "${number} % 100")
      set(CAF_compat_VERSION ${major}.${minor}.${patch})
    endif()
  endif()
  foreach(component ${CAF_compat_FIND_COMPONENTS})
    find_library(CAF_compat_${component}_LIBRARY caf_${component})
    mark_as_advanced(CAF_compat_${component}_LIBRARY)
    if(CAF_compat_INCLUDE_DIR AND CAF_compat_${component}_LIBRARY
       AND NOT TARGET CAF::${component})
      find_package(Threads REQUIRED)
      add_library(CAF::${component} UNKNOWN IMPORTED)
      set_target_properties(
        CAF::${component}
        PROPERTIES IMPORTED_LOCATION ${CAF_compat_${component}_LIBRARY}
                   INTERFACE_INCLUDE_DIRECTORIES ${CAF_compat_INCLUDE_DIR})
      if(component STREQUAL core)
        target_link_libraries(CAF::core INTERFACE Threads::Threads)
      elseif(component STREQUAL openssl)
        target_link_libraries(CAF::openssl INTERFACE CAF::io)
      else()
        target_link_libraries(CAF::${component} INTERFACE CAF::core)
      endif()
    endif()
  endforeach()
  mark_as_advanced(CAF_compat_INCLUDE_DIR)
endif()

if(CAF_compat_VERSION VERSION_GREATER_EQUAL 1)
  set(CAF_compat_usable ON)
elseif(CAF_compat_VERSION VERSION_GREATER_EQUAL 0.18)
  set(CAF_compat_usable OFF)
  set(CAF_compat_reason
      "The CAF ${CAF_compat_VERSION} in ${CAF_compat_place} is too old: 0.18 and 0.19 have neither the interface of 0.17 nor that of 1.x")
elseif(CAF_compat_VERSION VERSION_GREATER_EQUAL ${CAF_compat_oldest})
  set(CAF_compat_usable ON)
else()
  set(CAF_compat_usable OFF)
  if(CAF_compat_VERSION)
    set(CAF_compat_reason
        "The CAF ${CAF_compat_VERSION} in ${CAF_compat_place} is too old")
  else()
    set(CAF_compat_reason "CAF was not found")
  endif()
endif()
foreach(component ${CAF_compat_FIND_COMPONENTS})
  if(TARGET CAF::${component})
    set(CAF_compat_${component}_FOUND ON)
  endif()
endforeach()
if(CAF_compat_usable)
  # What is missing is named by what follows.
  set(CAF_compat_reason "Of the CAF ${CAF_compat_VERSION} in ${CAF_compat_place} parts are missing")
endif()
find_package_handle_standard_args(
  CAF_compat
  REQUIRED_VARS CAF_compat_place CAF_compat_usable
  VERSION_VAR CAF_compat_VERSION
  HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE
  "${CAF_compat_reason}. Install Debian's libcaf-dev (${CAF_compat_oldest}), or let CMAKE_PREFIX_PATH name an installed CAF 1.x"
)
