#include "gossip/parameters.hpp"

#include "gossip/parameter_rules.hpp"

#include <cstddef>
#include <utility>

namespace grapevine::gossip {

namespace {

using namespace rules;

named<std::size_t> degree_of(const mesh_parameters& m) {
  return {{"degree (D)", "mesh-d"}, m.degree};
}

named<std::size_t> low_of(const mesh_parameters& m) {
  return {{"degree_low (Dlo)", "mesh-dlo"}, m.degree_low};
}

finding check_outbound(const mesh_parameters& m) {
  const named dout{{"degree_outbound (Dout)", "mesh-dout"}, m.degree_outbound};
  if (m.degree_outbound >= m.degree_low)
    return broken(dout, "be less than", low_of(m));
  // As the specification has it; go refuses the half itself, too.
  if (2 * m.degree_outbound > m.degree)
    return broken(dout, "not exceed half of", degree_of(m));
  return std::nullopt;
}

finding check(const mesh_parameters& m) {
  // A bootstrap node: it keeps no mesh, so the other rules bound nothing.
  if (m.degree == 0 && m.degree_low == 0 && m.degree_high == 0
      && m.degree_outbound == 0)
    return std::nullopt;
  const auto d = degree_of(m);
  const named high{{"degree_high (Dhi)", "mesh-dhi"}, m.degree_high};
  const named score{{"degree_score (Dscore)", "mesh-dscore"}, m.degree_score};
  return first_of(
      [&] { return at_most(low_of(m), d); }, [&] { return at_most(d, high); },
      [&] { return at_most(score, high); }, [&] { return check_outbound(m); });
}

finding check(const gossip_parameters& g) {
  const named length{"history_length", g.history_length};
  return first_of(
      [&] { return positive("history_length", g.history_length); },
      [&] {
        return at_most(named{"history_gossip", g.history_gossip}, length);
      },
      [&] { return not_negative("gossip_factor", g.factor); },
      [&] {
        return at_most(named{"gossip_factor", g.factor}, named{"a whole", 1.0});
      });
}

finding check(const timer_parameters& t) {
  return first_of(
      [&] { return positive("heartbeat_interval", t.heartbeat_interval); },
      [&] {
        return not_negative("heartbeat_initial_delay",
                            t.heartbeat_initial_delay);
      },
      [&] { return not_negative("fanout_ttl", t.fanout_ttl); },
      [&] { return positive("seen_ttl", t.seen_ttl); },
      [&] { return not_negative("prune_backoff", t.prune_backoff); },
      [&] {
        return not_negative("unsubscribe_backoff", t.unsubscribe_backoff);
      },
      [&] { return not_negative("backoff_slack", t.backoff_slack); },
      [&] {
        return not_negative("graft_flood_threshold", t.graft_flood_threshold);
      },
      [&] { return positive("iwant_followup", t.iwant_followup); });
}

finding check(const score_thresholds& t) {
  const named graylist{"graylist_threshold", t.graylist};
  const named publish{"publish_threshold", t.publish};
  const named gossip{"gossip_threshold", t.gossip};
  return first_of(
      [&] { return at_most(graylist, publish); },
      [&] { return at_most(publish, gossip); },
      [&] {
        return at_most(gossip, named{"a neutral score", 0.0});
      },
      [&] { return not_negative("accept_px_threshold", t.accept_px); },
      [&] {
        return not_negative("opportunistic_graft_threshold",
                            t.opportunistic_graft);
      });
}

} // namespace

expected<void, parameter_error> validate(const parameters& p) {
  auto error = first_of(
      [&] { return check(p.mesh); }, [&] { return check(p.gossip); },
      [&] { return check(p.timers); }, [&] { return check(p.thresholds); });
  if (error)
    return unexpected{std::move(*error)};
  return {};
}

} // namespace grapevine::gossip
