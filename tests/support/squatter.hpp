#pragma once

#include "actors/host/socket.hpp"

namespace grapevine::test {

/// Listens at an address for as long as it lives, so that nobody else can.
struct squatter {
  explicit squatter(const endpoint& where) : fd{listen_on(where).value()} {}
  unique_fd fd;
};

} // namespace grapevine::test
