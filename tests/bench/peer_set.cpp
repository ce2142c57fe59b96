#include "tests/bench/peer_set.hpp"

#include <utility>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 200ms;
constexpr std::size_t events_at_once = 128;

} // namespace

peer_set::peer_set()
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)}, events_(events_at_once) {}

void peer_set::add(std::unique_ptr<load_peer> peer) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = peers_.size();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, peer->fd(), &event) != 0)
    throw load_error{"cannot watch a socket"};
  peer->flush();
  peers_.push_back(std::move(peer));
  was_busy();
}

bool peer_set::turn(duration patience) {
  // A turn without anything to do was idle from the end of the last one.
  const auto idle_from = std::exchange(busy_, false) ? clock::now() : now_;
  const auto wait =
      std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  const int n = ::epoll_wait(epoll_.get(), events_.data(),
                             static_cast<int>(events_.size()),
                             static_cast<int>(wait.count()));
  now_ = clock::now();
  if (n <= 0 || patience > 0s)
    idle_ += now_ - idle_from;
  for (int i = 0; i < n; ++i) {
    peers_[events_[static_cast<std::size_t>(i)].data.u64]->on_readable(now_);
    now_ = clock::now();
  }
  tick();
  return n > 0;
}

void peer_set::tick() {
  if (now_ < next_tick_)
    return;
  next_tick_ = now_ + tick_interval;
  for (const auto& peer : peers_) {
    peer->tick(now_);
    if (!peer->failure().empty())
      throw load_error{peer->failure()};
  }
}

} // namespace grapevine::bench
