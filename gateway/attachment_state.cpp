#include "gateway/attachment_state.hpp"

#include "gateway/caf_network.hpp"

#include <algorithm>

namespace grapevine {

namespace {

caf::error trouble(std::string text) {
  return caf::make_error(node_errc::not_running, std::move(text));
}

caf::actor_id id_of(const caf::actor& handle) {
  return handle.address().id();
}

caf::error nobody() {
  return caf::make_error(node_errc::bad_parameters,
                         std::string{"there is no actor"});
}

} // namespace

attacher::attacher(attachment_internal_actor::pointer self,
                   attachment_options options)
    : self_{self}, options_{std::move(options)},
      downs_{self, [this](const caf::actor_addr& who,
                          const caf::error& why) { actor_lost(who, why); }},
      retry_{options_.retry_min} {
  state_.trouble = "it has not been tried yet";
}

attacher::~attacher() {
  for (const auto& [id, fail] : std::exchange(open_, {}))
    fail(trouble("the attachment has ended"));
}

// -- the gateway --------------------------------------------------------------

void attacher::attach() {
  auto& sys = self_->system();
  if (!sys.has_middleman()) {
    state_.trouble = "the actor system has no network: call "
                     "grapevine::use_network on its configuration";
    return tell_state();
  }
  ask_to_connect(self_, network_of(sys), options_.patience, options_.host,
                 options_.port)
      .then(
          [this](const caf::node_id&, const caf::strong_actor_ptr& found,
                 const std::set<std::string>& takes) {
            connected(found, takes);
          },
          [this](const caf::error& why) { try_later(why); });
}

void attacher::try_later(const caf::error& why) {
  state_.trouble = "cannot reach the gateway: " + reason_of(why);
  tell_state();
  tell_self_later(self_, retry_, attach_again{++round_});
  retry_ = std::min(2 * retry_, options_.retry_max);
}

void attacher::turn(attach_again msg) {
  if (msg.round != round_)
    return;
  if (!attached_)
    return attach();
  ask(self_, found_, options_.patience, gateway_hello{})
      .then([](const gateway_welcome&) {},
            [this, round = round_](const caf::error& why) {
              if (round == round_)
                lost(why);
            });
  tell_self_later(self_, lease_ / 3, attach_again{round_});
}

void attacher::connected(const caf::strong_actor_ptr& found,
                         const std::set<std::string>& takes) {
  if (!found || !self_->system().assignable<gateway_actor>(takes))
    return try_later(trouble("what is there is no gateway of this version"));
  found_ = caf::actor_cast<gateway_actor>(found);
  downs_.watch(found_);
  ask(self_, found_, options_.patience, gateway_hello{})
      .then([this](const gateway_welcome& welcome) { welcomed(welcome); },
            [this](const caf::error& why) {
              downs_.forget(found_.address());
              try_later(why);
            });
}

void attacher::welcomed(const gateway_welcome& welcome) {
  attached_ = true;
  retry_ = options_.retry_min;
  lease_ = std::max(welcome.lease, std::chrono::milliseconds{300});
  state_ = {true, welcome.rights, {}, {}};
  if (lost_at_)
    state_.away = std::chrono::duration_cast<std::chrono::milliseconds>(
        self_->clock().now() - *std::exchange(lost_at_, std::nullopt));
  for (const auto& [where, what] : subscriptions_)
    take_up(where, what);
  for (const auto& [topic, validation] : validations_)
    ask_without_timeout(self_, found_, validation)
        .then([](changed) {},
              [this](const caf::error& why) {
                state_.trouble = reason_of(why);
                tell_state();
              });
  tell_state();
  tell_self_later(self_, lease_ / 3, attach_again{++round_});
}

void attacher::take_up(const place& where, const subscription& what) {
  const auto refused = [this](const caf::error& why) {
    state_.trouble = reason_of(why);
    tell_state();
  };
  if (where.second)
    ask_without_timeout(
        self_, found_,
        subscribe_topic{*where.second, what.forwarder, true, what.delivery})
        .then([](changed) {}, refused);
  else
    ask_without_timeout(self_, found_,
                        watch_node{what.forwarder, what.only_news})
        .then([](changed) {}, refused);
}

void attacher::lost(const caf::error& why) {
  downs_.forget(found_.address());
  attached_ = false;
  lost_at_ = self_->clock().now();
  const auto answer =
      trouble("the connection to the gateway is lost: " + reason_of(why));
  for (const auto& [id, fail] : std::exchange(open_, {}))
    fail(answer);
  state_ = {false, {}, reason_of(answer), {}};
  tell_state();
  tell_self_later(self_, retry_, attach_again{++round_});
}

caf::error attacher::not_attached() const {
  return trouble("not attached to the gateway: " + state_.trouble);
}

void attacher::tell_state() {
  for (const auto& one : observers_)
    tell(self_, one, state_);
}

// -- what is to hold ----------------------------------------------------------

attacher::subscription&
attacher::keep(const place& where, const caf::actor& subscriber, bool batches) {
  auto& entry = subscriptions_[where];
  forward_to to{subscriber, batches};
  if (entry.forwarder) {
    tell(self_, entry.forwarder, std::move(to));
  } else {
    downs_.watch(subscriber);
    entry.subscriber = subscriber;
    entry.forwarder =
        spawn_forwarder(self_->system(), self_->address(), std::move(to));
  }
  return entry;
}

void attacher::give_up(const place& where) {
  // The gateway takes its end as that of the subscription.
  if (auto taken = subscriptions_.extract(where))
    caf::anon_send_exit(taken.mapped().forwarder,
                        caf::exit_reason::user_shutdown);
}

caf::result<changed> attacher::subscribe(subscribe_topic& msg) {
  if (!msg.subscriber)
    return nobody();
  const place where{id_of(msg.subscriber), msg.topic};
  auto& entry = keep(where, msg.subscriber, msg.batches);
  entry.delivery = msg.delivery;
  return establish(
      subscribe_topic{msg.topic, entry.forwarder, true, msg.delivery},
      [this, where] { give_up(where); });
}

caf::result<changed> attacher::unsubscribe(unsubscribe_topic& msg) {
  if (!msg.subscriber)
    return nobody();
  give_up({id_of(msg.subscriber), msg.topic});
  return changed{};
}

caf::result<changed> attacher::request(request_messages& msg) {
  if (!msg.subscriber)
    return nobody();
  const auto found = subscriptions_.find({id_of(msg.subscriber), msg.topic});
  if (found == subscriptions_.end())
    return caf::make_error(node_errc::unknown_topic,
                           std::string{"the actor is not subscribed to it"});
  return pass_on<changed>(
      request_messages{msg.topic, found->second.forwarder, msg.count});
}

caf::result<changed> attacher::watch(watch_node& msg) {
  if (!msg.observer)
    return nobody();
  const place where{id_of(msg.observer), std::nullopt};
  auto& entry = keep(where, msg.observer, false);
  entry.only_news = msg.only_news;
  return establish(watch_node{entry.forwarder, msg.only_news},
                   [this, where] { give_up(where); });
}

caf::result<changed> attacher::unwatch(unwatch_node& msg) {
  if (!msg.observer)
    return nobody();
  give_up({id_of(msg.observer), std::nullopt});
  return changed{};
}

caf::result<changed> attacher::validation(set_validation& msg) {
  if (msg.validation && !msg.validation->functions.empty())
    return caf::make_error(node_errc::in_process_only,
                           std::string{"a function cannot leave the process: "
                                       "validate by an actor"});
  if (msg.validation)
    validations_[msg.topic] = msg;
  else
    validations_.erase(msg.topic);
  return establish(msg,
                   [this, topic = msg.topic] { validations_.erase(topic); });
}

caf::result<changed> attacher::watch(const watch_attachment& msg) {
  if (!msg.observer)
    return nobody();
  downs_.watch(msg.observer);
  observers_.push_back(msg.observer);
  tell(self_, msg.observer, state_);
  return changed{};
}

void attacher::actor_lost(const caf::actor_addr& who, const caf::error& why) {
  if (found_ && who == found_.address()) {
    if (attached_)
      lost(why);
    return;
  }
  std::erase_if(observers_,
                [&](const caf::actor& one) { return one.address() == who; });
  for (auto i = subscriptions_.begin(); i != subscriptions_.end();)
    if (const auto current = i++; current->second.subscriber.address() == who)
      give_up(current->first);
}

} // namespace grapevine
