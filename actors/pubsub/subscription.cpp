#include "actors/pubsub/subscription.hpp"

#include <algorithm>
#include <limits>

namespace grapevine {

namespace {

// What a message takes besides its bytes, until it is handled.
constexpr std::size_t overhead = 512;

// Of a subscription that may still drop what it has been given, what is sent
// ahead of its being handled: so much that a quick subscriber need not wait.
constexpr std::size_t most_ahead = 512;

} // namespace

subscription::subscription(const delivery_options& how,
                           std::function<void()> on_room)
    : how_{how}, gauge_{std::make_shared<load_gauge>(std::move(on_room))} {}

std::size_t subscription::size_of(const message_delivered& msg) {
  return msg.msg->encoded().size() + overhead;
}

bool subscription::drops_oldest() const noexcept {
  return how_.when_full == overflow::drop_oldest;
}

// Messages, and bytes of them, that may have been sent and not been handled.
std::pair<std::size_t, std::size_t> subscription::window() const noexcept {
  if (how_.on_request || !drops_oldest())
    return {how_.max_messages, how_.max_bytes};
  return {std::clamp<std::size_t>(how_.max_messages / 4, 1, most_ahead),
          how_.max_bytes / 4};
}

bool subscription::may_send(std::size_t size) const {
  const auto [messages, most] = window();
  return (!how_.on_request || credit_ > 0)
         && gauge_->has_room(size, messages, most);
}

// Here, beside what the subscriber has been sent.
bool subscription::has_place(std::size_t size) const {
  if (!how_.on_request && !drops_oldest())
    return false;
  const auto messages = queue_.size() + gauge_->messages();
  return messages == 0 || (drops_oldest() && queue_.empty())
         || (messages < how_.max_messages
             && queued_bytes_ + gauge_->bytes() + size <= how_.max_bytes);
}

bool subscription::offer(message_delivered msg,
                         std::vector<message_delivered>& out) {
  const auto size = size_of(msg);
  if (queue_.empty() && may_send(size)) {
    msg.missed = std::exchange(missed_, 0);
    send({std::move(msg), size}, out);
    return true;
  }
  bool lossless = true;
  for (; drops_oldest() && !queue_.empty() && !has_place(size);
       lossless = false)
    drop_oldest();
  if (!has_place(size)) {
    ++missed_;
    return false;
  }
  msg.missed = std::exchange(missed_, 0);
  queued_bytes_ += size;
  queue_.push_back({std::move(msg), size});
  wake_when_due();
  return lossless;
}

void subscription::drop_oldest() {
  const auto gone = queue_.front().msg.missed + 1;
  queued_bytes_ -= queue_.front().size;
  queue_.pop_front();
  // It comes before whatever is sent next.
  (queue_.empty() ? missed_ : queue_.front().msg.missed) += gone;
}

void subscription::request(std::size_t count,
                           std::vector<message_delivered>& out) {
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  credit_ = count > most - credit_ ? most : credit_ + count;
  take_waiting(out);
}

void subscription::take_waiting(std::vector<message_delivered>& out) {
  while (!queue_.empty() && may_send(queue_.front().size)) {
    auto one = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= one.size;
    send(std::move(one), out);
  }
  wake_when_due();
}

void subscription::send(entry one, std::vector<message_delivered>& out) {
  if (how_.on_request)
    --credit_;
  one.msg.ticket = load_ticket{gauge_, 1, one.size};
  out.push_back(std::move(one.msg));
}

// Once half of what was sent is handled or, as bytes may be what is bounded,
// one more.
void subscription::wake_when_due() {
  if (queue_.empty() || (how_.on_request && credit_ == 0))
    return;
  const auto under_way = std::max<std::size_t>(gauge_->messages(), 1);
  gauge_->call_when_at(std::min(window().first / 2, under_way - 1));
}

} // namespace grapevine
