// What scores cost: per heartbeat, and per message.
#include "gossip/score/peer_score.hpp"
#include "tests/bench/busy_topic.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <vector>

namespace grapevine::bench {
namespace {

using namespace std::chrono_literals;

/// All peers in the meshes of all topics.
struct scored_peers {
  scored_peers(std::size_t peers, std::size_t count) : scores{parameters()} {
    for (std::size_t i = 0; i < count; ++i)
      topics.push_back(busy_topic_name(i));
    for (std::uint32_t i = 0; i < peers; ++i) {
      handles.push_back({i, 0});
      scores.add_peer(handles.back(), test::numbered_peer(i), {}, now);
      for (const auto& topic : topics) {
        scores.graft(handles.back(), topic, now);
        scores.first_delivery(handles.back(), topic);
        scores.invalid_message(handles.back(), topic);
      }
    }
  }

  static gossip::score_parameters parameters() {
    gossip::score_parameters p;
    p.default_topic = busy_topic();
    return p;
  }

  time_point now{1h};
  gossip::peer_score scores;
  std::vector<std::string> topics;
  std::vector<gossip::peer_handle> handles;
};

/// What a heartbeat does: decay, and everyone's score.
void score_refresh(benchmark::State& state) {
  scored_peers all{static_cast<std::size_t>(state.range(0)),
                   static_cast<std::size_t>(state.range(1))};
  for (auto _ : state) {
    all.now += 1s;
    all.scores.refresh(all.now);
    double sum = 0;
    for (const auto peer : all.handles)
      sum += all.scores.score(peer);
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(score_refresh)
    ->ArgNames({"peers", "topics"})
    ->ArgsProduct({{10, 100, 1000}, {1, 20, 200}})
    ->Unit(benchmark::kMicrosecond);

/// What a message costs: its sender's counter.
void score_first_delivery(benchmark::State& state) {
  scored_peers all{1'000, static_cast<std::size_t>(state.range(0))};
  std::size_t i = 0;
  for (auto _ : state) {
    i += 7;
    all.scores.first_delivery(all.handles[i % all.handles.size()],
                              all.topics[i % all.topics.size()]);
  }
}
BENCHMARK(score_first_delivery)->ArgName("topics")->Arg(1)->Arg(20)->Arg(200);

/// The same, and its sender's score after it.
void score_after_delivery(benchmark::State& state) {
  scored_peers all{1'000, static_cast<std::size_t>(state.range(0))};
  std::size_t i = 0;
  for (auto _ : state) {
    i += 7;
    const auto peer = all.handles[i % all.handles.size()];
    all.scores.first_delivery(peer, all.topics[i % all.topics.size()]);
    benchmark::DoNotOptimize(all.scores.score(peer));
  }
}
BENCHMARK(score_after_delivery)->ArgName("topics")->Arg(1)->Arg(20)->Arg(200);

} // namespace
} // namespace grapevine::bench
