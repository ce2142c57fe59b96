// What it costs that an actor tells another one something: the messages of the
// hot path, between actors on one worker (1) or two.
#include "messages/message_cache.hpp"
#include "tests/bench/micro_messages.hpp"
#include "tests/support/caf_testing.hpp"

#include <atomic>
#include <benchmark/benchmark.h>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace grapevine::bench {
namespace {

/// An actor system as a node has it.
class running_system {
public:
  explicit running_system(std::int64_t workers)
      : sys_{configured(cfg_, static_cast<std::size_t>(workers))} {}

  caf::actor_system& sys() { return sys_; }

private:
  static caf::actor_system_config& configured(caf::actor_system_config& cfg,
                                              std::size_t workers) {
    tune_scheduler(cfg);
    test::use_workers(cfg, workers);
    return cfg;
  }

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
};

/// Opens when it was passed so often, on any thread.
class gate {
public:
  void close(std::size_t count) { left_.store(count); }
  void pass() {
    if (left_.fetch_sub(1) == 1)
      left_.notify_one();
  }
  void wait() {
    for (auto left = left_.load(); left > 0; left = left_.load())
      left_.wait(left);
  }

private:
  std::atomic<std::size_t> left_ = 0;
};

using receiver_actor =
    caf::typed_actor<takes<send_messages>, takes<return_credit>,
                     takes<messages_received>>;

/// Counts what it is sent.
receiver_actor::behavior_type receiver(receiver_actor::pointer,
                                       const std::shared_ptr<gate>& passed) {
  return {
      [passed](const send_messages&) { passed->pass(); },
      [passed](const return_credit&) { passed->pass(); },
      [passed](const messages_received&) { passed->pass(); },
  };
}

/// Does something as an actor whenever it is told how often.
using deed = std::function<void(caf::event_based_actor*, std::size_t)>;

caf::behavior doer(caf::event_based_actor* self, const deed& what) {
  return {[self, what](std::size_t count) { what(self, count); }};
}

// What an actor is told to do at once, as when a socket was read.
constexpr std::size_t burst = 100;

/// Lets `what` happen to `burst` messages, each of which reaches `receivers`.
void run_bursts(benchmark::State& state, running_system& net, gate& passed,
                std::size_t receivers, const deed& what) {
  const auto actor = net.sys().spawn(doer, what);
  for (auto _ : state) {
    passed.close(burst * receivers);
    tell_from_outside(actor, burst);
    passed.wait();
  }
  state.SetItemsProcessed(state.iterations()
                          * static_cast<std::int64_t>(burst * receivers));
}

void on_workers(benchmark::internal::Benchmark* which) {
  which->ArgName("workers")->Arg(1)->Arg(2)->MeasureProcessCPUTime();
  which->UseRealTime();
}

/// `count` messages, as a peer's actor tells the cache of them.
messages_received received(std::size_t count) {
  messages_received result;
  result.from.id = test::numbered_peer(1);
  for (std::size_t i = 0; i < count; ++i)
    result.msgs.push_back(numbered_message(i));
  return result;
}

/// One way, with the sender's name.
template <class Message>
void tell_each(benchmark::State& state, const Message& msg) {
  running_system net{state.range(0)};
  const auto passed = std::make_shared<gate>();
  const auto to = net.sys().spawn(receiver, passed);
  run_bursts(state, net, *passed, 1, [&](auto* self, std::size_t count) {
    for (; count > 0; --count)
      tell(self, to, Message{msg});
  });
}

/// The same without it.
template <class Message>
void tell_each_anonymously(benchmark::State& state, const Message& msg) {
  running_system net{state.range(0)};
  const auto passed = std::make_shared<gate>();
  const auto to = net.sys().spawn(receiver, passed);
  run_bursts(state, net, *passed, 1, [&](auto*, std::size_t count) {
    for (; count > 0; --count)
      tell_from_outside(to, Message{msg});
  });
}

void hop_of_credit(benchmark::State& state) {
  tell_each(state, return_credit{1, 1'024});
}
BENCHMARK(hop_of_credit)->Apply(on_workers);

void hop_of_credit_anonymous(benchmark::State& state) {
  tell_each_anonymously(state, return_credit{1, 1'024});
}
BENCHMARK(hop_of_credit_anonymous)->Apply(on_workers);

void hop_to_peer(benchmark::State& state) {
  tell_each(state, send_messages{{numbered_message(1)}, false});
}
BENCHMARK(hop_to_peer)->Apply(on_workers);

void hop_to_peer_anonymous(benchmark::State& state) {
  tell_each_anonymously(state, send_messages{{numbered_message(1)}, false});
}
BENCHMARK(hop_to_peer_anonymous)->Apply(on_workers);

/// A large payload: the messages of a full frame.
void hop_of_received(benchmark::State& state) {
  tell_each(state, received(16));
}
BENCHMARK(hop_of_received)->Apply(on_workers);

void hop_of_received_anonymous(benchmark::State& state) {
  tell_each_anonymously(state, received(16));
}
BENCHMARK(hop_of_received_anonymous)->Apply(on_workers);

/// Making the large payload, which is part of the two before.
void copy_of_received(benchmark::State& state) {
  const auto msg = received(16);
  for (auto _ : state)
    benchmark::DoNotOptimize(messages_received{msg});
}
BENCHMARK(copy_of_received);

/// From a thread that is no actor's.
void hop_from_outside(benchmark::State& state) {
  running_system net{state.range(0)};
  const auto passed = std::make_shared<gate>();
  const auto to = net.sys().spawn(receiver, passed);
  for (auto _ : state) {
    passed->close(burst);
    for (std::size_t i = 0; i < burst; ++i)
      tell_from_outside(to, return_credit{1, 1'024});
    passed->wait();
  }
  state.SetItemsProcessed(state.iterations()
                          * static_cast<std::int64_t>(burst));
}
BENCHMARK(hop_from_outside)->Apply(on_workers);

/// A message to so many peers.
void hop_fan_out(benchmark::State& state) {
  running_system net{state.range(0)};
  const auto passed = std::make_shared<gate>();
  std::vector<receiver_actor> peers;
  const auto receivers = static_cast<std::size_t>(state.range(1));
  for (std::size_t i = 0; i < receivers; ++i)
    peers.push_back(net.sys().spawn(receiver, passed));
  const auto msg = numbered_message(1);
  run_bursts(state, net, *passed, receivers,
             [&](auto* self, std::size_t count) {
               for (; count > 0; --count)
                 for (const auto& peer : peers)
                   tell(self, peer, send_messages{{msg}, false});
             });
}
BENCHMARK(hop_fan_out)
    ->ArgNames({"workers", "peers"})
    ->ArgsProduct({{1, 2}, {8, 64}})
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// Tells its partner how often the two are still to do so.
caf::behavior player(caf::event_based_actor* self,
                     const std::shared_ptr<gate>& passed) {
  const auto partner = std::make_shared<caf::actor>();
  return {
      [partner](const caf::actor& other) { *partner = other; },
      [self, partner, passed](std::size_t left) {
        if (left > 1)
          tell(self, *partner, left - 1);
        passed->pass();
      },
  };
}

/// There and back: nothing else waits meanwhile.
void hop_there_and_back(benchmark::State& state) {
  running_system net{state.range(0)};
  const auto passed = std::make_shared<gate>();
  const auto one = net.sys().spawn(player, passed);
  const auto other = net.sys().spawn(player, passed);
  tell_from_outside(one, other);
  tell_from_outside(other, one);
  for (auto _ : state) {
    passed->close(burst);
    tell_from_outside(one, burst);
    passed->wait();
  }
  // They keep each other alive.
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  state.SetItemsProcessed(state.iterations()
                          * static_cast<std::int64_t>(burst));
}
BENCHMARK(hop_there_and_back)->Apply(on_workers);

} // namespace
} // namespace grapevine::bench
