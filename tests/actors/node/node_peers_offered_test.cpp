// The peers that others offer to the node.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

const auto nobody = [](node_config&) {};

struct offers_fixture : node_fixture {
  explicit offers_fixture(const change& how = nobody) : node_fixture{how} {}

  // Peer `number`, at so many addresses.
  static gossip::dial_candidate candidate(std::uint32_t number,
                                          std::uint16_t addresses = 1) {
    gossip::dial_candidate result{numbered_peer(number), {}};
    for (std::uint16_t i = 0; i < addresses; ++i)
      result.addresses.push_back(address(static_cast<std::uint16_t>(4001 + i),
                                         "198.41.0." + std::to_string(number)));
    return result;
  }

  void offer(std::uint32_t first, std::uint32_t last,
             std::uint16_t addresses = 1) {
    connect_offered msg;
    for (auto i = first; i <= last; ++i)
      msg.candidates.push_back(candidate(i, addresses));
    say(msg);
  }

  // Whom the dials so far were for, in order.
  std::vector<libp2p::peer_id> dialled() const {
    std::vector<libp2p::peer_id> result;
    for (const auto& dial : dials)
      result.push_back(dial.addresses.at(0).peer().value());
    return result;
  }
};

} // namespace

TEST_CASE("node offers: an offered peer is dialled at all its addresses, each "
          "with its name") {
  offers_fixture f;
  auto offer = offers_fixture::candidate(1, 2);
  // Whoever the offer's address names, it is this peer that is wanted.
  offer.addresses[1] = offer.addresses[1].with_peer(numbered_peer(7));
  f.say(connect_offered{{offer}});
  REQUIRE(f.dials.size() == 1);
  CHECK(f.dials[0].addresses
        == std::vector{
            offer.addresses[0].with_peer(numbered_peer(1)),
            offer.addresses[1].without_peer().with_peer(numbered_peer(1))});
}

TEST_CASE("node offers: neither who is there, nor blocked, nor the node itself "
          "is dialled") {
  offers_fixture f;
  f.arrive(1);
  f.say(block_peer{numbered_peer(2), true});
  auto own = offers_fixture::candidate(3);
  own.peer = f.ctx->self;
  f.say(connect_offered{
      {offers_fixture::candidate(1), offers_fixture::candidate(2), own,
       offers_fixture::candidate(4, 0), offers_fixture::candidate(5)}});
  CHECK(f.dialled() == std::vector{numbered_peer(5)});
}

TEST_CASE("node offers: an offer of those who are there costs nothing") {
  offers_fixture f;
  for (std::uint32_t i = 1; i <= 8; ++i)
    f.arrive_alone(i);
  f.offer(1, 8, 2);
  f.offer(9, 9, 2);
  CHECK(f.dialled() == std::vector{numbered_peer(9)});
}

TEST_CASE("node offers: private addresses are dialled unless it is forbidden") {
  const bool dial_private = GENERATE(true, false);
  offers_fixture f{
      [&](node_config& config) { config.dial_private_offers = dial_private; }};
  const auto outside = node_fixture::address(4001, "198.41.0.4");
  const auto inside = node_fixture::address(4001, "10.0.0.1");
  const auto here = node_fixture::address(4001, "127.0.0.1");
  f.say(connect_offered{{{numbered_peer(1), {inside, outside, here}},
                         {numbered_peer(2), {inside}},
                         {numbered_peer(3), {here}}}});
  if (dial_private) {
    REQUIRE(f.dials.size() == 3);
    CHECK(f.dials[0].addresses.size() == 3);
  } else {
    REQUIRE(f.dials.size() == 1);
    CHECK(f.dials[0].addresses
          == std::vector{outside.with_peer(numbered_peer(1))});
  }
}

TEST_CASE("node offers: eight are dialled at once, the next when one ends") {
  offers_fixture f;
  f.offer(1, 12);
  CHECK(f.dials.size() == 8);
  f.fail(f.dials[0]);
  CHECK(f.dials.size() == 9);
  f.reach(f.dials[1], 2);
  CHECK(f.dials.size() == 10);
  f.dials[2].actor.die();
  f.run();
  CHECK(f.dials.size() == 11);
  // The end of somebody else's attempt is none of these.
  f.ask_node<peer_connected>(connect_peer{node_fixture::address(1)});
  REQUIRE(f.dials.size() == 12);
  f.fail(f.dials[11]);
  CHECK(f.dials.size() == 12);
}

TEST_CASE("node offers: no more addresses are dialled in a second than there "
          "may be, and the rest later") {
  offers_fixture f;
  f.offer(1, 8, 3);
  // Of sixteen at once fifteen.
  CHECK(f.dials.size() == 5);
  f.advance(499ms);
  CHECK(f.dials.size() == 5);
  f.advance(2ms);
  CHECK(f.dials.size() == 6);
  f.advance(740ms);
  CHECK(f.dials.size() == 6);
  f.advance(20ms);
  CHECK(f.dials.size() == 7);
  f.advance(1s);
  CHECK(f.dials.size() == 8);
}

TEST_CASE("node offers: none is dialled while all places are taken") {
  offers_fixture f{[](node_config& config) {
    config.max_peers = 4;
    config.outbound_reserve = 0;
  }};
  f.arrive(1);
  f.arrive(2);
  f.arrive(3);
  f.offer(11, 11);
  REQUIRE(f.dials.size() == 1);
  f.arrive(4);
  f.offer(12, 12);
  CHECK(f.dials.size() == 1);
  f.lose(4);
  f.offer(13, 13);
  CHECK(
      f.dialled()
      == std::vector{numbered_peer(11), numbered_peer(12), numbered_peer(13)});
}

TEST_CASE("node offers: who has come while it waited is not dialled, others "
          "are") {
  offers_fixture f;
  f.offer(1, 10);
  REQUIRE(f.dials.size() == 8);
  f.arrive(9);
  f.fail(f.dials[0]);
  REQUIRE(f.dials.size() == 9);
  CHECK(f.dialled().back() == numbered_peer(10));
}

TEST_CASE("node offers: the peer's actor hears that it was offered, and of "
          "others that they were not") {
  offers_fixture f;
  f.offer(1, 1);
  f.reach(1);
  CHECK(f.peer(1).only<adopt_connection>().offered);
  f.ask_node<peer_connected>(connect_peer{node_fixture::address(1)});
  f.reach(2);
  CHECK_FALSE(f.peer(2).only<adopt_connection>().offered);
  f.arrive(3);
  CHECK_FALSE(f.peer(3).only<adopt_connection>().offered);
}

TEST_CASE("node offers: an offered peer that fails is not dialled again, but "
          "if it is offered again") {
  offers_fixture f;
  f.offer(1, 1);
  f.fail(f.dials[0]);
  f.advance(1h);
  CHECK(f.dials.size() == 1);
  f.offer(1, 1);
  CHECK(f.dials.size() == 2);
}

TEST_CASE("node offers: too many are not kept, which the log tells") {
  offers_fixture f;
  f.offer(1, 129);
  const auto line = [](std::uint32_t number) {
    return "debug an offered peer is not dialled, others are peer="
           + to_string(numbered_peer(number));
  };
  CHECK_THAT(f.log(),
             Catch::Contains(line(129)) && !Catch::Contains(line(128)));
}
