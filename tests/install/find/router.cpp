// The rules alone, where there is no CAF.
#include <grapevine/gossip/router/router.hpp>

using namespace grapevine;

int main() {
  const gossip::router_options options;
  if (!validate(options.params))
    return 1;
  gossip::router rules{options};
  gossip::router_effects effects;
  gossip::rng gen{1};
  return rules.join("news", time_point{}, gen, effects) ? 0 : 1;
}
