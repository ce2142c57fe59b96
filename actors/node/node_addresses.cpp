#include "actors/node/node_state.hpp"
#include "libp2p/address/announced_addresses.hpp"
#include "libp2p/address/peer_record.hpp"

#include <algorithm>
#include <utility>

// Where others are told to dial the node, and what changes that.

namespace grapevine {

using libp2p::multiaddr;

namespace {

libp2p::announce_rules rules_of(const changeable_settings& s) {
  return {s.announced_addresses, s.hidden_addresses};
}

std::string joined(const std::vector<multiaddr>& addresses) {
  std::string result;
  for (const auto& one : addresses)
    result += (result.empty() ? "" : " ") + one.to_text();
  return result.empty() ? "none" : result;
}

} // namespace

std::optional<std::string>
node_state::announce_problem(const node_settings& s) const {
  const auto self = libp2p::peer_id::of(config_.identity.public_part());
  for (const auto& address : s.announced_addresses)
    if (auto why = libp2p::announce_problem(address, self))
      return "cannot announce " + address.to_text() + ": it " + *why;
  return std::nullopt;
}

// -- what there is ------------------------------------------------------------

std::vector<multiaddr> node_state::bound_addresses() const {
  std::vector<multiaddr> result;
  result.reserve(listeners_.size());
  for (const auto& one : listeners_)
    result.push_back(one.bound);
  return result;
}

// What was known stays where nothing can be found out.
void node_state::find_interfaces(const std::vector<multiaddr>& bound) {
  if (!needs_interfaces(bound))
    return;
  if (auto found = parts_.interfaces()) {
    interfaces_ = ips_of(*found);
    lan_ = *std::move(found);
  } else if (config_.announced_addresses.empty()) {
    config_.log->warn("{}; may the process use AF_NETLINK (of systemd, "
                      "RestrictAddressFamilies)?",
                      found.error().reason);
  }
}

bool node_state::needs_interfaces(const std::vector<multiaddr>& bound) const {
  return config_.mdns || std::ranges::any_of(bound, libp2p::is_wildcard);
}

void node_state::watch_interfaces() {
  if (!needs_interfaces(bound_addresses()))
    return;
  auto events = open_interface_events();
  if (!events)
    return interfaces_unwatched(events.error().reason);
  interfaces_watch_ =
      parts_.interfaces_watch(self_->system(), ctx_->reactor,
                              std::move(*events), node_internal_actor{self_});
  downs_.watch(interfaces_watch_);
}

void node_state::interfaces_unwatched(const std::string& why) {
  interfaces_watch_ = interfaces_watch_actor{};
  const auto level = config_.announced_addresses.empty() ? spdlog::level::warn
                                                         : spdlog::level::debug;
  config_.log->log(level,
                   "changes of this machine's addresses are not noticed: {}; "
                   "whatever they become, peers are told those of now",
                   why);
}

// The wildcard itself where nothing is known that could stand for it.
std::vector<multiaddr>
node_state::dialable(const std::vector<multiaddr>& bound) const {
  std::vector<multiaddr> result;
  const auto known = libp2p::expand_wildcards(bound, interfaces_);
  for (const auto& one : known.empty() ? bound : known)
    result.push_back(one.with_peer(ctx_->self));
  return result;
}

// -- what others are told -----------------------------------------------------

// What they would be told now, and what is wrong with that, if it has not just
// been said.
std::vector<multiaddr>
node_state::to_announce(const std::vector<multiaddr>& bound) {
  const auto rules = rules_of(config_);
  auto told = libp2p::announced_of(bound, interfaces_, rules);
  auto problem = libp2p::announce_warning(bound, rules, told).value_or("");
  if (problem != announce_warning_ && !problem.empty())
    config_.log->warn("{}", problem);
  announce_warning_ = std::move(problem);
  return std::move(told.addresses);
}

// Of two records of one peer the one with the higher number counts, also after
// a restart and when the clock has been put back.
void node_state::sign_addresses(const std::vector<multiaddr>& bare) {
  record_number_ = std::max(record_number_ + 1, wall_clock_ns());
  auto next = std::make_shared<announced_node>();
  next->signed_record =
      libp2p::seal_peer_record(config_.identity, record_number_, bare);
  const auto self = libp2p::peer_id::of(config_.identity.public_part());
  next->addresses.reserve(bare.size());
  for (const auto& address : bare)
    next->addresses.push_back(address.with_peer(self));
  announced_ = std::move(next);
  announced_bare_ = bare;
}

void node_state::look_at_addresses() {
  if (phase_ != phase::running)
    return;
  const auto bound = bound_addresses();
  find_interfaces(bound);
  names_.use_self(ctx_->self, dialable(bound));
  announce_again(bound);
  tell_lan();
}

// Tells everybody if it is something else.
void node_state::announce_again(const std::vector<multiaddr>& bound) {
  const auto next = to_announce(bound);
  if (next == announced_bare_)
    return;
  sign_addresses(next);
  announced_anew_ = true;
  ctx_->log->info("announced to others now: {}", joined(next));
  auto host = std::make_shared<host_context>(*host_);
  host->addresses = announced_->addresses;
  host->signed_record = announced_->signed_record;
  host_ = std::move(host);
  const use_addresses told{announced_};
  for (const auto& one : listeners_)
    tell(self_, one.actor, told);
  for (const auto& [peer, entry] : peers_)
    tell(self_, entry.actor, told);
}

} // namespace grapevine
