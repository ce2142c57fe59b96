#pragma once

#include "gossip/parameters.hpp"
#include "gossip/score/score_parameters.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::gossip {

/// Ready sets of score parameters, for use without a study of one's network.
enum class score_profile {
  /// Every peer has 0, and is offered everything. Assumes that all are trusted,
  /// or that something else keeps strangers out; nothing about addresses.
  off,
  /// For any network: honest peers come to no harm, however rare, frequent or
  /// uneven the messages are. Assumes that up to 128 of them may be behind one
  /// public address (or one /64), and any number behind one private address;
  /// nobody but whom the application raises (P5) may offer peers.
  standard,
  /// As clients of Ethereum's beacon chain have it. Assumes that most nodes
  /// have
  /// an address of their own: beyond 8 peers at one, private or not, all of
  /// them
  /// lose the mesh.
  ethereum,
};

/// Scores and what follows from them belong together.
struct scoring {
  score_parameters parameters;
  score_thresholds thresholds;
};

/// The profile's numbers; valid.
scoring scoring_of(score_profile profile);

/// `off`, `standard` or `ethereum`.
std::string_view to_string(score_profile profile);

/// The profile of that name, if there is one.
std::optional<score_profile> score_profile_of(std::string_view name);

/// What Ethereum's parameters are computed from; no number may be 0. The
/// defaults are main net's.
struct ethereum_network {
  /// Of the topics' names, in hex: `/eth2/DIGEST/beacon_block/ssz_snappy`.
  /// Without it no topic has parameters of its own.
  std::string fork_digest;
  std::size_t active_validators = 1'000'000;
  /// D.
  std::size_t mesh_degree = 8;
  std::chrono::seconds slot{12};
  std::size_t slots_per_epoch = 32;
  std::size_t attestation_subnets = 64;
  std::size_t max_committees_per_slot = 64;
  std::size_t target_committee_size = 128;
  std::size_t target_aggregators = 16;
};

/// The parameters for such a network. Topics that it does not know by name
/// count little and without P3.
scoring ethereum_scoring(const ethereum_network& network);

} // namespace grapevine::gossip
