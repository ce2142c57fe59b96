// What a listener counts of connections that come to nothing.
#include "tests/support/listener_fixture.hpp"

#include <vector>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE("listener counts: those that are refused, by cause") {
  listener_fixture f{[](node_config& config) {
    config.max_handshakes_per_address = 1;
    config.connections_per_second = 1;
  }};
  const auto first = f.talk(1);
  std::vector<stranger> others;
  // Ten at once are no rate yet.
  for (int i = 0; i < 12; ++i)
    others.push_back(f.come(1));
  recorder<host_counts> sink{f.system.sys()};
  f.say(tell_host_counts{sink.as<host_counts_sink>(),
                         {1, f.system.sys().clock().now()}});
  REQUIRE(sink.all<host_counts>().size() == 1);
  const auto& told = sink.all<host_counts>()[0];
  CHECK(told.answer.round == 1);
  CHECK(told.refused[refusal_cause::address_handshakes] >= 1);
  CHECK(told.refused[refusal_cause::address_handshakes]
            + told.refused[refusal_cause::address_rate]
        == 12);
}

TEST_CASE("listener counts: those that fail, by cause, and for good") {
  listener_fixture f;
  auto silent = f.come();
  f.advance(3s);
  auto gone = f.come();
  gone.hang_up();
  f.run();
  auto wrong = f.come();
  wrong.say("\x06hello\n");
  f.run();
  f.advance(1s);
  f.say(close_transport{});
  // At its end it tells the node.
  REQUIRE(f.sink.all<host_counts>().size() == 1);
  const auto& told = f.sink.all<host_counts>()[0];
  CHECK(told.answer.round == 0);
  CHECK(told.failed[handshake_failure::silent] == 1);
  CHECK(told.failed[handshake_failure::closed] == 1);
  CHECK(told.failed[handshake_failure::negotiation] == 1);
}
