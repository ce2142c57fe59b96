#pragma once

#include "libp2p/base/time_point.hpp"
#include "libp2p/session/session.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grapevine::test {

/// An Ed25519 identity that is always the same for one `number`.
inline std::shared_ptr<const libp2p::local_identity>
numbered_identity(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  return std::make_shared<const libp2p::local_identity>(
      libp2p::private_key::ed25519_from_seed(seed));
}

/// Randomness that is always the same for one `number`.
inline libp2p::random_source numbered_random(std::uint8_t number) {
  return [number] { return std::array<std::uint8_t, 32>{number, 1}; };
}

/// Always the same time of day.
inline std::chrono::system_clock::time_point test_wall_time() {
  return std::chrono::system_clock::from_time_t(1'800'000'000); // in 2027
}

/// What peer `number` offers of the table, naming `muxers`. Noise, unless said
/// otherwise: its runs are alike to the byte.
inline libp2p::security_protocols
numbered_security(std::uint8_t number, const std::vector<std::string>& muxers,
                  libp2p::security_kind kind = libp2p::security_kind::noise) {
  const auto identity = numbered_identity(number);
  const auto random = numbered_random(number);
  return libp2p::make_security(
      {identity->key(), random, test_wall_time, muxers}, {&kind, 1});
}

/// A configuration for tests; its streams are of `/test/1` and `/test/2`.
inline libp2p::session_config test_session_config(
    std::uint8_t number,
    libp2p::security_kind security = libp2p::security_kind::noise) {
  auto result = libp2p::make_session_config(numbered_identity(number)->key(),
                                            numbered_random(number),
                                            test_wall_time, {&security, 1});
  result.inbound_protocols = {"/test/2", "/test/1"};
  result.agent_version = "test/" + std::to_string(number);
  result.protocol_version = "test";
  return result;
}

/// Notes a session's events: the latest in members, all of them in `log`.
class session_events : public libp2p::session_observer {
public:
  void on_event(const libp2p::session_event& event) override {
    std::visit([this](const auto& e) { note(e); }, event);
    if (also)
      also(event);
  }

  /// Called after each event was noted.
  std::function<void(const libp2p::session_event&)> also;

  /// The events' names in their order; data that follow data are not repeated.
  std::vector<std::string> log;
  std::optional<libp2p::session_ready> ready;
  std::vector<libp2p::peer_identified> identified;
  std::map<libp2p::stream_id, std::string> accepted;
  std::map<libp2p::stream_id, std::string> opened;
  std::vector<libp2p::stream_id> refused;
  std::map<libp2p::stream_id, std::string> data;
  std::size_t data_size = 0;
  /// Whether `data` is filled; `data_size` counts anyway.
  bool keep_data = true;
  std::vector<libp2p::stream_id> ended;
  std::vector<libp2p::stream_id> resets;
  std::vector<std::chrono::nanoseconds> pings;
  std::vector<libp2p::session_error> closed;

private:
  void note(const libp2p::session_ready& event) {
    ready = event;
    log.emplace_back("ready");
  }
  void note(const libp2p::peer_identified& event) {
    identified.push_back(event);
    log.emplace_back(event.push ? "pushed" : "identified");
  }
  void note(const libp2p::stream_accepted& event) {
    accepted[event.id] = event.protocol;
    log.emplace_back("accepted");
  }
  void note(const libp2p::stream_opened& event) {
    opened[event.id] = event.protocol;
    log.emplace_back("opened");
  }
  void note(const libp2p::stream_refused& event) {
    refused.push_back(event.id);
    log.emplace_back("refused");
  }
  void note(const libp2p::stream_data& event) {
    if (keep_data)
      data[event.id] += as_text(event.data);
    data_size += event.data.size();
    if (log.empty() || log.back() != "data")
      log.emplace_back("data");
  }
  void note(const libp2p::stream_ended& event) {
    ended.push_back(event.id);
    log.emplace_back("ended");
  }
  void note(const libp2p::stream_reset& event) {
    resets.push_back(event.id);
    log.emplace_back("reset");
  }
  void note(const libp2p::ping_measured& event) {
    pings.push_back(event.round_trip);
    log.emplace_back("ping");
  }
  void note(const libp2p::session_closed& event) {
    closed.push_back(event.why);
    log.emplace_back("closed");
  }
};

/// One end of a `session_pair`.
struct session_end {
  session_end(const libp2p::session_config& config, libp2p::role who,
              std::optional<libp2p::peer_id> expected, std::uint8_t seed,
              time_point now)
      : identity{config.identity},
        session{std::make_shared<const libp2p::session_config>(config),
                who,
                libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001),
                expected,
                ephemeral(seed),
                now} {}

  /// A fresh seed per test connection and end; fixed, so that runs are alike.
  static std::array<std::uint8_t, 32> ephemeral(std::uint8_t seed) {
    std::array<std::uint8_t, 32> result{};
    result.fill(seed);
    return result;
  }

  void write(libp2p::stream_id id, std::string_view text) {
    session.write(id, std::make_shared<const bytes>(to_bytes(as_bytes(text))));
  }

  std::shared_ptr<const libp2p::local_identity> identity;
  libp2p::session session;
  session_events events;
};

/// How a `session_pair` is made.
struct session_pair_options {
  libp2p::session_config dialer = test_session_config(1);
  libp2p::session_config listener = test_session_config(2);
  /// Whom the dialer expects; nobody in particular by default.
  std::optional<libp2p::peer_id> expected{};
  /// What the sessions read at once, in bytes: at least 1, at most this.
  std::size_t max_chunk = 64 * 1024;
  /// Not 0: chunks are of random sizes, from this seed.
  std::uint32_t chunk_seed = 0;
  /// What a session writes at once, in bytes: as a socket's buffer.
  std::size_t budget = 256 * 1024;
  /// Whether the sessions decrypt within what they read.
  bool in_place = false;
};

/// Two sessions joined back to back, with a virtual clock: no sockets, the same
/// in every run.
///
///     session_pair pair;
///     pair.run(); // handshake and identify
///     auto id = pair.dialer.session.open_stream({"/test/1"}, pair.now);
///     pair.run();
class session_pair {
public:
  using options = session_pair_options;

  explicit session_pair(options with = {})
      : dialer{with.dialer, libp2p::role::dialer, with.expected, 0xD1, now},
        listener{with.listener, libp2p::role::listener, std::nullopt, 0x11,
                 now},
        options_{std::move(with)}, random_{options_.chunk_seed} {}

  /// Moves bytes both ways until both ends have nothing to say.
  void run() {
    while (step()) {
    }
  }

  /// Moves what both ends have to say now; false when that is nothing.
  bool step() {
    const auto to_listener = move(dialer, listener, change_to_listener);
    const auto to_dialer = move(listener, dialer, change_to_dialer);
    return to_listener || to_dialer;
  }

  /// Lets `duration` pass, ticking both ends whenever they are due, and moves
  /// bytes unless `cut`: then each end hears nothing and its words are lost.
  void advance(std::chrono::nanoseconds duration, bool cut = false) {
    const auto end = now + duration;
    for (;;) {
      const auto due =
          std::min(dialer.session.next_tick(), listener.session.next_tick());
      if (due > end)
        break;
      now = std::max(now, due);
      for (auto* side : {&dialer, &listener})
        if (side->session.next_tick() <= now)
          side->session.tick(now, side->events);
      settle(cut);
    }
    now = end;
    settle(cut);
  }

  /// Feeds raw bytes to one end, as if they came from the other.
  void feed(session_end& to, bytes_view data) {
    while (!data.empty()) {
      const auto size = std::min(data.size(), next_chunk());
      deliver(to, data.first(size));
      data = data.subspan(size);
    }
  }

  time_point now{std::chrono::hours{1}};
  session_end dialer;
  session_end listener;

  /// Called with the bytes on their way, which it may change.
  std::function<void(bytes&)> change_to_dialer;
  std::function<void(bytes&)> change_to_listener;

private:
  bool move(session_end& from, session_end& to,
            const std::function<void(bytes&)>& change) {
    if (!from.session.has_output())
      return false;
    wire_.clear();
    from.session.take_output(wire_, options_.budget);
    if (change)
      change(wire_);
    feed(to, wire_);
    return true;
  }

  void deliver(session_end& to, bytes_view chunk) {
    if (!options_.in_place)
      return to.session.receive(chunk, now, to.events);
    auto copy = to_bytes(chunk);
    to.session.receive_in_place(copy, now, to.events);
  }

  std::size_t next_chunk() {
    if (options_.chunk_seed == 0)
      return options_.max_chunk;
    return 1 + random_() % options_.max_chunk;
  }

  void settle(bool cut) {
    if (!cut)
      return run();
    for (auto* side : {&dialer, &listener}) {
      wire_.clear();
      while (side->session.has_output())
        side->session.take_output(wire_, wire_.size() + options_.budget);
    }
  }

  options options_;
  std::mt19937 random_;
  bytes wire_;
};

/// A pair whose handshake is done and whose ends know each other.
inline std::unique_ptr<session_pair>
connected_pair(session_pair_options with = {}) {
  auto result = std::make_unique<session_pair>(std::move(with));
  result->run();
  return result;
}

} // namespace grapevine::test
