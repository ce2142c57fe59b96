#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

namespace grapevine {

/// How many messages, and bytes of them, are under way from one actor to
/// another: shared by who sends them and by the messages' tickets, on any
/// thread.
class load_gauge {
public:
  /// `on_room` is called on whichever thread a message ends (`call_when_at`).
  explicit load_gauge(std::function<void()> on_room = {})
      : on_room_{std::move(on_room)} {}
  load_gauge(const load_gauge&) = delete;
  load_gauge& operator=(const load_gauge&) = delete;

  /// Messages that count now.
  std::size_t messages() const noexcept { return messages_.load(); }
  /// Bytes of them.
  std::size_t bytes() const noexcept { return bytes_.load(); }

  /// Whether a message of so many bytes has a place among at most so many: a
  /// single one always has.
  bool has_room(std::size_t size, std::size_t max_messages,
                std::size_t max_bytes) const noexcept {
    const auto waiting = messages();
    return waiting == 0
           || (waiting < max_messages && bytes() + size <= max_bytes);
  }

  /// Lets so many more count, of so many bytes together.
  void add(std::size_t count, std::size_t size) noexcept {
    messages_.fetch_add(count);
    bytes_.fetch_add(size);
  }

  /// Lets them count no more.
  void remove(std::size_t count, std::size_t size) {
    bytes_.fetch_sub(size);
    const auto left = messages_.fetch_sub(count) - count;
    if (const auto at = call_at_.load(); at != never && left <= at)
      call();
  }

  /// Calls `on_room` once, as soon as at most `count` are under way.
  void call_when_at(std::size_t count) {
    call_at_.store(count);
    // The last one may have ended just now.
    if (messages() <= count)
      call();
  }

private:
  static constexpr auto never = std::numeric_limits<std::size_t>::max();

  void call() {
    if (call_at_.exchange(never) != never && on_room_)
      on_room_();
  }

  std::function<void()> on_room_;
  std::atomic<std::size_t> messages_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::size_t> call_at_ = never;
};

/// Lets what carries it count as under way until it is destroyed. A copy of it
/// counts nothing: whoever copies a message to keep it has taken it.
class load_ticket {
public:
  load_ticket() = default;
  /// Lets messages count as long as it is there.
  load_ticket(std::shared_ptr<load_gauge> gauge, std::size_t count,
              std::size_t size)
      : gauge_{std::move(gauge)}, messages_{count}, bytes_{size} {
    gauge_->add(messages_, bytes_);
  }
  load_ticket(const load_ticket&) noexcept {}
  load_ticket(load_ticket&& other) noexcept
      : gauge_{std::move(other.gauge_)}, messages_{other.messages_},
        bytes_{other.bytes_} {}
  load_ticket& operator=(load_ticket other) noexcept {
    std::swap(gauge_, other.gauge_);
    std::swap(messages_, other.messages_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~load_ticket() {
    if (gauge_)
      gauge_->remove(messages_, bytes_);
  }

private:
  std::shared_ptr<load_gauge> gauge_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace grapevine
