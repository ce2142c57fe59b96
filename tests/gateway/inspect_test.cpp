#include "messages/api.hpp"
#include "tests/support/caf_testing.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("CAF writes and reads a message with the handle that it names",
          "[inspect]") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  const auto subscriber =
      sys.spawn([]() -> caf::behavior { return {[](int) {}}; });
  subscribe_topic sent{"news", subscriber, true};
  sent.delivery.max_messages = 7;
  const auto received = from_wire<subscribe_topic>(sys, to_wire(sys, sent));
  REQUIRE(received);
  CHECK(received->topic == "news");
  CHECK(received->batches);
  CHECK(received->delivery == sent.delivery);
  // CAF keeps what has been written.
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
}

TEST_CASE("CAF takes no bytes that are no message", "[inspect]") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  const auto junk = to_wire(sys, std::string{"junk"});
  CHECK_FALSE(from_wire<publish_receipt>(sys, junk));
}

TEST_CASE("CAF shows a message by its name", "[inspect]") {
  CHECK(caf::deep_to_string(publish_message{"topic", {1, 2}})
            .starts_with("grapevine::publish_message"));
}
