#pragma once

#include "actors/node_settings.hpp"
#include "app/options/api_address.hpp"
#include "app/options/gateway_values.hpp"
#include "app/options/log_format.hpp"
#include "app/options/topic_scores.hpp"
#include "gossip/mesh/subscription_filter.hpp"

#include <spdlog/common.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::app {

/// What can be configured of a node, with its defaults: its settings, and what
/// the program makes more of. `options.hpp` names each of these for people.
struct settings : node_settings {
  // `listen`, where empty: the command's default.

  /// The file with the node's key; not set: the command's default.
  std::optional<std::filesystem::path> identity;
  /// The file with the key of the private network; not set: it is in none.
  std::optional<std::filesystem::path> swarm_key;
  /// The file with further `allowed_peers`; not set: none.
  std::optional<std::filesystem::path> allow_peers_file;
  /// Not set: the command's default.
  std::optional<spdlog::level::level_enum> log_level;
  app::log_format log_format = app::log_format::text;
  /// Not set: standard error.
  std::optional<std::filesystem::path> log_file;

  /// The HTTP API; not set: run's default.
  std::optional<api_address> api;
  /// The bearer token that it asks for; not set: none.
  std::optional<std::filesystem::path> api_token_file;
  /// Its TLS: certificate and key; not set: none.
  std::optional<std::filesystem::path> api_certificate;
  std::optional<std::filesystem::path> api_key;
  /// Who signs the certificates that clients must have; not set: they need
  /// none.
  std::optional<std::filesystem::path> api_client_ca;
  /// Bytes that may wait for each client of its streams.
  std::size_t api_stream_buffer = std::size_t{8} << 20;
  /// Peers without which the node is not ready.
  std::size_t ready_peers = 0;
  /// The same in the mesh of each of its topics.
  std::size_t ready_mesh = 0;

  /// The gateway for applications of other processes; not set: none.
  std::optional<gateway_address> gateway;
  /// Its TLS, and who signs the certificates of both sides; not set: none.
  std::optional<std::filesystem::path> gateway_ca;
  std::optional<std::filesystem::path> gateway_certificate;
  std::optional<std::filesystem::path> gateway_key;
  /// The topics that they may name; both empty: all.
  std::vector<std::string> gateway_topics;
  std::vector<std::string> gateway_patterns;
  /// What they may do; empty: what `gateway_rights` begin with.
  std::vector<gateway_right> gateway_allow;

  gossip::subscription_filter_options filter;

  /// What `score` and `params.thresholds` begin with.
  gossip::score_profile score_profile = gossip::score_profile::standard;
  /// For the profile of that name; the degree is the mesh's.
  gossip::ethereum_network ethereum;
  /// What is different in the scores of topics, which `complete_scoring` adds.
  std::vector<named_topic_score> score_topics;
  std::optional<topic_score_changes> score_other_topics;
  /// Besides the profile's; likewise.
  std::vector<libp2p::ip_prefix> colocation_whitelist;

  /// By the option's name, the texts of what is shown only if it was given.
  std::map<std::string, std::string> given;
};

/// How often counters fade.
inline const gossip::score_parameters& decays_of(const settings& s) {
  return s.score;
}

/// Scores as the profile has it, in place of all that was set of them.
void use_profile(settings& s);

/// Adds to the scores what is different in topics and in addresses. Whether
/// they are valid is for `gossip::validate` to say.
void complete_scoring(settings& s);

} // namespace grapevine::app
