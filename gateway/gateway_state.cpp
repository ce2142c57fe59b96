#include "gateway/gateway_state.hpp"

#include <algorithm>

namespace grapevine {

namespace {

caf::error refusal(node_errc code, std::string text) {
  return caf::make_error(code, std::move(text));
}

// What tells the actors of a process apart.
template <class Handle>
caf::actor_id id_of(const Handle& handle) {
  return handle.address().id();
}

std::size_t size_of(const publish_batch& msg) {
  std::size_t size = 0;
  for (const auto& data : msg.data)
    size += data.size();
  return size;
}

} // namespace

gateway_state::gateway_state(gateway_internal_actor::pointer self,
                             node_actor node, gateway_options options)
    : self_{self}, node_{std::move(node)}, options_{std::move(options)},
      downs_{self, [this](const caf::actor_addr& who, const caf::error& why) {
               actor_lost(who, why);
             }} {
  downs_.watch(node_);
  tell_self_later(self_, look_interval, look_at_remotes{});
}

// -- who may ask --------------------------------------------------------------

gateway_state::asker gateway_state::ask_of(right needed, std::string_view name,
                                           std::size_t messages,
                                           std::size_t size) {
  const auto sender = self_->current_sender();
  if (!sender)
    return {{},
            refusal(node_errc::not_permitted,
                    "who asks a gateway must be an actor")};
  const auto found = remote_of(sender->node());
  if (!found)
    return {{},
            refusal(node_errc::busy, "the gateway has as many remotes as "
                                     "it may")};
  auto& who = (*found)->second;
  who.heard = now();
  if (needed != nullptr && !(options_.rights.*needed))
    return {{},
            refusal(node_errc::not_permitted, "the gateway does not permit \""
                                                  + std::string{name} + "\"")};
  if (who.outstanding >= options_.max_outstanding)
    return {{},
            refusal(node_errc::busy, "too many requests are not answered yet")};
  if (!who.requests.take(messages, who.heard)
      || !who.bytes.take(size, who.heard))
    return {{},
            refusal(node_errc::busy, "more requests or bytes in a second "
                                     "than the gateway takes")};
  return {*found, {}};
}

caf::error gateway_state::refuse_topic(std::string_view topic) const {
  if (options_.topics.allows(topic))
    return {};
  return refusal(node_errc::not_permitted,
                 "the gateway does not permit this topic");
}

// Nobody has messages sent to others.
caf::error gateway_state::refuse_handle(const caf::node_id& of) const {
  if (of == self_->current_sender()->node())
    return {};
  return refusal(node_errc::bad_parameters,
                 "the actor that is named is not one of the process that asks");
}

caf::error gateway_state::not_for_remotes(std::string_view what) {
  return refusal(node_errc::not_permitted,
                 std::string{what} + " is the node's own process's");
}

caf::error gateway_state::code_stays(std::string_view what) {
  return refusal(node_errc::in_process_only,
                 std::string{what} + " cannot leave the process");
}

caf::result<gateway_welcome> gateway_state::hello() {
  auto [who, refused] = ask_of(nullptr, {});
  if (refused)
    return std::move(refused);
  who->second.leased = true;
  return gateway_welcome{options_.rights, options_.lease};
}

// -- messages -----------------------------------------------------------------

caf::result<changed> gateway_state::subscribe(subscribe_topic& msg) {
  auto [who, refused] = ask_of(&gateway_rights::read, "read");
  if (refused || (refused = refuse_topic(msg.topic)))
    return std::move(refused);
  if (!msg.subscriber)
    return refusal(node_errc::bad_parameters, "there is no subscriber");
  if ((refused = refuse_handle(msg.subscriber.node())))
    return std::move(refused);
  const place where{id_of(msg.subscriber), msg.topic};
  const auto* entry =
      subscription_at(who, where, forward_to{msg.subscriber, msg.batches});
  if (entry == nullptr)
    return refusal(node_errc::busy, "as many subscriptions as a remote may");
  auto& delivery = msg.delivery;
  delivery.max_messages =
      std::min(delivery.max_messages, options_.max_waiting_messages);
  delivery.max_bytes = std::min(delivery.max_bytes, options_.max_waiting_bytes);
  return pass_on<changed>(
      who->first, subscribe_topic{msg.topic, entry->forwarder, true, delivery},
      [this, from = who->first, where](const caf::error&) {
        if (const auto found = remotes_.find(from); found != remotes_.end())
          give_up(found, where);
      });
}

caf::result<changed> gateway_state::unsubscribe(unsubscribe_topic& msg) {
  auto [who, refused] = ask_of(&gateway_rights::read, "read");
  if (refused)
    return std::move(refused);
  if (msg.subscriber)
    give_up(who, {id_of(msg.subscriber), msg.topic});
  return changed{};
}

caf::result<changed> gateway_state::request(request_messages& msg) {
  auto [who, refused] = ask_of(&gateway_rights::read, "read");
  if (refused)
    return std::move(refused);
  const auto* entry =
      msg.subscriber ? find(who, {id_of(msg.subscriber), msg.topic}) : nullptr;
  if (entry == nullptr)
    return refusal(node_errc::unknown_topic,
                   "the actor is not subscribed to the topic");
  return pass_on<changed>(
      who->first, request_messages{msg.topic, entry->forwarder, msg.count});
}

caf::result<publish_receipt> gateway_state::publish(publish_message& msg) {
  auto [who, refused] =
      ask_of(&gateway_rights::publish, "publish", 1, msg.data.size());
  if (refused || (refused = refuse_topic(msg.topic)))
    return std::move(refused);
  if (msg.key)
    return code_stays("a key");
  return pass_on<publish_receipt>(who->first, std::move(msg));
}

caf::result<batch_receipt> gateway_state::publish(publish_batch& msg) {
  auto [who, refused] = ask_of(&gateway_rights::publish, "publish",
                               msg.data.size(), size_of(msg));
  if (refused || (refused = refuse_topic(msg.topic)))
    return std::move(refused);
  if (msg.key)
    return code_stays("a key");
  return pass_on<batch_receipt>(who->first, std::move(msg));
}

caf::result<changed> gateway_state::publish(publish_partial& msg) {
  auto [who, refused] = ask_of(&gateway_rights::publish, "publish", 1,
                               msg.parts.size() + msg.metadata.size());
  if (refused || (refused = refuse_topic(msg.topic)))
    return std::move(refused);
  return pass_on<changed>(who->first, std::move(msg));
}

caf::result<peers_ready> gateway_state::await(await_peers& msg) {
  auto [who, refused] = ask_of(&gateway_rights::read, "read");
  if (refused || (refused = refuse_topic(msg.topic)))
    return std::move(refused);
  return pass_on<peers_ready>(who->first, std::move(msg));
}

// -- events and validators ----------------------------------------------------

caf::result<changed> gateway_state::watch(watch_node& msg) {
  auto [who, refused] = ask_of(&gateway_rights::inspect, "inspect");
  if (refused)
    return std::move(refused);
  if (!msg.observer)
    return refusal(node_errc::bad_parameters, "there is no observer");
  if ((refused = refuse_handle(msg.observer.node())))
    return std::move(refused);
  const place where{id_of(msg.observer), std::nullopt};
  if (find(who, where) != nullptr)
    return changed{};
  const auto* entry =
      subscription_at(who, where, forward_to{msg.observer, false});
  if (entry == nullptr)
    return refusal(node_errc::busy, "as many subscriptions as a remote may");
  return pass_on<changed>(
      who->first, watch_node{entry->forwarder, msg.only_news},
      [this, from = who->first, where](const caf::error&) {
        if (const auto found = remotes_.find(from); found != remotes_.end())
          give_up(found, where);
      });
}

caf::result<changed> gateway_state::unwatch(unwatch_node& msg) {
  auto [who, refused] = ask_of(&gateway_rights::inspect, "inspect");
  if (refused)
    return std::move(refused);
  if (msg.observer)
    give_up(who, {id_of(msg.observer), std::nullopt});
  return changed{};
}

caf::result<changed> gateway_state::validation(set_validation& msg) {
  auto [who, refused] = ask_of(&gateway_rights::validate, "validate");
  if (refused || (refused = refuse_topic(msg.topic)))
    return std::move(refused);
  if (msg.topic == all_topics)
    return refusal(node_errc::not_permitted,
                   "what all topics' messages must pass is the node's own");
  auto& validated = who->second.validated;
  if (msg.validation) {
    if (!msg.validation->functions.empty())
      return code_stays("a validator that is a function");
    const auto& actors = msg.validation->actors;
    if (actors.size() != 1 || !actors.front())
      return refusal(node_errc::bad_parameters,
                     "a remote validates by one actor");
    if ((refused = refuse_handle(actors.front().node())))
      return std::move(refused);
  } else if (!validated.contains(msg.topic)) {
    return refusal(node_errc::not_permitted,
                   "the topic's validation is not this remote's");
  }
  for (const auto& [id, other] : remotes_)
    if (id != who->first && other.validated.contains(msg.topic))
      return refusal(node_errc::not_permitted,
                     "another remote validates the topic");
  validated.erase(msg.topic);
  if (msg.validation) {
    const auto& judge = msg.validation->actors.front();
    validated.emplace(msg.topic, judge.address());
    downs_.watch(judge);
  }
  const auto topic = msg.topic;
  return pass_on<changed>(who->first, std::move(msg),
                          [this, from = who->first, topic](const caf::error&) {
                            if (const auto found = remotes_.find(from);
                                found != remotes_.end())
                              found->second.validated.erase(topic);
                          });
}

void gateway_state::end_validation(const std::string& topic) {
  say("its validator is gone: \"" + topic + "\" is validated no more");
  ask_without_timeout(self_, node_, set_validation{topic, std::nullopt})
      .then([](changed) {}, [](const caf::error&) {});
}

} // namespace grapevine
