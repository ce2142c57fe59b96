#pragma once

#include "libp2p/secure/secure_channel.hpp"

#include <catch2/catch.hpp>

#include <span>
#include <utility>

namespace grapevine::test {

/// Checks that what either end of a connection encrypts the other one reads.
inline void check_talk(libp2p::secure_channel& one,
                       libp2p::secure_channel& other) {
  for (auto [from, to] : {std::pair{&one, &other}, std::pair{&other, &one}}) {
    bytes wire;
    const auto text = as_bytes("hello");
    REQUIRE(from->encrypt(std::span{&text, 1}, wire));
    bytes_view rest{wire};
    const auto opened = to->next(rest, {});
    REQUIRE(opened);
    REQUIRE(opened->has_value());
    CHECK(as_text(**opened) == "hello");
  }
}

} // namespace grapevine::test
