#pragma once

// The only place that knows which CAF this is. Debian and Ubuntu ship 0.17.6;
// vcpkg and Conan 1.x. Everything else is written in the words below.

#include "messages/usable_cores.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#if defined(CAF_MAJOR_VERSION) && CAF_MAJOR_VERSION >= 1
#define GRAPEVINE_CAF_1 1
#else
#define GRAPEVINE_CAF_1 0
#endif

namespace grapevine {

#if GRAPEVINE_CAF_1

/// A message that an actor takes without answering.
template <class... In>
using takes = caf::result<void>(In...);

/// A message that an actor answers: `asks<In>::gives<Out>`.
template <class... In>
struct asks {
  template <class... Out>
  using gives = caf::result<Out...>(In...);
};

/// Sends `msg` one way.
template <class Self, class Handle, class T>
void tell(Self* self, const Handle& dst, T&& msg) {
  self->mail(std::forward<T>(msg)).send(dst);
}

/// Sends `msg` one way, after `delay`.
template <class Self, class Handle, class T>
void tell_later(Self* self, const Handle& dst,
                std::chrono::steady_clock::duration delay, T&& msg) {
  self->mail(std::forward<T>(msg)).delay(delay).send(dst);
}

/// Sends `msg` to the actor itself.
template <class Self, class T>
void tell_self(Self* self, T&& msg) {
  self->mail(std::forward<T>(msg)).send(self);
}

/// Sends `msg` to the actor itself, after `delay`.
template <class Self, class T>
void tell_self_later(Self* self, std::chrono::steady_clock::duration delay,
                     T&& msg) {
  self->mail(std::forward<T>(msg)).delay(delay).send(self);
}

/// Sends `msg` from outside of any actor.
template <class Handle, class T>
void tell_from_outside(const Handle& dst, T&& msg) {
  caf::anon_mail(std::forward<T>(msg)).send(dst);
}

/// Sends `msg` and expects an answer: `.then(handler, error_handler)`.
template <class Self, class Handle, class T>
auto ask(Self* self, const Handle& dst, caf::timespan timeout, T&& msg) {
  return self->mail(std::forward<T>(msg)).request(dst, timeout);
}

/// The same, with an error only if the other ends: for what is asked very
/// often. A timeout costs more than the question, as it is told to the thread
/// of CAF's clock, and so is that the answer has come.
template <class Self, class Handle, class T>
auto ask_without_timeout(Self* self, const Handle& dst, T&& msg) {
  return self->mail(std::forward<T>(msg)).request(dst, caf::infinite);
}

/// Lets `dst` answer the message at hand in this actor's place.
template <class Self, class Handle, class T>
auto delegate(Self* self, const Handle& dst, T&& msg) {
  return self->mail(std::forward<T>(msg)).delegate(dst);
}

#else

template <class... In>
using takes = caf::reacts_to<In...>;

template <class... In>
struct asks {
  template <class... Out>
  using gives = typename caf::replies_to<In...>::template with<Out...>;
};

/// Whether who gets a `T` by this handle has nothing to answer.
template <class Handle, class T>
inline constexpr bool is_taken_silently =
    std::is_same_v<caf::response_type_unbox_t<typename Handle::signatures,
                                              caf::detail::type_list<T>>,
                   caf::detail::type_list<void>>;
template <class T>
inline constexpr bool is_taken_silently<caf::actor, T> = false;

template <class Self, class Handle, class T>
void tell(Self* self, const Handle& dst, T&& msg) {
  // A typed actor of 0.17 may name itself as sender to typed actors alone; and
  // an answer that nobody asked for would come to the sender as a message.
  if constexpr (!is_taken_silently<Handle, std::decay_t<T>>)
    caf::anon_send(dst, std::forward<T>(msg));
  else
    self->send(dst, std::forward<T>(msg));
}

template <class Self, class Handle, class T>
void tell_later(Self* self, const Handle& dst,
                std::chrono::steady_clock::duration delay, T&& msg) {
  self->delayed_send(dst, delay, std::forward<T>(msg));
}

template <class Self, class T>
void tell_self(Self* self, T&& msg) {
  self->send(self, std::forward<T>(msg));
}

template <class Self, class T>
void tell_self_later(Self* self, std::chrono::steady_clock::duration delay,
                     T&& msg) {
  self->delayed_send(self, delay, std::forward<T>(msg));
}

template <class Handle, class T>
void tell_from_outside(const Handle& dst, T&& msg) {
  caf::anon_send(dst, std::forward<T>(msg));
}

template <class Self, class Handle, class T>
auto ask(Self* self, const Handle& dst, caf::timespan timeout, T&& msg) {
  return self->request(dst, timeout, std::forward<T>(msg));
}

template <class Self, class Handle, class T>
auto ask_without_timeout(Self* self, const Handle& dst, T&& msg) {
  return self->request(dst, caf::infinite, std::forward<T>(msg));
}

template <class Self, class Handle, class T>
auto delegate(Self* self, const Handle& dst, T&& msg) {
  return self->delegate(dst, std::forward<T>(msg));
}

#endif

/// The text that an error was made with, else how CAF shows it.
inline std::string reason_of(const caf::error& why) {
  // CAF 0.17 gives no context to an error that is none.
  if (!why)
    return "it ended";
  const auto& context = why.context();
  if (context.size() == 1 && context.match_elements<std::string>())
    return context.get_as<std::string>(0);
  return caf::to_string(why);
}

/// Told of an actor that ended: its address and why.
using down_callback =
    std::function<void(const caf::actor_addr&, const caf::error&)>;

/// Installs `on_down` for all actors that `self` monitors with `watch`.
template <class Self>
class down_watch {
public:
  down_watch(Self* self, down_callback on_down)
      : self_{self}, on_down_{std::move(on_down)} {
#if !GRAPEVINE_CAF_1
    self_->set_down_handler([this](caf::down_msg& msg) {
      watched_.erase(msg.source);
      on_down_(msg.source, msg.reason);
    });
#endif
  }
  down_watch(const down_watch&) = delete;
  down_watch& operator=(const down_watch&) = delete;

  /// Calls the callback once when `handle`'s actor ends, however often this is
  /// said.
  template <class Handle>
  void watch(const Handle& handle) {
    const caf::actor_addr address = handle.address();
#if GRAPEVINE_CAF_1
    if (auto [i, added] = watched_.try_emplace(address); added)
      i->second =
          self_->monitor(handle, [this, address](const caf::error& why) {
            watched_.erase(address);
            on_down_(address, why);
          });
#else
    if (watched_.insert(address).second)
      self_->monitor(handle);
#endif
  }

  /// No longer: nothing is left of it at either side.
  void forget(const caf::actor_addr& address) {
#if GRAPEVINE_CAF_1
    if (auto found = watched_.extract(address))
      found.mapped().dispose();
#else
    if (watched_.erase(address) > 0)
      self_->demonitor(address);
#endif
  }

private:
  Self* self_;
  down_callback on_down_;
#if GRAPEVINE_CAF_1
  std::map<caf::actor_addr, caf::disposable> watched_;
#else
  std::set<caf::actor_addr> watched_;
#endif
};

/// Settings of CAF's scheduler that suit a node: a thread for each core that
/// the process may use (CAF starts four at least), and few wake-ups when idle.
/// An application that embeds a node in its own actor system may call it on its
/// own configuration; it may want `relaxed-sleep-duration` shorter if its
/// actors give each other much to do at once and nothing comes from outside.
inline void tune_scheduler(caf::actor_system_config& cfg) {
#if GRAPEVINE_CAF_1
  const std::string prefix = "caf.";
#else
  const std::string prefix;
#endif
  const auto threads = usable_cores();
  cfg.set(prefix + "scheduler.max-threads", threads);
  cfg.set(prefix + "scheduler.max-throughput", size_t{100});
  cfg.set(prefix + "work-stealing.moderate-poll-attempts", size_t{0});
  // How long an idle thread sleeps before it looks whether others have too
  // much. What it is given itself wakes it: each event of a socket is given to
  // another thread, and so are messages to validate. Alone it has nobody to
  // look at. CAF's 10 ms cost an idle node of two cores 0.9 % of one, and made
  // a full one no faster.
  cfg.set(prefix + "work-stealing.relaxed-sleep-duration",
          caf::timespan{std::chrono::milliseconds{threads > 1 ? 250 : 60'000}});
}

} // namespace grapevine

/// Makes `caf::make_error` take an enum; `category` of at most ten characters.
#if GRAPEVINE_CAF_1
#define GRAPEVINE_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type)
#else
#define GRAPEVINE_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type, category)
#endif
