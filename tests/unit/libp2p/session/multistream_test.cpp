#include "libp2p/session/multistream.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

using texts = std::vector<std::string>;
using state = multistream_state;

/// The messages `lines` as they are on the wire.
bytes wire(const texts& lines) {
  bytes result;
  for (const auto& line : lines)
    append_multistream(result, line);
  return result;
}

const std::string header{multistream_protocol};
const texts supported{"/meshsub/1.2.0", "/meshsub/1.1.0", "/ipfs/id/1.0.0"};

/// Moves bytes between both until nothing moves, `step` bytes at a time.
void negotiate(multistream_dialer& dialer, multistream_listener& listener,
               std::size_t step) {
  bytes to_listener;
  bytes to_dialer;
  auto move = [step](bytes& from, auto& to, bytes& answer) {
    bytes_view rest{from};
    while (!rest.empty()) {
      auto used = to.feed(rest.first(std::min(step, rest.size())), answer);
      if (used == 0)
        break;
      rest = rest.subspan(used);
    }
    from = to_bytes(rest);
  };
  dialer.start(to_listener);
  for (auto round = 0; round < 20; ++round) {
    move(to_listener, listener, to_dialer);
    move(to_dialer, dialer, to_listener);
  }
  CHECK(to_listener.empty());
  CHECK(to_dialer.empty());
}

} // namespace

TEST_CASE("a message is its length, text and newline",
          "[libp2p][multistream]") {
  CHECK(wire({"na"}) == bytes{3, 'n', 'a', '\n'});
  CHECK(wire({header}).front() == 19);
}

TEST_CASE("the first protocol that both speak is agreed",
          "[libp2p][multistream]") {
  for (std::size_t step : std::initializer_list<std::size_t>{1, 2, 5, 1000}) {
    multistream_dialer dialer{
        {"/meshsub/1.3.0", "/meshsub/1.1.0", "/meshsub/1.2.0"}};
    multistream_listener listener{supported};
    negotiate(dialer, listener, step);
    CHECK(dialer.state() == state::agreed);
    CHECK(listener.state() == state::agreed);
    CHECK(dialer.protocol() == "/meshsub/1.1.0");
    CHECK(listener.protocol() == "/meshsub/1.1.0");
    CHECK_FALSE(dialer.error());
    CHECK_FALSE(listener.error());
  }
}

TEST_CASE("a dialer that knows nothing in common is refused",
          "[libp2p][multistream]") {
  multistream_dialer dialer{{"/a", "/b"}};
  multistream_listener listener{supported};
  negotiate(dialer, listener, 1000);
  CHECK(dialer.state() == state::refused);
  CHECK(listener.state() == state::negotiating);
  CHECK(dialer.protocol() == "/b");
}

TEST_CASE("the dialer sends header and proposal at once",
          "[libp2p][multistream]") {
  multistream_dialer dialer{{"/a", "/b"}};
  bytes out;
  dialer.start(out);
  CHECK(out == wire({header, "/a"}));
  out.clear();
  CHECK(dialer.feed(wire({header, "na"}), out) == wire({header, "na"}).size());
  CHECK(out == wire({"/b"}));
  CHECK(dialer.state() == state::negotiating);
}

TEST_CASE("data behind a lazy proposal belong to the protocol",
          "[libp2p][multistream]") {
  auto in = wire({header, "/meshsub/1.2.0"});
  auto negotiation = in.size();
  append(in, as_bytes("first data"));
  multistream_listener listener{supported};
  bytes out;
  CHECK(listener.feed(in, out) == negotiation);
  CHECK(listener.state() == state::agreed);
  CHECK(out == wire({header, "/meshsub/1.2.0"}));
  CHECK(listener.feed(as_bytes("more"), out) == 0);
}

TEST_CASE("data behind the agreement belong to the protocol",
          "[libp2p][multistream]") {
  multistream_dialer dialer{{"/ipfs/id/1.0.0"}};
  bytes out;
  dialer.start(out);
  auto in = wire({header, "/ipfs/id/1.0.0"});
  auto negotiation = in.size();
  append(in, as_bytes("\x05hello"));
  CHECK(dialer.feed(in, out) == negotiation);
  CHECK(dialer.state() == state::agreed);
}

TEST_CASE("the listener may send its header first", "[libp2p][multistream]") {
  multistream_listener listener{supported};
  bytes out;
  listener.start(out);
  CHECK(out == wire({header}));
  listener.feed(wire({header, "/tls/1.0.0", "/ipfs/id/1.0.0"}), out);
  CHECK(out == wire({header, "na", "/ipfs/id/1.0.0"}));
}

TEST_CASE("ls lists the protocols", "[libp2p][multistream]") {
  multistream_listener listener{supported};
  bytes out;
  listener.feed(wire({header, "ls", "/ipfs/id/1.0.0"}), out);
  auto body = wire(supported);
  CHECK(out == wire({header, to_string(body), "/ipfs/id/1.0.0"}));
  CHECK(listener.state() == state::agreed);
}

TEST_CASE("an absent or repeated header is an error", "[libp2p][multistream]") {
  bytes out;
  for (const auto& in : {wire({"/meshsub/1.2.0"}), wire({header, header}),
                         wire({"/multistr"}), wire({"ls"})}) {
    multistream_listener listener{supported};
    listener.feed(in, out);
    CHECK(listener.state() == state::failed);
    CHECK(listener.error() == multistream_error::bad_header);
    CHECK(listener.feed(in, out) == 0);
  }
  for (const auto& in : {wire({"/a"}), wire({"na"}), wire({header, header})}) {
    multistream_dialer dialer{{"/a"}};
    dialer.feed(in, out);
    CHECK(dialer.state() == state::failed);
    CHECK(dialer.error() == multistream_error::bad_header);
  }
}

TEST_CASE("an answer that was not asked for is an error",
          "[libp2p][multistream]") {
  multistream_dialer dialer{{"/a", "/b"}};
  bytes out;
  dialer.feed(wire({header, "/b"}), out);
  CHECK(dialer.state() == state::failed);
  CHECK(dialer.error() == multistream_error::unexpected_answer);
}

TEST_CASE("garbage is an error", "[libp2p][multistream]") {
  auto error_of = [](const bytes& in) {
    multistream_listener listener{supported};
    bytes out;
    listener.feed(in, out);
    return listener.error();
  };
  CHECK(error_of({0}) == multistream_error::malformed);
  CHECK(error_of({1, '\n'}) == multistream_error::malformed);
  CHECK(error_of({2, 'a', 'b'}) == multistream_error::malformed);
  CHECK(error_of({0x80, 0x00}) == multistream_error::malformed);
  CHECK(error_of(bytes(10, 0xff)) == multistream_error::malformed);
  // A TLS client hello, and an HTTP request.
  CHECK(error_of({0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01,
                  0xfc, 0x03, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00,
                  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00})
        == multistream_error::malformed);
  CHECK(error_of(bytes{0x81, 0x08}) == multistream_error::too_long);
}

TEST_CASE("a message has 1024 bytes at most", "[libp2p][multistream]") {
  auto last = "/" + std::string(1022, 'x');
  multistream_listener listener{supported};
  bytes out;
  listener.feed(wire({header, last}), out);
  CHECK(listener.state() == state::negotiating);
  CHECK(out == wire({header, "na"}));
  listener.feed(wire({last + "x"}), out);
  CHECK(listener.error() == multistream_error::too_long);
}

TEST_CASE("a negotiation has a limited number of rounds",
          "[libp2p][multistream]") {
  multistream_limits limits{.max_rounds = 3};
  multistream_listener listener{supported, limits};
  bytes out;
  listener.feed(wire({header, "/x", "ls", "/y"}), out);
  CHECK(listener.state() == state::negotiating);
  listener.feed(wire({"/ipfs/id/1.0.0"}), out);
  CHECK(listener.error() == multistream_error::too_many_rounds);

  multistream_dialer dialer{{"/a", "/b", "/c", "/d"}, limits};
  out.clear();
  dialer.feed(wire({header, "na", "na", "na"}), out);
  CHECK(out == wire({"/b", "/c"}));
  CHECK(dialer.error() == multistream_error::too_many_rounds);
}

TEST_CASE("a dialer needs a protocol", "[libp2p][multistream]") {
  CHECK_THROWS_AS(multistream_dialer{texts{}}, std::invalid_argument);
}
