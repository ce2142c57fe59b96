#include "actors/node/node_state.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
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

// However long a wait was asked for.
std::chrono::milliseconds bounded(std::chrono::milliseconds wait) {
  return std::clamp(wait, std::chrono::milliseconds{0}, longest_wait);
}

bool has_nobody(const topic_validation& one) {
  return std::ranges::any_of(one.functions,
                             [](const auto& judge) { return !judge; })
         || std::ranges::any_of(one.actors,
                                [](const auto& judge) { return !judge; });
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
  const auto answer = answer_later(promise);
  const auto fail = [answer](const caf::error& why) { answer(why); };
  const auto send = [this, answer, msg, fail](const peers_ready& ready) {
    if (phase_ != phase::running)
      return;
    if (ready.count < msg.min_peers)
      return answer(caf::make_error(
          node_errc::not_ready, "the topic has " + std::to_string(ready.count)
                                    + " peers, " + std::to_string(msg.min_peers)
                                    + " were asked for"));
    ask(self_, cache_, patience, publish_own{build(msg.topic, msg.data)})
        .then([answer](const publish_receipt& receipt) { answer(receipt); },
              fail);
  };
  const auto wait = bounded(msg.patience);
  ask(self_, mesh_, wait + patience,
      await_peers{msg.topic, msg.min_peers, wait})
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
  if (auto problem = join_problem(msg.topic))
    return caf::make_error(node_errc::unknown_topic, std::move(*problem));
  return when_running([this, msg] {
    topics_.pin(msg.topic, msg.relay);
    topic_changed(msg.topic);
  });
}

caf::result<peers_ready> node_state::await(const await_peers& msg) {
  const auto wait = bounded(msg.timeout);
  return let_answer<peers_ready>(mesh_, wait + patience,
                                 await_peers{msg.topic, msg.count, wait});
}

// -- validation ---------------------------------------------------------------

caf::result<changed> node_state::validation(const set_validation& msg) {
  if (phase_ != phase::made && phase_ != phase::running)
    return not_running();
  if (msg.validation && has_nobody(*msg.validation))
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"a validator is empty"});
  validate_by(msg);
  if (phase_ == phase::made)
    return changed{};
  tell(self_, cache_,
       bound_validation{msg.topic,
                        msg.validation
                            ? std::optional{msg.validation->max_messages}
                            : std::nullopt});
  return use_validations();
}

void node_state::validate_by(const set_validation& msg) {
  if (!msg.validation) {
    config_.validation.erase(msg.topic);
    return;
  }
  auto& now_used = config_.validation[msg.topic];
  now_used = *msg.validation;
  now_used.timeout = bounded(now_used.timeout);
}

// Answered by the last validator: the others may still be at it.
caf::result<changed> node_state::use_validations() {
  auto promise = self_->make_response_promise<changed>();
  const auto answer = answer_later(promise);
  const auto done = [answer,
                     left = std::make_shared<std::size_t>(validators_.size())] {
    if (--*left == 0)
      answer(changed{});
  };
  const use_validation now_used{
      std::make_shared<const validation_table>(config_.validation)};
  for (const auto& one : validators_)
    ask_without_timeout(self_, one, now_used)
        .then([done](changed) { done(); },
              [done](const caf::error&) { done(); });
  return promise;
}

// -- scores -------------------------------------------------------------------

caf::result<changed> node_state::score(const set_application_score& msg) {
  if (!std::isfinite(msg.score))
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"a score must be a finite number"});
  return when_running([this, msg] { tell(self_, mesh_, msg); });
}

caf::result<changed> node_state::score(const set_topic_score& msg) {
  return let_answer<changed>(mesh_, patience, msg);
}

caf::result<scores_snapshot> node_state::scores() {
  return let_answer<scores_snapshot>(mesh_, patience, inspect_scores{});
}

// -- partial messages ---------------------------------------------------------

caf::result<changed> node_state::partial(const set_partial_topic& msg) {
  if (msg.how.rules && !msg.receiver)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"the receiver's handle is empty"});
  return let_answer<changed>(mesh_, patience, msg);
}

caf::result<changed> node_state::partial(const publish_partial& msg) {
  return let_answer<changed>(mesh_, patience, msg);
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
  snapshot.addresses = ctx_->addresses;
  for (const auto& [id, entry] : peers_)
    snapshot.peers.push_back({id, entry.address, entry.outbound});
  snapshot.kept = kept_.list();
  snapshot.queued_bytes = ctx_->memory->queued.used();
  snapshot.unfinished_bytes = ctx_->memory->unfinished.used();
  snapshot.dropped = ctx_->memory->dropped.load(std::memory_order_relaxed);
  ask(self_, mesh_, patience, inspect_mesh{})
      .then(
          [this, answer, fail, snapshot](const mesh_snapshot& mesh) mutable {
            snapshot.mesh = mesh;
            ask(self_, cache_, patience, inspect_cache{})
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
