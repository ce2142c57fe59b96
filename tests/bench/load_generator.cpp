#include "tests/bench/load_generator.hpp"

#include <utility>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto join_patience = 20s;

// The publisher's own queue: what lies here is not yet the relay's.
constexpr std::size_t publisher_buffer = 256 * 1024;

} // namespace

load_generator::load_generator(const endpoint& relay, const message_pool& pool,
                               const bench_case& what)
    : message_load{what.subscribers}, pool_{pool}, case_{what} {
  const auto greeting = load_greeting(what.topics, true, what.first_topic);
  for (std::size_t i = 0; i <= what.subscribers; ++i)
    connect(i, relay, greeting);
}

void load_generator::connect(std::size_t number, const endpoint& relay,
                             const shared_bytes& greeting) {
  load_peer::rpc_handler handler = [](bytes_view) {};
  if (number > 0)
    handler = [this, number](bytes_view rpc) { on_rpc(number - 1, rpc); };
  const auto id = case_.publisher + static_cast<std::uint32_t>(number);
  peers_.add(std::make_unique<load_peer>(load_identity(id, case_.security),
                                         relay, greeting, std::move(handler)));
}

void load_generator::on_rpc(std::size_t subscriber, bytes_view rpc) {
  if (!scan_rpc(rpc, pool_.data_size(), scan_))
    wrong_ = "the relay sent a malformed RPC, or a message of its own";
  else if (scan_.pruned)
    wrong_ = "the relay pruned a subscriber";
  else
    for (const auto number : scan_.numbers)
      log().deliver(number, subscriber, peers_.now());
}

std::size_t load_generator::relay_writes() const {
  std::size_t result = 0;
  for (std::size_t i = 1; i < peers_.size(); ++i)
    result += peers_[i].segments();
  return result;
}

bool load_generator::may_publish() const {
  return peers_[0].buffered() < publisher_buffer;
}

void load_generator::send(std::uint32_t number) {
  if (number >= pool_.size())
    throw load_error{"there are no messages left that were signed beforehand"};
  peers_.was_busy();
  peers_[0].send(pool_.frame(number));
}

bool load_generator::turn(duration patience) {
  peers_[0].flush();
  const bool any = peers_.turn(patience);
  if (beside_ != nullptr)
    beside_->turn(0ms);
  if (!wrong_.empty())
    throw load_error{wrong_};
  return any;
}

void load_generator::join() {
  const auto deadline = peers_.now() + join_patience;
  while (!peers_.all_of([](const auto& peer) { return peer.joined(); })) {
    if (peers_.now() > deadline)
      throw load_error{"the relay does not open its pubsub streams"};
    turn(10ms);
  }
  // One message on each topic: when all of them reach everybody, all peers are
  // in all meshes.
  publish_until_complete(case_.topics, deadline);
}

} // namespace grapevine::bench
