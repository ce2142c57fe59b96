#pragma once

#include "messages/api.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace grapevine {

/// What waits to be delivered to a subscriber of another process, and is put
/// together to batches: few at once are under way, so that what comes meanwhile
/// goes together. No actor.
template <class Message>
class delivery_queue {
public:
  /// Of which batches consist at most; a single message may be larger.
  static constexpr std::size_t max_messages = 1'024;
  static constexpr std::size_t max_bytes = std::size_t{256} << 10;
  static constexpr std::size_t max_under_way = 4;

  /// Messages that go together, until `handled` or `failed` is said of them.
  struct batch {
    std::uint64_t id = 0;
    std::vector<Message> msgs;
  };

  void add(Message&& msg) { waiting_.push_back(std::move(msg)); }

  bool can_send() const noexcept {
    return under_way_.size() < max_under_way && !waiting_.empty();
  }

  /// The next ones. Their tickets are kept here, so that they still count.
  batch next(std::size_t most = max_messages) {
    batch result{++last_id_, {}};
    auto& kept = under_way_[result.id];
    std::size_t size = 0;
    while (!waiting_.empty() && result.msgs.size() < most) {
      const auto more = size_of(waiting_.front());
      if (!result.msgs.empty() && size + more > max_bytes)
        break;
      size += more;
      auto msg = std::move(waiting_.front());
      waiting_.pop_front();
      kept.tickets.push_back(std::move(msg.ticket));
      result.msgs.push_back(std::move(msg));
    }
    result.msgs.front().missed += std::exchange(missed_, 0);
    for (const auto& msg : result.msgs)
      kept.missed += 1 + msg.missed;
    return result;
  }

  /// The subscriber has had them.
  void handled(std::uint64_t id) {
    if (const auto found = under_way_.extract(id))
      finished_ += found.mapped().tickets.size();
  }

  /// It has not, as far as is known.
  void failed(std::uint64_t id) {
    if (const auto found = under_way_.extract(id)) {
      finished_ += found.mapped().tickets.size();
      missed_ += found.mapped().missed;
    }
  }

  /// Neither what is under way nor what waits will come.
  void lose_all() {
    while (!under_way_.empty())
      failed(under_way_.begin()->first);
    for (const auto& msg : waiting_)
      missed_ += 1 + msg.missed;
    finished_ += waiting_.size();
    waiting_.clear();
  }

  /// How many of those that were added wait and are under way no more.
  std::uint64_t finished() const noexcept { return finished_; }
  /// How many have not come, and the subscriber has not been told so.
  std::uint64_t missed() const noexcept { return missed_; }

private:
  static std::size_t size_of(const message_delivered& msg) {
    return msg.msg->frame().size();
  }
  static std::size_t size_of(const node_event& event) {
    return sizeof(node_event) + event.topic.size();
  }

  struct sent {
    std::vector<load_ticket> tickets;
    // With those that they said were missed before them.
    std::uint64_t missed = 0;
  };

  std::deque<Message> waiting_;
  std::map<std::uint64_t, sent> under_way_;
  std::uint64_t last_id_ = 0;
  std::uint64_t finished_ = 0;
  std::uint64_t missed_ = 0;
};

} // namespace grapevine
