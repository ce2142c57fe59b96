#include "tests/bench/load_generator.hpp"

#include <utility>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto join_patience = 20s;
constexpr auto probe_interval = 100ms;

// A full window of which nothing arrives for so long is lost.
constexpr auto stall_patience = 500ms;

// The publisher's own queue: what lies here is not yet the relay's.
constexpr std::size_t publisher_buffer = 256 * 1024;

} // namespace

load_generator::load_generator(const endpoint& relay, const message_pool& pool,
                               const bench_case& what)
    : pool_{pool}, case_{what}, log_{what.subscribers} {
  const auto greeting = load_greeting(what.topics, true, what.first_topic);
  for (std::size_t i = 0; i <= what.subscribers; ++i)
    connect(i, relay, greeting);
}

void load_generator::connect(std::size_t number, const endpoint& relay,
                             const shared_bytes& greeting) {
  load_peer::rpc_handler handler = [](bytes_view) {};
  if (number > 0)
    handler = [this, number](bytes_view rpc) { on_rpc(number - 1, rpc); };
  const auto id = case_.publisher + static_cast<std::uint32_t>(number);
  peers_.add(std::make_unique<load_peer>(load_identity(id), relay, greeting,
                                         std::move(handler)));
}

void load_generator::on_rpc(std::size_t subscriber, bytes_view rpc) {
  if (!scan_rpc(rpc, pool_.data_size(), scan_))
    wrong_ = "the relay sent a malformed RPC, or a message of its own";
  else if (scan_.pruned)
    wrong_ = "the relay pruned a subscriber";
  else
    for (const auto number : scan_.numbers)
      log_.deliver(number, subscriber, peers_.now());
}

std::size_t load_generator::relay_writes() const {
  std::size_t result = 0;
  for (std::size_t i = 1; i < peers_.size(); ++i)
    result += peers_[i].segments();
  return result;
}

bool load_generator::may_publish() const {
  return peers_[0].buffered() < publisher_buffer;
}

void load_generator::publish_one(clock::time_point due) {
  if (log_.published() >= pool_.size())
    throw load_error{"there are no messages left that were signed beforehand"};
  peers_.was_busy();
  peers_[0].send(pool_.frame(log_.publish(due)));
}

bool load_generator::turn(duration patience) {
  peers_[0].flush();
  const bool any = peers_.turn(patience);
  if (beside_ != nullptr)
    beside_->turn(0ms);
  if (!wrong_.empty())
    throw load_error{wrong_};
  return any;
}

void load_generator::join() {
  const auto deadline = peers_.now() + join_patience;
  while (!peers_.all_of([](const auto& peer) { return peer.joined(); })) {
    if (peers_.now() > deadline)
      throw load_error{"the relay does not open its pubsub streams"};
    turn(10ms);
  }
  // One message on each topic: when all of them reach everybody, all peers are
  // in all meshes.
  for (bool complete = false; !complete;) {
    if (peers_.now() > deadline)
      throw load_error{"the relay does not send to all subscribers"};
    for (std::size_t i = 0; i < case_.topics; ++i)
      publish_one(peers_.now());
    complete = drain(probe_interval);
    log_.give_up();
  }
}

void load_generator::publish_closed_loop(duration time, std::size_t window) {
  auto last = peers_.now();
  for (const auto end = peers_.now() + time; peers_.now() < end;) {
    while (log_.on_their_way() < window && may_publish())
      publish_one(peers_.now());
    if (turn(1ms))
      last = peers_.now();
    if (peers_.now() - last < stall_patience)
      continue;
    log_.give_up();
    last = peers_.now();
  }
}

/// Publishes what is due by now and may go out, from message `from` of the
/// phase on and before `end`; the number of the first that did not.
std::size_t load_generator::publish_due(clock::time_point start, double rate,
                                        std::size_t from, std::size_t end) {
  const std::chrono::duration<double> elapsed = peers_.now() - start;
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
  const auto start = peers_.now();
  std::size_t count = 0;
  while (count < all && peers_.now() < start + time + patience) {
    count = publish_due(start, rate, count, all);
    turn(0ms);
  }
  return count == all;
}

bool load_generator::drain(duration patience) {
  for (const auto deadline = peers_.now() + patience;
       log_.on_their_way() > 0 && peers_.now() < deadline;)
    turn(1ms);
  return log_.on_their_way() == 0;
}

} // namespace grapevine::bench
