# The Debian packages, made by `cpack -G DEB` in the build directory: `grapevine`,
# the program as a service, with its manual pages and completions; and, if shared
# libraries are made (GRAPEVINE_SHARED), `libgrapevine0` with these, and
# `libgrapevine-dev` with what applications are built with.

# What is made of what the binary says.
set(package_files ${PROJECT_BINARY_DIR}/package)
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
file(GLOB made_from ${debian}/*)
add_custom_command(
  OUTPUT ${package_files}/grapevine.toml
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/package_files.sh
          $<TARGET_FILE:grapevine> ${package_files}
  DEPENDS grapevine ${PROJECT_SOURCE_DIR}/scripts/package_files.sh ${made_from}
  COMMENT "Making manual pages and the example of a configuration"
  VERBATIM)
add_custom_target(package_files DEPENDS ${package_files}/grapevine.toml)
add_dependencies(package_files grapevine_headers)
get_property(layers GLOBAL PROPERTY GRAPEVINE_LAYERS)
foreach(layer IN LISTS layers)
  add_dependencies(package_files grapevine_${layer})
  if(GRAPEVINE_SHARED)
    add_dependencies(package_files grapevine_${layer}_shared)
    list(APPEND library_folders $<TARGET_FILE_DIR:grapevine_${layer}_shared>)
  endif()
endforeach()

# Not in an installation without a package, which knows no /etc.
set(in_package COMPONENT package EXCLUDE_FROM_ALL)
set(doc ${CMAKE_INSTALL_DATADIR}/doc)
install(DIRECTORY ${package_files}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        ${in_package} FILES_MATCHING PATTERN "*.1.gz")
install(FILES ${package_files}/grapevine.toml DESTINATION /etc/grapevine
        ${in_package})
install(FILES ${PROJECT_SOURCE_DIR}/deploy/systemd/grapevine.service
        DESTINATION /lib/systemd/system ${in_package})
install(FILES ${completions}/_grapevine
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        ${in_package})
install(FILES ${debian}/logrotate DESTINATION ${doc}/grapevine/examples
        ${in_package})
set(about ${debian}/copyright ${package_files}/changelog.Debian.gz)
install(FILES ${about} DESTINATION ${doc}/grapevine ${in_package})
set(soversion ${PROJECT_VERSION_MAJOR})
install(FILES ${about} DESTINATION ${doc}/libgrapevine${soversion}
        COMPONENT library_package EXCLUDE_FROM_ALL)
install(FILES ${about} DESTINATION ${doc}/libgrapevine-dev
        COMPONENT development_package EXCLUDE_FROM_ALL)

# The last entry of the changelog names the version of the package.
file(STRINGS ${debian}/changelog release LIMIT_COUNT 1)
if(NOT release MATCHES "^grapevine \\(${PROJECT_VERSION}-([0-9]+)\\)")
  message(FATAL_ERROR "deploy/debian/changelog begins with \"${release}\", but "
                      "the project's version is ${PROJECT_VERSION}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${CMAKE_MATCH_1})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME grapevine)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# Whatever the umask is.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
# Also when nobody has built them by hand.
configure_file(${PROJECT_SOURCE_DIR}/cmake/package_build.cmake.in
               ${PROJECT_BINARY_DIR}/package_build.cmake @ONLY)
set(CPACK_INSTALL_SCRIPTS ${PROJECT_BINARY_DIR}/package_build.cmake)

# Each package is a group of components: its files, and what only a package has.
set(CPACK_COMPONENTS_ALL program package)
if(GRAPEVINE_SHARED)
  list(APPEND CPACK_COMPONENTS_ALL library library_package development
       development_package)
endif()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER
    "Grapevine maintainers <maintainers@grapevine.example>")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# Each package has its own.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(about_all
    "Peers publish to topics and subscribe to them. Each topic has a sparse mesh
over which messages flow, and peers gossip about recent messages to others, so
that every subscriber gets every message with no server in the middle.
.
Grapevine speaks the libp2p stack (TCP, TLS and Noise, yamux, identify) and
exchanges messages with nodes of go-libp2p, rust-libp2p, js-libp2p and py-libp2p.
This
package ")

# What CPack knows of a package by the name of its group.
macro(grapevine_debian_package group name section summary about)
  string(TOUPPER ${group} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${about_all}${about}")
endmacro()

grapevine_debian_package(
  service grapevine net "libp2p GossipSub node"
  "runs a node as a service, and has the command line that publishes
messages, prints them, makes keys and measures round trips.")
set(CPACK_DEBIAN_SERVICE_PACKAGE_SHLIBDEPS ON)
# By which `grapevine cluster --namespaces` makes networks.
set(CPACK_DEBIAN_SERVICE_PACKAGE_SUGGESTS iproute2)
set(CPACK_DEBIAN_SERVICE_PACKAGE_CONTROL_EXTRA
    ${debian}/postinst ${debian}/prerm ${debian}/postrm ${debian}/conffiles)

grapevine_debian_package(
  libraries libgrapevine${soversion} libs
  "libp2p GossipSub node: shared libraries"
  "has the libraries that applications with a node of their own run with.")
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_CONTROL_EXTRA ${debian}/triggers)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${library_folders})
# No two versions promise to fit each other before 1.0.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY "=")

grapevine_debian_package(
  developers libgrapevine-dev libdevel
  "libp2p GossipSub node: for building applications"
  "has what applications with a node of their own are built with:
headers, static libraries, and what CMake and pkg-config ask for.")
set(release_of_all ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
string(JOIN ", " CPACK_DEBIAN_DEVELOPERS_PACKAGE_DEPENDS
       "libgrapevine${soversion} (= ${release_of_all})" libc-ares-dev
       libcaf-dev libexpected-dev libprotobuf-dev libre2-dev libsecp256k1-dev
       libsodium-dev libspdlog-dev libsqlite3-dev libssl-dev)
include(CPack)
cpack_add_component_group(service)
cpack_add_component_group(libraries)
cpack_add_component_group(developers)
cpack_add_component(program GROUP service)
cpack_add_component(package GROUP service)
cpack_add_component(library GROUP libraries)
cpack_add_component(library_package GROUP libraries)
cpack_add_component(development GROUP developers)
cpack_add_component(development_package GROUP developers)
