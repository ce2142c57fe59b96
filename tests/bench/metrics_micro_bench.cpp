// What a scrape costs: asking all of a node's actors, putting together what
// they tell, and writing it. In virtual time on one thread, so that it is all
// of it; peers are the real actors, without connections.
#include "actors/node/metrics_collector.hpp"
#include "actors/pubsub/mesh_manager.hpp"
#include "actors/pubsub/message_cache.hpp"
#include "actors/pubsub/peer.hpp"
#include "app/metrics/metrics_text.hpp"
#include "tests/bench/busy_topic.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/virtual_system.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::bench {
namespace {

using namespace std::chrono_literals;

caf::behavior idle_actor(caf::event_based_actor*) {
  return {[](const peer_lost&) {}, [](const node_events&) {},
          [](const connect_offered&) {}};
}

context_ptr context_with_session() {
  auto ctx = *test::virtual_system::context(1);
  ctx.session = std::make_shared<libp2p::session_config>(
      libp2p::make_session_config(ctx.config.identity, random_seed, wall_time));
  return std::make_shared<node_context>(std::move(ctx));
}

/// A node's actors, and peers that are subscribed to all topics.
class busy_actors {
public:
  busy_actors(std::size_t peers, std::size_t topics) {
    all_.tellers.emplace_back(manager_);
    all_.tellers.emplace_back(cache_);
    say(manager_, meet_partners{cache_, caf::actor_cast<event_sink>(idle_)});
    std::vector<proto::subscription> subscriptions;
    for (std::size_t i = 0; i < topics; ++i) {
      const auto topic = busy_topic_name(i);
      say(manager_, join_topic{topic});
      say(cache_, set_subscribers{topic, true, {}});
      subscriptions.push_back({.topic = topic});
      say(cache_, publish_own_batch{{gossip::build_message(
                      {topic, as_bytes("data"), test::numbered_peer(77), i},
                      nullptr, gossip::default_message_id)}});
    }
    for (std::uint32_t i = 0; i < peers; ++i)
      add(i, subscriptions);
  }

  ~busy_actors() {
    for (const auto& one : all_.tellers)
      caf::anon_send_exit(one, caf::exit_reason::kill);
    caf::anon_send_exit(collector_, caf::exit_reason::kill);
    net_.run();
  }
  busy_actors(const busy_actors&) = delete;
  busy_actors& operator=(const busy_actors&) = delete;

  metrics_snapshot collect() {
    metrics_snapshot result;
    net_.sys().spawn([&](caf::event_based_actor* self) {
      ask(self, collector_, 1h, all_)
          .then([&](metrics_snapshot& got) { result = std::move(got); },
                [](caf::error&) {});
    });
    net_.run();
    return result;
  }

private:
  void add(std::uint32_t number,
           const std::vector<proto::subscription>& subscriptions) {
    const auto id = test::numbered_peer(number);
    const auto actor =
        spawn_peer(net_.sys(), ctx_, id,
                   {manager_, cache_, caf::actor_cast<peer_keeper>(idle_), {}});
    all_.tellers.emplace_back(actor);
    const peer_ref peer{id, actor};
    say(manager_, peer_joined{peer, test::inbound_peer, {}});
    say(manager_, control_received{peer, subscriptions, {}});
  }

  template <class Handle, class T>
  void say(const Handle& to, T msg) {
    tell_from_outside(to, std::move(msg));
    net_.run();
  }

  test::virtual_system net_;
  context_ptr ctx_ = context_with_session();
  caf::actor idle_ = net_.sys().spawn(idle_actor);
  mesh_manager_actor manager_ = spawn_mesh_manager(net_.sys(), ctx_);
  message_cache_actor cache_ = spawn_message_cache(
      net_.sys(), ctx_, manager_, {caf::actor_cast<validator_actor>(idle_)});
  metrics_collector_actor collector_ = spawn_metrics_collector(net_.sys());
  collect_metrics all_;
};

void sizes(benchmark::internal::Benchmark* which) {
  which->ArgNames({"peers", "topics"})
      ->Args({10, 1})
      ->Args({1000, 200})
      ->Unit(benchmark::kMicrosecond)
      ->Iterations(50);
}

/// All actors' part, and the collector's.
void metrics_collect(benchmark::State& state) {
  busy_actors all{static_cast<std::size_t>(state.range(0)),
                  static_cast<std::size_t>(state.range(1))};
  for (auto _ : state)
    benchmark::DoNotOptimize(all.collect());
}
BENCHMARK(metrics_collect)->Apply(sizes);

/// Of whoever answers the scrape.
void metrics_write(benchmark::State& state) {
  busy_actors all{static_cast<std::size_t>(state.range(0)),
                  static_cast<std::size_t>(state.range(1))};
  const auto numbers = all.collect();
  std::size_t size = 0;
  for (auto _ : state)
    size = app::metrics_text(numbers).size();
  state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(metrics_write)->Apply(sizes);

} // namespace
} // namespace grapevine::bench
