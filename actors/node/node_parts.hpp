#pragma once

#include "actors/host/connector.hpp"
#include "actors/host/interfaces.hpp"
#include "actors/host/interfaces_watch.hpp"
#include "actors/host/listener.hpp"
#include "actors/host/mdns.hpp"
#include "actors/host/reactor.hpp"
#include "actors/host/resolver.hpp"
#include "actors/host/transport.hpp"
#include "actors/node.hpp"
#include "actors/node/metrics_collector.hpp"
#include "actors/node/peer_store.hpp"
#include "actors/pubsub/heartbeat.hpp"
#include "actors/pubsub/mesh_manager.hpp"
#include "actors/pubsub/message_cache.hpp"
#include "actors/pubsub/peer.hpp"
#include "actors/pubsub/validator.hpp"
#include "messages/node.hpp"

#include <functional>

namespace grapevine {

/// How a node makes those it works with. Tests put others in their places, and
/// see what the node says to them.
struct node_parts {
  transport_table transports = default_transports();
  std::function<decltype(spawn_reactor)> reactor = spawn_reactor;
  std::function<decltype(spawn_resolver)> resolver = spawn_resolver;
  std::function<decltype(spawn_mesh_manager)> mesh_manager = spawn_mesh_manager;
  std::function<decltype(spawn_message_cache)> message_cache =
      spawn_message_cache;
  std::function<decltype(spawn_validator)> validator = spawn_validator;
  std::function<decltype(spawn_heartbeat)> heartbeat = spawn_heartbeat;
  std::function<decltype(interface_addresses)> interfaces = interface_addresses;
  std::function<decltype(spawn_interfaces_watch)> interfaces_watch =
      spawn_interfaces_watch;
  std::function<decltype(spawn_mdns)> mdns = spawn_mdns;
  std::function<decltype(spawn_listener)> listener = spawn_listener;
  std::function<decltype(spawn_dialer)> dialer = spawn_dialer;
  std::function<decltype(spawn_peer)> peer = spawn_peer;
  std::function<decltype(spawn_peer_store)> peer_store = spawn_peer_store;
  std::function<decltype(spawn_metrics_collector)> metrics_collector =
      spawn_metrics_collector;
};

/// `spawn_node` with other parts.
node_internal_actor spawn_node(caf::actor_system& sys, node_config config,
                               node_parts parts);

} // namespace grapevine
