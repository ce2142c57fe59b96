# The packages that the libraries are made of, each once: what find_package is
# told, its target, and what pkg-config calls it or, where it knows none, how it
# is linked. By their Debian names: libprotobuf-dev protobuf-compiler libssl-dev
# libsodium-dev libsecp256k1-dev libre2-dev libexpected-dev libcaf-dev
# libspdlog-dev libsqlite3-dev libc-ares-dev. Installed, the same names are asked for by
# cmake/grapevine-config.cmake.in.
set(THREADS_PREFER_PTHREAD_FLAG ON)

# grapevine_package(NAME "ARGUMENTS OF find_package" TARGET [PKG_CONFIG])
macro(grapevine_package name arguments target)
  set(grapevine_${name}_find "${arguments}")
  set(grapevine_${name}_target ${target})
  set(grapevine_${name}_pc ${ARGN})
  separate_arguments(words UNIX_COMMAND "${arguments}")
  find_package(${words} REQUIRED)
endmacro()

grapevine_package(protobuf "Protobuf" protobuf::libprotobuf protobuf)
grapevine_package(crypto "OpenSSL 3.0" OpenSSL::Crypto libcrypto)
grapevine_package(sodium "sodium" sodium::sodium libsodium)
grapevine_package(secp256k1 "secp256k1" secp256k1::secp256k1 libsecp256k1)
grapevine_package(re2 "re2" re2::re2 re2)
grapevine_package(expected "tl-expected" tl::expected) # headers alone
grapevine_package(spdlog "spdlog" spdlog::spdlog spdlog)
grapevine_package(cares "cares" cares::cares libcares)
grapevine_package(sqlite "SQLite3" SQLite::SQLite3 sqlite3)
# A part of the C library, which is not looked for.
set(grapevine_resolv_target resolv)
set(grapevine_resolv_pc -lresolv)
grapevine_package(caf "CAF_compat COMPONENTS core" CAF::core -lcaf_core)
grapevine_package(caf_io "CAF_compat COMPONENTS io" CAF::io -lcaf_io)
grapevine_package(caf_openssl "CAF_compat COMPONENTS openssl" CAF::openssl
                  -lcaf_openssl)
grapevine_package(ssl "OpenSSL 3.0" OpenSSL::SSL libssl)
# CAF's testing scheduler: 0.17 has it in its core, and of 1.x not everybody has
# the component.
if(CAF_compat_VERSION VERSION_LESS 1)
  grapevine_package(caf_test "CAF_compat COMPONENTS core" CAF::core -lcaf_core)
else()
  find_package(CAF_compat QUIET COMPONENTS core test)
  if(CAF_compat_FOUND)
    grapevine_package(caf_test "CAF_compat COMPONENTS core test" CAF::test
                      -lcaf_test)
  endif()
endif()
