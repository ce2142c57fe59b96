#include "actors/node_state.hpp"

#include <algorithm>
#include <chrono>

// What applications publish and subscribe to.

namespace grapevine {

namespace {

// What a message has besides topic and data: author, number, signature, key of
// the largest kind, and their tags.
constexpr std::size_t message_overhead = 2048;

constexpr std::size_t max_topic_size = gossip::mesh_limits{}.topic_size;

// How long a part of the node may take to show its state.
constexpr std::chrono::seconds patience{10};

std::optional<std::string> topic_problem(const std::string& topic) {
  if (topic.empty())
    return "a topic needs a name";
  if (topic.size() > max_topic_size)
    return "the topic's name has " + std::to_string(topic.size())
           + " bytes, at most " + std::to_string(max_topic_size)
           + " are possible";
  return std::nullopt;
}

} // namespace

caf::result<publish_receipt> node_state::publish(const publish_message& msg) {
  if (phase_ != phase::running)
    return not_running();
  if (auto problem = topic_problem(msg.topic))
    return caf::make_error(node_errc::too_large, std::move(*problem));
  const auto most =
      config_.max_rpc_size
      - std::min(config_.max_rpc_size, msg.topic.size() + message_overhead);
  if (msg.data.size() > most)
    return caf::make_error(node_errc::too_large,
                           "the message has " + std::to_string(msg.data.size())
                               + " bytes, at most " + std::to_string(most)
                               + " fit into an RPC");
  gossip::message_fields fields{msg.topic, msg.data, std::nullopt,
                                std::nullopt};
  if (signer_)
    fields.seqno = seqnos_.next();
  auto built = gossip::build_message(fields, signer_ ? &*signer_ : nullptr,
                                     config_.message_id);
  return hand_on(self_, cache_, publish_own{std::move(built)});
}

void node_state::subscribe(const subscribe_topic& msg) {
  if (phase_ != phase::running)
    return;
  if (const auto problem = topic_problem(msg.topic)) {
    ctx_->log->error("not subscribed: {}", *problem);
    return;
  }
  auto& entry = topics_[msg.topic];
  if (std::ranges::find(entry.subscribers, msg.subscriber)
      != entry.subscribers.end())
    return;
  downs_.watch(msg.subscriber);
  entry.subscribers.push_back(msg.subscriber);
  topic_changed(msg.topic);
}

void node_state::unsubscribe(const unsubscribe_topic& msg) {
  const auto i = topics_.find(msg.topic);
  if (i == topics_.end() || phase_ != phase::running)
    return;
  if (std::erase(i->second.subscribers, msg.subscriber) == 0)
    return;
  topic_changed(msg.topic);
}

// Tells the cache and the mesh manager, both of which ignore what they know.
void node_state::topic_changed(const std::string& topic) {
  const auto entry = topics_[topic];
  const bool joined = entry.pinned || !entry.subscribers.empty();
  // The cache first: what the mesh attracts is then wanted already.
  tell(self_, cache_, set_subscribers{topic, joined, entry.subscribers});
  if (joined) {
    tell(self_, mesh_, join_topic{topic});
  } else {
    tell(self_, mesh_, leave_topic{topic});
    topics_.erase(topic);
  }
}

void node_state::subscriber_ended(const caf::actor_addr& who) {
  std::vector<std::string> changed;
  for (auto& [topic, entry] : topics_)
    if (std::erase_if(entry.subscribers,
                      [&](const caf::actor& a) { return a.address() == who; })
        > 0)
      changed.push_back(topic);
  for (const auto& topic : changed)
    topic_changed(topic);
}

caf::result<peers_ready> node_state::wait_for_peers(const await_peers& msg) {
  if (phase_ != phase::running)
    return not_running();
  return hand_on(self_, mesh_, msg);
}

caf::result<node_snapshot> node_state::inspect() {
  auto promise = self_->make_response_promise<node_snapshot>();
  if (phase_ != phase::running) {
    promise.deliver(not_running());
    return promise;
  }
  node_snapshot snapshot;
  snapshot.self = ctx_->self;
  snapshot.addresses = ctx_->addresses;
  for (const auto& [id, entry] : peers_)
    snapshot.peers.push_back({id, entry.address, entry.outbound});
  ask(self_, mesh_, patience, inspect_mesh{})
      .then(
          [this, promise, snapshot](const mesh_snapshot& mesh) mutable {
            snapshot.mesh = mesh;
            ask(self_, cache_, patience, inspect_cache{})
                .then(
                    [promise, snapshot](const cache_snapshot& cache) mutable {
                      snapshot.cache = cache;
                      promise.deliver(snapshot);
                    },
                    [promise](caf::error& why) mutable {
                      promise.deliver(std::move(why));
                    });
          },
          [promise](caf::error& why) mutable {
            promise.deliver(std::move(why));
          });
  return promise;
}

} // namespace grapevine
