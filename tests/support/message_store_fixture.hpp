#pragma once

#include "gossip/cache/message_store.hpp"
#include "gossip/message/seqno.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace grapevine::test {

inline const gossip::verdict accepted{};
inline const gossip::verdict rejected{gossip::verdict_kind::reject,
                                      gossip::reject_reason::bad_signature};
inline const gossip::verdict ignored{gossip::verdict_kind::ignore, {}};

/// A cache with its clock, whose effects are looked at by kind.
class message_store_fixture {
public:
  explicit message_store_fixture(gossip::message_store_options options = {})
      : cache{std::move(options)} {}

  gossip::credit receive(int peer, std::string_view data = "data",
                         const std::string& name = "id") {
    return receive(peer, message_named(name, "topic", data));
  }

  gossip::credit receive(int peer, gossip::message_ptr msg) {
    // Kept, for effects see their topic and id in what was received.
    return cache.receive(sender(peer), received.emplace_back(std::move(msg)),
                         now, effects);
  }

  /// Receives a new message, and gives its token.
  gossip::validation_token begin(int peer, std::string_view data = "data",
                                 const std::string& name = "id") {
    REQUIRE(receive(peer, data, name) == gossip::credit::pending);
    return take<gossip::validate_message>().token;
  }

  /// Receives a message of an author with a number, which is its id too.
  gossip::credit receive_numbered(int peer, std::uint8_t seqno) {
    const auto author = sender(100);
    const gossip::seqno_bytes number = gossip::encode_seqno(seqno);
    proto::message_view fields;
    fields.topic = "topic";
    fields.has_topic = true;
    fields.from = author.view();
    fields.seqno = number;
    const wire_message wire{encoded_message(fields)};
    return receive(peer,
                   gossip::message::copy_of(
                       wire.view, gossip::message_id{std::to_string(seqno)}));
  }

  gossip::validation_token begin_numbered(int peer, std::uint8_t seqno) {
    REQUIRE(receive_numbered(peer, seqno) == gossip::credit::pending);
    return take<gossip::validate_message>().token;
  }

  void decide(gossip::validation_token token, gossip::verdict result,
              const std::string& name = "id") {
    cache.decide(gossip::message_id{name}, token, result, now, effects);
  }

  /// Takes all effects of a kind.
  template <class Effect>
  std::vector<Effect> take_all() {
    std::vector<Effect> taken;
    std::erase_if(effects, [&](const gossip::message_effect& effect) {
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

  gossip::message_store cache;
  gossip::message_effects effects;
  time_point now{};
  std::vector<gossip::message_ptr> received;
};

} // namespace grapevine::test
