#pragma once

#include "gateway/forwarder.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_rate.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine {

/// Looks after remotes that have gone; sent to itself.
struct look_at_remotes {};

/// A gateway with what it says to itself.
using gateway_internal_actor = gateway_actor::extend<
    // Looks whether remotes have gone.
    takes<look_at_remotes>>;

/// Behind `spawn_gateway`: who the remotes are, and what each of them has.
class gateway_state {
public:
  gateway_state(gateway_internal_actor::pointer self, node_actor node,
                gateway_options options);

  // -- what remotes ask -----------------------------------------------------

  caf::result<gateway_welcome> hello();
  caf::result<changed> subscribe(subscribe_topic& msg);
  caf::result<changed> unsubscribe(unsubscribe_topic& msg);
  caf::result<changed> request(request_messages& msg);
  caf::result<publish_receipt> publish(publish_message& msg);
  caf::result<batch_receipt> publish(publish_batch& msg);
  caf::result<changed> publish(publish_partial& msg);
  caf::result<peers_ready> await(await_peers& msg);
  caf::result<changed> watch(watch_node& msg);
  caf::result<changed> unwatch(unwatch_node& msg);
  caf::result<changed> validation(set_validation& msg);

  /// Asks the node, if whoever asks has the right to.
  template <class Answer, class Message>
  caf::result<Answer> inspect(Message msg) {
    return pass_on<Answer>(&gateway_rights::inspect, "inspect", std::move(msg));
  }
  template <class Answer, class Message>
  caf::result<Answer> administer(Message msg) {
    return pass_on<Answer>(&gateway_rights::admin, "admin", std::move(msg));
  }

  /// What no remote may, or can.
  static caf::error not_for_remotes(std::string_view what);
  static caf::error code_stays(std::string_view what);

  // -- what happens ---------------------------------------------------------

  void look();

private:
  using right = bool gateway_rights::*;

  static constexpr std::chrono::seconds look_interval{1};

  // An actor of a remote, and the topic that it has subscribed to; or none: it
  // watches.
  using place = std::pair<caf::actor_id, std::optional<std::string>>;

  struct subscription {
    caf::actor subscriber;
    caf::actor forwarder;
    // Its connection is lost: until then it is counted what it misses.
    std::optional<time_point> lost_until;
  };

  struct remote {
    request_rate requests;
    request_rate bytes;
    std::size_t outstanding = 0;
    time_point heard;
    // It has said that it will go on saying that it is there.
    bool leased = false;
    std::map<place, subscription> subscriptions;
    // Those whose messages its actors judge.
    std::map<std::string, caf::actor_addr, std::less<>> validated;
  };

  using remotes = std::map<caf::node_id, remote>;

  // Whoever has sent the message at hand; or why he is refused.
  struct asker {
    remotes::iterator who;
    caf::error refused;
  };
  asker ask_of(right needed, std::string_view name, std::size_t messages = 1,
               std::size_t size = 0);
  std::optional<remotes::iterator> remote_of(const caf::node_id& id);
  caf::error refuse_topic(std::string_view topic) const;
  caf::error refuse_handle(const caf::node_id& of) const;

  template <class Answer, class Message>
  caf::result<Answer> pass_on(right needed, std::string_view name, Message msg);
  template <class Answer, class Message>
  caf::result<Answer> pass_on(const caf::node_id& from, Message msg);
  // As the last one; `failed` is called before the answer if it is none.
  template <class Answer, class Message, class Failed>
  caf::result<Answer> pass_on(const caf::node_id& from, Message msg,
                              Failed failed);

  // The subscription at that place, made or taken up again; null if there are
  // too many.
  subscription* subscription_at(remotes::iterator who, const place& where,
                                forward_to to);
  subscription* find(remotes::iterator who, const place& where);
  void give_up(remotes::iterator who, const place& where);
  void end(const subscription& what);
  void actor_lost(const caf::actor_addr& who, const caf::error& why);
  // Until then it is counted what it misses; nothing: it is not.
  void lose(remotes::iterator who, std::map<place, subscription>::iterator what,
            bool counts);
  void lose_all(remotes::iterator who);
  void forget(remotes::iterator who, std::string_view why);
  void end_validation(const std::string& topic);
  bool is_idle(const remote& one, time_point now) const;

  time_point now() const { return self_->clock().now(); }
  void say(std::string_view text) const {
    if (options_.log)
      options_.log(text);
  }

  gateway_internal_actor::pointer self_;
  node_actor node_;
  gateway_options options_;
  down_watch<gateway_internal_actor::base> downs_;
  remotes remotes_;
};

template <class Answer, class Message>
caf::result<Answer> gateway_state::pass_on(right needed, std::string_view name,
                                           Message msg) {
  auto [who, refused] = ask_of(needed, name);
  if (refused)
    return std::move(refused);
  return pass_on<Answer>(who->first, std::move(msg));
}

template <class Answer, class Message>
caf::result<Answer> gateway_state::pass_on(const caf::node_id& from,
                                           Message msg) {
  return pass_on<Answer>(from, std::move(msg), [](const caf::error&) {});
}

template <class Answer, class Message, class Failed>
caf::result<Answer> gateway_state::pass_on(const caf::node_id& from,
                                           Message msg, Failed failed) {
  auto promise = self_->make_response_promise<Answer>();
  ++remotes_.at(from).outstanding;
  // It may be gone, and even be another one of that name, by the answer.
  const auto answered = [this, from] {
    if (const auto who = remotes_.find(from);
        who != remotes_.end() && who->second.outstanding > 0)
      --who->second.outstanding;
  };
  ask_without_timeout(self_, node_, std::move(msg))
      .then(
          [answered, promise](Answer& answer) mutable {
            answered();
            promise.deliver(std::move(answer));
          },
          [answered, promise, failed](const caf::error& why) mutable {
            answered();
            failed(why);
            promise.deliver(why);
          });
  return promise;
}

} // namespace grapevine
