#include "tests/support/message_store_fixture.hpp"

#include <algorithm>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;
using fixture = message_store_fixture;

namespace {

std::vector<libp2p::peer_id> peers_of(const auto& list) {
  std::vector<libp2p::peer_id> peers;
  for (const auto& one : list)
    peers.push_back(one.peer);
  return peers;
}

} // namespace

TEST_CASE("message_store: what a validator attached goes along with the "
          "message, a peer's or our own",
          "[gossip][message_store]") {
  fixture f;
  f.decide(f.begin(1),
           {verdict_kind::accept, reject_reason::validator, std::any{5}});
  CHECK(std::any_cast<int>(f.take<deliver_message>().value) == 5);
  f.decide(f.begin(1, "data", "other"), accepted, "other");
  CHECK_FALSE(f.take<deliver_message>().value.has_value());
  f.cache.publish(message_named("own"), f.now, f.effects, std::any{6});
  CHECK(std::any_cast<int>(f.take<deliver_message>().value) == 6);
}

TEST_CASE("message_store: new, validated, delivered",
          "[gossip][message_store]") {
  fixture f;
  CHECK(f.receive(1) == credit::pending);
  const auto validate = f.take<validate_message>();
  CHECK(validate.source == sender(1));
  CHECK_FALSE(validate.retry);
  CHECK(as_text(validate.msg->data()) == "data");
  CHECK(validate.msg->id().raw() == "id");
  f.decide(validate.token, accepted);
  const auto deliver = f.take<deliver_message>();
  CHECK(deliver.msg == validate.msg);
  CHECK(deliver.source == sender(1));
  CHECK(deliver.forwarders.empty());
  const auto released = f.take<release_credit>();
  CHECK(released.peer == sender(1));
  CHECK(released.bytes == validate.msg->encoded().size());
  CHECK(f.effects.empty());
  CHECK(f.cache.window().find("id") == validate.msg);
}

TEST_CASE("message_store: duplicates after the verdict",
          "[gossip][message_store]") {
  fixture f;
  const auto token = f.begin(1);
  f.now += 1s;
  f.decide(token, accepted);
  f.effects.clear();
  f.now += 5ms;
  CHECK(f.receive(2) == credit::returned);
  auto duplicate = f.take<duplicate_message>();
  CHECK(duplicate.peer == sender(2));
  CHECK(duplicate.topic == "topic");
  CHECK(duplicate.id->raw() == "id");
  CHECK(duplicate.state == seen_state::accepted);
  CHECK(duplicate.age == 5ms);
  // Other bytes too: the id was decided.
  CHECK(f.receive(3, "forged") == credit::returned);
  CHECK(f.take<duplicate_message>().peer == sender(3));
  // 120 s after it was first seen it is new again.
  f.now = time_point{} + 120s;
  CHECK(f.receive(2) == credit::pending);
  CHECK(f.effects.size() == 1);
}

TEST_CASE("message_store: deliveries in time count once per peer (P3)",
          "[gossip][message_store]") {
  message_store_options options;
  options.delivery_window = 2s;
  fixture f{options};
  const auto in_time = [&f](int peer) {
    CHECK(f.receive(peer) == credit::returned);
    return f.take<duplicate_message>().in_time;
  };
  const auto token = f.begin(1);
  CHECK_FALSE(in_time(2)); // told at the delivery
  f.receive(3, "forged");
  f.now += 10s;
  f.decide(token, accepted);
  f.effects.clear();
  for (const int peer : {1, 2, 3})
    CHECK_FALSE(in_time(peer));
  CHECK(in_time(4));
  CHECK_FALSE(in_time(4));
  f.now += 2s; // counted from the acceptance
  CHECK(in_time(5));
  f.now += 1ns;
  CHECK_FALSE(in_time(6));
}

TEST_CASE("message_store: echoes of own messages are deliveries in time",
          "[gossip][message_store]") {
  message_store_options options;
  options.delivery_window = 2s;
  fixture f{options};
  f.cache.publish(message_named("id", "topic"), f.now, f.effects);
  f.effects.clear();
  f.receive(1);
  CHECK(f.take<duplicate_message>().in_time);
  f.receive(1);
  CHECK_FALSE(f.take<duplicate_message>().in_time);
}

TEST_CASE("message_store: without a window, or unless accepted, no delivery "
          "is in time",
          "[gossip][message_store]") {
  fixture f;
  SECTION("no window") {
    f.decide(f.begin(1), accepted);
  }
  SECTION("ignored") {
    f.cache.delivery_window(2s);
    f.decide(f.begin(1), ignored);
  }
  f.effects.clear();
  f.receive(2);
  CHECK_FALSE(f.take<duplicate_message>().in_time);
}

TEST_CASE("message_store: identical copies while validating",
          "[gossip][message_store]") {
  fixture f;
  const auto token = f.begin(1);
  // Twice from the same peer.
  for (const int peer : {2, 3, 2}) {
    CHECK(f.receive(peer) == credit::returned);
    const auto duplicate = f.take<duplicate_message>();
    CHECK(duplicate.peer == sender(peer));
    CHECK(duplicate.state == seen_state::validating);
    CHECK_FALSE(duplicate.in_time);
  }
  SECTION("accepted: their credit for being in time") {
    f.decide(token, accepted);
    const auto deliver = f.take<deliver_message>();
    CHECK(peers_of(deliver.forwarders) == std::vector{sender(2), sender(3)});
    CHECK(deliver.forwarders[0].identical);
    CHECK(f.take_all<release_credit>().size() == 1);
  }
  SECTION("rejected: theirs too") {
    f.decide(token, rejected);
    const auto bad = f.take_all<rejected_message>();
    CHECK(peers_of(bad) == std::vector{sender(1), sender(2), sender(3)});
    CHECK(bad[0].topic == "topic");
    CHECK(bad[0].id->raw() == "id");
    CHECK(bad[0].reason == reject_reason::bad_signature);
    CHECK(f.take<release_credit>().peer == sender(1));
  }
  SECTION("ignored: nobody's fault") {
    f.decide(token, ignored);
    CHECK(f.take<ignored_message>().source == sender(1));
    CHECK(f.take<release_credit>().peer == sender(1));
  }
  CHECK(f.effects.empty());
}

TEST_CASE("message_store: a forged copy does not shadow the true one",
          "[gossip][message_store]") {
  fixture f;
  const auto forged = f.begin(1, "forged");
  CHECK(f.receive(2, "true") == credit::pending);
  CHECK(f.effects.empty()); // one at a time
  CHECK(f.receive(3, "true") == credit::returned);
  CHECK(f.take<duplicate_message>().peer == sender(3));
  f.decide(forged, rejected);
  CHECK(f.take<rejected_message>().peer == sender(1));
  CHECK(f.take<release_credit>().peer == sender(1));
  const auto next = f.take<validate_message>();
  CHECK(next.retry);
  CHECK(next.source == sender(2));
  CHECK(as_text(next.msg->data()) == "true");
  // The forged bytes again: known already, and held against their sender.
  CHECK(f.receive(4, "forged") == credit::returned);
  const auto again = f.take<rejected_message>();
  CHECK(again.peer == sender(4));
  CHECK(again.reason == reject_reason::rejected_before);
  CHECK(again.id->raw() == "id");
  f.decide(next.token, accepted);
  const auto deliver = f.take<deliver_message>();
  CHECK(deliver.source == sender(2));
  CHECK(peers_of(deliver.forwarders) == std::vector{sender(3)});
  CHECK(f.take<release_credit>().peer == sender(2));
  CHECK(f.effects.empty());
}

TEST_CASE("message_store: nor does one that came and went before",
          "[gossip][message_store]") {
  fixture f;
  f.decide(f.begin(1, "forged"), rejected);
  f.effects.clear();
  CHECK(f.receive(2, "forged") == credit::returned);
  CHECK(f.take<rejected_message>().reason == reject_reason::rejected_before);
  // It may be asked for, too.
  std::vector<std::string> wanted;
  f.cache.ihave(std::vector<std::string>{"id"}, 10, f.now, wanted);
  CHECK(wanted.size() == 1);
  f.decide(f.begin(3, "true"), accepted);
  CHECK(f.take<deliver_message>().source == sender(3));
  f.effects.clear();
  CHECK(f.receive(4, "forged") == credit::returned);
  CHECK(f.take<rejected_message>().peer == sender(4));
  CHECK(f.receive(5, "true") == credit::returned);
  CHECK(f.take<duplicate_message>().peer == sender(5));
}

TEST_CASE("message_store: differing copies beside an accepted one",
          "[gossip][message_store]") {
  fixture f;
  const auto token = f.begin(1, "true");
  CHECK(f.receive(2, "other") == credit::pending);
  CHECK(f.receive(3, "other") == credit::returned);
  f.effects.clear();
  f.decide(token, accepted);
  const auto deliver = f.take<deliver_message>();
  CHECK(peers_of(deliver.forwarders) == std::vector{sender(2), sender(3)});
  for (const auto& one : deliver.forwarders)
    CHECK_FALSE(one.identical);
  CHECK(peers_of(f.take_all<release_credit>())
        == std::vector{sender(1), sender(2)});
  CHECK(f.effects.empty());
  CHECK(f.cache.validating().bytes_held() == 0);
}

TEST_CASE("message_store: ignored is seen", "[gossip][message_store]") {
  fixture f;
  const auto token = f.begin(1);
  SECTION("alone") {
    f.decide(token, ignored);
  }
  SECTION("then another copy rejected") {
    f.receive(2, "other");
    f.decide(token, ignored);
    const auto next = f.take<validate_message>();
    f.decide(next.token, rejected);
    CHECK(f.take<rejected_message>().peer == sender(2));
  }
  f.effects.clear();
  CHECK(f.receive(3) == credit::returned);
  CHECK(f.take<duplicate_message>().state == seen_state::ignored);
  std::vector<std::string> wanted;
  f.cache.ihave(std::vector<std::string>{"id"}, 10, f.now, wanted);
  CHECK(wanted.empty());
}

TEST_CASE("message_store: a late or repeated verdict does nothing",
          "[gossip][message_store]") {
  fixture f;
  const auto token = f.begin(1);
  f.decide(token + 1, accepted);
  f.decide(token, accepted, "other");
  CHECK(f.effects.empty());
  f.decide(token, accepted);
  f.effects.clear();
  f.decide(token, rejected);
  CHECK(f.effects.empty());
}

TEST_CASE("message_store: publishing", "[gossip][message_store]") {
  fixture f;
  const auto msg = message_named("id", "topic");
  CHECK(f.cache.publish(msg, f.now, f.effects));
  const auto deliver = f.take<deliver_message>();
  CHECK(deliver.msg == msg);
  CHECK(deliver.source.empty());
  CHECK(f.effects.empty());
  CHECK(f.cache.window().find("id") == msg);
  CHECK_FALSE(f.cache.publish(msg, f.now, f.effects));
  CHECK(f.effects.empty());
  CHECK(f.receive(1) == credit::returned);
  CHECK(f.take<duplicate_message>().state == seen_state::accepted);
}

TEST_CASE("message_store: publishing what others just sent",
          "[gossip][message_store]") {
  fixture f;
  const auto token = f.begin(1);
  f.receive(2);
  f.effects.clear();
  CHECK(f.cache.publish(message_named("id", "topic"), f.now, f.effects));
  const auto deliver = f.take<deliver_message>();
  CHECK(deliver.source.empty());
  CHECK(peers_of(deliver.forwarders) == std::vector{sender(1), sender(2)});
  CHECK(f.take<release_credit>().peer == sender(1));
  f.decide(token, accepted);
  CHECK(f.effects.empty());
}

TEST_CASE("message_store: IWANT", "[gossip][message_store]") {
  fixture f;
  for (const auto* name : {"a", "b", "c"})
    f.cache.publish(message_named(name), f.now, f.effects);
  std::vector<message_ptr> out;
  const std::vector<std::string> ids{"a", "x", "c"};
  f.cache.iwant(sender(1), ids, 10, out);
  REQUIRE(out.size() == 2);
  CHECK(out[0]->id().raw() == "a");
  CHECK(out[1]->id().raw() == "c");
  f.cache.iwant(sender(1), ids, 1, out);
  CHECK(out.size() == 3);
  // Asked again and again: three times each and no more.
  for (int i = 0; i < 10; ++i)
    f.cache.iwant(sender(1), ids, 10, out);
  CHECK(out.size() == 6);
}

TEST_CASE("message_store: IHAVE", "[gossip][message_store]") {
  fixture f;
  f.cache.publish(message_named("mine"), f.now, f.effects);
  f.begin(1, "data", "validating");
  const std::vector<std::string> ids{"a", "mine", "validating", "b", "a", "c"};
  std::vector<std::string> wanted;
  f.cache.ihave(ids, 10, f.now, wanted);
  CHECK(wanted == std::vector<std::string>{"a", "b", "c"});
  wanted.clear();
  f.cache.ihave(ids, 2, f.now, wanted);
  CHECK(wanted == std::vector<std::string>{"a", "b"});
  f.cache.ihave(ids, 0, f.now, wanted);
  CHECK(wanted.size() == 2);
}

TEST_CASE("message_store: what was asked for is offered to others once, for it "
          "may be old",
          "[gossip][message_store]") {
  fixture f;
  rng gen{1};
  std::vector<std::string> wanted;
  f.cache.ihave(std::vector<std::string>{"asked", "late"}, 10, f.now, wanted);
  f.decide(f.begin(1, "data", "asked"), accepted, "asked");
  f.decide(f.begin(1, "data", "pushed"), accepted, "pushed");
  CHECK(f.cache.gossip_ids("topic", 3, 10, gen).size() == 2);
  f.cache.shift();
  CHECK(f.cache.gossip_ids("topic", 3, 10, gen)
        == std::vector<std::string>{"pushed"});
  CHECK(f.cache.window().find("asked") != nullptr);
  // Nobody knows any more that it was asked for.
  f.now += 10s;
  f.decide(f.begin(1, "data", "late"), accepted, "late");
  f.cache.shift();
  CHECK(f.cache.gossip_ids("topic", 1, 10, gen).empty());
  CHECK(f.cache.gossip_ids("topic", 2, 10, gen)
        == std::vector<std::string>{"late"});
}

TEST_CASE("message_store: shifting ends gossip, then IWANT",
          "[gossip][message_store]") {
  fixture f;
  rng gen{1};
  f.cache.publish(message_named("a", "topic"), f.now, f.effects);
  CHECK(f.cache.gossip_ids("topic", 3, 10, gen).size() == 1);
  for (int i = 0; i < 5; ++i) {
    f.now += 1s;
    f.cache.shift();
    CHECK_FALSE(f.cache.sweep(f.now));
  }
  CHECK(f.cache.gossip_ids("topic", 3, 10, gen).empty());
  CHECK(f.cache.window().size() == 0);
  CHECK(f.cache.seen().size() == 1);
  CHECK_FALSE(f.cache.sweep(f.now + 120s));
  CHECK(f.cache.seen().size() == 0);
}

TEST_CASE("message_store: a full seen cache loses no verdict",
          "[gossip][message_store]") {
  message_store_options options;
  options.seen.max_entries = 1;
  fixture f{options};
  const auto first = f.begin(1, "data", "first");
  const auto second = f.begin(1, "data", "second"); // forgets the first
  CHECK(f.receive(2, "data", "first") == credit::returned);
  CHECK(f.take<duplicate_message>().state == seen_state::validating);
  f.decide(first, accepted, "first");
  CHECK(peers_of(f.take<deliver_message>().forwarders)
        == std::vector{sender(2)});
  f.decide(second, rejected, "second");
  CHECK(f.take<rejected_message>().peer == sender(1));
}

TEST_CASE("message_store: what needs no validation is delivered at once",
          "[gossip][message_store]") {
  message_store_options options;
  options.sound = [](const message& msg) { return msg.topic() == "topic"; };
  fixture f{options};
  CHECK(f.receive(1) == credit::returned);
  const auto delivered = f.take<deliver_message>();
  CHECK(delivered.at_once);
  CHECK(delivered.source == sender(1));
  CHECK(f.effects.empty());
  CHECK(f.cache.window().size() == 1);
  CHECK(f.cache.validating().size() == 0);
  CHECK(f.receive(2) == credit::returned);
  CHECK(f.take<duplicate_message>().state == seen_state::accepted);
  // Others wait for a verdict.
  CHECK(f.receive(1, message_named("other id", "other")) == credit::pending);
  CHECK(f.take_all<validate_message>().size() == 1);
}

TEST_CASE("message_store: who brings what needs no validation earns by its "
          "first copy alone (P3)",
          "[gossip][message_store]") {
  message_store_options options;
  options.delivery_window = 2s;
  options.sound = [](const message&) { return true; };
  fixture f{options};
  f.receive(1);
  f.effects.clear();
  f.receive(1);
  CHECK_FALSE(f.take<duplicate_message>().in_time);
  f.receive(2);
  CHECK(f.take<duplicate_message>().in_time);
  f.receive(2);
  CHECK_FALSE(f.take<duplicate_message>().in_time);
}
