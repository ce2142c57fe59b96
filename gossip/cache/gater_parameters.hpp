#pragma once

#include "gossip/parameters.hpp"
#include "gossip/score/score_parameters.hpp"
#include "libp2p/base/keyed_hash.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>

namespace grapevine::gossip {

/// When and whom the gater turns away. The defaults are those of
/// go-libp2p-pubsub; no specification has them.
struct gater_parameters {
  /// It works while more than this part of the messages is throttled, thus not
  /// validated because there is too much to validate.
  double threshold = 0.33;
  /// Decay of the counts of all messages: within two minutes.
  double global_decay = decay_for(std::chrono::minutes{2});
  /// Decay of the counts of an address: within an hour.
  double source_decay = decay_for(std::chrono::hours{1});
  std::chrono::nanoseconds decay_interval = std::chrono::seconds{1};
  /// A counter below it is zero.
  double decay_to_zero = 0.01;
  /// How long the counts of an address are remembered after its last peer left.
  std::chrono::nanoseconds retention = std::chrono::hours{6};
  /// It rests when nothing was throttled for so long.
  std::chrono::nanoseconds quiet = std::chrono::minutes{1};
  /// What messages of each kind weigh against delivered ones.
  double duplicate_weight = 0.125;
  double ignore_weight = 1;
  double reject_weight = 16;
  /// What a delivered message of a topic counts; 1 if the topic is not here.
  libp2p::keyed_string_map<double> delivery_weights;
  /// Addresses remembered without a peer; the one to be forgotten first makes
  /// room. Ours, so that nobody can fill the memory.
  std::size_t max_retained = 16'384;
};

/// Checks `p` against the rules of go-libp2p-pubsub; the first broken one.
expected<void, parameter_error> validate(const gater_parameters& p);

} // namespace grapevine::gossip
