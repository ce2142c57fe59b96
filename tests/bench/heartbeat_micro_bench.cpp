// What a heartbeat costs, with everything that the mesh manager has its rules
// do then: the scores' decay, who is to be refused, the meshes, and what
// follows from these for the scores.
#include "gossip/score/peer_score.hpp"
#include "tests/bench/busy_topic.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::bench {
namespace {

using namespace std::chrono_literals;

/// A router with its scores, and peers that are all subscribed to all topics.
class scored_router {
public:
  scored_router(std::size_t peers, std::size_t topics) {
    for (std::size_t i = 0; i < topics; ++i)
      topics_.push_back(busy_topic_name(i));
    for (const auto& topic : topics_)
      router_.join(topic, now_, gen_, effects_);
    for (std::uint32_t i = 0; i < peers; ++i)
      add(i);
    effects_.clear();
  }

  void beat() {
    now_ += 1s;
    scores_.refresh(now_);
    for (const auto peer : peers_) {
      benchmark::DoNotOptimize(router_.graylisted(peer));
      benchmark::DoNotOptimize(router_.accepts_iwant(peer));
    }
    effects_.clear();
    router_.heartbeat(now_, gen_, effects_);
    score_events();
  }

  /// Everyone counts for something in every topic.
  void count_deliveries() {
    for (const auto peer : peers_)
      for (const auto& topic : topics_)
        scores_.first_delivery(peer, topic);
  }

  /// Everyone was in every mesh, and pruned us: as much as there is to
  /// remember, and nobody to graft.
  void back_off() {
    for (const auto peer : peers_)
      for (const auto& topic : topics_) {
        // They end one after the other, some at each heartbeat.
        const std::chrono::seconds backoff{60 + gen_() % 60};
        router_.prune(peer, {topic, {}, backoff}, now_, effects_);
      }
    score_events();
  }

  /// One in a hundred misbehaves so much that it gets no gossip.
  void have_bad_peers() {
    for (std::size_t i = 0; i < peers_.size(); i += 100)
      scores_.penalize(peers_[i], 1'000);
  }

  void lose(std::size_t count) {
    for (; count > 0 && !peers_.empty(); --count) {
      router_.remove_peer(peers_.back(), effects_);
      score_events();
      scores_.remove_peer(peers_.back(), now_);
      peers_.pop_back();
    }
  }

  /// How many peers got a GRAFT in the last heartbeat.
  std::size_t grafted() const { return effects_.control.size(); }

private:
  void add(std::uint32_t number) {
    const auto id = test::numbered_peer(number);
    // Hardly any is ours, so that every heartbeat looks for more of them.
    const auto peer = router_.add_peer(id, number == 0 ? test::outbound_peer
                                                       : test::inbound_peer);
    const auto address =
        libp2p::ip_address::from_text("10.1." + std::to_string(number / 250)
                                      + "." + std::to_string(number % 250));
    scores_.add_peer(*peer, id, {&*address, 1}, now_);
    peers_.push_back(*peer);
    for (const auto& topic : topics_) {
      const proto::subscription change{.topic = topic};
      router_.subscriptions(*peer, {&change, 1}, effects_);
    }
  }

  void score_events() {
    for (const auto& event : effects_.events)
      if (event.kind == gossip::mesh_event_kind::grafted)
        scores_.graft(event.peer, event.topic, now_);
      else if (event.kind == gossip::mesh_event_kind::pruned)
        scores_.prune(event.peer, event.topic);
    effects_.events.clear();
  }

  static gossip::score_parameters scoring() {
    gossip::score_parameters p;
    p.default_topic = busy_topic();
    // One delivery is enough, so that the meshes stay as they are.
    p.default_topic->mesh_deliveries.threshold = 1;
    p.behaviour = {-1, 0, 0.999'999'9};
    p.colocation.weight = -1;
    return p;
  }

  time_point now_{1h};
  gossip::rng gen_{42};
  gossip::peer_score scores_{scoring()};
  gossip::mesh router_{
      {}, {}, [this](gossip::peer_handle peer) { return scores_.score(peer); }};
  gossip::mesh_effects effects_;
  std::vector<std::string> topics_;
  std::vector<gossip::peer_handle> peers_;
};

std::unique_ptr<scored_router> router_of(const benchmark::State& state) {
  return std::make_unique<scored_router>(
      static_cast<std::size_t>(state.range(0)),
      static_cast<std::size_t>(state.range(1)));
}

void all_sizes(benchmark::internal::Benchmark* which) {
  which->ArgNames({"peers", "topics"})
      ->ArgsProduct({{10, 100, 1000}, {1, 20, 200}})
      ->Unit(benchmark::kMicrosecond);
}

/// Every peer with counters in every topic, full meshes.
void heartbeat(benchmark::State& state) {
  const auto all = router_of(state);
  all->beat();
  all->count_deliveries();
  for (auto _ : state)
    all->beat();
}
BENCHMARK(heartbeat)->Apply(all_sizes);

/// The same, and some have scores that nobody wants.
void heartbeat_bad_peers(benchmark::State& state) {
  const auto all = router_of(state);
  all->beat();
  all->count_deliveries();
  all->have_bad_peers();
  for (auto _ : state)
    all->beat();
}
BENCHMARK(heartbeat_bad_peers)->Apply(all_sizes);

/// Each heartbeat of so many with a router of its own that `prepare` has
/// brought where it is to begin.
template <class Prepare>
void first_heartbeats(benchmark::State& state, Prepare prepare) {
  for (auto _ : state) {
    state.PauseTiming();
    auto all = router_of(state);
    prepare(*all);
    state.ResumeTiming();
    all->beat();
    state.PauseTiming();
    all.reset();
    state.ResumeTiming();
  }
}

/// The meshes of all topics are empty.
void heartbeat_first(benchmark::State& state) {
  first_heartbeats(state, [](scored_router& all) { all.count_deliveries(); });
}
BENCHMARK(heartbeat_first)->Apply(all_sizes)->Iterations(20);

/// A tenth of the peers has gone since the last one.
void heartbeat_after_loss(benchmark::State& state) {
  first_heartbeats(state, [&](scored_router& all) {
    all.beat();
    all.count_deliveries();
    all.beat();
    all.lose(static_cast<std::size_t>(state.range(0)) / 10);
  });
}
BENCHMARK(heartbeat_after_loss)->Apply(all_sizes)->Iterations(20);

/// Empty meshes, and everybody in backoff; some of these end each time.
void heartbeat_in_backoff(benchmark::State& state) {
  const auto all = router_of(state);
  all->beat();
  all->count_deliveries();
  all->back_off();
  for (int i = 0; i < 61; ++i)
    all->beat();
  for (auto _ : state)
    all->beat();
}
BENCHMARK(heartbeat_in_backoff)->Apply(all_sizes)->Iterations(50);

} // namespace
} // namespace grapevine::bench
