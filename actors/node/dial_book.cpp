#include "actors/node/dial_book.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

void dial_book::add(attempt_id attempt, dial_record begun) {
  dials_.emplace(attempt, std::move(begun));
}

std::optional<dial_record> dial_book::take(attempt_id attempt) {
  auto node = dials_.extract(attempt);
  return node ? std::optional{std::move(node.mapped())} : std::nullopt;
}

std::map<attempt_id, dial_record> dial_book::take_all() {
  return std::exchange(dials_, {});
}

std::optional<attempt_id>
dial_book::of(const caf::actor_addr& connector) const {
  const auto i = std::ranges::find_if(dials_, [&](const auto& one) {
    return one.second.connector.address() == connector;
  });
  return i != dials_.end() ? std::optional{i->first} : std::nullopt;
}

bool dial_book::dials(const libp2p::multiaddr& kept) const {
  return std::ranges::any_of(dials_, [&](const auto& one) {
    const auto* why = one.second.template is<kept_dial>();
    return why != nullptr && why->address == kept;
  });
}

bool dial_book::dials_offered(const libp2p::peer_id& peer) const {
  return std::ranges::any_of(dials_, [&](const auto& one) {
    const auto* why = one.second.template is<offered_dial>();
    return why != nullptr && why->peer == peer;
  });
}

std::size_t dial_book::offered_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(dials_, [](const auto& one) {
        return one.second.template is<offered_dial>() != nullptr;
      }));
}

} // namespace grapevine
