#pragma once

#include "gossip/limits.hpp"
#include "gossip/message_id.hpp"
#include "gossip/parameters.hpp"
#include "gossip/signing.hpp"
#include "libp2p/keys.hpp"
#include "libp2p/limits.hpp"
#include "libp2p/multiaddr.hpp"

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

/// How a node answers identify, unless configured otherwise.
std::string default_agent_version();

/// Everything about one node. The defaults make a node that any other
/// implementation talks to.
struct node_config {
  explicit node_config(libp2p::private_key key) : identity{std::move(key)} {}

  /// Who the node is.
  libp2p::private_key identity;

  /// Where it listens: `/ip4|ip6/…/tcp/…`; port 0 takes a free one.
  std::vector<libp2p::multiaddr> listen;

  /// Peers it stays connected to.
  std::vector<libp2p::multiaddr> peers;

  /// Topics it is subscribed to from the start, whoever else subscribes.
  std::vector<std::string> topics;

  /// What messages must carry; all nodes of a network use the same.
  gossip::signing_policy policy = gossip::signing_policy::strict_sign;

  /// Names messages; all nodes of a network use the same.
  gossip::message_id_function message_id = gossip::default_message_id;

  /// The mesh.
  gossip::parameters params;

  /// Bytes of one RPC, in either direction, without its length.
  std::size_t max_rpc_size = gossip::limits::rpc_size;

  /// Peers at once; further ones are turned away.
  std::size_t max_peers = 10'000;

  /// Bounds of one connection.
  libp2p::session_limits session;

  /// Name resolution, connect and handshake together.
  std::chrono::milliseconds dial_timeout{15'000};

  /// Pauses between two dials of a peer in `peers`: they double from the first
  /// to the last of these, each drawn from its upper half (jitter).
  std::chrono::milliseconds redial_min{1'000};
  std::chrono::milliseconds redial_max{60'000};

  /// Validators; 0: one for each core.
  std::size_t validators = 0;

  /// As identify tells it.
  std::string agent_version = default_agent_version();

  /// Where the node logs to; spdlog's default logger if null.
  std::shared_ptr<spdlog::logger> log;
};

} // namespace grapevine
