#include "tests/bench/load_generator.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_interval = 200ms;
constexpr auto join_patience = 20s;
constexpr auto probe_interval = 100ms;

// A full window of which nothing arrives for so long is lost.
constexpr auto stall_patience = 500ms;

// The publisher's own queue: what lies here is not yet the relay's.
constexpr std::size_t publisher_buffer = 256 * 1024;

} // namespace

load_generator::load_generator(const endpoint& relay, const message_pool& pool,
                               const bench_case& what)
    : pool_{pool}, case_{what}, log_{what.subscribers}, epoll_{::epoll_create1(
                                                            EPOLL_CLOEXEC)},
      events_(what.subscribers + 1) {
  const auto greeting = load_greeting(what.topics, true);
  for (std::size_t i = 0; i <= what.subscribers; ++i)
    connect(i, relay, greeting);
}

void load_generator::connect(std::size_t number, const endpoint& relay,
                             const shared_bytes& greeting) {
  load_peer::rpc_handler handler = [](bytes_view) {};
  if (number > 0)
    handler = [this, number](bytes_view rpc) { on_rpc(number - 1, rpc); };
  const auto id = publisher_number + static_cast<std::uint32_t>(number);
  peers_.push_back(std::make_unique<load_peer>(load_identity(id), relay,
                                               greeting, std::move(handler)));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, peers_.back()->fd(), &event)
      != 0)
    throw load_error{"cannot watch a socket"};
}

void load_generator::on_rpc(std::size_t subscriber, bytes_view rpc) {
  if (!scan_rpc(rpc, pool_.data_size(), scan_))
    wrong_ = "the relay sent a malformed RPC, or a message of its own";
  else if (scan_.pruned)
    wrong_ = "the relay pruned a subscriber";
  else
    for (const auto number : scan_.numbers)
      log_.deliver(number, subscriber, now_);
}

std::size_t load_generator::relay_writes() const {
  std::size_t result = 0;
  for (std::size_t i = 1; i < peers_.size(); ++i)
    result += peers_[i]->segments();
  return result;
}

bool load_generator::may_publish() const {
  return peers_[0]->buffered() < publisher_buffer;
}

void load_generator::publish_one(clock::time_point due) {
  if (log_.published() >= pool_.size())
    throw load_error{"there are no messages left that were signed beforehand"};
  published_ = true;
  peers_[0]->send(pool_.frame(log_.publish(due)));
}

bool load_generator::turn(duration patience) {
  peers_[0]->flush();
  // A turn without anything to do was idle from the end of the last one.
  const auto idle_from = std::exchange(published_, false) ? clock::now() : now_;
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
  // One message on each topic: when all of them reach everybody, all peers are
  // in all meshes.
  for (bool complete = false; !complete;) {
    if (now_ > deadline)
      throw load_error{"the relay does not send to all subscribers"};
    for (std::size_t i = 0; i < case_.topics; ++i)
      publish_one(now_);
    complete = drain(probe_interval);
    log_.give_up();
  }
}

void load_generator::publish_closed_loop(duration time, std::size_t window) {
  auto last = now_;
  for (const auto end = now_ + time; now_ < end;) {
    while (log_.on_their_way() < window && may_publish())
      publish_one(now_);
    if (turn(1ms))
      last = now_;
    if (now_ - last < stall_patience)
      continue;
    log_.give_up();
    last = now_;
  }
}

/// Publishes what is due by now and may go out, from message `from` of the
/// phase on and before `end`; the number of the first that did not.
std::size_t load_generator::publish_due(clock::time_point start, double rate,
                                        std::size_t from, std::size_t end) {
  const std::chrono::duration<double> elapsed = now_ - start;
  for (; from < end && static_cast<double>(from) <= elapsed.count() * rate
         && may_publish();
       ++from) {
    // A message is late by at most a turn, and its latency counts from when it
    // was due.
    const std::chrono::duration<double> due{static_cast<double>(from) / rate};
    publish_one(start + std::chrono::duration_cast<duration>(due));
  }
  return from;
}

bool load_generator::publish_open_loop(duration time, double rate,
                                       duration patience) {
  const std::chrono::duration<double> span = time;
  const auto all = static_cast<std::size_t>(span.count() * rate);
  const auto start = now_;
  std::size_t count = 0;
  while (count < all && now_ < start + time + patience) {
    count = publish_due(start, rate, count, all);
    turn(0ms);
  }
  return count == all;
}

bool load_generator::drain(duration patience) {
  for (const auto deadline = now_ + patience;
       log_.on_their_way() > 0 && now_ < deadline;)
    turn(1ms);
  return log_.on_their_way() == 0;
}

} // namespace grapevine::bench
