#include "gossip/stream/message_lane.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

bool is_one_of(const message_ptr& msg, std::span<const message_id> ids) {
  return std::ranges::find(ids, msg->id()) != ids.end();
}

/// What it keeps of the node's memory: a run holds the messages, too.
std::size_t memory_of(const message_ptr& msg) {
  return msg->frame().size();
}

std::size_t memory_of(const run_ptr& run) {
  return 2 * run->frames().size();
}

} // namespace

std::size_t message_lane::size_of(const item& one) {
  const auto* msg = std::get_if<message_ptr>(&one);
  return msg != nullptr ? (*msg)->frame().size()
                        : std::get<run_ptr>(one)->frames().size();
}

// -- in -----------------------------------------------------------------------

bool message_lane::has_room(std::size_t messages,
                            std::size_t size) const noexcept {
  if (count_ + messages > most_.messages || bytes_ + size > most_.bytes)
    return false;
  // Who takes all at once uses up nothing: that is seen at the turn's end.
  return charged_ == 0 || bytes_ + size <= limits::lane_share_bytes
         || !is_tight();
}

bool message_lane::push(message_ptr&& msg) {
  const auto size = msg->frame().size();
  if (!has_room(1, size))
    return false;
  ++count_;
  bytes_ += size;
  items_.push_back(std::move(msg));
  return true;
}

bool message_lane::push(const run_ptr& run) {
  const auto messages = run->messages().size();
  const auto size = run->frames().size();
  if (!has_room(messages, size))
    return false;
  count_ += messages;
  bytes_ += size;
  items_.push_back(run);
  return true;
}

// -- out ----------------------------------------------------------------------

shared_bytes message_lane::pop() {
  auto one = items_.pop_front();
  bytes_ -= size_of(one);
  if (charged_ > 0)
    discharge(one);
  if (auto* msg = std::get_if<message_ptr>(&one)) {
    --count_;
    return shared_frame(std::move(*msg));
  }
  auto& run = std::get<run_ptr>(one);
  count_ -= run->messages().size();
  return shared_frame(std::move(run));
}

message_ptr message_lane::pop_last() {
  auto msg = std::get<message_ptr>(items_.pop_back());
  --count_;
  bytes_ -= msg->frame().size();
  return msg;
}

void message_lane::split_last() {
  if (!std::holds_alternative<run_ptr>(items_.back()))
    return;
  const auto run = std::get<run_ptr>(items_.pop_back());
  for (const auto& msg : run->messages())
    items_.push_back(msg);
}

// A run in which something is cancelled is one no more.
void message_lane::split_those_with(std::span<const message_id> ids) {
  const auto concerned = [&](const item& one) {
    const auto* run = std::get_if<run_ptr>(&one);
    return run != nullptr
           && std::ranges::any_of(
               (*run)->messages(),
               [&](const message_ptr& msg) { return is_one_of(msg, ids); });
  };
  if (std::none_of(items_.begin(), items_.end(), concerned))
    return;
  fifo<item> all;
  std::size_t counted = 0;
  for (auto left = charged_; auto& one : items_) {
    const bool was_counted = left > 0;
    left -= was_counted ? 1 : 0;
    if (!concerned(one)) {
      counted += was_counted ? 1 : 0;
      all.push_back(std::move(one));
      continue;
    }
    if (was_counted)
      discharge(one);
    for (const auto& msg : std::get<run_ptr>(one)->messages()) {
      if (was_counted && msg->wait_begins())
        most_.budget->add(memory_of(msg));
      counted += was_counted ? 1 : 0;
      all.push_back(msg);
    }
  }
  items_ = std::move(all);
  charged_ = counted;
}

std::size_t message_lane::cancel(std::span<const message_id> ids) {
  split_those_with(ids);
  auto left = charged_;
  return items_.erase_if([&](const item& one) {
    const bool counted = left > 0;
    left -= counted ? 1 : 0;
    const auto* msg = std::get_if<message_ptr>(&one);
    if (msg == nullptr || !is_one_of(*msg, ids))
      return false;
    --count_;
    bytes_ -= (*msg)->frame().size();
    if (counted)
      discharge(one);
    return true;
  });
}

void message_lane::clear() {
  for (auto at = items_.begin(); charged_ > 0; ++at)
    discharge(*at);
  items_.clear();
  count_ = 0;
  bytes_ = 0;
}

// -- the node's budget --------------------------------------------------------

bool message_lane::is_tight() const noexcept {
  return most_.budget != nullptr && most_.budget->fullness() >= most_.tight;
}

// The one that was there first may stay, however large it is.
bool message_lane::is_over_share() const noexcept {
  return items_.size() > std::max<std::size_t>(charged_, 1)
         && bytes_ > limits::lane_share_bytes && is_tight();
}

void message_lane::charge() {
  std::size_t memory = 0;
  for (auto at = items_.begin() + static_cast<std::ptrdiff_t>(charged_);
       at != items_.end(); ++at)
    memory += begin_wait(*at);
  charged_ = items_.size();
  if (memory > 0)
    most_.budget->add(memory);
}

/// Bytes that it adds to what waits in the node.
std::size_t message_lane::begin_wait(const item& one) const {
  return std::visit(
      [](const auto& what) {
        return what->wait_begins() ? memory_of(what) : std::size_t{0};
      },
      one);
}

/// What was counted leaves.
void message_lane::discharge(const item& one) {
  --charged_;
  std::visit(
      [this](const auto& what) {
        if (what->wait_ends())
          most_.budget->subtract(memory_of(what));
      },
      one);
}

} // namespace grapevine::gossip
