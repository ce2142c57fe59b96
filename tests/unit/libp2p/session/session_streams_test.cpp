// Streams of a ready session: negotiation, data, ends.
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

/// Opens a stream of the dialer and waits for it.
stream_id open(session_pair& pair,
               std::vector<std::string> protocols = {"/test/1"}) {
  const auto id =
      pair.dialer.session.open_stream(std::move(protocols), pair.now).value();
  pair.run();
  return id;
}

} // namespace

TEST_CASE("a stream takes the first protocol that both know", "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair, {"/new/1", "/test/1", "/test/2"});
  CHECK(pair->dialer.events.opened.at(id) == "/test/1");
  CHECK(pair->listener.events.accepted.at(id) == "/test/1");
}

TEST_CASE("a stream without a common protocol is refused, the session stays",
          "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair, {"/new/1", "/new/2"});
  CHECK(pair->dialer.events.refused == std::vector<stream_id>{id});
  CHECK(pair->listener.events.accepted.empty());
  CHECK(pair->listener.events.resets.empty());
  const auto next = open(*pair);
  CHECK(pair->dialer.events.opened.count(next) == 1);
}

TEST_CASE("both ends may open streams", "[session]") {
  auto pair = connected_pair();
  const auto a = pair->dialer.session.open_stream({"/test/1"}, pair->now);
  const auto b = pair->listener.session.open_stream({"/test/2"}, pair->now);
  pair->run();
  CHECK(*a != *b);
  CHECK(pair->listener.events.accepted.at(*a) == "/test/1");
  CHECK(pair->dialer.events.accepted.at(*b) == "/test/2");
}

TEST_CASE("data arrive in order on each stream", "[session]") {
  session_pair_options with;
  with.chunk_seed = GENERATE(0u, 5u);
  with.max_chunk = with.chunk_seed == 0 ? 65'536 : 100;
  with.in_place = GENERATE(false, true);
  auto pair = connected_pair(with);
  std::map<stream_id, std::string> sent;
  for (int i = 0; i < 10; ++i)
    sent[open(*pair)];
  for (int i = 0; i < 200; ++i) {
    const auto id = std::next(sent.begin(), i % 10)->first;
    const std::string text(static_cast<std::size_t>(i * 7 % 500),
                           static_cast<char>('a' + i % 26));
    pair->dialer.write(id, text);
    sent[id] += text;
    if (i % 17 == 0)
      pair->step();
  }
  pair->run();
  CHECK(pair->listener.events.data == sent);
}

TEST_CASE("data may follow the answer to a negotiation at once", "[session]") {
  auto pair = connected_pair();
  auto& listener = pair->listener;
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  while (listener.events.accepted.empty())
    REQUIRE(pair->step());
  listener.write(id, "welcome");
  listener.session.close_stream(id);
  pair->run();
  const std::vector<std::string> expected{"ready", "identified", "opened",
                                          "data", "ended"};
  CHECK(pair->dialer.events.log == expected);
  CHECK(pair->dialer.events.data.at(id) == "welcome");
}

TEST_CASE("many buffers written at once arrive in their order", "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair);
  std::vector<shared_bytes> data;
  for (const auto* text : {"one", "two", "three"})
    data.push_back(std::make_shared<const bytes>(to_bytes(as_bytes(text))));
  pair->dialer.session.write(id, data);
  CHECK(data == std::vector<shared_bytes>(3));
  pair->dialer.session.write(id, std::span<shared_bytes>{});
  pair->run();
  CHECK(pair->listener.events.data.at(id) == "onetwothree");
}

TEST_CASE("writing to a stream that is not open is ignored", "[session]") {
  auto pair = connected_pair();
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->dialer.write(id, "too early");
  pair->dialer.write(77, "unknown");
  pair->run();
  CHECK(pair->listener.events.data.empty());
  pair->dialer.session.close_stream(77);
  pair->dialer.session.reset_stream(77);
  CHECK(pair->dialer.session.buffered(77) == 0);
}

TEST_CASE("an ended direction leaves the other one open", "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair);
  pair->dialer.write(id, "question");
  pair->dialer.session.close_stream(id);
  pair->run();
  CHECK(pair->listener.events.ended == std::vector<stream_id>{id});
  CHECK(pair->listener.events.resets.empty());
  pair->listener.write(id, "answer");
  pair->run();
  CHECK(pair->dialer.events.data.at(id) == "answer");
  CHECK(pair->dialer.events.ended.empty());
  pair->listener.session.close_stream(id);
  pair->run();
  CHECK(pair->dialer.events.ended == std::vector<stream_id>{id});
  CHECK(pair->dialer.events.resets.empty());
}

TEST_CASE("a reset ends both directions and is told to the other end only",
          "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair);
  pair->dialer.write(id, "dropped");
  pair->dialer.session.reset_stream(id);
  CHECK(pair->dialer.session.buffered(id) == 0);
  pair->run();
  CHECK(pair->listener.events.resets == std::vector<stream_id>{id});
  CHECK(pair->listener.events.data.empty());
  CHECK(pair->dialer.events.resets.empty());
  CHECK_FALSE(pair->dialer.session.closed());
}

TEST_CASE("a stream that is reset while it negotiates is not reported",
          "[session]") {
  auto pair = connected_pair();
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->dialer.session.reset_stream(id);
  pair->run();
  CHECK(pair->dialer.events.refused.empty());
  CHECK(pair->dialer.events.opened.empty());
  CHECK(pair->listener.events.accepted.empty());
}

TEST_CASE("buffered counts what was not yet taken as output", "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair);
  const std::string text(300'000, 'x');
  pair->dialer.write(id, text);
  CHECK(pair->dialer.session.buffered(id) == 300'000);
  bytes wire;
  pair->dialer.session.take_output(wire, 100'000);
  CHECK(wire.size() >= 100'000);
  CHECK(wire.size() < 100'000 + 65'600);
  CHECK(pair->dialer.session.buffered(id) < 300'000);
  while (pair->dialer.session.has_output())
    pair->dialer.session.take_output(wire, wire.size() + 100'000);
  // Beyond the window, which the negotiation has used, too.
  CHECK(pair->dialer.session.buffered(id) > 44'000);
  CHECK(pair->dialer.session.buffered(id) < 44'100);
  pair->feed(pair->listener, wire);
  pair->run();
  CHECK(pair->dialer.session.buffered(id) == 0);
  CHECK(pair->listener.events.data.at(id) == text);
}

TEST_CASE("records are as full as the data allow", "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair);
  for (int i = 0; i < 200; ++i)
    pair->dialer.write(id, std::string(1000, 'x'));
  bytes wire;
  pair->dialer.session.take_output(wire, 1);
  CHECK(wire.size() > 60'000);
  wire.clear();
  while (pair->dialer.session.has_output())
    pair->dialer.session.take_output(wire, wire.size() + 1);
  // 200,000 bytes need four records; each costs 18 bytes and its headers.
  CHECK(wire.size() < 140'000);
}

TEST_CASE("a hundred streams transfer at once", "[session]") {
  auto pair = connected_pair();
  std::vector<stream_id> ids;
  ids.reserve(100);
  for (int i = 0; i < 100; ++i)
    ids.push_back(open(*pair));
  for (const auto id : ids)
    pair->dialer.write(id, std::string(20'000, 'x'));
  pair->run();
  for (const auto id : ids)
    CHECK(pair->listener.events.data.at(id).size() == 20'000);
  for (const auto id : ids) {
    pair->dialer.session.close_stream(id);
    pair->listener.session.close_stream(id);
  }
  pair->run();
  CHECK(pair->listener.events.ended.size() == 100);
  CHECK(pair->dialer.events.ended.size() == 100);
}

TEST_CASE("64 MiB pass through the windows of a small socket", "[session]") {
  session_pair_options with;
  with.budget = 32'768;
  with.max_chunk = 40'000;
  with.chunk_seed = 3;
  auto pair = connected_pair(with);
  const auto id = open(*pair);
  pair->listener.events.keep_data = false;
  constexpr std::size_t total = std::size_t{64} << 20;
  const auto block = std::make_shared<const bytes>(256 * 1024, 0x5A);
  std::size_t written = 0;
  while (pair->listener.events.data_size < total) {
    while (written < total && pair->dialer.session.buffered(id) < 500'000) {
      pair->dialer.session.write(id, block);
      written += block->size();
    }
    REQUIRE(pair->step());
    pair->now += 1ms;
  }
  CHECK(pair->listener.events.data_size == total);
  CHECK_FALSE(pair->listener.session.closed());
}

TEST_CASE("a stream that is written too much is reset, not the session",
          "[session]") {
  auto pair = connected_pair();
  const auto id = open(*pair);
  const auto other = open(*pair);
  const auto megabyte = std::make_shared<const bytes>(1'000'000);
  for (int i = 0; i < 10; ++i)
    pair->dialer.session.write(id, megabyte);
  CHECK(pair->dialer.session.buffered(id) == 0);
  CHECK(pair->dialer.session.next_tick() <= pair->now);
  pair->advance(0s);
  CHECK(pair->dialer.events.resets == std::vector<stream_id>{id});
  CHECK(pair->listener.events.resets == std::vector<stream_id>{id});
  pair->dialer.write(other, "fine");
  pair->run();
  CHECK(pair->listener.events.data.at(other) == "fine");
}

TEST_CASE("open_stream gives nothing beyond the limit", "[session]") {
  session_pair_options with;
  with.dialer.limits.max_outbound_streams = 3;
  auto pair = connected_pair(with);
  std::vector<stream_id> ids;
  ids.reserve(3);
  for (int i = 0; i < 3; ++i)
    ids.push_back(open(*pair));
  CHECK_FALSE(pair->dialer.session.open_stream({"/test/1"}, pair->now));
  pair->dialer.session.reset_stream(ids[0]);
  CHECK(pair->dialer.session.open_stream({"/test/1"}, pair->now));
}

TEST_CASE("a changed bit anywhere ends the session and forges nothing",
          "[session]") {
  // One run to learn how long the conversation is.
  const auto converse = [](session_pair& pair) {
    pair.run();
    if (!pair.dialer.session.ready())
      return;
    const auto id = pair.dialer.session.open_stream({"/test/1"}, pair.now);
    pair.run();
    if (id) {
      pair.dialer.write(*id, "the truth");
      pair.run();
    }
  };
  std::size_t total[2] = {0, 0};
  {
    session_pair pair;
    pair.change_to_dialer = [&](bytes& wire) { total[0] += wire.size(); };
    pair.change_to_listener = [&](bytes& wire) { total[1] += wire.size(); };
    converse(pair);
  }
  for (int direction = 0; direction < 2; ++direction) {
    for (std::size_t at = 0; at < total[direction]; ++at) {
      session_pair pair;
      std::size_t passed = 0;
      auto& change =
          direction == 0 ? pair.change_to_dialer : pair.change_to_listener;
      change = [&](bytes& wire) {
        if (at >= passed && at < passed + wire.size())
          wire[at - passed] ^= static_cast<std::uint8_t>(1u << (at % 8));
        passed += wire.size();
      };
      converse(pair);
      // A longer record is awaited: only time tells.
      pair.advance(2min);
      CAPTURE(direction, at);
      CHECK((pair.dialer.session.closed() || pair.listener.session.closed()));
      for (const auto& [id, text] : pair.listener.events.data)
        CHECK(text == "the truth");
      CHECK(pair.dialer.events.closed.size() <= 1);
      CHECK(pair.listener.events.closed.size() <= 1);
    }
  }
}
