#include "actors/node/node_state.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

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

// Why such a message cannot be published.
std::optional<caf::error> node_state::publish_problem(const std::string& topic,
                                                      const bytes& data) const {
  if (phase_ != phase::running)
    return not_running();
  if (auto problem = topic_problem(topic))
    return caf::make_error(node_errc::too_large, std::move(*problem));
  const auto most =
      config_.max_rpc_size
      - std::min(config_.max_rpc_size, topic.size() + message_overhead);
  if (data.size() > most)
    return caf::make_error(node_errc::too_large,
                           "the message has " + std::to_string(data.size())
                               + " bytes, at most " + std::to_string(most)
                               + " fit into an RPC");
  return std::nullopt;
}

gossip::message_ptr node_state::build(const std::string& topic,
                                      const bytes& data) {
  gossip::message_fields fields{topic, data, std::nullopt, std::nullopt};
  if (signer_)
    fields.seqno = seqnos_.next();
  return gossip::build_message(fields, signer_ ? &*signer_ : nullptr,
                               config_.message_ids);
}

caf::result<publish_receipt> node_state::publish(const publish_message& msg) {
  if (auto problem = publish_problem(msg.topic, msg.data))
    return std::move(*problem);
  if (msg.min_peers > 0)
    return publish_when_ready(msg);
  return delegate(self_, cache_, publish_own{build(msg.topic, msg.data)});
}

caf::result<publish_receipt>
node_state::publish_when_ready(const publish_message& msg) {
  auto promise = self_->make_response_promise<publish_receipt>();
  const auto fail = [promise](caf::error& why) mutable {
    promise.deliver(std::move(why));
  };
  const auto send = [this, promise, msg,
                     fail](const peers_ready& ready) mutable {
    if (ready.count < msg.min_peers) {
      promise.deliver(caf::make_error(
          node_errc::not_ready, "the topic has " + std::to_string(ready.count)
                                    + " peers, " + std::to_string(msg.min_peers)
                                    + " were asked for"));
      return;
    }
    ask(self_, cache_, patience, publish_own{build(msg.topic, msg.data)})
        .then(
            [promise](const publish_receipt& receipt) mutable {
              promise.deliver(receipt);
            },
            fail);
  };
  ask(self_, mesh_, msg.patience + patience,
      await_peers{msg.topic, msg.min_peers, msg.patience})
      .then(send, fail);
  return promise;
}

caf::result<batch_receipt> node_state::publish(const publish_batch& msg) {
  publish_own_batch batch;
  for (const auto& data : msg.data)
    if (auto problem = publish_problem(msg.topic, data))
      return std::move(*problem);
  for (const auto& data : msg.data)
    batch.msgs.push_back(build(msg.topic, data));
  return delegate(self_, cache_, std::move(batch));
}

caf::result<changed> node_state::relay(const relay_topic& msg) {
  if (phase_ != phase::running)
    return not_running();
  if (auto problem = join_problem(msg.topic))
    return caf::make_error(node_errc::unknown_topic, std::move(*problem));
  topics_.pin(msg.topic, msg.relay);
  topic_changed(msg.topic);
  return changed{};
}

caf::result<changed> node_state::validation(const set_validation& msg) {
  if (phase_ != phase::running)
    return not_running();
  if (msg.validation)
    config_.validation.insert_or_assign(msg.topic, *msg.validation);
  else
    config_.validation.erase(msg.topic);
  const use_validation now_used{
      std::make_shared<const validation_table>(config_.validation)};
  for (const auto& one : validators_)
    tell(self_, one, now_used);
  tell(self_, cache_,
       bound_validation{msg.topic,
                        msg.validation
                            ? std::optional{msg.validation->max_messages}
                            : std::nullopt});
  return changed{};
}

// -- scores -------------------------------------------------------------------

void node_state::score(const set_application_score& msg) {
  if (phase_ == phase::running)
    tell(self_, mesh_, msg);
}

// -- subscriptions ------------------------------------------------------------

// Why this node cannot take part in a topic.
std::optional<std::string>
node_state::join_problem(const std::string& topic) const {
  if (auto problem = topic_problem(topic))
    return problem;
  if (config_.publish_only.contains(topic))
    return "the topic \"" + escaped(topic) + "\" is for publishing only";
  if (!config_.filter.allows(topic))
    return "the subscription filter does not allow \"" + escaped(topic) + '"';
  return std::nullopt;
}

void node_state::subscribe(const subscribe_topic& msg) {
  if (phase_ != phase::running)
    return;
  if (const auto problem = join_problem(msg.topic)) {
    ctx_->log->error("not subscribed: {}", *problem);
    return;
  }
  using enum topic_subscribers::outcome;
  const auto came = topics_.add(msg.topic, msg.subscriber, msg.batches);
  if (came == added)
    downs_.watch(msg.subscriber);
  if (came != unchanged)
    topic_changed(msg.topic);
}

void node_state::unsubscribe(const unsubscribe_topic& msg) {
  if (phase_ == phase::running && topics_.remove(msg.topic, msg.subscriber))
    topic_changed(msg.topic);
}

// Tells the cache and the mesh manager, both of which ignore what they know.
void node_state::topic_changed(const std::string& topic) {
  auto now_known = topics_.settle(topic);
  const bool joined = now_known.joined;
  // The cache first: what the mesh attracts is then wanted already.
  tell(self_, cache_, std::move(now_known));
  if (joined)
    tell(self_, mesh_, join_topic{topic});
  else
    tell(self_, mesh_, leave_topic{topic});
}

void node_state::subscriber_ended(const caf::actor_addr& who) {
  for (const auto& topic : topics_.remove(who))
    topic_changed(topic);
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
  snapshot.kept = kept_.list();
  snapshot.queued_bytes = ctx_->memory->queued.used();
  snapshot.unfinished_bytes = ctx_->memory->unfinished.used();
  snapshot.dropped = ctx_->memory->dropped.load(std::memory_order_relaxed);
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
