// What tracing costs.
#include "gossip/trace/trace_batch.hpp"
#include "gossip/trace/trace_encoder.hpp"
#include "tests/bench/micro_messages.hpp"

#include <benchmark/benchmark.h>

namespace grapevine::bench {
namespace {

/// Takes events and forgets them.
struct empty_sink : gossip::trace_sink {
  gossip::trace_event::wall_time now() const override {
    return std::chrono::system_clock::now();
  }
  bool take(std::vector<gossip::trace_event> events, std::size_t) override {
    benchmark::DoNotOptimize(events.data());
    return true;
  }
};

/// What a delivery costs: without tracing (0) and with it (1).
void trace_record(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::trace_batch batch{state.range(0) != 0 ? std::make_shared<empty_sink>()
                                                : nullptr};
  for (auto _ : state) {
    // The sink is looked at anew each time.
    benchmark::DoNotOptimize(batch);
    batch.record([&] {
      return gossip::trace::delivered{msg->id(), std::string{msg->topic()},
                                      msg->author()};
    });
  }
}
BENCHMARK(trace_record)->Arg(0)->Arg(1);

/// What the tracer does with an event: as JSON (0) and as protobuf (1).
void trace_encode(benchmark::State& state) {
  const auto msg = signed_message();
  gossip::trace_encoder encoder{
      msg->author(), state.range(0) == 0 ? gossip::trace_format::json
                                         : gossip::trace_format::protobuf};
  const gossip::trace_event event{
      {},
      gossip::trace::delivered{msg->id(), std::string{msg->topic()},
                               msg->author()}};
  std::string out;
  for (auto _ : state) {
    out.clear();
    encoder.append(event, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(trace_encode)->Arg(0)->Arg(1);

} // namespace
} // namespace grapevine::bench
