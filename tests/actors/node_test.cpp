// How a node starts, and why it may not.
#include "libp2p/address/peer_record.hpp"
#include "tests/support/node_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/squatter.hpp"

#include <sys/resource.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using change = node_fixture::change;

const auto here = libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0);

// Why a node with such a configuration does not start.
void check_refused(const change& how, node_errc code, const std::string& why) {
  node_fixture f{how, false};
  const auto got = f.start();
  INFO(why);
  CHECK(got->code == code);
  CHECK_THAT(got->error, Catch::Contains(why));
  CHECK(f.ctx == nullptr);
}

} // namespace

TEST_CASE("node: it starts once") {
  node_fixture f{[](node_config&) {}, false};
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
  const std::string warning = "warning at most 36 peers instead of 10000: the "
                              "process may have only 64 open files";
  CHECK((f.log().find(warning) != std::string::npos) == listens);
  REQUIRE(f.ctx);
  CHECK(f.ctx->config.max_peers == 36);
  for (std::uint32_t i = 1; i <= 37; ++i)
    f.arrive_alone(i);
  CHECK(f.connected(36));
  CHECK_FALSE(f.connected(37));
}
