#include "messages/topic.hpp"

#include <algorithm>

namespace grapevine {

topic::topic(node_actor node, std::string name)
    : state_{std::make_shared<state>(std::move(node), std::move(name))} {}

void topic::state::subscribed(const caf::actor& who) {
  if (!who)
    return;
  const std::scoped_lock lock{guard_};
  if (std::ranges::find(subscribers_, who.address()) == subscribers_.end())
    subscribers_.push_back(who.address());
}

void topic::state::unsubscribed(const caf::actor& who) {
  if (!who)
    return;
  const std::scoped_lock lock{guard_};
  std::erase(subscribers_, who.address());
}

void topic::state::relays(bool on) {
  const std::scoped_lock lock{guard_};
  relays_ = on;
}

void topic::state::validates(bool on) {
  const std::scoped_lock lock{guard_};
  validates_ = on;
}

topic::deeds topic::state::take() {
  const std::scoped_lock lock{guard_};
  deeds result{
      {}, std::exchange(relays_, false), std::exchange(validates_, false)};
  // Whoever has ended is subscribed no more.
  for (const auto& one : std::exchange(subscribers_, {}))
    if (auto who = caf::actor_cast<caf::actor>(one))
      result.subscribers.push_back(std::move(who));
  return result;
}

} // namespace grapevine
