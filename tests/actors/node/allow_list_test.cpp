#include "actors/node/allow_list.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("allow list: without one all are allowed") {
  const allow_list all{{}};
  CHECK_FALSE(all.restricts());
  CHECK(all.allows(numbered_peer(1)));
}

TEST_CASE("allow list: what is said of one holds, whatever is configured") {
  allow_list list{{numbered_peer(1)}};
  CHECK(list.restricts());
  CHECK_FALSE(list.allows(numbered_peer(2)));
  list.say(numbered_peer(2), true);
  CHECK(list.allows(numbered_peer(2)));
  list.say(numbered_peer(1), false);
  CHECK_FALSE(list.allows(numbered_peer(1)));
  CHECK(list.forbids(numbered_peer(1)));
  // The last one that is forbidden does not make it everybody's.
  list.say(numbered_peer(2), false);
  CHECK(list.restricts());
  CHECK_FALSE(list.allows(numbered_peer(3)));
  list.say(numbered_peer(1), true);
  CHECK(list.allows(numbered_peer(1)));
  CHECK_FALSE(list.forbids(numbered_peer(1)));
}

TEST_CASE("allow list: another configuration leaves what was said, but for "
          "those that it names anew") {
  allow_list list{{numbered_peer(1), numbered_peer(2)}};
  list.say(numbered_peer(1), false);
  list.say(numbered_peer(3), true);
  list.say(numbered_peer(4), false);
  list.configure({numbered_peer(1), numbered_peer(4)});
  CHECK_FALSE(list.allows(numbered_peer(1)));
  CHECK_FALSE(list.allows(numbered_peer(2)));
  CHECK(list.allows(numbered_peer(3)));
  CHECK(list.allows(numbered_peer(4)));
}

TEST_CASE("allow list: where all may, nothing is left of what was said") {
  allow_list list{{numbered_peer(1)}};
  list.say(numbered_peer(1), false);
  list.say(numbered_peer(2), true);
  list.configure({});
  CHECK(list.allows(numbered_peer(1)));
  CHECK_FALSE(list.forbids(numbered_peer(1)));
  list.configure({numbered_peer(3)});
  CHECK_FALSE(list.allows(numbered_peer(2)));
}
