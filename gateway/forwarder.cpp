#include "gateway/forwarder.hpp"

#include "gateway/delivery_queue.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

namespace grapevine {

namespace {

class forwarder_state {
public:
  forwarder_state(caf::event_based_actor* self, const caf::actor_addr& owner,
                  forward_to first)
      : self_{self}, to_{std::move(first)}, downs_{self, [this](const auto&,
                                                                const auto&) {
                                                     self_->quit();
                                                   }} {
    if (const auto alive = caf::actor_cast<caf::actor>(owner))
      downs_.watch(alive);
    else
      self_->quit();
  }

  void use(forward_to next) {
    to_ = std::move(next);
    send_on();
  }

  void lose() {
    to_.subscriber = {};
    send_on();
  }

  caf::response_promise deliver(messages_delivered& batch) {
    added_ += batch.msgs.size();
    auto promise = self_->make_response_promise();
    answers_.push_back({added_, promise});
    for (auto& msg : batch.msgs)
      messages_.add(std::move(msg));
    send_on();
    return promise;
  }

  void deliver(node_event& event) {
    events_.add(std::move(event));
    send_on();
  }

private:
  // Due once so many messages have been handled.
  struct answer {
    std::uint64_t at = 0;
    caf::response_promise promise;
  };

  void send_on() {
    if (!to_.subscriber) {
      messages_.lose_all();
      events_.lose_all();
    }
    while (messages_.can_send())
      to_.batches ? send_batch() : send_one(messages_);
    while (events_.can_send())
      send_one(events_);
    for (; !answers_.empty() && answers_.front().at <= messages_.finished();
         answers_.pop_front())
      answers_.front().promise.deliver(caf::unit);
  }

  void send_batch() {
    auto batch = messages_.next();
    send(messages_, batch.id, messages_delivered{std::move(batch.msgs)});
  }

  template <class Queue>
  void send_one(Queue& queue) {
    auto batch = queue.next(1);
    send(queue, batch.id, std::move(batch.msgs.front()));
  }

  // CAF answers when the subscriber's handler has come back.
  template <class Queue, class Message>
  void send(Queue& queue, std::uint64_t id, Message msg) {
    ask_without_timeout(self_, to_.subscriber, std::move(msg))
        .then(
            [this, &queue, id] {
              queue.handled(id);
              send_on();
            },
            [this, &queue, id](const caf::error&) {
              queue.failed(id);
              send_on();
            });
  }

  caf::event_based_actor* self_;
  forward_to to_;
  down_watch<caf::event_based_actor> downs_;
  delivery_queue<message_delivered> messages_;
  delivery_queue<node_event> events_;
  std::uint64_t added_ = 0;
  std::deque<answer> answers_;
};

caf::behavior forwarder(caf::event_based_actor* self,
                        const caf::actor_addr& owner, const forward_to& first) {
  auto state = std::make_shared<forwarder_state>(self, owner, first);
  return {
      [state](messages_delivered& batch) { return state->deliver(batch); },
      [state](node_event& event) { state->deliver(event); },
      [state](const forward_to& next) { state->use(next); },
      [state](forwarding_lost) { state->lose(); },
  };
}

} // namespace

caf::actor spawn_forwarder(caf::actor_system& sys, const caf::actor_addr& owner,
                           forward_to first) {
  return sys.spawn(forwarder, owner, std::move(first));
}

} // namespace grapevine
