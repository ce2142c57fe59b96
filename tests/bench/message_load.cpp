#include "tests/bench/message_load.hpp"

#include "tests/bench/peer_set.hpp"

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto probe_interval = 100ms;

// A full window of which nothing arrives for so long is lost.
constexpr auto stall_patience = 500ms;

} // namespace

void message_load::publish_one(clock::time_point due) {
  send(log_.publish(due));
}

void message_load::publish_until_complete(std::size_t messages,
                                          clock::time_point deadline) {
  for (bool complete = false; !complete;) {
    if (now() > deadline)
      throw load_error{"the relay does not send to all subscribers"};
    for (std::size_t i = 0; i < messages; ++i)
      publish_one(now());
    complete = drain(probe_interval);
    log_.give_up();
  }
}

void message_load::publish_closed_loop(duration time, std::size_t window) {
  auto last = now();
  for (const auto end = now() + time; now() < end;) {
    while (log_.on_their_way() < window && may_publish())
      publish_one(now());
    if (turn(1ms))
      last = now();
    if (now() - last < stall_patience)
      continue;
    log_.give_up();
    last = now();
  }
}

/// Publishes what is due by now and may go out, from message `from` of the
/// phase on and before `end`; the number of the first that did not.
std::size_t message_load::publish_due(clock::time_point start, double rate,
                                      std::size_t from, std::size_t end) {
  const std::chrono::duration<double> elapsed = now() - start;
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

bool message_load::publish_open_loop(duration time, double rate,
                                     duration patience) {
  const std::chrono::duration<double> span = time;
  const auto all = static_cast<std::size_t>(span.count() * rate);
  const auto start = now();
  std::size_t count = 0;
  while (count < all && now() < start + time + patience) {
    count = publish_due(start, rate, count, all);
    turn(0ms);
  }
  return count == all;
}

bool message_load::drain(duration patience) {
  for (const auto deadline = now() + patience;
       log_.on_their_way() > 0 && now() < deadline;)
    turn(1ms);
  return log_.on_their_way() == 0;
}

} // namespace grapevine::bench
