// What a session serves by itself, and what it bears from the other end.
#include "libp2p/services/identify.hpp"
#include "libp2p/services/ping.hpp"
#include "proto/varint.hpp"
#include "tests/support/raw_peer.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/unit/libp2p/mux/yamux_end.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

/// A multistream proposal as a lazy dialer sends it.
std::string proposal(std::string_view protocol) {
  bytes out;
  append_multistream(out, multistream_protocol);
  append_multistream(out, protocol);
  return to_string(out);
}

bytes syn_frame(stream_id id, std::string_view payload, int more_flags = 0) {
  return frame(yamux_type::data, yamux_flag::syn | more_flags, id,
               static_cast<std::uint32_t>(payload.size()), payload);
}

std::size_t count_resets(bytes_view plaintext) {
  std::size_t result = 0;
  for (const auto& header : headers_of(plaintext))
    result += header.has(yamux_flag::rst) ? 1 : 0;
  return result;
}

multiaddr addr(std::uint16_t port) {
  return multiaddr::from_ip_tcp("192.0.2.7", port);
}

/// A listening session with a raw peer that dialled it.
struct raw_fixture {
  explicit raw_fixture(session_pair_options with = {}) : pair{std::move(with)} {
    peer.hear();
  }

  session_events& events() { return pair.listener.events; }

  session_pair pair;
  raw_peer peer{pair.listener, pair.now};
};

} // namespace

TEST_CASE("a lazy dialer's data are kept for the stream", "[session]") {
  raw_fixture f;
  f.peer.say(syn_frame(1, proposal("/test/1") + "first data"));
  CHECK(f.events().accepted.at(1) == "/test/1");
  CHECK(f.events().data.at(1) == "first data");
  const auto answer = headers_of(f.peer.hear());
  REQUIRE(answer.size() == 1);
  CHECK(answer[0].has(yamux_flag::ack));
}

TEST_CASE("a stream of an unknown protocol may try another one", "[session]") {
  raw_fixture f;
  bytes second;
  append_multistream(second, "/test/2");
  f.peer.say(syn_frame(1, proposal("/unknown/1") + to_string(second)));
  CHECK(f.events().accepted.at(1) == "/test/2");
}

TEST_CASE("a stream that ends before a protocol is agreed is reset",
          "[session]") {
  raw_fixture f;
  f.peer.say(syn_frame(1, proposal("/unknown/1"), yamux_flag::fin));
  CHECK(count_resets(f.peer.hear()) == 1);
  CHECK(f.events().log == std::vector<std::string>{"ready"});
}

TEST_CASE("streams that never name a protocol are few and short", "[session]") {
  raw_fixture f;
  const auto limit = session_limits{}.max_pending_negotiations;
  for (stream_id id = 1; id < 2 * limit + 20; id += 2)
    f.peer.say(syn_frame(id, ""));
  CHECK(count_resets(f.peer.hear()) == 10);
  f.pair.now += session_limits{}.negotiation_timeout;
  f.pair.listener.session.tick(f.pair.now, f.events());
  // All of them, and our own question for identify.
  CHECK(count_resets(f.peer.hear()) == limit + 1);
  f.peer.say(syn_frame(1001, proposal("/test/1")));
  CHECK(f.events().accepted.count(1001) == 1);
}

TEST_CASE("a question that is not answered is refused in time", "[session]") {
  raw_fixture f;
  const auto id =
      f.pair.listener.session.open_stream({"/test/1"}, f.pair.now).value();
  f.peer.hear();
  CHECK(f.pair.listener.session.next_tick()
        <= f.pair.now + session_limits{}.negotiation_timeout);
  f.pair.now += session_limits{}.negotiation_timeout;
  f.pair.listener.session.tick(f.pair.now, f.events());
  CHECK(f.events().refused == std::vector<stream_id>{id});
  CHECK_FALSE(f.pair.listener.session.closed());
}

TEST_CASE("identify is answered and its stream closed", "[session]") {
  session_pair pair;
  pair.listener.session.set_listen_addrs({addr(1), addr(2)}, {1, 2, 3});
  raw_peer peer{pair.listener, pair.now};
  peer.hear();
  peer.say(syn_frame(1, proposal(std::string{identify_protocol})));
  const auto heard = peer.hear();
  const auto headers = headers_of(heard);
  REQUIRE(headers.size() == 2);
  CHECK(headers[1].has(yamux_flag::fin));
  CHECK(as_text(heard).find("test/2") != std::string_view::npos);
}

TEST_CASE("identify tells the addresses", "[session]") {
  session_pair pair;
  pair.listener.session.set_listen_addrs({addr(1), addr(2)}, {1, 2, 3});
  pair.run();
  const auto& info = pair.dialer.events.identified.at(0).info;
  CHECK(info.listen_addrs == std::vector<multiaddr>{addr(1), addr(2)});
  CHECK(info.signed_peer_record == bytes{1, 2, 3});
}

TEST_CASE("changed addresses are pushed, the same ones are not", "[session]") {
  auto pair = connected_pair();
  pair->listener.session.set_listen_addrs({addr(1)}, {});
  pair->listener.session.set_listen_addrs({addr(2)}, {});
  pair->run();
  REQUIRE(pair->dialer.events.identified.size() == 2);
  CHECK(pair->dialer.events.identified[1].push);
  CHECK(pair->dialer.events.identified[1].info.listen_addrs
        == std::vector<multiaddr>{addr(2)});
  pair->listener.session.set_listen_addrs({addr(2)}, {});
  CHECK_FALSE(pair->listener.session.has_output());
}

TEST_CASE("addresses that change while a push is under way are not lost",
          "[session]") {
  auto pair = connected_pair();
  auto& session = pair->listener.session;
  session.set_listen_addrs({addr(1)}, {});
  // Step by step: whenever they change again, the last ones arrive.
  const int steps = GENERATE(0, 1, 2, 3, 4);
  for (int i = 0; i < steps; ++i)
    pair->step();
  session.set_listen_addrs({addr(2)}, {});
  pair->run();
  REQUIRE(pair->dialer.events.identified.size() >= 2);
  CHECK(pair->dialer.events.identified.back().info.listen_addrs
        == std::vector<multiaddr>{addr(2)});
}

TEST_CASE("an identify with another key is not believed", "[session]") {
  raw_fixture f;
  identify_info info;
  info.key = numbered_identity(5)->key().public_part();
  const auto lie = to_string(encode_identify(info));
  const auto push = proposal(identify_push_protocol);
  f.peer.say(syn_frame(1, push + lie, yamux_flag::fin));
  CHECK(f.events().identified.empty());
  info.key = numbered_identity(9)->key().public_part();
  const auto truth = to_string(encode_identify(info));
  f.peer.say(syn_frame(3, push + truth, yamux_flag::fin));
  CHECK(f.events().identified.size() == 1);
  info.key.reset();
  info.agent_version = "x";
  const auto part = to_string(encode_identify(info));
  f.peer.say(syn_frame(5, push + part, yamux_flag::fin));
  CHECK(f.events().identified.size() == 2);
}

TEST_CASE("an oversized identify resets its stream", "[session]") {
  raw_fixture f;
  bytes size;
  append_varint(size, session_limits{}.max_identify_message + 1);
  f.peer.say(syn_frame(1, proposal(identify_push_protocol) + to_string(size)));
  CHECK(count_resets(f.peer.hear()) == 1);
  CHECK_FALSE(f.pair.listener.session.closed());
}

TEST_CASE("pushes that are read at once are few", "[session]") {
  raw_fixture f;
  for (const stream_id id : {1u, 3u, 5u})
    f.peer.say(syn_frame(id, proposal(identify_push_protocol)));
  CHECK(count_resets(f.peer.hear()) == 1);
}

TEST_CASE("a push whose end never comes is taken at its deadline",
          "[session]") {
  raw_fixture f;
  identify_info info;
  info.agent_version = "x";
  f.peer.say(syn_frame(1, proposal(identify_push_protocol)
                              + to_string(encode_identify(info))));
  CHECK(f.events().identified.empty());
  f.pair.now += session_limits{}.identify_timeout;
  f.pair.listener.session.tick(f.pair.now, f.events());
  REQUIRE(f.events().identified.size() == 1);
  CHECK(f.events().identified[0].info.agent_version == "x");
}

TEST_CASE("pings of libp2p are echoed until the stream ends", "[session]") {
  auto pair = connected_pair();
  const auto id =
      pair->dialer.session.open_stream({std::string{ping_protocol}}, pair->now)
          .value();
  pair->run();
  const std::string ping = "0123456789abcdef0123456789abcdef";
  pair->dialer.write(id, ping + ping.substr(0, 10));
  pair->run();
  CHECK(pair->dialer.events.data.at(id) == ping);
  pair->dialer.write(id, ping.substr(10));
  pair->run();
  CHECK(pair->dialer.events.data.at(id) == ping + ping);
  pair->advance(1min); // no deadline
  CHECK(pair->dialer.events.resets.empty());
  pair->dialer.session.close_stream(id);
  pair->run();
  CHECK(pair->dialer.events.ended == std::vector<stream_id>{id});
  CHECK(pair->listener.events.accepted.empty());
}

TEST_CASE("a third ping stream is reset", "[session]") {
  auto pair = connected_pair();
  for (int i = 0; i < 3; ++i)
    pair->dialer.session.open_stream({std::string{ping_protocol}}, pair->now);
  pair->run();
  CHECK(pair->dialer.events.opened.size() == 2);
  CHECK(pair->dialer.events.refused.size() == 1);
}

TEST_CASE("a flood of pings with nobody reading ends the session",
          "[session]") {
  raw_fixture f;
  bytes pings;
  for (int i = 0; i < 1000; ++i)
    append(pings, frame(yamux_type::ping, yamux_flag::syn, 0, 7));
  for (int i = 0; i < 10 && f.events().closed.empty(); ++i)
    f.peer.say(pings);
  CHECK(f.events().closed
        == std::vector<session_error>{session_error::limit_exceeded});
  bytes out;
  f.pair.listener.session.take_output(out, 1 << 20);
  CHECK(out.size() < 100);
}

TEST_CASE("answers that nobody reads end the session", "[session]") {
  raw_fixture f;
  SECTION("identify") {
    for (stream_id id = 1; id < 2000 && f.events().closed.empty(); id += 2)
      f.peer.say(syn_frame(id, proposal(identify_protocol)));
    // Beyond the limit of streams they are reset, which is an answer too.
    for (stream_id id = 2001; id < 40'000 && f.events().closed.empty(); id += 2)
      f.peer.say(syn_frame(id, proposal(identify_protocol)));
  }
  SECTION("echoes") {
    f.peer.say(syn_frame(1, proposal(ping_protocol)));
    const std::string block(16'384, 'p');
    for (int i = 0; i < 10 && f.events().closed.empty(); ++i)
      f.peer.say(frame(yamux_type::data, 0, 1, 16'384, block));
  }
  CHECK(f.events().closed
        == std::vector<session_error>{session_error::limit_exceeded});
}

TEST_CASE("an overrun window ends the session with a go-away", "[session]") {
  raw_fixture f;
  f.peer.say(frame(yamux_type::data, yamux_flag::syn, 1, 262'145));
  CHECK(f.events().closed
        == std::vector<session_error>{session_error::bad_frame});
  const auto last = headers_of(f.peer.hear());
  REQUIRE(last.size() == 1);
  CHECK(last[0].type == yamux_type::go_away);
  CHECK(last[0].length == 1);
}

TEST_CASE("an empty record is tolerated", "[session]") {
  auto pair = connected_pair();
  CHECK_FALSE(pair->listener.session.closed());
  raw_fixture f;
  f.peer.say({});
  f.peer.say(syn_frame(1, proposal("/test/1")));
  CHECK(f.events().accepted.size() == 1);
}

TEST_CASE("services leave nothing behind", "[session]") {
  raw_fixture f;
  for (stream_id id = 1; id < 4000; id += 2) {
    f.peer.say(syn_frame(id, proposal(identify_protocol), yamux_flag::fin));
    REQUIRE(headers_of(f.peer.hear()).back().has(yamux_flag::fin));
  }
  CHECK(f.events().closed.empty());
}
