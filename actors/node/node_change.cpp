#include "actors/node/node_state.hpp"
#include "libp2p/address/dial_plan.hpp"

#include <algorithm>
#include <utility>

// What the node is configured to be: whether that is possible, and what changes
// when it is to be something else.

namespace grapevine {

using libp2p::multiaddr;

namespace {

// Those of `from` that are not in `other`.
template <class T>
std::vector<T> without(const std::vector<T>& from,
                       const std::vector<T>& other) {
  std::vector<T> rest;
  for (const auto& one : from)
    if (std::ranges::find(other, one) == other.end())
      rest.push_back(one);
  return rest;
}

} // namespace

// -- what is not possible -----------------------------------------------------

std::optional<std::string>
node_state::settings_problem(const node_settings& s) const {
  if (const auto valid = gossip::validate(s.params); !valid)
    return valid.error().text;
  if (const auto valid = gossip::validate(s.score); !valid)
    return valid.error().text;
  if (s.gater)
    if (const auto valid = gossip::validate(*s.gater); !valid)
      return valid.error().text;
  for (const auto& topic : s.topics)
    if (auto problem = join_problem(topic))
      return problem;
  for (const auto& address : s.direct_peers)
    if (!address.peer())
      return "a direct peer's address must end in /p2p/ID: "
             + address.to_text();
  if (s.max_handshakes == 0 || s.max_handshakes_per_address == 0
      || s.connections_per_second == 0)
    return "max_handshakes, max_handshakes_per_address and "
           "connections_per_second must be at least 1";
  return std::nullopt;
}

std::optional<std::string>
node_state::dial_problem(const multiaddr& address) const {
  const auto plan = libp2p::plan_dial(address, parts_.transports.kinds());
  if (plan)
    return std::nullopt;
  return "cannot dial " + address.to_text() + ": " + plan.error();
}

// What is to be dialled must be possible.
std::optional<std::string>
node_state::address_problem(const node_settings& s) const {
  for (const auto* list : {&s.peers, &s.direct_peers})
    for (const auto& address : *list)
      if (auto problem = dial_problem(address))
        return problem;
  return std::nullopt;
}

// -- changes ------------------------------------------------------------------

peer_slots::options node_state::slot_options() const {
  return {config_.max_peers, config_.outbound_reserve,
          config_.max_peers_per_address, config_.useless_grace};
}

caf::result<changed> node_state::change(const change_settings& msg) {
  if (phase_ != phase::running)
    return not_running();
  node_settings next = config_;
  static_cast<changeable_settings&>(next) = msg.settings;
  next.params.thresholds = msg.thresholds;
  if (const auto problem = settings_problem(next))
    return caf::make_error(node_errc::bad_parameters, *problem);
  if (const auto problem = address_problem(next))
    return caf::make_error(node_errc::bad_address, *problem);
  change_topics(next.topics);
  change_peers(next);
  if (next.score != config_.score
      || next.params.thresholds != config_.params.thresholds)
    tell(self_, mesh_, use_scoring{next.score, next.params.thresholds});
  static_cast<node_settings&>(config_) = std::move(next);
  fit_descriptors();
  slots_.use(slot_options());
  watch_crowd();
  return changed{};
}

void node_state::change_topics(const std::vector<std::string>& to) {
  const auto change = [this](const std::vector<std::string>& some, bool pin) {
    for (const auto& topic : some) {
      topics_.pin(topic, pin);
      topic_changed(topic);
    }
  };
  change(without(config_.topics, to), false);
  change(without(to, config_.topics), true);
}

void node_state::change_peers(const changeable_settings& to) {
  for (const auto& peer : without(config_.blocked_peers, to.blocked_peers))
    block({peer, false});
  for (const auto& peer : without(to.blocked_peers, config_.blocked_peers))
    block({peer, true});
  for (const auto& peer : without(config_.direct_peers, to.direct_peers))
    make_direct(peer, false);
  for (const auto& peer :
       without(without(config_.peers, to.peers), to.direct_peers))
    kept_.forget(peer);
  for (const auto& peer : without(to.peers, config_.peers))
    keep({peer});
  for (const auto& peer : without(to.direct_peers, config_.direct_peers))
    make_direct(peer, true);
}

} // namespace grapevine
