#include "actors/node_handle.hpp"

#include "actors/node.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace grapevine {

namespace {

// A node that is up or down by then is not any more.
constexpr std::chrono::seconds start_patience{60};

// How long after its deadline a node has answered for sure.
constexpr std::chrono::seconds grace{3};

} // namespace

node_handle::node_handle(caf::actor_system& sys, node_config config,
                         std::chrono::milliseconds deadline)
    : sys_{&sys}, node_{spawn_node(sys, std::move(config))},
      deadline_{
          std::clamp(deadline, std::chrono::milliseconds{0}, longest_wait)} {}

node_handle& node_handle::operator=(node_handle&& other) noexcept {
  if (this == &other)
    return *this;
  end();
  sys_ = other.sys_;
  node_ = std::move(other.node_);
  deadline_ = other.deadline_;
  return *this;
}

caf::expected<node_started> node_handle::start() {
  if (!node_)
    return caf::make_error(node_errc::not_running,
                           std::string{"the node has been stopped"});
  const caf::scoped_actor self{*sys_};
  caf::expected<node_started> result{caf::error{}};
  ask(self.ptr(), node_, start_patience, start_node{})
      .receive([&](node_started& up) { result = std::move(up); },
               [&](caf::error& why) { result = std::move(why); });
  return result;
}

caf::error node_handle::stop() {
  if (!node_)
    return {};
  const auto node = std::exchange(node_, node_actor{});
  const caf::scoped_actor self{*sys_};
  caf::error result;
  ask(self.ptr(), node, deadline_ + deadline_ / 4 + grace, stop_node{deadline_})
      .receive([](node_stopped) {},
               [&](caf::error& why) {
                 // One that has ended by itself needs no end.
                 if (why != caf::sec::request_receiver_down)
                   result = std::move(why);
               });
  return result;
}

// What goes wrong has been logged by the node.
void node_handle::end() noexcept {
  try {
    static_cast<void>(stop());
  } catch (const std::exception&) {
    // No memory for a question: the node ends with its last handle.
  }
}

} // namespace grapevine
