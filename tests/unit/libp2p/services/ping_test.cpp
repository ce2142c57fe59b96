#include "libp2p/services/ping.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

using payload = std::array<std::uint8_t, ping_size>;

payload numbered(std::uint8_t from) {
  payload result{};
  std::iota(result.begin(), result.end(), from);
  return result;
}

} // namespace

TEST_CASE("pings are echoed at any chunking", "[libp2p][ping]") {
  bytes pings;
  append(pings, numbered(0));
  append(pings, numbered(100));
  append(pings, numbered(200));
  for (std::size_t step = 1; step <= pings.size(); ++step) {
    ping_responder responder;
    bytes out;
    for (std::size_t at = 0; at < pings.size(); at += step) {
      responder.feed(
          bytes_view{pings}.subspan(at, std::min(step, pings.size() - at)),
          out);
      CHECK(out.size() == std::min(at + step, pings.size()) / 32 * 32);
    }
    REQUIRE(out == pings);
  }
}

TEST_CASE("a ping is answered when its echo is whole", "[libp2p][ping]") {
  ping_requester requester;
  bytes out;
  for (auto round : {1, 2}) {
    auto sent = numbered(static_cast<std::uint8_t>(round));
    out.clear();
    requester.send(sent, out);
    CHECK(equal(out, sent));
    CHECK(requester.state() == ping_state::waiting);
    bytes_view echo{out};
    CHECK_FALSE(requester.feed(echo.first(1)));
    CHECK_FALSE(requester.feed({}));
    CHECK_FALSE(requester.feed(echo.subspan(1, 30)));
    CHECK(requester.feed(echo.subspan(31)));
    CHECK(requester.state() == ping_state::idle);
  }
}

TEST_CASE("an echo of something else fails", "[libp2p][ping]") {
  ping_requester requester;
  bytes out;
  requester.send(numbered(0), out);
  out[20] ^= 1;
  CHECK_FALSE(requester.feed(out));
  CHECK(requester.state() == ping_state::failed);
  CHECK_FALSE(requester.feed(numbered(0)));
}

TEST_CASE("bytes that nobody asked for fail", "[libp2p][ping]") {
  ping_requester unasked;
  CHECK_FALSE(unasked.feed(bytes{0}));
  CHECK(unasked.state() == ping_state::failed);

  ping_requester more;
  bytes out;
  more.send(numbered(0), out);
  out.push_back(0);
  CHECK_FALSE(more.feed(out));
  CHECK(more.state() == ping_state::failed);
}

TEST_CASE("pings go one at a time", "[libp2p][ping]") {
  ping_requester requester;
  bytes out;
  requester.send(numbered(0), out);
  CHECK_THROWS_AS(requester.send(numbered(0), out), std::logic_error);
}
