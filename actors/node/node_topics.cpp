#include "actors/node/node_state.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

// What applications subscribe to, and what they ask of topics.

namespace grapevine {

namespace {

constexpr std::size_t max_topic_size = gossip::mesh_limits{}.topic_size;

} // namespace

std::optional<std::string> node_state::topic_problem(const std::string& topic) {
  if (topic.empty())
    return "a topic needs a name";
  if (topic.size() > max_topic_size)
    return "the topic's name has " + std::to_string(topic.size())
           + " bytes, at most " + std::to_string(max_topic_size)
           + " are possible";
  return std::nullopt;
}

std::chrono::milliseconds node_state::bounded(std::chrono::milliseconds wait) {
  return std::clamp(wait, std::chrono::milliseconds{0}, longest_wait);
}

caf::result<changed> node_state::relay(const relay_topic& msg) {
  if (auto problem = join_problem(msg.topic))
    return caf::make_error(node_errc::unknown_topic, std::move(*problem));
  return when_running([this, msg] {
    topics_.pin(msg.topic, msg.relay);
    topic_changed(msg.topic);
  });
}

caf::result<peers_ready> node_state::await(const await_peers& msg) {
  const auto wait = bounded(msg.timeout);
  return let_answer<peers_ready>(mesh_, wait + part_patience,
                                 await_peers{msg.topic, msg.count, wait});
}

// -- scores -------------------------------------------------------------------

caf::result<changed> node_state::score(const set_application_score& msg) {
  if (!std::isfinite(msg.score))
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"a score must be a finite number"});
  return when_running([this, msg] { tell(self_, mesh_, msg); });
}

caf::result<changed> node_state::score(const set_topic_score& msg) {
  return let_answer<changed>(mesh_, part_patience, msg);
}

caf::result<scores_snapshot> node_state::scores() {
  return let_answer<scores_snapshot>(mesh_, part_patience, inspect_scores{});
}

// -- partial messages ---------------------------------------------------------

caf::result<changed> node_state::partial(const set_partial_topic& msg) {
  if (msg.how.rules && !msg.receiver)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"the receiver's handle is empty"});
  return let_answer<changed>(mesh_, part_patience, msg);
}

caf::result<changed> node_state::partial(const publish_partial& msg) {
  return let_answer<changed>(mesh_, part_patience, msg);
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

caf::result<changed> node_state::subscribe(const subscribe_topic& msg) {
  if (!msg.subscriber)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"the subscriber's handle is empty"});
  if (auto problem = join_problem(msg.topic)) {
    // Many do not wait for the answer.
    config_.log->error("not subscribed: {}", *problem);
    return caf::make_error(node_errc::unknown_topic, *std::move(problem));
  }
  return when_running([this, msg] { subscribe_now(msg); });
}

void node_state::subscribe_now(const subscribe_topic& msg) {
  using enum topic_subscribers::outcome;
  const auto came =
      topics_.add(msg.topic, {msg.subscriber, msg.batches, msg.delivery});
  if (came == added)
    downs_.watch(msg.subscriber);
  if (came != unchanged)
    topic_changed(msg.topic);
}

caf::result<changed> node_state::unsubscribe(const unsubscribe_topic& msg) {
  return when_running([this, msg] { unsubscribe_now(msg); });
}

void node_state::unsubscribe_now(const unsubscribe_topic& msg) {
  if (!topics_.remove(msg.topic, msg.subscriber))
    return;
  topic_changed(msg.topic);
  forget_if_unused(msg.subscriber.address());
}

caf::result<changed> node_state::request(const request_messages& msg) {
  if (!msg.subscriber)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"the subscriber's handle is empty"});
  if (phase_ != phase::running)
    return not_running();
  if (!topics_.has(msg.topic, msg.subscriber))
    return caf::make_error(node_errc::unknown_topic,
                           "the actor is not subscribed to \""
                               + escaped(msg.topic) + '"');
  tell(self_, cache_, msg);
  return changed{};
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
  if (phase_ != phase::running)
    return not_running();
  auto promise = self_->make_response_promise<node_snapshot>();
  const auto answer = answer_later(promise);
  const auto fail = [answer](const caf::error& why) { answer(why); };
  node_snapshot snapshot;
  snapshot.self = ctx_->self;
  snapshot.addresses = announced_->addresses;
  snapshot.listening = dialable(bound_addresses());
  for (const auto& [id, entry] : peers_)
    snapshot.peers.push_back({id, entry.address, entry.outbound});
  snapshot.kept = names_.list();
  std::ranges::move(kept_.list(), std::back_inserter(snapshot.kept));
  snapshot.queued_bytes = ctx_->memory->queued.used();
  snapshot.unfinished_bytes = ctx_->memory->unfinished.used();
  snapshot.dropped = ctx_->memory->dropped.load(std::memory_order_relaxed);
  ask(self_, mesh_, part_patience, inspect_mesh{})
      .then(
          [this, answer, fail, snapshot](const mesh_snapshot& mesh) mutable {
            snapshot.mesh = mesh;
            ask(self_, cache_, part_patience, inspect_cache{})
                .then(
                    [answer, snapshot](const cache_snapshot& cache) mutable {
                      snapshot.cache = cache;
                      answer(std::move(snapshot));
                    },
                    fail);
          },
          fail);
  return promise;
}

} // namespace grapevine
