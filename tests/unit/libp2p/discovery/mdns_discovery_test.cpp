#include "libp2p/discovery/mdns_discovery.hpp"
#include "libp2p/identity/keys.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace std::chrono_literals;

namespace {

peer_id peer(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return peer_id::of(private_key::ed25519_from_seed(seed).public_part());
}

multiaddr addr(const std::string& text) {
  return multiaddr::from_text(text).value();
}

struct mdns_fixture {
  // What is sent within this time, a millisecond at a time.
  std::vector<bytes> sent_in(std::chrono::milliseconds time) {
    std::vector<bytes> result;
    for (; time > 0ms; time -= 1ms) {
      now += 1ms;
      if (one.next() <= now)
        for (auto& sent : one.due(now))
          result.push_back(std::move(sent));
    }
    return result;
  }

  // Only what tells of the node.
  std::size_t answers_in(std::chrono::milliseconds time) {
    std::size_t count = 0;
    for (const auto& sent : sent_in(time))
      count += read_mdns(sent)->peers.size();
    return count;
  }

  std::vector<mdns_peer> hear(const mdns_peer& other,
                              const std::string& name = "other") {
    std::vector<multiaddr> addresses;
    for (const auto& address : other.addresses)
      addresses.push_back(address.with_peer(other.peer));
    return one.receive(mdns_answer(name, addresses), now);
  }

  time_point now{1h};
  mdns_discovery one{peer(1), [] { return std::array<std::uint8_t, 32>{7}; },
                     now};
};

const auto here = addr("/ip4/192.168.1.7/tcp/4001");
const auto there = addr("/ip4/192.168.1.8/tcp/4001");

} // namespace

TEST_CASE("mdns: it asks at once, then seldomer and seldomer", "[mdns]") {
  mdns_fixture f;
  CHECK(f.one.next() <= f.now);
  CHECK(f.sent_in(10s).size() >= 3);
  CHECK(f.sent_in(10s).size() <= 2);
  CHECK(f.sent_in(5min).size() <= 6);
  const auto later = f.sent_in(1h);
  CHECK(later.size() >= 24);
  CHECK(later.size() <= 31);
  for (const auto& sent : later)
    CHECK(read_mdns(sent)->asks_for_peers);
}

TEST_CASE("mdns: on another network it asks again at once", "[mdns]") {
  mdns_fixture f;
  f.sent_in(5min);
  f.one.begin(f.now);
  CHECK(f.sent_in(10s).size() >= 3);
}

TEST_CASE("mdns: whoever knows it already is not answered", "[mdns]") {
  mdns_fixture f;
  f.one.announce({here}, f.now);
  CHECK(f.answers_in(1min) == 1);
  // Its own answer, turned into a question that has it for a known one.
  auto query = mdns_answer(f.one.name(), {});
  query[2] = 0;
  const auto question = mdns_query();
  query[5] = 1;
  query[11] = 0;
  const auto record = bytes(query.begin() + 12, query.end());
  query.resize(12);
  append(query, bytes_view{question}.subspan(12));
  append(query, bytes_view{record}.first(question.size() - 12 - 4 + 10
                                         + f.one.name().size() + 1
                                         + question.size() - 12 - 4));
  REQUIRE(read_mdns(query));
  CHECK(read_mdns(query)->known.size() == 1);
  f.one.receive(query, f.now);
  CHECK(f.answers_in(2s) == 0);
}

TEST_CASE("mdns: whoever asks is answered after a moment, all who ask together "
          "once, and nobody more than once a second",
          "[mdns]") {
  mdns_fixture f;
  f.one.announce({here}, f.now);
  CHECK(f.answers_in(1min) == 1); // unasked
  f.one.receive(mdns_query(), f.now);
  f.one.receive(mdns_query(), f.now);
  CHECK(f.answers_in(19ms) == 0);
  CHECK(f.answers_in(150ms) == 1);
  std::size_t answers = 0;
  for (int i = 0; i < 1'000; ++i) {
    f.one.receive(mdns_query(), f.now);
    answers += f.answers_in(10ms);
  }
  CHECK(answers >= 8);
  CHECK(answers <= 10);
}

TEST_CASE("mdns: it tells private addresses alone, and without any nothing",
          "[mdns]") {
  mdns_fixture f;
  f.one.announce({addr("/ip4/203.0.113.5/tcp/1"), addr("/ip4/127.0.0.1/tcp/1"),
                  addr("/ip4/0.0.0.0/tcp/1"), addr("/dns4/a.example/tcp/1")},
                 f.now);
  f.one.receive(mdns_query(), f.now);
  CHECK(f.answers_in(2s) == 0);
  f.one.announce({addr("/ip4/203.0.113.5/tcp/1"), here}, f.now);
  const auto sent = f.sent_in(2s);
  REQUIRE_FALSE(sent.empty());
  std::vector<mdns_peer> told;
  for (const auto& one : sent) {
    const auto msg = read_mdns(one);
    told.insert(told.end(), msg->peers.begin(), msg->peers.end());
  }
  REQUIRE(told.size() == 1);
  CHECK(told[0].peer == peer(1));
  CHECK(told[0].addresses == std::vector{here});
}

TEST_CASE("mdns: whom it is told of is found, once in a minute", "[mdns]") {
  mdns_fixture f;
  const auto found = f.hear({peer(2), {there}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].peer == peer(2));
  CHECK(found[0].addresses == std::vector{there});
  CHECK(f.hear({peer(2), {there}}).empty());
  f.now += 61s;
  CHECK(f.hear({peer(2), {there}}).size() == 1);
}

TEST_CASE("mdns: neither itself nor whoever is on no private network is found",
          "[mdns]") {
  mdns_fixture f;
  CHECK(f.hear({peer(1), {there}}).empty());
  CHECK(f.hear({peer(2), {addr("/ip4/203.0.113.5/tcp/1")}}).empty());
  CHECK(f.hear({peer(2), {addr("/ip4/127.0.0.1/tcp/1")}}).empty());
  CHECK(f.hear({peer(2), {addr("/dns4/a.example/tcp/1")}}).empty());
  CHECK(f.one.receive(bytes(100, 0xff), f.now).empty());
}

TEST_CASE("mdns: of a flood of made-up peers only so many are found",
          "[mdns]") {
  mdns_fixture f;
  std::size_t found = 0;
  for (int i = 0; i < 200; ++i)
    found += f.hear({peer(static_cast<std::uint8_t>(i + 2)), {there}}).size();
  CHECK(found == max_mdns_found);
  f.now += 61s;
  CHECK(f.hear({peer(255), {there}}).size() == 1);
}

TEST_CASE(
    "mdns: its name is as long as the specification asks for, and no peer "
    "id",
    "[mdns]") {
  const mdns_fixture f;
  CHECK(f.one.name().size() >= 32);
  CHECK(f.one.name().size() <= 63);
  CHECK(f.one.name().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789")
        == std::string::npos);
}

TEST_CASE("mdns: a link-local address is dialled on the interface on which it "
          "was told",
          "[mdns]") {
  mdns_fixture f;
  const auto told = [](std::uint8_t number, const std::string& address) {
    return mdns_answer("other", {addr(address).with_peer(peer(number))});
  };
  const std::string local = "/ip6/fe80::8/tcp/4001";
  CHECK(f.one.receive(told(2, local), f.now).empty());
  const auto found = f.one.receive(told(2, local), f.now, "wlan0");
  REQUIRE(found.size() == 1);
  CHECK(found[0].addresses
        == std::vector{addr("/ip6zone/wlan0/ip6/fe80::8/tcp/4001")});
  // What the other one calls its interface means nothing here.
  const auto other =
      f.one.receive(told(3, "/ip6zone/en0" + local), f.now, "wlan0");
  REQUIRE(other.size() == 1);
  CHECK(other[0].addresses == found[0].addresses);
  CHECK(
      f.one.receive(told(4, "/ip6/2001:db8::8/tcp/1"), f.now, "wlan0").empty());
  CHECK(f.one.receive(told(5, "/ip6/fd00::8/tcp/1"), f.now, "wlan0").size()
        == 1);
}
