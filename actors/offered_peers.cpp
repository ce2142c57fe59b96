#include "actors/offered_peers.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

bool offered_peers::add(gossip::dial_candidate candidate) {
  const auto& peer = candidate.peer;
  if (waiting_.size() >= max_waiting_
      || std::ranges::any_of(waiting_,
                             [&](const auto& w) { return w.peer == peer; })
      || std::ranges::any_of(dials_,
                             [&](const auto& d) { return d.second == peer; }))
    return false;
  waiting_.push_back(std::move(candidate));
  return true;
}

std::optional<gossip::dial_candidate> offered_peers::next() {
  if (waiting_.empty() || dials_.size() >= max_dials_)
    return std::nullopt;
  auto result = std::move(waiting_.front());
  waiting_.pop_front();
  return result;
}

void offered_peers::dialling(attempt_id attempt, const libp2p::peer_id& peer) {
  dials_.emplace(attempt, peer);
}

} // namespace grapevine
