#include "gossip/mesh/gossip_budget.hpp"

#include <algorithm>
#include <limits>

namespace grapevine::gossip {

namespace {

std::uint32_t narrow(std::size_t limit) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(limit, most));
}

// Takes up to `wanted` from what `limit` leaves, and counts it in `used`.
std::size_t take(std::size_t wanted, std::uint32_t limit, std::uint32_t& used) {
  const auto granted = std::min<std::size_t>(wanted, limit - used);
  used += static_cast<std::uint32_t>(granted);
  return granted;
}

} // namespace

gossip_budget::gossip_budget(const parameters& p, time_point now)
    : limits_{limits_of(p.gossip)}, max_idontwant_ids_{narrow(
                                        p.gossip.max_idontwant_ids)},
      interval_{p.timers.heartbeat_interval}, renewed_{now} {}

gossip_budget::amounts gossip_budget::limits_of(const gossip_parameters& p) {
  return {narrow(p.max_ihave_messages),   narrow(p.max_ihave_ids),
          narrow(p.max_iwant_ids),        narrow(p.max_idontwant_messages),
          narrow(p.max_partial_messages), narrow(p.max_partial_bytes)};
}

bool gossip_budget::accept_ihave(time_point now) {
  renew(now);
  return take(1, limits_.ihave_messages, used_.ihave_messages) == 1
         && used_.asked_ids < limits_.asked_ids;
}

std::size_t gossip_budget::ask(std::size_t wanted, time_point now) {
  renew(now);
  return take(wanted, limits_.asked_ids, used_.asked_ids);
}

std::size_t gossip_budget::accept_iwant(std::size_t ids, time_point now) {
  renew(now);
  return take(ids, limits_.iwant_ids, used_.iwant_ids);
}

std::size_t gossip_budget::accept_idontwant(std::size_t ids, time_point now) {
  renew(now);
  if (take(1, limits_.idontwant_messages, used_.idontwant_messages) == 0)
    return 0;
  return std::min<std::size_t>(ids, max_idontwant_ids_);
}

bool gossip_budget::accept_partial(std::size_t size, time_point now) {
  renew(now);
  return take(1, limits_.partial_messages, used_.partial_messages) == 1
         && take(size, limits_.partial_bytes, used_.partial_bytes) == size;
}

void gossip_budget::renew(time_point now) {
  const auto elapsed = now - renewed_;
  if (elapsed < interval_)
    return;
  // Whole intervals, so that no peer gains by the moment it asks at.
  renewed_ += elapsed / interval_ * interval_;
  used_ = {};
}

} // namespace grapevine::gossip
