#pragma once

#include "messages/api.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace grapevine {

/// One actor's subscription to a topic: which messages are sent to it now,
/// which wait here, and which are dropped. Sends nothing itself.
///
/// What is sent counts by its ticket until the subscriber has handled it. A
/// subscription that drops the newest sends all that it keeps at once; of the
/// others only a part is sent ahead, as what was sent cannot be dropped.
class subscription {
public:
  /// `on_room` is called, on any thread, when what waits here can be sent.
  subscription(const delivery_options& how, std::function<void()> on_room);

  /// Other bounds from now on; what waits goes on waiting.
  void use(const delivery_options& how) { how_ = how; }

  /// Adds to `out` what is to be sent now: this message, or nothing. False if
  /// one was dropped.
  bool offer(message_delivered msg, std::vector<message_delivered>& out);

  /// So many more may be sent (`on_request`).
  void request(std::size_t count, std::vector<message_delivered>& out);

  /// Adds to `out` what waits and can be sent now.
  void take_waiting(std::vector<message_delivered>& out);

  /// Messages that wait here.
  std::size_t waiting() const noexcept { return queue_.size(); }

private:
  struct entry {
    message_delivered msg;
    std::size_t size = 0;
  };

  static std::size_t size_of(const message_delivered& msg);
  bool drops_oldest() const noexcept;
  std::pair<std::size_t, std::size_t> window() const noexcept;
  bool may_send(std::size_t size) const;
  bool has_place(std::size_t size) const;
  void drop_oldest();
  void send(entry one, std::vector<message_delivered>& out);
  void wake_when_due();

  delivery_options how_;
  std::shared_ptr<load_gauge> gauge_;
  std::deque<entry> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t credit_ = 0;
  // Dropped since the last one that was kept.
  std::uint64_t missed_ = 0;
};

} // namespace grapevine
