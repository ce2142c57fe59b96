#include "tests/bench/rate_search.hpp"

#include <algorithm>
#include <optional>

namespace grapevine::bench {

namespace {

// Steps as long as only one side is known. Upwards in small ones: the guess is
// what the relay did under full load. Downwards in a small one, then in large
// ones.
constexpr double step_up = 1.12;
constexpr double first_step_down = 0.85;
constexpr double step_down = 0.65;

/// A probe and the rate it was asked for.
struct attempt {
  double asked = 0;
  rate_probe got;
};

double next_rate(const std::optional<attempt>& best,
                 const std::optional<attempt>& worst, double guess) {
  if (best && worst)
    return (best->asked + worst->asked) / 2;
  if (best)
    return best->asked * step_up;
  if (worst)
    return worst->asked * (worst->asked < guess ? step_down : first_step_down);
  return guess;
}

} // namespace

highest_rate search_highest_rate(double guess, const rate_probe_function& probe,
                                 const rate_search_options& options) {
  std::optional<attempt> best;
  std::optional<attempt> worst;
  highest_rate result;
  while (result.probes < options.max_probes
         && !(best && worst
              && worst->asked <= best->asked * (1 + options.tolerance))) {
    const auto rate = next_rate(best, worst, guess);
    const attempt now{rate, probe(rate)};
    ++result.probes;
    (now.got.passed ? best : worst) = now;
  }
  if (best) {
    result.rate = best->got.rate;
    result.load = best->got.load;
  }
  if (worst)
    result.load = std::max(result.load, worst->got.load);
  return result;
}

} // namespace grapevine::bench
