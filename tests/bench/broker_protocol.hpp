#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::bench {

/// Brokers that are measured beside the relays.
enum class broker_kind {
  /// nats-server, by its text protocol.
  nats,
  /// Mosquitto, by MQTT 3.1.1 with QoS 0.
  mosquitto,
};

/// A packet of a broker's.
struct broker_packet {
  enum class kind {
    /// All that we asked for was done.
    ready,
    /// A message that was published.
    message,
    /// To be answered with `pong`.
    ping,
    /// Nothing of interest.
    other,
  };

  kind what = kind::other;
  /// The message's data.
  bytes_view data;
  /// Of the whole packet, in bytes.
  std::size_t size = 0;
};

/// Whether the broker speaks first, one line before TLS begins.
constexpr bool speaks_first(broker_kind broker) noexcept {
  return broker == broker_kind::nats;
}

/// What a peer says first: who it is, what it subscribes to if anything, and a
/// ping, which is answered once all is done. `name` tells peers apart.
std::string broker_hello(broker_kind broker, std::string_view name,
                         std::optional<std::string_view> topic);

/// What precedes the data of a message of `size` bytes, and what follows it.
std::string broker_message_head(broker_kind broker, std::string_view topic,
                                std::size_t size);
std::string_view broker_message_tail(broker_kind broker) noexcept;

/// The answer to a ping.
std::string_view broker_pong(broker_kind broker) noexcept;

/// The first packet of what a broker sent, whose data is part of `in`; nothing
/// if it is not whole yet. Throws `std::runtime_error` when the broker refuses
/// something, or sends what we cannot read.
std::optional<broker_packet> next_packet(broker_kind broker, bytes_view in);

} // namespace grapevine::bench
