# The Debian package, made by `cpack -G DEB` in the build directory: the program
# as a service, with its manual pages and completions. What applications are
# built with is not in it.

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

# Not in an installation without a package, which knows no /etc.
set(in_package COMPONENT package EXCLUDE_FROM_ALL)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/grapevine)
install(DIRECTORY ${package_files}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        ${in_package} FILES_MATCHING PATTERN "*.1.gz")
install(FILES ${package_files}/grapevine.toml DESTINATION /etc/grapevine
        ${in_package})
install(FILES ${PROJECT_SOURCE_DIR}/deploy/systemd/grapevine.service
        DESTINATION /lib/systemd/system ${in_package})
install(FILES ${completions}/_grapevine
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        ${in_package})
install(FILES ${debian}/copyright ${package_files}/changelog.Debian.gz
        DESTINATION ${doc} ${in_package})
install(FILES ${debian}/logrotate DESTINATION ${doc}/examples ${in_package})

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

# One package of two components.
set(CPACK_COMPONENTS_ALL program package)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER
    "Grapevine maintainers <maintainers@grapevine.example>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm
                                       ${debian}/postrm ${debian}/conffiles)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "libp2p GossipSub node")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Peers publish to topics and subscribe to them. Each topic has a sparse mesh
over which messages flow, and peers gossip about recent messages to others, so
that every subscriber gets every message with no server in the middle.
.
Grapevine speaks the libp2p stack (TCP, Noise, yamux, identify) and exchanges
messages with nodes of go-libp2p, rust-libp2p, js-libp2p and py-libp2p. This
package runs a node as a service, and has the command line that publishes
messages, prints them, makes keys and measures round trips.")
include(CPack)
