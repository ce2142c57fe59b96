#include "app/console/delivery_buffer.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace grapevine::app {

namespace {

// What a message costs besides its bytes, so that empty ones are bounded, too.
constexpr std::size_t message_overhead = 512;

class delivery_buffer {
public:
  delivery_buffer(caf::event_based_actor* self, caf::actor printer,
                  std::shared_ptr<spdlog::logger> log, std::size_t capacity)
      : self_{self}, printer_{std::move(printer)}, log_{std::move(log)},
        capacity_{capacity} {}

  void take(const message_delivered& delivered) {
    const auto size = buffered_size(delivered);
    if (waiting_ > 0 && waiting_ + size > capacity_) {
      if (dropped_++ == 0)
        log_->warn("messages are dropped: standard output is not read fast "
                   "enough");
      return;
    }
    waiting_ += size;
    tell(self_, printer_, delivered);
  }

  void done(std::size_t size) {
    waiting_ -= size;
    if (dropped_ == 0 || waiting_ > capacity_ / 2)
      return;
    log_->warn("{} messages were dropped", dropped_);
    dropped_ = 0;
  }

private:
  caf::event_based_actor* self_;
  caf::actor printer_;
  std::shared_ptr<spdlog::logger> log_;
  std::size_t capacity_;
  std::size_t waiting_ = 0;
  std::size_t dropped_ = 0;
};

caf::behavior buffering(caf::event_based_actor* self, const caf::actor& printer,
                        const std::shared_ptr<spdlog::logger>& log,
                        std::size_t capacity) {
  const auto state =
      std::make_shared<delivery_buffer>(self, printer, log, capacity);
  return {
      [state](const message_delivered& delivered) { state->take(delivered); },
      [state](const delivery_done& done) { state->done(done.size); },
  };
}

} // namespace

std::size_t buffered_size(const message_delivered& delivered) {
  return delivered.msg->frame().size() + message_overhead;
}

caf::actor spawn_delivery_buffer(caf::actor_system& sys, caf::actor printer,
                                 std::shared_ptr<spdlog::logger> log,
                                 std::size_t capacity) {
  return sys.spawn(buffering, std::move(printer), std::move(log), capacity);
}

} // namespace grapevine::app
