#pragma once

#include "actors/node.hpp"
#include "client/answer_slot.hpp"
#include "client/calls.hpp"
#include "client/client.hpp"
#include "client/client_call.hpp"
#include "client/client_log.hpp"
#include "client/client_subscriptions.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// What a client is made of: an actor system with a node, an actor that asks
/// it, the actors that get messages for the application, and the thread that
/// calls the application's functions.
class client_core {
public:
  using milliseconds = std::chrono::milliseconds;

  client_core(node_config config, const client_options& options,
              client_log log);
  client_core(const client_core&) = delete;
  client_core& operator=(const client_core&) = delete;
  ~client_core();

  static client_result<std::unique_ptr<client_core>>
  start(client_options options);

  /// Whether a function of the application's that the node has called is on the
  /// stack: an actor waits for it, so nothing may wait for the node.
  static bool in_validator() noexcept;
  static client_error waits_in_validator();

  /// Asks the node.
  template <class Answer, class Question>
  std::future<client_result<Answer>> ask_node(Question question) {
    if (stopping_)
      return answered<Answer>(unexpected{client_stopped()});
    return send<Answer>(std::move(question));
  }

  /// The same, and waits.
  template <class Answer, class Question>
  client_result<Answer> get(Question question) {
    if (in_validator())
      return unexpected{waits_in_validator()};
    return ask_node<Answer>(std::move(question)).get();
  }

  /// Asks for a change, and waits.
  template <class Question>
  client_result<void> change(Question question) {
    const auto done = get<changed>(std::move(question));
    if (!done)
      return unexpected{done.error()};
    return {};
  }

  client_result<message_queue> subscribe(const std::string& topic,
                                         const queue_options& options);
  client_result<callback_handle> subscribe(const std::string& topic,
                                           message_calls::function call,
                                           const queue_options& options);
  client_result<callback_handle> watch(event_calls::function call);
  client_result<void> validate(std::string topic,
                               std::optional<client_validation> validation);
  client_result<void> stop(std::optional<milliseconds> deadline);

  const libp2p::peer_id& id() const noexcept { return id_; }
  const std::vector<libp2p::multiaddr>& addresses() const noexcept {
    return addresses_;
  }

private:
  // An actor system, which its configuration must outlive.
  struct actor_system {
    actor_system();

    caf::actor_system_config config;
    caf::actor_system system;
  };

  static client_error error_of(const caf::error& why);
  static void end_actor(const caf::actor& one);

  template <class Answer, class Question>
  std::future<client_result<Answer>> send(Question question) {
    auto slot = std::make_shared<answer_slot<Answer>>();
    auto future = slot->future();
    tell_from_outside(
        caller_, client_call{[node = node_, question = std::move(question),
                              slot](caf::event_based_actor* self) mutable {
          ask_without_timeout(self, node, std::move(question))
              .then([slot](Answer answer) { slot->answer(std::move(answer)); },
                    [slot](const caf::error& why) {
                      slot->answer(unexpected{error_of(why)});
                    });
        }});
    return future;
  }

  // Makes an actor for the application, in the client's actor, and asks the
  // node for what is to come to it. An application's thread makes none, nor the
  // actor system: CAF 0.17 lets such a thread keep a part of the system, and
  // whoever destroys that on another one would wait for it for ever.
  template <class Make, class QuestionFor>
  client_result<caf::actor> enlist(Make make, QuestionFor question_for) {
    if (in_validator())
      return unexpected{waits_in_validator()};
    if (stopping_)
      return unexpected{client_stopped()};
    const auto slot = std::make_shared<answer_slot<caf::actor>>();
    auto future = slot->future();
    tell_from_outside(
        caller_, client_call{[node = node_, slot, make,
                              question_for](caf::event_based_actor* self) {
          const caf::actor receiver = make(self->system());
          ask_without_timeout(self, node, question_for(receiver))
              .then([slot, receiver](changed) { slot->answer(receiver); },
                    [slot, receiver](const caf::error& why) {
                      end_actor(receiver);
                      slot->answer(unexpected{error_of(why)});
                    });
        }});
    return future.get();
  }

  client_result<std::uint64_t> subscribe(
      const std::string& topic, const std::shared_ptr<delivery_queue>& queue,
      const std::weak_ptr<call_source>& calls, const queue_options& options);
  client_result<void> stop_now(milliseconds deadline);
  bool stop_node_by(std::chrono::steady_clock::time_point deadline);

  client_log log_;
  milliseconds stop_deadline_;
  libp2p::peer_id id_;
  std::vector<libp2p::multiaddr> addresses_;
  std::unique_ptr<actor_system> actors_;
  node_actor node_;
  caf::actor caller_;
  std::shared_ptr<client_subscriptions> subscriptions_;
  std::shared_ptr<delivery_thread> delivery_;
  std::atomic<bool> stopping_ = false;
  // Whether the node may still call the application.
  bool node_busy_ = false;
  // How the stop went, once it is over.
  std::mutex stop_mutex_;
  std::condition_variable stopped_;
  std::optional<client_result<void>> outcome_;
};

} // namespace grapevine
