// A subscriber that does not read, and what it costs the node that it is in.
#include "tests/support/keeper.hpp"
#include "tests/support/node_network.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>

using namespace grapevine;
using namespace grapevine::test;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

// Bytes that are allocated after a node has published so many messages of a
// KiB, and when all of them are with whoever subscribes.
std::size_t in_use_after(std::size_t count, bool blocked) {
  constexpr std::size_t batch = 500;
  node_network net;
  auto config = node_network::config(1);
  config.policy = gossip::signing_policy::strict_no_sign;
  const auto node = net.start(config);
  const keeper<message_delivered> slow{net.system()};
  net.keep(slow.actor());
  if (blocked)
    net.get<changed>(node.actor, subscribe_topic{"t", slow.actor()});
  else
    net.get<changed>(node.actor, relay_topic{"t"});
  for (std::size_t done = 0; done < count; done += batch) {
    publish_batch msg{"t", std::vector<bytes>(batch, bytes(1'024))};
    for (std::size_t i = 0; i < batch; ++i)
      for (std::size_t byte = 0; byte < 4; ++byte)
        msg.data[i][byte] = static_cast<std::uint8_t>((done + i) >> (8 * byte));
    net.get<batch_receipt>(node.actor, std::move(msg));
  }
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

} // namespace

TEST_CASE("slow subscriber: 100,000 messages to one that does not read cost "
          "less than 16 MiB") {
  if (sanitized)
    return; // the allocator tells nothing
  // What the process allocates once.
  in_use_after(1'000, true);
  const auto control = in_use_after(100'000, false);
  const auto blocked = in_use_after(100'000, true);
  INFO("MiB: " << static_cast<double>(blocked) / mib << ", without one "
               << static_cast<double>(control) / mib);
  CHECK(blocked < control + 16 * mib);
}
