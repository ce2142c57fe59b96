#include "client/client_subscriptions.hpp"

#include "client/answer_slot.hpp"
#include "client/callback_handle.hpp"
#include "client/delivery_thread.hpp"
#include "client/message_queue.hpp"

#include <utility>

namespace grapevine {

// -- what they stand for ------------------------------------------------------

client_result<std::uint64_t> client_subscriptions::add(receiver one) {
  const std::lock_guard lock{mutex_};
  if (ended_) {
    end(one);
    return unexpected{client_stopped()};
  }
  receivers_.emplace(++last_id_, std::move(one));
  return last_id_;
}

void client_subscriptions::remove(std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  const auto found = receivers_.find(id);
  if (found == receivers_.end())
    return;
  const auto one = std::move(found->second);
  receivers_.erase(found);
  // By the client's actor: what is asked for later comes to the node later.
  tell_from_outside(
      caller_, client_call{[node = node_, one](caf::event_based_actor* self) {
        if (one.topic.empty())
          tell(self, node, unwatch_node{one.actor});
        else
          tell(self, node, unsubscribe_topic{one.topic, one.actor});
        end(one);
      }});
}

void client_subscriptions::end_all() {
  const std::lock_guard lock{mutex_};
  ended_ = true;
  for (const auto& [id, one] : receivers_)
    end(one);
  receivers_.clear();
  caller_ = caf::actor{};
  node_ = node_actor{};
}

void client_subscriptions::end(const receiver& one) {
  if (one.queue)
    one.queue->end();
  caf::anon_send_exit(one.actor, caf::exit_reason::user_shutdown);
}

// -- queues -------------------------------------------------------------------

message_queue::message_queue(std::shared_ptr<delivery_queue> queue,
                             std::weak_ptr<client_subscriptions> all,
                             std::uint64_t id)
    : queue_{std::move(queue)}, all_{std::move(all)}, id_{id} {}

message_queue::message_queue(message_queue&& other) noexcept
    : queue_{std::move(other.queue_)}, all_{std::move(other.all_)},
      id_{std::exchange(other.id_, 0)} {}

message_queue& message_queue::operator=(message_queue&& other) noexcept {
  if (this != &other) {
    close();
    queue_ = std::move(other.queue_);
    all_ = std::move(other.all_);
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

message_queue::~message_queue() {
  close();
}

void message_queue::close() {
  if (!queue_)
    return;
  queue_->close();
  if (const auto all = all_.lock())
    all->remove(id_);
}

std::optional<message_delivered> message_queue::pop() {
  return queue_ ? queue_->pop() : std::nullopt;
}

std::optional<message_delivered> message_queue::try_pop() {
  return queue_ ? queue_->try_pop() : std::nullopt;
}

std::optional<message_delivered>
message_queue::pop_for(std::chrono::milliseconds timeout) {
  return queue_ ? queue_->pop_for(timeout) : std::nullopt;
}

client_result<int> message_queue::descriptor() {
  if (queue_)
    return queue_->descriptor();
  return unexpected{client_error{node_errc::not_running,
                                 "the queue is not one of a subscription"}};
}

std::size_t message_queue::size() const {
  return queue_ ? queue_->size() : 0;
}

std::uint64_t message_queue::missed() const {
  return queue_ ? queue_->missed() : 0;
}

bool message_queue::ended() const {
  return !queue_ || queue_->ended();
}

// -- functions ----------------------------------------------------------------

callback_handle::callback_handle(std::shared_ptr<call_source> source,
                                 std::weak_ptr<client_subscriptions> all,
                                 std::uint64_t id)
    : source_{std::move(source)}, all_{std::move(all)}, id_{id} {}

callback_handle::callback_handle(callback_handle&& other) noexcept
    : source_{std::move(other.source_)}, all_{std::move(other.all_)},
      id_{std::exchange(other.id_, 0)} {}

callback_handle& callback_handle::operator=(callback_handle&& other) noexcept {
  if (this != &other) {
    close();
    source_ = std::move(other.source_);
    all_ = std::move(other.all_);
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

callback_handle::~callback_handle() {
  close();
}

void callback_handle::close() {
  // What it captures goes at the end, if no call of it is under way.
  const auto source = std::exchange(source_, nullptr);
  if (!source)
    return;
  if (const auto all = all_.lock())
    all->remove(id_);
  source->close();
}

} // namespace grapevine
