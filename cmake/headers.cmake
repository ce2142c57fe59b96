# Makes include/grapevine below the build directory of all that the layers have
# for others: what users of the build see, and what is installed. A header that
# was changed is copied again; nothing that is built here waits for that.
get_property(headers GLOBAL PROPERTY GRAPEVINE_HEADERS)
get_property(layers GLOBAL PROPERTY GRAPEVINE_LAYERS)
set(staged ${PROJECT_BINARY_DIR}/include)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/staged_headers.cmake CONTENT
     "set(from [[${PROJECT_SOURCE_DIR}]])
set(to [[${staged}/grapevine]])
set(layers ${layers})
set(headers ${headers})
" @ONLY)
list(TRANSFORM headers PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE sources)
list(TRANSFORM headers PREPEND ${staged}/grapevine/ OUTPUT_VARIABLE copies)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/staged_headers.stamp
  BYPRODUCTS ${copies}
  COMMAND ${CMAKE_COMMAND} -D LIST=${PROJECT_BINARY_DIR}/staged_headers.cmake
          -P ${PROJECT_SOURCE_DIR}/cmake/stage_headers.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${PROJECT_BINARY_DIR}/staged_headers.stamp
  DEPENDS ${sources} ${PROJECT_BINARY_DIR}/staged_headers.cmake
          ${PROJECT_SOURCE_DIR}/cmake/stage_headers.cmake
  COMMENT "Making include/grapevine"
  VERBATIM)
add_custom_target(grapevine_headers ALL
                  DEPENDS ${PROJECT_BINARY_DIR}/staged_headers.stamp)
# Whoever uses a layer finds its headers, whatever is built first.
foreach(layer IN LISTS layers)
  add_dependencies(grapevine_${layer} grapevine_headers)
  if(TARGET grapevine_${layer}_shared)
    add_dependencies(grapevine_${layer}_shared grapevine_headers)
  endif()
endforeach()
