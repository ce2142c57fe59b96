#include "messages/api.hpp"

#include <catch2/catch.hpp>

#if !GRAPEVINE_CAF_1
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#endif

using namespace grapevine;

TEST_CASE("CAF writes and reads a message with the handle that it names",
          "[inspect]") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  const auto subscriber =
      sys.spawn([]() -> caf::behavior { return {[](int) {}}; });
  subscribe_topic sent{"news", subscriber, true};
  sent.delivery.max_messages = 7;
#if GRAPEVINE_CAF_1
  caf::byte_buffer buffer;
  caf::binary_serializer sink{sys, buffer};
  REQUIRE(sink.apply(sent));
  subscribe_topic received;
  caf::binary_deserializer source{sys, buffer};
  REQUIRE(source.apply(received));
#else
  std::vector<char> buffer;
  caf::binary_serializer sink{sys, buffer};
  REQUIRE_FALSE(sink(sent));
  subscribe_topic received;
  caf::binary_deserializer source{sys, buffer};
  REQUIRE_FALSE(source(received));
#endif
  CHECK(received.topic == "news");
  CHECK(received.batches);
  CHECK(received.delivery == sent.delivery);
  // CAF keeps what has been written.
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
}

TEST_CASE("CAF takes no bytes that are no message", "[inspect]") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  std::string junk = "junk";
#if GRAPEVINE_CAF_1
  caf::byte_buffer buffer;
  caf::binary_serializer sink{sys, buffer};
  REQUIRE(sink.apply(junk));
  publish_receipt received;
  caf::binary_deserializer source{sys, buffer};
  CHECK_FALSE(source.apply(received));
#else
  std::vector<char> buffer;
  caf::binary_serializer sink{sys, buffer};
  REQUIRE_FALSE(sink(junk));
  publish_receipt received;
  caf::binary_deserializer source{sys, buffer};
  CHECK(source(received));
#endif
}

TEST_CASE("CAF shows a message by its name", "[inspect]") {
  CHECK(caf::deep_to_string(publish_message{"topic", {1, 2}})
            .starts_with("grapevine::publish_message"));
}
