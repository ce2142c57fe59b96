#pragma once

#include "app/options/network_values.hpp"
#include "app/options/option_values.hpp"
#include "app/options/score_settings.hpp"
#include "gossip/cache/seen_cache.hpp"
#include "gossip/limits.hpp"
#include "gossip/parameters.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace grapevine::app {

/// What can be configured of a node, with its defaults. `options.hpp` names
/// each of these for people.
struct settings {
  /// Empty: the command's default.
  std::vector<libp2p::multiaddr> listen;
  std::vector<libp2p::multiaddr> peers;
  std::vector<peer_address> direct_peers;
  std::vector<libp2p::peer_id> blocked_peers;
  std::vector<topic_name> allowed_topics;
  std::vector<topic_pattern> allowed_patterns;
  /// 0: any number.
  std::size_t max_subscriptions_per_rpc = 0;
  std::vector<topic_name> topics;
  /// The file with the node's key; not set: the command's default.
  std::optional<std::filesystem::path> identity;
  /// Not set: the command's default.
  std::optional<spdlog::level::level_enum> log_level;

  /// The file that what happens is written to; not set: none.
  std::optional<std::filesystem::path> trace;
  gossip::trace_format trace_format = gossip::trace_format::json;

  gossip::signing_policy policy = gossip::signing_policy::strict_sign;
  byte_size max_message_size{gossip::limits::rpc_size};
  /// Its thresholds are for `scores` to say.
  gossip::parameters params;
  score_settings scores;
  gossip::seen_strategy seen = gossip::seen_strategy::first_seen;
  bool monotonic_seqno = false;
  bool gater = false;
  bool dial_private_offers = true;

  std::size_t max_peers = 10'000;
  std::size_t outbound_reserve = 256;
  std::size_t max_peers_per_address = 256;
  std::size_t max_handshakes = 256;
  std::size_t max_handshakes_per_address = 128;
  std::size_t connections_per_second = 32;
  byte_size max_queued_bytes{gossip::limits::queued_bytes};
  byte_size max_unfinished_bytes{gossip::limits::unfinished_bytes};
  std::chrono::milliseconds dial_timeout{15'000};
  std::chrono::milliseconds redial_min{1'000};
  std::chrono::milliseconds redial_max{60'000};
};

} // namespace grapevine::app
