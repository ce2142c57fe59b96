#pragma once

#include "messages/caf_compat.hpp"
#include "testing/test_scheduler.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

// Of the tests the only place that knows which CAF this is.

namespace grapevine::test {

using testing::test_scheduler;

#if GRAPEVINE_CAF_1

using wire_bytes = caf::byte_buffer;

/// A value as CAF sends it to another process.
template <class T>
wire_bytes to_wire(caf::actor_system& sys, T value) {
  wire_bytes result;
  caf::binary_serializer sink{sys, result};
  if (!sink.apply(value))
    throw std::runtime_error{caf::to_string(sink.get_error())};
  return result;
}

/// And as the other process reads it; nothing if it is none.
template <class T>
std::optional<T> from_wire(caf::actor_system& sys, const wire_bytes& from) {
  caf::binary_deserializer source{sys, from};
  T result{};
  if (!source.apply(result))
    return std::nullopt;
  return result;
}

/// Tells CAF of its own types, and of no others.
inline void init_caf_alone() {
  caf::core::init_global_meta_objects();
}

/// Whoever has a handler of `caf::exit_msg` in its behavior does not end by
/// itself when it is told to, if it says this, too.
template <class Self, class Handler>
void handle_exits(Self*, const Handler&) {}

/// How many threads run actors.
inline void use_workers(caf::actor_system_config& cfg, std::size_t count) {
  cfg.set("caf.scheduler.max-threads", count);
}

/// Bytes that the clock keeps, at most, of each node that has been: its table
/// does not shrink, which has eight for each timer that was there at once, and
/// its thread keeps some of what it frees.
inline constexpr std::size_t kept_by_clock = 300;

/// Whether a message costs the test scheduler as little when much waits: this
/// CAF's goes through all of it for each.
inline constexpr bool cheap_mail = false;

#else

using wire_bytes = std::vector<char>;

template <class T>
wire_bytes to_wire(caf::actor_system& sys, T value) {
  wire_bytes result;
  caf::binary_serializer sink{sys, result};
  if (const auto failed = sink(value))
    throw std::runtime_error{caf::to_string(failed)};
  return result;
}

template <class T>
std::optional<T> from_wire(caf::actor_system& sys, const wire_bytes& from) {
  caf::binary_deserializer source{sys, from};
  T result{};
  if (source(result))
    return std::nullopt;
  return result;
}

inline void init_caf_alone() {}

template <class Self, class Handler>
void handle_exits(Self* self, const Handler& handler) {
  self->set_exit_handler(handler);
}

inline void use_workers(caf::actor_system_config& cfg, std::size_t count) {
  cfg.set("scheduler.max-threads", count);
}

inline constexpr std::size_t kept_by_clock = 0;
inline constexpr bool cheap_mail = true;

#endif

} // namespace grapevine::test
