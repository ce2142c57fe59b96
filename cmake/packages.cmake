# The packages, by their Debian names: libprotobuf-dev protobuf-compiler
# libssl-dev libsodium-dev libsecp256k1-dev libre2-dev libexpected-dev libcaf-dev
# libspdlog-dev libsqlite3-dev.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(tl-expected REQUIRED)
find_package(sodium REQUIRED)
find_package(secp256k1 REQUIRED)
find_package(re2 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CAF_compat REQUIRED)
