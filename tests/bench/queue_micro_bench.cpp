// What waits for a peer.
#include "gossip/stream/send_queue.hpp"
#include "tests/bench/micro_messages.hpp"

#include <benchmark/benchmark.h>

namespace grapevine::bench {
namespace {

void queue_push_and_frame(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::send_queue queue;
  for (auto _ : state) {
    queue.push_message(msg);
    benchmark::DoNotOptimize(queue.next_frame());
  }
}
BENCHMARK(queue_push_and_frame);

/// So many messages wait before the first one goes.
void queue_backlog(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::send_queue queue;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      queue.push_message(msg);
    while (auto frame = queue.next_frame())
      benchmark::DoNotOptimize(frame);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(queue_backlog)->Arg(16)->Arg(1024);

/// An IHAVE of so many ids, to its frames.
void queue_ihave(benchmark::State& state) {
  std::vector<std::string> ids;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    ids.push_back(numbered_raw_id(static_cast<std::size_t>(i)));
  gossip::send_queue queue;
  for (auto _ : state) {
    queue.push_ihave(topic, ids);
    while (auto frame = queue.next_frame())
      benchmark::DoNotOptimize(frame);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(queue_ihave)->ArgName("ids")->Arg(10)->Arg(1000);

/// An IDONTWANT of a message that waits behind so many.
void queue_cancel(benchmark::State& state) {
  gossip::send_queue queue;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    queue.push_message(numbered_message(static_cast<std::uint64_t>(i)));
  const auto last = numbered_message(1'000'000);
  const std::vector<gossip::message_id> ids{last->id()};
  for (auto _ : state) {
    queue.push_message(last);
    benchmark::DoNotOptimize(queue.cancel(ids));
  }
}
BENCHMARK(queue_cancel)->Arg(0)->Arg(16)->Arg(1024);

} // namespace
} // namespace grapevine::bench
