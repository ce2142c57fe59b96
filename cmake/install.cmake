# What `find_package(grapevine)` finds: the libraries, their headers below
# include/grapevine, and the modules that locate their packages.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS grapevine_proto grapevine_libp2p grapevine_gossip
                grapevine_messages grapevine_actors
        EXPORT grapevine-targets)
foreach(folder proto libp2p gossip)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder}
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/grapevine
          FILES_MATCHING PATTERN "*.hpp")
endforeach()
# Of the actors only what applications use: what these say to each other, nobody
# else can.
foreach(header messages/api.hpp messages/caf_compat.hpp messages/topic.hpp
               messages/changeable_settings.hpp messages/host_counts.hpp
               messages/init.hpp
               messages/metrics.hpp messages/type_ids.hpp
               messages/usable_cores.hpp actors/node.hpp actors/node_config.hpp
               actors/node_settings.hpp actors/identity_file.hpp
               actors/host/host_settings.hpp)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/${header}
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/grapevine/${folder})
endforeach()
install(DIRECTORY ${PROJECT_BINARY_DIR}/grapevine/proto
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/grapevine
        FILES_MATCHING PATTERN "*.pb.h" PATTERN "CMakeFiles" EXCLUDE)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/grapevine)
install(EXPORT grapevine-targets NAMESPACE grapevine:: DESTINATION ${config_dir})
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/grapevine-config.cmake.in
  ${PROJECT_BINARY_DIR}/grapevine-config.cmake
  INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/grapevine-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/grapevine-config.cmake
              ${PROJECT_BINARY_DIR}/grapevine-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/packages.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findsodium.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findsecp256k1.cmake
              ${PROJECT_SOURCE_DIR}/cmake/Findre2.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindCAF_compat.cmake
        DESTINATION ${config_dir})
