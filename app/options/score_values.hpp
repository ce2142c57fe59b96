#pragma once

#include "app/options/option_values.hpp"
#include "gossip/score/score_parameters.hpp"
#include "gossip/score/score_profiles.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace grapevine::app {

/// How a counter fades: the time that a counter of 1 takes (`10m`), or what it
/// is multiplied with at each decay (`0.95`).
struct fading {
  std::variant<std::chrono::milliseconds, double> how;

  /// The factor, where counters decay as `p` has it.
  double factor(const gossip::score_parameters& p) const;
  /// What has this factor.
  static fading of(double factor, const gossip::score_parameters& p);
};

/// Eight hexadecimal digits.
struct fork_digest {
  std::string text;
};

template <>
struct value_text<gossip::score_profile> {
  static parsed<gossip::score_profile> parse(std::string_view text);
  static std::string format(gossip::score_profile value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<fading> {
  static parsed<fading> parse(std::string_view text);
  static std::string format(const fading& value);
};

template <>
struct value_text<fork_digest> {
  static parsed<fork_digest> parse(std::string_view text);
  static std::string format(const fork_digest& value);
};

} // namespace grapevine::app
