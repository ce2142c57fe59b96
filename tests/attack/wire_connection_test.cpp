#include "tests/attack/attack_cost.hpp"
#include "tests/attack/wire_attack.hpp"

// Who connects, and to what end: handshakes that are never made, places that
// are taken for nothing.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// Nothing ends by itself in a test's time.
constexpr auto never = 600'000ms;

std::string nth_address(int number) {
  return "127.0.1." + std::to_string(number);
}

/// A bare TCP connection from an address.
unique_fd connect_from(const endpoint& where, const std::string& from) {
  unique_fd fd{::socket(where.addr.ss_family,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  REQUIRE(fd);
  const auto source =
      endpoint::of(libp2p::multiaddr::from_ip_tcp(from, 0)).value();
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&source.addr),
                 source.size)
          == 0);
  // In progress, or done at once.
  (void)::connect(fd.get(), reinterpret_cast<const sockaddr*>(&where.addr),
                  where.size);
  return fd;
}

/// A node, and connections to it that do no more than that.
struct connection_attack : wire_attack {
  static node_config patient(node_config with = config()) {
    with.session.handshake_timeout = never;
    with.session.first_bytes_timeout = never;
    return with;
  }

  explicit connection_attack(const node_config& with = patient())
      : wire_attack{with}, where{endpoint::of(node.addresses.at(0)).value()} {}

  void hold(int count, const std::string& from, std::string_view words = {}) {
    for (int i = 0; i < count; ++i) {
      held.push_back(connect_from(where, from));
      if (words.empty())
        continue;
      pollfd poll{held.back().get(), POLLOUT, 0};
      REQUIRE(::poll(&poll, 1, 20'000) == 1);
      (void)write_some(held.back().get(), as_bytes(words));
    }
  }

  /// How many of these the node has closed.
  std::size_t closed() {
    std::array<std::uint8_t, 256> buffer;
    return static_cast<std::size_t>(
        std::ranges::count_if(held, [&](const unique_fd& fd) {
          for (;;) {
            const auto got = read_some(fd.get(), buffer);
            if (got.status != io_status::done)
              return got.status != io_status::would_block;
          }
        }));
  }

  /// Somebody who is there for the messages gets in and is heard.
  void check_welcome(std::uint8_t number, const std::string& from) {
    auto& honest = connect(number, "/meshsub/1.2.0", from);
    honest.subscribe("t");
    until([&] { return honest.heard().grafted("t"); });
    const auto text = "of " + std::to_string(number);
    honest.send(plain_message(text));
    CHECK(next_text() == text);
  }

  endpoint where;
  std::vector<unique_fd> held;
};

constexpr std::string_view multistream_header = "\x13/multistream/1.0.0\n";

} // namespace

// -- handshakes ---------------------------------------------------------------

TEST_CASE("attack: 600 silent connections of one address keep nobody out") {
  connection_attack f;
  f.hold(600, "127.0.0.2");
  f.check_welcome(9, "127.0.0.3");
  // It may have 128, and begin 320 at once.
  f.until([&] { return f.closed() >= 600 - 128; });
  CHECK(f.closed() == 600 - 128);
  f.stop();
}

TEST_CASE("attack: silent connections of many addresses go for whoever "
          "comes") {
  connection_attack f;
  for (int i = 1; i <= 10; ++i)
    f.hold(60, nth_address(i));
  f.check_welcome(9, "127.0.0.3");
  f.until([&] { return f.closed() >= 600 - 256; });
  f.stop();
}

TEST_CASE("attack: silent connections go for those of their own address who "
          "speak") {
  connection_attack f;
  f.hold(200, "127.0.0.2");
  f.check_welcome(9, "127.0.0.2");
  f.stop();
}

TEST_CASE("attack: connections that say a word and then nothing go for others "
          "once they have had their time") {
  connection_attack f;
  for (int i = 1; i <= 6; ++i)
    f.hold(100, nth_address(i), multistream_header);
  f.check_welcome(9, "127.0.0.3");
  f.until([&] { return f.closed() > 0; });
  f.stop();
}

TEST_CASE("attack: connections that are silent or begun too often cost less "
          "than handshakes") {
  constexpr int count = 200;
  const auto cost = compare_cost(
      "2,000 connections that say nothing, for 200 handshakes",
      [&] {
        connection_attack f;
        f.hold(10 * count, "127.0.0.2");
        f.until([&] { return f.closed() >= 10 * count - 128; });
        f.stop();
      },
      [&] {
        connection_attack f;
        for (int i = 0; i < count; ++i)
          wire_peer one{9, f.node.addresses.at(0)};
        f.stop();
      });
  CHECK(cost.factor() <= 3);
}

TEST_CASE("attack: a connection from a denied network costs an accept and a "
          "close") {
  auto config = connection_attack::patient();
  config.denied_networks = {libp2p::ip_prefix::from_text("127.0.0.2").value()};
  constexpr int count = 200;
  const auto cost = compare_cost(
      "2,000 connections from a denied network, for 200 handshakes",
      [&] {
        connection_attack f{config};
        f.hold(10 * count, "127.0.0.2", multistream_header);
        f.until([&] { return f.closed() == 10 * count; });
        f.check_welcome(9, "127.0.0.3");
        f.stop();
      },
      [&] {
        connection_attack f;
        for (int i = 0; i < count; ++i)
          wire_peer one{9, f.node.addresses.at(0)};
        f.stop();
      });
  CHECK(cost.factor() <= 3);
}

// -- places -------------------------------------------------------------------

namespace {

/// Identities that connect and then do nothing.
struct idle_peers {
  void add(connection_attack& f, int count, const std::string& from) {
    for (int i = 0; i < count; ++i) {
      all.push_back(std::make_unique<wire_peer>(
          next++, f.node.addresses.at(0), wire_peer_options{{protocol}, from}));
      // The node knows by the answer, or has turned it away.
      all.back()->ping();
    }
  }

  /// How many the node has turned away or disconnected.
  std::size_t ended() {
    std::vector<wire_peer*> peers;
    for (const auto& one : all)
      if (!one->ended())
        peers.push_back(one.get());
    bool once = false;
    if (!peers.empty())
      wire_peer::pump(peers, [&] { return std::exchange(once, true); });
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const auto& p) { return p->ended(); }));
  }

  // What the node may open with them.
  std::string protocol = "/meshsub/1.2.0";
  std::uint8_t next = 100;
  std::vector<std::unique_ptr<wire_peer>> all;
};

bool is_connected(connection_attack& f, const libp2p::peer_id& peer) {
  return std::ranges::any_of(f.inspect().peers,
                             [&](const auto& one) { return one.peer == peer; });
}

/// Where nobody listens.
libp2p::multiaddr unreachable(const libp2p::peer_id& peer) {
  return libp2p::multiaddr::from_ip_tcp("127.0.0.1", 1).with_peer(peer);
}

} // namespace

TEST_CASE("attack: idle identities of one address get their share of the "
          "places, and no more") {
  auto config = connection_attack::patient();
  config.max_peers = 40;
  config.max_peers_per_address = 16;
  connection_attack f{config};
  idle_peers idle;
  idle.add(f, 60, "127.0.0.2");
  f.until([&] { return idle.ended() >= 60 - 16; });
  CHECK(f.inspect().peers.size() == 16);
  f.check_welcome(9, "127.0.0.3");
  idle.all.clear();
  f.stop();
}

TEST_CASE("attack: direct and kept peers get in when all places are taken, "
          "whoever dials") {
  auto config = connection_attack::patient();
  config.max_peers = 24;
  config.outbound_reserve = 0;
  connection_attack f{config};
  const auto direct = f.net.start(2);
  const auto kept = f.net.start(3);
  idle_peers idle;
  idle.add(f, 8, "127.0.0.2");
  idle.add(f, 8, "127.0.0.3");
  // Of those that came first, one is in a mesh.
  auto& honest = f.connect(9, "/meshsub/1.2.0", "127.0.0.4");
  honest.subscribe("t");
  f.until([&] { return honest.heard().grafted("t"); });
  idle.add(f, 7, "127.0.0.5");
  CHECK(f.inspect().peers.size() == 24);
  // The node dials.
  f.net.get<changed>(f.node.actor,
                     set_direct_peer{direct.addresses.at(0), true});
  tell(f.net.self().ptr(), f.node.actor, keep_connected{kept.addresses.at(0)});
  f.until([&] { return is_connected(f, direct.id); });
  f.until([&] { return is_connected(f, kept.id); });
  CHECK(f.inspect().peers.size() == 24);
  // They dial.
  const auto other_direct = numbered_identity(70)->peer();
  const auto other_kept = numbered_identity(71)->peer();
  f.net.get<changed>(f.node.actor,
                     set_direct_peer{unreachable(other_direct), true});
  tell(f.net.self().ptr(), f.node.actor,
       keep_connected{unreachable(other_kept)});
  f.connect(70);
  f.connect(71);
  f.until([&] { return is_connected(f, other_direct); });
  f.until([&] { return is_connected(f, other_kept); });
  CHECK(f.inspect().peers.size() == 24);
  // Others do not, and nobody went who is of use.
  wire_peer stranger{72, f.node.addresses.at(0)};
  stranger.until([&] { return stranger.ended(); });
  f.until([&] { return idle.ended() == 4; });
  CHECK(is_connected(f, honest.id()));
  idle.all.clear();
  f.net.stop(direct);
  f.net.stop(kept);
  f.stop();
}

TEST_CASE("attack: places for peers that are dialled are not taken by others") {
  auto config = connection_attack::patient();
  config.max_peers = 16;
  connection_attack f{config};
  const auto other = f.net.start(2);
  idle_peers idle;
  idle.add(f, 20, "127.0.0.2");
  f.until([&] { return idle.ended() >= 6; });
  CHECK(f.inspect().peers.size() == 14);
  f.net.connect(f.node, other);
  CHECK(is_connected(f, other.id));
  idle.all.clear();
  f.net.stop(other);
  f.stop();
}

TEST_CASE("attack: where places are scarce, peers without a pubsub stream "
          "go") {
  auto config = connection_attack::patient();
  config.max_peers = 16;
  config.useless_grace = 300ms;
  connection_attack f{config};
  auto& honest = f.connect(9);
  honest.subscribe("t");
  f.until([&] { return honest.heard().grafted("t"); });
  idle_peers idle;
  idle.protocol = "/something/else";
  // Until then there is place enough.
  idle.add(f, 8, "127.0.0.2");
  f.settle(honest);
  CHECK(f.inspect().peers.size() == 9);
  idle.add(f, 5, "127.0.0.2");
  f.until([&] { return idle.ended() > 0 && f.inspect().peers.size() <= 12; });
  CHECK(is_connected(f, honest.id()));
  idle.all.clear();
  f.stop();
}
