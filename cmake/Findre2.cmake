# re2::re2, of RE2's own package or, where there is none (Debian's has no CMake
# config), of the header and library.
include(FindPackageHandleStandardArgs)
find_package(re2 CONFIG QUIET)
if(TARGET re2::re2)
  set(re2_LIBRARY re2::re2)
else()
  find_path(re2_INCLUDE_DIR re2/re2.h)
  find_library(re2_LIBRARY re2)
  mark_as_advanced(re2_INCLUDE_DIR re2_LIBRARY)
  if(re2_INCLUDE_DIR AND re2_LIBRARY)
    add_library(re2::re2 UNKNOWN IMPORTED)
    set_target_properties(
      re2::re2
      PROPERTIES IMPORTED_LOCATION ${re2_LIBRARY}
                 INTERFACE_INCLUDE_DIRECTORIES ${re2_INCLUDE_DIR})
  endif()
endif()
find_package_handle_standard_args(re2 REQUIRED_VARS re2_LIBRARY)
