#include "actors/node/dial_book.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

const auto dial_address = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001);
const auto other = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4002);

} // namespace

TEST_CASE("dial book: numbers are never nobody's, and none comes twice") {
  dial_book book;
  const auto first = book.draw();
  CHECK(first != 0);
  CHECK(book.draw() != first);
}

TEST_CASE("dial book: an attempt is taken once, with what it is for") {
  dial_book book;
  const auto kept = book.draw();
  const auto offered = book.draw();
  book.add(kept, {{}, kept_dial{dial_address}});
  book.add(offered, {{}, offered_dial{numbered_peer(1)}});
  CHECK_FALSE(book.take(0));
  const auto taken = book.take(kept);
  REQUIRE(taken);
  REQUIRE(taken->is<kept_dial>());
  CHECK(taken->is<kept_dial>()->address == dial_address);
  CHECK(taken->is<offered_dial>() == nullptr);
  CHECK(taken->is<asked_dial>() == nullptr);
  CHECK_FALSE(book.take(kept));
  CHECK(book.take(offered)->is<offered_dial>()->peer == numbered_peer(1));
}

TEST_CASE(
    "dial book: knows which kept addresses and offered peers are dialled, "
    "until the attempt ends") {
  dial_book book;
  book.add(1, {{}, kept_dial{dial_address}});
  book.add(2, {{}, offered_dial{numbered_peer(1)}});
  book.add(3, {{}, offered_dial{numbered_peer(2)}});
  CHECK(book.dials(dial_address));
  CHECK_FALSE(book.dials(other));
  CHECK(book.dials_offered(numbered_peer(1)));
  CHECK_FALSE(book.dials_offered(numbered_peer(3)));
  CHECK(book.offered_count() == 2);
  book.take(1);
  book.take(2);
  CHECK_FALSE(book.dials(dial_address));
  CHECK_FALSE(book.dials_offered(numbered_peer(1)));
  CHECK(book.offered_count() == 1);
}

TEST_CASE("dial book: an attempt is found by the actor that makes it") {
  virtual_system sys;
  recorder<close_transport> one{sys.sys()};
  recorder<close_transport> stranger{sys.sys()};
  dial_book book;
  book.add(7, {one.as<connector_actor>(), kept_dial{dial_address}});
  CHECK(book.of(one.actor().address()) == attempt_id{7});
  CHECK_FALSE(book.of(stranger.actor().address()));
}

TEST_CASE("dial book: after all are taken there is none") {
  dial_book book;
  book.add(1, {{}, kept_dial{dial_address}});
  book.add(2, {{}, asked_dial{}});
  CHECK(book.take_all().size() == 2);
  CHECK_FALSE(book.take(1));
  CHECK_FALSE(book.dials(dial_address));
}
