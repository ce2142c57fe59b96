#pragma once

#include "actors/node/sqlite_file.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <string>

namespace grapevine {

/// Why a peer store cannot be used.
struct peer_store_error {
  enum class reason {
    /// The file holds something else, or is not whole: to be set aside.
    unusable,
    /// Another process is at it.
    busy,
    /// It cannot be opened, read or written now.
    failed,
  };
  reason code = reason::failed;
  std::string text;

  static peer_store_error of(const sqlite_error& why);
};

/// Opens the file of a peer store, makes it and its folder where they are
/// missing, and brings the tables of an older one up to date.
expected<sqlite_file, peer_store_error>
open_peer_store(const std::string& path, std::chrono::milliseconds patience);

/// Gives a file that cannot be used another name, with what belongs to it:
/// `FILE.corrupt-TIME`; the new name, or why that is impossible.
expected<std::string, std::string>
set_aside(const std::string& path, std::chrono::system_clock::time_point now);

} // namespace grapevine
