#pragma once

#include "client/client_call.hpp"
#include "client/client_result.hpp"
#include "client/delivery_queue.hpp"
#include "messages/api.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace grapevine {

/// What a client's handles stand for: the actors that get messages and events
/// for them. Handles may outlive the client, and then find it empty.
class client_subscriptions {
public:
  /// An actor that gets a topic's messages, or events.
  struct receiver {
    caf::actor actor;
    /// Empty: it watches the node.
    std::string topic;
    /// Null for events.
    std::shared_ptr<delivery_queue> queue;
  };

  explicit client_subscriptions(node_actor node) : node_{std::move(node)} {}

  /// By which actor the node is told.
  void use(caf::actor caller) { caller_ = std::move(caller); }

  /// The number it is known by; an error if the client has been stopped.
  client_result<std::uint64_t> add(receiver one);

  /// Its handle has gone.
  void remove(std::uint64_t id);

  /// All end, and no more can be added.
  void end_all();

private:
  static void end(const receiver& one);

  std::mutex mutex_;
  caf::actor caller_;
  node_actor node_;
  std::map<std::uint64_t, receiver> receivers_;
  std::uint64_t last_id_ = 0;
  bool ended_ = false;
};

} // namespace grapevine
