#pragma once

#include "tests/bench/message_load.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/bench/peer_set.hpp"
#include "tests/bench/rpc_scan.hpp"

#include <cstddef>
#include <string>

namespace grapevine::bench {

/// The load of a relay of libp2p, all in this thread. What is wrong is thrown
/// as `load_error`, but for messages that are lost.
class load_generator : public message_load {
public:
  /// Connects the peers. `pool` must outlive it.
  load_generator(const endpoint& relay, const message_pool& pool,
                 const bench_case& what);

  /// Serves other peers of the relay, too, in each turn. They must outlive it.
  void serve_beside(peer_set& others) noexcept { beside_ = &others; }

  /// Waits until the relay sends what is published to every subscriber, on
  /// every topic.
  void join() override;

  std::size_t relay_writes() const override;

  duration idle() const noexcept override { return peers_.idle(); }

private:
  void send(std::uint32_t number) override;
  bool may_publish() const override;
  bool turn(duration patience) override;
  clock::time_point now() const noexcept override { return peers_.now(); }

  void connect(std::size_t number, const endpoint& relay,
               const shared_bytes& greeting);
  void on_rpc(std::size_t subscriber, bytes_view rpc);

  const message_pool& pool_;
  bench_case case_;
  rpc_scan scan_;
  // The publisher is the first.
  peer_set peers_;
  peer_set* beside_ = nullptr;
  std::string wrong_;
};

} // namespace grapevine::bench
