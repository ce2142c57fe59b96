#pragma once

#include "actors/host/connection.hpp"
#include "actors/host/tcp_transport.hpp"
#include "actors/node/node_parts.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/partner.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::test {

/// The node's actor in virtual time. All that it starts are partners: nothing
/// is dialled, and connections are the test's word. Only the sockets that the
/// configuration wants listened on are opened, and closed at once.
class node_fixture {
public:
  using mesh_partner =
      partner<meet_partners, observe_events, peer_left, set_direct,
              set_application_score, join_topic, leave_topic, inspect_scores,
              await_peers, leave_all, inspect_mesh, set_partial_topic,
              publish_partial, set_topic_score, use_scoring, inspect_addresses,
              record_learned, tell_counts>;
  using cache_partner =
      partner<bound_validation, peer_left, set_direct, block_peer, publish_own,
              publish_own_batch, set_subscribers, inspect_cache, tell_counts>;
  using validator_partner = partner<use_validation, judge_own, tell_counts>;
  using heartbeat_partner = partner<stop_heartbeat, tell_counts>;
  using transport_partner =
      partner<close_transport, use_networks, tell_host_counts>;
  using store_partner =
      partner<remember_peers, remember_bans, recall_peers, close_store>;
  using peer_partner = partner<adopt_connection, stop_peer, disconnect_peer,
                               tell_counts, inspect_peer>;

  struct started_listener {
    endpoint where;
    host_context_ptr ctx;
    transport_partner actor;
  };
  struct started_dial {
    attempt_id attempt;
    host_context_ptr ctx;
    std::vector<libp2p::multiaddr> addresses;
    transport_partner actor;
  };
  struct started_peer {
    libp2p::peer_id id;
    peer_partners partners;
    peer_partner actor;
  };

  /// What came of a question.
  template <class Answer>
  struct reply {
    std::optional<Answer> value;
    std::optional<node_errc> code;
    std::string error;

    bool pending() const { return !value && !code; }
  };
  template <class Answer>
  using reply_ptr = std::shared_ptr<reply<Answer>>;

  using change = std::function<void(node_config&)>;

  /// A node that runs.
  explicit node_fixture(const change& how = [](node_config&) {})
      : node_fixture{how, true} {}

  /// The same, and it runs only if `started`.
  node_fixture(const change& how, bool started)
      : mesh{system.sys()}, cache{system.sys()}, store{system.sys()},
        config_{make_config(how)}, node{spawn_node(system.sys(), config_,
                                                   make_parts())} {
    mesh.answer<inspect_scores>(scores_snapshot{});
    mesh.answer<inspect_mesh>(mesh_snapshot{});
    mesh.answer<leave_all>(all_left{});
    mesh.answer<inspect_addresses>(signed_addresses{});
    store.answer<recall_peers>(recalled_peers{});
    store.on<close_store>([this](const close_store&) { store.quit(); });
    mesh.answer<set_topic_score>(changed{});
    mesh.answer<set_partial_topic>(changed{});
    mesh.answer<publish_partial>(changed{});
    cache.answer<inspect_cache>(cache_snapshot{});
    run();
    if (started)
      REQUIRE(start()->value);
  }

  ~node_fixture() {
    caf::anon_send_exit(node, caf::exit_reason::kill);
    run();
  }

  reply_ptr<node_started> start() {
    return ask_node<node_started>(start_node{});
  }

  /// Whether the node's actor has ended, and why.
  std::shared_ptr<std::optional<caf::error>> watch_end() const {
    auto result = std::make_shared<std::optional<caf::error>>();
    caf::actor_cast<caf::actor>(node)->attach_functor(
        [result](const caf::error& why) { *result = why; });
    return result;
  }

  // -- time and talk ----------------------------------------------------------

  void run() { system.run(); }
  void advance(std::chrono::nanoseconds time) { system.advance(time); }
  time_point now() { return system.sys().clock().now(); }

  template <class T>
  void say(T msg) {
    tell_from_outside(node, std::move(msg));
    run();
  }

  template <class Answer, class Question>
  reply_ptr<Answer> ask_node(Question question) {
    auto result = std::make_shared<reply<Answer>>();
    system.sys().spawn([this, result, question](caf::event_based_actor* self) {
      ask(self, node, std::chrono::hours{1}, question)
          .then([result](const Answer& got) { result->value = got; },
                [result](caf::error& why) {
                  result->code = static_cast<node_errc>(why.code());
                  result->error = reason_of(why);
                });
    });
    run();
    return result;
  }

  // -- peers ------------------------------------------------------------------

  static libp2p::multiaddr address(std::uint16_t port,
                                   const std::string& ip = "192.0.2.1") {
    return libp2p::multiaddr::from_ip_tcp(ip, port);
  }

  /// A connection without a socket, which nobody reads.
  connection_ptr connection_from(const libp2p::multiaddr& remote,
                                 libp2p::role role = libp2p::role::listener) {
    return std::make_shared<connection>(
        make_socket_stream({}, {}),
        libp2p::session{ctx->session, role, remote, std::nullopt,
                        std::array<std::uint8_t, 32>{1}, now()},
        role, remote);
  }

  /// Peer `number` dials the node.
  connection_ptr arrive(std::uint32_t number,
                        const libp2p::multiaddr& from = address(4001)) {
    auto conn = connection_from(from);
    say(connection_established{0, numbered_peer(number), conn,
                               std::make_shared<event_recorder>()});
    return conn;
  }

  /// Each from an address of its own.
  connection_ptr arrive_alone(std::uint32_t number) {
    return arrive(number,
                  address(4001, "198.51.100." + std::to_string(number)));
  }

  /// An attempt has led to peer `number`.
  connection_ptr reach(const started_dial& dial, std::uint32_t number) {
    auto conn = connection_from(dial.addresses.front(), libp2p::role::dialer);
    say(connection_established{dial.attempt, numbered_peer(number), conn,
                               std::make_shared<event_recorder>()});
    return conn;
  }

  /// The last attempt has led to peer `number`.
  connection_ptr reach(std::uint32_t number) {
    REQUIRE_FALSE(dials.empty());
    return reach(dials.back(), number);
  }

  /// An attempt has led nowhere, and its actor ends.
  void fail(started_dial& dial, const std::string& reason = "refused") {
    say(dial_failed{dial.attempt, dial.addresses.front(), reason});
    dial.actor.quit();
    run();
  }

  /// The last connection of peer `number` has ended.
  void lose(std::uint32_t number, std::size_t adopted = 1) {
    say(peer_lost{numbered_peer(number), adopted, "closed by the peer"});
  }

  /// The peer's actor, the latest if there were several.
  peer_partner& peer(std::uint32_t number) {
    const auto found =
        std::find_if(peers.rbegin(), peers.rend(), [&](const auto& one) {
          return one.id == numbered_peer(number);
        });
    REQUIRE(found != peers.rend());
    return found->actor;
  }

  node_snapshot inspect() {
    const auto got = ask_node<node_snapshot>(inspect_node{});
    REQUIRE(got->value);
    return *got->value;
  }

  bool connected(std::uint32_t number) {
    const auto all = inspect().peers;
    return std::ranges::any_of(all, [&](const auto& one) {
      return one.peer == numbered_peer(number);
    });
  }

  std::string log() const { return log_.str(); }

  virtual_system system;

  /// What the node's actors share, once it was started.
  context_ptr ctx;
  mesh_partner mesh;
  cache_partner cache;
  /// Made only if the configuration names a file.
  store_partner store;
  std::deque<validator_partner> validators;
  std::deque<heartbeat_partner> heartbeats;
  std::deque<started_listener> listeners;
  std::deque<started_dial> dials;
  std::deque<started_peer> peers;
  /// What the message cache was made with.
  std::vector<validator_actor> cache_validators;

private:
  std::ostringstream log_;
  node_config config_;

public:
  node_internal_actor node;

private:
  node_config make_config(const change& how) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(1);
    node_config result{libp2p::private_key::ed25519_from_seed(seed)};
    result.validators = 1;
    result.redial_min = std::chrono::seconds{1};
    result.redial_max = std::chrono::seconds{60};
    result.log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    result.log->set_level(spdlog::level::debug);
    result.log->set_pattern("%l %v");
    how(result);
    return result;
  }

  node_parts make_parts() {
    node_parts parts;
    parts.reactor = [](caf::actor_system&) {
      return std::make_shared<reactor_link>();
    };
    parts.mesh_manager = [this](caf::actor_system&, context_ptr shared) {
      ctx = std::move(shared);
      return mesh.as<mesh_manager_actor>();
    };
    parts.message_cache = [this](caf::actor_system&, const context_ptr&,
                                 const mesh_manager_actor& to,
                                 std::vector<validator_actor> those) {
      CHECK(to == mesh.as<mesh_manager_actor>());
      cache_validators = std::move(those);
      return cache.as<message_cache_actor>();
    };
    parts.validator = [this](caf::actor_system& sys, const context_ptr&) {
      auto& one = validators.emplace_back(sys);
      one.answer<use_validation>(changed{});
      return one.as<validator_actor>();
    };
    parts.heartbeat = [this](caf::actor_system& sys, const context_ptr&,
                             const mesh_manager_actor& to) {
      CHECK(to == mesh.as<mesh_manager_actor>());
      return heartbeats.emplace_back(sys).as<heartbeat_actor>();
    };
    parts.listener = [this](caf::actor_system& sys, host_context_ptr shared,
                            const stream_listener_ptr& from,
                            const connection_sink&) {
      listeners.push_back({endpoint::of(from->address()).value(),
                           std::move(shared), transport_partner{sys}});
      return listeners.back().actor.as<listener_actor>();
    };
    parts.dialer = [this](caf::actor_system& sys, host_context_ptr shared,
                          attempt_id attempt,
                          std::vector<libp2p::multiaddr> addresses,
                          const connection_sink&) {
      dials.push_back({attempt, std::move(shared), std::move(addresses),
                       transport_partner{sys}});
      return dials.back().actor.as<connector_actor>();
    };
    parts.peer_store = [this](caf::actor_system&, const peer_store_setup&) {
      return store.as<peer_store_actor>();
    };
    parts.peer = [this](caf::actor_system& sys, const context_ptr&,
                        const libp2p::peer_id& id, peer_partners partners) {
      peers.push_back({id, std::move(partners), peer_partner{sys}});
      return peers.back().actor.as<peer_actor>();
    };
    return parts;
  }
};

} // namespace grapevine::test
