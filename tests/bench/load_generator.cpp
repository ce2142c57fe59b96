#include "tests/bench/load_generator.hpp"

#include "proto/rpc.hpp"

#include <algorithm>
#include <array>
#include <sys/epoll.h>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 200ms;
constexpr auto join_patience = 20s;
constexpr auto probe_interval = 50ms;
constexpr auto drain_patience = 10s;

// The publisher's own queue: what lies here is not yet the relay's.
constexpr std::size_t publisher_buffer = 256 * 1024;

} // namespace

load_generator::load_generator(const endpoint& relay, const message_pool& pool)
    : pool_{pool}, epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
  for (std::size_t i = 0; i <= subscribers; ++i) {
    load_peer::rpc_handler handler = [](bytes_view) {};
    if (i > 0)
      handler = [this, i](bytes_view rpc) { on_rpc(i - 1, rpc); };
    peers_.push_back(std::make_unique<load_peer>(
        static_cast<std::uint8_t>(publisher_number + i), relay,
        std::move(handler)));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, peers_.back()->fd(), &event)
        != 0)
      throw load_error{"cannot watch a socket"};
  }
}

void load_generator::on_rpc(std::size_t subscriber, bytes_view rpc) {
  if (const auto number = pool_.number_of(rpc))
    return log_.deliver(*number, subscriber, now_);
  const auto decoded = proto::decode_rpc(rpc, {});
  if (!decoded)
    wrong_ = "the relay sent a malformed RPC";
  else if (!decoded->control.prunes.empty())
    wrong_ = "the relay pruned a subscriber";
  else if (!decoded->messages.empty())
    wrong_ = "the relay sent a message in a form of its own";
}

std::size_t load_generator::relay_writes() const {
  std::size_t result = 0;
  for (std::size_t i = 1; i < peers_.size(); ++i)
    result += peers_[i]->segments();
  return result;
}

void load_generator::publish_one(clock::time_point now) {
  const auto number = log_.publish(now);
  peers_[0]->send(pool_.frame(number));
}

void load_generator::turn(duration patience) {
  peers_[0]->flush();
  std::array<epoll_event, subscribers + 1> events;
  const auto wait =
      std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  const int n =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                   static_cast<int>(wait.count()));
  for (int i = 0; i < n; ++i) {
    now_ = clock::now();
    peers_[events[static_cast<std::size_t>(i)].data.u64]->on_readable(now_);
  }
  now_ = clock::now();
  tick();
}

void load_generator::tick() {
  if (now_ < next_tick_)
    return;
  next_tick_ = now_ + tick_interval;
  for (const auto& peer : peers_) {
    peer->tick(now_);
    if (!peer->failure().empty())
      wrong_ = peer->failure();
  }
  if (!wrong_.empty())
    throw load_error{wrong_};
}

void load_generator::join() {
  const auto deadline = now_ + join_patience;
  const auto joined = [](const auto& peer) { return peer->joined(); };
  while (!std::all_of(peers_.begin(), peers_.end(), joined)) {
    if (now_ > deadline)
      throw load_error{"the relay does not open its pubsub streams"};
    turn(10ms);
  }
  // Probes: the first that reaches all proves that all are in the mesh.
  for (;;) {
    if (now_ > deadline || pool_empty())
      throw load_error{"the relay does not send to all subscribers"};
    const auto probe = static_cast<std::uint32_t>(log_.published());
    publish_one(now_);
    for (const auto until = now_ + probe_interval; now_ < until;)
      if (turn(1ms); log_.complete(probe)) {
        log_.give_up();
        return;
      }
  }
}

void load_generator::publish_closed_loop(duration time, std::size_t window) {
  for (const auto end = now_ + time; now_ < end && !pool_empty();) {
    while (on_their_way() < window && !pool_empty()
           && peers_[0]->buffered() < publisher_buffer)
      publish_one(now_);
    turn(1ms);
  }
}

void load_generator::publish_open_loop(duration time, double rate) {
  const auto start = now_;
  std::size_t count = 0;
  while (now_ < start + time && !pool_empty()) {
    const std::chrono::duration<double> elapsed = now_ - start;
    // A message is late by at most a turn, and its latency counts from when it
    // was due.
    for (;
         static_cast<double>(count) <= elapsed.count() * rate && !pool_empty();
         ++count) {
      const std::chrono::duration<double> due{static_cast<double>(count)
                                              / rate};
      publish_one(start + std::chrono::duration_cast<duration>(due));
    }
    turn(0ms);
  }
}

void load_generator::drain() {
  for (const auto deadline = now_ + drain_patience;
       on_their_way() > 0 && now_ < deadline;)
    turn(1ms);
  if (on_their_way() > 0)
    throw load_error{"LOSS: " + std::to_string(on_their_way()) + " of "
                     + std::to_string(log_.published())
                     + " messages did not reach every subscriber"};
  if (log_.surplus() > 0)
    throw load_error{"LOSS of order: " + std::to_string(log_.surplus())
                     + " deliveries too many"};
}

} // namespace grapevine::bench
