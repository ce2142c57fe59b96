#pragma once

#include "actors/node_settings.hpp"
#include "gossip/mesh/subscription_filter.hpp"
#include "gossip/message/message_ids.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/secure/network_key.hpp"
#include "messages/api.hpp"
#include "proto/rpc.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace spdlog {
class logger;
}

namespace grapevine {

class identity_lock;

/// Everything about one node: its settings, and what is no plain value.
struct node_config : node_settings {
  /// With this key as its identity, which says its peer id.
  explicit node_config(libp2p::private_key key, node_settings settings = {})
      : node_settings{std::move(settings)}, identity{std::move(key)} {}

  /// Who the node is.
  libp2p::private_key identity;

  /// Kept for as long as the node lives, if its identity is from a file.
  std::shared_ptr<const identity_lock> lock;

  /// The key of the private network that it is in, from `load_network_key`:
  /// whoever does not hold it gets no connection. Null: it is in none.
  std::shared_ptr<const libp2p::network_key> network_key;

  /// Names messages; all nodes of a network use the same.
  gossip::message_ids message_ids;

  /// Which subscriptions of others are accepted, and which topics are possible
  /// here.
  gossip::subscription_filter filter;

  /// What the messages of topics must pass besides their signature.
  validation_table validation;

  /// Looks at every RPC before anything is done with it; false drops it, and
  /// the peer answers for what we asked of it and did not get. Called on
  /// several threads.
  std::function<bool(const libp2p::peer_id& from, const proto::rpc& rpc)>
      inspect_rpc;

  /// Actors that are told what happens by `trace_events`.
  std::vector<caf::actor> trace_receivers;

  /// Where the node logs to; spdlog's default logger if null.
  std::shared_ptr<spdlog::logger> log;
};

} // namespace grapevine
