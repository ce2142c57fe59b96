#include "client/client.hpp"

#include "client/client_core.hpp"

#include <thread>
#include <utility>

namespace grapevine {

client::client(std::unique_ptr<client_core> core) noexcept
    : core_{std::move(core)} {}

client_result<client> client::start(client_options options) {
  auto core = client_core::start(std::move(options));
  if (!core)
    return unexpected{core.error()};
  return client{*std::move(core)};
}

client::client(client&& other) noexcept = default;

client& client::operator=(client&& other) noexcept {
  if (this != &other) {
    // The former one stops as if it was destroyed.
    const client former{std::move(*this)};
    core_ = std::move(other.core_);
  }
  return *this;
}

client::~client() {
  // The node waits for the validator that this is called in.
  if (core_ && client_core::in_validator())
    std::thread{[core = std::move(core_)]() mutable { core.reset(); }}.detach();
}

const libp2p::peer_id& client::id() const noexcept {
  return core_->id();
}

const std::vector<libp2p::multiaddr>& client::addresses() const noexcept {
  return core_->addresses();
}

// -- topics -------------------------------------------------------------------

std::future<client_result<publish_receipt>>
client::publish(std::string topic, bytes data, publish_options options) {
  publish_message msg{std::move(topic), std::move(data), options.min_peers,
                      options.patience, std::move(options.key)};
  return core_->ask_node<publish_receipt>(std::move(msg));
}

client_result<publish_receipt>
client::publish_and_wait(std::string topic, bytes data,
                         publish_options options) {
  publish_message msg{std::move(topic), std::move(data), options.min_peers,
                      options.patience, std::move(options.key)};
  return core_->get<publish_receipt>(std::move(msg));
}

std::future<client_result<batch_receipt>>
client::publish_batch(std::string topic, std::vector<bytes> data,
                      std::shared_ptr<const libp2p::private_key> key) {
  grapevine::publish_batch batch{std::move(topic), std::move(data),
                                 std::move(key)};
  return core_->ask_node<batch_receipt>(std::move(batch));
}

client_result<message_queue> client::subscribe(const std::string& topic,
                                               queue_options options) {
  return core_->subscribe(topic, options);
}

client_result<callback_handle>
client::subscribe(const std::string& topic,
                  std::function<void(const message_delivered&)> on_message,
                  queue_options options) {
  return core_->subscribe(topic, std::move(on_message), options);
}

client_result<void> client::relay(std::string topic, bool relay) {
  return core_->change(relay_topic{std::move(topic), relay});
}

client_result<void>
client::validate(std::string topic,
                 std::optional<client_validation> validation) {
  return core_->validate(std::move(topic), std::move(validation));
}

client_result<std::size_t>
client::await_peers(std::string topic, std::size_t count,
                    std::chrono::milliseconds timeout) {
  const auto ready = core_->get<peers_ready>(
      grapevine::await_peers{std::move(topic), count, timeout});
  if (!ready)
    return unexpected{ready.error()};
  return ready->count;
}

// -- peers --------------------------------------------------------------------

client_result<libp2p::peer_id> client::connect(libp2p::multiaddr address) {
  auto connected = core_->get<peer_connected>(connect_peer{std::move(address)});
  if (!connected)
    return unexpected{connected.error()};
  return connected->peer;
}

client_result<void> client::keep_connected(libp2p::multiaddr address) {
  return core_->change(grapevine::keep_connected{std::move(address)});
}

client_result<void> client::disconnect(libp2p::peer_id peer) {
  return core_->change(disconnect_from{peer});
}

client_result<void> client::block(libp2p::peer_id peer, bool blocked) {
  return core_->change(block_peer{peer, blocked});
}

client_result<void> client::allow(libp2p::peer_id peer, bool allowed) {
  return core_->change(allow_peer{peer, allowed});
}

// -- what the node tells of itself --------------------------------------------

client_result<node_snapshot> client::snapshot() {
  return core_->get<node_snapshot>(inspect_node{});
}

client_result<peers_snapshot> client::peers() {
  return core_->get<peers_snapshot>(inspect_peers{});
}

client_result<callback_handle>
client::watch(std::function<void(const node_event&)> on_event) {
  return core_->watch(std::move(on_event));
}

// -- the end ------------------------------------------------------------------

client_result<void>
client::stop(std::optional<std::chrono::milliseconds> deadline) {
  if (client_core::in_validator())
    return unexpected{client_core::waits_in_validator()};
  return core_->stop(deadline);
}

} // namespace grapevine
