// Whom the listener accepts: for how long, and how many.
#include "tests/support/listener_fixture.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// As few connections as a test can count.
listener_fixture few(std::size_t total, std::size_t per_address = 100) {
  return listener_fixture{[=](node_config& config) {
    config.max_handshakes = total;
    config.max_handshakes_per_address = per_address;
  }};
}

} // namespace

// -- deadlines ----------------------------------------------------------------

TEST_CASE("listener: whoever says nothing goes in time, each in its own") {
  listener_fixture f;
  const auto first = f.come();
  f.advance(1s);
  const auto second = f.come();
  f.advance(1'999ms);
  CHECK_FALSE(first.closed());
  f.advance(1ms);
  CHECK(first.closed());
  CHECK_THAT(f.log(),
             Catch::Contains("debug inbound connection ended: no "
                             "first bytes in time addr=/ip4/127.0.0.1"));
  CHECK_FALSE(second.closed());
  f.advance(999ms);
  CHECK_FALSE(second.closed());
  f.advance(1ms);
  CHECK(second.closed());
  // Once they are gone, the next ones have their time as well.
  const auto third = f.come();
  f.advance(2'999ms);
  CHECK_FALSE(third.closed());
  f.advance(1ms);
  CHECK(third.closed());
}

TEST_CASE("listener: silence ends with the time for the handshake at the "
          "latest") {
  listener_fixture f{
      [](node_config& config) { config.session.handshake_timeout = 2s; }};
  const auto one = f.come();
  f.advance(1'999ms);
  CHECK_FALSE(one.closed());
  f.advance(1ms);
  CHECK(one.closed());
}

TEST_CASE("listener: whoever says something has longer, counted from the "
          "beginning") {
  listener_fixture f;
  auto late = f.come();
  f.advance(2s);
  late.say("hello");
  f.run();
  const auto prompt = f.talk();
  f.advance(7'999ms);
  CHECK_FALSE(late.closed());
  f.advance(1ms);
  CHECK(late.closed());
  CHECK_THAT(f.log(), Catch::Contains("the handshake failed: no answer in "
                                      "time"));
  CHECK_FALSE(prompt.closed());
  f.advance(2s);
  CHECK(prompt.closed());
}

TEST_CASE("listener: one whose first bytes are there when it is accepted has "
          "longer as well") {
  auto f = few(1);
  const auto first = f.talk(1);
  // Waits in the kernel, and says something there.
  const auto second = f.talk(2);
  f.advance(1s);
  CHECK(first.closed());
  f.advance(9'999ms);
  CHECK_FALSE(second.closed());
  f.advance(1ms);
  CHECK(second.closed());
}

TEST_CASE("listener: who hangs up without a word makes room") {
  auto f = few(1);
  auto first = f.come(1);
  first.hang_up();
  f.run();
  CHECK_THAT(f.log(), Catch::Contains("closed without a word"));
  const auto second = f.talk(2);
  CHECK_THAT(f.log(), !Catch::Contains("others wait"));
  f.advance(9s);
  CHECK_FALSE(second.closed());
}

TEST_CASE("listener: the time of one that speaks at once is looked after as "
          "well") {
  listener_fixture f;
  const auto one = f.come_talking();
  f.advance(9'999ms);
  CHECK_FALSE(one.closed());
  f.advance(1ms);
  CHECK(one.closed());
}

// -- bounds -------------------------------------------------------------------

TEST_CASE("listener: full of silent ones, the oldest goes for the next") {
  auto f = few(2);
  const auto first = f.come(1);
  const auto second = f.come(2);
  const auto third = f.come(3);
  CHECK(first.closed());
  CHECK_THAT(f.log(), Catch::Contains("others wait, and it has not finished "
                                      "addr=/ip4/127.0.0.1/"));
  CHECK_FALSE(second.closed());
  CHECK_FALSE(third.closed());
}

TEST_CASE("listener: full of those who talk, the next waits until one has had "
          "its time") {
  auto f = few(2);
  const auto first = f.talk(1);
  f.advance(500ms);
  const auto second = f.talk(2);
  const auto third = f.come(3);
  f.advance(499ms);
  CHECK_FALSE(first.closed());
  f.advance(1ms);
  CHECK(first.closed());
  CHECK_FALSE(second.closed());
  // The third was silent for less than the time that it has.
  f.advance(2'999ms);
  CHECK_FALSE(third.closed());
  f.advance(1ms);
  CHECK(third.closed());
}

TEST_CASE("listener: as soon as one ends, the next is attended to") {
  listener_fixture f{[](node_config& config) {
    config.max_handshakes = 1;
    config.session.handshake_timeout = 500ms;
  }};
  const auto first = f.talk(1);
  const auto second = f.come(2);
  f.advance(500ms);
  CHECK(first.closed());
  // Its time has begun only now.
  f.advance(499ms);
  CHECK_FALSE(second.closed());
  f.advance(1ms);
  CHECK(second.closed());
}

TEST_CASE("listener: those beyond the bound are none of its concern, however "
          "many") {
  auto f = few(4);
  std::deque<stranger> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(f.talk(1));
  CHECK(f.log().empty());
  // Those that were accepted end with the listener's patience, not the others.
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(all[static_cast<std::size_t>(i)].closed());
  f.advance(1s);
  std::size_t closed = 0;
  for (const auto& one : all)
    closed += one.closed() ? 1 : 0;
  CHECK(closed == 4);
}

TEST_CASE("listener: one address has so many handshakes under way, others "
          "theirs") {
  auto f = few(100, 2);
  const auto first = f.talk(1);
  const auto second = f.talk(1);
  const auto third = f.come(1);
  CHECK(third.closed());
  CHECK_THAT(f.log(),
             Catch::Contains("its address has too many handshakes under way"));
  CHECK_FALSE(first.closed());
  CHECK_FALSE(f.come(2).closed());
  // They count until they end.
  f.advance(10s);
  CHECK(first.closed());
  CHECK(second.closed());
  CHECK_FALSE(f.come(1).closed());
}

TEST_CASE("listener: one address connects so many times a second") {
  listener_fixture f{
      [](node_config& config) { config.connections_per_second = 1; }};
  for (int i = 0; i < 10; ++i)
    CHECK_FALSE(f.come(1).closed());
  CHECK(f.come(1).closed());
  CHECK_THAT(f.log(), Catch::Contains("its address connects too often"));
  CHECK_FALSE(f.come(2).closed());
  f.advance(1s);
  CHECK_FALSE(f.come(1).closed());
}

TEST_CASE("listener: more than it accepts in one turn are accepted in the "
          "next") {
  auto f = few(200, 200);
  std::deque<unique_fd> all;
  for (int i = 0; i < 130; ++i) {
    // Without a turn of the listener in between.
    all.push_back(start_connect(f.where).value());
    pollfd up{all.back().get(), POLLOUT, 0};
    REQUIRE(::poll(&up, 1, 5'000) == 1);
  }
  f.run();
  f.advance(3s);
  for (const auto& one : all)
    CHECK(peek(one.get()) == io_status::end);
}

TEST_CASE("listener: a handshake that succeeds ends in the node's hands and "
          "takes no place any longer") {
  auto f = few(1, 1);
  for (std::uint8_t number = 2; number < 5; ++number) {
    const auto socket = f.come();
    session_end dialer{test_session_config(number), libp2p::role::dialer,
                       std::nullopt, number, f.now()};
    for (int i = 0; i < 10; ++i) {
      bytes wire;
      dialer.session.take_output(wire, 65'536);
      if (!wire.empty())
        CHECK(write_some(socket.fd(), wire).status == io_status::done);
      f.run();
      wire.resize(65'536);
      const auto got =
          ::recv(socket.fd(), wire.data(), wire.size(), MSG_DONTWAIT);
      if (got > 0)
        dialer.session.receive(
            bytes_view{wire}.first(static_cast<std::size_t>(got)), f.now(),
            dialer.events);
    }
    const auto& all = f.sink.all<connection_established>();
    REQUIRE(all.size() == number - 1U);
    CHECK(all.back().attempt == 0);
    CHECK(all.back().peer == numbered_identity(number)->peer());
  }
  CHECK(f.log().empty());
}

// -- networks -----------------------------------------------------------------

namespace {

libp2p::ip_prefix range(const std::string& text) {
  return libp2p::ip_prefix::from_text(text).value();
}

use_networks networks(const network_rules::ranges& allowed,
                      const network_rules::ranges& denied) {
  return {std::make_shared<const network_rules>(allowed, denied)};
}

} // namespace

TEST_CASE("listener: whoever comes from a denied network is closed unread, and "
          "others have their place") {
  listener_fixture f{[](node_config& config) {
    config.denied_networks = {range("127.0.0.0/8")};
    config.allowed_networks = {range("127.0.0.1")};
    config.max_handshakes = 1;
    config.max_handshakes_per_address = 1;
  }};
  const auto welcome = f.come(1);
  CHECK(f.come(2).closed());
  CHECK_THAT(f.log(),
             Catch::Contains("debug inbound connection ended: there may be no "
                             "connections from its network "
                             "addr=/ip4/127.0.0.2/"));
  // The silent one would have had to go for anyone else.
  CHECK_FALSE(welcome.closed());
}

TEST_CASE("listener: from where connections may come can change") {
  listener_fixture f{
      [](node_config& config) { config.connections_per_second = 1; }};
  CHECK_FALSE(f.come(2).closed());
  f.say(networks({}, {range("127.0.0.2")}));
  // Nor do they count as begun.
  for (int i = 0; i < 20; ++i)
    CHECK(f.come(2).closed());
  CHECK_FALSE(f.come(1).closed());
  f.say(networks({range("127.0.0.2")}, {}));
  CHECK(f.come(1).closed());
  CHECK_FALSE(f.come(2).closed());
  f.say(use_networks{});
  CHECK_FALSE(f.come(1).closed());
}

// -- logging ------------------------------------------------------------------

TEST_CASE("listener: what strangers do is logged in so many lines, and how "
          "many were left out") {
  listener_fixture f;
  for (int i = 0; i < 25; ++i) {
    auto one = f.come();
    one.hang_up();
    f.run();
  }
  const auto text = f.log();
  CHECK(std::ranges::count(text, '\n') == 20);
  f.advance(1s);
  f.come().hang_up();
  f.run();
  CHECK_THAT(f.log(), Catch::Contains("left_out=5"));
}

// -- what is said -------------------------------------------------------------

TEST_CASE("listener: why a handshake failed is told at info, once in a second "
          "and with a count") {
  listener_fixture f;
  for (int i = 0; i < 3; ++i) {
    auto one = f.come();
    one.say("\x13/multistream/1.0.0\n\x0b/tls/1.0.0\n");
    f.run();
    one.hang_up();
    f.run();
  }
  const auto told = f.log();
  CHECK_THAT(told, Catch::Contains("info inbound connection ended: the "
                                   "handshake failed: ")
                       && Catch::Contains(": it asked for /tls/1.0.0, this "
                                          "node speaks /noise"));
  CHECK(told.find("info") == told.rfind("info"));
  f.advance(1s);
  auto one = f.talk();
  one.hang_up();
  f.run();
  CHECK_THAT(f.log(), Catch::Contains("left_out=2"));
}
