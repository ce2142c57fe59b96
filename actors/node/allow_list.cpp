#include "actors/node/allow_list.hpp"

#include <utility>

namespace grapevine {

using libp2p::peer_id;

allow_list::allow_list(const std::vector<peer_id>& configured)
    : configured_{configured.begin(), configured.end()} {}

void allow_list::configure(const std::vector<peer_id>& configured) {
  const auto before =
      std::exchange(configured_, std::unordered_set<peer_id>{configured.begin(),
                                                             configured.end()});
  if (configured_.empty()) {
    added_.clear();
    forbidden_.clear();
  }
  std::erase_if(forbidden_, [&](const peer_id& one) {
    return configured_.contains(one) && !before.contains(one);
  });
}

void allow_list::say(const peer_id& peer, bool allowed) {
  auto& to = allowed ? added_ : forbidden_;
  auto& from = allowed ? forbidden_ : added_;
  from.erase(peer);
  to.insert(peer);
}

bool allow_list::allows(const peer_id& peer) const {
  if (!restricts())
    return true;
  return !forbids(peer)
         && (configured_.contains(peer) || added_.contains(peer));
}

} // namespace grapevine
