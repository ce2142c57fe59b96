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

// What is wrong with the numbers of peers, if anything.
std::optional<std::string> water_problem(const changeable_settings& s) {
  if (s.high_water > s.max_peers)
    return "high_water must not be above max_peers";
  if (s.low_water > s.high_water)
    return "low_water must not be above high_water";
  if (s.high_water > 0 && s.low_water == 0)
    return "high_water needs low_water, the number of peers that are left";
  return std::nullopt;
}

network_rules_ptr networks_of(const changeable_settings& s) {
  if (s.allowed_networks.empty() && s.denied_networks.empty())
    return nullptr;
  return std::make_shared<const network_rules>(s.allowed_networks,
                                               s.denied_networks);
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
  if (s.peers_per_name == 0)
    return "peers_per_name must be at least 1";
  for (const auto& server : s.dns_servers)
    if (const auto problem = name_server_problem(server))
      return "the name server \"" + server.text
             + "\" is not possible: " + *problem;
  return water_problem(s);
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
  return {config_.max_peers,
          config_.outbound_reserve,
          config_.max_peers_per_address,
          config_.useless_grace,
          config_.high_water,
          config_.low_water,
          config_.water_grace};
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
  if (const auto problem = announce_problem(next))
    return caf::make_error(node_errc::bad_address, *problem);
  change_topics(next.topics);
  change_networks(next);
  change_peers(next);
  if (next.score != config_.score
      || next.params.thresholds != config_.params.thresholds)
    tell(self_, mesh_, use_scoring{next.score, next.params.thresholds});
  allowed_.configure(next.allowed_peers);
  static_cast<node_settings&>(config_) = std::move(next);
  fit_descriptors();
  slots_.use(slot_options());
  announce_again(bound_addresses());
  tell_lan();
  disconnect_unwelcome();
  watch_crowd();
  return changed{};
}

// Of dials under way, what comes of them is looked at.
void node_state::change_networks(const changeable_settings& to) {
  if (to.allowed_networks == config_.allowed_networks
      && to.denied_networks == config_.denied_networks)
    return;
  use_networks_of(to);
  for (const auto& one : listeners_)
    tell(self_, one.actor, use_networks{host_->networks});
}

void node_state::use_networks_of(const changeable_settings& s) {
  auto next = host_ ? std::make_shared<host_context>(*host_)
                    : std::make_shared<host_context>(*ctx_);
  next->networks = networks_of(s);
  next->resolver = resolver_;
  host_ = std::move(next);
}

// Whom the settings allow no longer.
void node_state::disconnect_unwelcome() {
  std::vector<std::pair<libp2p::peer_id, std::string>> leaving;
  for (const auto& [peer, entry] : peers_)
    if (auto why = network_problem(entry.address))
      leaving.emplace_back(peer, *std::move(why));
    else if (!is_allowed(peer))
      leaving.emplace_back(peer, not_allowed);
  for (const auto& [peer, why] : leaving)
    evict(peer, why);
  if (!leaving.empty())
    ctx_->log->info("disconnected {} peers that may not be connected any "
                    "longer",
                    leaving.size());
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
    if (!banned_.contains(peer))
      block(peer, false);
  for (const auto& peer : without(to.blocked_peers, config_.blocked_peers))
    block(peer, true);
  for (const auto& peer : without(config_.direct_peers, to.direct_peers))
    make_direct(peer, false);
  for (const auto& peer :
       without(without(config_.peers, to.peers), to.direct_peers))
    forget_kept(peer);
  for (const auto& peer : without(to.peers, config_.peers))
    keep_address(peer);
  for (const auto& peer : without(to.direct_peers, config_.direct_peers))
    make_direct(peer, true);
}

} // namespace grapevine
