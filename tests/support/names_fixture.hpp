#pragma once

#include "actors/node/named_peers.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/numbered_address.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace grapevine::test {

inline libp2p::multiaddr named_address(const std::string& text) {
  return libp2p::multiaddr::from_text(text).value();
}

/// The name that a node is told.
inline const auto peers_name = named_address("/dns4/peers.test/tcp/4001");

/// What a node does with its names, in virtual time: who is kept, as it is
/// told.
struct names_fixture {
  explicit names_fixture(std::uint64_t seed = 42,
                         const named_peers_options& options = {})
      : gen{seed}, names{options} {
    names.add(peers_name, now);
  }

  void use(const named_peers::changes& what) {
    for (const auto& one : what.drop)
      CHECK(kept.erase(one.to_text()) == 1);
    for (const auto& one : what.keep)
      CHECK(kept.insert(one.to_text()).second);
  }

  static libp2p::found_addresses
  numbers(int from, int to,
          std::chrono::seconds ttl = std::chrono::seconds{30}) {
    libp2p::found_addresses found;
    for (int n = from; n <= to; ++n)
      found.addresses.push_back(numbered_address(n));
    found.ttl = ttl;
    return found;
  }

  named_peers::outcome answer(const libp2p::found_addresses& found) {
    if (const auto next = names.next())
      now = std::max(now, *next);
    REQUIRE(names.due(now) == std::vector{peers_name});
    CHECK_FALSE(names.next());
    auto result = names.answered(peers_name, found, now, gen);
    use(result.what);
    return result;
  }

  named_peers::outcome answer_has(int from, int to) {
    return answer(numbers(from, to));
  }

  void connect(int n) {
    use(names.connected(numbered_address(n),
                        numbered_peer(static_cast<unsigned>(n)), now, gen));
  }

  // Of the numbers, those who are kept.
  std::set<int> who() const {
    std::set<int> result;
    for (int n = 0; n < 256; ++n)
      if (kept.contains(numbered_address(n).to_text()))
        result.insert(n);
    return result;
  }

  time_point now{std::chrono::seconds{1'000}};
  gossip::rng gen;
  named_peers names;
  std::set<std::string> kept;
};

/// An answer that says why there are no addresses.
inline libp2p::found_addresses trouble(const std::string& why, bool absent) {
  libp2p::found_addresses found;
  found.error = why;
  found.absent = absent;
  return found;
}

} // namespace grapevine::test
