// What the cache does not take in, and whom that is held against.
#include "tests/support/message_store_fixture.hpp"

#include <algorithm>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;
using fixture = message_store_fixture;

namespace {

message_ptr message_by(const libp2p::peer_id& author) {
  const wire_message wire{message_bytes("topic", "data", author)};
  return message::copy_of(wire.view, message_id{"id"});
}

} // namespace

TEST_CASE("message_store: this node's message from somebody else is a "
          "duplicate, remembered or not",
          "[gossip][message_store]") {
  message_store_options options;
  options.self = sender(9);
  options.delivery_window = 1h;
  fixture f{options};
  const auto own = message_by(sender(9));
  const bool remembered = GENERATE(false, true);
  if (remembered)
    f.cache.publish(own, f.now, f.effects);
  f.effects.clear();
  CHECK(f.receive(1, own) == credit::returned);
  const auto again = f.take<duplicate_message>();
  CHECK(again.peer == sender(1));
  CHECK(again.topic == "topic");
  CHECK(again.own);
  CHECK_FALSE(again.in_time);
  CHECK(f.take_all<rejected_message>().empty());
  // Nobody has checked whose it is: another's of that id is still taken.
  CHECK(f.cache.seen().size() == (remembered ? 1 : 0));
}

TEST_CASE("message_store: this node's own ids are not asked for",
          "[gossip][message_store]") {
  message_store_options options;
  options.self = sender(9);
  options.default_ids = GENERATE(true, false);
  fixture f{options};
  const std::string own{as_text(sender(9).view())};
  const std::string other{as_text(sender(8).view())};
  const std::vector<std::string> offered{own + "12345678", other + "12345678",
                                         own + "12345679"};
  std::vector<std::string> wanted;
  f.cache.ihave(offered, 10, f.now, wanted);
  // By another function's ids nobody can tell whose a message is.
  CHECK(wanted == (options.default_ids ? std::vector{offered[1]} : offered));
}

TEST_CASE("message_store: blocked peers' messages are dropped, not penalised",
          "[gossip][message_store]") {
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

TEST_CASE("message_store: blocked authors' messages are dropped, whoever sends "
          "them",
          "[gossip][message_store]") {
  message_store_options options;
  options.self = sender(9);
  fixture f{options};
  f.cache.block(sender(7));
  const auto reason_for = [&f](int author, int from) {
    f.receive(from, message_by(sender(author)));
    return f.take<rejected_message>().reason;
  };
  CHECK(reason_for(7, 1) == reject_reason::blacklisted_author);
  CHECK(reason_for(7, 7) == reject_reason::blacklisted_peer);
  CHECK_FALSE(counts_as_invalid(reject_reason::blacklisted_author));
  CHECK(f.cache.blocked(sender(7)));
  CHECK_FALSE(f.cache.blocked(sender(1)));
}

TEST_CASE("message_store: every other rejection counts as an invalid message",
          "[gossip][message_store]") {
  using enum reject_reason;
  for (const auto reason : {missing_signature, bad_signature, bad_author,
                            bad_seqno, bad_key, missing_key, unexpected_author,
                            unexpected_signature, validator, rejected_before})
    CHECK(counts_as_invalid(reason));
}

TEST_CASE("message_store: monotonic sequence numbers, old ones are ignored and "
          "not penalised",
          "[gossip][message_store]") {
  message_store_options options;
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

TEST_CASE("message_store: what is not accepted does not raise the number",
          "[gossip][message_store]") {
  message_store_options options;
  options.monotonic_seqno = true;
  fixture f{options};
  f.decide(f.begin_numbered(1, 9), rejected, "9");
  f.effects.clear();
  f.decide(f.begin_numbered(1, 1), accepted, "1");
  CHECK(f.take<deliver_message>().msg->id().raw() == "1");
}

TEST_CASE("message_store: what was published by another key than the node's is "
          "old when it comes back, however late",
          "[gossip][message_store]") {
  message_store_options options;
  options.monotonic_seqno = true;
  options.self = sender(50);
  fixture f{options};
  REQUIRE(f.receive_numbered(1, 7) == credit::pending);
  const auto msg = f.received.back();
  f.effects.clear();
  REQUIRE(f.cache.publish(msg, f.now, f.effects));
  f.effects.clear();
  f.now += 1h;
  CHECK(f.receive(2, msg) == credit::returned);
  CHECK(f.take<ignored_message>().source == sender(2));
}

TEST_CASE("message_store: by default numbers may come in any order",
          "[gossip][message_store]") {
  fixture f;
  for (const auto seqno : {5, 4}) {
    f.decide(f.begin_numbered(1, static_cast<std::uint8_t>(seqno)), accepted,
             std::to_string(seqno));
    CHECK(f.take_all<deliver_message>().size() == 1);
    f.effects.clear();
  }
}

TEST_CASE("message_store: throttled, not remembered",
          "[gossip][message_store]") {
  message_store_options options;
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

TEST_CASE("message_store: throttled beyond its topic's bound",
          "[gossip][message_store]") {
  fixture f;
  f.cache.bound_validation("topic", 1);
  const auto token = f.begin(1);
  CHECK(f.receive(2, "data", "other") == credit::returned);
  CHECK(f.take<throttled_message>().topic == "topic");
  f.decide(token, accepted);
  f.effects.clear();
  CHECK(f.receive(2, "data", "other") == credit::pending);
}

TEST_CASE("message_store: what a validator rejected is not asked for again, "
          "whoever gossips it may have other rules",
          "[gossip][message_store]") {
  fixture f;
  const auto reason =
      GENERATE(reject_reason::validator, reject_reason::bad_signature);
  f.decide(f.begin(1, "data"), {verdict_kind::reject, reason});
  std::vector<std::string> wanted;
  f.cache.ihave(std::vector<std::string>{"id"}, 10, f.now, wanted);
  CHECK(wanted.empty() == (reason == reject_reason::validator));
}
