#include "libp2p/secure/private_network.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>
#include <sodium/crypto_stream_xsalsa20.h>

#include <numeric>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

constexpr std::string_view header = "\x13/multistream/1.0.0\n";

std::shared_ptr<const network_key> key_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> key{};
  key.fill(number);
  return std::make_shared<const network_key>(key);
}

private_network end_of(std::uint8_t key, std::uint8_t seed) {
  return private_network{key_of(key), session_end::ephemeral(seed)};
}

// Nothing comes twice in it soon.
bytes some_bytes(std::size_t size) {
  bytes data(size);
  for (std::size_t i = 0; i < size; ++i)
    data[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return data;
}

// What `from` sends of `data`: its nonce, and the rest in parts of `part`.
bytes sent(private_network& from, bytes_view data, std::size_t part) {
  bytes wire;
  from.start(wire);
  for (; !data.empty(); data = data.subspan(std::min(part, data.size()))) {
    const auto before = wire.size();
    append(wire, data.first(std::min(part, data.size())));
    from.protect(std::span{wire}.subspan(before));
  }
  return wire;
}

bytes received(private_network& to, bytes wire, std::size_t part) {
  bytes data;
  for (std::span<std::uint8_t> left{wire}; !left.empty();) {
    const auto count = std::min(part, left.size());
    append(data, to.open(left.first(count)));
    left = left.subspan(count);
  }
  return data;
}

bytes with_header(std::size_t size) {
  auto data = to_bytes(as_bytes(header));
  append(data, some_bytes(size));
  return data;
}

session_config in_network(std::uint8_t number, std::uint8_t key) {
  auto result = test_session_config(number);
  if (key != 0)
    result.network = key_of(key);
  return result;
}

session_pair_options networks(std::uint8_t dialer, std::uint8_t listener) {
  session_pair_options with;
  with.dialer = in_network(1, dialer);
  with.listener = in_network(2, listener);
  return with;
}

} // namespace

TEST_CASE("private network: the bytes are XSalsa20's, behind the nonce",
          "[libp2p][secure][pnet]") {
  const auto part = GENERATE(1u, 20u, 63u, 64u, 65u, 200u, 4096u);
  auto end = end_of(1, 2);
  const auto data = with_header(1000);
  const auto wire = sent(end, data, part);
  REQUIRE(wire.size() == private_network::nonce_size + data.size());
  // All at once, by the library's own function for that.
  bytes expected(data.size());
  ::crypto_stream_xsalsa20_xor(expected.data(), data.data(), data.size(),
                               wire.data(), key_of(1)->view().data());
  CHECK(bytes{wire.begin() + private_network::nonce_size, wire.end()}
        == expected);
}

TEST_CASE("private network: what comes is opened, however it is cut",
          "[libp2p][secure][pnet]") {
  const auto sent_part = GENERATE(1u, 64u, 77u, 5000u);
  const auto part = GENERATE(1u, 23u, 24u, 25u, 64u, 100u, 5000u);
  auto from = end_of(1, 2);
  auto to = end_of(1, 3);
  const auto data = with_header(700);
  CHECK(received(to, sent(from, data, sent_part), part) == data);
  CHECK(to.proven());
  CHECK_FALSE(to.stranger());
}

TEST_CASE("private network: each connection has a nonce of its own",
          "[libp2p][secure][pnet]") {
  bytes one;
  bytes other;
  end_of(1, 2).start(one);
  end_of(1, 3).start(other);
  CHECK(one.size() == private_network::nonce_size);
  CHECK(one != other);
  // Of the seed nothing is shown.
  CHECK(one != bytes(private_network::nonce_size, 2));
}

TEST_CASE("private network: another key shows in the first byte",
          "[libp2p][secure][pnet]") {
  auto from = end_of(1, 2);
  auto to = end_of(9, 3);
  auto wire = sent(from, with_header(0), 4096);
  CHECK(received(to, {wire.begin(), wire.begin() + 24}, 4096).empty());
  CHECK_FALSE(to.stranger());
  CHECK(received(to, {wire.begin() + 24, wire.end()}, 4096).empty());
  CHECK(to.stranger());
  CHECK_FALSE(to.proven());
  // And nothing more is taken.
  CHECK(received(to, some_bytes(100), 4096).empty());
}

TEST_CASE("private network: who begins without a nonce is noticed at once",
          "[libp2p][secure][pnet]") {
  const auto part = GENERATE(1u, 20u);
  auto to = end_of(1, 3);
  CHECK(received(to, to_bytes(as_bytes(header)), part).empty());
  CHECK(to.stranger());
}

TEST_CASE("private network: a header that is not quite one is none",
          "[libp2p][secure][pnet]") {
  auto from = end_of(1, 2);
  auto to = end_of(1, 3);
  auto data = with_header(0);
  data.back() = ' ';
  const auto wire = sent(from, data, 4096);
  CHECK(received(to, wire, GENERATE(1u, 4096u)).size() < data.size());
  CHECK(to.stranger());
}

TEST_CASE("session: in a private network all is as in others",
          "[session][pnet]") {
  auto with = networks(1, 1);
  with.in_place = GENERATE(false, true);
  with.max_chunk = GENERATE(std::size_t{1}, std::size_t{64} * 1024);
  with.budget = GENERATE(std::size_t{1}, std::size_t{256} * 1024);
  bytes said;
  session_pair pair{std::move(with)};
  pair.change_to_listener = [&](bytes& data) { append(said, data); };
  pair.run();
  REQUIRE(pair.dialer.session.ready());
  REQUIRE(pair.listener.session.ready());
  const auto id = pair.dialer.session.open_stream({"/test/1"}, pair.now);
  pair.run();
  const std::string text(100'000, 'x');
  pair.dialer.write(id.value(), text);
  pair.run();
  CHECK(pair.listener.events.data.at(*id) == text);
  CHECK(pair.dialer.session.handshake_problem().empty());
  // Not even the protocols can be read.
  CHECK(as_text(said).find("/noise") == std::string_view::npos);
  CHECK(as_text(said).find("/multistream") == std::string_view::npos);
}

TEST_CASE("session: who holds another key, or none, gets no handshake",
          "[session][pnet]") {
  // Of the listener: by what it notices.
  struct row {
    std::uint8_t dialer;
    std::uint8_t listener;
  };
  const auto each = GENERATE(row{2, 1}, row{0, 1});
  auto with = networks(each.dialer, each.listener);
  with.in_place = GENERATE(false, true);
  with.max_chunk = GENERATE(std::size_t{1}, std::size_t{64} * 1024);
  session_pair pair{std::move(with)};
  pair.run();
  CHECK(pair.listener.events.closed
        == std::vector{session_error::wrong_network});
  CHECK_FALSE(pair.listener.events.ready);
  CHECK_FALSE(pair.dialer.events.ready);
}

TEST_CASE("session: a stranger that reveals itself at once hears nothing",
          "[session][pnet]") {
  session_pair pair{networks(0, 1)};
  bytes said;
  pair.dialer.session.take_output(said, 4096);
  pair.feed(pair.listener, said);
  CHECK(pair.listener.events.closed
        == std::vector{session_error::wrong_network});
  CHECK_FALSE(pair.listener.session.has_output());
}

TEST_CASE("session: a listener says nothing before it has the dialer's nonce",
          "[session][pnet]") {
  session_pair pair{networks(1, 1)};
  CHECK_FALSE(pair.listener.session.has_output());
  bytes said;
  pair.listener.session.take_output(said, 4096);
  CHECK(said.empty());
  pair.feed(pair.listener, some_bytes(23));
  CHECK_FALSE(pair.listener.session.has_output());
  pair.feed(pair.listener, some_bytes(1));
  CHECK(pair.listener.session.has_output());
}

TEST_CASE("session: a dialer says that the key may be what is wrong",
          "[session][pnet]") {
  session_pair pair{networks(1, 2)};
  CHECK(pair.dialer.session.handshake_problem().find("key")
        != std::string::npos);
  // The listener answers the nonce: it has another key.
  pair.feed(pair.listener, some_bytes(private_network::nonce_size));
  bytes said;
  pair.listener.session.take_output(said, 4096);
  CHECK(said.size() > private_network::nonce_size);
  pair.feed(pair.dialer, said);
  CHECK(pair.dialer.events.closed == std::vector{session_error::wrong_network});
  CHECK(to_string(session_error::wrong_network).find("key")
        != std::string::npos);
}

TEST_CASE("session: a nonce that trickles in is cut off by the handshake's "
          "deadline",
          "[session][pnet]") {
  session_pair pair{networks(1, 1)};
  const auto timeout = in_network(1, 1).limits.handshake_timeout;
  for (int i = 0; i < 23; ++i) {
    pair.feed(pair.listener, some_bytes(1));
    pair.now += timeout / 23;
    CHECK(pair.listener.events.closed.empty());
    if (i < 22)
      pair.listener.session.tick(pair.now, pair.listener.events);
  }
  pair.now += timeout / 23;
  pair.listener.session.tick(pair.now, pair.listener.events);
  CHECK(pair.listener.events.closed
        == std::vector{session_error::handshake_timeout});
}
