#include "tests/bench/broker_load.hpp"

#include <cstring>
#include <utility>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto join_patience = 20s;

// The publisher's own queue, as that of a relay's.
constexpr std::size_t publisher_buffer = std::size_t{256} * 1024;

constexpr std::uint8_t filler = 0x5A;

} // namespace

broker_load::broker_load(broker_kind broker, const broker_process& process,
                         const bench_case& what)
    : message_load{what.subscribers}, head_{broker_message_head(
                                          broker, topic_name(0), what.size)},
      data_(what.size, filler), tail_{broker_message_tail(broker)} {
  const auto trust = broker_trust(process.issuer());
  for (std::size_t i = 0; i <= what.subscribers; ++i) {
    broker_peer::options o{broker, "bench-" + std::to_string(i), {}, trust};
    broker_peer::message_handler handler = [](bytes_view) {};
    if (i > 0) {
      o.topic = topic_name(0);
      handler = [this, i](bytes_view data) { on_message(i - 1, data); };
    }
    peers_.add(std::make_unique<broker_peer>(std::move(o), process.address(),
                                             std::move(handler)));
  }
}

void broker_load::on_message(std::size_t subscriber, bytes_view data) {
  std::uint32_t number = 0;
  if (data.size() != data_.size())
    throw load_error{"the broker sent a message that is none of ours"};
  std::memcpy(&number, data.data(), sizeof(number));
  log().deliver(number, subscriber, peers_.now());
}

void broker_load::join() {
  const auto deadline = peers_.now() + join_patience;
  while (!peers_.all_of([](const auto& peer) { return peer.ready(); })) {
    if (peers_.now() > deadline)
      throw load_error{"the broker does not take all subscriptions"};
    turn(10ms);
  }
  publish_until_complete(1, deadline);
}

std::size_t broker_load::relay_writes() const {
  std::size_t result = 0;
  for (std::size_t i = 1; i < peers_.size(); ++i)
    result += peers_[i].segments();
  return result;
}

void broker_load::send(std::uint32_t number) {
  peers_.was_busy();
  std::memcpy(data_.data(), &number, sizeof(number));
  peers_[0].send(head_);
  peers_[0].send(bytes_view{data_});
  peers_[0].send(tail_);
}

bool broker_load::may_publish() const {
  return peers_[0].buffered() < publisher_buffer;
}

bool broker_load::turn(duration patience) {
  peers_[0].flush();
  return peers_.turn(patience);
}

} // namespace grapevine::bench
