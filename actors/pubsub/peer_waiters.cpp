#include "actors/pubsub/peer_waiters.hpp"

namespace grapevine {

std::uint64_t peer_waiters::add(const await_peers& question, promise to) {
  waiting_.push_back({++last_ticket_, question, std::move(to)});
  return last_ticket_;
}

void peer_waiters::answer(const counter& count) {
  std::erase_if(waiting_, [&](waiter& one) {
    const auto ready = count(one.question.topic);
    if (ready < one.question.count)
      return false;
    one.to.deliver(peers_ready{ready});
    return true;
  });
}

void peer_waiters::expire(std::uint64_t ticket, const counter& count) {
  std::erase_if(waiting_, [&](waiter& one) {
    if (one.ticket != ticket)
      return false;
    one.to.deliver(peers_ready{count(one.question.topic)});
    return true;
  });
}

} // namespace grapevine
