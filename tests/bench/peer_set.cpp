#include "tests/bench/peer_set.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 200ms;

// Of thousands of peers only so many are ticked at once: a turn must not take
// milliseconds.
constexpr std::size_t ticks_at_once = 256;

} // namespace

template <class Peer>
basic_peer_set<Peer>::basic_peer_set(std::size_t events_at_once)
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)}, events_(events_at_once) {}

template <class Peer>
void basic_peer_set<Peer>::add(std::unique_ptr<Peer> peer) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = peers_.size();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, peer->fd(), &event) != 0)
    throw load_error{"cannot watch a socket"};
  peer->flush();
  peers_.push_back(std::move(peer));
  was_busy();
}

template <class Peer>
bool basic_peer_set<Peer>::turn(duration patience) {
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

/// All of them within the interval, some at a time.
template <class Peer>
void basic_peer_set<Peer>::tick() {
  if (now_ < next_tick_)
    return;
  const auto rounds = (peers_.size() + ticks_at_once - 1) / ticks_at_once;
  next_tick_ = now_ + tick_interval / std::max<std::size_t>(rounds, 1);
  const auto end = std::min(ticked_ + ticks_at_once, peers_.size());
  tick(ticked_, end);
  ticked_ = end < peers_.size() ? end : 0;
}

template <class Peer>
void basic_peer_set<Peer>::tick(std::size_t from, std::size_t to) {
  for (auto i = from; i < to; ++i) {
    peers_[i]->tick(now_);
    if (!peers_[i]->failure().empty())
      throw load_error{peers_[i]->failure()};
  }
}

template class basic_peer_set<load_peer>;
template class basic_peer_set<broker_peer>;

} // namespace grapevine::bench
