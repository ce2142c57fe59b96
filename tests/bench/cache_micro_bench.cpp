// What is seen, and what is gossiped of it. README.md says what to compare.
#include "gossip/cache/message_store.hpp"
#include "gossip/cache/seen_cache.hpp"
#include "gossip/mesh/gossip_budget.hpp"
#include "tests/bench/micro_messages.hpp"

#include <benchmark/benchmark.h>

namespace grapevine::bench {
namespace {

constexpr time_point start{std::chrono::hours{1}};

constexpr std::size_t seen_ids = 256 * 1024;

void seen_lookup(benchmark::State& state) {
  const auto ids = numbered_ids(seen_ids);
  gossip::seen_cache cache;
  for (const auto& id : ids)
    cache.insert(id, start, gossip::seen_state::accepted);
  std::size_t i = 0;
  for (auto _ : state)
    // A step that visits all of them, in no order that a cache line likes.
    benchmark::DoNotOptimize(cache.find(ids[(i += 7919) % seen_ids], start));
}
BENCHMARK(seen_lookup);

/// Each insertion drops the oldest of `seen_ids`.
void seen_insert(benchmark::State& state) {
  const auto ids = numbered_ids(2 * seen_ids);
  gossip::seen_cache cache{{.max_entries = seen_ids}};
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(cache.insert(ids[i++ % ids.size()], start,
                                          gossip::seen_state::validating));
}
BENCHMARK(seen_insert);

/// A cache whose window has so many messages.
class filled_cache {
public:
  explicit filled_cache(std::size_t count) {
    gossip::message_effects effects;
    for (std::size_t i = 0; i < count; ++i) {
      const auto msg = numbered_message(i);
      ids_.emplace_back(msg->id().raw());
      cache_.publish(msg, start, effects);
      effects.clear();
    }
  }

  gossip::message_store& cache() { return cache_; }
  const std::vector<std::string>& ids() const { return ids_; }

private:
  gossip::message_store cache_{{}};
  std::vector<std::string> ids_;
};

/// A message's way through the cache: new, then accepted.
void cache_new_message(benchmark::State& state) {
  gossip::message_store cache{{}};
  gossip::message_effects effects;
  const auto from = test::numbered_peer(1);
  auto now = start;
  std::uint64_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto msg = numbered_message(++number);
    // A window lasts a second of 10,000 messages.
    if (number % 10'000 == 0) {
      cache.shift();
      now += std::chrono::seconds{1};
    }
    state.ResumeTiming();
    effects.clear();
    cache.receive(from, msg, now, effects);
    const auto token =
        std::get<gossip::validate_message>(effects.front()).token;
    cache.decide(msg->id(), token, {}, now, effects);
  }
}
BENCHMARK(cache_new_message);

void cache_duplicate(benchmark::State& state) {
  filled_cache all{1'000};
  gossip::message_effects effects;
  const auto from = test::numbered_peer(1);
  const auto msg = numbered_message(500);
  for (auto _ : state) {
    effects.clear();
    benchmark::DoNotOptimize(all.cache().receive(from, msg, start, effects));
  }
}
BENCHMARK(cache_duplicate);

/// The ids of an IHAVE, all of them seen (0) or none (1).
void cache_ihave(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  filled_cache all{count};
  std::vector<std::string> ids = all.ids();
  if (state.range(1) != 0)
    for (std::size_t i = 0; i < count; ++i)
      ids[i] = numbered_raw_id(i);
  std::vector<std::string> wanted;
  for (auto _ : state) {
    wanted.clear();
    all.cache().ihave(ids, 5'000, start, wanted);
    benchmark::DoNotOptimize(wanted.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cache_ihave)
    ->ArgNames({"ids", "unseen"})
    ->ArgsProduct({{10, 5'000}, {0, 1}});

/// The ids of an IWANT, of messages that the window has.
void cache_iwant(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  filled_cache all{count};
  std::vector<gossip::message_ptr> answers;
  std::uint32_t number = 0;
  for (auto _ : state) {
    answers.clear();
    // Each peer gets a message three times at most.
    all.cache().iwant(test::numbered_peer(++number % 1'000), all.ids(), count,
                      answers);
    benchmark::DoNotOptimize(answers.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cache_iwant)->ArgName("ids")->Arg(10)->Arg(1'000);

/// What is told to a peer in an IHAVE.
void cache_gossip_ids(benchmark::State& state) {
  filled_cache all{static_cast<std::size_t>(state.range(0))};
  gossip::rng gen{42};
  for (auto _ : state)
    benchmark::DoNotOptimize(all.cache().gossip_ids(topic, 3, 5'000, gen));
}
BENCHMARK(cache_gossip_ids)->ArgName("ids")->Arg(10)->Arg(10'000);

} // namespace
} // namespace grapevine::bench
