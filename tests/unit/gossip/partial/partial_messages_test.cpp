// Who takes part in the partial messages of which topic.
#include "tests/support/partial_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

using words = std::vector<std::string>;

/// What the peer says when it subscribes.
proto::subscription said(partial_flags flags, bool subscribe = true) {
  return {"t", subscribe, flags.requests, flags.supports};
}

} // namespace

TEST_CASE("partial messages: an own subscription says how we take part",
          "[partial_messages]") {
  partial_fixture f;
  proto::subscription own{"t", true, true, true};
  SECTION("not at all") {
    f.partial.announce(own);
    CHECK_FALSE(own.requests_partial);
    CHECK_FALSE(own.supports_partial);
  }
  SECTION("supporting") {
    f.takes_part("t", false);
    f.partial.announce(own);
    CHECK_FALSE(own.requests_partial);
    CHECK(own.supports_partial);
  }
  SECTION("requesting means supporting") {
    f.takes_part("t", true);
    f.partial.announce(own);
    CHECK(own.requests_partial);
    CHECK(own.supports_partial);
  }
  SECTION("no longer") {
    f.takes_part("t");
    f.partial.remove_topic("t");
    f.partial.announce(own);
    CHECK_FALSE(own.supports_partial);
    CHECK_FALSE(f.partial.active());
  }
  SECTION("in another topic") {
    f.takes_part("other");
    f.partial.announce(own);
    CHECK_FALSE(own.supports_partial);
  }
  SECTION("unsubscribing says nothing") {
    f.takes_part("t");
    own.subscribe = false;
    f.partial.announce(own);
    CHECK_FALSE(own.requests_partial);
    CHECK_FALSE(own.supports_partial);
  }
}

TEST_CASE("partial messages: who gets parts instead of full messages, IHAVE "
          "and IDONTWANT, for all pairs of flags on both sides",
          "[partial_messages]") {
  for (const auto ours : all_flags)
    for (const auto theirs : all_flags) {
      CAPTURE(ours.requests, ours.supports, theirs.requests, theirs.supports);
      partial_fixture f;
      const bool we_support = ours.requests || ours.supports;
      if (we_support)
        f.takes_part("t", ours.requests);
      const auto peer = f.peer("t", theirs);
      // It wants parts and we have them to give.
      const bool gets_parts = we_support && theirs.requests;
      CHECK(f.partial.requests_partial(peer, "t") == gets_parts);
      std::vector<peer_handle> full{peer};
      f.partial.spare_requesting("t", full);
      CHECK(full.empty() == gets_parts);
      // We want parts and it has them to give.
      const bool gives_parts =
          ours.requests && (theirs.requests || theirs.supports);
      CHECK(f.partial.supplies_partial(peer, "t") == gives_parts);
      std::vector<peer_handle> idontwant{peer};
      f.partial.spare_supplying("t", idontwant);
      CHECK(idontwant.empty() == gives_parts);
    }
}

TEST_CASE("partial messages: what is sent on publishing, for all pairs of "
          "flags on both sides",
          "[partial_messages]") {
  for (const auto ours : all_flags)
    for (const auto theirs : all_flags) {
      CAPTURE(ours.requests, ours.supports, theirs.requests, theirs.supports);
      partial_fixture f;
      const bool we_support = ours.requests || ours.supports;
      if (we_support)
        f.takes_part("t", ours.requests, true);
      const auto peer = f.peer("t", theirs);
      CHECK(f.publish("abc", {peer}) == we_support);
      if (we_support && theirs.requests)
        CHECK(f.sent_to(peer) == words{"g abc|abc"});
      else if (ours.requests && theirs.supports)
        // It may supply what we lack, but never asked for parts.
        CHECK(f.sent_to(peer) == words{"g -|abc"});
      else
        CHECK(f.sent_to(peer).empty());
    }
}

TEST_CASE("partial messages: what is answered to metadata, for all pairs of "
          "flags on both sides",
          "[partial_messages]") {
  for (const auto ours : all_flags)
    for (const auto theirs : all_flags) {
      CAPTURE(ours.requests, ours.supports, theirs.requests, theirs.supports);
      partial_fixture f;
      const bool we_support = ours.requests || ours.supports;
      if (we_support)
        f.takes_part("t", ours.requests);
      const auto peer = f.peer("t", theirs);
      f.publish("abc", {});
      f.receive(peer, {}, "a");
      CHECK(f.out.deliveries.size() == (we_support ? 1u : 0u));
      if (we_support && theirs.requests)
        CHECK(f.sent_to(peer) == words{"g bc|abc"});
      else if (ours.requests)
        // Whoever speaks of a group may supply it, subscribed or not.
        CHECK(f.sent_to(peer) == words{"g -|abc"});
      else
        CHECK(f.sent_to(peer).empty());
    }
}

TEST_CASE("partial messages: flags hold until the next subscription",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", {true, true});
  SECTION("supporting alone") {
    f.subscribe(peer, "t", {false, true});
    CHECK_FALSE(f.partial.requests_partial(peer, "t"));
    CHECK(f.partial.supplies_partial(peer, "t"));
  }
  SECTION("neither") {
    f.subscribe(peer, "t", {});
    CHECK_FALSE(f.partial.requests_partial(peer, "t"));
    CHECK_FALSE(f.partial.supplies_partial(peer, "t"));
  }
  SECTION("unsubscribed, whatever the flags say") {
    f.subscribe(peer, "t", {true, true}, false);
    CHECK_FALSE(f.partial.requests_partial(peer, "t"));
    CHECK_FALSE(f.partial.supplies_partial(peer, "t"));
  }
  SECTION("unsubscribed and subscribed in one RPC") {
    const std::vector changes{said({}, false), said({true, false})};
    f.partial.subscriptions(peer, changes);
    CHECK(f.partial.requests_partial(peer, "t"));
  }
  SECTION("in its topic") {
    f.takes_part("other");
    CHECK_FALSE(f.partial.requests_partial(peer, "other"));
  }
}

TEST_CASE("partial messages: flags count with the extension alone",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const peer_handle peer{7, 0};
  f.partial.add_peer(peer);
  f.subscribe(peer, "t", {true, true});
  CHECK_FALSE(f.partial.requests_partial(peer, "t"));
  CHECK_FALSE(f.partial.supplies_partial(peer, "t"));
  f.receive(peer, "a", "a");
  CHECK(f.out.empty());
  // Announced later than subscribed.
  f.partial.set_usable(peer, true);
  CHECK(f.partial.requests_partial(peer, "t"));
  CHECK(f.partial.supplies_partial(peer, "t"));
  f.partial.set_usable(peer, false);
  CHECK_FALSE(f.partial.requests_partial(peer, "t"));
  CHECK_FALSE(f.partial.supplies_partial(peer, "t"));
}

TEST_CASE("partial messages: flags are known before we take part",
          "[partial_messages]") {
  partial_fixture f;
  const auto peer = f.peer("t", {true, true});
  CHECK_FALSE(f.partial.requests_partial(peer, "t"));
  f.takes_part("t");
  CHECK(f.partial.requests_partial(peer, "t"));
}

TEST_CASE("partial messages: those that request are spared a full message",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t", false);
  const auto wants = f.peer("t", {true, true});
  const auto supports = f.peer("t", {false, true});
  const auto neither = f.peer("t", {});
  std::vector<peer_handle> peers{wants, supports, wants, neither, wants};
  // What stands before belongs to another list.
  f.partial.spare_requesting("t", peers, 1);
  CHECK(peers == std::vector{wants, supports, neither});
  f.partial.spare_requesting("t", peers, 3);
  f.partial.spare_requesting("other", peers);
  CHECK(peers.size() == 3);
}

TEST_CASE("partial messages: a peer that is gone is forgotten",
          "[partial_messages]") {
  partial_fixture f;
  f.takes_part("t");
  const auto peer = f.peer("t", {true, true});
  f.publish("abc", {peer});
  f.receive(peer, {}, "a");
  f.partial.remove_peer(peer);
  CHECK_FALSE(f.partial.requests_partial(peer, "t"));
  f.out.clear();
  f.publish("abcd", {peer});
  f.subscribe(peer, "t", {true, true});
  f.receive(peer, {}, "a");
  f.partial.set_usable(peer, true);
  f.partial.remove_peer(peer);
  CHECK(f.out.empty());
  CHECK(f.partial.metadata_bytes(peer) == 0);
}

TEST_CASE("partial messages: the topics of all peers' flags are bounded",
          "[partial_messages]") {
  mesh_limits bounds;
  bounds.topics = 2;
  partial_messages partial{{}, 1'000, bounds};
  const peer_handle first{0, 0};
  const peer_handle second{1, 0};
  const auto subscribe = [&](peer_handle peer, const std::string& topic) {
    const proto::subscription change{topic, true, true, true};
    partial.subscriptions(peer, {&change, 1});
  };
  for (const auto peer : {first, second}) {
    partial.add_peer(peer);
    partial.set_usable(peer, true);
  }
  subscribe(first, "a");
  subscribe(second, "b");
  subscribe(first, "c");
  subscribe(second, "d");
  // In a topic that is known there is room for all.
  subscribe(second, "a");
  // Whatever is kept of them shows once this node takes part.
  for (const auto* topic : {"a", "b", "c", "d"})
    partial.set_topic(topic, {true, std::make_shared<letter_parts>()});
  CHECK(partial.requests_partial(first, "a"));
  CHECK(partial.requests_partial(second, "a"));
  CHECK(partial.requests_partial(second, "b"));
  CHECK_FALSE(partial.requests_partial(first, "c"));
  CHECK_FALSE(partial.requests_partial(second, "d"));
}

TEST_CASE("partial messages: a peer's flags are bounded like subscriptions",
          "[partial_messages]") {
  mesh_limits bounds;
  bounds.topics_per_peer = 3;
  bounds.topic_size = 4;
  bounds.topic_bytes_per_peer = 8;
  partial_messages partial{{}, 1'000, bounds};
  const auto rules = std::make_shared<letter_parts>();
  for (const auto* topic : {"a", "b", "c", "d", "12345", "1234", "5678"})
    partial.set_topic(topic, {true, rules});
  const peer_handle peer{0, 0};
  partial.add_peer(peer);
  partial.set_usable(peer, true);
  const auto subscribe = [&](const std::string& topic, bool yes = true) {
    const proto::subscription change{topic, yes, true, true};
    partial.subscriptions(peer, {&change, 1});
    return partial.requests_partial(peer, topic);
  };
  SECTION("topics") {
    CHECK(subscribe("a"));
    CHECK(subscribe("b"));
    CHECK(subscribe("c"));
    CHECK_FALSE(subscribe("d"));
    CHECK(subscribe("a"));
    CHECK_FALSE(subscribe("b", false));
    CHECK(subscribe("d"));
  }
  SECTION("a topic's bytes") {
    CHECK_FALSE(subscribe("12345"));
  }
  SECTION("all topics' bytes") {
    CHECK(subscribe("1234"));
    CHECK(subscribe("a"));
    CHECK_FALSE(subscribe("5678"));
    CHECK_FALSE(subscribe("1234", false));
    CHECK(subscribe("5678"));
  }
}
