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
      partner<close_transport, use_networks, use_addresses, tell_host_counts>;
  using interfaces_partner = partner<interfaces_settled>;
  using resolver_partner = partner<resolve_address>;
  using mdns_partner = partner<use_lan>;
  using store_partner =
      partner<remember_peers, remember_bans, recall_peers, close_store>;
  using peer_partner = partner<adopt_connection, use_addresses, stop_peer,
                               disconnect_peer, tell_counts, inspect_peer>;

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
  node_fixture(const change& how, bool started);

  ~node_fixture();

  reply_ptr<node_started> start() {
    return ask_node<node_started>(start_node{});
  }

  /// Whether the node's actor has ended, and why.
  std::shared_ptr<std::optional<caf::error>> watch_end() const;

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
    act([this, result, question](caf::event_based_actor* self) {
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
                                 libp2p::role role = libp2p::role::listener);

  /// Peer `number` dials the node.
  connection_ptr arrive(std::uint32_t number,
                        const libp2p::multiaddr& from = address(4001));

  /// Each from an address of its own.
  connection_ptr arrive_alone(std::uint32_t number) {
    return arrive(number,
                  address(4001, "198.51.100." + std::to_string(number)));
  }

  /// An attempt has led to peer `number`.
  connection_ptr reach(const started_dial& dial, std::uint32_t number);

  /// The last attempt has led to peer `number`.
  connection_ptr reach(std::uint32_t number) {
    REQUIRE_FALSE(dials.empty());
    return reach(dials.back(), number);
  }

  /// An attempt has led nowhere, and its actor ends.
  void fail(started_dial& dial, const std::string& reason = "refused");

  /// The last connection of peer `number` has ended.
  void lose(std::uint32_t number, std::size_t adopted = 1);

  /// The peer's actor, the latest if there were several.
  peer_partner& peer(std::uint32_t number);

  node_snapshot inspect();

  bool connected(std::uint32_t number);

  std::string log() const { return log_.str(); }

  virtual_system system;

  /// What the node's actors share, once it was started.
  context_ptr ctx;
  mesh_partner mesh;
  cache_partner cache;
  resolver_partner resolver;
  /// Those that were started when it had died.
  std::deque<resolver_partner> more_resolvers;
  /// Made only if the configuration names a file.
  store_partner store;
  std::deque<validator_partner> validators;
  std::deque<heartbeat_partner> heartbeats;
  std::deque<started_listener> listeners;
  std::deque<started_dial> dials;
  std::deque<started_peer> peers;
  /// Made only if something listens on all interfaces.
  std::deque<interfaces_partner> interfaces_watches;
  /// Made only if the configuration wants it.
  std::deque<mdns_partner> mdns;
  /// What the machine has.
  std::vector<interface_address> interfaces{
      {libp2p::ip_address::from_text("127.0.0.1").value(), "lo", 1, false},
      {libp2p::ip_address::from_text("198.51.100.200").value(), "eth0", 2,
       true}};
  /// What the message cache was made with.
  std::vector<validator_actor> cache_validators;

private:
  std::ostringstream log_;
  node_config config_;

public:
  node_internal_actor node;

private:
  // Lets an actor do so, for as long as it waits for something.
  void act(std::function<void(caf::event_based_actor*)> what);
  node_config make_config(const change& how);

  node_parts make_parts();
};

// Compiled once, in node_fixture.cpp: each costs seconds.
extern template class recorder<
    meet_partners, observe_events, peer_left, set_direct, set_application_score,
    join_topic, leave_topic, inspect_scores, await_peers, leave_all,
    inspect_mesh, set_partial_topic, publish_partial, set_topic_score,
    use_scoring, inspect_addresses, record_learned, tell_counts>;
extern template class partner<
    meet_partners, observe_events, peer_left, set_direct, set_application_score,
    join_topic, leave_topic, inspect_scores, await_peers, leave_all,
    inspect_mesh, set_partial_topic, publish_partial, set_topic_score,
    use_scoring, inspect_addresses, record_learned, tell_counts>;
extern template class recorder<bound_validation, peer_left, set_direct,
                               block_peer, publish_own, publish_own_batch,
                               set_subscribers, inspect_cache, tell_counts>;
extern template class partner<bound_validation, peer_left, set_direct,
                              block_peer, publish_own, publish_own_batch,
                              set_subscribers, inspect_cache, tell_counts>;
extern template class recorder<use_validation, judge_own, tell_counts>;
extern template class partner<use_validation, judge_own, tell_counts>;
extern template class recorder<stop_heartbeat, tell_counts>;
extern template class partner<stop_heartbeat, tell_counts>;
extern template class recorder<close_transport, use_networks, use_addresses,
                               tell_host_counts>;
extern template class partner<close_transport, use_networks, use_addresses,
                              tell_host_counts>;
extern template class recorder<resolve_address>;
extern template class partner<resolve_address>;
extern template class recorder<remember_peers, remember_bans, recall_peers,
                               close_store>;
extern template class partner<remember_peers, remember_bans, recall_peers,
                              close_store>;
extern template class recorder<adopt_connection, use_addresses, stop_peer,
                               disconnect_peer, tell_counts, inspect_peer>;
extern template class partner<adopt_connection, use_addresses, stop_peer,
                              disconnect_peer, tell_counts, inspect_peer>;

/// Where the tests' peers are.
inline const auto there = node_fixture::address(4001);
inline const auto elsewhere = node_fixture::address(4002);

} // namespace grapevine::test
