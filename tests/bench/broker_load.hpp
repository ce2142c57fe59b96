#pragma once

#include "tests/bench/bench_case.hpp"
#include "tests/bench/broker_process.hpp"
#include "tests/bench/message_load.hpp"
#include "tests/bench/peer_set.hpp"

#include <cstddef>
#include <string>

namespace grapevine::bench {

/// The load of a broker: one publisher, and subscribers of the first topic.
/// Messages have their number in their first four bytes, as those of relays.
class broker_load : public message_load {
public:
  /// Connects the peers, one after the other.
  broker_load(broker_kind broker, const broker_process& process,
              const bench_case& what);

  /// Waits until the broker knows all subscribers.
  void join() override;

  std::size_t relay_writes() const override;

  duration idle() const noexcept override { return peers_.idle(); }

private:
  void send(std::uint32_t number) override;
  bool may_publish() const override;
  bool turn(duration patience) override;
  clock::time_point now() const noexcept override { return peers_.now(); }

  void on_message(std::size_t subscriber, bytes_view data);

  // What precedes and follows the data, and the data but for the number.
  std::string head_;
  bytes data_;
  std::string tail_;
  // The publisher is the first.
  basic_peer_set<broker_peer> peers_;
};

} // namespace grapevine::bench
