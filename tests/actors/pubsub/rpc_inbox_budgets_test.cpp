// What the inbox allows a peer: of each kind, and of time and room for an RPC
// that is not whole.
#include "tests/support/inbox_fixture.hpp"
#include "tests/support/messages.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr auto inbox_start = inbox_fixture::start;

} // namespace

TEST_CASE("rpc inbox: IHAVE beyond the budget is left out") {
  inbox_fixture f;
  proto::control have;
  have.ihaves.push_back({"t", {"id"}});
  for (int i = 0; i < 10; ++i)
    CHECK(f.feed(have).at(0).control.ihaves.size() == 1);
  CHECK(f.feed(have).at(0).control.ihaves.empty());
}

TEST_CASE("rpc inbox: IWANT beyond the budget is cut") {
  inbox_fixture f;
  proto::control want;
  want.iwant.assign(1'000, "id");
  std::size_t accepted = 0;
  for (int i = 0; i < 12; ++i)
    accepted += f.feed(want).at(0).iwant.size();
  CHECK(accepted == 10'000);
}

TEST_CASE("rpc inbox: of an IDONTWANT ten ids are kept, of so many RPCs per "
          "heartbeat (1.2)") {
  inbox_fixture f;
  proto::control unwanted;
  unwanted.idontwant.assign(10, "id");
  for (int i = 0; i < 1'000; ++i)
    CHECK(f.feed(unwanted).at(0).idontwant.size() == 10);
  CHECK(f.feed(unwanted).at(0).idontwant.empty());
}

TEST_CASE("rpc inbox: partial messages beyond the budget are left out, by "
          "number and by bytes (1.3)") {
  inbox_fixture f;
  SECTION("by number") {
    const auto frame = partial_frame(10);
    for (int i = 0; i < 1'000; ++i)
      REQUIRE(f.feed(frame).at(0).partial.has_value());
    CHECK_FALSE(f.feed(frame).at(0).partial.has_value());
    // Anew in the next heartbeat.
    std::vector<inbound_rpc> rpcs;
    REQUIRE(
        f.inbox.feed(frame, inbox_start + 1s, f.budget, f.extensions, rpcs));
    CHECK(rpcs.at(0).partial.has_value());
  }
  SECTION("by bytes") {
    const auto frame = partial_frame(1'000'000);
    for (int i = 0; i < 16; ++i)
      REQUIRE(f.feed(frame).at(0).partial.has_value());
    CHECK_FALSE(f.feed(frame).at(0).partial.has_value());
  }
}

TEST_CASE("rpc inbox: an RPC is owed from its first byte to its last") {
  inbox_fixture f;
  const auto msg = message_named("id", "t", std::string(20'000, 'x'));
  const bytes_view frame{msg->frame()};
  const auto never = time_point::max();
  CHECK(f.inbox.owed().due(30s) == never);
  // Of its length alone the first byte.
  f.feed(frame.first(1), inbox_start);
  CHECK(f.inbox.owed().due(30s) == inbox_start + 30s);
  f.feed(frame.subspan(1, 10'000), inbox_start + 5s);
  CHECK(f.inbox.owed().due(30s) == inbox_start + 30s);
  SECTION("and what follows it is owed anew") {
    bytes rest = to_bytes(frame.subspan(10'001));
    append(rest, frame.first(100));
    CHECK(f.feed(rest, inbox_start + 9s).size() == 1);
    CHECK(f.inbox.owed().due(30s) == inbox_start + 39s);
  }
  SECTION("or nothing is") {
    CHECK(f.feed(frame.subspan(10'001), inbox_start + 9s).size() == 1);
    CHECK(f.inbox.owed().due(30s) == never);
  }
  SECTION("without the time in which we do not read") {
    f.inbox.excuse(true, inbox_start + 6s);
    f.inbox.excuse(false, inbox_start + 16s);
    CHECK(f.inbox.owed().due(30s) == inbox_start + 40s);
  }
}

TEST_CASE("rpc inbox: what is kept of a large RPC counts until it is whole") {
  inbox_fixture f;
  const auto msg = message_named("id", "t", std::string(200'000, 'x'));
  const bytes_view frame{msg->frame()};
  f.feed(frame.first(1'000));
  f.inbox.settle(inbox_start);
  CHECK(f.unfinished.used() == 0);
  f.feed(frame.subspan(1'000, 99'000));
  f.inbox.settle(inbox_start);
  // As a whole, so that it can end whatever others begin.
  CHECK(f.unfinished.used() > 200'000);
  CHECK(f.unfinished.used() <= frame.size());
  SECTION("or its stream is gone") {
    f.inbox = rpc_inbox{f.config, numbered_peer(2), &f.unfinished};
  }
  SECTION("then nothing counts") {
    f.feed(frame.subspan(100'000));
    f.inbox.settle(inbox_start);
  }
  CHECK(f.unfinished.used() == 0);
}

TEST_CASE("rpc inbox: a large RPC that finds no room waits, small ones do not, "
          "and it has its time from when there is some") {
  inbox_fixture f;
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  const auto small = message_named("small", "t", std::string(60'000, 'x'));
  const bytes_view frame{large->frame()};
  f.unfinished.add(f.unfinished.max());
  f.feed(bytes_view{small->frame()}.first(50'000));
  f.inbox.settle(inbox_start);
  CHECK_FALSE(f.inbox.waits_for_room());
  f.feed(bytes_view{small->frame()}.subspan(50'000));
  f.feed(frame.first(100'000), inbox_start + 1s);
  f.inbox.settle(inbox_start + 1s);
  CHECK(f.inbox.waits_for_room());
  CHECK(f.inbox.owed().due(1s) == inbox_start + 2s);
  f.inbox.settle(inbox_start + 3s);
  CHECK(f.inbox.waits_for_room());
  f.unfinished.subtract(f.unfinished.max());
  f.inbox.settle(inbox_start + 4s);
  CHECK_FALSE(f.inbox.waits_for_room());
  CHECK(f.inbox.has_room());
  CHECK(f.inbox.owed().due(1s) == inbox_start + 5s);
  // It keeps its room, whatever comes.
  f.unfinished.add(f.unfinished.max());
  f.inbox.settle(inbox_start + 5s);
  CHECK_FALSE(f.inbox.waits_for_room());
  CHECK(f.feed(frame.subspan(100'000)).size() == 1);
  CHECK_FALSE(f.inbox.has_room());
}

TEST_CASE("rpc inbox: a large RPC keeps its time if it has room at once") {
  inbox_fixture f;
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  const bytes_view frame{large->frame()};
  // More than half is used, not all.
  f.unfinished.add(f.unfinished.max() * 3 / 4);
  f.feed(frame.first(50'000), inbox_start);
  f.inbox.settle(inbox_start);
  CHECK_FALSE(f.inbox.has_room());
  f.feed(frame.subspan(50'000, 50'000), inbox_start + 1s);
  f.inbox.settle(inbox_start + 1s);
  CHECK(f.inbox.has_room());
  CHECK_FALSE(f.inbox.waits_for_room());
  CHECK(f.inbox.owed().due(10s) == inbox_start + 10s);
  f.inbox.settle(inbox_start + 2s);
  CHECK(f.inbox.owed().due(10s) == inbox_start + 10s);
}

TEST_CASE("rpc inbox: without a budget every RPC has room") {
  inbox_fixture f;
  f.inbox = rpc_inbox{f.config, numbered_peer(2), nullptr};
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  f.feed(bytes_view{large->frame()}.first(100'000));
  f.inbox.settle(inbox_start);
  CHECK(f.inbox.has_room());
  CHECK_FALSE(f.inbox.waits_for_room());
}

TEST_CASE("rpc inbox: one that waits for room no longer does when it is whole "
          "all the same") {
  inbox_fixture f;
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  const bytes_view frame{large->frame()};
  f.unfinished.add(f.unfinished.max());
  f.feed(frame.first(100'000));
  f.inbox.settle(inbox_start);
  REQUIRE(f.inbox.waits_for_room());
  // What waits counts as what it is.
  CHECK(f.unfinished.used() < f.unfinished.max() + 110'000);
  CHECK(f.unfinished.used() > f.unfinished.max() + 90'000);
  CHECK(f.feed(frame.subspan(100'000)).size() == 1);
  CHECK_FALSE(f.inbox.waits_for_room());
  f.inbox.settle(inbox_start);
  CHECK(f.unfinished.used() == f.unfinished.max());
}
