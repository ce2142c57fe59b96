#pragma once

#include "actors/node/node_parts.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::test {

/// Nodes in one actor system, on real sockets of the loopback interface. Every
/// wait is for a message and has a deadline.
class node_network {
public:
  static constexpr std::chrono::seconds patience{20};

  node_network() : sys_{tuned(cfg_)}, self_{sys_} {}

  // The system waits for its actors, and a test that failed has not stopped
  // them.
  ~node_network() {
    for (const auto& actor : kept_)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  node_network(const node_network&) = delete;

  /// A configuration of a node that listens on a free port; the same number
  /// gives the same identity.
  static node_config config(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    node_config result{libp2p::private_key::ed25519_from_seed(seed)};
    result.listen = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
    result.validators = 1;
    result.redial_min = std::chrono::milliseconds{20};
    result.redial_max = std::chrono::milliseconds{200};
    result.log = test_log();
    return result;
  }

  struct running_node {
    node_actor actor;
    std::vector<libp2p::multiaddr> addresses;
    libp2p::peer_id id;
  };

  running_node start(const node_config& config, const node_parts& parts = {}) {
    running_node result{keep(node_actor{spawn_node(sys_, config, parts)}),
                        {},
                        libp2p::peer_id::of(config.identity.public_part())};
    result.addresses = get<node_started>(result.actor, start_node{}).addresses;
    return result;
  }

  /// Ends an actor with the network.
  template <class Handle>
  Handle keep(Handle actor) {
    kept_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  running_node start(std::uint8_t number) { return start(config(number)); }

  /// Asks and requires an answer.
  template <class Answer, class Handle, class Question>
  Answer get(const Handle& whom, Question question) {
    Answer result;
    ask(self_.ptr(), whom, patience, std::move(question))
        .receive([&](Answer& answer) { result = std::move(answer); },
                 [&](caf::error& why) { FAIL(reason_of(why)); });
    return result;
  }

  /// Asks and requires an error; its text.
  template <class Answer, class Handle, class Question>
  std::string get_error(const Handle& whom, Question question) {
    std::string result;
    ask(self_.ptr(), whom, patience, std::move(question))
        .receive(
            [&](Answer&) { FAIL("an answer where an error was expected"); },
            [&](caf::error& why) { result = reason_of(why); });
    return result;
  }

  void connect(const running_node& from, const running_node& to) {
    get<peer_connected>(from.actor, connect_peer{to.addresses.at(0)});
  }

  /// Subscribes this test to a topic of the node.
  void subscribe(const running_node& node, const std::string& topic) {
    tell(self_.ptr(), node.actor, subscribe_topic{topic, inbox()});
  }

  publish_receipt publish(const running_node& node, const std::string& topic,
                          std::string_view text) {
    return get<publish_receipt>(
        node.actor, publish_message{topic, to_bytes(as_bytes(text))});
  }

  /// Waits until a message of `node` to `topic` would go to `count` peers.
  void await(const running_node& node, const std::string& topic,
             std::size_t count) {
    const auto ready =
        get<peers_ready>(node.actor, await_peers{topic, count, patience});
    REQUIRE(ready.count >= count);
  }

  /// The next message delivered to this test.
  message_delivered next_message() {
    message_delivered result;
    bool got = false;
    self_->receive([&](message_delivered& msg) { result = msg, got = true; },
                   caf::after(patience) >> [] {});
    REQUIRE(got);
    return result;
  }

  /// Whether no message comes before everything sent so far has been handled.
  bool no_message(std::chrono::milliseconds within) {
    bool none = true;
    self_->receive([&](message_delivered&) { none = false; },
                   caf::after(within) >> [] {});
    return none;
  }

  /// Reports events of the node to this test.
  void watch(const running_node& node) {
    tell(self_.ptr(), node.actor, watch_node{inbox()});
  }

  /// Waits for an event.
  node_event next_event() {
    node_event result{};
    bool got = false;
    self_->receive([&](node_event& e) { result = e, got = true; },
                   caf::after(patience) >> [] {});
    REQUIRE(got);
    return result;
  }

  /// Takes all events that are there; how many, with those that were missed.
  std::uint64_t drain_events() {
    std::uint64_t count = 0;
    for (bool got = true; got;) {
      got = false;
      self_->receive(
          [&](const node_event& e) { count += 1 + e.missed, got = true; },
          caf::after(std::chrono::seconds{0}) >> [] {});
    }
    return count;
  }

  /// Waits for an event of this kind, skipping others.
  node_event next_event(node_event::kind kind) {
    for (;;)
      if (auto event = next_event(); event.what == kind)
        return event;
  }

  void stop(const running_node& node) {
    get<node_stopped>(node.actor, stop_node{std::chrono::milliseconds{5000}});
  }

  caf::actor inbox() { return caf::actor_cast<caf::actor>(self_.ptr()); }
  caf::scoped_actor& self() { return self_; }
  caf::actor_system& system() { return sys_; }

private:
  static caf::actor_system_config& tuned(caf::actor_system_config& cfg) {
    tune_scheduler(cfg);
    return cfg;
  }

  // GRAPEVINE_TEST_LOG=debug shows what nodes log.
  static std::shared_ptr<spdlog::logger> test_log() {
    auto log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    const char* level = std::getenv("GRAPEVINE_TEST_LOG");
    log->set_level(spdlog::level::from_str(level != nullptr ? level : "off"));
    return log;
  }

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
  caf::scoped_actor self_;
  std::vector<caf::actor> kept_;
};

} // namespace grapevine::test
