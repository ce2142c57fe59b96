// A subscriber that does not read, and what it costs the node that it is in.
#include "testing/virtual_network.hpp"
#include "tests/support/keeper.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <malloc.h>

using namespace grapevine;
using namespace grapevine::test;
using grapevine::testing::virtual_network;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

void publish(virtual_network& net, const node_actor& node, std::size_t count) {
  constexpr std::size_t batch = 500;
  for (std::size_t done = 0; done < count; done += batch) {
    publish_batch msg{"t", std::vector<bytes>(batch, bytes(1'024))};
    for (std::size_t i = 0; i < batch; ++i)
      for (std::size_t byte = 0; byte < 4; ++byte)
        msg.data[i][byte] = static_cast<std::uint8_t>((done + i) >> (8 * byte));
    net.get<batch_receipt>(node, std::move(msg));
  }
}

// Bytes that are allocated once a node has published so many messages of a KiB
// and all of them are with whoever subscribes. In virtual time, so that the
// node has let go of what it keeps for other nodes: how much that is depends on
// how many messages a heartbeat sees, and so on the machine's other work.
std::size_t in_use_after(std::size_t count, bool blocked) {
  virtual_network net;
  auto config = virtual_network::config(1);
  config.policy = gossip::signing_policy::strict_no_sign;
  const auto kept_for = (config.params.gossip.history_length + 1)
                        * config.params.timers.heartbeat_interval;
  const auto node = net.start(std::move(config));
  const keeper<message_delivered> slow{net.system()};
  if (blocked)
    net.get<changed>(node, subscribe_topic{"t", slow.actor()});
  else
    net.get<changed>(node, relay_topic{"t"});
  publish(net, node, count);
  net.advance(kept_for);
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

} // namespace

TEST_CASE("slow subscriber: 100,000 messages to one that does not read cost "
          "less than 16 MiB") {
  if (sanitized)
    return; // the allocator tells nothing
  constexpr std::size_t messages = 100'000;
  // What the process allocates once.
  in_use_after(1'000, true);
  const auto control = in_use_after(messages, false);
  const auto blocked = in_use_after(messages, true);
  INFO("MiB: " << static_cast<double>(blocked) / mib << ", without one "
               << static_cast<double>(control) / mib);
  // Nobody but the subscriber has them.
  CHECK(control < messages * 1'024 / 2);
  CHECK(blocked < control + 16 * mib);
}
