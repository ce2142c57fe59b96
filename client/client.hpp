#pragma once

#include "client/callback_handle.hpp"
#include "client/client_options.hpp"
#include "client/client_result.hpp"
#include "client/message_queue.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// A node for code without actors: it runs in an actor system of its own, and
/// neither this header nor those that it includes have anything of CAF.
///
///     grapevine::client_options options;
///     options.peers = {...};
///     auto started = grapevine::client::start(options);
///     if (!started)
///       ...started.error().text...
///     auto news = started->subscribe("news");
///     started->publish_and_wait("news", grapevine::to_bytes(...));
///     while (auto next = news->pop())
///       ...next->msg->data()...
///
/// Threads: all functions may be called on any thread at once, but for moving
/// and destroying the client. Functions that are given to `subscribe` and
/// `watch` are called on one thread of the client's, the delivery thread, one
/// after the other: one that takes long delays the others, and what waits for
/// it is bounded and counted. They may call the client, close their handle, and
/// destroy the client. What they throw is logged. Validators and the log have
/// rules of their own (client_options.hpp). The client's threads take no
/// signals.
///
/// After `fork` the child has no threads of the client's: it may only `exec` or
/// `_exit`.
class client {
public:
  /// Starts a node; fails if an address cannot be listened on (bad_address), or
  /// a setting or the identity is not possible (bad_parameters).
  static client_result<client> start(client_options options);

  client(client&& other) noexcept;
  client& operator=(client&& other) noexcept;
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Stops as `stop` does, by `client_options::stop_deadline`.
  ~client();

  /// Who the node is.
  const libp2p::peer_id& id() const noexcept;

  /// Addresses that a peer can dial, each with `/p2p/ID`.
  const std::vector<libp2p::multiaddr>& addresses() const noexcept;

  // -- topics -----------------------------------------------------------------

  /// Publishes `data` to a topic. Does not wait; the future has the receipt, or
  /// why it was not published: `busy` if too much is under way already
  /// (`node_settings::max_publishing`). A future that is dropped loses nothing.
  std::future<client_result<publish_receipt>>
  publish(std::string topic, bytes data, publish_options options = {});

  /// The same, and waits for the receipt.
  client_result<publish_receipt> publish_and_wait(std::string topic, bytes data,
                                                  publish_options options = {});

  /// Publishes several messages of a topic at once, which costs far less than
  /// one by one.
  std::future<client_result<batch_receipt>>
  publish_batch(std::string topic, std::vector<bytes> data,
                std::shared_ptr<const libp2p::private_key> key = {});

  /// Subscribes: messages wait in the queue until they are taken. The first
  /// subscription joins the topic, the last one leaves it.
  client_result<message_queue> subscribe(const std::string& topic,
                                         queue_options options = {});

  /// Subscribes: `on_message` is called with each message on the delivery
  /// thread; what waits for it is bounded as in a queue.
  client_result<callback_handle>
  subscribe(const std::string& topic,
            std::function<void(const message_delivered&)> on_message,
            queue_options options = {});

  /// Takes part in a topic, to relay its messages, without a subscription; or
  /// does so no longer.
  client_result<void> relay(std::string topic, bool relay = true);

  /// How a topic's messages, or those of `all_topics`, are validated from now
  /// on; nothing: by their signature alone. Once it is answered, the functions
  /// of before are called no more.
  client_result<void> validate(std::string topic,
                               std::optional<client_validation> validation);

  /// Waits until a message to the topic would go to at least `count` peers: to
  /// how many it would; fewer than asked for if the time is over.
  client_result<std::size_t>
  await_peers(std::string topic, std::size_t count = 1,
              std::chrono::milliseconds timeout = std::chrono::seconds{10});

  // -- peers ------------------------------------------------------------------

  /// Connects once, and waits until the peer has proven who it is.
  client_result<libp2p::peer_id> connect(libp2p::multiaddr address);

  /// Stays connected to an address: dials it now, and again whenever the
  /// connection is lost.
  client_result<void> keep_connected(libp2p::multiaddr address);

  /// Ends all connections to a peer, and stays connected to it no longer.
  client_result<void> disconnect(libp2p::peer_id peer);

  /// Takes no messages that this peer sends or wrote, or does so again.
  client_result<void> block(libp2p::peer_id peer, bool blocked = true);

  /// Allows a peer besides those of `allowed_peers`, or forbids one, which is
  /// disconnected. Fails with `bad_parameters` where that list is empty.
  client_result<void> allow(libp2p::peer_id peer, bool allowed = true);

  // -- what the node tells of itself ------------------------------------------

  /// The node's peers, topics, and counters.
  client_result<node_snapshot> snapshot();

  /// What it has seen of each peer.
  client_result<peers_snapshot> peers();

  /// `on_event` is called on the delivery thread with what happens to peers,
  /// beginning with what is there: who is connected, subscribed and in a mesh.
  client_result<callback_handle>
  watch(std::function<void(const node_event&)> on_event);

  // -- the end ----------------------------------------------------------------

  /// Stops in order: no function of the application is called any more, what
  /// was published is sent, connections end, and whatever was still asked for
  /// is answered `not_running`, as all will be that is asked for later. Queues
  /// end, once what they have was taken. `still_busy` if a function of the
  /// application's has not come back by the deadline; it may still run then,
  /// and threads of the client are left to it.
  client_result<void>
  stop(std::optional<std::chrono::milliseconds> deadline = {});

private:
  explicit client(std::unique_ptr<client_core> core) noexcept;

  std::unique_ptr<client_core> core_;
};

} // namespace grapevine
