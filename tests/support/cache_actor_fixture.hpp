#pragma once

#include "actors/pubsub/message_cache.hpp"
#include "tests/support/changed_context.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

/// A message cache between stand-ins, in virtual time; joined to topic "t",
/// with the peers 1 and 2, for whom the same actor speaks.
struct cache_fixture {
  explicit cache_fixture(const gossip::parameters& params = {})
      : cache_fixture{virtual_system::context(1, params)} {}

  explicit cache_fixture(const context_ptr& context)
      : ctx{context}, mesh{net.sys()}, validator{net.sys()},
        other_validator{net.sys()}, peer{net.sys()}, subscriber{net.sys()},
        cache{spawn_message_cache(net.sys(), ctx, mesh.as<mesh_manager_actor>(),
                                  validators())} {
    say(set_subscribers{"t", true, {{subscriber.actor(), false}}});
    say(peer_joined{from(1), inbound_peer, {}});
    say(peer_joined{from(2), inbound_peer, {}});
  }

  // The cache and its stand-ins keep each other alive.
  ~cache_fixture() {
    caf::anon_send_exit(cache, caf::exit_reason::user_shutdown);
    net.run();
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(cache, std::move(msg));
    net.run();
  }

  peer_ref from(std::uint32_t number) {
    return {numbered_peer(number), peer.as<peer_actor>()};
  }

  /// A message of peer 77, named by its number.
  static gossip::message_ptr message(std::string_view data,
                                     std::string_view topic = "t",
                                     std::uint64_t seqno = 42) {
    return message_of(numbered_peer(77), data, topic, seqno);
  }

  static gossip::message_ptr message_of(const libp2p::peer_id& author,
                                        std::string_view data,
                                        std::string_view topic = "t",
                                        std::uint64_t seqno = 42) {
    return gossip::build_message({topic, as_bytes(data), author, seqno},
                                 nullptr, gossip::default_message_id);
  }

  /// A message without an author, named by its data.
  static gossip::message_ptr anonymous(std::string_view data,
                                       std::string_view topic = "t") {
    return gossip::build_message(
        {topic, as_bytes(data), std::nullopt, std::nullopt}, nullptr,
        gossip::default_message_id);
  }

  static std::string id_of(const gossip::message_ptr& msg) {
    return std::string{msg->id().raw()};
  }

  void receive(std::uint32_t number, const gossip::message_ptr& msg) {
    say(messages_received{from(number), {msg}});
  }

  void decide(const gossip::validate_message& task, gossip::verdict_kind kind) {
    say(verdicts_reached{{{task.msg->id(), task.token, {kind, {}}}}});
  }

  /// Receives a new message, and decides on it.
  void receive_and_decide(std::uint32_t number, const gossip::message_ptr& msg,
                          gossip::verdict_kind kind) {
    receive(number, msg);
    decide(tasks().back(), kind);
  }

  void accept(std::uint32_t number, const gossip::message_ptr& msg) {
    receive_and_decide(number, msg, gossip::verdict_kind::accept);
  }

  /// Heartbeats, each after its second.
  void beat(int count = 1) {
    for (int i = 0; i < count; ++i) {
      net.advance(std::chrono::seconds{1});
      say(shift_window{});
    }
  }

  std::vector<gossip::validate_message> tasks() const {
    return tasks_of(validator);
  }

  static std::vector<gossip::validate_message>
  tasks_of(const recorder<validate_messages>& one) {
    std::vector<gossip::validate_message> result;
    for (const auto& msg : one.all<validate_messages>())
      result.insert(result.end(), msg.tasks.begin(), msg.tasks.end());
    return result;
  }

  /// What peers answered for in the scores so far, in order.
  std::vector<delivery_report::entry> reported() const {
    std::vector<delivery_report::entry> result;
    for (const auto& msg : mesh.all<delivery_report>())
      result.insert(result.end(), msg.entries.begin(), msg.entries.end());
    return result;
  }

  /// Asks the cache; nothing if it does not answer itself.
  template <class Answer, class T>
  std::optional<Answer> answer_to(const T& question) {
    std::optional<Answer> result;
    net.sys().spawn([&, question](caf::event_based_actor* self) {
      ask(self, cache, 1h, question)
          .then([&](const Answer& a) { result = a; }, [](caf::error&) {});
    });
    net.run();
    return result;
  }

  cache_snapshot snapshot() {
    return answer_to<cache_snapshot>(inspect_cache{}).value();
  }

  context_ptr ctx;
  virtual_system net;
  recorder<route_messages, route_own, announce_messages, delivery_report,
           misbehaved, route_batch>
      mesh;
  recorder<validate_messages> validator;
  recorder<validate_messages> other_validator;
  recorder<return_credit, send_answers, send_control, send_gossip> peer;
  recorder<message_delivered> subscriber;
  message_cache_actor cache;

private:
  // Two where the context asks for them.
  std::vector<validator_actor> validators() const {
    std::vector<validator_actor> result{validator.as<validator_actor>()};
    if (ctx->config.validators == 2)
      result.push_back(other_validator.as<validator_actor>());
    return result;
  }
};

} // namespace grapevine::test
