#pragma once

#include "gossip/mesh/peer_table.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace grapevine {

/// What one turn has for each of many peers: gathered first, so that each of
/// them gets it in one message. No peer comes or goes meanwhile.
template <class T>
class peer_outbox {
public:
  using peer_handle = gossip::peer_handle;

  /// How many items a peer may get this turn: room for them is made at once.
  void expect(std::size_t count) noexcept { expected_ = count; }

  void push(peer_handle peer, T item) {
    if (items_.size() <= peer.slot)
      items_.resize(std::size_t{peer.slot} + 1);
    auto& waiting = items_[peer.slot];
    if (waiting.empty()) {
      peers_.push_back(peer);
      waiting.reserve(expected_);
    }
    waiting.push_back(std::move(item));
  }

  /// Calls `send(peer, items)` for each peer that has any, in the order in
  /// which they got their first one, and is empty then.
  template <class Send>
  void drain(Send send) {
    for (const auto peer : peers_)
      send(peer, std::exchange(items_[peer.slot], {}));
    peers_.clear();
    expected_ = 1;
  }

private:
  // By slot.
  std::vector<std::vector<T>> items_;
  std::vector<peer_handle> peers_;
  std::size_t expected_ = 1;
};

} // namespace grapevine
