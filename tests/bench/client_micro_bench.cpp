// Messages that one client publishes and another one takes out of its queue, in
// two nodes of this process over loopback: all that is between them.
#include "client/client.hpp"

#include <benchmark/benchmark.h>
#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>
#include <vector>

namespace grapevine::bench {
namespace {

constexpr std::size_t payload = 100;
constexpr std::chrono::seconds patience{20};

template <class T>
T value_of(client_result<T> result) {
  if (!result)
    throw std::runtime_error{result.error().text};
  return *std::move(result);
}

client started(gossip::signing_policy policy) {
  client_options options;
  options.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
  options.policy = policy;
  return value_of(client::start(std::move(options)));
}

struct pair_of_clients {
  explicit pair_of_clients(gossip::signing_policy policy)
      : from{started(policy)}, to{started(policy)}, queue{value_of(to.subscribe(
                                                        "bench"))} {
    value_of(from.connect(to.addresses().at(0)));
    if (value_of(from.await_peers("bench", 1, patience)) != 1)
      throw std::runtime_error{"the two did not find each other"};
  }

  void take(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (!queue.pop_for(patience))
        throw std::runtime_error{"a message did not come"};
  }

  // Each another one: under no signing a message is named by what is in it.
  bytes next() {
    bytes result(payload);
    ++number;
    for (std::size_t i = 0; i < sizeof number; ++i)
      result[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return result;
  }

  client from;
  client to;
  message_queue queue;
  std::uint64_t number = 0;
};

// So many under way at once.
void client_one_by_one(benchmark::State& state, gossip::signing_policy policy) {
  pair_of_clients f{policy};
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::vector<std::future<client_result<publish_receipt>>> receipts;
    for (std::size_t i = 0; i < count; ++i)
      receipts.push_back(f.from.publish("bench", f.next()));
    for (auto& receipt : receipts)
      value_of(receipt.get());
    f.take(count);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void client_in_batches(benchmark::State& state, gossip::signing_policy policy) {
  pair_of_clients f{policy};
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::vector<bytes> batch;
    for (std::size_t i = 0; i < count; ++i)
      batch.push_back(f.next());
    value_of(f.from.publish_batch("bench", std::move(batch)).get());
    f.take(count);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

using enum gossip::signing_policy;

BENCHMARK_CAPTURE(client_one_by_one, unsigned, strict_no_sign)
    ->Arg(1)
    ->Arg(64)
    ->UseRealTime();
BENCHMARK_CAPTURE(client_one_by_one, signed, strict_sign)
    ->Arg(64)
    ->UseRealTime();
BENCHMARK_CAPTURE(client_in_batches, unsigned, strict_no_sign)
    ->Arg(500)
    ->UseRealTime();
BENCHMARK_CAPTURE(client_in_batches, signed, strict_sign)
    ->Arg(500)
    ->UseRealTime();

} // namespace
} // namespace grapevine::bench
