#pragma once

#include "actors/pubsub/mesh_manager.hpp"
#include "tests/support/changed_context.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

/// Stands in for the actor of a peer.
using fake_peer = recorder<send_hello, send_control, send_messages,
                           return_credit, set_standing, send_partial, send_run>;

/// A mesh manager between stand-ins, in virtual time.
struct manager_fixture {
  explicit manager_fixture(const gossip::parameters& params = {})
      : manager_fixture{virtual_system::context(1, params)} {}

  explicit manager_fixture(const context_ptr& ctx)
      : cache{net.sys()}, events{net.sys()}, manager{spawn_mesh_manager(
                                                 net.sys(), ctx)} {
    say(meet_partners{cache.as<message_cache_actor>(),
                      events.as<event_sink>()});
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(manager, std::move(msg));
    net.run();
  }

  /// A connected peer; with an open outbound stream if `reachable`.
  peer_ref join(std::uint32_t number, const fake_peer& actor,
                bool reachable = true,
                const gossip::peer_traits& traits = inbound_peer) {
    peer_ref peer{numbered_peer(number), actor.as<peer_actor>()};
    say(peer_joined{peer, traits, {}});
    if (reachable)
      say(hello_wanted{peer});
    return peer;
  }

  /// A connected, reachable peer that is subscribed to the topic.
  peer_ref member(std::uint32_t number, const fake_peer& actor,
                  const std::string& topic = "a",
                  const gossip::peer_traits& traits = inbound_peer) {
    auto peer = join(number, actor, true, traits);
    subscribed(peer, topic);
    return peer;
  }

  void subscribed(const peer_ref& peer, const std::string& topic,
                  bool on = true) {
    say(control_received{peer, {{.topic = topic, .subscribe = on}}, {}});
  }

  void controlled(const peer_ref& peer, proto::control control) {
    say(control_received{peer, {}, std::move(control), 1});
  }

  void grafted(const peer_ref& peer, const std::string& topic) {
    proto::control control;
    control.grafts.push_back(topic);
    controlled(peer, std::move(control));
  }

  void pruned(const peer_ref& peer, proto::prune prune) {
    proto::control control;
    control.prunes.push_back(std::move(prune));
    controlled(peer, std::move(control));
  }

  static gossip::message_ptr message(std::string_view data,
                                     std::string_view topic = "a") {
    return gossip::build_message(
        {topic, as_bytes(data), std::nullopt, std::nullopt}, nullptr,
        gossip::default_message_id);
  }

  /// Asks the manager; nothing if it answers by an error.
  template <class Answer, class T>
  std::optional<Answer> answer_to(const T& question) {
    std::optional<Answer> result;
    net.sys().spawn([&, question](caf::event_based_actor* self) {
      ask(self, manager, 1h, question)
          .then([&](const Answer& a) { result = a; }, [](caf::error&) {});
    });
    net.run();
    return result;
  }

  /// Asks for peers of a topic; the answer is there once `answered()`.
  void ask_for_peers(const std::string& topic, std::size_t count) {
    net.sys().spawn(
        [this](caf::event_based_actor* self, const await_peers& question) {
          ask(self, manager, 1h, question)
              .then([this](const peers_ready& r) { answer = r.count; },
                    [this](caf::error&) { answer = 999; });
        },
        await_peers{topic, count, 10s});
    net.run();
  }

  /// All that was reported, one event after the other.
  std::vector<node_event> reported() const {
    std::vector<node_event> result;
    for (const auto& turn : events.all<node_events>())
      result.insert(result.end(), turn.events.begin(), turn.events.end());
    return result;
  }

  std::vector<scored_peer> scores() {
    return answer_to<scores_snapshot>(inspect_scores{}).value().peers;
  }

  /// What the peer's score is made of; it must be connected.
  gossip::score_snapshot score_of(std::uint32_t number) {
    for (const auto& one : scores())
      if (one.peer == numbered_peer(number))
        return one.score;
    throw std::logic_error{"no such peer"};
  }

  mesh_snapshot snapshot() {
    return answer_to<mesh_snapshot>(inspect_mesh{}).value();
  }

  /// The topic; this node must be subscribed or publish to it.
  topic_state_snapshot topic(const std::string& name = "a") {
    for (const auto& one : snapshot().topics)
      if (one.topic == name)
        return one;
    throw std::logic_error{"no such topic"};
  }

  virtual_system net;
  recorder<emit_gossip, shift_window, ihave_received, set_delivery_window>
      cache;
  recorder<node_events, connect_offered> events;
  mesh_manager_actor manager;
  std::optional<std::size_t> answer;
};

/// All messages that the peer was sent, in order, single ones first.
inline std::vector<std::string> data_sent_to(const fake_peer& peer) {
  std::vector<std::string> result;
  for (const auto& turn : peer.all<send_messages>())
    for (const auto& msg : turn.msgs)
      result.push_back(to_string(msg->data()));
  for (const auto& one : peer.all<send_run>())
    for (const auto& msg : one.run->messages())
      result.push_back(to_string(msg->data()));
  return result;
}

/// All PRUNEs that the peer was sent, in order.
inline std::vector<proto::prune> prunes_sent_to(const fake_peer& peer) {
  std::vector<proto::prune> result;
  for (const auto& msg : peer.all<send_control>())
    if (msg.control)
      result.insert(result.end(), msg.control->prunes.begin(),
                    msg.control->prunes.end());
  return result;
}

/// All ids that the peer was told by IDONTWANT.
inline std::vector<std::string> unwanted_told_to(const fake_peer& peer) {
  std::vector<std::string> result;
  for (const auto& msg : peer.all<send_control>())
    if (msg.control)
      result.insert(result.end(), msg.control->idontwant.begin(),
                    msg.control->idontwant.end());
  return result;
}

} // namespace grapevine::test
