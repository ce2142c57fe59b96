#include "gossip/router/router_effects.hpp"

namespace grapevine::gossip {

bool router_effects::empty() const noexcept {
  return events.empty() && standings.empty() && subscriptions.empty()
         && offered_ids.empty() && announcements.empty() && control.empty()
         && partial.empty() && parts.empty() && gossip.empty() && dials.empty()
         && paces.empty() && failures.empty();
}

void router_effects::clear() noexcept {
  events.clear();
  standings.clear();
  subscriptions.clear();
  offered_ids.clear();
  announcements.clear();
  control.clear();
  partial.clear();
  parts.clear();
  gossip.clear();
  dials.clear();
  paces.clear();
  failures.clear();
}

} // namespace grapevine::gossip
