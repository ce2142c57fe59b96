# The libraries of the sources that this port lies in:
#   vcpkg install grapevine --overlay-ports=deploy/vcpkg/ports
cmake_path(SET SOURCE_PATH NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../../..)
vcpkg_check_linkage(ONLY_STATIC_LIBRARY)

vcpkg_cmake_configure(
  SOURCE_PATH ${SOURCE_PATH}
  OPTIONS -DGRAPEVINE_BUILD_APP=OFF -DGRAPEVINE_BUILD_TESTS=OFF
          -DGRAPEVINE_INSTALL=ON -DGRAPEVINE_SHARED=OFF -DGRAPEVINE_WERROR=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/grapevine)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/debug/include)
vcpkg_install_copyright(FILE_LIST ${SOURCE_PATH}/LICENSE)
