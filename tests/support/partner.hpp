#pragma once

#include "messages/caf_compat.hpp"
#include "tests/support/caf_testing.hpp"
#include "tests/support/recorder.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <typeindex>
#include <utility>
#include <vector>

namespace grapevine::test {

/// A recorder that also answers what a test lets it answer.
template <class... Ts>
class partner : public recorder<Ts...> {
public:
  explicit partner(caf::actor_system& sys)
      : partner{sys, std::make_shared<desk_type>()} {}

  /// The only message of its type so far.
  template <class T>
  const T& only() const {
    REQUIRE(this->template all<T>().size() == 1);
    return this->template all<T>().front();
  }

  /// From now on `take` is called with each `T`.
  template <class T, class Take>
  void on(Take take) {
    desk_->takes[typeid(T)] = [take](const caf::response_promise&,
                                     const void* msg) {
      take(*static_cast<const T*>(msg));
    };
  }

  /// From now on each `T` is answered so.
  template <class T, class Answer>
  void answer(Answer with) {
    desk_->takes[typeid(T)] = [with](caf::response_promise promise,
                                     const void*) { promise.deliver(with); };
  }

  /// From now on `T` waits for an answer.
  template <class T>
  void hold() {
    desk_->takes[typeid(T)] =
        [desk = desk_.get()](caf::response_promise promise, const void*) {
          desk->held.push_back(std::move(promise));
        };
  }

  /// How many wait.
  std::size_t held() const { return desk_->held.size(); }

  /// Answers all that wait.
  template <class Answer>
  void release(Answer with) {
    desk_->release = [desk = desk_.get(), with] {
      for (auto& one : std::exchange(desk->held, {}))
        one.deliver(with);
    };
    // Promises are kept in their actor's own turn.
    tell_from_outside(this->actor(), caf::tick_atom_v);
  }

  /// Whether the actor has ended, by request or by `die`.
  bool ended() const { return desk_->ended; }

  void die() {
    tell_from_outside(this->actor(),
                      caf::exit_msg{this->actor().address(), crashed});
  }
  /// It does not end when it is told to, until `let_go`.
  void hold_end() { desk_->stays = true; }
  void let_go() {
    desk_->stays = false;
    quit();
  }
  void quit() { caf::anon_send_exit(this->actor(), caf::exit_reason::normal); }

private:
  // What came, and what is to be done with it.
  struct desk_type : recorder<Ts...>::log_type {
    std::map<std::type_index,
             std::function<void(caf::response_promise, const void*)>>
        takes;
    std::vector<caf::response_promise> held;
    std::function<void()> release;
    bool ended = false;
    bool stays = false;

    template <class T>
    void take(caf::response_promise answer, const T& msg) {
      this->add(msg);
      if (const auto found = takes.find(typeid(T)); found != takes.end())
        found->second(std::move(answer), &msg);
    }
  };

  partner(caf::actor_system& sys, std::shared_ptr<desk_type> desk)
      : recorder<Ts...>{desk, sys.spawn(run, desk)}, desk_{std::move(desk)} {}

  static caf::behavior run(caf::event_based_actor* self,
                           const std::shared_ptr<desk_type>& desk) {
    self->attach_functor([desk](const caf::error&) {
      desk->ended = true;
      desk->held.clear();
    });
    // Also one that was told to end without an error.
    const auto told_to_end = [self, desk = desk.get()](caf::exit_msg& msg) {
      if (!desk->stays)
        self->quit(msg.reason);
    };
    handle_exits(self, told_to_end);
    return {told_to_end, [desk](caf::tick_atom) { desk->release(); },
            [desk, self](const Ts& msg) {
              // What comes one way is owed no answer: CAF 1.x would tell its
              // sender of a promise that is dropped.
              const bool owed = self->current_message_id().is_request();
              auto answer = owed ? self->make_response_promise()
                                 : caf::response_promise{};
              desk->take(answer, msg);
              return answer;
            }...};
  }

  std::shared_ptr<desk_type> desk_;
};

} // namespace grapevine::test
