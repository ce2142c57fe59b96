#include "client/delivery_queue.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace grapevine {

namespace {

// What a message takes besides its bytes.
constexpr std::size_t overhead = 512;

// A longer wait would overflow the clock's numbers.
constexpr std::chrono::milliseconds longest = std::chrono::days{365};

} // namespace

delivery_queue::~delivery_queue() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::size_t delivery_queue::push(std::vector<message_delivered> messages) {
  const std::lock_guard lock{mutex_};
  if (ended_)
    return 0;
  const auto before = missed_;
  for (auto& one : messages)
    push_one(std::move(one));
  show();
  changed_.notify_all();
  return static_cast<std::size_t>(missed_ - before);
}

bool delivery_queue::has_room(std::size_t size) const {
  return waiting_.empty()
         || (waiting_.size() < bounds_.max_messages
             && bytes_ + size <= bounds_.max_bytes);
}

void delivery_queue::push_one(message_delivered message) {
  // On the way here, too, some may have been dropped.
  missed_ += message.missed;
  const auto size = message.msg->encoded().size() + overhead;
  while (bounds_.when_full == overflow::drop_oldest && !has_room(size))
    drop_oldest();
  if (!has_room(size)) {
    unsaid_ += message.missed + 1;
    ++missed_;
    return;
  }
  message.missed += std::exchange(unsaid_, 0);
  // It has come: from here on it is this queue that bounds.
  message.ticket = {};
  bytes_ += size;
  waiting_.push_back({std::move(message), size});
}

void delivery_queue::drop_oldest() {
  const auto gone = waiting_.front().message.missed + 1;
  bytes_ -= waiting_.front().size;
  waiting_.pop_front();
  ++missed_;
  (waiting_.empty() ? unsaid_ : waiting_.front().message.missed) += gone;
}

message_delivered delivery_queue::take() {
  auto result = std::move(waiting_.front().message);
  bytes_ -= waiting_.front().size;
  waiting_.pop_front();
  show();
  return result;
}

std::optional<message_delivered> delivery_queue::try_pop() {
  const std::lock_guard lock{mutex_};
  if (waiting_.empty())
    return std::nullopt;
  return take();
}

std::optional<message_delivered> delivery_queue::pop() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
  if (waiting_.empty())
    return std::nullopt;
  return take();
}

std::optional<message_delivered>
delivery_queue::pop_for(std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, std::min(timeout, longest),
                    [this] { return ended_ || !waiting_.empty(); });
  if (waiting_.empty())
    return std::nullopt;
  return take();
}

client_result<int> delivery_queue::descriptor() {
  const std::lock_guard lock{mutex_};
  if (descriptor_ < 0) {
    descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor_ < 0)
      return unexpected{client_error{node_errc::bad_parameters,
                                     "no descriptor could be made: "
                                         + std::string{std::strerror(errno)}}};
    show();
  }
  return descriptor_;
}

// Brings the descriptor to what it is to show.
void delivery_queue::show() {
  const bool wanted = ended_ || !waiting_.empty();
  if (descriptor_ < 0 || readable_ == wanted)
    return;
  readable_ = wanted;
  // Neither can fail: its number is 1 or 0.
  ::eventfd_t value = 1;
  if (wanted)
    ::eventfd_write(descriptor_, value);
  else
    ::eventfd_read(descriptor_, &value);
}

std::size_t delivery_queue::size() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size();
}

std::uint64_t delivery_queue::missed() const {
  const std::lock_guard lock{mutex_};
  return missed_;
}

bool delivery_queue::ended() const {
  const std::lock_guard lock{mutex_};
  return ended_;
}

void delivery_queue::end() {
  const std::lock_guard lock{mutex_};
  ended_ = true;
  show();
  changed_.notify_all();
}

void delivery_queue::close() {
  std::deque<entry> dropped;
  const std::lock_guard lock{mutex_};
  ended_ = true;
  dropped.swap(waiting_);
  bytes_ = 0;
  show();
  changed_.notify_all();
}

} // namespace grapevine
