#include "gossip/message_cache.hpp"
#include "gossip/seqno.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr verdict accepted{};
constexpr verdict rejected{verdict_kind::reject, reject_reason::bad_signature};
constexpr verdict ignored{verdict_kind::ignore, {}};

/// A cache with its clock, whose effects are looked at by kind.
class fixture {
public:
  explicit fixture(message_cache_options options = {})
      : cache{std::move(options)} {}

  credit receive(int peer, std::string_view data = "data",
                 const std::string& name = "id") {
    // Kept, for effects see their topic and id in what was received.
    const auto& wire = wires.emplace_back(message_bytes("topic", data));
    const auto& id = ids.emplace_back(name);
    return cache.receive(sender(peer), wire.view, id, now, effects);
  }

  /// Receives a new message, and gives its token.
  validation_token begin(int peer, std::string_view data = "data",
                         const std::string& name = "id") {
    REQUIRE(receive(peer, data, name) == credit::pending);
    return take<validate_message>().token;
  }

  /// Receives a message of an author with a number, which is its id too.
  credit receive_numbered(int peer, std::uint8_t seqno) {
    const auto author = sender(100);
    const seqno_bytes number = encode_seqno(seqno);
    proto::message_view fields;
    fields.topic = "topic";
    fields.has_topic = true;
    fields.from = author.view();
    fields.seqno = number;
    const auto& wire = wires.emplace_back(encoded_message(fields));
    const auto& id = ids.emplace_back(std::to_string(seqno));
    return cache.receive(sender(peer), wire.view, id, now, effects);
  }

  validation_token begin_numbered(int peer, std::uint8_t seqno) {
    REQUIRE(receive_numbered(peer, seqno) == credit::pending);
    return take<validate_message>().token;
  }

  void decide(validation_token token, verdict result,
              const std::string& name = "id") {
    cache.decide(message_id{name}, token, result, now, effects);
  }

  /// Takes all effects of a kind.
  template <class Effect>
  std::vector<Effect> take_all() {
    std::vector<Effect> taken;
    std::erase_if(effects, [&](const message_effect& effect) {
      const auto* found = std::get_if<Effect>(&effect);
      if (found != nullptr)
        taken.push_back(*found);
      return found != nullptr;
    });
    return taken;
  }

  /// Takes the only effect of a kind.
  template <class Effect>
  Effect take() {
    const auto taken = take_all<Effect>();
    REQUIRE(taken.size() == 1);
    return taken.front();
  }

  message_cache cache;
  message_effects effects;
  time_point now{};
  std::deque<wire_message> wires;
  std::deque<message_id> ids;
};

std::vector<libp2p::peer_id> peers_of(const auto& list) {
  std::vector<libp2p::peer_id> peers;
  for (const auto& one : list)
    peers.push_back(one.peer);
  return peers;
}

} // namespace

TEST_CASE("message_cache: new, validated, delivered",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: duplicates after the verdict",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: deliveries in time count once per peer (P3)",
          "[gossip][message_cache]") {
  message_cache_options options;
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

TEST_CASE("message_cache: echoes of own messages are deliveries in time",
          "[gossip][message_cache]") {
  message_cache_options options;
  options.delivery_window = 2s;
  fixture f{options};
  f.cache.publish(message_named("id", "topic"), f.now, f.effects);
  f.effects.clear();
  f.receive(1);
  CHECK(f.take<duplicate_message>().in_time);
  f.receive(1);
  CHECK_FALSE(f.take<duplicate_message>().in_time);
}

TEST_CASE("message_cache: without a window, or unless accepted, no delivery "
          "is in time",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: identical copies while validating",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: a forged copy does not shadow the true one",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: nor does one that came and went before",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: differing copies beside an accepted one",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: ignored is seen", "[gossip][message_cache]") {
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

TEST_CASE("message_cache: a late or repeated verdict does nothing",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: this node's message from somebody else",
          "[gossip][message_cache]") {
  message_cache_options options;
  options.self = sender(9);
  fixture f{options};
  const wire_message wire{message_bytes("topic", "data", sender(9))};
  CHECK(
      f.cache.receive(sender(1), wire.view, message_id{"id"}, f.now, f.effects)
      == credit::returned);
  const auto bad = f.take<rejected_message>();
  CHECK(bad.peer == sender(1));
  CHECK(bad.topic == "topic");
  CHECK(bad.reason == reject_reason::own_message);
  CHECK(f.cache.seen().size() == 0);
}

TEST_CASE("message_cache: blocked peers' messages are dropped, not penalised",
          "[gossip][message_cache]") {
  fixture f;
  f.cache.block(sender(1));
  CHECK(f.receive(1) == credit::returned);
  const auto bad = f.take<rejected_message>();
  CHECK(bad.peer == sender(1));
  CHECK(bad.reason == reject_reason::blacklisted_peer);
  CHECK_FALSE(counts_as_invalid(bad.reason));
  CHECK(f.cache.seen().size() == 0);
  // Others' copies are as good as ever, and so are its own once it may again.
  const auto token = f.begin(2);
  f.cache.unblock(sender(1));
  CHECK(f.receive(1) == credit::returned);
  CHECK(f.take<duplicate_message>().peer == sender(1));
  f.decide(token, accepted);
  CHECK(f.take<deliver_message>().forwarders.size() == 1);
}

TEST_CASE("message_cache: blocked authors' messages are dropped, whoever sends "
          "them",
          "[gossip][message_cache]") {
  message_cache_options options;
  options.self = sender(9);
  fixture f{options};
  f.cache.block(sender(7));
  const auto reason_for = [&f](int author, int from) {
    const wire_message wire{message_bytes("topic", "data", sender(author))};
    f.cache.receive(sender(from), wire.view, message_id{"id"}, f.now,
                    f.effects);
    return f.take<rejected_message>().reason;
  };
  CHECK(reason_for(7, 1) == reject_reason::blacklisted_author);
  CHECK(reason_for(7, 7) == reject_reason::blacklisted_peer);
  CHECK(reason_for(9, 1) == reject_reason::own_message);
  CHECK_FALSE(counts_as_invalid(reject_reason::blacklisted_author));
  CHECK(f.cache.blocked(sender(7)));
  CHECK_FALSE(f.cache.blocked(sender(1)));
}

TEST_CASE("message_cache: every other rejection counts as an invalid message",
          "[gossip][message_cache]") {
  using enum reject_reason;
  for (const auto reason :
       {missing_signature, bad_signature, bad_author, bad_seqno, bad_key,
        missing_key, unexpected_author, unexpected_signature, own_message,
        validator, rejected_before})
    CHECK(counts_as_invalid(reason));
}

TEST_CASE("message_cache: monotonic sequence numbers, old ones are ignored and "
          "not penalised",
          "[gossip][message_cache]") {
  message_cache_options options;
  options.monotonic_seqno = true;
  fixture f{options};
  const auto token = f.begin_numbered(1, 5);
  const auto other = f.begin_numbered(1, 4); // not yet old
  f.decide(token, accepted, "5");
  CHECK(f.take<deliver_message>().source == sender(1));
  f.effects.clear();
  // At its acceptance.
  f.decide(other, accepted, "4");
  const auto late = f.take<ignored_message>();
  CHECK(late.msg->id().raw() == "4");
  CHECK(late.source == sender(1));
  CHECK(late.topic == "topic");
  CHECK(late.id->raw() == "4");
  CHECK(f.take<release_credit>().peer == sender(1));
  // At its arrival: not remembered, for nobody has checked whose it is.
  CHECK(f.receive_numbered(2, 3) == credit::returned);
  const auto replayed = f.take<ignored_message>();
  CHECK(replayed.msg == nullptr);
  CHECK(replayed.source == sender(2));
  CHECK(replayed.topic == "topic");
  CHECK(replayed.id->raw() == "3");
  CHECK(f.receive_numbered(2, 6) == credit::pending);
  CHECK(f.cache.seen().size() == 3);
}

TEST_CASE("message_cache: what is not accepted does not raise the number",
          "[gossip][message_cache]") {
  message_cache_options options;
  options.monotonic_seqno = true;
  fixture f{options};
  f.decide(f.begin_numbered(1, 9), rejected, "9");
  f.effects.clear();
  f.decide(f.begin_numbered(1, 1), accepted, "1");
  CHECK(f.take<deliver_message>().msg->id().raw() == "1");
}

TEST_CASE("message_cache: by default numbers may come in any order",
          "[gossip][message_cache]") {
  fixture f;
  for (const auto seqno : {5, 4}) {
    f.decide(f.begin_numbered(1, static_cast<std::uint8_t>(seqno)), accepted,
             std::to_string(seqno));
    CHECK(f.take_all<deliver_message>().size() == 1);
    f.effects.clear();
  }
}

TEST_CASE("message_cache: throttled, not remembered",
          "[gossip][message_cache]") {
  message_cache_options options;
  options.validation.max_messages = 1;
  options.validation.max_copies = 0;
  fixture f{options};
  const auto token = f.begin(1);
  CHECK(f.receive(2, "data", "other") == credit::returned);
  const auto throttled = f.take<throttled_message>();
  CHECK(throttled.peer == sender(2));
  CHECK(throttled.topic == "topic");
  CHECK(throttled.id->raw() == "other");
  CHECK(f.receive(3, "differing") == credit::returned);
  CHECK(f.take<throttled_message>().peer == sender(3));
  f.decide(token, accepted);
  f.effects.clear();
  CHECK(f.receive(2, "data", "other") == credit::pending);
}

TEST_CASE("message_cache: throttled beyond its topic's bound",
          "[gossip][message_cache]") {
  fixture f;
  f.cache.bound_validation("topic", 1);
  const auto token = f.begin(1);
  CHECK(f.receive(2, "data", "other") == credit::returned);
  CHECK(f.take<throttled_message>().topic == "topic");
  f.decide(token, accepted);
  f.effects.clear();
  CHECK(f.receive(2, "data", "other") == credit::pending);
}

TEST_CASE("message_cache: publishing", "[gossip][message_cache]") {
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

TEST_CASE("message_cache: publishing what others just sent",
          "[gossip][message_cache]") {
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

TEST_CASE("message_cache: IWANT", "[gossip][message_cache]") {
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

TEST_CASE("message_cache: IHAVE", "[gossip][message_cache]") {
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

TEST_CASE("message_cache: shifting ends gossip, then IWANT",
          "[gossip][message_cache]") {
  fixture f;
  rng gen{1};
  f.cache.publish(message_named("a", "topic"), f.now, f.effects);
  CHECK(f.cache.gossip_ids("topic", 10, gen).size() == 1);
  for (int i = 0; i < 5; ++i) {
    f.now += 1s;
    f.cache.shift(f.now);
  }
  CHECK(f.cache.gossip_ids("topic", 10, gen).empty());
  CHECK(f.cache.window().size() == 0);
  CHECK(f.cache.seen().size() == 1);
  f.cache.shift(f.now + 120s);
  CHECK(f.cache.seen().size() == 0);
}

TEST_CASE("message_cache: a full seen cache loses no verdict",
          "[gossip][message_cache]") {
  message_cache_options options;
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

TEST_CASE("message_cache: what a validator rejected is not asked for again, "
          "whoever gossips it may have other rules",
          "[gossip][message_cache]") {
  fixture f;
  const auto reason =
      GENERATE(reject_reason::validator, reject_reason::bad_signature);
  f.decide(f.begin(1, "data"), {verdict_kind::reject, reason});
  std::vector<std::string> wanted;
  f.cache.ihave(std::vector<std::string>{"id"}, 10, f.now, wanted);
  CHECK(wanted.empty() == (reason == reject_reason::validator));
}
