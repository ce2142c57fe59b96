#pragma once

#include "messages/caf_compat.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <typeindex>
#include <utility>
#include <vector>

namespace grapevine::test {

/// Stands in for an actor, keeps what it is sent, of these types, and answers
/// what a test lets it answer.
template <class... Ts>
class partner {
public:
  explicit partner(caf::actor_system& sys)
      : log_{std::make_shared<log_type>()}, actor_{sys.spawn(run, log_)} {}

  /// This actor under the handle type of the one it stands in for.
  template <class Handle>
  Handle as() const {
    return caf::actor_cast<Handle>(actor_);
  }

  const caf::actor& actor() const { return actor_; }

  /// All messages of one type so far.
  template <class T>
  const std::vector<T>& all() const {
    return std::get<std::vector<T>>(log_->messages);
  }

  /// The only message of its type so far.
  template <class T>
  const T& only() const {
    REQUIRE(all<T>().size() == 1);
    return all<T>().front();
  }

  /// Forgets what was sent so far.
  void clear() { log_->messages = {}; }

  /// From now on `take` is called with each `T`.
  template <class T, class Take>
  void on(Take take) {
    log_->takes[typeid(T)] = [take](const caf::response_promise&,
                                    const void* msg) {
      take(*static_cast<const T*>(msg));
    };
  }

  /// From now on each `T` is answered so.
  template <class T, class Answer>
  void answer(Answer with) {
    log_->takes[typeid(T)] = [with](caf::response_promise promise,
                                    const void*) { promise.deliver(with); };
  }

  /// From now on `T` waits for an answer.
  template <class T>
  void hold() {
    log_->takes[typeid(T)] = [log = log_.get()](caf::response_promise promise,
                                                const void*) {
      log->held.push_back(std::move(promise));
    };
  }

  /// How many wait.
  std::size_t held() const { return log_->held.size(); }

  /// Answers all that wait.
  template <class Answer>
  void release(Answer with) {
    log_->release = [log = log_.get(), with] {
      for (auto& one : std::exchange(log->held, {}))
        one.deliver(with);
    };
    // Promises are kept in their actor's own turn.
    caf::anon_send(actor_, caf::atom("release"));
  }

  /// Whether the actor has ended, by request or by `die`.
  bool ended() const { return log_->ended; }

  void die() {
    caf::anon_send_exit(actor_, caf::exit_reason::unhandled_exception);
  }
  void quit() { caf::anon_send_exit(actor_, caf::exit_reason::normal); }

private:
  struct log_type {
    std::tuple<std::vector<Ts>...> messages;
    std::map<std::type_index,
             std::function<void(caf::response_promise, const void*)>>
        takes;
    std::vector<caf::response_promise> held;
    std::function<void()> release;
    bool ended = false;

    template <class T>
    void take(caf::response_promise answer, const T& msg) {
      std::get<std::vector<T>>(messages).push_back(msg);
      if (const auto found = takes.find(typeid(T)); found != takes.end())
        found->second(std::move(answer), &msg);
    }
  };

  static caf::behavior run(caf::event_based_actor* self,
                           const std::shared_ptr<log_type>& log) {
    self->attach_functor([log](const caf::error&) {
      log->ended = true;
      log->held.clear();
    });
    // Also one that was told to end without an error.
    self->set_exit_handler(
        [self](caf::exit_msg& msg) { self->quit(msg.reason); });
    return {[log](caf::atom_value) { log->release(); },
            [log, self](const Ts& msg) {
              auto answer = self->make_response_promise();
              log->take(answer, msg);
              return answer;
            }...};
  }

  std::shared_ptr<log_type> log_;
  caf::actor actor_;
};

} // namespace grapevine::test
