#include "tests/support/node_fixture.hpp"

namespace grapevine::test {

template class recorder<
    meet_partners, observe_events, peer_left, set_direct, set_application_score,
    join_topic, leave_topic, inspect_scores, await_peers, leave_all,
    inspect_mesh, set_partial_topic, publish_partial, set_topic_score,
    use_scoring, inspect_addresses, record_learned, tell_counts>;
template class partner<
    meet_partners, observe_events, peer_left, set_direct, set_application_score,
    join_topic, leave_topic, inspect_scores, await_peers, leave_all,
    inspect_mesh, set_partial_topic, publish_partial, set_topic_score,
    use_scoring, inspect_addresses, record_learned, tell_counts>;
template class recorder<bound_validation, peer_left, set_direct, block_peer,
                        publish_own, publish_own_batch, set_subscribers,
                        inspect_cache, tell_counts>;
template class partner<bound_validation, peer_left, set_direct, block_peer,
                       publish_own, publish_own_batch, set_subscribers,
                       inspect_cache, tell_counts>;
template class recorder<use_validation, judge_own, tell_counts>;
template class partner<use_validation, judge_own, tell_counts>;
template class recorder<stop_heartbeat, tell_counts>;
template class partner<stop_heartbeat, tell_counts>;
template class recorder<close_transport, use_networks, use_addresses,
                        tell_host_counts>;
template class partner<close_transport, use_networks, use_addresses,
                       tell_host_counts>;
template class recorder<resolve_address>;
template class partner<resolve_address>;
template class recorder<remember_peers, remember_bans, recall_peers,
                        close_store>;
template class partner<remember_peers, remember_bans, recall_peers,
                       close_store>;
template class recorder<adopt_connection, use_addresses, stop_peer,
                        disconnect_peer, tell_counts, inspect_peer>;
template class partner<adopt_connection, use_addresses, stop_peer,
                       disconnect_peer, tell_counts, inspect_peer>;

node_fixture::node_fixture(const change& how, bool started)
    : mesh{system.sys()}, cache{system.sys()}, resolver{system.sys()},
      store{system.sys()}, config_{make_config(how)}, node{spawn_node(
                                                          system.sys(), config_,
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

node_fixture::~node_fixture() {
  caf::anon_send_exit(node, caf::exit_reason::kill);
  run();
}

std::shared_ptr<std::optional<caf::error>> node_fixture::watch_end() const {
  auto result = std::make_shared<std::optional<caf::error>>();
  caf::actor_cast<caf::actor>(node)->attach_functor(
      [result](const caf::error& why) { *result = why; });
  return result;
}

void node_fixture::act(std::function<void(caf::event_based_actor*)> what) {
  system.sys().spawn(std::move(what));
}

connection_ptr node_fixture::connection_from(const libp2p::multiaddr& remote,
                                             libp2p::role role) {
  return std::make_shared<connection>(
      make_socket_stream({}, {}),
      libp2p::session{ctx->session, role, remote, std::nullopt,
                      std::array<std::uint8_t, 32>{1}, now()},
      role, remote);
}

connection_ptr node_fixture::arrive(std::uint32_t number,
                                    const libp2p::multiaddr& from) {
  auto conn = connection_from(from);
  say(connection_established{0, numbered_peer(number), conn,
                             std::make_shared<event_recorder>()});
  return conn;
}

connection_ptr node_fixture::reach(const started_dial& dial,
                                   std::uint32_t number) {
  auto conn = connection_from(dial.addresses.front(), libp2p::role::dialer);
  say(connection_established{dial.attempt, numbered_peer(number), conn,
                             std::make_shared<event_recorder>()});
  return conn;
}

void node_fixture::fail(started_dial& dial, const std::string& reason) {
  say(dial_failed{dial.attempt, dial.addresses.front(), reason});
  dial.actor.quit();
  run();
}

void node_fixture::lose(std::uint32_t number, std::size_t adopted) {
  say(peer_lost{numbered_peer(number), adopted, "closed by the peer"});
}

node_fixture::peer_partner& node_fixture::peer(std::uint32_t number) {
  const auto found =
      std::find_if(peers.rbegin(), peers.rend(), [&](const auto& one) {
        return one.id == numbered_peer(number);
      });
  REQUIRE(found != peers.rend());
  return found->actor;
}

node_snapshot node_fixture::inspect() {
  const auto got = ask_node<node_snapshot>(inspect_node{});
  REQUIRE(got->value);
  return *got->value;
}

bool node_fixture::connected(std::uint32_t number) {
  const auto all = inspect().peers;
  return std::ranges::any_of(
      all, [&](const auto& one) { return one.peer == numbered_peer(number); });
}

node_config node_fixture::make_config(const change& how) {
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

node_parts node_fixture::make_parts() {
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
  parts.interfaces =
      [this]() -> expected<std::vector<interface_address>, socket_error> {
    return interfaces;
  };
  parts.interfaces_watch = [this](caf::actor_system& sys,
                                  const std::shared_ptr<reactor_link>&,
                                  const unique_fd&, const interfaces_sink&) {
    return interfaces_watches.emplace_back(sys).as<interfaces_watch_actor>();
  };
  parts.mdns = [this](caf::actor_system& sys, const host_context_ptr&,
                      const std::vector<mdns_socket>&, const mdns_sink&) {
    return mdns.emplace_back(sys).as<mdns_actor>();
  };
  parts.dialer = [this](caf::actor_system& sys, host_context_ptr shared,
                        attempt_id attempt,
                        std::vector<libp2p::multiaddr> addresses,
                        const connection_sink&) {
    dials.push_back({attempt, std::move(shared), std::move(addresses),
                     transport_partner{sys}});
    return dials.back().actor.as<connector_actor>();
  };
  parts.resolver = [this](caf::actor_system&, const resolver_setup&) {
    return resolver.ended()
               ? more_resolvers.emplace_back(system.sys()).as<resolver_actor>()
               : resolver.as<resolver_actor>();
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

} // namespace grapevine::test
