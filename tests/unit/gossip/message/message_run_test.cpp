#include "gossip/message/message_run.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("message run: the frames of its messages, one after the other",
          "[gossip][message_run]") {
  const std::vector<message_ptr> msgs{message_named("a", "t", "short"),
                                      message_named("b", "t", "longer")};
  const message_run run{msgs};
  auto all = msgs[0]->frame();
  append(all, msgs[1]->frame());
  CHECK(run.frames() == all);
  CHECK(run.largest_frame() == msgs[1]->frame().size());
  REQUIRE(run.messages().size() == 2);
  CHECK(run.messages()[1] == msgs[1]);
}

TEST_CASE("message run: what it shares lives as long as it is used",
          "[gossip][message_run]") {
  auto run = std::make_shared<const message_run>(
      std::vector{message_named("a"), message_named("b")});
  const std::weak_ptr<const message_run> watched{run};
  auto frames = shared_frame(std::move(run));
  CHECK(*frames == watched.lock()->frames());
  frames.reset();
  CHECK(watched.expired());
}

TEST_CASE("message run: worth it for several small messages to several peers",
          "[gossip][message_run]") {
  CHECK(message_run::is_worthwhile(4, 4 * 2048, 2));
  CHECK_FALSE(message_run::is_worthwhile(3, 300, 8));
  CHECK_FALSE(message_run::is_worthwhile(4, 4 * 2048 + 1, 2));
  CHECK_FALSE(message_run::is_worthwhile(100, 10'000, 1));
}
