#include "gossip/backoff.hpp"

#include <algorithm>

namespace grapevine::gossip {

void backoff_table::add(std::string_view topic, const libp2p::peer_id& peer,
                        libp2p::time_point now, std::chrono::seconds duration) {
  // Bounded before it is added to a time, which it could make overflow.
  const auto end = now + std::min(duration, limits_.max_backoff);
  auto entries = topics_.find(topic);
  if (entries == topics_.end())
    entries = topics_.emplace(std::string{topic}, peers{}).first;
  auto entry = entries->second.find(peer);
  if (entry != entries->second.end()) {
    entry->second = std::max(entry->second, end);
    return;
  }
  entries->second.emplace(peer, end);
  ++size_;
  if (entries->second.size() > limits_.backoffs_per_topic)
    drop_longest(entries->second);
  earliest_ = std::min(earliest_, end);
}

// Those who impose long ones would otherwise keep out the short ones that
// count.
void backoff_table::drop_longest(peers& of) {
  of.erase(
      std::max_element(of.begin(), of.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      }));
  --size_;
}

std::optional<libp2p::time_point>
backoff_table::expiry(std::string_view topic,
                      const libp2p::peer_id& peer) const {
  const auto entries = topics_.find(topic);
  if (entries == topics_.end())
    return std::nullopt;
  const auto entry = entries->second.find(peer);
  if (entry == entries->second.end())
    return std::nullopt;
  return entry->second;
}

bool backoff_table::active(std::string_view topic, const libp2p::peer_id& peer,
                           libp2p::time_point now) const {
  const auto end = expiry(topic, peer);
  return end && now < *end;
}

void backoff_table::clear_expired(libp2p::time_point now,
                                  std::chrono::milliseconds slack) {
  const auto limit = now - slack;
  if (earliest_ > limit)
    return;
  earliest_ = libp2p::time_point::max();
  for (auto topic = topics_.begin(); topic != topics_.end();) {
    auto& entries = topic->second;
    for (auto entry = entries.begin(); entry != entries.end();) {
      if (entry->second <= limit) {
        entry = entries.erase(entry);
        --size_;
      } else {
        earliest_ = std::min(earliest_, entry->second);
        ++entry;
      }
    }
    topic = entries.empty() ? topics_.erase(topic) : std::next(topic);
  }
}

} // namespace grapevine::gossip
