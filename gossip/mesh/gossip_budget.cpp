#include "gossip/mesh/gossip_budget.hpp"

#include <algorithm>

namespace grapevine::gossip {

namespace {

// Takes up to `wanted` from what `limit` leaves, and counts it in `used`.
std::size_t take(std::size_t wanted, std::size_t limit, std::size_t& used) {
  const std::size_t granted = std::min(wanted, limit - std::min(limit, used));
  used += granted;
  return granted;
}

} // namespace

gossip_budget::gossip_budget(const parameters& p, time_point now)
    : limits_{p.gossip}, interval_{p.timers.heartbeat_interval}, renewed_{now} {
}

bool gossip_budget::accept_ihave(time_point now) {
  renew(now);
  return take(1, limits_.max_ihave_messages, ihave_messages_) == 1
         && asked_ids_ < limits_.max_ihave_ids;
}

std::size_t gossip_budget::ask(std::size_t wanted, time_point now) {
  renew(now);
  return take(wanted, limits_.max_ihave_ids, asked_ids_);
}

std::size_t gossip_budget::accept_iwant(std::size_t ids, time_point now) {
  renew(now);
  return take(ids, limits_.max_iwant_ids, iwant_ids_);
}

std::size_t gossip_budget::accept_idontwant(std::size_t ids, time_point now) {
  renew(now);
  if (take(1, limits_.max_idontwant_messages, idontwant_messages_) == 0)
    return 0;
  return std::min(ids, limits_.max_idontwant_ids);
}

bool gossip_budget::accept_partial(std::size_t size, time_point now) {
  renew(now);
  return take(1, limits_.max_partial_messages, partial_messages_) == 1
         && take(size, limits_.max_partial_bytes, partial_bytes_) == size;
}

void gossip_budget::renew(time_point now) {
  const auto elapsed = now - renewed_;
  if (elapsed < interval_)
    return;
  // Whole intervals, so that no peer gains by the moment it asks at.
  renewed_ += elapsed / interval_ * interval_;
  ihave_messages_ = 0;
  asked_ids_ = 0;
  iwant_ids_ = 0;
  idontwant_messages_ = 0;
  partial_messages_ = 0;
  partial_bytes_ = 0;
}

} // namespace grapevine::gossip
