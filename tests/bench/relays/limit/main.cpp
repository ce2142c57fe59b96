// The limit of all relays, as a program that is driven like one of them.
// ../README.md describes it.
#include "actors/context.hpp"
#include "tests/bench/load_peer.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/bench/relays/limit/forwarder.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <unistd.h>

namespace {

// None of the load's peers has it.
constexpr std::uint32_t own_number = 200;

} // namespace

int main(int argc, char** argv) try {
  using namespace grapevine;
  CLI::App app{"What no relay can avoid"};
  bool unsigned_messages = false;
  std::size_t topics = 1;
  app.add_flag("--unsigned", unsigned_messages, "StrictNoSign");
  app.add_option("--topics", topics, "how many topics");
  // Of the mesh, which it has not.
  app.allow_extras();
  CLI11_PARSE(app, argc, argv);
  const auto identity = bench::load_identity(own_number);
  bench::forwarder relay{identity,
                         unsigned_messages
                             ? gossip::signing_policy::strict_no_sign
                             : gossip::signing_policy::strict_sign,
                         bench::load_greeting(topics, false)};
  const auto self =
      libp2p::peer_id::of(bench::numbered_key(own_number).public_part());
  std::cout << relay.address().to_multiaddr().to_text() << "/p2p/"
            << self.to_base58() << std::endl;
  while (relay.turn(STDIN_FILENO)) {
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << "limit: " << e.what() << std::endl;
  return 1;
}
