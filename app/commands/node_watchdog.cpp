#include "app/commands/node_watchdog.hpp"

#include "app/console/messages.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

std::string status_of(const node_snapshot& seen) {
  return fmt::format("peers: {}, topics: {}", seen.peers.size(),
                     std::ranges::count_if(seen.mesh.topics,
                                           &topic_state_snapshot::subscribed));
}

} // namespace

node_watchdog::node_watchdog(caf::event_based_actor* self, node_actor node,
                             service_manager& manager,
                             std::shared_ptr<spdlog::logger> log)
    : self_{self}, node_{std::move(node)}, manager_{&manager}, log_{std::move(
                                                                   log)} {}

void node_watchdog::prove() {
  const auto every = manager_->alive_every();
  if (ended_ || !every)
    return;
  tell_self_later(self_, *every, prove_node_alive{});
  ask(self_, node_, 2 * *every, inspect_node{})
      .then(
          [this](const node_snapshot& seen) {
            manager_->alive(status_of(seen));
          },
          [this](const caf::error& why) {
            if (!ended_)
              log_->warn("the node does not answer; if that lasts, the "
                         "service manager will end it: {}",
                         reason_of(why));
          });
}

} // namespace grapevine::app
