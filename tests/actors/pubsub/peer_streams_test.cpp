// The streams that a peer writes to, in virtual time: which are read, and what
// ends them.
#include "tests/support/peer_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;

namespace {

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("peer: what comes on any of its streams is read, whichever is "
          "newest") {
  peer_fixture f;
  auto [first, one] = f.join();
  auto& second = GENERATE(false, true) ? *first : f.connect();
  const auto two = f.open(second);
  send(*first, one, "a");
  f.run();
  send(second, two, "b");
  f.run();
  send(*first, one, "c");
  f.run();
  CHECK(f.received() == texts{"a", "b", "c"});
  CHECK_FALSE(first->was_reset(one));
  CHECK(f.mesh.all<peer_joined>().size() == 1);
}

TEST_CASE("peer: RPCs that come in pieces on several connections are told "
          "apart") {
  peer_fixture f;
  auto [first, one] = f.join();
  auto& second = f.connect();
  const auto two = f.open(second);
  // Their ids are those of their connections.
  REQUIRE(one == two);
  const auto a = to_bytes(bytes_view{peer_fixture::message("a")->frame()});
  const auto b = to_bytes(bytes_view{peer_fixture::message("b")->frame()});
  first->send(one, bytes_view{a}.first(3));
  f.run();
  second.send(two, bytes_view{b}.first(4));
  f.run();
  first->send(one, bytes_view{a}.subspan(3));
  f.run();
  second.send(two, bytes_view{b}.subspan(4));
  f.run();
  CHECK(f.received() == texts{"a", "b"});
}

TEST_CASE("peer: a stream beyond the fourth takes the place of the oldest, "
          "which is reset at once") {
  peer_fixture f;
  auto [first, oldest] = f.join();
  auto& second = f.connect();
  std::vector<libp2p::stream_id> more;
  for (int i = 0; i < 4; ++i)
    more.push_back(f.open(second));
  CHECK(first->was_reset(oldest));
  for (const auto stream : more) {
    CHECK_FALSE(second.was_reset(stream));
    send(second, stream, std::to_string(stream));
    f.run();
  }
  CHECK(f.received().size() == 4);
}

TEST_CASE("peer: what it does not want holds until its last stream ends") {
  peer_fixture f;
  auto [far, one] = f.join();
  const auto two = f.open(*far);
  proto::control unwanted;
  unwanted.idontwant = {
      std::string{peer_fixture::message("unwanted").get()->id().raw()}};
  f.say(*far, one, unwanted);
  far->session.close_stream(one);
  f.run();
  CHECK(far->has_ended(one));
  f.publish({"unwanted", "wanted"});
  const auto ours = far->opened().at(0);
  CHECK(far->heard(ours).messages == texts{"wanted"});
  far->session.reset_stream(two);
  f.run();
  f.publish({"unwanted"});
  CHECK(far->heard(ours).messages == texts{"wanted", "unwanted"});
}

TEST_CASE("peer: a malformed RPC counts as misbehaviour, one that is larger "
          "than we take does not") {
  const auto [bad, counts] = GENERATE(table<bytes, bool>({
      // A field that is longer than the RPC.
      {bytes{3, 0x12, 0x7f, 0x00}, true},
      // A length that is no varint.
      {bytes{0x80, 0x00}, true},
      // A length above the limit.
      {bytes{0xff, 0xff, 0xff, 0x7f}, false},
  }));
  peer_fixture f;
  auto [far, stream] = f.join();
  far->send(stream, bad);
  f.run();
  CHECK(far->was_reset(stream));
  const auto& told = f.mesh.all<misbehaved>();
  REQUIRE(told.size() == (counts ? 1 : 0));
  if (counts) {
    CHECK(told[0].peer == peer_fixture::id());
    CHECK(told[0].count == 1);
  }
  // Its stream alone has ended.
  CHECK_FALSE(far->closed);
  send(*far, f.open(*far), "fine");
  f.run();
  CHECK(f.received() == texts{"fine"});
}

TEST_CASE("peer: streams that we have reset take nobody's place") {
  peer_fixture f;
  auto [far, oldest] = f.join();
  for (int i = 0; i < 4; ++i) {
    far->send(f.open(*far), bytes{0x80, 0x00});
    f.run();
  }
  f.open(*far);
  CHECK_FALSE(far->was_reset(oldest));
}

TEST_CASE("peer: streams that the peer has ended or reset take nobody's "
          "place") {
  peer_fixture f;
  auto [far, oldest] = f.join();
  const bool at_once = GENERATE(false, true);
  for (int i = 0; i < 4; ++i) {
    const auto stream = f.open(*far);
    if (at_once)
      far->session.reset_stream(stream);
    else
      far->session.close_stream(stream);
    f.run();
  }
  f.open(*far);
  CHECK_FALSE(far->was_reset(oldest));
}

TEST_CASE("peer: what arrives on our own stream is not read") {
  peer_fixture f;
  auto [far, stream] = f.join();
  send(*far, far->opened().at(0), "on the wrong stream");
  send(*far, stream, "on the right one");
  f.run();
  CHECK(f.received() == texts{"on the right one"});
}

TEST_CASE("peer: its end of a stream is answered when all on it is read") {
  peer_fixture f;
  auto [far, stream] = f.join();
  send(*far, stream, "last words");
  far->session.close_stream(stream);
  f.run();
  CHECK(f.received() == texts{"last words"});
  CHECK(far->has_ended(stream));
}
