#pragma once

#include "client/client_options.hpp"
#include "client/client_result.hpp"
#include "messages/api_types.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace grapevine {

/// Messages that wait for the application: bounded, for any number of threads
/// at both ends.
class delivery_queue {
public:
  explicit delivery_queue(const queue_options& bounds) : bounds_{bounds} {}
  delivery_queue(const delivery_queue&) = delete;
  delivery_queue& operator=(const delivery_queue&) = delete;
  ~delivery_queue();

  /// Adds messages, within the bounds; how many were dropped.
  std::size_t push(std::vector<message_delivered> messages);

  std::optional<message_delivered> try_pop();
  /// Waits; nothing once it has ended and is empty.
  std::optional<message_delivered> pop();
  std::optional<message_delivered> pop_for(std::chrono::milliseconds timeout);

  /// Readable exactly while something waits or it has ended.
  client_result<int> descriptor();

  std::size_t size() const;
  std::uint64_t missed() const;
  bool ended() const;

  /// Takes no more; what waits can still be taken.
  void end();
  /// Drops what waits, too.
  void close();

private:
  struct entry {
    message_delivered message;
    std::size_t size = 0;
  };

  bool has_room(std::size_t size) const;
  void push_one(message_delivered message);
  void drop_oldest();
  message_delivered take();
  void show();

  const queue_options bounds_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<entry> waiting_;
  std::size_t bytes_ = 0;
  bool ended_ = false;
  std::uint64_t missed_ = 0;
  // Of these, what the next message that is kept has to say.
  std::uint64_t unsaid_ = 0;
  int descriptor_ = -1;
  bool readable_ = false;
};

} // namespace grapevine
