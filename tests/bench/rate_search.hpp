#pragma once

#include <functional>

namespace grapevine::bench {

/// What one attempt at a rate showed.
struct rate_probe {
  /// Nothing was lost and nothing piled up.
  bool passed = false;
  /// Messages per second that were really relayed.
  double rate = 0;
  /// The load's share of its core meanwhile, 0 to 1.
  double load = 0;
};

/// Tries a rate, in messages per second.
using rate_probe_function = std::function<rate_probe(double)>;

/// How exact a search is, and how long it may take.
struct rate_search_options {
  /// It ends when the least rate that failed is only so much above the highest
  /// that passed.
  double tolerance = 0.06;
  int max_probes = 6;
};

/// What a search found.
struct highest_rate {
  /// The highest rate that passed, as it was relayed; 0 if none did.
  double rate = 0;
  /// The load's highest share of its core at that rate or the failed one next
  /// above: what may have kept it from being higher.
  double load = 0;
  int probes = 0;
};

/// Searches for the highest rate that passes, from `guess` on: upwards until
/// one fails, downwards until one passes, then between the two.
highest_rate search_highest_rate(double guess, const rate_probe_function& probe,
                                 const rate_search_options& options = {});

} // namespace grapevine::bench
