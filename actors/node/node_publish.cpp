#include "actors/node/node_state.hpp"
#include "actors/pubsub/validation_rules.hpp"
#include "libp2p/base/keyed_hash.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

// What applications publish: what of it is possible, who judges it, and the way
// to the message cache, which answers.

namespace grapevine {

namespace {

// What a message has besides topic and data: author, number, signature, key of
// the largest kind, and their tags.
constexpr std::size_t message_overhead = 2048;

} // namespace

// -- what is not possible -----------------------------------------------------

// Why nothing can be published to the topic, or not so.
std::optional<caf::error>
node_state::publish_problem(const std::string& topic,
                            const key_ptr& key) const {
  if (phase_ != phase::running)
    return not_running();
  if (auto problem = topic_problem(topic))
    return caf::make_error(node_errc::too_large, std::move(*problem));
  if (key && config_.policy == gossip::signing_policy::strict_no_sign)
    return caf::make_error(
        node_errc::bad_parameters,
        std::string{"a message with a key of its own is signed, and this node "
                    "publishes without signatures (policy)"});
  return std::nullopt;
}

// Why a message of so many bytes cannot be published.
std::optional<caf::error> node_state::size_problem(const std::string& topic,
                                                   std::size_t size) const {
  const auto fits =
      config_.max_rpc_size
      - std::min(config_.max_rpc_size, topic.size() + message_overhead);
  if (size > fits)
    return caf::make_error(node_errc::too_large,
                           "the message has " + std::to_string(size)
                               + " bytes, at most " + std::to_string(fits)
                               + " fit into an RPC");
  const auto allowed = max_data_size(config_.validation, topic);
  if (allowed > 0 && size > allowed)
    return caf::make_error(node_errc::too_large,
                           "the message has " + std::to_string(size)
                               + " bytes, at most " + std::to_string(allowed)
                               + " are valid in the topic");
  return std::nullopt;
}

// -- messages -----------------------------------------------------------------

// Numbers of all authors come from one source: those of each grow.
std::vector<gossip::message_ptr> node_state::build(const std::string& topic,
                                                   std::span<const bytes> data,
                                                   const key_ptr& key) {
  std::optional<gossip::message_signer> own;
  if (key)
    own.emplace(*key);
  const auto& signer = own ? own : signer_;
  std::vector<gossip::message_ptr> result;
  result.reserve(data.size());
  for (const auto& one : data) {
    gossip::message_fields fields{topic, one, std::nullopt, std::nullopt};
    if (signer)
      fields.seqno = seqnos_.next();
    result.push_back(gossip::build_message(fields, signer ? &*signer : nullptr,
                                           config_.message_ids));
  }
  return result;
}

// The same for all messages of a topic: what functions judge keeps its order.
const validator_actor&
node_state::validator_of(const std::string& topic) const {
  return validators_[libp2p::keyed_string_hash{}(topic) % validators_.size()];
}

// -- ways ---------------------------------------------------------------------

caf::result<publish_receipt> node_state::publish(publish_message& msg) {
  if (auto problem = publish_problem(msg.topic, msg.key))
    return std::move(*problem);
  if (auto problem = size_problem(msg.topic, msg.data.size()))
    return std::move(*problem);
  if (msg.min_peers > 0)
    return publish_when_ready(msg);
  auto own = build(msg.topic, {&msg.data, 1}, msg.key);
  if (!is_judged(config_.validation, msg.topic))
    return delegate(self_, cache_, publish_own{std::move(own.front())});
  return publish_judged<publish_receipt>(
      msg.topic, own, std::move(msg.ticket),
      [one = own.front()](own_accepted& accepted) {
        return publish_own{one, std::move(accepted.values.front())};
      });
}

caf::result<batch_receipt> node_state::publish(publish_batch& msg) {
  if (auto problem = publish_problem(msg.topic, msg.key))
    return std::move(*problem);
  for (const auto& data : msg.data)
    if (auto problem = size_problem(msg.topic, data.size()))
      return std::move(*problem);
  auto own = build(msg.topic, msg.data, msg.key);
  if (!is_judged(config_.validation, msg.topic))
    return delegate(self_, cache_, publish_own_batch{std::move(own)});
  return publish_judged<batch_receipt>(
      msg.topic, own, std::move(msg.ticket), [own](own_accepted& accepted) {
        return publish_own_batch{own, std::move(accepted.values)};
      });
}

// Publishes what `make` makes of the validators' answer, if the node still runs
// then; until then it counts as under way.
// (In a template, clang 14 does not destroy what `= {}` makes.)
template <class Answer, class MakeOwn>
caf::result<Answer>
node_state::publish_judged(const std::string& topic,
                           std::vector<gossip::message_ptr> msgs,
                           load_ticket ticket, MakeOwn make) {
  auto promise = self_->make_response_promise<Answer>();
  const auto number = requests_.add(promise);
  const auto held = std::make_shared<load_ticket>(std::move(ticket));
  ask_without_timeout(self_, validator_of(topic), judge_own{std::move(msgs)})
      .then(
          [this, to = promise, number, held,
           make](own_accepted& accepted) mutable {
            *held = load_ticket{};
            if (requests_.take(number))
              to.delegate(cache_, make(accepted));
          },
          [this, to = promise, number, held](const caf::error& why) mutable {
            *held = load_ticket{};
            if (requests_.take(number))
              to.deliver(why);
          });
  return promise;
}

caf::result<publish_receipt>
node_state::publish_when_ready(publish_message& msg) {
  auto promise = self_->make_response_promise<publish_receipt>();
  const auto answer = answer_later(promise);
  const auto fail = [answer](const caf::error& why) { answer(why); };
  // With its ticket.
  const auto asked = std::make_shared<publish_message>(std::move(msg));
  const auto send = [this, answer, fail](publish_own own) {
    // Whoever was told that nothing is published can rely on it.
    if (phase_ == phase::running)
      ask(self_, cache_, part_patience, std::move(own))
          .then([answer](const publish_receipt& receipt) { answer(receipt); },
                fail);
  };
  const auto judge_and_send = [this, answer, asked, fail,
                               send](const peers_ready& ready) {
    if (phase_ != phase::running)
      return;
    if (ready.count < asked->min_peers)
      return answer(caf::make_error(
          node_errc::not_ready,
          "the topic has " + std::to_string(ready.count) + " peers, "
              + std::to_string(asked->min_peers) + " were asked for"));
    auto own = build(asked->topic, {&asked->data, 1}, asked->key);
    if (!is_judged(config_.validation, asked->topic))
      return send(publish_own{own.front()});
    ask_without_timeout(self_, validator_of(asked->topic), judge_own{own})
        .then(
            [asked, send, one = own.front()](own_accepted& accepted) {
              send(publish_own{one, std::move(accepted.values.front())});
            },
            fail);
  };
  const auto wait = bounded(asked->patience);
  ask(self_, mesh_, wait + part_patience,
      await_peers{asked->topic, asked->min_peers, wait})
      .then(judge_and_send, fail);
  return promise;
}

} // namespace grapevine
