#include "testing/virtual_network.hpp"

#include "actors/node/node_parts.hpp"
#include "testing/memory_transport.hpp"
#include "testing/test_scheduler.hpp"

#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace grapevine::testing {

namespace {

// Timers that are due within one fire together.
constexpr std::chrono::milliseconds step{50};

// A node's reactor where there are no sockets.
reactor_actor::behavior_type idle_reactor(reactor_actor::pointer self) {
  return {
      [](const assign_socket&) {},
      [](const forget_socket&) {},
      [](poll_sockets) {},
      [self](stop_reactor) { self->quit(); },
  };
}

} // namespace

struct virtual_network::parts {
  test_scheduler scheduler;
  std::shared_ptr<memory_transport> transport =
      std::make_shared<memory_transport>();
  std::vector<node_actor> nodes;
};

virtual_network::virtual_network() : parts_{std::make_unique<parts>()} {}

virtual_network::~virtual_network() {
  for (const auto& one : parts_->nodes)
    tell_from_outside(one, stop_node{std::chrono::seconds{1}});
  parts_->nodes.clear();
  advance(std::chrono::seconds{10});
  // Timers keep their actors alive, for which the system waits.
  parts_->scheduler.advance(std::chrono::days{30});
  run();
}

caf::actor_system& virtual_network::system() {
  return parts_->scheduler.sys();
}

node_config virtual_network::config(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  node_config result{libp2p::private_key::ed25519_from_seed(seed)};
  result.listen = {
      *libp2p::multiaddr::from_text("/memory/" + std::to_string(number))};
  result.validators = 1;
  result.log = std::make_shared<spdlog::logger>(
      "testing", std::make_shared<spdlog::sinks::null_sink_mt>());
  return result;
}

libp2p::multiaddr virtual_network::address(std::uint8_t number) {
  const auto one = config(number);
  return one.listen.front().with_peer(
      libp2p::peer_id::of(one.identity.public_part()));
}

node_actor virtual_network::make(node_config config) {
  node_parts how;
  how.transports = transport_table{{parts_->transport}};
  how.reactor = [](caf::actor_system& sys) {
    return std::make_shared<reactor_link>(sys.spawn(idle_reactor));
  };
  node_actor result{spawn_node(system(), std::move(config), std::move(how))};
  parts_->nodes.push_back(result);
  return result;
}

node_actor virtual_network::start(node_config config) {
  auto result = make(std::move(config));
  get<node_started>(result, start_node{});
  return result;
}

void virtual_network::run() {
  parts_->scheduler.run();
}

void virtual_network::run_once() {
  parts_->scheduler.run_once();
}

void virtual_network::advance(std::chrono::milliseconds time) {
  run();
  while (time.count() > 0) {
    const auto next = std::min(time, step);
    parts_->scheduler.advance(next);
    run();
    time -= next;
  }
}

void virtual_network::wait_for(const std::function<bool()>& holds,
                               std::chrono::milliseconds patience) {
  run();
  while (!holds()) {
    if (patience.count() <= 0)
      fail("it did not come about in time");
    advance(step);
    patience -= step;
  }
}

void virtual_network::fail(const std::string& why) {
  throw std::runtime_error{why};
}

} // namespace grapevine::testing
