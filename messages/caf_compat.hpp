#pragma once

// Which CAF this is: 0.17.6, as Debian and Ubuntu ship it, or 1.x, as vcpkg and
// Conan do. All else is written in the words below, but for what speaks with
// CAF's network (gateway/caf_network.hpp) and its testing scheduler.

#include "messages/init.hpp"
#include "messages/usable_cores.hpp"

#include <caf/config.hpp>

#if defined(CAF_MAJOR_VERSION) && CAF_MAJOR_VERSION >= 1
#define GRAPEVINE_CAF_1 1
#include <caf/all.hpp>
#else
#define GRAPEVINE_CAF_1 0
// What all of this needs: half of what an application that includes this waits
// for the compiler is CAF's.
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/after.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#endif

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace grapevine {

#if GRAPEVINE_CAF_1

/// A message that an actor takes without answering.
template <class... In>
using takes = caf::result<void>(In...);

/// A message that an actor answers: `asks<In>::gives<Out>`.
template <class... In>
struct asks {
  /// With what it answers.
  template <class... Out>
  using gives = caf::result<Out...>(In...);
};

/// Whether who gets a `T` by this handle has nothing to answer.
template <class Handle, class T>
inline constexpr bool is_taken_silently = [] {
  using answer = caf::response_type_unbox<typename Handle::signatures,
                                          caf::type_list<std::decay_t<T>>>;
  return std::is_same_v<typename answer::type, caf::type_list<void>>;
}();
template <class T>
inline constexpr bool is_taken_silently<caf::actor, T> = false;

/// Sends `msg` one way.
template <class Self, class Handle, class T>
void tell(Self* self, const Handle& dst, T&& msg) {
  // A typed actor may name itself as sender to typed actors alone; and an
  // answer that nobody asked for would come to the sender as a message.
  if constexpr (is_taken_silently<Handle, std::decay_t<T>>)
    self->mail(std::forward<T>(msg)).send(dst);
  else
    caf::anon_mail(std::forward<T>(msg)).send(dst);
}

/// Sends `msg` one way, after `delay`.
template <class Self, class Handle, class T>
void tell_later(Self* self, const Handle& dst,
                std::chrono::steady_clock::duration delay, T&& msg) {
  // By the actor's own clock, which in a test is a virtual one.
  const auto when = self->clock().now() + delay;
  if constexpr (is_taken_silently<Handle, std::decay_t<T>>)
    self->mail(std::forward<T>(msg)).schedule(when).send(dst);
  else
    caf::anon_mail(std::forward<T>(msg)).schedule(when).send(dst);
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

/// Sends a message from outside of any actor.
template <class Handle, class... Ts>
void tell_from_outside(const Handle& dst, Ts&&... parts) {
  caf::anon_mail(std::forward<Ts>(parts)...).send(dst);
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

/// Tells CAF of the types of a block of ids, before there is an actor system.
/// Of no effect when called again.
template <class Block>
void init_message_types() {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<Block>();
}

/// Whether CAF knows them.
template <class Block>
bool knows_message_types() {
  return caf::query_type_name(Block::begin)
         == caf::type_name_by_id_v<Block::begin>;
}

/// Why an actor has ended that threw an exception.
inline constexpr auto crashed = caf::sec::runtime_error;

/// Lets CAF read and write an enum, of which `last` is the greatest value.
template <class Inspector, class Enum>
bool inspect_enum(Inspector& f, Enum& value, Enum last) {
  using number = std::underlying_type_t<Enum>;
  if (f.has_human_readable_format()) {
    const auto text = [&value] { return to_string(value); };
    const auto read = [&value, last](std::string_view from) {
      for (auto n = number{0}; n <= static_cast<number>(last); ++n)
        if (to_string(static_cast<Enum>(n)) == from) {
          value = static_cast<Enum>(n);
          return true;
        }
      return false;
    };
    return f.apply(text, read);
  }
  const auto get = [&value] { return static_cast<number>(value); };
  const auto set = [&value, last](number n) {
    if (n > static_cast<number>(last))
      return false;
    value = static_cast<Enum>(n);
    return true;
  };
  return f.apply(get, set);
}

// How CAF reads and writes a value, in the words of messages/api_inspect.hpp.
namespace detail {

template <class Inspector>
using inspected = bool;

/// Whether it makes text for people.
template <class Inspector>
inline constexpr bool is_text =
    std::is_same_v<Inspector, caf::detail::stringification_inspector>;

/// Whether it reads.
template <class Inspector>
inline constexpr bool is_loading = Inspector::is_loading;

template <class Inspector, class T, class... Fields>
bool inspect_fields(Inspector& f, T& value, Fields&... fields) {
  return f.object(value).fields(f.field("part", fields)...);
}

template <class Inspector>
bool refuse_bytes(Inspector& f) {
  f.emplace_error(caf::sec::load_callback_failed, "no such value");
  return false;
}

template <class Inspector>
bool failed(bool done) {
  return !done;
}

} // namespace detail

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

template <class Handle, class... Ts>
void tell_from_outside(const Handle& dst, Ts&&... parts) {
  caf::anon_send(dst, std::forward<Ts>(parts)...);
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

// CAF 0.17 needs to know types only where their messages leave the process.
template <class Block>
void init_message_types() {}

template <class Block>
bool knows_message_types() {
  return true;
}

inline constexpr auto crashed = caf::exit_reason::unhandled_exception;

namespace detail {

template <class Inspector>
using inspected = typename Inspector::result_type;

template <class Inspector>
inline constexpr bool is_text =
    !std::is_same_v<inspected<Inspector>, caf::error>;

template <class Inspector>
inline constexpr bool is_loading = Inspector::writes_state;

template <class Inspector, class T, class... Fields>
inspected<Inspector> inspect_fields(Inspector& f, T&, Fields&... fields) {
  return f(caf::meta::type_name(caf::type_name<T>::value), fields...);
}

template <class Inspector>
inspected<Inspector> refuse_bytes(Inspector&) {
  return caf::make_error(caf::sec::invalid_argument);
}

template <class Inspector>
bool failed(const caf::error& why) {
  return static_cast<bool>(why);
}

} // namespace detail

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
  /// For `self`, whose member it is.
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
    const auto [entry, added] = watched_.try_emplace(address, true);
    entry->second = true;
    if (added)
      self_->monitor(handle, [this, address](const caf::error& why) {
        const auto found = watched_.extract(address);
        if (found && found.mapped())
          on_down_(address, why);
      });
#else
    if (watched_.insert(address).second)
      self_->monitor(handle);
#endif
  }

  /// No longer. However often an actor is watched and forgotten, no more than
  /// one monitor of it is left.
  void forget(const caf::actor_addr& address) {
#if GRAPEVINE_CAF_1
    // Disposed of, a monitor would stay with the other actor until that ends,
    // and the next one come beside it.
    if (const auto found = watched_.find(address); found != watched_.end())
      found->second = false;
#else
    if (watched_.erase(address) > 0)
      self_->demonitor(address);
#endif
  }

private:
  Self* self_;
  down_callback on_down_;
#if GRAPEVINE_CAF_1
  // Whether it is to be told.
  std::map<caf::actor_addr, bool> watched_;
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
  require_global_meta_objects();
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

/// Lets CAF 1.x read and write an enum, of which `last` is the greatest value;
/// CAF 0.17 does so by itself. In the enum's namespace.
#if GRAPEVINE_CAF_1
#define GRAPEVINE_INSPECT_ENUM(type, last)                                     \
  template <class Inspector>                                                   \
  bool inspect(Inspector& f, type& value) {                                    \
    return inspect_enum(f, value, last);                                       \
  }
#else
#define GRAPEVINE_INSPECT_ENUM(type, last)
#endif

/// Makes `caf::make_error` take an enum; `category` of at most ten characters.
#if GRAPEVINE_CAF_1
#define GRAPEVINE_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type)
#else
#define GRAPEVINE_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type, category)
#endif
