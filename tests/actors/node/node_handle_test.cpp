// A node that somebody owns: it ends with its handle.
#include "actors/node.hpp"
#include "actors/node_handle.hpp"
#include "tests/support/caf_testing.hpp"
#include "tests/support/open_descriptors.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <chrono>
#include <malloc.h>
#include <stdexcept>
#include <thread>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

node_config quiet_config() {
  node_config config{libp2p::private_key::generate()};
  config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
  config.log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::null_sink_mt>());
  return config;
}

std::chrono::steady_clock::duration time_of(const std::function<void()>& what) {
  const auto begin = std::chrono::steady_clock::now();
  what();
  return std::chrono::steady_clock::now() - begin;
}

// Less than a node's deadline for its end.
constexpr auto soon = 4s;

} // namespace

TEST_CASE("node handle: a node that runs is stopped with its handle, and the "
          "system ends") {
  const auto took = time_of([] {
    caf::actor_system_config cfg;
    caf::actor_system sys{cfg};
    node_handle node{sys, quiet_config()};
    const auto up = node.start();
    REQUIRE(up);
    CHECK(up->addresses.size() == 1);
    CHECK(node.actor());
  });
  CHECK(took < soon);
}

TEST_CASE("node handle: also when an exception goes through") {
  const auto took = time_of([] {
    try {
      caf::actor_system_config cfg;
      caf::actor_system sys{cfg};
      node_handle node{sys, quiet_config()};
      REQUIRE(node.start());
      throw std::runtime_error{"of main"};
    } catch (const std::runtime_error&) {
    }
  });
  CHECK(took < soon);
}

TEST_CASE("node handle: a bare node stops when nobody has it any more") {
  const auto took = time_of([] {
    caf::actor_system_config cfg;
    caf::actor_system sys{cfg};
    const auto node = spawn_node(sys, quiet_config());
    const caf::scoped_actor self{sys};
    ask(self.ptr(), node, 10s, start_node{})
        .receive([](const node_started&) {},
                 [](const caf::error& why) { FAIL(reason_of(why)); });
  });
  CHECK(took < soon);
}

TEST_CASE("node handle: it stops once, and says why what comes later is "
          "not possible") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  node_handle node{sys, quiet_config()};
  REQUIRE(node.start());
  CHECK(node.start().error() == node_errc::not_running);
  CHECK_FALSE(node.stop());
  CHECK_FALSE(node.stop());
  CHECK_FALSE(node.actor());
  CHECK(node.start().error() == node_errc::not_running);
}

TEST_CASE("node handle: one that takes another's place stops its own first") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  node_handle one{sys, quiet_config()};
  node_handle other{sys, quiet_config()};
  REQUIRE(one.start());
  REQUIRE(other.start());
  const auto kept = other.actor();
  one = std::move(other);
  CHECK(one.actor() == kept);
}

TEST_CASE("node handle: a validator that does not come back is said, not "
          "waited for") {
  // Of CAF's threads, which are four at least, one is held.
  caf::actor_system_config cfg;
  std::atomic<bool> go = false;
  caf::actor_system sys{cfg};
  auto config = quiet_config();
  std::atomic<bool> inside = false;
  topic_validation how;
  how.functions = {[&](const gossip::message&, const libp2p::peer_id&) {
    inside = true;
    inside.notify_all();
    go.wait(false);
    return gossip::verdict_kind::accept;
  }};
  config.validation["t"] = how;
  config.policy = gossip::signing_policy::strict_no_sign;
  node_handle node{sys, std::move(config), 100ms};
  const auto up = node.start();
  REQUIRE(up);
  auto other = quiet_config();
  other.policy = gossip::signing_policy::strict_no_sign;
  other.topics = {"t"};
  node_handle peer{sys, std::move(other)};
  REQUIRE(peer.start());
  const caf::scoped_actor self{sys};
  tell_from_outside(node.actor(), relay_topic{"t"});
  tell_from_outside(peer.actor(), connect_peer{up->addresses[0]});
  ask(self.ptr(), peer.actor(), 10s,
      publish_message{"t", to_bytes(as_bytes("x")), 1})
      .receive([](const publish_receipt&) {},
               [](const caf::error& why) { FAIL(reason_of(why)); });
  inside.wait(false);
  CHECK(node.stop() == node_errc::still_busy);
  go = true;
  go.notify_all();
}

// -- what a node takes --------------------------------------------------------

namespace {

struct usage {
  std::size_t bytes = mallinfo2().uordblks + mallinfo2().hblkhd;
  std::size_t descriptors = open_descriptors();
  std::size_t threads = running_threads();
};

} // namespace

TEST_CASE("node handle: a node takes less than 0.15 MiB, a thread and four "
          "descriptors, and leaves nothing") {
  if (sanitized)
    return; // the allocator tells nothing
  constexpr std::size_t cycles = 200;
  constexpr std::size_t nodes = 20;
  caf::actor_system_config cfg;
  tune_scheduler(cfg);
  caf::actor_system sys{cfg};
  const auto live = [&] {
    node_handle node{sys, quiet_config()};
    REQUIRE(node.start());
  };
  // What the process allocates once, and OpenSSL's caches bit by bit.
  for (int i = 0; i < 200; ++i)
    live();
  const usage before;
  {
    std::vector<node_handle> all;
    for (std::size_t i = 0; i < nodes; ++i) {
      all.emplace_back(sys, quiet_config());
      REQUIRE(all.back().start());
    }
    const usage with;
    CHECK((with.bytes - before.bytes) / nodes < 150'000);
    CHECK(with.threads - before.threads <= nodes);
    CHECK(with.descriptors - before.descriptors <= 4 * nodes);
  }
  for (std::size_t i = 0; i < cycles; ++i)
    live();
  // A node's last timers go when they are due, of which the longest is the one
  // for its end.
  constexpr auto allowed = cycles * (100 + kept_by_clock);
  const auto most = std::chrono::steady_clock::now() + 20s;
  const auto left = [&] { return usage{}.bytes > before.bytes + allowed; };
  while (left() && std::chrono::steady_clock::now() < most)
    std::this_thread::sleep_for(50ms);
  const usage after;
  CHECK_FALSE(left());
  CHECK(after.descriptors <= before.descriptors);
  CHECK(after.threads <= before.threads);
}
