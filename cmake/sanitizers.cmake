# GRAPEVINE_SANITIZE and GRAPEVINE_FUZZ: instrumentation of everything that is
# ours, and the defaults that every instrumented program starts with.
set(sanitize ${GRAPEVINE_SANITIZE})
if(GRAPEVINE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "GRAPEVINE_FUZZ needs clang: cmake --preset fuzz")
  endif()
  # Coverage for libFuzzer; its main comes with the fuzz targets only.
  set(sanitize fuzzer-no-link,address,undefined)
endif()
if(NOT sanitize)
  return()
endif()

# ThreadSanitizer sees no synchronisation inside of a CAF that is not built with
# it, and takes whatever one actor hands to another for a race.
function(grapevine_require_instrumented_caf)
  get_target_property(library CAF::core LOCATION)
  file(STRINGS ${library} instrumented REGEX __tsan_func_entry LIMIT_COUNT 1)
  if(NOT instrumented)
    message(FATAL_ERROR "${library} is not built with ThreadSanitizer: "
                        "run scripts/build_caf.sh, then configure again")
  endif()
endfunction()

# UBSan findings stay recoverable in the instrumentation because only then can
# some be suppressed at run time; halt_on_error makes all others fatal.
target_compile_options(
  grapevine_options
  INTERFACE -fsanitize=${sanitize} -fno-omit-frame-pointer
            # Instrumented code defeats the flow analysis behind this warning.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_link_options(grapevine_options INTERFACE -fsanitize=${sanitize})

# Compiled into every program of the project, so that it behaves the same
# whether ctest, a script or a person starts it.
add_library(grapevine_sanitizer_defaults OBJECT
            ${PROJECT_SOURCE_DIR}/cmake/sanitizer_defaults.cpp)
target_compile_definitions(
  grapevine_sanitizer_defaults
  PRIVATE SUPPRESSIONS_DIR="${PROJECT_SOURCE_DIR}/cmake")
target_sources(
  grapevine_options
  INTERFACE
    $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_OBJECTS:grapevine_sanitizer_defaults>>
)
