# CAF::core, from CAF's own package (0.18 and later) or, where there is none
# (Debian ships 0.17.6 without a CMake config), from the header and library.
include(FindPackageHandleStandardArgs)
find_package(CAF CONFIG QUIET COMPONENTS core)
if(NOT TARGET CAF::core)
  find_path(CAF_INCLUDE_DIR caf/all.hpp)
  find_library(CAF_core_LIBRARY caf_core)
  if(CAF_INCLUDE_DIR AND CAF_core_LIBRARY)
    find_package(Threads REQUIRED)
    add_library(CAF::core UNKNOWN IMPORTED)
    set_target_properties(
      CAF::core
      PROPERTIES IMPORTED_LOCATION ${CAF_core_LIBRARY}
                 INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
                 INTERFACE_LINK_LIBRARIES Threads::Threads)
  endif()
  mark_as_advanced(CAF_INCLUDE_DIR CAF_core_LIBRARY)
endif()
if(TARGET CAF::core)
  set(CAF_core_TARGET CAF::core)
endif()
find_package_handle_standard_args(
  CAF_compat REQUIRED_VARS CAF_core_TARGET
  FAIL_MESSAGE "CAF was not found: on Debian, install libcaf-dev")
