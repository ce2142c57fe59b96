#pragma once

#include "actors/node_config.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "messages/api.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace grapevine::testing {

/// Nodes of one process without sockets, threads and waiting, for tests of
/// applications: an actor system on the caller's thread, whose time passes when
/// the test says so. Nothing happens but in `run` and `advance`, always in the
/// same order but for what nodes draw lots for.
///
///     grapevine::testing::virtual_network net;
///     auto a = net.start(net.config(1));
///     auto b = net.start(net.config(2));
///     net.get<peer_connected>(a, connect_peer{net.address(2)});
///     auto mine = net.system().spawn(my_actor, b);
///     net.advance(std::chrono::seconds{2});  // meshes are made
///     net.get<publish_receipt>(a, publish_message{"news", ...});
///
/// Call `init_global_meta_objects` before. What an application's actors wait
/// for must be actors' messages and timers, too: a `scoped_actor` that waits
/// for an answer waits for ever, as nobody else runs.
class virtual_network {
public:
  virtual_network();
  virtual_network(const virtual_network&) = delete;
  virtual_network& operator=(const virtual_network&) = delete;
  /// Stops the nodes. Actors that have not ended by then are not waited for,
  /// if timers are all that keeps them.
  ~virtual_network();

  /// The actor system of all nodes, whose time is virtual.
  caf::actor_system& system();

  /// What a node has for settings: an identity and an address of this number,
  /// and no log. To be changed at will, but it must listen at `/memory/…`
  /// alone.
  static node_config config(std::uint8_t number);

  /// Where the node of this number is dialled.
  static libp2p::multiaddr address(std::uint8_t number);

  /// A node that was not started.
  node_actor make(node_config config);

  /// A node that was. Throws std::runtime_error if it does not start.
  node_actor start(node_config config);

  /// Handles messages until there are none.
  void run();

  /// Handles one message.
  void run_once();

  /// Lets time pass, in steps: timers that are due fire, and what follows from
  /// them happens.
  void advance(std::chrono::milliseconds time);

  /// Asks, and runs until there are no messages: the answer or the error, if
  /// there is one by then.
  template <class Answer, class Handle, class Question>
  std::optional<caf::expected<Answer>> ask_now(const Handle& whom,
                                               Question question) {
    const auto result = answer_of<Answer>(whom, std::move(question));
    run();
    return *result;
  }

  /// Asks, and lets time pass until there is an answer, at most for `patience`.
  /// Throws std::runtime_error if there is none or an error.
  template <class Answer, class Handle, class Question>
  Answer get(const Handle& whom, Question question,
             std::chrono::milliseconds patience = std::chrono::seconds{20}) {
    const auto result = answer_of<Answer>(whom, std::move(question));
    wait_for([&] { return result->has_value(); }, patience);
    if (!**result)
      fail(reason_of((*result)->error()));
    return std::move(***result);
  }

  /// Lets time pass until something holds, at most for `patience`. Throws
  /// std::runtime_error if it does not hold then.
  void wait_for(const std::function<bool()>& holds,
                std::chrono::milliseconds patience = std::chrono::seconds{20});

private:
  struct parts;

  // Where the answer will be.
  template <class Answer, class Handle, class Question>
  std::shared_ptr<std::optional<caf::expected<Answer>>>
  answer_of(const Handle& whom, Question question) {
    const auto result =
        std::make_shared<std::optional<caf::expected<Answer>>>();
    system().spawn([=](caf::event_based_actor* self) {
      ask_without_timeout(self, whom, question)
          .then([result](const Answer& answer) { result->emplace(answer); },
                [result](const caf::error& why) { result->emplace(why); });
    });
    return result;
  }

  [[noreturn]] static void fail(const std::string& why);

  std::unique_ptr<parts> parts_;
};

} // namespace grapevine::testing
