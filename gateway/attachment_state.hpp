#pragma once

#include "gateway/attachment.hpp"
#include "gateway/forwarder.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// Time to try for the gateway, or to tell it that this side is there; sent to
/// itself.
struct attach_again {
  /// Of the attachment that it was meant for.
  std::uint64_t round = 0;
};

/// An attachment with what it says to itself.
using attachment_internal_actor = attachment_actor::extend<
    // Tries, or says that it is there.
    takes<attach_again>>;

/// Behind `spawn_attachment`: what is to hold whenever it is attached, and what
/// waits for the gateway's answers.
class attacher {
public:
  attacher(attachment_internal_actor::pointer self, attachment_options options);
  attacher(const attacher&) = delete;
  attacher& operator=(const attacher&) = delete;
  ~attacher();

  void attach();
  void turn(attach_again msg);

  caf::result<changed> subscribe(subscribe_topic& msg);
  caf::result<changed> unsubscribe(unsubscribe_topic& msg);
  caf::result<changed> request(request_messages& msg);
  caf::result<changed> watch(watch_node& msg);
  caf::result<changed> unwatch(unwatch_node& msg);
  caf::result<changed> validation(set_validation& msg);
  caf::result<changed> watch(const watch_attachment& msg);

  /// Asks the gateway.
  template <class Answer, class Message>
  caf::result<Answer> pass_on(Message msg);

private:
  // An actor of the application, and the topic that it has subscribed to; or
  // none: it watches.
  using place = std::pair<caf::actor_id, std::optional<std::string>>;

  struct subscription {
    caf::actor subscriber;
    // Gets its messages, and sends them on as the subscriber wants them.
    caf::actor forwarder;
    delivery_options delivery;
    bool only_news = false;
  };

  caf::error not_attached() const;
  void try_later(const caf::error& why);
  void connected(const caf::strong_actor_ptr& found,
                 const std::set<std::string>& takes);
  void welcomed(const gateway_welcome& welcome);
  void lost(const caf::error& why);
  void take_up(const place& where, const subscription& what);
  void tell_state();

  subscription& keep(const place& where, const caf::actor& subscriber,
                     bool batches);
  void give_up(const place& where);
  void actor_lost(const caf::actor_addr& who, const caf::error& why);

  // Asks the gateway for what is to hold anyway: `refused` is called if it will
  // not have it.
  template <class Message>
  caf::result<changed> establish(Message msg, std::function<void()> refused);

  attachment_internal_actor::pointer self_;
  attachment_options options_;
  down_watch<attachment_internal_actor::base> downs_;
  // Of the gateway that was found, which may not have answered yet.
  gateway_actor found_;
  bool attached_ = false;
  std::uint64_t round_ = 0;
  std::chrono::milliseconds retry_;
  std::chrono::milliseconds lease_{0};
  std::optional<time_point> lost_at_;
  attachment_state state_;
  std::vector<caf::actor> observers_;
  std::map<place, subscription> subscriptions_;
  std::map<std::string, set_validation> validations_;
  // What is to be done with each request if the connection is lost.
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, std::function<void(const caf::error&)>> open_;
};

template <class Answer, class Message>
caf::result<Answer> attacher::pass_on(Message msg) {
  if (!attached_)
    return not_attached();
  auto promise = self_->make_response_promise<Answer>();
  const auto id = ++last_request_;
  open_.emplace(
      id, [promise](const caf::error& why) mutable { promise.deliver(why); });
  ask_without_timeout(self_, found_, std::move(msg))
      .then(
          [this, id, promise](Answer& answer) mutable {
            if (open_.erase(id) > 0)
              promise.deliver(std::move(answer));
          },
          [this, id, promise](const caf::error& why) mutable {
            if (open_.erase(id) > 0)
              promise.deliver(why);
          });
  return promise;
}

template <class Message>
caf::result<changed> attacher::establish(Message msg,
                                         std::function<void()> refused) {
  if (!attached_)
    return changed{};
  auto promise = self_->make_response_promise<changed>();
  const auto id = ++last_request_;
  open_.emplace(
      id, [promise](const caf::error&) mutable { promise.deliver(changed{}); });
  ask_without_timeout(self_, found_, std::move(msg))
      .then(
          [this, id, promise](changed) mutable {
            if (open_.erase(id) > 0)
              promise.deliver(changed{});
          },
          [this, id, promise, refused](const caf::error& why) mutable {
            if (open_.erase(id) == 0)
              return;
            refused();
            promise.deliver(why);
          });
  return promise;
}

} // namespace grapevine
