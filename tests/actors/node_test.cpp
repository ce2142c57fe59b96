// How a node starts, goes on when a part of it ends, and stops.
#include "libp2p/peer_record.hpp"
#include "libp2p/yamux.hpp"
#include "tests/support/node_fixture.hpp"
#include "tests/support/recorder.hpp"

#include <sys/resource.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using change = node_fixture::change;

const auto here = libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0);
const auto there = node_fixture::address(4001);
const auto nobody = [](node_config&) {};

// Why a node with such a configuration does not start.
void check_refused(const change& how, node_errc code, const std::string& why) {
  node_fixture f{how, false};
  const auto got = f.start();
  INFO(why);
  CHECK(got->code == code);
  CHECK_THAT(got->error, Catch::Contains(why));
  CHECK(f.ctx == nullptr);
}

// A node that listens, is connected to two peers and dials a third.
struct busy_fixture : node_fixture {
  busy_fixture()
      : node_fixture{[](node_config& config) {
          config.listen = {here};
          config.validators = 2;
        }} {
    arrive(1);
    arrive(2);
    dial = ask_node<peer_connected>(connect_peer{there});
    REQUIRE(dials.size() == 1);
  }

  void stop(std::chrono::milliseconds deadline = 4s) {
    stopped = ask_node<node_stopped>(stop_node{deadline});
  }

  void end_listener() {
    listeners[0].actor.quit();
    run();
  }
  void end_peer(std::uint32_t number) {
    peer(number).quit();
    run();
  }

  // Whoever stays ends with the node, however it ends.
  void check_all_ended() {
    CHECK(mesh.ended());
    CHECK(cache.ended());
    for (const auto& one : validators)
      CHECK(one.ended());
    for (const auto& one : heartbeats)
      CHECK(one.ended());
    for (const auto& one : listeners)
      CHECK(one.actor.ended());
    // One that was told to end does so by itself.
    for (const auto& one : dials)
      CHECK((one.actor.ended() || !one.actor.all<close_transport>().empty()));
    for (const auto& one : peers)
      CHECK(one.actor.ended());
  }

  reply_ptr<peer_connected> dial;
  reply_ptr<node_stopped> stopped;
};

// Whether the node's actor has ended, and why.
std::shared_ptr<std::optional<caf::error>> end_of(const node_fixture& f) {
  auto result = std::make_shared<std::optional<caf::error>>();
  caf::actor_cast<caf::actor>(f.node)->attach_functor(
      [result](const caf::error& why) { *result = why; });
  return result;
}

// Another one at the address while it lives.
struct squatter {
  explicit squatter(const endpoint& where) : fd{listen_on(where).value()} {}
  unique_fd fd;
};

} // namespace

// -- start --------------------------------------------------------------------

TEST_CASE("node: it starts once") {
  node_fixture f{nobody, false};
  CHECK(f.start()->value);
  const auto again = f.start();
  CHECK(again->code == node_errc::not_running);
  CHECK(again->error == "the node was started before");
  CHECK(f.heartbeats.size() == 1);
}

TEST_CASE("node: its parts know each other") {
  node_fixture f{[](node_config& config) { config.validators = 3; }, false};
  recorder<node_event> observer{f.system.sys()};
  f.say(watch_node{observer.actor()});
  CHECK(f.mesh.all<observe_events>().empty());
  f.start();
  CHECK(f.mesh.only<meet_partners>().cache
        == f.cache.as<message_cache_actor>());
  CHECK(f.mesh.only<meet_partners>().events == f.node);
  // Also those who observe from before the start.
  CHECK(f.mesh.only<observe_events>().wanted);
  REQUIRE(f.validators.size() == 3);
  REQUIRE(f.cache_validators.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(f.cache_validators[i] == f.validators[i].as<validator_actor>());
  CHECK(f.heartbeats.size() == 1);
  CHECK(f.listeners.empty());
}

TEST_CASE("node: what was configured is begun at the start") {
  node_fixture f{[](node_config& config) {
    config.topics = {"t"};
    config.peers = {there};
    config.direct_peers = {
        node_fixture::address(4002).with_peer(numbered_peer(2))};
    config.validation["u"].max_messages = 11;
  }};
  CHECK(f.cache.only<bound_validation>().topic == "u");
  CHECK(f.cache.only<bound_validation>().messages == 11U);
  CHECK(f.mesh.only<join_topic>().topic == "t");
  CHECK(f.mesh.only<set_direct>().peer == numbered_peer(2));
  CHECK(f.mesh.only<set_direct>().direct);
  REQUIRE(f.dials.size() == 2);
  CHECK(f.dials[0].addresses == std::vector{there});
}

TEST_CASE("node: without observers none are reported to, and there is a "
          "validator for each core") {
  node_fixture f{[](node_config& config) { config.validators = 0; }};
  CHECK(f.mesh.all<observe_events>().empty());
  CHECK(f.validators.size() == usable_cores());
}

TEST_CASE("node: what its actors share is what was configured") {
  node_fixture f{[](node_config& config) {
    config.agent_version = "agent/1";
    config.max_queued_bytes = 1'111;
    config.max_unfinished_bytes = 2'222;
    config.session.handshake_timeout = 77ms;
    config.session.max_buffered = 1;
    config.max_rpc_size = 3'333;
    config.listen = {here};
  }};
  const auto& ctx = *f.ctx;
  CHECK(ctx.self == libp2p::peer_id::of(ctx.config.identity.public_part()));
  CHECK(ctx.log == ctx.config.log);
  CHECK(ctx.trace == nullptr);
  REQUIRE(ctx.memory);
  CHECK(ctx.memory->queued.max() == 1'111);
  CHECK(ctx.memory->unfinished.max() == 2'222);
  const auto& session = *ctx.session;
  CHECK(session.identity->peer() == ctx.self);
  CHECK(session.limits.handshake_timeout == 77ms);
  // The largest RPC must fit behind what waits already.
  CHECK(session.limits.max_buffered == 6'666);
  CHECK(session.agent_version == "agent/1");
  CHECK(session.protocol_version == "ipfs/0.1.0");
  std::vector<std::string> versions;
  for (const auto version : gossip::offered_versions())
    versions.emplace_back(gossip::protocol_id(version));
  CHECK(session.inbound_protocols == versions);
  const auto record = libp2p::open_peer_record(ctx.signed_record);
  REQUIRE(record);
  CHECK(record->peer == ctx.self);
  REQUIRE(ctx.addresses.size() == 1);
  CHECK(record->addrs == std::vector{ctx.addresses[0].without_peer()});
}

TEST_CASE("node: what a session may buffer is not made less than configured") {
  node_fixture f{[](node_config& config) {
    config.session.max_buffered = 9'999;
    config.max_rpc_size = 3'333;
  }};
  CHECK(f.ctx->session->limits.max_buffered == 9'999);
}

TEST_CASE("node: it listens where it is configured to, and says where it can "
          "be dialled") {
  node_fixture f{[](node_config& config) {
                   config.listen = {here, here};
                 },
                 false};
  const auto started = f.start();
  REQUIRE(started->value);
  REQUIRE(f.listeners.size() == 2);
  std::vector<libp2p::multiaddr> expected;
  for (const auto& one : f.listeners)
    expected.push_back(one.where.to_multiaddr().with_peer(f.ctx->self));
  CHECK(started->value->addresses == expected);
  CHECK(f.ctx->addresses == expected);
}

TEST_CASE("node: who listens on all interfaces says the address of each") {
  node_fixture f{[](node_config& config) {
    config.listen = {libp2p::multiaddr::from_ip_tcp("0.0.0.0", 0)};
  }};
  REQUIRE(f.listeners.size() == 1);
  const auto loopback =
      libp2p::multiaddr::from_ip_tcp("127.0.0.1", f.listeners[0].where.port());
  const auto& all = f.ctx->addresses;
  CHECK(std::ranges::count(all, loopback.with_peer(f.ctx->self)) == 1);
}

TEST_CASE("node: an address that is no place to listen is an error") {
  check_refused(
      [](node_config& config) {
        config.listen = {
            libp2p::multiaddr::from_text("/dns4/localhost/tcp/1").value()};
      },
      node_errc::bad_address, "cannot listen on /dns4/localhost/tcp/1: only");
  const squatter other{endpoint::of(here).value()};
  const auto taken = local_endpoint(other.fd.get()).to_multiaddr();
  check_refused(
      [&](node_config& config) {
        config.listen = {here, taken};
      },
      node_errc::bad_address, taken.to_text());
}

TEST_CASE("node: parameters that break a rule are an error") {
  const auto bad = node_errc::bad_parameters;
  const auto peer = there.with_peer(numbered_peer(1));
  check_refused([](node_config& config) { config.params.mesh.degree = 100; },
                bad, "");
  check_refused([](node_config& config) { config.score.decay_interval = 0s; },
                bad, "");
  check_refused(
      [](node_config& config) {
        config.gater.emplace();
        config.gater->global_decay = 7;
      },
      bad, "");
  check_refused(
      [](node_config& config) {
        config.topics = {"t", ""};
      },
      bad, "a topic needs a name");
  check_refused(
      [&](node_config& config) {
        config.direct_peers = {peer, there};
      },
      bad, "a direct peer's address must end in /p2p/ID");
  const std::string handshakes = "must be at least 1";
  check_refused([](node_config& config) { config.max_handshakes = 0; }, bad,
                handshakes);
  check_refused(
      [](node_config& config) { config.max_handshakes_per_address = 0; }, bad,
      handshakes);
  check_refused([](node_config& config) { config.connections_per_second = 0; },
                bad, handshakes);
  // Each of these may be one.
  node_fixture f{[](node_config& config) {
    config.max_handshakes = config.max_handshakes_per_address = 1;
    config.connections_per_second = 1;
    config.gater.emplace();
  }};
}

TEST_CASE("node: a peer that cannot be dialled is an error, wherever it is "
          "listed") {
  const auto udp = libp2p::multiaddr::from_text("/ip4/192.0.2.1/udp/1")
                       .value()
                       .with_peer(numbered_peer(1));
  check_refused(
      [&](node_config& config) {
        config.peers = {there, udp};
      },
      node_errc::bad_address, "cannot dial " + udp.to_text());
  check_refused([&](node_config& config) { config.direct_peers = {udp}; },
                node_errc::bad_address, "cannot dial " + udp.to_text());
}

TEST_CASE("node: errors have names") {
  using enum node_errc;
  const std::vector<std::pair<node_errc, std::string>> names{
      {none, "none"},
      {not_running, "not running"},
      {bad_address, "bad address"},
      {dial_failed, "dial failed"},
      {too_large, "too large"},
      {unknown_topic, "unknown topic"},
      {bad_parameters, "bad parameters"},
      {not_ready, "not ready"}};
  for (const auto& [code, name] : names)
    CHECK(to_string(code) == name);
}

TEST_CASE("node: no more peers than the process may have descriptors for, "
          "which who listens is told") {
  struct few_descriptors {
    few_descriptors() {
      ::getrlimit(RLIMIT_NOFILE, &before);
      auto few = before;
      few.rlim_cur = 64;
      ::setrlimit(RLIMIT_NOFILE, &few);
    }
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before); }
    rlimit before{};
  };
  const bool listens = GENERATE(true, false);
  node_fixture f{[&](node_config& config) {
                   config.outbound_reserve = 0;
                   if (listens)
                     config.listen = {here};
                 },
                 false};
  {
    const few_descriptors limit;
    f.start();
  }
  const std::string warning = "warning at most 40 peers instead of 10000: the "
                              "process may have only 64 open files";
  CHECK((f.log().find(warning) != std::string::npos) == listens);
  REQUIRE(f.ctx);
  CHECK(f.ctx->config.max_peers == 40);
  for (std::uint32_t i = 1; i <= 41; ++i)
    f.arrive_alone(i);
  CHECK(f.connected(40));
  CHECK_FALSE(f.connected(41));
}

// -- what ends by itself ------------------------------------------------------

TEST_CASE("node: without its mesh manager, its cache or a validator it ends, "
          "and all with it") {
  busy_fixture f;
  const auto ended = end_of(f);
  std::string who;
  SECTION("mesh manager") {
    who = "mesh manager";
    f.mesh.die();
  }
  SECTION("message cache") {
    who = "message cache";
    f.cache.die();
  }
  SECTION("validator") {
    who = "validator";
    f.validators[1].die();
  }
  f.run();
  REQUIRE(*ended);
  CHECK(**ended == caf::exit_reason::unhandled_exception);
  CHECK_THAT(f.log(), Catch::Contains("critical the " + who + " has died"));
  f.check_all_ended();
}

TEST_CASE("node: however it ends, all end with it") {
  busy_fixture f;
  caf::anon_send_exit(f.node, caf::exit_reason::kill);
  f.run();
  f.check_all_ended();
}

TEST_CASE("node: a heartbeat that dies is made anew, each time") {
  busy_fixture f;
  for (std::size_t i = 1; i <= 3; ++i) {
    f.heartbeats.back().die();
    f.run();
    CHECK(f.heartbeats.size() == i + 1);
  }
  CHECK_THAT(f.log(), Catch::Contains("error the heartbeat has died"));
  f.stop();
  CHECK(f.heartbeats.back().all<stop_heartbeat>().size() == 1);
}

TEST_CASE("node: a listener that dies or fails is made anew at its address, "
          "after a pause") {
  busy_fixture f;
  const auto where = f.listeners[0].where.to_multiaddr();
  const bool says_so = GENERATE(true, false);
  if (says_so) {
    f.say(listener_failed{where, "it is raining"});
    f.end_listener();
    CHECK_THAT(f.log(),
               Catch::Contains("error not listening any more: it is raining "
                               "addr="
                               + where.to_text()));
  } else {
    f.listeners[0].actor.die();
    f.run();
  }
  f.advance(999ms);
  CHECK(f.listeners.size() == 1);
  f.advance(1ms);
  REQUIRE(f.listeners.size() == 2);
  if (says_so)
    CHECK(f.listeners[1].where.to_multiaddr() == where);
  // One is enough, and it is watched as the first was.
  f.advance(1h);
  CHECK(f.listeners.size() == 2);
  f.listeners[1].actor.die();
  f.advance(1s);
  CHECK(f.listeners.size() == 3);
}

TEST_CASE("node: as long as an address is taken it is tried again") {
  busy_fixture f;
  const auto where = f.listeners[0].where;
  {
    const squatter other{where};
    f.say(listener_failed{where.to_multiaddr(), "it is raining"});
    f.end_listener();
    f.advance(3s);
    CHECK(f.listeners.size() == 1);
    CHECK_THAT(f.log(), Catch::Contains("in use"));
  }
  f.advance(1s);
  CHECK(f.listeners.size() == 2);
}

TEST_CASE("node: while it stops it listens nowhere again") {
  busy_fixture f;
  const auto where = f.listeners[0].where.to_multiaddr();
  f.say(listener_failed{where, "it is raining"});
  f.cache.hold<inspect_cache>();
  f.stop(1h);
  f.say(listener_failed{where, "it is snowing"});
  f.advance(1min);
  CHECK(f.listeners.size() == 1);
  CHECK_THAT(f.log(), !Catch::Contains("snowing"));
}

// -- stop ---------------------------------------------------------------------

TEST_CASE("node: one that never started stops at once") {
  node_fixture f{nobody, false};
  const auto ended = end_of(f);
  CHECK(f.ask_node<node_stopped>(stop_node{})->value);
  REQUIRE(*ended);
  CHECK_FALSE(**ended);
}

TEST_CASE("node: it stops in order, and has stopped when all is done") {
  busy_fixture f;
  const auto ended = end_of(f);
  f.cache.hold<inspect_cache>();
  f.mesh.hold<leave_all>();
  f.stop(4s);
  // First who lets others in, the clock and the dials.
  CHECK(f.listeners[0].actor.all<close_transport>().size() == 1);
  CHECK(f.heartbeats[0].all<stop_heartbeat>().size() == 1);
  CHECK(f.dials[0].actor.all<close_transport>().size() == 1);
  CHECK(f.dial->code == node_errc::not_running);
  CHECK(f.dial->error == "the node is stopping");
  // Then what was published goes to the mesh manager, and to the peers.
  CHECK(f.mesh.all<leave_all>().empty());
  f.cache.release(cache_snapshot{});
  f.run();
  CHECK(f.mesh.all<leave_all>().size() == 1);
  CHECK(f.peer(1).all<stop_peer>().empty());
  f.mesh.release(all_left{});
  f.run();
  CHECK(f.peer(1).only<stop_peer>().deadline == 4s);
  CHECK(f.peer(2).only<stop_peer>().deadline == 4s);
  CHECK_FALSE(f.mesh.ended());
  // Then all of these end.
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->pending());
  f.end_listener();
  CHECK(f.stopped->value);
  REQUIRE(*ended);
  CHECK_FALSE(**ended);
  f.check_all_ended();
  CHECK_THAT(f.log(), !Catch::Contains("deadline"));
}

TEST_CASE("node: peers and listeners that end early do not end it before what "
          "was published is with the peers") {
  busy_fixture f;
  f.cache.hold<inspect_cache>();
  f.stop();
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->pending());
  f.cache.release(cache_snapshot{});
  f.run();
  CHECK(f.stopped->value);
}

TEST_CASE("node: without peers and listeners it has stopped at once") {
  node_fixture f;
  CHECK(f.ask_node<node_stopped>(stop_node{})->value);
}

TEST_CASE("node: a cache or mesh manager that does not answer is waited for "
          "until the deadline") {
  busy_fixture f;
  const bool cache_is_mute = GENERATE(true, false);
  if (cache_is_mute)
    f.cache.hold<inspect_cache>();
  else
    f.mesh.hold<leave_all>();
  f.stop(4s);
  f.advance(3'999ms);
  CHECK(f.peer(1).all<stop_peer>().empty());
  f.advance(1ms);
  CHECK(f.peer(1).all<stop_peer>().size() == 1);
  CHECK(f.stopped->pending());
  f.end_listener();
  f.end_peer(1);
  f.end_peer(2);
  CHECK(f.stopped->value);
}

TEST_CASE("node: peers that do not end are waited for until a bit after the "
          "deadline") {
  busy_fixture f;
  f.stop(4s);
  f.end_peer(2);
  f.advance(4'999ms);
  CHECK(f.stopped->pending());
  f.advance(1ms);
  CHECK(f.stopped->value);
  f.check_all_ended();
  CHECK_THAT(f.log(), Catch::Contains("warning stopped at the deadline with 1 "
                                      "peers unfinished"));
}

TEST_CASE("node: it stops once") {
  busy_fixture f;
  f.stop();
  const auto again = f.ask_node<node_stopped>(stop_node{});
  CHECK(again->code == node_errc::not_running);
  CHECK(again->error == "the node is stopping");
  CHECK(f.stopped->pending());
  CHECK(f.listeners[0].actor.all<close_transport>().size() == 1);
  f.say(stop_expired{});
  CHECK(f.stopped->value);
}

TEST_CASE("node: an order to stop now that nobody gave does nothing") {
  busy_fixture f;
  f.say(stop_expired{});
  CHECK(f.connected(1));
  CHECK_FALSE(f.mesh.ended());
}

TEST_CASE("node: while it stops nobody gets in, and nothing is dialled") {
  busy_fixture f;
  f.say(keep_connected{node_fixture::address(4002)});
  REQUIRE(f.dials.size() == 2);
  f.cache.hold<inspect_cache>();
  f.stop(1h);
  const auto attempt = f.dials[0].attempt;
  CHECK(f.arrive(3)->session().closed());
  CHECK_THAT(f.log(), Catch::Contains("refused: the node stops"));
  f.say(dial_failed{attempt, there, "the node stops"});
  f.fail(f.dials[1]);
  const auto refused = f.ask_node<peer_connected>(connect_peer{there});
  CHECK(refused->code == node_errc::not_running);
  CHECK(f.ask_node<changed>(
             set_direct_peer{there.with_peer(numbered_peer(9)), true})
            ->code
        == node_errc::not_running);
  f.say(keep_connected{node_fixture::address(4003)});
  f.say(connect_offered{{{numbered_peer(4), {there}}}});
  f.say(redial_peer{node_fixture::address(4002)});
  f.say(block_peer{numbered_peer(1), true});
  f.say(disconnect_from{numbered_peer(1)});
  f.advance(10min);
  CHECK(f.dials.size() == 2);
  CHECK(f.peers.size() == 2);
  CHECK(f.peer(1).all<disconnect_peer>().empty());
  CHECK(f.cache.all<block_peer>().empty());
  CHECK(f.mesh.all<set_direct>().empty());
}

TEST_CASE("node: a peer that loses its connections while the node stops is "
          "only told to end") {
  busy_fixture f;
  f.cache.hold<inspect_cache>();
  f.stop();
  f.lose(1);
  CHECK(f.peer(1).only<stop_peer>().deadline == 0ms);
  CHECK(f.mesh.all<peer_left>().empty());
}
