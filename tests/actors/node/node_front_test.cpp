// What applications have of a node, between them and a stand-in for the node.
#include "actors/node/node_front.hpp"
#include "tests/support/keeper.hpp"
#include "tests/support/partner.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace grapevine;
using namespace grapevine::test;

namespace {

struct front_fixture {
  explicit front_fixture(std::size_t max_publishing = 4) {
    node_settings settings;
    settings.max_publishing = max_publishing;
    settings.max_publishing_bytes = 100;
    node.emplace(system.sys());
    front = spawn_node_front(
        system.sys(), caf::actor_cast<node_internal_actor>(node->actor()),
        settings);
  }

  // The code that the front answers with by itself, if it does.
  template <class Answer, class T>
  std::optional<node_errc> refusal(T msg) {
    const auto found = std::make_shared<std::optional<node_errc>>();
    system.sys().spawn([&](caf::event_based_actor* self) {
      ask_without_timeout(self, front, std::move(msg))
          .then([](const Answer&) {},
                [found](const caf::error& why) {
                  for (const auto code :
                       {node_errc::busy, node_errc::not_running})
                    if (why == code)
                      *found = code;
                });
    });
    system.run();
    return *found;
  }

  std::optional<node_errc> publish(std::size_t size = 1) {
    return refusal<publish_receipt>(publish_message{"t", bytes(size)});
  }

  virtual_system system;
  std::optional<keeper<publish_message>> node;
  node_actor front;
};

} // namespace

TEST_CASE("node front: publishers that are faster than the node are told to "
          "wait") {
  front_fixture f;
  for (int i = 0; i < 4; ++i)
    CHECK_FALSE(f.publish());
  CHECK(f.publish() == node_errc::busy);
  CHECK(f.node->kept().size() == 4);
  f.node->handle(1);
  CHECK_FALSE(f.publish());
  CHECK(f.publish() == node_errc::busy);
}

TEST_CASE("node front: bytes are bounded, too, but a single message is "
          "taken") {
  front_fixture f;
  CHECK_FALSE(f.publish(1'000));
  CHECK(f.publish() == node_errc::busy);
  f.node->handle(1);
  CHECK_FALSE(f.publish(60));
  CHECK(f.publish(60) == node_errc::busy);
  CHECK_FALSE(f.publish(40));
}

TEST_CASE("node front: a batch counts as all of its messages") {
  front_fixture f;
  CHECK_FALSE(f.publish());
  CHECK(f.refusal<batch_receipt>(publish_batch{"t", std::vector<bytes>(4)})
        == node_errc::busy);
}

TEST_CASE("node front: nobody can tell the node what is the node's own to "
          "say") {
  virtual_system system;
  recorder<peer_lost, stop_expired, relay_topic> node{system.sys()};
  const auto front =
      spawn_node_front(system.sys(), node.as<node_internal_actor>(), {});
  const auto any = caf::actor_cast<caf::actor>(front);
  tell_from_outside(any, peer_lost{});
  tell_from_outside(any, stop_expired{});
  tell_from_outside(any, relay_topic{"t"});
  system.run();
  CHECK(node.all<peer_lost>().empty());
  CHECK(node.all<stop_expired>().empty());
  CHECK(node.all<relay_topic>().size() == 1);
}

TEST_CASE("node front: without a handle, or told to exit, the node stops in "
          "order") {
  virtual_system system;
  recorder<stop_node> node{system.sys()};
  auto front =
      spawn_node_front(system.sys(), node.as<node_internal_actor>(), {});
  system.run();
  SECTION("without a handle") {
    front = node_actor{};
  }
  SECTION("told to exit") {
    caf::anon_send_exit(front, caf::exit_reason::user_shutdown);
  }
  system.run();
  CHECK(node.all<stop_node>().size() == 1);
}

TEST_CASE("node front: it ends with the node") {
  front_fixture f;
  f.system.run();
  caf::anon_send_exit(f.node->actor(), caf::exit_reason::user_shutdown);
  f.system.run();
  bool ended = false;
  f.front->attach_functor([&] { ended = true; });
  CHECK(ended);
}

TEST_CASE(
    "node front: what the node has answered before it ended is passed on, "
    "though CAF 1.x brings its end first") {
  virtual_system system;
  partner<publish_batch> node{system.sys()};
  node.hold<publish_batch>();
  const auto front =
      spawn_node_front(system.sys(), node.as<node_internal_actor>(), {});
  bool answered = false;
  bool ended = false;
  system.sys().spawn([&](caf::event_based_actor* self) {
    ask_without_timeout(self, front, publish_batch{"t", std::vector<bytes>(1)})
        .then([&](const batch_receipt&) { answered = true; },
              [](const caf::error&) {});
  });
  system.run();
  REQUIRE(node.held() == 1);
  node.release(batch_receipt{});
  node.quit();
  system.run();
  CHECK(answered);
  front->attach_functor([&] { ended = true; });
  CHECK(ended);
}
