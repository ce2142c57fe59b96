#pragma once

#include "gossip/partial/partial_messages.hpp"
#include "proto/varint.hpp"
#include "tests/support/letter_parts.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::test {

/// How one side takes part in a topic: the four pairs of the two flags.
struct partial_flags {
  bool requests = false;
  bool supports = false;
};

/// All pairs; requesting without supporting means supporting, too.
inline constexpr partial_flags all_flags[]{
    {false, false}, {false, true}, {true, false}, {true, true}};

/// A frame in words: `group parts|metadata`, `-` for what is absent.
inline std::string in_words(bytes_view frame) {
  const auto length = read_varint(frame);
  const auto rpc = proto::decode_rpc(frame.subspan(length.size), {});
  if (length.value != frame.size() - length.size || !rpc || !rpc->partial)
    throw std::logic_error{"not the frame of a partial message"};
  const auto word = [](const std::optional<bytes_view>& field) {
    return field ? grapevine::to_string(*field) : "-";
  };
  return grapevine::to_string(rpc->partial->group) + ' '
         + word(rpc->partial->parts) + '|' + word(rpc->partial->metadata);
}

/// The router's partial messages with its effects, and words for both.
struct partial_fixture {
  gossip::partial_messages partial;
  gossip::partial_effects out;
  std::uint32_t next_slot = 0;

  explicit partial_fixture(const gossip::partial_limits& limits = {},
                           std::size_t max_rpc_size = 1 << 20)
      : partial{limits, max_rpc_size} {}

  /// This node takes part in the topic.
  void takes_part(std::string_view topic, bool requests = true,
                  bool eager = false) {
    partial.set_topic(topic, {requests, std::make_shared<letter_parts>(eager)});
  }

  /// A peer with the extension, subscribed to the topic.
  gossip::peer_handle peer(std::string_view topic, partial_flags flags) {
    const gossip::peer_handle made{next_slot++, 0};
    partial.add_peer(made);
    partial.set_usable(made, true);
    subscribe(made, topic, flags);
    return made;
  }

  void subscribe(gossip::peer_handle who, std::string_view topic,
                 partial_flags flags, bool subscribe = true) {
    const proto::subscription change{std::string{topic}, subscribe,
                                     flags.requests, flags.supports};
    partial.subscriptions(who, {&change, 1});
  }

  bool publish(std::string_view parts,
               const std::vector<gossip::peer_handle>& whom,
               std::string_view topic = "t", std::string_view group = "g") {
    return partial.publish(topic, as_bytes(group), as_bytes(parts),
                           as_bytes(parts), whom, out);
  }

  void receive(gossip::peer_handle from, std::optional<std::string_view> parts,
               std::optional<std::string_view> metadata,
               std::string_view topic = "t", std::string_view group = "g") {
    proto::partial_view rpc{topic, as_bytes(group), {}, {}};
    if (parts)
      rpc.parts = as_bytes(*parts);
    if (metadata)
      rpc.metadata = as_bytes(*metadata);
    partial.receive(from, rpc, out);
  }

  /// What was sent to the peer since the last call, in words.
  std::vector<std::string> sent_to(gossip::peer_handle peer) {
    std::vector<std::string> words;
    std::erase_if(out.sends, [&](const gossip::partial_due& send) {
      if (send.to != peer)
        return false;
      words.push_back(in_words(*send.frame));
      return true;
    });
    return words;
  }

  /// The kinds of events since the last call.
  std::vector<gossip::partial_event_kind> events() {
    std::vector<gossip::partial_event_kind> kinds;
    for (const auto& event : out.events)
      kinds.push_back(event.kind);
    out.events.clear();
    return kinds;
  }
};

} // namespace grapevine::test
