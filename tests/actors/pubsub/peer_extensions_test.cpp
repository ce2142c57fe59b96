// The extensions of a peer, in virtual time (1.3): what it announces, and what
// comes of them.
#include "tests/support/peer_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;

namespace {

using texts = std::vector<std::string>;

proto::control announcing(const proto::extensions& ext) {
  proto::control result;
  result.ext = ext;
  return result;
}

} // namespace

TEST_CASE("peer: its extensions are those of its newest stream, and of the "
          "older one when that ends (1.3)") {
  peer_fixture f{[](node_config& config) { config.partial_messages = true; }};
  auto& far = f.connect();
  const auto usable = [&] {
    const auto& told = f.mesh.all<partial_usable>();
    return !told.empty() && told.back().usable;
  };
  const auto one = f.open(far, "/meshsub/1.3.0");
  f.say(far, one, announcing({.partial_messages = true}));
  REQUIRE(usable());
  const auto two = f.open(far, "/meshsub/1.3.0");
  CHECK(usable());
  f.say(far, two, announcing({.partial_messages = false}));
  CHECK_FALSE(usable());
  far.session.close_stream(two);
  f.run();
  CHECK(usable());
  CHECK(f.mesh.all<misbehaved>().empty());
}

TEST_CASE("peer: extensions that are announced again count as misbehaviour "
          "(1.3)") {
  peer_fixture f;
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.partial_messages = true}));
  CHECK(f.mesh.all<misbehaved>().empty());
  f.say(far, stream, announcing({.partial_messages = true}));
  REQUIRE(f.mesh.all<misbehaved>().size() == 1);
  CHECK(f.mesh.all<misbehaved>()[0].peer == peer_fixture::id());
  CHECK(f.mesh.all<misbehaved>()[0].count == 10);
}

TEST_CASE("peer: partial messages are passed on once both sides have announced "
          "them (1.3)") {
  const bool announced = GENERATE(true, false);
  peer_fixture f{[](node_config& c) { c.partial_messages = true; }};
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.partial_messages = announced}));
  const bytes group{1, 2};
  const bytes parts(1000, 7);
  const auto frame =
      proto::encode_partial({"t", group, bytes_view{parts}, std::nullopt}, 4096)
          .value();
  far.send(stream, frame);
  f.run();
  const auto& told = f.mesh.all<partial_received>();
  REQUIRE(told.size() == (announced ? 1 : 0));
  CHECK(f.mesh.all<partial_usable>().size() == (announced ? 1 : 0));
  if (announced) {
    CHECK(told[0].from.id == peer_fixture::id());
    CHECK(told[0].partial.topic == "t");
    CHECK(to_bytes(told[0].partial.parts.value()) == parts);
    // The length is no part of what is kept.
    CHECK(told[0].frame->size() == frame.size() - 2);
  }
}

TEST_CASE("peer: partial messages are to be decided like messages (1.3)") {
  const bool many = GENERATE(true, false);
  peer_fixture f{[](node_config& c) {
    c.partial_messages = true;
    c.params.gossip.max_partial_messages = 10'000;
    c.params.gossip.max_partial_bytes = std::size_t{1} << 30;
  }};
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.partial_messages = true}));
  const bytes group{1, 2};
  const bytes parts(many ? 10 : 1'000'000, 7);
  const auto frame = proto::encode_partial(
      {"t", group, bytes_view{parts}, std::nullopt}, 1024 * 1024);
  for (int i = 0; i < (many ? 2048 : 9); ++i) {
    far.send(stream, frame.value());
    if (!many)
      f.run();
  }
  f.run();
  send(far, stream, "beyond");
  f.run();
  CHECK(f.received().empty());
  f.tell_peer(return_credit{many ? 1U : 0U, many ? 0U : 2'000'000U});
  CHECK(f.received() == texts{"beyond"});
}

TEST_CASE("peer: the test extension's message is sent once both sides have "
          "announced it, once on each stream (1.3)") {
  const bool theirs = GENERATE(true, false);
  peer_fixture f{[](node_config& c) { c.test_extension = true; }};
  const auto hello = *f.hello;
  const bool late = GENERATE(true, false);
  if (late)
    f.hello.reset();
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.test_extension = theirs}));
  if (late)
    f.tell_peer(hello);
  f.say_all(far, stream, {{.topic = "t"}});
  f.publish({"a"});
  std::size_t tests = 0;
  for (const auto& rpc : far.rpcs(far.opened().at(0)))
    tests += rpc.test_extension ? 1 : 0;
  CHECK(tests == (theirs ? 1 : 0));
}
