# What `find_package(grapevine)` and pkg-config find: the libraries, their headers
# below include/grapevine, and the modules that locate their packages. Of each
# layer what is listed at cmake/layers.cmake's grapevine_layer.
include(CMakePackageConfigHelpers)
get_property(layers GLOBAL PROPERTY GRAPEVINE_LAYERS)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/grapevine)
set(for_developers COMPONENT development)

install(DIRECTORY ${PROJECT_BINARY_DIR}/include/grapevine
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} ${for_developers})

# The libraries of a layer. Both kinds have one name, of which cmake's config
# takes one.
function(grapevine_install_libraries layer)
  install(TARGETS grapevine_${layer} EXPORT grapevine-${layer}-static
          ARCHIVE ${for_developers})
  install(EXPORT grapevine-${layer}-static NAMESPACE grapevine::
          DESTINATION ${config_dir} ${for_developers})
  if(GRAPEVINE_SHARED)
    install(TARGETS grapevine_${layer}_shared EXPORT grapevine-${layer}-shared
            LIBRARY COMPONENT library NAMELINK_COMPONENT development)
    install(EXPORT grapevine-${layer}-shared NAMESPACE grapevine::
            DESTINATION ${config_dir} ${for_developers})
  endif()
endfunction()

# What pkg-config says of packages, as words of a Requires and of a Libs line.
function(grapevine_pkg_config_of modules libs)
  set(module_words)
  set(lib_words)
  foreach(package IN LISTS ARGN)
    if(grapevine_${package}_pc MATCHES "^-")
      list(APPEND lib_words ${grapevine_${package}_pc})
    else()
      list(APPEND module_words ${grapevine_${package}_pc})
    endif()
  endforeach()
  set(${modules} ${module_words} PARENT_SCOPE)
  set(${libs} ${lib_words} PARENT_SCOPE)
endfunction()

# grapevine-LAYER.pc. Whoever links static libraries needs what their sources
# use, too: where there is no shared one, that is everybody.
function(grapevine_install_pkg_config layer)
  foreach(list USES HIDES PUBLIC PRIVATE)
    get_property(${list} GLOBAL PROPERTY GRAPEVINE_${layer}_${list})
  endforeach()
  grapevine_pkg_config_of(requires libs ${PUBLIC})
  grapevine_pkg_config_of(private_requires private_libs ${PRIVATE})
  foreach(list USES HIDES)
    list(TRANSFORM ${list} REPLACE "(.+)" "grapevine-\\1 = ${PROJECT_VERSION}")
  endforeach()
  list(PREPEND requires ${USES})
  list(PREPEND private_requires ${HIDES})
  if(NOT GRAPEVINE_SHARED)
    list(APPEND requires ${private_requires})
    list(APPEND libs ${private_libs})
    set(private_requires)
    set(private_libs)
  endif()
  foreach(list requires private_requires)
    list(JOIN ${list} ", " ${list})
  endforeach()
  foreach(list libs private_libs)
    list(JOIN ${list} " " ${list})
  endforeach()
  get_target_property(definitions grapevine_${layer}
                      INTERFACE_COMPILE_DEFINITIONS)
  set(cflags)
  if(definitions)
    list(TRANSFORM definitions PREPEND " -D" OUTPUT_VARIABLE cflags)
    list(JOIN cflags "" cflags)
  endif()
  # Wherever it is moved to.
  file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  configure_file(${PROJECT_SOURCE_DIR}/cmake/grapevine.pc.in
                 ${PROJECT_BINARY_DIR}/grapevine-${layer}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/grapevine-${layer}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig ${for_developers})
endfunction()

# What the config knows of each layer: the layers it uses, and what find_package
# is told of the packages that its headers and its sources use.
set(known_layers)
foreach(layer IN LISTS layers)
  grapevine_install_libraries(${layer})
  grapevine_install_pkg_config(${layer})
  foreach(list USES HIDES PUBLIC PRIVATE)
    get_property(values GLOBAL PROPERTY GRAPEVINE_${layer}_${list})
    set(words)
    foreach(value IN LISTS values)
      if(list MATCHES "^P")
        set(value "${grapevine_${value}_find}")
        if(NOT value)
          continue()
        endif()
      endif()
      string(APPEND words " \"${value}\"")
    endforeach()
    string(APPEND known_layers "set(_grapevine_${layer}_${list}${words})\n")
  endforeach()
endforeach()
list(JOIN layers " " layer_names)
string(REGEX MATCH "^[0-9]+[.][0-9]+" caf_series "${CAF_compat_VERSION}")
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/grapevine-config.cmake.in
  ${PROJECT_BINARY_DIR}/grapevine-config.cmake
  INSTALL_DESTINATION ${config_dir}
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/grapevine-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/grapevine-config.cmake
              ${PROJECT_BINARY_DIR}/grapevine-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findcares.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findsodium.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findsecp256k1.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findre2.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindCAF_compat.cmake
        DESTINATION ${config_dir} ${for_developers})
