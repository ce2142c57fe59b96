#include "actors/node/peer_slots.hpp"

#include <algorithm>
#include <span>

namespace grapevine {

std::optional<refusal_reason> peer_slots::refusal(const origin& how) const {
  if (full())
    return refusal_reason{refusal_cause::full, "there are too many peers"};
  if (how.outbound)
    return std::nullopt;
  if (inbound_ + reserve() >= options_.max_peers)
    return refusal_reason{refusal_cause::reserved,
                          "the places left are for peers that are dialled"};
  if (count_of(how.from) >= options_.max_per_address)
    return refusal_reason{refusal_cause::address_peers,
                          "there are too many peers of its address"};
  return std::nullopt;
}

void peer_slots::add(const libp2p::peer_id& peer, const origin& how,
                     time_point now) {
  if (!places_.emplace(peer, place{how, now}).second || how.outbound)
    return;
  ++inbound_;
  ++counts_[how.from];
}

void peer_slots::remove(const libp2p::peer_id& peer) {
  const auto found = places_.find(peer);
  if (found == places_.end())
    return;
  if (const auto& how = found->second.how; !how.outbound) {
    --inbound_;
    if (const auto count = counts_.find(how.from); --count->second == 0)
      counts_.erase(count);
  }
  places_.erase(found);
}

peer_slots::value peer_slots::value_of(const libp2p::peer_id& peer,
                                       const place& one,
                                       const worths& known) const {
  const auto found = known.find(peer);
  const bool pubsub = found != known.end();
  const auto what = pubsub ? found->second : worth{};
  const auto crowd = one.how.outbound ? std::size_t{0} : count_of(one.how.from);
  return {one.how.outbound,
          pubsub,
          what.in_mesh,
          what.score,
          -static_cast<double>(crowd),
          -one.since.time_since_epoch().count()};
}

std::optional<libp2p::peer_id>
peer_slots::worst(const worths& known, const protection& stays) const {
  const libp2p::peer_id* result = nullptr;
  value least{};
  for (const auto& [peer, one] : places_) {
    const auto here = value_of(peer, one, known);
    if ((result == nullptr || here < least) && !stays(peer)) {
      result = &peer;
      least = here;
    }
  }
  return result == nullptr ? std::nullopt : std::optional{*result};
}

std::vector<libp2p::peer_id> peer_slots::useless(const worths& known,
                                                 const protection& stays,
                                                 time_point now) const {
  std::vector<libp2p::peer_id> result;
  for (const auto& [peer, one] : places_)
    if (now - one.since >= options_.grace && !known.contains(peer)
        && !stays(peer))
      result.push_back(peer);
  return result;
}

std::vector<libp2p::peer_id> peer_slots::surplus(const worths& known,
                                                 const protection& stays,
                                                 time_point now) const {
  std::vector<libp2p::peer_id> result;
  if (!above_high_water())
    return result;
  struct candidate {
    const libp2p::peer_id* peer;
    const origin* how;
    value missed;
  };
  std::vector<candidate> all;
  for (const auto& [peer, one] : places_)
    if (now - one.since >= options_.water_grace && !stays(peer))
      all.push_back({&peer, &one.how, value_of(peer, one, known)});
  const auto sort = [&] { std::ranges::sort(all, {}, &candidate::missed); };
  // Within an address the crowd is the same for all, so this is their order.
  // Each that goes leaves a smaller crowd to the next one.
  sort();
  std::unordered_map<libp2p::ip_prefix, std::size_t> gone;
  for (auto& one : all)
    if (!one.how->outbound)
      one.missed.crowd += static_cast<double>(gone[one.how->from]++);
  sort();
  const auto most = places_.size() - options_.low_water;
  for (const auto& one : std::span{all}.first(std::min(most, all.size())))
    result.push_back(*one.peer);
  return result;
}

std::size_t peer_slots::reserve() const noexcept {
  return std::min(options_.outbound_reserve, options_.max_peers / 8);
}

std::size_t peer_slots::count_of(const libp2p::ip_prefix& from) const {
  const auto found = counts_.find(from);
  return found == counts_.end() ? 0 : found->second;
}

} // namespace grapevine
