// What a heartbeat costs the actors: the mesh manager, and the message cache
// that gossips for it. In virtual time on one thread, so that nothing else is
// counted; those who are sent something do nothing.
#include "actors/pubsub/mesh_manager.hpp"
#include "actors/pubsub/message_cache.hpp"
#include "tests/bench/busy_topic.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/virtual_system.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::bench {
namespace {

using namespace std::chrono_literals;

/// Stands in for peers and for the node.
caf::behavior idle_actor(caf::event_based_actor*) {
  return {
      [](const send_control&) {}, [](const send_gossip&) {},
      [](const send_hello&) {},   [](const return_credit&) {},
      [](const set_standing&) {}, [](const send_messages&) {},
      [](const send_run&) {},     [](const node_event&) {},
  };
}

template <class Handle>
Handle idle(caf::actor_system& sys) {
  return caf::actor_cast<Handle>(sys.spawn(idle_actor));
}

context_ptr scoring_context() {
  auto ctx = *test::virtual_system::context(1);
  ctx.config.score.default_topic = busy_topic();
  ctx.config.score.default_topic->mesh_deliveries.threshold = 0;
  return std::make_shared<node_context>(std::move(ctx));
}

/// A mesh manager and its cache, and peers that are subscribed to all topics.
class heart {
public:
  heart(std::size_t peers, std::size_t topics)
      : cache_{spawn_message_cache(net_.sys(), ctx_, manager_,
                                   {idle<validator_actor>(net_.sys())})} {
    say(manager_, meet_partners{cache_, idle<event_sink>(net_.sys())});
    for (std::size_t i = 0; i < topics; ++i) {
      topics_.push_back(busy_topic_name(i));
      say(manager_, join_topic{topics_.back()});
      say(cache_, set_subscribers{topics_.back(), true, {}});
    }
    for (std::uint32_t i = 0; i < peers; ++i)
      add(i);
  }

  ~heart() {
    // They keep each other alive.
    caf::anon_send_exit(cache_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(manager_, caf::exit_reason::user_shutdown);
    net_.run();
  }

  /// So many messages in each topic.
  void publish(std::size_t count) {
    for (const auto& topic : topics_)
      for (std::size_t i = 0; i < count; ++i)
        say(cache_,
            publish_own{gossip::build_message(
                {topic, as_bytes("data"), test::numbered_peer(77), ++number_},
                nullptr, gossip::default_message_id)});
  }

  /// The mesh manager's part.
  void beat() {
    tell_from_outside(manager_, heartbeat_tick{});
    net_.run_once();
  }

  /// What everyone else does then, the cache first.
  void settle() { net_.run(); }

  /// Until the next heartbeat.
  void wait() { net_.advance(1s); }

  /// Until the backoffs are over.
  void forgive() {
    net_.advance(70s);
    beat();
    settle();
  }

  /// So many peers prune us in all topics.
  void be_pruned(std::size_t count) {
    for (; count > 0; --count) {
      // Others each time, those in the meshes among them.
      next_ = (next_ + 1) % peers_.size();
      control_received refusal{peers_[next_], {}, {}};
      for (const auto& topic : topics_)
        refusal.control.prunes.push_back({topic, {}, {}});
      say(manager_, std::move(refusal));
    }
  }

private:
  void add(std::uint32_t number) {
    const peer_ref peer{test::numbered_peer(number),
                        idle<peer_actor>(net_.sys())};
    peers_.push_back(peer);
    say(manager_, peer_joined{peer, test::inbound_peer, {}});
    say(manager_, hello_wanted{peer});
    control_received hello{peer, {}, {}};
    for (const auto& topic : topics_)
      hello.subscriptions.push_back({.topic = topic});
    say(manager_, std::move(hello));
  }

  template <class Handle, class T>
  void say(const Handle& to, T msg) {
    tell_from_outside(to, std::move(msg));
    net_.run();
  }

  test::virtual_system net_;
  context_ptr ctx_ = scoring_context();
  mesh_manager_actor manager_ = spawn_mesh_manager(net_.sys(), ctx_);
  message_cache_actor cache_;
  std::vector<peer_ref> peers_;
  std::vector<std::string> topics_;
  std::uint64_t number_ = 0;
  std::size_t next_ = 0;
};

std::unique_ptr<heart> heart_of(const benchmark::State& state) {
  return std::make_unique<heart>(static_cast<std::size_t>(state.range(0)),
                                 static_cast<std::size_t>(state.range(1)));
}

void all_sizes(benchmark::internal::Benchmark* which) {
  which->ArgNames({"peers", "topics"})
      ->ArgsProduct({{10, 100, 1000}, {1, 20, 200}})
      ->Unit(benchmark::kMicrosecond)
      ->Iterations(20);
}

/// Nothing was published.
void manager_heartbeat(benchmark::State& state) {
  const auto all = heart_of(state);
  for (auto _ : state) {
    all->beat();
    state.PauseTiming();
    all->wait();
    state.ResumeTiming();
  }
}
BENCHMARK(manager_heartbeat)->Apply(all_sizes);

/// Most of the peers have pruned us: all meshes are made anew.
void manager_regraft(benchmark::State& state) {
  const auto all = heart_of(state);
  for (auto _ : state) {
    state.PauseTiming();
    all->be_pruned(static_cast<std::size_t>(state.range(0)) * 9 / 10);
    all->wait();
    state.ResumeTiming();
    all->beat();
    state.PauseTiming();
    all->settle();
    all->forgive();
    state.ResumeTiming();
  }
}
BENCHMARK(manager_regraft)->Apply(all_sizes);

/// Three messages were published in every topic: the cache's part and that of
/// actors which only drop what they are sent.
void cache_gossip(benchmark::State& state) {
  const auto all = heart_of(state);
  for (auto _ : state) {
    state.PauseTiming();
    all->wait();
    all->publish(3);
    all->beat();
    state.ResumeTiming();
    all->settle();
  }
}
BENCHMARK(cache_gossip)->Apply(all_sizes);

} // namespace
} // namespace grapevine::bench
